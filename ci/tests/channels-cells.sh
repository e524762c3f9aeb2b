#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Channels between root and three cells, on two links that channeld manages: all at once; then each of them, and the
# manager, restarts at random while the others go on; then one cell is hostile (libcell/tests/channel-hostile.c).
# cellblock.seed= is another course of events.

# shellcheck disable=SC2016,SC2317 # "check" evaluates its second argument
. /usr/share/cellblock/test.sh

LINK=0001:00:00.0	# root, ivshmem-a, ivshmem-b
SOCKET=/run/channels
ROUNDS=12
rules=			# words of channeld

dice=$(parameter seed)
dice=${dice:-4711}

details()
{
	cat /tmp/channeld /tmp/asked.*
	jailhouse channel list -s $SOCKET
	jailhouse channel stats -s $SOCKET
	tail -n 20 $CONSOLE
}

start_cell()
{
	case $1 in
	ivshmem-a) start_silent ivshmem-a channel-demo 'manager=0 listen=echo' ;;
	# it also has channels to the first
	ivshmem-b) start_silent ivshmem-b rtos-channels 'manager=0 askers=3 answers=3 count=0 pause=5' ;;
	third) start_silent third channel-demo 'manager=0 listen=third interrupt' ;;
	esac >/dev/null
}

can_come() { grep -q 'can come' /tmp/channeld; }
start_manager()
{
	# of one before
	rm -f /tmp/channeld
	# shellcheck disable=SC2086 # several words
	channeld --socket $SOCKET $rules $LINK $OTHER >/tmp/channeld 2>&1 &
	manager=$!
	wait_for can_come
}

# ask NAME COUNT [BYTES]: begins to; asked NAME: it had its answers
ask()
{
	channel-demo $SOCKET 0 connect "$@" >/tmp/asked."$1" 2>&1 &
	eval "pid_$1=$!"
}
asked()
{
	eval "wait \$pid_$1" && grep -q "$2 answers from $1" /tmp/asked."$1"
}

# ask_all COUNT: by programs that run at the same time, to each cell
ask_all()
{
	for name in echo rtos third; do
		ask $name "$1"
	done
	for name in echo rtos third; do
		asked $name "$1" || return 1
	done
}

name_of()
{
	case $1 in
	ivshmem-a) echo echo ;;
	ivshmem-b) echo rtos ;;
	*) echo "$1" ;;
	esac
}

# One restarts, while a program has a channel to each other; then all can be asked again.
restart_one()
{
	random 4
	set -- ivshmem-a ivshmem-b third manager
	shift $random
	victim=$1
	if [ $victim = manager ]; then
		kill -9 $manager
		wait $manager
		start_manager
	else
		for cell in ivshmem-a ivshmem-b third; do
			[ $cell = $victim ] || ask "$(name_of $cell)" 300
		done
		random 2
		[ $random = 0 ] || jailhouse cell shutdown $victim >/dev/null
		start_cell $victim || return 1
		for cell in ivshmem-a ivshmem-b third; do
			[ $cell = $victim ] || asked "$(name_of $cell)" 300 || return 1
		done
	fi
	ask_all 10
}

restart_all()
{
	round=0
	restarted=
	while [ $round -lt $ROUNDS ]; do
		restart_one || return 1
		restarted="$restarted $victim"
		round=$((round + 1))
	done
	echo "# restarted:$restarted"
}

# seen LINK PEER COLUMN: of what a peer has asked for: 5 requests, 6 refused, 7 denied
seen()
{
	jailhouse channel stats -s $SOCKET | tr -s ' ' |
		awk -v link="$1" -v peer="$2" -v column="$3" '$1 == link && $2 == peer { print $column }'
}

modprobe uio_ivshmem
enable
create ivshmem-a ivshmem-b && jailhouse cell create --name third --cpus 1 --ram 16M --shmem root || exit 1
# root, third
OTHER=$(sed 's/ .*//' "$(dirname "$(grep -lx third $STATE/cells/*/name)")/links")

plan 13
check "channeld manages two links" start_manager
[ $result = 0 ] || exit 1
start_cell ivshmem-a
start_cell ivshmem-b
start_cell third
check "programs of root have channels to three cells at once" 'ask_all 200'
are_open()
{
	jailhouse channel list -s $SOCKET | tr -s ' ' >/tmp/seen
	[ "$(grep -c "^echo $LINK open 0 2 ivshmem-b -> 1 ivshmem-a" /tmp/seen)" = 3 ]
}
check "while one of the cells has some to another" 'wait_for are_open'
check "who does not restart goes on, and who does is back" restart_all

printf '%s\n' 'private echo cell:ivshmem-a root' 'private third cell:third root' 'listen evil/* cell:ivshmem-b' \
	'default deny' >/tmp/rules
rules='--access /tmp/rules'
kill $manager
wait $manager
check "the manager has rules now" start_manager
start ivshmem-b channel-hostile manager=0
ask echo 3000 60000
ask third 3000 60000
check "a hostile cell takes more names than it may" \
      'said "hostile: of 400 names [1-9][0-9]* are mine, [1-9][0-9]* refused, 6 denied"'
check "and connects a thousand times" 'said "hostile: of 1000 channels 0 are mine, 1000 denied"'
check "which is seen" '[ "$(seen $LINK 2 6)" -gt 0 ] && [ "$(seen $LINK 2 7)" -gt 1000 ]'
check "it does all it can" 'said "hostile: round 2 is over"'
check "others lose nothing" 'asked echo 3000 && asked third 3000'
check "nor do those who come meanwhile" \
      'ask echo 500 30000 && ask third 500 30000 && asked echo 500 && asked third 500'
check "nor by a manager that restarts meanwhile" \
      'kill -9 $manager; wait $manager; start_manager && ask echo 100 && ask third 100 && asked echo 100 &&
       asked third 100'
jailhouse cell shutdown ivshmem-b
is_gone() { ! jailhouse channel list -s $SOCKET | grep -q evil/ && [ "$(seen $LINK 2 4)" = 0 ]; }
check "when it has gone, nothing of it is left" 'wait_for is_gone'
kill $manager
wait $manager
for cell in ivshmem-a ivshmem-b third; do
	jailhouse cell destroy $cell
done
leave || result=1
exit $result
