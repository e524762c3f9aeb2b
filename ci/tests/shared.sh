#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Programs of cells on a CPU that root keeps, and root beside them.

. /usr/share/cellblock/test.sh

CELL=shared-test
PROGRAMS="start timer fp comm psci smccc hypercall contract gic features smp sysreg paravirt"
LIMIT=20

# percent CELL: of the time of the CPU 2, in 3 seconds
percent() { jailhouse cell stats "$1" -n 1 -d 3 --json | sed 's/.*"shared_cpus": {"2": {"percent": \([0-9]*\).*/\1/'; }
# of the first CPU that it shares
field() { grep -o " $2=[0-9]*" "$STATE/cells/$1/shares" | sed -n '1s/.*=//p'; }

enable
# shellcheck disable=SC2086 # a list of words
set -- $PROGRAMS
plan $(($# + 8))
create $CELL
report "created" $?
check "the CPU stays online" '[ "$(cat /sys/devices/system/cpu/cpu2/online)" = 1 ]'
for program; do
	run $CELL "$program" "injected=1 shared=1" && [ "$end" = "shut down" ] && said '# Totals: .* fail:0 '
	report "$program" $?
done
# the last thing that the last one has said, of a CPU that it had asked on
check "what the guest says is shown" 'jailhouse cell stats $CELL --once | grep -q "^CPU2 *[?] *[?] *0 "'
# a program that jumps to itself
printf '\0\0\0\024' >/tmp/spin.bin
run_spin() { jailhouse cell load $CELL /tmp/spin.bin && jailhouse cell start $CELL; }
run_spin
report "one that never sleeps" $?
overruns=$(field 1 overruns)
cells=$(percent $CELL)
roots=$(percent 0)
# 80 and 20; an emulator that its host keeps from running is late at each end of a turn
check "it has most of the time: $cells %" '[ "$cells" -ge 60 ] && [ "$cells" -le 97 ]'
check "Linux has some: $roots %" '[ "$roots" -ge 3 ] && [ "$roots" -le 40 ]'
overruns=$(($(field 1 overruns) - overruns))
check "its budget ends again and again: $overruns times" '[ "$overruns" -ge 10 ]'
jailhouse cell shutdown -f $CELL && jailhouse cell destroy $CELL && leave
report "all is given back" $?
exit $result
