#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# All registers of both worlds on shared CPUs (inmates/tests/kept.c, kept-root.c), while they change places ten thousand
# times: CPU 2 when the cell sleeps, CPU 3 when its budget is used up.
#
# Kernel parameter: cellblock.seed=N

. /usr/share/cellblock/test.sh

CELL=kept
LIMIT=40
ROOT=/tmp/root		# what kept-root says, by CPU
seed=$(sed -n 's/.*cellblock\.seed=\([0-9]*\).*/\1/p' /proc/cmdline)
seed=${seed:-1}

details() { cat $ROOT*; tail -n 20 $CONSOLE; }

# root_ends CPU PID: it has found no difference in many rounds
root_ends()
{
	kill "$2"
	wait "$2" && [ "$(sed -n 's/.* \([0-9]*\) times$/\1/p' $ROOT"$1")" -ge 2000 ]
}

enable
plan 5
jailhouse cell create --name $CELL --share 2-3:500us/1ms --ram 4M --no-cpuset
report "created" $?
/tests/kept-root 2 "$seed" >${ROOT}2 &
on2=$!
/tests/kept-root 3 "$seed" >${ROOT}3 &
on3=$!
run $CELL kept "seed=$seed" && [ "$end" = "shut down" ] && said '# Totals: .* fail:0 '
report "registers of the cell are kept" $?
root_ends 2 $on2
report "and those of Linux, where the cell sleeps" $?
root_ends 3 $on3
report "and where it works" $?
sed -n 's/^# kept/# kept/p' $CONSOLE
cat ${ROOT}2 ${ROOT}3 | sed 's/^/# /'
jailhouse cell destroy $CELL && leave
report "all is given back" $?
exit $result
