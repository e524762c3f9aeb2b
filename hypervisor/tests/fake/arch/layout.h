/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARCH_LAYOUT_H
#define ARCH_LAYOUT_H

/* Where a CPU's own struct percpu is (fake/percpu.c): on arm64 a fixed address. */
struct percpu *fake_percpu(void);
#define PERCPU_VA		fake_percpu()

#endif /* ARCH_LAYOUT_H */
