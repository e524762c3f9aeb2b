#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# A cell that owns a part of a page takes that part from root, and no more: an access to it ends the process that makes
# it, the rest of the page goes on working, and after the cell root has it back.

# shellcheck disable=SC2016,SC2317 # "check" evaluates its second argument
. /usr/share/cellblock/test.sh

DIRECTION=0x09030400	# the GPIO's register that the cell has
IDENTITY=0x09030fe0	# another one of the same page

# $((128 + SIGBUS))
dies_of_sigbus() { (devmem "$@") >/dev/null 2>&1; [ $? = 135 ]; }

enable
# Linux keeps processes away from what its own drivers use.
echo 9030000.pl061 >/sys/bus/amba/drivers/pl061_gpio/unbind || exit 1
identity=$(devmem $IDENTITY)

plan 9
check "root has the page" 'devmem $DIRECTION 8 0x5a && [ "$(devmem $DIRECTION 8)" = 0x5A ]'
check "a cell with a part of it can be created" 'create inmate-test'
check "root cannot read the cell's part" 'dies_of_sigbus $DIRECTION'
check "nor write it" 'dies_of_sigbus $DIRECTION 8 0'
check "which is reported" 'jailhouse console | grep -qi "$DIRECTION\\|0x9030400"'
check "root can read the rest" '[ "$(devmem $IDENTITY)" = "$identity" ]'
jailhouse cell destroy inmate-test
check "after the cell root has it back, unchanged" '[ "$(devmem $DIRECTION 8)" = 0x5A ]'
check "and can write it" 'devmem $DIRECTION 8 0 && [ "$(devmem $DIRECTION 8)" = 0x00 ]'
check "all is given back" leave
exit $result
