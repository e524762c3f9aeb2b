#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# A cell is stopped in time whatever its CPUs do, and the next run finds nothing of it.

. /usr/share/cellblock/test.sh

CELL=inmate-test
WAYS="masked handler binary-point groups wait handler-wait wake-up-wait suspend hypercalls mmio sgis faults off on-off
      active"
# On a GICv2 PMR is the hardware's, see inmate-flags.sh.
[ "$GIC" = 2 ] || WAYS="$WAYS pmr-wait"
IN_TIME=10	# seconds

stops()
{
	start $CELL stuck "how=$1" && said "can be: $1" && timeout $IN_TIME jailhouse cell shutdown $CELL
}

clean() { start $CELL start restart && said '# Totals: .* fail:0 '; }

enable
create $CELL || exit 1

# shellcheck disable=SC2086 # a list of words
set -- $WAYS
plan $(($# + 1))
for way in "$@"; do
	stops "$way" && clean
	report "$way" $?
done
jailhouse cell destroy $CELL && leave
report "all is given back" $?
exit $result
