// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Mutexes: ownership, recursion, priority inheritance, the death of an owner. */

#include "lib/harness.h"

static osMutexId_t mutex, second;

static osMutexId_t new_mutex(u32 attr_bits)
{
	return osMutexNew(&(osMutexAttr_t){ .name = "m",
					    .attr_bits = attr_bits });
}

static void delete_mutexes(void)
{
	EXPECT_EQ(osMutexDelete(mutex), osOK);
	if (second)
		EXPECT_EQ(osMutexDelete(second), osOK);
	second = NULL;
}

/* A thread that takes mutexes, says so, and gives them back when told to. */
struct holder {
	osMutexId_t first;
	osMutexId_t then;	/* or NULL */
	u32 timeout;		/* of "then" */
	char letter;
	osStatus_t status;
	osStatus_t then_status;
	bool holds;
	bool let_go;
	bool done;
};

static void hold(void *argument)
{
	struct holder *h = argument;

	h->status = osMutexAcquire(h->first, osWaitForever);
	atomic_set(&h->holds, true);
	if (h->letter)
		note(h->letter);
	if (h->then) {
		h->then_status = osMutexAcquire(h->then, h->timeout);
		if (h->then_status == osOK)
			EXPECT_EQ(osMutexRelease(h->then), osOK);
	}
	while (!atomic_read(&h->let_go))
		osDelay(1);
	if (h->status == osOK)
		EXPECT_EQ(osMutexRelease(h->first), osOK);
	atomic_set(&h->done, true);
}

static osThreadId_t start_holder(struct holder *h, osPriority_t priority)
{
	osThreadId_t thread = spawn(hold, h, priority);

	EVENTUALLY(atomic_read(&h->holds));
	return thread;
}

static void end_holder(struct holder *h, osThreadId_t thread)
{
	atomic_set(&h->let_go, true);
	join(thread);
}

/* A thread that waits for a mutex, gives it back at once. */
struct waiter {
	osMutexId_t mutex;
	u32 timeout;
	osStatus_t status;
};

static void wait_for(void *argument)
{
	struct waiter *w = argument;

	w->status = osMutexAcquire(w->mutex, w->timeout);
	if (w->status == osOK)
		EXPECT_EQ(osMutexRelease(w->mutex), osOK);
}

static osThreadId_t start_waiter(struct waiter *w, osPriority_t priority)
{
	return spawn_blocked(wait_for, w, priority);
}

/* This thread has the mutex, another waits for it, to whose priority it rises. */
static osThreadId_t own_and_lend(struct waiter *w, osPriority_t priority)
{
	osThreadId_t thread;

	mutex = new_mutex(osMutexPrioInherit);
	w->mutex = mutex;
	EXPECT_EQ(osMutexAcquire(mutex, 0), osOK);
	thread = start_waiter(w, priority);
	EXPECT_EQ(osThreadGetPriority(osThreadGetId()), priority);
	return thread;
}

static void create_and_names(void)
{
	mutex = osMutexNew(NULL);
	EXPECT(mutex);
	EXPECT(!osMutexGetName(mutex));
	EXPECT(!osMutexGetOwner(mutex));
	delete_mutexes();
	mutex = new_mutex(osMutexRecursive | osMutexPrioInherit | osMutexRobust);
	EXPECT(mutex && !strcmp(osMutexGetName(mutex), "m"));
	delete_mutexes();
}

static void owner_has_it(void)
{
	mutex = new_mutex(0);
	EXPECT_EQ(osMutexRelease(mutex), osErrorResource);
	EXPECT_EQ(osMutexAcquire(mutex, 0), osOK);
	EXPECT(osMutexGetOwner(mutex) == osThreadGetId());
	EXPECT_EQ(osMutexAcquire(mutex, 0), osErrorResource);
	EXPECT(osMutexAcquire(mutex, 2) != osOK);
	EXPECT_EQ(osMutexRelease(mutex), osOK);
	EXPECT_EQ(osMutexRelease(mutex), osErrorResource);
	EXPECT(!osMutexGetOwner(mutex));
	delete_mutexes();
}

static void others_cannot_take_or_release(void)
{
	struct holder h = { 0 };
	osThreadId_t thread;
	u32 began;

	mutex = new_mutex(0);
	h.first = mutex;
	thread = start_holder(&h, HELPER_HIGH);
	EXPECT_EQ(h.status, osOK);
	EXPECT(osMutexGetOwner(mutex) == thread);
	EXPECT_EQ(osMutexAcquire(mutex, 0), osErrorResource);
	EXPECT_EQ(osMutexRelease(mutex), osErrorResource);
	began = osKernelGetTickCount();
	EXPECT_EQ(osMutexAcquire(mutex, 3), osErrorTimeout);
	EXPECT(osKernelGetTickCount() - began >= 3);
	EXPECT(osMutexGetOwner(mutex) == thread);
	end_holder(&h, thread);
	EXPECT_EQ(osMutexAcquire(mutex, osWaitForever), osOK);
	EXPECT_EQ(osMutexRelease(mutex), osOK);
	delete_mutexes();
}

static void recursive_is_released_as_often(void)
{
	struct waiter w = { .timeout = osWaitForever, .status = osError };
	osThreadId_t thread;

	mutex = new_mutex(osMutexRecursive);
	w.mutex = mutex;
	for (int n = 0; n < 3; n++)
		EXPECT_EQ(osMutexAcquire(mutex, n ? 0 : osWaitForever), osOK);
	thread = start_waiter(&w, HELPER_HIGH);
	for (int n = 0; n < 2; n++) {
		EXPECT_EQ(osMutexRelease(mutex), osOK);
		EXPECT_STILL_BLOCKED(thread);
		EXPECT(osMutexGetOwner(mutex) == osThreadGetId());
	}
	EXPECT_EQ(osMutexRelease(mutex), osOK);
	join(thread);
	EXPECT_EQ(w.status, osOK);
	EXPECT_EQ(osMutexRelease(mutex), osErrorResource);
	delete_mutexes();
}

static void release_hands_over_by_priority(void)
{
	struct holder h[3] = { { .letter = 'l' }, { .letter = 'm' },
			       { .letter = 'h' } };
	static const osPriority_t priority[] = {
		osPriorityAboveNormal, osPriorityAboveNormal, osPriorityHigh,
	};
	osThreadId_t thread[3];

	order_reset();
	mutex = new_mutex(0);
	EXPECT_EQ(osMutexAcquire(mutex, 0), osOK);
	for (int n = 0; n < 3; n++) {
		h[n].first = mutex;
		atomic_set(&h[n].let_go, true);
		thread[n] = spawn_blocked(hold, &h[n], priority[n]);
	}
	EXPECT_EQ(osMutexRelease(mutex), osOK);
	for (int n = 0; n < 3; n++)
		join(thread[n]);
	EXPECT_ORDER("hlm");
	delete_mutexes();
}

static void wrong_objects_are_refused(void)
{
	osSemaphoreId_t sem = osSemaphoreNew(1, 1, NULL);
	void *wrong[] = { NULL, not_an_object, sem };

	for (unsigned int n = 0; n < ARRAY_SIZE(wrong); n++) {
		EXPECT_EQ(osMutexAcquire(wrong[n], 0), osErrorParameter);
		EXPECT_EQ(osMutexRelease(wrong[n]), osErrorParameter);
		EXPECT_EQ(osMutexDelete(wrong[n]), osErrorParameter);
		EXPECT(!osMutexGetOwner(wrong[n]));
		EXPECT(!osMutexGetName(wrong[n]));
	}
	EXPECT_EQ(osSemaphoreDelete(sem), osOK);
}

static void static_memory_is_enough(void)
{
	static RTOS_CB(MUTEX) cb;
	osMutexAttr_t attr = { .cb_mem = &cb, .cb_size = sizeof(cb) };

	mutex = osMutexNew(&attr);
	EXPECT(mutex == &cb);
	EXPECT_EQ(osMutexAcquire(mutex, 0), osOK);
	EXPECT_EQ(osMutexRelease(mutex), osOK);
	EXPECT_EQ(osMutexDelete(mutex), osOK);
	EXPECT_EQ(osMutexAcquire(mutex, 0), osErrorParameter);
	attr.cb_size = 4;
	EXPECT(!osMutexNew(&attr));
	attr.cb_mem = NULL;
	EXPECT(!osMutexNew(&attr));
}

static void inherits(u32 attr_bits, osPriority_t inherited)
{
	struct holder h = { 0 };
	struct waiter w = { .timeout = osWaitForever };
	osThreadId_t low, high;

	mutex = new_mutex(attr_bits);
	h.first = w.mutex = mutex;
	low = start_holder(&h, osPriorityLow3);
	EXPECT_EQ(osThreadGetPriority(low), osPriorityLow3);
	high = start_waiter(&w, osPriorityHigh2);
	EXPECT_EQ(osThreadGetPriority(low), inherited);
	EXPECT_EQ(osThreadGetPriority(high), osPriorityHigh2);
	atomic_set(&h.let_go, true);
	join(high);
	EXPECT_EQ(w.status, osOK);
	EVENTUALLY(atomic_read(&h.done));
	join(low);
	delete_mutexes();
}

static void owner_inherits_priority(void)
{
	inherits(osMutexPrioInherit, osPriorityHigh2);
}

static void owner_keeps_its_own_without_the_attribute(void)
{
	inherits(0, osPriorityLow3);
}

/* The owner's own priority comes back with the release, not later. */
static void release_ends_inheritance(void)
{
	struct waiter w = { .timeout = osWaitForever };
	osThreadId_t high;

	high = own_and_lend(&w, osPriorityHigh);
	EXPECT_EQ(osMutexRelease(mutex), osOK);
	EXPECT_EQ(osThreadGetPriority(osThreadGetId()), osPriorityNormal);
	join(high);
	delete_mutexes();
}

static void timeout_ends_inheritance(void)
{
	struct waiter w = { .timeout = 3 };
	osThreadId_t high;

	mutex = new_mutex(osMutexPrioInherit);
	w.mutex = mutex;
	EXPECT_EQ(osMutexAcquire(mutex, 0), osOK);
	high = spawn(wait_for, &w, osPriorityHigh);
	join(high);
	EXPECT_EQ(w.status, osErrorTimeout);
	EXPECT_EQ(osThreadGetPriority(osThreadGetId()), osPriorityNormal);
	EXPECT_EQ(osMutexRelease(mutex), osOK);
	delete_mutexes();
}

static void death_of_the_waiter_ends_inheritance(void)
{
	struct waiter w = { .timeout = osWaitForever };
	osThreadId_t high;

	high = own_and_lend(&w, osPriorityHigh);
	EXPECT_EQ(osThreadTerminate(high), osOK);
	EXPECT_EQ(osThreadGetPriority(osThreadGetId()), osPriorityNormal);
	join(high);
	EXPECT_EQ(osMutexRelease(mutex), osOK);
	delete_mutexes();
}

/* Two mutexes, two waiters: what each lends goes with its own mutex. */
static void inheritance_of_two_mutexes(void)
{
	struct waiter w[2] = { { .timeout = osWaitForever },
			       { .timeout = osWaitForever } };
	osThreadId_t self = osThreadGetId(), thread[2];

	mutex = new_mutex(osMutexPrioInherit);
	second = new_mutex(osMutexPrioInherit);
	w[0].mutex = mutex;
	w[1].mutex = second;
	EXPECT_EQ(osMutexAcquire(mutex, 0), osOK);
	EXPECT_EQ(osMutexAcquire(second, 0), osOK);
	thread[0] = start_waiter(&w[0], osPriorityHigh);
	thread[1] = start_waiter(&w[1], osPriorityRealtime);
	EXPECT_EQ(osThreadGetPriority(self), osPriorityRealtime);
	EXPECT_EQ(osMutexRelease(second), osOK);
	EXPECT_EQ(osThreadGetPriority(self), osPriorityHigh);
	EXPECT_EQ(osMutexRelease(mutex), osOK);
	EXPECT_EQ(osThreadGetPriority(self), osPriorityNormal);
	join(thread[0]);
	join(thread[1]);
	delete_mutexes();
}

/* self holds m1; a middle thread holds m2 and waits for m1; a high one for m2 */
static void inheritance_goes_along_a_chain(void)
{
	struct holder h = { .timeout = osWaitForever };
	struct waiter w = { .timeout = osWaitForever };
	osThreadId_t middle, high;

	mutex = new_mutex(osMutexPrioInherit);
	second = new_mutex(osMutexPrioInherit);
	h.first = w.mutex = second;
	h.then = mutex;
	EXPECT_EQ(osMutexAcquire(mutex, 0), osOK);
	middle = start_holder(&h, osPriorityAboveNormal);
	EVENTUALLY(BLOCKED(middle));
	EXPECT_EQ(osThreadGetPriority(osThreadGetId()), osPriorityAboveNormal);
	high = start_waiter(&w, osPriorityRealtime1);
	EXPECT_EQ(osThreadGetPriority(middle), osPriorityRealtime1);
	EXPECT_EQ(osThreadGetPriority(osThreadGetId()), osPriorityRealtime1);
	EXPECT_EQ(osMutexRelease(mutex), osOK);
	EXPECT_EQ(osThreadGetPriority(osThreadGetId()), osPriorityNormal);
	end_holder(&h, middle);
	EXPECT_EQ(h.then_status, osOK);
	join(high);
	EXPECT_EQ(w.status, osOK);
	delete_mutexes();
}

/* A waiter's new priority reaches the owner, up and down. */
static void set_priority_of_a_waiter(void)
{
	struct waiter w = { .timeout = osWaitForever };
	osThreadId_t high;

	high = own_and_lend(&w, osPriorityHigh);
	EXPECT_EQ(osThreadSetPriority(high, osPriorityHigh5), osOK);
	EXPECT_EQ(osThreadGetPriority(osThreadGetId()), osPriorityHigh5);
	EXPECT_EQ(osThreadSetPriority(high, osPriorityAboveNormal), osOK);
	EXPECT_EQ(osThreadGetPriority(osThreadGetId()), osPriorityAboveNormal);
	EXPECT_EQ(osMutexRelease(mutex), osOK);
	join(high);
	delete_mutexes();
}

/* A new priority of an owner counts when nothing is lent any more. */
static void set_priority_of_an_owner(void)
{
	struct waiter w = { .timeout = osWaitForever };
	osThreadId_t self = osThreadGetId(), high;

	high = own_and_lend(&w, osPriorityHigh);
	EXPECT_EQ(osThreadSetPriority(self, osPriorityNormal2), osOK);
	EXPECT_EQ(osThreadGetPriority(self), osPriorityHigh);
	EXPECT_EQ(osMutexRelease(mutex), osOK);
	EXPECT_EQ(osThreadGetPriority(self), osPriorityNormal2);
	EXPECT_EQ(osThreadSetPriority(self, osPriorityNormal), osOK);
	join(high);
	delete_mutexes();
}

/*
 * The classic: low holds the mutex, high waits for it, and a middle thread on
 * the same CPU never gives way. Without inheritance, high waits for ever.
 */
static bool middle_stop;

static void middle_spin(void *argument)
{
	(void)argument;
	while (!atomic_read(&middle_stop))
		cpu_relax();
}

static void low_work(void *argument)
{
	EXPECT_EQ(osMutexAcquire(mutex, osWaitForever), osOK);
	atomic_set((bool *)argument, true);
	spin_ticks(5);
	EXPECT_EQ(osMutexRelease(mutex), osOK);
}

static void no_inversion(void)
{
	bool holds = false;
	osThreadId_t low, middle;

	atomic_set(&middle_stop, false);
	mutex = new_mutex(osMutexPrioInherit);
	low = spawn_on(CPU0, low_work, &holds, osPriorityBelowNormal);
	EVENTUALLY(atomic_read(&holds));
	/* above us: it runs from here on, whenever we wait */
	middle = spawn_on(CPU0, middle_spin, NULL, osPriorityBelowNormal1);
	EXPECT_EQ(osMutexAcquire(mutex, LONG), osOK);
	EXPECT_EQ(osMutexRelease(mutex), osOK);
	atomic_set(&middle_stop, true);
	join(middle);
	join(low);
	delete_mutexes();
}

/*
 * The owner dies. A robust mutex goes on to whoever waits or comes next; the
 * other kind stays locked.
 */
static void die_holding(void *argument)
{
	EXPECT_EQ(osMutexAcquire(mutex, osWaitForever), osOK);
	EXPECT_EQ(osMutexAcquire(mutex, 0),
		  argument ? osOK : osErrorResource);
	osThreadExit();
}

static void wait_for_ever(void *argument)
{
	EXPECT_EQ(osMutexAcquire(mutex, osWaitForever), osOK);
	atomic_set((bool *)argument, true);
	osDelay(osWaitForever - 1);
}

static void robust_mutex_survives_its_owner(void)
{
	bool recursive = true;

	mutex = new_mutex(osMutexRobust | osMutexRecursive);
	join(spawn(die_holding, &recursive, HELPER_HIGH));
	EXPECT_EQ(osMutexAcquire(mutex, 0), osOK);
	EXPECT(osMutexGetOwner(mutex) == osThreadGetId());
	EXPECT_EQ(osMutexRelease(mutex), osOK);
	EXPECT_EQ(osMutexRelease(mutex), osErrorResource);
	delete_mutexes();
}

static void robust_mutex_goes_to_the_waiter(void)
{
	struct waiter w = { .timeout = osWaitForever, .status = osError };
	bool holds = false;
	osThreadId_t owner, high;

	mutex = new_mutex(osMutexRobust | osMutexPrioInherit);
	w.mutex = mutex;
	owner = spawn(wait_for_ever, &holds, HELPER_LOW);
	EVENTUALLY(atomic_read(&holds));
	high = start_waiter(&w, HELPER_HIGH);
	EXPECT_EQ(osThreadTerminate(owner), osOK);
	join(high);
	EXPECT_EQ(w.status, osOK);
	join(owner);
	delete_mutexes();
}

static void other_mutex_stays_locked(void)
{
	mutex = new_mutex(osMutexPrioInherit);
	join(spawn(die_holding, NULL, HELPER_HIGH));
	EXPECT(osMutexAcquire(mutex, 0) != osOK);
	EXPECT(osMutexAcquire(mutex, 2) != osOK);
	EXPECT(osMutexRelease(mutex) != osOK);
	delete_mutexes();
}

static void delete_ends_waits(void)
{
	struct waiter w = { .timeout = osWaitForever };
	osThreadId_t high;

	high = own_and_lend(&w, HELPER_HIGH);
	delete_mutexes();
	EXPECT_EQ(osThreadGetPriority(osThreadGetId()), osPriorityNormal);
	join(high);
	EXPECT_EQ(w.status, osErrorResource);
}

static void isr_calls(void)
{
	EXPECT(!osMutexNew(NULL));
	EXPECT_EQ(osMutexAcquire(mutex, 0), osErrorISR);
	EXPECT_EQ(osMutexAcquire(mutex, osWaitForever), osErrorISR);
	EXPECT_EQ(osMutexRelease(mutex), osErrorISR);
	EXPECT_EQ(osMutexDelete(mutex), osErrorISR);
	EXPECT(!osMutexGetOwner(mutex));
	EXPECT(!strcmp(osMutexGetName(mutex), "m"));
}

static void not_from_an_interrupt(void)
{
	mutex = new_mutex(0);
	EXPECT_EQ(osMutexAcquire(mutex, 0), osOK);
	run_in_isr(isr_calls);
	EXPECT(osMutexGetOwner(mutex) == osThreadGetId());
	EXPECT_EQ(osMutexRelease(mutex), osOK);
	delete_mutexes();
}

static osMutexId_t made_early;

static void ready(void)
{
	made_early = osMutexNew(NULL);
}

static void made_before_the_kernel_started(void)
{
	EXPECT(made_early);
	EXPECT_EQ(osMutexAcquire(made_early, 0), osOK);
	EXPECT_EQ(osMutexRelease(made_early), osOK);
	EXPECT_EQ(osMutexDelete(made_early), osOK);
}

static void nothing_leaks(void)
{
	EXPECT_NO_LEAK(osMutexNew(NULL), osMutexDelete);
}

/* Many threads and CPUs in and out: never two inside. */
#define INSIDE_THREADS		4
#define INSIDE_ROUNDS		500

static int inside;
static u32 entered;

static void go_in_and_out(void *argument)
{
	u32 state = (u32)(u64)argument;

	for (int n = 0; n < INSIDE_ROUNDS; n++) {
		EXPECT_EQ(osMutexAcquire(mutex, osWaitForever), osOK);
		EXPECT_EQ(atomic_add(&inside, 1), 1);
		entered++;
		for (u32 i = random_next(&state) % 200; i; i--)
			cpu_relax();
		if (!(random_next(&state) % 16))
			osThreadYield();
		atomic_add(&inside, -1);
		EXPECT_EQ(osMutexRelease(mutex), osOK);
	}
}

static void only_one_is_inside(void)
{
	osThreadId_t thread[INSIDE_THREADS];

	mutex = new_mutex(osMutexPrioInherit);
	entered = 0;
	for (u64 n = 0; n < INSIDE_THREADS; n++)
		thread[n] = spawn_on(0, go_in_and_out, (void *)(n + 1),
				     osPriorityBelowNormal + (osPriority_t)n / 2);
	for (int n = 0; n < INSIDE_THREADS; n++)
		join(thread[n]);
	EXPECT_EQ(entered, INSIDE_THREADS * INSIDE_ROUNDS);
	delete_mutexes();
}

static const struct test tests[] = {
	TEST(made_before_the_kernel_started),
	TEST(create_and_names),
	TEST(owner_has_it),
	TEST(others_cannot_take_or_release),
	TEST(recursive_is_released_as_often),
	TEST(release_hands_over_by_priority),
	TEST(wrong_objects_are_refused),
	TEST(static_memory_is_enough),
	TEST(owner_inherits_priority),
	TEST(owner_keeps_its_own_without_the_attribute),
	TEST(release_ends_inheritance),
	TEST(timeout_ends_inheritance),
	TEST(death_of_the_waiter_ends_inheritance),
	TEST(inheritance_of_two_mutexes),
	TEST(inheritance_goes_along_a_chain),
	TEST(set_priority_of_a_waiter),
	TEST(set_priority_of_an_owner),
	TEST(no_inversion),
	TEST(robust_mutex_survives_its_owner),
	TEST(robust_mutex_goes_to_the_waiter),
	TEST(other_mutex_stays_locked),
	TEST(delete_ends_waits),
	TEST(not_from_an_interrupt),
	TEST(only_one_is_inside),
	TEST(nothing_leaks),
};

int main(void)
{
	SUITE_RUN("rtos-mutex", tests, NULL, ready);
}
