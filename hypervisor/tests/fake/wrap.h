/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_WRAP_H
#define FAKE_WRAP_H

/* Calls of the hypervisor that the linker leads through the fakes (--wrap). */

#include <jailhouse/types.h>

void *__real_page_alloc(size_t num, size_t align_pages);
void *__wrap_page_alloc(size_t num, size_t align_pages);
void __real_page_free(void *page, size_t num);
void __wrap_page_free(void *page, size_t num);
void __real_gicr_wait(volatile void *gicr);
void __wrap_gicr_wait(volatile void *gicr);
/* vgic_test.c */
bool __real_cell_mem_root_owns(u64 address, u64 size);
bool __wrap_cell_mem_root_owns(u64 address, u64 size);

#endif /* FAKE_WRAP_H */
