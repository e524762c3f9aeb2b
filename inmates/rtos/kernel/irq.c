// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Interrupts. While a handler runs, the GIC lets through what has a higher
 * priority than the interrupt that is active, so the CPU's own mask is open.
 */

#include "kernel.h"

/* What port/context.S calls; NULL: irq_report_unhandled(). */
struct irq_handler {
	rtos_irq_handler_t call;
	void *argument;
};

_Static_assert(sizeof(struct irq_handler) == 1 << HANDLER_SHIFT, "context.h");

struct irq_handler irq_handlers[GIC_INTIDS];

static struct {
	u16 cpus;		/* on which an SGI or PPI is attached */
	bool misuses;		/* it has been reported */
} attached[GIC_INTIDS];

_Static_assert(INMATE_MAX_CPUS <= 16, "cpus");

/* At the end of the interrupt, cpu->resched says whether there is more to do. */
static void reschedule_irq(unsigned int irq, void *argument)
{
	(void)irq;
	(void)argument;
	/* see thaw() of time.c */
	if (SMP && !this_cpu()->programmed) {
		u64 flags = kernel_lock();

		time_program(this_cpu());
		kernel_unlock(flags);
	}
}

static void stop_irq(unsigned int irq, void *argument)
{
	(void)irq;
	(void)argument;
	stop();
}

void irq_report(printer_t *print, const char *who, const char *what, unsigned int irq)
{
	const struct thread *thread = this_cpu_by_number()->current;

	print("rtos: %s%s interrupt %u on CPU %u, in thread '%s'\n", who, what, irq, cpu_id(),
	      name_of(&thread->object));
}

void irq_report_unhandled(unsigned int irq)
{
	irq_disable(irq);
	irq_report(printk, "disabled", " unhandled", irq);
}

void irq_report_misuse(const char *call)
{
	unsigned int irq = gic_intid(this_cpu()->irq);

	if (attached[irq].misuses)
		return;
	attached[irq].misuses = true;
	irq_report(printk, call, "() refused in the handler of", irq);
}

struct context *sched_switch_after_irq(void)
{
	irqs_off_begin("interrupt exit");
	lock_acquire();
	return sched_switch();
}

void irqs_init(void)
{
	irq_handlers[SGI_RESCHEDULE].call = reschedule_irq;
	if (SMP)
		irq_handlers[SGI_STOP].call = stop_irq;
	irq_handlers[TIMER_VIRTUAL_IRQ].call = time_irq;
}

static void enable(unsigned int irq, u8 priority)
{
	irq_enable(irq);
	irq_set_priority(irq, priority);
}

void irqs_init_cpu(void)
{
	/* the library's dispatch is not used: our vectors come first */
	irq_init(NULL);
	enable(SGI_RESCHEDULE, RTOS_IRQ_PRIORITY_KERNEL);
	enable(TIMER_VIRTUAL_IRQ, RTOS_IRQ_PRIORITY_KERNEL);
	if (SMP)
		enable(SGI_STOP, RTOS_IRQ_PRIORITY_HIGHEST);
}

static bool is_own(unsigned int irq)
{
	return irq == SGI_RESCHEDULE || irq == SGI_STOP || irq == TIMER_VIRTUAL_IRQ;
}

static bool is_private(unsigned int irq)
{
	return irq < GIC_FIRST_SPI;
}

/* Locked. All CPUs share the handler; each has its own SGIs and PPIs. */
static bool may_attach(unsigned int irq, rtos_irq_handler_t handler,
		       const void *argument)
{
	const struct irq_handler *now = &irq_handlers[irq];

	if (!now->call || !SMP)
		return !now->call;
	return is_private(irq) && now->call == handler &&
	       now->argument == argument && !(attached[irq].cpus >> this_cpu_number() & 1);
}

/* "call" is reported if it is refused; NULL: interrupts may be masked. */
static osStatus_t attach(unsigned int irq, u8 priority, rtos_irq_handler_t handler,
			 void *argument, const char *call)
{
	osStatus_t status = osErrorResource;
	u64 flags;

	if (call && refused_apart(call))
		return osErrorISR;
	if (kernel.state != osKernelRunning)
		return osError;
	if (irq >= GIC_INTIDS || !handler || is_own(irq) ||
	    priority < RTOS_IRQ_PRIORITY_HIGHEST ||
	    priority > RTOS_IRQ_PRIORITY_LOWEST)
		return osErrorParameter;
	flags = kernel_lock();
	if (may_attach(irq, handler, argument)) {
		irq_handlers[irq].argument = argument;
		attached[irq].cpus |= (u16)(1U << this_cpu_number());
		attached[irq].misuses = false;
		atomic_set(&irq_handlers[irq].call, handler);
		enable(irq, priority);
		status = osOK;
	}
	return call_end(flags, status);
}

osStatus_t irq_attach(unsigned int irq, u8 priority, rtos_irq_handler_t handler, void *argument)
{
	return attach(irq, priority, handler, argument, NULL);
}

osStatus_t rtos_irq_attach(unsigned int irq, uint8_t priority,
			   rtos_irq_handler_t handler, void *argument)
{
	return attach(irq, priority, handler, argument, __func__);
}

osStatus_t rtos_irq_detach(unsigned int irq)
{
	osStatus_t status = osErrorResource;
	u64 flags;

	if (refused_in_isr())
		return osErrorISR;
	if (irq >= GIC_INTIDS || is_own(irq))
		return osErrorParameter;
	flags = kernel_lock();
	if (irq_handlers[irq].call &&
	    (!is_private(irq) || (attached[irq].cpus >> this_cpu_number() & 1))) {
		irq_disable(irq);
		attached[irq].cpus &= (u16)~(1U << this_cpu_number());
		if (!is_private(irq) || !attached[irq].cpus) {
			attached[irq].cpus = 0;
			irq_handlers[irq].call = NULL;
		}
		status = osOK;
	}
	kernel_unlock(flags);
	return status;
}
