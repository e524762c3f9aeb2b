// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * All CPUs of a cell send into one ring, the same source for both sides. Each
 * CPU numbers its samples, sends them in bursts, and waits for Linux to say go
 * before each burst; the ring is smaller than a burst, so they wait for room as
 * well. Interrupts come to one CPU only. No wait of the cell has a limit: a
 * doorbell that is lost is a cell that hangs.
 *
 * In Linux: libcell-smp LINK PEER CPUS, which looks at the order of each CPU's
 * samples and ends when all have come, each once.
 *
 * Before all that, the cell waits for very short times: each must end.
 */

#include <libcell/device.h>
#include <libcell/ring.h>

#define ALL_CPUS	0	/* channel of the samples; after it, of each CPU's go */
#define ROOM		8
#define BURST		40
#define BURSTS		50
#define LIMIT_US	20000000

struct sample {
	u32 cpu;
	u32 number;
	u64 check;
};

LIBCELL_RING(samples, struct sample, 0x736d7001)
LIBCELL_RING(gos, u32, 0x676f0001)

static struct libcell_device device;

static u64 check_of(const struct sample *sample)
{
	return (sample->number + 1) * 0x9e3779b97f4a7c15ULL ^ sample->cpu;
}

#if __STDC_HOSTED__

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CPUS	8

static struct libcell_producer go[MAX_CPUS];
static u32 next[MAX_CPUS];

static void must(int ret, const char *what)
{
	if (ret) {
		printf("smp: %s: %s\n", what, strerror(-ret));
		exit(1);
	}
}

static void say_go(u32 cpu)
{
	must(gos_send(&go[cpu], &cpu, LIMIT_US), "go");
}

static void look_at(const struct sample *sample, u32 cpus)
{
	if (sample->cpu < cpus && sample->number == next[sample->cpu] &&
	    sample->check == check_of(sample))
		return;
	printf("smp: CPU %u, number %u, is not the %uth\n", sample->cpu,
	       sample->number, sample->cpu < cpus ? next[sample->cpu] : 0);
	exit(1);
}

int main(int argc, char **argv)
{
	u32 peer = argc > 2 ? (u32)atoi(argv[2]) : 0;
	u32 cpus = argc > 3 ? (u32)atoi(argv[3]) : 0;
	struct libcell_consumer in;
	struct sample sample;
	u32 n;

	if (!cpus || cpus > MAX_CPUS)
		return 2;
	must(libcell_open(&device, argv[1]), "open");
	must(samples_open_consumer(&in, &device.link, peer, ALL_CPUS), "consumer");
	for (n = 0; n < cpus; n++) {
		must(gos_open_producer(&go[n], &device.link, peer, n + 1, 2), "producer");
		say_go(n);
	}
	for (n = 0; n < cpus * BURST * BURSTS; n++) {
		must(samples_receive(&in, &sample, LIMIT_US), "receive");
		look_at(&sample, cpus);
		if (++next[sample.cpu] % BURST == 0 && next[sample.cpu] < BURST * BURSTS)
			say_go(sample.cpu);
	}
	printf("smp: %u samples of %u CPUs in order, %llu violations, %llu resets\n", n, cpus,
	       device.link.stats.violations, device.link.stats.resets);
	/* The cell ends at these, which is a reset. */
	for (n = 0; n < cpus; n++)
		say_go(n);
	if (samples_receive(&in, &sample, LIMIT_US) != -ECONNRESET) {
		printf("smp: there is one too many, or the cell does not end\n");
		return 1;
	}
	libcell_close(&device);
	return 0;
}

#else

#define PEER		0
#define SHORT_WAITS	4000

static struct libcell_mp out;
static u64 memory[ROOM];
static struct libcell_consumer go[INMATE_MAX_CPUS];
static unsigned int cpus_done;

static void on_irq(unsigned int irq)
{
	libcell_irq(&device, irq);
}

static void must(int ret)
{
	if (ret) {
		printk("libcell-smp: CPU %u: error %d\n", cpu_id(), ret);
		inmate_end(JAILHOUSE_CELL_FAILED);
	}
}

static void send_all(void)
{
	struct sample sample = { .cpu = cpu_id() };
	u32 word;

	while (sample.number < BURST * BURSTS) {
		if (sample.number % BURST == 0)
			must(gos_receive(&go[sample.cpu], &word, LIBCELL_FOREVER));
		sample.check = check_of(&sample);
		must(samples_mp_send(&out, &sample, LIBCELL_FOREVER));
		sample.number++;
	}
	/* Linux has it all, and is still there */
	must(gos_receive(&go[sample.cpu], &word, LIBCELL_FOREVER));
	atomic_add(&cpus_done, 1);
}

/* Its time is over before it sleeps, or just then. */
static void wait_shortly(struct libcell_link *link)
{
	for (u64 us = 0; us < SHORT_WAITS; us++)
		libcell_wait(link, libcell_events(link), us % 40);
}

void inmate_main(void)
{
	struct libcell_link *link = &device.link;
	unsigned int cpus = smp_num_cpus();

	irq_init(on_irq);
	enable_irqs();
	must(libcell_open(&device, NULL));
	wait_shortly(link);
	must(samples_open_mp(&out, link, PEER, ALL_CPUS, ROOM, memory));
	for (u32 n = 0; n < cpus; n++)
		must(gos_open_consumer(&go[n], link, PEER, n + 1));
	for (u32 n = 1; n < cpus; n++)
		must(smp_start_cpu(n, send_all));
	send_all();
	/* this one has the interrupts */
	while (atomic_read(&cpus_done) != cpus)
		cpu_relax();
	libcell_close(&device);
}

#endif
