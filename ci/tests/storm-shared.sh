#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Interrupts of all kinds (inmates/tests/storm.c) in a cell whose CPUs are shared, each exactly once, while Linux uses
# these CPUs, other cells come and go there, and the cell itself ends and begins again; at last two such cells.
#
# Kernel parameters: cellblock.seed=N, cellblock.seconds=N of each part

. /usr/share/cellblock/storm.sh

CELL=shared-test
SECOND=second
OTHER=other		# comes and goes
OVER=/tmp/over

details() { cat /tmp/refused; tail -n 40 $CONSOLE; }

storms() { start "$1" storm "seed=$2" && said '^storm: seed'; }

# A cell by its words, with a part of both CPUs
words() { jailhouse cell create --name "$1" --share 2-3:"$2" --ram 16M --no-cpuset 2>/tmp/refused; }

churn()
{
	words $OTHER 500us/10ms && start $OTHER timer-demo "period=500" && jailhouse cell shutdown $OTHER &&
		start $OTHER timer-demo "period=500" && jailhouse cell destroy --force $OTHER
}

again() { all_came $CELL && storms $CELL $((seed + rounds)); }

# Linux's timers on a shared CPU, and its IPIs to the other one, until $OVER is there
linux_works()
{
	local slept=0

	while [ ! -e $OVER ]; do
		taskset "$1" timeout 20 sleep 0.001 && taskset "$2" timeout 20 true || return 1
		slept=$((slept + 1))
	done
	[ $slept -gt 10 ]
}

enable
echo "# seed $seed, $seconds s each"
plan 9
linux_works 4 8 &
on2=$!
linux_works 8 4 &
on3=$!
create $CELL && storms $CELL "$seed"
report "a cell with two shared CPUs" $?
for_a_while churn
report "others come and go beside it ($rounds times)" $?
all_came $CELL
report "all its interrupts have come, once" $?
storms $CELL "$seed" && for_a_while again
report "it ends and begins again ($rounds times)" $?
words $SECOND 800us/10ms && storms $SECOND $((seed + 1)) && for_a_while again
report "so it does beside a second one ($rounds times)" $?
all_came $SECOND && all_came $CELL
report "all their interrupts have come, once" $?
touch $OVER
wait $on2 && wait $on3
report "and Linux's on these CPUs" $?
jailhouse cell destroy $SECOND && jailhouse cell destroy $CELL
report "they go" $?
sed -n 's/^storm: /# /p' $CONSOLE | grep sent | tail -n 9
leave
report "all is given back" $?
exit $result
