#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# In the Debian system that crash.sh has ended, started again.

. /run/cellblock/share/common.sh

# after those of crash.sh
number=6

dump=$(echo /var/crash/2*/dump.2*)
log=$(echo /var/crash/2*/dmesg.2*)
ls -lR /var/crash >/tmp/out
check 'there is one dump, and all of it' '[ -s "$dump" ]'
check 'the log of the kernel that panicked is there' 'grep -q "crash.sh: said before the panic" "$log"'
check 'with the panic' 'grep -q "sysrq: Trigger a crash" "$log"'
makedumpfile -R /tmp/core <"$dump" >/tmp/out 2>&1 && makedumpfile --dump-dmesg /tmp/core /tmp/log >>/tmp/out 2>&1
check 'the dump says the same when it is read' 'grep -q "crash.sh: said before the panic" /tmp/log'
check 'the service has made the cells anew' '[ "$(cells) $(states)" = "timer link running running" ]'
exit $result
