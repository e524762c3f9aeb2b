#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# IVSHMEM devices as two cells see them (inmates/tests/ivshmem.c, which says more), and what stage 2 does about writes
# to memory of a link that is another's.

ETC=/etc/jailhouse
INMATES=/usr/share/jailhouse/inmates
CONSOLE=/tmp/console

number=0
result=0

report()
{
	number=$((number + 1))
	if [ "$2" = 0 ]; then
		echo "ok $number $1"
	else
		echo "not ok $number $1"
		tail -n 30 $CONSOLE | sed 's/^/# /'
		result=1
	fi
}

state() { jailhouse cell list | awk -v name="$1" '$2 == name { print $3, $4 }'; }

# ends CELL STATE
ends()
{
	for _ in $(seq 1 300); do
		state "$1" | grep -q "^$2" && return 0
		sleep 0.1
	done
	return 1
}

# run CELL INMATE [PARAMETERS]
run()
{
	jailhouse cell load "$1" $INMATES/"$2".bin -s "con-type=none con-virtual=1 $3" -a 0x1000 &&
		jailhouse cell start "$1"
}

create() { jailhouse cell create $ETC/qemu-arm64-"$1".cell; }

insmod /lib/modules/jailhouse.ko || exit 1
jailhouse enable $ETC/qemu-arm64.cell || exit 1
jailhouse console -f >$CONSOLE &
reader=$!
used=$(cat /sys/devices/jailhouse/mem_pool_used)
accesses=$(strings $INMATES/ivshmem.bin | sed -n 's/^access:\([a-z]\)/\1/p')

echo "TAP version 13"
echo "1..$((6 + 3 * $(echo "$accesses" | wc -l)))"
create ivshmem-a && create ivshmem-b
report "two cells with links" $?
run ivshmem-b ivshmem-peer && run ivshmem-a ivshmem && ends ivshmem-a "shut down" &&
	grep -q '# Totals: .* fail:0 ' $CONSOLE
report "the device, and messages between cells" $?
ends ivshmem-b "shut down"
report "the peer ends" $?
run ivshmem-b ivshmem-peer
for name in $accesses; do
	run ivshmem-a ivshmem "access=$name" && ends ivshmem-a failed
	report "$name: stops the cell" $?
	! grep -q 'went through' $CONSOLE
	report "$name: nothing is written" $?
	state ivshmem-b | grep -q running
	report "$name: the peer runs on" $?
done
jailhouse cell shutdown --force ivshmem-b
run ivshmem-b ivshmem-peer hammer
for _ in $(seq 1 8); do
	run ivshmem-a ivshmem hold && sleep 0.3 && jailhouse cell shutdown --force ivshmem-a &&
		jailhouse cell destroy ivshmem-a && create ivshmem-a || break
done
state ivshmem-a | grep -q "shut down" && state ivshmem-b | grep -q running
report "a cell comes and goes under doorbells" $?
jailhouse cell shutdown --force ivshmem-b && run ivshmem-b ivshmem-peer && run ivshmem-a ivshmem &&
	ends ivshmem-a "shut down" && [ "$(grep -c '# Totals: .* fail:0 ' $CONSOLE)" = 2 ]
report "and all is as before" $?
jailhouse cell shutdown --force ivshmem-b
jailhouse cell destroy ivshmem-a && jailhouse cell destroy ivshmem-b &&
	[ "$(cat /sys/devices/jailhouse/mem_pool_used)" = "$used" ]
report "all pages come back" $?
kill $reader
jailhouse disable && rmmod jailhouse
exit $result
