/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * System configuration of QEMU's arm64 "virt" machine:
 *	qemu-system-aarch64 -M virt,virtualization=on,gic-version=QEMU_GIC \
 *		-cpu cortex-a57 -smp QEMU_CPUS -m QEMU_RAM_SIZE
 *
 * One source for machines of any size:
 *	QEMU_GIC	version of the GIC, 2 or 3 (3)
 *	QEMU_CPUS	number of CPUs, 1 to 64 (4)
 *	QEMU_CPU_SET	which ones, if they are not the first ones
 *	QEMU_RAM_SIZE	bytes of RAM (2 GiB)
 *	QEMU_FAR_RAM_SIZE	bytes of RAM at 80 TiB (none); QEMU has its PCI after it
 *
 * The root cell owns all of the machine but the hypervisor's memory and the
 * GIC, which the hypervisor emulates; a cell's part is carved out when the
 * cell is created. (The ITS, or a GICv2m frame, is not emulated: it is the root
 * cell's.) The shared
 * memory of IVSHMEM links has regions of its own, the rest around it is for
 * cells.
 */

#include <common.h>
#include <qemu-virt/board.h>
#include <qemu-virt/links.h>

#ifndef QEMU_GIC
#define QEMU_GIC		3
#endif
#ifndef QEMU_CPUS
#define QEMU_CPUS		4
#endif
#ifndef QEMU_CPU_SET
#define QEMU_CPU_SET		(~0ULL >> (64 - QEMU_CPUS))
#endif
#ifndef QEMU_RAM_SIZE
#define QEMU_RAM_SIZE		0x80000000ULL
#endif

#define RAM_END			(QEMU_RAM_BASE + QEMU_RAM_SIZE)
#define SHMEM_END		QEMU_CELL_BASE(0)

#ifdef QEMU_FAR_RAM_SIZE
#define FAR_RAM_REGION							\
	REGION(QEMU_FAR_RAM_BASE, QEMU_FAR_RAM_BASE, QEMU_FAR_RAM_SIZE, ACCESS_RAM),
#else
#define FAR_RAM_REGION
#endif

#if QEMU_GIC == 2
#define MSI_REGION		QEMU_MMIO(QEMU_GICV2M_BASE, QEMU_PAGE)
#define GIC_PLACES							\
	{								\
		.gic_version = 2,					\
		.gicd_base = QEMU_GICD_BASE,				\
		.gicc_base = QEMU_GICC_BASE,				\
		.gich_base = QEMU_GICH_BASE,				\
		.gicv_base = QEMU_GICV_BASE,				\
		.maintenance_irq = QEMU_GIC_MAINTENANCE_IRQ,		\
	}
#else
#define MSI_REGION		QEMU_MMIO(QEMU_GITS_BASE, QEMU_GITS_SIZE)
#define GIC_PLACES							\
	{								\
		.gic_version = 3,					\
		.gicd_base = QEMU_GICD_BASE,				\
		.gicr_base = QEMU_GICR_BASE,				\
		.maintenance_irq = QEMU_GIC_MAINTENANCE_IRQ,		\
	}
#endif

#define MACHINE_REGIONS							\
	/* RAM below the hypervisor */					\
	REGION(QEMU_RAM_BASE, QEMU_RAM_BASE, QEMU_HV_BASE - QEMU_RAM_BASE, ACCESS_RAM), \
	/* RAM above the shared memory */				\
	REGION(SHMEM_END, SHMEM_END, RAM_END - SHMEM_END, ACCESS_RAM),	\
	FAR_RAM_REGION							\
	QEMU_MMIO(QEMU_FLASH_BASE, QEMU_FLASH_SIZE),			\
	MSI_REGION,							\
	QEMU_MMIO(QEMU_UART_BASE, QEMU_PAGE),				\
	QEMU_MMIO(QEMU_RTC_BASE, QEMU_PAGE),				\
	QEMU_MMIO(QEMU_FW_CFG_BASE, QEMU_PAGE),				\
	/* with the power button */					\
	QEMU_MMIO(QEMU_GPIO_BASE, QEMU_PAGE),				\
	QEMU_MMIO(QEMU_VIRTIO_BASE, QEMU_VIRTIO_SIZE),			\
	QEMU_MMIO(QEMU_PCI_MEM_BASE, QEMU_PCI_MEM_SIZE),		\
	QEMU_MMIO(QEMU_PCI_IO_BASE, QEMU_PCI_IO_SIZE),			\
	QEMU_MMIO(QEMU_PCI_ECAM_BASE, QEMU_PCI_ECAM_SIZE),		\
	QEMU_MMIO(QEMU_PCI_HIGH_BASE, QEMU_PCI_HIGH_SIZE)

/* Memory regions: first the machine's, then those of each link. */
#define DEMO_REGIONS		REGION_COUNT(MACHINE_REGIONS)
#define NET_REGIONS		(DEMO_REGIONS + QEMU_SHMEM_DEMO_COUNT)
#define BULK_REGIONS		(NET_REGIONS + QEMU_SHMEM_NET_COUNT)
#define MSIX_REGIONS		(BULK_REGIONS + QEMU_SHMEM_BULK_COUNT)
#define RTOS_REGIONS		(MSIX_REGIONS + QEMU_SHMEM_MSIX_COUNT)
#define NUM_REGIONS		(RTOS_REGIONS + QEMU_SHMEM_RTOS_COUNT)

#define MACHINE_CHIPS							\
	SPIS(QEMU_GICD_BASE, 0),					\
	SPIS(QEMU_GICD_BASE, 1)

#define LINK_DEVICES							\
	QEMU_SHMEM_DEMO_DEVICE(DEMO_REGIONS, 0),			\
	QEMU_SHMEM_NET_DEVICE(NET_REGIONS, 0),				\
	QEMU_SHMEM_BULK_DEVICE(BULK_REGIONS, 0),			\
	QEMU_SHMEM_MSIX_DEVICE(MSIX_REGIONS, 0),			\
	QEMU_SHMEM_RTOS_DEVICE(RTOS_REGIONS, 0)

SYSTEM_CONFIG(NUM_REGIONS, CHIP_COUNT(MACHINE_CHIPS), DEVICE_COUNT(LINK_DEVICES)) config = {
	.header = {
		SYSTEM_FORMAT,
		.flags = JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE,
		.hypervisor_memory = {
			.phys_start = QEMU_HV_BASE,
			.size = QEMU_HV_SIZE,
		},
		.debug_console = QEMU_CONSOLE,
		.platform_info = {
			.pci_mmconfig_base = QEMU_VPCI_ECAM_BASE,
			.pci_mmconfig_end_bus = QEMU_VPCI_END_BUS,
			.pci_is_virtual = 1,
			.pci_domain = QEMU_VPCI_DOMAIN,
			.arm = GIC_PLACES,
		},
		.root_cell = {
			.name = "qemu-arm64",
			.cpu_set_size = sizeof(config.cpus),
			.num_memory_regions = ARRAY_SIZE(config.mem_regions),
			.num_irqchips = ARRAY_SIZE(config.irqchips),
			.num_pci_devices = ARRAY_SIZE(config.pci_devices),
			.vpci_irq_base = QEMU_VPCI_ROOT_SPI,
		},
	},

	.cpus = {
		QEMU_CPU_SET,
	},

	.mem_regions = {
		MACHINE_REGIONS,
		QEMU_SHMEM_DEMO_REGIONS(0),
		QEMU_SHMEM_NET_REGIONS(0),
		QEMU_SHMEM_BULK_REGIONS(0),
		QEMU_SHMEM_MSIX_REGIONS(0),
		QEMU_SHMEM_RTOS_REGIONS(0),
	},

	.irqchips = { MACHINE_CHIPS },

	.pci_devices = { LINK_DEVICES },
};

_Static_assert(QEMU_CPUS >= 1 && QEMU_CPUS <= (QEMU_GIC == 2 ? 8 : 64),
	       "as many CPUs as the GIC has");
_Static_assert(RAM_END > SHMEM_END, "RAM must reach beyond the hypervisor");
_Static_assert(ARRAY_SIZE(config.irqchips) * QEMU_PINS_PER_CHIP ==
	       QEMU_SPI_COUNT, "all SPIs");
