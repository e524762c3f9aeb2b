// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* OP_INIT (core/main.c, core/percpu.c, core/console.c). */

#include <arch/boot.h>
#include <core/console.h>
#include <lib/errno.h>
#include <core/main.h>
#include <string.h>

#include "config_samples.h"
#include "fake/fake.h"
#include "fake/cpu.h"
#include "fake/machine.h"
#include "tap.h"

TEST(bad_configuration)
{
	fake_image_init();
	fake_system()->revision = 13;
	CHECK_EQ(fake_init(), -EINVAL);
	CHECK_STR(refusal_text(),
		  "the configuration has revision 13, not 14: rebuild it");
}

TEST(truncated_configuration)
{
	fake_image_init();
	hv_header.config_size -= 8;
	CHECK_EQ(fake_init(), -EINVAL);
	CHECK(strstr(refusal_text(), "the configuration is truncated: "));
}

TEST(cpu_not_online)
{
	fake_image_init();
	hv_mpidr[2] = ~0ULL;
	CHECK_EQ(fake_init(), -EINVAL);
	CHECK(strstr(refusal_text(), "CPU 2 of the configuration is not online"));
}

/* 1 if that much memory is enough */
static int init_with_pages(long pages)
{
	s64 err;

	fake_image_init();
	fake_alloc_limit = pages;
	err = fake_init();
	if (!err)
		return 1;
	CHECK_EQ(err, -ENOMEM);
	if (!strstr(refusal_text(), "enlarge hypervisor_memory"))
		CHECK_STR(refusal_text(), "... enlarge hypervisor_memory");
	return 0;
}

/* Whatever allocation fails: refused with a reason, no crash. */
TEST(too_little_memory)
{
	long pages = 0;

	while (!tap_child(init_with_pages, pages))
		pages++;
	CHECK(pages > 3);
}

TEST(console_goes_to_ring_and_uart)
{
	fake_boot();
	console_write("a\nb", 3);
	CHECK_STR(fake_uart, "a\r\nb");
	CHECK_EQ(hv_shared.console_head, 3);
	CHECK(!memcmp(hv_shared.console, "a\nb", 3));
}

/* Whatever pieces they are written in. */
TEST(lines_have_stamps)
{
	fake_boot();
	fake_time = 1000;
	console_write("one", 3);
	fake_time = 2000;
	console_write(" line\nan", 8);
	fake_time = 3000;
	console_write("other\n\n", 7);
	CHECK_EQ(hv_shared.num_stamps, 3);
	CHECK_EQ(hv_shared.stamp[0].position, 0);
	CHECK_EQ(hv_shared.stamp[0].time, 1000);
	CHECK_EQ(hv_shared.stamp[0].mpidr, 0xff);	/* the test is on no CPU */
	CHECK_EQ(hv_shared.stamp[1].position, 9);
	CHECK_EQ(hv_shared.stamp[1].time, 2000);
	CHECK_EQ(hv_shared.stamp[2].position, 17);
	for (unsigned int n = 0; n < CELLBLOCK_STAMPS; n++)
		console_write("\n", 1);
	CHECK_EQ(hv_shared.num_stamps, CELLBLOCK_STAMPS + 3);
	CHECK_EQ(hv_shared.stamp[2].position, 18 + CELLBLOCK_STAMPS - 1);
}

TEST(console_ring_wraps)
{
	static char text[CELLBLOCK_CONSOLE_LEN];

	fake_boot();
	memset(text, 'x', sizeof(text));
	console_write(text, sizeof(text));
	console_write("end", 3);
	CHECK_EQ(hv_shared.console_head, sizeof(text) + 3);
	CHECK(!memcmp(hv_shared.console, "endx", 4));
	CHECK_EQ(hv_shared.console[sizeof(text) - 1], 'x');
}

TEST(without_a_uart)
{
	fake_image_init();
	fake_system()->debug_console.type = JAILHOUSE_CON_TYPE_NONE;
	CHECK_EQ(fake_init(), 0);
	console_write("ok", 2);
	CHECK_EQ(hv_shared.console_head, 2);
	CHECK_STR(fake_uart, "");
}

TEST(unknown_uart)
{
	static const char said[] =
		"console: UART type 65535 is not supported, output goes to the virtual console only\n";
	struct jailhouse_console *con;

	fake_image_init();
	con = &fake_system()->debug_console;
	con->type = 0xffff;
	/* where mapping would fail the test */
	con->address = SAMPLE_RAM;
	CHECK_EQ(fake_init(), 0);
	CHECK(strstr(hv_shared.console, said));
	CHECK_STR(fake_uart, "");
}

TAP_MAIN(
	TAP_TEST(bad_configuration),
	TAP_TEST(truncated_configuration),
	TAP_TEST(cpu_not_online),
	TAP_TEST(too_little_memory),
	TAP_TEST(console_goes_to_ring_and_uart),
	TAP_TEST(lines_have_stamps),
	TAP_TEST(console_ring_wraps),
	TAP_TEST(without_a_uart),
	TAP_TEST(unknown_uart)
)
