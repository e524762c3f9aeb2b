#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# usage: guest.sh PART CONFIG, PART one of
#	without|commands|kick|idle|pingpong|fork|cell|injected|shared|holders|link|network|messages|transfer|channels|
#	rtos|remote|devices|copied|plain|pages
# One part of `make bench`, in the guest. Prints name=value lines; the counting plugin sees the rest.

set -e

STATE=/sys/devices/jailhouse
CELL_CONFIG=/etc/jailhouse/qemu-arm64-inmate-test.cell
IMAGES=/usr/share/jailhouse/inmates
PINGPONGS=2000
PINGS=100
STREAM=4000000
FORKS=100
STORM=2
ROUNDS=20000
IDLE=10
TALK=1
DISK=4194304
# what is done with it, by whoever has it
DISK_WRITE="dd if=/dev/zero of=/dev/vda bs=64k count=64 oflag=direct conv=fsync status=none"
DISK_READ="dd if=/dev/vda of=/dev/null bs=64k count=64 iflag=direct status=none"

enable() { modprobe jailhouse && jailhouse enable "$config"; }
leave() { jailhouse disable && rmmod jailhouse; }

# Each command in an interval of its own; the sleeps let Linux finish what the command has set off.
commands()
{
	modprobe jailhouse
	sleep 1
	mark 24 jailhouse enable "$config"
	sleep 1
	mark 25 jailhouse cell create $CELL_CONFIG
	sleep 1
	mark 26 jailhouse cell load inmate-test $IMAGES/timer-demo.bin \
		-s "con-type=none con-virtual=1" -a 0x1000
	sleep 1
	mark 27 jailhouse cell start inmate-test
	sleep 1
	mark 28 jailhouse cell destroy inmate-test
	sleep 1
	mark 29 jailhouse disable
	rmmod jailhouse
}

# What it takes to stop a CPU that runs, and one that does not. The least of some is the one that Linux did not disturb.
start_spin()
{
	jailhouse cell load inmate-test $IMAGES/spin-bench.bin -s "$1" -a 0x1000
	jailhouse cell start inmate-test
	sleep 0.05
}

kick()
{
	enable
	jailhouse cell create $CELL_CONFIG
	for _ in 1 2 3; do
		start_spin "con-type=none"
		mark 24 jailhouse cell shutdown --force inmate-test
		start_spin "con-type=none off"
		mark 25 jailhouse cell shutdown --force inmate-test
	done
	jailhouse cell destroy inmate-test
	leave
}

in_cell()
{
	/usr/share/cellblock/run-inmate cell-bench
}

# The same with JAILHOUSE_CELL_GIC_PMR: bit 8 of the flags
injected()
{
	printf '\1' | dd of=$CELL_CONFIG bs=1 seek=45 conv=notrunc 2>/dev/null
	in_cell
}

# start_shared PROGRAM [PARAMETERS]
start_shared()
{
	jailhouse cell load shared-test $IMAGES/"$1".bin -s "con-type=none con-virtual=1 $2" -a 0x1000
	jailhouse cell start shared-test
}

shared_ends() { until jailhouse cell list | grep -q 'shared-test *shut down'; do sleep 0.1; done; }

# The same on CPUs that Linux keeps: that sleeps, that always runs, that has work to do
shared()
{
	for _ in 1 2 3; do load work $ROUNDS; done
	enable
	jailhouse cell create /etc/jailhouse/qemu-arm64-shared-test.cell
	start_shared cell-bench
	shared_ends
	load marks 20 &
	start_shared cell-bench sleeps
	shared_ends
	kill $!
	start_shared period-bench-up
	for _ in 1 2 3; do load beside $ROUNDS; done
	jailhouse cell destroy --force shared-test
	leave
}

# held BUSY SHARE [OPTION]...: messages in Linux beside a cell that is busy for so many per cent of half a second
held()
{
	jailhouse cell create --name busy --share "3:$2" --ram 1M $3
	jailhouse cell load busy $IMAGES/busy-bench.bin -s "con-type=none con-virtual=1 busy=$1" -a 0x1000
	jailhouse cell start busy
	load talk $TALK
	jailhouse cell destroy --force busy
}

# A thread that holds a lock is on the CPU that a cell takes: on all CPUs, on one less, and with each cure.
holders()
{
	mount -t cgroup2 none /sys/fs/cgroup
	enable
	load talk $TALK
	echo 0 >/sys/devices/system/cpu/cpu3/online
	load talk $TALK
	echo 1 >/sys/devices/system/cpu/cpu3/online
	for busy in 20 40 60 80 100; do
		held $busy 495ms/500ms --no-cpuset
		held $busy 495ms/500ms "--no-cpuset --defer 1ms"
		held 100 $((busy * 50 - busy / 100 * 50))us/5ms --no-cpuset
		held $busy 495ms/500ms
	done
	leave
}

# Both cells run the same program; the one that rings ends by itself.
link()
{
	enable
	for cell in b a; do
		jailhouse cell create /etc/jailhouse/qemu-arm64-ivshmem-$cell.cell
		jailhouse cell load ivshmem-$cell $IMAGES/link-bench.bin -s "con-type=none con-virtual=1" -a 0x1000
	done
	jailhouse cell start ivshmem-b
	jailhouse cell start ivshmem-a
	until jailhouse cell list | grep -q 'ivshmem-a *shut down'; do sleep 0.1; done
	jailhouse cell destroy ivshmem-a
	jailhouse cell shutdown --force ivshmem-b
	jailhouse cell destroy ivshmem-b
	leave
}

network()
{
	device=/sys/bus/pci/devices/0001:00:01.0
	ip link set lo up
	enable
	jailhouse cell create /etc/jailhouse/qemu-arm64-ivshmem-a.cell
	modprobe ivshmem_net
	ip addr add 10.0.0.1/24 dev "$(ls $device/net)"
	ip link set "$(ls $device/net)" up
	jailhouse cell load ivshmem-a $IMAGES/net-demo.bin -s "con-type=none con-virtual=1" -a 0x1000
	jailhouse cell start ivshmem-a
	until [ "$(cat $device/net/*/carrier)" = 1 ]; do sleep 0.1; done
	sleep 1
	net 10.0.0.2 $PINGS $STREAM udp
	echo "pings=$PINGS stream=$STREAM"
	jailhouse cell destroy ivshmem-a
	rmmod ivshmem_net
	leave
}

# Cell b answers cell a, then cell a answers root.
messages()
{
	quiet="con-type=none con-virtual=1 period=0"
	modprobe uio_ivshmem
	enable
	for cell in b a; do
		jailhouse cell create /etc/jailhouse/qemu-arm64-ivshmem-$cell.cell
	done
	jailhouse cell load ivshmem-b $IMAGES/ivshmem-demo.bin -s "$quiet link=04.0" -a 0x1000
	jailhouse cell load ivshmem-a $IMAGES/message-bench.bin -s "$quiet" -a 0x1000
	jailhouse cell start ivshmem-b
	jailhouse cell start ivshmem-a
	# Linux's own work would be counted too
	sleep 2
	until jailhouse cell list | grep -q 'ivshmem-a *shut down'; do sleep 0.1; done
	jailhouse cell destroy ivshmem-b
	jailhouse cell load ivshmem-a $IMAGES/ivshmem-demo.bin -s "$quiet link=02.0" -a 0x1000
	jailhouse cell start ivshmem-a
	sleep 1
	message 0001:00:02.0 1
	jailhouse cell destroy ivshmem-a
	leave
}

# beside IMAGE PARAMETERS COMMAND [ARGUMENT]...: runs a program of root's at the other end of a cell's link
beside()
{
	local image=$1 parameters=$2

	shift 2
	modprobe uio_ivshmem
	enable
	jailhouse cell create /etc/jailhouse/qemu-arm64-ivshmem-a.cell
	jailhouse cell load ivshmem-a "$IMAGES/$image.bin" -s "$parameters" -a 0x1000
	jailhouse cell start ivshmem-a
	# Linux's own work would be counted too
	sleep 2
	"$@"
	jailhouse cell destroy --force ivshmem-a
	leave
}

# The cell says nothing: that would be counted.
channels()
{
	beside channel-demo "con-type=none con-virtual=0 link=02.0 manager=0 listen=echo" channel 0001:00:02.0
}

transfers() { beside transfer-bench "con-type=none con-virtual=1" transfer 0001:00:02.0; }

# The cell runs in the middle of the storm.
rtos()
{
	enable
	jailhouse cell create $CELL_CONFIG
	jailhouse cell load inmate-test $IMAGES/thread-bench-up.bin -s "con-type=none con-virtual=1" -a 0x1000
	load storm $STORM &
	sleep 0.5
	jailhouse cell start inmate-test
	wait $!
	jailhouse cell list | grep -q 'inmate-test *shut down'
	jailhouse cell destroy inmate-test
	leave
}

# The cell's windows, answered first by a program of ours, then by cell-devices.
remote()
{
	enable
	jailhouse cell create /etc/jailhouse/qemu-arm64-remote.cell
	window answer &
	start_remote ""
	until jailhouse cell list | grep -q 'remote *shut down'; do sleep 0.1; done
	kill $!
	wait $! || true
	cell-devices --background --cell remote --pl011 0x0b000000,248
	start_remote uart
	window type
	jailhouse cell destroy --force remote
	leave
}

start_remote()
{
	jailhouse cell load remote $IMAGES/remote-bench.bin -s "con-type=none con-virtual=1 $1" -a 0x1000
	# Linux's own work would be counted too
	sleep 1
	jailhouse cell start remote
}

# ask COMMAND: of cell.sh, which needs a moment after each
ask()
{
	sleep 1
	echo "$1; exit" | nc 10.0.0.2 23
}

exits() { cat $STATE/cells/[1-9]*/statistics/vmexits_total; }

# devices [OPTION]: a Linux in a cell: its boot on its CPUs, network and disk, and how often it comes to EL2.
devices()
{
	truncate -s 8M /tmp/disk
	ip link set lo up
	modprobe -a tun vhost_net
	enable
	taskset 4 mark begin
	taskset 8 mark begin
	jailhouse cell linux /etc/jailhouse/qemu-arm64-linux-virtio.cell /boot/vmlinuz -i /boot/cell.cpio \
		--disk /tmp/disk --net "tap0$1" -c "loglevel=0 rdinit=/bin/cell.sh serve eth0"
	ip addr add 10.0.0.1/24 dev tap0
	ip link set tap0 up
	until [ "$(ask 'echo there')" = there ]; do :; done
	net 10.0.0.2 $PINGS $STREAM
	ask "$DISK_WRITE; mark 30 $DISK_WRITE; mark 31 $DISK_READ"
	before=$(exits)
	sleep $IDLE
	echo "pings=$PINGS stream=$STREAM disk=$DISK idle=$(($(exits) - before)) idle_time=$IDLE"
	before=$(exits)
	ask "load storm $STORM >/dev/null"
	echo "busy=$(($(exits) - before)) busy_time=$STORM"
	jailhouse cell destroy --force linux-virtio
	leave
}

# The same between two processes of this Linux, and its disk, by devices of QEMU's.
plain()
{
	ip link set lo up
	modprobe -a virtio_pci virtio_blk virtio_net
	unshare -n cell.sh serve eth1 &
	sleep 1
	ip link set eth1 netns $!
	ip addr add 10.0.0.1/24 dev eth0
	ip link set eth0 up
	sleep 1
	net 10.0.0.2 $PINGS $STREAM
	$DISK_WRITE
	mark 30 $DISK_WRITE
	mark 31 $DISK_READ
	echo "pings=$PINGS stream=$STREAM disk=$DISK"
	kill $!
}

pages()
{
	enable
	echo "pool_size=$(cat $STATE/mem_pool_size)"
	echo "pool_used=$(cat $STATE/mem_pool_used)"
	leave
}

part=$1
config=$2
case $part in
without) load pingpong $PINGPONGS; load fork $FORKS ;;
commands) commands ;;
kick) kick ;;
idle) enable; sleep 1; mark 24 sleep 4; leave ;;
pingpong) enable; load pingpong $PINGPONGS; leave ;;
fork) enable; load fork $FORKS; leave ;;
cell) in_cell ;;
injected) injected ;;
shared) shared ;;
holders) holders ;;
link) link ;;
network) network ;;
messages) messages ;;
transfer) transfers ;;
channels) channels ;;
rtos) rtos ;;
remote) remote ;;
devices) devices ;;
copied) devices ,vhost=off ;;
plain) plain ;;
pages) pages ;;
esac
