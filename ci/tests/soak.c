// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * What users may do, in any order, for as long as one likes: cells come, run, fail, are started again and go, one of
 * them shares its CPU with Linux, two talk with each other and with Linux, CPUs go off and on, commands are killed, the
 * hypervisor goes and comes, while Linux has work to do. A model says which of it must be refused, and what there is
 * after it; after each step that is compared with what there is.
 *
 * Kernel parameters: cellblock.seed=N: another course of events; cellblock.seconds=N
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/attack.h"
#include "lib/cellblock.h"
#include "lib/load.h"

#define ARRAY_LENGTH(array)	(sizeof(array) / sizeof((array)[0]))
#define CPU(n)		(1U << (n))
#define NUM_CPUS	4
#define LINK		"0001:00:00.0"
#define SETTLES		20000	/* ms, for what comes by itself */
#define TALK		"/tmp/talk"
#define LONGEST		30000	/* s, of the whole */

/* ==== The model ==== */

enum state { NONE, DOWN, RUNNING, FAILED };

static const char *const state_names[] = { "none", "shut down", "running", "failed" };

struct cell {
	const char *name;
	unsigned int cpus, shared;
	const char *program, *parameters;
	bool talks;
	bool restarts;		/* by itself, until it is given up */
	enum state state;
	bool loaded;
	bool fails;		/* what is loaded does, at once */
	bool anew;		/* after it has failed; until it is started it is "failed" all the same */
};

static struct cell cells[] = {
	{ .name = "timer-demo", .cpus = CPU(1), .program = "timer-demo", .parameters = "period=1000 report=200" },
	{ .name = "shared-demo", .shared = CPU(1), .program = "timer-demo", .parameters = "period=2000 report=100" },
	{ .name = "uart-demo", .cpus = CPU(2), .program = "timer-demo", .parameters = "period=500 report=200" },
	{ .name = "watchdog-demo", .cpus = CPU(3), .program = "watchdog-demo",
	  .parameters = "timeout=60000 steps=1000000", .restarts = true },
	{ .name = "ivshmem-a", .cpus = CPU(2), .program = "libcell-soak", .parameters = "", .talks = true },
	{ .name = "ivshmem-b", .cpus = CPU(3), .program = "libcell-soak", .parameters = "", .talks = true },
	{ .name = "smp-demo", .cpus = CPU(2) | CPU(3), .program = "smp-demo", .parameters = "rounds=100 period=100" },
	{ .name = "inmate-test", .cpus = CPU(2) | CPU(3), .program = "smp-demo", .parameters = "rounds=50 period=100" },
};

#define FOR_EACH(cell)	for (cell = cells; cell < cells + ARRAY_LENGTH(cells); cell++)

static unsigned int switched_off;	/* CPUs, by the user */

static unsigned int cells_have(void)
{
	const struct cell *cell;
	unsigned int cpus = 0;

	FOR_EACH(cell)
		if (cell->state != NONE)
			cpus |= cell->cpus;
	return cpus;
}

static unsigned int are_shared(void)
{
	const struct cell *cell;
	unsigned int cpus = 0;

	FOR_EACH(cell)
		if (cell->state != NONE)
			cpus |= cell->shared;
	return cpus;
}

static unsigned int linux_has(void)
{
	return (CPU(NUM_CPUS) - 1) & ~cells_have() & ~switched_off;
}

static bool exists(const struct cell *cell)
{
	return cell->state != NONE;
}

static bool may_never_share(const struct cell *cell)
{
	return cell->shared && cb_is_gicv2();
}

static bool may_create(const struct cell *cell)
{
	if (may_never_share(cell) || cell->shared & ~linux_has())
		return false;
	return !exists(cell) && !(cell->cpus & (cells_have() | are_shared())) && linux_has() & ~cell->cpus;
}

static bool may_restart(const struct cell *cell)
{
	return exists(cell) && cell->loaded;
}

static bool may_start(const struct cell *cell)
{
	return (cell->state == DOWN || (cell->state == FAILED && cell->anew)) && cell->loaded;
}

static bool may_switch_off(unsigned int cpu)
{
	return !(CPU(cpu) & are_shared()) && linux_has() & ~CPU(cpu);
}

/* ==== What is done, and what there is ==== */

static struct cb_attack dice;
static char steps[24][160];	/* the last ones */
static unsigned long num_steps, num_done, num_refused, num_alive, num_killed, num_cycles;
static char said[4096];		/* by the last command */
static pid_t talker;		/* root's end of the cells' link */

static void note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(steps[num_steps++ % ARRAY_LENGTH(steps)], sizeof(steps[0]), format, args);
	va_end(args);
}

static bool is_as_wanted(void)
{
	const struct cell *cell;

	FOR_EACH(cell)
		if (strcmp(cb_state(cell->name), exists(cell) ? state_names[cell->state] : ""))
			return false;
	for (int cpu = 0; cpu < NUM_CPUS; cpu++)
		if (cb_is_online(cpu) != !!(linux_has() & CPU(cpu)))
			return false;
	return true;
}

static void print_all(struct __test_metadata *_metadata)
{
	const struct cell *cell;
	unsigned long n = num_steps > ARRAY_LENGTH(steps) ? num_steps - ARRAY_LENGTH(steps) : 0;

	for (; n < num_steps; n++)
		TH_LOG("%s", steps[n % ARRAY_LENGTH(steps)]);
	TH_LOG("it said: %s", said);
	FOR_EACH(cell)
		if (exists(cell) || cb_state(cell->name)[0])
			TH_LOG("%s: %s, want %s", cell->name, cb_state(cell->name), state_names[cell->state]);
	for (int cpu = 0; cpu < NUM_CPUS; cpu++)
		TH_LOG("CPU %d: %s, want %s", cpu, cb_is_online(cpu) ? "online" : "offline",
		       linux_has() & CPU(cpu) ? "online" : "offline");
}

/* Does the command do it, or refuse it with words, as the model says? */
static bool command(bool allowed, const char *format, ...)
{
	char text[300];
	va_list args;
	int status;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	note("%s%s", text, allowed ? "" : " (to be refused)");
	status = cb_run(said, sizeof(said), "%s", text);
	if (allowed)
		num_done++;
	else
		num_refused++;
	return allowed ? status == 0 : status == 1 && said[0];
}

/* The same of a request to Linux, which says no by a number. */
static bool request(bool allowed, int result)
{
	if (allowed)
		num_done++;
	else
		num_refused++;
	return allowed ? !result : result < 0;
}

static unsigned int below(unsigned int limit)
{
	return cb_below(&dice, limit);
}

static void stops(struct cell *cell)
{
	if (cell->state == RUNNING)
		cell->state = DOWN;
}

static const char *maybe_force(void)
{
	return below(3) ? "" : " --force";
}

static bool load(struct cell *cell, const char *program, const char *parameters)
{
	if (!command(exists(cell), "jailhouse cell load %s " CB_INMATES "%s.bin -s '" CB_QUIET "%s' -a %d", cell->name,
		     program, parameters, CB_CMDLINE))
		return false;
	if (exists(cell)) {
		stops(cell);	/* the command does that before */
		cell->loaded = true;
		cell->anew = true;
	}
	return true;
}

/* ==== Steps: false if something is not as it must be ==== */

static bool create(struct cell *cell)
{
	bool allowed = may_create(cell);

	if (!command(allowed, "jailhouse cell create " CB_CONFIGS "qemu-arm64-%s.cell", cell->name))
		return false;
	if (allowed) {
		cell->state = DOWN;
		cell->loaded = false;
	}
	return true;
}

static bool load_it(struct cell *cell)
{
	cell->fails = false;
	return load(cell, cell->program, cell->parameters);
}

static bool start(struct cell *cell)
{
	if (!may_start(cell) && !load_it(cell))
		return false;
	if (!may_start(cell))
		return true;
	cell->state = RUNNING;
	return command(true, "jailhouse cell start %s", cell->name);
}

/* One that restarts by itself fails again, until it is given up. */
static bool fails_at_last(struct cell *cell)
{
	uint64_t limit = cb_now_ms() + SETTLES;

	cell->state = FAILED;
	cell->anew = false;
	while (cell->restarts && cb_now_ms() < limit &&
	       !strstr(cb_text("cells/%d/failure", cb_cell_id(cell->name)), "given up"))
		cb_sleep_ms(20);
	return cb_wait_state(cell->name, "failed", SETTLES);
}

static bool restart(struct cell *cell)
{
	if (!command(may_restart(cell), "jailhouse cell restart %s%s", cell->name, maybe_force()))
		return false;
	if (!may_restart(cell))
		return true;
	if (cell->fails)
		return fails_at_last(cell);
	cell->state = RUNNING;
	return true;
}

static bool shut_down(struct cell *cell)
{
	stops(cell);
	return command(exists(cell), "jailhouse cell shutdown %s%s", cell->name, maybe_force());
}

static bool destroy(struct cell *cell)
{
	bool allowed = exists(cell);

	cell->state = NONE;
	return command(allowed, "jailhouse cell destroy %s%s", cell->name, maybe_force());
}

static bool fail(struct cell *cell)
{
	static const char *const reads[] = { "access=ram-above-read", "access=comm-above-read" };

	if (!exists(cell))
		return true;
	cell->fails = true;
	return load(cell, "border", reads[below(ARRAY_LENGTH(reads))]) &&
	       command(true, "jailhouse cell start %s", cell->name) && fails_at_last(cell) &&
	       command(true, "jailhouse cell failure %s", cell->name);
}

/* A command that is killed has done it or not. */
static bool kill_command(struct cell *cell)
{
	static const char *const what[] = { "start", "restart", "shutdown" };
	unsigned int n = below(ARRAY_LENGTH(what)), ms = below(60);
	int signal = below(2) ? SIGKILL : SIGTERM;
	const char *state;
	pid_t child;

	if (!may_restart(cell) || cell->fails)
		return true;
	note("jailhouse cell %s %s, with signal %d after %u ms", what[n], cell->name, signal, ms);
	child = fork();
	if (!child) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execlp("jailhouse", "jailhouse", "cell", what[n], cell->name, NULL);
		_exit(127);
	}
	cb_sleep_ms(ms);
	kill(child, signal);
	waitpid(child, NULL, 0);
	num_killed++;
	state = cb_state(cell->name);
	for (enum state s = DOWN; s <= FAILED; s++)
		if (!strcmp(state, state_names[s])) {
			cell->state = s;
			return true;
		}
	return false;
}

static bool switch_cpu(struct cell *cell)
{
	unsigned int cpu = below(NUM_CPUS);
	bool allowed;

	(void)cell;
	if (switched_off & CPU(cpu)) {
		allowed = !(cells_have() & CPU(cpu));
		note("CPU %u on%s", cpu, allowed ? "" : " (to be refused)");
		if (allowed)
			switched_off &= ~CPU(cpu);
		return request(allowed, cb_set_online((int)cpu, true));
	}
	if (!(linux_has() & CPU(cpu)))
		return true;
	allowed = may_switch_off(cpu);
	note("CPU %u off%s", cpu, allowed ? "" : " (to be refused)");
	if (allowed)
		switched_off |= CPU(cpu);
	return request(allowed, cb_set_online((int)cpu, false));
}

static bool no_wrong_message(void)
{
	return cb_run(said, sizeof(said), "! grep WRONG " TALK) == 0;
}

static bool stop_talking(void)
{
	if (talker) {
		kill(talker, SIGTERM);
		waitpid(talker, NULL, 0);
	}
	talker = 0;
	return no_wrong_message();
}

static bool talk(struct cell *cell)
{
	if (talker || !cell->talks || !exists(cell))
		return stop_talking();
	note("root talks with %s", cell->name);
	talker = fork();
	if (!talker) {
		int out = open(TALK, O_WRONLY | O_CREAT | O_APPEND, 0600);

		dup2(out, 1);
		dup2(out, 2);
		execlp("libcell-soak", "libcell-soak", LINK, NULL);
		_exit(127);
	}
	return true;
}

static bool look(struct cell *cell)
{
	switch (below(8)) {
	case 0:
		return command(true, "jailhouse cell list --json");
	case 1:
		return command(exists(cell), "jailhouse cell stats %s --once --json", cell->name);
	case 2:
		return command(are_shared(), "jailhouse cell timeline");
	case 3:
		return command(true, "jailhouse console");
	case 4:
		return command(exists(cell), "jailhouse cell save %s /tmp/saved.cell", cell->name);
	case 5:
		return command(!may_never_share(cell), "jailhouse config check " CB_CONFIGS "%s.cell "
			       CB_CONFIGS "qemu-arm64-%s.cell", cb_system_config(), cell->name);
	case 6:
		return command(true, "jailhouse shmem list");
	default:
		return command(true, "jailhouse cell list");
	}
}

/* A cell that runs leaves a trace in its exits, but those that have nobody to talk to; Linux's CPUs do their work. */
static bool is_alive(struct cell *cell)
{
	uint64_t limit = cb_now_ms() + SETTLES;
	long before;

	if (cell->state != RUNNING || cell->talks || cell->restarts)
		return true;
	note("is %s alive?", cell->name);
	before = cb_counter(cell->name, -1, "vmexits_total");
	while (cb_counter(cell->name, -1, "vmexits_total") == before)
		if (cb_now_ms() >= limit)
			return false;
		else
			cb_sleep_ms(10);
	num_alive++;
	return true;
}

static bool linux_is_well(struct cell *cell)
{
	(void)cell;
	note("is Linux well?");
	return !cb_broken_cpu();
}

static bool enable(void)
{
	return command(!switched_off, "jailhouse enable " CB_CONFIGS "%s.cell", cb_system_config());
}

/* All CPUs have to be there. */
static bool cycle(struct cell *cell)
{
	if (!stop_talking() || !command(true, "jailhouse disable"))
		return false;
	FOR_EACH(cell)
		cell->state = NONE;
	num_cycles++;
	if (!enable())
		return false;
	if (!switched_off)
		return true;
	for (int cpu = 0; cpu < NUM_CPUS; cpu++)
		if (cb_set_online(cpu, true))
			return false;
	switched_off = 0;
	return enable();
}

static struct cb_load load_of_linux;

static bool work(struct cell *cell)
{
	(void)cell;
	note("Linux %s", load_of_linux.count ? "rests" : "works");
	if (!load_of_linux.count)
		return !cb_load_start(&load_of_linux);
	cb_load_stop(&load_of_linux);
	return true;
}

static const struct {
	bool (*step)(struct cell *cell);
	unsigned int weight;
} kinds[] = {
	{ create, 20 }, { load_it, 4 }, { start, 20 }, { restart, 5 }, { shut_down, 6 }, { destroy, 10 }, { fail, 5 },
	{ kill_command, 6 }, { switch_cpu, 8 }, { talk, 6 }, { look, 12 }, { is_alive, 12 }, { linux_is_well, 1 },
	{ cycle, 1 }, { work, 2 },
};

static bool any_step(void)
{
	struct cell *cell = &cells[below(ARRAY_LENGTH(cells))];
	unsigned int sum = 0, n;


	for (n = 0; n < ARRAY_LENGTH(kinds); n++)
		sum += kinds[n].weight;
	sum = below(sum);
	for (n = 0; sum >= kinds[n].weight; n++)
		sum -= kinds[n].weight;
	/* what is refused for want of a cell is known soon */
	for (int again = 0; kinds[n].step != create && !exists(cell) && again < 6; again++)
		cell = &cells[below(ARRAY_LENGTH(cells))];
	return kinds[n].step(cell);
}

/* What comes by itself may take a while. */
static bool becomes_as_wanted(void)
{
	uint64_t limit = cb_now_ms() + SETTLES;

	while (!is_as_wanted()) {
		if (cb_now_ms() >= limit)
			return false;
		cb_sleep_ms(10);
	}
	return true;
}

FIXTURE(machine) {
	long used;	/* pages of the pool, without cells */
};

FIXTURE_SETUP(machine)
{
	ASSERT_EQ(0, cb_run(said, sizeof(said), "modprobe uio_ivshmem; touch " TALK));
	ASSERT_EQ(0, cb_fresh());
	ASSERT_EQ(0, cb_enable(NULL)) TH_LOG("%s", cb_error());
	self->used = cb_number("mem_pool_used");
}

/* However it went, all comes back. */
FIXTURE_TEARDOWN(machine)
{
	EXPECT_EQ(0, cb_destroy_all()) TH_LOG("%s", cb_error());
	EXPECT_EQ(self->used, cb_number("mem_pool_used"));
	EXPECT_EQ(0, cb_disable()) TH_LOG("%s", cb_error());
	for (int cpu = 0; cpu < NUM_CPUS; cpu++)
		EXPECT_EQ(0, cb_set_online(cpu, true));
	EXPECT_EQ(0, cb_broken_cpu());
	EXPECT_EQ(0, cb_rmmod());
}

static void print_counts(uint64_t ms)
{
	printf("# after %lu s: %lu steps, %lu done, %lu refused, %lu times a cell was alive, %lu commands killed, %lu times "
	       "disabled and enabled\n", (unsigned long)ms / 1000, num_steps, num_done, num_refused, num_alive,
	       num_killed, num_cycles);
	fflush(stdout);
}

TEST_F_TIMEOUT(machine, any_order, LONGEST)
{
	uint64_t ms = 1000 * cb_parameter("cellblock.seconds=", 20), began = cb_now_ms(), told = began;
	bool well = true;

	dice.state = cb_parameter("cellblock.seed=", 1);
	printf("# seed %lu\n", (unsigned long)dice.state);
	/* a busy host has few steps in that time: longer, until there was one of each kind that is looked for */
	while (well && (cb_now_ms() < began + ms || !num_alive || !num_refused)) {
		well = any_step() && becomes_as_wanted();
		if (cb_now_ms() >= told + 60000) {
			told = cb_now_ms();
			print_counts(told - began);
		}
	}
	EXPECT_TRUE(well) print_all(_metadata);
	cb_load_stop(&load_of_linux);
	EXPECT_TRUE(stop_talking()) TH_LOG("%s", said);
	print_counts(cb_now_ms() - began);
	EXPECT_LT(0, num_alive);
	EXPECT_LT(0, num_refused);
}

TEST_HARNESS_MAIN
