#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# unused.t JAILHOUSE: config check says what of a revision-14 configuration has no effect here.

# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

jailhouse=$(realpath "${1:?path of the jailhouse command}")
top=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# A system, or a cell of it, with the ends of a link; what else it has is defined by the compiler's options.
cat >"$folder/config.c" <<'END_OF_C'
#include <jailhouse/types.h>
#include <jailhouse/cell-config.h>
#ifdef SYSTEM
#define PEER	0
#else
#define PEER	1
#endif
#define RW	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE)
#define COUNT(array)	(sizeof(((typeof(config) *)0)->array) / sizeof(((typeof(config) *)0)->array[0]))
#define COUNTS	.cpu_set_size = 8, .num_memory_regions = COUNT(mem), .num_irqchips = 1, \
		.num_cache_regions = COUNT(caches), .num_pio_regions = COUNT(pios), .num_pci_devices = COUNT(pci), \
		.num_pci_caps = COUNT(caps), .num_stream_ids = COUNT(streams)
struct {
#ifdef SYSTEM
	struct jailhouse_system header;
#else
	struct jailhouse_cell_desc cell;
#endif
	__u64 cpus[1];
	struct jailhouse_memory mem[REGIONS];
	struct jailhouse_cache caches[CACHES];
	struct jailhouse_irqchip chips[1];
	struct jailhouse_pio pios[PIOS];
	struct jailhouse_pci_device pci[1];
	struct jailhouse_pci_capability caps[CAPS];
	union jailhouse_stream_id streams[STREAMS];
} __attribute__((packed)) config = {
#ifdef SYSTEM
	.header = {
		.signature = JAILHOUSE_SYSTEM_SIGNATURE, .architecture = JAILHOUSE_ARM64,
		.revision = JAILHOUSE_CONFIG_REVISION, .flags = JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE | FLAGS,
		.hypervisor_memory = { .phys_start = 0x70000000, .size = 0x400000 },
		.debug_console = { 0x9000000, 0x1000, JAILHOUSE_CON_TYPE_PL011, JAILHOUSE_CON_ACCESS_MMIO CONSOLE },
		.platform_info = {
			.pci_mmconfig_base = 0x10000000, .pci_is_virtual = 1,
			.arm = { .gic_version = 3, .gicd_base = 0x8000000, .gicr_base = 0x80a0000 } PLATFORM
		},
		.root_cell = { .name = "root", COUNTS, CELL },
	},
	.cpus = { 3 },
#else
	.cell = {
		.signature = JAILHOUSE_CELL_DESC_SIGNATURE, .architecture = JAILHOUSE_ARM64,
		.revision = JAILHOUSE_CONFIG_REVISION, .name = "test", COUNTS, CELL
	},
	.cpus = { 2 },
#endif
	.mem = {
#ifdef SYSTEM
		{ 0x40000000, 0x40000000, 0x10000000, RW | JAILHOUSE_MEM_EXECUTE | RAM },
#else
		{ 0x50000000, 0, 0x100000, RW | JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_LOADABLE | RAM },
		{ 0, 0x80000000, 0x1000, RW | JAILHOUSE_MEM_COMM_REGION },
#endif
		[2] = { 0x60000000, 0x60000000, 0x1000, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_ROOTSHARED },
	},
	.chips = { { 0x8000000, 0, 32, { 0xff } } },
	.pci = { { .type = JAILHOUSE_PCI_TYPE_IVSHMEM, .bdf = 1 << 3, .shmem_peers = 2, .shmem_dev_id = PEER,
		   .shmem_regions_start = 2, .bar_mask = JAILHOUSE_IVSHMEM_BAR_MASK_MSIX,
		   .num_msix_vectors = 1, DEVICE } },
};
END_OF_C

# compile NAME [OPTION]...: of the compiler
compile()
{
	local name=$1

	shift
	gcc -std=gnu11 -w -I"$top/include" -DREGIONS=6 -DCACHES=0 -DPIOS=0 -DCAPS=0 -DSTREAMS=0 -DFLAGS=0 -DRAM=0 \
		-DCONSOLE= -DPLATFORM= -DCELL= -DDEVICE= "$@" -c -o "$folder/config.o" "$folder/config.c" &&
		objcopy -O binary -j .data "$folder/config.o" "$folder/$name.cell"
}

# check: status, and what it says in out
check() { (cd "$folder" && "$jailhouse" config check system.cell cell.cell >out 2>&1); }

# says FILE "LINE" [OPTION]...: of FILE compiled so, and of nothing else that it has no effect
says()
{
	local file=$1 line=$2

	shift 2
	compile system -DSYSTEM
	compile cell
	[ "$file" = system ] && set -- -DSYSTEM "$@"
	compile "$file" "$@"
	check
	is "$? $(grep 'no effect' "$folder/out")" "0 $file.cell: note: $line" "$file: ${*: -1}"
}

compile system -DSYSTEM
compile cell
check
is "$? $(cat "$folder/out")" '0 ' 'all of it has an effect'

for file in system cell; do
	says $file 'cache_regions: cache regions have no effect' -DCACHES=1
	says $file 'mem_regions[6] = phys 0x0, virt 0x0, size 0x0, flags 0x0: the last region is empty and has no '\
'effect: there are fewer than num_memory_regions' -DREGIONS=7
	says $file 'pio_regions: PIO regions have no effect' -DPIOS=2
	says $file 'stream_ids: stream ids have no effect: no IOMMU is used yet' -DSTREAMS=1
	says $file 'pci_caps: PCI capabilities have no effect, but for their count: those of physical devices '\
"are root's, and IVSHMEM devices have their own" -DCAPS=2
	says $file 'flags: JAILHOUSE_CELL_TEST_DEVICE has no effect: there is no test device' \
		'-DCELL=.flags = JAILHOUSE_CELL_TEST_DEVICE'
	says $file 'pci_devices[0]: PCI device 00:01.0 has no effect: the configuration space of physical '\
"devices stays root's" -DREGIONS=3 '-DDEVICE=.type = JAILHOUSE_PCI_TYPE_DEVICE'
	ram='phys 0x50000000, virt 0x0, size 0x100000, flags 0x8047'
	[ $file = system ] && ram='phys 0x40000000, virt 0x40000000, size 0x10000000, flags 0x8007'
	says $file "mem_regions[0] = $ram: JAILHOUSE_MEM_IO_UNALIGNED has no effect: accesses that are trapped must be \
aligned" -DRAM=JAILHOUSE_MEM_IO_UNALIGNED
	for field in 'msix_region_size = 0x1000' 'num_msi_vectors = 1' \
		'bar_mask[2] = 0xfffff000'; do
		what=${field% =*}
		says $file "pci_devices[0]: ${what/\[2]/ beyond BAR 1} of an IVSHMEM device has no effect: it has \
registers, a table for MSI-X and capabilities of its own" "-DDEVICE=.$field"
	done
done

# Of the system alone

says system 'flags: flags that are not known here have no effect' -DFLAGS=0x10
says system "debug_console.clock_reg: clock gates have no effect: Linux must leave the UART's clock on" \
	'-DCONSOLE=, .clock_reg = 0x9010000'
says system 'mem_regions[0] = phys 0x40000000, virt 0x40000000, size 0x10000000, flags 0x47: JAILHOUSE_MEM_LOADABLE '\
'has no effect: nothing is loaded into the root cell' -DRAM=JAILHOUSE_MEM_LOADABLE
says system 'root_cell.flags: the root cell is neither asked nor watched nor restarted: its flags for that have no '\
effect '-DCELL=.flags = JAILHOUSE_CELL_PASSIVE_COMMREG'
says system 'root_cell.cpu_reset_address: the root cell is not started: no effect' '-DCELL=.cpu_reset_address = 4'
says system 'root_cell.console: the root cell is told of no console: no effect' \
	'-DCELL=.console = { .type = JAILHOUSE_CON_TYPE_PL011 }'

# IOMMUs: what DMA may reach is said to nobody

compile cell -DRAM=JAILHOUSE_MEM_DMA
compile system -DSYSTEM -DRAM=JAILHOUSE_MEM_DMA
check
is "$? $(cat "$folder/out")" '0 ' 'JAILHOUSE_MEM_DMA, without an IOMMU'
compile system -DSYSTEM -DRAM=JAILHOUSE_MEM_DMA \
	'-DPLATFORM=, .iommu_units = { { .type = 3, .base = 0x9050000 }, { .type = 5, .base = 64 } }'
check
is "$? $(sed 's/mem_regions.* JAIL/JAIL/; s/: none is used.*//' "$folder/out")" \
	'0 system.cell: note: platform_info.iommu_units[0] = type 3, 0x9050000: IOMMUs have no effect
system.cell: note: platform_info.iommu_units[1] = type 5, 0x40: IOMMUs have no effect
system.cell: note: JAILHOUSE_MEM_DMA has no effect: no IOMMU is used yet
cell.cell: note: JAILHOUSE_MEM_DMA has no effect: no IOMMU is used yet' '  with two'

finish
