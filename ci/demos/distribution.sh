#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# demo: a Debian system with our packages, where systemd starts cells at boot; the first time it is made, which is long
# options: --timeout 600
# disk: booted

. /run/cellblock/share/demo.sh

say "A Debian system with systemd, and our packages:"
run "dpkg-query -W cellblock cellblock-dkms libcell-dev"
run "dkms status"

say "It has started the hypervisor, and the cells that are named here, in order:"
run "tail -n +1 $CONFIGS/cells.d/*.conf"
run systemctl --no-pager status jailhouse
run jailhouse cell list
expect "the state of the cells" "$(state)" "running,running,running"

say "The journal has what the hypervisor and the cells say:"
run "journalctl --no-pager -o cat -u jailhouse-console | head -n 12"

say "One of them is linked with this Linux:"
run jailhouse shmem ping link

say "The service ends them, the last one first, and takes the hypervisor away."
run systemctl stop jailhouse
run "journalctl --no-pager -o cat -u jailhouse-console | grep -a cell | tail -n 4"
expect "the hypervisor's state" "$(cat $STATE/enabled)" 0

say "All $steps commands did what they should. Power off."
