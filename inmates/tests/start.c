// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * What a cell's first CPU finds when it comes in: nothing of Linux, nothing of
 * the run before.
 *
 * Parameters:
 *	dirty		change as much as possible, for the next run
 *	restart		not the first run since the cell was created: its RAM
 *			may hold what it held
 *	twice		the first run of the two changes all that and
 *			fails; the GPIO, which nobody resets, tells them apart
 */

#include <qemu-virt/board.h>
#include <inmate/test.h>

#define SCTLR_M			(1U << 0)
#define SCTLR_C			(1U << 2)
#define SCTLR_I			(1U << 12)
#define DAIF_ALL		0x3c0
#define CURRENTEL_EL1		(1 << 2)

#define SPARE_RAM		0x200000UL
#define SPARE_RAM_END		((unsigned long)QEMU_CELL_SIZE)
#define DIRT			0xd1d1d1d1d1d1d1d1ULL

#define SGI			3
#define PENDING_SGI		4
#define DIRTY_PRIORITY		0x40

#define DFR0_PMU(dfr0)		((dfr0) >> 8 & 0xf)
#define PMU_NOT_V3		0xf
#define PMCR_COUNTERS(pmcr)	((pmcr) >> 11 & 0x1f)
#define PMU_EVENT		0x11
/* APA and API: a CPU without pointer authentication has no keys */
#define ISAR1_KEYS		0xff0
#define APIAKEYLO		S3_0_C2_C1_0
#define APGAKEYHI		S3_0_C2_C3_1

#define CPACR_ZEN		(3U << 16)
#define CPACR_SMEN		(3U << 24)

static unsigned int sgis, ticks;

static void general_registers_are_zero(void)
{
	EXPECT_EQ(boot_state.gprs, 0);
	EXPECT_EQ(boot_state.sp, 0);
}

static void runs_at_el1_with_interrupts_masked(void)
{
	EXPECT_EQ(boot_state.current_el, CURRENTEL_EL1);
	EXPECT_EQ(boot_state.daif, DAIF_ALL);
}

static void mmu_and_caches_are_off(void)
{
	EXPECT_EQ(boot_state.sctlr & (SCTLR_M | SCTLR_C | SCTLR_I), 0);
}

static bool has_pmu(void)
{
	u64 version = DFR0_PMU(read_sysreg(id_aa64dfr0_el1));

	return version && version != PMU_NOT_V3;
}

static bool has_keys(void)
{
	return read_sysreg(id_aa64isar1_el1) & ISAR1_KEYS;
}

/* What start.S and the library leave alone. */
static void unused_registers_are_reset(void)
{
	EXPECT_EQ(read_sysreg(ttbr1_el1), 0);
	EXPECT_EQ(read_sysreg(tpidr_el0), 0);
	EXPECT_EQ(read_sysreg(tpidrro_el0), 0);
	EXPECT_EQ(read_sysreg(sp_el0), 0);
	EXPECT_EQ(read_sysreg(elr_el1), 0);
	EXPECT_EQ(read_sysreg(spsr_el1), 0);
	EXPECT_EQ(read_sysreg(esr_el1), 0);
	EXPECT_EQ(read_sysreg(far_el1), 0);
	EXPECT_EQ(read_sysreg(afsr0_el1), 0);
	EXPECT_EQ(read_sysreg(afsr1_el1), 0);
	EXPECT_EQ(read_sysreg(amair_el1), 0);
	EXPECT_EQ(read_sysreg(par_el1), 0);
	EXPECT_EQ(read_sysreg(csselr_el1), 0);
	EXPECT_EQ(read_sysreg(mdscr_el1), 0);
	EXPECT_EQ(read_sysreg(cntkctl_el1), 0);
	if (has_keys()) {
		EXPECT_EQ(read_sysreg(APIAKEYLO), 0);
		EXPECT_EQ(read_sysreg(APGAKEYHI), 0);
	}
}

static void el1_registers_are_reset(void)
{
	EXPECT_EQ(boot_state.tcr, 0);
	EXPECT_EQ(boot_state.ttbr0, 0);
	EXPECT_EQ(boot_state.ttbr1, 0);
	EXPECT_EQ(boot_state.mair, 0);
	EXPECT_EQ(boot_state.vbar, 0);
	EXPECT_EQ(boot_state.cpacr, 0);
	EXPECT_EQ(boot_state.tpidr, 0);
	EXPECT_EQ(boot_state.contextidr, 0);
	unused_registers_are_reset();
}

static void fp_registers_are_zero(void)
{
	EXPECT_EQ(boot_state.fpcr, 0);
	EXPECT_EQ(boot_state.fpsr, 0);
	for (unsigned int n = 0; n < 32; n++) {
		EXPECT_EQ(boot_state.q[n][0], 0);
		EXPECT_EQ(boot_state.q[n][1], 0);
	}
}

static void counters_are_reset(void)
{
	u64 counters = PMCR_COUNTERS(read_sysreg(pmcr_el0));

	EXPECT_EQ(read_sysreg(pmselr_el0), 0);
	EXPECT_EQ(read_sysreg(pmcntenset_el0), 0);
	EXPECT_EQ(read_sysreg(pmintenset_el1), 0);
	EXPECT_EQ(read_sysreg(pmovsset_el0), 0);
	EXPECT_EQ(read_sysreg(pmuserenr_el0), 0);
	EXPECT_EQ(read_sysreg(pmccntr_el0), 0);
	EXPECT_EQ(read_sysreg(pmccfiltr_el0), 0);
	for (u64 n = 0; n < counters; n++) {
		write_sysreg(pmselr_el0, n);
		isb();
		EXPECT_EQ(read_sysreg(pmxevtyper_el0), 0);
		EXPECT_EQ(read_sysreg(pmxevcntr_el0), 0);
	}
}

static void debug_registers_are_reset(void)
{
	EXPECT_EQ(read_sysreg(dbgbvr0_el1), 0);
	EXPECT_EQ(read_sysreg(dbgbcr0_el1), 0);
	EXPECT_EQ(read_sysreg(dbgwvr0_el1), 0);
	EXPECT_EQ(read_sysreg(dbgwcr0_el1), 0);
	if (has_pmu())
		counters_are_reset();
}

static void timers_are_off(void)
{
	EXPECT_EQ(read_sysreg(cntv_ctl_el0) & TIMER_CTL_ENABLE, 0);
	EXPECT_EQ(read_sysreg(cntp_ctl_el0) & TIMER_CTL_ENABLE, 0);
}

/* A byte of IPRIORITYR: there is none before it. */
static void is_highest(volatile u8 *priority)
{
	u8 value = mmio_read8(priority);

	mmio_write8(priority, 0);
	EXPECT_EQ(mmio_read8(priority), value);
}

/* Without irq_init(), which would change it */
static volatile u8 *private_frame(void)
{
	volatile u8 *frame = (volatile u8 *)comm_region->gicd_base;

	if (gic_is_v2()) {
		map_range(frame, GICD_V2_SIZE, MAP_UNCACHED);
		return frame;
	}
	frame = gic_find_redist(cpu_mpidr());
	return frame ? frame + GICR_SGI_BASE : NULL;
}

/* Idle, enabled from the start: no interrupt is being served. */
static void cpu_interface_is_idle(void)
{
	EXPECT_EQ(gic_cpu_read(GIC_CPU_ENABLE) & 1, 1);
	EXPECT_EQ(gic_cpu_read(GIC_CPU_HIGHEST_PENDING), 1023);
	EXPECT_EQ(gic_cpu_read(GIC_CPU_RUNNING), 0xff);
}

static void private_interrupts_are_off(void)
{
	volatile u8 *frame = private_frame();

	if (!EXPECT(frame))
		return;
	/* there are GICv2 whose SGIs are always enabled */
	EXPECT_EQ(mmio_read32(frame + GICD_ISENABLER) & (gic_is_v2() ? ~0xffffU : ~0U), 0);
	EXPECT_EQ(mmio_read32(frame + GICD_ISPENDR), 0);
	EXPECT_EQ(mmio_read32(frame + GICD_ISACTIVER), 0);
	EXPECT_EQ(mmio_read32(frame + GICD_ICFGR + 4), 0);
	is_highest(frame + GICD_IPRIORITYR + SGI);
	is_highest(frame + GICD_IPRIORITYR + TIMER_VIRTUAL_IRQ);
	cpu_interface_is_idle();
}

static void shared_interrupts_are_off(void)
{
	volatile u8 *dist = (volatile u8 *)comm_region->gicd_base;
	unsigned int reg = QEMU_RTC_INTID / 32 * 4;

	map_range(dist, gic_is_v2() ? GICD_V2_SIZE : GICD_V3_SIZE, MAP_UNCACHED);
	EXPECT_EQ(mmio_read32(dist + GICD_ISENABLER + reg), 0);
	EXPECT_EQ(mmio_read32(dist + GICD_ISPENDR + reg), 0);
	EXPECT_EQ(mmio_read32(dist + GICD_ISACTIVER + reg), 0);
	EXPECT_EQ(mmio_read32(dist + GICD_ICFGR + QEMU_RTC_INTID / 16 * 4), 0);
	is_highest(dist + GICD_IPRIORITYR + QEMU_RTC_INTID);
	if (gic_is_v2())
		EXPECT_EQ(mmio_read8(dist + GICD_ITARGETSR + QEMU_RTC_INTID),
			  mmio_read8(dist + GICD_ITARGETSR));
	else
		EXPECT_EQ(mmio_read64(dist + GICD_IROUTER + QEMU_RTC_INTID * 8),
			  cpu_mpidr() & MPIDR_AFF_MASK);
}

static void count_irq(unsigned int irq)
{
	if (irq == SGI)
		sgis++;
	if (irq == TIMER_VIRTUAL_IRQ || irq == TIMER_PHYSICAL_IRQ) {
		timer_stop(irq == TIMER_VIRTUAL_IRQ ? TIMER_VIRTUAL :
						      TIMER_PHYSICAL);
		ticks++;
	}
}

/* The run before may have ended with each of these active. */
static void interrupts_are_delivered(void)
{
	irq_init(count_irq);
	irq_enable(SGI);
	irq_enable(TIMER_VIRTUAL_IRQ);
	irq_enable(TIMER_PHYSICAL_IRQ);
	enable_irqs();
	irq_send_sgi(SGI, cpu_mpidr());
	timer_set_deadline(TIMER_VIRTUAL, timer_count(TIMER_VIRTUAL));
	timer_set_deadline(TIMER_PHYSICAL, timer_count(TIMER_PHYSICAL));
	EXPECT(WAIT_FOR(atomic_read(&sgis) == 1, 1000));
	EXPECT(WAIT_FOR(atomic_read(&ticks) == 2, 1000));
	disable_irqs();
}

static void spare_ram_is_zero(void)
{
	const volatile u64 *p = (const volatile u64 *)SPARE_RAM;

	if (cmdline_parse_bool("restart", false)) {
		test_skip("not the first run");
		return;
	}
	map_range(p, SPARE_RAM_END - SPARE_RAM, MAP_CACHED);
	for (; p < (const volatile u64 *)SPARE_RAM_END; p++)
		if (*p) {
			EXPECT_EQ(*p, 0);
			break;
		}
}

static void comm_region_is_new(void)
{
	const volatile u8 *page = (const volatile u8 *)comm_region;

	EXPECT_EQ(comm_region->cell_state, JAILHOUSE_CELL_RUNNING);
	EXPECT_EQ(comm_region->msg_to_cell, JAILHOUSE_MSG_NONE);
	EXPECT_EQ(comm_region->reply_from_cell, JAILHOUSE_MSG_NONE);
	EXPECT_EQ(comm_region->watchdog_timeout, 0);
	EXPECT_EQ(comm_region->watchdog_kicks, 0);
	EXPECT_EQ(page[PAGE_SIZE - 1], 0);
}

static void other_cpus_are_off(void)
{
	for (unsigned int cpu = 1; cpu < smp_num_cpus(); cpu++)
		EXPECT_EQ(psci_affinity_info(smp_mpidr(cpu)), PSCI_AFF_OFF);
}

/* ORed together */
static u64 fp_registers(void)
{
	u64 all = 0, half;

	asm volatile(".arch_extension fp\n\t"
		     ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n\t"
		     "fmov %1, d\\n\n\torr %0, %0, %1\n\t"
		     "fmov %1, v\\n\\().d[1]\n\torr %0, %0, %1\n\t"
		     ".endr\n\t"
		     ".irp n, 16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n\t"
		     "fmov %1, d\\n\n\torr %0, %0, %1\n\t"
		     "fmov %1, v\\n\\().d[1]\n\torr %0, %0, %1\n\t"
		     ".endr" : "+r" (all), "=&r" (half));
	return all | read_sysreg(fpcr) | read_sysreg(fpsr);
}

static void look_at_second(void)
{
	unused_registers_are_reset();
	EXPECT_EQ(fp_registers(), 0);
	debug_registers_are_reset();
	timers_are_off();
	private_interrupts_are_off();
}

static void second_cpu_is_reset(void)
{
	EXPECT_EQ(smp_start_cpu(1, look_at_second), PSCI_SUCCESS);
	EXPECT(smp_wait_off(1, 10000));
}

static const struct test tests[] = {
	TEST(general_registers_are_zero),
	TEST(runs_at_el1_with_interrupts_masked),
	TEST(mmu_and_caches_are_off),
	TEST(el1_registers_are_reset),
	TEST(fp_registers_are_zero),
	TEST(debug_registers_are_reset),
	TEST(comm_region_is_new),
	TEST(timers_are_off),
	TEST(private_interrupts_are_off),
	TEST(shared_interrupts_are_off),
	TEST(interrupts_are_delivered),
	TEST(spare_ram_is_zero),
	TEST(other_cpus_are_off),
	TEST(second_cpu_is_reset),
};

static bool ends_by_fault;

static bool skip_instruction(struct exception_frame *frame)
{
	frame->elr += 4;
	return true;
}

/* Streaming mode, in which most of what others know of FP is undefined, and bits in ZA. */
static void leave_streaming(void)
{
	write_sysreg(cpacr_el1, read_sysreg(cpacr_el1) | CPACR_ZEN | CPACR_SMEN);
	isb();
	exception_set_hook(skip_instruction);
	asm volatile("mov w12, #0\n\t"
		     ".inst 0xd503477f\n\t"		/* SMSTART */
		     ".inst 0xe10003e0"		/* LDR ZA[W12, 0], [SP] */
		     : : : "x12", "memory");
	exception_set_hook(NULL);
}

static void leave_counters(void)
{
	write_sysreg(pmuserenr_el0, 1);
	write_sysreg(pmccfiltr_el0, 1U << 30);
	write_sysreg(pmselr_el0, 1);
	isb();
	write_sysreg(pmxevtyper_el0, PMU_EVENT);
	write_sysreg(pmxevcntr_el0, 0xd1);
	write_sysreg(pmintenset_el1, 1U << 31);
	write_sysreg(pmcntenset_el0, 1U << 31);
	write_sysreg(pmovsset_el0, 1U << 31);
	write_sysreg(pmcr_el0, 1);
}

/* Of the CPU that executes this. */
static void leave_registers(void)
{
	write_sysreg(ttbr1_el1, 0x1000);
	write_sysreg(tpidr_el0, DIRT);
	write_sysreg(tpidrro_el0, DIRT);
	write_sysreg(sp_el0, DIRT);
	write_sysreg(contextidr_el1, 0xd1);
	write_sysreg(afsr0_el1, 0xd1);
	write_sysreg(afsr1_el1, 0xd1);
	write_sysreg(amair_el1, DIRT);
	write_sysreg(par_el1, DIRT);
	write_sysreg(csselr_el1, 2);
	write_sysreg(elr_el1, DIRT);
	write_sysreg(spsr_el1, 0x3c5);
	write_sysreg(esr_el1, 0xd1);
	write_sysreg(far_el1, DIRT);
	write_sysreg(cntkctl_el1, 3);
	if (has_keys()) {
		write_sysreg(APIAKEYLO, DIRT);
		write_sysreg(APGAKEYHI, DIRT);
	}

	write_sysreg(fpcr, 3 << 22);
	write_sysreg(fpsr, 0x1f);
	asm volatile(".arch_extension simd\n\t"
		     ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n\t"
		     "dup v\\n\\().2d, %0\n\t"
		     ".endr\n\t"
		     ".irp n, 16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n\t"
		     "dup v\\n\\().2d, %0\n\t"
		     ".endr" : : "r" (DIRT));

	write_sysreg(dbgbvr0_el1, 0x1000);
	write_sysreg(dbgbcr0_el1, 0x1e5);
	write_sysreg(dbgwvr0_el1, 0x1000);
	write_sysreg(dbgwcr0_el1, 0x1ff5);
	write_sysreg(mdscr_el1, 1U << 15);
	if (has_pmu())
		leave_counters();
	leave_streaming();
}

/* Nobody tells the second CPU that the cell ends. */
static void leave_second(void)
{
	irq_init(count_irq);
	irq_set_priority(TIMER_VIRTUAL_IRQ, DIRTY_PRIORITY);
	irq_set_edge(TIMER_VIRTUAL_IRQ, true);
	irq_set_pending(TIMER_VIRTUAL_IRQ);
	irq_send_sgi(PENDING_SGI, cpu_mpidr());
	leave_registers();
	timer_set_deadline(TIMER_PHYSICAL, 0);
	atomic_set(&sgis, 1);
	for (;;)
		cpu_relax();
}

static void leave_comm_region(void)
{
	volatile u8 *page = (volatile u8 *)comm_region;

	for (unsigned int n = sizeof(*comm_region); n < PAGE_SIZE; n++)
		page[n] = (u8)DIRT;
	comm_region->watchdog_timeout = 3600000;
	comm_region->watchdog_kicks = 1;
	comm_region->reply_from_cell = JAILHOUSE_MSG_REQUEST_DENIED;
}

/*
 * Ends the cell while four interrupts are active, one of them pending again,
 * and one timer still runs.
 */
static void never_return(unsigned int irq)
{
	if (irq != SGI)
		return;
	timer_set_deadline(TIMER_VIRTUAL, 0);
	WAIT_FOR(gic_acknowledge() == TIMER_VIRTUAL_IRQ, 1000);
	timer_set_deadline(TIMER_PHYSICAL, 0);
	WAIT_FOR(gic_acknowledge() == TIMER_PHYSICAL_IRQ, 1000);
	irq_set_pending(QEMU_RTC_INTID);
	WAIT_FOR(gic_acknowledge() == QEMU_RTC_INTID, 1000);
	irq_set_pending(QEMU_RTC_INTID);
	irq_route(QEMU_RTC_INTID, smp_mpidr(1));
	printk("# dirty: the cell ends in an interrupt handler\n");
	leave_registers();
	write_sysreg(tpidr_el1, DIRT);
	if (ends_by_fault)
		mmio_read32((const void *)QEMU_RAM_BASE);
	inmate_exit();
}

static void leave_dirt(void)
{
	volatile u64 *p = (volatile u64 *)SPARE_RAM;

	map_range(p, SPARE_RAM_END - SPARE_RAM, MAP_CACHED);
	for (; p < (volatile u64 *)SPARE_RAM_END; p += 512)
		*p = DIRT;
	leave_comm_region();
	smp_start_cpu(1, leave_second);
	WAIT_FOR(atomic_read(&sgis), 10000);

	map_range((void *)QEMU_RAM_BASE, PAGE_SIZE, MAP_UNCACHED);
	irq_init(never_return);
	irq_enable(SGI);
	irq_enable(TIMER_VIRTUAL_IRQ);
	irq_enable(TIMER_PHYSICAL_IRQ);
	irq_set_edge(QEMU_RTC_INTID, true);
	irq_enable(QEMU_RTC_INTID);
	/* not enabled: stays pending */
	irq_send_sgi(PENDING_SGI, cpu_mpidr());
	/* nesting by priority, as each must become active */
	irq_set_priority(SGI, 0xc0);
	irq_set_priority(TIMER_VIRTUAL_IRQ, 0x80);
	irq_set_priority(TIMER_PHYSICAL_IRQ, 0x60);
	irq_set_priority(QEMU_RTC_INTID, DIRTY_PRIORITY);
	irq_send_sgi(SGI, cpu_mpidr());
	enable_irqs();
	for (;;)
		wait_for_interrupt();
}

static bool is_first_run(void)
{
	volatile void *dir = (volatile void *)QEMU_GPIO_DIR;
	u32 before;

	map_range((void *)QEMU_GPIO_BASE, PAGE_SIZE, MAP_UNCACHED);
	before = mmio_read32(dir);
	mmio_write32(dir, !before);
	return !before;
}

void inmate_main(void)
{
	ends_by_fault = cmdline_parse_bool("twice", false) && is_first_run();
	if (ends_by_fault || cmdline_parse_bool("dirty", false))
		leave_dirt();
	TEST_RUN("start", tests);
}
