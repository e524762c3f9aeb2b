// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* CPUs of the fake machine, and its start-up. */

#include <setjmp.h>
#include <string.h>

#include <arch/boot.h>
#include <core/console.h>
#include <core/control.h>
#include <lib/bug.h>
#include <lib/errno.h>
#include <core/hypercall.h>
#include <core/main.h>
#include <lib/printk.h>

#include "../config_samples.h"
#include "../tap.h"
#include "cpu.h"
#include "fake.h"
#include "machine.h"
#include "tlb.h"
#include "turns.h"

unsigned int fake_units_prepared;

#define FAIL(...)	tap_fail(__FILE__, __LINE__, __VA_ARGS__)
#define MAX_STEPS	3000000

struct fake_image fake_image;
struct fake_cpu fake_cpus[FAKE_MAX_CPUS];
unsigned int fake_num_cpus = FAKE_CPUS;
void (*fake_guest)(struct cpu *cpu);
unsigned int fake_machine_commits;
unsigned int fake_machine_leaves;
bool fake_one_step;
unsigned int fake_repeats;

/* What a CPU's thread is to do. */
struct thread {
	jmp_buf base;
	bool kicked;
	void (*work)(void *arg);
	void *arg;
};

static struct thread threads[FAKE_MAX_CPUS];

static struct thread *this_thread(void)
{
	if (turns_current() < 0)
		FAIL("not on a CPU");
	return &threads[turns_current()];
}

struct cpu *arch_this_cpu(void)
{
	return cpus[this_thread() - threads];
}

struct vcpu *arch_this_vcpu(void)
{
	return arch_this_cpu()->running;
}

static struct fake_cpu *this_fake(void)
{
	return &fake_cpus[this_thread() - threads];
}

void fake_run(void)
{
	for (int n = 0; n < 20; n++)
		turns_all();
}

static void run_guest(struct thread *self, struct fake_cpu *fake)
{
	struct cpu *cpu = cpus[self - threads];

	if (fake->asleep || (fake->waits && !self->kicked))
		return;
	fake->waits = false;
	/* its next instruction faults where there is no memory */
	if (cpu->vcpu->cell != &root_cell &&
	    !paging_lookup(&cpu->vcpu->cell->mem, 0, NULL))
		control_end_if_stopped();
	if (fake_guest)
		fake_guest(cpu);
}

/* Whatever noreturn function ends comes back to the start of the loop. */
static void cpu_thread(unsigned int cpu)
{
	struct thread *self = &threads[cpu];
	struct fake_cpu *fake = &fake_cpus[cpu];

	setjmp(self->base);
	for (;;) {
		if (fake->in_guest)
			run_guest(self, fake);
		if (self->work) {
			self->work(self->arg);
			self->work = NULL;
		}
		turns_yield();
	}
}

static void __attribute__((noreturn)) back_to_base(void)
{
	struct thread *self = this_thread();

	self->work = NULL;
	longjmp(self->base, 1);
}

static void wait_for(unsigned int cpu)
{
	for (int n = 0; threads[cpu].work; n++) {
		if (n == MAX_STEPS)
			FAIL("CPU %u does not come to an end", cpu);
		turns_all();
	}
}

void fake_on_cpu(unsigned int cpu, void (*fn)(void *arg), void *arg)
{
	if (!fake_cpus[cpu].in_guest)
		FAIL("CPU %u does not run", cpu);
	threads[cpu].arg = arg;
	threads[cpu].work = fn;
	wait_for(cpu);
}

bool fake_may_bug;

void bug(const char *file, int line)
{
	if (!fake_may_bug)
		tap_fail(file, line, "BUG: %s", hv_shared.console);
	back_to_base();
}

void arch_repeat_call(void)
{
	fake_repeats++;
}

const char *refusal_text(void)
{
	extern const char __start_sentences[];
	static char text[256];
	struct cellblock_refusal it = hv_shared.refusal;

	if (!it.sentence)
		return "";
	cellblock_refusal_point(&it);
	snprintf(text, sizeof(text), __start_sentences + it.sentence - 1,
		 it.arg[0], it.arg[1], it.arg[2], it.arg[3], it.arg[4], it.arg[5]);
	return text;
}

static void call_it(void *arg)
{
	struct fake_call *call = arg;
	unsigned int repeats;

	do {
		repeats = fake_repeats;
		call->result = hypercall(call->nr, call->arg1, call->arg2);
		if (repeats != fake_repeats && call->result != (s64)call->nr)
			FAIL("x0 of a call that is repeated changes");
	} while (repeats != fake_repeats && !fake_one_step);
}

s64 fake_hypercall_unchecked(unsigned int cpu, u64 nr, u64 arg1, u64 arg2)
{
	struct fake_call call = { nr, arg1, arg2, -12345 };

	hv_shared.refusal.sentence = 0;
	fake_on_cpu(cpu, call_it, &call);
	return fake_cpus[cpu].left ? fake_cpus[cpu].left_result : call.result;
}

s64 fake_hypercall(unsigned int cpu, u64 nr, u64 arg1, u64 arg2)
{
	s64 result = fake_hypercall_unchecked(cpu, nr, arg1, arg2);

	fake_check();
	return result;
}

void fake_hypercall_all(cpu_set_t set, struct fake_call *calls)
{
	unsigned int cpu;

	hv_shared.refusal.sentence = 0;
	for (cpu = 0; cpu < fake_num_cpus; cpu++) {
		if (!(set & 1ULL << cpu))
			continue;
		threads[cpu].arg = &calls[cpu];
		threads[cpu].work = call_it;
	}
	for (cpu = 0; cpu < fake_num_cpus; cpu++) {
		if (!(set & 1ULL << cpu))
			continue;
		wait_for(cpu);
		if (fake_cpus[cpu].left)
			calls[cpu].result = fake_cpus[cpu].left_result;
	}
	fake_check();
}

static void park(void *arg)
{
	(void)arg;
	control_park_self();
}

void fake_cpu_off(unsigned int cpu)
{
	fake_on_cpu(cpu, park, NULL);
	fake_check();
}

void fake_check(void)
{
	if (fake_locks_held())
		FAIL("%u locks are held", fake_locks_held());
	fake_tlb_check();
}

/* Start-up */

/* the test itself counts as a CPU of its own */
static unsigned int cpu_number(void)
{
	return (unsigned int)(turns_current() + 1);
}

void fake_image_init(void)
{
	memset(&fake_image, 0, sizeof(fake_image));
	hv_header.core_size = offsetof(struct fake_image, config);
	hv_header.config_size = sizeof(sample_system);
	hv_header.num_cpus = fake_num_cpus;
	for (unsigned int cpu = 0; cpu < CELLBLOCK_MAX_CPUS; cpu++)
		hv_mpidr[cpu] = cpu < fake_num_cpus ? 0x100 + cpu : ~0ULL;
	memcpy(fake_image.config, &sample_system, sizeof(sample_system));
	fake_cpu_relax = turns_yield;
	fake_cpu_number = cpu_number;
	turns_start(fake_num_cpus, cpu_thread);
}

struct jailhouse_system *fake_system(void)
{
	return (struct jailhouse_system *)fake_image.config;
}

struct jailhouse_memory *fake_mem(unsigned int region)
{
	struct sample_system *sys = (void *)fake_image.config;

	return &sys->mem[region];
}

struct jailhouse_irqchip *fake_irqchip(unsigned int n)
{
	struct sample_system *sys = (void *)fake_image.config;

	return &sys->irqchips[n];
}

s64 fake_init(void)
{
	return hv_init(0);
}

static void enter(void *arg)
{
	struct thread *self = arg;

	hv_enter((u64)(self - threads));
	this_fake()->in_guest = true;
}

void fake_enter(cpu_set_t set)
{
	unsigned int cpu;

	for (cpu = 0; cpu < fake_num_cpus; cpu++)
		if (set & 1ULL << cpu) {
			threads[cpu].arg = &threads[cpu];
			threads[cpu].work = enter;
		}
	for (cpu = 0; cpu < fake_num_cpus; cpu++)
		wait_for(cpu);
}

void fake_boot(void)
{
	fake_image_init();
	if (fake_init())
		FAIL("hv_init: %s", refusal_text());
	fake_enter((1ULL << fake_num_cpus) - 1);
	for (unsigned int cpu = 0; cpu < fake_num_cpus; cpu++)
		if (!fake_cpus[cpu].in_guest)
			FAIL("CPU %u: %s", cpu, refusal_text());
	fake_check();
}

/* core/arch.h */

int arch_init(void)
{
	fake_pool(FAKE_POOL_PAGES, 3);
	return 0;
}

int arch_cpu_init(struct cpu *cpu)
{
	cpu->arch.prepared = true;
	return 0;
}

int arch_cpu_check(struct cpu *cpu)
{
	if (!cpu->arch.prepared)
		FAIL("CPU %u was not prepared", cpu->id);
	return this_fake()->check_fails ?
		refuse(-ENODEV, "CPU %u is not fit", cpu->id) : 0;
}

void arch_machine_commit(void)
{
	fake_machine_commits++;
}

void arch_cpu_commit(struct cpu *cpu)
{
	if (cpu != arch_this_cpu())
		FAIL("commit on another CPU");
	this_fake()->committed = true;
}

void arch_machine_leave(void)
{
	/* nobody else may be in the guest, or on the way to it */
	for (unsigned int cpu = 0; cpu < fake_num_cpus; cpu++)
		if (fake_cpus[cpu].in_guest && !threads[cpu].work)
			FAIL("CPU %u runs while the machine is handed back", cpu);
	fake_machine_leaves++;
}

void arch_cpu_leave(struct cpu *cpu, s64 result, bool entered)
{
	struct fake_cpu *fake = this_fake();

	if (cpu != arch_this_cpu() || entered != fake->committed)
		FAIL("CPU %u leaves in a state it is not in", cpu->id);
	if (fake_locks_mine())
		FAIL("CPU %u leaves with a lock", cpu->id);
	fake->left = true;
	fake->left_result = result;
	fake->left_entered = entered;
	fake->in_guest = false;
	back_to_base();
}

void arch_cpu_kick(struct cpu *cpu)
{
	/* on a shared CPU, it is EL2's alarm */
	if (!cpu->shared && cpu->vcpu->state == VCPU_RUNNING &&
	    (cpu->vcpu->cell == &root_cell || !cpu->vcpu->cell->hidden))
		FAIL("a kick of CPU %u, whose guest would see it", cpu->id);
	threads[cpu->id].kicked = true;
}

void arch_cpu_ack_kick(void)
{
	this_thread()->kicked = false;
}

u64 arch_mpidr(void)
{
	return 0x100 + (u64)turns_current();
}

u64 arch_guest_pc(void)
{
	return this_fake()->pc;
}

void arch_fault_place(struct cellblock_fault *fault)
{
	if (!fake_locks_mine())
		FAIL("a record is written without its lock");
	fault->pc = this_fake()->pc;
	fault->lr = fault->pc + 1;
	fault->sp = fault->pc + 2;
	fault->pstate = fault->pc + 3;
	if (fault->kind != CELLBLOCK_FAULT_EXCEPTION)
		return;
	fault->esr = fault->pc + 4;
	fault->far = fault->pc + 5;
	fault->ipa = fault->pc + 6;
}

void arch_cpu_park(void)
{
	this_fake()->in_guest = false;
	this_fake()->parked = true;
	/* the guest's call has come to its end */
	this_thread()->work = NULL;
}

void arch_cpu_wait(void)
{
	if (fake_locks_mine())
		FAIL("a CPU sleeps with a lock");
	do {
		turns_yield();
	} while (!this_thread()->kicked || this_fake()->asleep);
}

/* Shared CPUs */

int fake_share_error;
bool fake_masks_irqs;

int arch_vcpu_share(struct vcpu *vcpu)
{
	if (vcpu->arch.shared)
		FAIL("CPU %u: vcpu is shared already", vcpu->cpu->id);
	vcpu->arch.shared = true;
	return 0;
}

void arch_vcpu_unshare(struct vcpu *vcpu)
{
	if (!vcpu->arch.shared)
		FAIL("CPU %u: vcpu is not shared", vcpu->cpu->id);
	vcpu->arch.shared = false;
}

int arch_cpu_share(bool on)
{
	if (fake_share_error)
		return refuse(fake_share_error, "fake");
	this_fake()->shares = on;
	return 0;
}

/* stands for a guest's registers */
static u64 entered;

struct guest_switch arch_vcpu_switch(struct vcpu *from, bool kept, struct vcpu *to, bool fresh)
{
	if (!to->arch.shared || to->state != VCPU_RUNNING || to != arch_this_vcpu())
		FAIL("CPU %u: switch to a vcpu that cannot run", to->cpu->id);
	if (!fresh && !to->arch.kept)
		FAIL("CPU %u: switch to a vcpu without registers", to->cpu->id);
	if (fresh && to->cell->stopped)
		FAIL("CPU %u: start of a stopped cell", to->cpu->id);
	if (to->cpu->leaving != from)
		FAIL("CPU %u: who stops the one before cannot know that it is here", to->cpu->id);
	if (kept)
		from->arch.kept = true;
	to->cpu->leaving = NULL;
	to->arch.kept = false;
	this_fake()->switches++;
	this_fake()->fresh = fresh;
	return (struct guest_switch) { .to = (const void *)&entered };
}

void arch_vcpu_stay(struct vcpu *vcpu)
{
	if (vcpu != arch_this_vcpu())
		FAIL("CPU %u: another one goes on", vcpu->cpu->id);
}

void arch_vcpu_enter(struct guest_switch next)
{
	if (next.to != (const void *)&entered)
		FAIL("CPU %u has no guest", arch_this_cpu()->id);
	if (fake_locks_mine())
		FAIL("CPU %u resumes with a lock", arch_this_cpu()->id);
	back_to_base();
}

u64 arch_guest_alarm(void)
{
	const struct vcpu *vcpu = arch_this_vcpu();

	if (vcpu->arch.interrupted)
		return 0;
	return vcpu->arch.alarm ? vcpu->arch.alarm : ~0ULL;
}

bool arch_guest_masks_irqs(void)
{
	return fake_masks_irqs;
}

void arch_set_alarm(u64 time)
{
	this_fake()->alarm = time;
}

void arch_vcpu_start(struct vcpu *vcpu)
{
	struct fake_cpu *fake = this_fake();

	if (!fake->parked || vcpu->state != VCPU_RUNNING)
		FAIL("start of CPU %u, which is not parked", vcpu->cpu->id);
	if (vcpu->cell->stopped)
		FAIL("start of CPU %u of a stopped cell", vcpu->cpu->id);
	fake->parked = false;
	fake->in_guest = true;
	fake->starts++;
	fake->start_address = vcpu->start_address;
	fake->start_arg = vcpu->start_arg;
	back_to_base();
}

void arch_cpu_off(struct cpu *cpu)
{
	if (cpu->vcpu->state != VCPU_OFF)
		FAIL("CPU %u is switched off, and its state is another", cpu->id);
	this_fake()->off = true;
	this_fake()->parked = false;
	back_to_base();
}

bool arch_cpu_is_off(const struct cpu *cpu)
{
	return fake_cpus[cpu->id].off;
}

void arch_sync_code(void)
{
}

bool fake_may_halt;

void arch_halt(void)
{
	if (!fake_may_halt)
		FAIL("halted: %s", hv_shared.console);
	this_fake()->halted = true;
	this_fake()->in_guest = false;
	back_to_base();
}
