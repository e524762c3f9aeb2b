#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Each forbidden access of the border inmate (inmates/tests/border.c) fails its cell, with a report, and nothing else:
# the same cell can be loaded and started again, and root lives on.

CELL=inmate-test
INMATES=/usr/share/jailhouse/inmates
NAMES=$(strings $INMATES/border.bin 2>/dev/null | sed -n 's/^access://p')
CONSOLE=/tmp/console
LIMIT=200	# times 50 ms

result=0
number=0
runs=0

report()
{
	number=$((number + 1))
	if [ "$2" = 0 ]; then
		echo "ok $number $1"
	else
		echo "not ok $number $1"
		result=1
	fi
}

state() { cat /sys/devices/jailhouse/cells/"$id"/state; }

# run INMATE PARAMETERS: ends with the cell's last state in $end.
run()
{
	jailhouse cell load $CELL $INMATES/"$1".bin -s "con-type=none con-virtual=1 $2" -a 0x1000 || return 1
	runs=$((runs + 1))
	jailhouse cell start $CELL || return 1
	waited=0
	while [ $waited -lt $LIMIT ]; do
		end=$(state)
		case $end in running*) ;; *) break ;; esac
		usleep 50000
		waited=$((waited + 1))
	done
}

# A fault is reported with the cell's name, the PC and the syndrome. The console's reader looks every now and then.
reported()
{
	for _ in $(seq $LIMIT); do
		awk -v runs=$runs '/Started cell/ { n++ } n == runs' $CONSOLE >/tmp/said
		grep -q "$CELL" /tmp/said && grep -qi 'pc' /tmp/said && grep -qi 'esr' /tmp/said && return 0
		usleep 50000
	done
	return 1
}

faults()
{
	run border "$2" && [ "$end" = failed ] && reported
	status=$?
	report "$1" $status
	[ $status = 0 ] || { echo "# state: $end"; sed 's/^/# /' /tmp/said; }
}

insmod /lib/modules/jailhouse.ko || exit 1
jailhouse enable /etc/jailhouse/qemu-arm64.cell || exit 1
jailhouse console -f >$CONSOLE &
reader=$!
jailhouse cell create /etc/jailhouse/qemu-arm64-inmate-test.cell || exit 1
id=$(jailhouse cell list | awk -v name=$CELL '$2 == name { print $1 }')

# shellcheck disable=SC2086 # a list of words
set -- $NAMES
echo "TAP version 13"
echo "1..$(($# + 4))"
[ $# -gt 20 ]
report "the inmate says what it can do" $?
for name in "$@"; do
	faults "$name" "access=$name"
done
faults "on the second CPU" "access=root-write cpu=1"
run border "" && [ "$end" = "shut down" ]
report "the cell works after all that" $?
kill $reader
jailhouse cell destroy $CELL && jailhouse disable && rmmod jailhouse
report "all is given back" $?
exit $result
