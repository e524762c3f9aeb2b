/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef RTOS_TEST_HARNESS_H
#define RTOS_TEST_HARNESS_H

#include <inmate/test.h>

#include <cmsis_os2.h>
#include <rtos.h>

/*
 * Each program tests one part of the API against its documentation. The tests
 * run one after the other in the thread "tester", of priority Normal on CPU 0.
 * Parameters on the command line:
 *	helpers=MASK	where spawn() puts threads (default: 1, CPU 0; 0: anywhere)
 *	seed=N		of random tests
 */

#define CPU0			osThreadProcessor(0)
#define CPU1			osThreadProcessor(1)
#define HELPER_LOW		osPriorityLow
#define HELPER_HIGH		osPriorityHigh

/*
 * early() runs before osKernelInitialize(), ready() between that and
 * osKernelStart(); each may be NULL. What they find is for a test to judge.
 */
void __attribute__((noreturn)) suite_run(const char *name,
					 const struct test *tests,
					 unsigned int count,
					 void (*early)(void),
					 void (*ready)(void));

#define SUITE_RUN(name, tests, early, ready)				\
	suite_run(name, tests, ARRAY_SIZE(tests), early, ready)

/* A program's own configuration: the size of the heap, and what most do not have. */
#define CONFIG(bytes, ...)						\
	static u8 heap[bytes] __attribute__((aligned(RTOS_PAGE_SIZE)));	\
									\
	const struct rtos_config rtos_config = {			\
		RTOS_CONFIG_USUAL(heap),				\
		.stack_size = 8192,					\
		__VA_ARGS__						\
	}

/* Does the kernel run on more than one CPU? */
bool two_cpus(void);

/* Where spawn() puts threads. */
u32 helpers_mask(void);

/* Joinable threads; an error fails the running test. */
osThreadId_t spawn(osThreadFunc_t func, void *argument, osPriority_t priority);
osThreadId_t spawn_on(u32 affinity, osThreadFunc_t func, void *argument,
		      osPriority_t priority);
/* The same, and waits until it is blocked. */
osThreadId_t spawn_blocked(osThreadFunc_t func, void *argument, osPriority_t priority);
osThreadId_t spawn_blocked_on(u32 affinity, osThreadFunc_t func, void *argument,
			      osPriority_t priority);
void join(osThreadId_t thread);

/* Runs fn in an interrupt handler on the calling CPU and waits for its end. */
void run_in_isr(void (*fn)(void));

/* Ticks: what a host does not stop us for, however busy it is. */
#define LONG		30000

/* Fails the test if it does not become so, for a moment at least, in a long time. */
#define EVENTUALLY(cond) ({						\
	bool so_ = cond;						\
	for (unsigned int n_ = 0; !so_ && n_ < LONG; n_++) {		\
		osDelay(1);						\
		so_ = cond;						\
	}								\
	test_expect(so_, #cond, __FILE__, __LINE__);			\
})

#define BLOCKED(thread)	(osThreadGetState(thread) == osThreadBlocked)
/* What was done last has not woken it, nor does it a little later. */
#define EXPECT_STILL_BLOCKED(thread) do {				\
	osDelay(2);							\
	EXPECT(BLOCKED(thread));					\
} while (0)

/*
 * What a host spoils that stops us at the wrong moment: does it again until it
 * "went" as it should, some times at most.
 */
#define AGAIN_UNTIL(went)	for (int again_ = 0; again_ < 10 && !(went); again_++)

/* What came after what: the letters noted since order_reset(). */
void order_reset(void);
void note(char letter);
unsigned int noted(void);
/* As an argument of threads and handlers. */
#define LETTER(c)	((void *)(u64)(c))
#define NOTE(argument)	note((char)(u64)(argument))
void expect_order(const char *want, const char *file, int line);
#define EXPECT_ORDER(want)	expect_order(want, __FILE__, __LINE__)

/*
 * The handler @fn notes 'i' and wakes @thread, which is blocked, above us and on
 * our CPU, and notes 't': it runs when the handler has ended, not in the middle.
 */
void expect_isr_wakes(osThreadId_t thread, void (*fn)(void));

/* Pseudo-random numbers, the same in each run with the same seed. */
u32 random_next(u32 *state);
u32 random_seed(void);

/* More objects than the heap has room for, one after the other. */
#define EXPECT_NO_LEAK(create, delete)					\
	for (int n_ = 0; n_ < 20000; n_++) {				\
		void *id_ = create;					\
									\
		if (!EXPECT(id_) || !EXPECT_EQ(delete(id_), osOK))	\
			break;						\
	}

/* Memory that was never an object. */
extern u64 not_an_object[128];

/* Works without a scheduler: for threads that must not give way. */
void spin_ticks(u32 ticks);

#endif /* RTOS_TEST_HARNESS_H */
