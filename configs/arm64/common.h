/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CONFIGS_COMMON_H
#define CONFIGS_COMMON_H

/*
 * What the configurations of all boards have in common. Nothing in it is
 * needed: the structures of cell-config.h written out make the same file.
 */

#include <jailhouse/types.h>
#include <jailhouse/cell-config.h>
#include <cellblock/sharing.h>

/*
 * How many a list has: what is counted so cannot have one too few or too many.
 * An object has its arrays' sizes from it, and the descriptor's numbers from
 * the arrays.
 */
#define REGION_COUNT(...)	ARRAY_SIZE(((struct jailhouse_memory[]){ __VA_ARGS__ }))
#define CHIP_COUNT(...)		ARRAY_SIZE(((struct jailhouse_irqchip[]){ __VA_ARGS__ }))
#define DEVICE_COUNT(...)	ARRAY_SIZE(((struct jailhouse_pci_device[]){ __VA_ARGS__ }))

/* A cell's object: its descriptor, and in the format's order what that counts. */
#define CELL_CONFIG(regions, chips, devices)				\
	struct {							\
		CELL_FIELDS(regions, chips, devices);			\
	} __attribute__((packed))
#define CELL_FIELDS(regions, chips, devices)				\
	struct jailhouse_cell_desc cell;				\
	__u64 cpus[1];							\
	struct jailhouse_memory mem_regions[regions];			\
	struct jailhouse_irqchip irqchips[chips];			\
	struct jailhouse_pci_device pci_devices[devices]

/* The same of a cell with JAILHOUSE_CELL_SHARES_CPUS. */
#define SHARING_CELL_CONFIG(regions, chips, devices)			\
	struct {							\
		CELL_FIELDS(regions, chips, devices);			\
		struct cellblock_sharing sharing;			\
	} __attribute__((packed))

/* What it shares: CPUs @set by priority, or in slots { start, length } of a frame. */
#define SHARE_PRIORITY(set, budget_us, period_us)			\
	{								\
		.cpus = set,						\
		.policy = CELLBLOCK_SHARE_PRIORITY,			\
		.budget = budget_us,					\
		.period = period_us,					\
	}
#define SHARE_CYCLIC(set, period_us, ...)				\
	{								\
		.cpus = set,						\
		.policy = CELLBLOCK_SHARE_CYCLIC,			\
		.period = period_us,					\
		.num_slots = ARRAY_SIZE(((struct cellblock_share_slot[]){ __VA_ARGS__ })), \
		.slots = { __VA_ARGS__ },				\
	}

/* A system's object: the same behind its own header, which ends with root's. */
#define SYSTEM_CONFIG(regions, chips, devices)				\
	struct {							\
		struct jailhouse_system header;				\
		__u64 cpus[1];						\
		struct jailhouse_memory mem_regions[regions];		\
		struct jailhouse_irqchip irqchips[chips];		\
		struct jailhouse_pci_device pci_devices[devices];	\
	} __attribute__((packed))

#define SYSTEM_FORMAT							\
	.signature = JAILHOUSE_SYSTEM_SIGNATURE,			\
	.architecture = JAILHOUSE_ARM64,				\
	.revision = JAILHOUSE_CONFIG_REVISION

/* The fields of the descriptor in @object that follow from its format. */
#define CELL_FORMAT(object)						\
	.signature = JAILHOUSE_CELL_DESC_SIGNATURE,			\
	.architecture = JAILHOUSE_ARM64,				\
	.revision = JAILHOUSE_CONFIG_REVISION,				\
	.cpu_set_size = sizeof((object).cpus),				\
	.num_memory_regions = ARRAY_SIZE((object).mem_regions),		\
	.num_irqchips = ARRAY_SIZE((object).irqchips),			\
	.num_pci_devices = ARRAY_SIZE((object).pci_devices)

/* How long a cell may take to answer a shutdown request, in microseconds. */
#define REPLY_TIMEOUT		10000000

#define REGION(phys, virt, bytes, access)				\
	{								\
		.phys_start = phys,					\
		.virt_start = virt,					\
		.size = bytes,						\
		.flags = access,					\
	}
/* Guest-physical = physical, up to @end. */
#define RANGE(start, end, access)	REGION(start, start, (end) - (start), access)

#define ACCESS_RAM		(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | \
				 JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA)
#define ACCESS_CELL_RAM		(ACCESS_RAM | JAILHOUSE_MEM_LOADABLE)
#define ACCESS_MMIO		(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO)

/* The @nth 128 SPIs, all of them; the hypervisor leaves out what the GIC has not. */
#define SPIS(gicd, nth)							\
	{								\
		.address = gicd,					\
		.pin_base = 32 + 128 * (nth),				\
		.pin_bitmap = { ~0U, ~0U, ~0U, ~0U },			\
	}

/*
 * Where programs of the inmate library look for things: RAM from 0 on, the
 * communication region; and the page of the UART, which root goes on using.
 */
#define INMATE_COMM		0x80000000ULL
#define INMATE_PAGE(address)	((address) & ~0xfffULL)
#define INMATE_REGIONS(ram, bytes, uart)				\
	REGION(ram, 0, bytes, ACCESS_CELL_RAM),				\
	REGION(INMATE_PAGE(uart), INMATE_PAGE(uart), 0x1000,		\
	       ACCESS_MMIO | JAILHOUSE_MEM_ROOTSHARED),			\
	REGION(0, INMATE_COMM, 0x1000,					\
	       JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |		\
	       JAILHOUSE_MEM_COMM_REGION)

#endif /* CONFIGS_COMMON_H */
