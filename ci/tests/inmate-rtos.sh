#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# The tests of the real-time kernel (inmates/rtos/tests), one after the other in one cell. The kernel's parameter
# cellblock.cpus= says how many CPUs the cell has; with two, threads are on the other CPU first and anywhere then. For a
# closer look, PROGRAMs can be given, and ci/qemu --append cellblock.cpus=N.

CONFIG=/etc/jailhouse/qemu-arm64-inmate-test.cell
CELL=inmate-test
INMATES=/usr/share/jailhouse/inmates
CONSOLE=/tmp/console
SAID=/tmp/said
LIMIT=1200	# tenths of a second
CPU_SET=132	# offset of the bitmap in a cell's configuration
ONE_CPU=004	# CPU 2, octal

result=0
number=0

report()
{
	number=$((number + 1))
	if [ "$2" = 0 ]; then
		echo "ok $number $1"
	else
		echo "not ok $number $1"
		result=1
	fi
}

state() { cat /sys/devices/jailhouse/cells/"$id"/state; }

# run PROGRAM PARAMETERS: ends with the cell's last state in $end, and what the console said in $SAID.
run()
{
	jailhouse cell load $CELL $INMATES/rtos-"$1".bin -s "con-type=none con-virtual=1 $2" -a 0x1000 || return 1
	skip=$(wc -c <$CONSOLE)
	jailhouse cell start $CELL || return 1
	waited=0
	while [ $waited -lt $LIMIT ]; do
		end=$(state)
		case $end in running*) ;; *) break ;; esac
		usleep 100000
		waited=$((waited + 1))
	done
	# the reader of the console looks every now and then
	for _ in 1 2 3 4 5 6 7 8 9; do
		tail -c +$((skip + 1)) $CONSOLE >$SAID
		grep -q '^# Totals:' $SAID && break
		usleep 100000
	done
}

# suite PROGRAM PARAMETERS: its results as those of a nested test
suite()
{
	name="$1${2:+, $2}"
	echo "# Subtest: $name"
	run "$1" "$2"
	sed 's/^/    /' $SAID
	[ "$end" = "shut down" ] && grep -q '^# Totals: pass:[1-9].* fail:0 ' $SAID
	report "$name" $?
	[ "$end" = "shut down" ] || echo "# state: $end"
}

# Each thread that went wrong is on the console by its name.
all_named()
{
	for name in "recurses" "recurses again" "static recursion" "small stack" "reads null" "writes null" \
		"calls null" "writes code" "writes a constant" "runs data" "divides by zero" "traps" "is undefined" \
		"never yields" "dies with mutexes" "dies with the kernel locked"; do
		grep -q "^rtos: thread '$name' on CPU" $SAID || { echo "# not on the console: $name"; return 1; }
	done
}

programs=$(cd $INMATES && ls rtos-*.bin | sed 's/^rtos-//; s/\.bin$//' | grep -v '^demo$')
all=$(echo "$programs" | wc -l)
programs=${*:-$programs}
cpus=$(sed -n 's/.*cellblock\.cpus=\([0-9]*\).*/\1/p' /proc/cmdline)
cp $CONFIG /tmp/rtos.cell
if [ "$cpus" = 1 ]; then
	placements="helpers=1"
	printf '%b' "\\0$ONE_CPU" | dd of=/tmp/rtos.cell bs=1 seek=$CPU_SET conv=notrunc 2>/dev/null
else
	placements="helpers=2 helpers=0"
fi

insmod /lib/modules/jailhouse.ko || exit 1
jailhouse enable /etc/jailhouse/qemu-arm64.cell || exit 1
jailhouse console -f >$CONSOLE &
reader=$!
jailhouse cell create /tmp/rtos.cell || exit 1
id=$(jailhouse cell list | awk -v name=$CELL '$2 == name { print $1 }')

# shellcheck disable=SC2086 # lists of words
set -- $programs
count=$#
# shellcheck disable=SC2086
set -- $placements
echo "TAP version 13"
echo "1..$((count * $# + 6))"
[ "$all" -ge 13 ]
report "all the tests are here" $?
for placement in $placements; do
	for program in $programs; do
		suite "$program" "$placement"
		[ "$program" = faults ] && cp $SAID /tmp/faults
	done
done
cp /tmp/faults $SAID
all_named
report "faults are reported by the name of the thread" $?
grep -q '^rtos: unhandled interrupt 9 ' $SAID
report "an unhandled interrupt is reported by its number" $?
grep -q "^rtos: thread 'dies with mutexes' ended with mutex 'plain', which stays locked" $SAID
report "so is one that ends with a mutex which is not robust, and the mutex" $?
run faults fatal=1
[ "$end" = failed ] && grep -q "^rtos: thread 'recurses'" $SAID
report "a fault can be made to fail the cell" $?
kill $reader
jailhouse cell destroy $CELL && jailhouse disable && rmmod jailhouse
report "all is given back" $?
exit $result
