// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * The borders of the cell's memory. Without a parameter, everything allowed is
 * tried. With access=NAME one forbidden access is made: the hypervisor has to
 * stop the cell there and then, as "failed".
 *
 * Parameters:
 *	access=NAME	see the table (ci/tests/inmate-faults.sh reads the names
 *			out of the image: they begin with "access:" there)
 *	cpu=1		on the cell's second CPU
 */

#include <qemu-virt/board.h>
#include <inmate/test.h>

#define RAM_END			QEMU_CELL_SIZE
#define COMM_END		(QEMU_CELL_COMM + PAGE_SIZE)
#define READ_ONLY_PAGE		QEMU_CELL_BASE(4)
#define OWN_RAM_PHYSICAL	QEMU_CELL_BASE(3)
#define LAST_VIRTIO_SLOT	(QEMU_VIRTIO_BASE + QEMU_VIRTIO_SIZE - \
				 QEMU_VIRTIO_SLOT_SIZE)
#define BEYOND_ANY_CPU		(QEMU_GICR_BASE + 64ULL * GICR_FRAME_SIZE)
#define NO_MEMORY		0x7f0000000000ULL

#define VIRTIO_MAGIC		0x74726976
#define GPIO_DIR_BITS		0xff
#define NAME_PREFIX		(sizeof("access:") - 1)
#define PATTERN			0x1122334455667788ULL

enum what {
	READ8, READ16, READ32, READ64,
	WRITE8, WRITE32, WRITE64,
	READ_PAIR, READ_BACK, EXCLUSIVE,
	ZERO, EXECUTE, WALK,
};

struct forbidden {
	const char *name;
	u64 addr;
	enum what what;
	enum map_type type;
};

static const struct forbidden forbidden[] = {
	/* RAM that is not ours, or nobody's */
	{ "access:ram-above-read", RAM_END, READ64, MAP_CACHED },
	{ "access:ram-above-write", RAM_END, WRITE64, MAP_CACHED },
	{ "access:ram-above-execute", RAM_END, EXECUTE, MAP_CODE },
	{ "access:own-physical-read", OWN_RAM_PHYSICAL, READ64, MAP_CACHED },
	{ "access:root-read", QEMU_RAM_BASE, READ64, MAP_CACHED },
	{ "access:root-write", QEMU_RAM_BASE, WRITE64, MAP_CACHED },
	{ "access:root-zero", QEMU_RAM_BASE, ZERO, MAP_CACHED },
	{ "access:root-walk", QEMU_RAM_BASE, WALK, MAP_CACHED },
	{ "access:hypervisor-read", QEMU_HV_BASE, READ64, MAP_CACHED },
	{ "access:hypervisor-write", QEMU_HV_BASE, WRITE64, MAP_CACHED },
	{ "access:hypervisor-execute", QEMU_HV_BASE, EXECUTE, MAP_CODE },
	{ "access:nowhere-read", NO_MEMORY, READ64, MAP_CACHED },
	/* pages with less than all rights */
	{ "access:read-only-write", READ_ONLY_PAGE, WRITE64, MAP_CACHED },
	{ "access:read-only-execute", READ_ONLY_PAGE, EXECUTE, MAP_CODE },
	{ "access:comm-above-read", COMM_END, READ64, MAP_CACHED },
	{ "access:comm-execute", QEMU_CELL_COMM, EXECUTE, MAP_CODE },
	/* devices of others */
	{ "access:its-read", QEMU_GITS_BASE, READ32, MAP_UNCACHED },
	{ "access:its-write", QEMU_GITS_BASE, WRITE32, MAP_UNCACHED },
	/* a GICv2's virtual interfaces; on a GICv3 nothing is there */
	{ "access:gich-read", QEMU_GICH_BASE, READ32, MAP_UNCACHED },
	{ "access:gich-write", QEMU_GICH_BASE, WRITE32, MAP_UNCACHED },
	{ "access:gicv-read", QEMU_GICV_BASE, READ32, MAP_UNCACHED },
	{ "access:gicv-write", QEMU_GICV_BASE, WRITE32, MAP_UNCACHED },
	{ "access:fw-cfg-read", QEMU_FW_CFG_BASE, READ32, MAP_UNCACHED },
	{ "access:ecam-read", QEMU_PCI_ECAM_BASE, READ32, MAP_UNCACHED },
	{ "access:redist-beyond-read", BEYOND_ANY_CPU, READ32, MAP_UNCACHED },
	/* sub-page regions: beside them, and in another way than allowed */
	{ "access:gpio-below-read", QEMU_GPIO_DIR - 4, READ32, MAP_UNCACHED },
	{ "access:gpio-above-write", QEMU_GPIO_DIR + 4, WRITE32, MAP_UNCACHED },
	{ "access:gpio-16-bit", QEMU_GPIO_DIR, READ16, MAP_UNCACHED },
	{ "access:gpio-64-bit", QEMU_GPIO_DIR, READ64, MAP_UNCACHED },
	{ "access:virtio-below-read", LAST_VIRTIO_SLOT - 4, READ32, MAP_UNCACHED },
	{ "access:virtio-write", LAST_VIRTIO_SLOT, WRITE32, MAP_UNCACHED },
	{ "access:virtio-8-bit", LAST_VIRTIO_SLOT, READ8, MAP_UNCACHED },
	/* instructions that cannot be emulated */
	{ "access:dist-pair", QEMU_GICD_BASE, READ_PAIR, MAP_UNCACHED },
	{ "access:dist-write-back", QEMU_GICD_BASE, READ_BACK, MAP_UNCACHED },
	{ "access:dist-exclusive", QEMU_GICD_BASE, EXCLUSIVE, MAP_UNCACHED },
};

static const struct forbidden *chosen;

static void execute(u64 addr)
{
	((void (*)(void))addr)();
}

/* Makes the MMU look for a table where no memory of ours is. */
static void walk(u64 addr)
{
	asm volatile("msr ttbr1_el1, %0\n\t"
		     "mrs x1, tcr_el1\n\t"
		     "bic x1, x1, #1 << 23\n\t"
		     "orr x1, x1, #16 << 16\n\t"
		     "orr x1, x1, #2 << 30\n\t"
		     "msr tcr_el1, x1\n\t"
		     "isb\n\t"
		     "mov x1, #-4096\n\t"
		     "ldr x1, [x1]" : : "r" (addr) : "x1", "memory");
}

static void make_access(const struct forbidden *f)
{
	volatile void *p = (volatile void *)f->addr;

	switch (f->what) {
	case READ8:
		mmio_read8(p);
		break;
	case READ16:
		mmio_read16(p);
		break;
	case READ32:
		mmio_read32(p);
		break;
	case READ64:
		mmio_read64(p);
		break;
	case WRITE8:
		mmio_write8(p, 0);
		break;
	case WRITE32:
		mmio_write32(p, 0);
		break;
	case WRITE64:
		mmio_write64(p, PATTERN);
		break;
	case READ_PAIR:
		asm volatile("ldp w0, w1, [%0]" : : "r" (p) : "x0", "x1");
		break;
	case READ_BACK:
		asm volatile("ldr w0, [%0], #4" : "+r" (p) : : "x0");
		break;
	case EXCLUSIVE:
		asm volatile("ldxr w0, [%0]" : : "r" (p) : "x0");
		break;
	case ZERO:
		asm volatile("dc zva, %0" : : "r" (p) : "memory");
		break;
	case EXECUTE:
		execute(f->addr);
		break;
	case WALK:
		walk(f->addr);
		break;
	}
	dsb();
}

static void access_chosen(void)
{
	const char *name = chosen->name + NAME_PREFIX;

	map_range((void *)(chosen->addr & ~(PAGE_SIZE - 1ULL)), PAGE_SIZE,
		  chosen->type);
	printk("# border: CPU %u makes the access %s at 0x%llx\n", cpu_id(),
	       name, chosen->addr);
	make_access(chosen);
	printk("not ok - border: %s went through\n", name);
	inmate_exit();
}

static void __attribute__((noreturn)) try_forbidden(const char *name)
{
	for (unsigned int n = 0; n < ARRAY_SIZE(forbidden); n++)
		if (!strcmp(forbidden[n].name + NAME_PREFIX, name))
			chosen = &forbidden[n];
	if (!chosen)
		panic("access=%s is unknown", name);

	if (!cmdline_parse_int("cpu", 0))
		access_chosen();
	if (smp_start_cpu(1, access_chosen))
		panic("CPU 1 does not start");
	for (;;)
		wait_for_interrupt();
}

static void check_ram(u64 addr)
{
	map_range((void *)(addr & ~(PAGE_SIZE - 1ULL)), PAGE_SIZE, MAP_CACHED);
	mmio_write64((void *)addr, PATTERN);
	EXPECT_EQ(mmio_read64((void *)addr), PATTERN);
}

static void last_bytes_of_ram(void)
{
	check_ram(RAM_END - sizeof(u64));
}

static void last_bytes_of_the_comm_page(void)
{
	check_ram(COMM_END - sizeof(u64));
}

static void read_only_page_can_be_read(void)
{
	map_range((void *)READ_ONLY_PAGE, PAGE_SIZE, MAP_CACHED_RO);
	mmio_read64((void *)READ_ONLY_PAGE);
	mmio_read64((void *)(READ_ONLY_PAGE + PAGE_SIZE - sizeof(u64)));
}

static void own_device_can_be_used(void)
{
	volatile void *rtc = (volatile void *)QEMU_RTC_BASE;

	map_range(rtc, PAGE_SIZE, MAP_UNCACHED);
	/* seconds since 1970 */
	EXPECT(mmio_read32(rtc) > 1000000000);
}

static void sub_page_register_can_be_written(void)
{
	volatile void *dir = (volatile void *)QEMU_GPIO_DIR;
	u32 before;

	map_range((void *)QEMU_GPIO_BASE, PAGE_SIZE, MAP_UNCACHED);
	before = mmio_read32(dir);
	mmio_write32(dir, ~before & GPIO_DIR_BITS);
	EXPECT_EQ(mmio_read32(dir), ~before & GPIO_DIR_BITS);
	EXPECT_EQ(mmio_read8(dir), ~before & GPIO_DIR_BITS);
	mmio_write8(dir, (u8)before);
	EXPECT_EQ(mmio_read32(dir), before);
}

static void sub_page_region_can_be_read(void)
{
	volatile u8 *slot = (volatile u8 *)LAST_VIRTIO_SLOT;

	map_range((void *)((u64)slot & ~(PAGE_SIZE - 1ULL)), PAGE_SIZE,
		  MAP_UNCACHED);
	EXPECT_EQ(mmio_read32(slot), VIRTIO_MAGIC);
	mmio_read32(slot + QEMU_VIRTIO_SLOT_SIZE - 4);
}

/* A sign-extending load is emulated too. */
static void loads_are_extended_as_asked(void)
{
	volatile void *dir = (volatile void *)QEMU_GPIO_DIR;
	u32 before = mmio_read32(dir);
	u64 value;

	mmio_write32(dir, 0x80);
	asm volatile("ldrsb %x0, [%1]" : "=r" (value) : "r" (dir));
	EXPECT_EQ(value, (u64)-0x80LL);
	asm volatile("ldrsb %w0, [%1]" : "=r" (value) : "r" (dir));
	EXPECT_EQ(value, 0xffffff80);
	asm volatile("ldrb %w0, [%1]" : "=r" (value) : "r" (dir));
	EXPECT_EQ(value, 0x80);
	mmio_write32(dir, before);
}

/* Loading into xzr and storing from it, which is no register. */
static void zero_register_can_be_used(void)
{
	volatile void *dir = (volatile void *)QEMU_GPIO_DIR;
	u32 before = mmio_read32(dir);

	asm volatile("str wzr, [%0]" : : "r" (dir) : "memory");
	EXPECT_EQ(mmio_read32(dir), 0);
	asm volatile("ldr wzr, [%0]" : : "r" (dir) : "memory");
	mmio_write32(dir, before);
}

static const struct test tests[] = {
	TEST(last_bytes_of_ram),
	TEST(last_bytes_of_the_comm_page),
	TEST(read_only_page_can_be_read),
	TEST(own_device_can_be_used),
	TEST(sub_page_register_can_be_written),
	TEST(sub_page_region_can_be_read),
	TEST(loads_are_extended_as_asked),
	TEST(zero_register_can_be_used),
};

void inmate_main(void)
{
	char name[32];

	cmdline_parse_str("access", name, sizeof(name), "");
	if (name[0])
		try_forbidden(name);
	TEST_RUN("border", tests);
}
