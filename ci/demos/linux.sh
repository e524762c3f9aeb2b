#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# demo: a second Linux in a cell, with a network to the first
# options: --cable --cell-linux --timeout 300

. /usr/share/cellblock/cable.sh
. /usr/share/cellblock/demo.sh

# ask COMMAND: types a command in the cell, and shows what it says
ask()
{
	before=$(wc -l <$CABLE_LOG)
	cable_type "$1; echo en''d$steps"
	cable_wait "^end$steps" || fail "the cell's Linux does not answer '$1'"
	printf 'cell# %s\n' "$1"
	tail -n +$((before + 2)) $CABLE_LOG | tr -d '\r' | sed "/^end$steps/,\$d"
	steps=$((steps + 1))
}

say "Two CPUs and 160 MiB of memory for a second Linux: the same kernel, unmodified, and a RAM disk with a shell."
run modprobe jailhouse
run jailhouse enable $CONFIGS/qemu-arm64.cell
run modprobe ivshmem_net
cable_open || fail "there is no cable to the UART (ci/qemu --cable)"
run "jailhouse cell linux $CONFIGS/qemu-arm64-linux.cell /boot/vmlinuz -i /boot/cell.cpio -c 'earlycon cma=0'"
prompt || fail "Linux does not start in the cell"
run jailhouse cell list
run nproc

say "The UART is the cell's; a cable leads from it to a port of this Linux. This is what it said there, and says now:"
tr -d '\r' <$CABLE_LOG |
	grep -E 'Booting Linux|Linux version|redistributor|Brought up|host bridge|Run /init' |
	awk '!seen[$0]++'
ask 'uname -srm'
ask nproc
ask 'dmesg | grep -E "CPU:|GICv3: CPU"'
ask 'ls /sys/bus/pci/devices'

say "Both have a link of shared memory and doorbells, with Ethernet on it."
ask 'modprobe ivshmem_net'
ask 'ip addr add 192.168.77.2/24 dev eth0; ip link set eth0 up'
run ip addr add 192.168.77.1/24 dev eth0
run ip link set eth0 up
run ping -c 3 -w 60 192.168.77.2
ask 'ping -c 3 -w 60 192.168.77.1'

say "The cell's Linux powers off: that ends its cell. All it had comes back."
cable_type 'poweroff -f'
comes_to "running,shut down"
run jailhouse cell list
run jailhouse cell destroy linux
run nproc
run rmmod ivshmem_net
cable_close
run jailhouse disable
run rmmod jailhouse
say "All $steps commands did what they should. Power off."
