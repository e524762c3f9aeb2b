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

# asks COMMAND REGEX: a line that COMMAND prints in the cell matches
asks() { cable_type "$1" && cable_wait "$2"; }

ends() { wait_for stopped linux && [ "$(state linux)" = "shut down" ]; }
