// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Accesses of every kind to memory that is not the cell's, and to registers that
 * are emulated. One that the hypervisor denies ends the cell as "failed": it is
 * started again and goes on with the next.
 *
 * Parameters:
 *	part=pages	the borders of all that the machine has, and other pages
 *	part=mmio	the trapped registers that the cell has
 *	part=vpci	those of a cell with a virtual PCI host
 *	part=window	those that root answers for, while another CPU uses them as well
 *	cases=N		how many
 *	first=1		at the first start
 */

#include <qemu-virt/board.h>
#include <qemu-virt/links.h>
#include <qemu-virt/remote.h>

#include "lib/hostile.h"

#define ANYWHERE	1U	/* may do nothing, wherever it is */
#define PLAIN		2U	/* can be emulated */
#define NARROW		4U	/* crosses no border: a byte, or aligned by itself */

/* With the address in x0: what is loaded or stored is in x1 and more. */
#define ACCESSES(x)							\
	x("ldrb w1, [x0]", PLAIN | NARROW)				\
	x("ldrh w1, [x0]", PLAIN)					\
	x("ldr w1, [x0]", PLAIN)					\
	x("ldr x1, [x0]", PLAIN)					\
	x("ldrsb x1, [x0]", PLAIN | NARROW)				\
	x("ldrsw x1, [x0]", PLAIN)					\
	x("strb w1, [x0]", PLAIN | NARROW)				\
	x("strh w1, [x0]", PLAIN)					\
	x("str w1, [x0]", PLAIN)					\
	x("str x1, [x0]", PLAIN)					\
	x("ldp w1, w2, [x0]", 0)					\
	x("ldp x1, x2, [x0]", 0)					\
	x("stp w1, w2, [x0]", 0)					\
	x("stp x1, x2, [x0]", 0)					\
	x("ldpsw x1, x2, [x0]", 0)					\
	x("ldnp x1, x2, [x0]", 0)					\
	x("ldr w1, [x0], #4", 0)					\
	x("str w1, [x0, #0]!", 0)					\
	x("ldtr w1, [x0]", 0)						\
	x("sttr w1, [x0]", 0)						\
	x("ldtrb w1, [x0]", NARROW)					\
	x("sttrh w1, [x0]", 0)						\
	x("ldar w1, [x0]", 0)						\
	x("stlr w1, [x0]", 0)						\
	x("ldlar w1, [x0]", 0)						\
	x("stllr w1, [x0]", 0)						\
	x("ldapur w1, [x0]", 0)						\
	x("ldraa x1, [x0]", 0)						\
	x("ldxr w1, [x0]", 0)						\
	x("ldaxp x1, x2, [x0]", 0)					\
	x("ldxp w1, w2, [x0]", 0)					\
	x("stxr w2, w1, [x0]", ANYWHERE)				\
	x("stlxp w3, x1, x2, [x0]", ANYWHERE)				\
	x("swpal w1, w2, [x0]", 0)					\
	x("ldadd x1, x2, [x0]", 0)					\
	x("ldumaxal x1, x2, [x0]", 0)					\
	x("stclrb w1, [x0]", NARROW)					\
	x("cas w1, w2, [x0]", 0)					\
	x("casp x2, x3, x4, x5, [x0]", 0)				\
	x("ldapr w1, [x0]", 0)						\
	x("ld64b x2, [x0]", 0)						\
	x("st64b x2, [x0]", 0)						\
	x("ldr b0, [x0]", NARROW)					\
	x("ldr s0, [x0]", 0)						\
	x("ldr q0, [x0]", 0)						\
	x("str q0, [x0]", 0)						\
	x("ldp q0, q1, [x0]", 0)					\
	x("stp d0, d1, [x0]", 0)					\
	x("stnp q0, q1, [x0]", 0)					\
	x("ld1 {v0.16b-v3.16b}, [x0]", 0)				\
	x("st4 {v0.4s-v3.4s}, [x0]", 0)					\
	x("ld1r {v0.8h}, [x0]", 0)					\
	x("ld4 {v0.b-v3.b}[1], [x0]", 0)				\
	x("ldr z0, [x0]", 0)						\
	x("ldff1b {z0.b}, p0/z, [x0]", ANYWHERE)			\
	x("st1b {z0.b}, p0, [x0]", ANYWHERE)				\
	x("stg x0, [x0]", ANYWHERE)					\
	x("ldg x1, [x0]", ANYWHERE)					\
	x("stzg x0, [x0]", NARROW)					\
	x("stz2g x0, [x0]", NARROW)					\
	x("ldgm x1, [x0]", ANYWHERE)					\
	x("stgm x1, [x0]", ANYWHERE)					\
	x("prfm pldl1keep, [x0]", ANYWHERE)				\
	x("dc zva, x0", NARROW)						\
	x("dc gva, x0", ANYWHERE)					\
	x("dc gzva, x0", NARROW)					\
	x("dc cvac, x0", ANYWHERE)					\
	x("dc cvap, x0", ANYWHERE)					\
	x("dc cvau, x0", ANYWHERE)					\
	x("dc civac, x0", ANYWHERE)					\
	x("dc cigdvac, x0", ANYWHERE)					\
	x("dc ivac, x0", ANYWHERE)					\
	x("ic ivau, x0", ANYWHERE)					\
	x("at s1e1r, x0", ANYWHERE)					\
	x("at s1e0w, x0", ANYWHERE)					\
	x("at s1e1wp, x0", ANYWHERE)					\
	x("br x0", NARROW)

#define AS_CODE(text, flags)	"\t" text "\n"
#define AS_ENTRY(text, flags)	{ text, flags },

/* The assembler knows how they are encoded. */
asm(".pushsection .rodata\n"
    ".arch armv8.7-a+memtag+sve+ls64\n"
    ".balign 4\n"
    "hostile_words:\n"
    ACCESSES(AS_CODE)
    ".arch armv8-a\n"
    ".popsection\n");

extern const u32 hostile_words[];

static const struct {
	const char *text;
	u32 flags;
} accesses[] = { ACCESSES(AS_ENTRY) };

#define PLAIN_ACCESSES	10U
#define WIDEST_LOAD	3U
#define FETCH		(ARRAY_SIZE(accesses) - 1)
#define ALIGNMENTS	8U
#define WINDOW_ENDS	16U
/* FPEN, ZEN, SMEN: EL1 permits all of them, whether or not the hypervisor does */
#define CPACR_VECTORS	(3ULL << 20 | 3ULL << 16 | 3ULL << 24)

struct area {
	u64 base, size;
};

/* What the machine has: nothing at its borders is this cell's, but for own[]. */
static const struct area machine[] = {
	{ QEMU_FLASH_BASE + QEMU_CELL_SIZE, QEMU_FLASH_SIZE - QEMU_CELL_SIZE },
	{ QEMU_GICC_BASE + 2 * QEMU_PAGE, 0x10000 - 2 * QEMU_PAGE },
	{ QEMU_GICV2M_BASE, QEMU_PAGE },
	{ QEMU_GICH_BASE, QEMU_PAGE },
	{ QEMU_GICV_BASE, 2 * QEMU_PAGE },
	{ QEMU_GITS_BASE, QEMU_GITS_SIZE },
	{ QEMU_GICR_BASE + 64ULL * GICR_FRAME_SIZE, GICR_FRAME_SIZE },
	{ QEMU_FW_CFG_BASE, QEMU_PAGE },
	{ QEMU_GPIO_BASE + QEMU_PAGE, QEMU_PAGE },
	{ QEMU_VIRTIO_BASE, QEMU_VIRTIO_SIZE - QEMU_PAGE },
	{ QEMU_PCI_MEM_BASE, QEMU_PCI_MEM_SIZE },
	{ QEMU_PCI_IO_BASE, QEMU_PCI_IO_SIZE },
	{ QEMU_PCI_ECAM_BASE, QEMU_PCI_ECAM_SIZE },
	{ QEMU_PCI_HIGH_BASE, QEMU_PCI_HIGH_SIZE },
	{ QEMU_RAM_BASE, QEMU_HV_BASE - QEMU_RAM_BASE },
	{ QEMU_HV_BASE, QEMU_HV_SIZE },
	{ QEMU_HV_BASE + QEMU_HV_SIZE, QEMU_CELL_BASE(0) - QEMU_HV_BASE - QEMU_HV_SIZE },
	{ QEMU_CELL_BASE(0), QEMU_CELL_SIZE },		/* the victim's */
	{ QEMU_CELL_BASE(3), QEMU_CELL_SIZE },		/* its own, elsewhere */
	{ QEMU_CELL_BASE(4) + QEMU_ROOT_PAGE, QEMU_CELL_SIZE },
	{ QEMU_CELL_COMM + QEMU_PAGE, 0x40000000 - QEMU_PAGE },
	{ 1ULL << 39, 1ULL << 39 },
	{ 1ULL << 44, 1ULL << 46 },
};

/* What it may reach, guest-physical, and so does not try there */
static const struct area own[] = {
	{ QEMU_CELL_RAM, QEMU_CELL_SIZE },
	{ QEMU_GICD_BASE, 0x10000 },
	{ QEMU_GICC_BASE, 2 * QEMU_PAGE },		/* GICv2 */
	{ QEMU_GICR_BASE, 64ULL * GICR_FRAME_SIZE },
	{ QEMU_UART_BASE, QEMU_PAGE },			/* root's console too */
	{ QEMU_RTC_BASE, QEMU_PAGE },
	{ QEMU_GPIO_BASE, QEMU_PAGE },
	{ QEMU_VIRTIO_BASE + QEMU_VIRTIO_SIZE - QEMU_PAGE, QEMU_PAGE },
	{ QEMU_CELL_BASE(4), QEMU_ROOT_PAGE },
	{ QEMU_CELL_COMM, QEMU_PAGE },
};

static const struct area trapped[] = {
	{ QEMU_GICD_BASE, 0x1000 },
	{ QEMU_GICD_BASE, 0x10000 },
	{ QEMU_GICR_BASE, 4ULL * GICR_FRAME_SIZE },
	/* its own SGI frame: CPU 2's */
	{ QEMU_GICR_BASE + 2ULL * GICR_FRAME_SIZE + GICR_SGI_BASE, 0x1000 },
	{ QEMU_GPIO_DIR - 8, 20 },
	{ QEMU_VIRTIO_BASE + QEMU_VIRTIO_SIZE - QEMU_VIRTIO_SLOT_SIZE - 8,
	  QEMU_VIRTIO_SLOT_SIZE + 8 },
};

/* Configuration space, and the devices' registers after it */
static const struct area vpci[] = {
	{ QEMU_VPCI_ECAM_BASE, 5 * 8 * QEMU_PAGE },
	{ QEMU_VPCI_ECAM_BASE, 256 },
	{ QEMU_VPCI_ECAM_BASE, 0x100000 },
	{ QEMU_VPCI_ECAM_BASE + 0x100000, 0x8000 },
};

/* All, both ends, the read-only one, and what is between them */
static const struct area windows[] = {
	{ REMOTE_WINDOW, REMOTE_WINDOW_SIZE },
	{ REMOTE_WINDOW - 8, 16 },
	{ REMOTE_WINDOW + REMOTE_WINDOW_SIZE - 8, 16 },
	{ REMOTE_WINDOW_RO, QEMU_PAGE },
	{ REMOTE_WINDOW + REMOTE_NOTIFY, 256 },
};

static bool is_own(u64 addr)
{
	for (unsigned int n = 0; n < ARRAY_SIZE(own); n++)
		if (addr - own[n].base < own[n].size)
			return true;
	return false;
}

static struct hostile_result make_access(u64 nr, u64 addr, enum map_type type)
{
	return hostile_run_one(hostile_words[nr], hostile_reach(addr, type));
}

/* First the borders, from both sides, then any page in them. */
static u64 choose_page(u64 nr)
{
	const struct area *area = &machine[nr / 4 % ARRAY_SIZE(machine)];

	if (nr >= 4 * ARRAY_SIZE(machine))
		return area->base + hostile_random() % area->size;
	switch (nr % 4) {
	case 0:
		return area->base - sizeof(u64);
	case 1:
		return area->base;
	case 2:
		return area->base + area->size - sizeof(u64);
	default:
		return area->base + area->size;
	}
}

/* What the cell has and what it has not in one access, of any kind but those that are none */
static void try_across(u64 addr, enum map_type type)
{
	u64 access;

	do
		access = hostile_random() % ARRAY_SIZE(accesses);
	while (accesses[access].flags & (ANYWHERE | NARROW));
	if (!make_access(access, addr, type).excepted)
		hostile_escaped("%s at 0x%llx", accesses[access].text, addr);
}

static void try_crossing(u64 nr)
{
	const struct area *area = &own[nr / 2];
	u64 addr = nr % 2 ? area->base - 1 : area->base + area->size - 1;

	if (is_own(addr) != is_own(addr + 1))
		try_across(addr, MAP_CACHED);
}

/* One in eight is a fetch. */
static void try_page(u64 nr)
{
	u64 access = hostile_random() % 8 ? hostile_random() % ARRAY_SIZE(accesses) : FETCH;
	enum map_type type = access == FETCH ? MAP_CODE : MAP_CACHED;
	/* far ones come down to what the CPU has: stage 1 would not let them out */
	u64 addr = choose_page(nr) % hostile_end_of_memory() & ~7ULL;

	if (is_own(addr))
		return;
	if (!make_access(access, addr, type).excepted &&
	    !(accesses[access].flags & ANYWHERE))
		hostile_escaped("%s at 0x%llx", accesses[access].text, addr);
}

/* Mostly what can be emulated, of any size; one in eight is something else, or not aligned. */
static void try_anything(u64 addr)
{
	bool odd = hostile_random() % 8 == 0;
	u64 access = hostile_random() % (odd ? ARRAY_SIZE(accesses) : PLAIN_ACCESSES);

	if (hostile_random() % 16)
		addr &= ~7ULL | (hostile_random() & 4);
	make_access(access, addr, access == FETCH ? MAP_CODE :
				  odd ? MAP_NORMAL_NC : MAP_UNCACHED);
}

/*
 * A fetch from each area, what can be emulated at each alignment, then anything.
 * In device memory, stage 1 would keep what is not aligned from the hypervisor.
 */
static void try_register(u64 nr, const struct area *areas, unsigned int count)
{
	const struct area *area = &areas[nr < count ? nr : hostile_random() % count];
	u64 addr = area->base + hostile_random() % area->size;

	if (nr < count)
		make_access(FETCH, addr & ~3ULL, MAP_CODE);
	else if (nr < count + ALIGNMENTS * PLAIN_ACCESSES)
		make_access((nr - count) % PLAIN_ACCESSES,
			    (addr & ~7ULL) + (nr - count) / PLAIN_ACCESSES, MAP_NORMAL_NC);
	else
		try_anything(addr);
}

#define TCR_TTBR1	(1ULL << 23 | 0x3fULL << 16 | 3ULL << 30)
#define TCR_TTBR1_48_4K	(16ULL << 16 | 2ULL << 30)
#define TTBR1_BASE	0xffff000000000000ULL

/* Tables for the upper addresses in a window: no walk is answered. */
static void try_walk(u64 table)
{
	u64 tcr = read_sysreg(tcr_el1);

	write_sysreg(ttbr1_el1, table & ~(QEMU_PAGE - 1ULL));
	write_sysreg(tcr_el1, (tcr & ~TCR_TTBR1) | TCR_TTBR1_48_4K);
	asm volatile("isb\n\ttlbi vmalle1\n\tdsb nsh\n\tisb" : : : "memory");
	if (!hostile_run_one(hostile_words[0], TTBR1_BASE).excepted)
		hostile_escaped("a walk of tables at 0x%llx", table);
	write_sysreg(tcr_el1, tcr);
	isb();
}

static void use_windows(void)
{
	for (u32 n = 0;; n++) {
		mmio_write32((volatile void *)(REMOTE_WINDOW + 4 * (n % 256)), n);
		mmio_write32((volatile void *)(REMOTE_WINDOW + REMOTE_NOTIFY + 4 * (n % 64)), n);
		mmio_read64((volatile void *)(REMOTE_WINDOW + 8 * (n % 256)));
		mmio_read8((volatile void *)(REMOTE_WINDOW_RO + n % QEMU_PAGE));
	}
}

static void begin_to_use_windows(void)
{
	map_range((volatile void *)REMOTE_WINDOW, REMOTE_WINDOW_SIZE, MAP_UNCACHED);
	map_range((volatile void *)REMOTE_WINDOW_RO, QEMU_PAGE, MAP_UNCACHED);
	smp_start_cpu(1, use_windows);
}

/* Across the end of each in turn: half by what is emulated within. */
static void try_window_end(u64 nr)
{
	static const u64 ends[] = {
		REMOTE_WINDOW + REMOTE_WINDOW_SIZE, REMOTE_WINDOW_RO + QEMU_PAGE
	};
	u64 end = ends[nr / 2 % ARRAY_SIZE(ends)];

	if (nr % 2)
		try_across(end - 1, MAP_NORMAL_NC);
	else if (!make_access(WIDEST_LOAD, end - 4, MAP_NORMAL_NC).excepted)
		hostile_escaped("%s at 0x%llx", accesses[WIDEST_LOAD].text, end - 4);
}

static void try_window(u64 nr)
{
	if (nr < ARRAY_SIZE(windows))
		try_walk(windows[nr].base);
	else if (nr < ARRAY_SIZE(windows) + WINDOW_ENDS)
		try_window_end(nr);
	else
		try_register(nr - ARRAY_SIZE(windows) - WINDOW_ENDS, windows, ARRAY_SIZE(windows));
}

void inmate_main(void)
{
	u64 cases = (u64)cmdline_parse_int("cases", 100);
	char part[8];

	hostile_init();
	write_sysreg(cpacr_el1, CPACR_VECTORS);
	isb();
	cmdline_parse_str("part", part, sizeof(part), "pages");
	if (!strcmp(part, "window"))
		begin_to_use_windows();
	for (u64 nr = hostile_resume(); nr < cases; nr++) {
		hostile_begin(nr);
		if (!strcmp(part, "pages") && nr < 2 * ARRAY_SIZE(own))
			try_crossing(nr);
		else if (!strcmp(part, "pages"))
			try_page(nr - 2 * ARRAY_SIZE(own));
		else if (!strcmp(part, "mmio"))
			try_register(nr, trapped, ARRAY_SIZE(trapped));
		else if (!strcmp(part, "window"))
			try_window(nr);
		else
			try_register(nr, vpci, ARRAY_SIZE(vpci));
	}
	hostile_end(part);
}
