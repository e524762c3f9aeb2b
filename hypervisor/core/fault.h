/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_FAULT_H
#define CORE_FAULT_H

#include <core/cell.h>

/*
 * Each cell has a record of its first fault since it was started. Root reads
 * it by hypercall; the console may have lost the text by then.
 */

/*
 * EXCEPTION: the guest of this CPU, which is @cell's, did what it must not.
 * WATCHDOG: root has found that it hangs, and is about to park its CPUs...
 */
void fault_record(struct cell *cell, u32 kind);
/* ...of which this is one: that with the lowest number tells where it was. */
void fault_record_place(void);

/* For the next start. All CPUs are parked. */
void fault_forget(struct cell *cell);

/* Copies the record to where root can read it; returns the kind of its fault. */
s64 fault_show(struct cell *cell);

#endif /* CORE_FAULT_H */
