#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# The library on both sides: root's program and two cells greet each other, cells restart and are killed meanwhile,
# jailhouse shmem list, ping and bench see them, and two CPUs of a cell share a ring.

# shellcheck disable=SC2016,SC2317 # "check" evaluates its second argument
. /usr/share/cellblock/test.sh

DEMO=0001:00:00.0

details() { cat /tmp/out; jailhouse shmem list; tail -n 20 $CONSOLE; }

heard_again() { sed "1,/peer 1 has gone/d" /tmp/greetings | grep -q "greeting 3 from peer 1"; }

line() { jailhouse shmem list | grep "^$1 "; }
bulk_is_up() { line 0001:00:02.0 | grep -q "1 ivshmem-a:1"; }
has() { grep -q "$1" /tmp/out; }

modprobe uio_ivshmem
enable
create ivshmem-a ivshmem-b || exit 1

plan 24
check "links are listed with their peers" 'line $DEMO | grep -q "64 KiB .*0 qemu-arm64:0, 1 ivshmem-a:0, 2 ivshmem-b:0"'
check "those that are only the cells' too" 'line 0001:00:04.0 | grep -q "0 ivshmem-a, 1 ivshmem-b"'
check "nobody answers before a program runs" '! jailhouse shmem ping ivshmem-a >/tmp/out 2>&1'
check "a link that is not there is said, with those that are" '! ivshmem-demo 1e.7 >/tmp/out &&
	has "ivshmem-demo: link 1e.7: not found; there are: .*$DEMO (uio_ivshmem)"'
check "of several one has to be named" '! ivshmem-demo >/tmp/out &&
	has "ivshmem-demo: the link: several, say which one; there are: $DEMO (uio_ivshmem), "'
driver=/sys/bus/pci/drivers/uio_ivshmem
echo $DEMO >$driver/unbind
check "one without its driver is not said to be missing" '! ivshmem-demo $DEMO >/tmp/out &&
	has "ivshmem-demo: link $DEMO: it does not have the driver for programs; modprobe uio_ivshmem"'
echo $DEMO >$driver/bind
start ivshmem-a ivshmem-demo period=100
start ivshmem-b ivshmem-demo period=100
check "three peers greet each other" 'ivshmem-demo $DEMO 100 5 >/tmp/out'
check "and peer 1 is heard" 'has "greeting 4 from peer 1"'
check "and peer 2" 'has "greeting 4 from peer 2"'
check "the peers' states are shown" 'line $DEMO | grep -q "1 ivshmem-a:1, 2 ivshmem-b:1"'
check "a cell answers pings" 'jailhouse shmem ping ivshmem-a -c 20 >/tmp/out 2>&1 && has "20 round trips"'
check "the other one as well" 'jailhouse shmem ping ivshmem-b -l $DEMO >/tmp/out 2>&1 && has "4 round trips"'
check "interrupts are counted" '! line $DEMO | grep -q "8 KiB  *0  *0 qemu"'

ivshmem-demo $DEMO 50 >/tmp/greetings &
demo=$!
wait_for test -s /tmp/greetings
check "a link has one program" '! jailhouse shmem ping ivshmem-a >/tmp/out 2>&1 && has "another program"'
jailhouse cell shutdown ivshmem-a && start ivshmem-a ivshmem-demo period=50
check "a peer that restarts is greeted again" 'wait_for heard_again'
cp /tmp/greetings /tmp/out
check "which the other one does not notice" '! has "peer 2 has gone"'
kill -9 $demo
wait $demo 2>/dev/null
check "who is killed is not there" 'line $DEMO | grep -q "0 qemu-arm64:0, "'
check "and can come back" 'ivshmem-demo $DEMO 50 5 >/tmp/out'

jailhouse cell shutdown ivshmem-a && start ivshmem-a ivshmem-demo "link=02.0 period=0"
wait_for bulk_is_up
check "bulk data gets through" 'jailhouse shmem bench ivshmem-a -c 50 >/tmp/out 2>&1 && has "64 messages of 1024 KiB"'
sed 's/^/# /' /tmp/out
jailhouse cell destroy ivshmem-a
jailhouse cell destroy ivshmem-b

check "cell a with b's CPU besides" 'create_on ivshmem-a 014 && jailhouse cell list | grep "2-3"'
start ivshmem-a libcell-smp
check "both CPUs send into one ring, in order" 'libcell-smp $DEMO 1 2 >/tmp/out && has "4000 samples of 2 CPUs"'
check "nothing was odd" 'has "0 violations, 0 resets"'
check "and the cell has ended well" 'wait_for stopped ivshmem-a && [ "$(state ivshmem-a)" = "shut down" ]'
jailhouse cell destroy ivshmem-a
check "no links are left" '[ "$(jailhouse shmem list | grep -c uio)" = 0 ]'
leave || result=1
exit $result
