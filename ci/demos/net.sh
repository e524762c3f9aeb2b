#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# demo: Ethernet between Linux and a bare-metal cell with an IP stack

. /usr/share/cellblock/demo.sh

# wait_carrier VALUE COMPLAINT
wait_carrier()
{
	tries=0
	until [ "$(cat /sys/class/net/"$link"/carrier)" = "$1" ]; do
		[ $tries -lt 600 ] || fail "$link $2"
		tries=$((tries + 1))
		usleep 100000
	done
}

say "A cell with a link to Linux: shared memory and doorbells of a PCI device, which appears with the cell."
run modprobe jailhouse
run jailhouse enable $CONFIGS/qemu-arm64.cell
run jailhouse cell create $CONFIGS/qemu-arm64-ivshmem-a.cell
run cat /sys/bus/pci/devices/0001:00:01.0/class

say "The driver makes an Ethernet interface of it."
run modprobe ivshmem_net
link=$(ls /sys/bus/pci/devices/0001:00:01.0/net)
run ip addr add 10.0.0.1/24 dev "$link"
run ip link set "$link" up

say "The program in the cell has the other end, with an IP stack of its own (lwIP). It is 10.0.0.2."
run jailhouse cell load ivshmem-a $IMAGES/net-demo.bin
run jailhouse cell start ivshmem-a
wait_carrier 1 "has no carrier"
run ip link show "$link"
run ping -c 3 -W 10 10.0.0.2
run ping -c 3 -W 10 -s 16000 10.0.0.2

say "A megabyte goes there and comes back, by TCP:"
dd if=/dev/urandom of=/tmp/sent bs=1M count=1 2>/dev/null
run "nc -w 60 10.0.0.2 7 </tmp/sent >/tmp/received"
run "md5sum /tmp/sent /tmp/received"
cmp /tmp/sent /tmp/received || fail "what came back is not what was sent"

say "When the cell ends, the carrier goes; when it is destroyed, so does the interface."
run jailhouse cell shutdown ivshmem-a
wait_carrier 0 "still has a carrier"
run ip link show "$link"
run jailhouse cell destroy ivshmem-a
[ ! -e /sys/class/net/"$link" ] || fail "$link is still there"
run jailhouse disable
run rmmod ivshmem_net
run rmmod jailhouse
say "All $steps commands did what they should. Power off."
