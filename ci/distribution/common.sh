# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# For the scripts that run in a Debian system (ci/qemu --boot), beside what all tests have.

. /run/cellblock/share/test.sh

PACKAGES=/run/cellblock/packages
CELLS=/etc/jailhouse/cells.d

# Of the journal too much to look 20 times a second: wait_for() looks each second, 40 times.
LIMIT=2
usleep() { sleep 1; }

journal() { journalctl --no-pager -o cat "$@"; }
details() { systemctl --no-pager status jailhouse jailhouse-console | tail -30; tail -20 /tmp/out; }

# of jailhouse.service: what the hypervisor and the cells have said
printed() { journal -u jailhouse-console | grep -q -e "$1"; }

# in_order PATTERN... in the lines of /tmp/out: each is there, after the one before
in_order()
{
	local at=0 line

	for pattern; do
		line=$(grep -n -e "$pattern" /tmp/out | cut -d : -f 1 | awk -v at=$at '$1 > at { print; exit }')
		[ -n "$line" ] || return 1
		at=$line
	done
}

# of all cells but root's
cells() { cat $STATE/cells/[1-9]*/name | xargs; }
states() { cat $STATE/cells/[1-9]*/state | xargs; }
