// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

#include <lib/printk.h>
#include <lib/string.h>

struct out {
	char *buf;
	size_t size;
	size_t len;	/* of the whole text, whether it fits or not */
};

struct spec {
	bool left, zero, alt, is_long;
	size_t width;
};

static void put(struct out *out, char c)
{
	if (out->len + 1 < out->size)
		out->buf[out->len] = c;
	out->len++;
}

static void put_n(struct out *out, const char *s, size_t n)
{
	while (n--)
		put(out, *s++);
}

static void pad(struct out *out, char c, size_t n)
{
	while (n--)
		put(out, c);
}

/* @prefix, then @s, in the width and on the side that @spec says */
static void put_padded(struct out *out, const struct spec *spec,
		       const char *prefix, const char *s, size_t n)
{
	size_t prefix_len = strlen(prefix), len = prefix_len + n;
	size_t fill = spec->width > len ? spec->width - len : 0;

	if (!spec->left && !spec->zero)
		pad(out, ' ', fill);
	put_n(out, prefix, prefix_len);
	if (!spec->left && spec->zero)
		pad(out, '0', fill);
	put_n(out, s, n);
	if (spec->left)
		pad(out, ' ', fill);
}

static void put_number(struct out *out, const struct spec *spec,
		       const char *prefix, u64 value, unsigned int base)
{
	char digits[20];	/* 2^64 has 20 decimal digits */
	char *p = digits + sizeof(digits);

	do {
		*--p = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	put_padded(out, spec, prefix, p,
		   (size_t)(digits + sizeof(digits) - p));
}

/* Reads flags, width and size; returns the place of the conversion letter. */
static const char *parse_spec(const char *fmt, struct spec *spec)
{
	*spec = (struct spec) { 0 };
	for (;; fmt++) {
		if (*fmt == '-')
			spec->left = true;
		else if (*fmt == '0')
			spec->zero = true;
		else if (*fmt == '#')
			spec->alt = true;
		else
			break;
	}
	for (; *fmt >= '0' && *fmt <= '9'; fmt++)
		spec->width = spec->width * 10 + (size_t)(*fmt - '0');
	for (; *fmt == 'l' || *fmt == 'z'; fmt++)
		spec->is_long = true;
	return fmt;
}

/* @kind: the conversion letter; @arg: as it is passed, the size counts here */
static void put_argument(struct out *out, struct spec *spec, char kind, u64 arg)
{
	const char *s = arg ? (const char *)(uintptr_t)arg : "(null)";
	bool minus;

	if (kind == 's') {
		spec->zero = false;
		put_padded(out, spec, "", s, strlen(s));
		return;
	}
	if (!spec->is_long)
		arg = kind == 'd' ? (u64)(int)arg : (u32)arg;
	minus = kind == 'd' && (s64)arg < 0;
	put_number(out, spec, minus ? "-" : spec->alt && arg ? "0x" : "",
		   minus ? 0 - arg : arg, kind == 'x' ? 16 : 10);
}

size_t fmt_vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out out = { .buf = buf, .size = size };
	struct spec spec;

	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			put(&out, *fmt);
			continue;
		}
		fmt = parse_spec(fmt + 1, &spec);
		switch (*fmt) {
		case 'd':
		case 'u':
		case 'x':
		case 's':
			/* each has 64 bits, of which an int uses the lower half */
			put_argument(&out, &spec, *fmt, va_arg(ap, u64));
			break;
		case '\0':	/* a lone % ends the text */
			fmt--;
			break;
		default:	/* %%, or an unknown letter: as it is */
			put(&out, *fmt);
		}
	}
	if (size)
		buf[out.len < size ? out.len : size - 1] = '\0';
	return out.len;
}
