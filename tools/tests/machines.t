#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# machines.t JAILHOUSE: what is made of device trees and lists of addresses that are wrong, damaged or unusual.

# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

jailhouse=${1:?path of the jailhouse command}
trees=$(dirname "$jailhouse")/../tests/trees
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

printf '40000000-7fffffff : System RAM\n' >"$folder/iomem"

# create OPTION...: the source that is made, and what is said in err
create() { "$jailhouse" config create "$@" - >"$folder/out" 2>"$folder/err"; }

# refused "PART OF THE MESSAGE" WHAT OPTION...
refused()
{
	local words=$1 what=$2

	shift 2
	create "$@"
	is "$? $(grep -c "^jailhouse: config create: .*$words" "$folder/err") $(wc -l <"$folder/err")" \
		'1 1 1' "$what"
}

# has PATTERN WHAT: the source has it
has()
{
	grep -q -e "$1" "$folder/out"
	is $? 0 "$2"
}

# tree NAME: a device tree from the nodes on standard input, with CPU, GIC and RAM unless they are in it
tree()
{
	local nodes

	nodes=$(cat)
	{
		echo '/dts-v1/; / { #address-cells = <2>; #size-cells = <2>; compatible = "test,machine";'
		grep -q memory <<<"$nodes" ||
			echo 'memory@40000000 { device_type = "memory"; reg = <0 0x40000000 0 0x40000000>; };'
		grep -q 'cpus {' <<<"$nodes" ||
			echo 'cpus { #address-cells = <1>; #size-cells = <0>;
				cpu@0 { device_type = "cpu"; reg = <0>; }; };'
		grep -q 'arm,gic' <<<"$nodes" ||
			echo 'gic@8000000 { compatible = "arm,gic-v3";
				reg = <0 0x8000000 0 0x10000>, <0 0x80a0000 0 0x100000>; };'
		echo "$nodes };"
	} | dtc -q -f -O dtb -o "$folder/$1.dtb" -
}

# Damage

head -c 100 "$trees/virt.dtb" >"$folder/cut.dtb"
refused 'it is truncated: its header announces more' 'a truncated tree' --dtb "$folder/cut.dtb"
head -c 20 "$trees/virt.dtb" >"$folder/cut.dtb"
refused "it is shorter than a device tree's header" 'less than a header' --dtb "$folder/cut.dtb"
refused 'it does not begin as a device tree does' 'no tree' --dtb "$0"
refused 'No such file' 'no file' --dtb "$folder/nothing"
size=$(stat -c %s "$trees/virt.dtb")
for at in 70 200 400 800 $((size - 300)); do
	cp "$trees/virt.dtb" "$folder/bad.dtb"
	printf '\xff\xff\xff\xff\xff\xff\xff\xff' | dd of="$folder/bad.dtb" bs=1 seek="$at" conv=notrunc status=none
	create --dtb "$folder/bad.dtb"
	is "$(($? < 2)) $(grep -v '^jailhouse: ' "$folder/err")" '1 ' \
		"a tree with other bytes at $at is read or refused"
done

# What is missing

tree plain </dev/null
create --dtb "$folder/plain.dtb"
is "$? $(cat "$folder/err")" '0 ' 'the smallest machine'
tree none <<<'memory@0 { device_type = "memory"; reg = <0 0 0 0>; };'
refused 'the RAM of this machine is not known' 'a /memory without a size' --dtb "$folder/none.dtb"
create --dtb "$folder/none.dtb" --iomem "$folder/iomem"
has 'RAM(0x40000000ULL' '  and RAM from iomem'
tree none <<<'cpus { };'
refused 'the device tree has no CPU' 'no CPU' --dtb "$folder/none.dtb"
tree none <<<'other { compatible = "not,arm,gic"; };'
refused 'the device tree has no GIC that is known here' 'no GIC' --dtb "$folder/none.dtb"
tree none <<<'soc { #address-cells = <1>; #size-cells = <1>;
	gic@0 { compatible = "arm,gic-v3"; reg = <0 0x10000>, <0x20000 0x20000>; }; };'
refused 'does not tell where the GIC is' 'a GIC on a bus without ranges' --dtb "$folder/none.dtb"

# What is unusual

tree ranges <<'END'
	soc { #address-cells = <1>; #size-cells = <1>; ranges = <0x0 0x1 0x20000000 0x10000000>;
		bus@100000 { #address-cells = <2>; #size-cells = <1>;
			ranges = <0 0 0x100000 0x1000>, <1 0 0x200000 0x1000>;
			uart@1,100 { compatible = "ns16550a"; reg = <1 0x100 0x100>; reg-shift = <2>; }; };
		i2c@3000 { #address-cells = <1>; #size-cells = <0>; reg = <0x3000 0x1000>; chip@50 { reg = <0x50>; }; };
		outside@20000000 { reg = <0x20000000 0x1000>; }; };
	chosen { stdout-path = "/soc/bus@100000/uart@1,100:9600"; };
END
create --dtb "$folder/ranges.dtb"
has 'define UART_BASE.0x120200100ULL' 'addresses through two buses with cells of other sizes'
has 'DEVICE(0x120003000ULL, 0x1000ULL)' 'a device below a bus'
is "$(grep -c 'chip@50\|outside' "$folder/out")" 0 'what has no address of the CPUs is left out'

for kind in ti,am654-uart:4 nvidia,tegra20-uart:4 brcm,bcm2835-aux-uart:4 ns16550a:1; do
	tree apart <<<"uart@9000000 { compatible = \"${kind%:*}\"; reg = <0 0x9000000 0 0x1000>; };"
	create --dtb "$folder/apart.dtb" -c 0x9000000
	is "$(grep -c 'JAILHOUSE_CON_REGDIST_4' "$folder/out")" $((${kind#*:} == 4)) \
		"${kind%:*} without reg-shift: registers ${kind#*:} apart"
done

tree console <<'END'
	aliases { serial0 = "serial0"; };
	chosen { stdout-path = "serial0"; };
	loop { phandle = <1>; interrupt-parent = <1>; reg = <0 0x9000000 0 0x1000>; };
END
create --dtb "$folder/console.dtb"
has 'no .debug_console: /chosen names no stdout-path' 'an alias of itself, and a parent of itself'

tree cells <<<'bus { #address-cells = <9>; #size-cells = <7>; ranges; odd { reg = <0 0 0 0>; }; };
	short { reg = <0 0x1000>; }; late { reg = <0xffff 0xffff0000 0xffff 0xffff0000>; };'
create --dtb "$folder/cells.dtb"
is "$? $(grep -c 'odd\|short\|late' "$folder/out")" '0 0' 'cells that are too many or too few are no addresses'

dtc -q -I dtb -O dts "$folder/plain.dtb" | sed 's/"test,machine"/"test,a\\"b\\\\c d"/' |
	dtc -q -O dtb -o "$folder/quotes.dtb" -
create --dtb "$folder/quotes.dtb"
has '\.name = "a-b-c-d",' 'a name cannot end its string'

cells='#address-cells = <2>; #size-cells = <2>; ranges;'
tree long <<<"$(for n in {1..5}; do echo "a-name-of-30-characters-level-$n { $cells"; done)
	smmu@9000000 { compatible = \"arm,smmu-v3\"; reg = <0 0x9000000 0 0x1000>; }; }; }; }; }; };"
create --dtb "$folder/long.dtb"
has 'IOMMU.smmu@9000000$' 'a path that is too long to be shown'

tree deep < <(for _ in {1..60}; do printf 'n { #address-cells = <2>; #size-cells = <2>; ranges; '; done
	echo 'reg = <0 0x9000000 0 0x1000>;'; for _ in {1..60}; do printf '};'; done)
create --dtb "$folder/deep.dtb"
is "$?" 0 'a tree of 60 levels'

tree many < <(for n in {1..65}; do echo "c$n { };"; done | sed '1s/^/cpus { #address-cells = <1>; #size-cells = <0>; /
	s/c\([0-9]*\) {/cpu@\1 { device_type = "cpu"; reg = <\1>; /; $s/$/ };/')
refused 'this machine has 65 CPUs: at most 64 are supported' 'too many CPUs' --dtb "$folder/many.dtb"

tree redist <<<'cpus { #address-cells = <1>; #size-cells = <0>; cpu@0 { device_type = "cpu"; reg = <0>; };
	cpu@1 { device_type = "cpu"; reg = <1>; }; };
	gic@8000000 { compatible = "arm,gic-v3"; #redistributor-regions = <2>;
	reg = <0 0x8000000 0 0x10000>, <0 0x80a0000 0 0x20000>, <0 0x90a0000 0 0x20000>; };'
refused 'are in 2 regions of addresses: only one region is supported' 'two regions of redistributors' \
	--dtb "$folder/redist.dtb"

# Lists of addresses

printf '00000000-00000000 : System RAM\n  00000000-00000000 : Kernel code\n' >"$folder/zeros"
refused 'it shows no addresses: they are for the superuser only, run this as root' 'iomem of who is not root' \
	--dtb "$trees/virt.dtb" --iomem "$folder/zeros"
refused 'it has a line that is not of the form START-END : NAME' 'no iomem' --dtb "$trees/virt.dtb" --iomem "$0"
for ((n = 0; n < 2049; n++)); do printf '%x000-%xfff : System RAM\n' $((2 * n + 1)) $((2 * n + 1)); done >"$folder/many"
refused 'it has more entries than this program can hold' 'more RAM than can be held' \
	--dtb "$trees/virt.dtb" --iomem "$folder/many"
cat >"$folder/list" <<'END'
40000000-7fffffff : System RAM
  50000000-6fffffff : reserved
f0000000-f0000fff : a "*/" b
END
create --dtb "$trees/virt.dtb" --iomem "$folder/list"
has 'define HYPERVISOR_BASE.0x[47]' 'the hypervisor is not where iomem has something reserved'
has '/\* a "?/" b \*/' 'a name cannot end a comment'

# Words of the command line

create --dtb "$trees/virt.dtb" -c serial0 && has 'UART_BASE.0x9000000' 'the console by its alias'
create --dtb "$trees/virt.dtb" -c 0x9000000 && has 'UART_BASE.0x9000000' 'the console by its address'
create --dtb "$trees/virt.dtb" -c none && has 'no .debug_console: none was wanted' 'no console'
refused "this machine has no UART 'serial7' that is known" 'an unknown console' \
	--dtb "$trees/virt.dtb" -c serial7
refused 'no piece of RAM has 8196 MiB' 'more for cells than there is' --dtb "$trees/virt.dtb" --mem-inmates 8G

# Another machine

mkdir -p "$folder/m/sys/firmware" "$folder/m/sys/devices/system/cpu" "$folder/m/proc"
cp "$trees/virt.dtb" "$folder/m/sys/firmware/fdt"
cp "$folder/iomem" "$folder/m/proc"
echo 0-1 >"$folder/m/sys/devices/system/cpu/possible"
echo 0 >"$folder/m/sys/devices/system/cpu/online"
create -r "$folder/m"
has '.cpus = { 0x1ULL }' 'a machine that was collected: its CPUs'
has '1 were offline: left out' '  and those that are offline'
for online in '' 0- x; do
	echo "$online" >"$folder/m/sys/devices/system/cpu/online"
	create -r "$folder/m"
	is "$? $(cat "$folder/err")" '0 ' "  a list of CPUs that is '$online'"
	has '.cpus = { 0x3ULL }' "  is none: those of the tree"
done

finish
