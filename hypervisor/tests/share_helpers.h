/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_SHARE_HELPERS_H
#define TESTS_SHARE_HELPERS_H

/* CPU 0 of the fake machine, which cells share with root. */

#include <string.h>

#include <core/arch.h>
#include <core/share.h>

#include "cell_helpers.h"
#include "fake/cpu.h"
#include "fake/fake.h"
#include "fake/machine.h"
#include "tap.h"

/* A tick of the fake machine is a microsecond. sample_share(): 1000 of 10000 */
#define PERIOD	10000
#define BUDGET	1000
#define NEVER	(~0ULL)

static inline struct vcpu *roots(void)
{
	return cpus[0]->vcpu;
}

static inline struct vcpu *guest_of(u64 id)
{
	return cell_vcpu(cell_by_id(id), cpus[0]);
}

static inline void share_root(void)
{
	CHECK_EQ(fake_hypercall(0, CELLBLOCK_HC_CPU_SHARE, 1, 0), 0);
}

/* A cell with CPU 0 only. */
static inline struct sample_cell make_sharing(u32 id)
{
	struct sample_cell config = id == 1 ? make_first() : make_second();

	sample_share(&config);
	memset(config.cpus, 0, sizeof(config.cpus));
	return config;
}

static inline void boot_at(u64 time)
{
	boot_for_cells();
	fake_time = time;
	share_root();
}

static inline void schedule(void *arg)
{
	(void)arg;
	share_schedule();
}

static inline void at(u64 time)
{
	fake_time = time;
	fake_on_cpu(0, schedule, NULL);
}

static inline void sleep(void *arg)
{
	(void)arg;
	share_sleep(arch_this_vcpu());
}

/* While another guest has the CPU */
static inline void interrupt(struct vcpu *vcpu)
{
	vcpu->arch.interrupted = true;
	share_wake(vcpu);
}

/* The cell that shares CPU 0, which has just begun at a period's begin. */
static inline struct vcpu *begin(u32 id)
{
	struct sample_cell config = make_sharing(id);

	CHECK_EQ(create(&config), id);
	CHECK_EQ(start(id), 0);
	at(fake_time);
	return guest_of(id);
}

#endif /* TESTS_SHARE_HELPERS_H */
