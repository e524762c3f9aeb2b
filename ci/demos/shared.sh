#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# demo: two CPUs, Linux on both, and cells that share one of them with it
# options: --machine gicv3-2cpu --icount-shift 3 --timeout 300 --add ${O:-build}/ci/bench/load:/bin/
# picture: shared
#
# One instruction is 8 ns of virtual time here: what is shown does not depend on how busy the host is. But QEMU runs the
# CPUs in turns, and waiting for a turn counts as time: so Linux's load is on CPU 1, and the other one mostly sleeps.

. /usr/share/cellblock/demo.sh

# percent CELL: of CPU 1, ever since it shares it
percent() { jailhouse cell stats "$1" --json | sed 's/.*"shared_cpus": {"1": {"percent": \([0-9]*\).*/\1/'; }

# between WHAT HAVE MINIMUM MAXIMUM
between() { [ "$2" -ge "$3" ] && [ "$2" -le "$4" ] || fail "$1 is '$2' instead of $3 to $4"; }

# Linux at full load on CPU 1 for so many seconds
busy()
{
	taskset 2 load storm "$1" >/dev/null &
	storm=$!
}

say "A small machine: two CPUs, and Linux needs both. Nothing of it is patched."
run nproc
say "Linux works on CPU 1 as much as it can: timers, copying, forks, wake-ups."
say "How late is a thread beside that, which wakes up every millisecond, with the highest priority there is?"
busy 2
run load timer 1
wait $storm

say "Now a cell for such a loop. It shares CPU 1 with Linux: it comes first, for at most 2 ms in each 10 ms,"
say "and Linux has the CPU whenever the cell sleeps."
run modprobe jailhouse
run jailhouse enable
run modprobe uio_ivshmem
run jailhouse cell create --name control --share 1:2ms/10ms --ram 16M --shmem root
run jailhouse cell load control $IMAGES/latency-demo.bin
run jailhouse cell start control
run cat /sys/devices/system/cpu/cpu1/online
expect "the number of Linux's CPUs" "$(nproc)" 2

say "The same load. How late are the cell's timer interrupts, whatever Linux masks?"
busy 3
run jailhouse cell latency control -D 1

say "What the hypervisor has counted: the cell's part of CPU 1, and Linux's."
for cell in control 0; do
	run "jailhouse cell stats $cell --once | grep -A 1 SHARED"
done
between "the cell's part of CPU 1" "$(percent control)" 0 20
between "Linux's part of CPU 1" "$(percent 0)" 79 100
wait $storm
run jailhouse cell destroy control

say "Now two cells that never sleep: their program is one instruction, a jump to itself."
say "A plan gives the first one 2 ms of each 10 ms, the second one 1 ms, and Linux the rest, where a program spins."
run "printf '\\0\\0\\0\\024' >/tmp/spin.bin"
run jailhouse cell create --name first --share 1 --cyclic 10ms --slot 0+2ms --ram 16M --load /tmp/spin.bin --start
run jailhouse cell create --name second --share 1 --cyclic 10ms --slot 5ms+1ms --ram 16M --load /tmp/spin.bin --start
taskset 2 sh -c 'while :; do :; done' &
loop=$!
usleep 400000
run 'jailhouse cell timeline -l 40 -b 150 --svg /tmp/shared.svg >/tmp/timeline; cat /tmp/timeline'
keep /tmp/shared.svg
# parts of 40 ms, which an emulator that its host keeps from running does not keep exactly
for expected in 'first .*| \(1[5-9]\|2[0-5]\)\... %' 'second .*| *\([6-9]\|1[0-5]\)\... %' 'Linux .*| [67].\... %'; do
	grep -q "^$expected" /tmp/timeline || fail "the timeline has no line like '$expected'"
done
kill $loop

say "Linux has CPU 1 for itself again."
run jailhouse cell destroy --force first
run jailhouse cell destroy --force second
run cat /sys/devices/system/cpu/cpu1/online
run jailhouse disable
run rmmod jailhouse

say "All $steps commands did what they should. Power off."
