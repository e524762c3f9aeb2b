/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef JAILHOUSE_CELL_CONFIG_H
#define JAILHOUSE_CELL_CONFIG_H

/*
 * Binary configuration format, revision 14. Little-endian, packed.
 * A configuration is one C object, compiled for the target and turned into
 * raw bytes; the hypervisor, the driver and the tools all read that form.
 */

#include <jailhouse/types.h>
#include <jailhouse/console.h>

#define JAILHOUSE_CONFIG_REVISION	14

#define JAILHOUSE_X86			0
#define JAILHOUSE_ARM			1
#define JAILHOUSE_ARM64			2

#if defined(CONFIG_ARM64) || defined(__aarch64__)
#define JAILHOUSE_ARCHITECTURE		JAILHOUSE_ARM64
#endif

#define JAILHOUSE_CELL_NAME_MAXLEN	31

/* struct jailhouse_cell_desc.flags */
#define JAILHOUSE_CELL_PASSIVE_COMMREG	0x00000001
#define JAILHOUSE_CELL_TEST_DEVICE	0x00000002
#define JAILHOUSE_CELL_AARCH32		0x00000004
/*
 * Cellblock only: the guest masks interrupts by ICC_PMR_EL1 (pseudo-NMI, some
 * RTOS ports). Its accesses to PMR, CTLR, RPR and DIR are trapped, so that
 * they reach the physical CPU interface. Costs an exit for each such access.
 */
#define JAILHOUSE_CELL_GIC_PMR		0x00000100
/*
 * Cellblock only: the guest's WFI is trapped, so that it cannot go to sleep
 * with a running priority that keeps even the hypervisor from waking it. For
 * guests that are not trusted; costs an exit for each WFI.
 */
#define JAILHOUSE_CELL_TRAP_WFI		0x00000200
/*
 * Cellblock only: the watchdog watches the cell from its start on, and not
 * only from the time at which it asks for that.
 */
#define JAILHOUSE_CELL_WATCHED		0x00000400
/*
 * Cellblock only: struct cellblock_sharing (cellblock/sharing.h) follows the
 * arrays, and names CPUs that the cell shares with root.
 */
#define JAILHOUSE_CELL_SHARES_CPUS	0x00000800
/*
 * Cellblock only, for bring-up: the cell has JAILHOUSE_MEM_LOGGED regions, and is
 * marked wherever it is named. Set by 'jailhouse cell create --permissive', and by
 * nothing else.
 */
#define JAILHOUSE_CELL_PERMISSIVE	0x00001000
/*
 * Cellblock only: the guest's PSCI SYSTEM_RESET starts the cell again from the images
 * that were loaded. Without it that ends the cell, as SYSTEM_OFF does.
 */
#define JAILHOUSE_CELL_RESETS		0x00002000
/*
 * Cellblock only: when the cell fails it is restarted, up to @times (1 to 255)
 * in a row.
 */
#define JAILHOUSE_CELL_RESTARTS(times)	((times) << 16)
#define CELL_FLAGS_RESTARTS(flags)	((flags) >> 16 & 0xff)
#define JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED	0x40000000
#define JAILHOUSE_CELL_VIRTUAL_CONSOLE_ACTIVE		0x80000000

#define CELL_FLAGS_VIRTUAL_CONSOLE_ACTIVE(flags) \
	(!!((flags) & JAILHOUSE_CELL_VIRTUAL_CONSOLE_ACTIVE))
/* an active console is a permitted one */
#define CELL_FLAGS_VIRTUAL_CONSOLE_PERMITTED(flags) \
	(!!((flags) & (JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED | \
		       JAILHOUSE_CELL_VIRTUAL_CONSOLE_ACTIVE)))

#define JAILHOUSE_CELL_DESC_SIGNATURE	"JHCLL"
#define JAILHOUSE_SYSTEM_SIGNATURE	"JHSYS"

/* struct jailhouse_system.flags */
#define JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE	0x0001
/*
 * Cellblock only: root's firmware calls are those that the hypervisor knows
 * (SMCCC, PSCI, TRNG). Without it SiP, OEM and trusted-OS services pass.
 */
#define JAILHOUSE_SYS_STRICT_SMCCC	0x0100
#define SYS_FLAGS_VIRTUAL_DEBUG_CONSOLE(flags) \
	(!!((flags) & JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE))

/*
 * Cell configuration (132 bytes). The arrays follow in the order of their
 * counts: CPU bitmap, memory regions, cache regions, irqchips, PIO regions,
 * PCI devices, PCI capabilities, stream ids.
 */
struct jailhouse_cell_desc {
	char signature[5];
	__u8 architecture;
	__u16 revision;

	char name[JAILHOUSE_CELL_NAME_MAXLEN + 1];
	__u32 id;		/* set by the driver */
	__u32 flags;

	__u32 cpu_set_size;	/* bytes; bit n = Linux logical CPU n */
	__u32 num_memory_regions;
	__u32 num_cache_regions;
	__u32 num_irqchips;
	__u32 num_pio_regions;
	__u32 num_pci_devices;
	__u32 num_pci_caps;
	__u32 num_stream_ids;

	__u32 vpci_irq_base;	/* SPI number (INTID - 32) of INTA */

	__u64 cpu_reset_address;
	__u64 msg_reply_timeout; /* microseconds, 0: wait for ever */

	struct jailhouse_console console;
} __packed;

/* struct jailhouse_memory.flags */
#define JAILHOUSE_MEM_READ		0x0001
#define JAILHOUSE_MEM_WRITE		0x0002
#define JAILHOUSE_MEM_EXECUTE		0x0004
#define JAILHOUSE_MEM_DMA		0x0008
#define JAILHOUSE_MEM_IO		0x0010
#define JAILHOUSE_MEM_COMM_REGION	0x0020
#define JAILHOUSE_MEM_LOADABLE		0x0040
#define JAILHOUSE_MEM_ROOTSHARED	0x0080
#define JAILHOUSE_MEM_NO_HUGEPAGES	0x0100
/*
 * Cellblock only: accesses are trapped and logged. Those that the region does not
 * permit read as zero, or write nothing.
 */
#define JAILHOUSE_MEM_LOGGED		0x0200
/*
 * Cellblock only: a window whose accesses a program in root answers. Nothing physical is
 * behind it; phys_start is virt_start.
 */
#define JAILHOUSE_MEM_REMOTE		0x0400
#define JAILHOUSE_MEM_IO_UNALIGNED	0x8000
#define JAILHOUSE_MEM_IO_WIDTH_SHIFT	16
#define JAILHOUSE_MEM_IO_8		(1 << JAILHOUSE_MEM_IO_WIDTH_SHIFT)
#define JAILHOUSE_MEM_IO_16		(2 << JAILHOUSE_MEM_IO_WIDTH_SHIFT)
#define JAILHOUSE_MEM_IO_32		(4 << JAILHOUSE_MEM_IO_WIDTH_SHIFT)
#define JAILHOUSE_MEM_IO_64		(8 << JAILHOUSE_MEM_IO_WIDTH_SHIFT)

struct jailhouse_memory {
	__u64 phys_start;
	__u64 virt_start;	/* guest-physical */
	__u64 size;
	__u64 flags;
} __packed;

/* A region the hypervisor serves access by access, not by a mapping. */
#define JAILHOUSE_MEMORY_IS_SUBPAGE(mem) \
	((((mem)->phys_start | (mem)->virt_start | (mem)->size) & 0xfff) != 0)

/*
 * The four regions of an IVSHMEM network link: state table, no read/write
 * section, output sections of peer 0 and of peer 1. Each peer writes its own.
 */
#define JAILHOUSE_SHMEM_NET_REGIONS(start, dev_id)			\
	{								\
		.phys_start = start,					\
		.virt_start = start,					\
		.size = 0x1000,						\
		.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_ROOTSHARED,	\
	},								\
	{ 0 },								\
	{								\
		.phys_start = (start) + 0x1000,				\
		.virt_start = (start) + 0x1000,				\
		.size = 0x7f000,					\
		.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_ROOTSHARED | \
			((dev_id == 0) ? JAILHOUSE_MEM_WRITE : 0),	\
	},								\
	{								\
		.phys_start = (start) + 0x80000,			\
		.virt_start = (start) + 0x80000,			\
		.size = 0x7f000,					\
		.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_ROOTSHARED | \
			((dev_id == 1) ? JAILHOUSE_MEM_WRITE : 0),	\
	}

#define JAILHOUSE_CACHE_L3_CODE		0x01
#define JAILHOUSE_CACHE_L3_DATA		0x02
#define JAILHOUSE_CACHE_L3		(JAILHOUSE_CACHE_L3_CODE | \
					 JAILHOUSE_CACHE_L3_DATA)
#define JAILHOUSE_CACHE_ROOTSHARED	0x0001

struct jailhouse_cache {
	__u32 start;
	__u32 size;
	__u8 type;
	__u8 padding;
	__u16 flags;
} __packed;

/* Bit n of pin_bitmap[w] = INTID pin_base + 32 * w + n. */
struct jailhouse_irqchip {
	__u64 address;
	__u32 id;
	__u32 pin_base;
	__u32 pin_bitmap[4];
} __packed;

struct jailhouse_pio {
	__u16 base;
	__u16 length;
} __packed;

#define PIO_RANGE(__base, __length)	\
	{				\
		.base = __base,		\
		.length = __length,	\
	}

#define JAILHOUSE_PCI_TYPE_DEVICE	0x01
#define JAILHOUSE_PCI_TYPE_BRIDGE	0x02
#define JAILHOUSE_PCI_TYPE_IVSHMEM	0x03

#define JAILHOUSE_SHMEM_PROTO_UNDEFINED		0x0000
#define JAILHOUSE_SHMEM_PROTO_VETH		0x0001
#define JAILHOUSE_SHMEM_PROTO_CUSTOM		0x4000	/* 0x4000..0x7fff */
#define JAILHOUSE_SHMEM_PROTO_VIRTIO_FRONT	0x8000	/* 0x8000..0xbfff */
#define JAILHOUSE_SHMEM_PROTO_VIRTIO_BACK	0xc000	/* 0xc000..0xffff */

#define VIRTIO_DEV_NET			1
#define VIRTIO_DEV_BLOCK		2
#define VIRTIO_DEV_CONSOLE		3

#define JAILHOUSE_IVSHMEM_BAR_MASK_INTX		\
	{ 0xfffff000, 0x00000000, 0x00000000,	\
	  0x00000000, 0x00000000, 0x00000000 }
#define JAILHOUSE_IVSHMEM_BAR_MASK_MSIX		\
	{ 0xfffff000, 0xfffff000, 0x00000000,	\
	  0x00000000, 0x00000000, 0x00000000 }
#define JAILHOUSE_IVSHMEM_BAR_MASK_INTX_64K	\
	{ 0xffff0000, 0x00000000, 0x00000000,	\
	  0x00000000, 0x00000000, 0x00000000 }
#define JAILHOUSE_IVSHMEM_BAR_MASK_MSIX_64K	\
	{ 0xffff0000, 0xffff0000, 0x00000000,	\
	  0x00000000, 0x00000000, 0x00000000 }

struct jailhouse_pci_device {
	__u8 type;		/* JAILHOUSE_PCI_TYPE_* */
	__u8 iommu;
	__u16 domain;
	__u16 bdf;
	__u32 bar_mask[6];
	__u16 caps_start;	/* index of the first capability */
	__u16 num_caps;
	__u8 num_msi_vectors;
	__u8 msi_64bits:1;
	__u8 msi_maskable:1;
	__u16 num_msix_vectors;
	__u16 msix_region_size;
	__u64 msix_address;
	__u32 shmem_regions_start; /* index of the first memory region */
	__u8 shmem_dev_id;	/* this peer's number */
	__u8 shmem_peers;	/* number of peers of the link */
	__u16 shmem_protocol;	/* JAILHOUSE_SHMEM_PROTO_* */
} __packed;

#define JAILHOUSE_PCI_EXT_CAP		0x8000
#define JAILHOUSE_PCICAPS_WRITE		0x0001

struct jailhouse_pci_capability {
	__u16 id;		/* JAILHOUSE_PCI_EXT_CAP: extended */
	__u16 start;		/* bytes from the start of config space */
	__u16 len;
	__u16 flags;
} __packed;

#define JAILHOUSE_IOMMU_AMD		1
#define JAILHOUSE_IOMMU_INTEL		2
#define JAILHOUSE_IOMMU_SMMUV3		3
#define JAILHOUSE_IOMMU_PVU		4
#define JAILHOUSE_IOMMU_ARM_MMU500	5

#define JAILHOUSE_MAX_IOMMU_UNITS	8

struct jailhouse_iommu {
	__u32 type;
	__u64 base;
	__u32 size;

	union {
		struct {
			__u16 bdf;
			__u8 base_cap;
			__u8 msi_cap;
			__u32 features;
		} __packed amd;
		struct {
			__u64 tlb_base;
			__u32 tlb_size;
		} __packed tipvu;
	};
} __packed;

union jailhouse_stream_id {
	__u32 id;
	struct {
		__u16 id;
		__u16 mask_out;
	} __packed mmu500;
} __packed;

/* System configuration (488 bytes), followed by the root cell's arrays. */
struct jailhouse_system {
	char signature[5];
	__u8 architecture;
	__u16 revision;
	__u32 flags;

	/* where the hypervisor lives; phys_start and size are used */
	struct jailhouse_memory hypervisor_memory;
	struct jailhouse_console debug_console;

	struct {
		__u64 pci_mmconfig_base;
		__u8 pci_mmconfig_end_bus;
		__u8 pci_is_virtual;
		__u16 pci_domain;
		struct jailhouse_iommu iommu_units[JAILHOUSE_MAX_IOMMU_UNITS];
		union {
			struct {
				__u8 maintenance_irq;
				__u8 gic_version;	/* 2 or 3 */
				__u8 padding[2];
				__u64 gicd_base;
				__u64 gicc_base;
				__u64 gich_base;
				__u64 gicv_base;
				__u64 gicr_base;
			} __packed arm;
		} __packed;
	} __packed platform_info;

	struct jailhouse_cell_desc root_cell;
} __packed;

#ifndef __ASSEMBLY__
_Static_assert(sizeof(struct jailhouse_console) == 32, "console");
_Static_assert(sizeof(struct jailhouse_memory) == 32, "memory");
_Static_assert(sizeof(struct jailhouse_cache) == 12, "cache");
_Static_assert(sizeof(struct jailhouse_irqchip) == 32, "irqchip");
_Static_assert(sizeof(struct jailhouse_pio) == 4, "pio");
_Static_assert(sizeof(struct jailhouse_pci_device) == 56, "pci_device");
_Static_assert(sizeof(struct jailhouse_pci_capability) == 8, "pci_cap");
_Static_assert(sizeof(struct jailhouse_iommu) == 28, "iommu");
_Static_assert(sizeof(union jailhouse_stream_id) == 4, "stream_id");
_Static_assert(sizeof(struct jailhouse_cell_desc) == 132, "cell_desc");
_Static_assert(sizeof(struct jailhouse_system) == 488, "system");
_Static_assert(offsetof(struct jailhouse_system,
			platform_info.arm.maintenance_irq) == 312, "arm");
_Static_assert(offsetof(struct jailhouse_system,
			platform_info.arm.gicr_base) == 348, "gicr_base");
_Static_assert(offsetof(struct jailhouse_system, root_cell) == 356, "root");
#endif

#endif /* JAILHOUSE_CELL_CONFIG_H */
