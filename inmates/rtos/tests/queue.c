// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Message queues. */

#include "lib/harness.h"

static osMessageQueueId_t queue;

/* What one call of a helper thread gave. */
struct transfer {
	u32 message;
	u8 priority;
	u32 timeout;
	char letter;
	osStatus_t status;
};

static void put(void *argument)
{
	struct transfer *t = argument;

	t->status = osMessageQueuePut(queue, &t->message, t->priority,
				      t->timeout);
	if (t->letter)
		note(t->letter);
}

static void get(void *argument)
{
	struct transfer *t = argument;

	t->status = osMessageQueueGet(queue, &t->message, &t->priority,
				      t->timeout);
	if (t->letter)
		note(t->letter);
}

static void put_now(u32 message, u8 priority)
{
	EXPECT_EQ(osMessageQueuePut(queue, &message, priority, 0), osOK);
}

static void expect_next(u32 want, u8 want_priority)
{
	u32 message = 0;
	u8 priority = 0xee;

	EXPECT_EQ(osMessageQueueGet(queue, &message, &priority, 0), osOK);
	EXPECT_EQ(message, want);
	EXPECT_EQ(priority, want_priority);
}

static void new_queue(u32 count)
{
	queue = osMessageQueueNew(count, sizeof(u32), NULL);
	EXPECT(queue);
}

static void delete_queue(void)
{
	EXPECT_EQ(osMessageQueueDelete(queue), osOK);
}

static void create_checks_its_arguments(void)
{
	EXPECT(!osMessageQueueNew(0, 4, NULL));
	EXPECT(!osMessageQueueNew(4, 0, NULL));
	/* more than there is memory for, and more than fits into 32 bits */
	EXPECT(!osMessageQueueNew(1 << 16, 1 << 12, NULL));
	EXPECT(!osMessageQueueNew(0x10000001, 0x10, NULL));
	EXPECT(!osMessageQueueNew(1, 0xffffffff, NULL));
	queue = osMessageQueueNew(3, 7, &(osMessageQueueAttr_t){ .name = "q" });
	EXPECT(queue && !strcmp(osMessageQueueGetName(queue), "q"));
	EXPECT_EQ(osMessageQueueGetCapacity(queue), 3);
	EXPECT_EQ(osMessageQueueGetMsgSize(queue), 7);
	EXPECT_EQ(osMessageQueueGetCount(queue), 0);
	EXPECT_EQ(osMessageQueueGetSpace(queue), 3);
	delete_queue();
	new_queue(1);
	EXPECT(!osMessageQueueGetName(queue));
	delete_queue();
}

static void messages_are_counted(void)
{
	u32 message = 1;

	new_queue(2);
	EXPECT_EQ(osMessageQueueGet(queue, &message, NULL, 0), osErrorResource);
	put_now(1, 0);
	put_now(2, 0);
	EXPECT_EQ(osMessageQueueGetCount(queue), 2);
	EXPECT_EQ(osMessageQueueGetSpace(queue), 0);
	EXPECT_EQ(osMessageQueuePut(queue, &message, 0, 0), osErrorResource);
	expect_next(1, 0);
	EXPECT_EQ(osMessageQueueGetCount(queue), 1);
	EXPECT_EQ(osMessageQueueGetSpace(queue), 1);
	EXPECT_EQ(osMessageQueueGet(queue, &message, NULL, osWaitForever), osOK);
	EXPECT_EQ(message, 2);
	EXPECT_EQ(osMessageQueueGetCount(queue), 0);
	delete_queue();
}

static void order_is_by_priority_then_fifo(void)
{
	new_queue(8);
	put_now(1, 5);
	put_now(2, 0);
	put_now(3, 255);
	put_now(4, 5);
	put_now(5, 0);
	put_now(6, 255);
	put_now(7, 6);
	put_now(8, 5);
	expect_next(3, 255);
	expect_next(6, 255);
	expect_next(7, 6);
	expect_next(1, 5);
	expect_next(4, 5);
	put_now(9, 1);
	expect_next(8, 5);
	expect_next(9, 1);
	expect_next(2, 0);
	expect_next(5, 0);
	delete_queue();
}

/* Sizes at and around the alignment: all bytes arrive, and none beside them. */
static void messages_arrive_whole(void)
{
	static u8 in[80], out[82];

	for (u32 size = 1; size <= 80; size += size < 20 ? 1 : 12) {
		queue = osMessageQueueNew(3, size, NULL);
		for (u8 n = 0; n < 3; n++) {
			for (u32 i = 0; i < size; i++)
				in[i] = (u8)(i * 7 + n);
			EXPECT_EQ(osMessageQueuePut(queue, in, 0, 0), osOK);
		}
		for (u8 n = 0; n < 3; n++) {
			memset(out, 0xaa, sizeof(out));
			EXPECT_EQ(osMessageQueueGet(queue, out + 1, NULL, 0), osOK);
			EXPECT_EQ(out[0], 0xaa);
			EXPECT_EQ(out[size + 1], 0xaa);
			for (u32 i = 0; i < size; i++)
				if (!EXPECT_EQ(out[i + 1], (u8)(i * 7 + n)))
					break;
		}
		delete_queue();
	}
}

static void times_out_and_not_early(void)
{
	u32 message = 7, began;

	new_queue(1);
	began = osKernelGetTickCount();
	EXPECT_EQ(osMessageQueueGet(queue, &message, NULL, 4), osErrorTimeout);
	EXPECT(osKernelGetTickCount() - began >= 4);
	EXPECT_EQ(message, 7);
	put_now(1, 0);
	began = osKernelGetTickCount();
	EXPECT_EQ(osMessageQueuePut(queue, &message, 0, 4), osErrorTimeout);
	EXPECT(osKernelGetTickCount() - began >= 4);
	EXPECT_EQ(osMessageQueueGetCount(queue), 1);
	expect_next(1, 0);
	delete_queue();
}

static void wrong_arguments_are_refused(void)
{
	osMutexId_t mutex = osMutexNew(NULL);
	void *wrong[] = { NULL, not_an_object, mutex };
	u32 message = 0;

	for (unsigned int n = 0; n < ARRAY_SIZE(wrong); n++) {
		osMessageQueueId_t id = wrong[n];

		EXPECT_EQ(osMessageQueuePut(id, &message, 0, 0), osErrorParameter);
		EXPECT_EQ(osMessageQueueGet(id, &message, NULL, 0), osErrorParameter);
		EXPECT_EQ(osMessageQueueReset(id), osErrorParameter);
		EXPECT_EQ(osMessageQueueDelete(id), osErrorParameter);
		EXPECT_EQ(osMessageQueueGetCapacity(id), 0);
		EXPECT_EQ(osMessageQueueGetMsgSize(id), 0);
		EXPECT_EQ(osMessageQueueGetCount(id), 0);
		EXPECT_EQ(osMessageQueueGetSpace(id), 0);
		EXPECT(!osMessageQueueGetName(id));
	}
	EXPECT_EQ(osMutexDelete(mutex), osOK);
	new_queue(1);
	EXPECT_EQ(osMessageQueuePut(queue, NULL, 0, 0), osErrorParameter);
	EXPECT_EQ(osMessageQueueGet(queue, NULL, NULL, 0), osErrorParameter);
	delete_queue();
}

static void static_memory_is_enough(void)
{
	static RTOS_CB(MESSAGE_QUEUE) cb;
	static u64 mem[RTOS_MESSAGE_QUEUE_SIZE(4, 12) / sizeof(u64)];
	osMessageQueueAttr_t attr = {
		.cb_mem = &cb, .cb_size = sizeof(cb),
		.mq_mem = mem, .mq_size = sizeof(mem),
	}, bad;
	u32 message[3] = { 1, 2, 3 };

	queue = osMessageQueueNew(4, 12, &attr);
	EXPECT(queue == &cb);
	for (int n = 0; n < 4; n++)
		EXPECT_EQ(osMessageQueuePut(queue, message, 0, 0), osOK);
	EXPECT_EQ(osMessageQueuePut(queue, message, 0, 0), osErrorResource);
	delete_queue();
	EXPECT_EQ(osMessageQueuePut(queue, message, 0, 0), osErrorParameter);
	EXPECT_EQ(osMessageQueueGetCapacity(queue), 0);

	bad = attr, bad.cb_size = 4;
	EXPECT(!osMessageQueueNew(4, 12, &bad));
	bad = attr, bad.cb_mem = NULL;
	EXPECT(!osMessageQueueNew(4, 12, &bad));
	bad = attr, bad.cb_mem = (u8 *)&cb + 1;
	EXPECT(!osMessageQueueNew(4, 12, &bad));
	bad = attr, bad.mq_size -= 1;
	EXPECT(!osMessageQueueNew(4, 12, &bad));
	EXPECT(!osMessageQueueNew(5, 12, &attr));
	bad = attr, bad.mq_mem = NULL;
	EXPECT(!osMessageQueueNew(4, 12, &bad));
	bad = attr, bad.mq_mem = (u8 *)mem + 1;
	EXPECT(!osMessageQueueNew(4, 12, &bad));
}

static void put_wakes_a_reader(void)
{
	struct transfer t = { .timeout = osWaitForever };
	osThreadId_t thread;

	new_queue(1);
	thread = spawn_blocked(get, &t, HELPER_HIGH);
	put_now(42, 9);
	join(thread);
	EXPECT_EQ(t.status, osOK);
	EXPECT_EQ(t.message, 42);
	EXPECT_EQ(t.priority, 9);
	EXPECT_EQ(osMessageQueueGetCount(queue), 0);
	delete_queue();
}

static void get_wakes_a_writer(void)
{
	struct transfer t = { .message = 43, .priority = 3,
			      .timeout = osWaitForever };
	osThreadId_t thread;

	new_queue(1);
	put_now(42, 1);
	thread = spawn_blocked(put, &t, HELPER_HIGH);
	expect_next(42, 1);
	join(thread);
	EXPECT_EQ(t.status, osOK);
	EXPECT_EQ(osMessageQueueGetCount(queue), 1);
	expect_next(43, 3);
	delete_queue();
}

static void readers_go_by_priority_then_fifo(void)
{
	struct transfer t[3] = { { .letter = 'b' }, { .letter = 'c' },
				 { .letter = 'a' } };
	osThreadId_t thread[3];

	order_reset();
	new_queue(3);
	for (int n = 0; n < 3; n++) {
		t[n].timeout = osWaitForever;
		thread[n] = spawn_blocked(get, &t[n], n == 2 ? osPriorityHigh1 :
						       osPriorityHigh);
	}
	for (u32 n = 0; n < 3; n++) {
		put_now(n, 0);
		EVENTUALLY(noted() == n + 1);
	}
	for (int n = 0; n < 3; n++)
		join(thread[n]);
	EXPECT_ORDER("abc");
	EXPECT_EQ(t[2].message, 0);
	EXPECT_EQ(t[0].message, 1);
	EXPECT_EQ(t[1].message, 2);
	delete_queue();
}

/* A full queue: writers go by the priority of their threads. */
static void writers_go_by_priority_then_fifo(void)
{
	struct transfer t[3] = { { .message = 2, .letter = 'b' },
				 { .message = 3, .letter = 'c' },
				 { .message = 1, .letter = 'a' } };
	osThreadId_t thread[3];

	order_reset();
	new_queue(1);
	put_now(0, 0);
	for (int n = 0; n < 3; n++) {
		t[n].timeout = osWaitForever;
		thread[n] = spawn_blocked(put, &t[n], n == 2 ? osPriorityHigh1 :
						       osPriorityHigh);
	}
	for (u32 n = 0; n < 3; n++) {
		expect_next(n, 0);
		EVENTUALLY(noted() == n + 1);
	}
	expect_next(3, 0);
	for (int n = 0; n < 3; n++)
		join(thread[n]);
	EXPECT_ORDER("abc");
	delete_queue();
}

static void reset_empties_and_lets_writers_in(void)
{
	struct transfer t = { .message = 5, .timeout = osWaitForever };
	osThreadId_t thread;

	new_queue(2);
	put_now(1, 0);
	put_now(2, 0);
	EXPECT_EQ(osMessageQueueReset(queue), osOK);
	EXPECT_EQ(osMessageQueueGetCount(queue), 0);
	EXPECT_EQ(osMessageQueueGetSpace(queue), 2);
	put_now(3, 0);
	put_now(4, 0);
	thread = spawn_blocked(put, &t, HELPER_HIGH);
	EXPECT_EQ(osMessageQueueReset(queue), osOK);
	join(thread);
	EXPECT_EQ(t.status, osOK);
	EXPECT_EQ(osMessageQueueGetCount(queue), 1);
	expect_next(5, 0);
	delete_queue();
}

static void delete_ends_waits(void)
{
	struct transfer reader = { .timeout = osWaitForever };
	struct transfer writer = { .timeout = osWaitForever };
	osThreadId_t thread;

	new_queue(1);
	thread = spawn_blocked(get, &reader, HELPER_HIGH);
	delete_queue();
	join(thread);
	EXPECT_EQ(reader.status, osErrorResource);

	new_queue(1);
	put_now(1, 0);
	thread = spawn_blocked(put, &writer, HELPER_HIGH);
	delete_queue();
	join(thread);
	EXPECT_EQ(writer.status, osErrorResource);
}

static void terminated_threads_leave_the_queue(void)
{
	struct transfer t = { .message = 9, .timeout = osWaitForever };
	osThreadId_t thread;

	new_queue(1);
	thread = spawn_blocked(get, &t, HELPER_HIGH);
	EXPECT_EQ(osThreadTerminate(thread), osOK);
	join(thread);
	put_now(1, 0);
	thread = spawn_blocked(put, &t, HELPER_HIGH);
	EXPECT_EQ(osThreadTerminate(thread), osOK);
	join(thread);
	expect_next(1, 0);
	EXPECT_EQ(osMessageQueueGetCount(queue), 0);
	delete_queue();
}

static void isr_calls(void)
{
	u32 message = 2;
	u8 priority = 0;

	EXPECT(!osMessageQueueNew(1, 4, NULL));
	EXPECT_EQ(osMessageQueueGetCapacity(queue), 1);
	EXPECT_EQ(osMessageQueueGetMsgSize(queue), 4);
	EXPECT_EQ(osMessageQueueGetCount(queue), 0);
	EXPECT_EQ(osMessageQueueGetSpace(queue), 1);
	EXPECT_EQ(osMessageQueueGet(queue, &message, NULL, 0), osErrorResource);
	EXPECT_EQ(osMessageQueueGet(queue, &message, NULL, 1), osErrorParameter);
	EXPECT_EQ(osMessageQueuePut(queue, &message, 4, 1), osErrorParameter);
	EXPECT_EQ(osMessageQueuePut(queue, &message, 4, 0), osOK);
	EXPECT_EQ(osMessageQueuePut(queue, &message, 4, 0), osErrorResource);
	message = 0;
	EXPECT_EQ(osMessageQueueGet(queue, &message, &priority, 0), osOK);
	EXPECT_EQ(message, 2);
	EXPECT_EQ(priority, 4);
	EXPECT_EQ(osMessageQueuePut(NULL, &message, 0, 0), osErrorParameter);
	EXPECT_EQ(osMessageQueueReset(queue), osErrorISR);
	EXPECT_EQ(osMessageQueueDelete(queue), osErrorISR);
	EXPECT(!osMessageQueueGetName(queue));
	/* for the thread: the queue misuse above changed nothing */
	EXPECT_EQ(osMessageQueuePut(queue, &message, 7, 0), osOK);
}

static void from_an_interrupt(void)
{
	new_queue(1);
	run_in_isr(isr_calls);
	expect_next(2, 7);
	delete_queue();
}

static void isr_put(void)
{
	put_now(77, 1);
	note('i');
}

static void interrupt_wakes_a_reader(void)
{
	struct transfer t = { .letter = 't', .timeout = osWaitForever };
	osThreadId_t thread;

	new_queue(1);
	thread = spawn_blocked_on(CPU0, get, &t, HELPER_HIGH);
	expect_isr_wakes(thread, isr_put);
	EXPECT_EQ(t.message, 77);
	delete_queue();
}

static void isr_get(void)
{
	u32 message;

	EXPECT_EQ(osMessageQueueGet(queue, &message, NULL, 0), osOK);
	EXPECT_EQ(message, 1);
}

static void interrupt_wakes_a_writer(void)
{
	struct transfer t = { .message = 2, .timeout = osWaitForever };
	osThreadId_t thread;

	new_queue(1);
	put_now(1, 0);
	thread = spawn_blocked(put, &t, HELPER_HIGH);
	run_in_isr(isr_get);
	join(thread);
	EXPECT_EQ(t.status, osOK);
	expect_next(2, 0);
	delete_queue();
}

/* Several writers and readers: each message arrives once, each writer's in order. */
#define WRITERS		3
#define READERS		2
#define MESSAGES	600

static u8 arrived[WRITERS][MESSAGES];
static u32 received;

static void write_all(void *argument)
{
	u32 writer = (u32)(u64)argument;

	for (u32 n = 0; n < MESSAGES; n++) {
		u32 message = writer << 16 | n;

		EXPECT_EQ(osMessageQueuePut(queue, &message, 0, osWaitForever),
			  osOK);
	}
}

static void read_all(void *argument)
{
	u32 last[WRITERS] = { 0 };
	u32 message;

	(void)argument;
	while (osMessageQueueGet(queue, &message, NULL, osWaitForever) == osOK) {
		u32 writer = message >> 16, n = message & 0xffff;

		if (message == 0xffffffff)
			break;
		if (!EXPECT(writer < WRITERS && n < MESSAGES))
			break;
		/* of one writer, a reader gets later messages later */
		EXPECT(!last[writer] || n >= last[writer]);
		last[writer] = n;
		EXPECT_EQ(atomic_add(&arrived[writer][n], 1), 1);
		atomic_add(&received, 1);
	}
}

static void nothing_is_lost_or_doubled(void)
{
	osThreadId_t writer[WRITERS], reader[READERS];
	u32 end = 0xffffffff;

	new_queue(5);
	for (u64 n = 0; n < READERS; n++)
		reader[n] = spawn_on(0, read_all, NULL,
				     osPriorityBelowNormal + (osPriority_t)n);
	for (u64 n = 0; n < WRITERS; n++)
		writer[n] = spawn_on(0, write_all, (void *)n,
				     osPriorityBelowNormal + (osPriority_t)n);
	for (int n = 0; n < WRITERS; n++)
		join(writer[n]);
	for (int n = 0; n < READERS; n++)
		EXPECT_EQ(osMessageQueuePut(queue, &end, 0, osWaitForever), osOK);
	for (int n = 0; n < READERS; n++)
		join(reader[n]);
	EXPECT_EQ(received, WRITERS * MESSAGES);
	delete_queue();
}

static osMessageQueueId_t made_early;

static void ready(void)
{
	made_early = osMessageQueueNew(1, 4, NULL);
}

static void made_before_the_kernel_started(void)
{
	EXPECT(made_early);
	queue = made_early;
	put_now(1, 2);
	expect_next(1, 2);
	delete_queue();
}

static void nothing_leaks(void)
{
	EXPECT_NO_LEAK(osMessageQueueNew(4, 32, NULL), osMessageQueueDelete);
}

static const struct test tests[] = {
	TEST(made_before_the_kernel_started),
	TEST(create_checks_its_arguments),
	TEST(messages_are_counted),
	TEST(order_is_by_priority_then_fifo),
	TEST(messages_arrive_whole),
	TEST(times_out_and_not_early),
	TEST(wrong_arguments_are_refused),
	TEST(static_memory_is_enough),
	TEST(put_wakes_a_reader),
	TEST(get_wakes_a_writer),
	TEST(readers_go_by_priority_then_fifo),
	TEST(writers_go_by_priority_then_fifo),
	TEST(reset_empties_and_lets_writers_in),
	TEST(delete_ends_waits),
	TEST(terminated_threads_leave_the_queue),
	TEST(from_an_interrupt),
	TEST(interrupt_wakes_a_reader),
	TEST(interrupt_wakes_a_writer),
	TEST(nothing_is_lost_or_doubled),
	TEST(nothing_leaks),
};

int main(void)
{
	SUITE_RUN("rtos-queue", tests, NULL, ready);
}
