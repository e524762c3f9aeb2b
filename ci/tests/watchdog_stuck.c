// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A cell that fails and has a CPU that nobody can stop: it stays failed, and nothing is tried again and again. In a
 * boot of its own, as the CPU is lost until the next one.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jailhouse/cell-config.h>

#include "kselftest_harness.h"
#include "lib/cellblock.h"

#define LIMIT	60000	/* ms */
#define CELL	"inmate-test"
#define WHY	"watchdog: no kick for 1000 ms; not stopped: CPU 3 of cell \"inmate-test\" does not answer the hypervisor"

TEST(stays_failed)
{
	struct jailhouse_cell_desc *config;
	struct jailhouse_cell_id id = { .id = 1 };
	char failure[512];
	size_t size;

	ASSERT_EQ(0, cb_fresh());
	ASSERT_EQ(0, cb_enable(NULL)) TH_LOG("%s", cb_error());
	config = cb_read_config(CELL, &size);
	ASSERT_NE(NULL, config);
	config->flags &= ~JAILHOUSE_CELL_TRAP_WFI;
	config->flags |= JAILHOUSE_CELL_RESTARTS(5);
	ASSERT_EQ(1, cb_create_raw(config, size)) TH_LOG("%s", cb_error());
	free(config);

	ASSERT_EQ(0, cb_boot(CELL, "stuck", CB_QUIET "how=active-wait timeout=1000")) TH_LOG("%s", cb_error());
	EXPECT_TRUE(cb_wait_state(CELL, "failed", LIMIT));
	strcpy(failure, cb_text("cells/1/failure"));
	EXPECT_EQ(0, strncmp(failure, WHY, strlen(WHY))) TH_LOG("%s", failure);
	/* longer than it would take to restart it several times */
	cb_sleep_ms(2000);
	EXPECT_STREQ(failure, cb_text("cells/1/failure"));
	EXPECT_STREQ("failed", cb_state(CELL));
	EXPECT_EQ(0, cb_number("cells/1/restarts"));

	EXPECT_EQ(-EIO, cb_ioctl(JAILHOUSE_CELL_RESTART, &id));
	EXPECT_NE(NULL, strstr(cb_error(), "CPU 3 of cell \"inmate-test\" does not answer")) TH_LOG("%s", cb_error());
	EXPECT_STREQ("failed", cb_state(CELL));
	EXPECT_EQ(-EIO, cb_destroy(CELL, 0));
}

TEST_HARNESS_MAIN
