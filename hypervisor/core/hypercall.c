// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/arch.h>
#include <core/cell.h>
#include <core/cell_mem.h>
#include <config/config.h>
#include <core/console.h>
#include <core/control.h>
#include <lib/errno.h>
#include <core/hypercall.h>
#include <core/main.h>
#include <core/share.h>
#include <core/spec.h>
#include <lib/page_alloc.h>
#include <vdev/remote.h>

static s64 get_info(u64 type)
{
	switch (type) {
	case JAILHOUSE_INFO_MEM_POOL_SIZE:
		return (s64)page_pool_size();
	case JAILHOUSE_INFO_MEM_POOL_USED:
		return (s64)page_pool_used();
	case JAILHOUSE_INFO_REMAP_POOL_SIZE:
		return (s64)arch_device_pages(false);
	case JAILHOUSE_INFO_REMAP_POOL_USED:
		return (s64)arch_device_pages(true);
	case JAILHOUSE_INFO_NUM_CELLS:
		return cell_count;
	case CELLBLOCK_INFO_REDISTRIBUTORS:
		return (s64)arch_redistributors();
	default:
		return -EINVAL;
	}
}

static s64 vcpu_info(const struct vcpu *vcpu, u64 type)
{
	u32 total = 0;

	if (type == JAILHOUSE_CPU_INFO_STATE)
		return vcpu->failed ? JAILHOUSE_CPU_FAILED :
				     JAILHOUSE_CPU_RUNNING;
	if (type < JAILHOUSE_CPU_INFO_STAT_BASE ||
	    type >= JAILHOUSE_CPU_INFO_STAT_BASE + VCPU_NUM_STATS)
		return share_info(vcpu, type);

	type -= JAILHOUSE_CPU_INFO_STAT_BASE;
	if (type != JAILHOUSE_CPU_STAT_VMEXITS_TOTAL)
		return vcpu->stats[type];
	for (unsigned int i = 1; i <= CELLBLOCK_CPU_STAT_OTHER; i++)
		total += vcpu->stats[i];
	return total;
}

/* The CPU as the caller has it. Root may name another cell in the type's upper half. */
static s64 cpu_get_info(u64 id, u64 type)
{
	u64 cell = arch_this_vcpu()->cell->id;
	struct cpu *cpu = cpu_by_id(id);
	const struct vcpu *vcpu;
	s64 result = -EINVAL;

	if (!cpu)
		return -EINVAL;
	if (!cell) {
		cell = type >> 32;
		type = (u32)type;
	}
	/* those that share it come and go */
	spin_lock(&cpu->lock);
	vcpu = cpu->vcpu;
	/* 0: root's, or that of who owns it */
	while (cell && vcpu && vcpu->cell->id != cell)
		vcpu = vcpu->next;
	if (vcpu)
		result = vcpu_info(vcpu, type);
	spin_unlock(&cpu->lock);
	return result;
}

static s64 putc(u64 c)
{
	char text = (char)c;

	console_write(&text, 1);
	return 0;
}

static s64 cpu_parked(u64 id)
{
	struct cpu *cpu = cpu_by_id(id);

	return !cpu || cpu->vcpu->cell != &root_cell ? -EINVAL :
	       cpu->vcpu->state == VCPU_PARKED;
}

/* Who may call, and what the call needs. */
#define ROOT		1
#define CPU_OWNER	2	/* root, or the cell that has CPU arg1 */
#define CONSOLE		4	/* whose configuration permits the console */
#define CONTROL_LOCK	8	/* one such call at a time, the others may retry */

/*
 * Number, who may and what it needs, function. HYPERVISOR_GET_INFO is apart;
 * any other number that is not here is -ENOSYS.
 */
#define HYPERCALLS(x)									\
	x(JAILHOUSE_HC_DISABLE, ROOT, hv_disable())					\
	x(JAILHOUSE_HC_CELL_CREATE, ROOT | CONTROL_LOCK, cell_create(arg1))		\
	x(JAILHOUSE_HC_CELL_START, ROOT | CONTROL_LOCK, cell_start(arg1))		\
	x(JAILHOUSE_HC_CELL_SET_LOADABLE, ROOT | CONTROL_LOCK, cell_set_loadable(arg1))	\
	x(JAILHOUSE_HC_CELL_DESTROY, ROOT | CONTROL_LOCK, cell_destroy(arg1))		\
	x(JAILHOUSE_HC_CELL_GET_STATE, ROOT | CONTROL_LOCK, cell_get_state(arg1))	\
	x(JAILHOUSE_HC_CPU_GET_INFO, CPU_OWNER, cpu_get_info(arg1, arg2))		\
	x(JAILHOUSE_HC_DEBUG_CONSOLE_PUTC, CONSOLE, putc(arg1))				\
	x(CELLBLOCK_HC_CELL_SHUTDOWN, ROOT | CONTROL_LOCK, cell_shutdown(arg1, arg2))	\
	x(CELLBLOCK_HC_CPU_PARKED, ROOT, cpu_parked(arg1))				\
	x(CELLBLOCK_HC_CELL_WATCH, ROOT | CONTROL_LOCK, cell_watch(arg1, arg2))	\
	x(CELLBLOCK_HC_CELL_FAULT, ROOT | CONTROL_LOCK, cell_fault(arg1))		\
	x(CELLBLOCK_HC_CPU_SHARE, ROOT | CONTROL_LOCK, share_cpu(arg1))			\
	x(CELLBLOCK_HC_CELL_COMM, ROOT | CONTROL_LOCK, cell_comm(arg1, arg2))		\
	x(CELLBLOCK_HC_ROOT_MEMORY, ROOT | CONTROL_LOCK, cell_mem_root_part(arg1))		\
	x(CELLBLOCK_HC_REMOTE_ATTACH, ROOT, remote_attach(arg1, arg2))			\
	x(CELLBLOCK_HC_REMOTE_NOTIFY, ROOT, remote_notify(arg1, arg2))			\
	x(CELLBLOCK_HC_REMOTE_IRQ, ROOT, remote_irq(arg1, arg2))

/* Who may and what it needs; 0: no such hypercall. */
static unsigned int rules(u64 nr)
{
	switch (nr) {
#define RULES(number, rules, call)	case number: return rules;
	HYPERCALLS(RULES)
	}
	return 0;
}

/* not inlined: it would be there once for each way through dispatch() */
static __attribute__((noinline, cold)) s64 serve(u64 nr, u64 arg1, u64 arg2)
{
	switch (nr) {
#define SERVE(number, rules, call)	case number: return call;
	HYPERCALLS(SERVE)
	}
	return -ENOSYS;
}

static bool may_call(const struct cell *cell, unsigned int who, u64 arg1)
{
	const struct cpu *cpu = cpu_by_id(arg1);

	if (who & CONSOLE)
		return CELL_FLAGS_VIRTUAL_CONSOLE_PERMITTED(cell->config->flags);
	/* that there is no such CPU is for the call to say */
	return cell == &root_cell ||
	       (who & CPU_OWNER && (!cpu || cell_vcpu(cell, cpu)));
}

/* its arguments are in the order in which hypercall() has them in registers */
static __attribute__((noinline, cold)) s64
dispatch(u64 nr, u64 arg1, u64 arg2, const struct cell *caller)
{
	unsigned int rule = rules(nr);
	s64 result;

	if (!rule)
		return -ENOSYS;
	if (!may_call(caller, rule, arg1))
		return -EPERM;
	if (rule & CONTROL_LOCK && !spin_trylock(&control_lock))
		return -EBUSY;
	if (rule & CONTROL_LOCK)
		control_holder = arch_this_cpu();
	result = serve(nr, arg1, arg2);
	if (rule & CONTROL_LOCK) {
		if (result != -ERESTART)
			spec_check();
		control_holder = NULL;
		spin_unlock(&control_lock);
	}
	if (result != -ERESTART)
		return result;
	arch_repeat_call();
	return (s64)nr;
}

s64 hypercall(u64 nr, u64 arg1, u64 arg2)
{
	struct vcpu *vcpu = arch_this_vcpu();

	vcpu->stats[JAILHOUSE_CPU_STAT_VMEXITS_HYPERCALL]++;
	/* for anybody; apart from the rest, which needs a stack frame */
	if (nr == JAILHOUSE_HC_HYPERVISOR_GET_INFO)
		return get_info(arg1);
	return dispatch(nr, arg1, arg2, vcpu->cell);
}
