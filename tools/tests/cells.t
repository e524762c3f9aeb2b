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
create() { "$jailhouse" config create --cell --dtb "$tree" "$@" 2>"$folder/err"; }

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

# machine TREE: those that follow are for it
machine()
{
	tree=$1
	"$jailhouse" config create --dtb "$tree" --binary "$folder/root.cell" 2>/dev/null
}

cat >"$folder/parts.dts" <<'END'
/dts-v1/;
/ {
	#address-cells = <1>; #size-cells = <1>; compatible = "test,machine";
	memory@40000000 { device_type = "memory"; reg = <0x40000000 0x80000000>; };
	cpus { #address-cells = <1>; #size-cells = <0>;
		cpu@0 { device_type = "cpu"; reg = <0>; }; cpu@1 { device_type = "cpu"; reg = <1>; }; };
	gic@8000000 { compatible = "arm,gic-v3"; reg = <0x8000000 0x10000>, <0x80a0000 0x100000>; };
	clocks: clocks { #clock-cells = <0>; };
	fixed: fixed { compatible = "fixed-clock"; };
	timer@a000000 { reg = <0xa000000 0x200>; clocks = <&fixed>; };
	/* beside another one; over a page and two halves; alone in its page, with others up to it and from its end */
	parts@a000200 { reg = <0xa000200 0x200>, <0xa000800 0x2000>; };
	timer@a002c00 { reg = <0xa002c00 0x4>; clocks = <&clocks>; };
	parts@a002000 { reg = <0xa005010 0x20>; };
	timer@a004ff0 { reg = <0xa004ff0 0x10>; };
	timer@a006000 { reg = <0xa006000 0x10>; };
	parts@a003000 { #address-cells = <1>; #size-cells = <0>; reg = <0xa003000 0x1000>;
		adc@5 { reg = <5>; }; };
	smmu@b000000 { compatible = "arm,smmu-v3"; reg = <0xb000000 0x20000>; };
};
END
dtc -q -O dtb -o "$folder/parts.dtb" "$folder/parts.dts"

machine "$trees/virt.dtb"
makes plain --name plain --cpus 1
makes console --name 'a "name" with \' --cpus 1 --console
makes links --name links --cpus 1 --shmem other --net other --shmem third:1M --irq 50
makes irqs --name irqs --cpus 1 --irq 50 --irq 1019 --irq 0x80 --irq 50
makes shared --name shared --share 1
makes shared --name shared --cpus 1 --share 0:500/1000 --defer 30 --console --irq 50 --shmem other
makes plan --name plan --share 0-1 --cyclic 10ms --slot 0+500 --slot 2ms+1ms
is "$(grep -c '^ \*.shared.0-1, cyclic 10000 0+500 2000+1000 us$' "$folder/a.c")" 1 '  and the source says how'
makes half --name half --share 1:50ms/100ms
makes other --name other --share 0-1:491/1000
"$jailhouse" config check "$folder"/{root,half,other}.cell >"$folder/check" 2>&1
is "$? $(grep -c 'other.cell: warning: .*CPU 1: cells that share it have 100 of 100 parts' "$folder/check")" '0 1' \
	'two of them would leave nothing to Linux'
makes device --name device --cpus 1 --device /pl011@9000000 --device /virtio_mmio@a000000 --allow-dma --irq 70
is "$(create --ram 16M --name a --cpus 1 - | grep -c 'RAM_BASE.0x70000000ULL')" 1 \
	'RAM where the hypervisor would not be'

refused 'this machine has no CPUs 2-3: it has 0-1' 'CPUs that are not there' --name a --cpus 1-3 --ram 1M
refused 'this machine has no CPUs 2: it has 0-1' '  shared ones' --name a --share 2 --ram 1M
refused 'would not take it: shared CPUs: the period' 'a period that is too short' --name a --share 1:50/99 --ram 1M
refused 'would not take it: shared CPUs: slot 0' 'a slot that is too short' --name a --share 1 --cyclic 1ms \
	--slot 0+19 --ram 1M
refused 'no piece of RAM has 2048 MiB' 'more RAM than there is' --name a --cpus 1 --ram 2G
refused 'the hypervisor would not take it: the cell.s name' 'a name that cannot be printed' \
	--name $'a\t' --cpus 1 --ram 1M

# refused_device DEVICE "PART OF THE MESSAGE" WHAT
refused_device() { refused "$2" "$3" --name a --cpus 1 --ram 16M --allow-dma --device "$1"; }

refused_device /nothing "the device tree has no device '/nothing'" 'no such device'
refused_device serial9 "the device tree has no device 'serial9'" 'no such alias'
refused_device /psci '/psci has no registers' 'a node without registers'
refused_device /memory@40000000 'is RAM, which' RAM
refused_device /intc@8000000 "is the GIC's, which" 'the GIC'
refused_device /intc@8000000/its@8080000 "is the GIC's, which" 'the ITS'
refused_device /pcie@10000000 'is a PCI host, which' 'a PCI host'
refused_device /flash@0 'would be at 0x0 in the cell, where it has RAM: give it less' 'what is where RAM is'
for words in '' '--name a --cpus 1' '--name a --cpus 1 --ram 1' '--name a --cpus 1 --ram 1M --mem-hv 4M' \
	'--name a --cpus 1 --ram 1M --irq 1020' '--name a --cpus 1 --ram 1M --irq x' \
	'--name a --cpus 1 --ram 1M --load x' '--name a --cpus 1 --ram 1M -c uart'; do
	# shellcheck disable=SC2086
	create $words "$folder/nothing"
	is $? 2 "the words '$words'"
done

# Registers

machine "$folder/parts.dtb"
makes parts --name parts --cpus 1 --allow-dma --device /parts@a000200 --device /parts@a002000
is "$("$jailhouse" config show "$folder/parts.cell" |
	sed -n 's/.*memory [2-9] *0x00\([^ ]* *[^ ]* [a-zA-Z]*\) .*/\1/p' | tr -s ' ' | xargs)" \
	'0a000200 512 0a000800 2 KiB 0a001000 4 KiB 0a002000 2 KiB 0a005000 4 KiB' \
	'  parts of pages where something else is, and a page'
is "$(grep -c IO_8 "$folder/a.c")" 3 '  and parts have all widths'
refused_device /smmu@b000000 'is an IOMMU, which' 'an IOMMU'
refused_device /parts@a003000/adc@5 'has no registers at addresses of the CPUs' 'a device of a bus without addresses'
create --name a --cpus 1 --ram 1M --device /timer@a002c00 - >/dev/null
is "$(grep -c 'has clocks or power of its own' "$folder/err")" 1 'a clock that Linux may switch off is said'
create --name a --cpus 1 --ram 1M --device /timer@a000000 - >/dev/null
is "$(cat "$folder/err")" '' '  one that is fixed is not, and a timer does no DMA'
refused '/parts@a002000 may do DMA' 'what may' --name a --cpus 1 --ram 1M --device /parts@a002000

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
machine "$folder/tree.dtb"

# whose INTID: the device that config create says it is of
whose() { create --name a --cpus 0 --ram 1M --irq "$1" - >/dev/null
	sed -n 's/.*is that of \(.*\), which.*/\1/p' "$folder/err"; }

is "$(whose 34)" /gpio@9000000 'the second of a device'
is "$(whose 51)$(whose 50)" '' 'those of another controller are not the GIC'"'"'s'
is "$(whose 52)" /both 'one that names its controller, after one of another'
is "$(whose 53)" '' 'one of a device that is off'
is "$(whose 54)$(whose 55)$(whose 56)" /bad 'a controller that is not there ends the list'

finish
