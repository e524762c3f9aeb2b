#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Cells with flags of ours in their configuration: the priority mask works (JAILHOUSE_CELL_GIC_PMR), and a CPU can be
# stopped in spite of each way to sleep and be deaf (JAILHOUSE_CELL_TRAP_WFI).

. /usr/share/cellblock/test.sh

CELL=inmate-test
IN_TIME=10	# seconds

# create_with OCTAL: the inmate test cell with this as bits 8 to 15 of its flags (offset 44)
create_with()
{
	cp $ETC/qemu-arm64-$CELL.cell /tmp/flags.cell
	printf '%b' "\\0$1" | dd of=/tmp/flags.cell bs=1 seek=45 conv=notrunc 2>/dev/null
	jailhouse cell create /tmp/flags.cell || exit 1
}

passes() { start $CELL "$1" "$2" && said '# Totals: .* fail:0 '; }

stops()
{
	start $CELL stuck "how=$1" && said "can be: $1" && timeout $IN_TIME jailhouse cell shutdown $CELL &&
		passes start restart
}

enable

plan 20
create_with 001
passes pmr masks
report "the priority mask holds interrupts back" $?
MANY="more interrupts than list registers are neither lost nor doubled"
if [ $GIC = 3 ]; then
	passes injected
	report "$MANY" $?
else
	report "$MANY # SKIP a GICv2 injects none" 0
fi
passes gic
report "with the mask in use, the GIC is as it was" $?
passes timer injected
report "and so are the timers" $?
passes smp
report "and so are two CPUs" $?
jailhouse cell destroy $CELL

create_with 002
for way in active-wait active-suspend active-event active wait handler-wait wake-up-wait pmr-wait suspend \
	binary-point-wait groups-wait deaf-wait; do
	stops $way
	report "a CPU is stopped in spite of: $way" $?
done
passes timer
report "with WFI trapped, the timers are as they were" $?
passes smp
report "and so are two CPUs" $?
jailhouse cell destroy $CELL
leave
report "all is given back" $?
exit $result
