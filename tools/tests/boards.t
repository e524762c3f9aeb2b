#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# boards.t JAILHOUSE: configurations made from device trees of real boards name what their documentation does, the
# validator accepts them, and their source makes the same bytes.

# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

jailhouse=${1:?path of the jailhouse command}

here=$(dirname "$0")
top=$(cd "$here/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# a GiB at 0x40000000, for trees to which firmware adds the RAM
cat >"$folder/iomem" <<END
40000000-7fffffff : System RAM
  40210000-4220ffff : Kernel code
END

# create OPTION...: config create, with what it says in err
create() { "$jailhouse" config create "$@" 2>"$folder/err"; }

# value PATTERN: of the source that was made, the first
value() { sed -n "s/$1/\1/p" "$folder/a.c" | head -n 1; }

# makes_the_same OPTION...: the source compiled by the host, and the binary
makes_the_same()
{
	create "$@" "$folder/a.c" && create "$@" --binary "$folder/a.cell" &&
		gcc -std=gnu11 -Wall -Wextra -Werror -I"$top/include" -c -o "$folder/a.o" "$folder/a.c" &&
		objcopy -O binary -j .data "$folder/a.o" "$folder/b.cell" && cmp -s "$folder/a.cell" "$folder/b.cell"
	is $? 0 "source and binary are equal: $*"
}

dtbs=$top/.cache/dtbs
trees=$(dirname "$jailhouse")/../tests/trees
makes_the_same --dtb "$trees/virt.dtb"
makes_the_same --dtb "$trees/virt.dtb" --mem-inmates 64M --mem-hv 16M -c none

while read -r board cpus version gicd gicr uart ram; do
	case $board in '' | '#'*) continue ;; esac
	if [ ! -e "$dtbs/$board.dtb" ]; then
		skip "$board" 'its device tree is not there: ci/fetch dtbs'
		continue
	fi
	iomem=()
	[ "$ram" = - ] && iomem=(--iomem "$folder/iomem") ram=0x0040000000
	create --dtb "$dtbs/$board.dtb" "${iomem[@]}" "$folder/a.c"
	is "$(value '.*CPUs\t\([-0-9,]*\),.*')" "$cpus" "$board: CPUs"
	is "$(value '.*gic_version = \(.\).*') $(value '#define GICD_BASE\t\(.*\)ULL')" "$version $gicd" "$board: GIC"
	is "$(value '#define GIC[CR]_BASE\t\(.*\)ULL')" "$gicr" "$board: the CPUs' part of the GIC"
	is "$(value ".*UART\t\(0x[0-9a-f]*\).*Linux's console")" "$uart" "$board: UART"
	is "$(grep -c "RAM.$ram-" "$folder/a.c")" 1 "$board: RAM"
	is "$(grep -v GICv2 "$folder/err")" '' "$board: nothing is wrong with it"
	makes_the_same --dtb "$dtbs/$board.dtb" "${iomem[@]}"
done <"$here/trees/boards"

finish
