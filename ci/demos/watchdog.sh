#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# demo: a cell that hangs is found, restarted twice, and given up
# options: --timeout 200

. /usr/share/cellblock/demo.sh

say "A cell whose configuration says: watched, and restarted up to two times."
run modprobe jailhouse
run jailhouse enable $CONFIGS/qemu-arm64.cell
run jailhouse cell create $CONFIGS/qemu-arm64-watchdog-demo.cell

say "Its program is an ELF file. It kicks the watchdog for two seconds, then it hangs."
run jailhouse cell load watchdog-demo $IMAGES/watchdog-demo.elf -s "'con-type=none con-virtual=1'" -a 0x1000
run jailhouse cell start watchdog-demo

say "Nobody asks, and Linux notices: each time by a change of state that poll() and udev see."
waited=0
until grep -q "given up" $STATE/cells/1/failure || [ $waited -ge 600 ]; do
	sleep 0.2
	waited=$((waited + 1))
done
run cat $STATE/cells/1/failure
run jailhouse cell list
run cat $STATE/console
expect "the state of the cells" "$(state)" "running,failed"
expect "the reason" "$(cut -d . -f 1 $STATE/cells/1/failure)" "watchdog: no kick for 1000 ms; given up after 2 restarts"
expect "the number of lives" "$(grep -c 'steps from here on' $STATE/console)" 3

say "By hand it starts once more, from the images that were loaded last, and ends when it is asked."
run jailhouse cell restart watchdog-demo
expect "the state of the cells" "$(state)" "running,running"
run jailhouse cell shutdown watchdog-demo
run jailhouse cell destroy watchdog-demo
run jailhouse disable
run rmmod jailhouse
