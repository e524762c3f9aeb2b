// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/sizes.h>

#include <asm/virt.h>

#include <cellblock/loader.h>
#include <jailhouse/hypercall.h>

#include "el2/check.h"
#include "el2/hyp.h"
#include "el2/image.h"
#include "error.h"
#include "mem/content.h"

/*
 * A function number of the range that KVM's EL2 code uses, but that it does
 * not have: Linux's stub answers HVC_STUB_ERR, KVM something else.
 */
#define HVC_NOBODY	0xc600ffffUL

/*
 * Held for reading around each hypercall, for writing while the hypervisor
 * comes or goes: Linux's stub would take a hypercall for one of its own calls.
 */
static DECLARE_RWSEM(gate);
/* One call that manages cells at a time: the hypervisor refuses the second. */
static DEFINE_MUTEX(manager);
/* Written with the gate closed. */
static const struct cellblock_shared *texts;

/*
 * x19 and x20 survive all that an hvc #0 may do, see cellblock/loader.h; x18
 * may be the kernel's shadow stack.
 */
static unsigned long stub_call(unsigned long nr, unsigned long arg1,
			       unsigned long arg2, unsigned long arg3)
{
	register unsigned long x0 asm("x0") = nr;
	register unsigned long x1 asm("x1") = arg1;
	register unsigned long x2 asm("x2") = arg2;
	register unsigned long x3 asm("x3") = arg3;
	register unsigned long x4 asm("x4") = 0;
	register unsigned long saved_x18 asm("x19");
	register unsigned long saved_daif asm("x20");

	asm volatile(
		"mrs	%[daif], daif\n"
		"msr	daifset, #0xf\n"
		"mov	%[x18], x18\n"
		"hvc	#0\n"
		"mov	x18, %[x18]\n"
		"msr	daif, %[daif]\n"
		: "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3), "+r" (x4),
		  [x18] "=&r" (saved_x18), [daif] "=&r" (saved_daif)
		:
		: "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13",
		  "x14", "x15", "x16", "x17", "cc", "memory");
	return x0;
}

bool hyp_stub_answers(void)
{
	return stub_call(HVC_NOBODY, 0, 0, 0) == HVC_STUB_ERR;
}

void hyp_reset_vectors(void)
{
	stub_call(HVC_RESET_VECTORS, 0, 0, 0);
}

int hyp_image_call(phys_addr_t entry, unsigned long op, unsigned int cpu)
{
	return (int)stub_call(HVC_SOFT_RESTART, entry, op, cpu);
}

static bool manages(unsigned long nr)
{
	return nr != JAILHOUSE_HC_HYPERVISOR_GET_INFO &&
		nr != JAILHOUSE_HC_CPU_GET_INFO &&
		nr != CELLBLOCK_HC_REMOTE_ATTACH && nr != CELLBLOCK_HC_REMOTE_NOTIFY &&
		nr != CELLBLOCK_HC_REMOTE_IRQ;
}

long hyp_call(unsigned long nr, unsigned long arg1, unsigned long arg2)
{
	long ret = -ENODEV;

	down_read(&gate);
	if (manages(nr))
		mutex_lock(&manager);
	if (texts)
		ret = jailhouse_call_arg2(nr, arg1, arg2);
	if (manages(nr))
		mutex_unlock(&manager);
	up_read(&gate);
	return ret;
}

long hyp_call_direct(unsigned long nr, unsigned long arg1, unsigned long arg2)
{
	return jailhouse_call_arg2(nr, arg1, arg2);
}

bool hyp_earlier_answers(void)
{
	struct jailhouse_error unused;
	long part;

	/* without EL2 an hvc is undefined */
	if (check_el2(&unused))
		return false;
	part = hyp_call_direct(CELLBLOCK_HC_ROOT_MEMORY, 0, 0);
	/* Linux's stub answers HVC_STUB_ERR, which is not the end of a page */
	return part > 0 && !((unsigned long)part & (SZ_4K - 1) & ~CELLBLOCK_ROOT_MEMORY_OWNED);
}

void hyp_cell_record(u32 id, struct cellblock_record *record)
{
	memset(record, 0, sizeof(*record));
	down_read(&gate);
	/* until it is copied nobody else asks for one */
	mutex_lock(&manager);
	if (texts && jailhouse_call_arg1(CELLBLOCK_HC_CELL_FAULT, id) >= 0)
		*record = texts->record;
	mutex_unlock(&manager);
	up_read(&gate);
}

void hyp_switch_begin(void)
{
	down_write(&gate);
}

void hyp_switch_end(const struct cellblock_shared *shared)
{
	texts = shared;
	up_write(&gate);
}

bool hyp_is_enabled(void)
{
	return READ_ONCE(texts);
}

/* Takes over the hypervisor's sentence. False: there is none. */
static bool copy_text(struct jailhouse_error *err,
		      const struct cellblock_shared *shared)
{
	struct cellblock_refusal it = shared->refusal;
	const char *sentence = image_sentence(it.sentence);
	u64 *arg = it.arg;

	if (!sentence)
		return false;
	cellblock_refusal_point(&it);
	/* each fills a register or a place on the stack, of which a %u takes the lower half */
	error_set(err, 0, sentence, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
	return true;
}

int hyp_refused(struct jailhouse_error *err, int code, const char *fmt, ...)
{
	struct va_format vaf;
	bool told = false;
	va_list args;

	down_read(&gate);
	/* without -ENODEV of hyp_call(), which the hypervisor knows nothing of */
	if (texts && code != -ENODEV)
		told = copy_text(err, texts);
	up_read(&gate);
	if (told)
		return code;

	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	error_set(err, code, "%pV (error %d)", &vaf, code);
	va_end(args);
	return code;
}

int hyp_image_refused(struct jailhouse_error *err, int code,
		      const struct cellblock_shared *shared, const char *step)
{
	content_flush(shared, sizeof(*shared));
	if (!copy_text(err, shared))
		error_set(err, code, "the hypervisor refused to %s (error %d)",
			  step, code);
	return code;
}
