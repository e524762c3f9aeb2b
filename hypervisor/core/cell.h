/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_CELL_H
#define CORE_CELL_H

#include <cellblock/remote.h>
#include <config/config.h>
#include <core/mmio.h>
#include <core/paging.h>
#include <core/percpu.h>

/* A request to the cell that is waiting for its answer. */
struct cell_request {
	bool pending;
	u64 deadline;		/* arch_counter() ticks, 0: none */
};

/* A doorbell register that is found without a search (core/ivshmem.h). */
struct cell_doorbell {
	u64 key;		/* guest-physical page + 1; 0: free */
	struct ivshmem_link *link;
};

#define CELL_DOORBELLS	16

struct pci_function;

/*
 * Windows that a program in root answers for (vdev/remote.c). cells_lock, but for what CPUs
 * of the cell look at.
 */
struct cell_remote {
	struct cellblock_remote_page *page;	/* NULL: it has none */
	u32 intid;		/* root's interrupt */
	u32 attachments;	/* odd */
	u32 attached;		/* number of the present one; 0: nobody answers */
	u64 timeout;		/* ticks of arch_counter() */
	u64 notify;		/* as CELLBLOCK_HC_REMOTE_NOTIFY has it */
};

struct cell {
	/* stage 2; for updates, and to look whether one is going on */
	spinlock_t mm_lock;	/* first: no instruction to make its address */
	struct cell *next;	/* control lock and cells_lock; the list starts with root */
	u32 id;
	cpu_set_t cpus;		/* changes under the control lock */
	cpu_set_t shared;	/* of these, those that are root's as well */
	const struct jailhouse_cell_desc *config; /* our own copy */
	size_t config_pages;	/* of it, 0 for root */

	struct paging mem;	/* stage 2; mm_lock */
	bool hidden;		/* mm_lock: by control.c, to stop its CPUs */

	struct jailhouse_comm_region *comm;	/* one page, shared with the cell */
	u64 comm_address;	/* guest-physical; 0: the cell does not have it */
	struct cell_request shutdown;	/* control lock */
	bool loadable;		/* root has the loadable regions mapped */
	u64 cleared;		/* bytes, by cell_mem.c's steps; control lock */
	/* no CPU of it may start: set before they are stopped. A word, as exits look at it */
	volatile u32 stopped;
	bool reset;		/* its own last word was PSCI SYSTEM_RESET(2) */

	/*
	 * fault_lock; why and where it has failed (core/fault.h), what it accessed
	 * and does not have (core/permissive.h), random words that nobody has had
	 */
	spinlock_t fault_lock;
	struct cellblock_record record;
	u64 entropy[CELLBLOCK_ENTROPY_WORDS];
	u32 entropy_count;

	struct mmio_table mmio;
	/* virtual PCI functions; mm_lock for their configuration space */
	struct pci_function *pci;
	u32 num_pci;
	struct cell_doorbell doorbell[CELL_DOORBELLS];
	struct cell_remote remote;
	struct arch_cell arch;
};

_Static_assert(sizeof(struct cell) <= PAGE_SIZE, "a cell fits one page");

extern struct cell root_cell;

/*
 * The vcpu that a cell has on a CPU; NULL: none. Takes the lock of a CPU that the cell
 * shares. Not inline: many ask for it.
 */
struct vcpu *cell_vcpu(const struct cell *cell, const struct cpu *cpu)
	__attribute__((noinline));

/* The vcpus of a cell. */
#define for_each_vcpu(v, c)						\
	for (cpu_set_t __set = (c)->cpus; __set; __set &= __set - 1)	\
		if (((v) = cell_vcpu(c, cpus[__builtin_ctzll(__set)])))

#define for_each_cell(c)	for ((c) = &root_cell; (c); (c) = (c)->next)

/* Builds the root cell from the system configuration. OP_INIT. */
int cell_init_root(void);

/*
 * The management hypercalls. Called by a CPU of the root cell; 0 (create: the
 * id) or a refused negative errno with the old state intact. -ERESTART of create,
 * destroy and shutdown: one step is done, and the same call on any CPU goes on.
 */
s64 cell_create(u64 config_address);
s64 cell_start(u64 id);
s64 cell_set_loadable(u64 id);
s64 cell_destroy(u64 id);
s64 cell_shutdown(u64 id, u64 op);	/* CELLBLOCK_SHUTDOWN_* */
s64 cell_get_state(u64 id);
s64 cell_watch(u64 id, u64 entropy);
s64 cell_fault(u64 id);
s64 cell_comm(u64 id, u64 word);

/* A random word of the cell's into each of @count; false: it has not as many. */
bool cell_take_entropy(struct cell *cell, u64 *to, unsigned int count);

/* What a creation has made that waits for its next step, or NULL. Control lock. */
extern struct cell *cell_unfinished;

/*
 * Undoes what a creation has done that waits for its next step, if there is one: its
 * caller may never come back. If it does, it begins anew.
 */
void cell_drop_unfinished(void);

/* Number of cells, root included. Changes under the control lock. */
extern unsigned int cell_count;
/* Also for what calls do with a cell that they find without the control lock. */
extern spinlock_t cells_lock;

/*
 * A guest did what it must not on the calling CPU: reports, marks the CPU and
 * its cell failed and parks the CPU. Not for the root cell.
 */
void cell_fail(void) __attribute__((noreturn));

/* A guest switches its CPU off (PSCI CPU_OFF). */
void cell_cpu_off(void) __attribute__((noreturn));

/* The cell switches itself off (PSCI SYSTEM_OFF, SYSTEM_RESET): parks its CPUs. */
void cell_stop_self(bool reset) __attribute__((noreturn));

#endif /* CORE_CELL_H */
