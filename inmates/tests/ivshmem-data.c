// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * One of the two ends of a link, whichever it is: all bytes that each end has
 * written are read by the other, and messages go to and fro by doorbells alone.
 *
 * Parameters:
 *	dev=N	number of the PCI device (0)
 */

#include <inmate/test.h>

CMDLINE_BUFFER(256);

#define ROUNDS			100
#define LIMIT_MS		30000

/* States */
#define WRITTEN			1
#define COMPARED		2

static struct ivshmem link;
static volatile u32 rounds;

static volatile u64 *output(u32 peer)
{
	return ivshmem_output(&link, peer);
}

/* No word is that of another place, or of the other end. */
static u64 pattern(u32 peer, size_t n)
{
	return (n + 1) * 0x9e3779b97f4a7c15ULL ^ peer;
}

static bool reaches(u32 state)
{
	bool reached = WAIT_FOR(link.states[1 - link.id] >= state, LIMIT_MS);

	/* what it wrote before that is read after it */
	memory_barrier();
	return reached;
}

static void bytes_of_the_other_are_read(void)
{
	size_t words = link.output_size / sizeof(u64), wrong = 0;

	EXPECT_EQ(link.max_peers, 2);
	EXPECT(words);
	for (size_t n = 0; n < words; n++)
		output(link.id)[n] = pattern(link.id, n);
	ivshmem_set_state(&link, WRITTEN);
	if (!EXPECT(reaches(WRITTEN)))
		return;
	for (size_t n = 0; n < words; n++)
		wrong += output(1 - link.id)[n] != pattern(1 - link.id, n);
	/* so each end sees what the other has found */
	if (EXPECT_EQ(wrong, 0))
		ivshmem_set_state(&link, COMPARED);
	EXPECT(reaches(COMPARED));
}

static void send(u64 number)
{
	output(link.id)[0] = number;
	ivshmem_doorbell(&link, 1 - link.id, 0);
}

/* Peer 0 sends 1, 2, ..., in place of its first word; peer 1 the same when it has come. */
static void on_irq(unsigned int irq)
{
	if (irq != link.irq || output(1 - link.id)[0] != rounds + 1)
		return;
	rounds++;
	if (link.id)
		send(rounds);
	else if (rounds < ROUNDS)
		send(rounds + 1);
}

static void doorbells_arrive(void)
{
	ivshmem_enable_irqs(&link);
	/* the other may have sent before there were interrupts */
	on_irq(link.irq);
	enable_irqs();
	if (!link.id)
		send(1);
	EXPECT(WAIT_FOR(rounds == ROUNDS, LIMIT_MS));
	disable_irqs();
}

static const struct test tests[] = {
	TEST(bytes_of_the_other_are_read),
	TEST(doorbells_arrive),
};

void inmate_main(void)
{
	u16 bdf = (u16)(cmdline_parse_int("dev", 0) << 3);

	if (!ivshmem_attach(&link, bdf))
		panic("no IVSHMEM device 0x%x", bdf);
	irq_init(on_irq);
	printk("ivshmem-data: peer %u, %llu bytes\n", link.id, (u64)link.output_size);
	TEST_RUN("ivshmem-data", tests);
}
