// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Runs the files beside without the kernel: are interrupts, priorities, masks
 * and exceptions in a cell what the kernel's port expects? The cell needs
 * JAILHOUSE_CELL_GIC_PMR.
 *
 * Parameters:
 *	fault	an exception instead, which ends the cell as failed
 *	shared	the CPU is
 *	busy	a task that never blocks, until the cell is asked to shut down
 */

#include <inmate/test.h>

#include "FreeRTOS.h"

#define PRIORITY_SHIFT		4
#define LOWEST_USABLE		(configUNIQUE_INTERRUPT_PRIORITIES - 2)
#define TICKS			100
#define SLEEP			20	/* ticks */
#define LONG_SLEEP		100
#define SGI			5
#define FAST_SGI		6
#define PATTERN			0x0123456789abcdefULL

extern char _freertos_vector_table[];
void run_as_task(void (*function)(void), void *stack_end);

static char task_stack[0x4000] __attribute__((aligned(16)));

static unsigned int ticks, early, sgis, fast_sgis;
static u64 tick_priority, last_tick;
static unsigned int stepped, last_step;
static eSleepModeStatus sleep_mode = eStandardSleep;

/* What the kernel's does around these lines. */
void FreeRTOS_Tick_Handler(void)
{
	u64 now = timer_get_ticks();

	tick_priority = gic_cpu_read(GIC_CPU_RUNNING);
	if (ticks && now <= last_tick)
		early++;
	last_tick = now;
	cell_clear_tick();
	atomic_add(&ticks, 1);
	vApplicationTickHook();
}

eSleepModeStatus eTaskConfirmSleepModeStatus(void)
{
	return sleep_mode;
}

void vTaskStepTick(TickType_t steps)
{
	last_step = (unsigned int)steps;
	stepped += last_step;
}

void vPortTaskUsesFPU(void)
{
}

void vPortEnterCritical(void)
{
	gic_cpu_write(GIC_CPU_MASK, configMAX_API_CALL_INTERRUPT_PRIORITY << PRIORITY_SHIFT);
}

void vPortExitCritical(void)
{
	gic_cpu_write(GIC_CPU_MASK, 0xff);
}

static bool ticks_come(void)
{
	unsigned int before = atomic_read(&ticks);

	return WAIT_FOR(atomic_read(&ticks) != before, 1000);
}

static u64 ms_of_all_ticks(void)
{
	u64 begin = timer_get_ticks();

	atomic_set(&ticks, 0);
	EXPECT(WAIT_FOR(atomic_read(&ticks) >= TICKS, 10000));
	return timer_ticks_to_ns(timer_get_ticks() - begin) / 1000000;
}

static void ticks_are_as_many_as_asked_for(void)
{
	u64 took = 0;

	/* not faster; but those that an emulator was late with come together */
	for (int n = 0; n < 5 && took + 1 < TICKS * 1000 / configTICK_RATE_HZ; n++)
		took = ms_of_all_ticks();
	EXPECT(took + 1 >= TICKS * 1000 / configTICK_RATE_HZ);
	EXPECT_EQ(early, 0);
}

static void they_have_the_lowest_usable_priority(void)
{
	EXPECT(ticks_come());
	EXPECT_EQ(tick_priority, LOWEST_USABLE << PRIORITY_SHIFT);
}

static void a_critical_section_keeps_them_out(void)
{
	unsigned int before;

	taskENTER_CRITICAL();
	before = atomic_read(&ticks);
	delay_us(20000);
	EXPECT_EQ(atomic_read(&ticks), before);
	taskEXIT_CRITICAL();
	EXPECT(ticks_come());
}

static void count_sgi(void)
{
	atomic_add(&sgis, 1);
}

static void count_fast_sgi(void)
{
	atomic_add(&fast_sgis, 1);
}

static void higher_interrupts_pass_a_critical_section(void)
{
	cell_irq_install(SGI, configMAX_API_CALL_INTERRUPT_PRIORITY, count_sgi);
	cell_irq_install(FAST_SGI, configMAX_API_CALL_INTERRUPT_PRIORITY - 1, count_fast_sgi);
	taskENTER_CRITICAL();
	irq_send_sgi(SGI, cpu_mpidr());
	irq_send_sgi(FAST_SGI, cpu_mpidr());
	EXPECT(WAIT_FOR(atomic_read(&fast_sgis) == 1, 1000));
	EXPECT_EQ(atomic_read(&sgis), 0);
	taskEXIT_CRITICAL();
	EXPECT(WAIT_FOR(atomic_read(&sgis) == 1, 1000));
}

static void spoil_fp(void)
{
	asm volatile("movi v0.16b, #255\n\tmovi v9.16b, #255\n\tmovi v31.16b, #255\n\t"
		     "msr fpcr, xzr");
	atomic_add(&sgis, 1);
}

/* This file has none of its own. */
static void handlers_leave_the_floating_point_of_tasks(void)
{
	u64 fpcr = 1 << 22, low, middle, high;

	atomic_set(&sgis, 0);
	cell_irq_install(SGI, configMAX_API_CALL_INTERRUPT_PRIORITY, spoil_fp);
	asm volatile("dup v0.2d, %0\n\tdup v9.2d, %0\n\tdup v31.2d, %0\n\t"
		     "msr fpcr, %1" : : "r" (PATTERN), "r" (fpcr));
	irq_send_sgi(SGI, cpu_mpidr());
	EXPECT(WAIT_FOR(atomic_read(&sgis) == 1, 1000));
	asm volatile("mov %0, v0.d[1]\n\tmov %1, v9.d[1]\n\tmov %2, v31.d[1]\n\t"
		     "mrs %3, fpcr\n\tmsr fpcr, xzr"
		     : "=r" (low), "=r" (middle), "=r" (high), "=r" (fpcr));
	EXPECT(low == PATTERN && middle == PATTERN && high == PATTERN);
	EXPECT_EQ(fpcr, 1 << 22);
}

static void svc_is_for_the_scheduler(void)
{
	register u64 x0 asm("x0") = 40;

	asm volatile("svc #0\n\tsvc #0" : "+r" (x0) : : "memory");
	EXPECT_EQ(x0, 42);
}

static void idle_waits_for_the_tick(void)
{
	unsigned int before = atomic_read(&ticks);

	/* twice without a sleep in between */
	vApplicationIdleHook();
	vApplicationIdleHook();
	EXPECT(WAIT_FOR(atomic_read(&ticks) != before, 1000));
}

/* What has passed, by interrupts and by steps */
static u64 counted(void)
{
	return atomic_read(&ticks) + stepped;
}

static void sleep_counts_each_tick(void)
{
	u64 begin, before, passed;

	EXPECT(ticks_come());
	begin = timer_get_ticks();
	before = counted();
	for (unsigned int n = 0; n < 10; n++) {
		cell_sleep(SLEEP);
		EXPECT(last_step < SLEEP);
	}
	passed = timer_ticks_to_ns(timer_get_ticks() - begin) / (1000000000 / configTICK_RATE_HZ);
	EXPECT(WAIT_FOR(counted() - before >= passed, 1000));
	EXPECT(counted() - before <= passed + 2);
}

/* On a CPU of its own a tick ends it, on a shared one the deadline does. */
static void sleep_is_in_one_piece_if_shared(void)
{
	bool shared = cmdline_parse_bool("shared", false);
	unsigned int longest = 0;

	for (unsigned int n = 0; n < 10; n++) {
		cell_sleep(SLEEP);
		longest = last_step > longest ? last_step : longest;
	}
	if (shared)
		EXPECT_EQ(longest, SLEEP - 1);
	sleep_mode = eAbortSleep;
	last_step = SLEEP;
	cell_sleep(SLEEP);
	EXPECT_EQ(last_step, SLEEP);
	sleep_mode = eStandardSleep;
}

static u64 sleep_with_an_end(void)
{
	u64 begin = timer_get_ticks();

	disable_irqs();
	irq_send_sgi(FAST_SGI, cpu_mpidr());
	cell_sleep(LONG_SLEEP);
	vApplicationIdleHook();
	vApplicationIdleHook();
	return timer_get_ticks() - begin;
}

/* An interrupt ends it, and the ticks come as ever. A busy host spoils that, but not each time. */
static void nothing_is_left_of_a_sleep(void)
{
	u64 most = timer_get_frequency() / configTICK_RATE_HZ * LONG_SLEEP, took = most;

	for (int again = 0; again < 10 && took >= most; again++)
		took = sleep_with_an_end();
	EXPECT(took < most);
}

static const struct test tests[] = {
	TEST(ticks_are_as_many_as_asked_for),
	TEST(they_have_the_lowest_usable_priority),
	TEST(a_critical_section_keeps_them_out),
	TEST(higher_interrupts_pass_a_critical_section),
	TEST(handlers_leave_the_floating_point_of_tasks),
	TEST(svc_is_for_the_scheduler),
	TEST(idle_waits_for_the_tick),
	TEST(sleep_counts_each_tick),
	TEST(sleep_is_in_one_piece_if_shared),
	TEST(nothing_is_left_of_a_sleep),
};

static void task(void)
{
	enable_irqs();
	if (cmdline_parse_bool("fault", false))
		asm volatile("brk #1");
	while (cmdline_parse_bool("busy", false))
		cpu_relax();
	TEST_RUN("freertos-port", tests);
}

int main(void)
{
	write_sysreg(vbar_el1, _freertos_vector_table);
	isb();
	cell_setup_tick();
	run_as_task(task, task_stack + sizeof(task_stack));
	return 0;
}
