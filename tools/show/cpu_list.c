/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>
#include <stdlib.h>

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

bool cpu_list_parse(u64 *set, const char *list)
{
	unsigned long first, last;
	char *end;

	*set = 0;
	while (*list >= '0' && *list <= '9') {
		first = last = strtoul(list, &end, 10);
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		if (last < first)
			return false;
		for (; first <= last && first < 64; first++)
			*set |= 1ULL << first;
		list = *end == ',' ? end + 1 : end;
	}
	return *set && (!*list || *list == '\n');
}
