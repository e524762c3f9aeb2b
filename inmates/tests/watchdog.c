// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * A cell that is watched.
 *
 * Parameters:
 *	end=WHAT	instead of the tests: kick for a while and then
 *		hang		do nothing
 *		deaf		the same, with all interrupts masked
 *		asleep		wait for an interrupt, any, in a function whose address it says
 *		fault		do what is forbidden
 *		second-fault	the same on another CPU, this one goes on
 *		failed		say that it has failed
 *		shut-down	say that it has ended
 *		off		ask for no watching any more, and do nothing
 *		never		go on until asked to stop
 *		unasked		do nothing from the start on
 *		locked		lock the configuration until asked to stop
 *	timeout=MS	of the watchdog (1000)
 *	kicks=N		how often it kicks, every 20 ms (10)
 */

#include <qemu-virt/board.h>
#include <inmate/test.h>

static void fields_are_zero_at_start(void)
{
	EXPECT_EQ(comm_region->watchdog_timeout, 0);
	EXPECT_EQ(comm_region->watchdog_kicks, 0);
}

static void kicks_are_counted(void)
{
	watchdog_start(60000);
	EXPECT_EQ(comm_region->watchdog_timeout, 60000);
	EXPECT_EQ(comm_region->watchdog_kicks, 1);
	watchdog_kick();
	watchdog_kick();
	EXPECT_EQ(comm_region->watchdog_kicks, 3);
}

static void an_overflow_is_a_kick(void)
{
	comm_region->watchdog_kicks = ~0U;
	watchdog_kick();
	EXPECT_EQ(comm_region->watchdog_kicks, 0);
	watchdog_start(0);
	EXPECT_EQ(comm_region->watchdog_timeout, 0);
}

static const struct test tests[] = {
	TEST(fields_are_zero_at_start),
	TEST(kicks_are_counted),
	TEST(an_overflow_is_a_kick),
};

/* Root's memory */
static void fault(void)
{
	mmio_read32((const void *)QEMU_RAM_BASE);
}

static void kick(long long times)
{
	for (; times; times--) {
		if (comm_poll(true))
			inmate_exit();
		watchdog_kick();
		delay_us(20000);
	}
}

static void fall_asleep(void)
{
	printk("# watchdog: asleep in 0x%lx\n", (unsigned long)fall_asleep);
	enable_irqs();
	for (;;)
		wait_for_interrupt();
}

static void wait_for_stop(void)
{
	comm_set_state(JAILHOUSE_CELL_RUNNING_LOCKED);
	while (!comm_poll(true))
		cpu_relax();
	inmate_exit();
}

static bool end_is(const char *end, const char *what)
{
	return !strcmp(end, what);
}

static void end_cell(const char *end)
{
	if (end_is(end, "deaf"))
		asm volatile("msr daifset, #0xf");
	else if (end_is(end, "asleep"))
		fall_asleep();
	else if (end_is(end, "fault"))
		fault();
	else if (end_is(end, "second-fault"))
		smp_start_cpu(1, fault);
	else if (end_is(end, "failed"))
		comm_set_state(JAILHOUSE_CELL_FAILED);
	else if (end_is(end, "shut-down"))
		comm_set_state(JAILHOUSE_CELL_SHUT_DOWN);
	else if (end_is(end, "off"))
		watchdog_start(0);
	else if (end_is(end, "locked"))
		wait_for_stop();
	else if (end_is(end, "never"))
		kick(-1);
}

void inmate_main(void)
{
	char end[16];

	cmdline_parse_str("end", end, sizeof(end), "");
	if (!*end)
		TEST_RUN("watchdog", tests);
	printk("# watchdog: begins\n");
	map_range((void *)QEMU_RAM_BASE, PAGE_SIZE, MAP_UNCACHED);
	if (!end_is(end, "unasked")) {
		watchdog_start((u32)cmdline_parse_int("timeout", 1000));
		kick(cmdline_parse_int("kicks", 10));
	}
	printk("# watchdog: %s\n", end);
	end_cell(end);
	for (;;)
		cpu_relax();
}
