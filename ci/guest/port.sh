# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# port NAME: the device node of a port; the driver makes the ports one by one after it has been inserted.

port()
{
	local tries=0 name

	while [ $tries -lt 200 ]; do
		name=$(grep -lsx "org.cellblock.$1" /sys/class/virtio-ports/*/name)
		if [ -n "$name" ]; then
			name=${name%/name}
			echo "/dev/${name##*/}"
			return
		fi
		sleep 0.02
		tries=$((tries + 1))
	done
}
