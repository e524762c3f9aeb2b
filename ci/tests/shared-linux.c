// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * What Linux's own selftests look at (timers, futexes, floating point, breakpoints), on CPUs that a cell takes away
 * from Linux some thousand times a second.
 */

#include <errno.h>
#include <linux/futex.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"

#define CELL		"inmate-test"
#define CPUS		(1 << 2 | 1 << 3)
#define SHARED		2
#define BUDGET		5000	/* us of 10 ms */
#define SECONDS		200	/* a test */
#define NS		1000000000L
#define MS		1000000L
#define SWITCHES	100	/* that a test is worth something */

FIXTURE(preempted) {
	long switches;
};

static long switches(void)
{
	const char *text = strstr(cb_text("cells/1/shares"), "switches=");

	return text ? atol(text + strlen("switches=")) : -1;
}

/* A cell with a timer interrupt every 200 us, which sleeps in between. */
FIXTURE_SETUP(preempted)
{
	ASSERT_EQ(0, cb_fresh());
	if (cb_is_gicv2())
		SKIP(return, "no GICv3");
	ASSERT_DONE(cb_enable(NULL));
	ASSERT_EQ(1, cb_create_sharing(CELL, 0, CPUS, BUDGET)) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_boot(CELL, "timer-demo", CB_QUIET "period=200 report=1000000"));
	ASSERT_EQ(0, cb_pin(SHARED));
	self->switches = switches();
}

FIXTURE_TEARDOWN(preempted)
{
	EXPECT_LT(self->switches + SWITCHES, switches()) TH_LOG("%s", cb_text("cells/1/shares"));
	EXPECT_STREQ("running", cb_state(CELL));
	EXPECT_FALSE(cb_kernel_said("Call trace:"));
	EXPECT_EQ(0, cb_destroy_all());
	EXPECT_DONE(cb_disable());
	EXPECT_EQ(0, cb_rmmod());
}

static long now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * NS + time.tv_nsec;
}

/* Timers: never early, and each period counts once */

TEST_F_TIMEOUT(preempted, sleeps_are_never_too_short, SECONDS)
{
	for (int n = 0; n < 300; n++) {
		long end = now(CLOCK_MONOTONIC) + MS + n * 1000;
		const struct timespec at = { end / NS, end % NS };

		ASSERT_EQ(0, clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL));
		ASSERT_LE(end, now(CLOCK_MONOTONIC));
	}
}

TEST_F_TIMEOUT(preempted, periods_are_all_counted, SECONDS)
{
	const struct itimerspec each = { { 0, MS }, { 0, MS } };
	int fd = timerfd_create(CLOCK_MONOTONIC, 0);
	long begin = now(CLOCK_MONOTONIC), end = begin, armed;
	uint64_t expired, sum = 0;

	ASSERT_LE(0, fd);
	/* the timer is armed at some time between begin and armed: the cell may run for long there */
	ASSERT_EQ(0, timerfd_settime(fd, 0, &each, NULL));
	armed = now(CLOCK_MONOTONIC);
	while (end - begin < NS) {
		ASSERT_EQ(sizeof(expired), read(fd, &expired, sizeof(expired)));
		sum += expired;
		end = now(CLOCK_MONOTONIC);
		ASSERT_LE(sum, (uint64_t)((end - begin) / MS));
	}
	/* what has expired since is there at once */
	ASSERT_EQ(sizeof(expired), read(fd, &expired, sizeof(expired)));
	EXPECT_LE((uint64_t)((end - armed) / MS), sum + expired);
	close(fd);
}

TEST_F_TIMEOUT(preempted, clocks_never_go_back, SECONDS)
{
	static const clockid_t clocks[] = { CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW, CLOCK_BOOTTIME };

	for (unsigned int n = 0; n < sizeof(clocks) / sizeof(clocks[0]); n++) {
		long last = now(clocks[n]), end = last + NS / 2, time;

		for (int cpu = 0; last < end; cpu++) {
			if (!(cpu % 1000))
				ASSERT_EQ(0, cb_pin(cpu / 1000 % 4));
			time = now(clocks[n]);
			ASSERT_LE(last, time);
			last = time;
		}
	}
}

/* Futexes */

static int word;

static long futex(int operation, int value, const struct timespec *timeout)
{
	return syscall(SYS_futex, &word, operation | FUTEX_PRIVATE_FLAG, value, timeout, NULL, 0);
}

#define BOUNCES		3000

static void take_turns(int mine)
{
	int seen;

	for (int n = 0; n < BOUNCES; n++) {
		while ((seen = __atomic_load_n(&word, __ATOMIC_SEQ_CST)) != mine)
			futex(FUTEX_WAIT, seen, NULL);
		__atomic_store_n(&word, !mine, __ATOMIC_SEQ_CST);
		futex(FUTEX_WAKE, 1, NULL);
	}
}

static void *other(void *arg)
{
	cb_pin(1);
	take_turns(1);
	return arg;
}

TEST_F_TIMEOUT(preempted, no_wakeup_is_lost, SECONDS)
{
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, other, NULL));
	take_turns(0);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(0, word);
}

TEST_F_TIMEOUT(preempted, a_wait_with_a_limit_is_never_too_short, SECONDS)
{
	const struct timespec limit = { 0, 3 * MS };

	for (int n = 0; n < 100; n++) {
		long begin = now(CLOCK_MONOTONIC);

		ASSERT_EQ(-1, futex(FUTEX_WAIT, 0, &limit));
		ASSERT_EQ(ETIMEDOUT, errno);
		ASSERT_LE(begin + 3 * MS, now(CLOCK_MONOTONIC));
	}
}

#define THREADS		6
#define ADDITIONS	500	/* in a round: on a busy host each may be a switch of threads */

static pthread_mutex_t mutex;
static volatile long counted;

static void *add(void *cpu)
{
	cb_pin((int)(long)cpu);
	for (int n = 0; n < ADDITIONS; n++) {
		pthread_mutex_lock(&mutex);
		counted++;
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

/* With priority inheritance, whose path is Linux's longest. */
TEST_F_TIMEOUT(preempted, a_mutex_excludes, SECONDS)
{
	pthread_t threads[THREADS];
	pthread_mutexattr_t inherit;
	long rounds = 0;

	pthread_mutexattr_init(&inherit);
	ASSERT_EQ(0, pthread_mutexattr_setprotocol(&inherit, PTHREAD_PRIO_INHERIT));
	ASSERT_EQ(0, pthread_mutex_init(&mutex, &inherit));
	/* until the cell has come between often enough */
	do {
		for (long n = 0; n < THREADS; n++)
			ASSERT_EQ(0, pthread_create(&threads[n], NULL, add, (void *)(n % 4)));
		for (int n = 0; n < THREADS; n++)
			ASSERT_EQ(0, pthread_join(threads[n], NULL));
		rounds++;
	} while (switches() <= self->switches + SWITCHES);
	EXPECT_EQ(rounds * THREADS * ADDITIONS, counted);
}

/* Floating point: bit for bit the same in processes that share a CPU, with signals that calculate as well */

#define ROUNDS		20000000
#define PROCESSES	3

static double chaos(double x, long rounds)
{
	while (rounds--)
		x = 3.99 * x * (1 - x);
	return x;
}

static volatile double of_signals = 0.3;

static void calculate(int signal)
{
	(void)signal;
	of_signals = chaos(of_signals, 10);
}

static void process(double seed, double result)
{
	const struct itimerval often = { { 0, 1000 }, { 0, 1000 } };

	signal(SIGALRM, calculate);
	setitimer(ITIMER_REAL, &often, NULL);
	cb_pin(SHARED);
	_exit(chaos(seed, ROUNDS) == result ? 0 : 1);
}

TEST_F_TIMEOUT(preempted, floating_point_is_exact, SECONDS)
{
	double results[PROCESSES];
	int status;

	/* where nobody preempts */
	ASSERT_EQ(0, cb_pin(0));
	for (int n = 0; n < PROCESSES; n++)
		results[n] = chaos(0.1 + 0.2 * n, ROUNDS);
	for (int n = 0; n < PROCESSES; n++)
		if (!fork())
			process(0.1 + 0.2 * n, results[n]);
	for (int n = 0; n < PROCESSES; n++) {
		ASSERT_LT(0, wait(&status));
		EXPECT_EQ(0, status);
	}
}

/* Breakpoints */

#define WRITES		5000

static volatile uint64_t watched;

TEST_F_TIMEOUT(preempted, a_watchpoint_counts_each_write, SECONDS)
{
	struct perf_event_attr event = {
		.type = PERF_TYPE_BREAKPOINT,
		.size = sizeof(event),
		.bp_type = HW_BREAKPOINT_W,
		.bp_addr = (uintptr_t)&watched,
		.bp_len = HW_BREAKPOINT_LEN_8,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};
	int fd = (int)syscall(SYS_perf_event_open, &event, 0, -1, -1, 0);
	uint64_t count = 0;

	ASSERT_LE(0, fd) TH_LOG("%s", strerror(errno));
	for (uint64_t n = 0; n < WRITES; n++) {
		watched = n;
		for (volatile int wait = 0; wait < 1000; wait++)
			continue;
	}
	ASSERT_EQ(sizeof(count), read(fd, &count, sizeof(count)));
	EXPECT_EQ(WRITES, count);
	close(fd);
}

TEST_HARNESS_MAIN
