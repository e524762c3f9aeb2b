// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * What Linux does not give, with the cause: a CPU that keeps the time for others (nohz_full=), or that deadlines need;
 * memory that cannot move. What is CMA it gives while no driver has it. See ci/tests/list for the kernel's parameters.
 */

#include <errno.h>
#include <linux/kernel-page-flags.h>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <qemu-virt/board.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"
#include "lib/errors.h"
#include "lib/rogue.h"

/* They stay where they are; those of 2 MiB move. */
#define HUGE_PAGES	"/sys/kernel/mm/hugepages/hugepages-32768kB/nr_hugepages"
/* What Linux empties at once */
#define BLOCK		0x200000ULL
/* cma= */
#define CMA_BASE	0x60000000
#define CMA_SIZE	0x4000000

/* The first test: Linux keeps the time by its boot CPU. */
TEST_F(enabled, a_cpu_that_keeps_the_time)
{
	EXPECT_REFUSED(EBUSY, "Linux must keep CPU 0: it keeps the time for those of nohz_full=",
		       cb_create_on("timer-demo", 1));
	EXPECT_EQ(self->cpus, cb_num_online());
}

static pid_t start_deadlines(void)
{
	struct sched_attr attr = {
		.size = sizeof(attr),
		.sched_policy = SCHED_DEADLINE,
		.sched_runtime = 9000000,
		.sched_deadline = 10000000,
		.sched_period = 10000000,
	};
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_NAME, "control-loop");
	if (syscall(SYS_sched_setattr, 0, &attr, 0))
		_exit(1);
	for (;;)
		pause();
}

/* Four times 90 % of a CPU fit on four CPUs, and not on three. */
TEST_F(enabled, a_cpu_that_deadlines_need)
{
	pid_t loops[4];
	int i;

	for (i = 0; i < 4; i++)
		ASSERT_LT(0, loops[i] = start_deadlines());
	cb_sleep_ms(300);
	EXPECT_REFUSED(EBUSY, "(control-loop), have reserved 359 % of a CPU", cb_create("timer-demo"));
	EXPECT_EQ(self->cpus, cb_num_online());
	for (i = 0; i < 4; i++) {
		EXPECT_EQ(0, kill(loops[i], SIGKILL));
		waitpid(loops[i], NULL, 0);
	}
	/* the scheduler forgets them at their next deadlines */
	cb_sleep_ms(100);
	ASSERT_EQ(1, cb_create("timer-demo")) TH_LOG("%s", cb_error());
}

static int create_at(uint64_t address, uint64_t size)
{
	static struct err_config c;

	if (!err_read_config(&c, "timer-demo"))
		return -ENOENT;
	err_mem(&c, 0)->phys_start = address;
	err_mem(&c, 0)->size = size;
	return cb_create_raw(c.bytes, c.size);
}

/* Linux itself has the beginning. */
TEST_F(enabled, memory_of_cma)
{
	char words[128];
	uint64_t dma;

	ASSERT_EQ(1, create_at(CMA_BASE + CMA_SIZE / 2, CMA_SIZE / 2)) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", CB_QUIET "period=1000 report=50"));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "Timer fired", 20000));
	ASSERT_DONE(cb_destroy("timer-demo", 0));

	dma = cb_rogue_dma(true);
	ASSERT_TRUE(dma > CMA_BASE && dma < CMA_BASE + CMA_SIZE) TH_LOG("%#llx", (unsigned long long)dma);
	snprintf(words, sizeof(words), "the page at %#llx, in CMA, is used by a driver", (unsigned long long)dma);
	EXPECT_REFUSED(EBUSY, words, create_at(dma, ROGUE_DMA_SIZE));
	cb_rogue_dma(false);
	ASSERT_EQ(1, create_at(dma, ROGUE_DMA_SIZE)) TH_LOG("%s", cb_error());
	/* a driver gets what is left of it */
	EXPECT_LT(dma, cb_rogue_dma(true));
	cb_rogue_dma(false);
}

/* The first page of Linux's from there on that is of a kind, see /proc/kpageflags. */
static uint64_t find_page_after(uint64_t start, int kind)
{
	FILE *file = fopen("/proc/kpageflags", "r");
	uint64_t pfn, flags;

	if (!file || fseek(file, (long)(start >> 12) * 8, SEEK_SET))
		return 0;
	for (pfn = start >> 12; fread(&flags, 8, 1, file) == 1; pfn++)
		if (flags >> kind & 1)
			break;
	fclose(file);
	return pfn << 12;
}

static uint64_t find_page(int kind)
{
	return find_page_after(QEMU_RAM_BASE, kind);
}

static void refused_for(struct __test_metadata *_metadata, int kind, const char *why)
{
	uint64_t page = find_page(kind);
	char words[128];

	snprintf(words, sizeof(words), "the page at %#llx %s", (unsigned long long)page, why);
	EXPECT_REFUSED(EBUSY, words, create_at(page, 4096));
}

TEST_F(enabled, memory_that_stays)
{
	ASSERT_EQ(0, cb_write(HUGE_PAGES, "1"));
	ASSERT_EQ(1, cb_number(HUGE_PAGES));
	refused_for(_metadata, KPF_HUGE, "is part of a huge page (nr_hugepages)");
	EXPECT_EQ(0, cb_write(HUGE_PAGES, "0"));
	refused_for(_metadata, KPF_SLAB, "holds objects of the kernel (slab)");
	refused_for(_metadata, KPF_PGTABLE, "is a translation table of a process");
}

/* A free page beside one that stays */
TEST_F(enabled, memory_beside_what_stays)
{
	uint64_t block = QEMU_RAM_BASE - BLOCK, page;
	char words[128];

	do {
		block = find_page_after(block + BLOCK, KPF_SLAB) & ~(BLOCK - 1);
		ASSERT_LT(block, QEMU_HV_BASE);
		page = find_page_after(block, KPF_BUDDY);
	} while (page >= block + BLOCK);
	snprintf(words, sizeof(words), "Linux empties 2 MiB at once (cma=2M@%#llx reserves them), but ",
		 (unsigned long long)block);
	EXPECT_REFUSED(EBUSY, words, create_at(page, 4096));
}

TEST_HARNESS_MAIN
