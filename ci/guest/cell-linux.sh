# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# For scripts with a Linux in a cell, whose shell is at the other end of the cable; results as TAP.

. /usr/share/cellblock/cable.sh

CONFIG=/etc/jailhouse/qemu-arm64-linux.cell
LIMIT=150	# times 0.2 s

result=0
number=0

report()
{
	number=$((number + 1))
	if [ "$2" = 0 ]; then
		echo "ok $number $1"
	else
		echo "not ok $number $1"
		tail -n 30 $CABLE_LOG | tr -d '\r' | sed 's/^/# /'
		echo
		result=1
	fi
}

# start [KERNEL PARAMETER]...
start() { jailhouse cell linux $CONFIG /boot/vmlinuz -i /boot/cell.cpio -c "earlycon cma=0 quiet $*"; }

prompt() { cable_wait 'This is the Linux in the cell' 180 && cable_wait 'cell# '; }

# asks COMMAND REGEX: a line that COMMAND prints in the cell matches
asks() { cable_type "$1" && cable_wait "$2"; }

cell_state() { cat /sys/devices/jailhouse/cells/*/state | tail -n 1; }

ends()
{
	waited=0
	while [ "$(cell_state)" = running ] && [ $waited -lt $LIMIT ]; do
		usleep 200000
		waited=$((waited + 1))
	done
	[ "$(cell_state)" = "shut down" ]
}
