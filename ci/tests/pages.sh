#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# The pages that cellblock.pages= names, typed as they are: in their blocks of "console", what follows "$ " is a
# command, and the lines below are what it prints. Numbers may be others, and "..." is any number of lines. What a cell
# prints comes in its own time, so `jailhouse console` is looked at until it is there. Each page begins without the
# driver.

PAGES=$(sed -n 's/.*cellblock.pages=\([^ ]*\).*/\1/p' /proc/cmdline | tr , ' ')
LIMIT=30	# seconds
WANT=/tmp/want
HAVE=/tmp/have

# The lines of console blocks, those of a command with "$ " still.
blocks() { awk '/^```console$/ { inside = 1; next } /^```/ { inside = 0 } inside' "/tests/$1"; }

# Numbers, times and sizes are not compared, nor how columns are filled up.
normal() { tr -d '\r' | sed -E 's/0x[0-9a-f]+|[0-9]+/N/g; s/[ \t]+/ /g; s/ $//'; }

# Whether the lines of HAVE are those of WANT. Anything may be between the lines around a "...".
matches()
{
	awk '
		NR == FNR { want[++lines] = $0; next }
		{ while (want[at + 1] == "...") { at++; any = 1 } }
		want[at + 1] == $0 && at < lines { at++; any = 0; next }
		!any { wrong = 1 }
		END { while (want[at + 1] == "...") at++; exit wrong || at < lines }' $WANT $HAVE
}

# type COMMAND: in this shell, as `cd` has to last
type()
{
	eval "$1" >/tmp/printed 2>&1
	status=$?
	normal </tmp/printed >$HAVE
	[ $status = 0 ] && matches
}

# step COMMAND, with the lines after it in WANT
step()
{
	number=$((number + 1))
	tries=1
	[ "$1" != "jailhouse console" ] || tries=$((LIMIT * 5))
	until type "$1"; do
		tries=$((tries - 1))
		if [ $tries = 0 ]; then
			echo "not ok $number $1"
			sed 's/^/# wanted: /' $WANT
			sed 's/^/# printed: /' /tmp/printed
			result=1
			return
		fi
		usleep 200000
	done
	echo "ok $number $1"
}

# page NAME: as it stands
page()
{
	command=
	blocks "$1" >/tmp/blocks
	while IFS= read -r line; do
		case $line in
		'$ '*)
			[ -z "$command" ] || step "$command"
			command=${line#??}
			: >$WANT
			;;
		*) printf '%s\n' "$line" | normal >>$WANT ;;
		esac
	done </tmp/blocks
	step "$command"
}

result=0
number=0
total=0
for name in $PAGES; do
	count=$(blocks "$name" | grep -c '^\$ ')
	[ "$count" -ge 3 ] || { echo "Bail out! $name has $count commands only"; exit 1; }
	total=$((total + count))
done
printf 'TAP version 13\n1..%u\n' "$total"
for name in $PAGES; do
	page "$name"
	cd /
	jailhouse disable 2>/dev/null
	rmmod jailhouse
done
exit $result
