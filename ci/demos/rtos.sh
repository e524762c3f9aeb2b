#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# demo: a control loop at 1 kHz on its own core, beside a Linux under full load
# options: --timeout 240 --require 'the speed was kept'
#
# What the cell prints on the UART goes past Linux: so it is "required" of the console.

. /usr/share/cellblock/demo.sh

say "Enable the hypervisor, and give a core to the real-time kernel."
run insmod /lib/modules/jailhouse.ko
run jailhouse enable $CONFIGS/qemu-arm64.cell
run jailhouse cell create $CONFIGS/qemu-arm64-rtos-demo.cell
run jailhouse cell load rtos-demo $IMAGES/rtos-demo.bin -s seconds=8 -a 0x1000

say "Linux works on all the CPUs it has left ..."
pids=
for cpu in $(seq "$(nproc)"); do
	sh -c 'while :; do dd if=/dev/zero bs=1M count=8 2>/dev/null | md5sum >/dev/null; done' &
	pids="$pids $!"
done

say "... while the control task keeps a motor at its speed. At the end it shows how late it was, by histogram."
run jailhouse cell start rtos-demo
waited=0
while [ "$(state)" = "running,running" ] && [ $waited -lt 200 ]; do
	sleep 1
	waited=$((waited + 1))
done
# shellcheck disable=SC2086
kill $pids
expect "the state of the cells" "$(state)" "running,shut down"

say "Give the core back."
run jailhouse cell destroy rtos-demo
run jailhouse disable
run rmmod jailhouse
