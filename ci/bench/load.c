// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * load pingpong COUNT	a byte there and back through pipes, across two CPUs
 * load fork COUNT	fork, exit and wait
 * load storm SECONDS	on every CPU at once: timers, copying, forks, and bytes to
 *			the next CPU and back
 * load work COUNT	so many times 1000 rounds of a loop, on CPU 2, inside interval 20
 * load beside COUNT	the same inside interval 21
 * load marks SECONDS	on CPU 2, nothing but beginning interval 14: what ends it is all that
 *			came after the last instruction
 * load talk SECONDS	messages of many processes to many others, as hackbench has them, on
 *			every CPU; counted inside interval 29
 * load timer SECONDS	wake up every millisecond on CPU 1, before any other thread,
 *			and print how late that is
 *
 * The first two print nanoseconds for each, and do the work inside interval 24
 * of the counting plugin. The storm prints how much of each it got done.
 */

#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "marker.h"

#define INTERVAL	24

static long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000L + now.tv_nsec;
}

static void pin(int nr)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)nr, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "CPU %d", nr);
}

static void pass(int from, int to)
{
	char byte;

	if (read(from, &byte, 1) != 1 || write(to, &byte, 1) != 1)
		err(1, "pipe");
}

static void bounce(int from, int to, long count)
{
	pin(1);
	while (count--)
		pass(from, to);
	_exit(0);
}

static void finish(pid_t child)
{
	int status;

	if (child < 0 || waitpid(child, &status, 0) != child || status)
		errx(1, "the child did not end well");
}

static void pingpong(long count)
{
	int there[2], back[2];
	pid_t child;
	long n;

	if (pipe(there) || pipe(back))
		err(1, "pipe");
	pin(0);
	child = fork();
	if (!child)
		bounce(there[0], back[1], count);
	BENCH_BEGIN(INTERVAL);
	for (n = 0; n < count; n++) {
		if (write(there[1], "", 1) != 1)
			err(1, "pipe");
		if (read(back[0], &(char){ 0 }, 1) != 1)
			err(1, "pipe");
	}
	BENCH_END(INTERVAL);
	finish(child);
}

static void forks(long count)
{
	long n;

	BENCH_BEGIN(INTERVAL);
	for (n = 0; n < count; n++) {
		pid_t child = fork();

		if (!child)
			_exit(0);
		finish(child);
	}
	BENCH_END(INTERVAL);
}

/* Kinds of work in the storm, a process of each on each CPU. */
enum storm { STORM_TIMER, STORM_COPY, STORM_FORK, STORM_BYTE, STORM_KINDS };

#define STORM_PERIOD_NS		100000
#define STORM_COPY_SIZE		(8UL << 20)
#define STORM_MAX_CPUS		64

/* How often each kind was done: shared by the processes, which add to it. */
static unsigned long *done;

static void one_timer(void)
{
	nanosleep(&(struct timespec) { .tv_nsec = STORM_PERIOD_NS }, NULL);
}

static void one_copy(void)
{
	static char *from, *to;

	if (!from) {
		from = malloc(STORM_COPY_SIZE);
		to = malloc(STORM_COPY_SIZE);
		if (!from || !to)
			errx(1, "no memory to copy");
	}
	memcpy(to, from, STORM_COPY_SIZE);
	from[(size_t)to[0] + 1]++;
}

static void one_fork(void)
{
	pid_t child = fork();

	if (!child)
		_exit(0);
	finish(child);
}

/* A child bounces bytes on the next CPU. */
static void one_byte(int next)
{
	static int there[2], back[2];
	static bool ready;

	if (!ready) {
		if (pipe(there) || pipe(back))
			err(1, "pipe");
		if (!fork()) {
			pin(next);
			for (;;)
				pass(there[0], back[1]);
		}
		ready = true;
	}
	if (write(there[1], "", 1) != 1)
		err(1, "pipe");
	if (read(back[0], &(char){ 0 }, 1) != 1)
		err(1, "pipe");
}

/* Of so many, for all processes that are made from now on. */
static unsigned long *shared_counts(size_t count)
{
	void *counts = mmap(NULL, sizeof(unsigned long) * count, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (counts == MAP_FAILED)
		err(1, "memory for counts");
	return counts;
}

static void storm_process(enum storm kind, int nr, int next)
{
	pin(nr);
	for (;;) {
		switch (kind) {
		case STORM_TIMER:
			one_timer();
			break;
		case STORM_COPY:
			one_copy();
			break;
		case STORM_FORK:
			one_fork();
			break;
		default:
			one_byte(next);
		}
		__atomic_fetch_add(&done[kind], 1, __ATOMIC_RELAXED);
	}
}

/* The CPUs that are online, in order. */
static int online_cpus(int nr[STORM_MAX_CPUS])
{
	cpu_set_t set;
	int count = 0;

	if (sched_getaffinity(0, sizeof(set), &set))
		err(1, "CPUs");
	for (int i = 0; i < STORM_MAX_CPUS; i++)
		if (CPU_ISSET((size_t)i, &set))
			nr[count++] = i;
	return count;
}

/* All of it is one process group, which ends as one. */
static int storm(long seconds)
{
	int nr[STORM_MAX_CPUS], cpus = online_cpus(nr);

	done = shared_counts(STORM_KINDS);
	if (setpgid(0, 0))
		err(1, "storm");
	signal(SIGTERM, SIG_IGN);
	for (int cpu = 0; cpu < cpus; cpu++)
		for (enum storm kind = 0; kind < STORM_KINDS; kind++)
			if (!fork()) {
				signal(SIGTERM, SIG_DFL);
				storm_process(kind, nr[cpu],
					      nr[(cpu + 1) % cpus]);
			}
	sleep((unsigned int)seconds);
	kill(0, SIGTERM);
	while (wait(NULL) > 0)
		continue;
	printf("timers=%lu copies=%lu forks=%lu bytes=%lu\n",
	       done[STORM_TIMER], done[STORM_COPY], done[STORM_FORK],
	       done[STORM_BYTE]);
	return 0;
}

#define WORK_INTERVAL	20
#define BESIDE_INTERVAL	21
#define MARKS_INTERVAL	14

static void rounds(long count)
{
	for (volatile long n = 0; n < count * 1000; n++)
		continue;
}

static int work(long count)
{
	pin(2);
	BENCH_BEGIN(WORK_INTERVAL);
	rounds(count);
	BENCH_END(WORK_INTERVAL);
	return 0;
}

static int beside(long count)
{
	pin(2);
	BENCH_BEGIN(BESIDE_INTERVAL);
	rounds(count);
	BENCH_END(BESIDE_INTERVAL);
	return 0;
}

/* Ends by SIGALRM. */
static __attribute__((noreturn)) void marks(long seconds)
{
	pin(2);
	alarm((unsigned int)seconds);
	for (;;)
		BENCH_BEGIN(MARKS_INTERVAL);
}

/* Each sender of a group sends to each of its receivers in turn. */
#define TALK_INTERVAL		29
#define TALK_GROUPS		4
#define TALK_EACH		5
#define TALK_BYTES		100

static __attribute__((noreturn)) void send_all(int to[TALK_EACH])
{
	const char message[TALK_BYTES] = { 0 };

	for (int n = 0;; n = (n + 1) % TALK_EACH)
		if (write(to[n], message, sizeof(message)) != sizeof(message))
			err(1, "talk");
}

static __attribute__((noreturn)) void receive_all(int from, unsigned long *received)
{
	char message[TALK_BYTES];

	for (;; __atomic_fetch_add(received, 1, __ATOMIC_RELAXED))
		if (recv(from, message, sizeof(message), MSG_WAITALL) != sizeof(message))
			err(1, "talk");
}

/* An orphan would go on. */
static bool is_child(void)
{
	if (fork())
		return false;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	return true;
}

static void talkers(unsigned long received[TALK_EACH])
{
	int to[TALK_EACH], ends[2];

	for (int n = 0; n < TALK_EACH; n++) {
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
			err(1, "talk");
		to[n] = ends[0];
		if (is_child())
			receive_all(ends[1], &received[n]);
	}
	for (int n = 0; n < TALK_EACH; n++)
		if (is_child())
			send_all(to);
}

static unsigned long total(const unsigned long *received)
{
	unsigned long sum = 0;

	for (int n = 0; n < TALK_GROUPS * TALK_EACH; n++)
		sum += __atomic_load_n(&received[n], __ATOMIC_RELAXED);
	return sum;
}

static int talk(long seconds)
{
	unsigned long *received = shared_counts(TALK_GROUPS * TALK_EACH);
	unsigned long before;

	for (int n = 0; n < TALK_GROUPS; n++)
		talkers(&received[n * TALK_EACH]);
	usleep(100000);
	before = total(received);
	BENCH_BEGIN(TALK_INTERVAL);
	sleep((unsigned int)seconds);
	BENCH_END(TALK_INTERVAL);
	printf("talk=%lu\n", total(received) - before);
	return 0;
}

#define TIMER_PERIOD_NS		1000000

/* Powers of two of nanoseconds, and how often it was below. */
static void print_late(const unsigned long *late, unsigned int bins, long worst)
{
	for (unsigned int bin = 0; bin < bins; bin++)
		if (late[bin])
			printf("< %9.3f us %8lu\n", (double)(1UL << bin) / 1000, late[bin]);
	printf("max %9.3f us\n", (double)worst / 1000);
}

static int timer(long seconds)
{
	const struct sched_param first = { .sched_priority = 99 };
	long next = now_ns(), end = next + seconds * 1000000000L, ns, worst = 0;
	unsigned long late[64] = { 0 };

	pin(1);
	if (sched_setscheduler(0, SCHED_FIFO, &first))
		err(1, "SCHED_FIFO");
	for (next += TIMER_PERIOD_NS; next < end; next += TIMER_PERIOD_NS) {
		const struct timespec at = { next / 1000000000L, next % 1000000000L };

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
		ns = now_ns() - next;
		worst = ns > worst ? ns : worst;
		late[64 - __builtin_clzl((unsigned long)ns | 1)]++;
	}
	print_late(late, 64, worst);
	return 0;
}

int main(int argc, char **argv)
{
	long count = argc == 3 ? atol(argv[2]) : 0;
	long start = now_ns();
	bool is_fork;

	if (count <= 0)
		errx(2, "usage: load pingpong|fork|work|beside COUNT, load storm|timer|marks|talk SECONDS");
	if (!strcmp(argv[1], "storm"))
		return storm(count);
	if (!strcmp(argv[1], "work"))
		return work(count);
	if (!strcmp(argv[1], "beside"))
		return beside(count);
	if (!strcmp(argv[1], "marks"))
		marks(count);
	if (!strcmp(argv[1], "talk"))
		return talk(count);
	if (!strcmp(argv[1], "timer"))
		return timer(count);
	is_fork = !strcmp(argv[1], "fork");
	if (is_fork)
		forks(count);
	else
		pingpong(count);
	printf("%s_ns=%ld\n", is_fork ? "fork" : "pingpong",
	       (now_ns() - start) / count);
	return 0;
}
