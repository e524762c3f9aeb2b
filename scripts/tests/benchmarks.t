#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# benchmarks.t: the record of make bench says where each figure was obtained, and is what ci/bench/bench would write.

# shellcheck source-path=SCRIPTDIR source=../../tools/tests/tap.sh
. "$(dirname "$0")/../../tools/tests/tap.sh"

cd "$(dirname "$0")/../.." || exit 1
record=Documentation/benchmarks.txt

is "$(sed '1,/ours .*reference/d' $record | grep -v '^  ' | grep -v '  \[\(icount\|QEMU\|image\)\]$')" '' \
	'each heading has an environment'
is "$(python3 - <<-'END'
	import importlib.machinery, importlib.util, sys

	sys.dont_write_bytecode = True
	loader = importlib.machinery.SourceFileLoader("bench", "ci/bench/bench")
	bench = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench", loader))
	loader.exec_module(bench)
	print(bench.RECORD_HEAD + "\n".join(bench.table(bench.recorded())))
END
)" "$(cat $record)" 'the record is what is written of its own rows'

finish
