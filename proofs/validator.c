// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Every configuration of these shapes, whatever its other bytes are, through all of the
 * validator that is in the hypervisor: no access outside it, no shift or division that C does
 * not define, no end that is not reached. The first cell and the system that it is held
 * against, and another cell; of a link's peers what can fit, and all other numbers together.
 *
 * Mutants
 *	config.c	s/word >= CONFIG_IRQ_WORDS/word > CONFIG_IRQ_WORDS/
 *	config.c	s/return size >= needed ?/return size ?/
 *	config.c	s/if (!config_has_sections(desc, dev))/if (0)/
 *	config_cells.c	s/if (!err \&\& config_has_sections(a, ours))/if (!err)/
 */

#include <stdlib.h>

#include "__fc_builtin.h"

#include <config/config.h>

struct shape {
	u32 cpus, mem, chips, pci, caps, streams;
	/* of its PCI devices */
	u32 type_from, type_to, peers_from, peers_to;
	bool shares;
};

int refuse(int code, const char *fmt, ...)
{
	(void)fmt;
	return code;
}

/*@ assigns \result \from type; */
bool uart_is_supported(u32 type);

static void set_shape(struct jailhouse_cell_desc *desc, const struct shape *shape)
{
	desc->cpu_set_size = shape->cpus;
	desc->num_memory_regions = shape->mem;
	desc->num_cache_regions = shape->streams;
	desc->num_irqchips = shape->chips;
	desc->num_pio_regions = shape->streams;
	desc->num_pci_devices = shape->pci;
	desc->num_pci_caps = shape->caps;
	desc->num_stream_ids = shape->streams;
	if (shape->shares)
		desc->flags |= JAILHOUSE_CELL_SHARES_CPUS;
	else
		desc->flags &= ~JAILHOUSE_CELL_SHARES_CPUS;
}

/* Exactly as many bytes as the shape and what is @before it have; @size gets how many. */
static u8 *any(const struct shape *shape, u64 before, u64 *size)
{
	struct jailhouse_cell_desc *desc, empty = { 0 };
	struct jailhouse_pci_device *dev;
	u8 *bytes;
	u32 n;

	set_shape(&empty, shape);
	*size = before + config_size(&empty);
	bytes = malloc(*size);
	if (!bytes)
		exit(1);
	Frama_C_make_unknown((char *)bytes, *size);
	desc = (void *)(bytes + before);
	set_shape(desc, shape);
	dev = (void *)config_pci_devices(desc);
	for (n = 0; n < shape->pci; n++) {
		dev[n].type = (u8)Frama_C_unsigned_int_interval(shape->type_from,
								shape->type_to);
		dev[n].shmem_peers = (u8)Frama_C_unsigned_int_interval(shape->peers_from,
								       shape->peers_to);
	}
	return bytes;
}

static void whole(const struct shape *shape)
{
	struct shape alone = *shape;
	u64 sys_size, size, other_size;
	struct jailhouse_system *sys;
	struct jailhouse_cell_desc *cell, *other, *unchecked;

	alone.shares = false;
	sys = (void *)any(&alone, offsetof(struct jailhouse_system, root_cell), &sys_size);
	cell = (void *)any(shape, 0, &size);
	other = (void *)any(&alone, 0, &other_size);
	if (config_check_cell(cell, size))
		return;
	if (!config_check_system(sys, sys_size))
		config_check_cell_in_system(sys, cell);
	if (config_check_cell(other, other_size))
		return;
	config_check_cells(cell, other, false);
	/* the driver asks before anybody has looked at it */
	unchecked = (void *)any(shape, 0, &size);
	unchecked->name[JAILHOUSE_CELL_NAME_MAXLEN] = 0;
	config_check_cells(unchecked, other, false);
	config_check_plans(unchecked, other);
}

/* Fewer bytes than the counts say, which may be anything. */
static void truncated(void)
{
	u64 size = sizeof(struct jailhouse_cell_desc);
	char *bytes = malloc(size);

	if (!bytes)
		exit(1);
	Frama_C_make_unknown(bytes, size);
	((struct jailhouse_cell_desc *)bytes)->num_memory_regions =
		Frama_C_unsigned_int_interval(1, ~0U);
	config_check_cell((void *)bytes, size);
	config_check_cell((void *)bytes, Frama_C_unsigned_int_interval(0, (u32)size));
}

#define OTHERS	.type_to = JAILHOUSE_PCI_TYPE_IVSHMEM - 1, .peers_to = 255
#define LINKS(from, to)	.type_from = JAILHOUSE_PCI_TYPE_IVSHMEM, \
			.type_to = JAILHOUSE_PCI_TYPE_IVSHMEM, \
			.peers_from = from, .peers_to = to

/* -DCASE=n for each of them: together they would be taken for a mixture. */
static const struct shape cases[] = {
	{ .cpus = 8, .chips = 2 },
	{ .cpus = 1, .mem = 4, .pci = 1, LINKS(2, 2) },
	{ .shares = true },
	{ .cpus = 9, .mem = 2, .chips = 1, .pci = 2, .caps = 1, .streams = 1, OTHERS,
	  .shares = true },
	{ .cpus = 8, .pci = 1, .type_from = JAILHOUSE_PCI_TYPE_IVSHMEM + 1, .type_to = 255 },
	{ .cpus = 8, .mem = 5, .chips = 1, .pci = 1, .caps = 2, LINKS(0, 1) },
	{ .cpus = 8, .mem = 5, .chips = 1, .pci = 1, LINKS(3, 3) },
	{ .cpus = 8, .mem = 5, .chips = 1, .pci = 1, LINKS(4, 255) },
	{ .cpus = 1, .mem = 5, .pci = 2, LINKS(2, 2) },
};

int main(void)
{
	truncated();
	whole(&cases[CASE]);
	return 0;
}
