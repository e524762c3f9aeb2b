#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# jailhouse cell latency, with a cell that serves it and with cells that do not.

. /usr/share/cellblock/test.sh

CELL=ivshmem-a

details() { cat /tmp/out /tmp/err; }

latency() { jailhouse cell latency "$@" >/tmp/out 2>/tmp/err; }

# number of KIND FIELD in the JSON
field() { sed "s/.*\"$1\": {[^}]*\"$2\": \([0-9]*\).*/\1/" /tmp/out; }

modprobe uio_ivshmem || exit 1
enable
create $CELL || exit 1

plan 8
start $CELL timer-demo period=1000000
! latency $CELL -D 1 && grep -q 'no link with a program in cell "ivshmem-a"' /tmp/err
report "a program that serves nothing" $?

start $CELL latency-demo
latency $CELL -D 1 --json --svg /tmp/latency.svg
report "a program that serves latencies" $?
[ "$(field timer count)" -gt 0 ] && [ "$(field doorbell count)" -gt 0 ]
report "both kinds of interrupt were measured" $?
[ "$(field timer min_ns)" -gt 0 ] && [ "$(field timer min_ns)" -le "$(field timer max_ns)" ] &&
	[ "$(field doorbell min_ns)" -gt 0 ] && [ "$(field doorbell max_ns)" -lt 5000000000 ]
report "the figures can be" $?
grep -c '<rect x=' /tmp/latency.svg >/tmp/err && tail -n 1 /tmp/latency.svg | grep -q '</svg>'
report "a picture was drawn" $?
latency $CELL -D 1 -i 0 && grep -q '^timer  *0$' /tmp/out && grep -q '^doorbell  *[1-9]' /tmp/out &&
	grep -q ' #' /tmp/out
report "doorbells alone, as text" $?
! latency $CELL -D 1 --png /tmp/latency.png && [ ! -e /tmp/latency.png ] &&
	grep -q 'rsvg-convert is not here' /tmp/err
report "no converter, no picture" $?

jailhouse cell shutdown $CELL && ! latency $CELL -D 1 && grep -q 'no link with a program' /tmp/err
report "a cell that is shut down" $?
jailhouse cell destroy $CELL && leave || result=1
exit $result
