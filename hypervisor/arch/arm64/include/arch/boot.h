/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARCH_BOOT_H
#define ARCH_BOOT_H

#include <cellblock/loader.h>
#include <cpu/percpu_private.h>

/* What OP_INIT owes Linux; its stack is the rest of BOOT_AREA_SIZE bytes. */
struct boot_area {
	struct linux_el2 linux_el2;
	u64 x19_x30[12];
	u64 elr, spsr;		/* lost by a fault of OP_INIT */
};

struct cpu_context;

extern const struct cellblock_header hv_header;

/*
 * First-level tables (physical) that entry.S takes on OP_ENTER, by logical
 * CPU; 0 for CPUs without. Read with the MMU off: clean to PoC once written.
 */
extern u64 cpu_boot_ttbr[CELLBLOCK_MAX_CPUS];

/* Bytes of the tables that boot_map() makes for this much memory. */
u64 boot_tables_size(u64 memory_size);

/*
 * With the MMU off: maps hypervisor memory at HV_BASE, and text's first page at its
 * physical address too. Returns the first-level table's physical address, 0 if the
 * memory does not hold it or lies where it cannot be mapped.
 */
u64 boot_map(void);

/* The result of OP_INIT after a fault in it, refused. */
s64 report_init_fault(u64 esr, u64 va);

/* See entry.S. */
void el2_leave(u64 percpu_phys) __attribute__((noreturn));
/* See vectors.S. */
void vmreturn(void) __attribute__((noreturn));
void vmenter(const struct cpu_context *next) __attribute__((noreturn));

#endif /* ARCH_BOOT_H */
