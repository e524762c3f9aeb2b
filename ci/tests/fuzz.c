// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Requests to the driver that make no sense, or little, while a cell runs: the same ones in every run. None of them
 * may change anything, but for cells that are created by chance, which come and go like others. Left out is only what
 * a configuration may validly ask for and this test's Linux cannot do without: its console and its virtio devices.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "kselftest_harness.h"

#include <cellblock/config.h>
#include <qemu-virt/board.h>
#include "lib/cellblock.h"
#include "lib/enabled.h"
#include "lib/errors.h"
#include "lib/load.h"

#define CALLS		320
#define SEED		20261121ULL
#define LIMIT		20000	/* ms */
#define BYSTANDER	"inmate-test"
#define BYSTANDER_ID	1
#define VICTIM		"timer-demo"
#define ARRAY(a)	(sizeof(a) / sizeof(*(a)))
#define NOBODY		0x0000deadbeef0000ULL	/* nothing is mapped there */
#define KERNEL		0xffff800008000000ULL

static uint64_t state = SEED;

/* xorshift64* */
static uint64_t any(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1dULL;
}

/* 0 .. limit - 1 */
static unsigned int below(unsigned int limit)
{
	return (unsigned int)((any() >> 32) % limit);
}

static uint64_t value(void)
{
	static const uint64_t telling[] = {
		0, 1, 2, 3, 0xff, 0xfff, 0x1000, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
		1ULL << 47, 1ULL << 48, 1ULL << 63, ~0ULL, ~0ULL << 12, QEMU_HV_BASE, QEMU_RAM_BASE, QEMU_GICD_BASE,
		QEMU_GICR_BASE, QEMU_CELL_BASE(0), QEMU_CELL_BASE(3), QEMU_PCI_ECAM_BASE,
	};

	return below(4) ? telling[below(ARRAY(telling))] : any();
}

static void fill(void *at, size_t size)
{
	uint8_t *byte = at;

	while (size--)
		*byte++ = (uint8_t)any();
}

/* Calls fn for the memory regions as far as they are there; whether it said yes to one. */
static bool any_memory(const struct err_config *c, bool (*fn)(const struct jailhouse_memory *mem))
{
	const struct jailhouse_memory *mem;

	for_each_mem(mem, &c->cell) {
		if ((const uint8_t *)(mem + 1) > c->bytes + c->size)
			break;
		if (fn(mem))
			return true;
	}
	return false;
}

static bool is_needed(const struct jailhouse_memory *mem)
{
	return !(mem->flags & (JAILHOUSE_MEM_ROOTSHARED | JAILHOUSE_MEM_COMM_REGION)) &&
		(config_overlap(mem->phys_start, mem->size, QEMU_UART_BASE, QEMU_PAGE) ||
		 config_overlap(mem->phys_start, mem->size, QEMU_VIRTIO_BASE, QEMU_VIRTIO_SIZE));
}

/* Somebody else's, perhaps: such a cell is neither loaded nor started. */
static bool is_shared_ram(const struct jailhouse_memory *mem)
{
	return (mem->flags & JAILHOUSE_MEM_ROOTSHARED) &&
		config_overlap(mem->phys_start, mem->size, QEMU_RAM_BASE, 1ULL << 32);
}

/* From a good configuration, which it stays at times */
static void mutate(struct err_config *c)
{
	unsigned int changes = below(4);
	uint64_t number;
	size_t at;

	while (changes--) {
		at = below(4) ? below((unsigned int)c->size) & ~3U : below((unsigned int)c->size);
		number = value();
		switch (below(4)) {
		case 0:
			c->bytes[at] ^= (uint8_t)(1U << below(8));
			break;
		case 1:
			c->bytes[at] = (uint8_t)number;
			break;
		case 2:
			memcpy(c->bytes + at, &number, 4);
			break;
		default:
			memcpy(c->bytes + at, &number, 8);
			break;
		}
	}
}

static struct jailhouse_cell_id some_cell(void)
{
	struct jailhouse_cell_id id = { .id = (int)value(), .padding = (uint32_t)below(3) };

	if (below(2))
		id.id = (int)below(8) - 3;
	if (below(2))
		fill(id.name, sizeof(id.name));
	else
		snprintf(id.name, sizeof(id.name), "%.*s", (int)below(sizeof(BYSTANDER) - 1), BYSTANDER);
	/* not the one that is to stay */
	if (id.id == BYSTANDER_ID)
		id.id = -id.id - 1;
	return id;
}

static uint64_t some_pointer(void)
{
	static uint8_t zeros[0x2000];

	switch (below(6)) {
	case 0:
		return NOBODY;
	case 1:
		return KERNEL;
	case 2:
		return value();
	default:
		return (uintptr_t)zeros + below(16);
	}
}

static long fuzz_load(struct jailhouse_cell_id id)
{
	struct {
		struct jailhouse_cell_load load;
		struct jailhouse_preload_image image[4];
	} request = { .load = { .cell_id = id } };
	unsigned int n;

	request.load.num_preload_images = below(4) ? below(5) : (uint32_t)value();
	request.load.padding = below(4) ? 0 : (uint32_t)value();
	for (n = 0; n < ARRAY(request.image); n++) {
		request.image[n].source_address = some_pointer();
		request.image[n].size = below(2) ? below(0x1000) : value();
		request.image[n].target_address = below(2) ? below(0x100000) : value();
		request.image[n].padding = below(4) ? 0 : value();
	}
	/* what runs there would not answer */
	if (!request.load.num_preload_images)
		request.load.cell_id.padding |= JAILHOUSE_CELL_FORCE;
	return cb_ioctl(JAILHOUSE_CELL_LOAD, &request);
}

/* Until it is gone. What is in its memory are zeros, which are no instructions. */
static long fuzz_cell(int number, bool runs)
{
	struct jailhouse_cell_id id = { .id = number };
	unsigned int steps = runs ? below(4) : 0;
	/* what is in its memory does not answer: once it may run it is not asked */
	uint32_t sure = 0;

	while (steps--) {
		if (below(2)) {
			fuzz_load(id);
			continue;
		}
		id.padding = sure ? sure : below(4);
		sure = JAILHOUSE_CELL_FORCE | JAILHOUSE_CELL_CHECKED;
		cb_ioctl(below(2) ? JAILHOUSE_CELL_START : JAILHOUSE_CELL_RESTART, &id);
	}
	id.padding = JAILHOUSE_CELL_FORCE;
	return cb_ioctl(JAILHOUSE_CELL_DESTROY, &id);
}

/* 0: there is a cell more */
static long fuzz_create(const struct err_config *good, struct err_config *c)
{
	struct jailhouse_cell_create create = { .config_address = (uintptr_t)c->bytes };

	do {
		*c = *good;
		mutate(c);
	} while (any_memory(c, is_needed));
	create.config_size = below(4) ? (uint32_t)c->size : (uint32_t)value();
	create.padding = below(8) ? 0 : (uint32_t)value();
	if (!below(16))
		create.config_address = some_pointer();
	return cb_ioctl(JAILHOUSE_CELL_CREATE, &create);
}

/* Numbers that are nearly right, or not at all; none that disables. */
static long fuzz_number(void)
{
	unsigned long nr = below(2) ? (unsigned int)any() : (unsigned int)_IOC(below(4), 0, below(24), below(64));

	return nr == JAILHOUSE_DISABLE ? -ENOTTY : cb_ioctl(nr, (void *)some_pointer());
}

static long fuzz_enable(void)
{
	static struct err_config c;

	c.size = sizeof(c.sys);
	fill(c.bytes, c.size);
	return cb_enable_raw(below(2) ? c.bytes : (void *)some_pointer());
}

static long fuzz_other(void)
{
	struct jailhouse_cell_id id = some_cell();

	switch (below(6)) {
	case 0:
		return fuzz_load(id);
	case 1:
		return cb_ioctl(JAILHOUSE_CELL_START, &id);
	case 2:
		return cb_ioctl(JAILHOUSE_CELL_DESTROY, &id);
	case 3:
		return fuzz_enable();
	case 4:
		return cb_ioctl(JAILHOUSE_CELL_RESTART, &id);
	default:
		return fuzz_number();
	}
}

static bool linux_complains(void)
{
	return cb_kernel_said("Call trace:") || cb_kernel_said("WARNING:") || cb_kernel_said("BUG:");
}

/* Longer than needed: taking CPUs and memory from Linux takes its time. */
TEST_F_TIMEOUT(enabled, senseless_requests, 100)
{
	static struct err_config good, c;
	unsigned int call, created = 0, refused = 0;
	struct err_state before;
	const char *why;
	long ret;

	ASSERT_TRUE(err_read_config(&good, VICTIM));
	ASSERT_EQ(BYSTANDER_ID, cb_create(BYSTANDER)) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_boot(BYSTANDER, "timer-demo", CB_QUIET "report=100"));
	ASSERT_NE(NULL, cb_console_wait(&self->con, "Timer fired", LIMIT));
	err_note(&before);

	for (call = 0; call < CALLS; call++) {
		bool is_create = below(5) < 2;

		ret = is_create ? fuzz_create(&good, &c) : fuzz_other();
		if (ret < 0) {
			refused++;
		} else if (is_create) {
			created++;
			ASSERT_DONE(fuzz_cell(BYSTANDER_ID + 1, !any_memory(&c, is_shared_ram)));
		}
		why = err_changed(&before);
		ASSERT_EQ(NULL, why) TH_LOG("call %u: %s", call, why);
		cb_console_poll(&self->con);
	}
	TH_LOG("%u requests were refused, %u cells created", refused, created);
	EXPECT_LT(CALLS / 2, refused);
	EXPECT_LT(CALLS / 40, created);

	EXPECT_FALSE(linux_complains());
	cb_console_skip(&self->con);
	EXPECT_NE(NULL, cb_console_wait(&self->con, "Timer fired", LIMIT));
	EXPECT_EQ(0, cb_broken_cpu());
	ALL_WELL(err_works());
	ALL_WELL(err_changed(&before));
}

TEST_HARNESS_MAIN
