#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# A run of an inmate leaves no trace for the next one, however it ended.

. /usr/share/cellblock/test.sh

CELL=inmate-test

details() { cat $SAID; }

# clean PARAMETERS: the start inmate finds everything as it should be.
clean() { run $CELL start "$1" && [ "$end" = "shut down" ] && said '# Totals: .* fail:0 '; }

enable
create $CELL || exit 1

plan 10
run $CELL start dirty && [ "$end" = "shut down" ] && said 'ends in an interrupt handler'
report "a run ends with interrupts active" $?
clean restart
report "the next run finds nothing of it" $?
run $CELL border "access=ram-above-read" && [ "$end" = failed ] && said 'has failed' && clean restart
report "nor after a run that failed" $?
run $CELL psci end=off && [ "$end" = "shut down" ] && clean restart
report "nor after SYSTEM_OFF" $?
run $CELL psci end=reset && [ "$end" = "shut down" ] && clean restart
report "nor after SYSTEM_RESET" $?
run $CELL psci end=reset2 && [ "$end" = "shut down" ] && clean restart
report "nor after SYSTEM_RESET2" $?
start $CELL smp-demo "period=0 rounds=100" && said 'round trips' && clean restart
report "nor after a run that was interrupted" $?
run $CELL start dirty
jailhouse cell destroy $CELL && create $CELL && clean
report "after destroy and create, its memory is empty too" $?
jailhouse cell destroy $CELL && [ "$(nproc)" = 4 ] && dd if=/dev/zero bs=1M count=64 2>/dev/null | md5sum >/dev/null
report "Linux uses the CPUs and the memory again" $?
leave
report "all is given back" $?
exit $result
