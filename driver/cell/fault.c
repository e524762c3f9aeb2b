// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/kernel.h>

#include <asm/esr.h>

#include <cellblock/guest_fault.h>
#include <cellblock/loader.h>

#include "cell/fault.h"
#include "el2/hyp.h"

struct kind {
	const char *name;
	const char *words;
};

static const struct kind hang = { "watchdog", "" };
static const struct kind read = { "read", "read at " };
static const struct kind write = { "write", "write at " };
static const struct kind fetch = { "fetch", "instruction fetch at " };
static const struct kind serror = { "serror", "SError" };
static const struct kind instruction = { "instruction", "trapped instruction" };

static const struct kind *kind_of(const struct cellblock_fault *fault)
{
	if (fault->kind == CELLBLOCK_FAULT_WATCHDOG)
		return &hang;
	switch (ESR_ELx_EC(fault->esr)) {
	case ESR_ELx_EC_DABT_LOW:
		return fault->esr & ESR_ELx_WNR ? &write : &read;
	case ESR_ELx_EC_IABT_LOW:
		return &fetch;
	case ESR_ELx_EC_SERROR:
		return &serror;
	default:
		return &instruction;
	}
}

static bool is_access(const struct kind *kind)
{
	return kind == &read || kind == &write || kind == &fetch;
}

void fault_sentence(char *text, size_t size, const struct cellblock_fault *fault)
{
	const struct kind *kind = kind_of(fault);
	int len;

	if (fault->kind == CELLBLOCK_FAULT_NONE || fault->cpu == CELLBLOCK_FAULT_NO_CPU)
		return;
	len = scnprintf(text, size, ". CPU %u: %s", fault->cpu, kind->words);
	if (is_access(kind))
		len += scnprintf(text + len, size - len, "%#llx", fault->ipa);
	scnprintf(text + len, size - len, "%sPC %#llx, LR %#llx, SP %#llx",
		  *kind->words ? ", " : "", fault->pc, fault->lr, fault->sp);
}

int fault_fields(char *text, size_t size, const struct cellblock_fault *fault)
{
	const struct kind *kind = kind_of(fault);
	int len;

	if (fault->kind == CELLBLOCK_FAULT_NONE)
		return 0;
	len = scnprintf(text, size, "kind=%s time=%llu", kind->name, fault->time);
	if (fault->cpu != CELLBLOCK_FAULT_NO_CPU)
		len += scnprintf(text + len, size - len,
				 " cpu=%u pc=%#llx lr=%#llx sp=%#llx pstate=%#llx",
				 fault->cpu, fault->pc, fault->lr, fault->sp, fault->pstate);
	if (fault->kind == CELLBLOCK_FAULT_EXCEPTION)
		len += scnprintf(text + len, size - len, " esr=%#llx", fault->esr);
	if (is_access(kind))
		len += scnprintf(text + len, size - len, " far=%#llx ipa=%#llx",
				 fault->far, fault->ipa);
	return len;
}

/* Words of somebody else: no blanks or other separators where those mean something. */
static void make_plain(char *text, size_t size, bool one_word)
{
	text[size - 1] = '\0';
	for (; *text; text++)
		if (*text <= ' ' || *text > '~' || *text == '=')
			*text = !one_word && *text == ' ' ? ' ' : one_word ? '-' : '?';
}

void fault_of_guest(u32 id, struct cellblock_guest_fault *fault)
{
	u64 *words = (u64 *)fault;
	size_t n;

	for (n = 0; n < sizeof(*fault) / sizeof(u64); n++)
		words[n] = hyp_call(CELLBLOCK_HC_CELL_COMM, id,
				    CELLBLOCK_GUEST_FAULT_OFFSET / sizeof(u64) + n);
}

void fault_guest_sentence(char *text, size_t size, const struct cellblock_guest_fault *told)
{
	struct cellblock_guest_fault fault = *told;
	int len;

	if (!fault.valid)
		return;
	make_plain(fault.what, sizeof(fault.what), false);
	make_plain(fault.thread, sizeof(fault.thread), false);
	len = scnprintf(text, size, ". CPU %u of the cell", fault.cpu);
	if (*fault.thread)
		len += scnprintf(text + len, size - len, ", thread '%s'", fault.thread);
	len += scnprintf(text + len, size - len, ": %s", fault.what);
	if (fault.address != ~0ULL)
		len += scnprintf(text + len, size - len, " at %#llx", fault.address);
	scnprintf(text + len, size - len, ", PC %#llx, LR %#llx, SP %#llx", fault.pc, fault.lr,
		  fault.sp);
}

int fault_guest_fields(char *text, size_t size, const struct cellblock_guest_fault *told)
{
	struct cellblock_guest_fault fault = *told;
	int len;

	if (!fault.valid)
		return 0;
	make_plain(fault.what, sizeof(fault.what), true);
	make_plain(fault.thread, sizeof(fault.thread), true);
	len = scnprintf(text, size, "kind=%s cell_cpu=%u", fault.what, fault.cpu);
	if (*fault.thread)
		len += scnprintf(text + len, size - len, " thread=%s", fault.thread);
	len += scnprintf(text + len, size - len, " pc=%#llx lr=%#llx sp=%#llx", fault.pc, fault.lr,
			 fault.sp);
	if (fault.address != ~0ULL)
		len += scnprintf(text + len, size - len, " far=%#llx", fault.address);
	return len;
}

int fault_access_fields(char *text, size_t size, const struct cellblock_access *access)
{
	const struct kind *kind = access->is_write ? &write : &read;

	return scnprintf(text, size, "kind=%s cpu=%u pc=%#llx ipa=%#llx size=%u made=%u count=%u\n",
			 kind->name, access->cpu, access->pc, access->address, access->size,
			 access->is_made, access->count);
}
