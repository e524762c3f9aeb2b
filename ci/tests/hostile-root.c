// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* A hostile root: hypercalls with any argument, and firmware calls of all owners. */

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include <cellblock/loader.h>
#include <jailhouse/cell-config.h>
#include <jailhouse/hypercall.h>
#include <qemu-virt/links.h>
#include <qemu-virt/remote.h>
#include <uapi/cellblock-remote.h>

#include "kselftest_harness.h"
#include "lib/errors.h"
#include "lib/hostile_root.h"

/* nothing answers there, which root's configuration has as RAM in one of the tests */
#define NO_RAM		(QEMU_NOWHERE + QEMU_PAGE)

/* Hypercalls */

/* Those that there are, and the next ones */
static const uint64_t numbers[] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x100, 0x101, 0x102, 0x103, 0x104, 0x105, 0x106, 0x107, 0x108, 0x109, 0x10a,
	~0ULL,
};

static const uint64_t bad_arguments[] = {
	0, VICTIM_ID, 2, 3, 4, 63, 64, 1000, 0x7fffffff, 0xffffffff, 1ULL << 32 | VICTIM_ID, 1ULL << 47, 1ULL << 48,
	1ULL << 63, ~0ULL, ~0ULL - 131, QEMU_HV_BASE, QEMU_HV_BASE - 1, QEMU_HV_BASE - 132, QEMU_HV_BASE + 0x200000,
	VICTIM_RAM, VICTIM_RAM - 1, VICTIM_RAM + 0x800000, QEMU_GICD_BASE, QEMU_GICR_BASE, QEMU_FLASH_BASE,
	QEMU_PCI_MEM_BASE, QEMU_PCI_HIGH_BASE, NO_RAM, NO_RAM + 8, NO_RAM + QEMU_PAGE - 8, NO_RAM - 132,
};

/* In the buffer: aligned, not aligned, and its last byte */
static const uint64_t buffer_offsets[] = { 0, 1, ROGUE_BUFFER_SIZE - 1 };

static uint64_t argument(unsigned int n)
{
	return n < ARRAY(bad_arguments) ? bad_arguments[n] : buffer + buffer_offsets[n - ARRAY(bad_arguments)];
}

#define ARGUMENTS	(ARRAY(bad_arguments) + ARRAY(buffer_offsets))

static uint64_t some_argument(struct cb_attack *a)
{
	return argument(cb_below(a, ARGUMENTS));
}

/* What root may ask: how things are, and that a CPU of its own is shared or not. */
static bool is_roots_right(uint64_t nr, uint64_t arg1)
{
	switch (nr) {
	case JAILHOUSE_HC_HYPERVISOR_GET_INFO:
	case CELLBLOCK_HC_ROOT_MEMORY:
		return true;
	case JAILHOUSE_HC_CELL_GET_STATE:
	case CELLBLOCK_HC_CELL_WATCH:
	case CELLBLOCK_HC_CELL_FAULT:
	case CELLBLOCK_HC_CELL_COMM:
		return arg1 <= VICTIM_ID;
	case JAILHOUSE_HC_CPU_GET_INFO:
	case CELLBLOCK_HC_CPU_PARKED:
		return arg1 < 4;
	case CELLBLOCK_HC_CPU_SHARE:
		return arg1 < 2;
	default:
		return false;
	}
}

/* Root decides about the life of cells: that it may end the victim is no finding. */
static bool ends_victim(uint64_t nr, uint64_t arg1)
{
	return arg1 == VICTIM_ID && (nr == JAILHOUSE_HC_CELL_SET_LOADABLE || nr == JAILHOUSE_HC_CELL_DESTROY ||
				     nr == CELLBLOCK_HC_CELL_SHUTDOWN);
}

/* Each number with each argument, by all CPUs in the same order, then any with any */
static void any_hypercall(struct cb_attack *a)
{
	static unsigned int next;
	uint64_t nr = ANY_OF(a, numbers), arg1 = some_argument(a), arg2 = some_argument(a);
	long result;

	if (next < ARRAY(numbers) * ARGUMENTS) {
		nr = numbers[next / ARGUMENTS];
		arg1 = argument(next++ % ARGUMENTS);
	} else if (!cb_below(a, 16)) {
		nr = cb_any(a);
	}
	if (ends_victim(nr, arg1))
		return;
	result = cb_rogue_hypercall(a->cpu, nr, arg1, arg2);
	cb_tried(a, (result < 0 && result > -134) || is_roots_right(nr, arg1), "hypercall", nr, arg1, arg2, result);
}

/* No CPU stays shared. */
static void attack_by_hypercalls(struct __test_metadata *_metadata, struct cb_console *con)
{
	begin(_metadata);
	end(_metadata, con, cb_attack(ROOT_CPUS, SHORT, any_hypercall));
	for (unsigned int cpu = 0; cpu < 4; cpu++)
		if (cpu != CB_VICTIM_CPU)
			EXPECT_EQ(0, call_until_free(cpu, CELLBLOCK_HC_CPU_SHARE, 0));
}

TEST_F_TIMEOUT(enabled, hypercalls, 200)
{
	attack_by_hypercalls(_metadata, &self->con);
}

FIXTURE(silent) {
	struct cb_console con;
};

FIXTURE_SETUP(silent)
{
	struct err_config system;

	ASSERT_EQ(0, cb_fresh()) TH_LOG("%s", cb_error());
	ASSERT_TRUE(err_read_config(&system, NULL));
	*err_add_mem(&system) = (struct jailhouse_memory) {
		.phys_start = NO_RAM, .virt_start = NO_RAM, .size = QEMU_PAGE,
		.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE,
	};
	ASSERT_EQ(0, cb_enable_raw(&system.sys)) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, cb_console_open(&self->con));
}

FIXTURE_TEARDOWN(silent)
{
	EXPECT_EQ(0, cb_destroy_all()) TH_LOG("%s", cb_error());
	EXPECT_EQ(0, cb_disable()) TH_LOG("%s", cb_error());
	cb_console_close(&self->con);
	EXPECT_EQ(0, cb_rmmod());
}

TEST_F_TIMEOUT(silent, hypercalls, 200)
{
	attack_by_hypercalls(_metadata, &self->con);
}

/* Remote I/O, of a cell with windows whose CPUs use them all the time */

#define REMOTE		"remote"
#define REMOTE_ID	2
/* root's, and nobody listens */
#define ROOTS_SPI	(32 + QEMU_VPCI_ROOT_SPI + 3)

/* Where the page is that EL2 and root share about it, mapped; and the driver's file descriptor. */
static uint64_t remote_page;
static volatile uint64_t *remote_words;
static int remote_fd;

static const uint64_t remote_ids[] = {
	REMOTE_ID, REMOTE_ID, REMOTE_ID, 0, VICTIM_ID, 3, 63, 64, 1ULL << 32 | REMOTE_ID, 1ULL << 63 | REMOTE_ID, ~0ULL,
};

/* Of SPIs one is root's and one the cell's; SGIs, PPIs, those that are special, and none. */
static const uint64_t intids[] = {
	ROOTS_SPI, REMOTE_INTID, 0, 7, 15, 16, 27, 31, 1019, 1020, 1023, 1024, 8192, 0x7fffffff, 0xffffffff,
};

static const uint64_t waits[] = { 0, 1, 2, 10, 10000, 10001, 0x7fffffff, 0xffffffff };

static const uint64_t ranges[] = {
	REMOTE_WINDOW + REMOTE_NOTIFY, REMOTE_WINDOW + REMOTE_NOTIFY, REMOTE_WINDOW, REMOTE_WINDOW + 2,
	REMOTE_WINDOW + REMOTE_WINDOW_SIZE - 4, 0, 1, 0xfffffffffffc, 0xffffffffffff, QEMU_HV_BASE, QEMU_CELL_RAM,
};

static const uint64_t counts[] = { 64, 0, 1, 63, 65, 128, 0x7fff, 0x8000, 0xffff };

static void attack_attach(struct cb_attack *a, uint64_t id)
{
	uint64_t intid = ANY_OF(a, intids), ms = ANY_OF(a, waits), how = CELLBLOCK_REMOTE_HOW(intid, ms);
	bool is_right = id == REMOTE_ID && (!ms || (ms <= CELLBLOCK_REMOTE_MAX_MS && intid == ROOTS_SPI));
	long result = cb_rogue_hypercall(a->cpu, CELLBLOCK_HC_REMOTE_ATTACH, id, how);

	cb_tried(a, is_right ? result == (long)remote_page : result == -EINVAL || result == -ENOENT, "attach",
		 id, how, 0, result);
}

static void attack_notify(struct cb_attack *a, uint64_t id)
{
	uint64_t address = ANY_OF(a, ranges), count = ANY_OF(a, counts), range = CELLBLOCK_REMOTE_RANGE(address, count);
	bool is_right = id == REMOTE_ID && count <= CELLBLOCK_REMOTE_NOTIFICATIONS && address % 4 == 0;
	long result = cb_rogue_hypercall(a->cpu, CELLBLOCK_HC_REMOTE_NOTIFY, id, range);

	cb_tried(a, is_right ? !result : result == -EINVAL || result == -ENOENT, "notify", id, range, 0, result);
}

static void attack_irq(struct cb_attack *a, uint64_t id)
{
	uint64_t intid = ANY_OF(a, intids), irq = intid | (cb_below(a, 2) ? cb_any(a) << 32 : 0);
	long result = cb_rogue_hypercall(a->cpu, CELLBLOCK_HC_REMOTE_IRQ, id, irq);

	cb_tried(a, id == REMOTE_ID && intid == REMOTE_INTID ? !result : result == -EINVAL || result == -ENOENT,
		 "interrupt", id, irq, 0, result);
}

/* Anything anywhere in the page: states that are answers, late, early or none, too. */
static void scribble(struct cb_attack *a)
{
	size_t offset = cb_below(a, QEMU_PAGE / 8) * 8;

	if (cb_below(a, 2))
		offset = offsetof(struct cellblock_remote_page, slot) +
			 (2 + cb_below(a, 2)) * sizeof(struct cellblock_remote_slot) +
			 cb_below(a, 2) * offsetof(struct cellblock_remote_slot, state);
	remote_words[offset / 8] = cb_below(a, 2) ? cb_any(a) : remote_words[offset / 8] + 1;
	cb_tried(a, true, "write", offset, 0, 0, 0);
}

/* Requests to the driver, with structures of anything */
static void attack_ioctl(struct cb_attack *a)
{
	static const unsigned long requests[] = {
		CELLBLOCK_REMOTE_INFO, CELLBLOCK_REMOTE_NOTIFY, CELLBLOCK_REMOTE_IRQ, CELLBLOCK_REMOTE_IOEVENTFD,
		CELLBLOCK_REMOTE_IRQFD, CELLBLOCK_REMOTE_ATTACH, CELLBLOCK_REMOTE_RESET, _IO(0xcb, 8), 0,
	};
	static const int errors[] = { 0, EINVAL, EFAULT, EBADF, ENOTTY, EAGAIN };
	unsigned long request = ANY_OF(a, requests);
	uint64_t content[2] = { ANY_OF(a, ranges), ANY_OF(a, intids) };
	const uint64_t arguments[] = { (uint64_t)content, 0, QEMU_HV_BASE, 1ULL << 47, 1ULL << 63, ANY_OF(a, waits) };
	uint64_t argument = ANY_OF(a, arguments);
	bool is_right = false;
	int error;

	if (cb_below(a, 2))
		content[0] = cb_below(a, 2) ? content[1] : cb_any(a);
	error = ioctl(remote_fd, request, argument) ? errno : 0;
	for (unsigned int n = 0; n < ARRAY(errors); n++)
		is_right = is_right || error == errors[n];
	cb_tried(a, is_right, "request", request, argument, content[0], error);
}

static void any_of_remote_io(struct cb_attack *a)
{
	uint64_t id = ANY_OF(a, remote_ids);

	switch (cb_below(a, 6)) {
	case 0:
		attack_attach(a, id);
		break;
	case 1:
		attack_notify(a, id);
		break;
	case 2:
		attack_irq(a, id);
		break;
	case 3:
		attack_ioctl(a);
		break;
	default:
		scribble(a);
	}
}

/* It goes on, with nobody who answers. */
static bool remote_cell_lives(struct cb_console *con)
{
	cb_rogue_hypercall(0, CELLBLOCK_HC_REMOTE_ATTACH, REMOTE_ID, 0);
	cb_console_skip(con);
	return cb_console_wait(con, "two CPUs, ", LIMIT) && !strcmp(cb_state(REMOTE), "running");
}

/* By a signal that ends who reads. */
static bool page_is_denied(void)
{
	pid_t pid = fork();
	int status = 0;

	if (!pid)
		_exit(remote_words[0] & 0);
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS;
}

/* What root writes is wrong for this cell, and no more than that; who waits waits no longer than it was told. */
TEST_F_TIMEOUT(enabled, remote_io, 200)
{
	struct jailhouse_cell_id id = { .id = JAILHOUSE_CELL_ID_UNUSED, .name = REMOTE };
	uint64_t start;

	begin(_metadata);
	ASSERT_EQ(REMOTE_ID, cb_create(REMOTE)) TH_LOG("%s", cb_error());
	remote_page = (uint64_t)cb_rogue_hypercall(0, CELLBLOCK_HC_REMOTE_ATTACH, REMOTE_ID, 0);
	ASSERT_EQ(0, remote_page % QEMU_PAGE);
	remote_words = cb_rogue_map(remote_page, QEMU_PAGE);
	EXPECT_FALSE(page_is_denied());
	remote_fd = (int)cb_ioctl(JAILHOUSE_CELL_REMOTE, &id);
	ASSERT_LE(0, remote_fd) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_boot(REMOTE, "remote", CB_QUIET "do=storm"));
	end(_metadata, &self->con, cb_attack(1, SHORT, any_of_remote_io));
	EXPECT_TRUE(remote_cell_lives(&self->con)) TH_LOG("%s: %s", cb_state(REMOTE), cb_console_all(&self->con));

	/* both CPUs wait for 10 s, and nobody answers */
	EXPECT_EQ((long)remote_page, cb_rogue_hypercall(0, CELLBLOCK_HC_REMOTE_ATTACH, REMOTE_ID,
							 CELLBLOCK_REMOTE_HOW(ROOTS_SPI, CELLBLOCK_REMOTE_MAX_MS)));
	start = cb_now_ms();
	EXPECT_DONE(cb_destroy(REMOTE, CB_FORCE));
	EXPECT_GT(2000, cb_now_ms() - start);
	/* what root had of it is not root's any more */
	EXPECT_TRUE(page_is_denied());
	EXPECT_EQ(-ENOENT, cb_rogue_hypercall(0, CELLBLOCK_HC_REMOTE_ATTACH, REMOTE_ID, 0));
	EXPECT_EQ(-ENOENT, cb_rogue_hypercall(0, CELLBLOCK_HC_REMOTE_IRQ, REMOTE_ID, REMOTE_INTID));
	EXPECT_EQ(-1, ioctl(remote_fd, CELLBLOCK_REMOTE_ATTACH, 0UL));
	close(remote_fd);
	EXPECT_TRUE(cb_victim_is_well(&self->con, LIMIT));
}

/* Firmware calls */

#define PSCI(n)		(0x84000000U | (n))
#define NOT_SUPPORTED	(-1L)

/* CPUs that are there and on, the victim's, and none: nothing is started. */
static void any_psci(struct cb_attack *a)
{
	const uint64_t targets[] = {
		0, CB_VICTIM_CPU, 2, 3, 4, 0x100, 1ULL << 32 | CB_VICTIM_CPU, 1ULL << 31 | CB_VICTIM_CPU, ~0ULL,
	};
	uint64_t function = PSCI(3) | (uint64_t)cb_below(a, 2) << 30, target = ANY_OF(a, targets);
	long result = cb_rogue_smc(a->cpu, function, target, some_argument(a), cb_any(a));

	/* 32 bits of a result are what a call of 32 bits has */
	cb_tried(a, (int)result < 0, "CPU_ON", function, target, 0, result);
}

/* Not the ranges that pass; by HVC, root's KVM gets answers of no effect to those of its own (6). */
static bool must_be_refused(uint32_t function, bool hvc)
{
	uint32_t owner = function >> 24 & 0x3f;

	return owner != 0 && owner != 2 && owner != 3 && owner < 48 && !(hvc && owner == 6);
}

static void any_firmware_call(struct cb_attack *a)
{
	uint32_t function = (uint32_t)cb_any(a);
	bool hvc = cb_below(a, 2);
	long result;

	if (!cb_below(a, 4)) {
		any_psci(a);
		return;
	}
	if (!cb_below(a, 3))
		function = 0x95c1ba5e + cb_below(a, 4);
	else if (!cb_below(a, 3))
		function = 0x84000020 + cb_below(a, 0x100) + (cb_below(a, 2) << 30);
	/* TRNG may be there; PSCI's own are above */
	if ((function & 0x3fffffff) - 0x4000000 < 0x20 || (function & 0x3ffffffc) == 0x4000050)
		return;
	result = hvc ? cb_rogue_hvc(a->cpu, function, some_argument(a), cb_any(a), 0) :
		       cb_rogue_smc(a->cpu, function, some_argument(a), cb_any(a), 0);
	cb_tried(a, (int)result == NOT_SUPPORTED || !must_be_refused(function, hvc), hvc ? "HVC" : "SMC", function,
		 0, 0, result);
}

TEST_F_TIMEOUT(enabled, firmware_calls, 200)
{
	begin(_metadata);
	end(_metadata, &self->con, cb_attack(ROOT_CPUS, SHORT, any_firmware_call));
	EXPECT_EQ(self->cpus - 1, cb_num_online());
}

TEST_HARNESS_MAIN
