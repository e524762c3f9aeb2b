#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Each forbidden access of the border inmate (inmates/tests/border.c) fails its cell, with a report, and nothing else:
# the same cell can be loaded and started again, and root lives on.

. /usr/share/cellblock/test.sh

CELL=inmate-test
NAMES=$(strings $INMATES/border.bin 2>/dev/null | sed -n 's/^access://p')

details() { echo "state: $end"; cat $SAID; }

# A fault is reported with the cell's name, the PC and the syndrome, by the cell itself if it gets that far.
reported() { last_run_said $CELL && grep -qi 'pc' $SAID && grep -qi 'esr' $SAID; }

# What a GIC does not take from a guest that has it is not called missing memory.
true_cause()
{
	case $1 in
	# DC ZVA: a device might be there
	dist-* | root-zero)
		said 'that it does not have, or not by this instruction$' &&
			said 'a pair, exclusive, atomic, DC ZVA or write-back'
		;;
	*) ! grep -q 'not by this instruction' $SAID ;;
	esac
}

faults()
{
	run $CELL border "$2" && [ "$end" = failed ] && wait_for reported && true_cause "$1"
	report "$1" $?
}

# tells HOW TEXT: the program's own word, as text, as fields and in the list
tells()
{
	run $CELL lib "crash=$1" && [ "$end" = failed ] &&
		jailhouse cell failure $CELL >$SAID && grep "^the cell says so itself. CPU 0 of the cell: $2" $SAID &&
		grep -q ', PC 0x[0-9a-f]*, LR 0x[0-9a-f]*, SP 0x[0-9a-f]*$' $SAID &&
		grep -q ' pc=0x.* lr=0x.* sp=0x' $STATE/cells/1/fault &&
		jailhouse cell list --json | grep -q '"fault": {"kind": ".*", "cell_cpu": 0, "pc": '
	report "crash=$1 says: $2" $?
}

enable
create $CELL || exit 1

# shellcheck disable=SC2086 # a list of words
set -- $NAMES
plan $(($# + 10))
[ $# -gt 20 ]
report "the inmate says what it can do" $?
for name in "$@"; do
	faults "$name" "access=$name"
done
faults "on the second CPU" "access=root-write cpu=1"
jailhouse config suggest $CELL >$SAID 2>&1 && grep -q 'is RAM of Linux' $SAID
report "whose the address is can be asked" $?
tells stack "stack overflow"
tells null "access to NULL at 0x0"
tells call "call of NULL at 0x0, PC 0x0, LR 0x[1-9a-f]"
tells undefined "undefined instruction, PC"
tells panic "panic, PC"
run $CELL border && [ "$end" = "shut down" ]
report "the cell works after all that" $?
jailhouse cell destroy $CELL && leave
report "all is given back" $?
exit $result
