// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* The cell's CPUs: what each of them starts with, and how they all stop. */

#include "kernel.h"

#define IDLE_STACK_SIZE		1024

static u8 idle_stacks[MAX_CPUS][IDLE_STACK_SIZE]
	__attribute__((aligned(16)));
static u32 cpus_started;

static void idle_main(void *unused)
{
	(void)unused;
	for (;;)
		wait_for_interrupt();
}

void rtos_begin(void)
{
	write_sysreg(tpidrro_el0, &kernel.cpus[0]);
	write_sysreg(tpidr_el0, NULL);
}

static void cpu_init(struct cpu *cpu, unsigned int number)
{
	struct thread *idle = &cpu->idle;

	cpu->number = number;
	/* without a kind: a handler may see its id, but no call takes it */
	idle->object.name = "idle";
	idle->state = osThreadRunning;
	idle->cpu = cpu;
	sched_set_affinity(idle, 1U << number);
	/* idle->stack stays NULL: nobody looks for a mark there */
	thread_prepare(idle, idle_main, NULL, idle_stacks[number + 1]);
	idle->watched = kernel.accounting;
	cpu->comm_check = number || inmate_is_bare ? NEVER : 1;
	sched_init_cpu(cpu);
}

void cpus_init(void)
{
	for (unsigned int n = 0; n < num_cpus(); n++)
		cpu_init(&kernel.cpus[n], n);
}

/* No thread runs before that. */
static void wait_for_all_cpus(void)
{
	atomic_add(&cpus_started, 1);
	while (atomic_read(&cpus_started) != num_cpus())
		cpu_relax();
}

static void __attribute__((noreturn)) cpu_run(void)
{
	struct cpu *cpu = this_cpu_by_number();

	write_sysreg(tpidrro_el0, cpu);
	write_sysreg(vbar_el1, rtos_vectors);
	isb();
	irqs_init_cpu();
	if (SMP)
		wait_for_all_cpus();
	lock_acquire();
	cpu->online = true;
	if (SMP) {
		cpu->measures = rtos_config.measure_irqs_off;
		cpu->accounts = kernel.accounting;
	}
	cpu->started = timer_get_ticks();
	time_program(cpu);
	context_start();
}

void cpus_start(void)
{
	irqs_init();
	fault_init();
	kernel.state = osKernelRunning;
	for (unsigned int n = 1; n < num_cpus(); n++)
		if (smp_start_cpu(n, cpu_run))
			panic("CPU %u does not start", n);
	cpu_run();
}

void kernel_end(u32 state)
{
	disable_irqs();
	if (num_cpus() > 1)
		irq_send_sgi_others(SGI_STOP);
	inmate_end(state);
}
