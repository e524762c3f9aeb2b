#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Debian's own kernel in a cell on two CPUs that root keeps, of which it has 5 of 10 ms, and the time that it says was
# stolen from it. In virtual time: an emulator that its host keeps from running is late at each end of a turn.

. /usr/share/cellblock/cell-linux.sh

# part NAME CPU: into $part, percent of 4 seconds in which the CPU's time was stolen, by the cell's /proc/stat
part()
{
	asks "part $1 $2" "^$1:[0-9]*:" && part=$(sed -n "s/^$1:\([0-9]*\):.*/\1/p" $CABLE_LOG)
	part=${part:-1000}
}

enable
cable_open || exit 1

plan 8
jailhouse cell linux $ETC/qemu-arm64-linux-shared.cell /boot/vmlinuz -i /boot/cell.cpio -c "earlycon cma=0 quiet" &&
	prompt
report "Linux boots to its shell" $?
[ "$(nproc)" = 4 ] && asks 'echo cpus:$(nproc):' '^cpus:2:'
report "on two CPUs, which root has kept" $?
asks 'dmesg | grep stolen' 'using stolen time PV'
report "it uses stolen time" $?
cable_type 'look() { awk "NR == 1 { up = int(\$1 * 100) } /^cpu$1 / { print up, \$9 }" /proc/uptime /proc/stat; }'
cable_type 'part() { name=$1; set -- $(look $2) $(sleep 4; look $2); echo $name:$((($4 - $2) * 100 / ($3 - $1))):; }'
cable_type 'busy() { taskset 2 sh -c "while :; do :; done" & }'
part idle 1
check "hardly any while it sleeps: $part %" '[ "$part" -le 3 ]'
cable_type busy
part busy 1
check "half of the time while it is busy: $part %" '[ "$part" -ge 45 ] && [ "$part" -le 55 ]'
cable_type 'cd /sys/devices/system/cpu/cpu1'
asks 'echo 0 >online; echo one:$(nproc):; echo 1 >online; echo two:$(nproc):' '^one:1:' && cable_wait '^two:2:' &&
	cable_type 'taskset -p 2 $!' && part again 1 && [ "$part" -ge 45 ] && [ "$part" -le 55 ]
report "and of a CPU that was off: $part %" $?
cable_type 'all() { for cpu in 0 1; do set -- $(look $cpu); [ $2 -le $1 ] && echo no more than there was; done; }'
asks 'all | sort | uniq -c' '^ *2 no more'
report "and never more than there was" $?
cable_type 'poweroff -f'
ends && jailhouse cell destroy linux && [ "$(nproc)" = 4 ] && leave
report "poweroff ends the cell" $?
exit $result
