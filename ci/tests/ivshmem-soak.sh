#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Three peers send each other numbered messages with checksums as fast as they can, while one after the other restarts
# at random: cells are loaded anew, or destroyed and created; root's program is ended, or killed. Nobody may see a
# message that is wrong, missing or there twice, and those who do not restart keep their sessions with each other.
# cellblock.seed= is another course of events.

# shellcheck disable=SC2317 # "check" evaluates its second argument
. /usr/share/cellblock/test.sh

LINK=0001:00:00.0
ROUNDS=8

dice=$(parameter seed)
dice=${dice:-4711}

details() { cat /tmp/soak.*; jailhouse cell list; tail -n 20 $CONSOLE; }

# Traffic; and what was wrong is seen before a restart takes it away.
pause() { random 200; usleep $((50000 + random * 1000)); nothing_wrong; }

restart_cell()	# CELL
{
	random 3
	case $random in
	0) jailhouse cell shutdown "$1" >/dev/null && start "$1" libcell-soak ;;
	1) start "$1" libcell-soak ;;	# load takes it off without asking
	2) jailhouse cell destroy "$1" >/dev/null && create "$1" && start "$1" libcell-soak ;;
	esac
}

start_root()
{
	libcell-soak $LINK >/tmp/soak.$number 2>&1 &
	root=$!
}

# Ends root's program in the good way: what it says has to be good.
end_root() { kill $root; wait $root; }

nothing_wrong()
{
	! jailhouse console | grep -q WRONG && ! jailhouse cell list | grep -q failed && ! grep -q WRONG /tmp/soak.*
}

restart_cells()	# CELL
{
	round=0
	while [ $round -lt $ROUNDS ]; do
		pause && restart_cell "$1" || return 1
		round=$((round + 1))
	done
	pause
}

restart_root()
{
	round=0
	while [ $round -lt $ROUNDS ]; do
		pause || return 1
		random 2
		if [ $random = 0 ]; then
			kill -9 $root
			wait $root 2>/dev/null
		else
			end_root || return 1
		fi
		start_root
		round=$((round + 1))
	done
	pause
}

# Sessions and messages that root's program has had with peer $1
sessions() { sed -n "s/soak: peer $1: .* messages in \([0-9]*\) sessions/\1/p" /tmp/soak.$2; }
messages() { sed -n "s/soak: peer $1: \([0-9]*\) messages in .*/\1/p" /tmp/soak.$2; }

modprobe uio_ivshmem
enable
for cell in ivshmem-a ivshmem-b; do
	create $cell && start $cell libcell-soak || exit 1
done

plan 11
start_root
check "cell a restarts at random, nothing is wrong" 'restart_cells ivshmem-a'
check "root's program has seen nothing wrong" end_root
check "and has had sessions with a" '[ "$(sessions 1 0)" -gt 1 ] && [ "$(messages 1 0)" -gt 100 ]'
check "its session with b has not been disturbed" '[ "$(sessions 2 0)" = 1 ] && [ "$(messages 2 0)" -gt 1000 ]'
tail -n 3 /tmp/soak.0 | sed 's/^/# /'
start_root
check "root's program restarts at random, nothing is wrong" restart_root
check "and is good at the end" end_root
start_root
check "cell b restarts at random, nothing is wrong" 'restart_cells ivshmem-b'
check "root's program has seen nothing wrong" end_root
check "its session with a has not been disturbed" '[ "$(sessions 1 6)" = 1 ] && [ "$(messages 1 6)" -gt 1000 ]'
check "cells go when they are asked" \
	'jailhouse cell shutdown ivshmem-a >/dev/null && jailhouse cell shutdown ivshmem-b >/dev/null'
check "nothing was wrong to the end" nothing_wrong
jailhouse cell destroy ivshmem-a
jailhouse cell destroy ivshmem-b
leave || result=1
exit $result
