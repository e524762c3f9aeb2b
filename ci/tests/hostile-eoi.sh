#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# A cell ends interrupts that are active in another cell, and root's: ICC_EOIR1_EL1 takes any INTID, as do a GICv2's
# GICC_EOIR and GICC_DIR. What follows is what Documentation/threat-model.md says: nothing is lost or doubled, and an
# SPI may reach another CPU too early. QEMU's GICv2 lets it do so by itself, as an SPI is active there for one CPU only.

. /usr/share/cellblock/test.sh

VICTIM=inmate-test
HOSTILE=timer-demo

# count WORD: of the victim's last line
count() { sed -n "s/.*eoi-victim:.* $1 \([0-9]*\).*/\1/p" $SAID; }

all_are_handled() { [ "$(count raised)" -ge 400 ] && [ "$(count raised)" = "$(count handled)" ]; }

# overlaps NAME OPERATOR NUMBER
overlaps()
{
	if [ $GIC = 2 ]; then
		report "$1 # SKIP not with QEMU's GICv2" 0
	else
		check "$1" "[ $(count overlaps) $2 $3 ]"
	fi
}

root_lives() { timeout 30 sh -c 'cat /proc/interrupts && sleep 1 && sync' >/dev/null; }

enable
create $VICTIM $HOSTILE || exit 1
plan 6

start $VICTIM eoi-victim && said 'eoi-victim: ' && all_are_handled
report 'each interrupt is handled once' $?
overlaps 'while it is active, no other CPU gets it' = 0

start $HOSTILE hostile-eoi && start $VICTIM eoi-victim && said 'eoi-victim: ' && all_are_handled
report "the same beside a cell that ends others' interrupts" $?
overlaps 'which is seen' -gt 0
root_lives
report 'root has its interrupts' $?

jailhouse cell destroy $VICTIM && jailhouse cell destroy $HOSTILE && said 'hostile-eoi: [1-9]' && leave
report 'all is given back' $?
exit $result
