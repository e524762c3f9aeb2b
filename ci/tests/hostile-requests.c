// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Hostile programs of root's: requests to the driver from several processes and threads at once, interrupted by
 * signals at any point and killed in the middle, while CPUs go on and off, and a victim runs in a cell. Nothing is left
 * of them.
 */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/attack.h"
#include "lib/enabled.h"
#include "lib/load.h"

#define LIMIT		60000	/* ms, for the victim's reports */
#define MS		8000
#define CELL		"qemu-arm64-inmate-test"
#define HOTPLUG_CPU	3	/* begins there */
#define SIGNAL_US	3000
#define NOBODY		0x0000deadbeef0000ULL	/* nothing is mapped there */
#define KERNEL		0xffff800008000000ULL

static void *config, *image;
static size_t config_size, image_size;

static long request(unsigned long nr, void *arg)
{
	int fd = open("/dev/jailhouse", O_RDWR | O_CLOEXEC);
	long result = fd < 0 || ioctl(fd, nr, arg) < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return result;
}

static struct jailhouse_cell_id the_cell(uint32_t flags)
{
	return (struct jailhouse_cell_id) { .id = -1, .padding = flags, .name = "inmate-test" };
}

static long create(void)
{
	struct jailhouse_cell_create create = {
		.config_address = (uintptr_t)config, .config_size = (uint32_t)config_size,
	};

	return request(JAILHOUSE_CELL_CREATE, &create);
}

static long load(uint64_t source)
{
	struct {
		struct jailhouse_cell_load load;
		struct jailhouse_preload_image image;
	} load = {
		.load = { .cell_id = the_cell(CB_FORCE), .num_preload_images = 1 },
		.image = { .source_address = source, .size = image_size },
	};

	return request(JAILHOUSE_CELL_LOAD, &load);
}

/* What is a right of root's, at a bad time perhaps. */
static void good_request(struct cb_attack *a)
{
	struct jailhouse_cell_id id = the_cell(CB_FORCE);
	long result;

	switch (cb_below(a, 5)) {
	case 0:
		result = create();
		break;
	case 1:
		result = load((uintptr_t)image);
		break;
	case 2:
		result = request(JAILHOUSE_CELL_START, &id);
		break;
	case 3:
		result = request(JAILHOUSE_CELL_RESTART, &id);
		break;
	default:
		result = request(JAILHOUSE_CELL_DESTROY, &id);
		break;
	}
	a->tried++;
	a->refused += result < 0;
}

static void bad_request(struct cb_attack *a)
{
	static const unsigned long numbers[] = {
		JAILHOUSE_ENABLE, JAILHOUSE_CELL_CREATE, JAILHOUSE_CELL_LOAD, JAILHOUSE_CELL_START,
		JAILHOUSE_CELL_DESTROY, JAILHOUSE_CELL_RESTART, 0, ~0UL,
	};
	static const uint64_t pointers[] = { 0, 1, NOBODY, KERNEL, ~0ULL };
	struct jailhouse_cell_id id = { .id = -1 };
	unsigned long nr = numbers[cb_below(a, 8)];
	long result;

	if (cb_below(a, 2)) {
		result = request(nr, (void *)pointers[cb_below(a, 5)]);
		cb_tried(a, result < 0, "ioctl", nr, 0, 0, result);
		return;
	}
	/* the root cell's name, or no name at all */
	if (cb_below(a, 2))
		strcpy(id.name, "qemu-arm64");
	else
		memset(id.name, (int)cb_any(a), sizeof(id.name));
	result = request(JAILHOUSE_CELL_DESTROY, &id);
	cb_tried(a, result < 0, "destroy", 0, 0, 0, result);
}

static void any_request(struct cb_attack *a)
{
	if (cb_below(a, 3))
		good_request(a);
	else
		bad_request(a);
}

static void nothing(int signal)
{
	(void)signal;
}

static void *second_thread(void *arg)
{
	struct cb_attack *sum = arg, a = *sum;

	a.state += 0x9e3779b97f4a7c15ULL;
	a.escaped = 0;
	for (;;) {
		any_request(&a);
		if (a.escaped)
			sum->escaped = a.escaped;
	}
	return NULL;
}

/* Another thread; and, at times, a signal every few ms, which interrupts whatever waits. */
static void prepare_process(struct cb_attack *a)
{
	struct sigaction action = { .sa_handler = nothing };
	struct itimerval often = { { 0, SIGNAL_US }, { 0, SIGNAL_US } };
	pthread_t thread;

	sigaction(SIGALRM, &action, NULL);
	if (cb_below(a, 2))
		setitimer(ITIMER_REAL, &often, NULL);
	pthread_create(&thread, NULL, second_thread, a);
}

/* For a while; the end is a SIGKILL, wherever it is then. */
static void process_that_is_killed(struct cb_attack *a)
{
	pid_t pid = fork();

	if (!pid) {
		prepare_process(a);
		for (;;)
			any_request(a);
	}
	usleep(100000 + cb_below(a, 900) * 1000);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Any CPU but the victim's; whoever is on it goes on elsewhere. */
static void hotplug(struct cb_attack *a)
{
	static const int cpus[] = { 0, 2, 3 };
	int cpu = cpus[cb_below(a, 3)];

	cb_set_online(cpu, false);
	cb_sleep_ms(5);
	cb_set_online(cpu, true);
	cb_sleep_ms(20);
}

static void once(struct cb_attack *a)
{
	if (a->cpu == HOTPLUG_CPU)
		hotplug(a);
	else
		process_that_is_killed(a);
}

static long destroy_what_is_left(void)
{
	struct jailhouse_cell_id id = the_cell(CB_FORCE);
	long result;

	do
		result = request(JAILHOUSE_CELL_DESTROY, &id);
	while (result == -EBUSY || result == -EINTR);
	return result;
}

TEST_F_TIMEOUT(enabled, requests, 300)
{
	struct cb_attack a;
	int cpu;

	config = cb_read_config(CELL, &config_size);
	image = cb_read_file(CB_INMATES "smp-demo.bin", &image_size);
	ASSERT_TRUE(config && image);
	ASSERT_EQ(1, cb_victim_start("")) TH_LOG("%s", cb_error());
	/* each alone is accepted */
	ASSERT_EQ(0, create());
	ASSERT_EQ(0, load((uintptr_t)image));
	ASSERT_EQ(0, destroy_what_is_left());

	a = cb_attack(1 << 0 | 1 << 2 | 1 << HOTPLUG_CPU, MS, once);
	dprintf(STDOUT_FILENO, "# tried %lu, refused %lu, escaped %lu (seed %lu)\n", a.tried, a.refused, a.escaped,
		cb_parameter("cellblock.seed=", 1));
	destroy_what_is_left();
	for (cpu = 0; cpu < self->cpus; cpu++)
		cb_set_online(cpu, true);
	EXPECT_EQ(self->cpus - 1, cb_num_online());
	EXPECT_EQ(0, a.escaped);
	EXPECT_LT(20, a.tried);
	EXPECT_LT(a.refused, a.tried);
	EXPECT_TRUE(cb_victim_is_well(&self->con, LIMIT))
		TH_LOG("%s: %s", cb_state(CB_VICTIM), cb_console_all(&self->con));
	EXPECT_EQ(0, cb_broken_cpu());
	EXPECT_FALSE(cb_kernel_said("Call trace:"));
}

TEST_HARNESS_MAIN
