#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# A cell is stopped in time whatever its CPUs do, and the next run finds nothing of it.

CELL=inmate-test
INMATES=/usr/share/jailhouse/inmates
WAYS="masked handler binary-point groups wait suspend hypercalls mmio sgis faults off on-off active"
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

# console_says COUNT TEXT: waits until the console has COUNT lines with TEXT
console_says()
{
	for _ in $(seq 1 200); do
		[ "$(grep -c "$2" $CONSOLE)" -ge "$1" ] && return 0
		sleep 0.1
	done
	return 1
}

start()
{
	jailhouse cell load $CELL $INMATES/"$1".bin -s "con-type=none con-virtual=1 $2" -a 0x1000 &&
		jailhouse cell start $CELL
}

stops()
{
	start stuck "how=$1" && console_says 1 "can be: $1" &&
		timeout $LIMIT jailhouse cell shutdown $CELL
}

# The n-th clean run.
clean() { start start restart && console_says "$1" '# Totals: .* fail:0 '; }

insmod /lib/modules/jailhouse.ko || exit 1
jailhouse enable /etc/jailhouse/qemu-arm64.cell || exit 1
jailhouse cell create /etc/jailhouse/qemu-arm64-inmate-test.cell || exit 1
jailhouse console -f >$CONSOLE &
reader=$!

# shellcheck disable=SC2086 # a list of words
set -- $WAYS
echo "TAP version 13"
echo "1..$(($# + 1))"
runs=0
for way in "$@"; do
	runs=$((runs + 1))
	stops "$way" && clean $runs
	report "$way" $?
done
kill $reader
jailhouse cell destroy $CELL && jailhouse disable && rmmod jailhouse
report "all is given back" $?
exit $result
