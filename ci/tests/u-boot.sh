#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# A guest that nobody here wrote: Debian's U-Boot for QEMU, in a cell, at its prompt.

. /usr/share/cellblock/cable.sh

. /usr/share/cellblock/test.sh

details() { tail -n 20 $CABLE_LOG; }

begin()
{
	: >$CABLE_LOG
	jailhouse cell load u-boot /boot/u-boot.bin $ETC/qemu-arm64-u-boot.dtb -a 0x40000000 &&
		jailhouse cell start u-boot
}

# at the prompt, also if it has counted down meanwhile and looked in vain for something to boot
stop_at_prompt() { cable_wait 'Hit any key' && cable_type "" && cable_wait '^=> '; }

ends_as() { wait_for stopped u-boot && [ "$(state u-boot)" = "$1" ]; }

enable
create u-boot && cable_open || exit 1

plan 10
begin && cable_wait '^U-Boot 20'
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
begin && stop_at_prompt && cable_type reset && ends_as "shut down"
report "so does reset, after a second start" $?
begin && stop_at_prompt && cable_type 'md 90000000 1' && ends_as failed && jailhouse cell destroy u-boot &&
	[ "$(nproc)" = 4 ] && leave
report "memory that it does not have ends it as failed, Linux goes on" $?
exit $result
