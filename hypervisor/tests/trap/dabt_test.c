// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Aborts of a guest, as ESR_EL2, FAR_EL2 and HPFAR_EL2 describe them (Arm DDI
 * 0487): accesses to devices that are served, those that came in the middle of
 * an update of the tables, and all others.
 */

#include <string.h>

#include <core/arch.h>
#include <core/mmio.h>
#include <cpu/percpu_private.h>
#include <gic/irq.h>
#include <mm/access.h>
#include <jailhouse/ivshmem.h>
#include <trap/traps.h>
#include <vdev/pci.h>

#include "cell_helpers.h"
#include "fake/machine.h"
#include "fake/sysreg.h"
#include "link_cells.h"
#include "tap.h"

/* ISS of a Data Abort */
#define ISV		(1U << 24)
#define SAS(log2)	((u32)(log2) << 22)
#define SSE		(1U << 21)
#define SRT(n)		((u32)(n) << 16)
#define SF		(1U << 15)
#define FNV		(1U << 10)
#define CM		(1U << 8)
#define S1PTW		(1U << 7)
#define WNR		(1U << 6)
/* status codes, with the level in bits 1..0 */
#define TRANSLATION	0x04U
#define ACCESS_FLAG	0x08U
#define PERMISSION	0x0cU
#define EXTERNAL	0x10U
#define ALIGNMENT	0x21U

#define PC		0xffff800000080000ULL
#define VBAR		0xffff800000010800ULL
#define EL1H		5
/* Where the guest has mapped it; FAR_EL2 and IPA have the last 12 bits in common. */
#define VA_PAGE		0xffff8000dead0000ULL

#define DEVICE		0x0c000000ULL
#define DEVICE_SIZE	0x2000ULL

/* The GIC is asked first. */
static u64 gic_at = ~0ULL;
static struct mmio_access gic_access;

enum mmio_result irq_mmio(struct cell *cell, struct mmio_access *access)
{
	(void)cell;
	if (access->address != gic_at)
		return MMIO_UNHANDLED;
	gic_access = *access;
	access->value = 0x12345678;
	return MMIO_HANDLED;
}

/* A device of the cell: the last access to it, and what it answers. */
static struct mmio_access seen;
static unsigned int num_seen;
static enum mmio_result device_result;
static u64 device_value;
/* meanwhile somebody stops the cell */
static bool device_sees_stop;

static enum mmio_result device(void *arg, struct mmio_access *access)
{
	(void)arg;
	seen = *access;
	num_seen++;
	if (device_sees_stop)
		this_percpu()->vcpu->cell->stopped = true;
	if (!access->is_write)
		access->value = device_value;
	return device_result;
}

static struct cell *cell;	/* on CPU 2 */

static void setup(void)
{
	cell = create_and_start();
	CHECK_EQ(mmio_register(&cell->mmio, DEVICE, DEVICE_SIZE, device, NULL), 0);
	device_result = MMIO_HANDLED;
}

struct abort {
	unsigned int cpu;
	bool is_fetch;
	bool is_repeated;	/* without an update since the one before */
	u64 ipa;
	u32 iss;
	u64 before[31], after[31];
	bool goes_on;
	u64 pc;
	struct {
		u64 esr, far, elr;
	} taken;	/* an exception to EL1 */
};

static bool handle(struct guest_regs *regs, const struct abort *abort)
{
	if (abort->is_fetch)
		return iabt_handle(abort->iss);
	/* as vectors.S calls them */
	if ((abort->iss & (ISV | S1PTW | 0x3c)) != (ISV | TRANSLATION) ||
	    (abort->iss >> 16 & 0x18))
		return dabt_handle(regs, abort->iss);
	return abort->iss & WNR ? dabt_mmio_write(regs, abort->iss) :
				  dabt_mmio(regs, abort->iss);
}

static void take(void *arg)
{
	struct guest_regs *regs = &this_percpu()->regs;
	struct abort *abort = arg;

	/* there has been one since the last fault */
	if (!abort->is_repeated)
		this_percpu()->vcpu->cell->mem.updates++;
	fake_sysreg_set("elr_el2", PC);
	fake_sysreg_set("spsr_el2", EL1H);
	fake_sysreg_set("vbar_el1", VBAR);
	fake_sysreg_set("sctlr_el1", 0);
	fake_sysreg_set("hcr_el2", 0);
	fake_sysreg_set("esr_el1", 0);
	fake_sysreg_set("far_el1", 0);
	fake_sysreg_set("elr_el1", 0);
	fake_sysreg_set("spsr_el1", 0);
	fake_sysreg_set("far_el2", VA_PAGE | (abort->ipa & 0xfff));
	/* FIPA: bits 47..12 of the address at 39..4 */
	fake_sysreg_set("hpfar_el2", abort->ipa >> 12 << 4);
	memcpy(regs->x, abort->before, sizeof(abort->before));
	regs->x[31] = 0;
	fake_record_steps();
	abort->goes_on = handle(regs, abort);
	memcpy(abort->after, regs->x, sizeof(abort->after));
	abort->pc = fake_sysreg("elr_el2");
	/* XZR, and nothing but the PC is ever written */
	CHECK_EQ(regs->x[31], 0);
	abort->taken.esr = fake_sysreg("esr_el1");
	if (!abort->taken.esr) {
		CHECK_EQ(fake_num_steps, fake_steps_of("elr_el2") + fake_steps_of("spsr_el2"));
		return;
	}
	abort->taken.far = fake_sysreg("far_el1");
	abort->taken.elr = fake_sysreg("elr_el1");
}

static struct abort made_on(unsigned int cpu, u64 ipa, u32 iss, u64 value)
{
	struct abort abort = { .cpu = cpu, .ipa = ipa, .iss = iss };

	for (unsigned int n = 0; n < 31; n++)
		abort.before[n] = 0xa5a5000000000000ULL + n;
	if ((iss >> 16 & 31) < 31)
		abort.before[iss >> 16 & 31] = value;
	num_seen = 0;
	fake_on_cpu(cpu, take, &abort);
	fake_check();
	return abort;
}

static struct abort made(u64 ipa, u32 iss, u64 value)
{
	return made_on(2, ipa, iss, value);
}

static bool registers_are_kept(const struct abort *abort)
{
	return !memcmp(abort->before, abort->after, sizeof(abort->before));
}

/* The guest repeats the instruction, and does not notice. */
static bool is_repeated(u64 ipa, u32 iss)
{
	u32 before = cpus[2]->vcpu->stats[JAILHOUSE_CPU_STAT_VMEXITS_MMIO];
	struct abort abort = made(ipa, iss, 0);

	CHECK(registers_are_kept(&abort));
	CHECK_EQ(abort.pc, PC);
	CHECK_EQ(cpus[2]->vcpu->stats[JAILHOUSE_CPU_STAT_VMEXITS_MMIO], before);
	return abort.goes_on;
}

static bool fetch_is_repeated(u64 ipa, u32 iss)
{
	struct abort abort = { .ipa = ipa, .iss = iss, .is_fetch = true };

	fake_on_cpu(2, take, &abort);
	fake_check();
	CHECK_EQ(abort.pc, PC);
	return abort.goes_on;
}

static u64 loaded(u32 iss, u64 from_device)
{
	struct abort abort;

	device_value = from_device;
	abort = made(DEVICE + 0x10, ISV | TRANSLATION | iss | SRT(3), ~0ULL);
	CHECK(abort.goes_on);
	CHECK_EQ(abort.pc, PC + 4);
	CHECK_EQ(num_seen, 1);
	CHECK(!seen.is_write);
	CHECK_EQ(seen.address, 0x10);
	CHECK_EQ(seen.size, 1 << (iss >> 22 & 3));
	return abort.after[3];
}

/* LDRB, LDRH, LDR Wt and Xt, and those that extend the sign, to 32 and 64 bits */
TEST(loads)
{
	setup();
	CHECK_EQ(loaded(SAS(0), 0x80), 0x80);
	CHECK_EQ(loaded(SAS(0) | SSE, 0x80), 0xffffff80);
	CHECK_EQ(loaded(SAS(0) | SSE, 0x7f), 0x7f);
	CHECK_EQ(loaded(SAS(0) | SSE | SF, 0x80), 0xffffffffffffff80);
	CHECK_EQ(loaded(SAS(0) | SSE | SF, 0x7f), 0x7f);
	CHECK_EQ(loaded(SAS(1), 0x8000), 0x8000);
	CHECK_EQ(loaded(SAS(1) | SSE, 0x8000), 0xffff8000);
	CHECK_EQ(loaded(SAS(1) | SSE, 0x7fff), 0x7fff);
	CHECK_EQ(loaded(SAS(1) | SSE | SF, 0x8000), 0xffffffffffff8000);
	CHECK_EQ(loaded(SAS(2), 0x80000000), 0x80000000);
	CHECK_EQ(loaded(SAS(2) | SSE | SF, 0x80000000), 0xffffffff80000000);
	CHECK_EQ(loaded(SAS(2) | SSE | SF, 0x7fffffff), 0x7fffffff);
	CHECK_EQ(loaded(SAS(3) | SF, 0x8000000000000001), 0x8000000000000001);
}

TEST(stores)
{
	setup();
	for (u32 log2 = 0; log2 < 4; log2++) {
		u64 value = 0xf123456789abcdefULL, mask = ~0ULL >> (64 - (8 << log2));
		struct abort abort = made(DEVICE + 0x18, ISV | SAS(log2) |
					  WNR | SRT(30) | TRANSLATION, value);

		CHECK(abort.goes_on);
		CHECK_EQ(abort.pc, PC + 4);
		CHECK(registers_are_kept(&abort));
		CHECK_EQ(num_seen, 1);
		CHECK(seen.is_write);
		CHECK_EQ(seen.address, 0x18);
		CHECK_EQ(seen.size, 1 << log2);
		CHECK_EQ(seen.value & mask, value & mask);
	}
}

TEST(each_register)
{
	setup();
	for (unsigned int rt = 0; rt < 31; rt++) {
		struct abort abort;

		device_value = 0x1000 + rt;
		abort = made(DEVICE, ISV | SAS(2) | SRT(rt) | TRANSLATION, 0);
		for (unsigned int n = 0; n < 31; n++)
			CHECK_EQ(abort.after[n], n == rt ? 0x1000 + rt :
						 abort.before[n]);
		made(DEVICE, ISV | SAS(2) | WNR | SRT(rt) | TRANSLATION,
		     0x2000 + rt);
		CHECK_EQ(seen.value, 0x2000 + rt);
	}
}

/* XZR: written zeros, and what is read goes nowhere. */
TEST(register_31)
{
	struct abort abort;

	setup();
	made(DEVICE, ISV | SAS(3) | SF | WNR | SRT(31) | TRANSLATION, 0);
	CHECK_EQ(num_seen, 1);
	CHECK_EQ(seen.value, 0);
	device_value = 0xff;
	abort = made(DEVICE, ISV | SAS(0) | SSE | SRT(31) | TRANSLATION, 0);
	CHECK_EQ(num_seen, 1);
	CHECK(abort.goes_on && registers_are_kept(&abort));
	CHECK_EQ(abort.pc, PC + 4);
	made(DEVICE, ISV | SAS(2) | WNR | SRT(31) | TRANSLATION, 0);
	CHECK_EQ(seen.value, 0);
}

/* Of a translation fault at any level; 47..12 of the address are HPFAR_EL2's. */
TEST(levels_and_addresses)
{
	const u64 high = 0xfedcba987000ULL;

	setup();
	CHECK_EQ(mmio_register(&cell->mmio, high, 0x1000, device, NULL), 0);
	for (u32 level = 0; level < 4; level++) {
		CHECK(made(high + 0xabc, ISV | SAS(2) | (TRANSLATION + level),
			   0).goes_on);
		CHECK_EQ(num_seen, 1);
		CHECK_EQ(seen.address, 0xabc);
	}
	/* and the last four bytes of a device */
	CHECK(made(DEVICE + DEVICE_SIZE - 4, ISV | SAS(2) | TRANSLATION, 0).goes_on);
	CHECK_EQ(seen.address, DEVICE_SIZE - 4);
}

/* Neither served nor repeated: the instruction has had no effect. */
static void check_denied(u64 ipa, u32 iss)
{
	CHECK(!is_repeated(ipa, iss));
	CHECK_EQ(num_seen, 0);
}

TEST(what_the_syndrome_does_not_describe)
{
	static const u32 codes[] = {
		ACCESS_FLAG, PERMISSION, EXTERNAL, ALIGNMENT, 0, 0x14, 0x30,
	};

	setup();
	/* several registers, write-back, atomics, vectors, cache maintenance */
	check_denied(DEVICE, TRANSLATION | SAS(2));
	check_denied(DEVICE, TRANSLATION | SAS(2) | WNR);
	check_denied(DEVICE, TRANSLATION | CM | WNR);
	/* the guest's tables are there */
	check_denied(DEVICE, TRANSLATION | S1PTW);
	check_denied(DEVICE, TRANSLATION | S1PTW | WNR);
	check_denied(DEVICE, ISV | TRANSLATION | SAS(2) | S1PTW);
	for (size_t n = 0; n < ARRAY_SIZE(codes); n++) {
		check_denied(DEVICE, ISV | SAS(2) | codes[n]);
		check_denied(DEVICE, ISV | SAS(2) | codes[n] | WNR);
		check_denied(DEVICE, codes[n]);
	}
}

TEST(nothing_is_there)
{
	setup();
	check_denied(DEVICE - 4, ISV | SAS(2) | TRANSLATION);
	check_denied(DEVICE + DEVICE_SIZE, ISV | SAS(2) | TRANSLATION);
	check_denied(DEVICE + DEVICE_SIZE, ISV | SAS(2) | WNR | TRANSLATION);
	/* over its end */
	check_denied(DEVICE + DEVICE_SIZE - 4, ISV | SAS(3) | TRANSLATION);
	check_denied(DEVICE + DEVICE_SIZE - 1, ISV | SAS(1) | WNR | TRANSLATION);
}

TEST(the_device_does_not_permit_it)
{
	setup();
	device_result = MMIO_ERROR;
	CHECK(!is_repeated(DEVICE, ISV | SAS(2) | TRANSLATION));
	CHECK_EQ(num_seen, 1);
	CHECK(!is_repeated(DEVICE, ISV | SAS(2) | WNR | TRANSLATION));
	CHECK_EQ(num_seen, 1);
}

/*
 * The device may have been stopped already: its answer is of no instruction,
 * nor is its refusal a fault. The guest ends where it is.
 */
static void check_parks(u64 ipa, u32 iss, enum mmio_result result)
{
	struct abort abort = { .ipa = ipa, .iss = iss };

	setup();
	device_sees_stop = true;
	device_result = result;
	num_seen = 0;
	fake_on_cpu(2, take, &abort);
	fake_check();
	CHECK_EQ(num_seen, 1);
	CHECK(fake_cpus[2].parked);
	/* take() has recorded, and did not come to an end */
	CHECK_EQ(fake_num_steps, 0);
	CHECK_EQ(abort.pc, 0);
}

TEST(load_while_stopped)
{
	check_parks(DEVICE, ISV | SAS(2) | TRANSLATION, MMIO_HANDLED);
}

TEST(store_while_stopped)
{
	check_parks(DEVICE, ISV | SAS(2) | WNR | TRANSLATION, MMIO_HANDLED);
}

TEST(refusal_while_stopped)
{
	check_parks(DEVICE, ISV | SAS(2) | TRANSLATION, MMIO_ERROR);
}

/* The guest takes the abort that the device has answered; inject_test.c has all of it. */
TEST(nothing_answers)
{
	const u64 esr_el1 = 0x25ULL << 26 | 1 << 25 | EXTERNAL;
	struct abort abort;

	setup();
	device_result = MMIO_ABORT;
	abort = made(DEVICE + 8, ISV | SAS(2) | SRT(3) | TRANSLATION, 5);
	CHECK(abort.goes_on && registers_are_kept(&abort));
	CHECK_EQ(abort.pc, VBAR + 0x200);
	CHECK_EQ(abort.taken.esr, esr_el1);
	CHECK_EQ(abort.taken.far, VA_PAGE + 8);
	CHECK_EQ(abort.taken.elr, PC);
	abort = made(DEVICE, ISV | SAS(3) | SRT(3) | WNR | TRANSLATION, 5);
	CHECK(abort.goes_on);
	CHECK_EQ(abort.pc, VBAR + 0x200);
	CHECK_EQ(abort.taken.esr, esr_el1 | WNR);
}

TEST(the_gic_comes_first)
{
	struct abort abort;

	setup();
	gic_at = DEVICE + 0x104;
	abort = made(DEVICE + 0x104, ISV | SAS(2) | SRT(5) | TRANSLATION, 0);
	CHECK(abort.goes_on);
	CHECK_EQ(abort.after[5], 0x12345678);
	CHECK_EQ(num_seen, 0);
	made(DEVICE + 0x104, ISV | SAS(2) | SRT(5) | WNR | TRANSLATION, 77);
	CHECK_EQ(num_seen, 0);
	CHECK(gic_access.is_write);
	CHECK_EQ(gic_access.size, 4);
	CHECK_EQ(gic_access.value, 77);
}

TEST(served_accesses_are_counted)
{
	const u32 *stats;

	setup();
	stats = cpus[2]->vcpu->stats;
	CHECK_EQ(stats[JAILHOUSE_CPU_STAT_VMEXITS_MMIO], 0);
	made(DEVICE, ISV | SAS(2) | TRANSLATION, 0);
	made(DEVICE, ISV | SAS(2) | WNR | TRANSLATION, 0);
	CHECK_EQ(stats[JAILHOUSE_CPU_STAT_VMEXITS_MMIO], 2);
	made(DEVICE, TRANSLATION, 0);
	CHECK_EQ(stats[JAILHOUSE_CPU_STAT_VMEXITS_MMIO], 2);
}

/* The cell's RAM is at 0, its part of the link is read-only, the UART is no memory. */
#define RAM		0x1000ULL
#define READ_ONLY	(SAMPLE_RAM + 0x30400000)

/*
 * Break-before-make leaves a moment in which what is mapped is not: by the time
 * that the fault is looked at the entry is there again.
 */
TEST(faults_in_the_middle_of_an_update)
{
	setup();
	for (u32 level = 0; level < 4; level++) {
		u32 code = TRANSLATION + level;

		CHECK(is_repeated(RAM, ISV | SAS(2) | code));
		CHECK(is_repeated(RAM, ISV | SAS(2) | WNR | code));
		CHECK(is_repeated(RAM, ISV | SAS(3) | SSE | SF | SRT(31) | code));
		/* whatever the instruction is */
		CHECK(is_repeated(RAM, code));
		CHECK(is_repeated(RAM, code | WNR));
		/* and where the guest's own tables are */
		CHECK(is_repeated(RAM, code | S1PTW));
		CHECK(is_repeated(RAM, code | S1PTW | WNR));
		CHECK(fetch_is_repeated(RAM, code));
		CHECK(fetch_is_repeated(RAM, code | S1PTW));
	}
	CHECK_EQ(num_seen, 0);
}

/* Whatever makes it fault, it ends (Cortex-A57, erratum 834220, is a case). */
TEST(faults_that_stay)
{
	struct abort abort = { .cpu = 2, .ipa = RAM, .iss = TRANSLATION | 3 };

	setup();
	fake_on_cpu(2, take, &abort);
	CHECK(abort.goes_on);
	abort.is_repeated = true;
	fake_on_cpu(2, take, &abort);
	CHECK(!abort.goes_on);
	abort.is_fetch = true;
	fake_on_cpu(2, take, &abort);
	CHECK(!abort.goes_on);
	CHECK_EQ(abort.pc, PC);
	fake_check();
}

TEST(what_the_entry_does_not_permit)
{
	setup();
	CHECK(is_repeated(READ_ONLY, ISV | SAS(2) | TRANSLATION));
	check_denied(READ_ONLY, ISV | SAS(2) | WNR | TRANSLATION);
	check_denied(READ_ONLY, WNR | TRANSLATION);
	check_denied(READ_ONLY, WNR | S1PTW | TRANSLATION);
	/* WnR is 1 of cache maintenance, which needs to be able to read */
	CHECK(is_repeated(READ_ONLY, CM | WNR | TRANSLATION));
	CHECK(!fetch_is_repeated(READ_ONLY, TRANSLATION));
	CHECK(!fetch_is_repeated(SAMPLE_UART, TRANSLATION));
	CHECK(is_repeated(SAMPLE_UART, TRANSLATION | WNR));
	CHECK(!fetch_is_repeated(0x20000000, TRANSLATION));
}

TEST(other_faults_are_no_updates)
{
	/* of permission faults HPFAR_EL2 does not tell the address, but for those of a walk */
	static const u32 codes[] = {
		PERMISSION, PERMISSION + 3, PERMISSION | S1PTW, ACCESS_FLAG,
		EXTERNAL, ALIGNMENT, 0x14, 0x30, 0,
	};

	setup();
	for (size_t n = 0; n < ARRAY_SIZE(codes); n++) {
		check_denied(RAM, ISV | SAS(2) | codes[n]);
		check_denied(RAM, codes[n] | WNR);
		CHECK(!fetch_is_repeated(RAM, codes[n]));
	}
}

/* The guest's tables: what AT S1E1R makes of FAR_EL2 */
static bool is_translated;
#define TRANSLATED	0x0dead000ULL

bool access_guest_address(u64 va, u64 *address)
{
	CHECK_EQ(va, VA_PAGE | 0x123);
	*address = TRANSLATED | (va & 0xfff);
	return is_translated;
}

static u64 reported(u32 iss, u64 ipa)
{
	fake_sysreg_set("far_el2", VA_PAGE | 0x123);
	fake_sysreg_set("hpfar_el2", ipa >> 12 << 4);
	return dabt_address((u64)0x24 << 26 | iss);
}

/* After a permission fault of the access itself HPFAR_EL2 is UNKNOWN. */
TEST(addresses_that_are_reported)
{
	is_translated = true;
	CHECK_EQ(reported(PERMISSION | 3, 0x5000), TRANSLATED | 0x123);
	CHECK_EQ(reported(PERMISSION | WNR, 0x5000), TRANSLATED | 0x123);
	CHECK_EQ(reported(PERMISSION | S1PTW, 0x5000), 0x5123);
	CHECK_EQ(reported(TRANSLATION | S1PTW, 0x5000), 0x5123);
	/* its own tables have changed, or lead nowhere */
	is_translated = false;
	CHECK_EQ(reported(PERMISSION | 3, 0x5000), ~0ULL);
	CHECK_EQ(reported(PERMISSION | S1PTW | 3, 0x5000), 0x5123);
	CHECK_EQ(reported(TRANSLATION | 3, 0x5000), 0x5123);
	CHECK_EQ(reported(ACCESS_FLAG | 3, 0x5000), 0x5123);
}

/* Doorbells: cells a, b on CPUs 1 and 2, with a link of twelve peers. */

#define BAR_B		(BAR_AT + 0x4000)
#define DOORBELL	0xcU
#define STORE_W		(ISV | SAS(2) | WNR | TRANSLATION)

static struct cell *a, *b;

static u32 read32(const struct cell *from, u64 address)
{
	return (u32)access_at(from, address, 4, false, 0).access.value;
}

static void write32(const struct cell *from, u64 address, u32 value)
{
	CHECK_EQ(access_at(from, address, 4, true, value).result, MMIO_HANDLED);
}

static void set_up_device(const struct cell *from, u32 bar)
{
	u64 function = SAMPLE_ECAM + BDF * 4096;

	write32(from, function + PCI_BAR(0), bar);
	write32(from, function + PCI_COMMAND, PCI_COMMAND_MEMORY);
	write32(from, bar + IVSHMEM_REG_INT_CONTROL, IVSHMEM_INT_ENABLE);
}

static void setup_link(void)
{
	boot();
	run(&a, &config_a);
	run(&b, &config_b);
	set_up_device(a, BAR_AT);
	set_up_device(b, BAR_B);
	fake_num_irqs = 0;
}

/* Cell a's guest writes to its doorbell register. */
static struct abort ring(u32 iss, u64 value)
{
	fake_num_irqs = 0;
	return made_on(1, BAR_AT + DOORBELL, iss, value);
}

static u32 denied(void)
{
	return cpus[1]->vcpu->stats[CELLBLOCK_CPU_STAT_DENIED];
}

static u32 served(void)
{
	return cpus[1]->vcpu->stats[JAILHOUSE_CPU_STAT_VMEXITS_MMIO];
}

/* Peer 2 is b, INTB of the device is its second interrupt. */
#define TO_B		(2U << 16)
#define IRQ_OF_B	(32 + 8 * 2 + 1)

TEST(doorbell)
{
	u32 before;

	setup_link();
	before = served();
	for (unsigned int rt = 0; rt < 31; rt++) {
		struct abort abort = ring(STORE_W | SRT(rt), TO_B);

		CHECK(abort.goes_on && registers_are_kept(&abort));
		CHECK_EQ(abort.pc, PC + 4);
		CHECK_EQ(fake_num_irqs, 1);
		CHECK_EQ(fake_irqs[0], IRQ_OF_B);
	}
	CHECK_EQ(served(), before + 31);
	/* 32 bits of the register are written */
	ring(STORE_W | SRT(3), 0xdeadbeef00000000 | TO_B);
	CHECK_EQ(fake_num_irqs, 1);
	CHECK_EQ(denied(), 0);
}

/* XZR: peer 0, root, which has not set its device up. */
TEST(doorbell_from_register_31)
{
	u32 before;

	setup_link();
	before = served();
	ring(STORE_W | SRT(31), 0);
	CHECK_EQ(fake_num_irqs, 0);
	CHECK_EQ(served(), before + 1);
	CHECK_EQ(denied(), 0);
}

TEST(doorbell_to_nobody)
{
	static const u32 nobody[] = {
		3 << 16, 11 << 16, PEERS << 16, 0xffff0000, TO_B | 1, TO_B | 0xffff,
	};

	setup_link();
	for (u32 n = 0; n < ARRAY_SIZE(nobody); n++) {
		CHECK(ring(STORE_W, nobody[n]).goes_on);
		CHECK_EQ(fake_num_irqs, 0);
		CHECK_EQ(denied(), n + 1);
	}
	/* a peer that is deaf is there */
	write32(b, BAR_B + IVSHMEM_REG_INT_CONTROL, 0);
	CHECK(ring(STORE_W, TO_B).goes_on);
	CHECK_EQ(fake_num_irqs, 0);
	CHECK_EQ(denied(), ARRAY_SIZE(nobody));
}

TEST(one_shot)
{
	setup_link();
	write32(b, SAMPLE_ECAM + BDF * 4096 + PCI_CAP_VENDOR,
		IVSHMEM_PRIV_ONE_SHOT << IVSHMEM_CAP_PRIV_CONTROL * 8);
	ring(STORE_W, TO_B);
	CHECK_EQ(fake_num_irqs, 1);
	ring(STORE_W, TO_B);
	CHECK_EQ(fake_num_irqs, 0);
	write32(b, BAR_B + IVSHMEM_REG_INT_CONTROL, IVSHMEM_INT_ENABLE);
	ring(STORE_W, TO_B);
	CHECK_EQ(fake_num_irqs, 1);
}

/* Of another size, or at another place of the page: the device says no. */
TEST(no_doorbell)
{
	struct abort abort;
	u32 before;

	setup_link();
	ring(ISV | SAS(0) | WNR | TRANSLATION, TO_B);
	CHECK_EQ(fake_num_irqs, 0);
	ring(ISV | SAS(1) | WNR | TRANSLATION, TO_B);
	CHECK_EQ(fake_num_irqs, 0);
	ring(ISV | SAS(3) | WNR | TRANSLATION, TO_B);
	CHECK_EQ(fake_num_irqs, 0);
	CHECK_EQ(denied(), 3);
	/* not described, or a fault of the guest's tables */
	before = served();
	abort = ring(WNR | TRANSLATION, TO_B);
	CHECK(!abort.goes_on);
	abort = ring(STORE_W | S1PTW, TO_B);
	CHECK(!abort.goes_on);
	abort = ring((STORE_W & ~TRANSLATION) | PERMISSION, TO_B);
	CHECK(!abort.goes_on);
	CHECK_EQ(served(), before);
	CHECK_EQ(fake_num_irqs, 0);
	/* the same offset, where this cell has no doorbell, and the slot's other page */
	CHECK(!made_on(1, BAR_B + DOORBELL, STORE_W, TO_B).goes_on);
	CHECK(!made_on(1, BAR_AT + CELL_DOORBELLS * PAGE_SIZE + DOORBELL, STORE_W,
		       TO_B).goes_on);
	CHECK_EQ(fake_num_irqs, 0);
	/* a load from there is zero */
	CHECK_EQ(made_on(1, BAR_AT + DOORBELL, ISV | SAS(2) | SRT(4) | TRANSLATION,
			 ~0ULL).after[4], 0);
	CHECK_EQ(read32(a, BAR_AT), 1);
}

/* Its register is not decoded any more. */
TEST(doorbell_of_a_device_that_is_off)
{
	setup_link();
	write32(a, SAMPLE_ECAM + BDF * 4096 + PCI_COMMAND, 0);
	CHECK(!ring(STORE_W, TO_B).goes_on);
	CHECK_EQ(fake_num_irqs, 0);
}

TAP_MAIN(
	TAP_TEST(loads),
	TAP_TEST(stores),
	TAP_TEST(each_register),
	TAP_TEST(register_31),
	TAP_TEST(levels_and_addresses),
	TAP_TEST(what_the_syndrome_does_not_describe),
	TAP_TEST(nothing_is_there),
	TAP_TEST(the_device_does_not_permit_it),
	TAP_TEST(load_while_stopped),
	TAP_TEST(store_while_stopped),
	TAP_TEST(refusal_while_stopped),
	TAP_TEST(nothing_answers),
	TAP_TEST(the_gic_comes_first),
	TAP_TEST(served_accesses_are_counted),
	TAP_TEST(faults_in_the_middle_of_an_update),
	TAP_TEST(faults_that_stay),
	TAP_TEST(what_the_entry_does_not_permit),
	TAP_TEST(other_faults_are_no_updates),
	TAP_TEST(addresses_that_are_reported),
	TAP_TEST(doorbell),
	TAP_TEST(doorbell_from_register_31),
	TAP_TEST(doorbell_to_nobody),
	TAP_TEST(one_shot),
	TAP_TEST(no_doorbell),
	TAP_TEST(doorbell_of_a_device_that_is_off)
)
