#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# deb.t: what scripts/deb makes of what was built. Nothing installs the packages here.

# shellcheck source-path=SCRIPTDIR source=../../tools/tests/tap.sh
. "$(dirname "$0")/../../tools/tests/tap.sh"

top=$(cd "$(dirname "$0")/../.." && pwd)
build=${O:-$top/build}
O=$(mktemp -d)
export O
trap 'rm -rf "$O"' EXIT

# what was built, and pages of make docs in any case
ln -s "$build"/* "$O"
rm -rf "$O/docs" "$O/dkms" "$O/deb"
for section in 3 9; do
	mkdir -p "$O/docs/man/man$section"
	printf '%s\n' ".TH page ${section}cellblock" .SH NAME 'page \- for a test' \
		>"$O/docs/man/man$section/page.${section}cellblock"
done
env -u MAKEFLAGS make -s -C "$top/driver" dkms O="$O" >/dev/null

# as from an archive of the sources, which has no commits
GIT_DIR=/dev/null "$top/scripts/deb" >"$O/said" 2>&1
status=$?
[ $status = 0 ] || sed 's/^/# /' "$O/said"
is "$status $(grep -c '\.deb$' "$O/said")" '0 6' 'six packages are made'

version=$(cat "$top/VERSION")-0cellblock1
# has PACKAGE ARCHITECTURE FILE...
has()
{
	local package=$1 deb=$O/deb/$1_${version}_$2.deb file list

	shift 2
	list=$(dpkg-deb -c "$deb" | awk '{ print $6 }')
	for file; do
		is "$(grep -cxF -e "./$file" <<<"$list")" 1 "$package has $file"
	done
}
has cellblock arm64 usr/sbin/jailhouse usr/sbin/channeld lib/firmware/jailhouse.bin \
	lib/systemd/system/jailhouse.service \
	lib/systemd/system/kdump-tools-dump.service.d/cellblock.conf \
	lib/systemd/system/channeld.service usr/share/man/man8/channeld.8.gz \
	lib/udev/rules.d/60-jailhouse.rules usr/lib/sysusers.d/jailhouse.conf etc/jailhouse/cells.d/ \
	usr/share/bash-completion/completions/jailhouse usr/share/man/man8/jailhouse.service.8.gz
has cellblock-dkms all "usr/src/cellblock-$(cat "$top/VERSION")/dkms.conf"
has libcell-dev arm64 usr/lib/aarch64-linux-gnu/libcell.a usr/lib/aarch64-linux-gnu/pkgconfig/libcell.pc
has python3-cellblock arm64 usr/lib/python3/dist-packages/cellblock/__init__.py \
	usr/lib/python3/dist-packages/cellblock/libcell.so
has cellblock-inmate-dev arm64 usr/lib/jailhouse/inmate/inmate.mk
has cellblock-doc all usr/share/doc/cellblock/Documentation/architecture.md \
	usr/share/man/man3/page.3cellblock.gz

# the sources are all that a kernel's make needs
root=$O/root
for deb in "$O"/deb/*.deb; do
	dpkg-deb -x "$deb" "$root"
done
sources=$root/usr/src/cellblock-$(cat "$top/VERSION")
is "$(grep -ohE '^#include [<"][^>"]*' -r "$sources" --include='*.[ch]' | sed 's/.*[<"]//' |
	grep -vE '^(linux|asm|net|clocksource|std|errno|string|uapi/linux)' | sort -u |
	while read -r header; do
		find "$sources" -path "*/$header" | grep -q . || echo "$header"
	done)" '' "the headers that the modules' sources want are among them"
is "$(systemd_names=$(grep -h '^Exec' "$root"/lib/systemd/system/*.service | grep -o '/usr[^ ]*')
	for name in $systemd_names; do
		[ -x "$root$name" ] || echo "$name"
	done)" '' 'the units call what is there'
is "$(grep -rlE "$O|$top" "$root" | sed "s,^$root,,")" '' 'no path of this machine is in the packages'

if command -v systemd-analyze >/dev/null && [ -x /sbin/modprobe ]; then
	mkdir "$O/units"
	for unit in "$root"/lib/systemd/system/*.service; do
		sed "s,=/usr/,=$root/usr/," "$unit" >"$O/units/$(basename "$unit")"
	done
	export SYSTEMD_UNIT_PATH=$O/units:
	is "$(systemd-analyze verify --man=no --recursive-errors=no "$O"/units/*.service 2>&1)" \
		'' 'systemd has nothing against the units'
else
	skip 'systemd has nothing against the units' 'no systemd-analyze or no modprobe here'
fi

is "$(lintian --no-cfg --allow-root --fail-on error,warning "$O"/deb/*.deb 2>&1; echo $?)" 0 \
	'lintian has nothing to say'

finish
