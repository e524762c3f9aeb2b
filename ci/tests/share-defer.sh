#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# A cell that waits for Linux to unmask interrupts (--defer), beside a Linux that sleeps, which it does with interrupts
# masked. Times are those of -icount.

. /usr/share/cellblock/test.sh

details() { cat /tmp/out /tmp/err; }

# latency WORD...: of a cell with these; prints how late its timer was, in ns on average: now and then Linux is awake
latency()
{
	{
		jailhouse cell create --name deferred --share 1:2ms/10ms --ram 16M --shmem root --no-cpuset \
			--load $INMATES/latency-demo.bin --start "$@" && jailhouse cell latency deferred -D 1 --json
	} >/tmp/out 2>/tmp/err || return 1
	sed -n 's/.*"timer": {[^}]*"average_ns": \([0-9]*\).*/\1/p' /tmp/out
	jailhouse cell destroy deferred >>/tmp/out 2>>/tmp/err
}

modprobe uio_ivshmem || exit 1
enable
plan 4
at_once=$(latency)
check "it comes at once (after $at_once ns)" '[ "$at_once" -gt 0 ] && [ "$at_once" -lt 100000 ]'
deferred=$(latency --defer 800us)
check "it waits, and looks again in between (after $deferred ns)" \
	'[ "$deferred" -gt 300000 ] && [ "$deferred" -lt 900000 ]'
shortly=$(latency --defer 100us)
check "not longer than it should (after $shortly ns)" \
	'[ "$shortly" -gt 40000 ] && [ "$shortly" -lt 200000 ]'
leave
report "all is given back" $?
exit $result
