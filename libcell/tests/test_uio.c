// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Threads that wait for one device in Linux; a pipe is the device. */

#include "../src/uio.c"

#include "world.h"

#define THREADS		4
#define LONG		60000000

static struct libcell_device device;
static volatile u32 registers[8];
static int interrupts;
static bool stop;

static void begin(void)
{
	int ends[2];

	EXPECT_EQ(pipe(ends), 0);
	interrupts = ends[1];
	stop = false;
	device = (struct libcell_device){
		.fd = ends[0], .registers = registers,
		.link = { .ops = &ops },
	};
	device_init_waiting(&device);
}

static void end(void)
{
	pthread_cond_destroy(&device.cond);
	pthread_mutex_destroy(&device.lock);
	close(device.fd);
	close(interrupts);
}

static void interrupt(void)
{
	u32 one = 1;

	EXPECT_EQ(write(interrupts, &one, sizeof(one)), sizeof(one));
}

static void *wait_long(void *unused)
{
	EXPECT_EQ(libcell_wait(&device.link, 0, LONG), 0);
	return unused;
}

static void an_interrupt_wakes_all(void)
{
	pthread_t threads[THREADS];
	int n;

	begin();
	registers[IVSHMEM_REG_INT_CONTROL / 4] = 0;
	for (n = 0; n < THREADS; n++)
		pthread_create(&threads[n], NULL, wait_long, NULL);
	while (__atomic_load_n(&device.link.stats.waits, __ATOMIC_RELAXED) < THREADS)
		;
	interrupt();
	for (n = 0; n < THREADS; n++)
		pthread_join(threads[n], NULL);
	EXPECT_EQ(libcell_events(&device.link), 1);
	EXPECT_EQ(registers[IVSHMEM_REG_INT_CONTROL / 4], IVSHMEM_INT_ENABLE);
	end();
}

static void what_came_before_is_there_at_once(void)
{
	begin();
	interrupt();
	EXPECT_EQ(libcell_wait(&device.link, 0, 0), 0);
	EXPECT_EQ(libcell_wait(&device.link, 0, LIBCELL_FOREVER), 0);
	EXPECT_EQ(libcell_wait(&device.link, 1, 0), -ETIMEDOUT);
	end();
}

static void *wait_often(void *unused)
{
	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE))
		libcell_wait(&device.link, 0, 1000);
	return unused;
}

/* Others that read in short turns do not make a limit longer. */
static void each_limit_is_kept(void)
{
	pthread_t threads[THREADS];
	u64 start;
	int n;

	begin();
	for (n = 0; n < THREADS; n++)
		pthread_create(&threads[n], NULL, wait_often, NULL);
	start = device_now_us(&device.link);
	EXPECT_EQ(libcell_wait(&device.link, 0, 300000), -ETIMEDOUT);
	EXPECT(device_now_us(&device.link) - start >= 300000);
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	for (n = 0; n < THREADS; n++)
		pthread_join(threads[n], NULL);
	end();
}

static void a_device_that_goes_is_told(void)
{
	begin();
	close(interrupts);
	EXPECT(libcell_wait(&device.link, 0, LONG) < 0);
	interrupts = -1;
	end();
}

static const struct test tests[] = {
	TEST(an_interrupt_wakes_all),
	TEST(what_came_before_is_there_at_once),
	TEST(each_limit_is_kept),
	TEST(a_device_that_goes_is_told),
};

int main(void)
{
	return tests_run(tests, ARRAY_SIZE(tests));
}
