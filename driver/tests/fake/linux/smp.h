/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_LINUX_SMP_H
#define FAKE_LINUX_SMP_H

unsigned int smp_processor_id(void);
void on_each_cpu(void (*fn)(void *info), void *info, int wait);

#endif /* FAKE_LINUX_SMP_H */
