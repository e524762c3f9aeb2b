// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

#include <string.h>

#include "../tap.h"
#include "cpu.h"
#include "sysreg.h"

#define FAIL(...)	tap_fail(__FILE__, __LINE__, __VA_ARGS__)
#define MAX_REGISTERS	128
#define MAX_CPUS	16

static struct {
	const char *name;
	u64 value[MAX_CPUS];
	bool read_only;
} registers[MAX_REGISTERS];

struct fake_step fake_steps[FAKE_MAX_STEPS];
unsigned int fake_num_steps;
static bool recording;
void (*fake_at_instruction)(void);
void (*fake_at_read)(const char *name);

/* 0: the test itself, or there is one CPU only */
static unsigned int this_cpu(void)
{
	return fake_cpu_number ? fake_cpu_number() : 0;
}

/* Where it is, or where the next new one goes. */
static unsigned int find(const char *name)
{
	unsigned int n = 0;

	while (n < MAX_REGISTERS && registers[n].name &&
	       strcmp(registers[n].name, name))
		n++;
	if (n == MAX_REGISTERS)
		FAIL("more than %u system registers", MAX_REGISTERS);
	return n;
}

static u64 *value_of(const char *name)
{
	unsigned int n = find(name);

	if (!registers[n].name)
		FAIL("%s is accessed, and the test has not set it", name);
	return &registers[n].value[this_cpu()];
}

void fake_sysreg_set(const char *name, u64 value)
{
	unsigned int n = find(name), first = this_cpu();
	unsigned int last = first ? first : MAX_CPUS - 1;

	registers[n].name = name;
	for (unsigned int cpu = first; cpu <= last; cpu++)
		registers[n].value[cpu] = value;
	registers[n].read_only = false;
}

void fake_sysreg_fix(const char *name, u64 value)
{
	fake_sysreg_set(name, value);
	registers[find(name)].read_only = true;
}

u64 fake_sysreg(const char *name)
{
	return *value_of(name);
}

u64 fake_sysreg_read(const char *name)
{
	if (fake_at_read)
		fake_at_read(name);
	return *value_of(name);
}

void fake_record_steps(void)
{
	recording = true;
	fake_num_steps = 0;
}

static void add_step(const char *name, u64 value)
{
	if (!recording)
		return;
	if (fake_num_steps == FAKE_MAX_STEPS)
		FAIL("more than %u steps", FAKE_MAX_STEPS);
	fake_steps[fake_num_steps++] = (struct fake_step) { name, value };
}

void fake_sysreg_write(const char *name, u64 value)
{
	u64 *reg = value_of(name);

	if (!registers[find(name)].read_only)
		*reg = value;
	add_step(name, value);
}

void fake_instruction(const char *name)
{
	add_step(name, 0);
	if (fake_at_instruction)
		fake_at_instruction();
}

unsigned int fake_steps_of(const char *name)
{
	unsigned int count = 0;

	for (unsigned int n = 0; n < fake_num_steps; n++)
		count += !strcmp(fake_steps[n].name, name);
	return count;
}
