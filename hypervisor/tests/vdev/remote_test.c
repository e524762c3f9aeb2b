// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Windows whose accesses root answers (vdev/remote.c). The test is the program. */

#include <core/arch.h>
#include <lib/errno.h>
#include <string.h>

#include "cell_helpers.h"
#include "fake/machine.h"
#include "tap.h"

#define WINDOW		0x0b000000ULL
#define SIZE		0x2000ULL
#define NOTIFY		(WINDOW + 0x1000)
#define ROOT_SPI	100
#define MS		50
#define ANSWER		0x8877665544332211ULL

static struct sample_cell config;
static struct cell *cell;
static struct cellblock_remote_page *page;

/* What the program does when a CPU has asked; NULL: nothing. */
static void (*program)(struct cellblock_remote_slot *slot);
static struct cellblock_remote_slot seen;
static unsigned int times;

static void root_runs(struct cpu *cpu)
{
	struct cellblock_remote_slot *slot = page ? &page->slot[2] : NULL;

	if (cpu->id || !slot || !program || !(slot->state & 1))
		return;
	seen = *slot;
	times++;
	program(slot);
}

static void answer(struct cellblock_remote_slot *slot)
{
	slot->value = ANSWER;
	slot->state++;
}

static s64 attach(u64 ms)
{
	return fake_hypercall(0, CELLBLOCK_HC_REMOTE_ATTACH, 1, CELLBLOCK_REMOTE_HOW(ROOT_SPI, ms));
}

static void make_config(u64 flags)
{
	config = make_first();
	config.mem[CELL_GPIO] = (struct jailhouse_memory){
		.phys_start = WINDOW, .virt_start = WINDOW, .size = SIZE,
		.flags = JAILHOUSE_MEM_REMOTE | flags,
	};
}

/* The cell on CPU 2, whose program has attached. */
static void begin(u64 flags)
{
	boot_for_cells();
	make_config(flags);
	CHECK_EQ(create(&config), 1);
	CHECK_EQ(start(1), 0);
	fake_run();
	cell = cell_by_id(1);
	page = cell->remote.page;
	CHECK_EQ(attach(MS), arch_virt_to_phys(page));
	program = answer;
	fake_guest = root_runs;
	fake_num_irqs = 0;
	times = 0;
}

#define READ_WRITE	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE)

struct request {
	struct mmio_access access;
	enum mmio_result result;
};

static void serve(void *arg)
{
	struct request *request = arg;

	request->result = mmio_handle(&cell->mmio, &request->access);
}

static struct request request(u64 address, u8 size, bool is_write, u64 value)
{
	struct request request = { .access = { address, value, size, is_write } };

	fake_on_cpu(2, serve, &request);
	fake_check();
	return request;
}

static u64 read_at(u64 address, u8 size)
{
	struct request r = request(address, size, false, ~0ULL);

	CHECK_EQ(r.result, MMIO_HANDLED);
	return r.access.value;
}

TEST(each_width_is_asked)
{
	static const u8 sizes[] = { 1, 2, 4, 8 };
	u64 bits;

	begin(READ_WRITE);
	for (unsigned int n = 0; n < ARRAY_SIZE(sizes); n++) {
		bits = ~0ULL >> (64 - 8 * sizes[n]);
		CHECK_EQ(read_at(WINDOW + 8, sizes[n]), ANSWER & bits);
		CHECK_EQ(seen.address, WINDOW + 8);
		CHECK_EQ(seen.size, sizes[n]);
		CHECK(!seen.is_write);
		/* no more of the guest's register than is written */
		CHECK_EQ(request(WINDOW + 16, sizes[n], true, 0xaa55aa55aa55aa55ULL).result,
			 MMIO_HANDLED);
		CHECK_EQ(seen.value, 0xaa55aa55aa55aa55ULL & bits);
		CHECK(seen.is_write);
	}
	CHECK_EQ(times, 8);
	CHECK_EQ(fake_num_irqs, 8);
	CHECK_EQ(fake_irqs[7], ROOT_SPI);
}

TEST(the_page_is_roots_and_goes_with_the_cell)
{
	struct snapshot before;
	u64 address;

	boot_for_cells();
	before = take_snapshot();
	make_config(READ_WRITE);
	CHECK_EQ(create(&config), 1);
	cell = cell_by_id(1);
	address = arch_virt_to_phys(cell->remote.page);
	check_mapped(&root_cell, address, address, PAGE_SIZE);
	check_unmapped(cell, WINDOW, SIZE);
	CHECK_EQ(destroy(1), 0);
	check_unmapped(&root_cell, address, PAGE_SIZE);
	check_snapshot(&before);
	CHECK_EQ(attach(MS), -ENOENT);
}

static void boot_and_configure(void)
{
	boot_for_cells();
	make_config(READ_WRITE);
}

TEST(without_memory_it_is_refused)
{
	CHECK(create_with_ever_more_pages(&config, boot_and_configure) > 0);
}

TEST(nobody_answers_once)
{
	u64 begin_at;

	begin(READ_WRITE);
	program = NULL;
	begin_at = arch_counter();
	CHECK_EQ(read_at(WINDOW, 4), ~0U);
	CHECK(arch_counter() - begin_at >= arch_counter_hz() * MS / 1000);
	CHECK_EQ(page->attached, 0);
	/* no wait again, by whatever access, until it attaches anew */
	program = answer;
	begin_at = arch_counter();
	CHECK_EQ(read_at(WINDOW, 1), 0xff);
	CHECK_EQ(request(WINDOW, 4, true, 1).result, MMIO_HANDLED);
	CHECK_EQ(arch_counter(), begin_at);
	CHECK_EQ(times, 0);
	CHECK(attach(MS) > 0);
	CHECK(page->attached != 0);
	CHECK_EQ(read_at(WINDOW, 8), ANSWER);
	/* detached: the same */
	CHECK(attach(0) > 0);
	CHECK_EQ(read_at(WINDOW, 2), 0xffff);
}

/* The answer to an access that was given up is none to the next one. */
static u32 late;

static void note_the_answer(struct cellblock_remote_slot *slot)
{
	late = slot->state + 1;
}

static void answer_the_last(struct cellblock_remote_slot *slot)
{
	slot->value = 0x1234;
	slot->state = late;
}

TEST(a_late_answer_is_none)
{
	begin(READ_WRITE);
	program = note_the_answer;
	read_at(WINDOW, 4);
	CHECK(times > 0);
	program = answer_the_last;
	CHECK(attach(MS) > 0);
	CHECK_EQ(read_at(WINDOW, 4), ~0U);
}

static void stop_it(struct cellblock_remote_slot *slot)
{
	(void)slot;
	cell->stopped = true;
}

TEST(a_stop_ends_the_wait)
{
	u64 begin_at;

	begin(READ_WRITE);
	program = stop_it;
	begin_at = arch_counter();
	read_at(WINDOW, 4);
	CHECK(arch_counter() - begin_at < arch_counter_hz() * MS / 1000);
	CHECK(page->attached != 0);
	cell->stopped = false;
}

/* All that root can write is written, with any value, and only the cell's value suffers. */
static void overwrite(struct cellblock_remote_slot *slot)
{
	u32 state = slot->state;

	memset(page, (int)(0x11 * times), sizeof(*page));
	slot->state = state + 1;
}

TEST(the_page_may_hold_anything)
{
	begin(READ_WRITE);
	program = overwrite;
	for (unsigned int n = 1; n < 16; n++) {
		CHECK_EQ(read_at(WINDOW + 4, 4), 0x11111111U * n);
		CHECK_EQ(seen.address, WINDOW + 4);
		CHECK_EQ(seen.size, 4);
	}
}

TEST(what_is_not_permitted_is_refused)
{
	begin(JAILHOUSE_MEM_READ);
	CHECK_EQ(read_at(WINDOW, 4), (u32)ANSWER);
	CHECK_EQ(request(WINDOW, 4, true, 1).result, MMIO_ERROR);
	/* over its end */
	CHECK_EQ(request(WINDOW + SIZE - 2, 4, false, 0).result, MMIO_ERROR);
	CHECK_EQ(times, 1);
}

static s64 set_range(u64 address, u64 count)
{
	return fake_hypercall(0, CELLBLOCK_HC_REMOTE_NOTIFY, 1,
			      CELLBLOCK_REMOTE_RANGE(address, count));
}

TEST(notifications_are_not_waited_for)
{
	begin(READ_WRITE);
	program = NULL;
	CHECK_EQ(set_range(NOTIFY, 64), 0);
	for (unsigned int n = 0; n < 64; n++) {
		CHECK_EQ(request(NOTIFY + 4 * n, 4, true, 7).result, MMIO_HANDLED);
		CHECK_EQ(page->notified[n], 1);
	}
	CHECK_EQ(fake_num_irqs, 64);
	/* nobody has looked yet */
	request(NOTIFY, 4, true, 7);
	CHECK_EQ(fake_num_irqs, 64);
	CHECK(page->attached != 0);
	fake_num_irqs = 0;
	page->notified[3] = 0;
	page->quiet = 1;
	request(NOTIFY + 12, 4, true, 7);
	CHECK_EQ(page->notified[3], 1);
	CHECK_EQ(fake_num_irqs, 0);

	/* none: another width, a read, the next register */
	page->quiet = 0;
	program = answer;
	request(NOTIFY, 8, true, 7);
	request(NOTIFY, 2, true, 7);
	CHECK_EQ(read_at(NOTIFY, 4), (u32)ANSWER);
	request(NOTIFY + 4 * 64, 4, true, 7);
	CHECK_EQ(times, 4);
	CHECK_EQ(set_range(NOTIFY, 1), 0);
	request(NOTIFY + 4, 4, true, 7);
	CHECK_EQ(times, 5);
	CHECK_EQ(set_range(NOTIFY, 0), 0);
	request(NOTIFY, 4, true, 7);
	CHECK_EQ(times, 6);
	CHECK_EQ(set_range(NOTIFY, 65), -EINVAL);
	CHECK_EQ(set_range(NOTIFY + 2, 1), -EINVAL);
	CHECK_EQ(fake_hypercall(0, CELLBLOCK_HC_REMOTE_NOTIFY, 2, NOTIFY), -ENOENT);
}

static s64 set_level(u64 id, u32 intid, bool level)
{
	return fake_hypercall(0, CELLBLOCK_HC_REMOTE_IRQ, id,
			      CELLBLOCK_REMOTE_LEVEL(intid, level));
}

TEST(root_raises_the_cells_interrupts_only)
{
	u32 spi = 40;

	begin(READ_WRITE);
	CHECK(arch_irq_is_spi_of(cell, spi));
	CHECK_EQ(set_level(1, spi, true), 0);
	CHECK_EQ(fake_num_irqs, 1);
	CHECK_EQ(fake_irqs[0], spi);
	CHECK_EQ(set_level(1, spi, false), 0);
	CHECK_EQ(fake_num_irqs, 0);
	CHECK_EQ(set_level(1, ROOT_SPI, true), -EINVAL);
	CHECK_EQ(set_level(1, 1, true), -EINVAL);
	CHECK_EQ(set_level(1, ~0U, true), -EINVAL);
	CHECK_EQ(set_level(0, spi, true), -ENOENT);
	CHECK_EQ(set_level(2, spi, true), -ENOENT);
	CHECK_EQ(fake_num_irqs, 0);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK_EQ(set_level(1, spi, true), 0);
	CHECK_EQ(fake_num_irqs, 0);
}

TEST(attaching_is_checked)
{
	begin(READ_WRITE);
	CHECK_EQ(attach(CELLBLOCK_REMOTE_MAX_MS + 1), -EINVAL);
	CHECK_EQ(fake_hypercall(0, CELLBLOCK_HC_REMOTE_ATTACH, 1, CELLBLOCK_REMOTE_HOW(40, MS)),
		 -EINVAL);
	CHECK(page->attached != 0);
	CHECK(attach(CELLBLOCK_REMOTE_MAX_MS) > 0);
	CHECK_EQ(fake_hypercall(0, CELLBLOCK_HC_REMOTE_ATTACH, 0, 0), -ENOENT);
	/* a cell without a window */
	config = make_second();
	CHECK_EQ(create(&config), 2);
	CHECK_EQ(fake_hypercall(0, CELLBLOCK_HC_REMOTE_ATTACH, 2, 0), -ENOENT);
	CHECK_EQ(destroy(2), 0);
}

TAP_MAIN(
	TAP_TEST(each_width_is_asked),
	TAP_TEST(the_page_is_roots_and_goes_with_the_cell),
	TAP_TEST(without_memory_it_is_refused),
	TAP_TEST(nobody_answers_once),
	TAP_TEST(a_late_answer_is_none),
	TAP_TEST(a_stop_ends_the_wait),
	TAP_TEST(the_page_may_hold_anything),
	TAP_TEST(what_is_not_permitted_is_refused),
	TAP_TEST(notifications_are_not_waited_for),
	TAP_TEST(root_raises_the_cells_interrupts_only),
	TAP_TEST(attaching_is_checked)
)
