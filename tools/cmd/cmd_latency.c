/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse cell latency */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <libcell/latency.h>

#include "cell_id.h"
#include "command.h"
#include "io.h"
#include "message.h"
#include "options.h"
#include "service.h"
#include "show/histogram.h"
#include "show/json.h"
#include "show/picture.h"

#define ANSWER_US	5000000
#define KICK_MS		10
#define MAX_DURATION	86400
#define TEXT_WIDTH	80

struct request {
	struct jailhouse_cell_id id;
	unsigned int duration;		/* s */
	unsigned int interval;		/* us, 0: no timer */
	bool json;
	const char *svg, *png;		/* files, or NULL */
};

struct measurement {
	struct service service;
	struct libcell_message message;
	struct histogram result[LIBCELL_LATENCY_KINDS];
};

static const struct {
	const char *name, *title;
} kinds[LIBCELL_LATENCY_KINDS] = {
	[LIBCELL_LATENCY_TIMER] = {
		"timer", "Timer: from the deadline to the cell's handler",
	},
	[LIBCELL_LATENCY_DOORBELL] = {
		"doorbell", "Doorbell: from sending in Linux to the cell's handler",
	},
};

/* Asks, and says what is wrong if there is no answer. */
static int ask(struct measurement *m, const struct sysfs_cell *cell, u32 type,
	       u64 value)
{
	int ret;

	m->message.type = type;
	m->message.sequence++;
	m->message.data[0] = value;
	ret = libcell_call(&m->service.client, &m->message, ANSWER_US);
	if (ret == -ETIMEDOUT)
		return refused("cell \"%s\" does not answer: does it run, with a program that serves libcell's messages (such as latency-demo)?",
			       cell->name);
	if (ret)
		return refused("cell \"%s\" is not to be talked to: %s",
			       cell->name, strerror(-ret));
	if (m->message.type == LIBCELL_UNKNOWN)
		return refused("the program in cell \"%s\" does not measure latencies: it needs libcell's latency service",
			       cell->name);
	return EXIT_DONE;
}

static void show_progress(const struct request *request, u64 start)
{
	static u64 shown = ~0ULL;
	u64 seconds = (io_now() - start) / 1000000;

	if (seconds == shown || !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r%llu of %u s ", seconds, request->duration);
	shown = seconds;
}

/* The cell counts its timer's interrupts; doorbells are ours to ring. */
static int collect(struct measurement *m, const struct request *request,
		   const struct sysfs_cell *cell)
{
	u64 start = io_now(), end = start + request->duration * 1000000ULL;
	int ret;

	ret = ask(m, cell, LIBCELL_LATENCY_START, request->interval);
	while (!ret && io_now() < end && io_wait(KICK_MS)) {
		show_progress(request, start);
		ret = ask(m, cell, LIBCELL_LATENCY_KICK, io_count());
	}
	if (isatty(STDERR_FILENO))
		fputs("\r", stderr);
	return ret ? ret : ask(m, cell, LIBCELL_LATENCY_STOP, 0);
}

static int fetch(struct measurement *m, const struct sysfs_cell *cell)
{
	enum libcell_latency_kind kind;
	int ret;

	for (kind = 0; kind < LIBCELL_LATENCY_KINDS; kind++) {
		ret = libcell_latency_read(&m->service.client, kind, &m->result[kind],
					   ANSWER_US);
		if (ret)
			return refused("cell \"%s\" gives no usable figures: %s",
				       cell->name, strerror(-ret));
	}
	return EXIT_DONE;
}

static int measure(struct measurement *m, const struct request *request,
		   const struct sysfs_cell *cell)
{
	int ret;

	ret = service_connect(&m->service, cell->name, NULL);
	if (ret)
		return ret;
	ret = collect(m, request, cell);
	if (!ret)
		ret = fetch(m, cell);
	libcell_close(&m->service.device);
	return ret;
}

static void print_line(const char *name, const struct histogram *h)
{
	printf("%-10s%10llu", name, h->count);
	if (h->count)
		printf("%12s%12s%12s%12s", histogram_time(h->min),
		       histogram_time(h->sum / h->count),
		       histogram_time(histogram_percentile(h, 99.9)),
		       histogram_time(h->max));
	putchar('\n');
}

static void print_text(const struct measurement *m,
		       const struct request *request,
		       const struct sysfs_cell *cell)
{
	unsigned int width = io_terminal_width();

	printf("Cell %u \"%s\", CPUs %s, %u s", cell->id, cell->name,
	       cell->cpus_assigned, request->duration);
	if (request->interval)
		printf(", a timer interrupt every %u us", request->interval);
	printf("\n\n%-10s%10s%12s%12s%12s%12s\n", "LATENCY", "SAMPLES", "MIN",
	       "AVERAGE", "99.9 %", "MAX");
	for (unsigned int kind = 0; kind < LIBCELL_LATENCY_KINDS; kind++)
		print_line(kinds[kind].name, &m->result[kind]);
	for (unsigned int kind = 0; kind < LIBCELL_LATENCY_KINDS; kind++) {
		if (!m->result[kind].count)
			continue;
		printf("\n%s (bars are logarithmic)\n", kinds[kind].title);
		histogram_print(&m->result[kind], width ? width : TEXT_WIDTH);
	}
}

static void print_json(const struct measurement *m,
		       const struct request *request,
		       const struct sysfs_cell *cell)
{
	printf("{\"id\": %u, \"name\": ", cell->id);
	json_string(cell->name);
	printf(", \"duration_s\": %u, \"interval_us\": %u", request->duration,
	       request->interval);
	for (unsigned int kind = 0; kind < LIBCELL_LATENCY_KINDS; kind++) {
		printf(", \"%s\": ", kinds[kind].name);
		histogram_print_json(&m->result[kind]);
	}
	puts("}");
}

static int draw(const struct measurement *m, const struct request *request)
{
	struct histogram_plots plots = { .count = LIBCELL_LATENCY_KINDS };
	int ret = EXIT_DONE;

	for (unsigned int kind = 0; kind < LIBCELL_LATENCY_KINDS; kind++) {
		plots.plot[kind].h = &m->result[kind];
		plots.plot[kind].title = kinds[kind].title;
	}
	if (request->svg)
		ret = picture_write_svg(request->svg, histogram_print_svg, &plots);
	if (!ret && request->png)
		ret = picture_write_png(request->png, histogram_print_svg, &plots);
	return ret;
}

/* 0, or from min to max */
static int set_interval(const struct known_option *option, char *argument)
{
	if (strcmp(argument, "0"))
		return option_set_number(option, argument);
	*(unsigned int *)option->target = 0;
	return EXIT_DONE;
}

static int parse(struct request *request, int argc, char **argv)
{
	const char *name = NULL;
	const struct known_option known[] = {
		OPTION_NUMBER('D', "duration", &request->duration, 1, MAX_DURATION),
		{ 'i', "interval", true, set_interval, &request->interval,
		  LIBCELL_LATENCY_MIN_US, LIBCELL_LATENCY_MAX_US },
		OPTION_FLAG(0, "json", &request->json),
		OPTION_TEXT(0, "name", &name),
		OPTION_TEXT(0, "png", &request->png),
		OPTION_TEXT(0, "svg", &request->svg),
		{ 0 }
	};
	int ret = options_parse(argc, argv, known);

	if (!ret)
		ret = cell_id_of_words(&request->id, name, argc, argv);
	return ret ? ret : options_no_operands(argc, argv);
}

static int run_latency(int argc, char **argv)
{
	struct request request = { .duration = 10, .interval = 1000 };
	static struct measurement measurement;
	struct sysfs_cell cell;
	int ret;

	ret = parse(&request, argc, argv);
	if (!ret && request.png)
		ret = picture_check_png(request.png);
	if (!ret)
		ret = cell_id_find(&request.id, &cell);
	if (!ret)
		ret = measure(&measurement, &request, &cell);
	if (ret)
		return ret;
	if (request.json)
		print_json(&measurement, &request, &cell);
	else
		print_text(&measurement, &request, &cell);
	return draw(&measurement, &request);
}

const struct command cmd_cell_latency = {
	.name = "latency",
	.synopsis = "{ID | [--name] NAME} [-D SECONDS] [-i MICROSECONDS] [--json] "
		    "[--svg FILE] [--png FILE]",
	.summary = "Measure how late interrupts are in a cell",
	.help =
	"  ID                     number of the cell\n"
	"  NAME                   its name; --name if it is all digits\n"
	"  -D, --duration SECONDS how long (10)\n"
	"  -i, --interval MICROSECONDS\n"
	"                         between interrupts of the cell's timer (1000);\n"
	"                         0: doorbells only\n"
	"  --json                 one JSON object, with the histograms' bins\n"
	"  --svg FILE             draw the histograms\n"
	"  --png FILE             the same, by rsvg-convert\n"
	"\n"
	"The cell has to have an IVSHMEM link with this Linux and a program that\n"
	"serves it with libcell, such as the inmate latency-demo.\n",
	.run = run_latency,
};
