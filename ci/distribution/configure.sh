#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Configures the packages that ci/distribution/unpack has unpacked, on /mnt.

set -e
export DEBIAN_FRONTEND=noninteractive DEBCONF_NONINTERACTIVE_SEEN=true LC_ALL=C
for folder in dev proc sys; do
	mount --bind /$folder /mnt/$folder
done
mount -t tmpfs run /mnt/run

# not what busybox has by the same name
in_root() { chroot /mnt /usr/bin/env "$@"; }

in_root ldconfig
# scripts use them before their packages are configured
in_root ln -sf mawk /usr/bin/awk
in_root dpkg --force-depends --configure base-passwd
in_root dpkg --force-depends --configure base-files
in_root dpkg --configure -a
in_root depmod "$(uname -r)"
# nobody asks for a password on the serial line
in_root passwd -d root
in_root dpkg --audit
[ -z "$(in_root dpkg --audit)" ]
umount /mnt/run /mnt/sys /mnt/proc /mnt/dev /mnt
