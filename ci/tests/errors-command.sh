#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# What the jailhouse command says when something is refused: one line, with the reason, on the standard error output;
# its exit status is not 0, and the cells are as before.

. /usr/share/cellblock/test.sh

SYSTEM=$ETC/qemu-arm64.cell
TIMER=$ETC/qemu-arm64-timer-demo.cell
INMATE=$INMATES/comm.bin

details() { cat /tmp/out /tmp/err; }

everything() { cat $STATE/enabled $STATE/cells/*/* /sys/devices/system/cpu/online 2>/dev/null; }

# refused "PART OF THE MESSAGE" ARGUMENTS...: the command ends in this way
refused()
{
	words=$1
	shift
	before=$(everything)
	jailhouse "$@" >/tmp/out 2>/tmp/err
	status=$?
	[ $status != 0 ] && [ ! -s /tmp/out ] && [ "$(wc -l </tmp/err)" = 1 ] &&
		grep -q "^jailhouse: .*$words" /tmp/err && [ "$(everything)" = "$before" ]
	report "$* : $words" $?
}

done_well()
{
	jailhouse "$@" >/tmp/out 2>/tmp/err
	report "$*" $?
}

: >/tmp/empty
head -c 300 $SYSTEM >/tmp/short-system
head -c 600 $SYSTEM >/tmp/cut-system
head -c 140 $TIMER >/tmp/cut-cell
head -c 17000000 /dev/zero >/tmp/large

plan 36
refused "driver is not loaded" enable $SYSTEM
modprobe jailhouse || exit 1

refused "No such file" enable /tmp/nothing
refused "is empty" enable /tmp/empty
refused "is truncated: it has 300 bytes" enable /tmp/short-system
refused "is truncated: it has 600 bytes, its counts announce" enable /tmp/cut-system
refused "is the configuration of a cell" enable $TIMER
refused "CPU 4 of the configuration does not exist" enable $ETC/qemu-arm64-16cpu.cell
refused "not enabled" disable
refused "not enabled" cell create $TIMER
refused "not enabled" cell start timer-demo
mv /lib/firmware/jailhouse.bin /tmp
refused "did not find the hypervisor image jailhouse.bin" enable $SYSTEM
mv /tmp/jailhouse.bin /lib/firmware

done_well enable $SYSTEM
refused "enabled already" enable $SYSTEM
refused "No such file" cell create /tmp/nothing
refused "is empty" cell create /tmp/empty
refused "truncated" cell create /tmp/cut-cell
refused "is a system configuration" cell create $SYSTEM
refused 'no cell is named "timer-demo"' cell start timer-demo
refused "no cell has the id 9" cell destroy 9
done_well cell create $TIMER
refused 'a cell named "timer-demo" exists already' cell create $TIMER
refused "nothing was loaded into.*--force" cell start timer-demo
refused "No such file" cell load timer-demo /tmp/nothing
refused "does not fit" cell load timer-demo /tmp/large
refused "at 0x1000000 does not fit" cell load timer-demo $INMATE -a 0x1000000
refused "root cell" cell shutdown 0
refused "root cell" cell destroy qemu-arm64
done_well cell load timer-demo $INMATE -s "con-type=none con-virtual=1 behave=deny" -a 0x1000
done_well cell start 1
sleep 0.5
refused 'cell "timer-demo" denied the shutdown request' cell shutdown timer-demo
refused 'cell "timer-demo" denied the shutdown request' cell destroy timer-demo
refused 'cell "timer-demo" denied the shutdown request' cell load 1 $INMATE
refused 'cell "timer-demo" denied the shutdown request' disable
rmmod jailhouse 2>/tmp/err && status=1 || status=0
report "rmmod is refused" $status
done_well cell destroy --force timer-demo
done_well disable
exit $result
