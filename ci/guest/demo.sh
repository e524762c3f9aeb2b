# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# For the scripts of ci/demos: each step is shown and checked, and the first one that does not do what it says ends the
# demo with a failure.

IMAGES=/usr/share/jailhouse/inmates
CONFIGS=/etc/jailhouse
STATE=/sys/devices/jailhouse
steps=0

# say LINE...
say()
{
	echo
	printf '# %s\n' "$@"
}

fail()
{
	printf '\nDEMO FAILED: %s\n' "$*"
	exit 1
}

# Show a command like a user would type it, and run it.
run()
{
	printf '$ %s\n' "$*"
	sh -c "$*" || fail "'$*' ended with status $?"
	steps=$((steps + 1))
}

# expect WHAT HAVE WANT
expect() { [ "$2" = "$3" ] || fail "$1 is '$2' instead of '$3'"; }

# of all cells, with commas
state() { cat "$STATE"/cells/*/state | tr '\n' ',' | sed 's/,$//'; }

# comes_to STATES: within 200 s
comes_to()
{
	for _ in $(seq 1000); do
		[ "$(state)" != "$1" ] || return 0
		usleep 200000
	done
	fail "the state of the cells is '$(state)' instead of '$1'"
}

# Hand a file over to the host, for a demo with a "picture:" in its head.
keep()
{
	port=$(grep -lsx org.cellblock.picture /sys/class/virtio-ports/*/name)
	port=${port%/name}
	[ -n "$port" ] && cat "$1" >"/dev/${port##*/}" || fail "cannot hand $1 over to the host"
}
