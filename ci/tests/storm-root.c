// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * storm-root: root's end of a link with inmates/tests/storm.c, for storm.sh. Doorbells in both directions, each rung
 * when the one before has come, until SIGTERM. UIO counts interrupts: each has to be there exactly once. Prints how
 * many.
 */

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <jailhouse/ivshmem.h>

#include "lib/cellblock.h"
#include "lib/links.h"
#include "../../inmates/tests/storm.h"

#define LIMIT	20000	/* ms, after which a doorbell is lost */
#define CELL	1	/* the peer's number */

static struct link bulk;
static volatile struct mailbox *ours;
static const volatile struct mailbox *theirs;

static volatile sig_atomic_t stop;

static void on_sigterm(int nr)
{
	(void)nr;
	stop = 1;
}

static void fail(const char *what)
{
	printf("storm-root: %s: alive %u, seen %u; %u rung, %u of them received; of the cell's %u %u received\n", what,
	       theirs->alive, theirs->seen, ours->rung, theirs->received, theirs->rung, ours->received);
	exit(1);
}

static void allow_interrupt(void)
{
	link_write(&bulk, IVSHMEM_REG_INT_CONTROL, IVSHMEM_INT_ENABLE);
}

/* Goes on where the run before has ended. */
static void join(void)
{
	ours->alive = 0;
	ours->received = theirs->rung;
	ours->rung = theirs->received;
	allow_interrupt();
	/* what it says is there before it is called alive */
	__sync_synchronize();
	ours->alive = 1;
}

/* Takes an interrupt, if one comes within a millisecond. */
static void take(void)
{
	static int32_t before, count;
	static bool any;
	struct pollfd poll_fd = { .fd = bulk.fd, .events = POLLIN };

	if (poll(&poll_fd, 1, 1) <= 0)
		return;
	if (read(bulk.fd, &count, sizeof(count)) != sizeof(count))
		fail("the link is gone");
	if ((any && count != before + 1) || theirs->rung != ours->received + 1)
		fail("doubled");
	any = true;
	before = count;
	/* the device has switched its interrupt off; when it counts as received, the next one is rung */
	allow_interrupt();
	__sync_synchronize();
	ours->received++;
}

static void ring(void)
{
	static uint64_t since;

	ours->seen = theirs->alive;
	/* the cell, which waits for that, believes "seen" before it looks at "rung" */
	__sync_synchronize();
	if (ours->rung != theirs->received) {
		if (theirs->alive && cb_now_ms() - since > LIMIT)
			fail("lost");
		return;
	}
	if (!theirs->alive)
		return;
	since = cb_now_ms();
	ours->rung++;
	__sync_synchronize();
	link_write(&bulk, IVSHMEM_REG_DOORBELL, IVSHMEM_DOORBELL(CELL, 0));
}

/* When the cell has seen that it is not alive any more, it rings no more; what has been rung, comes. */
static void leave(void)
{
	uint64_t end = cb_now_ms() + LIMIT;

	ours->alive = 0;
	while ((theirs->alive && theirs->seen) || ours->received != theirs->rung || ours->rung != theirs->received) {
		take();
		if (cb_now_ms() > end)
			fail("lost at the end");
	}
}

int main(void)
{
	int ret = link_open(&bulk, LINK_BULK);

	if (ret) {
		printf("storm-root: no link (%d)\n", ret);
		return 1;
	}
	ours = (volatile struct mailbox *)link_word(&bulk, LINK_OWN, 0);
	theirs = (const volatile struct mailbox *)link_output(&bulk, CELL, 0);
	signal(SIGTERM, on_sigterm);
	join();
	while (!stop) {
		ring();
		take();
	}
	leave();
	printf("storm: doorbells of root: %u rung, %u received\n", ours->rung, ours->received);
	return 0;
}
