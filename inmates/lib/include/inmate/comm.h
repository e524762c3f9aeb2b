/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_COMM_H
#define INMATE_COMM_H

#include <jailhouse/hypercall.h>

/**
 * @file
 * The communication region: what the cell and root say to each other. See
 * Documentation/hypercalls.md.
 */

/**
 * The communication region. Without a hypervisor (the bare build) it is a
 * description of QEMU's virt machine.
 */
extern struct jailhouse_comm_region *const comm_region;

/** Was the program built to run without a hypervisor? */
extern const bool inmate_is_bare;

/**
 * Answers the message that is there, and makes room for the next one.
 *
 * @param region	comm_region
 * @param reply		JAILHOUSE_MSG_REQUEST_APPROVED, _DENIED, _RECEIVED or
 *	_UNKNOWN
 */
void jailhouse_send_reply_from_cell(struct jailhouse_comm_region *region,
				    u32 reply);

/**
 * Tells root how the cell is.
 *
 * @param state	JAILHOUSE_CELL_RUNNING or JAILHOUSE_CELL_RUNNING_LOCKED; inmate_end()
 *	is for the others
 */
static inline void comm_set_state(u32 state)
{
	comm_region->cell_state = state;
}

/**
 * Answers a pending message, if any: a shutdown request is denied, or approved
 * by the program's end, others are acknowledged. To be called often enough for
 * root's patience.
 *
 * @param allow_shutdown	approve
 * @return true: the cell has to end now; the caller finishes and leaves by
 *	inmate_exit(), which is the answer
 */
bool comm_poll(bool allow_shutdown);

/**
 * Waits, and answers meanwhile as comm_poll(true) does; does not sleep.
 *
 * @param ms	milliseconds at least
 * @return false: the cell has to end now
 */
bool comm_wait(u64 ms);

#endif /* INMATE_COMM_H */
