/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Any accesses of a cell to its devices, with any memory. The bytes are steps: an access to
 * the windows, a change of the bank, the device program's turn, or something that comes from
 * root. The disk is a file in memory, the tap interface a socket, and the kernel that serves
 * vsock's queues sees that they are in the bank.
 */

#include <fcntl.h>
#include <linux/pci_regs.h>
#include <linux/vhost.h>
#include <linux/virtio_pci.h>
#include <linux/virtio_ring.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "devices/pl011.h"
#include "devices/pl031.h"
#include "devices/pl061.h"
#include "devices/sp805.h"
#include "devices/virtio_blk.h"
#include "devices/virtio_console.h"
#include "devices/virtio_net.h"
#include "devices/virtio_rng.h"
#include "devices/virtio_vsock.h"

#define UART		0x1000ULL
/* what touches the UART reaches these too */
#define GPIO		0x2000ULL
#define CLOCK		0x3000ULL
#define WATCHDOG	0x4000ULL
#define ECAM		0x100000ULL
#define MEMORY		0x200000ULL
#define MEMORY_SIZE	0x40000
#define FRAME		0x300000ULL
#define MESSAGES	64
#define MESSAGE_COUNT	16
#define BANK		0x400000ULL
#define BANK_SIZE	0x6000

/* of a slot */
#define BAR(slot)	(MEMORY + 0x8000 * (u64)(slot))
#define VECTORS(slot)	(BAR(slot) + 0x4000)

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int __wrap_ioctl(int fd, unsigned long request, ...);

static void interrupt(struct window *window, unsigned int intid, bool level)
{
	(void)window;
	(void)intid;
	(void)level;
}

/* Whatever the guest has written, no other SPI. */
static void message(struct window *window, unsigned int intid)
{
	(void)window;
	if (intid - MESSAGES >= MESSAGE_COUNT)
		abort();
}

static void uart_send(void *owner, u8 byte)
{
	(void)owner;
	(void)byte;
}

static void expire(void *owner)
{
	(void)owner;
}

static void console_send(void *owner, const u8 *bytes, size_t count)
{
	static volatile u8 sum;

	(void)owner;
	while (count)
		sum = (u8)(sum + bytes[--count]);
}

struct step {
	u8 kind, size;
	u16 offset;
	u32 value;
};

static struct window window;
static struct virtio_console console;
static struct pl011 uart;
static struct pl061 gpio;
static struct virtio_vsock vsock;
static int wire;

static void check_ring(u64 user, u64 ring_size)
{
	u64 offset = user - (uintptr_t)window.bank;

	if (offset > BANK_SIZE || ring_size > BANK_SIZE - offset)
		abort();
}

/* The kernel's end of vhost; and of the tap interface, which is none. */
int __wrap_ioctl(int fd, unsigned long request, ...)
{
	static unsigned int size;
	const struct vhost_vring_addr *rings;
	va_list list;

	(void)fd;
	va_start(list, request);
	if (request == VHOST_GET_FEATURES)
		*va_arg(list, u64 *) = ~0ULL;
	if (request == VHOST_SET_VRING_NUM)
		size = va_arg(list, const struct vhost_vring_state *)->num;
	if (request == VHOST_SET_VRING_ADDR) {
		rings = va_arg(list, const struct vhost_vring_addr *);
		check_ring(rings->desc_user_addr, size * sizeof(struct vring_desc));
		check_ring(rings->avail_user_addr, 6 + 2 * size);
		check_ring(rings->used_user_addr, 6 + 8 * size);
	}
	va_end(list);
	return 0;
}

static void touch(u64 base, const struct step *step)
{
	struct window_access access = {
		.address = base + step->offset, .size = 1U << (step->size & 3),
		.value = step->value, .is_write = step->size & 4,
	};

	window_access(&window, &access);
}

static void take(const struct step *step)
{
	static const u8 bytes[PL011_FIFO] = "typed";
	u8 frame[1600];
	size_t room;

	switch (step->kind % 9) {
	case 0:
		touch(UART, step);
		break;
	case 1:
		touch(ECAM + ((u64)(step->value >> 24 & 7) << 15), step);
		break;
	case 2:
	case 3:
		touch(MEMORY, step);
		break;
	case 4:
		touch(BAR(2) + (step->value >> 24 & 1) * 0x10000, step);
		break;
	case 5:
		memcpy(window.bank + step->offset % (BANK_SIZE - 4), &step->value, 4);
		break;
	case 6:
		window_work(&window);
		break;
	case 7:
		touch(VECTORS(step->value >> 24 & 7), step);
		break;
	default:
		room = virtio_console_room(&console);
		if (room)
			virtio_console_receive(&console, bytes, room < 32 ? room : 32);
		room = pl011_room(&uart);
		pl011_receive(&uart, bytes, room);
		pl061_press(&gpio);
		while (recv(wire, frame, sizeof(frame), 0) > 0)
			;
		memset(frame, step->size, sizeof(frame));
		send(wire, frame, step->offset % sizeof(frame) + 1, 0);
		if (step->value & 1)
			eventfd_write(vsock.vhost.call[step->size & 1].watch.fd, 1);
		if (step->value & 2)
			eventfd_write(vsock.vhost.error.fd, 1);
		loop_once(0);
	}
}

static void put(u64 address, unsigned int size, u64 value)
{
	struct window_access access = {
		.address = address, .size = size, .value = value, .is_write = true
	};

	window_access(&window, &access);
}

#define COMMON(field)	(bar + offsetof(struct virtio_pci_common_cfg, field))

static void make_queue(u64 bar, unsigned int n, u64 ring)
{
	put(COMMON(queue_select), 2, n);
	put(COMMON(queue_msix_vector), 2, n + 1);
	put(COMMON(queue_size), 2, 8);
	put(COMMON(queue_desc_lo), 4, ring);
	put(COMMON(queue_avail_lo), 4, ring + 0x100);
	put(COMMON(queue_used_lo), 4, ring + 0x200);
	put(COMMON(queue_enable), 2, 1);
}

/* As a driver has it working, so that the bytes need not find out. */
static void drive(unsigned int slot, unsigned int queues)
{
	u64 bar = BAR(slot);
	unsigned int n;

	put(ECAM + ((u64)slot << 15) + 0x10, 4, bar);
	put(ECAM + ((u64)slot << 15) + 0x04, 2, 2);
	put(ECAM + ((u64)slot << 15) + 0x42, 2, PCI_MSIX_FLAGS_ENABLE);
	for (n = 0; n <= queues; n++) {
		put(VECTORS(slot) + 16 * (u64)n, 8, FRAME + 0x40);
		put(VECTORS(slot) + 16 * (u64)n + 8, 8, MESSAGES + 3 * slot + n);
	}
	put(COMMON(device_status), 1, 3);
	put(COMMON(guest_feature_select), 4, 1);
	put(COMMON(guest_feature), 4, 3);
	put(COMMON(device_status), 1, 11);
	for (n = 0; n < queues; n++)
		make_queue(bar, n, BANK + 0x1000 * (u64)slot + 0x800 * (u64)n);
	put(COMMON(device_status), 1, 15);
	window_work(&window);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static struct virtio_blk disk;
	static struct virtio_net net;
	static struct virtio_rng rng;
	static struct pl031 clock;
	static struct sp805 watchdog;
	static struct pci_bus bus;
	char name[32];
	struct step step;
	unsigned int slot, n;
	int fd = memfd_create("disk", MFD_CLOEXEC), ends[2];

	if (fd < 0 || ftruncate(fd, 8192) ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends))
		abort();
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	memset(&disk, 0, sizeof(disk));
	memset(&rng, 0, sizeof(rng));
	memset(&net, 0, sizeof(net));
	memset(&vsock, 0, sizeof(vsock));
	wire = ends[0];
	memset(&bus, 0, sizeof(bus));
	memset(&console, 0, sizeof(console));
	memset(&uart, 0, sizeof(uart));
	memset(&gpio, 0, sizeof(gpio));
	memset(&clock, 0, sizeof(clock));
	memset(&watchdog, 0, sizeof(watchdog));
	window = (struct window){
		.interrupt = interrupt, .message = message, .bank = calloc(1, BANK_SIZE),
		.bank_base = BANK, .bank_size = BANK_SIZE,
	};
	uart.send = uart_send;
	pl011_init(&uart, &window, UART, 33);
	pl061_init(&gpio, &window, GPIO, 34);
	pl031_init(&clock, &window, CLOCK);
	pci_init(&bus, &window, ECAM, MEMORY, MEMORY_SIZE, 40);
	pci_use_messages(&bus, FRAME, MESSAGES, MESSAGE_COUNT);
	console.send = console_send;
	watchdog.expired = expire;
	if (sp805_open(&watchdog, &window, WATCHDOG) ||
	    virtio_blk_open(&disk, &bus, name, false) || virtio_console_add(&console, &bus) ||
	    virtio_rng_add(&rng, &bus) || virtio_net_add(&net, &bus, ends[1], "fuzz/0") ||
	    virtio_vsock_open(&vsock, &bus, "/dev/null", 3))
		abort();
	for (slot = 0; slot < 4; slot++)
		drive(slot, slot % 2 ? 2 : 1);
	drive(4, 3);
	for (; size >= sizeof(step); data += sizeof(step), size -= sizeof(step)) {
		memcpy(&step, data, sizeof(step));
		take(&step);
	}
	loop_remove(&watchdog.timer);
	close(watchdog.timer.fd);
	loop_remove(&net.watch);
	for (n = 0; n < vsock.device.served; n++) {
		loop_remove(&vsock.vhost.call[n].watch);
		close(vsock.vhost.call[n].watch.fd);
		close(vsock.vhost.kick[n]);
	}
	loop_remove(&vsock.vhost.error);
	close(vsock.vhost.error.fd);
	close(vsock.vhost.fd);
	close(ends[0]);
	close(ends[1]);
	free(window.bank);
	close(disk.fd);
	close(fd);
	return 0;
}
