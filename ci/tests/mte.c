// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* Memory tagging (FEAT_MTE) of root's programs, and what the kernel does of it at each of its entries. */

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"

#define HWCAP2_MTE_BIT		(1UL << 18)
#define PROT_MTE_BIT		0x20
#define TAGGED_ADDRESSES	1UL
#define SYNCHRONOUS		2UL
#define ALL_TAGS_BUT_0		(0xfffeUL << 3)
#define TAG_SHIFT		56

static sigjmp_buf on_fault;

static void fault(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)context;
	siglongjmp(on_fault, info->si_code);
}

/* The address with a tag that memory has from now on, by the CPU's own generator. */
static char *tagged(char *p)
{
	asm volatile(".arch armv8.5-a+memtag\n\t"
		     "irg	%0, %0\n\t"
		     "stg	%0, [%0]" : "+r" (p) : : "memory");
	return p;
}

/* The si_code of the signal that a write gives, 0: none. */
static int write_faults(volatile char *p)
{
	int code = sigsetjmp(on_fault, 1);

	if (!code)
		*p = 1;
	return code;
}

static char *open_tagged_page(struct __test_metadata *_metadata)
{
	struct sigaction action = { .sa_sigaction = fault, .sa_flags = SA_SIGINFO };
	char *page;

	ASSERT_EQ(0, prctl(PR_SET_TAGGED_ADDR_CTRL, TAGGED_ADDRESSES | SYNCHRONOUS | ALL_TAGS_BUT_0, 0, 0, 0));
	ASSERT_EQ(0, sigaction(SIGSEGV, &action, NULL));
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_MTE_BIT, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, page);
	return tagged(page);
}

/* Tags are there, and are compared: on each CPU. */
static void tags_work(struct __test_metadata *_metadata, char *page)
{
	char *other = (char *)((uintptr_t)page ^ 1UL << TAG_SHIFT);
	int cpu;

	for (cpu = 0; cpu < cb_num_cpus(); cpu++) {
		if (!cb_is_online(cpu))
			continue;
		ASSERT_EQ(0, cb_pin(cpu));
		EXPECT_EQ(0, write_faults(page)) TH_LOG("CPU %d", cpu);
		EXPECT_EQ(SEGV_MTESERR, write_faults(other)) TH_LOG("CPU %d", cpu);
	}
}

TEST(a_program_with_tags)
{
	char *page;

	if (!(getauxval(AT_HWCAP2) & HWCAP2_MTE_BIT))
		SKIP(return, "this CPU has no MTE");
	page = open_tagged_page(_metadata);
	tags_work(_metadata, page);

	ASSERT_DONE(cb_fresh());
	ASSERT_DONE(cb_enable(NULL));
	tags_work(_metadata, page);
	ASSERT_LE(0, cb_create("inmate-test")) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_boot("inmate-test", "timer-demo", CB_QUIET "period=1000 report=100"));
	tags_work(_metadata, page);
	ASSERT_DONE(cb_destroy("inmate-test", CB_FORCE));
	tags_work(_metadata, page);
	ASSERT_DONE(cb_disable());
	tags_work(_metadata, page);
}

TEST_HARNESS_MAIN
