/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_SYSREG_H
#define FAKE_SYSREG_H

#include <jailhouse/types.h>

/*
 * System registers, by the names that the assembler has for them: each CPU has
 * its own. There are those that a test has set; the code's access to any other
 * fails the test.
 */

/* From a CPU's turn: that CPU's; from the test itself: all CPUs'. */
void fake_sysreg_set(const char *name, u64 value);
/* The same, and what the code writes is ignored. */
void fake_sysreg_fix(const char *name, u64 value);
/* Of this CPU. */
u64 fake_sysreg(const char *name);

/* What the code did on any CPU, in order: register writes, and WFI, WFE, SEV (value 0). */
struct fake_step {
	const char *name;
	u64 value;
};

#define FAKE_MAX_STEPS	256
extern struct fake_step fake_steps[FAKE_MAX_STEPS];
extern unsigned int fake_num_steps;
/* Steps are recorded from here on, the first one anew. */
void fake_record_steps(void);
/* How many of them are of this name. */
unsigned int fake_steps_of(const char *name);

/* What a WFI, WFE or SEV finds; NULL: nobody looks. */
extern void (*fake_at_instruction)(void);
/* Before the code reads a register: what it finds there may depend on others. */
extern void (*fake_at_read)(const char *name);

/* The code's accesses (fake/arch/sysreg.h). */
u64 fake_sysreg_read(const char *name);
void fake_sysreg_write(const char *name, u64 value);
void fake_instruction(const char *name);

#endif /* FAKE_SYSREG_H */
