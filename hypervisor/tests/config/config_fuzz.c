// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* libFuzzer target: any bytes as a system or cell configuration. */

#include <lib/printk.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "config_samples.h"

size_t LLVMFuzzerMutate(u8 *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(u8 *data, size_t size, size_t max_size,
			       unsigned int seed);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int refuse_record(unsigned int how, const char *sentence, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, sentence);
	vsnprintf(text, sizeof(text), sentence, ap);
	va_end(ap);
	return -(int)(how & REFUSE_CODE);
}

static bool is_config(const u8 *data, size_t size)
{
	return size >= 5 && (!memcmp(data, JAILHOUSE_SYSTEM_SIGNATURE, 5) ||
			     !memcmp(data, JAILHOUSE_CELL_DESC_SIGNATURE, 5));
}

/* With or without shared CPUs. */
static const void *any_cell(bool shares)
{
	static struct sample_cell cell;

	cell = sample_cell;
	if (shares)
		sample_share(&cell);
	return &cell;
}

/* Starts from a sample whenever the signature got lost. */
size_t LLVMFuzzerCustomMutator(u8 *data, size_t size, size_t max_size,
			       unsigned int seed)
{
	const void *sample = seed % 2 ? (const void *)&sample_system :
					any_cell(seed % 4);
	size_t sample_size = seed % 2 ? sizeof(sample_system) :
					sizeof(sample_cell);

	if (!is_config(data, size) && sample_size <= max_size) {
		memcpy(data, sample, sample_size);
		size = sample_size;
	}
	return LLVMFuzzerMutate(data, size, max_size);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	sample_exercise(data, size);
	return 0;
}
