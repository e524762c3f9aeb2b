# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# For the scripts of ci/tests: results as TAP, the hypervisor, programs in cells and what they say. What is waited for
# has a time limit, and no pause stands for "it will have happened by then".

ETC=/etc/jailhouse
SYSTEM=$ETC/qemu-arm64.cell
GIC=3
if grep -q cortex-a15-gic /proc/device-tree/intc@*/compatible; then
	SYSTEM=$ETC/qemu-arm64-gicv2.cell
	GIC=2
elif [ "$(nproc)" = 16 ]; then
	SYSTEM=$ETC/qemu-arm64-16cpu.cell
fi
INMATES=/usr/share/jailhouse/inmates
STATE=/sys/devices/jailhouse
CONSOLE=/tmp/console	# what has been printed since enable()
SAID=/tmp/said		# of that, since the last start()
LIMIT=60		# seconds
CPU_SET=132		# where the CPUs are in a configuration: behind struct jailhouse_cell_desc

result=0
number=0
runs=0

plan() { printf 'TAP version 13\n1..%u\n' "$1"; }

# What is shown of a failure; scripts may have their own.
details() { tail -n 30 $CONSOLE; }

# report NAME STATUS
report()
{
	number=$((number + 1))
	if [ "$2" = 0 ]; then
		echo "ok $number $1"
	else
		echo "not ok $number $1"
		# awk ends the last line, which may be a prompt
		details 2>&1 | tr -d '\r' | awk '{ print "# " $0 }'
		result=1
	fi
}

# check NAME EXPRESSION
check()
{
	eval "$2"
	report "$1" $?
}

# parameter NAME: the number of the kernel parameter cellblock.NAME
parameter() { sed -n "s/.*cellblock\.$1=\([0-9]*\).*/\1/p" /proc/cmdline; }

# A number below $1, in $random. $dice is where the sequence begins.
random()
{
	dice=$(((dice * 1103515245 + 12345) % 2147483648))
	random=$((dice / 65536 % $1))
}

# wait_for COMMAND...: until it succeeds
wait_for()
{
	local tries=$((LIMIT * 20))

	until "$@"; do
		[ $tries -gt 0 ] || return 1
		tries=$((tries - 1))
		usleep 50000
	done
}

enable()
{
	modprobe jailhouse && jailhouse enable $SYSTEM || exit 1
	jailhouse console -f >$CONSOLE &
	reader=$!
}

# With no cell left
leave() { kill $reader && jailhouse disable && rmmod jailhouse; }

# create NAME...: cells of our configurations
create()
{
	for name; do
		jailhouse cell create $ETC/qemu-arm64-"$name".cell || return 1
	done
}

# create_on CELL SET: one of them with other CPUs, as a bitmap, octal
create_on()
{
	cp $ETC/qemu-arm64-"$1".cell /tmp/"$1".cell
	printf '%b' "\\0$2" | dd of=/tmp/"$1".cell bs=1 seek=$CPU_SET conv=notrunc 2>/dev/null
	jailhouse cell create /tmp/"$1".cell
}

start_with()	# PARAMETER CELL PROGRAM [PARAMETERS]
{
	jailhouse cell load "$2" $INMATES/"$3".bin -s "con-type=none $1 $4" -a 0x1000 || return 1
	runs=$((runs + 1))
	jailhouse cell start "$2"
}
# start CELL PROGRAM [PARAMETERS]
start() { start_with con-virtual=1 "$@"; }
# The same for several, which would print into each other's lines.
start_silent() { start_with con-virtual=0 "$@"; }

state() { cat "$(dirname "$(grep -lx "$1" $STATE/cells/*/name)")/state"; }

stopped() { case $(state "$1") in running*) return 1 ;; esac }

# run CELL PROGRAM [PARAMETERS]: until the cell stops; its state is in $end.
run()
{
	start "$@" || return 1
	wait_for stopped "$1"
	end=$(state "$1")
}

# Whole lines: the reader may have a part of the last one. Another cell may be in the middle of a line when one starts.
last_run_said()
{
	{ cat $CONSOLE; echo; } | sed '$d' | awk -v runs=$runs '/Started cell "/ { n++ } n == runs' >$SAID
	grep -q "$1" $SAID
}

# said REGEX: a line since the last start; the console's reader looks every now and then.
said() { wait_for last_run_said "$1"; }
