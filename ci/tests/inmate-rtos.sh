#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# The tests of the real-time kernel (inmates/rtos/tests), one after the other in one cell. The kernel's parameter
# cellblock.cpus= says how many CPUs the cell has, 1 to 4; with one, they are linked with librtos-up.a; with more,
# threads are on the second CPU first, and anywhere then where that makes a difference. For a closer look, PROGRAMs can
# be given, and ci/qemu --append cellblock.cpus=N.

. /usr/share/cellblock/test.sh

CELL=inmate-test
# on CPUs that root keeps
grep -q cellblock.shared /proc/cmdline && CELL=shared-test
LIMIT=120
ANYWHERE="flags mutex pool queue semaphore thread"	# place threads by helpers= all over

details() { echo "state: $end"; }

# run_until PROGRAM PARAMETERS LAST: it stops, and LAST is among what it has said; one that fails may not have said it
run_until() { run $CELL rtos-"$1$up" "$2" && (LIMIT=10 && said "$3"); }

# suite PROGRAM PARAMETERS: its results as those of a nested test
suite()
{
	name="$1${2:+, $2}"
	echo "# Subtest: $name"
	run_until "$1" "$2" '^# Totals:'
	sed 's/^/    /' $SAID
	[ "$end" = "shut down" ] && grep -q '^# Totals: pass:[1-9].* fail:0 ' $SAID
	report "$name" $?
}

# ends WHAT PARAMETERS TEXT: the cell fails, and says so
ends()
{
	run_until faults "$2" "$3" && [ "$end" = failed ]
	report "$1" $?
}

# asked HOW: the cell ends when it is asked
asked()
{
	start $CELL "rtos-kernel$up" "how=$1" && said "^rtos-kernel: stays, $1" || return 1
	timeout 20 jailhouse cell shutdown $CELL && [ "$(state $CELL)" = "shut down" ]
}

# A cell that does not answer is named, and withdrawn from.
waits()
{
	start $CELL "rtos-kernel$up" "how=silent" && said "^rtos-kernel: stays, silent" || return 1
	timeout -s INT 4 jailhouse cell shutdown $CELL 2>/tmp/err
	cat /tmp/err
	[ "$(grep -c "cell \"$CELL\" has not answered the request to shut down yet" /tmp/err)" = 1 ] &&
		[ "$(state $CELL)" = running ]
}

# Each thread that went wrong is on the console by its name.
all_named()
{
	for name in "recurses" "recurses again" "static recursion" "small stack" "reads null" "writes null" \
		"calls null" "writes code" "writes a constant" "runs data" "jumps astray" "divides by zero" "traps" \
		"is undefined" "never yields" "dies with mutexes" "dies with the kernel locked"; do
		grep -q "^rtos: thread '$name' on CPU" $SAID || { echo "# not on the console: $name"; return 1; }
	done
}

# The tests are linked with librtos-up.a too, demos are not.
programs=$(cd $INMATES && ls rtos-*-up.bin | sed 's/^rtos-//; s/-up\.bin$//')
all=$(echo "$programs" | wc -l)
cpus=$(sed -n 's/.*cellblock\.cpus=\([0-9]*\).*/\1/p' /proc/cmdline)
helpers=2
up=
anywhere=${*:-$ANYWHERE}
case $cpus in	# which, in octal
1)	set=004
	helpers=1
	up=-up
	anywhere= ;;
2)	set=014 ;;
3)	set=016 ;;
4)	set=360 ;;
esac
programs=${*:-$programs}

enable
if [ $CELL = shared-test ]; then
	create $CELL
else
	create_on $CELL $set
fi || exit 1

# shellcheck disable=SC2086 # lists of words
set -- $programs $anywhere
plan $(($# + 17))
[ "$all" -ge 14 ]
report "all the tests are here" $?
for program in $programs; do
	suite "$program" "helpers=$helpers"
	[ "$program" = faults ] && cp $SAID /tmp/faults
done
for program in $anywhere; do
	suite "$program" "helpers=0"
done
cp /tmp/faults $SAID
all_named
report "faults are reported by the name of the thread" $?
grep -q '^rtos: disabled unhandled interrupt 9 on CPU 0, in thread' $SAID
report "an unhandled interrupt is reported by its number" $?
grep -q "^rtos: thread 'dies with mutexes' ended with mutex 'plain', which stays locked" $SAID
report "so is one that ends with a mutex which is not robust, and the mutex" $?
[ "$(grep "^rtos: .* refused in the handler of interrupt 10 " $SAID)" = \
	"rtos: osMessageQueueGet() refused in the handler of interrupt 10 on CPU 0, in thread 'misuses a queue'" ]
report "a queue that a handler would wait for is reported once, with the thread" $?
ends "a fault can be made to fail the cell" fatal=1 "^rtos: thread 'recurses' on CPU"
ends "a fault in a handler does" die=handler "^rtos: fault .* handler of interrupt 5 on CPU 0, in thread 'tester'"
ends "a fault of a timer's callback does" die=callback "^rtos: thread 'timers' on CPU .: access to NULL"
ends "the end of the timers' thread does" die=exit "^rtos: thread 'timers' has ended"
ends "a fault with interrupts masked does" die=masked "^rtos: thread 'tester' on CPU 0: "
grep -q '^rtos: interrupts are masked' $SAID
report "which is said" $?
for how in busy idle own; do
	asked $how
	report "it shuts down when it is asked, $how" $?
done
said '^rtos-kernel: ends by itself' && [ "$(grep -c '^rtos-kernel: ends by itself' $CONSOLE)" = 1 ]
report "a program that ends by itself is not ended" $?
waits
report "the command says what it waits for" $?
jailhouse cell shutdown --force $CELL && jailhouse cell destroy $CELL && leave
report "all is given back" $?
exit $result
