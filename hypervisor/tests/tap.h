/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

/*
 * A test program in TAP: TEST(name) { CHECK(...); } ..., then TAP_MAIN(list of
 * names). Each test runs in a process of its own: it finds all variables as
 * they were at the program's start, and ends with the first failed CHECK, a
 * sanitizer's report, or after TAP_TIMEOUT seconds.
 */

#include <stdio.h>
#include <stdlib.h>

#include <jailhouse/types.h>

struct tap_test {
	const char *name;
	void (*run)(void);
};

#define TEST(name)	static void name(void)
#define TAP_TEST(name)	{ #name, name }

#ifndef TAP_TIMEOUT
#define TAP_TIMEOUT	60
#endif

/* Prints a diagnostic line and ends the test; from any thread. */
void tap_fail(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4), noreturn));

#define CHECK(cond) \
	do { if (!(cond)) tap_fail(__FILE__, __LINE__, "%s", #cond); } while (0)

#define CHECK_EQ(a, b)							\
	do {								\
		long long a_ = (long long)(a), b_ = (long long)(b);	\
		if (a_ != b_)						\
			tap_fail(__FILE__, __LINE__,			\
				 "%s is %lld (0x%llx), not %lld (0x%llx)", \
				 #a, a_, (u64)a_, b_, (u64)b_);		\
	} while (0)

#define CHECK_STR(a, b)	tap_check_str(__FILE__, __LINE__, #a, (a), (b))
void tap_check_str(const char *file, int line, const char *what,
		   const char *found, const char *expected);

/* Runs the tests in order; the program's exit status. */
int tap_run(const struct tap_test *tests, size_t num);

#define TAP_MAIN(...)							\
	int main(void)							\
	{								\
		static const struct tap_test tests[] = { __VA_ARGS__ };	\
									\
		return tap_run(tests, ARRAY_SIZE(tests));		\
	}

/*
 * Runs @fn(@arg) in a process of its own, for a test that needs the program's
 * first state many times. Its result, 0..99; the test fails if it fails.
 */
int tap_child(int (*fn)(long arg), long arg);

/*
 * Numbers that are the same in every run. tap_seed() starts a new sequence;
 * each test begins with the seed 1.
 */
void tap_seed(u64 seed);
u64 tap_random(void);
/* 0 .. limit - 1 */
u64 tap_below(u64 limit);

#endif /* TESTS_TAP_H */
