/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>

#include "show/cpu_list.h"

static bool has(u64 set, unsigned int cpu)
{
	return cpu < 64 && (set >> cpu & 1);
}

const char *cpu_list(char text[CPU_LIST_TEXT], u64 set)
{
	unsigned int first, last;
	size_t used = 0;

	text[0] = '\0';
	for (first = 0; first < 64; first = last + 1) {
		last = first;
		if (!has(set, first))
			continue;
		while (has(set, last + 1))
			last++;
		used += (size_t)snprintf(text + used, CPU_LIST_TEXT - used,
					 first == last ? "%s%u" : "%s%u-%u", used ? "," : "",
					 first, last);
	}
	return text;
}

/* The number at *text, which is moved behind it; 64: it is none of a CPU. */
static unsigned int take_cpu(const char **text)
{
	unsigned int cpu = **text >= '0' && **text <= '9' ? 0 : 64;

	for (; **text >= '0' && **text <= '9'; (*text)++)
		cpu = cpu < 64 ? 10 * cpu + (unsigned int)(**text - '0') : 64;
	return cpu;
}

bool cpu_list_parse(u64 *set, const char *list)
{
	unsigned int first, last;
	u64 found = 0;

	for (;; list++) {
		first = last = take_cpu(&list);
		if (*list == '-') {
			list++;
			last = take_cpu(&list);
		}
		if (last < first || last >= 64)
			return false;
		for (; first <= last; first++)
			found |= 1ULL << first;
		if (*list != ',')
			break;
	}
	if (*list)
		return false;
	*set = found;
	return true;
}
