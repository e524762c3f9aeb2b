# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# For scripts with a Linux in a cell, whose shell is at the other end of the cable; results as TAP.

. /usr/share/cellblock/test.sh
. /usr/share/cellblock/cable.sh

details() { tail -n 30 $CABLE_LOG; }

# start_linux [KERNEL PARAMETER]...
start_linux()
{
	jailhouse cell linux $ETC/qemu-arm64-linux.cell /boot/vmlinuz -i /boot/cell.cpio -c "earlycon cma=0 quiet $*"
}

# programs [CELL]: those that have its devices, or those of any
programs()
{
	for pid in $(pidof cell-devices); do
		if [ -z "$1" ] || tr '\0' ' ' </proc/"$pid"/cmdline | grep -q -- "--cell $1 "; then
			echo "$pid"
		fi
	done
}

# server [CELL]: of them the one that has given up root's rights
server()
{
	for pid in $(programs "$1"); do
		[ "$(stat -c %u /proc/"$pid")" != 990 ] || echo "$pid"
	done
}

has_other_server() { [ -n "$(server "$1")" ] && [ "$(server "$1")" != "$old" ]; }

# kill_server [CELL]: another one takes its place
kill_server() { old=$(server "$1") && kill -9 "$old" && wait_for has_other_server "$1"; }

# asks COMMAND REGEX: a line that COMMAND prints in the cell matches
asks() { cable_type "$1" && cable_wait "$2"; }

ends() { wait_for stopped linux && [ "$(state linux)" = "shut down" ]; }
