/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_LIB_ROGUE_H
#define TESTS_LIB_ROGUE_H

/*
 * rogue.c: the hostile root kernel, rogue/rogue.ko, which is inserted when it is needed first. Ends the test if it is
 * not to be had.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../rogue/rogue.h"

struct rogue_stub cb_rogue_stub(void);
/* What the stub has written since the last call. */
long cb_rogue_word(void);
/* Calls on a CPU; x0 of the result. */
long cb_rogue_smc(unsigned int cpu, uint64_t function, uint64_t arg1, uint64_t arg2, uint64_t arg3);
long cb_rogue_hvc(unsigned int cpu, uint64_t function, uint64_t arg1, uint64_t arg2, uint64_t arg3);
long cb_rogue_hypercall(unsigned int cpu, uint64_t number, uint64_t arg1, uint64_t arg2);
/* Writes the register of ROGUE_SGI, ROGUE_ASGI1 or ROGUE_SGI0. */
void cb_rogue_sgi(unsigned int cpu, enum rogue_conduit conduit, uint64_t value);
/* Writes ICC_PMR_EL1 for a moment; what it reads as. */
uint64_t cb_rogue_pmr(unsigned int cpu, uint64_t value);
/* Physical address of ROGUE_BUFFER_SIZE contiguous bytes of the kernel's. */
uint64_t cb_rogue_buffer(void);
/* Physical address of what a driver has in CMA from now on; freed by the next call, with false. */
uint64_t cb_rogue_dma(bool wanted);
/* Any physical address, of a page; what root must not access is a SIGBUS. */
void *cb_rogue_map(uint64_t address, size_t size);
uint64_t cb_rogue_read(unsigned int cpu, uint64_t address, unsigned int size);
void cb_rogue_write(unsigned int cpu, uint64_t address, unsigned int size, uint64_t value);

#endif /* TESTS_LIB_ROGUE_H */
