/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_FAULT_H
#define DRIVER_FAULT_H

/*
 * Why and where a cell has failed, as text. Both functions print nothing if
 * the record's kind is CELLBLOCK_FAULT_NONE.
 */

#include <linux/types.h>

struct cellblock_access;
struct cellblock_fault;
struct cellblock_guest_fault;

/**
 * fault_sentence() - the record in words, after a sentence
 * @text: at its end
 * @size: of the room there
 * @fault: the record
 *
 * ". CPU 2: write at 0x40000000, PC 0x24f8, LR 0x2410, SP 0x8fff0"
 */
void fault_sentence(char *text, size_t size, const struct cellblock_fault *fault);

/**
 * fault_fields() - the record as NAME=VALUE, separated by spaces
 * @text: receives them
 * @size: of @text
 * @fault: the record
 *
 * kind is a word, cpu and time (of the system counter) are decimal, the others
 * hexadecimal. What the record does not know is left out.
 *
 * Return: the number of characters.
 */
int fault_fields(char *text, size_t size, const struct cellblock_fault *fault);

/**
 * fault_of_guest() - what a cell that has failed says of that
 * @id: the cell's
 * @fault: receives it; not valid if it says nothing
 *
 * fault_guest_sentence() and fault_guest_fields() are like those above.
 */
void fault_of_guest(u32 id, struct cellblock_guest_fault *fault);
void fault_guest_sentence(char *text, size_t size, const struct cellblock_guest_fault *fault);
int fault_guest_fields(char *text, size_t size, const struct cellblock_guest_fault *fault);

/**
 * fault_access_fields() - an access of a permissive cell, in the same way
 * @text: receives a line
 * @size: of @text
 * @access: the access
 *
 * Return: the number of characters.
 */
int fault_access_fields(char *text, size_t size, const struct cellblock_access *access);

#endif /* DRIVER_FAULT_H */
