#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# A guest without a driver sends and receives by io_send_mac and io_send_packets (inmates/tests/paravirt-net.c): its
# frames go through an interface of root's, which is one end of a pair of virtual ones; root's own stack has the other.

# shellcheck disable=SC2016,SC2317 # "check" evaluates its second argument
. /usr/share/cellblock/test.sh

CELL=bridged
LINK=1f.0
MAC=02:63:62:00:00:02

details() { cat /tmp/out /tmp/bridge; tail -n 20 $CONSOLE; }

bridge()
{
	# of one before
	rm -f /tmp/bridge
	cell-bridge in0 $LINK >/tmp/bridge 2>&1 &
	bridge=$!
	wait_for grep -q "the cell is $MAC" /tmp/bridge
}

pings() { wait_for ping -c 1 -W 1 10.9.0.2 >/tmp/out 2>&1; }

modprobe uio_ivshmem && modprobe veth || exit 1
modprobe jailhouse && jailhouse enable >/tmp/out 2>/tmp/err || exit 1
jailhouse console -f >$CONSOLE &
reader=$!
# the kernel calls the other end veth0
ip link add in0 type veth && ip link set in0 up && ip link set veth0 up && ip addr add 10.9.0.1/24 dev veth0 || exit 1

plan 8
check "the bridge says how it is used" 'cell-bridge --help >/tmp/out && grep -q "^usage: cell-bridge" /tmp/out'
jailhouse cell create --name $CELL --share 2:5ms/10ms --ram 4M --shmem root --no-cpuset >/tmp/out 2>&1
report "a cell that shares a CPU and a link" $?
start $CELL paravirt-net link=$LINK && bridge
report "the bridge knows its address" $?
check "it answers pings" pings
check "and many of them, long ones" \
	'ping -c 20 -i 0.1 -W 5 -s 1400 10.9.0.2 >/tmp/out && grep -q "20 packets received" /tmp/out'
kill $bridge
wait $bridge 2>/dev/null
check "nobody answers without the bridge" '! ping -c 2 -W 1 10.9.0.2 >/tmp/out 2>&1'
check "a new one is told the address" 'bridge && pings'
kill $bridge
wait $bridge 2>/dev/null
rmmod uio_ivshmem
jailhouse cell destroy $CELL && leave
report "all is given back" $?
exit $result
