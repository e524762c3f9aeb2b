// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* arm64's own <arch/pte.h>, against the Arm ARM (D8.3): no fake here. */

#include "../../arch/arm64/include/arch/pte.h"
#include "tap.h"

#define PA		0x0000123456789000ULL
#define PA_2M		0x0000123456600000ULL
/* execute-never (54), shareability (9:8), permissions (7:6), memory (5:2) */
#define ATTRS		0x00400000000003fcULL

TEST(levels)
{
	CHECK_EQ(PTE_LEVEL_SIZE(3), 4096);
	CHECK_EQ(PTE_LEVEL_SIZE(2), 2 << 20);
	CHECK_EQ(PTE_LEVEL_SIZE(1), 1 << 30);
	CHECK_EQ(PTE_LEVEL_SIZE(0), 1ULL << 39);
}

TEST(descriptors)
{
	/* bits 1:0: page 11, block 01, table 11; bit 10: access flag */
	CHECK_EQ(pte_make_leaf(PA, ATTRS, 3), PA | ATTRS | 1 << 10 | 3);
	CHECK_EQ(pte_make_leaf(PA_2M, ATTRS, 2), PA_2M | ATTRS | 1 << 10 | 1);
	CHECK_EQ(pte_make_leaf(0, ATTRS, 1), ATTRS | 1 << 10 | 1);
	CHECK_EQ(pte_make_table(PA), PA | 3);
}

TEST(what_was_made_is_found)
{
	for (unsigned int level = 1; level <= 3; level++) {
		pte_t pte = pte_make_leaf(PA_2M, ATTRS, level);

		CHECK(pte_valid(pte));
		CHECK(!pte_is_table(pte, level));
		CHECK_EQ(pte_addr(pte), PA_2M);
		CHECK_EQ(pte_attrs(pte), ATTRS);
	}
	for (unsigned int level = 0; level <= 2; level++) {
		CHECK(pte_valid(pte_make_table(PA)));
		CHECK(pte_is_table(pte_make_table(PA), level));
		CHECK_EQ(pte_addr(pte_make_table(PA)), PA);
	}
	CHECK(!pte_valid(0));
	CHECK(!pte_is_table(0, 0));
}

TEST(software_bit)
{
	pte_t pte = pte_make_leaf(PA, ATTRS | PTE_NO_BLOCK, 3);

	/* bits 58:55 are software's */
	CHECK(PTE_NO_BLOCK >> 55 && !(PTE_NO_BLOCK >> 59));
	CHECK_EQ(pte_attrs(pte), ATTRS | PTE_NO_BLOCK);
	/* alone, it means no mapping */
	CHECK(!pte_valid(PTE_NO_BLOCK));
}

TEST(hide_and_show)
{
	const pte_t ptes[] = {
		pte_make_leaf(PA, ATTRS, 3), pte_make_leaf(PA_2M, 0, 2),
		pte_make_table(PA),
	};

	for (size_t n = 0; n < ARRAY_SIZE(ptes); n++) {
		CHECK(!pte_valid(pte_hide(ptes[n])));
		CHECK_EQ(pte_show(pte_hide(ptes[n])), ptes[n]);
	}
	CHECK(!pte_valid(pte_hide(0)));
	CHECK(!pte_valid(pte_hide(PTE_NO_BLOCK)));
}

TAP_MAIN(
	TAP_TEST(levels),
	TAP_TEST(descriptors),
	TAP_TEST(what_was_made_is_found),
	TAP_TEST(software_bit),
	TAP_TEST(hide_and_show)
)
