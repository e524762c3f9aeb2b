#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Two cells with Debian's kernel, and root, in one bridge of root's: each talks to both others, and does not notice what
# becomes of the other cell. Root's kernel moves the frames of one of them, the program those of the other.

. /usr/share/cellblock/cell-linux.sh

A=linux-virtio
B=linux-virtio-b
NET=192.168.78
ROOT=$NET.1
BYTES=1000000
PORT=5001
count=0

details() { for cell in $A $B; do tail -n 25 /tmp/$cell.log; echo; done; tail -n 3 /tmp/pings $SAID; }

# at CELL: that is asked from now on
at()
{
	CABLE_LOG=/tmp/$1.log
	exec 3>/tmp/"$1".keys
}

# begin CELL TAP FD [OPTION]: the cell, whose console is attached
begin()
{
	mkfifo /tmp/"$1".keys
	jailhouse cell linux $ETC/qemu-arm64-"$1".cell /boot/vmlinuz -i /boot/cell.cpio --console --net "$2$4" \
		-c 'cma=0 quiet' 2>$SAID && brctl addif br0 "$2" && ip link set "$2" up || return 1
	jailhouse console "$1" </tmp/"$1".keys >/tmp/"$1".log 2>&1 &
	eval "exec $3<>/tmp/$1.keys"
}

# value NAME COMMAND: what a cell prints, in $value
value()
{
	asks "echo $1:\$($2):" "^$1:[0-9a-f:]+:" && value=$(sed -n "s/^$1:\(.*\):.*/\1/p" $CABLE_LOG | tail -n 1)
}

# joins CELL ADDRESS: the network; $value is its MAC address
joins()
{
	at "$1" && prompt &&
		cable_type "modprobe virtio_net; ip addr add $2/24 dev eth0; ip link set eth0 up" &&
		value mac 'cat /sys/class/net/eth0/address'
}

# pings CELL ADDRESS
pings()
{
	at "$1"
	count=$((count + 1))
	asks "ping -A -c 5 -w 60 $2 | grep received; echo pinged:$count:" "^pinged:$count:" &&
		[ "$(grep -c '5 packets received' $CABLE_LOG)" -ge "$(grep -c '^pinged:' $CABLE_LOG)" ]
}

# learned MAC TAP: the bridge, that it is there; an entry of the list has 16 bytes
learned()
{
	od -An -v -tx1 -w16 /sys/class/net/br0/brforward |
		grep -q "^ $(echo "$1" | tr : ' ') 0$(sed s/0x// /sys/class/net/"$2"/brport/port_no) 00"
}

# sends FROM TO ADDRESS NAME: random bytes, which arrive as they were
sends()
{
	at "$2"
	cable_type "nc -l -p $PORT -e dd of=/tmp/got bs=$BYTES & echo $4''-listens"
	cable_wait "^$4-listens" || return 1
	at "$1"
	cable_type "head -c $BYTES /dev/urandom >/tmp/sent; until nc $3 $PORT -e dd if=/tmp/sent bs=$BYTES; do :; done"
	value "$4-sent" 'md5sum </tmp/sent | cut -c 1-32' && sent=$value && at "$2" && cable_type wait &&
		value "$4-came" 'md5sum </tmp/got | cut -c 1-32' && [ "$value" = "$sent" ]
}

# kill_program CELL: the one first that would start another server
kill_program()
{
	old=$(server "$1")
	kill -9 $(programs "$1" | grep -vx "$old") && kill -9 "$old"
}

# no_loss: B has answered all of root's pings, but those at the end that are on their way
no_loss()
{
	kill -INT $pinger && wait $pinger
	sed -n 's/.* seq=\([0-9]*\) .*/\1/p' /tmp/pings | awk '$1 != n++ { lost = 1 } END { exit lost || n < 10 }'
}

# pinged: root pings B without end
pinged()
{
	ping -A $NET.3 >/tmp/pings &
	pinger=$!
}

enable
modprobe tun && modprobe bridge && modprobe vhost_net && brctl addbr br0 || exit 1
# or it has that of a tap, and another one when that goes
ip link set br0 address 02:00:00:00:00:01 && ip addr add $ROOT/24 dev br0 && ip link set br0 up || exit 1

plan 9
# Linux may not be able to give up the memory at one moment, and at the next one it is
for cell in $A $B; do
	wait_for jailhouse cell create $ETC/qemu-arm64-$cell.cell 2>$SAID
done
begin $A tap-a 4 && begin $B tap-b 5 ,vhost=off
report "two cells begin, their interfaces are taps in a bridge" $?
joins $A $NET.2 && mac_a=$value && joins $B $NET.3 && mac_b=$value && [ "$mac_a" != "$mac_b" ]
report "both Linuxes drive them, with MAC addresses of their own" $?
pings $A $NET.3 && pings $B $NET.2
report "each pings the other" $?
pings $A $ROOT && pings $B $ROOT && ping -A -c 5 -w 60 $NET.2 >/tmp/pings && ping -A -c 5 -w 60 $NET.3 >/tmp/pings &&
	learned "$mac_a" tap-a && learned "$mac_b" tap-b
report "and root, which pings them and sees each behind its tap" $?
sends $A $B $NET.3 there && sends $B $A $NET.2 back
report "$BYTES bytes of TCP go from each to the other, as they were" $?
pinged
kill_server $A && pings $A $NET.3 && no_loss
report "the server of one is killed: it talks on, and the other loses nothing" $?
pinged
kill_program $A && wait_for eval '[ ! -e /sys/class/net/tap-a ]' && pings $B $ROOT && no_loss
report "its program is killed, and its tap is gone: the other loses nothing" $?
pinged
jailhouse cell destroy --force $A && pings $B $ROOT && no_loss
report "it is destroyed: the other loses nothing" $?
jailhouse cell destroy --force $B && wait_for eval '! pidof cell-devices >/dev/null' && [ "$(nproc)" = 4 ] && leave
report "so is that, and all is as before" $?
exit $result
