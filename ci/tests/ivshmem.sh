#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# IVSHMEM devices as two cells see them (inmates/tests/ivshmem.c, which says more), and what stage 2 does about writes
# to memory of a link that is another's.

. /usr/share/cellblock/test.sh

# ends CELL STATE
ends() { wait_for stopped "$1" && [ "$(state "$1")" = "$2" ]; }

enable
used=$(cat $STATE/mem_pool_used)
accesses=$(strings $INMATES/ivshmem.bin | sed -n 's/^access:\([a-z]\)/\1/p')

plan $((6 + 3 * $(echo "$accesses" | wc -l)))
create ivshmem-a ivshmem-b
report "two cells with links" $?
start ivshmem-b ivshmem-peer && start ivshmem-a ivshmem && ends ivshmem-a "shut down" &&
	said '# Totals: .* fail:0 '
report "the device, and messages between cells" $?
ends ivshmem-b "shut down"
report "the peer ends" $?
start ivshmem-b ivshmem-peer
for name in $accesses; do
	start ivshmem-a ivshmem "access=$name" && ends ivshmem-a failed
	report "$name: stops the cell" $?
	said 'FATAL: cell "ivshmem-a"' && ! grep -q 'went through' $SAID
	report "$name: nothing is written" $?
	[ "$(state ivshmem-b)" = running ]
	report "$name: the peer runs on" $?
done
jailhouse cell shutdown --force ivshmem-b
start ivshmem-b ivshmem-peer hammer
for _ in $(seq 1 8); do
	start ivshmem-a ivshmem hold && sleep 0.3 && jailhouse cell shutdown --force ivshmem-a &&
		jailhouse cell destroy ivshmem-a && create ivshmem-a || break
done
[ "$(state ivshmem-a)" = "shut down" ] && [ "$(state ivshmem-b)" = running ]
report "a cell comes and goes under doorbells" $?
jailhouse cell shutdown --force ivshmem-b && start ivshmem-b ivshmem-peer && start ivshmem-a ivshmem &&
	ends ivshmem-a "shut down" && said '# Totals: .* fail:0 '
report "and all is as before" $?
jailhouse cell shutdown --force ivshmem-b
jailhouse cell destroy ivshmem-a && jailhouse cell destroy ivshmem-b &&
	[ "$(cat $STATE/mem_pool_used)" = "$used" ]
report "all pages come back" $?
leave || result=1
exit $result
