#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# demo: three peers of a shared-memory link: Linux and two bare-metal cells greet each other
# options: --require 'everything is as it was'

. /usr/share/cellblock/demo.sh

LINK=0001:00:00.0

say "Load the driver, the driver for shared memory, and the hypervisor."
run modprobe uio_ivshmem
run modprobe jailhouse
run jailhouse enable $CONFIGS/qemu-arm64.cell

say "Two cells. With them, PCI devices appear in Linux: their shared memory."
for cell in ivshmem-a ivshmem-b; do
	run jailhouse cell create $CONFIGS/qemu-arm64-$cell.cell
	run jailhouse cell load $cell $IMAGES/ivshmem-demo.bin -s '"con-type=none con-virtual=1 period=500"' -a 0x1000
	run jailhouse cell start $cell
done
run jailhouse shmem list

say "All three run the same source, with libcell: a greeting to each other peer, twice a second."
run ivshmem-demo $LINK 500 4
say "What the cells have heard:"
run "jailhouse console | tail -n 8"

say "Is somebody there? And how fast? Cell a answers beside its greetings."
run jailhouse shmem ping ivshmem-a
run jailhouse shmem bench ivshmem-b

say "A peer that goes is noticed by the others; nothing else happens to them."
run jailhouse cell shutdown ivshmem-a
run jailhouse shmem list
run jailhouse shmem ping ivshmem-b
run jailhouse cell destroy ivshmem-a
run jailhouse cell destroy ivshmem-b
run jailhouse disable
say "All $steps commands did what they should; everything is as it was. Power off."
