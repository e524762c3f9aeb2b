// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Why and where a cell has failed: as the console says it, and in sysfs and JSON, where it stays when the console has
 * lost it.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"

#define LIMIT		60000	/* ms */
#define SECONDS		200	/* a test */
#define CELL		"inmate-test"
#define OTHER		"timer-demo"

/* The forbidden access of the border inmate's CPU 2 or 3, and what is known of it before. */
static const struct {
	const char *params, *kind, *cpu, *ipa, *words;
} accesses[] = {
	{ "access=root-write", "write", "2", "0x40000000", ". CPU 2: write at 0x40000000, PC 0x" },
	{ "access=ram-above-read", "read", "2", "0x1000000", ". CPU 2: read at 0x1000000, PC 0x" },
	{ "access=hypervisor-execute cpu=1", "fetch", "3", "0x70000000",
	  ". CPU 3: instruction fetch at 0x70000000, PC 0x" },
};

static int boot_border(const char *params)
{
	char all[80];

	snprintf(all, sizeof(all), CB_QUIET "%s", params);
	return cb_boot(CELL, "border", all);
}

/* The driver looks ten times a second. */
static bool wait_failure(int id)
{
	uint64_t end = cb_now_ms() + LIMIT;

	while (!*cb_text("cells/%d/failure", id) && cb_now_ms() < end)
		cb_sleep_ms(10);
	return *cb_text("cells/%d/failure", id);
}

/* The value of a name in the file "fault"; "" if it is not there. */
static const char *field(int id, const char *name)
{
	static char values[4][32];
	static unsigned int next;
	char *value = values[next++ % 4], wanted[32];
	const char *found;

	*value = 0;
	snprintf(wanted, sizeof(wanted), "%s=", name);
	found = strstr(cb_text("cells/%d/fault", id), wanted);
	if (found)
		sscanf(found + strlen(wanted), "%31s", value);
	return value;
}

/* The console's "  PC 0x..., PSTATE 0x..., ESR 0x..., FAR 0x..." */
static void expect_as_printed(struct __test_metadata *_metadata, struct cb_console *con, int id)
{
	const char *line = cb_console_wait(con, "PC 0x", LIMIT);
	char pc[32], pstate[32], esr[32], far[32];

	ASSERT_NE(NULL, line) TH_LOG("%s", cb_console_all(con));
	ASSERT_EQ(4, sscanf(line, " PC %31[^,], PSTATE %31[^,], ESR %31[^,], FAR %31s", pc, pstate, esr, far))
		TH_LOG("%s", line);
	EXPECT_STREQ(pc, field(id, "pc"));
	EXPECT_STREQ(pstate, field(id, "pstate"));
	EXPECT_STREQ(esr, field(id, "esr"));
	EXPECT_STREQ(far, field(id, "far"));
}

/* x30 and sp of an inmate: in its code, in its memory. */
static void expect_place(struct __test_metadata *_metadata, int id)
{
	unsigned long pc = strtoul(field(id, "pc"), NULL, 16), lr = strtoul(field(id, "lr"), NULL, 16);
	unsigned long sp = strtoul(field(id, "sp"), NULL, 16);

	EXPECT_LT(0, pc);
	EXPECT_LT(0, lr);
	EXPECT_GT(0x1000000, lr);
	EXPECT_LT(0, sp);
	EXPECT_GT(0x1000000, sp);
	EXPECT_LT(0, strtoul(field(id, "time"), NULL, 10));
}

TEST_F_TIMEOUT(enabled, accesses, SECONDS)
{
	const char *failure;
	unsigned int i;

	ASSERT_EQ(1, cb_create(CELL)) TH_LOG("%s", cb_error());
	EXPECT_STREQ("", cb_text("cells/1/fault"));
	EXPECT_STREQ("", cb_text("cells/0/fault"));
	for (i = 0; i < sizeof(accesses) / sizeof(accesses[0]); i++) {
		ASSERT_DONE(boot_border(accesses[i].params));
		EXPECT_TRUE(wait_failure(1)) TH_LOG("%s", accesses[i].params);
		EXPECT_STREQ(accesses[i].kind, field(1, "kind"));
		EXPECT_STREQ(accesses[i].cpu, field(1, "cpu"));
		EXPECT_STREQ(accesses[i].ipa, field(1, "ipa"));
		expect_place(_metadata, 1);
		expect_as_printed(_metadata, &self->con, 1);
		failure = cb_text("cells/1/failure");
		EXPECT_EQ(0, strncmp(failure, "fault on CPU ", 13)) TH_LOG("%s", failure);
		EXPECT_NE(NULL, strstr(failure, ", see the console. CPU ")) TH_LOG("%s", failure);
		EXPECT_NE(NULL, strstr(failure, accesses[i].words)) TH_LOG("%s", failure);
	}
	/* until somebody starts it */
	EXPECT_DONE(cb_shutdown(CELL, 0));
	EXPECT_STREQ("fetch", field(1, "kind"));
	ASSERT_DONE(boot_border(""));
	EXPECT_TRUE(cb_wait_state(CELL, "shut down", LIMIT));
	EXPECT_STREQ("", cb_text("cells/1/fault"));
	EXPECT_STREQ("", cb_text("cells/1/failure"));
}

/* Does the hypervisor's ring still have it? */
static bool ring_has(const char *text)
{
	static char ring[16384];
	size_t length = 0;
	ssize_t got;
	int fd = open("/dev/jailhouse", O_RDONLY | O_NONBLOCK);

	while (length < sizeof(ring) - 1 && (got = read(fd, ring + length, sizeof(ring) - 1 - length)) > 0)
		length += (size_t)got;
	close(fd);
	ring[length] = 0;
	return strstr(ring, text);
}

TEST_F_TIMEOUT(enabled, a_full_console, SECONDS)
{
	char failure[512], fault[512], wanted[64], out[4096];
	uint64_t end;

	ASSERT_EQ(1, cb_create(CELL)) TH_LOG("%s", cb_error());
	ASSERT_EQ(2, cb_create(OTHER)) TH_LOG("%s", cb_error());
	ASSERT_DONE(boot_border("access=root-write"));
	EXPECT_TRUE(wait_failure(1));
	EXPECT_TRUE(ring_has("FATAL: cell \"" CELL "\""));
	strcpy(failure, cb_text("cells/1/failure"));
	strcpy(fault, cb_text("cells/1/fault"));

	ASSERT_DONE(cb_boot(OTHER, "timer-demo", CB_QUIET "period=1000 report=10"));
	for (end = cb_now_ms() + LIMIT; ring_has("FATAL") && cb_now_ms() < end; )
		cb_sleep_ms(100);
	EXPECT_FALSE(ring_has("FATAL"));
	EXPECT_STREQ(failure, cb_text("cells/1/failure"));
	EXPECT_STREQ(fault, cb_text("cells/1/fault"));

	EXPECT_EQ(0, cb_run(out, sizeof(out), "jailhouse cell list --json"));
	EXPECT_NE(NULL, strstr(out, "\"fault\": {\"kind\": \"write\", \"time\": ")) TH_LOG("%s", out);
	snprintf(wanted, sizeof(wanted), "\"cpu\": 2, \"pc\": \"%s\", ", field(1, "pc"));
	EXPECT_NE(NULL, strstr(out, wanted)) TH_LOG("%s: %s", wanted, out);
	EXPECT_NE(NULL, strstr(out, "\"fault\": null")) TH_LOG("%s", out);
	EXPECT_EQ(0, cb_run(out, sizeof(out), "jailhouse cell list"));
	snprintf(wanted, sizeof(wanted), "CPU 2: write at 0x40000000, PC %s, ", field(1, "pc"));
	EXPECT_NE(NULL, strstr(out, wanted)) TH_LOG("%s: %s", wanted, out);
}

TEST_HARNESS_MAIN
