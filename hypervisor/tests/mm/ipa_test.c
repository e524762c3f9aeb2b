// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Sizes of guest-physical address spaces (mm/ipa.c), against the Arm ARM, D8.2 and D19.2. */

#include <arch/boot.h>
#include <core/arch.h>
#include <core/main.h>
#include <mm/ipa.h>
#include <mm/stage2.h>

#include "tap.h"

struct fake_image fake_image;
const struct jailhouse_system *system_config;

static struct {
	struct jailhouse_system system;
	struct jailhouse_memory mem[2];
} config = {
	.system.root_cell.num_memory_regions = 2,
	.mem = { { .virt_start = 0x40000000, .size = 0x40000000 } },
};

/* With @pa_range in all CPUs, or in the least of them; root's memory ends at @end. */
static void init(unsigned int pa_range, u64 end)
{
	system_config = &config.system;
	config.mem[1] = (struct jailhouse_memory){
		.virt_start = end - 0x1000, .size = 0x1000
	};
	hv_header.pa_range = pa_range;
	CHECK_EQ(arch_mem_init(), 0);
}

static void check(unsigned int bits, unsigned int level, unsigned int pages)
{
	CHECK_EQ(ipa_bits, bits);
	CHECK_EQ(ipa_first_level(), level);
	CHECK_EQ(ipa_pgd_pages(), pages);
	/* T0SZ (5:0), SL0 (7:6): 1 for level 1, 2 for level 0 */
	CHECK_EQ(stage2_vtcr() & 0xff, (64 - bits) | (level == 1 ? 1U : 2U) << 6);
	/* PS (18:16) */
	CHECK_EQ(stage2_vtcr() >> 16 & 7, hv_header.pa_range > 5 ? 5 : hv_header.pa_range);
}

TEST(forty_bits_unless_root_has_more)
{
	init(5, 1ULL << 32);
	check(40, 1, 2);
	init(5, 1ULL << 40);
	check(40, 1, 2);
	init(5, (1ULL << 40) + 0x1000);
	check(48, 0, 1);
	init(4, (1ULL << 40) + 0x1000);
	check(44, 0, 1);
	init(3, (1ULL << 40) + 0x1000);
	check(42, 1, 8);
}

TEST(no_more_than_the_least_of_the_cpus)
{
	init(0, 1ULL << 32);
	check(32, 1, 1);
	init(1, 1ULL << 32);
	check(36, 1, 1);
	init(2, 1ULL << 32);
	check(40, 1, 2);
}

/* 52 bits need larger pages or FEAT_LPA2. */
TEST(larger_ones_are_as_48_bits)
{
	init(6, 1ULL << 41);
	check(48, 0, 1);
}

TAP_MAIN(
	TAP_TEST(forty_bits_unless_root_has_more),
	TAP_TEST(no_more_than_the_least_of_the_cpus),
	TAP_TEST(larger_ones_are_as_48_bits)
)
