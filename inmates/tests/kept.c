// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Registers on CPUs that are shared, while ci/tests/kept-root.c does the same in root
 * Linux there (ci/tests/kept.sh): random values in all that EL0 and EL1 have, which
 * have to be there after the CPU was another guest's. CPU 0 sleeps each time, up to an
 * interrupt of its timer in 100 us; CPU 1 works, and loses its CPU when its budget is
 * used up.
 *
 * Parameters:
 *	seed=N		of the values
 *	rounds=N	of CPU 0
 */

#include <inmate/test.h>

#include "kept.h"

#define SLEEP_NS	100000
#define STACK		4096
#define MAX_WRONG	10

KEPT_FUNCTION(hold_and_sleep, "dsb sy\n\twfi");
KEPT_FUNCTION(hold_and_work, KEPT_WORK);

/* x(register, bits that get a random value, those of them that every CPU must take) */
#define EL1(x)							\
	x(actlr_el1, 0, 0)					\
	x(afsr0_el1, ~0ULL, 0)					\
	x(afsr1_el1, ~0ULL, 0)					\
	x(amair_el1, ~0ULL, 0)					\
	x(contextidr_el1, 0xffffffff, 0xffffffff)		\
	x(cpacr_el1, 0, 0)					\
	x(csselr_el1, 0xe, 0)					\
	x(elr_el1, ~0ULL, ~3ULL)				\
	x(esr_el1, 0xffffffff, 0xffffffff)			\
	x(far_el1, ~0ULL, ~0ULL)				\
	x(mair_el1, 0xffffffff00000000, 0xffffffff00000000)	\
	x(par_el1, ~1ULL, 0xfffff000)				\
	x(sctlr_el1, 0, 0)					\
	x(sp_el0, ~0ULL, ~0ULL)					\
	x(spsr_el1, 0xf0000000, 0xf0000000)			\
	x(tcr_el1, 0, 0)					\
	x(tpidr_el1, ~0ULL, ~0ULL)				\
	x(tpidrro_el0, ~0ULL, ~0ULL)				\
	x(ttbr0_el1, 0xffULL << 48, 0xffULL << 48)		\
	x(ttbr1_el1, 0xfffff000, 0xfffff000)			\
	x(vbar_el1, 0, 0)					\
	x(cntkctl_el1, 0x3ff, 0x3ff)				\
	x(cntp_ctl_el0, 1, 1)					\
	x(cntp_cval_el0, ~0ULL, ~0ULL)				\
	x(cntv_cval_el0, 0, 0)

/* Keys of pointer authentication, by encoding */
#define KEYS(x)							\
	x(s3_0_c2_c1_0, ~0ULL, ~0ULL)				\
	x(s3_0_c2_c1_1, ~0ULL, ~0ULL)				\
	x(s3_0_c2_c1_2, ~0ULL, ~0ULL)				\
	x(s3_0_c2_c1_3, ~0ULL, ~0ULL)				\
	x(s3_0_c2_c2_0, ~0ULL, ~0ULL)				\
	x(s3_0_c2_c2_1, ~0ULL, ~0ULL)				\
	x(s3_0_c2_c2_2, ~0ULL, ~0ULL)				\
	x(s3_0_c2_c2_3, ~0ULL, ~0ULL)				\
	x(s3_0_c2_c3_0, ~0ULL, ~0ULL)				\
	x(s3_0_c2_c3_1, ~0ULL, ~0ULL)

/* Root's: what is written is not there. */
#define ROOTS(x)						\
	x(mdscr_el1)						\
	x(dbgbvr0_el1)						\
	x(dbgbcr0_el1)						\
	x(dbgwvr0_el1)						\
	x(dbgwcr0_el1)						\
	x(pmcntenset_el0)					\
	x(pmintenset_el1)					\
	x(pmccntr_el0)						\
	x(pmccfiltr_el0)

#define APA_API_GPA_GPI	0xff000ff0ULL

#define FIELD(r, bits, sure)	u64 r;
struct values {
	EL1(FIELD)
	KEYS(FIELD)
};

/* Of a CPU; an exception's frame is on the stack. */
struct checker {
	char stack[STACK];
	struct kept kept;
	struct values own, held;
	u64 state;
	u32 rounds, slept;
} __attribute__((aligned(16)));

static struct checker checkers[2];
static u32 wrong, rounds;
static bool over, cpu1_done;
static u64 seed;

static void report(const char *what, u64 got, u64 want)
{
	if (got == want)
		return;
	atomic_add(&wrong, 1);
	if (atomic_read(&wrong) <= MAX_WRONG)
		printk("# kept: %s: got 0x%llx, want 0x%llx\n", what, got, want);
}

static bool has_keys(void)
{
	return read_sysreg(id_aa64isar1_el1) & APA_API_GPA_GPI;
}

/* Registers that this program needs have their own values again when anything else is called. */

static void fill(struct checker *c)
{
#define FILL(r, bits, sure)						\
	c->own.r = read_sysreg(r);					\
	c->held.r = (c->own.r & ~(u64)(bits)) | (kept_dice(&c->state) & (bits)); \
	if ((bits) != 0)						\
		write_sysreg(r, c->held.r);
	EL1(FILL)
	if (has_keys()) {
		KEYS(FILL)
	}
	isb();
	/* what the CPU has taken of it */
#define TAKEN(r, bits, sure)						\
	c->held.r = (read_sysreg(r) & ~(u64)(sure)) | (c->held.r & (sure));
	EL1(TAKEN)
	if (has_keys()) {
		KEYS(TAKEN)
	}
}

static void check(struct checker *c)
{
	struct values got = { 0 };

#define GET(r, bits, sure)						\
	got.r = read_sysreg(r);						\
	if ((bits) != 0)						\
		write_sysreg(r, c->own.r);
	EL1(GET)
	if (has_keys()) {
		KEYS(GET)
	}
	isb();
#define REPORT(r, bits, sure)	report(#r, got.r, c->held.r);
	EL1(REPORT)
	if (has_keys()) {
		KEYS(REPORT)
	}
}

static void try_roots(struct checker *c)
{
#define WRITE(r)	write_sysreg(r, kept_dice(&c->state));
	ROOTS(WRITE)
	isb();
#define ZERO(r)		report(#r, read_sysreg(r), 0);
	ROOTS(ZERO)
}

static void round(struct checker *c, bool sleeps)
{
	int changed;

	kept_fill(&c->kept, &c->state);
	write_sysreg(cntp_ctl_el0, TIMER_CTL_IMASK);
	if (sleeps)
		timer_start(timer_ns_to_ticks(SLEEP_NS));
	fill(c);
	if (sleeps) {
		c->slept += timer_get_ticks() < read_sysreg(cntv_cval_el0);
		hold_and_sleep(&c->kept);
	} else {
		hold_and_work(&c->kept);
	}
	check(c);
	/* its status has to do with time */
	report("cntv_ctl_el0", read_sysreg(cntv_ctl_el0) & ~(u64)TIMER_CTL_ISTATUS,
	       sleeps ? TIMER_CTL_ENABLE : 0);
	changed = kept_changed(&c->kept);
	if (changed >= 0)
		report("word of X0 to X30, NZCV, FPCR, FPSR, TPIDR_EL0, -, Q0 to Q31",
		       (u64)changed, ~0ULL);
	if (c->rounds++ % 16 == 0)
		try_roots(c);
}

static void work(void)
{
	checkers[1].state = seed + 0x9e3779b97f4a7c15ULL;
	while (!atomic_read(&over))
		round(&checkers[1], false);
	atomic_set(&cpu1_done, true);
}

static void registers_are_kept(void)
{
	checkers[0].state = seed;
	if (smp_num_cpus() > 1 && smp_start_cpu(1, work))
		panic("CPU 1 does not start");
	while (checkers[0].slept < rounds && !atomic_read(&wrong))
		round(&checkers[0], true);
	timer_stop(TIMER_VIRTUAL);
	atomic_set(&over, true);
	EXPECT(smp_num_cpus() == 1 || WAIT_FOR(atomic_read(&cpu1_done), 5000));
	printk("# kept: seed %llu, %u sleeps on CPU 0, %u rounds on CPU 1%s\n", seed,
	       checkers[0].slept, checkers[1].rounds, has_keys() ? ", with keys" : "");
	EXPECT_EQ(atomic_read(&wrong), 0);
	/* how many there are meanwhile is the machine's affair: but not a few */
	EXPECT(smp_num_cpus() == 1 || checkers[1].rounds > rounds / 10);
}

static const struct test tests[] = {
	TEST(registers_are_kept),
};

static void on_irq(unsigned int irq)
{
	panic("kept: interrupt %u", irq);
}

void inmate_main(void)
{
	seed = (u64)cmdline_parse_int("seed", 1);
	rounds = (u32)cmdline_parse_int("rounds", 10000);
	irq_init(on_irq);
	irq_enable(TIMER_VIRTUAL_IRQ);
	TEST_RUN("kept", tests);
}
