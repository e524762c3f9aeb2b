// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Checks of the CPUs that cells share with root. What the hypervisor relies on is
 * config_check_sharing(); the rest, of no danger to anybody but who wants it so, is for
 * those who make cells: the driver and tools.
 */

#include <cellblock/loader.h>
#include <config/config.h>
#include <lib/errno.h>
#include <lib/refuse.h>

static int check_numbers(const struct cellblock_sharing *sharing)
{
	bool cyclic = sharing->policy == CELLBLOCK_SHARE_CYCLIC;

	if (sharing->policy > CELLBLOCK_SHARE_CYCLIC || sharing->reserved ||
	    sharing->defer > CELLBLOCK_SHARE_MAX_DEFER)
		return refuse(-EINVAL,
			      "shared CPUs: unknown policy, defer above 1000 us, or reserved is not 0");
	if (sharing->period < CELLBLOCK_SHARE_MIN_PERIOD ||
	    sharing->period > CELLBLOCK_SHARE_MAX_PERIOD)
		return refuse(-EINVAL, "shared CPUs: the period is not 100 us to 10000000 us");
	if (cyclic ? sharing->num_slots - 1 >= CELLBLOCK_SHARE_SLOTS : sharing->num_slots)
		return refuse(-EINVAL,
			      "shared CPUs: a cyclic plan has 1 to 16 slots, a priority none");
	if (!cyclic && sharing->budget - 1 >= sharing->period)
		return refuse(-EINVAL, "shared CPUs: the budget is not 1 us to the period");
	return 0;
}

int config_check_sharing(const struct jailhouse_cell_desc *desc)
{
	const struct cellblock_sharing *sharing = config_sharing(desc);
	u64 both = config_cpu_bits(desc) & config_shared_cpus(desc);

	if (!sharing)
		return 0;
	if (both)
		return refuse(-EINVAL, "CPU %d is shared, and in the CPU set too",
			      __builtin_ctzll(both));
	return check_numbers(sharing);
}

/* Of a CPU's time, in millionths. */
#define WHOLE			1000000U
#define PERCENT			(WHOLE / 100)
/* root has the rest */
#define CELLS_AT_MOST		(99 * PERCENT)

/* Rounded up. */
static u32 share_of(const struct cellblock_sharing *sharing)
{
	u64 time = sharing->policy == CELLBLOCK_SHARE_PRIORITY ? sharing->budget : 0;
	u32 n;

	for (n = 0; n < sharing->num_slots; n++)
		time += sharing->slots[n].length;
	return (u32)((time * WHOLE + sharing->period - 1) / sharing->period);
}

void config_add_shares(const struct jailhouse_cell_desc *desc,
		       u32 shares[CELLBLOCK_MAX_CPUS])
{
	u64 cpus;

	for (cpus = config_shared_cpus(desc); cpus; cpus &= cpus - 1)
		shares[__builtin_ctzll(cpus)] += share_of(config_sharing(desc));
}

static int check_shares(const u32 shares[CELLBLOCK_MAX_CPUS])
{
	unsigned int cpu;

	for (cpu = 0; cpu < CELLBLOCK_MAX_CPUS; cpu++)
		if (shares[cpu] > CELLS_AT_MOST)
			return refuse(-EINVAL,
				      "CPU %u: cells that share it have %u of 100 parts of its time, root must keep one",
				      cpu, (shares[cpu] + PERCENT - 1) / PERCENT);
	return 0;
}

static int check_slots(const struct cellblock_sharing *sharing)
{
	const struct cellblock_share_slot *slot = sharing->slots;
	u64 end = 0;
	u32 n;

	for (n = 0; n < sharing->num_slots; n++, slot++) {
		if (slot->start < end || slot->length < CELLBLOCK_SHARE_MIN_SLOT ||
		    (u64)slot->start + slot->length > sharing->period)
			return refuse(-EINVAL,
				      "shared CPUs: slot %u begins in the one before, ends after the frame, or has less than %u us",
				      n, CELLBLOCK_SHARE_MIN_SLOT);
		end = slot->start + slot->length;
	}
	return 0;
}

int config_check_turns(const struct jailhouse_cell_desc *desc,
		       u32 shares[CELLBLOCK_MAX_CPUS])
{
	int err = config_sharing(desc) ? check_slots(config_sharing(desc)) : 0;

	if (err)
		return err;
	config_add_shares(desc, shares);
	return check_shares(shares);
}

/* Nobody has checked the first one's count. */
static u32 slots_of(const struct cellblock_sharing *sharing)
{
	bool cyclic = sharing->policy == CELLBLOCK_SHARE_CYCLIC;

	return cyclic && sharing->num_slots <= CELLBLOCK_SHARE_SLOTS ?
	       sharing->num_slots : 0;
}

/* Two plans for @cpu. */
static int compare_plans(const struct cellblock_sharing *a,
		       const struct cellblock_sharing *b, int cpu, const char *b_name)
{
	const struct cellblock_share_slot *x = a->slots, *y = b->slots;
	u32 n, m;

	if (slots_of(a) && slots_of(b) && a->period != b->period)
		return refuse(-EBUSY, "CPU %d: the frame has %u us, but that of cell \"%s\" %u us",
			      cpu, a->period, b_name, b->period);
	for (n = 0; n < slots_of(a); n++)
		for (m = 0; m < slots_of(b); m++)
			if (config_overlap(x[n].start, x[n].length, y[m].start, y[m].length))
				return refuse(-EBUSY,
					      "CPU %d: slot %u overlaps slot %u of cell \"%s\"",
					      cpu, n, m, b_name);
	return 0;
}

int config_check_plans(const struct jailhouse_cell_desc *a,
		       const struct jailhouse_cell_desc *b)
{
	u64 both = config_shared_cpus(a) & config_shared_cpus(b);

	return both ? compare_plans(config_sharing(a), config_sharing(b),
				    __builtin_ctzll(both), b->name) : 0;
}
