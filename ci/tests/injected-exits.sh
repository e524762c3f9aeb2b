#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# What injected delivery costs a real-time kernel: its demo, four threads with a tick of 10 kHz and a control loop, in
# a cell with JAILHOUSE_CELL_GIC_PMR (kernel parameter cellblock.injected, see ci/guest/init). Each interrupt is an
# exit; all else that exits is at most a fifth of that.

. /usr/share/cellblock/test.sh

CELL=rtos-demo
LEAST=2000	# interrupts

# Into $exits and $interrupts, by one program: they go on while another one starts.
sample()
{
	set -- $(cat "$statistics/vmexits_total" "$statistics/vmexits_virt_irq")
	exits=$1
	interrupts=$2
}

# has_had NUMBER: interrupts
has_had() { sample && [ "$interrupts" -ge "$1" ]; }

enable
plan 2
create $CELL || exit 1
statistics=$(dirname "$(grep -lx $CELL $STATE/cells/*/name)")/statistics
# without a console, whose characters are hypercalls
jailhouse cell load $CELL $INMATES/rtos-demo.bin -s "con-type=none con-virtual=0 seconds=0" -a 0x1000 &&
	jailhouse cell start $CELL && wait_for has_had $LEAST || exit 1
exits_before=$exits
interrupts_before=$interrupts
wait_for has_had $((interrupts + LEAST))
report "the demo has its interrupts, injected" $?
exits=$((exits - exits_before))
interrupts=$((interrupts - interrupts_before))
echo "# $exits exits, $interrupts interrupts"
check "there are at most 1.2 exits for each" '[ $((exits * 10)) -le $((interrupts * 12)) ]'
jailhouse cell destroy $CELL && leave || exit 1
exit $result
