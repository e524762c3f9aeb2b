#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# In the Debian system that install.sh has left, started again: how it ended, what it started, the packages upgraded
# while cells run, and removed.

. /run/cellblock/share/common.sh

cpus=$(nproc --all)
fired() { journal -b -u jailhouse-console | grep -c "Timer fired"; }
fired_again() { [ "$(fired)" -gt "$before" ]; }
version() { dpkg-query -W -f '${Version}' "$1"; }

plan 20

journal -b -1 -u jailhouse -u jailhouse-console >/tmp/out
check 'when the system ended, the cells were stopped in order, the last one first' \
	'in_order "Started cell \"timer\"" "Started cell \"link\"" "Destroyed cell \"link\"" "Destroyed cell \"timer\""'
check 'and the service with them, well' '! grep -q -i "failed\|did not agree" /tmp/out'
journal -b -1 -k >/tmp/out
check 'the hypervisor was gone before Linux' 'grep -q "jailhouse: the hypervisor is disabled" /tmp/out'

check 'the service is there since the system started' 'systemctl -q is-active jailhouse'
journal -b -u jailhouse-console >/tmp/out
check 'the cells were made in order' 'in_order "Created cell \"timer\"" "Created cell \"link\"" "Started cell \"link\""'
check 'they run' '[ "$(cells) $(states)" = "timer link running running" ]'
check 'Linux has the other CPUs' '[ "$(nproc)" = $((cpus - 2)) ]'

dpkg -L cellblock cellblock-dkms libcell-dev cellblock-inmate-dev cellblock-doc python3-cellblock |
	sort -u | sed '/^\/\.$/d' >/tmp/ours
dpkg -i $PACKAGES/*cellblock2*.deb >/tmp/out 2>&1
report 'the packages are upgraded' $?
check 'all of them' '[ "$(version cellblock) $(version cellblock-dkms)" = "0.1.0-0cellblock2 0.1.0-0cellblock2" ]'
check 'the cells run on' '[ "$(cells) $(states)" = "timer link running running" ]'
before=$(fired)
check 'and the journal has what they say' 'wait_for fired_again'
check 'nothing was stopped meanwhile' '! journal -b -u jailhouse-console | grep -q "Destroyed\|Stopped"'
check 'the command goes on' 'jailhouse cell list >/tmp/out && grep -q timer /tmp/out'
check 'the service is enabled still' 'systemctl -q is-enabled jailhouse && systemctl -q is-active jailhouse'
systemctl restart jailhouse >/tmp/out 2>&1
report 'it is started anew' $?
check 'with its cells' '[ "$(cells) $(states)" = "timer link running running" ]'

dpkg --purge cellblock cellblock-dkms libcell-dev cellblock-inmate-dev cellblock-doc python3-cellblock >/tmp/out 2>&1
report 'the packages are removed while cells run' $?
check 'Linux has all CPUs' '[ "$(nproc)" = "$cpus" ]'
check 'no module and no device is left' '! grep -q "jailhouse\|ivshmem" /proc/modules && [ ! -e /dev/jailhouse ]'
# what others have too, and what is the administrator's
while read -r file; do
	[ ! -e "$file" ] || dpkg -S "$file" >/dev/null 2>&1 || echo "$file"
done </tmp/ours >/tmp/left
find /lib/modules /var/lib/dkms /usr/src /etc/systemd -path '/usr/src/linux-*' -prune -o \
	\( -name '*jailhouse*' -o -name '*ivshmem*' -o -name '*cellblock*' \) -print >>/tmp/left
check 'nothing of them is left but the cells of the administrator' \
	'[ "$(xargs </tmp/left)" = "/etc/jailhouse /etc/jailhouse/cells.d" ] ||
		{ cat /tmp/left >>/tmp/out; false; }'
exit $result
