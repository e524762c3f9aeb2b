#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# demo: a Debian system in a cell: login, packages, network, reboot, power key; the first time it is made, which is long
# fetch: debian-ping
# programs: vsock
# options: --cell-linux --timeout 600 --add .cache/debian/ping:/srv
# disk: for a cell

. /usr/share/cellblock/demo.sh

CELL=linux-virtio
OUR=192.168.78.1
ITS=192.168.78.2
ESCAPE=$(printf '\033')
RETURN=$(printf '\r')

# What its console has shown, without colours, and of a line that was written several times the last.
said() { sed "s/$ESCAPE\\[[?0-9;]*[a-zA-Z]//g; s/$RETURN*\$//; s/.*$RETURN//" /tmp/console; }

# seen REGEX [N]: N lines (1) of the console come to match, within 5 minutes
seen()
{
	for _ in $(seq 300); do
		[ "$(said | grep -Ec -- "$1")" -lt "${2:-1}" ] || return 0
		sleep 1
	done
	said | tail -n 30
	fail "the console does not show '$1'"
}

type_line() { printf '%s\n' "$1" >&4; }

# log_in N: the Nth time
log_in()
{
	seen 'login: ' "$1"
	type_line root
	seen 'root@debian:~# ' "$1"
}

# ask COMMAND: types a command in the cell, and shows what it says
ask()
{
	printf 'root@debian:~# %s\n' "$1"
	type_line "echo beg''in$steps; $1; echo en''d$steps status \$?"
	seen "^end$steps "
	said | sed -n "/^begin$steps\$/,/^end$steps /{ /^begin$steps\$/d; /^end$steps /d; p; }"
	said | grep -qx "end$steps status 0" || fail "'$1' ended otherwise than with status 0"
	steps=$((steps + 1))
}

# answers URL: within a minute
answers()
{
	for _ in $(seq 60); do
		! wget -q -O /dev/null "$1" 2>/dev/null || return 0
		sleep 1
	done
	fail "nobody answers at $1"
}

say "On a disk of this machine is a Debian system. Before a cell has the disk, it gets a name and an address from here:"
run cat /mnt/etc/debian_version
run 'echo debian >/mnt/etc/hostname'
cat >/mnt/etc/systemd/network/cell.network <<END
[Match]
Driver=virtio_net
[Network]
Address=$ITS/24
END
run cat /mnt/etc/systemd/network/cell.network
run 'chroot /mnt systemctl --quiet enable systemd-networkd'
run umount /mnt

say "Two CPUs, 176 MiB of memory, and this disk for a cell. A program in this Linux has its devices."
run modprobe jailhouse
run jailhouse enable $CONFIGS/qemu-arm64.cell
run modprobe -a tun vhost_net vhost_vsock
run "jailhouse cell linux $CONFIGS/qemu-arm64-$CELL.cell /boot/vmlinuz -i /boot/cell.cpio -c 'root=/dev/vda rw' \\
	--disk /dev/vda --console --net tap0 --vsock 3 --rng --rtc --power-key"
mkfifo /tmp/keys
jailhouse console $CELL </tmp/keys >/tmp/console 2>&1 &
exec 4>/tmp/keys
run ip addr add $OUR/24 dev tap0
run ip link set tap0 up
run jailhouse cell list
log_in 1

say "jailhouse console $CELL is its console. This is what it showed, some lines of many, and shows now:"
said | grep -E 'Welcome to|Started.*(Login|Network)|Reached target.*(Network|Multi-User)|login: '
ask 'uname -srm; nproc; date -u +%F'
ask 'dmesg | grep -E "Memory:|Brought up|software IO TLB: mapped|virtio_blk"'
ask 'findmnt -no SOURCE,FSTYPE,OPTIONS /'
ask 'systemctl is-system-running --wait'
ask 'systemctl --no-pager --no-legend list-units --type=service --state=running'

say "It has an address, and no ping. Its packages come by TCP from a server here; dpkg installs them on the disk."
for package in /srv/*.deb; do
	mv "$package" "${package%%_*}.deb"
done
run ls /srv
run httpd -h /srv
ask 'hostname -I'
for package in libcap2-bin iputils-ping; do
	ask "/usr/lib/apt/apt-helper -qq -o APT::Sandbox::User=root download-file http://$OUR/$package.deb $package.deb"
done
ask 'dpkg --install *.deb'
ask "ping -c 3 $OUR"

say "The other way: pings, and TCP to a server there."
run ping -c 3 $ITS
ask 'systemd-run --quiet python3 -m http.server --directory /etc 80'
answers http://$ITS/
run wget -q -O - http://$ITS/hostname

say "Sockets without addresses and interfaces, AF_VSOCK: the cell is 3, this Linux 2. Both have a server for the other."
ask "systemd-run --quiet python3 -c 'from socket import *; s = socket(AF_VSOCK, SOCK_STREAM); \
s.bind((VMADDR_CID_ANY, 80)); s.listen(); s.accept()[0].send(gethostname().encode())'"
run 'until vsock 3 80 </dev/null; do sleep 1; done 2>/dev/null; echo'
run 'echo this is CID 2 | vsock listen 1024 & sleep 1'
ask "python3 -c 'from socket import *; s = socket(AF_VSOCK, SOCK_STREAM); \
s.connect((VMADDR_CID_HOST, 1024)); print(s.recv(80).decode().strip())'"

say "It reboots by itself: the same cell, from its images. The disk is as it was left."
type_line 'systemctl reboot'
log_in 2
run jailhouse cell list
ask 'dpkg --list iputils-ping | tail -n 1'
ask "ping -c 1 $OUR"

say "The power key: systemd-logind shuts the system down, and that ends its cell."
run jailhouse cell shutdown $CELL
said | tail -n 4
comes_to "running,shut down"
run jailhouse cell list
run jailhouse cell destroy $CELL
run nproc

say "The disk is this Linux's again, whole:"
run mount /dev/vda /mnt
run tail -n 1 /mnt/var/log/dpkg.log
run umount /mnt
run jailhouse disable
run rmmod jailhouse
say "All $steps commands did what they should. Power off."
