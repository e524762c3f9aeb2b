// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/crash_dump.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pfn.h>

#include <cellblock/loader.h>
#include <jailhouse/hypercall.h>

#include "crash.h"
#include "el2/hyp.h"

#ifdef CONFIG_PROC_VMCORE

static bool crash_stop;
module_param(crash_stop, bool, 0400);
MODULE_PARM_DESC(crash_stop, "In a crash kernel, stop the cells (default: they go on)");

/* What the hypervisor has said last: of which addresses, and whether they are Linux's. */
static DEFINE_MUTEX(part_lock);
static u64 part_start, part_end;
static bool part_is_ours;

static void look_at(u64 address)
{
	long part = hyp_call_direct(CELLBLOCK_HC_ROOT_MEMORY, address, 0);

	part_start = address;
	/* what it does not know cannot be read */
	part_end = part < 0 ? address + PAGE_SIZE : part & ~CELLBLOCK_ROOT_MEMORY_OWNED;
	part_is_ours = part >= 0 && part & CELLBLOCK_ROOT_MEMORY_OWNED;
}

/* All of a page */
static bool is_ours(struct vmcore_cb *cb, unsigned long pfn)
{
	u64 address = PFN_PHYS(pfn), end = address + PAGE_SIZE;
	bool ours;

	mutex_lock(&part_lock);
	do {
		if (address < part_start || address >= part_end)
			look_at(address);
		ours = part_is_ours;
		address = part_end;
	} while (ours && address < end);
	mutex_unlock(&part_lock);
	return ours;
}

static struct vmcore_cb vmcore_cb = {
	.pfn_is_ram = is_ours,
};
static bool registered;

static void stop_cells(void)
{
	/* with root */
	long left = hyp_call_direct(JAILHOUSE_HC_HYPERVISOR_GET_INFO,
				     JAILHOUSE_INFO_NUM_CELLS, 0) - 1;
	long ret;

	for (u32 id = 1; left > 0 && id <= U16_MAX; id++) {
		ret = hyp_call_direct(CELLBLOCK_HC_CELL_SHUTDOWN, id,
				       CELLBLOCK_SHUTDOWN_FORCE);
		if (ret == -ENOENT)
			continue;
		left--;
		if (ret)
			pr_err("crash kernel: cell %u goes on: it is not to be stopped (error %ld)\n",
			       id, ret);
		else
			pr_info("crash kernel: cell %u is stopped\n", id);
	}
}

void crash_init(void)
{
	if (!is_kdump_kernel() || !hyp_earlier_answers())
		return;
	pr_info("crash kernel: the hypervisor is still in place; memory that is not Linux's reads as zeros in /proc/vmcore\n");
	register_vmcore_cb(&vmcore_cb);
	registered = true;
	if (crash_stop)
		stop_cells();
}

void crash_exit(void)
{
	if (registered)
		unregister_vmcore_cb(&vmcore_cb);
}

#else

void crash_init(void)
{
}

void crash_exit(void)
{
}

#endif
