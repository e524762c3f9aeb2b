// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * A disk that a program in Linux has for this cell (ci/tests/disk.sh), by the least that a
 * driver needs: one request at a time, whose end comes by the interrupt. Sections are those
 * of virtio 1.1.
 *	read=N		says with which status sector N was read, and its text
 *	write=N		says with which status a text was written there, and flushed
 *	nowhere		asks for a message by MSI-X to address 0, and waits for none
 */

#include <qemu-virt/remote.h>
#include <inmate/test.h>

#define ECAM_SLOT		0x8000
#define SLOTS			16
#define VIRTIO_DISK		0x10421af4	/* device and vendor */

/* 4.1.4: types of capabilities, and what is in one */
#define CAP_COMMON		1
#define CAP_NOTIFY		2
#define CAP_ISR			3
#define CAP_DEVICE		4
#define CAP_MSIX		0x11		/* PCI's */
#define CAP_NEXT		1
#define CAP_TYPE		3
#define CAP_OFFSET		8
#define MSIX_CONTROL		2
#define MSIX_ENABLE		(1 << 15)
#define MSIX_TABLE		4
#define VECTOR_CONTROL		12

/* 4.1.4.3: the common registers */
#define DRIVER_FEATURE_SELECT	0x08
#define DRIVER_FEATURE		0x0c
#define DEVICE_STATUS		0x14
#define QUEUE_SELECT		0x16
#define QUEUE_SIZE		0x18
#define QUEUE_VECTOR		0x1a
#define QUEUE_ENABLE		0x1c
#define QUEUE_DESC		0x20
#define QUEUE_DRIVER		0x28
#define QUEUE_DEVICE		0x30

/* 2.1 */
#define STATUS_KNOWN		(1 | 2)		/* ACKNOWLEDGE, DRIVER */
#define STATUS_FEATURES_OK	8
#define STATUS_DRIVER_OK	4

/* bits 32 on: VIRTIO_F_VERSION_1, VIRTIO_F_ACCESS_PLATFORM */
#define FEATURES_HIGH		(1 << 0 | 1 << 1)
#define FEATURE_FLUSH		(1 << 9)

/* 5.2.6 */
#define TYPE_IN			0
#define TYPE_OUT		1
#define TYPE_FLUSH		4
#define NO_ANSWER		0xff		/* is no status */

#define DESC_NEXT		1
#define DESC_WRITE		2

#define QUEUE			4
#define SECTOR			512

/* All that the device reads and writes: in the bank, and one queue. */
struct shared {
	struct {
		u64 address;
		u32 size;
		u16 flags, next;
	} desc[QUEUE];
	struct {
		u16 flags, index, ring[QUEUE];
	} driver;
	struct {
		u16 flags, index;
		struct {
			u32 id, size;
		} ring[QUEUE];
	} device __attribute__((aligned(4)));
	struct {
		u32 type, reserved;
		u64 sector;
	} header;
	char data[SECTOR];
	u8 status;
};

static volatile struct shared *const shared = (volatile struct shared *)REMOTE_BANK;
static volatile u8 *common, *isr, *notify, *device;
static volatile u32 interrupts;
static bool polls;

static void on_irq(unsigned int irq)
{
	if (irq == REMOTE_INTID && mmio_read8(isr))
		interrupts++;
}

static volatile u8 *find_disk(void)
{
	volatile u8 *slot = (volatile u8 *)REMOTE_PCI;

	for (unsigned int n = 0; n < SLOTS; n++, slot += ECAM_SLOT)
		if (mmio_read32(slot) == VIRTIO_DISK)
			return slot;
	panic("there is no disk");
}

/* Registers of this type, in the one BAR. */
static volatile u8 *find_registers(volatile u8 *slot, u8 type)
{
	u64 bar = mmio_read32(slot + PCI_CFG_BAR);
	u8 at = mmio_read8(slot + PCI_CFG_CAPS);

	for (; at; at = mmio_read8(slot + at + CAP_NEXT))
		if (mmio_read8(slot + at + CAP_TYPE) == type)
			return (volatile u8 *)(bar + mmio_read32(slot + at + CAP_OFFSET));
	panic("the disk has no registers of type %u", type);
}

/* Vector 0, whose address and data are 0, is enabled and the queue's. */
static void send_nowhere(void)
{
	volatile u8 *slot = find_disk();
	u8 at = mmio_read8(slot + PCI_CFG_CAPS);

	while (at && mmio_read8(slot + at) != CAP_MSIX)
		at = mmio_read8(slot + at + CAP_NEXT);
	if (!at)
		panic("the disk has no MSI-X");
	mmio_write16(slot + at + MSIX_CONTROL, MSIX_ENABLE);
	mmio_write32((volatile u8 *)(u64)(mmio_read32(slot + PCI_CFG_BAR) +
					  mmio_read32(slot + at + MSIX_TABLE)) + VECTOR_CONTROL, 0);
	mmio_write16(common + QUEUE_VECTOR, 0);
	polls = true;
}

static void set_address(unsigned int field, const volatile void *address)
{
	mmio_write32(common + field, (u32)(u64)address);
	mmio_write32(common + field + 4, (u32)((u64)address >> 32));
}

/* 3.1.1 */
static void set_up(void)
{
	volatile u8 *slot = find_disk();

	common = find_registers(slot, CAP_COMMON);
	notify = find_registers(slot, CAP_NOTIFY);
	isr = find_registers(slot, CAP_ISR);
	device = find_registers(slot, CAP_DEVICE);
	mmio_write16(slot + PCI_CFG_COMMAND, PCI_CMD_MEM | PCI_CMD_MASTER);
	mmio_write8(common + DEVICE_STATUS, 0);
	mmio_write8(common + DEVICE_STATUS, STATUS_KNOWN);
	mmio_write32(common + DRIVER_FEATURE_SELECT, 0);
	mmio_write32(common + DRIVER_FEATURE, FEATURE_FLUSH);
	mmio_write32(common + DRIVER_FEATURE_SELECT, 1);
	mmio_write32(common + DRIVER_FEATURE, FEATURES_HIGH);
	mmio_write8(common + DEVICE_STATUS, STATUS_KNOWN | STATUS_FEATURES_OK);
	mmio_write16(common + QUEUE_SELECT, 0);
	mmio_write16(common + QUEUE_SIZE, QUEUE);
	set_address(QUEUE_DESC, shared->desc);
	set_address(QUEUE_DRIVER, &shared->driver);
	set_address(QUEUE_DEVICE, &shared->device);
	mmio_write16(common + QUEUE_ENABLE, 1);
	mmio_write8(common + DEVICE_STATUS,
		    STATUS_KNOWN | STATUS_FEATURES_OK | STATUS_DRIVER_OK);
}

static void describe(unsigned int n, const volatile void *what, u32 size, u16 flags)
{
	shared->desc[n].address = (u64)what;
	shared->desc[n].size = size;
	shared->desc[n].flags = flags;
	shared->desc[n].next = (u16)(n + 1);
}

/* The status that it ends with. */
static u8 request(u32 type, u64 sector)
{
	u16 end = (u16)(shared->device.index + 1);
	u32 before = interrupts;
	unsigned int n = 0;

	shared->header.type = type;
	shared->header.sector = sector;
	shared->status = NO_ANSWER;
	describe(n++, &shared->header, sizeof(shared->header), DESC_NEXT);
	if (type != TYPE_FLUSH)
		describe(n++, shared->data, SECTOR,
			 DESC_NEXT | (type == TYPE_IN ? DESC_WRITE : 0));
	describe(n, &shared->status, sizeof(shared->status), DESC_WRITE);
	shared->driver.ring[shared->driver.index % QUEUE] = 0;
	/* the device finds the chain whole, and then that it is there, when it is told */
	memory_barrier();
	shared->driver.index++;
	dsb();
	mmio_write16(notify, 0);
	if (!WAIT_FOR((polls || interrupts != before) && shared->device.index == end, 10000))
		return NO_ANSWER;
	/* what the request has brought is read after its end was seen */
	memory_barrier();
	return shared->status;
}

static void read_sector(u64 sector)
{
	u8 status;

	memset((void *)shared->data, 0, SECTOR);
	status = request(TYPE_IN, sector);
	shared->data[SECTOR - 1] = 0;
	printk("disk: read %llu: status %u: %s\n", sector, status, (const char *)shared->data);
}

static void write_sector(u64 sector)
{
	static const char text[] = "written by the cell";
	u8 status;

	memset((void *)shared->data, 0, SECTOR);
	memcpy((void *)shared->data, text, sizeof(text));
	status = request(TYPE_OUT, sector);
	printk("disk: written %llu: status %u, flushed: %u\n", sector, status,
	       request(TYPE_FLUSH, 0));
}

void inmate_main(void)
{
	long long read = cmdline_parse_int("read", -1), write = cmdline_parse_int("write", -1);

	map_range((volatile void *)REMOTE_PCI, REMOTE_PCI_SIZE, MAP_UNCACHED);
	map_range(shared, REMOTE_BANK_SIZE, MAP_CACHED);
	memset((void *)shared, 0, sizeof(*shared));
	irq_init(on_irq);
	irq_set_edge(REMOTE_INTID, true);
	irq_enable(REMOTE_INTID);
	set_up();
	if (cmdline_parse_bool("nowhere", false))
		send_nowhere();
	enable_irqs();
	printk("disk: %llu sectors\n", mmio_read64(device));
	if (read >= 0)
		read_sector((u64)read);
	if (write >= 0)
		write_sector((u64)write);
	printk("disk: %u interrupts\n", interrupts);
}
