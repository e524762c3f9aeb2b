// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* What lib/refuse.c records, put together as the driver does it. */

#include <core/console.h>
#include <lib/errno.h>
#include <lib/refuse.h>
#include <stdio.h>
#include <string.h>

#include "tap.h"

struct cellblock_shared hv_shared;

static const char *text(u64 n)
{
	static struct cellblock_refusal copy;

	CHECK(hv_shared.refusal.texts & 1U << n);
	CHECK(hv_shared.refusal.arg[n] < sizeof(hv_shared.refusal.text));
	copy = hv_shared.refusal;
	cellblock_refusal_point(&copy);
	return (const char *)copy.arg[n];
}

static bool is_sentence(const char *sentence)
{
	extern const char __start_sentences[];

	return hv_shared.refusal.sentence &&
		!strcmp(__start_sentences + hv_shared.refusal.sentence - 1, sentence);
}

TEST(sentence)
{
	CHECK_EQ(refuse(-EBUSY, "it is busy"), -EBUSY);
	CHECK(is_sentence("it is busy"));
	CHECK_EQ(hv_shared.refusal.texts, 0);
}

TEST(code_that_varies)
{
	for (int code = -1; code > -128; code--)
		CHECK_EQ(refuse(code, "%d of them", code), code);
}

TEST(numbers)
{
	u64 wide = 0x123456789abcdefULL;
	u8 narrow = 7;

	CHECK_EQ(refuse(-EINVAL, "%u, %llu, %d, %#x, %llx and %zu", narrow, wide, -3, 5U, ~wide,
			sizeof(wide)), -EINVAL);
	CHECK(is_sentence("%u, %llu, %d, %#x, %llx and %zu"));
	CHECK_EQ(hv_shared.refusal.texts, 0);
	CHECK_EQ(hv_shared.refusal.arg[0], 7);
	CHECK_EQ(hv_shared.refusal.arg[1], wide);
	CHECK_EQ((int)hv_shared.refusal.arg[2], -3);
	CHECK_EQ((u32)hv_shared.refusal.arg[3], 5);
	CHECK_EQ(hv_shared.refusal.arg[4], ~wide);
	CHECK_EQ(hv_shared.refusal.arg[5], 8);
}

/* They are the hypervisor's memory, which root does not see. */
TEST(texts)
{
	struct { char name[8]; } cell = { "first" };
	char other[] = "second";

	CHECK_EQ(refuse(-EPERM, "%s %u %s %s", cell.name, 9, other, "third"), -EPERM);
	CHECK_EQ(hv_shared.refusal.texts, 0xd);
	memset(&cell, 'x', sizeof(cell));
	memset(other, 'x', sizeof(other));
	CHECK_STR(text(0), "first");
	CHECK_EQ((u32)hv_shared.refusal.arg[1], 9);
	CHECK_STR(text(2), "second");
	CHECK_STR(text(3), "third");
}

TEST(too_long)
{
	char longer[sizeof(hv_shared.refusal.text) + 50];

	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	CHECK_EQ(refuse(-EINVAL, "%s %s %u", longer, "more", 1), -EINVAL);
	CHECK_EQ(strlen(text(0)), sizeof(hv_shared.refusal.text) - 1);
	CHECK_STR(text(1), "");
	/* what follows in the page */
	CHECK_EQ(hv_shared.console_head, 0);
}

/* The last place of all texts is one that is used. */
TEST(just_fits)
{
	char first[sizeof(hv_shared.refusal.text) - 1];

	memset(first, 'a', sizeof(first) - 1);
	first[sizeof(first) - 1] = '\0';
	CHECK_EQ(refuse(-EINVAL, "%s %s", first, "b"), -EINVAL);
	CHECK_STR(text(0), first);
	CHECK_STR(text(1), "");
}

/* What is in the page is not believed by who reads it. */
TEST(places_beyond)
{
	struct cellblock_refusal copy = { .texts = 3, .arg = { sizeof(copy.text), ~0ULL } };

	memset(copy.text, 'a', sizeof(copy.text));
	cellblock_refusal_point(&copy);
	CHECK_STR((const char *)copy.arg[0], "");
	CHECK_STR((const char *)copy.arg[1], "");
}

TAP_MAIN(
	TAP_TEST(sentence),
	TAP_TEST(code_that_varies),
	TAP_TEST(numbers),
	TAP_TEST(texts),
	TAP_TEST(too_long),
	TAP_TEST(just_fits),
	TAP_TEST(places_beyond)
)
