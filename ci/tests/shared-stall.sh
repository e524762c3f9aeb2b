#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# A cell that never sleeps on a CPU where Linux has work: with the budget that a cell has by default Linux goes on
# there, by its own detectors of a CPU that does not, which warn after 10 s here. An emulator whose host has other work
# gives Linux less than the 5 ms of 100.

# shellcheck disable=SC2016,SC2034,SC2317 # "check" evaluates its second argument; LIMIT is test.sh's
. /usr/share/cellblock/test.sh

CELL=greedy
CPU=2
SECONDS_LONG=15
STALL=/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout
LIMIT=40

details() { echo "Linux: $before to $after"; dmesg | tail -n 20; }
warned() { dmesg | grep -q 'rcu: .*detected stall\|soft lockup\|rcu: .*self-detected'; }
spin() { jailhouse cell create --name $CELL --share $CPU"$1" --ram 2M --no-cpuset --load /tmp/spin.bin --start; }

printf '\0\0\0\024' >/tmp/spin.bin	# a program that jumps to itself
echo 5 >/proc/sys/kernel/watchdog_thresh && echo 10 >$STALL || exit 1
modprobe jailhouse && jailhouse enable >/dev/null || exit 1
taskset $((1 << CPU)) sh -c 'while :; do echo >>/tmp/work; done' &
load=$!

plan 6
spin ""
report "a cell without a budget of its own" $?
before=$(wc -l </tmp/work)
sleep $SECONDS_LONG
after=$(wc -l </tmp/work)
check "Linux's work on that CPU goes on: $before to $after" '[ "$after" -gt "$before" ]'
check "and nothing warns of it" '! warned'
jailhouse cell shutdown -f $CELL >/dev/null && jailhouse cell destroy $CELL
report "the cell is gone" $?
echo 3 >$STALL
spin :9s/10s
check "with 9 s in one piece something does" 'wait_for warned'
jailhouse cell shutdown -f $CELL >/dev/null && jailhouse cell destroy $CELL && kill $load && jailhouse disable
report "all is given back" $?
exit $result
