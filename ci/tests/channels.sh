#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Channels by name between root and cells: the manager as an inmate and as a program of root, messages that wait for who
# is not there yet, and restarts.

# shellcheck disable=SC2016 # "check" evaluates its second argument
. /usr/share/cellblock/test.sh

LINK=0001:00:00.0

details() { cat /tmp/out; tail -n 20 $CONSOLE; }
has() { grep -q "$1" /tmp/out; }
asks() { channel-demo $LINK "$1" connect echo "$2" >/tmp/out 2>&1; }

insmod /lib/modules/base/uio.ko
insmod /lib/modules/uio_ivshmem.ko
enable
create ivshmem-a ivshmem-b || exit 1

plan 11
check "the manager is a cell" 'start ivshmem-b channeld && said "channeld: manager of the link, peer 2"'
asks 2 100 &
asker=$!
check "root asks for who is not there yet" 'wait_for has "nobody listens to echo yet"'
start ivshmem-a channel-demo "manager=2 listen=echo"
check "a cell listens to that name" 'said "peer 0 has a channel to echo"'
check "which answers what has waited, and the rest" 'wait $asker && has "100 answers from echo"'
check "the cell hears that root has closed" 'said "peer 0 has left after 100 messages"'
jailhouse cell shutdown ivshmem-b && start ivshmem-b channeld
check "a manager that restarts knows the name again" 'asks 2 10 && has "10 answers"'
jailhouse cell shutdown ivshmem-a && start ivshmem-a channel-demo "manager=2 listen=echo"
check "so does the cell that listens" 'asks 2 10 && has "10 answers"'
jailhouse cell shutdown ivshmem-a
jailhouse cell shutdown ivshmem-b

channeld $LINK >/tmp/out 2>&1 &
manager=$!
check "the manager is a program of root" 'wait_for has "channeld: manager of the link, peer 0"'
start ivshmem-a channel-demo "manager=0 listen=echo"
start ivshmem-b channel-demo "manager=0 connect=echo count=50"
check "a cell has a channel to another" 'said "50 answers from echo"'
kill $manager
check "the manager ends when it is asked to" 'wait $manager'
check "and nothing was odd" 'has "1 channels opened, .* 0 lost, 0 refused, 0 violations"'
jailhouse cell destroy ivshmem-a
jailhouse cell destroy ivshmem-b
leave || result=1
exit $result
