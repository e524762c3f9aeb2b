/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_KERNEL_H
#define FAKE_KERNEL_H

/*
 * The kernel that a host test has: what the headers of this folder offer to
 * the driver's sources, all of it said by the test.
 */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <jailhouse/types.h>

#define __printf(fmt, args)	__attribute__((__format__(printf, fmt, args)))

enum arm_smccc_conduit {
	SMCCC_CONDUIT_NONE,
	SMCCC_CONDUIT_SMC,
	SMCCC_CONDUIT_HVC,
};

#define FAKE_CPUS	4

struct fake_linux {
	bool at_el2;		/* VHE */
	enum arm_smccc_conduit conduit;
	const char *psci_method;	/* of the device tree; NULL: none */
	bool has_acpi, acpi_says_hvc;
	u64 id_aa64pfr0_el1;
	u64 cntfrq_el0[FAKE_CPUS];
	bool masks_by_priority;	/* pseudo-NMI */
	unsigned long online;	/* CPUs, as a mask */
	unsigned long housekeeping[2];	/* masks, by enum hk_type; 0: not asked for */
	bool never_offline, not_hotpluggable;	/* each CPU */
};

extern struct fake_linux fake_linux;

#endif /* FAKE_KERNEL_H */
