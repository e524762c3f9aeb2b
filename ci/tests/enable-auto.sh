#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# jailhouse enable without a configuration, on machines that none was written for: it is tried, enabled, a cell runs on
# the last CPU, one of a configuration and one of a line, Linux still has its devices, and all comes back.

. /usr/share/cellblock/test.sh

INMATE=timer-demo
memory() { grep MemTotal /proc/meminfo | tr -dc 0-9; }

CPUS=$(nproc)
MEMORY=$(memory)

details() { cat /tmp/out /tmp/err; jailhouse console | tail -n 5; dmesg | tail -n 5; }

# the timer demo of CPU 1, on the last CPU: byte 132 on is the CPU set
last_cpu=$((CPUS - 1))
make_cell()
{
	dd if=$ETC/qemu-arm64-$INMATE.cell of=/tmp/last.cell bs=1 count=132 2>/dev/null
	for byte in 0 1 2 3 4 5 6 7; do
		value=0
		[ $((last_cpu / 8)) = $byte ] && value=$((1 << last_cpu % 8))
		# shellcheck disable=SC2059 # it is the format that is wanted
		printf "\\$(printf %03o $value)"
	done >>/tmp/last.cell
	dd if=$ETC/qemu-arm64-$INMATE.cell bs=1 skip=140 2>/dev/null >>/tmp/last.cell
}

reports() { jailhouse console | grep -c "Timer fired"; }
ticks() { [ "$(reports)" -gt "$before" ]; }

modprobe jailhouse || exit 1
make_cell

plan $((CPUS == 1 ? 14 : 16))
check "the machine can be enabled" 'jailhouse hardware check >/tmp/out 2>/tmp/err'
check "its configuration, written to a file, is good" \
	'jailhouse config create --binary /tmp/made.cell >/tmp/out 2>/tmp/err && jailhouse config check /tmp/made.cell'
check "made of a copy of what it is read from, it is the same" 'jailhouse config collect /tmp/machine &&
	jailhouse config create -r /tmp/machine --binary /tmp/copy.cell >/tmp/out 2>/tmp/err &&
	cmp /tmp/made.cell /tmp/copy.cell'
jailhouse enable --dry-run >/tmp/out 2>/tmp/err
report "nothing is in the way" $?
check "nothing has changed" '[ "$(cat $STATE/enabled)" = 0 ]'
jailhouse enable >/tmp/out 2>/tmp/err
report "enabled" $?
check "on all CPUs" '[ "$(cat $STATE/cells/0/cpus_assigned_list)" = "$(cat /sys/devices/system/cpu/present)" ]'
check "the command has said where" 'grep -q "GICv$GIC; hypervisor: .* MiB at 0x.*; console: /pl011@9000000" /tmp/out'
check "with links for cells" '[ ! -s /tmp/err ] && [ "$(wc -l <$STATE/cells/0/links)" = 5 ]'
# Linux keeps one CPU
alone()
{
	! jailhouse cell create --name demo --cpus 0 --ram 16M >/tmp/out 2>/tmp/err &&
		grep -q "CPU 0 is the last one that Linux has, it must stay" /tmp/err
	report "the only CPU is Linux's" $?
}

cells()
{
	before=0
	jailhouse cell create /tmp/last.cell >/tmp/out 2>/tmp/err &&
		jailhouse cell load $INMATE $INMATES/$INMATE.bin -s "con-type=none con-virtual=1 report=50" -a 0x1000 &&
		jailhouse cell start $INMATE >/dev/null
	report "a cell on CPU $last_cpu" $?
	check "its timer ticks" 'wait_for ticks'
	jailhouse cell destroy $INMATE >/dev/null
	before=$(reports)
	jailhouse cell create --name demo --cpus $last_cpu --ram 16M --load $INMATES/$INMATE.bin --start \
		>/tmp/out 2>/tmp/err && wait_for ticks
	report "so does that of a cell in one line, with README's words" $?
}

if [ "$CPUS" = 1 ]; then alone; else cells; fi
check "Linux reads its clock" 'hwclock -r -f /dev/rtc0 >/dev/null 2>&1 || cat /sys/class/rtc/rtc0/time >/dev/null'
check "nothing of Linux was denied" '! jailhouse console | grep -q "^Denied"'
check "disabled" 'jailhouse disable'
check "Linux has its CPUs and its memory again" \
	'[ "$(nproc)" = $CPUS ] && [ "$(memory)" = $MEMORY ]'
exit $result
