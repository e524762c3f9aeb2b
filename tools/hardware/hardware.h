/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_HARDWARE_H
#define TOOLS_HARDWARE_H

/*
 * What a machine is: from its device tree, from /proc/iomem, and from the CPUs
 * that Linux has; of the machine that this runs on, of one that was collected
 * in a folder, or of files.
 */

#include <stdbool.h>

#include <jailhouse/cell-config.h>

#include "hardware/areas.h"

#define HARDWARE_MAX_CPUS	64
#define HARDWARE_MAX_UARTS	32
#define HARDWARE_MAX_OTHERS	16
#define HARDWARE_TEXT		64

struct hardware_source {
	const char *folder;	/* with sys and proc below it; NULL: this machine */
	const char *tree;	/* files instead of what is there, or NULL */
	const char *iomem;
};

struct hardware_gic {
	unsigned int version;		/* 0: none that is known */
	u64 gicd, gicd_size;
	u64 gicr, gicr_size;		/* the first region of redistributors */
	unsigned int gicr_regions;
	u64 gicc, gich, gicv;
	u64 its;			/* 0: none */
	u32 maintenance;		/* INTID */
};

struct hardware_uart {
	char path[HARDWARE_TEXT * 2];
	char compatible[HARDWARE_TEXT];
	struct jailhouse_console console;
	u32 intid;			/* 0: not known */
};

/* A PCI host or an IOMMU */
struct hardware_other {
	char path[HARDWARE_TEXT * 2];
	char compatible[HARDWARE_TEXT];
	u64 address;
};

struct hardware_others {
	unsigned int count;
	struct hardware_other list[HARDWARE_MAX_OTHERS];
};

struct hardware {
	bool is_here;			/* it is this machine */
	void *tree;			/* the device tree */
	char *interrupts;		/* /proc/interrupts; NULL: not read */
	char model[HARDWARE_TEXT];
	char compatible[HARDWARE_TEXT];	/* the first */

	unsigned int num_cpus;
	u64 cpu_set;			/* by Linux's numbers: those that are online */
	u64 cpus_left_out;		/* those that are not */
	u64 mpidr[HARDWARE_MAX_CPUS];	/* by order in the tree */
	u64 psci_cpus;			/* by Linux's numbers: those that PSCI switches on */
	char psci[HARDWARE_TEXT];	/* compatible; empty: none */
	char conduit[8];		/* smc or hvc */

	struct areas ram;		/* all of it, also what Linux does not have */
	struct areas linux_ram;		/* /proc/iomem's System RAM, if that was read */
	struct areas kept;		/* RAM that Linux cannot give away */
	struct areas cma;		/* with pages of 64 KiB: what it can give away best */
	struct areas devices;
	bool has_iomem;

	struct hardware_gic gic;
	unsigned int num_uarts;
	struct hardware_uart uart[HARDWARE_MAX_UARTS];
	int stdout_uart;		/* index; -1: none that is known */
	struct hardware_others pci;
	struct hardware_others iommu;
};

/* -r DIR, or --dtb FILE and perhaps --iomem FILE: what goes together, or it is said. */
#define HARDWARE_OPTIONS(source)				\
	OPTION_TEXT('r', "root", &(source)->folder),		\
	OPTION_TEXT(0, "dtb", &(source)->tree),			\
	OPTION_TEXT(0, "iomem", &(source)->iomem)
int hardware_check_options(const struct hardware_source *source);

/* Returns an exit code; *hardware is to be given to hardware_free() after 0. */
int hardware_read(const struct hardware_source *source, struct hardware **hardware);
void hardware_free(struct hardware *hardware);

/* The UART at an address (0x9000000), of a path or of an alias; NULL after saying so. */
const struct hardware_uart *hardware_find_uart(const struct hardware *hardware,
					       const char *name);

#endif /* TOOLS_HARDWARE_H */
