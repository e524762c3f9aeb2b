/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "show/json.h"

static void string(const char *text, size_t length)
{
	const unsigned char *c = (const unsigned char *)text;
	const unsigned char *end = c + length;

	putchar('"');
	for (; c < end; c++) {
		if (*c == '"' || *c == '\\')
			printf("\\%c", *c);
		else if (*c < 0x20 || *c >= 0x7f)
			printf("\\u%04x", *c);
		else
			putchar(*c);
	}
	putchar('"');
}

void json_string(const char *text)
{
	string(text, strlen(text));
}

void json_member(const char *name, const char *text)
{
	printf(", \"%s\": ", name);
	if (text && *text)
		json_string(text);
	else
		fputs("null", stdout);
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

void json_fields(const char *fields)
{
	const char *separator = "{";
	size_t name, value;

	if (!strchr(fields, '=')) {
		fputs("null", stdout);
		return;
	}
	while (fields[name = strcspn(fields, "=")]) {
		fputs(separator, stdout);
		string(fields, name);
		fputs(": ", stdout);
		fields += name + 1;
		value = strcspn(fields, " ");
		if (value && strspn(fields, "0123456789") == value)
			printf("%.*s", (int)value, fields);
		else
			string(fields, value);
		fields += value + strspn(fields + value, " ");
		separator = ", ";
	}
	putchar('}');
}
