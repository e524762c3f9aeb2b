// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Interrupts: attaching, priorities, nesting, what they do to threads. */

#include "lib/harness.h"

/* SGIs from here on; 5 is the harness's. */
#define SGI_A		8
#define SGI_B		9
#define SGI_C		10

static bool done;
static u32 depth, deepest;

static void raise(unsigned int sgi)
{
	irq_send_sgi(sgi, cpu_mpidr());
	/* taken here at the latest, if it may be taken */
	isb();
}

static void give_it_time(void)
{
	for (int n = 0; n < 1000; n++)
		cpu_relax();
}

static void note_it(unsigned int irq, void *argument)
{
	(void)irq;
	EXPECT(rtos_in_isr());
	NOTE(argument);
	atomic_set(&done, true);
}

static void attach(unsigned int irq, u8 priority, rtos_irq_handler_t handler,
		   void *argument)
{
	EXPECT_EQ(rtos_irq_attach(irq, priority, handler, argument), osOK);
}

static void detach(unsigned int irq)
{
	EXPECT_EQ(rtos_irq_detach(irq), osOK);
}

static void isr_attach(void)
{
	EXPECT_EQ(rtos_irq_attach(SGI_A, RTOS_IRQ_PRIORITY_DEFAULT, note_it, NULL),
		  osErrorISR);
	EXPECT_EQ(rtos_irq_detach(SGI_A), osErrorISR);
}

static void attach_checks_its_arguments(void)
{
	u8 priority = RTOS_IRQ_PRIORITY_DEFAULT;

	EXPECT_EQ(rtos_irq_attach(SGI_A, priority, NULL, NULL), osErrorParameter);
	EXPECT_EQ(rtos_irq_attach(1020, priority, note_it, NULL), osErrorParameter);
	EXPECT_EQ(rtos_irq_attach(0xffffffff, priority, note_it, NULL),
		  osErrorParameter);
	EXPECT_EQ(rtos_irq_attach(SGI_A, RTOS_IRQ_PRIORITY_HIGHEST - 8, note_it,
				  NULL), osErrorParameter);
	EXPECT_EQ(rtos_irq_attach(SGI_A, 0xff, note_it, NULL), osErrorParameter);
	/* the kernel's own */
	EXPECT(rtos_irq_attach(0, priority, note_it, NULL) != osOK);
	EXPECT(rtos_irq_attach(1, priority, note_it, NULL) != osOK);
	EXPECT(rtos_irq_attach(TIMER_VIRTUAL_IRQ, priority, note_it, NULL) != osOK);
	EXPECT(rtos_irq_detach(TIMER_VIRTUAL_IRQ) != osOK);

	attach(SGI_A, priority, note_it, LETTER('a'));
	EXPECT_EQ(rtos_irq_attach(SGI_A, priority, note_it, NULL), osErrorResource);
	detach(SGI_A);
	EXPECT(rtos_irq_detach(SGI_A) != osOK);
	EXPECT(rtos_irq_detach(1020) != osOK);
	run_in_isr(isr_attach);
	/* the kernel's timer still works */
	EXPECT_EQ(osDelay(2), osOK);
}

static void handler_gets_its_argument(void)
{
	order_reset();
	attach(SGI_A, RTOS_IRQ_PRIORITY_DEFAULT, note_it, LETTER('a'));
	attach(SGI_B, RTOS_IRQ_PRIORITY_DEFAULT, note_it, LETTER('b'));
	EXPECT(!rtos_in_isr());
	raise(SGI_A);
	EVENTUALLY(noted() == 1);
	raise(SGI_B);
	EVENTUALLY(noted() == 2);
	EXPECT(!rtos_in_isr());
	EXPECT_ORDER("ab");
	detach(SGI_A);
	detach(SGI_B);
}

/* Detached, an interrupt does not come; what was pending is not kept for later. */
static void detached_does_not_come(void)
{
	order_reset();
	attach(SGI_A, RTOS_IRQ_PRIORITY_DEFAULT, note_it, LETTER('a'));
	detach(SGI_A);
	raise(SGI_A);
	osDelay(2);
	EXPECT_EQ(noted(), 0);
	irq_clear_pending(SGI_A);
}

/* A handler that raises another one, which comes now or afterwards. */
static void raise_other(unsigned int irq, void *argument)
{
	unsigned int now = atomic_add(&depth, 1);

	if (now > deepest)
		deepest = now;
	NOTE(argument);
	if (irq == SGI_A)
		raise(SGI_B);
	else if (irq == SGI_B)
		raise(SGI_C);
	give_it_time();
	note((char)((u64)argument - 'a' + 'A'));
	atomic_add(&depth, -1U);
	if (irq == SGI_A)
		atomic_set(&done, true);
}

static void nest(u8 a, u8 b, u8 c, const char *want, u32 want_deepest)
{
	order_reset();
	deepest = 0;
	atomic_set(&done, false);
	attach(SGI_A, a, raise_other, LETTER('a'));
	attach(SGI_B, b, raise_other, LETTER('b'));
	attach(SGI_C, c, raise_other, LETTER('c'));
	raise(SGI_A);
	EVENTUALLY(noted() == 6);
	expect_order(want, __FILE__, __LINE__);
	EXPECT_EQ(deepest, want_deepest);
	detach(SGI_A);
	detach(SGI_B);
	detach(SGI_C);
}

static void more_urgent_interrupts_nest(void)
{
	nest(0xb0, 0xa0, 0x90, "abcCBA", 3);
	nest(0xc0, 0xa0, RTOS_IRQ_PRIORITY_HIGHEST, "abcCBA", 3);
}

static void equal_interrupts_do_not_nest(void)
{
	nest(0xa0, 0xa0, 0xa0, "aAbBcC", 1);
}

static void less_urgent_interrupts_come_later(void)
{
	nest(0x90, 0xa0, 0xb0, "aAbBcC", 1);
	nest(0xa0, 0xb0, 0x90, "aAbcCB", 2);
}

/* From the least urgent on, around the kernel's own. */
static void handlers_below_the_kernel_nest(void)
{
	nest(RTOS_IRQ_PRIORITY_LOWEST, RTOS_IRQ_PRIORITY_KERNEL, 0xa0, "abcCBA", 3);
}

/* A nested handler's call makes a thread run when all handlers have ended. */
static osSemaphoreId_t sem;

static void release(unsigned int irq, void *argument)
{
	(void)irq;
	(void)argument;
	EXPECT_EQ(osSemaphoreRelease(sem), osOK);
	note('r');
}

static void raise_releaser(unsigned int irq, void *argument)
{
	(void)irq;
	(void)argument;
	note('a');
	raise(SGI_B);
	give_it_time();
	note('A');
}

static void wait_for_sem(void *argument)
{
	(void)argument;
	EXPECT_EQ(osSemaphoreAcquire(sem, osWaitForever), osOK);
	note('t');
}

static void threads_wait_for_all_handlers(void)
{
	osThreadId_t thread;

	order_reset();
	sem = osSemaphoreNew(1, 0, NULL);
	attach(SGI_A, 0xb0, raise_releaser, NULL);
	attach(SGI_B, 0x90, release, NULL);
	thread = spawn_blocked_on(CPU0, wait_for_sem, NULL, HELPER_HIGH);
	raise(SGI_A);
	EVENTUALLY(noted() == 4);
	join(thread);
	EXPECT_ORDER("arAt");
	EXPECT_EQ(osSemaphoreDelete(sem), osOK);
	detach(SGI_A);
	detach(SGI_B);
}

/*
 * An interrupt that comes at about the moment when a thread begins to wait for
 * it, before and after, many times: the thread wakes up each time.
 */
#define ROUNDS		3000

static osThreadId_t waiting_thread;

static void wake_thread(unsigned int irq, void *argument)
{
	(void)irq;
	(void)argument;
	timer_stop(TIMER_PHYSICAL);
	osThreadFlagsSet(waiting_thread, 1);
}

static void arm_and_wait(void *argument)
{
	u32 state = random_seed();

	for (u32 n = 0; n < ROUNDS; n++) {
		timer_set_deadline(TIMER_PHYSICAL, timer_count(TIMER_PHYSICAL) +
				   timer_ns_to_ticks(random_next(&state) % 20000));
		for (u32 i = random_next(&state) % 500; i; i--)
			cpu_relax();
		if (!EXPECT_EQ(osThreadFlagsWait(1, 0, LONG), 1))
			break;
		(*(u32 *)argument)++;
	}
}

static void no_wake_up_is_lost(void)
{
	u32 woken = 0;

	attach(TIMER_PHYSICAL_IRQ, RTOS_IRQ_PRIORITY_DEFAULT, wake_thread, NULL);
	osKernelLock();
	waiting_thread = spawn_on(CPU0, arm_and_wait, &woken, HELPER_HIGH);
	osKernelUnlock();
	join(waiting_thread);
	EXPECT_EQ(woken, ROUNDS);
	detach(TIMER_PHYSICAL_IRQ);
}

static void registers(unsigned int irq, void *argument)
{
	(void)irq;
	(void)argument;
	/* all that a handler may change */
	asm volatile("mov x0, #-1\n mov x1, #-1\n mov x2, #-1\n mov x3, #-1\n"
		     "mov x4, #-1\n mov x5, #-1\n mov x6, #-1\n mov x7, #-1\n"
		     "mov x8, #-1\n mov x9, #-1\n mov x10, #-1\n mov x11, #-1\n"
		     "mov x12, #-1\n mov x13, #-1\n mov x14, #-1\n"
		     "mov x15, #-1\n mov x16, #-1\n mov x17, #-1\n"
		     "cmp x0, x0\n"
		     : : : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8",
		     "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16",
		     "x17", "cc", "memory");
	atomic_set(&done, true);
}

/* Registers and condition flags of a thread survive an interrupt. */
static void interrupts_leave_registers_alone(void)
{
	u64 sum, sgi = 1ULL << (cpu_mpidr() & 0xf) | (cpu_mpidr() >> 8 & 0xff) << 16 |
		       (u64)SGI_A << 24;
	volatile void *sgir = gic_is_v2() ? gic_dist(GICD_SGIR) : NULL;
	u32 sgi_v2 = 2U << 24 | SGI_A;	/* to oneself */

	attach(SGI_A, RTOS_IRQ_PRIORITY_DEFAULT, registers, NULL);
	for (int n = 0; n < 100; n++) {
		atomic_set(&done, false);
		asm volatile("mov x0, #1\n mov x1, #2\n mov x2, #3\n mov x3, #4\n"
			     "mov x4, #5\n mov x5, #6\n mov x6, #7\n mov x7, #8\n"
			     "mov x8, #9\n mov x9, #10\n mov x10, #11\n"
			     "mov x11, #12\n mov x12, #13\n mov x13, #14\n"
			     "mov x14, #15\n mov x15, #16\n mov x16, #17\n"
			     "cmp x0, x1\n"		/* lower: not equal */
			     "cbz %[sgir], 2f\n str %w[sgi_v2], [%[sgir]]\n b 1f\n"
			     "2: msr " SYSREG_STR(ICC_SGI1R_EL1) ", %[sgi]\n"
			     "isb\n"
			     "1: ldrb w17, [%[done]]\n cbz w17, 1b\n"
			     "cset x17, lo\n"
			     "add x0, x0, x1\n add x0, x0, x2\n add x0, x0, x3\n"
			     "add x0, x0, x4\n add x0, x0, x5\n add x0, x0, x6\n"
			     "add x0, x0, x7\n add x0, x0, x8\n add x0, x0, x9\n"
			     "add x0, x0, x10\n add x0, x0, x11\n"
			     "add x0, x0, x12\n add x0, x0, x13\n"
			     "add x0, x0, x14\n add x0, x0, x15\n"
			     "add x0, x0, x16\n add %[sum], x0, x17\n"
			     : [sum] "=r" (sum)
			     : [sgi] "r" (sgi), [sgir] "r" (sgir), [sgi_v2] "r" (sgi_v2),
			       [done] "r" (&done)
			     : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7",
			     "x8", "x9", "x10", "x11", "x12", "x13", "x14",
			     "x15", "x16", "x17", "cc", "memory");
		if (!EXPECT_EQ(sum, 17 * 18 / 2 + 1))
			break;
	}
	detach(SGI_A);
}

static const struct test tests[] = {
	TEST(attach_checks_its_arguments),
	TEST(handler_gets_its_argument),
	TEST(detached_does_not_come),
	TEST(more_urgent_interrupts_nest),
	TEST(equal_interrupts_do_not_nest),
	TEST(less_urgent_interrupts_come_later),
	TEST(handlers_below_the_kernel_nest),
	TEST(threads_wait_for_all_handlers),
	TEST(no_wake_up_is_lost),
	TEST(interrupts_leave_registers_alone),
};

int main(void)
{
	SUITE_RUN("rtos-isr", tests, NULL, NULL);
}
