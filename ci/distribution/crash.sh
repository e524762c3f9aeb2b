#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# In the Debian system that install.sh has left, started again: kdump-tools is installed, and Linux panics while cells
# run. What the crash kernel does, the console shows; what it leaves, crashed.sh looks at.

. /run/cellblock/share/common.sh

release=$(uname -r)

# with those of crashed.sh
plan 11

check 'cells run' '[ "$(cells) $(states)" = "timer link running running" ]'
cp /run/cellblock/vmlinuz /boot/vmlinuz-"$release"
cp /run/cellblock/config /boot/config-"$release"
# Debian 12's kernel does not show _text, which kexec needs: see distributions.md. It is 64 KiB before _stext.
grep -w '_text\|_stext\|__init_begin' /proc/kallsyms >/tmp/symbols
grep -qw _text /tmp/symbols || sed -n 's/.....\( T _\)stext/00000\1text/p' /tmp/symbols >>/tmp/symbols
check 'kexec finds the kernel' 'grep -qw _text /tmp/symbols && mount --bind /tmp/symbols /proc/kallsyms'
DEBIAN_FRONTEND=noninteractive dpkg -i $PACKAGES/*.deb >/tmp/out 2>&1
report 'kdump-tools is installed' $?
kdump-config show >/tmp/out 2>&1
check 'it has loaded the crash kernel' 'grep -q "ready to kdump" /tmp/out'
check 'the cells run on' '[ "$(cells) $(states)" = "timer link running running" ]'
systemctl cat kdump-tools-dump >/tmp/out 2>&1
check 'the crash kernel loads our driver before it reads the dump' 'grep -q "^ExecStartPre=.*jailhouse" /tmp/out'
[ $result = 0 ] || exit 1
echo 'crash.sh: said before the panic' >/dev/kmsg
sync
sleep 1
echo c >/proc/sysrq-trigger
