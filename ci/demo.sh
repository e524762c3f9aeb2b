#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# The tour that `make demo` shows. Runs in the guest, on its console; each step is checked, and the first one that does
# not do what it says ends the demo with a failure.

IMAGES=/usr/share/jailhouse/inmates
CONFIGS=/etc/jailhouse
STATE=/sys/devices/jailhouse
steps=0

say() { printf '\n# %s\n' "$*"; }

fail()
{
	printf '\nDEMO FAILED: %s\n' "$*"
	exit 1
}

# Show a command like a user would type it, and run it.
run()
{
	printf '$ %s\n' "$*"
	sh -c "$*" || fail "'$*' ended with status $?"
	steps=$((steps + 1))
}

# expect WHAT HAVE WANT
expect() { [ "$2" = "$3" ] || fail "$1 is '$2' instead of '$3'"; }

state() { cat "$STATE"/cells/*/state | tr '\n' ',' | sed 's/,$//'; }

# Timer interrupts of all CPUs.
timer_ticks() { awk '/arch_timer/ { for (i = 2; $i ~ /^[0-9]+$/; i++) n += $i } END { print n }' /proc/interrupts; }

cpus=$(nproc)

say "This is Debian's own kernel: nothing patched, nothing reserved at boot."
run uname -srm
run cat /proc/cmdline
run nproc

say "Load the driver, then slide the hypervisor underneath the running Linux."
run insmod /lib/modules/jailhouse.ko
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
