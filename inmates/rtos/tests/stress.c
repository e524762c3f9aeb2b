// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Threads that do at random whatever the API offers, and an interrupt beside
 * them, while each looks at what must always hold:
 *	- on each CPU the highest ready thread that may run there does;
 *	- the owner of a mutex is at least as urgent as all who wait for it, and
 *	  has its own priority back when it holds none;
 *	- one thread is in a mutex; a block is somebody's alone;
 *	- delays and timers are not early;
 *	- no token, message or wake-up is lost or doubled.
 * Bounded in operations. The seed makes the choices, not the moments.
 */

#include "lib/harness.h"

CONFIG(512 << 10,
       .accounting = RTOS_ACCOUNTING(.slice_ticks = 2),
       .timer_priority = osPriorityHigh,
       .fault_policy = RTOS_FAULT_FAIL);

#define WORKERS		6
#define VICTIMS		2
#define OPERATIONS	500
#define MUTEXES		2
#define TIMERS		3
#define MESSAGES	8192
#define MOST_THREADS	32
/* Where another CPU may be in the middle of something, and its host away. */
#define PATIENCE_NS	10000000000ULL
#define LOOKS		50

struct worker {
	osThreadId_t id;
	u32 random;
	osPriority_t priority;	/* its own */
	u32 mutexes_held;
	u32 waits_for;		/* mutex + 1 */
	u32 operations;
};

static struct worker workers[WORKERS];
static osThreadId_t victims[VICTIMS];
static osMutexId_t mutex[MUTEXES], victims_mutex, robust;
static int inside[MUTEXES];
static osSemaphoreId_t sem, isr_sem;
static osMessageQueueId_t queue;
static osMemoryPoolId_t pool;
static osEventFlagsId_t events;
static osTimerId_t timers[TIMERS];
static u32 timer_due[TIMERS];

static u32 next_message;
static u8 message_sent[MESSAGES], message_received[MESSAGES];
static u32 tokens_given, tokens_taken;
static u32 isr_random, isr_count;
static bool stopped;

static u32 pick(u32 *random, u32 below)
{
	return random_next(random) % below;
}

/* None, some ticks, or (if somebody is sure to end the wait) for ever. */
static u32 pick_timeout(u32 *random, bool forever)
{
	u32 choice = pick(random, 6);

	return choice < 4 ? choice : forever ? osWaitForever : 2;
}

static void spin_a_little(u32 *random)
{
	for (u32 n = pick(random, 300); n; n--)
		cpu_relax();
}

/* ==== Invariants ==== */

/* A ready thread that should have this CPU instead of the caller, if any. */
static osThreadId_t kept_from_running(void)
{
	osThreadId_t all[MOST_THREADS], self = osThreadGetId();
	osPriority_t mine = osThreadGetPriority(self);
	u32 here = osThreadProcessor(rtos_cpu());
	u32 count = osThreadEnumerate(all, MOST_THREADS);

	for (u32 n = 0; n < count; n++) {
		u32 mask = osThreadGetAffinityMask(all[n]);

		if (osThreadGetState(all[n]) == osThreadReady &&
		    osThreadGetPriority(all[n]) > mine && (!mask || mask & here))
			return all[n];
	}
	return NULL;
}

/* A thread that waits for a mutex of a less urgent owner, if any. */
static osThreadId_t inverted(void)
{
	for (u32 n = 0; n < WORKERS; n++) {
		u32 m = atomic_read(&workers[n].waits_for);
		osThreadId_t owner;

		if (!m || !BLOCKED(workers[n].id))
			continue;
		owner = osMutexGetOwner(mutex[m - 1]);
		if (owner && osThreadGetPriority(owner) <
			     osThreadGetPriority(workers[n].id))
			return workers[n].id;
	}
	return NULL;
}

/*
 * Is one and the same thread found at every look? An interrupt, or the other
 * CPU, makes one look mean nothing; neither goes on for ever.
 */
static bool holds_for_long(osThreadId_t (*find)(void))
{
	u64 end = timer_get_ticks() + timer_ns_to_ticks(PATIENCE_NS);
	osThreadId_t first = find();

	if (!first)
		return false;
	for (u32 looks = 0; looks < LOOKS ||
	     (two_cpus() && timer_get_ticks() < end); looks++)
		if (find() != first)
			return false;
	return true;
}

static void show_threads(void)
{
	osThreadId_t all[MOST_THREADS];
	u32 count = osThreadEnumerate(all, MOST_THREADS);

	printk("# on CPU %u, thread %p:\n", rtos_cpu(), osThreadGetId());
	for (u32 n = 0; n < count; n++)
		printk("# thread %p: state %d, priority %d, affinity 0x%x\n", all[n],
		       osThreadGetState(all[n]), osThreadGetPriority(all[n]),
		       osThreadGetAffinityMask(all[n]));
}

static void look_around(void)
{
	if (holds_for_long(kept_from_running) &&
	    !FAIL("a higher ready thread runs"))
		show_threads();
	if (holds_for_long(inverted) &&
	    !FAIL("the owner has inherited the priority"))
		show_threads();
}

/* ==== Operations ==== */

static bool enter(struct worker *w, u32 m)
{
	osStatus_t status;

	atomic_set(&w->waits_for, m + 1);
	status = osMutexAcquire(mutex[m], pick_timeout(&w->random, true));
	atomic_set(&w->waits_for, 0);
	EXPECT(status == osOK || status == osErrorTimeout ||
	       status == osErrorResource);
	if (status != osOK)
		return false;
	w->mutexes_held++;
	EXPECT_EQ(atomic_add(&inside[m], 1), 1);
	EXPECT(osMutexGetOwner(mutex[m]) == w->id);
	return true;
}

static void leave(struct worker *w, u32 m)
{
	EXPECT_EQ(atomic_add(&inside[m], -1), 0);
	w->mutexes_held--;
	EXPECT_EQ(osMutexRelease(mutex[m]), osOK);
	if (!w->mutexes_held)
		EXPECT_EQ(osThreadGetPriority(w->id), w->priority);
}

static void use_mutexes(struct worker *w)
{
	if (!enter(w, 0))
		return;
	spin_a_little(&w->random);
	if (pick(&w->random, 2) && enter(w, 1)) {
		if (!pick(&w->random, 4))
			osDelay(1);
		look_around();
		leave(w, 1);
	}
	leave(w, 0);
}

static void use_semaphore(struct worker *w)
{
	if (osSemaphoreAcquire(sem, pick_timeout(&w->random, true)) != osOK)
		return;
	spin_a_little(&w->random);
	EXPECT_EQ(osSemaphoreRelease(sem), osOK);
}

static void take_isr_token(struct worker *w)
{
	if (osSemaphoreAcquire(isr_sem, pick_timeout(&w->random, true)) == osOK)
		atomic_add(&tokens_taken, 1);
}

static void send(u32 *random, u32 timeout)
{
	u32 message = atomic_add(&next_message, 1) - 1;

	if (message < MESSAGES &&
	    osMessageQueuePut(queue, &message, (u8)pick(random, 4), timeout) == osOK)
		atomic_add(&message_sent[message], 1);
}

static void receive(struct worker *w)
{
	u32 message;

	if (osMessageQueueGet(queue, &message, NULL,
			      pick_timeout(&w->random, false)) != osOK)
		return;
	if (EXPECT(message < MESSAGES))
		EXPECT_EQ(atomic_add(&message_received[message], 1), 1);
}

static void use_block(struct worker *w)
{
	volatile u64 *block = osMemoryPoolAlloc(pool,
					pick_timeout(&w->random, true));

	if (!block)
		return;
	block[1] = (u64)w;
	spin_a_little(&w->random);
	EXPECT_EQ(block[1], (u64)w);
	EXPECT_EQ(osMemoryPoolFree(pool, (void *)block), osOK);
}

static void sleep(struct worker *w)
{
	u32 ticks = 1 + pick(&w->random, 3), began = osKernelGetTickCount();

	if (pick(&w->random, 2)) {
		EXPECT_EQ(osDelay(ticks), osOK);
	} else if (osDelayUntil(began + ticks) != osOK) {
		/* it was past already */
		EXPECT(osKernelGetTickCount() - began >= ticks);
	}
	EXPECT(osKernelGetTickCount() - began >= ticks);
}

static void change_priority(struct worker *w)
{
	w->priority = osPriorityLow + (osPriority_t)pick(&w->random, 30);
	EXPECT_EQ(osThreadSetPriority(w->id, w->priority), osOK);
	EXPECT_EQ(osThreadGetPriority(w->id), w->priority);
}

static void change_affinity(struct worker *w)
{
	u32 mask = 1 + pick(&w->random, (1U << rtos_num_cpus()) - 1);

	EXPECT_EQ(osThreadSetAffinityMask(w->id, mask), osOK);
	EXPECT(osThreadProcessor(rtos_cpu()) & mask);
}

static void use_flags(struct worker *w)
{
	u32 other = pick(&w->random, WORKERS), self = (u32)(w - workers);

	switch (pick(&w->random, 4)) {
	case 0:
		osEventFlagsSet(events, 1U << other);
		break;
	case 1:
		osEventFlagsWait(events, 1U << self, osFlagsWaitAny,
				 pick_timeout(&w->random, false));
		break;
	case 2:
		osThreadFlagsSet(workers[other].id, 1);
		break;
	case 3:
		osThreadFlagsWait(1, osFlagsWaitAny,
				  pick_timeout(&w->random, false));
	}
}

static void start_timer(struct worker *w)
{
	u32 n = pick(&w->random, TIMERS), ticks = 1 + pick(&w->random, 4);

	/* one at a time, so that timer_due belongs to the start */
	if (osMutexAcquire(mutex[1], 0) != osOK)
		return;
	atomic_set(&timer_due[n], osKernelGetTickCount() + ticks);
	EXPECT_EQ(osTimerStart(timers[n], ticks), osOK);
	EXPECT_EQ(osMutexRelease(mutex[1]), osOK);
}

static void on_timer(void *argument)
{
	u32 n = (u32)(u64)argument;
	u32 due = atomic_read(&timer_due[n]);

	/* what has been started again meanwhile is due later */
	EXPECT((s32)(osKernelGetTickCount() - due) >= 0 ||
	       osTimerIsRunning(timers[n]) || osMutexGetOwner(mutex[1]));
}

static void victim(void *argument)
{
	u32 random = (u32)(u64)argument;

	for (;;) {
		if (osMutexAcquire(robust, pick_timeout(&random, true)) == osOK) {
			EXPECT(osMutexGetOwner(robust) == osThreadGetId());
			spin_a_little(&random);
			EXPECT_EQ(osMutexRelease(robust), osOK);
		}
		osDelay(pick(&random, 2));
	}
}

static osThreadId_t new_victim(u32 *random)
{
	return spawn_on(0, victim, (void *)(u64)random_next(random),
			osPriorityLow + (osPriority_t)pick(random, 30));
}

/* Suspends, resumes, and replaces threads that did nothing wrong. */
static void disturb_a_victim(struct worker *w)
{
	u32 n = pick(&w->random, VICTIMS);

	if (osMutexAcquire(victims_mutex, 0) != osOK)
		return;
	switch (pick(&w->random, 4)) {
	case 0:
		EXPECT_EQ(osThreadSuspend(victims[n]), osOK);
		break;
	case 1:
		osThreadResume(victims[n]);
		break;
	case 2:
		osThreadSetPriority(victims[n], osPriorityLow +
				    (osPriority_t)pick(&w->random, 30));
		break;
	case 3:
		EXPECT_EQ(osThreadTerminate(victims[n]), osOK);
		join(victims[n]);
		victims[n] = new_victim(&w->random);
	}
	EXPECT_EQ(osMutexRelease(victims_mutex), osOK);
}

static void work(void *argument)
{
	struct worker *w = argument;

	w->id = osThreadGetId();
	for (w->operations = 0; w->operations < OPERATIONS; w->operations++) {
		switch (pick(&w->random, 14)) {
		case 0: case 1: case 2:
			use_mutexes(w);
			break;
		case 3:
			use_semaphore(w);
			break;
		case 4:
			take_isr_token(w);
			break;
		case 5:
			send(&w->random, pick_timeout(&w->random, false));
			break;
		case 6:
			receive(w);
			break;
		case 7:
			use_block(w);
			break;
		case 8:
			sleep(w);
			break;
		case 9:
			change_priority(w);
			break;
		case 10:
			change_affinity(w);
			break;
		case 11:
			use_flags(w);
			break;
		case 12:
			start_timer(w);
			break;
		case 13:
			disturb_a_victim(w);
		}
		if (!pick(&w->random, 4))
			look_around();
		if (!pick(&w->random, 8))
			EXPECT_EQ(osThreadYield(), osOK);
	}
}

static void on_interrupt(unsigned int irq, void *argument)
{
	void *block;

	(void)irq;
	(void)argument;
	isr_count++;
	if (osSemaphoreRelease(isr_sem) == osOK)
		atomic_add(&tokens_given, 1);
	send(&isr_random, 0);
	osThreadFlagsSet(workers[pick(&isr_random, WORKERS)].id, 1);
	osEventFlagsSet(events, 1U << pick(&isr_random, WORKERS));
	block = osMemoryPoolAlloc(pool, 0);
	if (block)
		EXPECT_EQ(osMemoryPoolFree(pool, block), osOK);
	if (atomic_read(&stopped))
		timer_stop(TIMER_PHYSICAL);
	else
		timer_set_deadline(TIMER_PHYSICAL, timer_count(TIMER_PHYSICAL) +
			timer_ns_to_ticks(100000 + pick(&isr_random, 900000)));
}

/* ==== Life ==== */

static void make_objects(void)
{
	osMutexAttr_t inherit = { .attr_bits = osMutexPrioInherit };

	for (u32 n = 0; n < MUTEXES; n++)
		mutex[n] = osMutexNew(&inherit);
	victims_mutex = osMutexNew(NULL);
	robust = osMutexNew(&(osMutexAttr_t){
		.attr_bits = osMutexPrioInherit | osMutexRobust });
	sem = osSemaphoreNew(2, 2, NULL);
	isr_sem = osSemaphoreNew(1000000, 0, NULL);
	queue = osMessageQueueNew(5, sizeof(u32), NULL);
	pool = osMemoryPoolNew(2, 16, NULL);
	events = osEventFlagsNew(NULL);
	for (u64 n = 0; n < TIMERS; n++)
		timers[n] = osTimerNew(on_timer, osTimerOnce, (void *)n, NULL);
}

static void all_workers_come_to_their_end(void)
{
	u32 random = random_seed();
	unsigned int left;

	make_objects();
	/* nothing of ours is above the one that watches */
	EXPECT_EQ(osThreadSetPriority(osThreadGetId(), osPriorityRealtime), osOK);
	isr_random = random + 1;
	/* other CPUs begin at once all the same */
	osKernelLock();
	/* first: the lock does not keep other CPUs' workers from starting */
	for (u32 n = 0; n < VICTIMS; n++)
		victims[n] = new_victim(&random);
	for (u32 n = 0; n < WORKERS; n++) {
		workers[n].random = random_next(&random);
		workers[n].priority = osPriorityLow + (osPriority_t)pick(&random, 30);
		workers[n].id = spawn_on(0, work, &workers[n],
					 workers[n].priority);
	}
	osKernelUnlock();
	EXPECT_EQ(rtos_irq_attach(TIMER_PHYSICAL_IRQ, RTOS_IRQ_PRIORITY_DEFAULT,
				  on_interrupt, NULL), osOK);
	timer_set_deadline(TIMER_PHYSICAL, timer_count(TIMER_PHYSICAL));

	for (u32 ms = 0; ms < 60000; ms += 10) {
		left = 0;
		for (u32 n = 0; n < WORKERS; n++)
			left += osThreadGetState(workers[n].id) !=
				osThreadTerminated;
		if (!left)
			break;
		osDelay(10);
	}
	if (!EXPECT_EQ(left, 0))
		for (u32 n = 0; n < WORKERS; n++)
			printk("# worker %u: state %d, priority %d, operation %u, waits for mutex %u\n",
			       n, osThreadGetState(workers[n].id),
			       osThreadGetPriority(workers[n].id),
			       workers[n].operations, workers[n].waits_for);
	atomic_set(&stopped, true);
	osDelay(3);
	EXPECT_EQ(rtos_irq_detach(TIMER_PHYSICAL_IRQ), osOK);
	timer_stop(TIMER_PHYSICAL);
	for (u32 n = 0; n < VICTIMS; n++) {
		EXPECT_EQ(osThreadTerminate(victims[n]), osOK);
		join(victims[n]);
	}
	if (!left)
		for (u32 n = 0; n < WORKERS; n++)
			join(workers[n].id);
	EXPECT_EQ(osThreadSetPriority(osThreadGetId(), osPriorityNormal), osOK);
	printk("# %u interrupts, %u messages, %u tokens\n", isr_count,
	       next_message, tokens_given);
}

static void mutexes_are_free(void)
{
	for (u32 n = 0; n < MUTEXES; n++) {
		EXPECT(!osMutexGetOwner(mutex[n]));
		EXPECT_EQ(osMutexAcquire(mutex[n], 0), osOK);
		EXPECT_EQ(osMutexRelease(mutex[n]), osOK);
	}
	EXPECT_EQ(osMutexAcquire(victims_mutex, 0), osOK);
	/* its owners died by the dozen */
	EXPECT_EQ(osMutexAcquire(robust, 0), osOK);
}

static void tokens_and_blocks_are_all_there(void)
{
	EXPECT_EQ(osSemaphoreGetCount(sem), 2);
	EXPECT_EQ(osSemaphoreGetCount(isr_sem), tokens_given - tokens_taken);
	EXPECT(tokens_taken > 0);
	EXPECT_EQ(osMemoryPoolGetCount(pool), 0);
}

static void messages_arrived_once(void)
{
	u32 message, sent = 0;

	while (osMessageQueueGet(queue, &message, NULL, 0) == osOK)
		message_received[message]++;
	for (u32 n = 0; n < MESSAGES; n++) {
		sent += message_sent[n];
		if (!EXPECT_EQ(message_received[n], message_sent[n]))
			printk("# message %u\n", n);
	}
	EXPECT(sent > 0);
}

static const struct test tests[] = {
	TEST(all_workers_come_to_their_end),
	TEST(mutexes_are_free),
	TEST(tokens_and_blocks_are_all_there),
	TEST(messages_arrived_once),
};

int main(void)
{
	SUITE_RUN("rtos-stress", tests, NULL, NULL);
}
