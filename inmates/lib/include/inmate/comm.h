/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_COMM_H
#define INMATE_COMM_H

#include <jailhouse/hypercall.h>

/*
 * The communication region. Without a hypervisor (the bare build) it is a
 * description of QEMU's virt machine.
 */
extern struct jailhouse_comm_region *const comm_region;

/* Was the program built to run without a hypervisor? */
extern const bool inmate_is_bare;

void jailhouse_send_reply_from_cell(struct jailhouse_comm_region *region,
				    u32 reply);

static inline void comm_set_state(u32 state)
{
	comm_region->cell_state = state;
}

/*
 * Answers a pending message, if any: a shutdown request is approved (or denied
 * if allow_shutdown is false), others are acknowledged. Returns true if the
 * cell has to end now: the caller finishes and leaves by inmate_exit().
 */
bool comm_poll(bool allow_shutdown);

#endif /* INMATE_COMM_H */
