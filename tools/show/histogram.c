/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <math.h>
#include <string.h>

#include "show/histogram.h"
#include "show/json.h"
#include "show/picture.h"

#define MAX_LINES	24
#define LABEL_WIDTH	34	/* of the text before a bar */

/* Picture, in SVG's units */
#define WIDTH		800
#define HEIGHT		400
#define LEFT		70
#define RIGHT		20
#define TOP		50
#define BOTTOM		50
#define PLOT_WIDTH	(WIDTH - LEFT - RIGHT)
#define PLOT_HEIGHT	(HEIGHT - TOP - BOTTOM)

const char *histogram_time(u64 ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	static char texts[4][16];
	static unsigned int next;
	char *text = texts[next++ % ARRAY_SIZE(texts)];
	double value = (double)ns;
	unsigned int unit = 0;

	while (value >= 1000 && unit < ARRAY_SIZE(units) - 1) {
		value /= 1000;
		unit++;
	}
	snprintf(text, sizeof(texts[0]), "%.*f %s",
		 !unit || value >= 100 ? 0 : value >= 10 ? 1 : 2, value,
		 units[unit]);
	return text;
}

u64 histogram_percentile(const struct histogram *h, double percent)
{
	u64 wanted = (u64)ceil((double)h->count * percent / 100), seen = 0, end;

	for (unsigned int bin = 0; bin < HISTOGRAM_BINS; bin++) {
		seen += h->bin[bin];
		if (seen < wanted)
			continue;
		end = histogram_start(bin + 1) - 1;
		return end < h->max ? end : h->max;
	}
	return h->max;
}

/* The first and last bin with a sample; there is one. */
static void find_ends(const struct histogram *h, unsigned int *first,
		      unsigned int *last)
{
	*first = histogram_bin(h->min);
	*last = histogram_bin(h->max);
}

static u64 sum_bins(const struct histogram *h, unsigned int bin,
		    unsigned int count)
{
	u64 sum = 0;

	for (; count && bin < HISTOGRAM_BINS; count--, bin++)
		sum += h->bin[bin];
	return sum;
}

/* Length of a bar: a single sample still shows beside millions. */
static unsigned int bar_length(u64 count, u64 most, unsigned int width)
{
	if (!count || !width)
		return 0;
	return 1 + (unsigned int)(log10((double)count) /
				  log10((double)most + 1) * (width - 1));
}

static void print_line(u64 start, u64 end, u64 count, unsigned int bar)
{
	printf("%9s .. %9s %10llu ", histogram_time(start),
	       histogram_time(end), count);
	while (bar--)
		putchar('#');
	putchar('\n');
}

void histogram_print(const struct histogram *h, unsigned int width)
{
	unsigned int first, last, step = 1, bar;
	u64 most = 0, count;

	if (!h->count)
		return;
	find_ends(h, &first, &last);
	while ((last - first) / step >= MAX_LINES)
		step *= 2;
	first -= first % step;

	for (unsigned int bin = first; bin <= last; bin += step) {
		count = sum_bins(h, bin, step);
		if (count > most)
			most = count;
	}
	bar = width > LABEL_WIDTH ? width - LABEL_WIDTH : 1;
	for (unsigned int bin = first; bin <= last; bin += step) {
		count = sum_bins(h, bin, step);
		print_line(histogram_start(bin), histogram_start(bin + step),
			   count, bar_length(count, most, bar));
	}
}

void histogram_print_json(const struct histogram *h)
{
	bool any = false;

	printf("{\"count\": %llu", h->count);
	if (h->count)
		printf(", \"min_ns\": %llu, \"average_ns\": %llu, \"max_ns\": %llu",
		       h->min, h->sum / h->count, h->max);
	fputs(", \"bins\": [", stdout);
	for (unsigned int bin = 0; bin < HISTOGRAM_BINS; bin++) {
		if (!h->bin[bin])
			continue;
		printf("%s[%llu, %u]", any ? ", " : "", histogram_start(bin),
		       h->bin[bin]);
		any = true;
	}
	fputs("]}", stdout);
}

/* Axes: log10 of time from the first bin's start, of the count from 1/2 on. */
struct axes {
	double start, range;	/* of time */
	double top;		/* of the count */
};

static double x_of(const struct axes *axes, u64 ns)
{
	return LEFT + (log10((double)ns + 1) - axes->start) / axes->range *
		      PLOT_WIDTH;
}

static double y_of(const struct axes *axes, double count)
{
	return TOP + PLOT_HEIGHT * (1 - log10(2 * count) / axes->top);
}

/* Lines at 1, 2 and 5 times a power of ten, as far as they lie in the plot. */
static void svg_times(FILE *out, const struct axes *axes)
{
	static const unsigned int steps[] = { 1, 2, 5 };
	bool dense = axes->range > 2;

	for (u64 decade = 1; decade < 1ULL << HISTOGRAM_BITS; decade *= 10)
		for (size_t i = 0; i < (dense ? 1 : ARRAY_SIZE(steps)); i++) {
			double x = x_of(axes, decade * steps[i]);

			if (x < LEFT || x > LEFT + PLOT_WIDTH)
				continue;
			picture_line(out, x, TOP, x, TOP + PLOT_HEIGHT);
			picture_text(out, x, TOP + PLOT_HEIGHT + 18, "middle",
				 histogram_time(decade * steps[i]));
		}
}

static void svg_counts(FILE *out, const struct axes *axes)
{
	char text[24];

	for (double count = 1; log10(2 * count) <= axes->top; count *= 10) {
		double y = y_of(axes, count);

		picture_line(out, LEFT, y, LEFT + PLOT_WIDTH, y);
		snprintf(text, sizeof(text), "%.0f", count);
		picture_text(out, LEFT - 8, y + 4, "end", text);
	}
}

static void svg_bars(FILE *out, const struct histogram *h,
		     const struct axes *axes, unsigned int first,
		     unsigned int last)
{
	fputs("<g fill=\"#2868a8\">\n", out);
	for (unsigned int bin = first; bin <= last; bin++) {
		double x = x_of(axes, histogram_start(bin));
		double y = y_of(axes, h->bin[bin]);

		if (!h->bin[bin])
			continue;
		fprintf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n",
			x, y, x_of(axes, histogram_start(bin + 1)) - x,
			TOP + PLOT_HEIGHT - y);
	}
	fputs("</g>\n", out);
}

static struct axes find_axes(const struct histogram *h, unsigned int first,
			     unsigned int last)
{
	struct axes axes;
	u32 most = 1;

	for (unsigned int bin = first; bin <= last; bin++)
		if (h->bin[bin] > most)
			most = h->bin[bin];
	axes.start = log10((double)histogram_start(first) + 1);
	axes.range = log10((double)histogram_start(last + 1) + 1) - axes.start;
	axes.top = log10(2.0 * most) * 1.05;
	return axes;
}

static void svg_plot(FILE *out, const struct histogram *h, const char *title)
{
	unsigned int first = 0, last = 0;
	struct axes axes;
	char text[160];

	picture_text(out, LEFT, 20, "start", title);
	if (!h->count) {
		picture_text(out, LEFT, 38, "start", "no samples");
		return;
	}
	find_ends(h, &first, &last);
	axes = find_axes(h, first, last);
	snprintf(text, sizeof(text),
		 "%llu samples, minimum %s, average %s, 99.9 %% within %s, maximum %s",
		 h->count, histogram_time(h->min),
		 histogram_time(h->sum / h->count),
		 histogram_time(histogram_percentile(h, 99.9)),
		 histogram_time(h->max));
	picture_text(out, LEFT, 38, "start", text);
	svg_times(out, &axes);
	svg_counts(out, &axes);
	svg_bars(out, h, &axes, first, last);
	picture_text(out, LEFT + PLOT_WIDTH / 2.0, HEIGHT - 12, "middle", "latency (logarithmic)");
	picture_text(out, LEFT, TOP - 4, "end", "samples");
}

void histogram_print_svg(FILE *out, const void *what)
{
	const struct histogram_plots *plots = what;
	unsigned int count = plots->count;

	picture_begin(out, WIDTH, HEIGHT * count);
	for (unsigned int n = 0; n < count; n++) {
		fprintf(out, "<g transform=\"translate(0,%u)\">\n", HEIGHT * n);
		svg_plot(out, plots->plot[n].h, plots->plot[n].title);
		fputs("</g>\n", out);
	}
	fputs("</svg>\n", out);
}
