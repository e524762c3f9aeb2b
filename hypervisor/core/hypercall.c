// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/arch.h>
#include <core/cell.h>
#include <config/config.h>
#include <core/console.h>
#include <core/control.h>
#include <lib/errno.h>
#include <core/hypercall.h>
#include <core/main.h>
#include <lib/page_alloc.h>

static s64 get_info(u64 type)
{
	switch (type) {
	case JAILHOUSE_INFO_MEM_POOL_SIZE:
		return (s64)page_pool_size();
	case JAILHOUSE_INFO_MEM_POOL_USED:
		return (s64)page_pool_used();
	case JAILHOUSE_INFO_REMAP_POOL_SIZE:
		return (s64)arch_device_pages(false);
	case JAILHOUSE_INFO_REMAP_POOL_USED:
		return (s64)arch_device_pages(true);
	case JAILHOUSE_INFO_NUM_CELLS:
		return cell_count;
	default:
		return -EINVAL;
	}
}

static s64 cpu_get_info(struct cell *caller, u64 id, u64 type)
{
	struct cpu *cpu = cpu_by_id(id);
	u32 total = 0;

	if (!cpu)
		return -EINVAL;
	if (caller != &root_cell && cpu->cell != caller)
		return -EPERM;
	if (type == JAILHOUSE_CPU_INFO_STATE)
		return cpu->failed ? JAILHOUSE_CPU_FAILED :
				     JAILHOUSE_CPU_RUNNING;
	if (type < JAILHOUSE_CPU_INFO_STAT_BASE ||
	    type >= JAILHOUSE_CPU_INFO_STAT_BASE + CPU_NUM_STATS)
		return -EINVAL;

	type -= JAILHOUSE_CPU_INFO_STAT_BASE;
	if (type != JAILHOUSE_CPU_STAT_VMEXITS_TOTAL)
		return cpu->stats[type];
	for (unsigned int i = 1; i <= CELLBLOCK_CPU_STAT_OTHER; i++)
		total += cpu->stats[i];
	return total;
}

static s64 putc(struct cell *caller, u64 c)
{
	char text = (char)c;

	if (!CELL_FLAGS_VIRTUAL_CONSOLE_PERMITTED(caller->config->flags))
		return -EPERM;
	console_write(&text, 1);
	return 0;
}

static s64 cpu_parked(u64 id)
{
	struct cpu *cpu = cpu_by_id(id);

	return !cpu || cpu->cell != &root_cell ? -EINVAL :
	       cpu->state == CPU_PARKED;
}

/* Changes the set of cells: one root CPU at a time, the others may retry. */
static s64 manage(u64 nr, u64 arg1, u64 arg2)
{
	s64 result;

	if (!spin_trylock(&control_lock))
		return -EBUSY;
	switch (nr) {
	case JAILHOUSE_HC_CELL_CREATE:
		result = cell_create(arg1);
		break;
	case JAILHOUSE_HC_CELL_START:
		result = cell_start(arg1);
		break;
	case JAILHOUSE_HC_CELL_SET_LOADABLE:
		result = cell_set_loadable(arg1);
		break;
	case JAILHOUSE_HC_CELL_DESTROY:
		result = cell_destroy(arg1);
		break;
	case JAILHOUSE_HC_CELL_GET_STATE:
		result = cell_get_state(arg1);
		break;
	case CELLBLOCK_HC_CELL_WATCH:
		result = cell_watch(arg1);
		break;
	default:
		result = cell_shutdown(arg1, arg2);
	}
	spin_unlock(&control_lock);
	return result;
}

static __attribute__((noinline, cold)) s64
dispatch(struct cell *caller, u64 nr, u64 arg1, u64 arg2)
{
	switch (nr) {
	case JAILHOUSE_HC_CPU_GET_INFO:
		return cpu_get_info(caller, arg1, arg2);
	case JAILHOUSE_HC_DEBUG_CONSOLE_PUTC:
		return putc(caller, arg1);
	case JAILHOUSE_HC_DISABLE:
	case JAILHOUSE_HC_CELL_CREATE:
	case JAILHOUSE_HC_CELL_START:
	case JAILHOUSE_HC_CELL_SET_LOADABLE:
	case JAILHOUSE_HC_CELL_DESTROY:
	case JAILHOUSE_HC_CELL_GET_STATE:
	case CELLBLOCK_HC_CELL_SHUTDOWN:
	case CELLBLOCK_HC_CPU_PARKED:
	case CELLBLOCK_HC_CELL_WATCH:
		break;
	default:
		return -ENOSYS;
	}
	if (caller != &root_cell)
		return -EPERM;
	if (nr == JAILHOUSE_HC_DISABLE)
		return hv_disable();
	if (nr == CELLBLOCK_HC_CPU_PARKED)
		return cpu_parked(arg1);
	return manage(nr, arg1, arg2);
}

s64 hypercall(u64 nr, u64 arg1, u64 arg2)
{
	struct cpu *cpu = arch_this_cpu();

	cpu->stats[JAILHOUSE_CPU_STAT_VMEXITS_HYPERCALL]++;
	/* apart from the rest, which needs a stack frame */
	if (nr == JAILHOUSE_HC_HYPERVISOR_GET_INFO)
		return get_info(arg1);
	return dispatch(cpu->cell, nr, arg1, arg2);
}
