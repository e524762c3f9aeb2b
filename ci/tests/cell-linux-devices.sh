#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Debian's own kernel in a cell drives the virtio devices of cell-devices, with its own drivers. Its shell is at the
# cable, so that it can be asked when a device is away. With the kernel's parameter cellblock.reboots=N it reboots N
# times instead of twice, while root's CPUs are busy; with cellblock.brief it ends when disk, console and network have
# worked, and root has no vhost-net.

. /usr/share/cellblock/cell-linux.sh

CELL=linux-virtio
DISK=/tmp/disk
FIXED=/tmp/fixed
MIB=1048576
PCI='--pci 0x0b000000,0x0b100000,0xfc000,168 --msi 0x0b1fc000,175,33'
TAP=tap-cell
OUR=192.168.78.1
ITS=192.168.78.2
BYTES=3000000
PORT=5001
CID=7
UART=0x0b000000
PROGRAM=8	# MiB, where vsock is on the disk; behind it is ptp
DEVICES="--virtio-console --disk $DISK --disk $FIXED,ro --rng --net $TAP --vsock $CID --power-key 0x0b1fe000,174"

details() { tail -n 30 $CABLE_LOG; echo; cat /tmp/hvc /tmp/bank 2>/dev/null; }

# text FILE SECTOR: the text that begins there
text() { dd if="$1" bs=512 skip="$2" count=1 2>/dev/null | tr -d '\0'; }

# sum FILE MIB COUNT: of so many from there on
sum() { dd if="$1" bs=$MIB skip="$2" count="$3" 2>/dev/null | md5sum | cut -d ' ' -f 1; }

# says REGEX: a line of its virtio console
says() { wait_for grep -Eq "$1" /tmp/hvc; }

program() { pidof cell-devices; }

# neighbour_goes_on: another cell, which fails as soon as its watchdog is not kicked for a while
neighbour_goes_on() { [ "$(state watchdog-demo)" = running ] && [ "$(cat $STATE/cells/2/restarts)" = 0 ]; }

# tap FILE: of root's end of its interface
tap() { cat "/sys/class/net/$TAP/$1"; }

# segments tx|rx BYTES PACKETS: since root's end had counted these, more went at once than a frame takes
segments()
{
	[ $(($(tap "statistics/$1_bytes") - $2)) -gt $((($(tap "statistics/$1_packets") - $3) * 1514)) ]
}

# counted tx|rx: for segments
counted() { tap "statistics/$1_bytes"; tap "statistics/$1_packets"; }

has_carrier() { [ "$(tap carrier 2>/dev/null)" = "$1" ]; }

bridge_tap() { brctl addif br0 $TAP && ip link set $TAP up; }

again() { cell-devices --background --cell $CELL "$@" $PCI $DEVICES; }

# drivers: of a new life, with a way to see its disk
drivers()
{
	cable_type 'modprobe virtio_pci; modprobe virtio_console; modprobe virtio_blk'
	cable_type 'modprobe virtio_net; modprobe virtio_rng'
	fetch_vsock
	cable_type 'sector() { dd if=$1 bs=512 skip=$2 count=1 iflag=direct 2>/dev/null | tr -d "\0"; }'
	cable_type "ip link set eth0 up; ip addr add $ITS/24 dev eth0"
}

# fetch_vsock: its driver, and the program from its disk
fetch_vsock()
{
	cable_type "modprobe vmw_vsock_virtio_transport; v=/tmp/vsock"
	cable_type "dd if=/dev/vda of=\$v bs=$MIB skip=$PROGRAM count=1; chmod +x \$v"
}

# connects PORT: what the standard input is goes to the cell, which waits, and back comes what that sends
connects() { wait_for /tests/vsock $CID "$1"; }

# talks PORT WORD: by a connection that the cell makes
talks()
{
	echo "$2" | /tests/vsock listen "$1" >/tmp/talk &
	talker=$!
	cable_type "until echo its-$2 | \$v 2 $1 >/tmp/talk; do usleep 200000; done; grep -x $2 /tmp/talk | tr a-z A-Z"
	wait $talker && grep -qx "its-$2" /tmp/talk && cable_wait "^$(echo "$2" | tr a-z A-Z)"
}

# slowly ADDRESS PORT: by TCP, for eight seconds, what is in /tmp/slow then
slowly()
{
	head -c 800000 /tmp/data >/tmp/slow
	echo 'for n in 0 1 2 3 4 5 6 7; do dd if=/tmp/slow bs=100000 skip=$n count=1; sleep 1; done' >/tmp/sender
	wait_for nc "$1" "$2" -e sh /tmp/sender 2>/dev/null
}

# busy: its disk is written, its network and its sockets used without end, when it says so
busy()
{
	cable_type 'while :; do dd if=/dev/zero of=/dev/vda bs=1M seek=4 count=4 conv=fsync; done 2>/dev/null &'
	cable_type '$v listen 1008 </dev/zero >/dev/null 2>&1 &'
	cable_type "ping -A $OUR >/dev/null & sleep 1; echo wor''king"
	cable_wait '^working'
	/tests/vsock $CID 1008 <&5 >/dev/null 2>&1 &
}

# its_devices_work: in the next life
its_devices_work()
{
	drivers
	asks 'sector /dev/vda 8' '^written by root' && wait_for has_carrier 1 && ping -A -c 3 -w 60 $ITS >/tmp/bank &&
		talks 1003 next
}

# interrupts MESSAGES OTHERS: of its virtio devices, lines of /proc/interrupts
interrupts()
{
	asks 'grep virtio /proc/interrupts >/tmp/irqs; echo irqs:$(grep -c MSI /tmp/irqs):$(grep -vc MSI /tmp/irqs):' \
		"^irqs:$1:$2:"
}

# start_cell [PROGRAM OPTION]: by this program, with an option more; $words are the kernel's
start_cell()
{
	$1 jailhouse cell linux $ETC/qemu-arm64-$CELL.cell /boot/vmlinuz -i /boot/cell.cpio --console --disk $DISK \
		--disk $FIXED,ro --rng --net $TAP --vsock $CID --power-key --rtc \
		-c "earlycon cma=0 quiet console=ttyAMA0 $words" $2
}

boot() { start_cell && prompt; }

# boot_attached: what is typed at the command comes by fd 4
boot_attached()
{
	start_cell /tests/on-terminal --attach </tmp/keys >/tmp/hvc 2>&1 &
	attached=$!
	exec 4>/tmp/keys
	prompt
}

# boot_early: with nothing but a UART of cell-devices, which the kernel is told of for its first words
boot_early()
{
	jailhouse cell create $ETC/qemu-arm64-$CELL.cell &&
		cell-devices --background --cell $CELL --pl011 $UART,168 --log /tmp/early &&
		jailhouse cell linux $ETC/qemu-arm64-$CELL.cell /boot/vmlinuz -c "earlycon=pl011,$UART" 2>/dev/null
}

# early REGEX: a line of them
early() { wait_for grep -Eq "$1" /tmp/early; }

enable
cable_open || exit 1
truncate -s $((PROGRAM + 2))M $DISK
dd if=/tests/vsock of=$DISK bs=$MIB seek=$PROGRAM conv=notrunc 2>/dev/null
dd if=/tests/ptp of=$DISK bs=$MIB seek=$((PROGRAM + 1)) conv=notrunc 2>/dev/null
echo 'written by root' | dd of=$DISK bs=512 seek=8 conv=notrunc 2>/dev/null
truncate -s 1M $FIXED
echo 'not to be changed' | dd of=$FIXED conv=notrunc 2>/dev/null
fixed=$(md5sum <$FIXED)

modprobe tun && modprobe bridge && modprobe vhost_vsock
syslogd -O /tmp/messages
reboots=$(parameter reboots)
if grep -q cellblock.brief /proc/cmdline; then
	brief=1
	plan 19
else
	modprobe vhost_net
	plan $((43 + ${reboots:-2}))
fi
mkfifo /tmp/keys
boot_attached
report "Linux boots to its shell" $?
if [ "$brief" ]; then
	grep -q "frames of $TAP go through this program instead" /tmp/hvc
	report "root's kernel has no vhost-net, which is said" $?
fi
[ "$(awk '/^(Uid|NoNewPrivs|Seccomp):/ { print $2 }' /proc/"$(server)"/status | tr '\n' ' ')" = "990 1 2 " ]
report "cell-devices has given up root's rights" $?
asks 'cat /sys/class/rtc/rtc0/name; echo seconds:$(date +%s):' '^rtc-pl031' && cable_wait '^seconds:[0-9]+:' &&
	behind=$(($(date +%s) - $(sed -n 's/^seconds:\([0-9]*\):.*/\1/p' $CABLE_LOG))) &&
	# Linux takes it that half of the second it reads is over
	[ $behind -ge -1 ] && [ $behind -lt 60 ]
report "it has the time of root" $?
cable_type 'sector() { dd if=$1 bs=512 skip=$2 count=1 iflag=direct 2>/dev/null | tr -d "\0"; }'
cable_type 'modprobe virtio_pci; modprobe virtio_blk'
asks 'sector /dev/vda 8' '^written by root'
report "it reads its disk, which is a file of root's" $?
cable_type "p='/tmp/ptp /dev/ptp0'; dd if=/dev/vda of=/tmp/ptp bs=$MIB skip=$((PROGRAM + 1)); chmod +x /tmp/ptp"
cable_type 'date -s 2001-01-01'
asks 'cat /sys/class/ptp/ptp0/clock_name; $p' '^KVM virtual PTP' && cable_wait '^zero:[0-9]+:' &&
	behind=$(($(/tests/ptp | cut -d : -f 2) - $(sed -n 's/^zero:\([0-9]*\):.*/\1/p' $CABLE_LOG))) &&
	[ $behind -gt -1000 ] && [ $behind -lt 1000 ]
report "its PTP clock is root's to the millisecond, whatever its own clock says" $?
asks 'echo written by the cell | dd of=/dev/vda bs=512 seek=9 conv=sync,fsync && echo wrote' '^wrote' &&
	[ "$(text $DISK 9)" = "written by the cell" ]
report "what it writes and flushes is in the file" $?
cable_type "dd if=/dev/urandom of=/tmp/r bs=$MIB count=4; dd if=/tmp/r of=/dev/vda bs=$MIB seek=2 conv=fsync"
cable_type "echo 3 >/proc/sys/vm/drop_caches; dd if=/dev/vda bs=$MIB skip=2 count=4 of=/tmp/s"
asks "cmp /tmp/r /tmp/s && echo sa''me" '^same' && asks 'md5sum </tmp/r' "^$(sum $DISK 2 4)"
report "4 MiB go there and back" $?
there=$(sum $DISK 2 4)
used=$(du -k $DISK | cut -f 1)
asks "blkdiscard -o $((2 * MIB)) -l $((4 * MIB)) /dev/vda && echo discarded" '^discarded' &&
	[ $((used - $(du -k $DISK | cut -f 1))) = 4096 ] && [ "$(sum $DISK 2 4)" = "$(sum /dev/zero 0 4)" ]
report "what it discards is a hole in the file" $?
asks 'sector /dev/vdb 0; cat /sys/block/vdb/ro' '^not to be changed' &&
	asks "echo x | dd of=/dev/vdb conv=fsync || echo re''fused" '^refused' && [ "$(md5sum <$FIXED)" = "$fixed" ]
report "a disk that is read-only stays as it is" $?
asks 'dmesg | grep "software IO TLB: mapped"' 'mapped \[mem 0x000000003f[0-9a-f]*-0x000000003f' &&
	asks 'grep "System RAM" /proc/iomem' '^3f000000-3fffffff : System RAM'
report "its buffers for devices are in the bank" $?
cable_type 'modprobe virtio_rng; modprobe virtio_console'
asks 'cat /sys/class/misc/hw_random/rng_current; echo bytes:$(head -c 64 /dev/hwrng | wc -c):' '^virtio_rng' &&
	cable_wait '^bytes:64:'
report "it has random numbers" $?
cable_type 'setsid sh -c "exec sh -i </dev/hvc0 >/dev/hvc0 2>&1" &'
says "at the console of cell '$CELL'; Ctrl-\] detaches" && says 'cell# ' && printf 'echo sum $((6 * 7))\n' >&4 &&
	says '^sum 42' && printf '\035' >&4 && wait $attached && [ "$(state $CELL)" = running ]
report "a shell at hvc0 is at cell linux --attach, until the detach key" $?
jailhouse console $CELL </tmp/keys >/tmp/hvc 2>&1 &
exec 4>/tmp/keys
says '^sum 42' && printf 'echo sum $((6 * 9))\n' >&4 && says '^sum 54'
report "and then at jailhouse console, with all that was before" $?
brctl addbr br0 && ip addr add $OUR/24 dev br0 && ip link set br0 up && bridge_tap && has_carrier 0
report "its interface is a tap of root's, in a bridge, and has no carrier yet" $?
cable_type 'modprobe virtio_net; cd /sys/class/net/eth0'
cable_type 'address=$(cat address); ip link set eth0 up; ip addr add '$ITS'/24 dev eth0'
asks 'echo $(basename $(readlink device/driver)) $address' '^virtio_net .[26ae]:' && wait_for has_carrier 1
report "the driver finds it: the MAC address is local, the carrier there" $?
asks "ping -A -c 5 -w 60 $OUR | grep received" '5 packets received' && ping -A -c 5 -w 60 -s 1400 $ITS >/tmp/bank &&
	grep -q '5 packets received' /tmp/bank
report "both ping the other, with large packets too" $?
interrupts 12 0
report "they interrupt it by messages, each queue its own" $?
if [ "$brief" ]; then
	jailhouse cell destroy --force $CELL && wait_for eval '! program >/dev/null' && [ "$(nproc)" = 4 ] && leave
	report "it is destroyed, and all is as before" $?
	exit $result
fi
before=$(counted tx)
dd if=/dev/urandom of=/tmp/data bs=$BYTES count=1 2>/dev/null
sum=$(md5sum </tmp/data)
cable_type "nc -l -p $PORT -e dd of=/tmp/data bs=$BYTES & echo list''ening"
cable_wait '^listening' && wait_for nc $ITS $PORT -e dd if=/tmp/data bs=$BYTES
asks 'wait; md5sum </tmp/data' "^$sum" && segments tx $before
report "$BYTES bytes of TCP to the cell arrive as they were, in large segments" $?
before=$(counted rx)
nc -l -p $PORT -e dd of=/tmp/back bs=$BYTES &
listener=$!
cable_type "until nc $OUR $PORT -e dd if=/tmp/data bs=$BYTES; do usleep 200000; done; echo se''nt"
cable_wait '^sent' && wait $listener && [ "$(md5sum </tmp/back)" = "$sum" ] && segments rx $before
report "and back" $?
fetch_vsock
cable_type "{ \$v listen 1001 </tmp/r >/tmp/from; echo done:\$?:; } & echo at the so''cket"
cable_wait '^at the socket' && connects 1001 </tmp/data >/tmp/back && cable_wait 'done:0:' &&
	asks 'cat /tmp/from | md5sum' "^$sum" && [ "$(md5sum </tmp/back | cut -d ' ' -f 1)" = "$there" ]
report "root connects to its CID: $BYTES bytes there and 4 MiB back are as they were" $?
talks 1002 hello
report "it connects to root" $?
asks 'echo status:$(cat /sys/bus/virtio/devices/*/status):' '^status:(0x0000000f ?){6}:'
report "no device has found a descriptor outside" $?

create_on watchdog-demo 2 && start watchdog-demo watchdog-demo 'steps=1000000 timeout=8000' && neighbour_goes_on
report "another cell runs beside it" $?
cable_type "r() { dd if=/tmp/r of=/dev/vda bs=$MIB seek=2 conv=fsync && echo 3 >/proc/sys/vm/drop_caches; }"
cable_type "s() { dd if=/dev/vda bs=$MIB skip=2 count=4 of=/tmp/s && cmp /tmp/r /tmp/s; }"
cable_type '{ until [ -e /tmp/stop ]; do r && s && echo >>/tmp/rounds || echo broken >/tmp/stop; done; } 2>/dev/null &'
cable_type "ping -A $OUR >/dev/null &"
cable_type 'trickle() { while echo; do usleep 10000; done; }'
cable_type '{ until [ -e /tmp/stop ]; do trickle | $v listen 1004; echo >>/tmp/cuts; done; } >/dev/null 2>&1 &'
slowly $ITS 5002 &
sender=$!
cable_type 'nc -l -p 5002 -e dd of=/tmp/slow bs=4096 &'
mkfifo /tmp/silence
exec 5<>/tmp/silence
while [ -e /tmp/silence ]; do /tests/vsock $CID 1004; usleep 100000; done </tmp/silence >/dev/null 2>&1 &
for n in 1 2 3 4; do
	sleep 1
	kill_server && printf 'echo life $((%d * 11))\n' $n >&4 && says "^life $((n * 11))" || break
done
neighbour_goes_on && says '^life 44' &&
	[ "$(grep -c "$CELL were ended by signal 9 (Killed), and go on" /tmp/messages)" = 4 ]
report "its server is killed in the middle of work, four times: the shell at hvc0 goes on, and the other cell" $?
rm /tmp/silence
asks 'touch /tmp/stop; killall ping vsock; wait; echo disk:$(cat /tmp/stop):$(wc -l </tmp/rounds)' '^disk::[1-9]' &&
	asks 'dmesg | grep -ci "error"' '^0'
report "and so does its disk: what is read is what was written" $?
asks "ping -A -c 5 -w 60 $OUR | grep received" '5 packets received' && has_carrier 1 &&
	asks 'echo later:$(cat /sys/bus/virtio/devices/*/status):' '^later:(0x0000000f ?){6}:'
report "and its network, and no device needs a reset" $?
wait $sender && asks 'md5sum </tmp/slow' "^$(md5sum </tmp/slow)"
report "what root sent by TCP meanwhile is there" $?
asks 'echo cuts:$(wc -l </tmp/cuts):' '^cuts:[1-9]' && talks 1005 again
report "connections of its sockets have ended, and others are made" $?

kill -STOP $(program)
cable_type 's=/sys/bus/virtio/devices/virtio1/status; now() { cut -d. -f1 /proc/uptime; }; a=$(now); cat $s; b=$(now)'
asks 'echo "waited $((b - a)) s"' '^waited [3-9] s' && grep -q '^0x000000ff' $CABLE_LOG && neighbour_goes_on &&
	asks '$p' 'PTP_SYS_OFFSET_PRECISE: Operation not supported'
report "the program is stopped: the guest has waited four seconds, the other cell has not" $?
kill -CONT $(program)
asks 'until grep -q 0f $s; do :; done; echo $(cat $s) again' '^0x0000000f again' && asks '$p | tr z Z' '^Zero:' &&
	asks 'sector /dev/vda 8 | tr a-z A-Z' '^WRITTEN BY ROOT'
report "it goes on, and so do its devices" $?
# both at once: a supervisor that sees its server die starts the next one
kill -STOP $(program)
kill -9 $(program)
wait_for eval '! program >/dev/null'
asks 'echo $(cat $s) gone' '^0x000000ff gone' && asks 'taskset 2 echo both go on' '^both go on' && neighbour_goes_on
report "it is killed, with its supervisor: the guest goes on without devices, and so does the other cell" $?
jailhouse cell destroy watchdog-demo
/tests/bank >/tmp/bank 2>&1
report "root has the bank, and is denied all else" $?
again --bank 0x3f000000,0x1000000
report "it is started anew" $?
cable_type 'for n in 1 2 4 5; do echo 1 >/sys/bus/pci/devices/0002:00:0$n.0/remove; done; echo 1 >/sys/bus/pci/rescan'
asks 'sector /dev/vda 9 | tr a-z A-Z' '^WRITTEN BY THE CELL' && talks 1006 anew
report "its drivers find the disk and the sockets again" $?

bridge_tap
loads=
for n in ${reboots:+$(seq "$(nproc)")}; do
	while :; do :; done &
	loads="$loads $!"
done
for n in $(seq "${reboots:-2}"); do
	drivers
	wait_for has_carrier 1 && busy
	: >$CABLE_LOG
	# Linux 6.1.y breaks its rings at shutdown, and loops for ever where it finds the net's so, see devices.md
	cable_type 'killall ping; reboot -f'
	prompt && has_carrier 0 && its_devices_work
	report "it reboots while its devices work: they are as after power-on" $?
done
[ -z "$loads" ] || kill $loads
busy
words=pci=nomsi
jailhouse cell destroy --force $CELL && wait_for eval '! program >/dev/null' && : >$CABLE_LOG && boot &&
	bridge_tap && its_devices_work
report "it is destroyed while they work, and starts again with them" $?
interrupts 0 6
report "which have INTx, if it has no messages" $?

kill $(program)
wait_for eval '! program >/dev/null'
again --bank 0x3f000000,0x1000 &&
	cable_type 'echo 1 >/sys/bus/pci/devices/0002:00:03.0/remove; echo 1 >/sys/bus/pci/rescan' &&
	cable_type 's=/sys/bus/virtio/devices/virtio3/status; until grep -q x0000004 $s; do :; done 2>/dev/null' &&
	asks 'echo $(cat $s) refused' '^0x0000004[0-9a-f] refused'
report "with a smaller bank, it refuses rings outside of that" $?
asks 'dmesg | grep "software IO TLB: mapped"' 'mapped .mem 0x000000003f'
copies=$(sed -n 's/.*IO TLB: mapped .mem 0x0*\(3f[0-9a-f]*\)-.*/0x\1/p' $CABLE_LOG | tail -n 1)
kill $(program)
wait_for eval '! program >/dev/null'
again --bank 0x3f000000,$((copies - 0x3f000000)) &&
	cable_type 'echo 1 >/sys/bus/pci/devices/0002:00:05.0/remove; echo 1 >/sys/bus/pci/rescan' &&
	cable_type 's=/sys/bus/virtio/devices/virtio5/status; until grep -q x0000000f $s; do :; done 2>/dev/null' &&
	asks 'echo $(cat $s) so far' '^0x0000000f so far' && ! /tests/vsock $CID 1007 </dev/null &&
	asks 'until grep -q x0000004f $s; do :; done; echo $(cat $s) broken' '^0x0000004f broken'
report "with one without their buffers, root's kernel refuses those of the sockets" $?
cable_type 'echo 1 >/sys/bus/pci/devices/0002:00:04.0/remove; echo 1 >/sys/bus/pci/rescan'
cable_type 's=/sys/bus/virtio/devices/virtio4/status; until grep -q x0000000f $s; do :; done 2>/dev/null'
asks 'echo $(cat $s) so good' '^0x0000000f so good' && cable_type 'ip link set eth0 up' &&
	asks 'until grep -q x0000004f $s; do :; done; echo $(cat $s) no more' '^0x0000004f no more'
report "and those of the network" $?
# Debian's cloud kernel has no driver for it
if [ -e /lib/modules/base/gpio_keys.ko ]; then
	cable_type 'modprobe gpio_keys; modprobe evdev'
	cable_type 'event() { dd if=/dev/input/event0 bs=24 count=1 | od -An -tx2 -j16 -N6; }'
	cable_type '{ e=$(event 2>/dev/null); echo key:$e:; [ "$e" != " 0001 0074 0001" ] || poweroff -f; } &'
	asks 'until ls -l /proc/[0-9]*/fd | grep -q event0; do :; done 2>/dev/null; echo listens' '^listens' &&
		jailhouse cell shutdown $CELL && [ "$(state $CELL)" = "shut down" ] &&
		cable_wait 'key: 0001 0074 0001:' && cable_wait 'reboot: Power down'
	report "cell shutdown presses its power key, and it shuts down" $?
else
	jailhouse cell shutdown $CELL 2>/tmp/bank && [ "$(state $CELL)" = "shut down" ] &&
		grep -q 'has no driver for its power key yet: it is not asked' /tmp/bank
	report "cell shutdown does not wait for a kernel without a driver for its power key" $?
fi
jailhouse cell destroy $CELL && wait_for eval '! program >/dev/null' && [ "$(nproc)" = 4 ]
report "it ends with the cell, and all is as before" $?
boot_early && early 'Booting Linux on physical CPU' && early 'earlycon: pl11 at MMIO 0x000000000b000000' &&
	early 'bootconsole .pl11. enabled' && early 'Kernel command line: earlycon=pl011'
report "what its kernel says before it has a driver comes by a PL011" $?
jailhouse cell destroy --force $CELL && wait_for eval '! program >/dev/null' && leave
report "it is destroyed while it does so" $?
exit $result
