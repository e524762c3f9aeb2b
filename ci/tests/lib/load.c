// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cellblock.h"
#include "load.h"

#define MEMORY	(4UL << 20)
#define NICE	10

static void compute(void)
{
	volatile double x = 1;

	for (;;)
		x = x * 1.0000001 + 0.1;
}

/* Floating-point registers are in use too, and are checked to keep their values. */
static void echo(int from, int to, bool first)
{
	double sum = 0;
	char c = 0;

	if (first && write(to, &c, 1) != 1)
		_exit(1);
	while (read(from, &c, 1) == 1) {
		sum += 0.5;
		if (write(to, &c, 1) != 1 || sum < 0.5)
			break;
	}
	_exit(1);
}

static void fork_on(void)
{
	pid_t pid;

	for (;;) {
		pid = fork();
		if (!pid)
			_exit(0);
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
}

/* Memory comes from Linux and goes back; what was written is there. */
static void touch_memory(void)
{
	size_t i, round;

	for (round = 0;; round++) {
		size_t *memory = malloc(MEMORY);

		if (!memory)
			continue;
		for (i = 0; i < MEMORY / sizeof(*memory); i += 64)
			memory[i] = i ^ round;
		for (i = 0; i < MEMORY / sizeof(*memory); i += 64)
			if (memory[i] != (i ^ round))
				abort();
		free(memory);
	}
}

/* Ends with its parent, whatever happens to that. */
static pid_t child_on(struct cb_load *load, int cpu)
{
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGALRM, SIG_DFL);
		cb_pin(cpu);
		/* all of the time that the test leaves, not five sixths of it */
		setpriority(PRIO_PROCESS, 0, NICE);
	} else if (pid > 0) {
		load->pids[load->count++] = pid;
	}
	return pid;
}

static int load_cpu(struct cb_load *load, int cpu, int next)
{
	int there[2], back[2];
	unsigned int before = load->count;

	if (pipe(there) || pipe(back))
		return -errno;
	if (!child_on(load, cpu))
		compute();
	if (!child_on(load, cpu))
		fork_on();
	if (!child_on(load, cpu))
		touch_memory();
	if (!child_on(load, cpu))
		echo(back[0], there[1], true);
	if (!child_on(load, next))
		echo(there[0], back[1], false);
	close(there[0]);
	close(there[1]);
	close(back[0]);
	close(back[1]);
	return load->count == before + CB_LOAD_KINDS ? 0 : -EAGAIN;
}

static int next_online(int cpu)
{
	do {
		cpu = (cpu + 1) % cb_num_cpus();
	} while (!cb_is_online(cpu));
	return cpu;
}

int cb_load_start(struct cb_load *load)
{
	int cpu, ret = 0;

	load->count = 0;
	for (cpu = 0; cpu < cb_num_cpus() && !ret; cpu++)
		if (cb_is_online(cpu))
			ret = load_cpu(load, cpu, next_online(cpu));
	if (ret)
		cb_load_stop(load);
	return ret;
}

void cb_load_stop(struct cb_load *load)
{
	unsigned int i;

	for (i = 0; i < load->count; i++)
		if (load->pids[i] > 0)
			kill(load->pids[i], SIGKILL);
	for (i = 0; i < load->count; i++)
		waitpid(load->pids[i], NULL, 0);
	load->count = 0;
}
