// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <linux/membarrier.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cellblock.h"
#include "load.h"

#define LIMIT	20000	/* ms, for one interrupt: many CPUs on a loaded host are slow */
#define CALLS	3	/* per CPU, fewer if there are many */

#define for_each_online_cpu(cpu) \
	for ((cpu) = 0; (cpu) < cb_num_cpus(); (cpu)++) \
		if (cb_is_online(cpu))

int cb_silent_timer(void)
{
	unsigned long before[CB_MAX_CPUS], after[CB_MAX_CPUS];
	uint64_t end;
	int cpu;

	for_each_online_cpu(cpu) {
		cb_interrupts("arch_timer", before, CB_MAX_CPUS);
		if (cb_pin(cpu))
			return cpu;
		end = cb_now_ms() + LIMIT;
		do {
			cb_sleep_ms(2);
			cb_interrupts("arch_timer", after, CB_MAX_CPUS);
		} while (after[cpu] < before[cpu] + 2 && cb_now_ms() < end);
		if (after[cpu] < before[cpu] + 2)
			return cpu;
	}
	return -1;
}

/* Function calls: membarrier() comes back when all CPUs that run a thread of this process have answered. */

static atomic_bool stop_threads;
static atomic_int threads_up;

static void *spin(void *cpu)
{
	cb_pin((int)(intptr_t)cpu);
	atomic_fetch_add(&threads_up, 1);
	while (!atomic_load(&stop_threads))
		;
	return NULL;
}

static long membarrier(int command)
{
	return syscall(SYS_membarrier, command, 0, 0);
}

static int start_threads(pthread_t *threads)
{
	int cpu, count = 0;

	atomic_store(&stop_threads, false);
	atomic_store(&threads_up, 0);
	for_each_online_cpu(cpu)
		if (!pthread_create(&threads[count], NULL, spin, (void *)(intptr_t)cpu))
			count++;
	while (atomic_load(&threads_up) < count)
		cb_sleep_ms(1);
	return count;
}

/* In a process of its own, which a lost call would stop for ever. */
static void make_calls(int report)
{
	pthread_t threads[CB_MAX_CPUS];
	int cpu, i, count, calls = cb_num_cpus() > 8 ? 1 : CALLS;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED))
		_exit(1);
	count = start_threads(threads);
	for_each_online_cpu(cpu) {
		if (cb_pin(cpu))
			_exit(1);
		for (i = 0; i < calls; i++)
			if (membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED))
				_exit(1);
		if (write(report, &cpu, sizeof(cpu)) != sizeof(cpu))
			_exit(1);
	}
	atomic_store(&stop_threads, true);
	while (count--)
		pthread_join(threads[count], NULL);
	_exit(0);
}

/* Reads one, or fails after the limit. */
static int receive(int fd, void *to, size_t size)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	if (poll(&pollfd, 1, LIMIT) <= 0)
		return -ETIMEDOUT;
	return read(fd, to, size) == (ssize_t)size ? 0 : -EIO;
}

static void end_process(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

int cb_lost_call(void)
{
	int cpu, done, lost = -1, fds[2];
	pid_t pid;

	if (pipe(fds))
		return 0;
	pid = fork();
	if (!pid)
		make_calls(fds[1]);
	close(fds[1]);
	for_each_online_cpu(cpu)
		if (lost < 0 && (receive(fds[0], &done, sizeof(done)) || done != cpu))
			lost = cpu;
	end_process(pid);
	close(fds[0]);
	return lost;
}

/* Wake-ups */

static void answer_on(int cpu, int from, int to)
{
	char c;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (cb_pin(cpu))
		_exit(1);
	while (read(from, &c, 1) == 1)
		if (write(to, &c, 1) != 1)
			break;
	_exit(0);
}

/* The caller is on its CPU already. */
static int play(int cpu, unsigned int rounds)
{
	int there[2], back[2], ret = 0;
	char c = 0;
	pid_t pid;

	if (pipe(there) || pipe(back))
		return -errno;
	pid = fork();
	if (!pid)
		answer_on(cpu, there[0], back[1]);
	while (!ret && rounds--) {
		if (write(there[1], &c, 1) != 1)
			ret = -EIO;
		else
			ret = receive(back[0], &c, 1);
	}
	end_process(pid);
	close(there[0]);
	close(there[1]);
	close(back[0]);
	close(back[1]);
	return ret;
}

int cb_lost_wakeup(unsigned int rounds)
{
	int from, to;

	for_each_online_cpu(from) {
		if (cb_pin(from))
			return from;
		for_each_online_cpu(to)
			if (from < to && play(to, rounds))
				return to;
	}
	return -1;
}

int cb_broken_cpu(void)
{
	int cpu = cb_silent_timer();

	if (cpu >= 0)
		return CB_SILENT_TIMER + cpu;
	cpu = cb_lost_call();
	if (cpu >= 0)
		return CB_LOST_CALL + cpu;
	cpu = cb_lost_wakeup(4);
	return cpu >= 0 ? CB_LOST_WAKEUP + cpu : 0;
}
