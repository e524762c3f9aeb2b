// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* A hostile root: memory that is not root's. */

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cellblock/loader.h>

#include "kselftest_harness.h"
#include "lib/hostile_root.h"

static sigjmp_buf after_fault;

static void on_fault(int signal)
{
	siglongjmp(after_fault, signal);
}

#define ACCESS(type, at, is_write) \
	do { if (is_write) *(volatile type *)(at) = 0xee; else (void)*(volatile type *)(at); } while (0)

/* Of 1, 2, 4 or 8 bytes, by the CPU that it runs on */
static bool reaches(uint64_t page, uint64_t offset, unsigned int size, bool is_write)
{
	uint8_t *at = cb_rogue_map(page, QEMU_PAGE);
	volatile bool reached = false;

	if (!sigsetjmp(after_fault, 1)) {
		switch (size) {
		case 1:
			ACCESS(uint8_t, at + offset, is_write);
			break;
		case 2:
			ACCESS(uint16_t, at + offset, is_write);
			break;
		case 4:
			ACCESS(uint32_t, at + offset, is_write);
			break;
		default:
			ACCESS(uint64_t, at + offset, is_write);
		}
		reached = true;
	}
	munmap(at, QEMU_PAGE);
	return reached;
}

/* What the hypervisor shares with root can be read. */
static uint64_t shared;

static void find_shared(void)
{
	struct cellblock_header header;
	size_t size;
	void *image = cb_read_file("/lib/firmware/jailhouse.bin", &size);

	memcpy(&header, image, sizeof(header));
	shared = QEMU_HV_BASE + header.shared_offset;
	free(image);
}

static const struct {
	uint64_t start;
	uint32_t size;
} others[] = { { QEMU_HV_BASE, QEMU_HV_SIZE }, { VICTIM_RAM, QEMU_CELL_SIZE } };

/* Anywhere in the page, of any size */
static void try_page(struct cb_attack *a, uint64_t page)
{
	unsigned int size = 1U << cb_below(a, 4);
	uint64_t offset = cb_below(a, QEMU_PAGE / size) * size;
	bool is_write = cb_below(a, 2);
	bool is_shared = !is_write && page - shared < sizeof(struct cellblock_shared);

	cb_tried(a, !reaches(page, offset, size, is_write) || is_shared, is_write ? "write" : "read", page, offset,
		 size, 0);
}

static void any_memory(struct cb_attack *a)
{
	unsigned int which = cb_below(a, ARRAY(others));

	signal(SIGBUS, on_fault);
	try_page(a, others[which].start + cb_below(a, others[which].size / QEMU_PAGE) * QEMU_PAGE);
}

#define PAGES_STEP	16

/* The first page, the last, and one of each few between them, by one CPU */
static void each_page(struct cb_attack *a)
{
	unsigned int which;
	uint64_t at;

	for (which = 0; which < ARRAY(others); which++) {
		for (at = 0; at < others[which].size; at += PAGES_STEP * QEMU_PAGE)
			try_page(a, others[which].start + at + (at ? cb_below(a, PAGES_STEP) * QEMU_PAGE : 0));
		try_page(a, others[which].start + others[which].size - QEMU_PAGE);
	}
}

TEST_F_TIMEOUT(enabled, memory, 200)
{
	struct cb_attack a = { .state = cb_parameter("cellblock.seed=", 1) + 1 };

	begin(_metadata);
	find_shared();
	signal(SIGBUS, on_fault);
	/* so that it is known to work */
	EXPECT_TRUE(reaches(buffer, 0, 8, true));
	EXPECT_TRUE(reaches(shared, 0, 8, false));
	EXPECT_FALSE(reaches(shared, 0, 8, true));
	each_page(&a);
	add(&a, cb_attack(ROOT_CPUS, SHORT, any_memory));
	end(_metadata, &self->con, a);
}

TEST_HARNESS_MAIN
