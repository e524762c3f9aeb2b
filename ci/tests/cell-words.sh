#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Cells in one line: what they are given, and what is refused because Linux or another cell has it.

. /usr/share/cellblock/test.sh

details() { cat /tmp/out /tmp/err; }

# words NAME CPU WORD...: a cell with these
words()
{
	name=$1
	cpu=$2
	shift 2
	jailhouse cell create --name "$name" --cpus "$cpu" --ram 1M "$@" >/tmp/out 2>/tmp/err
}

# refused "PART OF THE MESSAGE" NAME CPU WORD...: this cell is refused
refused()
{
	message=$1
	shift
	! words "$@" && [ "$(wc -l </tmp/err)" = 1 ] && grep -q "^jailhouse: cell create: .*$message" /tmp/err &&
		! grep -qx "$1" $STATE/cells/*/name
	report "$*: $message" $?
}

insmod /lib/modules/jailhouse.ko && jailhouse enable >/tmp/out 2>/tmp/err || exit 1

plan 7
refused 'Linux uses interrupt 33: uart-pl011' a 1 --irq 33
words a 1 --irq 200 --irq 201
report 'a cell with two interrupts' $?
check 'nothing is said of them' '[ ! -s /tmp/err ]'
refused 'interrupt 201 belongs to cell "a"' b 2 --irq 202 --irq 201
words b 2 --irq 202
report 'another one beside them' $?
check 'all of them go' 'jailhouse cell destroy a && jailhouse cell destroy b'
check 'disabled' 'jailhouse disable >/tmp/out 2>/tmp/err'
exit $result
