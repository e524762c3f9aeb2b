// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <inmate/test.h>

static const char *skip_reason;
static unsigned int failures;	/* of the running test, from any CPU */

void test_skip(const char *reason)
{
	skip_reason = reason;
}

bool test_expect(bool ok, const char *what, const char *file, int line)
{
	if (!ok) {
		atomic_add(&failures, 1);
		printk("# %s:%d: not so: %s\n", file, line, what);
	}
	return ok;
}

bool test_expect_eq(u64 got, u64 want, const char *what, const char *file,
		    int line)
{
	if (got != want) {
		atomic_add(&failures, 1);
		printk("# %s:%d: not so: %s (got 0x%llx, want 0x%llx)\n", file,
		       line, what, got, want);
	}
	return got == want;
}

void test_figure_add(struct test_figure *figure, u64 ticks)
{
	if (!figure->count || ticks < figure->min)
		figure->min = ticks;
	if (ticks > figure->max)
		figure->max = ticks;
	figure->sum += ticks;
	figure->count++;
}

bool test_figure_print(const char *what, const struct test_figure *figure)
{
	if (!EXPECT(figure->count))
		return false;
	printk("# %s: min %llu ns, average %llu ns, max %llu ns (%u times)\n",
	       what, timer_ticks_to_ns(figure->min),
	       timer_ticks_to_ns(figure->sum) / figure->count,
	       timer_ticks_to_ns(figure->max), figure->count);
	return true;
}

void test_run(const char *suite, const struct test *tests, unsigned int count)
{
	unsigned int passed = 0, failed = 0, skipped = 0;

	printk("KTAP version 1\n# suite: %s\n1..%u\n", suite, count);
	for (unsigned int n = 0; n < count; n++) {
		skip_reason = NULL;
		atomic_set(&failures, 0);
		tests[n].run();
		if (atomic_read(&failures)) {
			failed++;
			printk("not ok %u %s\n", n + 1, tests[n].name);
		} else if (skip_reason) {
			skipped++;
			printk("ok %u %s # SKIP %s\n", n + 1, tests[n].name,
			       skip_reason);
		} else {
			passed++;
			printk("ok %u %s\n", n + 1, tests[n].name);
		}
	}
	printk("# Totals: pass:%u fail:%u xfail:0 xpass:0 skip:%u error:0\n",
	       passed, failed, skipped);
	inmate_exit();
}
