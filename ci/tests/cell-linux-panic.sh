#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Debian's own kernel panics in a cell: what is seen of it with panic= and with the watchdog of cell-devices, and what
# the watchdog leaves alone. It boots three times, from a kernel that gzip has compressed.

. /usr/share/cellblock/cell-linux.sh

CELL=linux-virtio
CONFIG=/tmp/restarts.cell	# the cell's, with JAILHOUSE_CELL_RESTARTS(1)
RESTARTS=46			# where that is: behind signature, architecture, revision, name, id, half of the flags
TIMEOUT=4	# seconds, of the watchdog

# of cell 1
said() { cat "$STATE/cells/1/$1"; }

# is STATE RESTARTS
is() { [ "$(state $CELL):$(said restarts)" = "$1:$2" ]; }

# stays STATE RESTARTS: for longer than the watchdog waits
stays() { sleep $((TIMEOUT + 2)) && is "$@"; }

# panics: with what it has said since in the log
panics()
{
	: >$CABLE_LOG
	cable_type 'echo c >/proc/sysrq-trigger'
	cable_wait 'Kernel panic - not syncing'
}

# opens: the watchdog, for a program that kicks each second; after that a panic is the end
opens()
{
	cable_type "modprobe sp805_wdt; watchdog -T $TIMEOUT -t 1 /dev/watchdog; echo 0 >/proc/sys/kernel/panic"
	cable_type 'cd /sys/class/watchdog/watchdog0'
	asks 'until grep -qx active state; do :; done; echo $(cat state) $(basename $(readlink device/driver))' \
		'^active sp805-wdt'
}

# is_damaged FILE: as cell linux says, before there is a cell
is_damaged()
{
	jailhouse cell linux $CONFIG "$1" 2>$SAID
	[ $? = 1 ] && grep -q "linux: the kernel '$1' is compressed, and damaged: gzip cannot unpack it" $SAID
}

enable
cable_open || exit 1
cp $ETC/qemu-arm64-$CELL.cell $CONFIG
printf '\1' | dd of=$CONFIG bs=1 seek=$RESTARTS conv=notrunc 2>/dev/null

plan 7
head -c 5000000 /boot/vmlinuz.gz >/tmp/cut.gz
{ head -c 1000 /tmp/cut.gz; echo another byte; tail -c +1014 /tmp/cut.gz; } >/tmp/changed.gz
is_damaged /tmp/cut.gz && is_damaged /tmp/changed.gz && [ "$(nproc)" = 4 ]
report "a compressed kernel that is damaged is refused" $?
jailhouse cell linux $CONFIG /boot/vmlinuz.gz -i /boot/cell.cpio --watchdog \
	-c "earlycon cma=0 quiet console=ttyAMA0 panic=5" && prompt && panics && prompt && is running 1 &&
	[ -z "$(said failure)" ]
report "a whole one boots: with panic=5 a panic is a reboot, which starts it again" $?
opens && stays running 1
report "while its watchdog is kicked, it runs" $?
pids=$(pidof cell-devices)
kill -STOP $pids && sleep $((TIMEOUT + 2)) && kill -CONT $pids && stays running 1
report "that root has not heard the kicks is not its fault" $?
panics && prompt && is running 2 &&
	said first_failure | grep -q '^watchdog: its watchdog device has expired\. CPU [23]: PC 0x'
report "without panic= the watchdog expires: that is the reason, and it is restarted" $?
stays running 2
report "its watchdog is off then, as after power-on" $?
opens && panics && wait_for is failed 2 && stays failed 2 && said failure | grep -q 'given up after 1 restart' &&
	jailhouse cell list --json | grep -q '"kind": "watchdog"' && jailhouse cell destroy $CELL && leave
report "so many times as its configuration says, then it has failed" $?
exit $result
