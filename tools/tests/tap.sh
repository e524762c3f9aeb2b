# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
# shellcheck shell=bash
#
# TAP for the tests in shell.

tests=0
failures=0

# is GOT EXPECTED WHAT
is()
{
	tests=$((tests + 1))
	if [ "$1" = "$2" ]; then
		echo "ok $tests - $3"
		return
	fi
	failures=$((failures + 1))
	echo "not ok $tests - $3"
	printf '%s\n' "got: $1" "expected: $2" | sed 's/^/# /'
}

# skip WHAT WHY
skip()
{
	tests=$((tests + 1))
	echo "ok $tests - $1 # SKIP $2"
}

finish()
{
	echo "1..$tests"
	[ "$failures" = 0 ]
}
