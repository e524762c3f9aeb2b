#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# A run of an inmate leaves no trace for the next one, however it ended.

CELL=inmate-test
INMATES=/usr/share/jailhouse/inmates
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
		sed 's/^/# /' /tmp/said
		result=1
	fi
}

state() { cat /sys/devices/jailhouse/cells/"$id"/state; }

start()
{
	jailhouse cell load $CELL $INMATES/"$1".bin -s "con-type=none con-virtual=1 $2" -a 0x1000 || return 1
	runs=$((runs + 1))
	jailhouse cell start $CELL
}

# run INMATE PARAMETERS: ends with the cell's last state in $end.
run()
{
	start "$@" || return 1
	waited=0
	while [ $waited -lt $LIMIT ]; do
		end=$(state)
		case $end in running*) ;; *) break ;; esac
		usleep 50000
		waited=$((waited + 1))
	done
}

# said TEXT: this run has said it, or does so soon: the console's reader looks every now and then. All of it: /tmp/said
said()
{
	for _ in $(seq $LIMIT); do
		awk -v runs=$runs '/Started cell/ { n++ } n == runs' $CONSOLE >/tmp/said
		grep -q "$1" /tmp/said && return 0
		usleep 50000
	done
	return 1
}

create()
{
	jailhouse cell create /etc/jailhouse/qemu-arm64-inmate-test.cell || exit 1
	id=$(jailhouse cell list | awk -v name=$CELL '$2 == name { print $1 }')
}

# clean PARAMETERS: the start inmate finds everything as it should be.
clean() { run start "$1" && [ "$end" = "shut down" ] && said '# Totals: .* fail:0 '; }

insmod /lib/modules/jailhouse.ko || exit 1
jailhouse enable /etc/jailhouse/qemu-arm64.cell || exit 1
jailhouse console -f >$CONSOLE &
reader=$!
create

echo "TAP version 13"
echo "1..9"
run start dirty && [ "$end" = "shut down" ] && said 'ends in an interrupt handler'
report "a run ends with interrupts active" $?
clean restart
report "the next run finds nothing of it" $?
run border "access=ram-above-read" && [ "$end" = failed ] && said 'has failed' && clean restart
report "nor after a run that failed" $?
run psci end=off && [ "$end" = "shut down" ] && clean restart
report "nor after SYSTEM_OFF" $?
run psci end=reset && [ "$end" = "shut down" ] && clean restart
report "nor after SYSTEM_RESET" $?
start smp-demo "period=0 rounds=100" && said 'round trips' && clean restart
report "nor after a run that was interrupted" $?
run start dirty
jailhouse cell destroy $CELL && create && clean ""
report "after destroy and create, its memory is empty too" $?
jailhouse cell destroy $CELL && [ "$(nproc)" = 4 ] && dd if=/dev/zero bs=1M count=64 2>/dev/null | md5sum >/dev/null
report "Linux uses the CPUs and the memory again" $?
kill $reader
jailhouse disable && rmmod jailhouse
report "all is given back" $?
exit $result
