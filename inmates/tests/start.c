// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * What a cell's first CPU finds when it comes in: nothing of Linux, nothing of
 * the run before.
 *
 * Parameters:
 *	dirty		leave as much behind as possible, for the next run
 *	restart		not the first run since the cell was created: its RAM
 *			may hold what it held
 *	twice		the first run of the two leaves all that behind and
 *			fails; the GPIO, which nobody resets, tells them apart
 */

#include <board/qemu-virt.h>
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
#define DIRTY_PRIORITY		0x40

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

static bool skip_undefined(struct exception_frame *frame)
{
	frame->elr += 4;
	return ESR_EC(frame->esr) == ESR_EC_UNKNOWN;
}

/* Where the hypervisor keeps these away, reading them changes nothing. */
static void debug_registers_are_reset(void)
{
	u64 sum = 0;

	exception_set_hook(skip_undefined);
	sum |= read_sysreg(dbgbvr0_el1);
	sum |= read_sysreg(dbgbcr0_el1);
	sum |= read_sysreg(dbgwvr0_el1);
	sum |= read_sysreg(dbgwcr0_el1);
	sum |= read_sysreg(pmcntenset_el0);
	sum |= read_sysreg(pmintenset_el1);
	sum |= read_sysreg(pmovsset_el0);
	sum |= read_sysreg(pmuserenr_el0);
	exception_set_hook(NULL);
	EXPECT_EQ(sum, 0);
}

static void timers_are_off(void)
{
	EXPECT_EQ(read_sysreg(cntv_ctl_el0) & TIMER_CTL_ENABLE, 0);
	EXPECT_EQ(read_sysreg(cntp_ctl_el0) & TIMER_CTL_ENABLE, 0);
	EXPECT_EQ(read_sysreg(cntkctl_el1), 0);
}

static void private_interrupts_are_off(void)
{
	volatile u8 *frame = gic_find_redist(cpu_mpidr());

	if (!EXPECT(frame))
		return;
	frame += GICR_SGI_BASE;
	EXPECT_EQ(mmio_read32(frame + GICD_ISENABLER), 0);
	EXPECT_EQ(mmio_read32(frame + GICD_ISPENDR), 0);
	EXPECT_EQ(mmio_read32(frame + GICD_ISACTIVER), 0);
	EXPECT_EQ(mmio_read8(frame + GICD_IPRIORITYR + SGI),
		  mmio_read8(frame + GICD_IPRIORITYR + SGI + 1));
	EXPECT_EQ(read_sysreg(ICC_IGRPEN1_EL1), 0);
	/* idle: no interrupt is being served */
	EXPECT_EQ(read_sysreg(ICC_HPPIR1_EL1), 1023);
}

static void shared_interrupts_are_off(void)
{
	volatile u8 *dist = (volatile u8 *)comm_region->gicd_base;
	unsigned int reg = QEMU_RTC_INTID / 32 * 4;

	map_range(dist, 0x10000, MAP_UNCACHED);
	EXPECT_EQ(mmio_read32(dist + GICD_ISENABLER + reg), 0);
	EXPECT_EQ(mmio_read32(dist + GICD_ISPENDR + reg), 0);
	EXPECT_EQ(mmio_read32(dist + GICD_ISACTIVER + reg), 0);
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

static void other_cpus_are_off(void)
{
	for (unsigned int cpu = 1; cpu < smp_num_cpus(); cpu++)
		EXPECT_EQ(psci_affinity_info(smp_mpidr(cpu)), PSCI_AFF_OFF);
}

static const struct test tests[] = {
	TEST(general_registers_are_zero),
	TEST(runs_at_el1_with_interrupts_masked),
	TEST(mmu_and_caches_are_off),
	TEST(el1_registers_are_reset),
	TEST(fp_registers_are_zero),
	TEST(debug_registers_are_reset),
	TEST(timers_are_off),
	TEST(private_interrupts_are_off),
	TEST(shared_interrupts_are_off),
	TEST(interrupts_are_delivered),
	TEST(spare_ram_is_zero),
	TEST(other_cpus_are_off),
};

static bool ends_by_fault;

/* Ends the cell while four interrupts are active, and one timer still runs. */
static void never_return(unsigned int irq)
{
	if (irq != SGI)
		return;
	timer_set_deadline(TIMER_VIRTUAL, 0);
	WAIT_FOR(read_sysreg(ICC_IAR1_EL1) == TIMER_VIRTUAL_IRQ, 1000);
	timer_set_deadline(TIMER_PHYSICAL, 0);
	WAIT_FOR(read_sysreg(ICC_IAR1_EL1) == TIMER_PHYSICAL_IRQ, 1000);
	irq_set_pending(QEMU_RTC_INTID);
	WAIT_FOR(read_sysreg(ICC_IAR1_EL1) == QEMU_RTC_INTID, 1000);
	printk("# dirty: the cell ends in an interrupt handler\n");
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

	write_sysreg(tpidr_el0, DIRT);
	write_sysreg(cntkctl_el1, 3);
	write_sysreg(ttbr1_el1, 0x1000);
	asm volatile(".arch_extension fp\n\t"
		     "fmov d0, %0\n\tfmov d31, %0" : : "r" (DIRT));

	exception_set_hook(skip_undefined);
	write_sysreg(dbgbvr0_el1, 0x1000);
	write_sysreg(dbgbcr0_el1, 0x1e5);
	write_sysreg(dbgwvr0_el1, 0x1000);
	write_sysreg(dbgwcr0_el1, 0x1ff5);
	write_sysreg(mdscr_el1, 1U << 15);
	write_sysreg(pmuserenr_el0, 1);
	write_sysreg(pmintenset_el1, 1U << 31);
	write_sysreg(pmcntenset_el0, 1U << 31);
	write_sysreg(pmcr_el0, 1);
	exception_set_hook(NULL);

	map_range((void *)QEMU_RAM_BASE, PAGE_SIZE, MAP_UNCACHED);
	irq_init(never_return);
	irq_enable(SGI);
	irq_enable(TIMER_VIRTUAL_IRQ);
	irq_enable(TIMER_PHYSICAL_IRQ);
	irq_enable(QEMU_RTC_INTID);
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
