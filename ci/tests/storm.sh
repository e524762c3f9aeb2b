#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Interrupts of all kinds in several cells (inmates/tests/storm.c), while other cells come and go and Linux takes each
# of its CPUs off and on: each interrupt comes exactly once. First a cell of two CPUs, then two cells that ring at each
# other, and one at Linux (storm-root.c), whose interrupt moves with its CPUs.
#
# Kernel parameters: cellblock.seed=N, cellblock.seconds=N of each part; cellblock.injected of ci/guest/init.

. /usr/share/cellblock/storm.sh

OTHER=timer-demo	# comes and goes, on CPU 1

details() { cat /tmp/refused $ROOT; tail -n 40 $CONSOLE; }
ROOT=/tmp/root		# what storm-root has said

# create_beside NAME...: while Linux's CPUs go off and on; when the others are off, it keeps its last one.
LAST='the last one that Linux has|Linux must keep CPU [0-9]'
create_beside()
{
	for name; do
		until create "$name" 2>/tmp/refused; do
			grep -Eq "$LAST" /tmp/refused || return 1
		done
	done
}

# A cell that comes, runs, is started again and goes.
churn()
{
	create_beside $OTHER && start $OTHER timer-demo "period=500" && jailhouse cell shutdown $OTHER &&
		start $OTHER timer-demo "period=500" && jailhouse cell destroy --force $OTHER
}

dice=$((seed + 1))
CPUS=/sys/devices/system/cpu
switch() { echo "$2" >$CPUS/cpu"$1"/online; }

# Linux's CPUs 0 and 1 go off and on, until $OVER is there. Linux refuses it for its last one, and while CPU 1 is a
# cell's.
OVER=/tmp/over
SWITCHED=/tmp/switched	# has a line for each time
STAYS=/tmp/stays	# when it is there, CPU 0 does not go
hotplug()
{
	while [ ! -e $OVER ]; do
		random 2
		cpu=$random
		[ ! -e $STAYS ] || cpu=1
		on=$((1 - $(cat $CPUS/cpu$cpu/online)))
		switch $cpu $on 2>/dev/null && echo "$cpu $on" >>$SWITCHED
		random 40
		usleep $((random * 1000))
	done
	switch 0 1 && switch 1 1
}
switched() { grep -c "$1" $SWITCHED; }

# Before QEMU 9.1, its GICv2 keeps an SPI that is pending while its target changes from the new one until the old one is
# back: there, Linux's interrupt of the link stays on CPU 0.
keep_links_interrupt()
{
	local dev irq

	[ $GIC = 2 ] || return 0
	touch $STAYS
	# what hotplug has decided before is done
	sleep 1
	switch 0 1
	for dev in /sys/bus/pci/drivers/uio_ivshmem/*:*; do
		for irq in $(sed -n "s/^ *\([0-9]*\):.* ${dev##*/}.*/\1/p" /proc/interrupts); do
			echo 0 >/proc/irq/"$irq"/smp_affinity_list || return 1
		done
	done
}

# Linux's own interrupts arrive on each of its CPUs.
linux_works()
{
	local cpu

	for cpu in $CPUS/cpu[0-9]*; do
		[ "$(cat "$cpu"/online)" = 0 ] || taskset $((1 << ${cpu##*cpu})) timeout 20 sleep 0.01 || return 1
	done
}

# Cells whose configuration ci/guest/init has changed have the other way.
delivered_as_asked()
{
	want=direct
	! grep -q cellblock.injected=qemu-arm64-i /proc/cmdline || want=injected
	grep -q "^$want" "$(dirname "$(grep -lx "$1" $STATE/cells/*/name)")/irq_delivery"
}

storms() { delivered_as_asked "$1" && start "$1" storm "seed=$2" && said '^storm: seed'; }

# Ends one of two in the middle, and starts it again.
again()
{
	churn && all_came ivshmem-b && storms ivshmem-b $((seed + rounds))
}

# storm-root says what the cell says, from the other end.
the_same()
{
	there=$(sed -n 's/^storm: .* root: \([0-9]*\) rung, \([0-9]*\) received/\2 rung, \1 received/p' $ROOT)
	[ "$there" ] && grep -q "^storm: doorbells with root: $there" $CONSOLE
}

modprobe uio_ivshmem
enable
echo "# seed $seed, $seconds s each"
plan 10
hotplug &
switching=$!
create_beside inmate-test && storms inmate-test "$seed"
report "a cell with two CPUs" $?
for_a_while churn
report "others come and go beside it ($rounds times)" $?
all_came inmate-test
report "all its interrupts have come, once" $?
jailhouse cell destroy inmate-test && create_beside ivshmem-a ivshmem-b &&
	storms ivshmem-b "$seed" && storms ivshmem-a "$seed" && keep_links_interrupt
report "two cells with a link" $?
/tests/storm-root >$ROOT &
root=$!
for_a_while again
report "one of them ends and begins again ($rounds times)" $?
kill $root
wait $root && all_came ivshmem-b && all_came ivshmem-a
report "all their interrupts have come, once" $?
the_same
report "and so have Linux's from the cell, and the cell's from Linux" $?
touch $OVER
wait $switching && [ "$(switched '0 0')" -gt 1 ] && [ "$(switched '1 0')" -gt 1 ]
report "CPU 0 has gone off $(switched '0 0') times, CPU 1 $(switched '1 0') times" $?
linux_works
report "Linux has its own interrupts on all CPUs" $?
sed -n 's/^storm: /# /p' $CONSOLE $ROOT | grep -E 'sent|rung' | tail -n 14
[ "$(state ivshmem-a)" = "shut down" ] && jailhouse cell destroy ivshmem-a && jailhouse cell destroy ivshmem-b && leave
report "all is given back" $?
exit $result
