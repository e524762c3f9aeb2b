#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# demo: a control loop at 1 kHz on its own core, beside a Linux under full load
# options: --icount-shift 3 --timeout 300 --require 'the speed was kept' --add ${O:-build}/ci/bench/load:/bin/
# picture: rtos
#
# One instruction is 8 ns of virtual time here: what is shown does not depend on how busy the host is.
# What the cell prints on the UART goes past Linux: so it is "required" of the console.

. /usr/share/cellblock/demo.sh

say "Enable the hypervisor, and give a core to the real-time kernel."
run modprobe jailhouse
run jailhouse enable $CONFIGS/qemu-arm64.cell
run modprobe uio_ivshmem
run jailhouse cell create $CONFIGS/qemu-arm64-rtos-demo.cell
run jailhouse cell load rtos-demo $IMAGES/rtos-demo.bin -s seconds=10 -a 0x1000

say "The control task keeps a motor at its speed, once in a millisecond, while Linux works on all the CPUs it has left:"
say "timers, copying, forks, wake-ups of other CPUs."
run jailhouse cell start rtos-demo
load storm 8 &
storm=$!

say "Ask the cell over shared memory how late its control task and its doorbells were."
say "QEMU runs the four CPUs in turns here: the bulk is the cell's own time, the tail is waiting for its turn."
run jailhouse cell latency rtos-demo -D 6 --svg /tmp/rtos.svg
keep /tmp/rtos.svg
wait $storm
comes_to "running,shut down"

say "Give the core back."
run jailhouse cell destroy rtos-demo
run jailhouse disable
run rmmod jailhouse
