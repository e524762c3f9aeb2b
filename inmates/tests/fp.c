// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Floating point: usable, kept by the hypervisor, and nothing of it left for the next start. */

#include <inmate/test.h>

static unsigned int ticks;

static void timer_handler(unsigned int irq)
{
	(void)irq;
	ticks++;
	timer_start(timer_ns_to_ticks(100000));
}

static void arithmetic_works(void)
{
	volatile double a = 1.5, b = 2.25;
	volatile float f = 3.0f;

	EXPECT(a * b == 3.375);
	EXPECT(f / 2 == 1.5f);
}

struct fp_state {
	u64 q[32][2];
};

static void fill(struct fp_state *state)
{
	for (u64 n = 0; n < 32; n++) {
		state->q[n][0] = 0x0101010101010101ULL * (n + 1);
		state->q[n][1] = ~state->q[n][0];
	}
}

#define Q_PAIRS(insn)						\
	insn " q0, q1, [%0]\n\t"				\
	insn " q2, q3, [%0, #32]\n\t"				\
	insn " q4, q5, [%0, #64]\n\t"				\
	insn " q6, q7, [%0, #96]\n\t"				\
	insn " q8, q9, [%0, #128]\n\t"				\
	insn " q10, q11, [%0, #160]\n\t"			\
	insn " q12, q13, [%0, #192]\n\t"			\
	insn " q14, q15, [%0, #224]\n\t"			\
	insn " q16, q17, [%0, #256]\n\t"			\
	insn " q18, q19, [%0, #288]\n\t"			\
	insn " q20, q21, [%0, #320]\n\t"			\
	insn " q22, q23, [%0, #352]\n\t"			\
	insn " q24, q25, [%0, #384]\n\t"			\
	insn " q26, q27, [%0, #416]\n\t"			\
	insn " q28, q29, [%0, #448]\n\t"			\
	insn " q30, q31, [%0, #480]\n\t"

#define Q_REGISTERS						\
	"v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8",	\
	"v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16",	\
	"v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24",	\
	"v25", "v26", "v27", "v28", "v29", "v30", "v31"

/* Loads all registers, runs insn, and looks whether they are the same. */
#define CHECK_KEPT(insn, ...) do {				\
	static struct fp_state before, after;			\
								\
	fill(&before);						\
	asm volatile(Q_PAIRS("ldp") : : "r" (before.q)		\
		     : "memory", Q_REGISTERS);			\
	asm volatile(insn : : : "memory", __VA_ARGS__);		\
	asm volatile(Q_PAIRS("stp") : : "r" (after.q)		\
		     : "memory");				\
	EXPECT(!memcmp(&before, &after, sizeof(before)));	\
} while (0)

static void hypercalls_keep_the_registers(void)
{
	CHECK_KEPT("mov x0, #5\n\tmov x1, #0\n\thvc #0x4a48", "x0", "x1", "x2");
}

static void smcs_keep_the_registers(void)
{
	CHECK_KEPT("mov x0, #0x84000000\n\tsmc #0", "x0", "x1", "x2", "x3");
}

static void mmio_keeps_the_registers(void)
{
	CHECK_KEPT("mov x1, #0x08000000\n\tldr w0, [x1]\n\tldr w0, [x1, #0x100]",
		   "x0", "x1");
}

/* Some hundred interrupts, and whatever the hypervisor does meanwhile. */
static void time_keeps_the_registers(void)
{
	ticks = 0;
	timer_start(0);
	CHECK_KEPT("mov x0, #0x1000000\n"
		   "1:\tsub x0, x0, #1\n\tyield\n\tcbnz x0, 1b", "x0", "cc");
	timer_stop(TIMER_VIRTUAL);
	EXPECT(ticks > 0);
}

static struct fp_state at_start;

static void note_and_fill(void)
{
	static struct fp_state left;

	asm volatile(Q_PAIRS("stp") : : "r" (at_start.q) : "memory");
	fill(&left);
	asm volatile(Q_PAIRS("ldp") : : "r" (left.q) : "memory", Q_REGISTERS);
}

static void a_cpu_starts_without_those_of_before(void)
{
	static const struct fp_state none;

	if (smp_num_cpus() < 2) {
		test_skip("the cell has one CPU");
		return;
	}
	for (unsigned int n = 0; n < 2; n++) {
		memset(&at_start, 0xff, sizeof(at_start));
		EXPECT_EQ(smp_start_cpu(1, note_and_fill), PSCI_SUCCESS);
		EXPECT(smp_wait_off(1, 1000));
	}
	EXPECT(!memcmp(&at_start, &none, sizeof(none)));
}

static const struct test tests[] = {
	TEST(arithmetic_works),
	TEST(hypercalls_keep_the_registers),
	TEST(smcs_keep_the_registers),
	TEST(mmio_keeps_the_registers),
	TEST(time_keeps_the_registers),
	TEST(a_cpu_starts_without_those_of_before),
};

void inmate_main(void)
{
	irq_init(timer_handler);
	irq_enable(TIMER_VIRTUAL_IRQ);
	enable_irqs();
	TEST_RUN("fp", tests);
}
