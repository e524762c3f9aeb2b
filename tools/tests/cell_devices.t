#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# cell_devices.t JAILHOUSE: the words of the program that has devices for cells, and that it needs the driver.

# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

devices=$(dirname "${1:?path of the jailhouse command}")/cell-devices
tools=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
truncate -s 1M "$work/disk"

# says STATUS TEXT WORD...: it ends so, and says so
says()
{
	local status=$1 text=$2 said

	shift 2
	said=$(timeout 20 "$devices" "$@" 2>&1)
	is "$? $(head -n 1 <<<"$said")" "$status $text" "cell-devices $*"
}

hint='; see cell-devices --help'
virtio=(--bank 0x40000000,0x100000 --pci 0x10000000,0x20000000,0x100000,64)
says 2 "cell-devices: --cell is missing$hint" --pl011 1,33
says 2 "cell-devices: there is no device$hint" --cell a
says 2 "cell-devices: no cell with devices can be named ../a$hint" --cell ../a --pl011 1,33
says 2 "cell-devices: unexpected argument b$hint" --cell a b
for wrong in '' 1 1, 1,2,3 1,x -1,2 '1, 2'; do
	says 2 "cell-devices: not BASE,IRQ: $wrong$hint" --cell a --pl011 "$wrong"
done
says 2 "cell-devices: not BASE,IRQ: 5$hint" --cell a --power-key 5
says 2 "cell-devices: not BASE: 5,5$hint" --cell a --rtc 5,5
says 2 "cell-devices: not BASE: 5,5$hint" --cell a --watchdog 5,5
says 2 "cell-devices: not BASE,SIZE: 5$hint" --cell a --bank 5
says 2 "cell-devices: not ECAM,MEMORY,SIZE,IRQ: 5$hint" --cell a --pci 5
says 2 "cell-devices: not BASE,IRQ,COUNT: 5,5$hint" --cell a --msi 5,5
says 2 "cell-devices: --msi is of a PCI host: --pci$hint" --cell a --pl011 1,33 --msi 0x1000,80,8
for wrong in 0 10001 x 1s; do
	says 2 "cell-devices: not a time of 1 to 10000 ms: $wrong$hint" --cell a --timeout "$wrong"
done
for wrong in 2 x 0xffffffff; do
	says 2 "cell-devices: not a CID of 3 to 0xfffffffe: $wrong$hint" --cell a --vsock "$wrong"
done
says 2 "cell-devices: a cell has one console: --pl011 or --virtio-console$hint" --cell a --pl011 1,33 \
	--virtio-console "${virtio[@]}"
says 2 "cell-devices: --log is of a console$hint" --cell a --log x --rng "${virtio[@]}"
says 2 "cell-devices: virtio devices, --pci and --bank need one another$hint" --cell a --rng
says 2 "cell-devices: virtio devices, --pci and --bank need one another$hint" --cell a --pl011 1,33 "${virtio[@]}"
says 2 "cell-devices: virtio devices, --pci and --bank need one another$hint" --cell a --rng "${virtio[@]:2}"
says 2 "cell-devices: too many disks, the last one is i$hint" --cell a --disk a --disk b --disk c --disk d --disk e \
	--disk f --disk g --disk h --disk i
says 2 "cell-devices: too many network interfaces, the last one is e$hint" --cell a --net a --net b --net c --net d \
	--net e
says 1 "cell-devices: no interface can have the name 'a/b': 1 to 15 characters, no / and no %" --cell a --user root \
	--net a/b,vhost=off "${virtio[@]}"
if [ ! -e /dev/vhost-net ]; then
	says 1 'cell-devices: cannot open /dev/vhost-net; is its module loaded?: No such file or directory' --cell a \
		--user root --net a/b "${virtio[@]}"
else
	skip 'without vhost-net' 'it is loaded'
fi
says 1 "cell-devices: cannot open the disk $work/no for writing too: No such file or directory" --cell a --user root \
	--disk "$work/no" "${virtio[@]}"
says 1 "cell-devices: cannot open the disk $work/no: No such file or directory" --cell a --user root \
	--disk "$work/no,ro" "${virtio[@]}"
if [ ! -e /dev/vhost-vsock ]; then
	says 1 'cell-devices: cannot open /dev/vhost-vsock; is its module loaded?: No such file or directory' --cell a \
		--user root --vsock 3 "${virtio[@]}"
else
	skip 'without vhost-vsock' 'it is loaded'
fi
says 1 'cell-devices: there is no user nobody-here in /etc/passwd' --cell a --user nobody-here --pl011 1,33
if [ ! -e /dev/jailhouse ]; then
	says 1 'cell-devices: cannot open /dev/jailhouse; is the driver loaded?: No such file or directory' --cell a \
		--user root --disk "$work/disk" --rng "${virtio[@]}"
else
	skip 'without the driver' 'it is loaded'
fi
says 0 "cell-devices (Cellblock) $(cat "$tools/../VERSION")" --version
says 0 'usage: cell-devices --cell NAME [--pl011 BASE,IRQ] [--log FILE] [--timeout MS]' --help
for option in $("$devices" --help | grep -o -e '--[a-z][a-z0-9-]*' | sort -u); do
	grep -q -F -e "${option//-/\\-}" "$tools/man/cell-devices.8"
	is "$?" 0 "the page has $option"
done
finish
