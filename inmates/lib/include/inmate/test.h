/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_TEST_H
#define INMATE_TEST_H

#include <inmate.h>

/**
 * @file
 * Tests that print KTAP on the console. A test is a function that states what
 * it expects; a failed expectation is printed and the test goes on, so that one
 * run shows all that is wrong.
 */

/** One test of a program. */
struct test {
	const char *name;	/**< in the output */
	void (*run)(void);	/**< with interrupts masked, on the first CPU */
};

/**
 * An element of an array of tests.
 *
 * @param fn	the function, which gives the test its name
 */
#define TEST(fn)	{ .name = #fn, .run = fn }

/**
 * Runs all tests, prints the totals and ends the inmate.
 *
 * @param suite	name in the output
 * @param tests	run one after the other
 * @param count	of @p tests
 */
void __attribute__((noreturn)) test_run(const char *suite,
					const struct test *tests,
					unsigned int count);

/**
 * test_run() with an array.
 *
 * @param suite	name in the output
 * @param tests	an array
 */
#define TEST_RUN(suite, tests)	test_run(suite, tests, ARRAY_SIZE(tests))

/**
 * Marks the running test as not applicable.
 *
 * @param reason	in the output
 */
void test_skip(const char *reason);

/** @private of EXPECT() */
bool test_expect(bool ok, const char *what, const char *file, int line);
/** @private of EXPECT_EQ() */
bool test_expect_eq(u64 got, u64 want, const char *what, const char *file,
		    int line);

/**
 * States what must hold.
 *
 * @param cond	evaluated once
 * @return true: it holds
 */
#define EXPECT(cond)	test_expect(cond, #cond, __FILE__, __LINE__)
/**
 * States that two integers are the same; both are printed if they are not.
 *
 * @param got	evaluated once
 * @param want	evaluated once
 * @return true: they are
 */
#define EXPECT_EQ(got, want)						\
	test_expect_eq((u64)(got), (u64)(want), #got " == " #want,	\
		       __FILE__, __LINE__)

/**
 * States that this should not have been reached.
 *
 * @param what	in the output
 * @return false
 */
#define FAIL(what)	test_expect(false, what, __FILE__, __LINE__)

/** What has been measured, in ticks; begins as zeros. */
struct test_figure {
	u64 min;	/**< the least */
	u64 max;	/**< the most */
	u64 sum;	/**< of all */
	u32 count;	/**< how often it was measured */
};

/**
 * Adds a measurement.
 *
 * @param figure	of one CPU
 * @param ticks		as of timer_get_ticks()
 */
void test_figure_add(struct test_figure *figure, u64 ticks);

/**
 * Prints least, average and most; states that there is anything.
 *
 * @param what		in the output
 * @param figure	in nanoseconds there
 * @return true: there is
 */
bool test_figure_print(const char *what, const struct test_figure *figure);

/**
 * Waits until something holds.
 *
 * @param cond		evaluated again and again
 * @param timeout_ms	milliseconds at most
 * @return its last value
 */
#define WAIT_FOR(cond, timeout_ms) ({					\
	u64 end_ = timer_count(TIMER_PHYSICAL) +			\
		   timer_ns_to_ticks((timeout_ms) * 1000000ULL);	\
	while (!(cond) && timer_count(TIMER_PHYSICAL) < end_)		\
		cpu_relax();						\
	!!(cond);							\
})

#endif /* INMATE_TEST_H */
