// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A hostile cell on CPUs that Linux shares with it (inmates/tests/hostile-share.c): Linux keeps its part of them, its
 * timers, breakpoints, single steps and counters work there, and the cell can be stopped and leaves nothing behind. It
 * runs with --icount: how much of the time Linux has does not depend on the host, but CPUs run in turns, which counts
 * as time away.
 *
 * Kernel parameter: cellblock.seed=N
 */

#include <elf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <asm/ptrace.h>

#include "kselftest_harness.h"
#include "lib/attack.h"
#include "lib/enabled.h"
#include "lib/load.h"

#define CELL		"inmate-test"
#define CPUS		(1 << 2 | 1 << 3)
#define BUDGET		3000	/* us of 10 ms */
#define HALF_OF_REST	35	/* % of the time */
#define LIMIT		20000	/* ms */
#define STOP_LIMIT	10000	/* ms */
#define WINDOW_MS	30
#define SHORT_MS	2
#define WINDOWS		3
#define AWAY_US		20	/* who looks at the clock all the time has not run for that long */
#define HITS		5

#ifndef TRAP_HWBKPT
#define TRAP_HWBKPT	4
#endif
/* DBGBCR: any EL0, four bytes, on */
#define BREAK_EL0	(0xf << 5 | 2 << 1 | 1)

static uint64_t counter(void)
{
	uint64_t now;

	asm volatile("isb\n\tmrs %0, cntvct_el0" : "=r" (now) : : "memory");
	return now;
}

/* How much of the time this thread has run, in percent */
static unsigned int window(unsigned int ms)
{
	uint64_t hz, begin = counter(), last = begin, now = begin, own = 0;

	asm volatile("mrs %0, cntfrq_el0" : "=r" (hz));
	for (; now - begin < hz * ms / 1000; last = now) {
		now = counter();
		if (now - last < hz * AWAY_US / 1000000)
			own += now - last;
	}
	return (unsigned int)(own * 100 / (now - begin));
}

/* Of a CPU; as soon as it is enough */
static unsigned int linux_part(int cpu)
{
	unsigned int best = 0, n, part;

	if (cb_pin(cpu))
		return 0;
	for (n = 0; n < WINDOWS && best < HALF_OF_REST; n++) {
		part = window(WINDOW_MS);
		if (part > best)
			best = part;
	}
	return best;
}

static volatile unsigned int reached;

static void __attribute__((noinline)) here(void)
{
	reached++;
}

static void traced(int cpu)
{
	if (cb_pin(cpu) || ptrace(PTRACE_TRACEME, 0, 0, 0))
		_exit(1);
	raise(SIGSTOP);
	for (unsigned int n = 0; n < HITS; n++) {
		window(SHORT_MS);
		here();
	}
	_exit(reached == HITS ? 0 : 2);
}

static int set_breakpoint(pid_t pid, uint32_t control)
{
	struct user_hwdebug_state state = {
		.dbg_regs[0] = { .addr = (uintptr_t)here, .ctrl = control },
	};
	struct iovec iov = { &state, offsetof(struct user_hwdebug_state, dbg_regs[1]) };

	return ptrace(PTRACE_SETREGSET, pid, NT_ARM_HW_BREAK, &iov);
}

/* It has stopped where the breakpoint is, or one step behind. */
static bool stopped_at(pid_t pid, uint64_t pc)
{
	struct user_pt_regs regs;
	struct iovec iov = { &regs, sizeof(regs) };
	int status;

	return waitpid(pid, &status, 0) == pid && WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP &&
	       !ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &iov) && regs.pc == pc;
}

/* How often a process on the CPU meets its breakpoint, and makes a single step from there */
static unsigned int hits(int cpu)
{
	unsigned int count = 0;
	pid_t pid = fork();
	int status;

	if (!pid)
		traced(cpu);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		return 0;
	while (!set_breakpoint(pid, BREAK_EL0) && !ptrace(PTRACE_CONT, pid, 0, 0) &&
	       stopped_at(pid, (uintptr_t)here) && !set_breakpoint(pid, 0) &&
	       !ptrace(PTRACE_SINGLESTEP, pid, 0, 0) && stopped_at(pid, (uintptr_t)here + 4))
		if (++count == HITS)
			break;
	set_breakpoint(pid, 0);
	ptrace(PTRACE_DETACH, pid, 0, 0);
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status) ? count : 0;
}

/* Does the counter of cycles count on this CPU? True, too, if Linux has none. */
static bool cycles_count(int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE, .size = sizeof(attr), .config = PERF_COUNT_HW_CPU_CYCLES,
		.exclude_kernel = 1, .exclude_hv = 1,
	};
	uint64_t before = 0, after = 0;
	int fd;

	if (cb_pin(cpu))
		return false;
	fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
	if (fd < 0)
		return errno == ENOENT || errno == EOPNOTSUPP;
	if (read(fd, &before, sizeof(before)) == sizeof(before)) {
		window(SHORT_MS);
		if (read(fd, &after, sizeof(after)) != sizeof(after))
			after = 0;
	}
	close(fd);
	return after > before;
}

/* Does the timer of this CPU wake who sleeps there? */
static bool sleep_ends(int cpu)
{
	pid_t pid = fork();
	uint64_t end;
	int status;

	if (!pid) {
		if (cb_pin(cpu))
			_exit(1);
		cb_sleep_ms(SHORT_MS);
		_exit(0);
	}
	for (end = cb_now_ms() + LIMIT; pid > 0 && cb_now_ms() < end; cb_sleep_ms(1))
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) && !WEXITSTATUS(status);
	if (pid > 0)
		kill(pid, SIGKILL);
	return false;
}

static void expect_linux_works(struct __test_metadata *_metadata, const char *when)
{
	unsigned int part;

	for (int cpu = 2; cpu <= 3; cpu++) {
		part = linux_part(cpu);
		EXPECT_LE(HALF_OF_REST, part) TH_LOG("%s, CPU %d", when, cpu);
		EXPECT_TRUE(cycles_count(cpu)) TH_LOG("%s, CPU %d", when, cpu);
		cb_pin(0);
		EXPECT_EQ(HITS, hits(cpu)) TH_LOG("%s, CPU %d", when, cpu);
		EXPECT_TRUE(sleep_ends(cpu)) TH_LOG("%s, CPU %d", when, cpu);
	}
	/* where the driver is called */
	cb_pin(0);
}

static void attack(struct __test_metadata *_metadata, struct cb_console *con, const char *how)
{
	char params[100];
	uint64_t begin;

	if (cb_is_gicv2())
		SKIP(return, "no GICv3");
	cb_pin(0);
	ASSERT_EQ(1, cb_create_sharing(CELL, 0, CPUS, BUDGET)) TH_LOG("%s", cb_error());
	snprintf(params, sizeof(params), CB_QUIET "how=%s seed=%lu", how, cb_parameter("cellblock.seed=", 1));
	ASSERT_DONE(cb_boot(CELL, "hostile-share", params));
	ASSERT_NE(NULL, cb_console_wait(con, "hostile: ", LIMIT)) TH_LOG("%s", cb_console_all(con));
	expect_linux_works(_metadata, how);
	EXPECT_STREQ("running", cb_state(CELL)) TH_LOG("%s", cb_console_all(con));
	begin = cb_now_ms();
	EXPECT_DONE(cb_shutdown(CELL, CB_FORCE));
	ASSERT_DONE(cb_boot(CELL, "hostile-share", params));
	ASSERT_DONE(cb_destroy(CELL, CB_FORCE));
	EXPECT_GT(STOP_LIMIT, cb_now_ms() - begin);
	expect_linux_works(_metadata, "afterwards");
	EXPECT_EQ(0, cb_broken_cpu());
	EXPECT_FALSE(cb_kernel_said("Call trace:"));
}

#define WAY(name, how)							\
TEST_F_TIMEOUT(enabled, name, 200)					\
{									\
	attack(_metadata, &self->con, how);				\
}

WAY(masked, "masked")
WAY(timers, "timers")
WAY(priorities, "priorities")
WAY(ends, "ends")
WAY(sgis, "sgis")
WAY(spis, "spis")
WAY(sleep, "sleep")
WAY(event, "event")
WAY(suspend, "suspend")
WAY(calls, "calls")
WAY(on_off, "on-off")
WAY(all, "all")

TEST_HARNESS_MAIN
