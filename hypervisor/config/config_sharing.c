// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Checks of the CPUs that cells share with root. */

#include <cellblock/loader.h>
#include <config/config.h>
#include <lib/errno.h>
#include <lib/refuse.h>

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

static int check_share(u32 share, unsigned int cpu)
{
	return share <= CELLS_AT_MOST ? 0 :
		refuse(-EINVAL, "CPU %u: cells that share it have %u of 100 parts of its time, root must keep one",
		       cpu, (share + PERCENT - 1) / PERCENT);
}

int config_check_shares(const u32 shares[CELLBLOCK_MAX_CPUS])
{
	unsigned int cpu;
	int err = 0;

	for (cpu = 0; cpu < CELLBLOCK_MAX_CPUS && !err; cpu++)
		err = check_share(shares[cpu], cpu);
	return err;
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

/* What is wrong with the numbers, NULL if nothing is. */
static const char *look_at(const struct cellblock_sharing *sharing)
{
	bool cyclic = sharing->policy == CELLBLOCK_SHARE_CYCLIC;

	if (sharing->policy > CELLBLOCK_SHARE_CYCLIC ||
	    sharing->reserved[0] | sharing->reserved[1])
		return "unknown policy, or a reserved field is not 0";
	if (sharing->period < CELLBLOCK_SHARE_MIN_PERIOD ||
	    sharing->period > CELLBLOCK_SHARE_MAX_PERIOD)
		return "the period is not 100 us to 10000000 us";
	if (cyclic ? sharing->num_slots - 1 >= CELLBLOCK_SHARE_SLOTS : sharing->num_slots)
		return "a cyclic plan has 1 to 16 slots, a priority none";
	if (!cyclic && sharing->budget - 1 >= sharing->period)
		return "the budget is not 1 us to the period";
	return NULL;
}

int config_check_sharing(const struct jailhouse_cell_desc *desc)
{
	const struct cellblock_sharing *sharing = config_sharing(desc);
	u64 both = config_cpu_bits(desc) & config_shared_cpus(desc);
	const char *wrong;
	int err;

	if (!sharing)
		return 0;
	if (both)
		return refuse(-EINVAL, "CPU %d is shared, and in the CPU set too",
			      __builtin_ctzll(both));
	wrong = look_at(sharing);
	if (wrong)
		return refuse(-EINVAL, "shared CPUs: %s", wrong);
	err = check_slots(sharing);
	return err || !sharing->cpus ? err :
		check_share(share_of(sharing),
			    (unsigned int)__builtin_ctzll(sharing->cpus));
}
