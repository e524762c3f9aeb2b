#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Programs of cells on a CPU that root keeps, and root beside them.

. /usr/share/cellblock/test.sh

CELL=shared-test
PROGRAMS="start timer fp comm psci smccc hypercall contract gic features smp sysreg paravirt"
LIMIT=20

enable
# shellcheck disable=SC2086 # a list of words
set -- $PROGRAMS
plan $(($# + 4))
create $CELL
report "created" $?
check "the CPU stays online" '[ "$(cat /sys/devices/system/cpu/cpu2/online)" = 1 ]'
for program; do
	run $CELL "$program" "injected=1 shared=1" && [ "$end" = "shut down" ] && said '# Totals: .* fail:0 '
	report "$program" $?
done
# the last thing that the last one has said, of a CPU that it had asked on
check "what the guest says is shown" 'jailhouse cell stats $CELL --once | grep -q "^CPU2 *[?] *[?] *0 "'
jailhouse cell destroy $CELL && leave
report "all is given back" $?
exit $result
