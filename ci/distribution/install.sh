#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# In a Debian system: our packages are installed and used; how the system ends, boot.sh sees in its journal.

. /run/cellblock/share/common.sh

plan 21

# the first part of the journal that the next boot looks at
check 'the system has come up' '[ "$(systemctl is-system-running)" = running ]'
dpkg -i $PACKAGES/*.deb >/tmp/out 2>&1
report 'the packages are installed' $?
check 'nothing is wrong with any package' '[ -z "$(dpkg --audit)" ] && ! grep "^dpkg: error" /tmp/out'
check 'DKMS has built the modules for this kernel' \
	'dkms status >/tmp/out && grep -q "^cellblock/.*$(uname -r).*: installed" /tmp/out'
modinfo -F alias uio_ivshmem >/tmp/out
check 'the links have aliases' 'grep -q ^pci: /tmp/out && [ "$(modprobe -R "$(head -n 1 /tmp/out)")" = uio_ivshmem ]'
check 'the driver names its firmware' 'ls /lib/firmware/$(modinfo -F firmware jailhouse) >/tmp/out'
check 'nothing is started or enabled by that' \
	'! systemctl -q is-active jailhouse && ! systemctl -q is-enabled jailhouse && [ ! -e /dev/jailhouse ]'
check 'systemd has nothing against the units' \
	'[ -z "$(systemd-analyze verify --man=no jailhouse.service 2>&1)" ]'
check 'bash finds the completion' 'bash -c ". /usr/share/bash-completion/bash_completion
	_completion_loader jailhouse; complete -p jailhouse" >/tmp/out'
check 'the command completes by it' '[ "$(bash -c ". /usr/share/bash-completion/bash_completion
	_completion_loader jailhouse
	COMP_WORDS=(jailhouse ena); COMP_CWORD=1; COMP_LINE=\"jailhouse ena\"; COMP_POINT=13
	\$(complete -p jailhouse | sed \"s/.*-F \\([^ ]*\\).*/\\1/\"); echo \${COMPREPLY[*]}")" = enable ]'

cat >$CELLS/10-timer.conf <<'END'
cell create --name timer --cpus 1 --ram 16M
cell load timer /usr/share/jailhouse/inmates/timer-demo.bin -s "con-type=none con-virtual=1" -a 0x1000
cell start timer
END
cat >$CELLS/20-link.conf <<'END'
# a cell that this Linux talks to
cell create --name link --cpus 2 --ram 16M --shmem root
cell load link /usr/share/jailhouse/inmates/ivshmem-demo.bin -s "con-type=none con-virtual=1 period=500" -a 0x1000
cell start link
END
systemctl enable --now jailhouse >/tmp/out 2>&1
report 'the service is started' $?
check 'it has made the cells' '[ "$(cells) $(states)" = "timer link running running" ]'
check 'the journal has what the hypervisor says, with their names' \
	'wait_for printed "^Started cell \"link\"" && printed "^Created cell \"timer\""'
check 'and what the cells say' 'wait_for printed "timer-demo: .*Timer fired"'
check 'the driver for links has come by itself' 'grep -q "^uio_ivshmem " /proc/modules'
check 'the hypervisor is root'\''s' '[ "$(stat -c "%U %G %a" /dev/jailhouse)" = "root root 600" ]'
udevadm settle
check 'links are for a group' '[ "$(stat -c "%U %G %a" /dev/uio0)" = "root jailhouse 660" ]'
useradd -G jailhouse tester
check 'somebody of the group uses one' 'runuser -u tester -- jailhouse shmem ping link >/tmp/out 2>&1'
useradd other
check 'others do not' '! runuser -u other -- jailhouse shmem ping link >/tmp/out 2>&1'
check 'a program is built with libcell' 'printf "%s\n" "#include <libcell/device.h>" \
	"int main(void) { struct libcell_device d; return libcell_open(&d, 0); }" >/tmp/a.c &&
	cc -o /tmp/a /tmp/a.c -lcell -pthread'
check 'and one in Python' 'python3 -c "import cellblock; cellblock.Link" >/tmp/out 2>&1'
exit $result
