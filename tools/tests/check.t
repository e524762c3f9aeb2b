#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# check.t JAILHOUSE: config check on configurations that are wrong in one way each.

# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

jailhouse=${1:?path of the jailhouse command}
top=$(cd "$(dirname "$0")/../.." && pwd)
dtb=$(dirname "$jailhouse")/../tests/trees/virt.dtb
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/cell.c" <<'END'
#include <jailhouse/types.h>
#include <jailhouse/cell-config.h>
#ifndef CPUS
#define CPUS 2
#endif
#ifndef RAM_PHYS
#define RAM_PHYS 0x50000000
#endif
#ifndef RAM_VIRT
#define RAM_VIRT 0
#endif
#ifndef RAM_SIZE
#define RAM_SIZE 0x100000
#endif
#ifndef RAM_FLAGS
#define RAM_FLAGS (JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_LOADABLE)
#endif
#ifndef COMM_FLAG
#define COMM_FLAG JAILHOUSE_MEM_COMM_REGION
#endif
#ifndef CELL
#define CELL
#endif
#ifndef CHIP
#define CHIP 0x8000000
#endif
#ifndef PIN_BASE
#define PIN_BASE 32
#endif
#ifndef PINS
#define PINS 0
#endif
struct {
	struct jailhouse_cell_desc cell;
	__u64 cpus[1];
	struct jailhouse_memory mem[2];
	struct jailhouse_irqchip chips[1];
} __attribute__((packed)) config = {
	.cell = {
		.signature = JAILHOUSE_CELL_DESC_SIGNATURE, .architecture = JAILHOUSE_ARM64,
		.revision = JAILHOUSE_CONFIG_REVISION, .name = "test", .cpu_set_size = 8,
		.num_memory_regions = 2, .num_irqchips = 1, CELL
	},
	.cpus = { CPUS },
	.mem = {
		{ RAM_PHYS, RAM_VIRT, RAM_SIZE, RAM_FLAGS },
		{ 0, 0x80000000, 0x1000, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | COMM_FLAG },
	},
	.chips = { { CHIP, 0, PIN_BASE, { PINS } } },
};
END

# cell NAME [OPTION]...: of the compiler
cell()
{
	local name=$1

	shift
	gcc -std=gnu11 -w -I"$top/include" "$@" -c -o "$folder/cell.o" "$folder/cell.c" &&
		objcopy -O binary -j .data "$folder/cell.o" "$folder/$name.cell"
}

# check [OPTION]... FILE...: status, and what it says in out
check()
{
	(cd "$folder" && "$jailhouse" config check "$@" >out 2>err)
}

# finds STATUS "LINE" "CURE" WHAT [OPTION]...: of a cell that is compiled so
finds()
{
	local status=$1 line=$2 cure=$3 what=$4

	shift 4
	cell bad "$@"
	check system.cell bad.cell
	is "$? $(grep -c -e "^bad.cell: $line" "$folder/out")" "$status 1" "$what"
	is "$(grep -A 1 -e "^bad.cell: $line" "$folder/out" | grep -c -e "-> $cure")" 1 "  its cure"
	is "$(cat "$folder/err")" '' "  and nothing else"
}

jailhouse=$(realpath "$jailhouse")
"$jailhouse" config create --dtb "$dtb" --binary "$folder/system.cell"
cell good
check system.cell good.cell
is "$? $(cat "$folder/out" "$folder/err")" '0 ' 'nothing is wrong'
check --dtb "$(realpath "$dtb")" system.cell good.cell
is "$? $(cat "$folder/out" "$folder/err")" '0 ' '  nor on this machine'

# Errors

# wrong.t has all that the validator finds; these are how it is said

finds 1 'error: cpus = CPU 5: CPU 5 is not in the system' 'add it to' 'a CPU that is not there' -DCPUS=32
finds 1 'error: cpus: the cell takes all CPUs of the root cell' 'leave at least one' 'all CPUs' -DCPUS=3
finds 1 'error: mem_regions\[0\] = phys 0x80000000, virt 0x0, size 0x100000, flags 0x47: .*overlaps the hypervisor' \
	'move it' "the hypervisor's memory" -DRAM_PHYS=0x80000000
finds 1 'error: mem_regions\[.\] = .*overlap in the cell' 'give one of them another virt_start' \
	'two in one place' -DRAM_VIRT=0x80000000
finds 1 'error: irqchips\[0\]: .*is not in 32..1019' 'SGIs and PPIs' 'a PPI' -DPIN_BASE=0 -DPINS=1
finds 1 'error: .*is truncated' 'the arrays must follow' \
	'counts that are too high' '-DCELL=.num_pci_devices = 3'
finds 1 'error: flags = JAILHOUSE_CELL_PERMISSIVE: no file can ask' 'jailhouse cell create --permissive' \
	'a permissive cell' -DCELL=.flags=JAILHOUSE_CELL_PERMISSIVE
cp "$folder/good.cell" "$folder/other.cell"
check system.cell good.cell other.cell
is "$? $(grep -c '^other.cell: warning: not together with good.cell: ' "$folder/out")" '0 1' 'cells that collide'
check good.cell
is "$? $(grep -c '^good.cell: error: ' "$folder/out")" '1 1' 'a cell in the place of the system'

# Warnings and notes

finds 0 'note: there is no communication region' 'add a page with' 'no communication region' -DCOMM_FLAG=0x10
finds 0 'warning: cpu_reset_address = 0x10000000: the cell starts where' 'let it be in' 'a start in nothing' \
	'-DCELL=.cpu_reset_address = 0x10000000'
finds 0 'note: cpu_reset_address = 0x0: nothing can be loaded' 'add JAILHOUSE_MEM_LOADABLE' \
	'nothing to load' -DRAM_FLAGS=7
finds 0 'warning: irqchips\[0\]: .*where the GIC (0x8000000) is not: skipped' "write the system's gicd_base" \
	'an irqchip elsewhere' -DCHIP=0x12340000 -DPINS=1
finds 0 'warning: console.address = 0x9000000: .*cannot reach' 'add a region' 'a UART that it has not' \
	'-DCELL=.console = { .address = 0x9000000, .type = JAILHOUSE_CON_TYPE_PL011 }'
uart='JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_LOADABLE | JAILHOUSE_MEM_IO'
shared=(-DRAM_PHYS=0x9000000 -DRAM_VIRT=0x9000000 -DRAM_SIZE=0x1000 "-DRAM_FLAGS=($uart | JAILHOUSE_MEM_ROOTSHARED)")
console='.cpu_reset_address = 0x9000000, .console = { .address = 0x9000000, .type = JAILHOUSE_CON_TYPE_PL011 }'
finds 0 'warning: console.address = 0x9000000: all that the cell prints comes twice' 'leave out' \
	'a UART, and the console on it' "${shared[@]}" "-DCELL=$console, .flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_ACTIVE"
cell permitted "${shared[@]}" "-DCELL=$console, .flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED"
check system.cell permitted.cell
is "$(grep -c 'comes twice' "$folder/out")" 0 '  which it need not use'
echo more >>"$folder/good.cell"
check system.cell good.cell
is "$? $(cat "$folder/out")" '0 good.cell: note: 5 bytes after the last array are not used' 'more than the arrays'

# Another machine

printf '40000000-6fffffff : System RAM\n  50000000-500fffff : Kernel code\n' >"$folder/iomem"
cell here
cell there -DRAM_PHYS=0x200000000
sed 's/0x40000000 0 0x80000000/0x40000000 0 0x30000000/; s/reg = <1>;/reg = <1>; status = "fail";/;
	s/0x08000000 0 0x10000/0x07000000 0 0x10000/' "$top/tools/tests/trees/virt.dts" |
	dtc -q -O dtb -o "$folder/less.dtb" -
check --dtb less.dtb --iomem iomem system.cell here.cell there.cell
is $? 1 'a machine with less'
for line in 'system.cell: error: platform_info.arm = GICv3, GICD 0x8000000, ' \
	'system.cell: error: cpus: CPU 1 is in the CPU set and not online' \
	"system.cell: error: hypervisor_memory = .*is not RAM" \
	'here.cell: warning: mem_regions\[0\] = .*Linux will hardly give it: at 0x50000000 is Kernel code' \
	'there.cell: error: mem_regions\[0\] = .*the machine has no RAM there'; do
	is "$(grep -c "^$line" "$folder/out")" 1 "  $line"
done

# What Linux's drivers have, of a machine that was collected

mkdir -p "$folder/m/sys/firmware" "$folder/m/proc"
cp "$(realpath "$dtb")" "$folder/m/sys/firmware/fdt"
printf '40000000-bfffffff : System RAM\n' >"$folder/m/proc/iomem"
printf '%s\n' '           CPU0       CPU1' ' 13:     5     0     GICv3  33 Level     uart-pl011' \
	>"$folder/m/proc/interrupts"
cell busy -DPIN_BASE=32 -DPINS=6
check -r m system.cell busy.cell
is "$? $(cat "$folder/out")" '0 busy.cell: warning: irqchips = interrupt 33: Linux uses the interrupt, for uart-pl011
	-> unbind the driver before the cell is created' 'an interrupt that Linux uses'
cell uart -DRAM_PHYS=0x9000000 -DRAM_SIZE=0x1000 "-DRAM_FLAGS=($uart)"
check -r m system.cell uart.cell
is "$? $(grep -c "^uart.cell: warning: mem_regions\[0\] = .*: Linux's console /pl011@9000000 is taken from it" \
	"$folder/out")" '0 1' "Linux's console"
cell uart -DRAM_PHYS=0x9000000 -DRAM_SIZE=0x1000 "-DRAM_FLAGS=($uart | JAILHOUSE_MEM_ROOTSHARED)"
check -r m system.cell uart.cell
is "$? $(grep -c "Linux's console" "$folder/out")" '0 0' '  which is shared'

# Clocks: of a node that is Linux's, or the cell's too; one that nobody can switch

{
	sed '$d' "$top/tools/tests/trees/virt.dts"
	cat <<'END'
	fixed: fixed { compatible = "fixed-clock"; #clock-cells = <0>; };
	clocks: clocks@9020000 { reg = <0 0x9020000 0 0x1000>; #clock-cells = <1>; };
	device@9030000 { reg = <0 0x9030000 0 0x1000>; clocks = <&fixed>, <&clocks 3>; };
	device@9040000 { reg = <0 0x9040000 0 0x1000>; clocks = <&fixed>; };
	device@9050000 { reg = <0 0x9050000 0 0x1000>; clocks = <&clocks 1>; status = "disabled"; };
};
END
} | dtc -q -O dtb -o "$folder/clocks.dtb" -

# clock PHYS SIZE FLAG EXPECTED WHAT: how often the clock of device@9030000 is named for a cell with these registers
clock()
{
	cell device "-DRAM_PHYS=$1" "-DRAM_SIZE=$2" "-DRAM_FLAGS=($uart | $3)"
	check --dtb clocks.dtb system.cell device.cell
	is "$(grep -c '^device.cell: warning: mem_regions\[0\] = .*: /device@9030000 has a clock of /clocks@9020000, '\
"which stays Linux's" "$folder/out") $(grep -c 'has a clock of' "$folder/out")" "$4 $4" "$5"
}

clock 0x9030000 0x1000 0 1 "a clock that is Linux's"
is "$(grep -c 'clk_ignore_unused' "$folder/out")" 1 '  with a cure'
clock 0x9020000 0x11000 0 0 "  that is the cell's too"
clock 0x9030000 0x1000 JAILHOUSE_MEM_ROOTSHARED 0 '  of a device that Linux has too'
clock 0x9040000 0x1000 0 0 '  that is fixed'
clock 0x9050000 0x1000 0 0 '  of a device that is disabled'

# gicv2 NAME GICC: a tree
gicv2()
{
	sed "s/arm,gic-v3\"/arm,gic-400\"/; s/<0 0x08000000 0 0x10000>,.*/<0 0x08000000 0 0x1000>, \\
		<0 $2 0 0x2000>, <0 0x08030000 0 0x1000>, <0 0x08040000 0 0x2000>;/" \
		"$top/tools/tests/trees/virt.dts" | dtc -q -O dtb -o "$folder/$1.dtb" -
}
gicv2 v2 0x08010000
gicv2 other 0x08020000
"$jailhouse" config create --dtb "$folder/v2.dtb" --binary "$folder/v2.cell" 2>/dev/null
check --dtb v2.dtb v2.cell
is "$? $(cat "$folder/out" "$folder/err")" '0 ' 'a GICv2'
check --dtb other.dtb v2.cell
is "$? $(grep -c 'GICC 0x8010000, GICH 0x8030000, .*: the machine has GICv2, .*GICC 0x8020000, ' "$folder/out")" '1 1' \
	'  whose CPU interface is elsewhere'

mapfile -t many < <(for n in {1..30}; do echo good.cell; done)
check system.cell "${many[@]}"
is "$(grep -c '^good.cell: ' "$folder/out") $(cat "$folder/err")" \
	"256 jailhouse: config check: $((30 + 30 * 29 / 2 - 256)) more findings are not shown: check fewer files at \
once" \
	'more than can be kept'

check --json system.cell good.cell
is "$(python3 -c 'import json, sys; print([sorted(f) for f in json.load(sys.stdin)][0])' <"$folder/out")" \
	"['cure', 'field', 'file', 'severity', 'value', 'why']" '--json'
check --json system.cell
is "$? $(tr -d '\n' <"$folder/out")" '0 []' '  of nothing'
check system.cell /nowhere
is $? 1 'a file that is not there'

finish
