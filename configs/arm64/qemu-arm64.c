/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * System configuration of QEMU's arm64 "virt" machine with a GICv3:
 *	qemu-system-aarch64 -M virt,virtualization=on,gic-version=3 \
 *		-cpu cortex-a57 -smp QEMU_CPUS -m QEMU_RAM_SIZE
 *
 * One source for machines of any size:
 *	QEMU_CPUS	number of CPUs, 1 to 64 (4)
 *	QEMU_RAM_SIZE	bytes of RAM (2 GiB)
 *
 * The root cell owns all of the machine but the hypervisor's memory and the
 * GIC, which the hypervisor emulates; a cell's part is carved out when the
 * cell is created. (The ITS is not emulated: it is the root cell's.)
 */

#include <jailhouse/types.h>
#include <jailhouse/cell-config.h>
#include <board/qemu-virt.h>

#ifndef QEMU_CPUS
#define QEMU_CPUS		4
#endif
#ifndef QEMU_RAM_SIZE
#define QEMU_RAM_SIZE		0x80000000ULL
#endif

#define RAM_END			(QEMU_RAM_BASE + QEMU_RAM_SIZE)
#define HV_END			(QEMU_HV_BASE + QEMU_HV_SIZE)

struct {
	struct jailhouse_system header;
	__u64 cpus[1];
	struct jailhouse_memory mem_regions[13];
	struct jailhouse_irqchip irqchips[2];
} __attribute__((packed)) config = {
	.header = {
		.signature = JAILHOUSE_SYSTEM_SIGNATURE,
		.architecture = JAILHOUSE_ARM64,
		.revision = JAILHOUSE_CONFIG_REVISION,
		.flags = JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE,
		.hypervisor_memory = {
			.phys_start = QEMU_HV_BASE,
			.size = QEMU_HV_SIZE,
		},
		.debug_console = QEMU_CONSOLE,
		.platform_info = {
			.arm = {
				.gic_version = 3,
				.gicd_base = QEMU_GICD_BASE,
				.gicr_base = QEMU_GICR_BASE,
				.maintenance_irq = QEMU_GIC_MAINTENANCE_IRQ,
			},
		},
		.root_cell = {
			.name = "qemu-arm64",
			.cpu_set_size = sizeof(config.cpus),
			.num_memory_regions = ARRAY_SIZE(config.mem_regions),
			.num_irqchips = ARRAY_SIZE(config.irqchips),
		},
	},

	.cpus = {
		~0ULL >> (64 - QEMU_CPUS),
	},

	.mem_regions = {
		/* RAM below the hypervisor */ {
			.phys_start = QEMU_RAM_BASE,
			.virt_start = QEMU_RAM_BASE,
			.size = QEMU_HV_BASE - QEMU_RAM_BASE,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
				JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA,
		},
		/* RAM above the hypervisor */ {
			.phys_start = HV_END,
			.virt_start = HV_END,
			.size = RAM_END - HV_END,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
				JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA,
		},
		/* flash */
		QEMU_MMIO(QEMU_FLASH_BASE, QEMU_FLASH_SIZE),
		/* interrupt translation service */
		QEMU_MMIO(QEMU_GITS_BASE, QEMU_GITS_SIZE),
		/* UART */
		QEMU_MMIO(QEMU_UART_BASE, QEMU_PAGE),
		/* real-time clock */
		QEMU_MMIO(QEMU_RTC_BASE, QEMU_PAGE),
		/* firmware configuration */
		QEMU_MMIO(QEMU_FW_CFG_BASE, QEMU_PAGE),
		/* GPIO (power button) */
		QEMU_MMIO(QEMU_GPIO_BASE, QEMU_PAGE),
		/* virtio-mmio */
		QEMU_MMIO(QEMU_VIRTIO_BASE, QEMU_VIRTIO_SIZE),
		/* PCIe memory window */
		QEMU_MMIO(QEMU_PCI_MEM_BASE, QEMU_PCI_MEM_SIZE),
		/* PCIe I/O window */
		QEMU_MMIO(QEMU_PCI_IO_BASE, QEMU_PCI_IO_SIZE),
		/* PCIe configuration space */
		QEMU_MMIO(QEMU_PCI_ECAM_BASE, QEMU_PCI_ECAM_SIZE),
		/* PCIe high memory window */
		QEMU_MMIO(QEMU_PCI_HIGH_BASE, QEMU_PCI_HIGH_SIZE),
	},

	.irqchips = {
		/* INTID 32..159 */ {
			.address = QEMU_GICD_BASE,
			.pin_base = QEMU_SPI_FIRST,
			.pin_bitmap = {
				0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
			},
		},
		/* INTID 160..287 */ {
			.address = QEMU_GICD_BASE,
			.pin_base = QEMU_SPI_FIRST + QEMU_PINS_PER_CHIP,
			.pin_bitmap = {
				0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
			},
		},
	},
};

_Static_assert(QEMU_CPUS >= 1 && QEMU_CPUS <= 64, "1 to 64 CPUs");
_Static_assert(RAM_END > HV_END, "RAM must reach beyond the hypervisor");
_Static_assert(ARRAY_SIZE(config.irqchips) * QEMU_PINS_PER_CHIP ==
	       QEMU_SPI_COUNT, "all SPIs");
