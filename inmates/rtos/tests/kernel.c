// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* The kernel's own life: its states, the lock, suspension, idleness. */

#include "lib/harness.h"

static bool flag;

static void set_flag(void *argument)
{
	(void)argument;
	atomic_set(&flag, true);
}

static void note_it(void *argument)
{
	NOTE(argument);
}

/* ==== Before the kernel runs ==== */

/* Found by main(), judged by the tests. */
struct found {
	osKernelState_t state;
	osStatus_t info_status;
	osVersion_t version;
	char id[64];
	osStatus_t start;
	bool objects;		/* any could be made */
	osThreadId_t self;
	osStatus_t delay, yield;
	int32_t lock, unlock, restore;
};

static struct found early_found, ready_found;
static osStatus_t second_initialize;

static void look(struct found *f)
{
	f->state = osKernelGetState();
	f->info_status = osKernelGetInfo(&f->version, f->id, sizeof(f->id));
	f->self = osThreadGetId();
	f->delay = osDelay(1);
	f->yield = osThreadYield();
	f->lock = osKernelLock();
	f->unlock = osKernelUnlock();
	f->restore = osKernelRestoreLock(0);
}

static void early(void)
{
	look(&early_found);
	early_found.objects = osThreadNew(set_flag, NULL, NULL) ||
		osTimerNew(set_flag, osTimerOnce, NULL, NULL) ||
		osEventFlagsNew(NULL) || osMutexNew(NULL) ||
		osSemaphoreNew(1, 1, NULL) || osMemoryPoolNew(1, 8, NULL) ||
		osMessageQueueNew(1, 8, NULL);
	early_found.start = osKernelStart();
}

static void ready(void)
{
	look(&ready_found);
	second_initialize = osKernelInitialize();
}

static void before_initialize(void)
{
	struct found *f = &early_found;

	EXPECT_EQ(f->state, osKernelInactive);
	EXPECT_EQ(f->info_status, osOK);
	EXPECT(!f->self);
	EXPECT(!f->objects);
	EXPECT_EQ(f->start, osError);
	EXPECT_EQ(f->delay, osError);
	EXPECT_EQ(f->yield, osError);
	EXPECT_EQ(f->lock, osError);
	EXPECT_EQ(f->unlock, osError);
	EXPECT_EQ(f->restore, osError);
}

static void before_start(void)
{
	struct found *f = &ready_found;

	EXPECT_EQ(f->state, osKernelReady);
	EXPECT_EQ(f->info_status, osOK);
	EXPECT(!f->self);
	EXPECT_EQ(f->delay, osError);
	EXPECT_EQ(f->yield, osError);
	EXPECT_EQ(f->lock, osError);
	EXPECT_EQ(f->unlock, osError);
	EXPECT_EQ(f->restore, osError);
	/* done already; that is no reason to fail, and none to begin anew */
	EXPECT_EQ(second_initialize, osOK);
}

static void while_it_runs(void)
{
	EXPECT_EQ(osKernelGetState(), osKernelRunning);
	EXPECT_EQ(osKernelInitialize(), osError);
	EXPECT_EQ(osKernelStart(), osError);
	EXPECT_EQ(osKernelGetState(), osKernelRunning);
}

static void info(void)
{
	char id[64], small[4];
	osVersion_t version = { 0 };

	memset(id, 0xff, sizeof(id));
	memset(small, 0xff, sizeof(small));
	EXPECT_EQ(osKernelGetInfo(&version, id, sizeof(id)), osOK);
	EXPECT_EQ(version.api, 20010003);
	EXPECT(version.kernel > 0);
	EXPECT(strlen(id) > 3 && strlen(id) < sizeof(id));
	printk("# %s, version %u\n", id, version.kernel);
	EXPECT_EQ(osKernelGetInfo(&version, small, 3), osOK);
	EXPECT(!strncmp(small, id, 2));
	EXPECT_EQ(small[2], '\0');
	EXPECT_EQ(small[3], '\xff');
	EXPECT_EQ(osKernelGetInfo(NULL, small, 0), osOK);
}

static void clocks(void)
{
	u32 tick = osKernelGetTickCount(), count = osKernelGetSysTimerCount();

	EXPECT_EQ(osKernelGetTickFreq(), rtos_config.tick_hz);
	EXPECT(osKernelGetSysTimerFreq() >= osKernelGetTickFreq());
	spin_ticks(3);
	EXPECT(osKernelGetTickCount() - tick >= 3);
	EXPECT(osKernelGetSysTimerCount() - count >=
	       2 * (osKernelGetSysTimerFreq() / osKernelGetTickFreq()));
}

/* ==== The lock ==== */

static void lock_states(void)
{
	EXPECT_EQ(osKernelLock(), 0);
	EXPECT_EQ(osKernelGetState(), osKernelLocked);
	EXPECT_EQ(osKernelLock(), 1);
	EXPECT_EQ(osKernelUnlock(), 1);
	EXPECT_EQ(osKernelGetState(), osKernelRunning);
	EXPECT_EQ(osKernelUnlock(), 0);
	EXPECT_EQ(osKernelRestoreLock(1), 1);
	EXPECT_EQ(osKernelGetState(), osKernelLocked);
	EXPECT_EQ(osKernelRestoreLock(1), 1);
	EXPECT_EQ(osKernelRestoreLock(0), 0);
	EXPECT_EQ(osKernelGetState(), osKernelRunning);
	EXPECT_EQ(osKernelRestoreLock(2), osError);
	EXPECT_EQ(osKernelRestoreLock(-1), osError);
	EXPECT_EQ(osKernelGetState(), osKernelRunning);
}

static void lock_holds_threads_back(void)
{
	osThreadId_t thread[2];

	order_reset();
	EXPECT_EQ(osKernelLock(), 0);
	thread[0] = spawn_on(CPU0, note_it, LETTER('h'), HELPER_HIGH);
	note('1');
	EXPECT_EQ(osThreadYield(), osOK);
	thread[1] = spawn_on(CPU0, note_it, LETTER('t'), HELPER_LOW);
	EXPECT_EQ(osThreadSetPriority(thread[1], osPriorityRealtime), osOK);
	spin_ticks(3 * rtos_config.accounting->slice_ticks);
	note('2');
	EXPECT_EQ(osKernelUnlock(), 1);
	note('3');
	join(thread[0]);
	join(thread[1]);
	EXPECT_ORDER("12th3");
}

/* Not even later: the caller goes on when the kernel is unlocked. */
static void yield_does_nothing_while_locked(void)
{
	bool first = false;

	/* a slow host lets the time slice end meanwhile */
	AGAIN_UNTIL(first) {
		osThreadId_t thread;

		osDelay(1);
		order_reset();
		EXPECT_EQ(osKernelLock(), 0);
		thread = spawn_on(CPU0, note_it, LETTER('e'), osPriorityNormal);
		EXPECT_EQ(osThreadYield(), osOK);
		EXPECT_EQ(osKernelUnlock(), 1);
		first = noted() == 0;
		join(thread);
	}
	EXPECT(first);
}

static void waiting_is_refused_while_locked(void)
{
	osSemaphoreId_t sem = osSemaphoreNew(1, 0, NULL);
	osMutexId_t mutex = osMutexNew(NULL);
	osEventFlagsId_t events = osEventFlagsNew(NULL);
	osMessageQueueId_t queue = osMessageQueueNew(1, sizeof(u32), NULL);
	osMemoryPoolId_t pool = osMemoryPoolNew(1, 8, NULL);
	u32 message = 0;

	EXPECT_EQ(osKernelLock(), 0);
	EXPECT_EQ(osDelay(1), osError);
	EXPECT_EQ(osDelayUntil(osKernelGetTickCount() + LONG), osError);
	EXPECT_EQ(osSemaphoreAcquire(sem, 0), osErrorResource);
	EXPECT_EQ(osSemaphoreAcquire(sem, 1), osErrorTimeout);
	EXPECT_EQ(osSemaphoreAcquire(sem, osWaitForever), osErrorTimeout);
	EXPECT_EQ(osThreadFlagsWait(1, 0, osWaitForever), osFlagsErrorTimeout);
	EXPECT_EQ(osEventFlagsWait(events, 1, 0, 1), osFlagsErrorTimeout);
	EXPECT_EQ(osMessageQueueGet(queue, &message, NULL, 1), osErrorTimeout);
	EXPECT_EQ(osMessageQueuePut(queue, &message, 0, 0), osOK);
	EXPECT_EQ(osMessageQueuePut(queue, &message, 0, 1), osErrorTimeout);
	EXPECT(osMemoryPoolAlloc(pool, osWaitForever));
	EXPECT(!osMemoryPoolAlloc(pool, osWaitForever));
	EXPECT_EQ(osThreadSuspend(osThreadGetId()), osErrorResource);
	EXPECT_EQ(osKernelSuspend(), 0);
	/* what need not wait goes on */
	EXPECT_EQ(osMutexAcquire(mutex, osWaitForever), osOK);
	EXPECT_EQ(osMutexRelease(mutex), osOK);
	EXPECT_EQ(osSemaphoreRelease(sem), osOK);
	EXPECT_EQ(osSemaphoreAcquire(sem, osWaitForever), osOK);
	EXPECT_EQ(osKernelGetState(), osKernelLocked);
	EXPECT_EQ(osKernelUnlock(), 1);
	EXPECT_EQ(osSemaphoreDelete(sem), osOK);
	EXPECT_EQ(osMutexDelete(mutex), osOK);
	EXPECT_EQ(osEventFlagsDelete(events), osOK);
	EXPECT_EQ(osMessageQueueDelete(queue), osOK);
	EXPECT_EQ(osMemoryPoolDelete(pool), osOK);
}

static osSemaphoreId_t isr_sem;

static void isr_release(void)
{
	EXPECT_EQ(osSemaphoreRelease(isr_sem), osOK);
	note('i');
}

static void wait_for_isr(void *argument)
{
	(void)argument;
	EXPECT_EQ(osSemaphoreAcquire(isr_sem, osWaitForever), osOK);
	note('t');
}

static void interrupts_come_while_locked(void)
{
	osThreadId_t thread;

	order_reset();
	isr_sem = osSemaphoreNew(1, 0, NULL);
	thread = spawn_blocked_on(CPU0, wait_for_isr, NULL, HELPER_HIGH);
	EXPECT_EQ(osKernelLock(), 0);
	run_in_isr(isr_release);
	note('m');
	EXPECT_EQ(osKernelUnlock(), 1);
	note('u');
	join(thread);
	EXPECT_ORDER("imtu");
	EXPECT_EQ(osSemaphoreDelete(isr_sem), osOK);
}

/* ==== Suspension ==== */

static void delay_and_note(void *argument)
{
	u32 began = osKernelGetTickCount();

	EXPECT_EQ(osDelay((u32)(u64)argument), osOK);
	EXPECT(osKernelGetTickCount() - began >= (u32)(u64)argument);
	note('t');
}

static bool suspend_a_delay(void)
{
	osThreadId_t thread;
	u32 ticks, tick;
	bool waited;

	order_reset();
	thread = spawn_on(CPU0, delay_and_note, (void *)20UL, HELPER_HIGH);
	tick = osKernelGetTickCount();
	ticks = osKernelSuspend();
	EXPECT_EQ(osKernelGetState(), osKernelSuspended);
	waited = BLOCKED(thread);
	if (waited) {
		EXPECT(ticks <= 20);
		EXPECT_EQ(osKernelLock(), osError);
		EXPECT_EQ(osKernelUnlock(), osError);
		EXPECT_EQ(osKernelSuspend(), 0);
		/* nobody runs, although the time has come */
		for (u64 end = timer_get_ticks() + timer_ns_to_ticks(40000000);
		     timer_get_ticks() < end;)
			cpu_relax();
		EXPECT_EQ(noted(), 0);
	}
	osKernelResume(40);
	EXPECT_EQ(osKernelGetState(), osKernelRunning);
	EXPECT(osKernelGetTickCount() - tick >= 40);
	join(thread);
	EXPECT_ORDER("t");
	return waited;
}

static void suspend_says_how_long(void)
{
	bool waited = false;

	/* a slow host lets the delay end before */
	AGAIN_UNTIL(waited)
		waited = suspend_a_delay();
	EXPECT(waited);
}

static void suspend_with_nothing_to_do(void)
{
	u32 ticks = osKernelSuspend();

	EXPECT(ticks > 1000);
	osKernelResume(0);
	EXPECT_EQ(osKernelGetState(), osKernelRunning);
	EXPECT_EQ(osDelay(1), osOK);
}

static void stop_time(void *unused)
{
	(void)unused;
	osKernelSuspend();
}

static void time_goes_on_without_who_stopped_it(void)
{
	join(spawn_on(CPU0, stop_time, NULL, HELPER_HIGH));
	EXPECT_EQ(osKernelGetState(), osKernelRunning);
	EXPECT_EQ(osDelay(1), osOK);
}

/* ==== Interrupts ==== */

static void isr_calls(void)
{
	osVersion_t version;
	char id[16];

	EXPECT(rtos_in_isr());
	EXPECT_EQ(osKernelInitialize(), osErrorISR);
	EXPECT_EQ(osKernelStart(), osErrorISR);
	EXPECT_EQ(osKernelLock(), osErrorISR);
	EXPECT_EQ(osKernelUnlock(), osErrorISR);
	EXPECT_EQ(osKernelRestoreLock(0), osErrorISR);
	EXPECT_EQ(osKernelSuspend(), 0);
	osKernelResume(1);
	EXPECT_EQ(osKernelGetInfo(&version, id, sizeof(id)), osOK);
	EXPECT_EQ(osKernelGetState(), osKernelRunning);
	EXPECT_EQ(osKernelGetTickFreq(), rtos_config.tick_hz);
	EXPECT(osKernelGetSysTimerFreq() > 0);
	flag = osKernelGetSysTimerCount() != 0 || osKernelGetTickCount() != 0;
}

static void from_an_interrupt(void)
{
	EXPECT(!rtos_in_isr());
	run_in_isr(isr_calls);
	EXPECT(flag);
	EXPECT_EQ(osKernelGetState(), osKernelRunning);
}

/* ==== Idleness ==== */

/*
 * With nothing to do, the timer is set to the next event and not to the next
 * tick. All CPUs sleep, so the test looks at the timer's deadline through an
 * interrupt that is not the kernel's: the physical timer, in the middle.
 */
static u64 idle_deadline;
static bool idle_armed;

static void look_at_timer(unsigned int irq, void *argument)
{
	(void)irq;
	(void)argument;
	timer_stop(TIMER_PHYSICAL);
	idle_armed = (read_sysreg(cntv_ctl_el0) &
		      (TIMER_CTL_ENABLE | TIMER_CTL_IMASK)) == TIMER_CTL_ENABLE;
	idle_deadline = read_sysreg(cntv_cval_el0);
	atomic_set(&flag, true);
}

static void no_ticks_while_idle(void)
{
	u64 per_tick = timer_get_frequency() / osKernelGetTickFreq(), now;
	bool seen = false;

	EXPECT_EQ(rtos_irq_attach(TIMER_PHYSICAL_IRQ, RTOS_IRQ_PRIORITY_DEFAULT,
				  look_at_timer, NULL), osOK);
	/*
	 * a slow host puts time between the lines below, and root's messages are
	 * looked for now and then
	 */
	AGAIN_UNTIL(seen) {
		atomic_set(&flag, false);
		now = timer_count(TIMER_VIRTUAL);
		timer_set_deadline(TIMER_PHYSICAL, timer_count(TIMER_PHYSICAL) +
				   20 * per_tick);
		EXPECT_EQ(osDelay(50), osOK);
		EVENTUALLY(atomic_read(&flag));
		/* in the middle of the delay, the next event is its end */
		seen = idle_armed && idle_deadline - now >= 49 * per_tick &&
		       idle_deadline - now <= 52 * per_tick;
	}
	EXPECT(seen);
	EXPECT_EQ(rtos_irq_detach(TIMER_PHYSICAL_IRQ), osOK);
}

/* ==== Interrupts off ==== */

#define IRQS_OFF_LIMIT_NS	20000	/* where an instruction is 1 ns */

static void longest_time_without_interrupts(void)
{
	u64 flags;

	rtos_irqs_off_report();
	if (!rtos_measures)
		return;
	for (unsigned int cpu = 0; cpu < rtos_num_cpus(); cpu++) {
		struct rtos_irqs_off off = rtos_irqs_off(cpu);

		EXPECT(off.ticks > 0);
		EXPECT(off.place && strlen(off.place) > 0);
		printk("# irqs-off cpu=%u ns=%llu place=%s\n", cpu,
		       timer_ticks_to_ns(off.ticks), off.place);
		/* "icount": time is counted in instructions */
		if (cmdline_parse_bool("icount", false))
			EXPECT(timer_ticks_to_ns(off.ticks) <= IRQS_OFF_LIMIT_NS);
	}
	/* nothing is measured in between */
	flags = irqs_save();
	rtos_irqs_off_reset();
	EXPECT_EQ(rtos_irqs_off(0).ticks, 0);
	irqs_restore(flags);
}

static const struct test tests[] = {
	TEST(before_initialize),
	TEST(before_start),
	TEST(while_it_runs),
	TEST(info),
	TEST(clocks),
	TEST(lock_states),
	TEST(lock_holds_threads_back),
	TEST(yield_does_nothing_while_locked),
	TEST(waiting_is_refused_while_locked),
	TEST(interrupts_come_while_locked),
	TEST(suspend_says_how_long),
	TEST(suspend_with_nothing_to_do),
	TEST(time_goes_on_without_who_stopped_it),
	TEST(from_an_interrupt),
	TEST(no_ticks_while_idle),
	TEST(longest_time_without_interrupts),
};

/* ==== Root asks the cell to shut down: how=busy, idle, own or silent ==== */

static char how[8];
static u32 asked;

bool rtos_shutdown_hook(void)
{
	atomic_add(&asked, 1);
	return strcmp(how, "own") && strcmp(how, "silent");
}

static void spin(void *argument)
{
	(void)argument;
	for (;;)
		cpu_relax();
}

static void stays(void *argument)
{
	(void)argument;
	rtos_printf("rtos-kernel: stays, %s\n", how);
	for (unsigned int n = 0; !strcmp(how, "busy") && n < rtos_num_cpus(); n++)
		spawn_on(osThreadProcessor(n), spin, NULL, osPriorityRealtime7);
	while (strcmp(how, "own") || atomic_read(&asked) < 3)
		osDelay(strcmp(how, "own") ? osWaitForever : 10);
	rtos_printf("rtos-kernel: ends by itself\n");
	inmate_exit();
}

int main(void)
{
	if (*cmdline_parse_str("how", how, sizeof(how), "")) {
		osKernelInitialize();
		spawn(stays, NULL, osPriorityNormal);
		return osKernelStart();
	}
	SUITE_RUN("rtos-kernel", tests, early, ready);
}
