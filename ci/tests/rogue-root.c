// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* A hostile root and the hypervisor: hypercalls and registers in a way that the driver never uses them. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jailhouse/hypercall.h>
#include <qemu-virt/board.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"
#include "lib/rogue.h"

#define GICD	QEMU_GICD_BASE

/*
 * DISABLE by each CPU of the set at once, from processes of their own; 0 if each was refused because others did not
 * come, also one that came when the time was over.
 */
static int disable_on(unsigned int set)
{
	int wrong = 0, status, cpu;

	cb_rogue_word();	/* inserts the module before they do */
	for (cpu = 0; set >> cpu; cpu++)
		if (set >> cpu & 1 && !fork()) {
			long result = cb_rogue_hypercall((unsigned int)cpu, JAILHOUSE_HC_DISABLE, 0, 0);

			_exit(result != -ETIMEDOUT);
		}
	while (wait(&status) > 0)
		wrong |= status;
	return wrong;
}

/* A machine of which one half has EL2 back and the other has not never exists. */
TEST_F(enabled, disable_is_for_all_or_none)
{
	int cpu;

	for (cpu = 0; cpu < self->cpus; cpu++)
		EXPECT_EQ(-ETIMEDOUT, cb_rogue_hypercall((unsigned int)cpu, JAILHOUSE_HC_DISABLE, 0, 0))
			TH_LOG("CPU %d", cpu);
	EXPECT_EQ(0, disable_on((1U << self->cpus) - 2));

	/* each CPU is where it was: under the hypervisor */
	for (cpu = 0; cpu < self->cpus; cpu++)
		EXPECT_EQ(1, cb_rogue_hypercall((unsigned int)cpu, JAILHOUSE_HC_HYPERVISOR_GET_INFO,
						JAILHOUSE_INFO_NUM_CELLS, 0)) TH_LOG("CPU %d", cpu);
	ASSERT_LE(0, cb_create("inmate-test")) TH_LOG("%s", cb_error());
	EXPECT_EQ(-EBUSY, cb_rogue_hypercall(0, JAILHOUSE_HC_DISABLE, 0, 0));
	EXPECT_DONE(cb_destroy("inmate-test", 0));
}

#define GICD_ISENABLER(intid)	(GICD + 0x100 + (intid) / 32 * 4)
#define GICD_ICENABLER(intid)	(GICD + 0x180 + (intid) / 32 * 4)
#define GICD_ISPENDR(intid)	(GICD + 0x200 + (intid) / 32 * 4)
#define GICD_ICPENDR(intid)	(GICD + 0x280 + (intid) / 32 * 4)
#define GICD_IROUTER(intid)	(GICD + 0x6000 + (intid) * 8)
#define GICD_ITARGETSR(intid)	(GICD + 0x800 + (intid))
#define BIT(intid)		(1U << (intid) % 32)

/* Where an SPI goes: GICv2 has a bit for each CPU. */
static uint64_t read_route(unsigned int spi)
{
	return cb_is_gicv2() ? cb_rogue_read(0, GICD_ITARGETSR(spi), 1) :
			       cb_rogue_read(0, GICD_IROUTER(spi), 8);
}

static void write_route(unsigned int spi, uint64_t route)
{
	if (cb_is_gicv2())
		cb_rogue_write(0, GICD_ITARGETSR(spi), 1, route);
	else
		cb_rogue_write(0, GICD_IROUTER(spi), 8, route);
}

static uint64_t route_to(unsigned int cpu)
{
	return cb_is_gicv2() ? 1U << cpu : cpu;
}

/* An SPI of root's that no device has: to a CPU, and the CPU to a cell. */
TEST_F(enabled, spis_do_not_follow_a_cpu)
{
	enum { CPU = 2, SPI = 32 + 100 };
	uint64_t route = read_route(SPI);

	write_route(SPI, route_to(CPU));
	ASSERT_EQ(route_to(CPU), read_route(SPI));
	ASSERT_LE(0, cb_create("inmate-test")) TH_LOG("%s", cb_error());
	EXPECT_EQ(route_to(0), read_route(SPI));
	/* nor does it go there later */
	write_route(SPI, route_to(CPU));
	EXPECT_NE(route_to(CPU), read_route(SPI));

	/* a cell that hears it ends: it knows no such interrupt */
	ASSERT_DONE(cb_boot("inmate-test", "timer-demo", CB_QUIET "period=1000 report=100"));
	cb_rogue_write(0, GICD_ISENABLER(SPI), 4, BIT(SPI));
	cb_rogue_write(0, GICD_ISPENDR(SPI), 4, BIT(SPI));
	cb_sleep_ms(500);
	EXPECT_STREQ("running", cb_state("inmate-test"));
	cb_rogue_write(0, GICD_ICENABLER(SPI), 4, BIT(SPI));
	cb_rogue_write(0, GICD_ICPENDR(SPI), 4, BIT(SPI));
	write_route(SPI, route);
	EXPECT_DONE(cb_destroy("inmate-test", CB_FORCE));
}

TEST_HARNESS_MAIN
