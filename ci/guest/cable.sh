# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# The other end of the UART's cable (ci/qemu --cable): what a cell with the UART says, and typing to it.

CABLE_LOG=/tmp/cable

cable_open()
{
	local name

	name=$(grep -lsx org.cellblock.uart /sys/class/virtio-ports/*/name)
	name=${name%/name}
	# the driver lets it be opened once only
	exec 3<>"/dev/${name##*/}" || return 1
	cat <&3 >$CABLE_LOG &
	cable_reader=$!
}

cable_close()
{
	kill $cable_reader
	exec 3>&-
}

cable_type() { printf '%s\r' "$*" >&3; }

# cable_wait REGEX [SECONDS]: until a line said so far matches
cable_wait()
{
	local tries=0

	until grep -Eq -- "$1" $CABLE_LOG; do
		[ $tries -lt $((${2:-60} * 5)) ] || return 1
		tries=$((tries + 1))
		usleep 200000
	done
}

# The cell has a Linux, which comes to its prompt.
prompt() { cable_wait 'This is the Linux in the cell' 180 && cable_wait 'cell# '; }
