#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# demo: channels by name between Linux, a real-time cell and a bare-metal cell; their manager killed and back
# options: --timeout 300

. /usr/share/cellblock/demo.sh

LINK=0001:00:00.0

# start CELL PROGRAM PARAMETERS
start()
{
	run "jailhouse cell load $1 $IMAGES/$2.bin -s 'con-type=none con-virtual=1 $3' -a 0x1000"
	run jailhouse cell start "$1"
}

# open_on LINK: how many channels are open there
open_on() { jailhouse channel list | tr -s ' ' | grep -c "^[a-z]* $1 open"; }

# comes_true COMMAND...: within 60 s
comes_true()
{
	for _ in $(seq 300); do
		"$@" && return 0
		usleep 200000
	done
	jailhouse channel list
	cat /tmp/channeld
	fail "it does not come to '$*'"
}
has_open() { [ "$(open_on "$1")" = "$2" ]; }

# sent: messages of the first channel between the cells
sent()
{
	jailhouse channel stats |
		sed -n 's/^echo *[12] ivshmem-[ab] -> [12] ivshmem-[ab] *\([0-9]*\) .*/\1/p' | head -n 1
}

say "Load the driver, the driver for shared memory, and the hypervisor; create two cells: with Linux, three peers."
run modprobe uio_ivshmem
run modprobe jailhouse
run jailhouse enable $CONFIGS/qemu-arm64.cell
run jailhouse cell create $CONFIGS/qemu-arm64-ivshmem-a.cell
run jailhouse cell create $CONFIGS/qemu-arm64-ivshmem-b.cell

say "The manager brings those who listen to a name and those who ask for it together. It runs in Linux, whose" \
	"programs come to it by a socket; with systemd this is \"systemctl start channeld\"."
run mkdir -p /run/channeld
run "channeld --socket /run/channeld/socket $LINK >/tmp/channeld 2>&1 &"
comes_true grep -q 'can come' /tmp/channeld
run cat /tmp/channeld

say "A bare-metal cell listens to the name \"echo\": a function is called, by its interrupt handler, for what comes."
start ivshmem-a channel-demo 'manager=0 listen=echo interrupt'
say "In the other cell, threads of the real-time kernel wait in calls, each for a channel of its own: three ask" \
	"\"echo\" ten times a second, three answer those who ask for \"rtos\"."
start ivshmem-b rtos-channels 'manager=0 askers=3 answers=3 count=0 pause=100'

say "Linux has three channels to each cell: a shell is enough. What it sends comes back."
for n in 1 2 3; do
	for name in echo rtos; do
		command="jailhouse channel send $name --wait --answer"
		run "while echo tick; do sleep 1; done | $command >/tmp/$name$n 2>&1 &"
	done
done
say "So there are three channels between each two, at the same time. Those of Linux are seen on both sides of channeld."
comes_true has_open $LINK 9
comes_true has_open local 6
run jailhouse channel list

say "One more carries a block of 9000 bytes, read where it lies in the shared memory, and a checksum."
run channel-demo /run/channeld/socket 0 connect echo 3 9000

say "What went by them is known to their ends, which are asked."
run jailhouse channel stats
for name in echo1 rtos2; do
	comes_true grep -q tick /tmp/$name
done

say "The manager is killed. Programs that came by its socket have lost their channels; the cells notice nothing."
before=$(sent)
run "killall -9 channeld"
sleep 3
run cat /tmp/echo1 /tmp/rtos3

say "It is back. Names and open channels are told to it by those who have them."
run "channeld --socket /run/channeld/socket $LINK >/tmp/channeld 2>&1 &"
comes_true has_open $LINK 3
run jailhouse channel list
run jailhouse channel stats
after=$(sent)
[ "${after:-0}" -gt "${before:-0}" ] || fail "the cells have not gone on: $before messages, then $after"
say "The cells went on all the time: the first one had sent $before messages, and now $after."
run "jailhouse channel send rtos 'are you there?' --answer"

say "A cell that goes ends its channels, and its names are free."
run jailhouse cell shutdown ivshmem-b
comes_true has_open $LINK 0
run jailhouse channel list
run "jailhouse console | grep -E 'channel-demo: peer' | tail -n 3"
run killall channeld
run jailhouse cell destroy ivshmem-a
run jailhouse cell destroy ivshmem-b
run jailhouse disable
say "All $steps commands did what they should. Power off."
