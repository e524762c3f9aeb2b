// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/arch.h>
#include <core/paravirt.h>
#include <core/share.h>
#include <lib/errno.h>
#include <lib/page_alloc.h>
#include <lib/printk.h>

#define NEVER	(~0ULL)

/* of a cell's on a CPU that it shares */
#define VCPU_PAGES	PAGES(sizeof(struct vcpu) + CELLBLOCK_SHARE_TURNS * sizeof(u64[2]))

static u64 ticks(u32 microseconds)
{
	return arch_counter_hz() * microseconds / 1000000;
}

/* Who has the CPU, and until when */

/* Of its turn, if it has one. */
static u64 spent(const struct cpu *cpu, const struct vcpu *vcpu, u64 now)
{
	return __builtin_expect(cpu->running == vcpu, 0) ? now - cpu->turn : 0;
}

/* What is left of the budget. */
static s64 left(struct vcpu_share *share, u64 now, u64 spent)
{
	s64 left = share->left - (s64)spent;

	if (now < share->renewal)
		return left;
	/* what the switch was late by is paid back, by one budget at most */
	left = left < 0 ? left + share->budget : share->budget;
	if (left < 0)
		left = 0;
	share->left = left + (s64)spent;
	share->renewal = now - now % share->period + share->period;
	return left;
}

/* By its configuration it may run from @at on (now, or later), up to @end. */
struct turn {
	u64 at, end;
};

static struct turn turn_by_priority(const struct cpu *cpu, struct vcpu *vcpu, u64 now)
{
	s64 for_now = left(&vcpu->share, now, spent(cpu, vcpu, now));

	return for_now > 0 ? (struct turn) { now, now + (u64)for_now } :
			     (struct turn) { vcpu->share.renewal, NEVER };
}

static struct turn turn_by_slots(const struct vcpu_share *share, u64 now)
{
	const struct cellblock_sharing *sharing = share->config;
	u64 frame = now - now % share->period, start, end;

	for (u32 n = 0; n < sharing->num_slots; n++) {
		start = frame + ticks(sharing->slots[n].start);
		end = start + ticks(sharing->slots[n].length);
		if (now < end)
			return (struct turn) { start < now ? now : start, end };
	}
	return (struct turn) { frame + share->period + ticks(sharing->slots[0].start), NEVER };
}

static bool is_cyclic(const struct vcpu *vcpu)
{
	return vcpu->share.config->policy == CELLBLOCK_SHARE_CYCLIC;
}

/* The next time at which @vcpu is to run. */
static struct turn next_turn(const struct cpu *cpu, struct vcpu *vcpu, u64 now)
{
	u64 alarm = vcpu->share.alarm;

	if (alarm > now)
		return (struct turn) { alarm, NEVER };
	if (vcpu->state != VCPU_RUNNING) {
		if (vcpu->command != VCPU_CMD_START)
			return (struct turn) { NEVER, NEVER };
	} else if (vcpu->share.rest) {
		vcpu->share.rest = SHARE_READY;
		/* an older alarm did not wake it: an interrupt has, just now */
		vcpu->share.lost = alarm > vcpu->share.lost ? alarm : now;
	}
	return is_cyclic(vcpu) ? turn_by_slots(&vcpu->share, now) :
				 turn_by_priority(cpu, vcpu, now);
}

/* Root's if no other is to run. *@until: when that has to be looked at again */
static struct vcpu *pick(const struct cpu *cpu, u64 now, u64 *until)
{
	struct vcpu *root = cpu->vcpu, *vcpu;
	struct turn turn;

	*until = NEVER;
	for (vcpu = root->next; vcpu; vcpu = vcpu->next) {
		turn = next_turn(cpu, vcpu, now);
		if (turn.at <= now && turn.end < *until)
			*until = turn.end;
		if (turn.at <= now)
			return vcpu;
		if (turn.at < *until)
			*until = turn.at;
	}
	return root;
}

/* Who is next, if @to is to be: root may go on for a while with interrupts masked. */
static struct vcpu *defer(struct vcpu *from, struct vcpu *to, u64 now, u64 *until)
{
	u64 end;

	if (!to->share.defer || to == from || share_is_guest(from) || !arch_guest_masks_irqs())
		return to;
	end = to->share.lost + to->share.defer;
	if (now >= end)
		return to;
	/* has it unmasked them? */
	*until = now + (end - now) / 2 + 1;
	return from;
}

/* Takes its start command. */
static void begin_guest(struct vcpu *vcpu, u64 now)
{
	vcpu->command = VCPU_CMD_NONE;
	vcpu->state = VCPU_RUNNING;
	vcpu->share.rest = SHARE_READY;
	vcpu->share.pv = NULL;
	vcpu->share.time = NULL;
	vcpu->share.lost = now;
}

/* @from has had its turn, @to gets one. */
static void count(struct cpu *cpu, struct vcpu *from, struct vcpu *to, u64 now)
{
	u64 begin = cpu->turn, spent = now - begin, *turn;

	from->share.lost = now;
	from->share.used += spent;
	if (share_is_guest(from)) {
		from->share.left -= (s64)spent;
		turn = from->turns[from->share.switches % CELLBLOCK_SHARE_TURNS];
		turn[0] = begin;
		turn[1] = now;
		if (!from->share.rest && from->share.left <= 0)
			from->share.overruns++;
	}
	cpu->turn = now;
	to->share.switches++;
	if (now - to->share.lost > to->share.away)
		to->share.away = now - to->share.lost;
	/* what it has asked for */
	if (__builtin_expect(((u64)to->share.pv | (u64)to->share.time) != 0, 0))
		paravirt_tell(&to->share, now - to->share.lost);
}

/* The guest rests from now on. With the lock: what comes later wakes it. */
static void rest(struct vcpu *vcpu)
{
	/* in one hold of it: who sees a vcpu parked may free it */
	if (vcpu->share.rest == SHARE_PARKS)
		vcpu->state = VCPU_PARKED;
	else
		vcpu->share.alarm = paravirt_alarm(vcpu, arch_guest_alarm());
}

struct guest_switch share_schedule(void)
{
	struct cpu *cpu = arch_this_cpu();
	struct vcpu *from, *to;
	u64 now, until;
	enum vcpu_state before;
	bool kept;

	spin_lock_inline(&cpu->lock);
	now = arch_exit_counter();
	from = cpu->running;
	if (from->share.rest)
		rest(from);
	to = defer(from, pick(cpu, now, &until), now, &until);
	before = to->state;
	if (before != VCPU_RUNNING) {
		begin_guest(to, now);
	} else if (to == from) {
		spin_unlock(&cpu->lock);
		arch_set_alarm(until);
		arch_vcpu_stay(from);
		return (struct guest_switch) { 0 };
	}
	kept = from->state == VCPU_RUNNING;
	count(cpu, from, to, now);
	/* who stops it sees from now on that it does not run, and waits */
	cpu->leaving = from;
	cpu->running = to;
	spin_unlock(&cpu->lock);

	arch_set_alarm(until);
	return arch_vcpu_switch(from, kept, to, before != VCPU_RUNNING);
}

struct guest_switch share_sleep(struct vcpu *vcpu)
{
	vcpu->share.rest = SHARE_SLEEPS;
	return share_schedule();
}

void share_park(void)
{
	arch_this_vcpu()->share.rest = SHARE_PARKS;
	arch_vcpu_enter(share_schedule());
}

s64 share_info(const struct vcpu *vcpu, u64 type)
{
	const struct vcpu_share *share = &vcpu->share;

	type -= CELLBLOCK_CPU_INFO_USED;
	if (type == 0)
		return (s64)(share->used + spent(vcpu->cpu, vcpu, arch_counter()));
	if (type < CELLBLOCK_CPU_INFO_TURNS - CELLBLOCK_CPU_INFO_USED)
		return (s64)(&share->used)[type];
	type -= CELLBLOCK_CPU_INFO_TURNS - CELLBLOCK_CPU_INFO_USED;
	if (!share_is_guest(vcpu) || type >= 2 * CELLBLOCK_SHARE_TURNS)
		return -EINVAL;
	return (s64)vcpu->turns[type / 2][type % 2];
}

/* Which CPUs are shared, by whom */

static int begin(struct cpu *cpu)
{
	int err = arch_vcpu_share(cpu->vcpu);

	if (err)
		return err;
	err = arch_cpu_share(true);
	if (err) {
		arch_vcpu_unshare(cpu->vcpu);
		return err;
	}
	cpu->vcpu->share = (struct vcpu_share) { 0 };
	cpu->turn = arch_counter();
	cpu->shared = true;
	return 0;
}

static int end(struct cpu *cpu)
{
	int err;

	if (cpu->vcpu->next)
		return refuse(-EBUSY, "CPU %u: cell \"%s\" shares it", cpu->id,
			      cpu->vcpu->next->cell->config->name);
	err = arch_cpu_share(false);
	if (err)
		return err;
	arch_vcpu_unshare(cpu->vcpu);
	cpu->shared = false;
	return 0;
}

s64 share_cpu(u64 on)
{
	struct cpu *cpu = arch_this_cpu();

	if (on > 1)
		return -EINVAL;
	if (cpu->shared == on)
		return 0;
	return on ? begin(cpu) : end(cpu);
}

/* Those with slots come before those by priority, in the order of their creation. */
static void add(struct vcpu *vcpu)
{
	struct vcpu *prev = vcpu->cpu->vcpu;

	while (prev->next && (is_cyclic(prev->next) || !is_cyclic(vcpu)))
		prev = prev->next;
	vcpu->next = prev->next;
	prev->next = vcpu;
}

static void remove(const struct vcpu *vcpu)
{
	struct vcpu *prev = vcpu->cpu->vcpu;

	while (prev->next != vcpu)
		prev = prev->next;
	prev->next = vcpu->next;
}

static void free_vcpu(struct vcpu *vcpu)
{
	arch_vcpu_unshare(vcpu);
	page_free(vcpu, VCPU_PAGES);
}

static int prepare_vcpu(struct cell *cell, struct cpu *cpu,
			const struct cellblock_sharing *sharing)
{
	struct vcpu *vcpu;
	int err;

	if (!cpu->shared)
		return refuse(-EBUSY, "CPU %u is not shared by root (CPU_SHARE)", cpu->id);
	vcpu = page_alloc(VCPU_PAGES, 1);
	if (!vcpu)
		return refuse_memory();
	vcpu->cpu = cpu;
	vcpu->cell = cell;
	vcpu->mpidr = cpu->hw_id;
	vcpu->state = VCPU_PARKED;
	vcpu->share.config = sharing;
	paravirt_prepare(vcpu);
	vcpu->share.period = ticks(sharing->period);
	vcpu->share.budget = (s64)ticks(sharing->budget);
	vcpu->share.defer = ticks(sharing->defer);
	err = arch_vcpu_share(vcpu);
	if (err) {
		page_free(vcpu, VCPU_PAGES);
		return err;
	}
	spin_lock(&cpu->lock);
	add(vcpu);
	spin_unlock(&cpu->lock);
	cell->cpus |= cpu_bit(cpu);
	cell->shared |= cpu_bit(cpu);
	return 0;
}

int share_prepare(struct cell *cell)
{
	const struct cellblock_sharing *sharing = config_sharing(cell->config);
	struct cpu *cpu;
	int err;

	for_each_cpu(cpu, sharing ? sharing->cpus : 0) {
		err = prepare_vcpu(cell, cpu, sharing);
		if (err)
			return err;
	}
	return 0;
}

void share_release(struct cell *cell)
{
	struct vcpu *vcpu;
	struct cpu *cpu;

	for_each_cpu(cpu, cell->shared) {
		vcpu = cell_vcpu(cell, cpu);
		spin_lock(&cpu->lock);
		remove(vcpu);
		spin_unlock(&cpu->lock);
		free_vcpu(vcpu);
	}
	cell->cpus &= ~cell->shared;
	cell->shared = 0;
}
