// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack.h"

#define MAX_CPUS	64

unsigned long cb_parameter(const char *name, unsigned long otherwise)
{
	const char *word = cb_word(name);

	return *word ? strtoul(word, NULL, 0) : otherwise;
}

int cb_victim_start(const char *params)
{
	int id = cb_create(CB_VICTIM), err;
	char all[200];

	if (id < 0)
		return id;
	snprintf(all, sizeof(all), CB_QUIET "%s", params);
	err = cb_boot(CB_VICTIM, "victim", all);
	return err ? err : id;
}

bool cb_victim_is_well(struct cb_console *con, unsigned int ms)
{
	cb_console_skip(con);
	return cb_console_wait(con, "victim: ", ms) && cb_console_wait(con, "victim: ", ms) &&
	       !strcmp(cb_state(CB_VICTIM), "running");
}

/* xorshift64* */
uint64_t cb_any(struct cb_attack *a)
{
	a->state ^= a->state >> 12;
	a->state ^= a->state << 25;
	a->state ^= a->state >> 27;
	return a->state * 0x2545f4914f6cdd1dULL;
}

unsigned int cb_below(struct cb_attack *a, unsigned int limit)
{
	return (unsigned int)((cb_any(a) >> 32) % limit);
}

void cb_tried(struct cb_attack *a, bool refused, const char *what, uint64_t x0, uint64_t x1, uint64_t x2, long result)
{
	a->tried++;
	a->refused += refused;
	a->escaped += !refused;
	if (!refused)
		dprintf(STDOUT_FILENO, "# ESCAPED on CPU %u: %s %#llx %#llx %#llx: %ld\n", a->cpu, what,
			(unsigned long long)x0, (unsigned long long)x1, (unsigned long long)x2, result);
}

static void attacker(struct cb_attack *a, uint64_t end, void (*once)(struct cb_attack *a))
{
	if (cb_pin((int)a->cpu))
		_exit(1);
	while (cb_now_ms() < end)
		once(a);
	_exit(0);
}

struct cb_attack cb_attack(uint64_t cpus, unsigned int ms, void (*once)(struct cb_attack *a))
{
	struct cb_attack *all = mmap(NULL, MAX_CPUS * sizeof(*all), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0), sum = { 0 };
	uint64_t end = cb_now_ms() + ms, seed = cb_parameter("cellblock.seed=", 1);
	unsigned int cpu;
	int status;

	for (cpu = 0; cpu < MAX_CPUS; cpu++) {
		if (!(cpus >> cpu & 1))
			continue;
		all[cpu].cpu = cpu;
		all[cpu].state = (seed + 1) * 0x9e3779b97f4a7c15ULL + cpu;
		if (!fork())
			attacker(&all[cpu], end, once);
	}
	/* who does not come to an end is an escape, too */
	while (wait(&status) > 0)
		sum.escaped += status != 0;
	for (cpu = 0; cpu < MAX_CPUS; cpu++) {
		sum.tried += all[cpu].tried;
		sum.refused += all[cpu].refused;
		sum.escaped += all[cpu].escaped;
	}
	munmap(all, MAX_CPUS * sizeof(*all));
	return sum;
}
