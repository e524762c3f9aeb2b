#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# output.t JAILHOUSE: output that cannot be written is no success.

# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

jailhouse=${1:?path of the jailhouse command}

is "$("$jailhouse" --version 2>&1 > /dev/full)" \
	'jailhouse: cannot write the output: No space left on device' \
	'a full disk is told'
"$jailhouse" --version > /dev/full 2> /dev/null
is "$?" 1 '  and is a failure'
"$jailhouse" cell --help > /dev/full 2> /dev/null
is "$?" 1 'also for the help'

finish
