// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Interrupts. While a handler runs, the GIC lets through what has a higher
 * priority than the interrupt that is active, so the CPU's own mask is open.
 */

#include "kernel.h"

#define FIRST_SPECIAL		1020

struct handler {
	rtos_irq_handler_t call;
	void *argument;
	u32 cpus;		/* on which an SGI or PPI is attached */
	bool misuses;		/* it has been reported */
};

static struct handler handlers[FIRST_SPECIAL];

static void reschedule_irq(unsigned int irq, void *argument)
{
	/* cpu->resched says what there is to do, at the end of the interrupt */
	(void)irq;
	(void)argument;
}

static void stop_irq(unsigned int irq, void *argument)
{
	(void)irq;
	(void)argument;
	stop();
}

static void report_unhandled(struct cpu *cpu, unsigned int irq)
{
	irq_disable(irq);
	printk("rtos: unhandled interrupt %u on CPU %u, in thread '%s': disabled\n",
	       irq, cpu->number, thread_name(cpu->current));
}

void irq_report_misuse(const char *call)
{
	const struct cpu *cpu = this_cpu();

	if (handlers[cpu->irq].misuses)
		return;
	handlers[cpu->irq].misuses = true;
	printk("rtos: %s() refused in the handler of interrupt %u on CPU %u, in thread '%s'\n",
	       call, cpu->irq, cpu->number, thread_name(cpu->current));
}

/* Interrupts are masked before and after. */
static void handle(struct cpu *cpu)
{
	u32 acknowledged = gic_acknowledge();
	unsigned int irq = gic_intid(acknowledged);
	unsigned int before = cpu->irq;
	struct handler handler;

	if (irq >= FIRST_SPECIAL)
		return;
	cpu->irq = irq;
	handler = handlers[irq];
	if (handler.call) {
		irqs_off_end();
		enable_irqs();
		handler.call(irq, handler.argument);
		disable_irqs();
		irqs_off_begin("interrupt exit");
	} else {
		report_unhandled(cpu, irq);
	}
	gic_end(acknowledged);
	cpu->irq = before;
}

void irq_nested(void)
{
	irqs_off_begin("interrupt entry");
	handle(this_cpu());
	irqs_off_end();
}

struct context *irq_from_thread(void)
{
	struct cpu *cpu = this_cpu();

	irqs_off_begin("interrupt entry");
	handle(cpu);
	if (cpu->resched) {
		lock_acquire();
		return sched_switch();
	}
	irqs_off_end();
	return cpu->context;
}

/* The library's dispatch is not used: our vectors come first. */
static void not_called(unsigned int irq)
{
	panic("interrupt %u before osKernelStart()", irq);
}

void irqs_init(void)
{
	handlers[SGI_RESCHEDULE].call = reschedule_irq;
	handlers[SGI_STOP].call = stop_irq;
	handlers[TIMER_VIRTUAL_IRQ].call = time_irq;
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
	const struct handler *now = &handlers[irq];

	if (!now->call)
		return true;
	return is_private(irq) && now->call == handler &&
	       now->argument == argument && !(now->cpus >> cpu_id() & 1);
}

osStatus_t irq_attach(unsigned int irq, u8 priority, rtos_irq_handler_t handler,
		      void *argument)
{
	osStatus_t status = osErrorResource;
	u64 flags;

	if (irq >= FIRST_SPECIAL || !handler || is_own(irq) ||
	    priority < RTOS_IRQ_PRIORITY_HIGHEST ||
	    priority > RTOS_IRQ_PRIORITY_LOWEST)
		return osErrorParameter;
	flags = kernel_lock();
	if (may_attach(irq, handler, argument)) {
		handlers[irq].argument = argument;
		handlers[irq].cpus |= 1U << cpu_id();
		handlers[irq].misuses = false;
		atomic_set(&handlers[irq].call, handler);
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
	struct handler *handler;
	u64 flags;

	if (refused_in_isr())
		return osErrorISR;
	if (irq >= FIRST_SPECIAL || is_own(irq))
		return osErrorParameter;
	flags = kernel_lock();
	handler = &handlers[irq];
	if (handler->call &&
	    (!is_private(irq) || (handler->cpus >> cpu_id() & 1))) {
		irq_disable(irq);
		handler->cpus &= ~(1U << cpu_id());
		if (!is_private(irq) || !handler->cpus) {
			handler->cpus = 0;
			handler->call = NULL;
		}
		status = osOK;
	}
	kernel_unlock(flags);
	return status;
}
