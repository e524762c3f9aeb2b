// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <inmate.h>

extern const char cmdline_page[];

const char *cmdline(void)
{
	return cmdline_page;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static bool is_end(const char *p)
{
	return p == cmdline_page + CMDLINE_SIZE || !*p || is_blank(*p);
}

/*
 * Finds the word "name" or "name=...". Returns the text after the name, NULL
 * if there is no such word.
 */
static const char *find(const char *name)
{
	size_t len = strlen(name);
	const char *p = cmdline_page;

	while (p < cmdline_page + CMDLINE_SIZE - len && *p) {
		if (!strncmp(p, name, len) && (p[len] == '=' || is_end(p + len)))
			return p + len;
		while (!is_end(p))
			p++;
		while (p < cmdline_page + CMDLINE_SIZE && is_blank(*p))
			p++;
	}
	return NULL;
}

const char *cmdline_parse_str(const char *name, char *value, size_t size,
			      const char *def)
{
	const char *p = find(name);
	size_t n = 0;

	if (p && *p == '=') {
		for (p++; !is_end(p) && n + 1 < size; p++)
			value[n++] = *p;
	} else {
		for (p = def; *p && n + 1 < size; p++)
			value[n++] = *p;
	}
	value[n] = '\0';
	return value;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

long long cmdline_parse_int(const char *name, long long def)
{
	const char *p = find(name);
	bool negative = false;
	int base = 10;
	u64 value = 0;

	if (!p || *p != '=' || is_end(p + 1))
		return def;
	p++;
	if (*p == '-') {
		negative = true;
		p++;
	}
	if (p[0] == '0' && (p[1] | 0x20) == 'x') {
		base = 16;
		p += 2;
	}
	for (; !is_end(p); p++) {
		if (digit_of(*p) >= base)
			return def;
		value = value * (u64)base + (u64)digit_of(*p);
	}
	return negative ? -(long long)value : (long long)value;
}

bool cmdline_parse_bool(const char *name, bool def)
{
	char value[8];
	const char *p = find(name);

	if (!p)
		return def;
	if (*p != '=')
		return true;
	cmdline_parse_str(name, value, sizeof(value), "");
	return !strcmp(value, "1") || !strcmp(value, "true") ||
	       !strcmp(value, "on") || !strcmp(value, "yes");
}
