/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_TEST_H
#define INMATE_TEST_H

#include <inmate.h>

/*
 * Tests that print KTAP on the console. A test is a function that states what
 * it expects; a failed expectation is printed and the test goes on, so that one
 * run shows all that is wrong.
 */
struct test {
	const char *name;
	void (*run)(void);
};

#define TEST(fn)	{ .name = #fn, .run = fn }

/* Runs all tests, prints the totals and ends the inmate. */
void __attribute__((noreturn)) test_run(const char *suite,
					const struct test *tests,
					unsigned int count);

#define TEST_RUN(suite, tests)	test_run(suite, tests, ARRAY_SIZE(tests))

/* Marks the running test as not applicable, with a reason. */
void test_skip(const char *reason);

bool test_expect(bool ok, const char *what, const char *file, int line);
bool test_expect_eq(u64 got, u64 want, const char *what, const char *file,
		    int line);

/* Both evaluate to true if the expectation held. */
#define EXPECT(cond)	test_expect(cond, #cond, __FILE__, __LINE__)
#define EXPECT_EQ(got, want)						\
	test_expect_eq((u64)(got), (u64)(want), #got " == " #want,	\
		       __FILE__, __LINE__)

/* It did not, for the reason given; false. */
#define FAIL(what)	test_expect(false, what, __FILE__, __LINE__)

/* Waits until cond holds, at most timeout_ms; evaluates to its last value. */
#define WAIT_FOR(cond, timeout_ms) ({					\
	u64 end_ = timer_count(TIMER_PHYSICAL) +			\
		   timer_ns_to_ticks((timeout_ms) * 1000000ULL);	\
	while (!(cond) && timer_count(TIMER_PHYSICAL) < end_)		\
		cpu_relax();						\
	!!(cond);							\
})

#endif /* INMATE_TEST_H */
