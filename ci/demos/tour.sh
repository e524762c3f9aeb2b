#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# demo: the whole tour: enable, run a bare-metal cell, disable
# options: --require 'Timer fired'
#
# What the cell prints on the UART goes past Linux: so it is "required" of the console.

. /usr/share/cellblock/demo.sh

# Timer interrupts of all CPUs.
timer_ticks() { awk '/arch_timer/ { for (i = 2; $i ~ /^[0-9]+$/; i++) n += $i } END { print n }' /proc/interrupts; }

cpus=$(nproc)

say "This is Debian's own kernel: nothing patched, nothing reserved at boot."
run uname -srm
run cat /proc/cmdline
run nproc

say "Load the driver, then slide the hypervisor underneath the running Linux."
run modprobe jailhouse
run jailhouse enable $CONFIGS/qemu-arm64.cell
expect "the hypervisor's state" "$(cat $STATE/enabled)" 1

say "Linux is now the root cell and still has all its CPUs. Cut off one CPU and 16 MiB of memory for a new cell."
run jailhouse cell create $CONFIGS/qemu-arm64-timer-demo.cell
expect "the number of Linux's CPUs" "$(nproc)" $((cpus - 1))
run jailhouse cell list

say "Load a bare-metal program into it, and start it. It programs its core's timer and prints from the interrupt."
run jailhouse cell load timer-demo $IMAGES/timer-demo.bin
run jailhouse cell start timer-demo
sleep 2
expect "the state of the cells" "$(state)" "running,running"

say "The lines above came from the cell's own core. Linux goes on meanwhile, on the other $((cpus - 1)) CPUs:"
before=$(timer_ticks)
run "dd if=/dev/zero bs=1M count=64 2>/dev/null | md5sum"
run jailhouse cell list
[ "$(timer_ticks)" -gt "$before" ] || fail "Linux gets no timer interrupts"

say "Stop the cell, and give its CPU and memory back to Linux."
run jailhouse cell shutdown timer-demo
expect "the state of the cells" "$(state)" "running,shut down"
run jailhouse cell destroy timer-demo
expect "the number of Linux's CPUs" "$(nproc)" "$cpus"

say "Take the hypervisor out again."
run jailhouse disable
expect "the hypervisor's state" "$(cat $STATE/enabled)" 0
run rmmod jailhouse
[ ! -e $STATE ] || fail "the driver left something in sysfs"
run nproc

say "All $steps commands did what they should. Power off."
