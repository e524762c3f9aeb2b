#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Disks that root has for a guest that is no Linux, by cell create --disk: the program of inmates/tests/virtio-disk.c
# reads and writes sectors by a driver of its own.

. /usr/share/cellblock/test.sh

DISK=/tmp/disk
ROOM=/tmp/room	# a file system of 128 KiB
ERROR='status 1'

details() { cat $SAID /tmp/refused /tmp/messages 2>/dev/null; }

# text FILE SECTOR: the text that begins there
text() { dd if="$1" bs=512 skip="$2" count=1 2>/dev/null | tr -d '\0'; }

create_with() { jailhouse cell create $ETC/qemu-arm64-remote.cell "$@" 2>/tmp/refused; }

is_refused() { ! create_with --disk "$1" && grep -q "$2" /tmp/refused && ! grep -qx remote $STATE/cells/*/name; }

# asks PARAMETERS REGEX...: a new life of the program, which says all of these
asks()
{
	run remote virtio-disk "$1" || return 1
	shift
	for said; do
		said "disk: $said" || return 1
	done
}

ends() { jailhouse cell destroy remote && wait_for eval '! pidof cell-devices >/dev/null'; }

enable
truncate -s 100000 $DISK
echo 'written by root' | dd of=$DISK bs=512 seek=8 conv=notrunc 2>/dev/null
mkdir $ROOM
mount -t tmpfs -o size=128k none $ROOM
truncate -s 1M $ROOM/disk

plan 13
! jailhouse cell create $ETC/qemu-arm64-uart-demo.cell --disk $DISK 2>/tmp/refused &&
	grep -q 'no window for devices' /tmp/refused && ! grep -qx uart-demo $STATE/cells/*/name
report "--disk needs a window" $?
truncate -s 511 /tmp/short
is_refused /tmp/short 'is no disk: no file or block device of at least 512 bytes' &&
	is_refused /tmp/nowhere 'cannot open the disk /tmp/nowhere for writing too: No such file' &&
	is_refused /dev/null 'is no disk'
report "what is no disk is refused, and leaves no cell" $?
create_with --disk $DISK && grep -q 'the last 160 bytes of /tmp/disk are no whole sector' /tmp/refused
report "a cell has a disk, and what is no whole sector of it is said" $?
asks 'read=8 write=9' '195 sectors' 'read 8: status 0: written by root' 'written 9: status 0, flushed: 0' '3 interrupts'
report "its program reads and writes, by interrupts" $?
[ "$(text $DISK 9)" = "written by the cell" ] && [ "$(text $DISK 8)" = "written by root" ] &&
	[ "$(stat -c %s $DISK)" = 100000 ]
report "it is in root's file, and nothing else" $?
asks 'read=195 write=194' "read 195: $ERROR" 'written 194: status 0, flushed: 0' &&
	asks 'write=195' "written 195: $ERROR"
report "in its next lives: the last sector is there, none after it" $?
truncate -s 5000 $DISK && asks 'read=10 write=9' '195 sectors' "read 10: $ERROR" 'written 9: status 0'
report "the file is made shorter: what is gone is an error, and nothing else" $?
ends
create_with --disk $DISK,ro --console &&
	asks 'read=8 write=8' 'read 8: status 0: written by root' "written 8: $ERROR" &&
	[ "$(text $DISK 8)" = "written by root" ]
report "one that is read-only, beside a console, is read only" $?
ends

create_with --disk $ROOM/disk && dd if=/dev/zero of=$ROOM/rest bs=4096 2>/dev/null
asks 'read=1000 write=1000' 'read 1000: status 0: $' "written 1000: $ERROR"
report "where root has no room left, a write is an error" $?
rm $ROOM/rest && asks 'write=1000' 'written 1000: status 0, flushed: 0' &&
	[ "$(text $ROOM/disk 1000)" = "written by the cell" ]
report "with room again, it is done" $?
cell-devices --cell remote --bank 0x75000000,0x100000 --pci 0x0b200000,0x0b300000,0xfe000,248 --disk $DISK \
	2>/tmp/refused
[ $? = 1 ] && grep -q 'already' /tmp/refused && asks 'read=8' 'read 8: status 0: $'
report "a second program for its windows is refused, the first goes on" $?
ends
syslogd -O /tmp/messages
jailhouse cell create $ETC/qemu-arm64-remote.cell && cell-devices --background --cell remote --disk $DISK \
	--bank 0x75000000,0x100000 --pci 0x0b200000,0x0b300000,0xfe000,248 --msi 0x0b3fe000,248,1 &&
	asks 'nowhere read=8' 'read 8: status 0: written by root' '0 interrupts' &&
	wait_for grep -q 'cell remote: the guest has set up vector 0 of slot 0 with 0x0 to 0x0,' /tmp/messages
report "a message that its program has set up wrongly is in the system's log, and nothing else of it" $?
ends && [ "$(nproc)" = 4 ] && umount $ROOM && leave
report "all is as before" $?
exit $result
