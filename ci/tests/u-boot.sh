#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# A guest that nobody here wrote: Debian's U-Boot for QEMU, in a cell, at its prompt; first on the machine's UART, then
# on one that cell-devices has for it. That one also has a program of ours, with interrupts.

. /usr/share/cellblock/cable.sh

. /usr/share/cellblock/test.sh

details() { tail -n 20 $CABLE_LOG; [ ! -e /tmp/devices ] || cat /tmp/devices; }

begin()
{
	: >$CABLE_LOG
	jailhouse cell load "$1" /boot/u-boot.bin $ETC/qemu-arm64-u-boot.dtb -a 0x40000000 &&
		jailhouse cell start "$1"
}

# serve CELL UART: cell-devices has its UART, whose console is attached
serve()
{
	cell-devices --cell "$1" --pl011 "$2" --log /tmp/log 2>/tmp/devices &
	devices=$!
	wait_for test -S "/run/jailhouse/$1/console" && attach "$1"
}

# attach CELL: fd 3 and CABLE_LOG are at its console
attach()
{
	rm -f /tmp/keys
	mkfifo /tmp/keys
	: >$CABLE_LOG
	jailhouse console "$1" </tmp/keys >$CABLE_LOG 2>&1 &
	cable_reader=$!
	exec 3>/tmp/keys
}

# at the prompt, also if it has counted down meanwhile and looked in vain for something to boot
stop_at_prompt() { cable_wait 'Hit any key' && cable_type "" && cable_wait '^=> '; }

ends_as() { wait_for stopped u-boot && [ "$(state u-boot)" = "$1" ]; }

enable
create u-boot && cable_open || exit 1

plan 20
begin u-boot && cable_wait '^U-Boot 20'
report "U-Boot starts" $?
cable_wait '^DRAM: *64 MiB'
report "it finds its memory through the device tree" $?
stop_at_prompt
report "it comes to its prompt" $?
cable_type version && cable_wait '^aarch64-linux-gnu-gcc'
report "it answers 'version'" $?
cable_type 'setexpr n 6 * 7; echo the answer is ${n}' && cable_wait '^the answer is 2a'
report "it calculates" $?
cable_type 'mw 43000000 c0ffee 4; md 43000000 4' && cable_wait '^43000000: 00c0ffee 00c0ffee 00c0ffee 00c0ffee'
report "it writes and reads its memory" $?
# timer: three seconds of U-Boot's are no less than three of Linux's
since=$(cut -d. -f1 /proc/uptime)
cable_type 'sleep 3; echo slept' && cable_wait '^slept' && [ $(($(cut -d. -f1 /proc/uptime) - since)) -ge 2 ]
report "its clock runs" $?
cable_type 'echo off; poweroff' && ends_as "shut down"
report "poweroff ends the cell" $?
begin u-boot && stop_at_prompt && cable_type reset && ends_as "shut down"
report "so does reset, after a second start" $?
begin u-boot && stop_at_prompt && cable_type 'md 90000000 1' && ends_as failed && jailhouse cell destroy u-boot &&
	[ "$(nproc)" = 4 ]
report "memory that it does not have ends it as failed, Linux goes on" $?
cable_close

create u-boot-console && serve u-boot-console 0x9000000,33 && begin u-boot-console && stop_at_prompt
report "on a UART of cell-devices it comes to its prompt" $?
cable_type version && cable_wait '^aarch64-linux-gnu-gcc'
report "and answers there" $?
! cell-devices --cell u-boot-console --pl011 0x9000000,33 2>/tmp/second && grep -q 'already' /tmp/second
report "a second program for its windows is refused" $?
jailhouse console --read-only u-boot-console >/tmp/late & late=$!
wait_for grep -q '^aarch64-linux-gnu-gcc' /tmp/late && kill $late
report "one who comes late has what was before" $?
kill -9 $(pidof cell-devices) && wait $cable_reader && exec 3>&- && serve u-boot-console 0x9000000,33 &&
	cable_type 'setexpr n 6 * 9; echo the answer is ${n}' && cable_wait 'the answer is 36'
report "the program is killed, another one comes, U-Boot goes on" $?
grep -q '^aarch64-linux-gnu-gcc' /tmp/log && grep -q 'the answer is 36' /tmp/log
report "the log has all" $?
jailhouse cell destroy u-boot-console && wait $devices
report "cell-devices ends with the cell" $?

! jailhouse cell create $ETC/qemu-arm64-uart-demo.cell --console 2>/tmp/devices &&
	grep -q 'no window for a console' /tmp/devices && ! grep -qx uart-demo $STATE/cells/*/name
report "cell create --console needs a window" $?
jailhouse cell create $ETC/qemu-arm64-remote.cell --console && attach remote && start remote window-uart &&
	cable_wait '^type' && cable_type 'each of these by an interrupt of its own' &&
	cable_wait '^EACH OF THESE BY AN INTERRUPT OF ITS OWN'
report "a program of ours reads by interrupts" $?
cable_type q && cable_wait end && wait_for stopped remote && jailhouse cell destroy remote &&
	wait_for eval '! pidof cell-devices >/dev/null' && [ "$(nproc)" = 4 ] && leave
report "and ends, and all is as before" $?
exit $result
