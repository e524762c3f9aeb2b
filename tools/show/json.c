/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>
#include <stdlib.h>

#include "show/json.h"

void json_string(const char *text)
{
	const unsigned char *c;

	putchar('"');
	for (c = (const unsigned char *)text; *c; c++) {
		if (*c == '"' || *c == '\\')
			printf("\\%c", *c);
		else if (*c < 0x20 || *c >= 0x7f)
			printf("\\u%04x", *c);
		else
			putchar(*c);
	}
	putchar('"');
}

void json_cpu_list(const char *list)
{
	const char *separator = "";
	unsigned long first, last;
	char *end;

	putchar('[');
	while (*list) {
		first = last = strtoul(list, &end, 10);
		if (end == list)
			break;
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		for (; first <= last; first++) {
			printf("%s%lu", separator, first);
			separator = ", ";
		}
		list = *end == ',' ? end + 1 : end;
	}
	putchar(']');
}
