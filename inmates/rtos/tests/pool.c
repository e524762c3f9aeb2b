// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Memory pools. */

#include "lib/harness.h"

static osMemoryPoolId_t pool;

struct allocation {
	u32 timeout;
	char letter;
	void *block;
};

static void allocate(void *argument)
{
	struct allocation *a = argument;

	a->block = osMemoryPoolAlloc(pool, a->timeout);
	if (a->letter)
		note(a->letter);
}

static void new_pool(u32 count, u32 size)
{
	pool = osMemoryPoolNew(count, size, NULL);
	EXPECT(pool);
}

static void delete_pool(void)
{
	EXPECT_EQ(osMemoryPoolDelete(pool), osOK);
}

static void create_checks_its_arguments(void)
{
	EXPECT(!osMemoryPoolNew(0, 4, NULL));
	EXPECT(!osMemoryPoolNew(4, 0, NULL));
	EXPECT(!osMemoryPoolNew(1 << 16, 1 << 12, NULL));
	EXPECT(!osMemoryPoolNew(0x10000001, 0x10, NULL));
	EXPECT(!osMemoryPoolNew(1, 0xffffffff, NULL));
	pool = osMemoryPoolNew(3, 24, &(osMemoryPoolAttr_t){ .name = "p" });
	EXPECT(pool && !strcmp(osMemoryPoolGetName(pool), "p"));
	EXPECT_EQ(osMemoryPoolGetCapacity(pool), 3);
	EXPECT_EQ(osMemoryPoolGetBlockSize(pool), 24);
	EXPECT_EQ(osMemoryPoolGetCount(pool), 0);
	EXPECT_EQ(osMemoryPoolGetSpace(pool), 3);
	delete_pool();
	new_pool(1, 1);
	EXPECT(!osMemoryPoolGetName(pool));
	delete_pool();
}

/* Blocks of all sizes do not overlap and can be written from end to end. */
static void blocks_are_apart(void)
{
	for (u32 size = 1; size < 70; size += 11) {
		u8 *block[5];

		new_pool(5, size);
		for (u8 n = 0; n < 5; n++) {
			block[n] = osMemoryPoolAlloc(pool, 0);
			if (!EXPECT(block[n]))
				return;
			/* good for any type that fits */
			EXPECT_EQ((u64)block[n] % 8, 0);
			memset(block[n], n + 1, size);
			EXPECT_EQ(osMemoryPoolGetCount(pool), n + 1U);
			EXPECT_EQ(osMemoryPoolGetSpace(pool), 4U - n);
		}
		EXPECT(!osMemoryPoolAlloc(pool, 0));
		for (u8 n = 0; n < 5; n++) {
			EXPECT_EQ(block[n][0], n + 1);
			EXPECT_EQ(block[n][size - 1], n + 1);
			EXPECT_EQ(osMemoryPoolFree(pool, block[n]), osOK);
		}
		EXPECT_EQ(osMemoryPoolGetCount(pool), 0);
		EXPECT_EQ(osMemoryPoolGetSpace(pool), 5);
		delete_pool();
	}
}

/* Freed in another order and taken again: still each once, and no more. */
static void freed_blocks_come_again(void)
{
	void *block[4];

	new_pool(4, 8);
	for (int round = 0; round < 3; round++) {
		for (int n = 0; n < 4; n++) {
			block[n] = osMemoryPoolAlloc(pool, 0);
			EXPECT(block[n]);
			for (int other = 0; other < n; other++)
				EXPECT(block[n] != block[other]);
		}
		EXPECT(!osMemoryPoolAlloc(pool, 0));
		for (int n = 0; n < 4; n++)
			EXPECT_EQ(osMemoryPoolFree(pool, block[(n + 2) % 4]), osOK);
	}
	delete_pool();
}

static void alloc_times_out_and_not_early(void)
{
	void *block;
	u32 began;

	new_pool(1, 8);
	block = osMemoryPoolAlloc(pool, osWaitForever);
	EXPECT(block);
	began = osKernelGetTickCount();
	EXPECT(!osMemoryPoolAlloc(pool, 4));
	EXPECT(osKernelGetTickCount() - began >= 4);
	EXPECT_EQ(osMemoryPoolFree(pool, block), osOK);
	EXPECT_EQ(osMemoryPoolGetCount(pool), 0);
	delete_pool();
}

static void wrong_arguments_are_refused(void)
{
	osMutexId_t mutex = osMutexNew(NULL);
	void *wrong[] = { NULL, not_an_object, mutex };
	u8 *block;

	new_pool(2, 16);
	block = osMemoryPoolAlloc(pool, 0);
	for (unsigned int n = 0; n < ARRAY_SIZE(wrong); n++) {
		osMemoryPoolId_t id = wrong[n];

		EXPECT(!osMemoryPoolAlloc(id, 0));
		EXPECT_EQ(osMemoryPoolFree(id, block), osErrorParameter);
		EXPECT_EQ(osMemoryPoolDelete(id), osErrorParameter);
		EXPECT_EQ(osMemoryPoolGetCapacity(id), 0);
		EXPECT_EQ(osMemoryPoolGetBlockSize(id), 0);
		EXPECT_EQ(osMemoryPoolGetCount(id), 0);
		EXPECT_EQ(osMemoryPoolGetSpace(id), 0);
		EXPECT(!osMemoryPoolGetName(id));
	}
	EXPECT_EQ(osMutexDelete(mutex), osOK);

	/* what is no block of the pool */
	EXPECT_EQ(osMemoryPoolFree(pool, NULL), osErrorParameter);
	EXPECT_EQ(osMemoryPoolFree(pool, not_an_object), osErrorParameter);
	EXPECT_EQ(osMemoryPoolFree(pool, block + 8), osErrorParameter);
	EXPECT_EQ(osMemoryPoolFree(pool, block + 4096), osErrorParameter);
	EXPECT_EQ(osMemoryPoolGetCount(pool), 1);
	EXPECT_EQ(osMemoryPoolFree(pool, block), osOK);
	/* none is out */
	EXPECT(osMemoryPoolFree(pool, block) != osOK);
	EXPECT_EQ(osMemoryPoolGetSpace(pool), 2);
	delete_pool();
}

static void static_memory_is_enough(void)
{
	static RTOS_CB(MEMORY_POOL) cb;
	static u64 mem[RTOS_MEMORY_POOL_SIZE(4, 16) / sizeof(u64)];
	osMemoryPoolAttr_t attr = {
		.cb_mem = &cb, .cb_size = sizeof(cb),
		.mp_mem = mem, .mp_size = sizeof(mem),
	}, bad;

	pool = osMemoryPoolNew(4, 16, &attr);
	EXPECT(pool == &cb);
	for (int n = 0; n < 4; n++) {
		u8 *block = osMemoryPoolAlloc(pool, 0);

		EXPECT(block >= (u8 *)mem &&
		       block + 16 <= (u8 *)mem + sizeof(mem));
	}
	EXPECT(!osMemoryPoolAlloc(pool, 0));
	delete_pool();
	EXPECT(!osMemoryPoolAlloc(pool, 0));
	EXPECT_EQ(osMemoryPoolGetCapacity(pool), 0);

	bad = attr, bad.cb_size = 4;
	EXPECT(!osMemoryPoolNew(4, 16, &bad));
	bad = attr, bad.cb_mem = NULL;
	EXPECT(!osMemoryPoolNew(4, 16, &bad));
	bad = attr, bad.mp_size -= 1;
	EXPECT(!osMemoryPoolNew(4, 16, &bad));
	EXPECT(!osMemoryPoolNew(5, 16, &attr));
	bad = attr, bad.mp_mem = NULL;
	EXPECT(!osMemoryPoolNew(4, 16, &bad));
	bad = attr, bad.mp_mem = (u8 *)mem + 1;
	EXPECT(!osMemoryPoolNew(4, 16, &bad));
}

static void free_wakes_by_priority_then_fifo(void)
{
	struct allocation a[3] = { { .letter = 'b' }, { .letter = 'c' },
				   { .letter = 'a' } };
	osThreadId_t thread[3];
	void *block[3];

	order_reset();
	new_pool(3, 8);
	for (int n = 0; n < 3; n++)
		block[n] = osMemoryPoolAlloc(pool, 0);
	for (int n = 0; n < 3; n++) {
		a[n].timeout = osWaitForever;
		thread[n] = spawn_blocked(allocate, &a[n], n == 2 ? osPriorityHigh1 :
							    osPriorityHigh);
	}
	for (u32 n = 0; n < 3; n++) {
		EXPECT_EQ(osMemoryPoolFree(pool, block[n]), osOK);
		EVENTUALLY(noted() == n + 1);
	}
	for (int n = 0; n < 3; n++)
		join(thread[n]);
	EXPECT_ORDER("abc");
	EXPECT(a[0].block != a[1].block && a[1].block != a[2].block &&
	       a[0].block != a[2].block);
	EXPECT_EQ(osMemoryPoolGetCount(pool), 3);
	delete_pool();
}

static void delete_ends_waits(void)
{
	struct allocation a = { .timeout = osWaitForever };
	osThreadId_t thread;

	new_pool(1, 8);
	EXPECT(osMemoryPoolAlloc(pool, 0));
	thread = spawn_blocked(allocate, &a, HELPER_HIGH);
	delete_pool();
	join(thread);
	EXPECT(!a.block);
}

static void isr_calls(void)
{
	void *block;

	EXPECT(!osMemoryPoolNew(1, 8, NULL));
	EXPECT_EQ(osMemoryPoolGetCapacity(pool), 1);
	EXPECT_EQ(osMemoryPoolGetBlockSize(pool), 8);
	EXPECT_EQ(osMemoryPoolGetCount(pool), 0);
	EXPECT_EQ(osMemoryPoolGetSpace(pool), 1);
	EXPECT(!osMemoryPoolAlloc(pool, 1));
	EXPECT(!osMemoryPoolAlloc(pool, osWaitForever));
	block = osMemoryPoolAlloc(pool, 0);
	EXPECT(block);
	EXPECT(!osMemoryPoolAlloc(pool, 0));
	EXPECT_EQ(osMemoryPoolFree(pool, block), osOK);
	EXPECT_EQ(osMemoryPoolFree(NULL, block), osErrorParameter);
	EXPECT_EQ(osMemoryPoolDelete(pool), osErrorISR);
	EXPECT(!osMemoryPoolGetName(pool));
}

static void from_an_interrupt(void)
{
	new_pool(1, 8);
	run_in_isr(isr_calls);
	EXPECT_EQ(osMemoryPoolGetCount(pool), 0);
	delete_pool();
}

static void *isr_block;

static void isr_free(void)
{
	EXPECT_EQ(osMemoryPoolFree(pool, isr_block), osOK);
	note('i');
}

static void interrupt_wakes_a_thread(void)
{
	struct allocation a = { .letter = 't', .timeout = osWaitForever };
	osThreadId_t thread;

	new_pool(1, 8);
	isr_block = osMemoryPoolAlloc(pool, 0);
	thread = spawn_blocked_on(CPU0, allocate, &a, HELPER_HIGH);
	expect_isr_wakes(thread, isr_free);
	EXPECT(a.block == isr_block);
	delete_pool();
}

/* Threads on all CPUs: no block is given to two of them. */
#define USERS		4
#define ROUNDS		1000

static void use_blocks(void *argument)
{
	u32 state = (u32)(u64)argument;

	for (int n = 0; n < ROUNDS; n++) {
		volatile u64 *block = osMemoryPoolAlloc(pool, osWaitForever);

		if (!EXPECT(block))
			return;
		*block = (u64)argument;
		for (u32 i = random_next(&state) % 100; i; i--)
			cpu_relax();
		EXPECT_EQ(*block, (u64)argument);
		*block = 0;
		EXPECT_EQ(osMemoryPoolFree(pool, (void *)block), osOK);
	}
}

static void blocks_are_unique(void)
{
	osThreadId_t thread[USERS];

	new_pool(2, 16);
	for (u64 n = 0; n < USERS; n++)
		thread[n] = spawn_on(0, use_blocks, (void *)(n + 1),
				     osPriorityBelowNormal + (osPriority_t)n / 2);
	for (int n = 0; n < USERS; n++)
		join(thread[n]);
	EXPECT_EQ(osMemoryPoolGetCount(pool), 0);
	delete_pool();
}

static osMemoryPoolId_t made_early;

static void ready(void)
{
	made_early = osMemoryPoolNew(1, 4, NULL);
}

static void made_before_the_kernel_started(void)
{
	EXPECT(made_early);
	EXPECT(osMemoryPoolAlloc(made_early, 0));
	EXPECT_EQ(osMemoryPoolDelete(made_early), osOK);
}

static void nothing_leaks(void)
{
	EXPECT_NO_LEAK(osMemoryPoolNew(4, 32, NULL), osMemoryPoolDelete);
}

static const struct test tests[] = {
	TEST(made_before_the_kernel_started),
	TEST(create_checks_its_arguments),
	TEST(blocks_are_apart),
	TEST(freed_blocks_come_again),
	TEST(alloc_times_out_and_not_early),
	TEST(wrong_arguments_are_refused),
	TEST(static_memory_is_enough),
	TEST(free_wakes_by_priority_then_fifo),
	TEST(delete_ends_waits),
	TEST(from_an_interrupt),
	TEST(interrupt_wakes_a_thread),
	TEST(blocks_are_unique),
	TEST(nothing_leaks),
};

int main(void)
{
	SUITE_RUN("rtos-pool", tests, NULL, ready);
}
