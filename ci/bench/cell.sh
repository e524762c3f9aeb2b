#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# usage: cell.sh [boot|serve INTERFACE]
# The Linux that guest.sh asks, at 10.0.0.2: it takes bytes at port 9, sends them at port 19, and at port 23 does what
# it is told. As first process it marks the end of its boot on both of its CPUs; with "boot" that is all.

if [ $$ = 1 ]; then
	/bin/busybox taskset 1 /bin/mark end
	/bin/busybox taskset 2 /bin/mark end
	/bin/busybox --install -s /bin
	export PATH=/usr/sbin:/usr/bin:/sbin:/bin
	[ "$1" != boot ] || poweroff -f
	mount -t devtmpfs dev /dev
	mount -t proc proc /proc
	mount -t sysfs sys /sys
	modprobe -a virtio_pci virtio_blk virtio_net
fi

again() { while :; do "$@"; done; }

until ip link set "$2" up 2>/dev/null; do
	sleep 0.1
done
ip addr add 10.0.0.2/24 dev "$2"
again nc -l -p 9 -e dd of=/dev/null bs=64k status=none &
again nc -l -p 19 -e dd if=/dev/zero bs=64k status=none &
again nc -l -p 23 -e sh
