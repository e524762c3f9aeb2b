// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Registers that the configuration gives the cell and no device has: the
 * hypervisor, which makes the access, hands on the answer, an external abort.
 */

#include <qemu-virt/board.h>
#include <inmate/test.h>

#define REGISTER	(QEMU_NOWHERE + 0x400)

#define ESR_IL		(1U << 25)
#define ESR_WNR		(1U << 6)
#define ESR_SEA		0x10
#define ABORT		((u64)ESR_EC_DABT << 26 | ESR_IL | ESR_SEA)
#define VALUE		0x1122334455667788ULL

static struct exception_frame taken;
static unsigned int count;

static bool take(struct exception_frame *frame)
{
	taken = *frame;
	count++;
	frame->elr += 4;
	return true;
}

/* One access of @instruction with @value in its register, which is the result. */
#define ACCESS(instruction) ({						\
	u64 value_ = VALUE, pc_;					\
	taken = (struct exception_frame){ 0 };				\
	count = 0;							\
	exception_set_hook(take);					\
	asm volatile("	adr	%1, 1f\n"				\
		     "1:	" instruction "\n"			\
		     : "+r" (value_), "=&r" (pc_)			\
		     : "r" ((u64)REGISTER) : "memory");			\
	exception_set_hook(NULL);					\
	EXPECT_EQ(count, 1);						\
	EXPECT_EQ(taken.elr, pc_);					\
	EXPECT_EQ(taken.far, REGISTER);					\
	value_;								\
})

#define EXPECT_ABORT(instruction, esr_) do {				\
	EXPECT_EQ(ACCESS(instruction), VALUE);				\
	EXPECT_EQ(taken.esr, esr_);					\
} while (0)

static void reads(void)
{
	EXPECT_ABORT("ldrb %w0, [%2]", ABORT);
	EXPECT_ABORT("ldrh %w0, [%2]", ABORT);
	EXPECT_ABORT("ldr %w0, [%2]", ABORT);
	EXPECT_ABORT("ldr %0, [%2]", ABORT);
	EXPECT_ABORT("ldrsb %0, [%2]", ABORT);
}

static void writes(void)
{
	EXPECT_ABORT("strb %w0, [%2]", ABORT | ESR_WNR);
	EXPECT_ABORT("strh %w0, [%2]", ABORT | ESR_WNR);
	EXPECT_ABORT("str %w0, [%2]", ABORT | ESR_WNR);
	EXPECT_ABORT("str %0, [%2]", ABORT | ESR_WNR);
}

/* x8 and above take the other kind of exit. */
static void high_registers(void)
{
	register u64 value asm("x20") = VALUE;

	count = 0;
	exception_set_hook(take);
	asm volatile("ldr x20, [%1]" : "+r" (value) : "r" ((u64)REGISTER));
	exception_set_hook(NULL);
	EXPECT_EQ(count, 1);
	EXPECT_EQ(value, VALUE);
	EXPECT_EQ(taken.esr, ABORT);
}

/* What the hypervisor answers itself goes on as before. */
static void others_go_on(void)
{
	volatile void *dir = (volatile void *)QEMU_GPIO_DIR;

	map_range((void *)(QEMU_GPIO_DIR & ~(PAGE_SIZE - 1ULL)), PAGE_SIZE,
		  MAP_UNCACHED);
	mmio_write32(dir, 0x5a);
	EXPECT_EQ(mmio_read32(dir), 0x5a);
	mmio_write32(dir, 0);
}

static const struct test tests[] = {
	TEST(reads),
	TEST(writes),
	TEST(high_registers),
	TEST(others_go_on),
};

void inmate_main(void)
{
	map_range((void *)QEMU_NOWHERE, PAGE_SIZE, MAP_UNCACHED);
	TEST_RUN("nowhere", tests);
}
