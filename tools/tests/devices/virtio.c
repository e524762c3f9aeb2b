/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Virtio devices behind a PCI host, by a small driver over a bank that is this process's:
 * what a good one does, and what a bad one may try.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <linux/virtio_config.h>
#include <linux/virtio_pci.h>
#include <linux/virtio_ring.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "devices/virtio_blk.h"
#include "devices/virtio_console.h"
#include "devices/virtio_net.h"
#include "devices/virtio_rng.h"
#include "tests/devices/driver_side.h"
#include "tests/fixture.h"

#define INTID		64
#define BANK_SIZE	0x100000
/* messages of MSI-X: where, and which SPIs */
#define FRAME		0x30000000ULL
#define DOORBELL	(FRAME + 0x40)
#define MESSAGES	96
#define MESSAGE_COUNT	8
/* where the driver has things in the bank */
#define DATA		(BANK + 0x10000)

static struct pci_bus bus;
static bool line[PCI_SLOTS];
static unsigned int came[MESSAGE_COUNT];	/* how often, by SPI */
static struct virtio_blk disk;
static struct virtio_console console;
static struct virtio_rng rng;
static struct virtio_net net;
static int wire;		/* the other end of the interface */
static char disk_name[160];
static char printed[256];
static size_t printed_count;
static jmp_buf ended;
static bool is_ended;		/* by what the console prints next */

static unsigned int slot;
static u16 added[VIRTIO_QUEUES];

static void interrupt(struct window *of, unsigned int intid, bool level)
{
	(void)of;
	line[intid - INTID] = level;
}

static void message(struct window *of, unsigned int intid)
{
	(void)of;
	came[intid - MESSAGES]++;
}

#define CONFIG(offset)	(ECAM + ((u64)slot << 15) + (offset))

/* As Linux does it: sizes, an address, and then access. */
static void assign(unsigned int which)
{
	slot = which;
	put(CONFIG(PCI_BASE_ADDRESS_0), 4, 0xffffffff);
	bar = MEMORY + 0x8000 * (u64)which;
	put(CONFIG(PCI_BASE_ADDRESS_0), 4, bar);
	put(CONFIG(PCI_COMMAND), 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

static void make_queue(unsigned int n)
{
	added[n] = 0;
	place_queue(n, RING(n) + 0x1000);
}

/* The whole start of a driver for the function in slot @which. */
static void drive(unsigned int which, unsigned int queues)
{
	unsigned int n;

	assign(which);
	accept_features(NEEDED);
	for (n = 0; n < queues; n++)
		make_queue(n);
	driver_ok();
}

static struct vring_desc *descriptor(unsigned int queue, unsigned int n)
{
	return (struct vring_desc *)memory(RING(queue)) + n;
}

static void describe(unsigned int queue, unsigned int n, u64 address, u32 size, u16 flags)
{
	*descriptor(queue, n) = (struct vring_desc){ address, size, flags, (u16)(n + 1) };
}

/* Chain @head is available, and the device has its turn. */
static void add(unsigned int queue, u16 head)
{
	struct vring_avail *available = memory(RING(queue) + 0x800);

	available->ring[added[queue]++ % QUEUE] = head;
	available->idx = added[queue];
}

static void offer(unsigned int queue, u16 head)
{
	add(queue, head);
	put(bar + 0x3000 + 4 * (u64)queue, 2, queue);
	work();
}

static struct vring_used *used(unsigned int queue)
{
	return memory(RING(queue) + 0x1000);
}

static void make_disk(size_t size)
{
	u8 *bytes = malloc(size);
	size_t n;

	for (n = 0; n < size; n++)
		bytes[n] = (u8)(n / 512 + n);
	snprintf(disk_name, sizeof(disk_name), "%s", make_file("disk", bytes, size));
	free(bytes);
}

static void console_send(void *owner, const u8 *bytes, size_t count)
{
	(void)owner;
	if (printed_count + count < sizeof(printed)) {
		memcpy(printed + printed_count, bytes, count);
		printed_count += count;
	}
	if (is_ended)
		longjmp(ended, 1);
}

/* Whole frames, as a tap has them. */
static int make_wire(void)
{
	int ends[2];

	check_number(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends), 0, "a wire");
	wire = ends[0];
	return ends[1];
}

/* With messages, if there are @messages SPIs for them. */
static void begin_with(bool read_only, u32 messages)
{
	memset(&bus, 0, sizeof(bus));
	memset(&disk, 0, sizeof(disk));
	memset(&console, 0, sizeof(console));
	memset(&rng, 0, sizeof(rng));
	memset(&net, 0, sizeof(net));
	memset(line, 0, sizeof(line));
	memset(came, 0, sizeof(came));
	memset(printed, 0, sizeof(printed));
	printed_count = 0;
	window = (struct window){
		.interrupt = interrupt, .message = message,
		.bank = bank, .bank_base = BANK, .bank_size = BANK_SIZE
	};
	pci_init(&bus, &window, ECAM, MEMORY, MEMORY_SIZE, INTID);
	if (messages)
		pci_use_messages(&bus, FRAME, MESSAGES, messages);
	make_disk(16 * 512 + 100);
	check_number(virtio_blk_open(&disk, &bus, disk_name, read_only), 0, "a disk");
	console.send = console_send;
	check_number(virtio_console_add(&console, &bus), 0, "  a console");
	check_number(virtio_rng_add(&rng, &bus), 0, "  random numbers");
	check_number(virtio_net_add(&net, &bus, make_wire(), "cell/0"), 0, "  and a network");
}

static void begin(bool read_only)
{
	begin_with(read_only, 0);
}

static void end(void)
{
	close(disk.fd);
	loop_remove(&net.watch);
	close(net.watch.fd);
	close(wire);
}

/* A bit for each type of the slot's function. */
static u8 capabilities(void)
{
	unsigned int at, n;
	u8 types = 0;

	for (at = (u8)get(CONFIG(PCI_CAPABILITY_LIST), 1), n = 0; at && n < 8;
	     at = (u8)get(CONFIG(at + 1), 1), n++)
		types |= (u8)(1 << get(CONFIG(at + 3), 1));
	return types;
}

static void test_pci(void)
{
	begin(false);
	slot = 0;
	check_number((long long)get(CONFIG(0), 4), 0x10421af4, "a virtio disk in slot 0");
	slot = 1;
	check_number((long long)get(CONFIG(2), 2), 0x1043, "  a console in 1");
	slot = 4;
	check_number((long long)get(CONFIG(0), 4), 0xffffffff, "  nothing in 4");
	slot = 31;
	check_number((long long)get(CONFIG(0), 4), 0xffffffff, "  nor where no slot is");
	slot = 0;
	check_number((long long)get(CONFIG(0x1000), 4), 0xffffffff, "  nor in a second function");
	check_number((long long)get(CONFIG(0x100), 4), 0, "  no extended capabilities");

	put(CONFIG(PCI_BASE_ADDRESS_0), 4, 0xffffffff);
	check_number((long long)get(CONFIG(PCI_BASE_ADDRESS_0), 4), 0xffff8000,
		     "its BAR has 32 KiB");
	put(CONFIG(PCI_VENDOR_ID), 4, 0);
	check_number((long long)get(CONFIG(0), 4), 0x10421af4, "ids stay as they are");
	put(CONFIG(PCI_COMMAND), 1, PCI_COMMAND_MEMORY);
	put(CONFIG(PCI_COMMAND) + 1, 1, PCI_COMMAND_INTX_DISABLE >> 8);
	check_number((long long)get(CONFIG(PCI_COMMAND), 2), 0x402, "a register by its bytes");
	check_number(capabilities(), 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4,
		     "the four capabilities of virtio");
	slot = 1;
	check_number(capabilities(), 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4,
		     "  the console's too: Linux reads its size, offered or not");
	slot = 2;
	check_number(capabilities(), 1 << 1 | 1 << 2 | 1 << 3,
		     "  three, if it has no registers of its own");
	check((u32)get(CONFIG(PCI_BASE_ADDRESS_0), 4) == MEMORY + 0x10000 &&
	      get(CONFIG(PCI_COMMAND), 2) & PCI_COMMAND_MEMORY,
	      "a BAR is where it is put first, and on");

	assign(0);
	check_number((long long)get(COMMON(num_queues), 2), 1, "its registers, where the BAR is");
	put(CONFIG(PCI_COMMAND), 2, 0);
	check_number((long long)get(COMMON(num_queues), 2), 0xffff, "  unless it is disabled");
	assign(0);
	put(CONFIG(PCI_BASE_ADDRESS_0), 4, 0xfffff000);
	check_number((long long)get(COMMON(num_queues), 2), 0xffff, "  or put elsewhere");
	end();
}

static void test_features(void)
{
	u64 offered;

	begin(false);
	assign(0);
	put(COMMON(device_feature_select), 4, 1);
	offered = get(COMMON(device_feature), 4);
	check_number((long long)offered, 3, "VERSION_1 and ACCESS_PLATFORM");
	put(COMMON(device_feature_select), 4, 2);
	check_number((long long)get(COMMON(device_feature), 4), 0, "  and no others above");
	accept_features(NEEDED);
	check(status() & VIRTIO_CONFIG_S_FEATURES_OK, "these are enough");
	accept_features(1ULL << VIRTIO_F_VERSION_1);
	check(!(status() & VIRTIO_CONFIG_S_FEATURES_OK),
	      "without ACCESS_PLATFORM it does not work");
	accept_features(NEEDED | 1ULL << VIRTIO_RING_F_INDIRECT_DESC);
	check(!(status() & VIRTIO_CONFIG_S_FEATURES_OK), "nor with a feature that it has not");
	accept_features(NEEDED);
	put(COMMON(guest_feature), 4, 0);
	check(is_broken(), "features that change later");
	put(COMMON(device_status), 1, 0);
	check_number(status(), 0, "  until a reset");
	end();
}

/* A request for the disk; its status byte. */
static int request(u32 type, u64 sector, u32 size, bool is_write)
{
	struct virtio_blk_outhdr header = { .type = type, .sector = sector };
	u8 *state = memory(DATA + 0x8000);

	memcpy(memory(DATA), &header, sizeof(header));
	*state = 0x55;
	describe(0, 0, DATA, sizeof(header), VRING_DESC_F_NEXT);
	if (size)
		describe(0, 1, DATA + 0x100, size,
			 VRING_DESC_F_NEXT | (is_write ? 0 : VRING_DESC_F_WRITE));
	else
		descriptor(0, 0)->next = 2;
	describe(0, 2, DATA + 0x8000, 1, VRING_DESC_F_WRITE);
	offer(0, 0);
	return *state;
}

static void test_disk(void)
{
	struct virtio_blk_discard_write_zeroes range = { .sector = 8, .num_sectors = 8 };
	u8 *data = memory(DATA + 0x100), sector[512];
	int fd;

	begin(false);
	drive(0, 1);
	check_number((long long)get(bar + 0x2000, 8), 16, "whole sectors only");
	memset(data, 0, 1024);
	check_number(request(VIRTIO_BLK_T_IN, 3, 1024, false), VIRTIO_BLK_S_OK, "read two sectors");
	check(data[0] == 3 && data[513] == 5, "  which are those");
	check_number(used(0)->idx, 1, "  one request is done");
	check_number(used(0)->ring[0].len, 1025, "  with so many bytes");
	check(line[0], "  by an interrupt");
	check_number((long long)get(bar + 0x1000, 1), VIRTIO_ISR_QUEUE, "  of the queue");
	check(!line[0], "  that is read once");

	memset(data, 0xab, 512);
	check_number(request(VIRTIO_BLK_T_OUT, 15, 512, true), VIRTIO_BLK_S_OK,
		     "write the last sector");
	check_number(request(VIRTIO_BLK_T_FLUSH, 0, 0, false), VIRTIO_BLK_S_OK, "  flush");
	fd = open(disk_name, O_RDONLY);
	check_number(pread(fd, sector, 512, 15 * 512), 512, "  the file");
	check(sector[0] == 0xab && sector[511] == 0xab, "  has it");
	check_number(request(VIRTIO_BLK_T_OUT, 16, 512, true), VIRTIO_BLK_S_IOERR,
		     "beyond the end");
	check_number(request(VIRTIO_BLK_T_OUT, 15, 1024, true), VIRTIO_BLK_S_IOERR,
		     "  half beyond it");
	check_number(request(VIRTIO_BLK_T_IN, ~0ULL, 512, false), VIRTIO_BLK_S_IOERR,
		     "  a sector that overflows");
	check_number(request(VIRTIO_BLK_T_IN, 1ULL << 55, 512, false), VIRTIO_BLK_S_IOERR,
		     "  as bytes only");
	check_number(request(VIRTIO_BLK_T_IN, 0, 100, false), VIRTIO_BLK_S_IOERR,
		     "  no whole sector");
	check_number(request(77, 0, 0, false), VIRTIO_BLK_S_UNSUPP, "  no such request");
	memcpy(data, &range, sizeof(range));
	check_number(request(VIRTIO_BLK_T_DISCARD, 0, sizeof(range), true), VIRTIO_BLK_S_OK,
		     "discard");
	range.num_sectors = 9;
	memcpy(data, &range, sizeof(range));
	check_number(request(VIRTIO_BLK_T_DISCARD, 0, sizeof(range), true), VIRTIO_BLK_S_IOERR,
		     "  beyond the end");
	check_number(request(VIRTIO_BLK_T_GET_ID, 0, 20, false), VIRTIO_BLK_S_OK, "an id");
	check_text((char *)data, "cellblock", "  which is ours");

	check_number(ftruncate(disk.fd, 512), 0, "a file becomes shorter");
	check_number(request(VIRTIO_BLK_T_IN, 3, 512, false), VIRTIO_BLK_S_IOERR,
		     "  it cannot be read");
	check(!is_broken(), "none of these breaks the device");
	close(fd);
	end();
}

static void test_read_only(void)
{
	begin(true);
	drive(0, 1);
	put(COMMON(device_feature_select), 4, 0);
	check(get(COMMON(device_feature), 4) & 1 << VIRTIO_BLK_F_RO,
	      "a disk that says it is read-only");
	check_number(request(VIRTIO_BLK_T_OUT, 0, 512, true), VIRTIO_BLK_S_IOERR, "  and is");
	check_number(request(VIRTIO_BLK_T_IN, 0, 512, false), VIRTIO_BLK_S_OK, "  but read");
	end();
	check_number(virtio_blk_open(&disk, &bus, "/nowhere", false), -1, "no file is no disk");
	check_number(virtio_blk_open(&disk, &bus, "/dev/null", false), -1,
		     "  nor is another device");
	check_number(virtio_blk_open(&disk, &bus, make_file("short", "x", 1), false), -1,
		     "  nor a file of a byte");
}

static void (*console_notify)(struct virtio_device *device, unsigned int queue);

/* The guest adds once more when all seems to be done, and does not say so. */
static void notify_and_add(struct virtio_device *device, unsigned int queue)
{
	console_notify(device, queue);
	device->notify = console_notify;
	check_number(used(1)->flags, VRING_USED_F_NO_NOTIFY, "  and more need not be said");
	add(1, 0);
}

static void test_console(void)
{
	begin(false);
	drive(1, 2);
	memcpy(memory(DATA), "hello", 5);
	describe(1, 0, DATA, 3, VRING_DESC_F_NEXT);
	describe(1, 1, DATA + 3, 2, 0);
	check_number((long long)virtio_console_room(&console), 0,
		     "no room before the guest gives it");
	offer(1, 0);
	check_text(printed, "hello", "output of two descriptors");
	check_number(used(1)->ring[0].len, 0, "  and nothing was written there");
	console_notify = console.device.notify;
	console.device.notify = notify_and_add;
	offer(1, 0);
	check_text(printed, "hellohellohello", "what is added while the queue is served is done, too");
	check_number(used(1)->idx, 3, "  and given back");
	check(!used(1)->flags, "  and what is added later is to be said");
	describe(0, 4, DATA + 0x100, 16, VRING_DESC_F_WRITE);
	offer(0, 4);
	check_number((long long)virtio_console_room(&console), 16, "room for input");
	get(bar + 0x1000, 1);
	virtio_console_receive(&console, (const u8 *)"date", 4);
	check(!memcmp(memory(DATA + 0x100), "date", 4), "  which comes");
	check(used(0)->ring[0].id == 4 && used(0)->ring[0].len == 4, "  and is said");
	check(!line[1], "  not at once");
	work();
	check(line[1], "  but when the device has had its turn");
	check_number((long long)virtio_console_room(&console), 0, "  once");

	((struct vring_avail *)memory(RING(1) + 0x800))->flags = VRING_AVAIL_F_NO_INTERRUPT;
	get(bar + 0x1000, 1);
	offer(1, 0);
	check_number(used(1)->idx, 4, "one who polls");
	check(!line[1], "  is not interrupted");
	put(CONFIG(PCI_COMMAND), 2, PCI_COMMAND_MEMORY | PCI_COMMAND_INTX_DISABLE);
	((struct vring_avail *)memory(RING(1) + 0x800))->flags = 0;
	offer(1, 0);
	check(!line[1] && get(CONFIG(PCI_STATUS), 2) & PCI_STATUS_INTERRUPT,
	      "INTx is disabled, and pending");
	put(CONFIG(PCI_COMMAND), 2, PCI_COMMAND_MEMORY);
	check(line[1], "  and comes when it is enabled");
	offer(0, 4);
	check_number((long long)virtio_console_room(&console), 16, "what is given back");
	virtio_console_receive(&console, (const u8 *)"date", 4);
	put(COMMON(device_status), 1, 0);
	work();
	check(!line[1], "  is not told after a reset");
	check_number((long long)virtio_console_room(&console), 0, "  as room does");
	end();
}

static void test_rng(void)
{
	u8 *data = memory(DATA);

	begin(false);
	drive(2, 1);
	memset(data, 0, 64);
	describe(0, 0, DATA, 32, VRING_DESC_F_WRITE);
	offer(0, 0);
	check_number(used(0)->ring[0].len, 32, "random bytes");
	check(data[0] || data[1] || data[2] || data[3] || data[4], "  which are not all 0");
	check(!data[32] && !data[33] && !data[34] && !data[35], "  and no more than wanted");
	end();
}

#define NET_HEADER	12
#define NET_ROOM	(NET_HEADER + 1514)

/* The interface in slot 3; a frame of @size bytes is sent, its header is all 0 but for @flags. */
static ssize_t sends(u32 size, u8 flags, u8 *frame, size_t room)
{
	u8 *data = memory(DATA);
	u32 n;

	memset(data, 0, NET_HEADER);
	data[0] = flags;
	for (n = 0; n < size; n++)
		data[NET_HEADER + n] = (u8)(n * 7);
	/* the header and 3 bytes of the frame are in one buffer */
	describe(1, 0, DATA, NET_HEADER + 3, VRING_DESC_F_NEXT);
	describe(1, 1, DATA + NET_HEADER + 3, size - 3, 0);
	offer(1, 0);
	return recv(wire, frame, room, 0);
}

static void give_room(u16 head, u32 size)
{
	describe(0, head, DATA + 0x4000, size, VRING_DESC_F_WRITE);
	offer(0, head);
}

static bool waits(void)
{
	return net.watch.wants(&net.watch);
}

static void test_net(void)
{
	u8 frame[2048] = { 0 }, *data = memory(DATA + 0x4000);
	struct virtio_net other = { 0 };
	u8 first;

	begin(false);
	drive(3, 2);
	first = (u8)get(bar + 0x2000, 1);
	check((first & 3) == 2, "a MAC address of a local administration");
	check_number(virtio_net_add(&other, &bus, dup(wire), "cell/1"), 0, "another interface");
	check(memcmp(other.config.mac, net.config.mac, 6) != 0, "  has another");
	loop_remove(&other.watch);
	close(other.watch.fd);
	check(!waits(), "no frame is taken before there is room");
	check_number(sends(1514, 0, frame, sizeof(frame)), 1514, "a frame of two buffers");
	check(frame[0] == 0 && frame[3] == 21 && frame[1513] == (u8)(1513 * 7), "  as it was");
	check_number(used(1)->ring[0].len, 0, "  is done");

	give_room(4, NET_ROOM);
	check(waits(), "with room, frames are");
	memset(data, 0x55, NET_ROOM);
	check_number(send(wire, frame, 60, 0), 60, "a small one comes");
	loop_once(0);
	check(used(0)->idx == 1 && used(0)->ring[0].id == 4 &&
	      used(0)->ring[0].len == NET_HEADER + 60, "  and is said");
	check(!data[0] && !data[1] && data[10] == 1 && !data[11], "  after its header");
	check(!memcmp(data + NET_HEADER, frame, 60) && data[NET_HEADER + 60] == 0x55,
	      "  all of it, and no more");
	check(line[3], "  by an interrupt");
	check(!waits(), "  once");
	give_room(5, NET_ROOM);
	check_number(send(wire, frame, 1515, 0), 1515, "one too large");
	check_number(send(wire, frame, 1514, 0), 1514, "  and the largest");
	loop_once(0);
	check(used(0)->idx == 2 && used(0)->ring[1].len == NET_ROOM, "  of which one comes");
	put(COMMON(device_status), 1, 0);
	check(!waits(), "nothing is taken after a reset");
	end();
}

static void net_flags(void)
{
	sends(60, 1, memory(DATA + 0x8000), 64);
}

static void net_short_header(void)
{
	describe(1, 0, DATA, NET_HEADER - 1, 0);
	offer(1, 0);
}

static void net_small_room(void)
{
	give_room(0, NET_ROOM - 1);
	waits();
}

static void net_no_room(void)
{
	describe(0, 0, DATA, NET_ROOM, 0);
	offer(0, 0);
	waits();
}

static void test_bad_net(void)
{
	static const struct { void (*break_it)(void); const char *what; } bad[] = {
		{ net_flags, "a checksum that is left open" },
		{ net_short_header, "a frame without a whole header" },
		{ net_small_room, "room that is too small for a frame" },
		{ net_no_room, "what is to be read, as room" },
	};
	unsigned int n;
	u8 frame[64];

	begin(false);
	for (n = 0; n < sizeof(bad) / sizeof(*bad); n++) {
		drive(3, 2);
		bad[n].break_it();
		check(is_broken() && !waits(), bad[n].what);
		check(recv(wire, frame, sizeof(frame), 0) < 0, "  nothing is sent");
	}
	drive(3, 2);
	check_number(sends(60, 0, frame, sizeof(frame)), 60, "a reset cures it");
	end();
	check_number(virtio_net_open(&net, &bus, "0123456789abcdef", ""), -1, "a name too long");
	check_number(virtio_net_open(&net, &bus, "", ""), -1, "  none");
	check_number(virtio_net_open(&net, &bus, "tap%d", ""), -1, "  a pattern");
}

/* What a driver must not do; @break_it has a working disk. */
static void test_bad(void (*break_it)(void), const char *what)
{
	bool told;

	drive(0, 1);
	get(bar + 0x1000, 1);
	describe(0, 0, DATA, 16, VRING_DESC_F_NEXT);
	describe(0, 1, DATA + 0x8000, 1, VRING_DESC_F_WRITE);
	break_it();
	work();
	told = line[0];
	check(is_broken(), what);
	check(told && get(bar + 0x1000, 1) & VIRTIO_PCI_ISR_CONFIG, "  is told so");
	describe(0, 0, DATA, 16, VRING_DESC_F_NEXT);
	describe(0, 1, DATA + 0x8000, 1, VRING_DESC_F_WRITE);
	used(0)->idx = 0;
	offer(0, 0);
	check_number(used(0)->idx, 0, "  nothing is done any more");
	drive(0, 1);
	check_number(request(VIRTIO_BLK_T_IN, 0, 512, false), VIRTIO_BLK_S_OK,
		     "  and a reset cures it");
}

static void before_bank(void)
{
	describe(0, 0, BANK - 8, 16, VRING_DESC_F_NEXT);
	offer(0, 0);
}

static void beyond_bank(void)
{
	describe(0, 0, BANK + BANK_SIZE - 8, 16, VRING_DESC_F_NEXT);
	offer(0, 0);
}

static void overflow(void)
{
	describe(0, 0, ~0ULL - 7, 16, VRING_DESC_F_NEXT);
	offer(0, 0);
}

static void too_long(void)
{
	describe(0, 0, DATA, 0xffffffff, VRING_DESC_F_NEXT);
	offer(0, 0);
}

static void empty(void)
{
	describe(0, 0, DATA, 0, VRING_DESC_F_NEXT);
	offer(0, 0);
}

static void indirect(void)
{
	describe(0, 0, DATA, 16, VRING_DESC_F_INDIRECT);
	offer(0, 0);
}

static void no_such_head(void)
{
	offer(0, QUEUE);
}

static void too_many(void)
{
	added[0] += QUEUE;
	offer(0, 0);
}

static void no_header(void)
{
	describe(0, 0, DATA, 15, VRING_DESC_F_NEXT);
	offer(0, 0);
}

static void no_status(void)
{
	describe(0, 0, DATA, 16, 0);
	offer(0, 0);
}

static void ring_moved(void)
{
	put(COMMON(queue_desc_lo), 4, RING(1));
}

static void size_changed(void)
{
	put(COMMON(queue_size), 2, QUEUE / 2);
}

static void enabled_twice(void)
{
	put(COMMON(queue_enable), 2, 1);
}

static void no_such_queue(void)
{
	put(COMMON(queue_select), 2, 7);
	put(COMMON(queue_enable), 2, 1);
}

static void odd_width(void)
{
	put(COMMON(queue_select), 1, 0);
}

static void wide(void)
{
	put(COMMON(device_feature_select), 8, 0);
}

static void notify_none(void)
{
	put(bar + 0x3000 + 4 * 1, 2, 1);
}

static void write_config(void)
{
	put(bar + 0x2000, 4, 0);
}

static void loop(void)
{
	describe(0, 1, DATA, 16, VRING_DESC_F_NEXT);
	descriptor(0, 1)->next = 0;
	offer(0, 0);
}

static void no_such_next(void)
{
	descriptor(0, 0)->next = QUEUE;
	offer(0, 0);
}

static void order(void)
{
	describe(0, 1, DATA + 0x8000, 1, VRING_DESC_F_NEXT | VRING_DESC_F_WRITE);
	describe(0, 2, DATA, 16, 0);
	offer(0, 0);
}

static void test_all_bad(void)
{
	begin(false);
	test_bad(before_bank, "a buffer that begins before the bank");
	test_bad(beyond_bank, "a buffer that ends beyond it");
	test_bad(overflow, "an address that overflows");
	test_bad(too_long, "a length of 4 GiB");
	test_bad(empty, "a length of 0");
	test_bad(indirect, "an indirect descriptor");
	test_bad(loop, "a loop");
	test_bad(no_such_next, "a next descriptor that is none");
	test_bad(no_such_head, "a first one that is none");
	test_bad(order, "room before what is to be read");
	test_bad(too_many, "more available than there are");
	test_bad(no_header, "a request without a whole header");
	test_bad(no_status, "a request without a status");
	test_bad(ring_moved, "a ring that is moved while live");
	test_bad(size_changed, "a size that changes then");
	test_bad(enabled_twice, "a queue that is enabled twice");
	test_bad(no_such_queue, "a queue that is none");
	test_bad(odd_width, "a register by one of its bytes");
	test_bad(wide, "two registers at once");
	test_bad(notify_none, "a notification of no queue");
	test_bad(write_config, "a write to what is read-only");
	end();
}

/* Before DRIVER_OK there is no interrupt to tell it. */
static void test_bad_queues(void)
{
	static const struct { u64 value, offset; const char *what; } bad[] = {
		{ 0, FIELD(queue_size), "a queue of 0" },
		{ 6, FIELD(queue_size), "  of 6" },
		{ 256, FIELD(queue_size), "  of more than offered" },
		{ 0, FIELD(queue_enable), "  that is disabled" },
	};
	static const struct { u64 address; const char *what; } place[] = {
		{ RING(0) + 8, "descriptors that are not aligned" },
		{ BANK - 16, "  before the bank" },
		{ BANK + BANK_SIZE - 112, "  that end beyond it" },
		{ 0xfffffff0, "  elsewhere" },
	};
	unsigned int n;

	begin(false);
	for (n = 0; n < sizeof(bad) / sizeof(*bad); n++) {
		assign(0);
		accept_features(NEEDED);
		put(bar + bad[n].offset, 2, bad[n].value);
		check(is_broken(), bad[n].what);
	}
	for (n = 0; n < sizeof(place) / sizeof(*place); n++) {
		accept_features(NEEDED);
		make_queue(0);
		accept_features(NEEDED);
		put(COMMON(queue_size), 2, QUEUE);
		put(COMMON(queue_desc_lo), 4, place[n].address);
		put(COMMON(queue_avail_lo), 4, RING(0) + 0x800);
		put(COMMON(queue_used_lo), 4, RING(0) + 0x1000);
		put(COMMON(queue_enable), 2, 1);
		check(is_broken() && !get(COMMON(queue_enable), 2), place[n].what);
	}
	put(COMMON(device_status), 1, 0);
	make_queue(0);
	check(is_broken(), "a queue before the features");
	end();
}

/* A guest that adds for ever does not keep the program. */
static void test_storm(void)
{
	unsigned int turns, n;

	begin(false);
	drive(2, 1);
	for (n = 0; n < QUEUE; n++)
		describe(0, n, DATA, 1, VRING_DESC_F_WRITE);
	for (turns = 0; turns < 1000; turns++)
		put(bar + 0x3000, 2, 0);
	work();
	check_number(used(0)->idx, 0, "1000 notifications of nothing");
	rng.device.budget = 0;
	check(!virtio_pop(&rng.device, 0, &rng.chain) && !rng.device.notified,
	      "  and nothing is left to do");
	((struct vring_avail *)memory(RING(0) + 0x800))->idx = 1;
	check(!virtio_pop(&rng.device, 0, &rng.chain) && rng.device.notified,
	      "what comes beyond the budget has another turn");
	work();
	check_number(used(0)->idx, 1, "  and is done then");
	end();
}

/* The cell starts anew, in the middle of whatever it did. */
static void test_reset(void)
{
	unsigned int n;

	begin(false);
	drive(3, 2);
	give_room(0, NET_ROOM);
	drive(0, 1);
	request(VIRTIO_BLK_T_IN, 0, 512, false);
	check(line[0], "a disk that works");
	((struct vring_avail *)memory(RING(0) + 0x800))->idx++;
	put(bar + 0x3000, 2, 0);
	put(CONFIG(PCI_INTERRUPT_LINE), 1, 9);
	put(CONFIG(PCI_COMMAND), 2, PCI_COMMAND_MEMORY | PCI_COMMAND_INTX_DISABLE);
	window_reset(&window);
	work();
	check_number(used(0)->idx, 1, "when the cell starts anew, it does no more");
	for (n = 0; n < 4; n++)
		check(!line[n], "  no interrupt stays");
	check(!waits(), "  no frame is taken");
	check_number((u32)get(CONFIG(PCI_BASE_ADDRESS_0), 4), MEMORY, "  its BAR is the first");
	check_number((long long)get(CONFIG(PCI_COMMAND), 2),
		     PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, "  which is on");
	check_number((long long)get(CONFIG(PCI_INTERRUPT_LINE), 1), 0, "  with no interrupt line");
	bar = MEMORY;
	check(!status() && !get(COMMON(queue_enable), 2) && !get(COMMON(guest_feature), 4),
	      "  status, queues and features are of nobody");
	drive(0, 1);
	check_number(request(VIRTIO_BLK_T_IN, 0, 512, false), VIRTIO_BLK_S_OK, "  and it works");
	end();
}

/* Another program goes on where the first was ended: in the middle of a request. */
static void test_resume(void)
{
	begin(false);
	drive(1, 2);
	describe(0, 4, DATA + 0x100, 16, VRING_DESC_F_WRITE);
	offer(0, 4);
	check_number((long long)virtio_console_room(&console), 16, "room is taken");
	memcpy(memory(DATA), "hello", 5);
	describe(1, 0, DATA, 5, 0);
	is_ended = true;
	if (!setjmp(ended))
		offer(1, 0);
	is_ended = false;
	check_number(used(1)->idx, 0, "  and output begun");
	check_number(used(1)->flags, VRING_USED_F_NO_NOTIFY, "  of which no more is to be said");
	window_resume(&window);
	check(!used(1)->flags, "  but to a new program");
	check(line[1], "a new program interrupts the guest");
	check_number((long long)get(bar + 0x1000, 1), VIRTIO_ISR_QUEUE | VIRTIO_PCI_ISR_CONFIG,
		     "  which looks at the queues and at the configuration");
	work();
	check_text(printed, "hellohello", "  does the output again");
	check(used(1)->idx == 1 && !used(1)->ring[0].id, "  says so once");
	check_number((long long)virtio_console_room(&console), 16, "  has the room again");
	virtio_console_receive(&console, (const u8 *)"date", 4);
	check(used(0)->idx == 1 && used(0)->ring[0].id == 4, "  and fills it");

	/* between the two counts */
	used(1)->idx = 0;
	line[1] = false;
	window_resume(&window);
	work();
	check(used(1)->idx == 1 && line[1], "what was done and not said is said");
	check_text(printed, "hellohello", "  and not done again");
	offer(1, 200);
	check(is_broken(), "a device that needs a reset");
	get(bar + 0x1000, 1);
	window_resume(&window);
	check(is_broken() && get(bar + 0x1000, 1) & VIRTIO_PCI_ISR_CONFIG, "  says that again");
	put(COMMON(device_status), 1, 0);
	window_resume(&window);
	check(!line[1], "one without a driver says nothing");
	end();
}

/* Of each SPI that came a digit for how often, and one for which, from 1 on; 0: none. */
static unsigned int sent(void)
{
	unsigned int n, found = 0;

	for (n = 0; n < MESSAGE_COUNT; n++)
		if (came[n])
			found = found * 100 + came[n] * 10 + n + 1;
	memset(came, 0, sizeof(came));
	return found;
}

/* A working disk with MSI-X on: vector 0 of the configuration is SPI 0, 1 of the queue SPI 1. */
static void drive_with_vectors(void)
{
	drive(0, 1);
	set_vector(0, DOORBELL, MESSAGES);
	set_vector(1, DOORBELL, MESSAGES + 1);
	enable_vectors(PCI_MSIX_FLAGS_ENABLE);
	put(COMMON(msix_config), 2, 0);
	put(COMMON(queue_select), 2, 0);
	put(COMMON(queue_msix_vector), 2, 1);
}

static void read_sector(void)
{
	check_number(request(VIRTIO_BLK_T_IN, 0, 512, false), VIRTIO_BLK_S_OK, "a request");
}

static void test_vectors(void)
{
	u64 at;

	begin(false);
	slot = 0;
	at = get(CONFIG(PCI_CAPABILITY_LIST), 1);
	check(get(CONFIG(at), 1) != PCI_CAP_ID_MSIX, "no MSI-X where there are no messages");
	drive(0, 1);
	put(COMMON(queue_msix_vector), 2, 0);
	check_number((long long)get(COMMON(queue_msix_vector), 2), VIRTIO_MSI_NO_VECTOR,
		     "  nor a vector");
	check_number((long long)get(VECTOR(0) + 12, 4), 0, "  nor a table");
	end();

	begin_with(false, MESSAGE_COUNT);
	slot = 0;
	at = get(CONFIG(PCI_CAPABILITY_LIST), 1);
	check(get(CONFIG(at), 1) == PCI_CAP_ID_MSIX && get(CONFIG(at + PCI_MSIX_FLAGS), 2) == 1,
	      "a disk has two vectors");
	check(get(CONFIG(at + PCI_MSIX_TABLE), 4) == 0x4000 &&
	      get(CONFIG(at + PCI_MSIX_PBA), 4) == 0x4800, "  whose table is in its BAR");
	check_number(capabilities() & 0x1e, 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4,
		     "  and virtio's capabilities after it");
	slot = 1;
	at = get(CONFIG(PCI_CAPABILITY_LIST), 1);
	check_number((long long)get(CONFIG(at + PCI_MSIX_FLAGS), 2), 2, "a console has three");

	drive_with_vectors();
	check_number((long long)get(CONFIG(get(CONFIG(PCI_CAPABILITY_LIST), 1) + PCI_MSIX_FLAGS),
				    2), 0x8001, "MSI-X is on, its size stays");
	check(!get(COMMON(msix_config), 2) && get(COMMON(queue_msix_vector), 2) == 1,
	      "the driver reads what it has set");
	read_sector();
	check_number(sent(), 12, "  and has the queue's message, once");
	check(!line[0] && !get(bar + 0x1000, 1), "  no INTx, no ISR status");
	((struct vring_avail *)memory(RING(0) + 0x800))->ring[added[0]++ % QUEUE] = 0;
	read_sector();
	check(sent() == 12 && used(0)->idx == 3, "for two requests at once it has one");
	check(!(get(CONFIG(PCI_STATUS), 2) & PCI_STATUS_INTERRUPT), "  nothing is pending");
	offer(0, 200);
	check(is_broken() && sent() == 11, "what changes has that of the configuration");
	check_number((long long)get(bar + 0x1000, 1), VIRTIO_PCI_ISR_CONFIG,
		     "  and the ISR status says so");
	put(COMMON(queue_msix_vector), 2, 2);
	check_number((long long)get(COMMON(queue_msix_vector), 2), VIRTIO_MSI_NO_VECTOR,
		     "a vector that there is not");
	put(COMMON(msix_config), 2, 0xfffe);
	check_number((long long)get(COMMON(msix_config), 2), VIRTIO_MSI_NO_VECTOR, "  either");

	drive_with_vectors();
	put(COMMON(queue_msix_vector), 2, VIRTIO_MSI_NO_VECTOR);
	read_sector();
	check(!sent() && !line[0], "a queue without a vector says nothing");
	put(COMMON(queue_msix_vector), 2, 0);
	read_sector();
	check_number(sent(), 11, "  with another one it is that, while live");
	put(COMMON(device_status), 1, 0);
	check(get(COMMON(msix_config), 2) == VIRTIO_MSI_NO_VECTOR &&
	      get(COMMON(queue_msix_vector), 2) == VIRTIO_MSI_NO_VECTOR,
	      "a reset of the device takes vectors away");
	check_number((long long)get(VECTOR(1) + 8, 4), MESSAGES + 1, "  not their messages");
	put(COMMON(queue_select), 2, 1);
	put(COMMON(queue_msix_vector), 2, 1);
	check(is_broken(), "a vector for a queue that is none");

	drive_with_vectors();
	enable_vectors(0);
	read_sector();
	check(!sent() && line[0], "without MSI-X it is INTx");
	enable_vectors(PCI_MSIX_FLAGS_ENABLE);
	check(!line[0], "  which goes when MSI-X is on");
	enable_vectors(0);
	check(line[0], "  and comes back");
	end();
}

static void test_masks(void)
{
	begin_with(false, MESSAGE_COUNT);
	drive_with_vectors();
	put(VECTOR(1) + 12, 4, PCI_MSIX_ENTRY_CTRL_MASKBIT);
	read_sector();
	read_sector();
	check(!sent() && get(PENDING, 8) == 1 << 1, "a masked vector is pending");
	put(VECTOR(1) + 12, 4, 0);
	check(sent() == 12 && !get(PENDING, 4), "  and comes once when it is not");
	enable_vectors(PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
	read_sector();
	check(!sent() && get(PENDING, 4) == 1 << 1, "so does one when all are masked");
	put(VECTOR(1) + 12, 4, PCI_MSIX_ENTRY_CTRL_MASKBIT);
	enable_vectors(PCI_MSIX_FLAGS_ENABLE);
	check(!sent(), "  and it as well");
	put(VECTOR(1) + 8, 8, MESSAGES + 3);
	check(sent() == 14 && !get(PENDING, 4), "what is sent is what is in the table then");
	put(VECTOR(1) + 12, 4, ~0U);
	check_number((long long)get(VECTOR(1) + 12, 4), PCI_MSIX_ENTRY_CTRL_MASKBIT,
		     "of a vector's control only the mask is kept");
	read_sector();
	put(PENDING, 4, 0);
	check_number((long long)get(PENDING, 4), 1 << 1, "what is pending is not written");
	put(COMMON(device_status), 1, 0);
	put(VECTOR(1) + 12, 4, 0);
	check(!sent(), "a reset of the device forgets what is pending");
	drive_with_vectors();
	put(VECTOR(1) + 12, 4, PCI_MSIX_ENTRY_CTRL_MASKBIT);
	read_sector();
	enable_vectors(0);
	enable_vectors(PCI_MSIX_FLAGS_ENABLE);
	put(VECTOR(1) + 12, 4, 0);
	check(!sent(), "  as to switch MSI-X off does");
	put(VECTOR(1) + 12, 1, PCI_MSIX_ENTRY_CTRL_MASKBIT);
	put(VECTOR(1) + 8, 2, 0);
	put(VECTOR(2) + 8, 4, 7);
	check(!get(VECTOR(1) + 12, 4) && get(VECTOR(1) + 8, 4) == MESSAGES + 1 && !is_broken(),
	      "parts of a word, and what is beyond the table, are not written");
	check_number((long long)get(VECTOR(2) + 8, 4), 0, "  nor read");
	put(VECTOR(MSIX_VECTORS), 4, 7);
	check_number((long long)get(PENDING, 4), 0, "  nor anything behind it");
	window_reset(&window);
	assign(0);
	check(get(VECTOR(1) + 12, 4) == PCI_MSIX_ENTRY_CTRL_MASKBIT && !get(VECTOR(1), 8),
	      "after power-on all vectors are masked, and are nothing's");
	drive(0, 1);
	read_sector();
	check(!sent() && line[0], "  and MSI-X is off");
	end();
}

/* Messages to elsewhere, or of what is not the window's. */
static void test_bad_messages(void)
{
	static const struct { u64 address; u32 data; const char *what; } bad[] = {
		{ 0, MESSAGES, "a message to nowhere" },
		{ FRAME, MESSAGES, "  to the frame's beginning" },
		{ DOORBELL + 4, MESSAGES, "  beside the place" },
		{ DOORBELL | 1ULL << 32, MESSAGES, "  4 GiB above" },
		{ BANK, MESSAGES, "  into memory" },
		{ DOORBELL, MESSAGES - 1, "  of the SPI before" },
		{ DOORBELL, MESSAGES + MESSAGE_COUNT, "  of the one after" },
		{ DOORBELL, 27, "  of a PPI" },
		{ DOORBELL, 0, "  of an SGI" },
		{ DOORBELL, ~0U, "  of none" },
	};
	unsigned int n;

	begin_with(false, MESSAGE_COUNT);
	drive_with_vectors();
	for (n = 0; n < sizeof(bad) / sizeof(*bad); n++) {
		set_vector(1, bad[n].address, bad[n].data);
		read_sector();
		check(!sent() && !line[0] && !get(PENDING, 4) && !is_broken(), bad[n].what);
	}
	check(disk.device.function.msix.complained, "it is said");
	set_vector(1, DOORBELL, MESSAGES + MESSAGE_COUNT - 1);
	read_sector();
	check_number(sent(), 10 + MESSAGE_COUNT, "the last one is good");
	set_vector(1, DOORBELL | 3, MESSAGES);
	read_sector();
	check_number(sent(), 11, "  the lowest bits of an address are 0");
	end();
}

/* Another program says all anew, by the messages that its predecessor had. */
static void test_resume_vectors(void)
{
	begin_with(false, MESSAGE_COUNT);
	drive_with_vectors();
	window_resume(&window);
	check_number(sent(), 1112, "a new program sends the messages of queue and configuration");
	put(VECTOR(0) + 12, 4, PCI_MSIX_ENTRY_CTRL_MASKBIT);
	window_resume(&window);
	check(sent() == 12 && get(PENDING, 4) == 1, "  but those that are masked");
	end();
}

int main(void)
{
	/* what devices say on the standard error output comes between whole lines */
	setlinebuf(stdout);
	fixture_reset();
	bank = calloc(1, BANK_SIZE);
	test_pci();
	test_features();
	test_disk();
	test_read_only();
	test_console();
	test_rng();
	test_net();
	test_bad_net();
	test_all_bad();
	test_bad_queues();
	test_storm();
	test_reset();
	test_resume();
	test_vectors();
	test_masks();
	test_bad_messages();
	test_resume_vectors();
	free(bank);
	return fixture_end();
}
