// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Floating point and SIMD registers belong to their thread. */

#include "lib/harness.h"

#define SGI_FP		8
#define THREADS		4
#define PREEMPTED	100	/* rounds, at least */
#define ROUNDS		50000	/* at most */
#define SPIN		3000

struct fp_state {
	u64 q[32][2];
	u64 fpcr;
	u64 fpsr;
};

static u32 preempted;	/* rounds in which somebody else ran */
static u32 last_thread;

/*
 * Fills all registers, waits for a while (x3 loops), and stores them again:
 * one piece, so that the compiler puts nothing of its own in between.
 */
#define EACH_PAIR(do)							\
	do(0, 1) do(2, 3) do(4, 5) do(6, 7) do(8, 9) do(10, 11)		\
	do(12, 13) do(14, 15) do(16, 17) do(18, 19) do(20, 21)		\
	do(22, 23) do(24, 25) do(26, 27) do(28, 29) do(30, 31)
#define LOAD(a, b)	"ldp q" #a ", q" #b ", [%[in], #" #a " * 16]\n"
#define STORE(a, b)	"stp q" #a ", q" #b ", [%[out], #" #a " * 16]\n"
#define CLOBBERS							\
	"v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9",	\
	"v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17", "v18",	\
	"v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27",	\
	"v28", "v29", "v30", "v31"

static void keep_for_a_while(const struct fp_state *in, struct fp_state *out,
			     u64 loops)
{
	u64 saved = read_sysreg(fpcr);

	write_sysreg(fpcr, in->fpcr);
	write_sysreg(fpsr, in->fpsr);
	asm volatile(EACH_PAIR(LOAD)
		     "1: subs %[loops], %[loops], #1\n"
		     "b.ne 1b\n"
		     EACH_PAIR(STORE)
		     : [loops] "+r" (loops)
		     : [in] "r" (in->q), [out] "r" (out->q)
		     : "memory", "cc", CLOBBERS);
	out->fpcr = read_sysreg(fpcr);
	out->fpsr = read_sysreg(fpsr);
	write_sysreg(fpcr, saved);
}

static void fill(struct fp_state *state, u32 *seed)
{
	for (int n = 0; n < 32; n++)
		for (int half = 0; half < 2; half++)
			state->q[n][half] = (u64)random_next(seed) << 32 |
					    random_next(seed);
	state->fpcr = (u64)(random_next(seed) % 4) << 22;	/* rounding */
	state->fpsr = random_next(seed) & 0x1f;			/* flags */
}

static void check(const struct fp_state *want, const struct fp_state *got)
{
	EXPECT(!memcmp(want->q, got->q, sizeof(want->q)));
	EXPECT_EQ(got->fpcr, want->fpcr);
	EXPECT_EQ(got->fpsr & 0x1f, want->fpsr);
}

/* On its way from CPU to CPU, if there are two. */
static void keep(void *argument)
{
	u32 me = (u32)(u64)argument, seed = random_seed() + me;
	static struct fp_state wanted[THREADS], found[THREADS];

	for (u32 n = 0; n < ROUNDS && atomic_read(&preempted) < PREEMPTED; n++) {
		fill(&wanted[me], &seed);
		atomic_set(&last_thread, me);
		keep_for_a_while(&wanted[me], &found[me],
				 SPIN + random_next(&seed) % SPIN);
		if (atomic_read(&last_thread) != me)
			atomic_add(&preempted, 1);
		check(&wanted[me], &found[me]);
		switch (random_next(&seed) % 32) {
		case 0:
			osDelay(1);
			break;
		case 1:
			osThreadYield();
			break;
		case 2:
			if (two_cpus())
				EXPECT_EQ(osThreadSetAffinityMask(osThreadGetId(),
					osThreadProcessor(random_next(&seed) % 2)),
					osOK);
		}
	}
}

static void threads_keep_their_registers(void)
{
	osThreadId_t thread[THREADS];

	atomic_set(&preempted, 0);
	for (u64 n = 0; n < THREADS; n++)
		thread[n] = spawn_on(0, keep, (void *)n,
				     osPriorityBelowNormal + (osPriority_t)n / 2);
	for (int n = 0; n < THREADS; n++)
		join(thread[n]);
	/* else nothing was tested */
	EXPECT(atomic_read(&preempted) >= PREEMPTED);
}

/* A call that waits keeps what calls keep: the lower halves of q8 to q15. */
#define EACH_KEPT_PAIR(do)	do(8, 9) do(10, 11) do(12, 13) do(14, 15)
#define LOAD_KEPT(a, b)		"ldp d" #a ", d" #b ", [%[in], #(" #a " - 8) * 8]\n"
#define STORE_KEPT(a, b)	"stp d" #a ", d" #b ", [%[out], #(" #a " - 8) * 8]\n"

static void keep_over_a_delay(const u64 *in, u64 *out)
{
	asm volatile(EACH_KEPT_PAIR(LOAD_KEPT)
		     "mov w0, #1\n"
		     "bl osDelay\n"
		     EACH_KEPT_PAIR(STORE_KEPT)
		     : : [in] "r" (in), [out] "r" (out)
		     : "memory", "cc", "x0", "x1", "x2", "x3", "x4", "x5", "x6",
		     "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
		     "x16", "x17", "x18", "x30", CLOBBERS);
}

static void wait_with_registers(void *argument)
{
	u32 seed = (u32)(u64)argument;
	u64 want[8], got[8];

	write_sysreg(fpcr, (u64)(seed % 4) << 22);
	for (int n = 0; n < 10; n++) {
		for (unsigned int i = 0; i < ARRAY_SIZE(want); i++)
			want[i] = (u64)random_next(&seed) << 32 | random_next(&seed);
		keep_over_a_delay(want, got);
		EXPECT(!memcmp(want, got, sizeof(want)));
		EXPECT_EQ(read_sysreg(fpcr), (u64)((u64)argument % 4) << 22);
	}
}

static void waiting_threads_keep_them(void)
{
	osThreadId_t thread[THREADS];

	for (u64 n = 0; n < THREADS; n++)
		thread[n] = spawn_on(CPU0, wait_with_registers, (void *)n,
				     osPriorityBelowNormal);
	for (int n = 0; n < THREADS; n++)
		join(thread[n]);
}

/* A handler may use them too. */
static void use_registers(unsigned int irq, void *argument)
{
	/* a nested handler has its own */
	static struct fp_state in[2], out[2];
	u32 n = irq == SGI_FP, seed = 99 + n;

	fill(&in[n], &seed);
	keep_for_a_while(&in[n], &out[n], 1);
	check(&in[n], &out[n]);
	atomic_add((u32 *)argument, 1);
}

struct keeper {
	u32 seed;
	u32 *handled;
};

static void keep_over_interrupts(void *argument)
{
	static struct fp_state want, got;
	struct keeper *k = argument;
	u32 before;

	for (int n = 0; n < 200; n++) {
		fill(&want, &k->seed);
		before = atomic_read(k->handled);
		timer_set_deadline(TIMER_PHYSICAL, timer_count(TIMER_PHYSICAL) +
				   timer_ns_to_ticks(5000));
		while (atomic_read(k->handled) == before) {
			keep_for_a_while(&want, &got, 200);
			check(&want, &got);
		}
	}
}

static void on_timer(unsigned int irq, void *argument)
{
	timer_stop(TIMER_PHYSICAL);
	use_registers(irq, argument);
	irq_send_sgi(SGI_FP, cpu_mpidr());
	isb();
	use_registers(irq, argument);
}

static void handlers_keep_them_too(void)
{
	u32 handled = 0;
	struct keeper k = { .seed = 5, .handled = &handled };

	EXPECT_EQ(rtos_irq_attach(TIMER_PHYSICAL_IRQ, 0xb0, on_timer, &handled),
		  osOK);
	/* comes into the middle of the timer's handler */
	EXPECT_EQ(rtos_irq_attach(SGI_FP, 0x90, use_registers, &handled), osOK);
	join(spawn_on(CPU0, keep_over_interrupts, &k, HELPER_HIGH));
	EXPECT(handled >= 600);
	EXPECT_EQ(rtos_irq_detach(SGI_FP), osOK);
	EXPECT_EQ(rtos_irq_detach(TIMER_PHYSICAL_IRQ), osOK);
}

/* A new thread finds nothing of another one. */
static struct fp_state found_at_start;

static void look_at_registers(void *argument)
{
	(void)argument;
	found_at_start.fpcr = read_sysreg(fpcr);
	found_at_start.fpsr = read_sysreg(fpsr);
	asm volatile(EACH_PAIR(STORE) : : [out] "r" (found_at_start.q) : "memory");
}

static void dirty_registers(void *argument)
{
	static struct fp_state in, out;
	u32 seed = 1;

	(void)argument;
	fill(&in, &seed);
	keep_for_a_while(&in, &out, 1);
	/* and leaves the rounding mode as no new thread wants it */
	write_sysreg(fpcr, 3 << 22);
}

static void new_threads_start_clean(void)
{
	join(spawn(dirty_registers, NULL, HELPER_HIGH));
	join(spawn(look_at_registers, NULL, HELPER_HIGH));
	EXPECT_EQ(found_at_start.fpcr, 0);
	EXPECT_EQ(found_at_start.fpsr, 0);
	for (int n = 0; n < 32; n++)
		if (!EXPECT(!found_at_start.q[n][0] && !found_at_start.q[n][1]))
			break;
}

static const struct test tests[] = {
	TEST(threads_keep_their_registers),
	TEST(waiting_threads_keep_them),
	TEST(handlers_keep_them_too),
	TEST(new_threads_start_clean),
};

int main(void)
{
	SUITE_RUN("rtos-fpu", tests, NULL, NULL);
}
