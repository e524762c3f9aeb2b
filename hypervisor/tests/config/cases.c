// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

#include <cellblock/loader.h>
#include <lib/errno.h>
#include <string.h>

#include "cases.h"

#define GICC	0x08010000ULL
#define GICH	0x08030000ULL
#define GICV	0x08040000ULL

struct sample_system sys;
struct sample_cell cell, other;

/* What most cases change. */
static struct jailhouse_memory *const ram = &cell.mem[CELL_RAM];
static struct jailhouse_memory *const uart = &cell.mem[CELL_UART];
static struct jailhouse_memory *const comm = &cell.mem[CELL_COMM];
static struct jailhouse_memory *const gpio = &cell.mem[CELL_GPIO];
static struct jailhouse_memory *const link = &cell.mem[CELL_LINK];
static struct jailhouse_irqchip *const chip = &cell.irqchips[0];
static struct jailhouse_pci_device *const pci = &cell.pci[0];
static struct jailhouse_memory *const hv = &sys.header.hypervisor_memory;
static struct jailhouse_console *const con = &sys.header.debug_console;
static struct cellblock_sharing *const sharing = &cell.sharing;
static typeof(sys.header.platform_info) *const platform = &sys.header.platform_info;
static typeof(sys.header.platform_info.arm) *const arm = &sys.header.platform_info.arm;

void config_case_begin(void)
{
	sys = sample_system;
	cell = other = sample_cell;
	memcpy(other.cell.name, "other", 6);
	other.cpus[0] = 2;
	other.irqchips[0].pin_bitmap[0] = 2;
	/* no link */
	other.pci[0].type = JAILHOUSE_PCI_TYPE_DEVICE;
	other.mem[CELL_RAM].phys_start += SAMPLE_CELL_SIZE;
}

size_t config_case_size(const struct sample_cell *config)
{
	return config_sharing(&config->cell) ? sizeof(*config) :
	       offsetof(struct sample_cell, sharing);
}

static void make_gicv2(void)
{
	*arm = (typeof(*arm)){ .gic_version = 2, .gicd_base = SAMPLE_GICD, .gicc_base = GICC };
}

/* The other cell gets the other end of the link. */
static void make_peer(void)
{
	other.pci[0] = cell.pci[0];
	other.cell.vpci_irq_base = 33 - 32 - 1;
	other.pci[0].shmem_dev_id = 0;
	other.mem[CELL_LINK + 2].flags |= JAILHOUSE_MEM_WRITE;
	other.mem[CELL_LINK + 3].flags &= ~(u64)JAILHOUSE_MEM_WRITE;
}

static void make_window(u64 access)
{
	gpio->phys_start = gpio->virt_start = 0xb000000;
	gpio->size = 0x1000;
	gpio->flags = JAILHOUSE_MEM_REMOTE | access;
}

/* A plan with two slots. */
static void make_cyclic(struct sample_cell *config)
{
	sample_share(config);
	config->sharing.policy = CELLBLOCK_SHARE_CYCLIC;
	config->sharing.num_slots = 2;
	config->sharing.slots[0] = (struct cellblock_share_slot){ 1000, 500 };
	config->sharing.slots[1] = (struct cellblock_share_slot){ 5000, 1000 };
}

/* Each line of the table is a function, and an element that points to it. */
#define NAME_AT(line)	change_##line
#define NAME(line)	NAME_AT(line)
#define SYSTEM(...)	CASE(CASE_SYSTEM, __VA_ARGS__)
#define CELL(...)	CASE(CASE_CELL, __VA_ARGS__)
#define PAIR(...)	CASE(CASE_PAIR, __VA_ARGS__)
#define CELLS(...)	CASE(CASE_CELLS, __VA_ARGS__)

#define CASE(kind, result, sentence, ...) \
	static void NAME(__LINE__)(void) { __VA_ARGS__; }
#include "cases.inc"
#undef CASE

#define CASE(kind, result, sentence, ...) \
	{ kind, result, sentence, #__VA_ARGS__, NAME(__LINE__) },
const struct config_case config_cases[] = {
#include "cases.inc"
};

const unsigned int config_cases_count = ARRAY_SIZE(config_cases);
