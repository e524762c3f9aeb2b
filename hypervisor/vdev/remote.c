// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/arch.h>
#include <lib/errno.h>
#include <vdev/remote.h>

/* of a range of notifications: its first register, and how many */
#define NOTIFY_COUNT_SHIFT	48
#define NOTIFY_START		((1ULL << NOTIFY_COUNT_SHIFT) - 1)

#define LOAD(field)	__atomic_load_n(&(field), __ATOMIC_RELAXED)

/* By which nobody but root is interrupted: it may have given the interrupt away. */
static void interrupt_root(const struct cell_remote *remote)
{
	/* what was written is seen before what root has written is looked at */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!LOAD(remote->page->quiet) && arch_irq_is_spi_of(&root_cell, remote->intid))
		arch_irq_pend(remote->intid);
}

/* Accesses */

/* A write that the CPU does not wait for. */
static bool notify(const struct cell_remote *remote, u64 address, u8 size)
{
	u64 range = LOAD(remote->notify);
	u64 offset = address - (range & NOTIFY_START);
	u8 *notified;

	if (offset >= 4 * (range >> NOTIFY_COUNT_SHIFT) || offset % 4 || size != 4)
		return false;
	notified = &remote->page->notified[offset / 4];
	/* the guest's stores come before: the program sees them, or this one */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!LOAD(*notified)) {
		__atomic_store_n(notified, 1, __ATOMIC_RELAXED);
		interrupt_root(remote);
	}
	return true;
}

/* Nobody is waited for from now on. */
static void detach(struct cell_remote *remote)
{
	remote->attached = 0;
	remote->page->attached = 0;
}

static void give_up(struct cell_remote *remote, u32 attached)
{
	spin_lock(&cells_lock);
	/* unless somebody has come anew */
	if (remote->attached == attached)
		detach(remote);
	spin_unlock(&cells_lock);
	interrupt_root(remote);
}

/* Is the answer there? False as well when the cell is being stopped. */
static bool wait(struct cell *cell, const struct cellblock_remote_slot *slot, u32 answer)
{
	u64 begin = arch_counter(), timeout = cell->remote.timeout;
	u32 attached = LOAD(cell->remote.attached);

	while (attached && LOAD(cell->remote.attached) == attached && !cell->stopped) {
		if (__atomic_load_n(&slot->state, __ATOMIC_ACQUIRE) == answer)
			return true;
		if (arch_counter() - begin > timeout)
			give_up(&cell->remote, attached);
		cpu_relax();
	}
	return false;
}

/* All ones if nobody answers. */
static u64 ask(struct vcpu *vcpu, const struct mmio_access *access, u64 address)
{
	struct cell_remote *remote = &vcpu->cell->remote;
	struct cellblock_remote_slot *slot = &remote->page->slot[vcpu->cpu->id];
	u64 bits = mmio_ones(access), value = ~0ULL;
	u32 state = (LOAD(slot->state) + 2) | 1;

	slot->address = address;
	slot->value = access->value & bits;
	slot->size = access->size;
	slot->is_write = access->is_write;
	/* whoever finds it asked finds all of it */
	__atomic_store_n(&slot->state, state, __ATOMIC_RELEASE);
	interrupt_root(remote);
	if (wait(vcpu->cell, slot, state + 1))
		value = LOAD(slot->value);
	else
		__atomic_store_n(&slot->state, state + 1, __ATOMIC_RELAXED);
	return value & bits;
}

/* @arg: the region */
static enum mmio_result remote_access(void *arg, struct mmio_access *access)
{
	const struct jailhouse_memory *mem = arg;
	struct vcpu *vcpu = arch_this_vcpu();
	u64 address = mem->virt_start + access->address, value;

	if (!(mem->flags & (access->is_write ? JAILHOUSE_MEM_WRITE : JAILHOUSE_MEM_READ)))
		return MMIO_ERROR;
	if (access->is_write && notify(&vcpu->cell->remote, address, access->size))
		return MMIO_HANDLED;
	value = ask(vcpu, access, address);
	if (!access->is_write)
		access->value = value;
	return MMIO_HANDLED;
}

/* Time */

bool remote_has_clock(const struct cell *cell)
{
	return cell->remote.page && LOAD(cell->remote.page->clock);
}

/* A window that no guest can reach is where root is asked. */
s64 remote_time(u64 *counter)
{
	static const struct jailhouse_memory window = {
		.virt_start = CELLBLOCK_REMOTE_TIME, .flags = JAILHOUSE_MEM_READ,
	};
	struct mmio_access access = { .size = 8 };
	struct vcpu *vcpu = arch_this_vcpu();

	remote_access((void *)&window, &access);
	*counter = LOAD(vcpu->cell->remote.page->slot[vcpu->cpu->id].counter);
	return (s64)access.value;
}

/* Hypercalls */

/* With the lock held if there is one. */
static struct cell *lock_cell(u64 id)
{
	struct cell *cell;

	spin_lock(&cells_lock);
	for_each_cell(cell)
		if (cell->id == id && cell->remote.page)
			return cell;
	spin_unlock(&cells_lock);
	return NULL;
}

s64 remote_attach(u64 id, u64 how)
{
	u32 ms = (u32)how, intid = (u32)(how >> 32);
	struct cell_remote *remote;
	struct cell *cell;

	if (ms > CELLBLOCK_REMOTE_MAX_MS || (ms && !arch_irq_is_spi_of(&root_cell, intid)))
		return -EINVAL;
	cell = lock_cell(id);
	if (!cell)
		return -ENOENT;
	remote = &cell->remote;
	detach(remote);
	if (ms) {
		remote->intid = intid;
		remote->timeout = arch_counter_hz() * ms / 1000;
		remote->attachments += 2;
		remote->page->attached = remote->attachments;
		/* who finds it finds the time-out */
		__atomic_store_n(&remote->attached, remote->attachments, __ATOMIC_RELEASE);
	}
	spin_unlock(&cells_lock);
	return (s64)arch_virt_to_phys(remote->page);
}

s64 remote_notify(u64 id, u64 range)
{
	struct cell *cell;

	if (range >> NOTIFY_COUNT_SHIFT > CELLBLOCK_REMOTE_NOTIFICATIONS || range % 4)
		return -EINVAL;
	cell = lock_cell(id);
	if (!cell)
		return -ENOENT;
	__atomic_store_n(&cell->remote.notify, range, __ATOMIC_RELAXED);
	spin_unlock(&cells_lock);
	return 0;
}

s64 remote_irq(u64 id, u64 irq)
{
	struct cell *cell = lock_cell(id);
	u32 intid = (u32)irq;
	int err = 0;

	if (!cell)
		return -ENOENT;
	if (!arch_irq_is_spi_of(cell, intid))
		err = -EINVAL;
	else if (!(irq >> 32))
		arch_irq_unpend(intid);
	else if (!cell->stopped)
		arch_irq_pend(intid);
	spin_unlock(&cells_lock);
	return err;
}

/* Life */

void remote_release(struct cell *cell)
{
	u64 page;

	if (!cell->remote.page)
		return;
	page = arch_virt_to_phys(cell->remote.page);
	spin_lock(&root_cell.mm_lock);
	paging_unmap(&root_cell.mem, page, PAGE_SIZE);
	paging_collapse(&root_cell.mem, page, PAGE_SIZE, true);
	spin_unlock(&root_cell.mm_lock);
	page_free(cell->remote.page, 1);
}

/* It is root's as well, at its physical address. */
static int make_page(struct cell *cell)
{
	u64 page;
	int err;

	cell->remote.page = page_alloc(1, 1);
	if (!cell->remote.page)
		return -ENOMEM;
	page = arch_virt_to_phys(cell->remote.page);
	cell->remote.attachments = 1;
	spin_lock(&root_cell.mm_lock);
	err = paging_map(&root_cell.mem, page, page, PAGE_SIZE,
			 arch_mem_attrs(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE),
			 PAGING_NO_COLLAPSE);
	spin_unlock(&root_cell.mm_lock);
	return err;
}

int remote_register(struct cell *cell, const struct jailhouse_memory *mem)
{
	int err = cell->remote.page ? 0 : make_page(cell);

	return err ? err : mmio_register(&cell->mmio, mem->virt_start, mem->size,
					 remote_access, (void *)mem);
}
