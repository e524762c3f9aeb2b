// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * The inmate library itself. Also of use without a hypervisor.
 *
 * Parameters:
 *	crash=stack|undefined|null|call|text|panic	look at the report
 * and, for the test of parameters: number=-12 hex=0x1F flag off=0 word=abc
 */

#include <inmate/test.h>

#define SCRATCH			((volatile u8 *)0x100000000UL)

static u64 caught_esr, caught_far;
static unsigned int caught;

/* Steps over the instruction. */
static bool skip_instruction(struct exception_frame *frame)
{
	caught++;
	caught_esr = frame->esr;
	caught_far = frame->far;
	frame->elr += 4;
	return true;
}

/* A faulting call returns to the caller. */
static bool return_to_caller(struct exception_frame *frame)
{
	caught++;
	caught_esr = frame->esr;
	frame->elr = frame->x[30];
	return true;
}

static void expect_text(const char *got, const char *want)
{
	if (!EXPECT(!strcmp(got, want)))
		printk("# got \"%s\", want \"%s\"\n", got, want);
}

#define EXPECT_FORMAT(want, ...) do {				\
	char buf_[80];						\
								\
	EXPECT_EQ(snprintk(buf_, sizeof(buf_), __VA_ARGS__),	\
		  strlen(want));				\
	expect_text(buf_, want);				\
} while (0)

static void integers_are_formatted(void)
{
	EXPECT_FORMAT("0 1 -1", "%d %i %d", 0, 1, -1);
	EXPECT_FORMAT("-2147483648", "%d", -2147483647 - 1);
	EXPECT_FORMAT("4294967295 ffffffff", "%u %x", ~0U, ~0U);
	EXPECT_FORMAT("DEADBEEF", "%X", 0xdeadbeef);
	EXPECT_FORMAT("18446744073709551615", "%llu", ~0ULL);
	EXPECT_FORMAT("-9223372036854775808", "%lld",
		      -9223372036854775807LL - 1);
	EXPECT_FORMAT("123456789abcdef0", "%lx", 0x123456789abcdef0UL);
	EXPECT_FORMAT("4096", "%zu", (size_t)4096);
}

static void widths_are_kept(void)
{
	EXPECT_FORMAT("[   42]", "[%5d]", 42);
	EXPECT_FORMAT("[42   ]", "[%-5d]", 42);
	EXPECT_FORMAT("[00042]", "[%05d]", 42);
	EXPECT_FORMAT("[-0042]", "[%05d]", -42);
	EXPECT_FORMAT("[  -42]", "[%*d]", 5, -42);
	EXPECT_FORMAT("[123456]", "[%5d]", 123456);
	EXPECT_FORMAT("[  abc][abc  ]", "[%5s][%-5s]", "abc", "abc");
	EXPECT_FORMAT("[0x80000000]", "[%p]", (void *)0x80000000UL);
	EXPECT_FORMAT("100%x", "%d%%%c", 100, 'x');
}

static void buffer_is_not_overrun(void)
{
	char buf[8];

	memset(buf, '#', sizeof(buf));
	EXPECT_EQ(snprintk(buf, 5, "%s", "123456"), 6);
	expect_text(buf, "1234");
	EXPECT_EQ(buf[5], '#');
	EXPECT_EQ(snprintk(buf, 0, "%d", 1), 1);
	EXPECT_EQ(buf[0], '1');
}

static void strings_are_handled(void)
{
	char buf[] = "abcdefgh";

	EXPECT_EQ(strlen(buf), 8);
	EXPECT(!strcmp("abc", "abc"));
	EXPECT(strcmp("abc", "abd") < 0);
	EXPECT(strcmp("b", "abc") > 0);
	EXPECT(!strncmp("abcd", "abce", 3));
	EXPECT(memcmp("abcd", "abce", 4) < 0);
	memmove(buf + 2, buf, 4);
	expect_text(buf, "ababcdgh");
	memmove(buf, buf + 2, 4);
	expect_text(buf, "abcdcdgh");
	memset(buf, 'x', 3);
	expect_text(buf, "xxxdcdgh");
	memcpy(buf, "12", 2);
	expect_text(buf, "12xdcdgh");
}

static void strings_are_searched_and_copied(void)
{
	char buf[16], text[] = "a/bc/d";

	EXPECT(memchr(text, 'd', sizeof(text)) == text + 5 && !memchr(text, 'd', 5));
	EXPECT(strnlen(text, 3) == 3 && strnlen(text, 99) == 6);
	EXPECT(strchr(text, '/') == text + 1 && strrchr(text, '/') == text + 4);
	EXPECT(strchr(text, 0) == text + 6 && strrchr(text, 0) == text + 6);
	EXPECT(!strchr(text, 'x') && !strrchr(text, 'x'));
	EXPECT(strstr(text, "c/") == text + 3 && strstr(text, "") == text);
	EXPECT(!strstr(text, "d/") && !strstr("", "x"));
	memset(buf, '#', sizeof(buf));
	EXPECT(strcpy(buf, "abc") == buf && !memcmp(buf, "abc\0#", 5));
	EXPECT(strcat(buf, "de") == buf && !memcmp(buf, "abcde\0#", 7));
	EXPECT(strncpy(buf, "xy", 4) == buf && !memcmp(buf, "xy\0\0e\0#", 7));
	strncpy(buf, "12345", 3);
	EXPECT(!memcmp(buf, "123\0e", 5));
}

/* Every path: both aligned, both not, one of them; blocks, words, bytes. */
static void copies_are_exact(void)
{
	static u8 from[256], to[256];
	unsigned int wrong = 0;

	for (unsigned int n = 0; n < sizeof(from); n++)
		from[n] = (u8)(n * 7 + 1);
	for (unsigned int a = 0; a < 9; a++)
		for (unsigned int b = 0; b < 9; b++)
			for (unsigned int len = 0; len < 160; len++) {
				memset(to, 0, sizeof(to));
				EXPECT(memcpy(to + 8 + a, from + b, len) ==
				       to + 8 + a);
				wrong += memcmp(to + 8 + a, from + b, len) != 0;
				wrong += to[7 + a] || to[8 + a + len];
			}
	EXPECT_EQ(wrong, 0);
}

static void absent_parameters_have_their_defaults(void)
{
	char word[8];

	EXPECT_EQ(cmdline_parse_int("absent", 7), 7);
	EXPECT(cmdline_parse_bool("absent", true));
	EXPECT(!cmdline_parse_bool("absent", false));
	expect_text(cmdline_parse_str("absent", word, 4, "default"), "def");
}

static void parameters_are_found(void)
{
	char word[8];

	if (!cmdline_parse_int("number", 0)) {
		test_skip("none were given");
		return;
	}
	EXPECT_EQ(cmdline_parse_int("number", 0), -12);
	EXPECT_EQ(cmdline_parse_int("hex", 0), 0x1f);
	EXPECT_EQ(cmdline_parse_int("umber", 3), 3);
	EXPECT_EQ(cmdline_parse_int("word", 3), 3);
	EXPECT(cmdline_parse_bool("flag", false));
	EXPECT(!cmdline_parse_bool("off", true));
	expect_text(cmdline_parse_str("word", word, sizeof(word), ""), "abc");
}

static void time_is_converted(void)
{
	u64 second = timer_get_frequency();

	EXPECT_EQ(timer_ticks_to_ns(second), 1000000000);
	EXPECT_EQ(timer_ns_to_ticks(1000000000), second);
	EXPECT_EQ(timer_ticks_to_ns(second * 1000000), 1000000000000000ULL);
	EXPECT_EQ(timer_ticks_to_ns(0), 0);
}

static void unmapped_memory_faults(void)
{
	caught = 0;
	exception_set_hook(skip_instruction);
	mmio_read32(SCRATCH + 0x10);
	exception_set_hook(NULL);
	EXPECT_EQ(caught, 1);
	EXPECT_EQ(ESR_EC(caught_esr), ESR_EC_DABT);
	EXPECT_EQ(caught_far, (u64)SCRATCH + 0x10);
}

static void text_cannot_be_written(void)
{
	caught = 0;
	exception_set_hook(skip_instruction);
	mmio_write32((volatile void *)text_cannot_be_written, 0);
	exception_set_hook(NULL);
	EXPECT_EQ(caught, 1);
	EXPECT_EQ(ESR_EC(caught_esr), ESR_EC_DABT);
}

static void data_cannot_be_executed(void)
{
	static u32 code[] = { 0xd65f03c0 };	/* ret */

	caught = 0;
	exception_set_hook(return_to_caller);
	((void (*)(void))(u64)code)();
	exception_set_hook(NULL);
	EXPECT_EQ(caught, 1);
	EXPECT_EQ(ESR_EC(caught_esr), ESR_EC_IABT);
}

/* One page seen, changed and forgotten again. */
static void map_can_be_changed(void)
{
	static u64 page[PAGE_SIZE / sizeof(u64)]
		__attribute__((aligned(PAGE_SIZE)));

	caught = 0;
	page[1] = 1;
	exception_set_hook(skip_instruction);
	map_range(page, PAGE_SIZE, MAP_CACHED_RO);
	mmio_write64(&page[1], 2);
	EXPECT_EQ(caught, 1);
	EXPECT_EQ(page[1], 1);
	unmap_range(page, PAGE_SIZE);
	mmio_write64(&page[1], 3);
	EXPECT_EQ(caught, 2);
	map_range(page, PAGE_SIZE, MAP_CACHED);
	mmio_write64(&page[1], 4);
	EXPECT_EQ(caught, 2);
	EXPECT_EQ(page[1], 4);
	exception_set_hook(NULL);
}

static const struct test tests[] = {
	TEST(integers_are_formatted),
	TEST(widths_are_kept),
	TEST(buffer_is_not_overrun),
	TEST(strings_are_handled),
	TEST(strings_are_searched_and_copied),
	TEST(copies_are_exact),
	TEST(absent_parameters_have_their_defaults),
	TEST(parameters_are_found),
	TEST(time_is_converted),
	TEST(unmapped_memory_faults),
	TEST(text_cannot_be_written),
	TEST(data_cannot_be_executed),
	TEST(map_can_be_changed),
};

static unsigned int __attribute__((noinline)) recurse(unsigned int depth)
{
	volatile char room[256];

	room[0] = (char)depth;
	if (depth == STACK_SIZE)
		return 0;
	return depth + recurse(depth + 1) + (unsigned int)room[0];
}

static void (*volatile nothing)(void);

/* not a tail call, so that LR tells who it was */
static void __attribute__((noinline)) call_nothing(void)
{
	nothing();
	printk("lib: NULL has returned\n");
}

static void crash(const char *how)
{
	if (!strcmp(how, "stack"))
		recurse(0);
	if (!strcmp(how, "undefined"))
		asm volatile("udf #0");
	if (!strcmp(how, "null"))
		mmio_write32(NULL, 0);
	if (!strcmp(how, "call"))
		call_nothing();
	if (!strcmp(how, "text"))
		mmio_write32((volatile void *)crash, 0);
	panic("crash=%s", how);
}

void inmate_main(void)
{
	char how[16];

	cmdline_parse_str("crash", how, sizeof(how), "");
	if (how[0])
		crash(how);
	TEST_RUN("lib", tests);
}
