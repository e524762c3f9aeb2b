// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Hostile programs in a cell (inmates/tests/hostile-*.c) try all that an EL1 can. After each group: the hypervisor is
 * there, a victim in another cell has noticed nothing, and the CPUs that Linux gets back work as before.
 *
 * Kernel parameters: cellblock.seed=N, cellblock.rounds=N and cellblock.cases=N: other attempts, and more.
 */

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <qemu-virt/remote.h>
#include <uapi/cellblock-remote.h>

#include "kselftest_harness.h"
#include "lib/attack.h"
#include "lib/clean.h"
#include "lib/enabled.h"
#include "lib/load.h"

#define LIMIT		60000	/* ms, for a program */
#define SOON		5000	/* ms, for what has been said already or is said every now and then */
#define SECONDS		600	/* a test */
#define CELL		"inmate-test"
#define LINKED_CELL	"ivshmem-a"
#define WINDOW_CELL	"remote"
#define WINDOW_MS	2	/* that a CPU waits */
#define MANY		100000	/* failures: all attempts may end in one */
/* ns of virtual time: in it, an emulator lets each other CPU run for 100 ms at most */
#define VICTIM_LATE	"late=400000000"

static struct {
	unsigned long tried, refused, escaped;
} total;

/* What was said last, but for the victim's reports. */
static const char *last_words(struct cb_console *con)
{
	static char words[4096];
	const char *line = cb_console_all(con), *next;
	size_t length = 0, size;

	for (; *line; line = next) {
		next = strchr(line, '\n') ? strchr(line, '\n') + 1 : line + strlen(line);
		size = (size_t)(next - line);
		if (!strncmp(line, "victim: ", 8) || size >= sizeof(words))
			continue;
		if (length + size >= sizeof(words))
			length = 0;
		memcpy(words + length, line, size);
		length += size;
	}
	words[length] = 0;
	return words;
}

#define EXPECT_WELL(con) \
	EXPECT_TRUE(cb_victim_is_well(con, SOON)) TH_LOG("%s: %s", cb_state(CB_VICTIM), last_words(con))

/* Adds what a program's last line says. */
static bool count(const char *line, const char *what)
{
	unsigned long tried, refused, escaped;
	const char *counts = line ? strstr(line, ": tried ") : NULL;

	if (!counts || sscanf(counts, ": tried %lu refused %lu escaped %lu", &tried, &refused, &escaped) != 3)
		return false;
	dprintf(STDOUT_FILENO, "# %s: tried %lu, refused %lu, escaped %lu\n", what, tried, refused, escaped);
	total.tried += tried;
	total.refused += refused;
	total.escaped += escaped;
	return !escaped;
}

/* One start, until the cell has stopped. */
static int start_once(struct cb_console *con, const char *cell, const char *program, const char *params, bool first)
{
	uint64_t end = cb_now_ms() + LIMIT;
	char all[200];
	int ret;

	snprintf(all, sizeof(all), CB_QUIET "seed=%lu first=%d %s", cb_parameter("cellblock.seed=", 1), first, params);
	cb_console_skip(con);
	ret = cb_boot(cell, program, all);
	while (!ret && !strcmp(cb_state(cell), "running") && cb_now_ms() < end)
		cb_sleep_ms(1);
	return ret;
}

/*
 * Runs a program until it has ended by itself, with its line. As often as permitted it may fail before, with a report:
 * then it is started again.
 */
static bool attacks(struct cb_console *con, const char *cell, const char *program, const char *params,
		    unsigned int may_fail)
{
	char what[200], report[64];
	unsigned int failures;

	snprintf(what, sizeof(what), "%s %s", program, params);
	snprintf(report, sizeof(report), "FATAL: cell \"%s\"", cell);
	for (failures = 0; failures <= may_fail; failures++) {
		if (start_once(con, cell, program, params, !failures))
			return false;
		if (strcmp(cb_state(cell), "failed"))
			break;
		if (!cb_console_wait(con, report, SOON))
			return false;
	}
	if (failures)
		dprintf(STDOUT_FILENO, "# %s: %u times it failed\n", what, failures);
	return count(cb_console_wait(con, "hostile ", SOON), what) && !strcmp(cb_state(cell), "shut down");
}

#define EXPECT_ATTACKS(cell, program, params, may_fail)				\
	EXPECT_TRUE(attacks(&self->con, cell, program, params, may_fail))	\
		TH_LOG("%s: %s", cb_state(cell), last_words(&self->con))

static void end_group(struct __test_metadata *_metadata, struct cb_console *con, const char *cell)
{
	const char *unclean;

	EXPECT_WELL(con);
	EXPECT_DONE(cb_destroy(cell, CB_FORCE));
	EXPECT_TRUE(cb_is_online(2) && cb_is_online(3));
	EXPECT_EQ(-1, cb_silent_timer());
	unclean = cb_unclean();
	EXPECT_EQ(NULL, unclean) TH_LOG("%s", unclean);
	EXPECT_WELL(con);
	dprintf(STDOUT_FILENO, "# tried %lu, refused %lu, escaped %lu\n", total.tried, total.refused, total.escaped);
	EXPECT_EQ(0, total.escaped);
}

/* A group beside a victim, in a cell of its own. */
#define GROUP(name, cell)							\
static void name(struct __test_metadata *_metadata, FIXTURE_DATA(enabled) *self); \
TEST_F_TIMEOUT(enabled, name, SECONDS)						\
{										\
	ASSERT_LE(0, cb_victim_start(VICTIM_LATE)) TH_LOG("%s", cb_error());	\
	ASSERT_LE(0, cb_create(cell)) TH_LOG("%s", cb_error());			\
	name(_metadata, self);							\
	end_group(_metadata, &self->con, cell);					\
}										\
static void name(struct __test_metadata *_metadata, FIXTURE_DATA(enabled) *self)

/* Params with a number that a kernel parameter may raise. */
static const char *with(const char *params, const char *name, unsigned long usual)
{
	static char all[100];
	char parameter_name[32];

	snprintf(parameter_name, sizeof(parameter_name), "cellblock.%s=", name);
	snprintf(all, sizeof(all), "%s %s=%lu", params, name, cb_parameter(parameter_name, usual));
	return all;
}

/* Every encoding: registers, those of debug, instructions, immediates with hints and barriers; and 32-bit ones. */
GROUP(registers, CELL)
{
	EXPECT_ATTACKS(CELL, "hostile-sysreg", with("op0=3", "rounds", 3), 0);
	EXPECT_ATTACKS(CELL, "hostile-sysreg", with("op0=2", "rounds", 3), 0);
	EXPECT_ATTACKS(CELL, "hostile-sysreg", with("op0=1", "rounds", 3), 0);
	EXPECT_ATTACKS(CELL, "hostile-sysreg", with("op0=0", "rounds", 3), 0);
	EXPECT_ATTACKS(CELL, "hostile-a32", "", 0);
}

GROUP(leftovers, CELL)
{
	EXPECT_ATTACKS(CELL, "hostile-left", "phase=note", 0);
	EXPECT_ATTACKS(CELL, "hostile-left", "phase=leave", 0);
	EXPECT_ATTACKS(CELL, "hostile-left", "phase=compare", 0);
}

GROUP(pages, CELL)
{
	EXPECT_ATTACKS(CELL, "hostile-access", with("part=pages", "cases", 120), MANY);
}

GROUP(mmio, CELL)
{
	EXPECT_ATTACKS(CELL, "hostile-access", with("part=mmio", "cases", 200), MANY);
}

GROUP(vpci, LINKED_CELL)
{
	EXPECT_ATTACKS(LINKED_CELL, "hostile-access", with("part=vpci", "cases", 200), MANY);
}

/* What the program in Linux has done that answers for windows. */
struct service {
	unsigned long answered, late, absent;
};

static void serve_windows(volatile struct cellblock_remote_page *page, uint64_t cpus, struct service *service)
{
	volatile struct cellblock_remote_slot *slot;

	memset((void *)(uintptr_t)page->notified, 0, sizeof(page->notified));
	for (; cpus; cpus &= cpus - 1) {
		slot = &page->slot[__builtin_ctzll(cpus)];
		if (!(slot->state & 1))
			continue;
		slot->value = ~slot->address;
		__atomic_store_n(&slot->state, slot->state + 1, __ATOMIC_RELEASE);
		service->answered++;
	}
}

/* Answers some accesses, then is too slow, then not there, again and again until it is killed. */
static void answer_windows(struct service *service)
{
	const struct cellblock_remote_range range = { .address = REMOTE_WINDOW + REMOTE_NOTIFY, .count = 64 };
	struct jailhouse_cell_id id = { .id = JAILHOUSE_CELL_ID_UNUSED, .name = WINDOW_CELL };
	struct pollfd poll_fd = { .events = POLLIN };
	struct cellblock_remote_info info;
	unsigned long enough;
	char *page;

	poll_fd.fd = (int)cb_ioctl(JAILHOUSE_CELL_REMOTE, &id);
	if (poll_fd.fd < 0 || ioctl(poll_fd.fd, CELLBLOCK_REMOTE_INFO, &info) ||
	    ioctl(poll_fd.fd, CELLBLOCK_REMOTE_NOTIFY, &range))
		return;
	page = mmap(NULL, (size_t)getpagesize(), PROT_READ | PROT_WRITE, MAP_SHARED, poll_fd.fd, CELLBLOCK_REMOTE_PAGE);
	if (page == MAP_FAILED)
		return;
	while (!ioctl(poll_fd.fd, CELLBLOCK_REMOTE_ATTACH, WINDOW_MS)) {
		enough = service->answered + 50;
		do {
			poll(&poll_fd, 1, -1);
			serve_windows((void *)(page + info.page_offset), info.cpus, service);
		} while (!(poll_fd.revents & POLLERR) && service->answered < enough);
		cb_sleep_ms(3 * WINDOW_MS);
		poll(&poll_fd, 1, 0);
		service->late += !!(poll_fd.revents & POLLERR);
		if (ioctl(poll_fd.fd, CELLBLOCK_REMOTE_ATTACH, 0))
			return;
		cb_sleep_ms(WINDOW_MS);
		service->absent++;
	}
}

GROUP(windows, WINDOW_CELL)
{
	struct service *service = mmap(NULL, sizeof(*service), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
				       -1, 0);
	pid_t pid = fork();

	if (!pid) {
		answer_windows(service);
		_exit(1);
	}
	EXPECT_ATTACKS(WINDOW_CELL, "hostile-access", with("part=window", "cases", 176), MANY);
	EXPECT_EQ(0, waitpid(pid, NULL, WNOHANG)) TH_LOG("the program in Linux has ended");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	dprintf(STDOUT_FILENO, "# %lu answers, %lu times too late, %lu times not there\n", service->answered,
		service->late, service->absent);
	EXPECT_TRUE(service->answered && service->late && service->absent);
}

GROUP(calls, CELL)
{
	EXPECT_ATTACKS(CELL, "hostile-call", with("", "rounds", 3), MANY);
}

GROUP(storms, CELL)
{
	EXPECT_ATTACKS(CELL, "hostile-core", with("", "rounds", 1), 0);
}

TEST_HARNESS_MAIN
