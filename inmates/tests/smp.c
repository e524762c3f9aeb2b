// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Both CPUs of the cell at once. */

#include <qemu-virt/board.h>
#include <inmate/test.h>

#define ROUNDS			2000	/* of SGIs that wait for each other, at most */
#define STORM_MS		5000	/* on a host that is busy each may take a time slice */
#define TICKS			500
#define TICK_NS			200000

#define SGI_STORM		1
#define SGI_BROADCAST		2
#define ROUTED_SPI		QEMU_RTC_INTID

static unsigned int storm[INMATE_MAX_CPUS], sent[INMATE_MAX_CPUS];
static unsigned int broadcast[INMATE_MAX_CPUS];
static unsigned int routed[INMATE_MAX_CPUS];
static unsigned int ticks[INMATE_MAX_CPUS];
static unsigned int shared_count;
static unsigned int arrived;
static bool ready;
static bool finish;
static void (*volatile job)(void);
static unsigned int job_number, jobs_done;

static void handler(unsigned int irq)
{
	unsigned int cpu = cpu_id();

	switch (irq) {
	case SGI_STORM:
		atomic_add(&storm[cpu], 1);
		break;
	case SGI_BROADCAST:
		atomic_add(&broadcast[cpu], 1);
		break;
	case ROUTED_SPI:
		atomic_add(&routed[cpu], 1);
		break;
	case TIMER_VIRTUAL_IRQ:
		if (atomic_add(&ticks[cpu], 1) < TICKS)
			timer_start(timer_ns_to_ticks(TICK_NS));
		else
			timer_stop(TIMER_VIRTUAL);
		break;
	}
}

static void init_interrupts(void)
{
	irq_init(handler);
	irq_enable(SGI_STORM);
	irq_enable(SGI_BROADCAST);
	irq_enable(TIMER_VIRTUAL_IRQ);
	enable_irqs();
}

static void meet(void)
{
	atomic_add(&arrived, 1);
	while (atomic_read(&arrived) < 2)
		cpu_relax();
}

/* CPU 1 runs the jobs that CPU 0 hands it. */
static void worker(void)
{
	unsigned int done = 0;

	meet();
	init_interrupts();
	atomic_set(&ready, true);
	while (!atomic_read(&finish)) {
		if (atomic_read(&job_number) == done) {
			cpu_relax();
			continue;
		}
		job();
		atomic_set(&jobs_done, ++done);
	}
	disable_irqs();
}

static void start_job(void (*fn)(void))
{
	job = fn;
	atomic_add(&job_number, 1);
}

static bool job_ends(void)
{
	return WAIT_FOR(atomic_read(&jobs_done) == job_number, 40000);
}

/* irq_init() maps the distributor at the first call: here neither CPU is the first. */
static void both_begin_at_once(void)
{
	EXPECT(smp_num_cpus() >= 2);
	EXPECT_EQ(smp_start_cpu(1, worker), PSCI_SUCCESS);
	if (!EXPECT(WAIT_FOR(atomic_read(&arrived) == 1, 1000)))
		return;
	meet();
	init_interrupts();
	EXPECT(WAIT_FOR(atomic_read(&ready), 1000));
}

static void mpidrs_are_physical_and_different(void)
{
	EXPECT_EQ(smp_mpidr(0), cpu_mpidr());
	EXPECT(smp_mpidr(0) != smp_mpidr(1));
	if (!gic_is_v2())
		EXPECT(gic_find_redist(smp_mpidr(1)));
}

/* A host that is busy may keep a CPU from running: late is not lost. */
static bool storm_reaches(unsigned int cpu, unsigned int count)
{
	if (WAIT_FOR(atomic_read(&storm[cpu]) == count, 1000))
		return true;
	if (!EXPECT(WAIT_FOR(atomic_read(&storm[cpu]) == count, 10000))) {
		printk("# SGI %u to CPU %u is lost, %u have come\n", count, cpu,
		       atomic_read(&storm[cpu]));
		return false;
	}
	printk("# SGI %u to CPU %u was late\n", count, cpu);
	return true;
}

/* Each SGI waits for the one before: none may be missing, none doubled. */
static void send_storm(void)
{
	unsigned int other = 1 - cpu_id(), n = 0;
	u64 end = timer_count(TIMER_PHYSICAL) + timer_ns_to_ticks(STORM_MS * 1000000ULL);

	do {
		irq_send_sgi(SGI_STORM, smp_mpidr(other));
		if (!storm_reaches(other, ++n))
			return;
	} while (n < ROUNDS && timer_count(TIMER_PHYSICAL) < end);
	sent[other] = n;
}

static void begin_storm(unsigned int cpu)
{
	sent[cpu] = 0;
	atomic_set(&storm[cpu], 0);
}

static void expect_storm(unsigned int cpu)
{
	EXPECT(sent[cpu] > 0);
	EXPECT_EQ(storm[cpu], sent[cpu]);
}

static void sgi_storm_is_counted_exactly(void)
{
	begin_storm(1);
	send_storm();
	delay_us(1000);
	expect_storm(1);
}

static void sgi_storms_cross(void)
{
	begin_storm(0);
	begin_storm(1);
	start_job(send_storm);
	send_storm();
	EXPECT(job_ends());
	delay_us(1000);
	expect_storm(0);
	expect_storm(1);
}

static void broadcast_reaches_the_other_cpu(void)
{
	for (unsigned int n = 1; n <= 100; n++) {
		irq_send_sgi_others(SGI_BROADCAST);
		if (!EXPECT(WAIT_FOR(atomic_read(&broadcast[1]) == n, 1000)))
			return;
	}
	EXPECT_EQ(broadcast[0], 0);
}

static void start_ticking(void)
{
	timer_start(timer_ns_to_ticks(TICK_NS));
	EXPECT(WAIT_FOR(atomic_read(&ticks[cpu_id()]) == TICKS, 10000));
}

static void timers_tick_on_both(void)
{
	start_job(start_ticking);
	start_ticking();
	EXPECT(job_ends());
	EXPECT_EQ(ticks[0], TICKS);
	EXPECT_EQ(ticks[1], TICKS);
}

static void spi_follows_its_route(void)
{
	irq_enable(ROUTED_SPI);
	irq_set_edge(ROUTED_SPI, true);
	for (unsigned int n = 1; n <= 100; n++) {
		unsigned int cpu = n % 2;

		irq_route(ROUTED_SPI, smp_mpidr(cpu));
		irq_set_pending(ROUTED_SPI);
		if (!EXPECT(WAIT_FOR(atomic_read(&routed[0]) +
				     atomic_read(&routed[1]) == n, 1000)))
			break;
	}
	EXPECT_EQ(routed[0], 50);
	EXPECT_EQ(routed[1], 50);
	irq_set_edge(ROUTED_SPI, false);
	irq_disable(ROUTED_SPI);
}

static void increment(void)
{
	for (unsigned int n = 0; n < 100000; n++)
		atomic_add(&shared_count, 1);
}

static void memory_is_coherent(void)
{
	start_job(increment);
	increment();
	EXPECT(job_ends());
	EXPECT_EQ(shared_count, 200000);
}

static void use_gic(void)
{
	volatile u8 *reg = gic_private(GICD_IPRIORITYR);

	for (unsigned int n = 0; n < 1000; n++) {
		/* without 0 */
		u8 priority = (u8)((n % 15 + 1) << 4);

		mmio_write8(reg, priority);
		if (!EXPECT_EQ(mmio_read8(reg), priority))
			return;
	}
}

/* Both in the hypervisor all the time. */
static void both_use_their_redistributors(void)
{
	start_job(use_gic);
	use_gic();
	EXPECT(job_ends());
}

static void second_cpu_ends(void)
{
	atomic_set(&finish, true);
	EXPECT(smp_wait_off(1, 1000));
}

static const struct test tests[] = {
	TEST(both_begin_at_once),
	TEST(mpidrs_are_physical_and_different),
	TEST(sgi_storm_is_counted_exactly),
	TEST(sgi_storms_cross),
	TEST(broadcast_reaches_the_other_cpu),
	TEST(timers_tick_on_both),
	TEST(spi_follows_its_route),
	TEST(memory_is_coherent),
	TEST(both_use_their_redistributors),
	TEST(second_cpu_ends),
};

void inmate_main(void)
{
	TEST_RUN("smp", tests);
}
