/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_TLB_H
#define FAKE_TLB_H

#include <core/paging.h>

/*
 * The worst TLB that the architecture allows: it holds every translation and
 * every table pointer that was ever valid, until it is flushed. It fails the
 * test when tables
 * - change a valid entry without break-before-make,
 * - make an entry where an old one may still be cached,
 * - point to a table before its entries are visible (arch_pte_sync()),
 * - flush before the break is visible, or a part of an entry,
 * - free a page that a cached entry points to.
 */

/* Watches the tables of @pg and sets its flush(); as many as you like. */
void fake_tlb_watch(struct paging *pg);
/* Stops that: the tables are not in use any more. */
void fake_tlb_unwatch(struct paging *pg);
/* An operation is over: fails if anything is left to be flushed or synced. */
void fake_tlb_check(void);
/* flushes since the last call */
unsigned int fake_tlb_flushes(void);

#endif /* FAKE_TLB_H */
