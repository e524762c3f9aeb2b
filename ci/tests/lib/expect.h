/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_EXPECT_H
#define TESTS_EXPECT_H

/* What is expected of the driver; kselftest_harness.h comes first. */

#include <string.h>

#include "cellblock.h"

/* Done, or the test fails with the driver's sentence. */
#define ASSERT_DONE(call)	ASSERT_EQ(0, call) TH_LOG("%s", cb_error())
#define EXPECT_DONE(call)	EXPECT_EQ(0, call) TH_LOG("%s", cb_error())
/* Refused, with a sentence that has this in it. */
#define EXPECT_REFUSED(error, text, call) do {				\
	EXPECT_EQ(-(error), call);					\
	EXPECT_NE(NULL, strstr(cb_error(), text)) TH_LOG("%s", cb_error()); \
} while (0)

#endif /* TESTS_EXPECT_H */
