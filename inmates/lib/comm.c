// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <inmate.h>

#ifdef INMATE_BARE
/* QEMU's virt machine with gic-version=3, seen without a hypervisor. */
static struct jailhouse_comm_region bare_region = {
	.signature = COMM_REGION_MAGIC,
	.revision = COMM_REGION_ABI_REVISION,
	.console = {
		.address = 0x09000000,
		.size = 0x1000,
		.type = JAILHOUSE_CON_TYPE_PL011,
		.flags = JAILHOUSE_CON_ACCESS_MMIO | JAILHOUSE_CON_REGDIST_4,
		.divider = 1,
	},
	.gic_version = 3,
	.gicd_base = 0x08000000,
	.gicr_base = 0x080a0000,
};

struct jailhouse_comm_region *const comm_region = &bare_region;
const bool inmate_is_bare = true;
const enum smccc_conduit smccc_default_conduit = SMCCC_HVC;
#else
struct jailhouse_comm_region *const comm_region = (void *)COMM_REGION_BASE;
const bool inmate_is_bare;
const enum smccc_conduit smccc_default_conduit = SMCCC_SMC;
#endif

void jailhouse_send_reply_from_cell(struct jailhouse_comm_region *region,
				    u32 reply)
{
	/* The sender may post the next message once it sees the reply. */
	region->msg_to_cell = JAILHOUSE_MSG_NONE;
	memory_barrier();
	region->reply_from_cell = reply;
}

bool comm_poll(bool allow_shutdown)
{
	u32 reply = JAILHOUSE_MSG_UNKNOWN;

	switch (comm_region->msg_to_cell) {
	case JAILHOUSE_MSG_NONE:
		return false;
	case JAILHOUSE_MSG_SHUTDOWN_REQUEST:
		/* with an approval the cell is stopped where it is */
		if (allow_shutdown)
			return true;
		reply = JAILHOUSE_MSG_REQUEST_DENIED;
		break;
	case JAILHOUSE_MSG_RECONFIG_COMPLETED:
		reply = JAILHOUSE_MSG_RECEIVED;
		break;
	}
	jailhouse_send_reply_from_cell(comm_region, reply);
	return false;
}

bool comm_wait(u64 ms)
{
	u64 end = timer_get_ticks() + timer_ns_to_ticks(ms * 1000000);

	do {
		if (comm_poll(true))
			return false;
		cpu_relax();
	} while (timer_get_ticks() < end);
	return true;
}
