// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Which hypercalls a cell may make, and what they answer. */

#include <cellblock/loader.h>
#include <inmate/test.h>

#define MINUS_EPERM		(-1)
#define MINUS_EINVAL		(-22)
#define MINUS_ENOSYS		(-38)

#define MAX_CPUS		64
/* more counters than there will ever be */
#define FAR_BEYOND		100
#define PATTERN			0x3c3c000000000000ULL

static void management_is_refused(void)
{
	EXPECT_EQ(jailhouse_call(JAILHOUSE_HC_DISABLE), MINUS_EPERM);
	EXPECT_EQ(jailhouse_call_arg1(JAILHOUSE_HC_CELL_CREATE, 0x2000),
		  MINUS_EPERM);
	for (u64 id = 0; id < 3; id++) {
		EXPECT_EQ(jailhouse_call_arg1(JAILHOUSE_HC_CELL_START, id),
			  MINUS_EPERM);
		EXPECT_EQ(jailhouse_call_arg1(JAILHOUSE_HC_CELL_SET_LOADABLE,
					      id), MINUS_EPERM);
		EXPECT_EQ(jailhouse_call_arg1(JAILHOUSE_HC_CELL_DESTROY, id),
			  MINUS_EPERM);
		EXPECT_EQ(jailhouse_call_arg1(JAILHOUSE_HC_CELL_GET_STATE, id),
			  MINUS_EPERM);
	}
}

static void unknown_numbers(void)
{
	EXPECT_EQ(jailhouse_call(9), MINUS_ENOSYS);
	EXPECT_EQ(jailhouse_call(0xff), MINUS_ENOSYS);
	EXPECT_EQ(jailhouse_call(0x7fffffff), MINUS_ENOSYS);
	EXPECT_EQ(jailhouse_call(0xffffffff), MINUS_ENOSYS);
	EXPECT_EQ(jailhouse_call(~0ULL), MINUS_ENOSYS);
	/* the number has 64 bits */
	EXPECT_EQ(jailhouse_call(1ULL << 32 | JAILHOUSE_HC_HYPERVISOR_GET_INFO),
		  MINUS_ENOSYS);
}

/* Those between the driver and the hypervisor of one build. */
static void private_calls_are_refused(void)
{
	for (u64 nr = CELLBLOCK_HC_CELL_SHUTDOWN; nr <= CELLBLOCK_HC_REMOTE_IRQ; nr++)
		EXPECT_EQ(jailhouse_call_arg2(nr, 1, 2), MINUS_EPERM);
}

static s64 get_info(u64 type)
{
	return jailhouse_call_arg1(JAILHOUSE_HC_HYPERVISOR_GET_INFO, type);
}

static void info_is_for_everybody(void)
{
	s64 size = get_info(JAILHOUSE_INFO_MEM_POOL_SIZE);
	s64 used = get_info(JAILHOUSE_INFO_MEM_POOL_USED);

	EXPECT(size > 0);
	EXPECT(used > 0 && used <= size);
	EXPECT(get_info(JAILHOUSE_INFO_REMAP_POOL_SIZE) >= 0);
	EXPECT(get_info(JAILHOUSE_INFO_REMAP_POOL_USED) >= 0);
	/* root and this one, at least */
	EXPECT(get_info(JAILHOUSE_INFO_NUM_CELLS) >= 2);
}

static void info_of_an_unknown_type(void)
{
	EXPECT_EQ(get_info(5), MINUS_EINVAL);
	EXPECT_EQ(get_info(~0ULL), MINUS_EINVAL);
}

static s64 cpu_info(u64 cpu, u64 type)
{
	return jailhouse_call_arg2(JAILHOUSE_HC_CPU_GET_INFO, cpu, type);
}

/* CPUs go by Linux's numbers here. Returns MAX_CPUS if none is ours. */
static u64 first_own_cpu(void)
{
	u64 cpu = 0;

	while (cpu < MAX_CPUS && cpu_info(cpu, JAILHOUSE_CPU_INFO_STATE) < 0)
		cpu++;
	return cpu;
}

static void cpu_info_of_own_cpus_only(void)
{
	unsigned int own = 0;

	for (u64 cpu = 0; cpu < MAX_CPUS; cpu++) {
		s64 state = cpu_info(cpu, JAILHOUSE_CPU_INFO_STATE);

		if (state == JAILHOUSE_CPU_RUNNING)
			own++;
		else
			EXPECT(state == MINUS_EPERM || state == MINUS_EINVAL);
	}
	EXPECT_EQ(own, smp_num_cpus());
	EXPECT_EQ(cpu_info(0, JAILHOUSE_CPU_INFO_STATE), MINUS_EPERM);
	EXPECT_EQ(cpu_info(~0ULL, JAILHOUSE_CPU_INFO_STATE), MINUS_EINVAL);
}

static void cpu_info_of_an_unknown_type(void)
{
	u64 cpu = first_own_cpu();

	EXPECT_EQ(cpu_info(cpu, 1), MINUS_EINVAL);
	EXPECT_EQ(cpu_info(cpu, JAILHOUSE_CPU_INFO_STAT_BASE - 1), MINUS_EINVAL);
	EXPECT_EQ(cpu_info(cpu, JAILHOUSE_CPU_INFO_STAT_BASE + FAR_BEYOND),
		  MINUS_EINVAL);
	EXPECT_EQ(cpu_info(cpu, ~0ULL), MINUS_EINVAL);
}

static s64 counter(u64 cpu, u64 number)
{
	return cpu_info(cpu, JAILHOUSE_CPU_INFO_STAT_BASE + number);
}

static void exits_are_counted(void)
{
	u64 cpu = first_own_cpu();
	s64 hypercalls = counter(cpu, JAILHOUSE_CPU_STAT_VMEXITS_HYPERCALL);
	s64 total = counter(cpu, JAILHOUSE_CPU_STAT_VMEXITS_TOTAL);
	s64 psci = counter(cpu, JAILHOUSE_CPU_STAT_VMEXITS_PSCI);
	s64 smccc = counter(cpu, JAILHOUSE_CPU_STAT_VMEXITS_SMCCC);

	for (unsigned int n = 0; n < 10; n++)
		psci_call(PSCI_VERSION, 0, 0, 0);
	EXPECT_EQ(counter(cpu, JAILHOUSE_CPU_STAT_VMEXITS_PSCI), psci + 10);
	for (unsigned int n = 0; n < 10; n++)
		smccc_call(SMCCC_SMC, 0xc2000010, 0, 0, 0);
	EXPECT_EQ(counter(cpu, JAILHOUSE_CPU_STAT_VMEXITS_SMCCC), smccc + 10);
	EXPECT_EQ(counter(cpu, JAILHOUSE_CPU_STAT_VMEXITS_HYPERCALL),
		  hypercalls + 6);
	/* 20 calls above, and the 6 hypercalls since total was read */
	EXPECT_EQ(counter(cpu, JAILHOUSE_CPU_STAT_VMEXITS_TOTAL), total + 26);
}

static bool skip_instruction(struct exception_frame *frame)
{
	frame->elr += 4;
	return ESR_EC(frame->esr) == ESR_EC_UNKNOWN;
}

static void no_irq(unsigned int irq)
{
	panic("interrupt %u", irq);
}

static void denials_are_counted(void)
{
	volatile u8 *dist = (volatile u8 *)comm_region->gicd_base;
	u64 cpu = first_own_cpu();
	s64 denied;

	irq_init(no_irq);
	denied = counter(cpu, CELLBLOCK_CPU_STAT_DENIED);
	exception_set_hook(skip_instruction);
	for (unsigned int n = 0; n < 10; n++)
		write_sysreg(actlr_el1, 0);
	exception_set_hook(NULL);
	EXPECT_EQ(counter(cpu, CELLBLOCK_CPU_STAT_DENIED), denied + 10);

	/* CPU 0 of the machine is never ours */
	for (unsigned int n = 0; n < 10; n++)
		irq_send_sgi(1, 0);
	EXPECT_EQ(counter(cpu, CELLBLOCK_CPU_STAT_DENIED), denied + 20);

	/* nor is the UART's interrupt */
	map_range(dist, PAGE_SIZE, MAP_UNCACHED);
	for (unsigned int n = 0; n < 10; n++)
		mmio_write32(dist + GICD_ISENABLER + 4, 1U << 1);
	EXPECT_EQ(counter(cpu, CELLBLOCK_CPU_STAT_DENIED), denied + 30);
}

static void putc_follows_the_permission(void)
{
	bool permitted = comm_region->flags &
			 JAILHOUSE_COMM_FLAG_DBG_PUTC_PERMITTED;

	EXPECT_EQ(jailhouse_call_arg1(JAILHOUSE_HC_DEBUG_CONSOLE_PUTC, '#'),
		  permitted ? 0 : MINUS_EPERM);
	if (permitted)
		jailhouse_call_arg1(JAILHOUSE_HC_DEBUG_CONSOLE_PUTC, '\n');
}

static void other_registers_are_preserved(void)
{
	static const u64 numbers[] = {
		JAILHOUSE_HC_DISABLE, JAILHOUSE_HC_HYPERVISOR_GET_INFO,
		JAILHOUSE_HC_CPU_GET_INFO, 9,
	};
	struct smccc_regs regs;

	for (unsigned int i = 0; i < ARRAY_SIZE(numbers); i++) {
		for (unsigned int n = 0; n < 31; n++)
			regs.x[n] = PATTERN + n;
		regs.x[0] = numbers[i];
		smccc_call_regs(SMCCC_HYPERCALL, &regs);
		for (unsigned int n = 1; n < 31; n++)
			EXPECT_EQ(regs.x[n], PATTERN + n);
	}
}

static const struct test tests[] = {
	TEST(management_is_refused),
	TEST(unknown_numbers),
	TEST(private_calls_are_refused),
	TEST(info_is_for_everybody),
	TEST(info_of_an_unknown_type),
	TEST(cpu_info_of_own_cpus_only),
	TEST(cpu_info_of_an_unknown_type),
	TEST(exits_are_counted),
	TEST(denials_are_counted),
	TEST(putc_follows_the_permission),
	TEST(other_registers_are_preserved),
};

void inmate_main(void)
{
	TEST_RUN("hypercall", tests);
}
