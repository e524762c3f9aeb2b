// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <inmate.h>

#define NUMBER_MAX	20	/* digits of 2^64 - 1 */
#define PRINTK_SIZE	256	/* of what one call prints */

struct output {
	char *buf;
	size_t size;
	size_t len;
};

struct spec {
	bool left;
	bool zero;
	int width;
	int longs;
};

static struct spinlock print_lock;

static void put(struct output *out, char c)
{
	if (out->len + 1 < out->size)
		out->buf[out->len] = c;
	out->len++;
}

static void put_padding(struct output *out, char c, int count)
{
	while (count-- > 0)
		put(out, c);
}

static void put_text(struct output *out, const struct spec *spec,
		     const char *text, size_t len)
{
	int padding = spec->width - (int)len;

	if (!spec->left)
		put_padding(out, ' ', padding);
	for (size_t n = 0; n < len; n++)
		put(out, text[n]);
	if (spec->left)
		put_padding(out, ' ', padding);
}

static void put_number(struct output *out, const struct spec *spec, u64 value,
		       unsigned int base, bool upper, const char *prefix)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	int padding = spec->width - (int)strlen(prefix);
	char text[NUMBER_MAX];
	int len = 0;

	do {
		text[len++] = digits[value % base];
		value /= base;
	} while (value);
	padding -= len;

	if (!spec->left && !spec->zero)
		put_padding(out, ' ', padding);
	while (*prefix)
		put(out, *prefix++);
	if (!spec->left && spec->zero)
		put_padding(out, '0', padding);
	while (len)
		put(out, text[--len]);
	if (spec->left)
		put_padding(out, ' ', padding);
}

static const char *parse_spec(const char *fmt, struct spec *spec, int star)
{
	*spec = (struct spec){ 0 };
	for (;; fmt++) {
		if (*fmt == '-')
			spec->left = true;
		else if (*fmt == '0')
			spec->zero = true;
		else
			break;
	}
	if (*fmt == '*') {
		spec->width = star;
		fmt++;
	}
	while (*fmt >= '0' && *fmt <= '9')
		spec->width = spec->width * 10 + (*fmt++ - '0');
	for (; *fmt == 'l' || *fmt == 'z'; fmt++)
		spec->longs++;
	return fmt;
}

/* Does the width of the specification at fmt come from the arguments? */
static bool has_star(const char *fmt)
{
	while (*fmt == '-' || *fmt == '0')
		fmt++;
	return *fmt == '*';
}

int vsnprintk(char *buf, size_t size, const char *fmt, va_list args)
{
	struct output out = { .buf = buf, .size = size };
	struct spec spec;
	const char *text;
	s64 number;
	char c;

	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			put(&out, *fmt);
			continue;
		}
		fmt++;
		fmt = parse_spec(fmt, &spec,
				 has_star(fmt) ? va_arg(args, int) : 0);
		switch (*fmt) {
		case 'c':
			c = (char)va_arg(args, int);
			put_text(&out, &spec, &c, 1);
			break;
		case 's':
			text = va_arg(args, const char *);
			if (!text)
				text = "(null)";
			put_text(&out, &spec, text, strlen(text));
			break;
		case 'd':
		case 'i':
			number = spec.longs ? va_arg(args, s64) :
					      va_arg(args, int);
			put_number(&out, &spec,
				   number < 0 ? 0 - (u64)number : (u64)number,
				   10, false, number < 0 ? "-" : "");
			break;
		case 'u':
		case 'x':
		case 'X':
			put_number(&out, &spec,
				   spec.longs ? va_arg(args, u64) :
						va_arg(args, unsigned int),
				   *fmt == 'u' ? 10 : 16, *fmt == 'X', "");
			break;
		case 'p':
			put_number(&out, &spec, (u64)va_arg(args, void *), 16,
				   false, "0x");
			break;
		case '%':
			put(&out, '%');
			break;
		default:
			/* unknown, or a lone % at the end: show it */
			put(&out, '%');
			fmt--;
			break;
		}
	}
	if (size)
		buf[out.len < size ? out.len : size - 1] = '\0';
	return (int)out.len;
}

int snprintk(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintk(buf, size, fmt, args);
	va_end(args);
	return len;
}

static void print(const char *text)
{
	while (*text)
		console_putc(*text++);
}

void vprintk_raw(const char *fmt, va_list args)
{
	char buf[PRINTK_SIZE];

	vsnprintk(buf, sizeof(buf), fmt, args);
	print(buf);
}

void printk_raw(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintk_raw(fmt, args);
	va_end(args);
}

void printk(const char *fmt, ...)
{
	char buf[PRINTK_SIZE];
	va_list args;
	u64 flags;

	/* a bad argument faults before the lock is held */
	va_start(args, fmt);
	vsnprintk(buf, sizeof(buf), fmt, args);
	va_end(args);
	flags = irqs_save();
	spin_lock(&print_lock);
	print(buf);
	spin_unlock(&print_lock);
	irqs_restore(flags);
}
