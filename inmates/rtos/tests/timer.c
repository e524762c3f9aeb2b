// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Software timers, delays, and an idle kernel without ticks. */

#include "lib/harness.h"

/* Expiries of a timer that is gone. */
struct log {
	u32 count;
	u32 at[64];	/* tick counts */
	osThreadId_t thread;
	char letter;
};

static osTimerId_t timer;

static void on_expiry(void *argument)
{
	struct log *log = argument;

	if (log->letter)
		note(log->letter);
	if (log->count < ARRAY_SIZE(log->at))
		log->at[log->count] = osKernelGetTickCount();
	log->thread = osThreadGetId();
	atomic_add(&log->count, 1);
}

static osTimerId_t new_timer(osTimerType_t type, struct log *log)
{
	osTimerId_t id = osTimerNew(on_expiry, type, log, NULL);

	EXPECT(id);
	return id;
}

static void create_checks_its_arguments(void)
{
	EXPECT(!osTimerNew(NULL, osTimerOnce, NULL, NULL));
	EXPECT(!osTimerNew(on_expiry, (osTimerType_t)2, NULL, NULL));
	timer = osTimerNew(on_expiry, osTimerOnce, NULL, NULL);
	EXPECT(timer && !osTimerGetName(timer));
	EXPECT_EQ(osTimerIsRunning(timer), 0);
	EXPECT_EQ(osTimerDelete(timer), osOK);
	timer = osTimerNew(on_expiry, osTimerPeriodic, NULL,
			   &(osTimerAttr_t){ .name = "t" });
	EXPECT(timer && !strcmp(osTimerGetName(timer), "t"));
	EXPECT_EQ(osTimerDelete(timer), osOK);
}

static void wrong_arguments_are_refused(void)
{
	osMutexId_t mutex = osMutexNew(NULL);
	void *wrong[] = { NULL, not_an_object, mutex };

	for (unsigned int n = 0; n < ARRAY_SIZE(wrong); n++) {
		EXPECT_EQ(osTimerStart(wrong[n], 1), osErrorParameter);
		EXPECT_EQ(osTimerStop(wrong[n]), osErrorParameter);
		EXPECT_EQ(osTimerDelete(wrong[n]), osErrorParameter);
		EXPECT_EQ(osTimerIsRunning(wrong[n]), 0);
		EXPECT(!osTimerGetName(wrong[n]));
	}
	EXPECT_EQ(osMutexDelete(mutex), osOK);
	timer = new_timer(osTimerOnce, NULL);
	EXPECT_EQ(osTimerStart(timer, 0), osErrorParameter);
	EXPECT_EQ(osTimerIsRunning(timer), 0);
	EXPECT_EQ(osTimerDelete(timer), osOK);
}

static void one_shot_fires_once(void)
{
	struct log log = { 0 };
	u32 began;

	timer = new_timer(osTimerOnce, &log);
	for (u32 ticks = 1; ticks <= 7; ticks += 3) {
		log.count = 0;
		began = osKernelGetTickCount();
		EXPECT_EQ(osTimerStart(timer, ticks), osOK);
		EVENTUALLY(atomic_read(&log.count) == 1);
		EXPECT(log.at[0] - began >= ticks);
		osDelay(2 * ticks);
		EXPECT_EQ(log.count, 1);
		EXPECT_EQ(osTimerIsRunning(timer), 0);
		EXPECT_EQ(osTimerStop(timer), osErrorResource);
	}
	/* the callback runs in a thread, which is none of ours */
	EXPECT(log.thread && log.thread != osThreadGetId());
	EXPECT_EQ(osTimerDelete(timer), osOK);
}

static void periodic_fires_without_drift(void)
{
	struct log log = { 0 };
	u32 began = osKernelGetTickCount(), seen;

	timer = new_timer(osTimerPeriodic, &log);
	EXPECT_EQ(osTimerStart(timer, 3), osOK);
	EXPECT_EQ(osTimerIsRunning(timer), 1);
	EVENTUALLY(atomic_read(&log.count) >= 20);
	EXPECT_EQ(osTimerStop(timer), osOK);
	EXPECT_EQ(osTimerIsRunning(timer), 0);
	/* the n-th is never before its time, however late the one before was */
	for (u32 n = 0; n < 20; n++)
		EXPECT(log.at[n] - began >= 3 * (n + 1));
	EXPECT_EQ(osTimerStop(timer), osErrorResource);
	seen = atomic_read(&log.count);
	osDelay(10);
	EXPECT_EQ(atomic_read(&log.count), seen);
	EXPECT_EQ(osTimerDelete(timer), osOK);
}

static u32 least_lateness(u32 period)
{
	struct log log = { 0 };
	u32 began = osKernelGetTickCount(), least = ~0U;

	timer = new_timer(osTimerPeriodic, &log);
	EXPECT_EQ(osTimerStart(timer, period), osOK);
	EVENTUALLY(atomic_read(&log.count) >= 60);
	EXPECT_EQ(osTimerDelete(timer), osOK);
	for (u32 n = 40; n < 60; n++) {
		u32 late = log.at[n] - began - period * (n + 1);

		if (late < least)
			least = late;
	}
	return least;
}

/*
 * No period adds something to the next: else all of the last are late. A host
 * that is busy does that too, but not each time, nor with a period that leaves it
 * enough time.
 */
static void periodic_keeps_its_rate(void)
{
	u32 least = ~0U, period = 2;

	AGAIN_UNTIL(least <= 10) {
		least = least_lateness(period);
		if (period < 16)
			period *= 2;
	}
	EXPECT(least <= 10);
}

static void restart_begins_anew(void)
{
	struct log log = { 0 };
	bool in_time = false;
	u32 began;

	timer = new_timer(osTimerOnce, &log);
	EXPECT_EQ(osTimerStart(timer, 10000), osOK);
	EXPECT_EQ(osTimerIsRunning(timer), 1);
	began = osKernelGetTickCount();
	EXPECT_EQ(osTimerStart(timer, 5), osOK);
	EVENTUALLY(atomic_read(&log.count) == 1);
	EXPECT(log.at[0] - began >= 5);
	EXPECT(log.at[0] - began < 10000);

	AGAIN_UNTIL(in_time) {
		osTimerStop(timer);
		atomic_set(&log.count, 0);
		began = osKernelGetTickCount();
		EXPECT_EQ(osTimerStart(timer, 5), osOK);
		EXPECT_EQ(osTimerStart(timer, 50), osOK);
		in_time = osKernelGetTickCount() - began < 5;
	}
	EXPECT(in_time);
	EVENTUALLY(atomic_read(&log.count) == 1);
	EXPECT(log.at[0] - began >= 50);
	EXPECT_EQ(osTimerDelete(timer), osOK);
}

/*
 * Late, it says nothing: the timers' thread may be on another CPU, which goes on
 * when the host stops this one, whoever has locked the kernel.
 */
static void does_not_fire_after(osStatus_t (*end)(osTimerId_t))
{
	osStatus_t ended = osError;
	bool in_time = false;
	struct log log;

	AGAIN_UNTIL(in_time) {
		u32 began = osKernelGetTickCount();

		log = (struct log){ 0 };
		timer = new_timer(osTimerOnce, &log);
		EXPECT_EQ(osTimerStart(timer, 10), osOK);
		ended = end(timer);
		in_time = osKernelGetTickCount() - began < 10;
		osDelay(20);
		if (end != osTimerDelete)
			EXPECT_EQ(osTimerDelete(timer), osOK);
	}
	EXPECT(in_time);
	EXPECT_EQ(ended, osOK);
	EXPECT_EQ(log.count, 0);
}

static void stopped_and_deleted_timers_do_not_fire(void)
{
	timer = osTimerNew(on_expiry, osTimerOnce, NULL, NULL);
	EXPECT_EQ(osTimerStop(timer), osErrorResource);
	EXPECT_EQ(osTimerDelete(timer), osOK);
	does_not_fire_after(osTimerStop);
	does_not_fire_after(osTimerDelete);
}

static void timers_fire_in_order(void)
{
	static const u32 ticks[] = { 70, 20, 60, 30, 30, 10, 50 };
	static struct log log[ARRAY_SIZE(ticks)];
	osTimerId_t id[ARRAY_SIZE(ticks)];
	bool in_time = false;

	for (unsigned int n = 0; n < ARRAY_SIZE(ticks); n++)
		id[n] = new_timer(osTimerOnce, &log[n]);
	AGAIN_UNTIL(in_time) {
		u32 began;

		for (unsigned int n = 0; n < ARRAY_SIZE(ticks); n++) {
			osTimerStop(id[n]);
			log[n] = (struct log){ .letter = (char)('a' + n) };
		}
		order_reset();
		/* in one tick, so that equal times are equal */
		osDelay(1);
		began = osKernelGetTickCount();
		for (unsigned int n = 0; n < ARRAY_SIZE(ticks); n++)
			EXPECT_EQ(osTimerStart(id[n], ticks[n]), osOK);
		in_time = osKernelGetTickCount() == began;
	}
	EXPECT(in_time);
	EVENTUALLY(noted() == ARRAY_SIZE(ticks));
	EXPECT_ORDER("fbdegca");
	for (unsigned int n = 0; n < ARRAY_SIZE(ticks); n++)
		EXPECT_EQ(osTimerDelete(id[n]), osOK);
}

/* A callback may use its own timer. */
static u32 stops_itself_count;

static void stop_itself(void *argument)
{
	(void)argument;
	if (atomic_add(&stops_itself_count, 1) == 3)
		EXPECT_EQ(osTimerStop(timer), osOK);
}

static u32 restarts_itself_count;

static void restart_itself(void *argument)
{
	(void)argument;
	if (atomic_add(&restarts_itself_count, 1) < 3)
		EXPECT_EQ(osTimerStart(timer, 2), osOK);
}

static void callbacks_use_their_timer(void)
{
	timer = osTimerNew(stop_itself, osTimerPeriodic, NULL, NULL);
	EXPECT_EQ(osTimerStart(timer, 2), osOK);
	EVENTUALLY(!osTimerIsRunning(timer));
	osDelay(6);
	EXPECT_EQ(stops_itself_count, 3);
	EXPECT_EQ(osTimerDelete(timer), osOK);

	timer = osTimerNew(restart_itself, osTimerOnce, NULL, NULL);
	EXPECT_EQ(osTimerStart(timer, 2), osOK);
	EVENTUALLY(atomic_read(&restarts_itself_count) == 3);
	osDelay(6);
	EXPECT_EQ(osTimerIsRunning(timer), 0);
	EXPECT_EQ(restarts_itself_count, 3);
	EXPECT_EQ(osTimerDelete(timer), osOK);
}

/* ==== Calls that have begun, on another CPU if there is one ==== */

static struct {
	u32 begun, ended;
	void (*before_end)(void);
	bool go_on;
	osMutexId_t mutex;
} long_call;

static void lasts(void *argument)
{
	(void)argument;
	atomic_add(&long_call.begun, 1);
	spin_ticks(20);
	if (long_call.before_end)
		long_call.before_end();
	atomic_add(&long_call.ended, 1);
}

static bool long_call_ended(void)
{
	return atomic_read(&long_call.ended) == atomic_read(&long_call.begun);
}

static void start_long_call(void (*before_end)(void))
{
	EVENTUALLY(long_call_ended());
	long_call.begun = 0;
	long_call.ended = 0;
	long_call.before_end = before_end;
	timer = osTimerNew(lasts, osTimerPeriodic, NULL, NULL);
	EXPECT_EQ(osTimerStart(timer, 100), osOK);
}

/* The other CPU has less to do, and gets the call. */
static void spin_until_begun(void)
{
	while (!atomic_read(&long_call.begun))
		cpu_relax();
}

static void stop_and_delete_wait_for_the_call(void)
{
	start_long_call(NULL);
	spin_until_begun();
	EXPECT_EQ(osTimerStop(timer), osOK);
	EXPECT(long_call_ended());
	EXPECT_EQ(osTimerDelete(timer), osOK);

	start_long_call(NULL);
	spin_until_begun();
	EXPECT_EQ(osTimerDelete(timer), osOK);
	EXPECT(long_call_ended());
}

static void lock_kernel(void)
{
	osKernelLock();
	osKernelUnlock();
}

static void lock_mutex(void)
{
	EXPECT_EQ(osMutexAcquire(long_call.mutex, osWaitForever), osOK);
	EXPECT_EQ(osMutexRelease(long_call.mutex), osOK);
}

static void spin_until_told(void)
{
	while (!atomic_read(&long_call.go_on))
		cpu_relax();
}

/* Calls that do not end before their timer's deletion returns. */
static void nobody_waits_in_vain(void)
{
	start_long_call(lock_kernel);
	spin_until_begun();
	osKernelLock();
	EXPECT_EQ(osTimerDelete(timer), osOK);
	osKernelUnlock();
	EVENTUALLY(long_call_ended());

	long_call.mutex = osMutexNew(NULL);
	EXPECT_EQ(osMutexAcquire(long_call.mutex, osWaitForever), osOK);
	start_long_call(lock_mutex);
	spin_until_begun();
	EXPECT_EQ(osTimerDelete(timer), osOK);
	EXPECT_EQ(osMutexRelease(long_call.mutex), osOK);
	EVENTUALLY(long_call_ended());
	EXPECT_EQ(osMutexDelete(long_call.mutex), osOK);

	EXPECT_EQ(osThreadSetPriority(osThreadGetId(), osPriorityISR), osOK);
	start_long_call(spin_until_told);
	EVENTUALLY(atomic_read(&long_call.begun));
	EXPECT_EQ(osTimerDelete(timer), osOK);
	atomic_set(&long_call.go_on, true);
	EVENTUALLY(long_call_ended());
	EXPECT_EQ(osThreadSetPriority(osThreadGetId(), osPriorityNormal), osOK);
}

static void static_memory_is_enough(void)
{
	static RTOS_CB(TIMER) cb;
	osTimerAttr_t attr = { .cb_mem = &cb, .cb_size = sizeof(cb) };
	struct log log = { 0 };

	timer = osTimerNew(on_expiry, osTimerOnce, &log, &attr);
	EXPECT(timer == &cb);
	EXPECT_EQ(osTimerStart(timer, 1), osOK);
	EVENTUALLY(atomic_read(&log.count) == 1);
	EXPECT_EQ(osTimerDelete(timer), osOK);
	EXPECT_EQ(osTimerStart(timer, 1), osErrorParameter);
	attr.cb_size = 4;
	EXPECT(!osTimerNew(on_expiry, osTimerOnce, NULL, &attr));
	attr.cb_mem = NULL;
	EXPECT(!osTimerNew(on_expiry, osTimerOnce, NULL, &attr));
}

static void isr_calls(void)
{
	EXPECT(!osTimerNew(on_expiry, osTimerOnce, NULL, NULL));
	EXPECT_EQ(osTimerStart(timer, 1), osErrorISR);
	EXPECT_EQ(osTimerStop(timer), osErrorISR);
	EXPECT_EQ(osTimerDelete(timer), osErrorISR);
	EXPECT_EQ(osTimerIsRunning(timer), 0);
	EXPECT(!osTimerGetName(timer));
	EXPECT_EQ(osDelay(1), osErrorISR);
	EXPECT_EQ(osDelayUntil(osKernelGetTickCount() + 1), osErrorISR);
}

static void not_from_an_interrupt(void)
{
	timer = new_timer(osTimerOnce, NULL);
	run_in_isr(isr_calls);
	EXPECT_EQ(osTimerDelete(timer), osOK);
}

/* ==== Delays ==== */

static void delays_are_not_early(void)
{
	for (u32 ticks = 1; ticks < 20; ticks += 3) {
		u32 began = osKernelGetTickCount();

		EXPECT_EQ(osDelay(ticks), osOK);
		EXPECT(osKernelGetTickCount() - began >= ticks);
	}
	EXPECT_EQ(osDelay(0), osErrorParameter);
}

static void delay_until_reaches_its_time(void)
{
	u32 tick = osKernelGetTickCount(), in_time = 0;

	for (int n = 0; n < 10; n++) {
		osStatus_t status;

		tick += 4;
		status = osDelayUntil(tick);
		EXPECT((s32)(osKernelGetTickCount() - tick) >= 0);
		/* on a host that was away, the time is past and refused */
		EXPECT(status == osOK || status == osErrorParameter);
		if (status == osOK)
			in_time++;
	}
	EXPECT(in_time > 0);
}

/* The past, or more than half of the counter ahead, which is the same. */
static void delay_until_refuses_the_past(void)
{
	u32 now = osKernelGetTickCount();

	EXPECT_EQ(osDelayUntil(now - 1), osErrorParameter);
	EXPECT_EQ(osDelayUntil(now - 1000), osErrorParameter);
	EXPECT_EQ(osDelayUntil(now + 0x80000100), osErrorParameter);
}

/* A tick count, and the system timer before and after it was read. */
struct moment {
	u32 before, tick, after;
};

static struct moment now(void)
{
	struct moment m;

	m.before = osKernelGetSysTimerCount();
	m.tick = osKernelGetTickCount();
	m.after = osKernelGetSysTimerCount();
	return m;
}

static void ticks_have_their_length(void)
{
	u32 per_tick = osKernelGetSysTimerFreq() / osKernelGetTickFreq();
	struct moment begin = now(), end;
	u32 ticks;

	osDelay(50);
	end = now();
	ticks = end.tick - begin.tick;
	EXPECT(ticks >= 50);
	EXPECT((ticks - 1) * per_tick <= end.after - begin.before);
	EXPECT((ticks + 1) * per_tick >= end.before - begin.after);
}

static void delayer(void *argument)
{
	NOTE(argument);
	osDelay(20 + 10 * (u32)((u64)argument - 'a'));
	note((char)((u64)argument - 'a' + 'A'));
}

static void delayed_threads_come_in_order(void)
{
	static const char letter[] = "cab";
	osThreadId_t thread[3];
	bool in_time = false;

	AGAIN_UNTIL(in_time) {
		u32 began;

		order_reset();
		osKernelLock();
		began = osKernelGetTickCount();
		for (int n = 0; n < 3; n++)
			thread[n] = spawn_on(CPU0, delayer, LETTER(letter[n]), HELPER_HIGH);
		osKernelUnlock();
		in_time = noted() == 3 && osKernelGetTickCount() - began < 10;
		for (int n = 0; n < 3; n++)
			join(thread[n]);
	}
	EXPECT(in_time);
	EXPECT_ORDER("cabABC");
}

static osTimerId_t made_early;
static struct log early_log;

static void ready(void)
{
	made_early = osTimerNew(on_expiry, osTimerOnce, &early_log, NULL);
}

static void made_before_the_kernel_started(void)
{
	EXPECT(made_early);
	EXPECT_EQ(osTimerStart(made_early, 1), osOK);
	EVENTUALLY(atomic_read(&early_log.count) == 1);
	EXPECT_EQ(osTimerDelete(made_early), osOK);
}

static void nothing_leaks(void)
{
	for (int n = 0; n < 20000; n++) {
		osTimerId_t id = osTimerNew(on_expiry, osTimerOnce, NULL, NULL);

		if (!EXPECT(id) || !EXPECT_EQ(osTimerDelete(id), osOK))
			return;
	}
}

static const struct test tests[] = {
	TEST(made_before_the_kernel_started),
	TEST(create_checks_its_arguments),
	TEST(wrong_arguments_are_refused),
	TEST(one_shot_fires_once),
	TEST(periodic_fires_without_drift),
	TEST(periodic_keeps_its_rate),
	TEST(restart_begins_anew),
	TEST(stopped_and_deleted_timers_do_not_fire),
	TEST(timers_fire_in_order),
	TEST(callbacks_use_their_timer),
	TEST(stop_and_delete_wait_for_the_call),
	TEST(nobody_waits_in_vain),
	TEST(static_memory_is_enough),
	TEST(not_from_an_interrupt),
	TEST(delays_are_not_early),
	TEST(delay_until_reaches_its_time),
	TEST(delay_until_refuses_the_past),
	TEST(ticks_have_their_length),
	TEST(delayed_threads_come_in_order),
	TEST(nothing_leaks),
};

int main(void)
{
	SUITE_RUN("rtos-timer", tests, NULL, ready);
}
