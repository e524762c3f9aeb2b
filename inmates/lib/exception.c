// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <inmate.h>

#include <cellblock/guest_fault.h>

#define ESR_WNR			(1U << 6)
#define ESR_FNV			(1U << 10)
#define ESR_FSC(esr)		((esr) & 0x3f)
#define SPSR_MODE(spsr)		((spsr) & 0x1f)

static exception_hook_t exception_hook;

static const char *const vector_names[] = {
	"synchronous", "IRQ", "FIQ", "SError",
};

static const char *const vector_origins[] = {
	"with SP_EL0", "at EL1", "from 64-bit EL0", "from 32-bit EL0",
};

#define VECTOR_EL1_SYNC		4
#define VECTOR_EL1_SERROR	7
#define VECTOR_STACK_OVERFLOW	16

static const char *class_name(u64 esr)
{
	switch (ESR_EC(esr)) {
	case ESR_EC_UNKNOWN:
		return "undefined instruction";
	case 0x01:
		return "trapped WFI or WFE";
	case 0x07:
		return "trapped floating point";
	case 0x0e:
		return "illegal execution state";
	case 0x15:
		return "supervisor call";
	case 0x16:
		return "hypervisor call";
	case 0x17:
		return "secure monitor call";
	case 0x18:
		return "trapped system register";
	case 0x20:
	case ESR_EC_IABT:
		return "instruction abort";
	case 0x22:
		return "misaligned PC";
	case 0x24:
	case ESR_EC_DABT:
		return "data abort";
	case 0x26:
		return "misaligned SP";
	case 0x2c:
		return "floating point exception";
	case 0x2f:
		return "SError";
	case ESR_EC_BRK:
		return "breakpoint instruction";
	default:
		return "unknown class";
	}
}

static const char *fault_name(u64 esr)
{
	u64 fsc = ESR_FSC(esr);

	switch (fsc & ~3ULL) {
	case 0x00:
		return "address size fault";
	case 0x04:
		return "translation fault";
	case 0x08:
		return "access flag fault";
	case 0x0c:
		return "permission fault";
	}
	switch (fsc) {
	case 0x10:
		return "external abort";
	case 0x14:
	case 0x15:
	case 0x16:
	case 0x17:
		return "external abort on table walk";
	case 0x21:
		return "alignment fault";
	default:
		return "other fault";
	}
}

static bool is_abort(u64 esr)
{
	return (ESR_EC(esr) & ~5ULL) == 0x20;
}

static bool has_address(u64 esr)
{
	return is_abort(esr) && !(esr & ESR_FNV);
}

static const char *kind_name(const struct exception_frame *frame, u64 vector)
{
	if (vector == VECTOR_STACK_OVERFLOW)
		return "stack overflow";
	if (!has_address(frame->esr) || frame->far >= PAGE_SIZE)
		return class_name(frame->esr);
	return ESR_EC(frame->esr) == ESR_EC_IABT ? "call of NULL" : "access to NULL";
}

static void report(const struct exception_frame *frame, u64 vector)
{
	u64 esr = frame->esr;

	printk_raw("\nUnhandled exception on CPU %u (MPIDR 0x%llx)\n",
		   cpu_id(), cpu_mpidr());
	if (vector != VECTOR_STACK_OVERFLOW)
		printk_raw(" vector: %s %s\n", vector_names[vector % 4],
			   vector_origins[vector / 4]);
	printk_raw(" reason: %s (ESR 0x%llx)\n", kind_name(frame, vector), esr);
	if (is_abort(esr))
		printk_raw(" fault:  %s, level %u, on a %s\n", fault_name(esr),
			   (unsigned int)esr & 3,
			   (ESR_EC(esr) & 4) == 0 ? "fetch" :
			   esr & ESR_WNR ? "write" : "read");
	if (has_address(esr))
		printk_raw(" address: 0x%016llx\n", frame->far);
	printk_raw(" pc:     0x%016llx  lr: 0x%016llx  sp: 0x%016llx\n",
		   frame->elr, frame->x[30], frame->sp);
	printk_raw(" pstate: 0x%llx\n", frame->spsr);
	for (unsigned int n = 0; n < 30; n += 3)
		printk_raw(" x%-2u %016llx  x%-2u %016llx  x%-2u %016llx\n",
			   n, frame->x[n], n + 1, frame->x[n + 1],
			   n + 2, frame->x[n + 2]);
}

void exception_tell(const char *what, const char *thread, u64 pc, u64 lr, u64 sp, u64 address)
{
	struct cellblock_guest_fault *fault =
		(void *)((u8 *)comm_region + CELLBLOCK_GUEST_FAULT_OFFSET);

	if (inmate_is_bare)
		return;
	*fault = (struct cellblock_guest_fault){
		.cpu = cpu_id(),
		.pc = pc,
		.lr = lr,
		.sp = sp,
		.address = address,
	};
	snprintk(fault->what, sizeof(fault->what), "%s", what);
	snprintk(fault->thread, sizeof(fault->thread), "%s", thread);
	memory_barrier();
	fault->valid = 1;
}

void exception_handle(struct exception_frame *frame, u64 vector)
{
	exception_hook_t hook = atomic_read(&exception_hook);

	if ((vector == VECTOR_EL1_SYNC || vector == VECTOR_EL1_SERROR) &&
	    hook && hook(frame))
		return;

	report(frame, vector);
	exception_tell(kind_name(frame, vector), "", frame->elr, frame->x[30], frame->sp,
		       has_address(frame->esr) ? frame->far : ~0ULL);
	inmate_end(JAILHOUSE_CELL_FAILED);
}

void exception_set_hook(exception_hook_t hook)
{
	atomic_set(&exception_hook, hook);
}
