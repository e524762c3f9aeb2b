#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# install.t JAILHOUSE: what make install puts in place can be used, and make uninstall leaves nothing of it.

# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

top=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$(dirname "${1:?path of the jailhouse command}")/../.." && pwd)
DESTDIR=$(mktemp -d)
O=$(mktemp -d)
PREFIX=/opt/cellblock
export O DESTDIR PREFIX
trap 'rm -rf "$DESTDIR" "$O"' EXIT

# what was built, and a page of make docs in any case
ln -s "$build"/* "$O"
rm -f "$O/docs"
mkdir -p "$O/docs/man/man3"
echo '.TH page 3cellblock' >"$O/docs/man/man3/page.3cellblock"

releases=("$O"/driver/*)
release=${releases[0]##*/}
cc=$(command -v "${CROSS_COMPILE-aarch64-linux-gnu-}"{gcc,gcc-12} | head -n 1)
# a folder that is not ours to remove; the second time, what the first one made is
mkdir "$DESTDIR/lib"
"$top/scripts/install" "$release" >/dev/null 2>&1
"$top/scripts/install" "$release" >"$DESTDIR/output" 2>&1
is "$?" 0 'installed, twice'
rm "$DESTDIR/output"
for file in "$PREFIX/sbin/jailhouse" "$PREFIX/sbin/cell-bridge" "$PREFIX/sbin/channeld" \
	/lib/firmware/jailhouse.bin "/lib/modules/$release/extra/uio_ivshmem.ko" \
	/etc/jailhouse/qemu-arm64.cell "$PREFIX/share/jailhouse/inmates/ivshmem-demo.bin" \
	"$PREFIX/lib/udev/rules.d/60-jailhouse.rules" "$PREFIX/share/doc/cellblock/Documentation/architecture.md" \
	"$PREFIX/share/bash-completion/completions/channeld" \
	"$PREFIX/share/man/man8/jailhouse.8" "$PREFIX/share/man/man3/page.3cellblock"; do
	[ -s "$DESTDIR$file" ]
	is "$?" 0 "${file##*/}"
done

is "$(sed -n 's/^ExecStart=//p' "$DESTDIR$PREFIX"/lib/systemd/system/*.service)" \
	"$PREFIX/sbin/channeld --socket /run/channeld/socket \$CHANNELD_OPTIONS
$PREFIX/sbin/jailhouse console -f
$PREFIX/lib/jailhouse/service start" 'the services call what is installed'

# as pkg-config says, from the installed files alone
flags() { sed -n "s/^$1: //p" "$DESTDIR$PREFIX/lib/pkgconfig/libcell.pc" | sed "s,\${prefix},$DESTDIR$PREFIX,g"; }
# shellcheck disable=SC2046 # several words
is "$("$cc" $(flags Cflags) -o "$DESTDIR/demo" "$top/libcell/demos/ivshmem-demo.c" $(flags Libs) 2>&1)" \
	'' 'a program is built with libcell'
rm -f "$DESTDIR/demo"

# the same image as in the tree, which others run
# build SOURCE ARGUMENT...
build()
{
	local name output=$DESTDIR/program/output
	name=$(basename "$1" .c)
	mkdir "$DESTDIR/program"
	cp "$1" "$DESTDIR/program"
	shift
	printf 'PROGRAMS := %s\ninclude %s/lib/jailhouse/inmate/inmate.mk\n' "$name" "$DESTDIR$PREFIX" \
		>"$DESTDIR/program/Makefile"
	env -u MAKEFLAGS make -s -C "$DESTDIR/program" INMATE_CC="$cc" "$@" >"$output" 2>&1 || cat "$output"
	cmp "$DESTDIR/program/$name.bin" "$DESTDIR$PREFIX/share/jailhouse/inmates/$name.bin"
	is "$?" 0 "$name is built with what is installed for cells' programs"
	rm -r "$DESTDIR/program"
}
build "$top/inmates/demos/timer-demo.c"
build "$top/inmates/rtos/demos/rtos-demo.c" RTOS=1
build "$top/inmates/posix/demos/posix-demo.c" RTOS=1 POSIX=1

# contains TEXT PART NAME
contains()
{
	local found=0
	[[ $1 == *"$2"* ]] || found="$1"
	is "$found" 0 "$3"
}

# example NAME FILE...: as a user does, out of the tree, what is made of it being asked for
example()
{
	local name=$1 output=$DESTDIR/$1/output
	cp -r "$DESTDIR$PREFIX/share/jailhouse/examples/$name" "$DESTDIR"
	shift
	env -u MAKEFLAGS make -s -C "$DESTDIR/$name" CELLBLOCK="$DESTDIR$PREFIX" INMATE_CC="$cc" LINUX_CC="$cc" \
		CONFIG_CC="$cc" SYSTEM="$DESTDIR/etc/jailhouse/qemu-arm64.cell" >"$output" 2>&1 &&
		(cd "$DESTDIR/$name" && ls "$@") >/dev/null 2>>"$output"
	is "$? $(cat "$output")" '0 ' "the example $name is built, without a warning"
}
example bare blink.bin blink.elf
example rtos threads.bin threads.elf
example link count-cell.bin count-linux
example config qemu-arm64-mine.cell
is "$(sed -n 's/^CELLBLOCK ?= //p' "$DESTDIR$PREFIX"/share/jailhouse/examples/*/Makefile | sort -u)" "$PREFIX" \
	'the examples know where everything was installed'
again()
{
	env -u MAKEFLAGS make -s -C "$DESTDIR/$1" CELLBLOCK="$DESTDIR$PREFIX" INMATE_CC="$cc" CONFIG_CC="$cc" \
		"${@:2}" 2>&1
}
is "$(again link clean; ls "$DESTDIR/link")" "$(printf '%s\n' Makefile count-cell.c count-linux.c count.h output)" \
	'and cleaned again'
printf '#include <stdio.h>\nint unused(int n) { int never; return 0; }\n' >"$DESTDIR/bare/blink.c"
contains "$(again bare)" 'stdio.h: No such file or directory' 'no header of a C library is found'
sed -i 1d "$DESTDIR/bare/blink.c"
contains "$(again bare)" 'unused variable' 'there are warnings'

# what is wrong in a configuration is told; its system is one of ours, or of the same folder
sed -i 's/1 << 1 }/1 << 9 }/' "$DESTDIR/config/qemu-arm64-mine.c"
rm "$DESTDIR/config/qemu-arm64-mine.cell"
contains "$(again config SYSTEM="$DESTDIR/etc/jailhouse/qemu-arm64.cell")" \
	'CPU 9' 'a wrong configuration is told'
is "$(find "$DESTDIR/config" -name '*.cell')" '' 'and does not get the name of one'
sed -i 's/1 << 9 }/1 << 1 }/' "$DESTDIR/config/qemu-arm64-mine.c"
cp "$top/configs/arm64/qemu-virt/qemu-arm64.c" "$DESTDIR/config"
is "$(again config CONFIGS='qemu-arm64-mine qemu-arm64' SYSTEM= >/dev/null; cd "$DESTDIR/config" && ls -- *.cell)" \
	"$(printf 'qemu-arm64%s.cell\n' -mine '')" 'a cell and its system are built together'
rm "$DESTDIR$PREFIX/lib/jailhouse/config/config-check" "$DESTDIR/config/qemu-arm64-mine.cell"
is "$(PATH="$build/tools/host:$PATH" again config CONFIGS='qemu-arm64-mine qemu-arm64' SYSTEM= >/dev/null
	cd "$DESTDIR/config" && ls -- *-mine.cell)" qemu-arm64-mine.cell \
	'without the checker of the build, by the command'
rm -r "$DESTDIR"/{bare,rtos,link,config}

# what else a program calls its functions is its own business
for library in librtos librtos-up; do
	is "$("${CROSS_COMPILE-aarch64-linux-gnu-}nm" -g --defined-only \
		"$DESTDIR$PREFIX/lib/jailhouse/inmate/$library.a" |
		awk 'NF == 3 { print $3 }' | grep -Ev '^(os[A-Z]|rtos_|inmate_main$)')" \
		'' "the real-time kernel exports no other names than its own, $library"
done

"$top/scripts/install" --remove "$release"
is "$?" 0 'removed'
is "$(find "$DESTDIR" -mindepth 1)" "$DESTDIR/lib" 'nothing is left, and no folder that was not there'
is "$("$top/scripts/install" --remove "$release" && echo done)" \
	"nothing is installed: no $DESTDIR$PREFIX/share/jailhouse/manifest
done" 'nothing to remove is told, and no failure'

rm -r "$O/docs"
"$top/scripts/install" "$release" >/dev/null
is "$?" 0 'installed without the pages of make docs'

finish
