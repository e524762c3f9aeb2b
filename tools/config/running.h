/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_RUNNING_H
#define TOOLS_RUNNING_H

/* The configurations of all cells that there are now. */

#include <stdbool.h>

#include "hardware/hardware.h"

#define RUNNING_MAX	64

struct running {
	unsigned int count;				/* 0: nothing is enabled */
	void *file[RUNNING_MAX];			/* to be freed; the first is the system's */
	const struct jailhouse_cell_desc *cell[RUNNING_MAX];	/* the first is root */
};

/* What cell @id was created with, for id 0 the system; *config is to be freed. An exit code. */
int running_read_config(unsigned int id, void **config, size_t *size, bool *is_system);

/* An exit code; running_free() is good after all of them. */
int running_read(struct running *running);
void running_free(struct running *running);

/* By its name; NULL: there is none. */
const struct jailhouse_cell_desc *running_find(const struct running *running, const char *name);

/* Can a new cell not have it: root has it for its links, or not at all, or another cell has it? */
bool running_keeps_irq(const struct running *running, u32 intid);

/* Of the virtual PCI host, or what it would be on @hardware if nothing runs. */
u16 running_pci_domain(const struct running *running, const struct hardware *hardware);

#endif /* TOOLS_RUNNING_H */
