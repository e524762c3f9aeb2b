#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# demo: Debian's U-Boot, unmodified, in a cell next to Linux
# options: --cable --add .cache/u-boot/u-boot.bin:/boot/
# fetch: u-boot

. /usr/share/cellblock/demo.sh
. /usr/share/cellblock/cable.sh

# What U-Boot says to a line typed, up to its next prompt.
ask()
{
	before=$(wc -c <$CABLE_LOG)
	cable_type "$1"
	tries=0
	until tail -c +$((before + 1)) $CABLE_LOG | tr -d '\r' | grep -q '^=> $'; do
		[ $tries -lt 100 ] || fail "U-Boot does not answer '$1'"
		tries=$((tries + 1))
		usleep 200000
	done
	tail -c +$((before + 1)) $CABLE_LOG | tr -d '\r' | sed '1s/^/=> /; /^=> $/d'
	steps=$((steps + 1))
}

say "U-Boot as Debian packages it for QEMU's arm64 machine. It thinks that it is in flash, with the machine to itself."
run ls -l /boot/u-boot.bin
run modprobe jailhouse
run jailhouse enable $CONFIGS/qemu-arm64.cell
run jailhouse cell create $CONFIGS/qemu-arm64-u-boot.cell
run jailhouse cell load u-boot /boot/u-boot.bin $CONFIGS/qemu-arm64-u-boot.dtb -a 0x40000000

say "The cell has the UART; a cable leads from it to a port of this Linux. Start the cell, and press a key."
cable_open || fail "there is no cable to the UART (ci/qemu --cable)"
run jailhouse cell start u-boot
cable_wait 'Hit any key' || fail "U-Boot does not start"
cable_type ""
cable_wait '^=> ' || fail "U-Boot does not come to its prompt"
tr -d '\r' <$CABLE_LOG | sed '/^=> $/d'

say "Its prompt is ours:"
ask version
ask 'echo this is CPU 1, while Linux has the others'
run jailhouse cell list

say "U-Boot resets the machine: that is its cell."
cable_type reset
comes_to "running,shut down"
run jailhouse cell list
run jailhouse cell destroy u-boot
cable_close
run jailhouse disable
run rmmod jailhouse
say "All $steps commands did what they should. Power off."
