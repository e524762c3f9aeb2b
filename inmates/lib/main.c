// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <inmate.h>

void primary_main(void);

struct boot_state boot_state __attribute__((section(".noinit"), aligned(16)));

extern char stacks[INMATE_MAX_CPUS][STACK_SIZE];
char stacks[INMATE_MAX_CPUS][STACK_SIZE]
	__attribute__((section(".stacks"), aligned(STACK_SIZE)));

/* For reports of a stack overflow, of one CPU at a time. */
static char emergency_stack[2048] __attribute__((aligned(16)));
char *const emergency_stack_end = emergency_stack + sizeof(emergency_stack);

void primary_main(void)
{
	if (!inmate_is_bare)
		map_range(comm_region, PAGE_SIZE, MAP_CACHED);
	console_init();
	inmate_main();
	inmate_exit();
}

void stop(void)
{
	disable_irqs();
	psci_call(PSCI_CPU_OFF, 0, 0, 0);
	for (;;)
		wait_for_interrupt();
}

void inmate_end(u32 state)
{
	disable_irqs();
	comm_set_state(state);
	if (inmate_is_bare)
		psci_call(PSCI_SYSTEM_OFF, 0, 0, 0);
	stop();
}

void inmate_exit(void)
{
	inmate_end(JAILHOUSE_CELL_SHUT_DOWN);
}

void panic(const char *fmt, ...)
{
	va_list args;

	disable_irqs();
	printk_raw("\npanic on CPU %u: ", cpu_id());
	va_start(args, fmt);
	vprintk_raw(fmt, args);
	va_end(args);
	printk_raw("\n");
	exception_tell("panic", "", (u64)__builtin_return_address(0), 0,
		       (u64)__builtin_frame_address(0), ~0ULL);
	inmate_end(JAILHOUSE_CELL_FAILED);
}
