/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_IPA_H
#define ARM64_IPA_H

/*
 * Guest-physical (intermediate physical) addresses of all cells: how many bits they
 * have, and where the tables for so many begin. After arch_mem_init().
 */

extern unsigned int ipa_bits;

/* Of lookup, 0 or 1; and the pages of its tables, which are concatenated. */
unsigned int ipa_first_level(void);
unsigned int ipa_pgd_pages(void);

#endif /* ARM64_IPA_H */
