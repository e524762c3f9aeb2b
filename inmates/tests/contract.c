// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* What Documentation/guest-contract.md promises and no other test looks at. */

#include <inmate/test.h>

#define CURRENTEL_EL1		(1 << 2)
#define DAIF_ALL		0x3c0
#define SCTLR_MMU_CACHES	(1U << 0 | 1U << 2 | 1U << 12)

#define ICC_CTLR_EOIMODE	(1U << 1)

#define MAX_CPUS		64
#define TICKS			200
#define SGIS			100
#define SGI			4

/* Filled in by the second CPU with its MMU off. */
static struct {
	u64 gprs;	/* x1..x30 ored together */
	u64 sp, current_el, daif, sctlr, tcr, vbar;
	u64 context;	/* x0 */
} found __attribute__((aligned(256)));

/* x0 = &found, the PSCI context */
asm(
"	.pushsection .text\n"
"	.globl contract_entry\n"
"contract_entry:\n"
"	.irp n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29\n"
"	orr	x30, x30, x\\n\n"
"	.endr\n"
"	mov	x1, sp\n"
"	stp	x30, x1, [x0]\n"
"	mrs	x1, CurrentEL\n"
"	mrs	x2, daif\n"
"	stp	x1, x2, [x0, #16]\n"
"	mrs	x1, sctlr_el1\n"
"	mrs	x2, tcr_el1\n"
"	stp	x1, x2, [x0, #32]\n"
"	mrs	x1, vbar_el1\n"
"	stp	x1, x0, [x0, #48]\n"
"	dsb	sy\n"
"	movz	w0, #0x8400, lsl #16\n"	/* PSCI_CPU_OFF */
"	movk	w0, #2\n"
"	hvc	#0\n"
"	.popsection\n"
);
void contract_entry(void);

static void clean(const void *start, size_t size)
{
	for (size_t n = 0; n < size; n += 16)
		asm volatile("dc civac, %0" : : "r" ((const u8 *)start + n));
	dsb();
}

static void second_cpu_starts_as_promised(void)
{
	if (smp_num_cpus() < 2) {
		test_skip("the cell has one CPU");
		return;
	}
	memset(&found, 0xff, sizeof(found));
	clean(&found, sizeof(found));
	EXPECT_EQ(psci_cpu_on(smp_mpidr(1), (u64)contract_entry, (u64)&found),
		  PSCI_SUCCESS);
	EXPECT(smp_wait_off(1, 1000));
	clean(&found, sizeof(found));
	EXPECT_EQ(found.context, &found);
	EXPECT_EQ(found.gprs, 0);
	EXPECT_EQ(found.sp, 0);
	EXPECT_EQ(found.current_el, CURRENTEL_EL1);
	EXPECT_EQ(found.daif, DAIF_ALL);
	EXPECT_EQ(found.sctlr & SCTLR_MMU_CACHES, 0);
	EXPECT_EQ(found.tcr, 0);
	EXPECT_EQ(found.vbar, 0);
}

/* Each is between two readings of the other. */
static void both_counters_are_one(void)
{
	u64 first = timer_count(TIMER_PHYSICAL);
	u64 virtual = timer_count(TIMER_VIRTUAL);

	EXPECT(first <= virtual);
	EXPECT(virtual <= timer_count(TIMER_PHYSICAL));
}

static s64 exits(void)
{
	s64 total = -1;

	/* of the lowest CPU that is ours, which runs this */
	for (u64 cpu = 0; cpu < MAX_CPUS && total < 0; cpu++)
		total = jailhouse_call_arg2(JAILHOUSE_HC_CPU_GET_INFO, cpu,
					    JAILHOUSE_CPU_INFO_STAT_BASE +
					    JAILHOUSE_CPU_STAT_VMEXITS_TOTAL);
	return total;
}

/* Exits since @before but those of asking: one for each CPU up to ours. */
static u64 exits_since(s64 before)
{
	s64 asking = exits(), now = exits();

	asking = now - asking;
	return (u64)(now - before - 2 * asking);
}

static unsigned int ticks, sgis;

static void count(unsigned int irq)
{
	if (irq == SGI) {
		atomic_add(&sgis, 1);
		return;
	}
	if (atomic_add(&ticks, 1) < TICKS)
		timer_start(timer_ns_to_ticks(50000));
	else
		timer_stop(TIMER_VIRTUAL);
}

static void interrupts_and_sleep_cost_no_exit(void)
{
	s64 before;

	if (cmdline_parse_bool("injected", false)) {
		test_skip("each interrupt is an exit");
		return;
	}
	irq_init(count);
	irq_enable(TIMER_IRQ);
	enable_irqs();
	before = exits();
	timer_start(timer_ns_to_ticks(50000));
	while (atomic_read(&ticks) < TICKS)
		wait_for_interrupt();
	EXPECT_EQ(exits_since(before), 0);
	disable_irqs();
}

static void an_sgi_costs_its_sender_one_exit(void)
{
	s64 before;

	irq_init(count);
	irq_enable(SGI);
	enable_irqs();
	before = exits();
	for (unsigned int n = 1; n <= SGIS; n++) {
		irq_send_sgi(SGI, cpu_mpidr());
		if (!EXPECT(WAIT_FOR(atomic_read(&sgis) == n, 1000)))
			break;
	}
	EXPECT_EQ(exits_since(before), SGIS);
	disable_irqs();
}

/* The library's handler writes EOIR only. */
static void eoi_deactivates_always(void)
{
	u64 ctlr;

	if (gic_is_v2() || cmdline_parse_bool("injected", false)) {
		test_skip("EOImode is the guest's");
		return;
	}
	ctlr = read_sysreg(ICC_CTLR_EL1);

	write_sysreg(ICC_CTLR_EL1, ctlr | ICC_CTLR_EOIMODE);
	isb();
	enable_irqs();
	atomic_set(&sgis, 0);
	for (unsigned int n = 1; n <= SGIS; n++) {
		irq_send_sgi(SGI, cpu_mpidr());
		if (!EXPECT(WAIT_FOR(atomic_read(&sgis) == n, 1000)))
			break;
	}
	disable_irqs();
	write_sysreg(ICC_CTLR_EL1, ctlr);
}

static void hypercalls_do_not_need_a_stack(void)
{
	register u64 x0 asm("x0") = JAILHOUSE_HC_HYPERVISOR_GET_INFO;
	register u64 x1 asm("x1") = JAILHOUSE_INFO_NUM_CELLS;
	u64 sp;

	/* sp points nowhere while the call is made */
	asm volatile("mov %0, sp\n\tmov sp, %2\n\thvc #0x4a48\n\tmov sp, %0"
		     : "=&r" (sp), "+r" (x0) : "r" (~0xfULL), "r" (x1)
		     : "memory");
	EXPECT((s64)x0 >= 2);
}

static const struct test tests[] = {
	TEST(second_cpu_starts_as_promised),
	TEST(both_counters_are_one),
	TEST(interrupts_and_sleep_cost_no_exit),
	TEST(an_sgi_costs_its_sender_one_exit),
	TEST(eoi_deactivates_always),
	TEST(hypercalls_do_not_need_a_stack),
};

void inmate_main(void)
{
	TEST_RUN("contract", tests);
}
