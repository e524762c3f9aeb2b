#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Debian's own kernel in a cell drives the virtio devices of cell-devices, with its own drivers. Its shell is at the
# cable, so that it can be asked when a device is away.

. /usr/share/cellblock/cell-linux.sh

CELL=linux-virtio
DISK=/tmp/disk

# text FILE SECTOR: the text that begins there
text() { dd if="$1" bs=512 skip="$2" count=1 2>/dev/null | tr -d '\0'; }

enable
cable_open || exit 1
truncate -s 8M $DISK
echo 'written by root' | dd of=$DISK bs=512 seek=8 conv=notrunc 2>/dev/null

plan 3
jailhouse cell linux $ETC/qemu-arm64-$CELL.cell /boot/vmlinuz -i /boot/cell.cpio --disk $DISK \
	-c "earlycon cma=0 quiet console=ttyAMA0" && prompt
report "Linux boots to its shell" $?
cable_type 'sector() { dd if=$1 bs=512 skip=$2 count=1 2>/dev/null | tr -d "\0"; }'
cable_type 'modprobe virtio_pci; modprobe virtio_blk'
asks 'sector /dev/vda 8' '^written by root'
report "it reads its disk, which is a file of root's" $?
cable_type 'poweroff -f'
wait_for stopped $CELL && jailhouse cell destroy $CELL && [ "$(nproc)" = 4 ] && leave
report "and ends, and all is as before" $?
exit $result
