#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# A permissive cell: what it accesses and does not own is logged, and made where no driver of Linux has the device;
# config suggest says what it needs; nothing else gets within its reach.

. /usr/share/cellblock/test.sh

CLOCK=/pl031@9010000
AT=0x9010000
UART=0x9000018		# its flags, in which some bit is always set
TIMES=20000
DRIVER=/sys/bus/amba/drivers/rtc-pl031

details() { cat /tmp/out /tmp/err; cat $SAID; }

# words NAME WORD...: a cell on CPU 1 with these
words()
{
	name=$1
	shift
	jailhouse cell create --name "$name" --cpus 1 --ram 16M "$@" >/tmp/out 2>/tmp/err
}

id_of() { basename "$(dirname "$(grep -lx "$1" $STATE/cells/*/name)")"; }
# log CELL REGEX: how many of its accesses are like that
log() { grep -c "$2" "$STATE/cells/$(id_of "$1")/accesses"; }
lines() { grep -c "$1" $CONSOLE; }

plan $((GIC == 3 ? 31 : 26))
enable
echo 9010000.pl031 >$DRIVER/unbind

# Without it
words a && run a peek "read0=$AT"
check 'a cell fails by what it does not have' '[ "$end" = failed ]'
check 'the report says how to go on' 'said "jailhouse config suggest: what would allow it"'
check 'it is no permissive cell' 'jailhouse cell list >/tmp/out 2>/tmp/err && ! grep -q PERMISSIVE /tmp/err &&
	[ "$(cat "$STATE/cells/$(id_of a)/permissive")" = 0 ] && jailhouse cell destroy a'

# With it
check 'a permissive cell' 'words a --permissive && grep -q "PERMISSIVE, for bring-up only" /tmp/err &&
	grep -q "$AT-0x9010fff, pl031@9010000" /tmp/err'
check 'it is marked in the list' 'jailhouse cell list 2>&1 | grep -q "\"a\" is PERMISSIVE"'
check 'in its JSON' 'jailhouse cell list --json | grep -q "\"a\", .*\"permissive\": true"'
check 'in sysfs' '[ "$(cat "$STATE/cells/$(id_of a)/permissive")" = 1 ]'
check 'in the kernel log' 'dmesg | grep -q "cell \"a\" is PERMISSIVE"'
check 'in the log of the hypervisor' 'wait_for grep -q "^Created cell \"a\", PERMISSIVE" $CONSOLE'
check 'nothing is suggested for it yet' '! jailhouse config suggest a >/tmp/out 2>/tmp/err &&
	grep -q "has accessed nothing" /tmp/err'
run a peek "times=100 read0=$AT read1=0x9010008 read2=$UART write=$AT"
check 'it goes on after such accesses' '[ "$end" = "shut down" ] && said "^ok .*words_of_devices"'
check 'they are made where Linux has no driver' 'said "0x9010000 is 0x[1-9a-f]" && said "0x9010008 is 0x0"'
check 'elsewhere they read as zero' 'said "$UART is 0x0"'
check 'each page is logged once, with its count' '[ "$(log a .)" = 3 ] &&
	[ "$(log a "kind=read .*ipa=0x9010000 size=4 made=1 count=200")" = 1 ] &&
	[ "$(log a "kind=read .*ipa=$UART size=4 made=0 count=100")" = 1 ] &&
	[ "$(log a "kind=write .*ipa=0x9010000 .*count=100")" = 1 ]'
check 'and said once' '[ "$(lines "^PERMISSIVE: cell \"a\": ")" = 3 ]'
check 'config suggest says what it needs' 'jailhouse config suggest a >/tmp/out 2>/tmp/err &&
	grep -q "^jailhouse cell create: --device $CLOCK" /tmp/out && grep -q "^read at $UART.*not made" /tmp/out'
option=$(sed -n 's/^jailhouse cell create: \(--device .*\)/\1/p' /tmp/out)
line=$(sed -n 's/^in a configuration: //p' /tmp/out | head -n 1)
check 'a file of it is not permissive' 'jailhouse cell save a /tmp/a.cell && jailhouse cell destroy a &&
	jailhouse cell create /tmp/a.cell >/tmp/out 2>/tmp/err &&
	[ "$(cat "$STATE/cells/$(id_of a)/permissive")" = 0 ] && jailhouse cell destroy a'

# On a CPU that Linux has too, in turns of which the accesses outlast many: what they are is the cell's alone.
shared()
{
	check 'a permissive cell on a shared CPU' 'jailhouse cell create --name s --share 2:1ms/5ms --no-cpuset \
		--ram 16M --permissive >/tmp/out 2>/tmp/err'
	check 'one that is not permissive on the same CPU' \
		'jailhouse cell create --name n --share 2:1ms/5ms --no-cpuset --ram 16M >/tmp/out 2>/tmp/err'
	start s peek "times=$TIMES read0=$UART write=$AT"
	run n peek "read0=$UART"
	check 'fails by the same access' '[ "$end" = failed ]'
	check 'the permissive one goes on' 'wait_for stopped s && [ "$(state s)" = "shut down" ]'
	check 'no access of its is lost or another one'"'"'s' '[ "$(log s .)" = 2 ] &&
		[ "$(log s "kind=read .*ipa=$UART size=4 made=0 count=$TIMES")" = 1 ] &&
		[ "$(log s "kind=write .*ipa=$AT .*made=1 count=$TIMES")" = 1 ] &&
		jailhouse cell destroy s && jailhouse cell destroy n'
}
[ $GIC = 2 ] || shared

# What was suggested
# shellcheck disable=SC2086 # words
check 'with the option the cell works without' 'words a $option && run a peek "read0=$AT" &&
	[ "$end" = "shut down" ] && said "0x9010000 is 0x[1-9a-f]"'
check 'the line is what it has now' 'jailhouse cell save a /tmp/a.cell && jailhouse config show /tmp/a.cell >/tmp/out &&
	echo "$line" | grep -q "phys_start = $AT, .*size = 0x1000, .*READ | JAILHOUSE_MEM_WRITE | .*_IO }" &&
	grep -q "0x0009010000  4 KiB *rw--i---" /tmp/out'

# What a cell has is not within its reach, nor is anything else that matters.
jailhouse cell create --name b --cpus 2 --ram 16M --permissive >/tmp/out 2>/tmp/err
run b peek "read0=$AT"
check 'not what another cell has' '[ "$end" = failed ] && jailhouse config suggest b >/tmp/out 2>&1 &&
	grep -q "of the cell \"a\"" /tmp/out'
jailhouse cell destroy a && jailhouse cell destroy b

check 'of a file, too' 'jailhouse cell create --permissive $ETC/qemu-arm64-inmate-test.cell >/tmp/out 2>/tmp/err'
through=
for access in $(strings $INMATES/border.bin | sed -n 's/^access://p'); do
	run inmate-test border "access=$access"
	[ "$end" = failed ] || through="$through $access"
done
echo "$through" >/tmp/out
devices='its-.*|fw-cfg-.*|ecam-.*'
check 'all but devices fails it' '! echo "$through" | tr " " "\n" | grep -vxE "$devices|" | grep .'
check 'of which none was made' '[ "$(log inmate-test made=1)" = 0 ] && [ "$(log inmate-test made=0)" -gt 0 ]'
check 'it goes' 'jailhouse cell destroy inmate-test'
check 'Linux has the clock again' 'echo 9010000.pl031 >$DRIVER/bind && wait_for cat /sys/class/rtc/rtc*/time'
check 'all is given back' leave
exit $result
