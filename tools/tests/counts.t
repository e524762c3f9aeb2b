#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# counts.t JAILHOUSE: sources of configurations, ours and those that config create writes, count their arrays: an entry
# more or less in a list makes the array and the descriptor's number follow, one that is not counted does not compile.

# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

jailhouse=${1:?path of the jailhouse command}
top=$(cd "$(dirname "$0")/../.." && pwd)
tree=$(dirname "$jailhouse")/../tests/trees/virt.dtb
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# compile FILE: to changed.cell, as configs/Makefile does; what is wrong is in err
compile()
{
	gcc -std=gnu11 -Wall -Wextra -Werror -I"$top/include" -I"$top/configs/arm64" -c -o "$folder/a.o" "$1" \
		2>"$folder/err" && objcopy -O binary -j .data "$folder/a.o" "$folder/changed.cell"
}

# change EXPRESSION FILE: by sed, to changed.c
change() { sed -E "$1" "$2" >"$folder/changed.c" && ! cmp -s "$2" "$folder/changed.c"; }

# number ARRAY: how many the descriptor says that changed.cell has; that of a system is after other fields
number()
{
	local at=60

	[ "$1" = pci_devices ] && at=68
	[ "$(head -c 5 "$folder/changed.cell")" = JHSYS ] && at=$((at + 356))
	od -An -tu4 -j$at -N4 "$folder/changed.cell" | tr -d ' '
}

# counts ARRAY FILE: what is in its initializer is a list, which is counted
counts()
{
	local list before

	list=$(sed -nE "s/^\t\.$1 = \{ ([A-Z_]+) \},$/\1/p" "$2")
	# the inmate tests' cells have theirs in a header; one file asserts how many it has
	if grep -q "^#define $list" "$2" && ! grep -q "^_Static_assert(ARRAY_SIZE(config.$1)" "$2"; then
		compile "$2" && before=$(number "$1") &&
			change "s/^(#define $list)(\t*| )\\\\$/\1 { 0 },\2\\\\/" "$2" &&
			compile "$folder/changed.c"
		is "$? $(number "$1")" "0 $((before + 1))" "${2##*/}: one more in $list, one more of $1"
	fi
	change "s/^\t\.$1 = \{ /&{ 0 }, /" "$2" && ! compile "$folder/changed.c" &&
		grep -q 'excess elements in array' "$folder/err"
	is $? 0 "${2##*/}: one of $1 that is not counted does not compile"
}

"$jailhouse" config create --dtb "$tree" "$folder/root.c" 2>/dev/null
"$jailhouse" config create --cell --dtb "$tree" --name a --cpus 1 --ram 16M --irq 50 --shmem other --net other \
	"$folder/cell.c" 2>/dev/null
is "$(grep -lE '^	\.(irqchips|pci_devices) = \{$' "$folder"/*.c "$top"/configs/arm64/*/*.c)" '' \
	'all of them are lists'
for array in irqchips pci_devices; do
	for file in $(grep -lE "^	\.$array = " "$folder"/{root,cell}.c "$top"/configs/arm64/*/*.c); do
		counts "$array" "$file"
	done
done
finish
