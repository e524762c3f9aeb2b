#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# cells.t JAILHOUSE: configurations of cells that are made from words: their source makes the same bytes as --binary,
# the validator takes them with the machine's own, and what cannot be is refused.

# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

jailhouse=${1:?path of the jailhouse command}
top=$(cd "$(dirname "$0")/../.." && pwd)
trees=$(dirname "$jailhouse")/../tests/trees
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# create OPTION...: config create --cell, with what it says in err
create() { "$jailhouse" config create --cell --dtb "$trees/virt.dtb" "$@" 2>"$folder/err"; }

# makes NAME OPTION...: source and binary of a cell with these are equal, and it can be on the machine
makes()
{
	local cell=$folder/$1.cell

	shift
	create --ram 16M "$@" "$folder/a.c" && create --ram 16M "$@" --binary "$cell" &&
		gcc -std=gnu11 -Wall -Wextra -Werror -I"$top/include" -c -o "$folder/a.o" "$folder/a.c" &&
		objcopy -O binary -j .data "$folder/a.o" "$folder/b.cell" && cmp "$cell" "$folder/b.cell" &&
		"$jailhouse" config check "$folder/root.cell" "$cell" >"$folder/check" 2>&1
	is $? 0 "source and binary are equal, and the hypervisor takes them: $*"
}

# refused "PART OF THE MESSAGE" WHAT OPTION...
refused()
{
	local words=$1 what=$2

	shift 2
	create "$@" "$folder/nothing"
	is "$? $(grep -c "^jailhouse: config create: .*$words" "$folder/err")" '1 1' "$what"
	is "$(ls "$folder/nothing" 2>&1 | grep -c 'No such')" 1 '  and nothing is written'
}

"$jailhouse" config create --dtb "$trees/virt.dtb" --binary "$folder/root.cell" 2>/dev/null
makes plain --name plain --cpus 1
makes console --name 'a "name" with \' --cpus 1 --console
makes irqs --name irqs --cpus 1 --irq 50 --irq 1019 --irq 0x80 --irq 50
is "$(create --ram 16M --name a --cpus 1 - | grep -c 'RAM_BASE.0x70000000ULL')" 1 \
	'RAM where the hypervisor would not be'

refused 'this machine has no CPUs 2-3: it has 0-1' 'CPUs that are not there' --name a --cpus 1-3 --ram 1M
refused 'no piece of RAM has 2048 MiB' 'more RAM than there is' --name a --cpus 1 --ram 2G
refused 'the hypervisor would not take it: the cell.s name' 'a name that cannot be printed' \
	--name $'a\t' --cpus 1 --ram 1M

for words in '' '--name a --cpus 1' '--name a --cpus 1 --ram 1' '--name a --cpus 1 --ram 1M --mem-hv 4M' \
	'--name a --cpus 1 --ram 1M --irq 1020' '--name a --cpus 1 --ram 1M --irq x' \
	'--name a --cpus 1 --ram 1M --load x' '--name a --cpus 1 --ram 1M -c uart'; do
	# shellcheck disable=SC2086
	create $words "$folder/nothing"
	is $? 2 "the words '$words'"
done

# Interrupts in device trees

cat >"$folder/tree.dts" <<'END'
/dts-v1/;
/ {
	#address-cells = <2>; #size-cells = <2>; compatible = "test,machine"; interrupt-parent = <&gic>;
	memory@40000000 { device_type = "memory"; reg = <0 0x40000000 0 0x40000000>; };
	cpus { #address-cells = <1>; #size-cells = <0>; cpu@0 { device_type = "cpu"; reg = <0>; }; };
	gic: gic@8000000 { compatible = "arm,gic-v3"; reg = <0 0x8000000 0 0x10000>, <0 0x80a0000 0 0x100000>;
		interrupt-controller; #interrupt-cells = <3>; interrupts = <1 9 4>; };
	gpio: gpio@9000000 { reg = <0 0x9000000 0 0x1000>; interrupt-controller; #interrupt-cells = <2>;
		interrupts = <0 1 4>, <0 2 4>; };
	key { interrupt-parent = <&gpio>; interrupts = <0 18>; };
	both { interrupts-extended = <&gpio 0 19>, <&gic 0 20 4>; };
	off { status = "disabled"; interrupts = <0 21 4>; };
	bad { interrupts-extended = <&gic 0 22 4>, <77 0 23 4>; interrupts = <0 24 4>; };
};
END
dtc -q -O dtb -o "$folder/tree.dtb" "$folder/tree.dts"

# whose INTID: the device that config create says it is of
whose() { create --dtb "$folder/tree.dtb" --name a --cpus 0 --ram 1M --irq "$1" - >/dev/null
	sed -n 's/.*is that of \(.*\), which.*/\1/p' "$folder/err"; }

is "$(whose 34)" /gpio@9000000 'the second of a device'
is "$(whose 51)$(whose 50)" '' 'those of another controller are not the GIC'"'"'s'
is "$(whose 52)" /both 'one that names its controller, after one of another'
is "$(whose 53)" '' 'one of a device that is off'
is "$(whose 54)$(whose 55)$(whose 56)" /bad 'a controller that is not there ends the list'

finish
