#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# usage: guest.sh without|commands|idle|pingpong|fork|cell|link|pages CONFIG
# One part of `make bench`, in the guest. Prints name=value lines; the counting plugin sees the rest.

set -e

STATE=/sys/devices/jailhouse
CELL_CONFIG=/etc/jailhouse/qemu-arm64-inmate-test.cell
IMAGE=/usr/share/jailhouse/inmates/cell-bench.bin
LINK_IMAGE=/usr/share/jailhouse/inmates/link-bench.bin
PINGPONGS=2000
FORKS=100

enable() { insmod /lib/modules/jailhouse.ko && jailhouse enable "$config"; }
leave() { jailhouse disable && rmmod jailhouse; }

# Each command in an interval of its own; the sleeps let Linux finish what the command has set off.
commands()
{
	insmod /lib/modules/jailhouse.ko
	sleep 1
	mark 24 jailhouse enable "$config"
	sleep 1
	mark 25 jailhouse cell create $CELL_CONFIG
	sleep 1
	mark 26 jailhouse cell load inmate-test /usr/share/jailhouse/inmates/timer-demo.bin \
		-s "con-type=none con-virtual=1" -a 0x1000
	sleep 1
	mark 27 jailhouse cell start inmate-test
	sleep 1
	mark 28 jailhouse cell destroy inmate-test
	sleep 1
	mark 29 jailhouse disable
	rmmod jailhouse
}

in_cell()
{
	/usr/share/cellblock/run-inmate $IMAGE
}

# Both cells run the same program; the one that rings ends by itself.
link()
{
	enable
	for cell in b a; do
		jailhouse cell create /etc/jailhouse/qemu-arm64-ivshmem-$cell.cell
		jailhouse cell load ivshmem-$cell $LINK_IMAGE -s "con-type=none con-virtual=1" -a 0x1000
	done
	jailhouse cell start ivshmem-b
	jailhouse cell start ivshmem-a
	until jailhouse cell list | grep -q 'ivshmem-a *shut down'; do sleep 0.1; done
	jailhouse cell destroy ivshmem-a
	jailhouse cell shutdown --force ivshmem-b
	jailhouse cell destroy ivshmem-b
	leave
}

pages()
{
	enable
	echo "pool_size=$(cat $STATE/mem_pool_size)"
	echo "pool_used=$(cat $STATE/mem_pool_used)"
	leave
}

part=$1
config=$2
case $part in
without) load pingpong $PINGPONGS; load fork $FORKS ;;
commands) commands ;;
idle) enable; sleep 1; mark 24 sleep 4; leave ;;
pingpong) enable; load pingpong $PINGPONGS; leave ;;
fork) enable; load fork $FORKS; leave ;;
cell) in_cell ;;
link) link ;;
pages) pages ;;
esac
