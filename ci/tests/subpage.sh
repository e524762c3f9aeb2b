#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# A cell that owns a part of a page takes that part from root, and no more: an access to it ends the process that makes
# it, the rest of the page goes on working, and after the cell root has it back.

# shellcheck disable=SC2016,SC2034,SC2317 # "check" evaluates its second argument
CELL=inmate-test
DIRECTION=0x09030400	# the GPIO's register that the cell has
IDENTITY=0x09030fe0	# another one of the same page

result=0
number=0

check()
{
	number=$((number + 1))
	if eval "$2"; then
		echo "ok $number $1"
	else
		echo "not ok $number $1"
		jailhouse console | tail -n 20 | sed 's/^/# /'
		result=1
	fi
}

# $((128 + SIGBUS))
dies_of_sigbus() { (devmem "$@") >/dev/null 2>&1; [ $? = 135 ]; }

insmod /lib/modules/jailhouse.ko || exit 1
jailhouse enable /etc/jailhouse/qemu-arm64.cell || exit 1
# Linux keeps processes away from what its own drivers use.
echo 9030000.pl061 >/sys/bus/amba/drivers/pl061_gpio/unbind || exit 1
identity=$(devmem $IDENTITY)

echo "TAP version 13"
echo "1..9"
check "root has the page" 'devmem $DIRECTION 8 0x5a && [ "$(devmem $DIRECTION 8)" = 0x5A ]'
check "a cell with a part of it can be created" \
	'jailhouse cell create /etc/jailhouse/qemu-arm64-inmate-test.cell'
check "root cannot read the cell's part" 'dies_of_sigbus $DIRECTION'
check "nor write it" 'dies_of_sigbus $DIRECTION 8 0'
check "which is reported" 'jailhouse console | grep -qi "$DIRECTION\\|0x9030400"'
check "root can read the rest" '[ "$(devmem $IDENTITY)" = "$identity" ]'
jailhouse cell destroy $CELL
check "after the cell root has it back, unchanged" '[ "$(devmem $DIRECTION 8)" = 0x5A ]'
check "and can write it" 'devmem $DIRECTION 8 0 && [ "$(devmem $DIRECTION 8)" = 0x00 ]'
check "all is given back" 'jailhouse disable && rmmod jailhouse'
exit $result
