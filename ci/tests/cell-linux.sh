#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# A second Linux, Debian's own kernel, started by `jailhouse cell linux`; what is typed on its console, and what it says
# there, goes through the cable.

. /usr/share/cellblock/cell-linux.sh

enable
cable_open || exit 1

plan 19
jailhouse cell linux -w /tmp/tree.dtb $ETC/qemu-arm64-linux.cell /boot/vmlinuz &&
	[ "$(jailhouse cell list | wc -l)" = 2 ] && [ "$(head -c 4 /tmp/tree.dtb | od -An -tx1)" = " d0 0d fe ed" ]
report "-w writes a device tree and creates nothing" $?
head -c 100000 /boot/vmlinuz | gzip >/tmp/Image.gz
jailhouse cell linux -a arm64 -k 1000 -d /tmp/tree.dtb -w /tmp/given.dtb $ETC/qemu-arm64-linux.cell \
	/tmp/Image.gz && cmp /tmp/tree.dtb /tmp/given.dtb
report "a compressed kernel is unpacked, and a given tree completed" $?
jailhouse cell create $ETC/qemu-arm64-linux.cell && start_linux cellblock.word=one 2>$SAID && prompt
report "Linux boots to its shell" $?
grep -q 'cell "linux" exists already: it is used as it is' $SAID
report "in a cell that was there already" $?
[ "$(nproc)" = 2 ] && asks 'echo cpus:$(nproc):' '^cpus:2:'
report "it has the cell's two CPUs, root the other two" $?
asks 'uname -srm' "^$(uname -srm)"
report "its kernel is root's, unmodified" $?
asks 'cat /proc/cmdline' '^earlycon cma=0 quiet cellblock.word=one'
report "it was passed its command line" $?
asks 'dmesg | grep CPU:' 'CPU: All CPU.s. started at EL1'
report "it runs at EL1" $?
asks 'echo $(dmesg | grep -o "crng init done\|SMP: Total of") trng:$(ls -d /sys/devices/platform/smccc_trng)' \
	'^crng init done SMP: Total of trng:/sys'
report "it has TRNG, and random numbers before its second CPU" $?
asks 'grep "System RAM" /proc/iomem' '^61000000-6affffff : System RAM'
report "it has the cell's memory" $?
asks 'taskset 2 awk "BEGIN { for (i = 0; i < 200000; i++) s += i; print \"sum\", s }"' '^sum 19999900000'
report "its second CPU works" $?
cable_type 'ticks() { awk "/arch_timer/ { print \$2 + \$3 }" /proc/interrupts; }'
asks 'a=$(ticks); sleep 1; [ $(ticks) -gt $a ] && echo it ticks' '^it ticks'
report "its timers tick, on sleep it wakes" $?
asks 'awk "/IPI/ && \$2 + \$3 { n++ } END { print (n > 1) ? \"ipis\" : \"none\" }" /proc/interrupts' '^ipis'
report "its CPUs send interrupts to each other" $?
asks 'awk "/ttyAMA0|uart-pl011/ && \$2 + \$3 { print \"uart irqs\" }" /proc/interrupts' '^uart irqs'
report "the UART's interrupts come to it" $?
cable_type 'cd /sys/devices/system/cpu/cpu1'
asks 'echo 0 >online; echo one:$(nproc):; echo 1 >online; echo two:$(nproc):' '^one:1:' && cable_wait '^two:2:'
report "a CPU of it goes offline and comes back" $?
cable_type 'cd /sys/bus/pci/devices; ls; cd 0001*'
cable_wait '^0001:00:01.0' && asks 'echo $(cat vendor device class)' '^0x110a 0x4106 0xff0001'
report "it finds the IVSHMEM device of its network link" $?
asks 'head -n 1 resource' '^0x0*8f00000 0x0*8f00fff' &&
	asks 'echo devices:$(ls /sys/bus/pci/devices | wc -l):' '^devices:1:'
report "whose registers it has placed, and nothing else" $?
cable_type 'poweroff -f'
ends && jailhouse cell destroy linux && [ "$(nproc)" = 4 ]
report "poweroff ends the cell, and root gets everything back" $?
jailhouse cell linux $ETC/qemu-arm64-linux.cell /boot/cell.cpio 2>$SAID
[ $? = 1 ] && grep -q "is not a kernel Image for arm64" $SAID && [ "$(jailhouse cell list | wc -l)" = 2 ] &&
	leave
report "what is no kernel is refused, nothing is left of it" $?
exit $result
