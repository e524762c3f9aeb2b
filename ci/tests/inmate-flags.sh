#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Cells with flags of ours in their configuration: the priority mask works (JAILHOUSE_CELL_GIC_PMR), and a CPU that
# sleeps with all priorities marked active can be stopped (JAILHOUSE_CELL_TRAP_WFI).

CELL=inmate-test
INMATES=/usr/share/jailhouse/inmates
CONSOLE=/tmp/console
LIMIT=10	# seconds

result=0
number=0

report()
{
	number=$((number + 1))
	if [ "$2" = 0 ]; then
		echo "ok $number $1"
	else
		echo "not ok $number $1"
		tail -n 20 $CONSOLE | sed 's/^/# /'
		result=1
	fi
}

# console_says TEXT: waits until it stands behind the first $skip bytes
console_says()
{
	for _ in $(seq 1 200); do
		tail -c +$((skip + 1)) $CONSOLE | grep -q "$1" && return 0
		sleep 0.1
	done
	return 1
}

start()
{
	jailhouse cell load $CELL $INMATES/"$1".bin -s "con-type=none con-virtual=1 $2" -a 0x1000 || return 1
	skip=$(wc -c <$CONSOLE)
	jailhouse cell start $CELL
}

# create OCTAL: the inmate test cell with this as bits 8 to 15 of its flags (offset 44)
create()
{
	cp /etc/jailhouse/qemu-arm64-inmate-test.cell /tmp/flags.cell
	printf '%b' "\\0$1" | dd of=/tmp/flags.cell bs=1 seek=45 conv=notrunc 2>/dev/null
	jailhouse cell create /tmp/flags.cell || exit 1
}

passes() { start "$1" "$2" && console_says '# Totals: .* fail:0 '; }

stops()
{
	start stuck "how=$1" && console_says "can be: $1" && timeout $LIMIT jailhouse cell shutdown $CELL &&
		passes start restart
}

insmod /lib/modules/jailhouse.ko || exit 1
jailhouse enable /etc/jailhouse/qemu-arm64.cell || exit 1
jailhouse console -f >$CONSOLE &
reader=$!

echo "TAP version 13"
echo "1..12"
create 001
passes pmr masks
report "the priority mask holds interrupts back" $?
passes gic ""
report "with the mask in use, the GIC is as it was" $?
passes timer ""
report "and so are the timers" $?
passes smp ""
report "and so are two CPUs" $?
jailhouse cell destroy $CELL

create 002
for way in active-wait active-suspend active-event active wait; do
	stops $way
	report "a CPU is stopped in spite of: $way" $?
done
passes timer ""
report "with WFI trapped, the timers are as they were" $?
passes smp ""
report "and so are two CPUs" $?
jailhouse cell destroy $CELL
kill $reader
jailhouse disable && rmmod jailhouse
report "all is given back" $?
exit $result
