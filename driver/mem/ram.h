/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_RAM_H
#define DRIVER_RAM_H

/*
 * What is at the machine's physical addresses, as Linux and the device tree
 * say. All ranges are bytes, from a first address to the one after the last.
 */

#include <linux/types.h>

/* Above all physical addresses. */
#define PHYS_END		(1ULL << 52)

/**
 * ram_init() - read the device tree
 *
 * Context: once, when the module is loaded; the other functions need no lock
 * then.
 */
void ram_init(void);

/**
 * ram_is_linux() - is there RAM that Linux manages?
 * @start: address asked for
 * @end: lowered to where the answer changes
 *
 * Memory that is reserved in the device tree is not Linux's.
 */
bool ram_is_linux(u64 start, u64 *end);

/**
 * ram_has_linux() - is any of it RAM that Linux manages?
 * @start: first address
 * @end: the address after the last
 */
bool ram_has_linux(u64 start, u64 end);

/**
 * ram_exists() - is it all RAM, by the device tree?
 * @start: first address
 * @end: the address after the last
 *
 * Return: true also if the device tree does not tell.
 */
bool ram_exists(u64 start, u64 end);

/**
 * ram_describe() - say what keeps Linux from giving up a range
 * @text: receives a sentence without a full stop
 * @size: bytes there
 * @start: first address
 * @end: the address after the last
 */
void ram_describe(char *text, size_t size, u64 start, u64 end);

/**
 * ram_find() - look for a place in the machine's RAM
 * @step: addresses that are multiples of it
 * @is_it: is it at this one? It need not be Linux's.
 *
 * Return: true if it was found.
 */
bool ram_find(u64 step, bool (*is_it)(u64 at));

#endif /* DRIVER_RAM_H */
