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
	/* see time_thaw() */
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

void irq_report_unhandled(unsigned int irq)
{
	const struct cpu *cpu = this_cpu();

	irq_disable(irq);
	printk("rtos: unhandled interrupt %u on CPU %u, in thread '%s': disabled\n",
	       irq, cpu->number, thread_name(cpu->current));
}

void irq_report_misuse(const char *call)
{
	const struct cpu *cpu = this_cpu();
	unsigned int irq = gic_intid(cpu->irq);

	if (attached[irq].misuses)
		return;
	attached[irq].misuses = true;
	printk("rtos: %s() refused in the handler of interrupt %u on CPU %u, in thread '%s'\n",
	       call, irq, cpu->number, thread_name(cpu->current));
}

struct context *sched_switch_after_irq(void)
{
	irqs_off_begin("interrupt exit");
	lock_acquire();
	return sched_switch();
}

/* The library's dispatch is not used: our vectors come first. */
static void not_called(unsigned int irq)
{
	panic("interrupt %u before osKernelStart()", irq);
}

void irqs_init(void)
{
	irq_handlers[SGI_RESCHEDULE].call = reschedule_irq;
	irq_handlers[SGI_STOP].call = stop_irq;
	irq_handlers[TIMER_VIRTUAL_IRQ].call = time_irq;
}

void irqs_init_cpu(void)
{
	static const unsigned int own[] = {
		SGI_RESCHEDULE, SGI_STOP, TIMER_VIRTUAL_IRQ
	};

	irq_init(not_called);
	for (unsigned int n = 0; n < ARRAY_SIZE(own); n++) {
		irq_enable(own[n]);
		irq_set_priority(own[n], RTOS_IRQ_PRIORITY_KERNEL);
	}
	irq_set_priority(SGI_STOP, RTOS_IRQ_PRIORITY_HIGHEST);
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

	if (!now->call)
		return true;
	return is_private(irq) && now->call == handler &&
	       now->argument == argument && !(attached[irq].cpus >> cpu_id() & 1);
}

osStatus_t irq_attach(unsigned int irq, u8 priority, rtos_irq_handler_t handler,
		      void *argument)
{
	osStatus_t status = osErrorResource;
	u64 flags;

	if (irq >= GIC_INTIDS || !handler || is_own(irq) ||
	    priority < RTOS_IRQ_PRIORITY_HIGHEST ||
	    priority > RTOS_IRQ_PRIORITY_LOWEST)
		return osErrorParameter;
	flags = kernel_lock();
	if (may_attach(irq, handler, argument)) {
		irq_handlers[irq].argument = argument;
		attached[irq].cpus |= (u16)(1U << cpu_id());
		attached[irq].misuses = false;
		atomic_set(&irq_handlers[irq].call, handler);
		irq_enable(irq);
		irq_set_priority(irq, priority);
		status = osOK;
	}
	kernel_unlock(flags);
	return status;
}

osStatus_t rtos_irq_attach(unsigned int irq, uint8_t priority,
			   rtos_irq_handler_t handler, void *argument)
{
	if (refused_in_isr())
		return osErrorISR;
	if (kernel.state != osKernelRunning)
		return osError;
	return irq_attach(irq, priority, handler, argument);
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
	    (!is_private(irq) || (attached[irq].cpus >> cpu_id() & 1))) {
		irq_disable(irq);
		attached[irq].cpus &= (u16)~(1U << cpu_id());
		if (!is_private(irq) || !attached[irq].cpus) {
			attached[irq].cpus = 0;
			irq_handlers[irq].call = NULL;
		}
		status = osOK;
	}
	kernel_unlock(flags);
	return status;
}
