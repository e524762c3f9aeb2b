// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Faults. One of a thread is reported by its name and ends that thread, as long
 * as it had interrupts open: masked, it may hold the kernel's or the library's
 * locks. One in a handler or in the kernel itself ends the cell.
 */

#include "kernel.h"

#define ESR_EC_FP		0x07	/* trapped by CPACR_EL1 */
#define ESR_EC_PC_ALIGN		0x22
#define ESR_EC_SP_ALIGN		0x26
#define INSTRUCTION_SIZE	4
#define BRK_IMMEDIATE(esr)	((esr) & 0xffff)
/* What gcc and clang make of -fsanitize=integer-divide-by-zero. */
#define BRK_GCC_TRAP		1000
#define BRK_CLANG_DIVIDE	0x5503

static const char *const fault_names[] = {
	[RTOS_FAULT_STACK] = "stack overflow",
	[RTOS_FAULT_NULL] = "access to NULL",
	[RTOS_FAULT_ACCESS] = "bad access",
	[RTOS_FAULT_DIVIDE] = "division by zero",
	[RTOS_FAULT_CHECK] = "failed check of the compiler",
	[RTOS_FAULT_UNDEFINED] = "undefined instruction",
	[RTOS_FAULT_WATCHDOG] = "ran too long without waiting",
};

enum rtos_fault_policy __attribute__((weak))
rtos_fault_hook(osThreadId_t thread, enum rtos_fault fault)
{
	(void)thread;
	(void)fault;
	return rtos_config.fault_policy;
}

const char *name_of(const struct object *object)
{
	return object && object->name ? object->name : "(no name)";
}

static bool is_access(enum rtos_fault fault)
{
	return fault == RTOS_FAULT_NULL || fault == RTOS_FAULT_ACCESS;
}

static enum rtos_fault classify(const struct thread *thread, u64 esr, u64 far)
{
	switch (ESR_EC(esr)) {
	case ESR_EC_IABT:
	case ESR_EC_DABT:
		if (stack_guards(thread, far))
			return RTOS_FAULT_STACK;
		return far < PAGE_SIZE ? RTOS_FAULT_NULL : RTOS_FAULT_ACCESS;
	case ESR_EC_PC_ALIGN:
	case ESR_EC_SP_ALIGN:
		return RTOS_FAULT_ACCESS;
	case ESR_EC_BRK:
		return BRK_IMMEDIATE(esr) == BRK_GCC_TRAP ||
		       BRK_IMMEDIATE(esr) == BRK_CLANG_DIVIDE ?
		       RTOS_FAULT_DIVIDE : RTOS_FAULT_CHECK;
	default:
		return RTOS_FAULT_UNDEFINED;
	}
}

/* It may hold the kernel's or the library's locks. */
static bool is_masked(const struct thread *thread)
{
	return thread->context.pstate & PSTATE_I;
}

void fault_report(const struct thread *thread, enum rtos_fault fault)
{
	printer_t *print = printk;

	if (is_masked(thread)) {
		print = printk_raw;
		print("\nrtos: interrupts are masked\n");
	}
	print("rtos: thread '%s' on CPU %u: %s, pc 0x%llx, lr 0x%llx, sp 0x%llx\n",
	      name_of(&thread->object), cpu_id(), fault_names[fault], thread->context.pc,
	      thread->context.x[30], thread->context.sp);
	if (is_access(fault))
		print("rtos: address 0x%llx, ESR 0x%llx\n", read_sysreg(far_el1),
		      read_sysreg(esr_el1));
}

void fault_ends_thread(struct thread *thread, enum rtos_fault fault)
{
	/* without the timers or the idle thread nothing is intact */
	if (!is_masked(thread) && !list_empty(&thread->all) &&
	    rtos_fault_hook(thread, fault) == RTOS_FAULT_TERMINATE)
		return;
	exception_tell(fault_names[fault], name_of(&thread->object), thread->context.pc,
		       thread->context.x[30], thread->context.sp,
		       is_access(fault) ? read_sysreg(far_el1) : ~0ULL);
	kernel_fail();
}

/*
 * An id that was an object once may be in a guard page now: object_peek() goes
 * on with 0.
 */
static bool is_peek(u64 esr, u64 *pc, u64 *x)
{
	u32 instruction;

	if (ESR_EC(esr) != ESR_EC_DABT)
		return false;
	instruction = *(const u32 *)*pc;
	if (!IS_PEEK(instruction))
		return false;
	*pc += INSTRUCTION_SIZE;
	x[PEEK_REGISTER(instruction)] = 0;
	return true;
}

/* The first instruction of the kind, of a thread or a handler; FP is off. */
static bool is_first_fp(u64 esr)
{
	return ESR_EC(esr) == ESR_EC_FP && !(read_sysreg(cpacr_el1) & CPACR_FPEN);
}

struct context *fault_from_thread(void)
{
	u64 esr = read_sysreg(esr_el1), far = read_sysreg(far_el1);
	struct thread *thread = this_cpu()->current;
	enum rtos_fault fault;

	if (is_peek(esr, &thread->context.pc, thread->context.x))
		return &thread->context;
	if (is_first_fp(esr)) {
		thread->context.fp = true;
		return &thread->context;
	}
	fault = classify(thread, esr, far);
	irqs_off_begin("fault");
	fault_report(thread, fault);
	if (!is_masked(thread))
		lock_acquire();
	fault_ends_thread(thread, fault);
	thread_kill(thread);
	return sched_switch();
}

/* The library's report follows. */
static bool handler_fault(struct exception_frame *frame)
{
	struct cpu *cpu = this_cpu_by_number();
	bool first_fp = is_first_fp(frame->esr);

	if (first_fp) {
		write_sysreg(cpacr_el1, CPACR_FPEN);
		isb();
		write_sysreg(fpcr, 0);
	}
	if (first_fp || is_peek(frame->esr, &frame->elr, frame->x)) {
		/* the library's vectors have used these */
		write_sysreg(tpidrro_el0, cpu);
		write_sysreg(tpidr_el0, cpu->current);
		return true;
	}
	printk_raw("\n");
	irq_report(printk_raw, "fault in the kernel or", " the handler of", gic_intid(cpu->irq));
	if (num_cpus() > 1)
		irq_send_sgi_others(SGI_STOP);
	return false;
}

void fault_init(void)
{
	exception_set_hook(handler_fault);
}
