#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# The network between root and the Linux in a cell: two peers of one IVSHMEM link, the same driver on both sides.

. /usr/share/cellblock/cell-linux.sh

OUR=192.168.77.1
ITS=192.168.77.2
BYTES=3000000
PORT=5001

# cell_network NUMBER: so that what was asked before does not count
cell_network()
{
	cable_type 'modprobe ivshmem_net; cd /sys/class/net/eth0'
	asks "ip addr add $ITS/24 dev eth0; ip link set eth0 up; echo network:$1" "^network:$1"
}

# The device on the link; udev would give it a name of its own.
find_device()
{
	for device in /sys/class/net/*; do
		case $(readlink "$device/device") in
		*/0001:00:01.0) device=${device##*/}; return 0 ;;
		esac
	done
	return 1
}

has_carrier() { [ "$(cat "/sys/class/net/$device/carrier" 2>/dev/null)" = "$1" ]; }

checksum() { md5sum "$1" | cut -c 1-32; }

# counts NAME OPERATOR VALUE: what the driver has counted
counts()
{
	counted=$(/tests/ethstat "$device" "$1")
	[ "$counted" "$2" "$3" ] || ! echo "# $1 is $counted"
}

enable
modprobe ivshmem_net && cable_open || exit 1

plan 17
! find_device && start_linux && find_device
report "root's side of the link comes with the cell" $?
ip addr add $OUR/24 dev "$device" && ip link set "$device" up && wait_for has_carrier 0
report "it has no carrier as long as the cell does not use it" $?
prompt && cell_network 1 && asks 'echo $(basename $(readlink device/driver))' '^ivshmem_net'
report "the driver finds the link in the cell" $?
wait_for has_carrier 1
report "then root's side has a carrier" $?
cable_type 'ip link set eth0 down'
wait_for has_carrier 0
down=$?
cable_type 'ip link set eth0 up'
wait_for has_carrier 1 && [ $down = 0 ]
report "it goes and comes with the cell's interface" $?
ping -A -c 5 -w 60 $ITS >$SAID
grep -q '5 packets received' $SAID
report "root pings the cell" $?
asks "ping -A -c 5 -w 60 $OUR | grep received" '5 packets received'
report "the cell pings root" $?
ping -A -c 5 -w 60 -s 1400 $ITS >$SAID
grep -q '5 packets received' $SAID
report "with large packets" $?

# Packets far smaller than what dd writes at once, so that cutting it is left to the driver.
ip link set "$device" mtu 1500
dd if=/dev/urandom of=/tmp/data bs=$BYTES count=1 2>/dev/null
sum=$(checksum /tmp/data)
cable_type "nc -l -p $PORT -e dd of=/tmp/data bs=$BYTES & echo list''ening"
cable_wait '^listening' && wait_for nc $ITS $PORT -e dd if=/tmp/data bs=$BYTES
asks 'wait; md5sum /tmp/data' "^$sum"
report "$BYTES bytes of TCP to the cell arrive as they were" $?
nc -l -p $PORT -e dd of=/tmp/back bs=$BYTES &
listener=$!
cable_type "until nc $OUR $PORT -e dd if=/tmp/data bs=$BYTES; do usleep 200000; done; echo se''nt"
cable_wait '^sent' && wait $listener && [ "$(checksum /tmp/back)" = "$sum" ]
report "and back" $?
counts tx_offload -gt 0 && counts rx_offload -gt 0
report "checksums were left open, both ways" $?
counts tx_gso -gt 0 && counts rx_gso -gt 0
report "packets went together, both ways" $?
counts peer_errors -eq 0
report "the cell kept to the protocol" $?

cable_type 'poweroff -f'
ends && wait_for has_carrier 0 && jailhouse cell destroy linux && ! find_device
report "the carrier goes with the Linux in the cell, the device with the cell" $?
: >$CABLE_LOG
start_linux && find_device && ip addr add $OUR/24 dev "$device" && ip link set "$device" up &&
	prompt && cell_network 2 &&
	wait_for has_carrier 1 && ping -A -c 3 -w 60 $ITS >$SAID && grep -q '3 packets received' $SAID
report "in its next life it works again" $?
: >$CABLE_LOG
# PSCI SYSTEM_RESET2
cable_type 'echo warm >/sys/kernel/reboot/mode; grep -q warm /sys/kernel/reboot/mode && reboot -f'
prompt && [ "$(state linux)" = running ] && dmesg | grep -q 'jailhouse: restarted cell "linux"' && cell_network 3 &&
	wait_for has_carrier 1 && ping -A -c 3 -w 60 $ITS >$SAID && grep -q '3 packets received' $SAID
report "a warm reboot begins another one, from what was loaded" $?
cable_type 'poweroff -f'
ends && jailhouse cell destroy linux && rmmod ivshmem_net && leave
report "power-off ends it, and all modules go" $?
exit $result
