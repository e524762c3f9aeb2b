# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# For the scripts that let inmates/tests/storm.c run: seed and time of each part, and whether all interrupts have come.
# Kernel parameters: cellblock.seed=N, cellblock.seconds=N

. /usr/share/cellblock/test.sh

seed=$(parameter seed)
seed=${seed:-1}
seconds=$(parameter seconds)
seconds=${seconds:-5}

# all_came CELL: asked to stop, it has counted
count() { grep -c '^storm: all have come, once' $CONSOLE; }
counted() { [ "$(count)" -ge $totals ]; }
all_came()
{
	totals=$(($(count) + 1))
	jailhouse cell shutdown "$1" && wait_for stopped "$1" && [ "$(state "$1")" = "shut down" ] && wait_for counted
}

# for_a_while COMMAND...: again and again, for the time of a part
for_a_while()
{
	local end=$(($(date +%s) + seconds))

	rounds=0
	while "$@"; do
		rounds=$((rounds + 1))
		[ "$(date +%s)" -lt $end ] || return 0
	done
	return 1
}
