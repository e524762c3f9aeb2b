#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Our parts of the ports of FreeRTOS and Zephyr, in the cells made for them; without the kernels, which are not ours.

. /usr/share/cellblock/test.sh

# load_and_run CELL ARGUMENT...: until it stops; its state is in $end
load_and_run()
{
	jailhouse cell load "$@" || exit 1
	runs=$((runs + 1))
	jailhouse cell start "$1" && wait_for stopped "$1" || exit 1
	end=$(state "$1")
}

run_freertos() { load_and_run freertos $INMATES/freertos-port.bin -s "con-type=none $1" -a 0x1000; }

enable

# An executable for 0x40000000, whose entry point is far from where the cell starts; it fails if anything is missing
create zephyr || exit 1
load_and_run zephyr $INMATES/zephyr-port.elf
[ "$end" = "shut down" ] && said 'zephyr-port: as the board says' && jailhouse cell destroy zephyr || exit 1

create freertos || exit 1
run_freertos fault
said 'breakpoint instruction' && [ "$end" = failed ] || { cat $SAID; exit 1; }
run_freertos
said '# Totals:'
cat $SAID
[ "$end" = "shut down" ] || exit 1

# A task that never blocks does not keep the cell from being shut down
jailhouse cell load freertos $INMATES/freertos-port.bin -s "con-type=none busy=1" -a 0x1000 || exit 1
runs=$((runs + 1))
jailhouse cell start freertos && jailhouse cell shutdown freertos && [ "$(state freertos)" = "shut down" ] || exit 1
jailhouse cell destroy freertos || exit 1

# CPU 0, with MPIDR 0, goes to a cell and comes back
jailhouse cell create --name zero --cpus 0 --ram 4M || exit 1
[ "$(cat /sys/devices/system/cpu/online)" = "1-$(nproc)" ] || exit 1
load_and_run zero $INMATES/timer-demo.bin -s "con-type=none con-virtual=1 count=3" -a 0x1000
said 'every 1000 us, CPU 0x0[^0-9a-f]*$' && [ "$end" = "shut down" ] || { cat $SAID; exit 1; }
jailhouse cell destroy zero && grep -q ^0- /sys/devices/system/cpu/online || exit 1

# On a CPU that is shared, which a GICv2's cannot be
if [ "$GIC" = 3 ]; then
	jailhouse cell create --name freertos --share 2:5ms/10ms --ram 4M --no-cpuset || exit 1
	run_freertos "con-virtual=1 shared=1" || exit 1
	said '# Totals: .* fail:0 ' && [ "$end" = "shut down" ] || { cat $SAID; exit 1; }
	jailhouse cell destroy freertos || exit 1
fi
leave
