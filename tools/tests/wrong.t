#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# wrong.t JAILHOUSE: each wrong configuration of hypervisor/tests/config/cases.inc is found by config check, in the
# validator's words, and with a cure.

# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

jailhouse=$(realpath "${1:?path of the jailhouse command}")
# both are built into one folder
cases=$(dirname "$jailhouse")/../../hypervisor/tests/config-cases
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$cases" "$folder" >"$folder/list"
is "$(($(wc -l <"$folder/list") >= 80))" 1 'there are at least 80'

# by the number of the kind: what is checked, the exit status, and how the line with the sentence begins
files=('system' 'system cell' 'system cell' 'system other cell')
status=(1 1 1 0)
begins=('system: error: ' 'cell: error: ' 'cell: error: ' 'cell: warning: not together with ')

while IFS=$'\t' read -r n kind sentence change; do
	paths=()
	for name in ${files[kind]}; do
		paths+=("$n-$name")
	done
	said=$(cd "$folder" && "$jailhouse" config check "${paths[@]}" 2>&1)
	got="$? $(grep -F -- "$sentence" <<<"$said" | grep -c "^$n-${begins[kind]}")"
	[ "$got" = "${status[kind]} 1" ] || got+=" $said"
	is "$got" "${status[kind]} 1" "$change: $sentence"
	is "$(grep -F -A 1 -- "$sentence" <<<"$said" | grep -c '^	-> ')" 1 '  its cure'
done <"$folder/list"

finish
