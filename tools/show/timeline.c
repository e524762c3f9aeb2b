// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <string.h>

#include "show/histogram.h"
#include "show/picture.h"
#include "show/timeline.h"

#define NAME_WIDTH	12
#define MIN_COLUMNS	20

/* What is known of one CPU. */
struct span {
	const struct turns *turns;
	size_t count;		/* cells */
	u64 begin, end;
};

/* Of the CPU that element @n is of, the first one of that CPU. */
static struct span find_span(const struct timeline *timeline, size_t n)
{
	const struct turns *turns = timeline->turns + n, *t;
	const struct turns *end = timeline->turns + timeline->count;
	struct span span = { .turns = turns };

	for (t = turns; t < end && t->cpu == turns->cpu; t++, span.count++)
		if (t->count && t->turn[t->count - 1].end > span.end)
			span.end = t->turn[t->count - 1].end;
	/* of one that runs, the begin is not known yet */
	for (t = turns; t < turns + span.count; t++)
		if (t->runs && t->count && t->turn[t->count - 1].end < span.end)
			span.end = t->turn[t->count - 1].end;
	span.end -= timeline->before < span.end ? timeline->before : span.end;
	span.begin = span.end > timeline->length ? span.end - timeline->length : 0;
	for (t = turns; t < turns + span.count; t++)
		if (t->count && !t->all && t->turn[0].begin > span.begin)
			span.begin = t->turn[0].begin;
	if (span.begin > span.end)
		span.begin = span.end;
	return span;
}

/* How much of @begin to @end a cell has had. */
static u64 used(const struct turns *turns, u64 begin, u64 end)
{
	u64 sum = 0, from, to;

	for (unsigned int n = 0; n < turns->count; n++) {
		from = turns->turn[n].begin > begin ? turns->turn[n].begin : begin;
		to = turns->turn[n].end < end ? turns->turn[n].end : end;
		if (from < to)
			sum += to - from;
	}
	return sum;
}

/* The same of Linux, which has what is left. */
static u64 left(const struct span *span, u64 begin, u64 end)
{
	u64 sum = end - begin, cell;

	for (size_t n = 0; n < span->count; n++) {
		cell = used(&span->turns[n], begin, end);
		sum -= cell < sum ? cell : sum;
	}
	return sum;
}

/* Of line @n of a CPU: the cells', then Linux's. */
static u64 part(const struct span *span, size_t n, u64 begin, u64 end)
{
	return n < span->count ? used(&span->turns[n], begin, end) : left(span, begin, end);
}

static const char *name_of(const struct span *span, size_t n)
{
	return n < span->count ? span->turns[n].cell->name : "Linux";
}

static double percent(const struct span *span, size_t n)
{
	return 100.0 * (double)part(span, n, span->begin, span->end) /
	       (double)(span->end - span->begin);
}

static char mark(u64 had, u64 column)
{
	if (2 * had >= column)
		return '#';
	return had ? '.' : ' ';
}

static void print_line(const struct span *span, size_t n, unsigned int columns)
{
	u64 length = span->end - span->begin, begin, end;

	printf("%-*.*s|", NAME_WIDTH, NAME_WIDTH, name_of(span, n));
	for (unsigned int column = 0; column < columns; column++) {
		begin = span->begin + length * column / columns;
		end = span->begin + length * (column + 1) / columns;
		putchar(mark(part(span, n, begin, end), end - begin));
	}
	printf("|%6.2f %%\n", percent(span, n));
}

static void print_cpu(const struct span *span, unsigned int columns)
{
	u64 length = span->end - span->begin;

	if (!length) {
		printf("CPU %u: no turn has ended yet\n", span->turns->cpu);
		return;
	}
	printf("CPU %u: %s, a column is %s\n", span->turns->cpu,
	       histogram_time(length), histogram_time(length / columns));
	for (size_t n = 0; n <= span->count; n++)
		print_line(span, n, columns);
}

void timeline_print(const struct timeline *timeline, unsigned int width)
{
	/* name, bars at both ends, and the share */
	unsigned int used_up = NAME_WIDTH + 2 + 9;
	unsigned int columns = width > used_up + MIN_COLUMNS ? width - used_up : MIN_COLUMNS;
	struct span span;

	for (size_t n = 0; n < timeline->count; n += span.count) {
		span = find_span(timeline, n);
		if (n)
			putchar('\n');
		print_cpu(&span, columns);
	}
}

/* The picture */

#define WIDTH		900
#define LEFT		130
#define PLOT_WIDTH	680
#define TOP		30
#define LINE_HEIGHT	26
#define BAR_HEIGHT	18
#define FOOT		34
#define TIMES		10

static double x_of(const struct span *span, u64 time)
{
	return LEFT + PLOT_WIDTH * (double)(time - span->begin) /
			      (double)(span->end - span->begin);
}

static void svg_bar(FILE *out, const struct span *span, size_t line, u64 begin, u64 end)
{
	if (begin < span->begin)
		begin = span->begin;
	if (end > span->end)
		end = span->end;
	if (begin >= end)
		return;
	fprintf(out, "<rect x=\"%.2f\" y=\"%zu\" width=\"%.2f\" height=\"%d\"/>\n",
		x_of(span, begin), TOP + line * LINE_HEIGHT,
		x_of(span, end) - x_of(span, begin), BAR_HEIGHT);
}

/* Linux's bar is all of its line; what cells have is white on it. */
static void svg_bars(FILE *out, const struct span *span)
{
	static const char *const colour[] = { "#2868a8", "#c05020", "#408040", "#806090" };
	const struct turns *turns;

	fputs("<g fill=\"#888\">\n", out);
	svg_bar(out, span, span->count, span->begin, span->end);
	fputs("</g>\n", out);
	for (size_t n = 0; n < span->count; n++) {
		turns = &span->turns[n];
		fprintf(out, "<g fill=\"%s\">\n", colour[n % (sizeof(colour) / sizeof(*colour))]);
		for (unsigned int t = 0; t < turns->count; t++)
			svg_bar(out, span, n, turns->turn[t].begin, turns->turn[t].end);
		fputs("</g>\n<g fill=\"white\">\n", out);
		for (unsigned int t = 0; t < turns->count; t++)
			svg_bar(out, span, span->count, turns->turn[t].begin, turns->turn[t].end);
		fputs("</g>\n", out);
	}
}

static void svg_cpu(FILE *out, const struct span *span)
{
	double bottom = TOP + (double)(span->count + 1) * LINE_HEIGHT, x;
	u64 length = span->end - span->begin;
	char text[48];

	snprintf(text, sizeof(text), "CPU %u: %s", span->turns->cpu, histogram_time(length));
	picture_text(out, LEFT, 18, "start", text);
	if (!length)
		return;
	svg_bars(out, span);
	for (size_t n = 0; n <= span->count; n++) {
		double y = TOP + (double)n * LINE_HEIGHT + BAR_HEIGHT - 5;

		snprintf(text, sizeof(text), "%.2f %%", percent(span, n));
		picture_text(out, LEFT - 8, y, "end", name_of(span, n));
		picture_text(out, LEFT + PLOT_WIDTH + 8, y, "start", text);
	}
	for (unsigned int n = 0; n <= TIMES; n++) {
		x = LEFT + PLOT_WIDTH * (double)n / TIMES;
		picture_line(out, x, TOP, x, bottom);
		picture_text(out, x, bottom + 14, "middle", histogram_time(length * n / TIMES));
	}
}

static unsigned int height_of(const struct span *span)
{
	return TOP + (unsigned int)(span->count + 1) * LINE_HEIGHT + FOOT;
}

void timeline_print_svg(FILE *out, const void *what)
{
	const struct timeline *timeline = what;
	unsigned int height = 0, y = 0;
	struct span span;

	for (size_t n = 0; n < timeline->count; n += span.count) {
		span = find_span(timeline, n);
		height += height_of(&span);
	}
	picture_begin(out, WIDTH, height);
	for (size_t n = 0; n < timeline->count; n += span.count) {
		span = find_span(timeline, n);
		fprintf(out, "<g transform=\"translate(0,%u)\">\n", y);
		svg_cpu(out, &span);
		fputs("</g>\n", out);
		y += height_of(&span);
	}
	fputs("</svg>\n", out);
}
