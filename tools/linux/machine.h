/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_MACHINE_H
#define TOOLS_MACHINE_H

/* The machine that a cell is part of: what a cell's configuration leaves out. */

#include <stdbool.h>

#include <jailhouse/types.h>

struct machine {
	u64 gic_version;
	u64 gicd_base;
	u64 gicc_base;
	u64 gicr_base;
	u64 pci_mmconfig_base;		/* of the virtual PCI host */
	u64 pci_mmconfig_end_bus;
	u64 pci_domain;
	u64 pci_is_virtual;
	u64 redistributors;		/* GICR frames from gicr_base on */
};

/* From the driver, which must be enabled. Returns an exit code. */
int machine_read(struct machine *machine);

/* MPIDR of a CPU by its number in Linux. Returns an exit code. */
int machine_read_mpidr(u64 *mpidr, unsigned int cpu);

/* The three cells of the interrupt of the device at @address in root's device tree. */
bool machine_find_interrupt(u32 interrupt[3], u64 address);

#endif /* TOOLS_MACHINE_H */
