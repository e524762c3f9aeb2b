// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Threads that go wrong: each is reported by its name and ends, the others go
 * on. With fatal=1 the hook asks for the cell's end: it ends as failed. With
 * die=handler, callback, exit or masked, something goes wrong that ends the cell.
 * What the console has to say is checked by ci/tests/inmate-rtos.sh.
 */

#include "lib/harness.h"

#define WATCHDOG_TICKS	60
#define SGI_UNHANDLED	9
#define SGI_MISUSE	10

CONFIG(512 << 10,
       .accounting = RTOS_ACCOUNTING(.slice_ticks = 5, .watchdog_ticks = WATCHDOG_TICKS),
       .timer_priority = osPriorityRealtime,
       .fault_policy = RTOS_FAULT_TERMINATE);

/* What the hook was told. */
static osThreadId_t faulted;
static enum rtos_fault fault;
static u32 fault_count;
static char fault_name[32];

/*
 * Who may not run on after the time. All others may: on a host that is busy, a
 * short time takes long.
 */
#define CULPRIT		"never yields"
static u32 watchdog_count;

enum rtos_fault_policy rtos_fault_hook(osThreadId_t thread, enum rtos_fault what)
{
	const char *name = osThreadGetName(thread);

	faulted = thread;
	fault = what;
	snprintk(fault_name, sizeof(fault_name), "%s", name ? name : "(none)");
	atomic_add(&fault_count, 1);
	return cmdline_parse_bool("fatal", false) ? RTOS_FAULT_FAIL :
						    RTOS_FAULT_TERMINATE;
}

bool rtos_watchdog(osThreadId_t thread)
{
	const char *name = osThreadGetName(thread);

	if (name && !strcmp(name, CULPRIT))
		return false;
	if (name && !strcmp(name, "helper"))
		atomic_add(&watchdog_count, 1);
	return true;
}

/* A thread that works all the time beside the ones that fault. */
static u32 worked;
static bool stopped;

static void work(void *argument)
{
	(void)argument;
	while (!atomic_read(&stopped)) {
		atomic_add(&worked, 1);
		osDelay(1);
	}
}

static void expect_fault(const char *name, osThreadFunc_t func, void *argument,
			 osPriority_t priority, enum rtos_fault want)
{
	u32 before = atomic_read(&fault_count), worked_before;
	osThreadId_t thread = osThreadNew(func, argument, &(osThreadAttr_t){
		.name = name,
		.attr_bits = osThreadJoinable,
		.priority = priority,
		.affinity_mask = helpers_mask(),
	});

	EXPECT(thread);
	EVENTUALLY(atomic_read(&fault_count) == before + 1);
	EXPECT(faulted == thread);
	EXPECT(!strcmp(fault_name, name));
	EXPECT_EQ(fault, want);
	EVENTUALLY(osThreadGetState(thread) == osThreadTerminated);
	join(thread);
	worked_before = atomic_read(&worked);
	EVENTUALLY(atomic_read(&worked) > worked_before);
}

/* ==== Stacks ==== */

static u32 __attribute__((noinline)) recurse(volatile u32 *parent)
{
	volatile u32 room[16] = { *parent + 1 };

	/* never 0, which the compiler cannot know */
	return room[0] ? recurse(room) + room[0] : 0;
}

static void overflow(void *argument)
{
	volatile u32 start = (u32)(u64)argument;

	recurse(&start);
}

static void stack_overflow(void)
{
	expect_fault("recurses", overflow, NULL, HELPER_HIGH, RTOS_FAULT_STACK);
}

/* Whoever comes next gets the same stack, guarded as before. */
static void stack_overflow_again(void)
{
	for (int n = 0; n < 5; n++)
		expect_fault("recurses again", overflow, NULL, HELPER_HIGH,
			     RTOS_FAULT_STACK);
}

static void stack_overflow_with_static_memory(void)
{
	static RTOS_CB(THREAD) cb;
	static RTOS_STACK(4096) stack;
	u32 before = atomic_read(&fault_count);
	osThreadId_t thread = osThreadNew(overflow, NULL, &(osThreadAttr_t){
		.name = "static recursion",
		.attr_bits = osThreadJoinable,
		.cb_mem = &cb, .cb_size = sizeof(cb),
		.stack_mem = &stack, .stack_size = sizeof(stack),
		.priority = HELPER_HIGH,
		.affinity_mask = helpers_mask(),
	});

	EVENTUALLY(atomic_read(&fault_count) == before + 1);
	EXPECT_EQ(fault, RTOS_FAULT_STACK);
	EXPECT(!strcmp(fault_name, "static recursion"));
	join(thread);
	memset(&stack, 0, sizeof(stack));
}

/* Too small for a guard page: the mark at its end is found when it waits. */
static u64 small_stack[2048 / 8 + 64] __attribute__((aligned(16)));

static void write_below(void *argument)
{
	(void)argument;
	memset(&small_stack[64 - 8], 0x55, 16 * sizeof(u64));
	osDelay(1);
	FAIL("the thread goes on with a broken stack");
}

static void small_stack_overflow(void)
{
	u32 before = atomic_read(&fault_count);
	osThreadId_t thread = osThreadNew(write_below, NULL, &(osThreadAttr_t){
		.name = "small stack",
		.attr_bits = osThreadJoinable,
		.stack_mem = &small_stack[64], .stack_size = 2048,
		.priority = HELPER_HIGH,
		.affinity_mask = helpers_mask(),
	});

	EXPECT(thread);
	EVENTUALLY(atomic_read(&fault_count) == before + 1);
	EXPECT_EQ(fault, RTOS_FAULT_STACK);
	EXPECT(!strcmp(fault_name, "small stack"));
	join(thread);
}

/* ==== Accesses ==== */

static void *volatile nowhere;

static void read_null(void *argument)
{
	(void)argument;
	(void)*(volatile u32 *)nowhere;
}

static void write_null(void *argument)
{
	(void)argument;
	((volatile u32 *)nowhere)[3] = 1;
}

static void call_null(void *argument)
{
	(void)argument;
	((void (*volatile)(void))nowhere)();
}

static void null_access(void)
{
	expect_fault("reads null", read_null, NULL, HELPER_HIGH, RTOS_FAULT_NULL);
	expect_fault("writes null", write_null, NULL, HELPER_HIGH,
		     RTOS_FAULT_NULL);
	expect_fault("calls null", call_null, NULL, HELPER_HIGH, RTOS_FAULT_NULL);
}

static void write_code(void *argument)
{
	(void)argument;
	*(volatile u32 *)(void *)write_code = 0;
}

static const u32 constant = 5;

static void write_constant(void *argument)
{
	(void)argument;
	*(volatile u32 *)&constant = 6;
}

static void run_data(void *argument)
{
	((void (*)(void))argument)();
}

static void jump_astray(void *argument)
{
	asm volatile("br %0" : : "r" ((u64)argument + 2));
}

static void other_accesses(void)
{
	static u32 data[4] = { 0xd65f03c0 };	/* ret */

	expect_fault("writes code", write_code, NULL, HELPER_HIGH,
		     RTOS_FAULT_ACCESS);
	expect_fault("writes a constant", write_constant, NULL, HELPER_HIGH,
		     RTOS_FAULT_ACCESS);
	expect_fault("runs data", run_data, data, HELPER_HIGH, RTOS_FAULT_ACCESS);
	expect_fault("jumps astray", jump_astray, run_data, HELPER_HIGH,
		     RTOS_FAULT_ACCESS);
	EXPECT_EQ(constant, 5);
}

/* ==== Instructions ==== */

static volatile int zero, quotient;

static void divide(void *argument)
{
	(void)argument;
	quotient = 7 / zero;
}

static void trap(void *argument)
{
	(void)argument;
	asm volatile("brk #77");
}

static void undefined(void *argument)
{
	(void)argument;
	asm volatile("udf #0");
}

static void bad_instructions(void)
{
	expect_fault("divides by zero", divide, NULL, HELPER_HIGH,
		     RTOS_FAULT_DIVIDE);
	expect_fault("traps", trap, NULL, HELPER_HIGH, RTOS_FAULT_CHECK);
	expect_fault("is undefined", undefined, NULL, HELPER_HIGH,
		     RTOS_FAULT_UNDEFINED);
}

/* ==== The watchdog of threads ==== */

static void never_yield(void *argument)
{
	(void)argument;
	for (;;)
		cpu_relax();
}

static void never_yields_at_top_priority(void)
{
	expect_fault(CULPRIT, never_yield, NULL, osPriorityRealtime7,
		     RTOS_FAULT_WATCHDOG);
}

/* For as many ticks; and how many they were, as the host may make them more. */
static void spin_for(void *argument)
{
	u32 *ticks = argument, began = osKernelGetTickCount();

	spin_ticks(*ticks);
	*ticks = osKernelGetTickCount() - began;
}

static void watchdog_may_be_patient(void)
{
	u32 before = atomic_read(&fault_count), ticks = 3 * WATCHDOG_TICKS;

	atomic_set(&watchdog_count, 0);
	join(spawn(spin_for, &ticks, HELPER_HIGH));
	EXPECT_EQ(fault_count, before);
	EXPECT(watchdog_count >= 1 && watchdog_count <= ticks / WATCHDOG_TICKS);
}

/* Whoever waits now and then is not asked about, however much it computes. */
static void spin_and_wait(void *argument)
{
	u64 longest = *(u64 *)argument;

	for (int n = 0; n < 8; n++) {
		u64 began = timer_get_ticks();

		spin_ticks(WATCHDOG_TICKS / 4);
		if (timer_get_ticks() - began > longest)
			longest = timer_get_ticks() - began;
		osDelay(1);
	}
	*(u64 *)argument = longest;
}

static void watchdog_leaves_others_alone(void)
{
	u64 longest = 0, limit = timer_ns_to_ticks(WATCHDOG_TICKS * 1000000ULL / 2);

	/* again if the host made it longer than it was meant to be */
	for (int n = 0; n < 20; n++) {
		longest = 0;
		atomic_set(&watchdog_count, 0);
		join(spawn(spin_and_wait, &longest, HELPER_HIGH));
		if (longest < limit)
			break;
	}
	if (longest < limit)
		EXPECT_EQ(watchdog_count, 0);
}

/* ==== What a dying thread leaves ==== */

static osMutexId_t robust, plain;
static osSemaphoreId_t sem;

static void die_with_mutexes(void *argument)
{
	(void)argument;
	EXPECT_EQ(osMutexAcquire(robust, osWaitForever), osOK);
	EXPECT_EQ(osMutexAcquire(plain, osWaitForever), osOK);
	*(volatile u32 *)nowhere = 1;
}

static void wait_for_robust(void *argument)
{
	EXPECT_EQ(osMutexAcquire(robust, osWaitForever), osOK);
	atomic_set((bool *)argument, true);
	EXPECT_EQ(osMutexRelease(robust), osOK);
}

static void mutexes_of_the_dead(void)
{
	bool got_it = false;
	osThreadId_t thread;

	robust = osMutexNew(&(osMutexAttr_t){ .name = "robust",
		.attr_bits = osMutexRobust | osMutexPrioInherit });
	plain = osMutexNew(&(osMutexAttr_t){ .name = "plain" });
	EXPECT_EQ(osMutexAcquire(robust, 0), osOK);
	thread = spawn_blocked(wait_for_robust, &got_it, HELPER_LOW);
	EXPECT_EQ(osMutexRelease(robust), osOK);
	join(thread);
	EXPECT(got_it);

	expect_fault("dies with mutexes", die_with_mutexes, NULL, HELPER_HIGH,
		     RTOS_FAULT_NULL);
	EXPECT_EQ(osMutexAcquire(robust, 0), osOK);
	EXPECT_EQ(osMutexRelease(robust), osOK);
	EXPECT(osMutexAcquire(plain, 2) != osOK);
	EXPECT_EQ(osMutexDelete(robust), osOK);
	EXPECT_EQ(osMutexDelete(plain), osOK);
}

static void die_locked(void *argument)
{
	(void)argument;
	osKernelLock();
	*(volatile u32 *)nowhere = 1;
}

static void kernel_lock_of_the_dead(void)
{
	expect_fault("dies with the kernel locked", die_locked, NULL, HELPER_HIGH,
		     RTOS_FAULT_NULL);
	EXPECT_EQ(osKernelGetState(), osKernelRunning);
}

static void join_the_faulty(void *argument)
{
	EXPECT_EQ(osThreadJoin(*(osThreadId_t *)argument), osOK);
}

static void die_when_told(void *argument)
{
	(void)argument;
	EXPECT_EQ(osSemaphoreAcquire(sem, osWaitForever), osOK);
	*(volatile u32 *)nowhere = 1;
}

static void whoever_joins_is_woken(void)
{
	osThreadId_t dying, joining;

	sem = osSemaphoreNew(1, 0, NULL);
	dying = spawn_blocked(die_when_told, NULL, HELPER_HIGH);
	joining = spawn_blocked(join_the_faulty, &dying, HELPER_HIGH);
	EXPECT_EQ(osSemaphoreRelease(sem), osOK);
	join(joining);
	EXPECT_EQ(osSemaphoreDelete(sem), osOK);
}

/* ==== Interrupts ==== */

static void unhandled_interrupt(void)
{
	/* as a device that nobody has asked for would do it */
	irq_enable(SGI_UNHANDLED);
	irq_send_sgi(SGI_UNHANDLED, cpu_mpidr());
	isb();
	osDelay(2);
	EXPECT_EQ(osKernelGetState(), osKernelRunning);
	irq_disable(SGI_UNHANDLED);
	irq_clear_pending(SGI_UNHANDLED);
}

/*
 * A handler that would wait for a message, which the API refuses: it is reported
 * with the thread that it came to, once, and both go on.
 */
static osMessageQueueId_t queue;

static void wait_in_handler(unsigned int irq, void *argument)
{
	u32 message;

	(void)irq;
	EXPECT_EQ(osMessageQueueGet(queue, &message, NULL, osWaitForever),
		  osErrorParameter);
	EXPECT_EQ(osMessageQueueReset(queue), osErrorISR);
	atomic_add((u32 *)argument, 1);
}

static void misuse_queue(void *argument)
{
	EXPECT_EQ(rtos_irq_attach(SGI_MISUSE, RTOS_IRQ_PRIORITY_DEFAULT,
				  wait_in_handler, argument), osOK);
	for (u32 n = 1; n <= 2; n++) {
		irq_send_sgi(SGI_MISUSE, cpu_mpidr());
		EVENTUALLY(atomic_read((u32 *)argument) == n);
	}
	EXPECT_EQ(rtos_irq_detach(SGI_MISUSE), osOK);
}

static void queue_misuse_in_a_handler(void)
{
	u32 handled = 0, message = 7;

	queue = osMessageQueueNew(1, sizeof(u32), NULL);
	join(osThreadNew(misuse_queue, &handled, &(osThreadAttr_t){
		.name = "misuses a queue",
		.attr_bits = osThreadJoinable,
		.priority = HELPER_HIGH,
		.affinity_mask = CPU0,
	}));
	EXPECT_EQ(handled, 2);
	EXPECT_EQ(osMessageQueuePut(queue, &message, 0, 0), osOK);
	EXPECT_EQ(osMessageQueueDelete(queue), osOK);
}

/* Nothing of all that is left in the heap or in the list of threads. */
static void nothing_is_left(void)
{
	u32 count = osThreadGetCount();

	for (int n = 0; n < 40; n++)
		expect_fault("one of many", read_null, NULL, HELPER_HIGH,
			     RTOS_FAULT_NULL);
	EXPECT_EQ(osThreadGetCount(), count);
}

/* ==== From the start ==== */

#define PAR_F	1	/* no translation */

static bool null_was_mapped;

static void look_at_null(void *argument)
{
	(void)argument;
	asm volatile("at s1e1r, %0\n\tisb" : : "r" (0UL) : "memory");
	null_was_mapped = !(read_sysreg(par_el1) & PAR_F);
}

/* The first thread of all, on the CPU that does not have to be started. */
static void make_first_thread(void)
{
	osThreadNew(look_at_null, NULL, &(osThreadAttr_t){
		.priority = osPriorityISR,
		.affinity_mask = CPU0,
	});
}

static void null_is_never_mapped(void)
{
	EXPECT(!null_was_mapped);
}

static osThreadId_t worker;

static void the_rest_goes_on(void)
{
	u32 before;

	EXPECT(worked > 10);
	before = atomic_read(&worked);
	EVENTUALLY(atomic_read(&worked) > before);
	atomic_set(&stopped, true);
	join(worker);
}

static void begin_work(void)
{
	worker = spawn_on(CPU0, work, NULL, osPriorityAboveNormal);
	EVENTUALLY(atomic_read(&worked) > 0);
}

static const struct test tests[] = {
	TEST(null_is_never_mapped),
	TEST(begin_work),
	TEST(stack_overflow),
	TEST(stack_overflow_again),
	TEST(stack_overflow_with_static_memory),
	TEST(small_stack_overflow),
	TEST(null_access),
	TEST(other_accesses),
	TEST(bad_instructions),
	TEST(never_yields_at_top_priority),
	TEST(watchdog_may_be_patient),
	TEST(watchdog_leaves_others_alone),
	TEST(mutexes_of_the_dead),
	TEST(kernel_lock_of_the_dead),
	TEST(whoever_joins_is_woken),
	TEST(unhandled_interrupt),
	TEST(queue_misuse_in_a_handler),
	TEST(nothing_is_left),
	TEST(the_rest_goes_on),
};

/* ==== The end of the cell ==== */

static void read_null_in_isr(void)
{
	read_null(NULL);
}

static void end_thread(void *argument)
{
	(void)argument;
	osThreadExit();
}

static void call_back(osTimerFunc_t func)
{
	EXPECT_EQ(osTimerStart(osTimerNew(func, osTimerOnce, NULL, NULL), 1), osOK);
	osDelay(LONG);
}

static void the_cell_dies(void)
{
	char how[16];

	cmdline_parse_str("die", how, sizeof(how), "");
	if (!strcmp(how, "handler"))
		run_in_isr(read_null_in_isr);
	else if (!strcmp(how, "callback"))
		call_back(read_null);
	else if (!strcmp(how, "exit"))
		call_back(end_thread);
	irqs_save();
	read_null(NULL);
}

static const struct test ends[] = {
	TEST(the_cell_dies),
};

int main(void)
{
	char how[16];

	if (*cmdline_parse_str("die", how, sizeof(how), ""))
		SUITE_RUN("rtos-faults", ends, NULL, NULL);
	SUITE_RUN("rtos-faults", tests, NULL, make_first_thread);
}
