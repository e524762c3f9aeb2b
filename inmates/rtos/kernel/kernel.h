/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef RTOS_KERNEL_H
#define RTOS_KERNEL_H

/*
 * The kernel's own state and the calls between its files. One lock, the
 * kernel's, protects all of it: what is marked "locked" is called between
 * kernel_lock() and kernel_unlock(), with interrupts masked.
 */

#include <inmate.h>

#include <rtos.h>
#include <rtos_skin.h>

#include "context.h"
#include "heap.h"
#include "list.h"
#include "wait.h"

#define PRIORITIES		57
#define PRIORITY_IDLE		0	/* of the idle threads only */

/*
 * librtos-up.a is for cells of one CPU: what is there for others only is left
 * out by the compiler, and the time with interrupts masked is not measured.
 */
#ifdef RTOS_UP
#define SMP			false
#define MAX_CPUS		1
#else
#define SMP			true
#define MAX_CPUS		INMATE_MAX_CPUS
#endif

/* Of a function: built for size, as no row of ci/bench/bench kernels is worse for it. */
#define FOR_SIZE		__attribute__((cold, noinline))

#define PSTATE_EL1T		0x4
#define PSTATE_F		(1 << 6)
#define PSTATE_I		(1 << 7)
#define PSTATE_D		(1 << 9)

/* ==== Objects ==== */

/* Rare values in memory, and each fits into the instruction that compares with it or loads it. */
enum object_kind {
	OBJECT_THREAD = 0xd10000,
	OBJECT_TIMER = 0xd30000,
	OBJECT_EVENT_FLAGS = 0xd50000,
	OBJECT_MUTEX = 0xd70000,
	OBJECT_SEMAPHORE = 0xd90000,
	OBJECT_MEMORY_POOL = 0xdb0000,
	OBJECT_MESSAGE_QUEUE = 0xdd0000,
};

struct object {
	u32 kind;
	u32 heap_size;		/* 0: memory of the program */
	const char *name;
};

/* A moment in ticks at which something is to be done, on one CPU. */
struct deadline {
	struct heap_node node;
	void (*expired)(struct deadline *deadline);	/* locked */
	struct cpu *cpu;
};

struct thread {
	struct object object;

	osThreadState_t state;
	u8 priority;		/* in effect, with what is inherited */
	u8 base_priority;
	bool joinable;
	bool kill;		/* to be ended by the CPU that runs it */
	bool watched;		/* a switch from it has more to do than to switch */
	struct cpu *cpu;	/* ran here last */
	struct cpu *reserved;	/* will run there next */
	u32 affinity;
	struct cpu *only;	/* where it may run, if that is one CPU */
	struct list ready[MAX_CPUS];	/* of each CPU it may run on */
	u64 slice_used;		/* counts of the system timer */
	u64 run_used;		/* the same, since it waited last */

	struct wait_queue *waiting;	/* what for; NULL: a time, or for ever */
	struct wait_node wait;
	struct deadline timeout;
	u32 result;		/* of the wait */
	void *wait_data;	/* message, block, flags: of the object's own */
	bool wait_own_flags;
	u32 flags;		/* osThreadFlags */

	struct mutex *wanted;	/* the mutex that it waits for */
	struct list mutexes;	/* that it owns */
	struct thread *joiner;	/* waits for this one's end */
	struct thread *joined;	/* whose end this one waits for */
	struct list all;

	u8 *stack;		/* usable part */
	u8 *guard;		/* page that is not mapped, or NULL */
	u32 stack_size;
	u32 stack_given;	/* as osThreadNew() was told */
	void *stack_heap;	/* to give back, or NULL */
	u32 stack_heap_size;

	struct rtos_local local;
	struct context context;	/* last: what is before it is reached in pairs */
};

/* a time of the virtual counter */
#define NEVER			(~0ULL)

/* What a CPU is doing; assembly knows the first members (context.h). */
struct cpu {
	struct context *context;	/* of the current thread */
	u64 stack;			/* of all that is no thread: its top */
	u32 irq;			/* that is being handled, as acknowledged */
	union {
		struct {
			bool resched;	/* look at the queues again */
			bool measures;	/* the time with interrupts masked */
			bool accounts;	/* for the time that threads use */
			bool yield;	/* the current one's turn is over */
		};
		u16 attention;		/* the first two: of every call */
		u32 rest;		/* all: a switch has more to do */
	};
	bool online;
	unsigned int number;
	struct thread *current;
	struct thread *next;		/* chosen by another, to be switched to */
	u64 ready_levels;		/* bit n: ready[n] is not empty */
	u64 entry;			/* offset of its struct thread.ready */
	struct heap deadlines;
	u64 started;			/* when the current one came on */
	u64 programmed;			/* the timer's deadline; 0: not yet */
	u64 comm_check;			/* when messages are looked for, or NEVER */
	struct {
		const struct timer *timer;	/* NULL: no call */
		osTimerFunc_t func;
		void *argument;
	} callback;			/* that the timer interrupt is to make */
	u64 off_since;			/* interrupts, see measure.c */
	const char *off_place;
	struct rtos_irqs_off off_longest;
	struct list ready[PRIORITIES];	/* behind what is reached in pairs */
	struct thread idle;
};

struct kernel {
	union {
		u32 word;		/* whose halves are equal: nobody has it */
		struct {
			u16 serving, next;	/* tickets */
		};
	} lock;
	osKernelState_t state;		/* Locked and Suspended are apart */
	struct thread *locker;		/* of osKernelLock() */
	/* While time stands, goes on with it; else NULL. Only osKernelSuspend() names it. */
	void (*thaw)(u32 ticks);
	unsigned int num_cpus;
	const struct rtos_accounting *accounting;	/* or NULL */
	u64 tick_counts;		/* counts of the system timer in a tick */
	u64 tick_base;			/* the counter at tick 0 */
	u64 frozen_tick;		/* while time stands */
	u32 num_threads;
	struct list threads;
	struct cpu cpus[MAX_CPUS];
};

extern struct kernel kernel;

_Static_assert(offsetof(struct cpu, stack) == CPU_STACK, "context.h");
_Static_assert(offsetof(struct cpu, irq) == CPU_IRQ, "context.h");
_Static_assert(offsetof(struct cpu, resched) == CPU_RESCHED, "context.h");
_Static_assert(offsetof(struct kernel, lock.next) == 2, "TICKET of lock.h");

/* ==== Who and where ==== */

static inline unsigned int num_cpus(void)
{
	return SMP ? kernel.num_cpus : 1;
}

/* The CPU's struct; with interrupts masked, or the thread moves away. */
static inline struct cpu *this_cpu(void)
{
	return SMP ? (struct cpu *)read_sysreg(tpidrro_el0) : &kernel.cpus[0];
}

static inline unsigned int this_cpu_number(void)
{
	return SMP ? cpu_id() : 0;
}

/* The same for who may come before tpidrro_el0 is set, or has lost it. */
static inline struct cpu *this_cpu_by_number(void)
{
	return &kernel.cpus[this_cpu_number()];
}

/* The thread that runs, or is interrupted; NULL before osKernelStart(). */
static inline struct thread *this_thread(void)
{
	return (struct thread *)read_sysreg(tpidr_el0);
}

#include "lock.h"
#include "object.h"

/* ==== Objects: object.c ==== */

/*
 * What every object begins as: takes attr's cb_mem or memory of the heap, cleared.
 * NULL if there is none, or objects may not be made: not initialised, or in_isr().
 * All kinds of attributes begin alike; NULL: none. Not locked.
 */
#define object_new(attr, size)	object_new_at(attr, size, __func__)
void *object_new_at(const void *attr, u32 size, const char *call);
/*
 * Memory for what a pool or a queue holds: attr's mp_mem or mq_mem, or of the heap
 * with its size in *heap_size. NULL: there is none. Not locked.
 */
void *object_memory(const void *attr, u64 size, u32 *heap_size);
/*
 * How calls begin and end that handlers may not make, off the rows of ci/bench/bench
 * kernels: takes the lock and looks the id up. NULL: the lock is not taken, and
 * *flags is what to return. call_end() is kernel_unlock(flags), not inline.
 */
#define call_begin(id, kind, flags)	call_begin_at(id, kind, flags, __func__)
void *call_begin_at(const void *id, enum object_kind kind, u64 *flags, const char *call);
osStatus_t call_end(u64 flags, osStatus_t status);
/* Locked; the id becomes invalid. */
void object_free(struct object *object);
/* The same, not locked. */
void object_drop(struct object *object);
const char *object_name(const void *id, enum object_kind kind);

/* Memory of the heap: alloc.c. Blocks of a power of two, in at most 20 steps. */
void alloc_init(void *heap, u32 size);
void *alloc_locked(u32 size);
void alloc_free_locked(void *memory, u32 size);
void *alloc(u32 size);

/* ==== Scheduler: sched.c, and sched_up.c or sched_smp.c; all locked ==== */

/* Its idle thread has been prepared. */
void sched_init_cpu(struct cpu *cpu);
/* Gives a thread that is in no queue to a CPU, or to the queues. */
void sched_ready(struct thread *thread);
/* Takes it out of where sched_ready() put it. */
void sched_unready(struct thread *thread);
/* On one CPU: the thread is the last of its queue now. */
void sched_move_back(struct thread *thread);
/* The current thread of the CPU gives way to its equals at the next switch. */
static inline void sched_yield(struct cpu *cpu)
{
	cpu->yield = true;
	/* with others, no thread is in a queue while it runs */
	if (!SMP)
		sched_move_back(cpu->current);
}
/* Whether there are such. */
bool sched_has_peer(const struct cpu *cpu);
void sched_set_running_priority(struct thread *thread, u8 priority);
void sched_set_priority(struct thread *thread, u8 priority);
void sched_set_affinity_smp(struct thread *thread, u32 affinity);
static inline void sched_set_affinity(struct thread *thread, u32 affinity)
{
	if (SMP)
		sched_set_affinity_smp(thread, affinity);
	else
		thread->affinity = affinity;
}
/* Makes a CPU look at its queues and timer again. */
void sched_kick(struct cpu *cpu);
/* Its registers are in a CPU: it cannot go on elsewhere yet. */
static inline bool sched_on_cpu(const struct thread *thread)
{
	return thread->cpu && thread->cpu->current == thread;
}

/* The thread that runs will not go on; the switch follows. */
static inline void sched_stop(struct thread *thread, osThreadState_t state)
{
	if (!SMP)
		sched_unready(thread);
	thread->state = state;
}

/* What a switch from a thread that is watched begins with. */
void sched_look_at(struct cpu *cpu, struct thread *before);

/* The time that threads use: accounting.c, all locked. */
struct rtos_accounting_calls {
	void (*stopped)(struct cpu *cpu, u64 now);
	/* time_program(), also for the next end of a slice or watchdog on this CPU */
	void (*program)(struct cpu *cpu);
	/* what of these has ended, and program() */
	void (*check)(struct cpu *cpu, u64 now);
};

/*
 * Called on the CPU's own stack, the current thread saved: chooses the thread
 * to go on with, releases the lock, returns its context.
 */
struct context *sched_switch(void);
/* Saves the current thread, calls sched_switch(): port/context.S. */
void context_switch(void);
/* Goes on with sched_switch()'s answer and never comes back. */
void __attribute__((noreturn)) context_start(void);

/* ==== Waiting: waiting.c, all locked ==== */

/*
 * Makes the calling thread wait in a queue (NULL: none) for so many ticks, and
 * does what kernel_unlock(flags) does. Returns what the waker said, or
 * osErrorTimeout. Only if wait_allowed().
 */
u32 wait_for_and_unlock(struct wait_queue *queue, u32 ticks, u64 flags);
bool wait_allowed(void);
/*
 * What a call comes to that cannot be served at once: the same if it may wait,
 * with "data" for the waker, else osErrorResource (timeout 0) or osErrorTimeout.
 */
u32 wait_or_refuse(struct wait_queue *queue, void *data, u32 timeout, u64 flags);
/* The same for who waits for a condition. */
void cond_wait_and_unlock(struct rtos_cond *cond, u32 timeout, u64 flags);
/* Ends a thread's wait. */
void wait_end(struct thread *thread, u32 result);
void wait_wake_all(struct wait_queue *queue, u32 result);
/* Takes a blocked thread out of what it waits for. */
void wait_cancel(struct thread *thread);
/* Its place among the waiting follows its priority. */
void wait_reorder(struct thread *thread);

static inline struct thread *waiting_thread(const struct wait_queue *queue)
{
	return list_empty(&queue->threads) ? NULL :
	       container_of(queue->threads.next, struct thread, wait.threads);
}

/* Ends the wait of the first thread of a queue; false if there is none. */
static inline bool wait_wake_first(struct wait_queue *queue, u32 result)
{
	struct thread *thread = waiting_thread(queue);

	if (thread)
		wait_end(thread, result);
	return thread;
}

/* ==== Time: time.c ==== */

void time_init(void);
u64 time_now(void);			/* in ticks; locked or not */
void time_freeze(void);
/* Ticks until the first deadline of all CPUs, at most osWaitForever. */
u32 time_to_next(void);
/* Locked. The deadline is on the calling CPU. */
void deadline_set(struct deadline *deadline, u64 tick);
void deadline_remove(struct deadline *deadline);
/* The timer is left as it is: it comes once in vain. */
static inline void deadline_cancel(struct deadline *deadline)
{
	if (heap_has(&deadline->node))
		deadline_remove(deadline);
}
/* Sets the CPU's timer to what comes next. */
void time_program(struct cpu *cpu);
/* The same without accounting, and not after @next. */
void time_program_before(struct cpu *cpu, u64 next);
void time_irq(unsigned int irq, void *argument);

/* ==== Threads and mutexes ==== */

/* Makes a thread of prepared fields run a function. */
void thread_prepare(struct thread *thread, osThreadFunc_t func, void *argument, u8 *stack_end);
/* A thread of the kernel's own: neither counted nor enumerated. */
void thread_hide(osThreadId_t thread_id);
/* Locked: it ends at the next switch from it. */
static inline void thread_kill(struct thread *thread)
{
	thread->kill = true;
	thread->watched = true;
}

/* Locked; the thread is on no CPU and in no queue. */
void thread_finish(struct thread *thread);
/* Locked: false if it runs on another CPU, which will do it. */
bool thread_end(struct thread *thread);

/*
 * Not locked. Another CPU is to stop running the thread: until it has, or it
 * runs anew.
 */
void thread_wait_until_off(struct thread *thread, struct cpu *cpu);

/*
 * Stacks: stack.c. Of memory that is given, or of the heap. Not locked; false: the
 * memory is not good, or there is none.
 */
bool stack_set(struct thread *thread, void *given, u32 size);
/* Locked, the others too. */
void stack_free(struct thread *thread);
/* Memory of the program's data, or of its stacks. */
bool in_data(const void *memory, u32 size);
/* The mark at the end of a stack without guard. */
bool stack_intact(const struct thread *thread);
bool stack_guards(const struct thread *thread, u64 address);

struct mutex {
	struct object object;
	/*
	 * NULL: free. The owner: it has nothing to do but to give it back, as nobody
	 * waits and it was acquired once. NOT_SIMPLE of mutex.c: all the rest.
	 */
	struct thread *simple;
	struct thread *owner;
	u32 nested;		/* how often more than once */
	u32 attr;
	struct list held;	/* of the owner's mutexes, if there is one */
	struct wait_queue waiters;
};

void mutex_owner_ended(struct thread *owner);
/*
 * Gives a thread the priority of its own or of those that wait for its mutexes,
 * whichever is higher, and goes on with the owner of what it waits for itself.
 */
void mutex_inherit(struct thread *thread);
/* Locked. For a condition variable: of the caller's, acquired once. */
osStatus_t mutex_give_back(osMutexId_t mutex_id);
/* A thread no longer waits for it. */
void mutex_waiter_left(struct mutex *mutex);

/* ==== Interrupts and faults ==== */

#define SGI_RESCHEDULE		0
#define SGI_STOP		1

extern char rtos_vectors[];

/* rtos_irq_attach() for a caller that may mask interrupts. */
osStatus_t irq_attach(unsigned int irq, u8 priority, rtos_irq_handler_t handler,
		      void *argument);
void irqs_init(void);
void irqs_init_cpu(void);
/* Of a handler that runs: once for each interrupt. */
void irq_report_misuse(const char *call);
/* An interrupt of a thread ends, the thread saved: sched_switch(). */
struct context *sched_switch_after_irq(void);
void irq_report_unhandled(unsigned int irq);
/* printk() or printk_raw() */
typedef void __attribute__((format(printf, 1, 2))) printer_t(const char *fmt, ...);
/* "rtos: WHOWHAT interrupt ...", with the thread that it came to. */
void irq_report(printer_t *print, const char *who, const char *what, unsigned int irq);
struct context *fault_from_thread(void);
void fault_init(void);
void fault_report(const struct thread *thread, enum rtos_fault fault);
/* Locked, unless the thread has interrupts masked. Returns if it is to end, not the cell. */
void fault_ends_thread(struct thread *thread, enum rtos_fault fault);
/* The cell ends, in a state of its communication region. */
void __attribute__((noreturn)) kernel_end(u32 state);
static inline void __attribute__((noreturn)) kernel_fail(void)
{
	kernel_end(JAILHOUSE_CELL_FAILED);
}

/* For messages; of NULL too. */
const char *name_of(const struct object *object);

/* What calls timers back: timer.c. */
struct rtos_timers {
	bool (*start)(void);	/* false: there is no memory; or NULL */
	void (*expired)(struct deadline *deadline);	/* of struct timer */
};

/* In the timer interrupt: makes cpu->callback. */
void timer_call_back(struct cpu *cpu);
void cpus_init(void);
void __attribute__((noreturn)) cpus_start(void);

#endif
