#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# trees.t JAILHOUSE: device trees and lists of addresses that are wrong end in one sentence, the same from config create
# and from config check; what is unusual in them is understood. enable reads them by the same code: config/automatic.c.

# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

jailhouse=$(realpath "${1:?path of the jailhouse command}")
virt=$(dirname "$jailhouse")/../tests/trees/virt.dtb
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$virt" "$folder/virt.dtb"
cd "$folder" || exit

"$jailhouse" config create --dtb virt.dtb --binary system.cell

# refused "SENTENCE" WHAT OPTION...
refused()
{
	local sentence=$1 what=$2 command

	shift 2
	for command in 'create' 'check'; do
		"$jailhouse" config $command "$@" "$([ $command = check ] && echo system.cell || echo -)" >out 2>err
		is "$? $(cat out err)" "1 jailhouse: config $command: $sentence" "$what: $command"
	done
}

# makes WHAT [OPTION]...: of the source: the lines RAM and DEVICE of root's regions, and GICD
makes()
{
	local what=$1 expected

	shift
	expected=$(cat)
	"$jailhouse" config create "$@" - >out 2>err
	is "$? $(cat err)" '0 ' "$what"
	is "$(sed -n 's/^\t\(\(RAM\|DEVICE\)(.*)\), .$/\1/p; s/^#define \(GICD_BASE\)\t/\1 /p' out)" "$expected" \
		'  what it has'
}

cpus='cpus { #address-cells = <1>; #size-cells = <0>; cpu@0 { device_type = "cpu"; reg = <0>; }; };'
gic='gic@8000000 { compatible = "arm,gic-v3"; interrupt-controller; #interrupt-cells = <3>;
	reg = <0 0x8000000 0 0x10000>, <0 0x80a0000 0 0x100000>; };'
memory='memory@40000000 { device_type = "memory"; reg = <0 0x40000000 0 0x40000000>; };'

# GIC and RAM with a cell for an address, and one for a size
narrow='gic@8000000 { compatible = "arm,gic-v3"; reg = <0x8000000 0x10000>, <0x80a0000 0x100000>; };
	memory@40000000 { device_type = "memory"; reg = <0x40000000 0x40000000>; };'

# tree NAME ADDRESS_CELLS SIZE_CELLS: nothing in it but the nodes of standard input
tree()
{
	{
		echo "/dts-v1/; / { #address-cells = <$2>; #size-cells = <$3>; compatible = \"test,machine\";"
		cat
		echo '};'
	} | dtc -q -f -O dtb -o "$1.dtb" -
}

# cut SIZE: of the tree
cut_tree() { head -c "$1" virt.dtb >cut.dtb; }

# announce SIZE: as if the rest had never been there
announce()
{
	printf '%b' "$(printf %08x "$1" | sed 's/../\\x&/g')" | dd of=cut.dtb bs=1 seek=4 conv=notrunc status=none
}

# Truncated

size=$(stat -c %s virt.dtb)
for part in 40 60 200 $((size / 4)) $((size / 2)) $((size - 1)); do
	cut_tree "$part"
	refused "'cut.dtb' is no device tree that can be read: it is truncated: its header announces more" \
		"cut after $part bytes" --dtb cut.dtb
	announce "$part"
	for command in create check; do
		"$jailhouse" config $command --dtb cut.dtb \
			"$([ $command = check ] && echo system.cell || echo -)" >out 2>err
		is "$? $(wc -l <err) $(grep -c "'cut.dtb' is no device tree that can be read: " err)$(cat out)" \
			'1 1 1' "  and announced so: $command"
	done
done

# Without RAM

unknown="the RAM of this machine is not known: the device tree has no /memory with a size; give the machine's \
/proc/iomem with --iomem"
tree none 2 2 <<<"$cpus $gic"
refused "$unknown" 'no /memory' --dtb none.dtb
printf '09000000-09000fff : uart\n' >iomem
refused 'the RAM of this machine is not known: the device tree has no /memory with a size, and /proc/iomem no '\
'System RAM' '  nor RAM in iomem' --dtb none.dtb --iomem iomem
printf '40000000-7fffffff : System RAM\n' >iomem
makes '  RAM in iomem' --dtb none.dtb --iomem iomem <<'END_OF_REGIONS'
GICD_BASE 0x8000000ULL
RAM(0x40000000ULL, 0x20000000ULL)
RAM(0x60600000ULL, 0x1fa00000ULL)
END_OF_REGIONS
tree none 2 2 <<<"$cpus $gic memory@fffffffffffff000 { reg = <0xffffffff 0xfffff000 0 0x2000>; };"
refused "$unknown" '/memory beyond the last address' --dtb none.dtb
tree none 0 0 <<<"$cpus $gic $memory"
refused 'the device tree has no GIC that is known here: a node with compatible "arm,gic-v3", or "arm,gic-400" and '\
'the like' 'no address has a cell' --dtb none.dtb

# Cycles

tree cycle 2 2 <<<"$cpus $gic $memory
	a@9000000 { compatible = \"arm,pl011\"; reg = <0 0x9000000 0 0x1000>; phandle = <11>; interrupt-parent = <12>;
		interrupts = <0 1 4>; };
	b@9010000 { compatible = \"arm,pl011\"; reg = <0 0x9010000 0 0x1000>; phandle = <12>; interrupt-parent = <11>;
		interrupts = <0 2 4>; };
	aliases { serial0 = \"serial1\"; serial1 = \"serial0\"; };
	chosen { stdout-path = \"serial0\"; };"
makes 'two that are the interrupt parent of each other' --dtb cycle.dtb <<'END_OF_REGIONS'
GICD_BASE 0x8000000ULL
RAM(0x40000000ULL, 0x20000000ULL)
RAM(0x60600000ULL, 0x1fa00000ULL)
DEVICE(0x9000000ULL, 0x1000ULL)
DEVICE(0x9010000ULL, 0x1000ULL)
END_OF_REGIONS
"$jailhouse" config create --dtb cycle.dtb -c serial0 - >out 2>err
is "$? $(cat err)" "1 jailhouse: config create: this machine has no UART 'serial0' that is known: give its address, \
its path in the device tree or its alias" '  two aliases of each other'

# Cells of other sizes

tree one 1 1 <<<"$cpus $narrow
	wide { #address-cells = <2>; #size-cells = <2>;
		ranges = <0 0 0x10000000 0 0x1000000>, <1 0 0x20000000 0 0x1000000>;
		a@1000 { reg = <0 0x1000 0 0x1000>; }; b@100002000 { reg = <1 0x2000 0 0x1000>; };
		narrow { #address-cells = <1>; #size-cells = <2>; ranges = <0 1 0x3000 0 0x1000>;
			c@0 { reg = <0 0 0x1000>; }; }; };"
makes 'addresses of 32 bits at the root, of 64 below, and again of 32' --dtb one.dtb <<'END_OF_REGIONS'
GICD_BASE 0x8000000ULL
RAM(0x40000000ULL, 0x20000000ULL)
RAM(0x60600000ULL, 0x1fa00000ULL)
DEVICE(0x10001000ULL, 0x1000ULL)
DEVICE(0x20002000ULL, 0x2000ULL)
END_OF_REGIONS

# Interrupts for root's links: above those of the devices, and of messages

# pins INTA [NODE]: of root, beside a device with INTID 40
pins()
{
	tree irqs 2 2 <<<"$cpus $gic $memory device { interrupts = <0 8 4>; }; ${2:-}"
	"$jailhouse" config create --dtb irqs.dtb --binary irqs.cell && "$jailhouse" config show irqs.cell >out
	is "$(sed -n 's/^  INTA *//p' out)" "$1" "INTA above ${2:-the device}"
}

pins 41
pins 105 'frame { compatible = "arm,gic-v2m-frame"; };'
pins 80 'frame { compatible = "arm,gic-v2m-frame"; arm,msi-base-spi = <64>; arm,msi-num-spis = <16>; };'

# Ranges that overflow

tree over 1 1 <<<"$cpus $narrow
	soc { #address-cells = <2>; #size-cells = <2>; ranges = <0 0 0xfffff000 0 0x10000>;
		last@0 { reg = <0 0 0 0x1000>; }; beyond@1000 { reg = <0 0x1000 0 0x1000>; }; };"
makes 'beyond 32 bits' --dtb over.dtb <<'END_OF_REGIONS'
GICD_BASE 0x8000000ULL
RAM(0x40000000ULL, 0x20000000ULL)
RAM(0x60600000ULL, 0x1fa00000ULL)
DEVICE(0xfffff000ULL, 0x1000ULL)
END_OF_REGIONS
tree over 2 2 <<<"$cpus $gic $memory
	soc { #address-cells = <2>; #size-cells = <2>; ranges = <0 0 0xffffffff 0xfffff000 0 0x10000>;
		beyond@1000 { reg = <0 0x1000 0 0x1000>; }; };
	high@fffffffffffff000 { reg = <0xffffffff 0xfffff000 0 0x2000>; };"
makes 'beyond 64 bits' --dtb over.dtb <<'END_OF_REGIONS'
GICD_BASE 0x8000000ULL
RAM(0x40000000ULL, 0x20000000ULL)
RAM(0x60600000ULL, 0x1fa00000ULL)
END_OF_REGIONS
nowhere="the device tree does not tell where the GIC is: the ranges of the nodes above it do not have its address"
for ranges in '' 'ranges = <0 0 0xffffffff 0xfffff000 0 0x10000000>;' 'ranges = <0 0 0 0x8000000 0 0x1000>;'; do
	tree over 2 2 <<<"$cpus $memory soc { #address-cells = <2>; #size-cells = <2>; $ranges
		gic@10000 { compatible = \"arm,gic-v3\"; reg = <0 0x10000 0 0x10000>, <0 0xb0000 0 0x100000>; }; };"
	refused "$nowhere" "a GIC where the bus leads nowhere: '$ranges'" --dtb over.dtb
done

# iomem as it is shown to who may not see addresses

zeros="cannot be used: it shows no addresses: they are for the superuser only, run this as root"
printf '00000000-00000000 : System RAM\n  00000000-00000000 : Kernel code\n00000000-00000000 : uart\n' >zeros
refused "'zeros' $zeros" 'zeros' --dtb virt.dtb --iomem zeros
mkdir -p m/sys/firmware m/proc
cp virt.dtb m/sys/firmware/fdt
cp zeros m/proc/iomem
refused "'m/proc/iomem' $zeros" 'zeros of a machine that was collected' -r m

finish
