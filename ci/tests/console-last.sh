#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# The log after a warm reset. The machine boots twice: it is reset without a word to the hypervisor, and RAM stays as it
# was, as QEMU has it.

. /usr/share/cellblock/test.sh

LAST=/tmp/last

details() { cat $LAST; }

modprobe jailhouse
jailhouse console --last >$LAST
if [ ! -s $LAST ]; then
	jailhouse enable $SYSTEM
	create timer-demo
	echo b >/proc/sysrq-trigger
	sleep 100
fi

plan 6
check 'it was enabled and had a cell' 'grep -q "^Created cell \"timer-demo\"" $LAST'
check 'the kernel says where the log is' 'dmesg | grep -q "jailhouse console --last"'
check 'it is not what is printed now' 'jailhouse enable $SYSTEM && create inmate-test &&
	wait_for eval "jailhouse console | grep -q inmate-test" && ! jailhouse console | grep -q timer-demo'
check 'lines have times, in order, and CPUs' 'jailhouse console --time >/tmp/times &&
	grep -q "^\[[0-9]* CPU [0-3]\] Created cell \"inmate-test\"" /tmp/times &&
	sed -n "s/^\[\([0-9]*\) CPU .*/\1/p" /tmp/times | sort -nc'
check 'it stays' 'jailhouse console --last | cmp - $LAST'
check 'all is given back' 'jailhouse cell destroy inmate-test && jailhouse disable && rmmod jailhouse'
exit $result
