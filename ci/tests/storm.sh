#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Interrupts of all kinds in several cells (inmates/tests/storm.c), while other cells come and go and Linux takes CPUs
# off and on: each interrupt comes exactly once. First a cell of two CPUs, then two cells that ring at each other.
#
# Kernel parameters: cellblock.seed=N, cellblock.seconds=N of each part; cellblock.injected of ci/guest/init.

. /usr/share/cellblock/test.sh

parameter() { sed -n "s/.*cellblock\.$1=\([0-9]*\).*/\1/p" /proc/cmdline; }
seed=$(parameter seed)
seed=${seed:-1}
seconds=$(parameter seconds)
seconds=${seconds:-5}
OTHER=timer-demo	# comes and goes, on CPU 1

details() { tail -n 40 $CONSOLE; }

# A cell that comes, runs, is started again and goes; its CPU goes off and on in Linux.
churn()
{
	create $OTHER && start $OTHER timer-demo "period=500" && jailhouse cell shutdown $OTHER &&
		start $OTHER timer-demo "period=500" && jailhouse cell destroy --force $OTHER &&
		echo 0 >/sys/devices/system/cpu/cpu1/online && echo 1 >/sys/devices/system/cpu/cpu1/online
}

# Linux's own interrupts arrive on each of its CPUs.
linux_works()
{
	local cpu

	for cpu in /sys/devices/system/cpu/cpu[0-9]*; do
		[ "$(cat "$cpu"/online)" = 0 ] || taskset $((1 << ${cpu##*cpu})) timeout 20 sleep 0.01 || return 1
	done
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

# Cells whose configuration ci/guest/init has changed have the other way.
delivered_as_asked()
{
	want=direct
	! grep -q cellblock.injected=qemu-arm64-i /proc/cmdline || want=injected
	grep -q "^$want" "$(dirname "$(grep -lx "$1" $STATE/cells/*/name)")/irq_delivery"
}

storms() { delivered_as_asked "$1" && start "$1" storm "seed=$2" && said '^storm: seed'; }

# all_came CELL: asked to stop, it has counted
all_came()
{
	totals=$(($(count) + 1))
	jailhouse cell shutdown "$1" && wait_for stopped "$1" && [ "$(state "$1")" = "shut down" ] && wait_for counted
}
count() { grep -c '^storm: all have come, once' $CONSOLE; }
counted() { [ "$(count)" -ge $totals ]; }

# Ends one of two in the middle, and starts it again.
again()
{
	churn && all_came ivshmem-b && storms ivshmem-b $((seed + rounds))
}

enable
echo "# seed $seed, $seconds s each"
plan 8
create inmate-test && storms inmate-test "$seed"
report "a cell with two CPUs" $?
for_a_while churn
report "others come and go beside it ($rounds times)" $?
all_came inmate-test
report "all its interrupts have come, once" $?
jailhouse cell destroy inmate-test && create ivshmem-a ivshmem-b && storms ivshmem-b "$seed" && storms ivshmem-a "$seed"
report "two cells with a link" $?
for_a_while again
report "one of them ends and begins again ($rounds times)" $?
all_came ivshmem-b && all_came ivshmem-a
report "all their interrupts have come, once" $?
linux_works
report "and so have Linux's" $?
sed -n 's/^storm: /# /p' $CONSOLE | grep -E 'sent|rung' | tail -n 12
[ "$(state ivshmem-a)" = "shut down" ] && jailhouse cell destroy ivshmem-a && jailhouse cell destroy ivshmem-b && leave
report "all is given back" $?
exit $result
