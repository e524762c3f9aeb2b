#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Cells in one line that share CPUs with Linux, and which threads of Linux run there.

. /usr/share/cellblock/test.sh

CGROUPS=/sys/fs/cgroup
details() { cat /tmp/out /tmp/err; }

# words NAME WORD...: a cell with these
words()
{
	name=$1
	shift
	jailhouse cell create --name "$name" --ram 16M "$@" >/tmp/out 2>/tmp/err
}

# Where may it run?
allowed() { sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$1/status"; }
# may PROCESS CPUS: it may run there, soon (a cgroup goes after its folder)
may_now() { [ "$(allowed "$1")" = "$2" ]; }
may() { wait_for may_now "$@"; }

enable
plan 20
words a --share 1:2ms/10ms
report 'a cell that shares a CPU' $?
check 'no cpuset: it is said' 'grep -q "any thread may run on the shared CPUs 1: there is no cpuset" /tmp/err'
jailhouse cell list --json >/tmp/out
check 'it has no CPU of its own' \
	'grep -q "\"a\".*_assigned\": \[\], .*_shared\": \[1\], \"sharing\": \"priority 2000/10000\"" /tmp/out'
check 'it goes' 'jailhouse cell destroy a'

mount -t cgroup2 none $CGROUPS || exit 1
words a --share 1:2ms/10ms
report 'the same with a cpuset' $?
check 'it is said, too' 'grep -q "only threads in $CGROUPS/cellblock-cpu1 run on CPU 1 now" /tmp/err'
check 'others are kept off the CPU' 'may $$ 0,2-3'
sleep 1000 &
chosen=$!
check 'one is put there' 'echo $chosen >$CGROUPS/cellblock-cpu1/cgroup.procs && may $chosen 1'
words b --share 1-2 --cyclic 10ms --slot 0+500us --slot 5ms+1ms --no-cpuset && [ ! -s /tmp/err ]
report 'another cell, by a plan, does without' $?
check 'its second CPU is for all' 'may $$ 0,2-3'
words c --share 1 --cyclic 10ms --slot 5500+100
check 'a plan that collides is refused' 'grep -q "CPU 1: slot 0 overlaps slot 1 of cell \"b\"" /tmp/err'
check 'Linux says what it shares' \
	'jailhouse cell list 2>&1 | grep -q "cell \"b\" shares CPUs 1-2: cyclic 10000 0+500 5000+1000 us"'
check 'the first one goes' 'jailhouse cell destroy a'
check 'others are kept off, as the second one shares it' 'may $$ 0,2-3'
check 'it is saved' \
	'jailhouse cell save b /tmp/b.cell && jailhouse config show /tmp/b.cell | grep -q "shared CPUs  1-2, cyclic"'
check 'it goes' 'jailhouse cell destroy b && [ ! -e $CGROUPS/cellblock-cpu1 ]'
check 'all CPUs are for all' 'may $$ 0-3 && may $chosen 0-3'
jailhouse cell create /tmp/b.cell 2>/tmp/err
check 'the one that was saved has a cpuset, too' 'may $$ 0,3 && [ -e $CGROUPS/cellblock-cpu2 ]'
kill $chosen
leave
report 'the hypervisor goes' $?
check 'and the cpusets with it' 'may $$ 0-3 && ! ls $CGROUPS/cellblock-* 2>/dev/null'
exit $result
