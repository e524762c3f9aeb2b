// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* Changing a configuration, without asking whether it makes sense */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cellblock/config.h>

#include "cellblock.h"
#include "errors.h"


bool err_read_config(struct err_config *c, const char *name)
{
	void *data = cb_read_config(name ? name : cb_system_config(), &c->size);

	if (!data || c->size > sizeof(c->bytes))
		return false;
	memset(c->bytes, 0, sizeof(c->bytes));
	memcpy(c->bytes, data, c->size);
	free(data);
	return true;
}

struct jailhouse_cell_desc *err_desc(struct err_config *c)
{
	return c->bytes[2] == 'S' ? &c->sys.root_cell : &c->cell;
}

uint64_t *err_cpus(struct err_config *c)
{
	return (uint64_t *)config_cpu_set(err_desc(c));
}

struct jailhouse_memory *err_mem(struct err_config *c, unsigned int n)
{
	return (struct jailhouse_memory *)config_mem_regions(err_desc(c)) + n;
}

struct jailhouse_irqchip *err_irqchip(struct err_config *c, unsigned int n)
{
	return (struct jailhouse_irqchip *)config_irqchips(err_desc(c)) + n;
}

struct jailhouse_pci_device *err_pci(struct err_config *c, unsigned int n)
{
	return (struct jailhouse_pci_device *)config_pci_devices(err_desc(c)) + n;
}

/* Makes room of zeros. */
static void *insert(struct err_config *c, void *place, size_t size)
{
	uint8_t *at = place;
	size_t offset = (size_t)(at - c->bytes);

	memmove(at + size, at, c->size - offset);
	memset(at, 0, size);
	c->size += size;
	return at;
}

struct jailhouse_memory *err_add_mem(struct err_config *c)
{
	void *at = err_mem(c, err_desc(c)->num_memory_regions);

	err_desc(c)->num_memory_regions++;
	return insert(c, at, sizeof(struct jailhouse_memory));
}

struct jailhouse_irqchip *err_add_irqchip(struct err_config *c)
{
	void *at = err_irqchip(c, err_desc(c)->num_irqchips);

	err_desc(c)->num_irqchips++;
	return insert(c, at, sizeof(struct jailhouse_irqchip));
}

struct jailhouse_pci_device *err_add_pci(struct err_config *c)
{
	void *at = err_pci(c, err_desc(c)->num_pci_devices);

	err_desc(c)->num_pci_devices++;
	return insert(c, at, sizeof(struct jailhouse_pci_device));
}

void err_remove_pci(struct err_config *c)
{
	uint8_t *last = (uint8_t *)err_pci(c, --err_desc(c)->num_pci_devices);
	size_t size = sizeof(struct jailhouse_pci_device);

	memmove(last, last + size, (size_t)(c->bytes + c->size - (last + size)));
	c->size -= size;
}

uint8_t *err_widen_cpus(struct err_config *c, unsigned int bytes)
{
	insert(c, err_mem(c, 0), bytes);
	err_desc(c)->cpu_set_size += bytes;
	return (uint8_t *)err_mem(c, 0) - 1;
}

uint64_t err_iomem(const char *name)
{
	FILE *file = fopen("/proc/iomem", "r");
	unsigned long long start, found = 0;
	char line[128], what[64];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, " %llx-%*x : %63[^\n]", &start, what) == 2 &&
		    !strcmp(what, name)) {
			found = start;
			break;
		}
	if (file)
		fclose(file);
	return found;
}

const void *err_at_border(const struct err_config *c, size_t size)
{
	size_t page = (size_t)getpagesize(), room = (size + page - 1) & ~(page - 1);
	uint8_t *map = mmap(NULL, room + page, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED)
		return NULL;
	munmap(map + room, page);
	return memcpy(map + room - size, c->bytes, size);
}
