// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Communication region and shutdown requests (core/comm.c). */

#include <core/arch.h>
#include <core/comm.h>
#include <core/console.h>
#include <lib/errno.h>
#include <string.h>

#include "cell_helpers.h"
#include "fake/cpu.h"
#include "fake/machine.h"
#include "tap.h"

#define ASK()	shutdown_cell(1, CELLBLOCK_SHUTDOWN_ASK)

static struct jailhouse_comm_region *comm;

static void run_cell(u32 flags, u64 timeout)
{
	struct sample_cell config = make_first();

	config.cell.flags = flags;
	config.cell.msg_reply_timeout = timeout;
	boot_for_cells();
	CHECK_EQ(create(&config), 1);
	CHECK_EQ(start(1), 0);
	fake_run();
	comm = cell_by_id(1)->comm;
}

TEST(contents_at_start)
{
	struct sample_cell config = make_first();

	config.cell.vpci_irq_base = 77;
	config.irqchips[0].pin_base = 96;	/* 32 + 77 + 1 */
	config.irqchips[0].pin_bitmap[0] = 1 << 14;
	config.cell.console = sample_system.header.debug_console;
	fake_image_init();
	fake_system()->platform_info.pci_mmconfig_base = 0x4010000000;
	CHECK_EQ(fake_init(), 0);
	enter_for_cells();
	CHECK_EQ(create(&config), 1);
	comm = cell_by_id(1)->comm;
	CHECK_EQ(comm->cell_state, JAILHOUSE_CELL_SHUT_DOWN);
	CHECK_EQ(start(1), 0);

	CHECK(!memcmp(comm->signature, "JHCOMM", 6));
	CHECK_EQ(comm->revision, 2);
	CHECK_EQ(comm->cell_state, JAILHOUSE_CELL_RUNNING);
	CHECK_EQ(comm->msg_to_cell, 0);
	CHECK_EQ(comm->reply_from_cell, 0);
	CHECK_EQ(comm->flags, JAILHOUSE_COMM_FLAG_DBG_PUTC_PERMITTED);
	CHECK(!memcmp(&comm->console, &config.cell.console,
		      sizeof(comm->console)));
	CHECK_EQ(comm->pci_mmconfig_base, 0x4010000000);
	CHECK_EQ(comm->gic_version, 3);
	CHECK_EQ(comm->gicd_base, SAMPLE_GICD);
	CHECK_EQ(comm->gicr_base, SAMPLE_GICR);
	CHECK_EQ(comm->vpci_irq_base, 77);
}

TEST(console_flags)
{
	run_cell(JAILHOUSE_CELL_VIRTUAL_CONSOLE_ACTIVE, 0);
	CHECK_EQ(comm->flags, JAILHOUSE_COMM_FLAG_DBG_PUTC_PERMITTED |
			      JAILHOUSE_COMM_FLAG_DBG_PUTC_ACTIVE);
}

TEST(no_console)
{
	run_cell(0, 0);
	CHECK_EQ(comm->flags, 0);
}

TEST(approved)
{
	run_cell(0, 0);
	comm->reply_from_cell = JAILHOUSE_MSG_RECEIVED; /* an old one */
	CHECK_EQ(ASK(), -EAGAIN);
	CHECK_EQ(comm->msg_to_cell, JAILHOUSE_MSG_SHUTDOWN_REQUEST);
	CHECK_EQ(comm->reply_from_cell, JAILHOUSE_MSG_NONE);
	comm->msg_to_cell = JAILHOUSE_MSG_NONE;
	CHECK_EQ(ASK(), -EAGAIN);
	/* it is asked once */
	CHECK_EQ(comm->msg_to_cell, JAILHOUSE_MSG_NONE);
	comm->reply_from_cell = JAILHOUSE_MSG_REQUEST_APPROVED;
	CHECK(fake_cpus[2].in_guest);
	CHECK_EQ(ASK(), 0);
	CHECK(fake_cpus[2].parked);
	CHECK_EQ(get_state(1), JAILHOUSE_CELL_SHUT_DOWN);
	/* again: it was already */
	CHECK_EQ(ASK(), 0);
}

TEST(denied)
{
	run_cell(0, 0);
	CHECK_EQ(ASK(), -EAGAIN);
	comm->reply_from_cell = JAILHOUSE_MSG_REQUEST_DENIED;
	CHECK_EQ(ASK(), -EPERM);
	CHECK_STR(refusal_text(),
		  "cell \"sample\" denied the shutdown request");
	CHECK(fake_cpus[2].in_guest);
	/* the next time is a new request */
	CHECK_EQ(ASK(), -EAGAIN);
	CHECK_EQ(comm->msg_to_cell, JAILHOUSE_MSG_SHUTDOWN_REQUEST);
	/* it does not know the message: no yes either */
	comm->reply_from_cell = JAILHOUSE_MSG_UNKNOWN;
	CHECK_EQ(ASK(), -EPERM);
}

TEST(timeout)
{
	run_cell(0, 5000);
	CHECK_EQ(ASK(), -EAGAIN);
	fake_time += 4999;
	CHECK_EQ(ASK(), -EAGAIN);
	fake_time += 100;
	CHECK_EQ(ASK(), -ETIMEDOUT);
	CHECK(strstr(refusal_text(), "within 5000 us"));
	/* the request is withdrawn */
	CHECK_EQ(comm->msg_to_cell, JAILHOUSE_MSG_NONE);
	CHECK(fake_cpus[2].in_guest);
	CHECK_EQ(ASK(), -EAGAIN);
	CHECK_EQ(comm->msg_to_cell, JAILHOUSE_MSG_SHUTDOWN_REQUEST);
}

TEST(no_timeout)
{
	run_cell(0, 0);
	CHECK_EQ(ASK(), -EAGAIN);
	fake_time += 1ULL << 60;
	CHECK_EQ(ASK(), -EAGAIN);
}

/* A timeout that does not fit in the counter is one that never comes. */
TEST(huge_timeout)
{
	run_cell(0, ~0ULL);
	CHECK_EQ(ASK(), -EAGAIN);
	fake_time += 1ULL << 50;
	CHECK_EQ(ASK(), -EAGAIN);
}

TEST(cancel)
{
	run_cell(0, 0);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_CANCEL), 0);
	CHECK_EQ(ASK(), -EAGAIN);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_CANCEL), 0);
	CHECK_EQ(comm->msg_to_cell, JAILHOUSE_MSG_NONE);
	/* the answer that comes too late is not one to the next request */
	comm->reply_from_cell = JAILHOUSE_MSG_REQUEST_APPROVED;
	CHECK_EQ(ASK(), -EAGAIN);
	CHECK(fake_cpus[2].in_guest);
}

TEST(force)
{
	run_cell(0, 0);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK(fake_cpus[2].parked);
	CHECK_EQ(comm->msg_to_cell, JAILHOUSE_MSG_NONE);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FAIL + 1), -EINVAL);
}

static s64 watch(u64 id)
{
	return fake_hypercall(0, CELLBLOCK_HC_CELL_WATCH, id, 0);
}

TEST(watchdog)
{
	run_cell(0, 0);
	CHECK_EQ(watch(1), 0);
	comm->watchdog_timeout = 0x10000ff;
	CHECK_EQ(CELLBLOCK_WATCH_TIMEOUT(watch(1)), CELLBLOCK_WATCH_MAX_MS);
	CHECK_EQ(CELLBLOCK_WATCH_STATE(watch(1)), JAILHOUSE_CELL_RUNNING);
	comm->watchdog_timeout = 0x102;
	comm->watchdog_kicks = 0xfffffffe;
	comm->cell_state = JAILHOUSE_CELL_RUNNING_LOCKED;
	CHECK_EQ(CELLBLOCK_WATCH_STATE(watch(1)), JAILHOUSE_CELL_RUNNING_LOCKED);
	CHECK_EQ(CELLBLOCK_WATCH_TIMEOUT(watch(1)), 0x102);
	CHECK_EQ(CELLBLOCK_WATCH_KICKS(watch(1)), 0xfffffffe);
	comm->cell_state = 0xffffffff;
	CHECK(watch(1) > 0);
	CHECK_EQ(CELLBLOCK_WATCH_STATE(watch(1)),
		 JAILHOUSE_CELL_FAILED_COMM_REV);
	CHECK_EQ(watch(0), 0);
	CHECK_EQ(watch(2), -ENOENT);

	/* it begins anew with each start */
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK_EQ(start(1), 0);
	CHECK_EQ(watch(1), 0);
}

TEST(watched_from_the_start)
{
	run_cell(JAILHOUSE_CELL_WATCHED, 0);
	CHECK_EQ(comm->watchdog_timeout, CELLBLOCK_WATCH_START_MS);
}

TEST(passive_cells_are_not_asked)
{
	run_cell(JAILHOUSE_CELL_PASSIVE_COMMREG, 0);
	CHECK_EQ(ASK(), 0);
	CHECK_EQ(comm->msg_to_cell, JAILHOUSE_MSG_NONE);
	CHECK(fake_cpus[2].parked);
}

TEST(ended_cells_are_not_asked)
{
	static const u32 states[] = {
		JAILHOUSE_CELL_SHUT_DOWN, JAILHOUSE_CELL_FAILED,
		JAILHOUSE_CELL_FAILED_COMM_REV,
	};

	run_cell(0, 0);
	for (size_t n = 0; n < ARRAY_SIZE(states); n++) {
		comm->cell_state = states[n];
		CHECK_EQ(ASK(), 0);
		CHECK_EQ(comm->msg_to_cell, JAILHOUSE_MSG_NONE);
		/* it stays known how it ended */
		CHECK_EQ(get_state(1), states[n]);
		CHECK_EQ(start(1), 0);
		fake_run();
	}
	/* a request that it ended on instead of answering */
	CHECK_EQ(ASK(), -EAGAIN);
	comm->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
	CHECK_EQ(ASK(), 0);
}

TEST(nonsense_is_a_failure)
{
	run_cell(0, 0);
	comm->cell_state = 5;
	CHECK_EQ(get_state(1), JAILHOUSE_CELL_FAILED_COMM_REV);
	comm->cell_state = ~0U;
	CHECK_EQ(get_state(1), JAILHOUSE_CELL_FAILED_COMM_REV);
	CHECK_EQ(ASK(), 0);
}

TEST(others_hear_of_changes)
{
	struct sample_cell second = make_second();

	run_cell(0, 0);
	CHECK_EQ(create(&second), 2);
	CHECK_EQ(comm->msg_to_cell, JAILHOUSE_MSG_RECONFIG_COMPLETED);
	CHECK_EQ(cell_by_id(2)->comm->msg_to_cell, JAILHOUSE_MSG_NONE);
	comm->msg_to_cell = JAILHOUSE_MSG_NONE;
	comm->reply_from_cell = JAILHOUSE_MSG_RECEIVED;
	/* not in the middle of a shutdown request */
	CHECK_EQ(ASK(), -EAGAIN);
	CHECK_EQ(destroy(2), 0);
	CHECK_EQ(comm->msg_to_cell, JAILHOUSE_MSG_SHUTDOWN_REQUEST);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_CANCEL), 0);
	CHECK_EQ(create(&second), 2);
	comm->msg_to_cell = JAILHOUSE_MSG_NONE;
	CHECK_EQ(destroy(2), 0);
	CHECK_EQ(comm->msg_to_cell, JAILHOUSE_MSG_RECONFIG_COMPLETED);
}

TEST(request_takes_the_place_of_a_notice)
{
	struct sample_cell second = make_second();

	run_cell(0, 0);
	CHECK_EQ(create(&second), 2);
	CHECK_EQ(comm->msg_to_cell, JAILHOUSE_MSG_RECONFIG_COMPLETED);
	CHECK_EQ(ASK(), -EAGAIN);
	CHECK_EQ(comm->msg_to_cell, JAILHOUSE_MSG_SHUTDOWN_REQUEST);
	/* the cell was about to answer the notice, and clears the request */
	comm->msg_to_cell = JAILHOUSE_MSG_NONE;
	comm->reply_from_cell = JAILHOUSE_MSG_RECEIVED;
	CHECK_EQ(ASK(), -EAGAIN);
	CHECK_EQ(comm->msg_to_cell, JAILHOUSE_MSG_SHUTDOWN_REQUEST);
	CHECK_EQ(comm->reply_from_cell, JAILHOUSE_MSG_NONE);
	comm->reply_from_cell = JAILHOUSE_MSG_REQUEST_APPROVED;
	CHECK_EQ(ASK(), 0);
}

/* As a program that runs without its MMU. */
static struct cell *run_uncached(void)
{
	struct sample_cell config = make_first();
	struct cell *cell;

	boot_for_cells();
	CHECK_EQ(create(&config), 1);
	cell = cell_by_id(1);
	comm = fake_uncached(cell->comm);
	CHECK_EQ(start(1), 0);
	fake_run();
	return cell;
}

TEST(contents_without_caches)
{
	run_uncached();
	CHECK(!memcmp(comm->signature, "JHCOMM", 6));
	CHECK_EQ(comm->revision, 2);
	CHECK_EQ(comm->cell_state, JAILHOUSE_CELL_RUNNING);
	CHECK_EQ(comm->gicr_base, SAMPLE_GICR);
	CHECK_EQ(comm->watchdog_kicks, 0);
	/* the page's end */
	CHECK_EQ(((u8 *)comm)[PAGE_SIZE - 1], 0);
}

TEST(messages_without_caches)
{
	struct sample_cell second = make_second();

	run_uncached();
	CHECK_EQ(create(&second), 2);
	CHECK_EQ(comm->msg_to_cell, JAILHOUSE_MSG_RECONFIG_COMPLETED);
	comm->msg_to_cell = JAILHOUSE_MSG_NONE;
	comm->reply_from_cell = JAILHOUSE_MSG_RECEIVED;
	CHECK_EQ(ASK(), -EAGAIN);
	CHECK_EQ(comm->msg_to_cell, JAILHOUSE_MSG_SHUTDOWN_REQUEST);
	CHECK_EQ(comm->reply_from_cell, JAILHOUSE_MSG_NONE);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_CANCEL), 0);
	CHECK_EQ(comm->msg_to_cell, JAILHOUSE_MSG_NONE);
	CHECK_EQ(ASK(), -EAGAIN);
	comm->msg_to_cell = JAILHOUSE_MSG_NONE;
	comm->reply_from_cell = JAILHOUSE_MSG_REQUEST_APPROVED;
	CHECK_EQ(ASK(), 0);
	CHECK_EQ(comm->cell_state, JAILHOUSE_CELL_SHUT_DOWN);
}

TEST(state_without_caches)
{
	run_uncached();
	comm->cell_state = JAILHOUSE_CELL_RUNNING_LOCKED;
	CHECK_EQ(get_state(1), JAILHOUSE_CELL_RUNNING_LOCKED);
	comm->watchdog_timeout = 100;
	comm->watchdog_kicks = 7;
	CHECK_EQ(CELLBLOCK_WATCH_TIMEOUT(watch(1)), 100);
	CHECK_EQ(CELLBLOCK_WATCH_KICKS(watch(1)), 7);
}

/* What the cell has just written in the same line is not lost. */
TEST(no_old_words_come_back)
{
	struct cell *cell = run_uncached();

	comm->reply_from_cell = JAILHOUSE_MSG_RECEIVED;
	comm_set_state(cell, JAILHOUSE_CELL_FAILED);
	CHECK_EQ(comm->reply_from_cell, JAILHOUSE_MSG_RECEIVED);
	CHECK_EQ(comm->cell_state, JAILHOUSE_CELL_FAILED);
	comm->cell_state = JAILHOUSE_CELL_RUNNING;
	CHECK_EQ(ASK(), -EAGAIN);
	comm->reply_from_cell = JAILHOUSE_MSG_REQUEST_APPROVED;
	CHECK_EQ(get_state(1), JAILHOUSE_CELL_RUNNING);
	comm->cell_state = JAILHOUSE_CELL_RUNNING_LOCKED;
	comm_cancel(cell);
	CHECK_EQ(comm->cell_state, JAILHOUSE_CELL_RUNNING_LOCKED);
}

TAP_MAIN(
	TAP_TEST(contents_at_start),
	TAP_TEST(console_flags),
	TAP_TEST(no_console),
	TAP_TEST(approved),
	TAP_TEST(denied),
	TAP_TEST(timeout),
	TAP_TEST(no_timeout),
	TAP_TEST(huge_timeout),
	TAP_TEST(cancel),
	TAP_TEST(force),
	TAP_TEST(watchdog),
	TAP_TEST(watched_from_the_start),
	TAP_TEST(passive_cells_are_not_asked),
	TAP_TEST(ended_cells_are_not_asked),
	TAP_TEST(nonsense_is_a_failure),
	TAP_TEST(others_hear_of_changes),
	TAP_TEST(request_takes_the_place_of_a_notice),
	TAP_TEST(contents_without_caches),
	TAP_TEST(messages_without_caches),
	TAP_TEST(state_without_caches),
	TAP_TEST(no_old_words_come_back)
)
