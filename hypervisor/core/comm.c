// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/arch.h>
#include <core/comm.h>
#include <lib/errno.h>
#include <core/main.h>
#include <lib/printk.h>
#include <lib/string.h>

static bool passive(const struct cell *cell)
{
	return cell->config->flags & JAILHOUSE_CELL_PASSIVE_COMMREG;
}

/*
 * A cell may have its caches off. Before a word is read or written: what the
 * cell has written is seen, and not overwritten with the rest of the line.
 * After a write: the cell sees it.
 */
static __attribute__((noinline)) void sync(const struct cell *cell)
{
	arch_sync_uncached(cell->comm, sizeof(*cell->comm));
}

void comm_reset(struct cell *cell)
{
	struct jailhouse_comm_region *comm = cell->comm;
	const struct jailhouse_cell_desc *config = cell->config;

	memset(comm, 0, PAGE_SIZE);
	memcpy(comm->signature, COMM_REGION_MAGIC, sizeof(comm->signature));
	comm->revision = COMM_REGION_ABI_REVISION;
	comm->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
	if (CELL_FLAGS_VIRTUAL_CONSOLE_PERMITTED(config->flags))
		comm->flags |= JAILHOUSE_COMM_FLAG_DBG_PUTC_PERMITTED;
	if (CELL_FLAGS_VIRTUAL_CONSOLE_ACTIVE(config->flags))
		comm->flags |= JAILHOUSE_COMM_FLAG_DBG_PUTC_ACTIVE;
	comm->console = config->console;
	comm->pci_mmconfig_base = system_config->platform_info.pci_mmconfig_base;
	comm->gic_version = system_config->platform_info.arm.gic_version;
	comm->gicd_base = system_config->platform_info.arm.gicd_base;
	comm->gicc_base = system_config->platform_info.arm.gicc_base;
	comm->gicr_base = system_config->platform_info.arm.gicr_base;
	comm->vpci_irq_base = config->vpci_irq_base;
	if (config->flags & JAILHOUSE_CELL_WATCHED)
		comm->watchdog_timeout = CELLBLOCK_WATCH_START_MS;
	arch_sync_uncached(comm, PAGE_SIZE);
}

u32 comm_state(const struct cell *cell)
{
	u32 state;

	sync(cell);
	/* read once: the cell can write it at any time */
	state = cell->comm->cell_state;
	return state <= JAILHOUSE_CELL_FAILED_COMM_REV ?
		state : JAILHOUSE_CELL_FAILED_COMM_REV;
}

s64 comm_watch(const struct cell *cell)
{
	u32 state = comm_state(cell);
	/* read once: the cell can write it at any time */
	u32 timeout = cell->comm->watchdog_timeout;

	if (timeout > CELLBLOCK_WATCH_MAX_MS)
		timeout = CELLBLOCK_WATCH_MAX_MS;
	return (s64)((u64)cell->reset << 62 | (u64)state << 56 | (u64)timeout << 32 |
		     cell->comm->watchdog_kicks);
}

void comm_set_state(struct cell *cell, u32 state)
{
	sync(cell);
	cell->comm->cell_state = state;
	sync(cell);
}

bool comm_is_running(const struct cell *cell)
{
	return comm_state(cell) <= JAILHOUSE_CELL_RUNNING_LOCKED;
}

static void send(struct cell *cell, u32 message)
{
	sync(cell);
	/* the protocol: no old reply may be taken for the new one */
	cell->comm->reply_from_cell = JAILHOUSE_MSG_NONE;
	sync(cell);
	cell->comm->msg_to_cell = message;
	sync(cell);
}

void comm_cancel(struct cell *cell)
{
	if (!cell->shutdown.pending)
		return;
	send(cell, JAILHOUSE_MSG_NONE);
	cell->shutdown.pending = false;
}

static void request_shutdown(struct cell *cell)
{
	u64 timeout = cell->config->msg_reply_timeout;
	u64 per_us = arch_counter_hz() / 1000000;
	u64 deadline;

	/* longer than the counter counts is for ever too */
	if (!timeout ||
	    __builtin_mul_overflow(timeout, per_us ? per_us : 1, &deadline) ||
	    __builtin_add_overflow(deadline, arch_counter(), &deadline))
		deadline = 0;
	cell->shutdown.deadline = deadline;
	cell->shutdown.pending = true;
	send(cell, JAILHOUSE_MSG_SHUTDOWN_REQUEST);
}

int comm_ask_shutdown(struct cell *cell)
{
	if (cell->stopped || passive(cell) || !comm_is_running(cell))
		return 0;
	if (!cell->shutdown.pending)
		request_shutdown(cell);

	switch (cell->comm->reply_from_cell) {
	case JAILHOUSE_MSG_REQUEST_APPROVED:
		cell->shutdown.pending = false;
		return 0;
	case JAILHOUSE_MSG_NONE:
		break;
	case JAILHOUSE_MSG_RECEIVED:
		/*
		 * To a notice that the request has overtaken: the cell may have
		 * cleared the request with it.
		 */
		send(cell, JAILHOUSE_MSG_SHUTDOWN_REQUEST);
		break;
	default:
		comm_cancel(cell);
		return refuse(-EPERM, "cell \"%s\" denied the shutdown request",
			      cell->config->name);
	}
	if (cell->shutdown.deadline &&
	    arch_counter() > cell->shutdown.deadline) {
		comm_cancel(cell);
		return refuse(-ETIMEDOUT, "cell \"%s\" did not answer the shutdown request within %llu us: use --force to stop it without asking",
			      cell->config->name,
			      cell->config->msg_reply_timeout);
	}
	return refuse(-EAGAIN, "cell \"%s\" has not answered the shutdown request yet",
		      cell->config->name);
}

void comm_reconfigured(const struct cell *except)
{
	struct cell *cell;

	for_each_cell(cell)
		if (cell != &root_cell && cell != except && !cell->stopped &&
		    !passive(cell) && comm_is_running(cell) &&
		    !cell->shutdown.pending)
			send(cell, JAILHOUSE_MSG_RECONFIG_COMPLETED);
}
