// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Hostile programs in a cell (inmates/tests/hostile-*.c) try all that an EL1 can. After each group: the hypervisor is
 * there, a victim in another cell has noticed nothing, and the CPUs that Linux gets back work as before.
 *
 * Kernel parameters: cellblock.seed=N, cellblock.rounds=N: more values for each thing tried.
 */

#include <asm/hwcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"
#include "lib/load.h"

#define LIMIT		120000	/* ms */
#define SECONDS		600	/* a test */
#define CELL		"inmate-test"
#define VICTIM		"timer-demo"
/* ns of virtual time: in it, an emulator lets each other CPU run for 100 ms at most */
#define VICTIM_LATE	"400000000"

static struct {
	unsigned long tried, refused, escaped;
} total;

/* A kernel parameter's number. */
static unsigned long parameter(const char *name, unsigned long otherwise)
{
	const char *at = strstr(cb_text("/proc/cmdline"), name);

	return at ? strtoul(at + strlen(name), NULL, 0) : otherwise;
}

static int start_victim(void)
{
	int id = cb_create(VICTIM);

	return id < 0 ? id : cb_boot(VICTIM, "victim", CB_QUIET "late=" VICTIM_LATE);
}

/* It fails by itself if it sees anything; and it goes on to say that it does not. */
static bool victim_is_well(struct cb_console *con)
{
	cb_console_skip(con);
	return cb_console_wait(con, "victim: ", LIMIT) && cb_console_wait(con, "victim: ", LIMIT) &&
	       !strcmp(cb_state(VICTIM), "running");
}

#define EXPECT_WELL(con) \
	EXPECT_TRUE(victim_is_well(con)) TH_LOG("%s: %s", cb_state(VICTIM), cb_console_all(con))

/* Loads, starts, and waits for its last line, which is counted. */
static bool runs(struct cb_console *con, const char *program, const char *params)
{
	unsigned long tried, refused, escaped;
	const char *line, *counts;
	char all[160];

	snprintf(all, sizeof(all), CB_QUIET "seed=%lu rounds=%lu %s", parameter("cellblock.seed=", 1),
		 parameter("cellblock.rounds=", 3), params);
	cb_console_skip(con);
	if (cb_boot(CELL, program, all))
		return false;
	line = cb_console_wait(con, "hostile ", LIMIT);
	counts = line ? strstr(line, ": tried ") : NULL;
	if (!counts || sscanf(counts, ": tried %lu refused %lu escaped %lu", &tried, &refused, &escaped) != 3)
		return false;
	dprintf(STDOUT_FILENO, "# %s %s: tried %lu, refused %lu, escaped %lu\n", program, params, tried, refused,
		escaped);
	total.tried += tried;
	total.refused += refused;
	total.escaped += escaped;
	return !escaped && cb_wait_state(CELL, "shut down", LIMIT);
}

/* Instructions that a CPU which is not clean would refuse, or do in another way. */
static int use_extensions(void)
{
	unsigned long caps = getauxval(AT_HWCAP), length = 0, pointer = (unsigned long)&caps;

	asm volatile("fmov d0, #1.5\n\tfadd d0, d0, d0\n\tfcvtzs %0, d0" : "=r" (length) : : "d0");
	if (length != 3)
		return 1;
	if (caps & HWCAP_AES)
		asm volatile(".arch armv8-a+crypto\n\taese v0.16b, v1.16b\n\taesmc v0.16b, v0.16b"
			     : : : "v0", "v1");
	if (caps & HWCAP_SVE)
		asm volatile(".arch armv8.2-a+sve\n\tcntb %0\n\tptrue p0.b\n\tmov z0.b, #1" : "=r" (length)
			     : : "p0", "v0");
	if (caps & HWCAP_PACA) {
		unsigned long before = pointer;

		asm volatile(".arch armv8.3-a\n\tpacia %0, %1\n\tautia %0, %1" : "+r" (pointer) : "r" (length));
		if (pointer != before)
			return 2;
	}
	return 0;
}

/* On each CPU, in a process of its own; 0: it works. */
static int broken_cpu(void)
{
	int cpu, status, broken = cb_broken_cpu();

	for (cpu = 0; !broken && cpu < cb_num_cpus(); cpu++) {
		if (!cb_is_online(cpu))
			continue;
		if (!fork())
			_exit(cb_pin(cpu) ? 3 : use_extensions());
		wait(&status);
		if (status)
			broken = cpu + 1;
	}
	return broken;
}

static void end_group(struct __test_metadata *_metadata, struct cb_console *con)
{
	EXPECT_WELL(con);
	EXPECT_DONE(cb_destroy(CELL, CB_FORCE));
	EXPECT_TRUE(cb_is_online(2) && cb_is_online(3));
	EXPECT_EQ(0, broken_cpu());
	EXPECT_WELL(con);
	dprintf(STDOUT_FILENO, "# tried %lu, refused %lu, escaped %lu\n", total.tried, total.refused, total.escaped);
	EXPECT_EQ(0, total.escaped);
}

/* Every encoding: registers, those of debug, instructions, immediates with hints and barriers. */
TEST_F_TIMEOUT(enabled, registers, SECONDS)
{
	char part[16];
	int op0;

	ASSERT_DONE(start_victim());
	ASSERT_LE(0, cb_create(CELL)) TH_LOG("%s", cb_error());
	for (op0 = 3; op0 >= 0; op0--) {
		snprintf(part, sizeof(part), "op0=%d", op0);
		EXPECT_TRUE(runs(&self->con, "hostile-sysreg", part)) TH_LOG("%s", cb_console_all(&self->con));
	}
	end_group(_metadata, &self->con);
}

TEST_HARNESS_MAIN
