#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Cells in one line: what they are given, and what is refused because Linux or another cell has it.

. /usr/share/cellblock/test.sh

details() { cat /tmp/out /tmp/err; tail -n 20 $CONSOLE; }

# words NAME CPU WORD...: a cell with these
words()
{
	name=$1
	cpu=$2
	shift 2
	jailhouse cell create --name "$name" --cpus "$cpu" --ram 16M "$@" >/tmp/out 2>/tmp/err
}

# refused "PART OF THE MESSAGE" NAME CPU WORD...: this cell is refused
refused()
{
	message=$1
	shift
	! words "$@" && [ "$(wc -l </tmp/err)" = 1 ] && grep -q "^jailhouse: cell create: .*$message" /tmp/err &&
		! grep -qx "$1" $STATE/cells/*/name
	report "$*: $message" $?
}

passes() { said "^ok .*$1" && said '^# Totals: .* fail:0 '; }

ping_program() { jailhouse shmem ping a -c 20 >/tmp/out 2>&1 && grep -q "20 round trips" /tmp/out; }

set_up_network()
{
	interface=$(ls /sys/bus/pci/devices/*:00:1b.0/net)
	ip addr add 10.0.0.1/24 dev "$interface" && ip link set "$interface" up
}

RTC=/pl031@9010000
clock_runs() { cat /sys/class/rtc/rtc*/time >/dev/null 2>&1; }

modprobe jailhouse && jailhouse enable >/tmp/out 2>/tmp/err || exit 1
jailhouse console -f >$CONSOLE &

plan 32
refused 'Linux uses interrupt 33: uart-pl011' a 1 --irq 33
words a 1 --irq 200 --irq 201
report 'a cell with two interrupts' $?
check 'nothing is said of them' '[ ! -s /tmp/err ]'
refused 'interrupt 201 belongs to cell "a"' b 2 --irq 202 --irq 201
words b 2 --irq 202
report 'another one beside them' $?
check 'all of them go' 'jailhouse cell destroy a && jailhouse cell destroy b'

refused "Linux's driver rtc-pl031 has $RTC; to take it away: echo 9010000.pl031 >/sys/bus/amba/drivers/" \
	a 2-3 --device $RTC
eval "$(sed 's/.*to take it away: //' /tmp/err)"
check 'what it says takes the driver away' '! clock_runs'
words a 2-3 --device $RTC && [ ! -s /tmp/err ]
report 'a cell with the clock' $?
refused 'interrupt 34 belongs to cell "a"' b 1 --device $RTC
check 'it has the registers and the interrupt' 'run a gic && said "^ok .*device_interrupt_arrives"'
check 'it goes' 'jailhouse cell destroy a'
check 'Linux has the clock again' 'echo 9010000.pl031 >/sys/bus/amba/drivers/rtc-pl031/bind && wait_for clock_runs'
refused 'may do DMA, and then reaches all memory' a 1 --device /virtio_mmio@a000000

# What runs can be saved, and made again
words a 1 --irq 200
check 'a cell is saved' 'jailhouse cell save a /tmp/a.cell && jailhouse config show /tmp/a.cell >/tmp/first'
check 'it is on CPU 1, with its interrupt' 'grep -q "CPUs  *1$" /tmp/first && grep -q "interrupts  *200" /tmp/first'
check 'so is the system, and they go together' \
	'jailhouse cell save 0 /tmp/root.cell && jailhouse config check /tmp/root.cell /tmp/a.cell >/tmp/out'
check 'the file makes the same cell' 'jailhouse cell destroy a && jailhouse cell create /tmp/a.cell &&
	jailhouse cell save a /tmp/b.cell && cmp /tmp/a.cell /tmp/b.cell && jailhouse cell destroy a'

# Links: the first makes them, the second joins, who comes back too
words a 1 --shmem b --net b
refused 'cell "a" has no link of that kind and size with a free end for "c"' c 3 --shmem a
words b 2 --shmem a --net a
report 'two cells with two links' $?
check 'of which they are peers 0 and 1, beside those of root' '[ "$(cut -d " " -f 2- $STATE/cells/*/links |
	sort | uniq -c | xargs)" = "7 peer 0 of 2 2 peer 1 of 2" ]'
start_silent b ivshmem-data && run a ivshmem-data && passes bytes_of_the_other_are_read && passes doorbells_arrive
report 'what each has written the other reads, and doorbells arrive' $?
start_silent b tunnel && run a tunnel stay=1 && passes each_reads_the_other && passes it_goes_with_the_other
report 'memory is shared from when both ask for it until one goes' $?
start_silent b net-demo && run a net-ask && passes datagrams_come_back
report 'frames go to and fro' $?
check 'one goes' 'jailhouse cell destroy a'
words a 3 --net b --shmem b
report 'and comes back' $?
jailhouse cell destroy a
jailhouse cell destroy b

# Links with root, which its configuration has for that
modprobe uio_ivshmem && modprobe ivshmem_net
words a 1 --shmem root --net root && [ ! -s /tmp/err ]
report 'a cell with links with root' $?
start a ivshmem-demo link=1f.0 && wait_for ping_program
report 'a program of root talks to it' $?
check 'both ways, by doorbells' 'jailhouse shmem bench a -c 50 >/tmp/out 2>&1 && grep -q "64 messages of" /tmp/out'
jailhouse cell shutdown a && start a net-demo && set_up_network && wait_for ping -c 1 -W 1 10.0.0.2 >/tmp/out
report 'it answers pings over the other one' $?
check 'long ones too' 'ping -c 3 -W 10 -s 16000 10.0.0.2 >/tmp/out && grep -q "3 packets received" /tmp/out'
jailhouse cell destroy a
rmmod ivshmem_net && rmmod uio_ivshmem

check 'disabled' 'jailhouse disable >/tmp/out 2>/tmp/err'
exit $result
