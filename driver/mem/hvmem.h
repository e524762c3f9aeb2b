/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_HVMEM_H
#define DRIVER_HVMEM_H

/* Memory of the hypervisor and the cells: who uses which. */

#include <linux/types.h>

struct jailhouse_error;

/**
 * enum hvmem_use - what memory is taken for
 * @HVMEM_HYPERVISOR: the hypervisor itself
 * @HVMEM_CARVEOUT: cells that come later; root must not see it
 * @HVMEM_ROOT_SHARED: root, to share it with cells (IVSHMEM)
 * @HVMEM_CELL: one cell alone
 * @HVMEM_CELL_SHARED: cells that all share it with root
 *
 * The first three are taken when the hypervisor is enabled and given back when
 * it is disabled; the others come and go with a cell, inside of them or not.
 */
enum hvmem_use {
	HVMEM_HYPERVISOR,
	HVMEM_CARVEOUT,
	HVMEM_ROOT_SHARED,
	HVMEM_CELL,
	HVMEM_CELL_SHARED,
};

/**
 * hvmem_take() - take memory from Linux, or note who uses it
 * @start: physical address, page-aligned
 * @size: bytes, page-aligned
 * @use: what for
 * @owner: whose it is then, for messages; must live until hvmem_return()
 * @err: receives the sentence of a refusal
 *
 * From RAM of Linux it moves its own data out, and what is there is zeroed, out
 * of the caches too. Memory that is not Linux's is only noted as used, and
 * zeroed if root can reach it.
 *
 * Return: 0, -EINTR on a signal, or another negative errno; then nothing has
 * changed.
 */
int hvmem_take(u64 start, u64 size, enum hvmem_use use, const char *owner,
	       struct jailhouse_error *err);

/**
 * hvmem_return() - give memory back
 * @start: as it was taken
 * @size: as it was taken
 * @use: as it was taken
 *
 * What nobody uses any more is zeroed and goes back to Linux if it was Linux's.
 */
void hvmem_return(u64 start, u64 size, enum hvmem_use use);

#endif /* DRIVER_HVMEM_H */
