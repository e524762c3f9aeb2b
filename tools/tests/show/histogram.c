/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* Histograms: bins, checks of what another cell wrote, percentiles, pictures */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"
#include "show/histogram.h"
#include "show/picture.h"
#include "tests/fixture.h"

static struct histogram h;

static void test_bins(void)
{
	bool good = true;
	unsigned int bin;

	for (bin = 0; bin < HISTOGRAM_BINS; bin++)
		good = good && histogram_bin(histogram_start(bin)) == bin &&
		       histogram_bin(histogram_start(bin + 1) - 1) == bin;
	check(good, "each bin begins and ends where the next begins");
	check_number((long long)histogram_start(HISTOGRAM_BINS),
		     1LL << HISTOGRAM_BITS, "the last bin's end");
	check_number(histogram_bin(~0ULL), HISTOGRAM_BINS - 1,
		     "what is too long counts in the last bin");
	check_number((long long)(histogram_start(histogram_bin(1000000) + 1) -
				 histogram_start(histogram_bin(1000000))),
		     32768, "a bin is a sixteenth of its power of two");
}

static void fill(void)
{
	histogram_reset(&h);
	for (unsigned int n = 0; n < 999; n++)
		histogram_add(&h, 1000 + n % 10);
	histogram_add(&h, 5000000);
}

static void test_check(void)
{
	histogram_reset(&h);
	check(histogram_check(&h), "an empty one is right");
	fill();
	check(histogram_check(&h), "so is a filled one");
	h.bin[3]++;
	check(!histogram_check(&h), "a sample that nobody counted");
	fill();
	h.min = 2000;
	check(!histogram_check(&h), "a minimum above the samples");
	fill();
	h.max = ~0ULL;
	check(!histogram_check(&h), "a maximum beyond the last sample");
	fill();
	h.min = h.max + 1;
	check(!histogram_check(&h), "a minimum above the maximum");
}

static void test_percentile(void)
{
	fill();
	check_number((long long)histogram_percentile(&h, 50), 1023, "median");
	check_number((long long)histogram_percentile(&h, 99.9), 1023,
		     "all but one");
	check_number((long long)histogram_percentile(&h, 100), 5000000,
		     "all: not more than the maximum");
}

static void test_time(void)
{
	check_text(histogram_time(0), "0 ns", "nothing");
	check_text(histogram_time(999), "999 ns", "nanoseconds");
	check_text(histogram_time(1250), "1.25 us", "two digits after the point");
	check_text(histogram_time(12500000), "12.5 ms", "one digit");
	check_text(histogram_time(125000000000), "125 s", "none; no unit above");
}

static unsigned int count(const char *text, const char *part)
{
	unsigned int n = 0;

	while ((text = strstr(text, part))) {
		text += strlen(part);
		n++;
	}
	return n;
}

static const char *picture(const char *title)
{
	static char text[20000];
	const struct histogram_plots plots = { 1, { { &h, title } } };
	FILE *file = fmemopen(text, sizeof(text), "w");

	histogram_print_svg(file, &plots);
	fclose(file);
	return text;
}

static void test_picture(void)
{
	const char *svg;

	fill();
	svg = picture("a <b> & c");
	check_contains(svg, ">a &lt;b> &amp; c</text>", "the title's marks");
	check_contains(svg, "1000 samples, minimum 1.00 us", "the figures");
	check_contains(svg, ">latency (logarithmic)</text>", "the name of one axis");
	check_contains(svg, ">samples</text>", "of the other");
	check_number(count(svg, "<rect x="), 2, "a bar for each used bin");
	check(!strcmp(svg + strlen(svg) - 7, "</svg>\n"), "it is complete");
	check(!strstr(svg, "nan") && !strstr(svg, "inf"), "numbers only");

	histogram_reset(&h);
	check_contains(picture("empty"), "no samples", "an empty one");
	histogram_add(&h, 0);
	svg = picture("one sample of 0");
	check(count(svg, "<rect x=") == 1 && !strstr(svg, "nan") &&
	      !strstr(svg, "inf"), "a single sample of zero");
}

/* Puts a converter into an empty PATH, or none if @script is NULL. */
static const char *with_converter(const char *script)
{
	static char out[256], path[300];
	const char *name;

	fixture_reset();
	name = make_file("rsvg-convert", script ? script : "", script ? strlen(script) : 0);
	snprintf(out, sizeof(out), "%s.png", name);
	snprintf(path, sizeof(path), "%.*s", (int)(strrchr(name, '/') - name), name);
	setenv("PATH", path, 1);
	if (!script || chmod(name, 0755))
		unlink(name);
	return out;
}

static void test_png(void)
{
	static const char whole[] = "#!/bin/sh\nIFS=\nwhile read -r line; do last=$line; done\n"
				    "[ \"$1\" = -o ] && echo \"$last\" >\"$2\"\n";
	const struct histogram_plots plots = { 1, { { &h, "png" } } };
	char line[16] = "";
	const char *out;
	FILE *file;

	fill();
	out = with_converter(whole);
	check_number(picture_write_png(out, histogram_print_svg, &plots), EXIT_DONE,
		     "the converter is run");
	file = fopen(out, "r");
	check(file && fgets(line, sizeof(line), file), "it writes the file");
	check_text(line, "</svg>\n", "it has got all of the picture");
	if (file)
		fclose(file);
	unlink(out);

	out = with_converter("#!/bin/sh\n: >\"$2\"\nexit 3\n");
	check_number(picture_write_png(out, histogram_print_svg, &plots), 1, "it fails");
	check(access(out, F_OK), "nothing is left");
	check_number(picture_check_png(out), EXIT_DONE, "one that is there can be asked for");
	out = with_converter(NULL);
	check_number(picture_check_png(out), 1, "one that is not is missed at once");
	check_number(picture_write_png(out, histogram_print_svg, &plots), 1, "it is not there");
}

int main(void)
{
	test_bins();
	test_check();
	test_percentile();
	test_time();
	test_picture();
	test_png();
	return fixture_end();
}
