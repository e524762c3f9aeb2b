/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIB_REFUSE_H
#define LIB_REFUSE_H

#ifndef __printf
#define __printf(f, a)	__attribute__((format(printf, f, a)))
#endif

/*
 * Records why the current request is refused, for root to read, and returns
 * @code (a negative errno): "return refuse(-EBUSY, "CPU %u ...", cpu);".
 * A sentence without a full stop: what is wrong, where, what to do.
 * Who else builds in a part of the validator (hypervisor/config) has its own:
 * the driver, programs on the host.
 */
int refuse(int code, const char *fmt, ...) __printf(2, 3);

/* -ENOMEM, refused: the page pool is empty. */
int refuse_memory(void);

#endif /* LIB_REFUSE_H */
