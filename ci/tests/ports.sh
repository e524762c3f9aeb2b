#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Our parts of the ports of FreeRTOS and Zephyr, in the cells made for them; without the kernels, which are not ours.

LIMIT=300	# times 0.2 s

state() { cat /sys/devices/jailhouse/cells/*/state | tail -n 1; }

# start_and_wait CELL: the cell's last state in $end
start_and_wait()
{
	jailhouse cell start "$1" || exit 1
	waited=0
	while [ "$(state)" = running ] && [ $waited -lt $LIMIT ]; do
		usleep 200000
		waited=$((waited + 1))
	done
	end=$(state)
	usleep 500000
}

insmod /lib/modules/jailhouse.ko || exit 1
jailhouse enable /etc/jailhouse/qemu-arm64.cell || exit 1

# An executable for 0x40000000, whose entry point is far from where the cell starts; it fails if anything is missing
jailhouse cell create /etc/jailhouse/qemu-arm64-zephyr.cell || exit 1
jailhouse cell load zephyr /usr/share/jailhouse/inmates/zephyr-port.elf || exit 1
start_and_wait zephyr
[ "$end" = "shut down" ] && jailhouse cell destroy zephyr || exit 1

jailhouse cell create /etc/jailhouse/qemu-arm64-freertos.cell || exit 1
jailhouse console -f >>/tmp/said &
reader=$!

# run PARAMETERS
run()
{
	jailhouse cell load freertos /usr/share/jailhouse/inmates/freertos-port.bin -s "con-type=none $1" -a 0x1000 ||
		exit 1
	start_and_wait freertos
}

run fault
grep -q 'breakpoint instruction' /tmp/said && [ "$end" = failed ] || { cat /tmp/said; exit 1; }
: >/tmp/said
run
kill $reader
cat /tmp/said
jailhouse cell destroy freertos && jailhouse disable && rmmod jailhouse && [ "$end" = "shut down" ]
