/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A vsock whose queues a kernel serves that only remembers what it is told: all of it lies in
 * the bank, and nothing is served that does not work.
 */

#include <linux/pci_regs.h>
#include <linux/vhost.h>
#include <linux/virtio_config.h>
#include <linux/virtio_pci.h>
#include <linux/virtio_ring.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "devices/virtio_vsock.h"
#include "tests/devices/driver_side.h"
#include "tests/fixture.h"

#define BANK_SIZE	0x10000
#define DATA		(BANK + 0x8000)
#define CID		7
#define INTID		64
#define MESSAGES	80
#define FRAME		0x30000000ULL

enum { RECEIVE, TRANSMIT, EVENT, QUEUES };

int __wrap_ioctl(int fd, unsigned long request, ...);

static struct {
	u64 offered, features, cid;
	struct vhost_memory_region region;
	unsigned int regions;
	struct vhost_vring_state size[EVENT], base[EVENT];
	struct vhost_vring_addr rings[EVENT];
	int kick[EVENT], call[EVENT], error[EVENT];
	bool owned, running;
	unsigned long refused;		/* this request */
} kernel;
static struct pci_bus bus;
static struct virtio_vsock vsock;
static bool line;
static u32 messages;		/* a bit for each SPI from INTID on */

static void remember_memory(const struct vhost_memory *memory)
{
	kernel.regions = memory->nregions;
	memcpy(&kernel.region, memory->regions, sizeof(kernel.region));
}

static void remember_file(int *files, const struct vhost_vring_file *file)
{
	files[file->index] = file->fd;
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	va_list list;
	void *arg;

	(void)fd;
	va_start(list, request);
	arg = va_arg(list, void *);
	va_end(list);
	if (request == kernel.refused)
		return -1;
	switch (request) {
	case VHOST_GET_FEATURES:
		memcpy(arg, &kernel.offered, sizeof(kernel.offered));
		return 0;
	case VHOST_SET_OWNER:
		kernel.owned = true;
		return 0;
	case VHOST_SET_MEM_TABLE:
		remember_memory(arg);
		return 0;
	case VHOST_SET_FEATURES:
		memcpy(&kernel.features, arg, sizeof(kernel.features));
		return 0;
	case VHOST_VSOCK_SET_GUEST_CID:
		memcpy(&kernel.cid, arg, sizeof(kernel.cid));
		return 0;
	case VHOST_VSOCK_SET_RUNNING:
		kernel.running = *(int *)arg;
		return 0;
	case VHOST_SET_VRING_NUM:
		kernel.size[*(unsigned int *)arg] = *(struct vhost_vring_state *)arg;
		return 0;
	case VHOST_SET_VRING_BASE:
		kernel.base[*(unsigned int *)arg] = *(struct vhost_vring_state *)arg;
		return 0;
	case VHOST_SET_VRING_ADDR:
		kernel.rings[*(unsigned int *)arg] = *(struct vhost_vring_addr *)arg;
		return 0;
	case VHOST_SET_VRING_KICK:
		remember_file(kernel.kick, arg);
		return 0;
	case VHOST_SET_VRING_CALL:
		remember_file(kernel.call, arg);
		return 0;
	case VHOST_SET_VRING_ERR:
		remember_file(kernel.error, arg);
		return 0;
	}
	return -1;
}

static void interrupt(struct window *of, unsigned int intid, bool level)
{
	(void)of;
	(void)intid;
	line = level;
}

static void message(struct window *of, unsigned int intid)
{
	(void)of;
	messages |= 1U << (intid - MESSAGES);
}

/* With queues from @first on. */
static void drive(unsigned int first, u64 features)
{
	unsigned int n;

	accept_features(NEEDED | features);
	for (n = first; n < QUEUES; n++)
		place_queue(n, RING(n) + 0x1000);
	driver_ok();
}

/* As each process that serves it does. */
static int renew(void)
{
	return virtio_vsock_renew(&vsock, "/dev/null", CID);
}

static void begin(void)
{
	memset(&bus, 0, sizeof(bus));
	memset(&vsock, 0, sizeof(vsock));
	memset(&kernel, 0, sizeof(kernel));
	kernel.offered = ~0ULL;
	window = (struct window){
		.interrupt = interrupt, .message = message,
		.bank = bank, .bank_base = BANK, .bank_size = BANK_SIZE
	};
	pci_init(&bus, &window, ECAM, MEMORY, MEMORY_SIZE, INTID);
	pci_use_messages(&bus, FRAME, MESSAGES, 8);
	check_number(virtio_vsock_open(&vsock, &bus, "/dev/null", CID), 0, "a vsock");
	check_number(renew(), 0, "  of this process");
	bar = get(ECAM + PCI_BASE_ADDRESS_0, 4);
}

static void end(void)
{
	unsigned int n;

	for (n = 0; n < EVENT; n++) {
		loop_remove(&vsock.vhost.call[n].watch);
		close(vsock.vhost.call[n].watch.fd);
		close(vsock.vhost.kick[n]);
	}
	loop_remove(&vsock.vhost.error);
	close(vsock.vhost.error.fd);
	close(vsock.vhost.fd);
}

static bool is_kicked(unsigned int queue)
{
	eventfd_t count;

	return !eventfd_read(kernel.kick[queue], &count);
}

static bool lies_in_bank(u64 user, u64 size)
{
	u64 offset = user - (uintptr_t)bank;

	return offset <= BANK_SIZE && size <= BANK_SIZE - offset;
}

static void test_start(void)
{
	begin();
	check(kernel.owned && kernel.cid == CID, "the kernel has its owner and CID");
	check(kernel.regions == 1 && kernel.region.guest_phys_addr == BANK &&
	      kernel.region.memory_size == BANK_SIZE &&
	      kernel.region.userspace_addr == (uintptr_t)bank, "  and of memory the bank alone");
	check_number((long long)get(bar + 0x2000, 8), CID, "the guest sees its CID");
	check_number((long long)get(COMMON(num_queues), 2), QUEUES, "  and three queues");
	check(!kernel.running, "nothing is served without a driver");
	drive(0, 1ULL << VIRTIO_RING_F_EVENT_IDX);
	check(kernel.running, "with one it is");
	check_number((long long)kernel.features, 1LL << VIRTIO_F_VERSION_1 |
		     1 << VIRTIO_RING_F_EVENT_IDX, "  with what it accepted, and no translation");
	check(kernel.size[TRANSMIT].num == QUEUE && !kernel.base[TRANSMIT].num,
	      "  a queue of its size, from its beginning on");
	check(kernel.rings[TRANSMIT].desc_user_addr == (uintptr_t)memory(RING(1)) &&
	      kernel.rings[TRANSMIT].avail_user_addr == (uintptr_t)memory(RING(1) + 0x800) &&
	      kernel.rings[TRANSMIT].used_user_addr == (uintptr_t)memory(RING(1) + 0x1000),
	      "  where the guest has it");
	check(is_kicked(RECEIVE) && is_kicked(TRANSMIT), "  is looked at at once");
	put(bar + 0x3004, 2, 1);
	work();
	check(!is_kicked(RECEIVE) && is_kicked(TRANSMIT), "a notification is handed on");
	get(bar + 0x1000, 1);
	eventfd_write(kernel.call[RECEIVE], 1);
	loop_once(0);
	check(line && get(bar + 0x1000, 1) == VIRTIO_ISR_QUEUE, "  and an interrupt");
	put(COMMON(device_status), 1, 0);
	check(!kernel.running, "after a reset nothing is served");
	eventfd_write(kernel.call[RECEIVE], 1);
	loop_once(0);
	check(!line, "  nor interrupted");
	end();
}

/* Each queue has a vector of its own, and the kernel an eventfd for each. */
static void test_messages(void)
{
	unsigned int n;

	begin();
	drive(0, 0);
	check(kernel.call[RECEIVE] != kernel.call[TRANSMIT], "each queue has its call");
	for (n = 0; n < 4; n++)
		set_vector(n, FRAME + 0x40, MESSAGES + n);
	enable_vectors(PCI_MSIX_FLAGS_ENABLE);
	for (n = 0; n < QUEUES; n++) {
		put(COMMON(queue_select), 2, n);
		put(COMMON(queue_msix_vector), 2, n + 1);
	}
	messages = 0;
	eventfd_write(kernel.call[TRANSMIT], 1);
	loop_once(0);
	check_number(messages, 1 << (1 + TRANSMIT), "  which is its vector's message");
	check(!line, "  and no level");
	eventfd_write(kernel.call[RECEIVE], 1);
	loop_once(0);
	check_number(messages, 1 << (1 + TRANSMIT) | 1 << (1 + RECEIVE), "  as the other's");
	end();
}

static void test_bad(void)
{
	begin();
	drive(1, 0);
	check(is_broken() && !kernel.running, "a queue that is not enabled");
	drive(0, 0);
	check(!is_broken() && kernel.running, "  a reset cures it");
	eventfd_write(kernel.error[RECEIVE], 1);
	loop_once(0);
	check(is_broken() && !kernel.running, "what the kernel finds against the rules");
	drive(0, 0);
	eventfd_write(kernel.error[RECEIVE], 1);
	drive(0, 0);
	loop_once(0);
	check(!is_broken() && kernel.running, "  is forgotten with a reset");
	put(COMMON(queue_select), 2, TRANSMIT);
	put(COMMON(queue_desc_lo), 4, RING(0));
	check(is_broken() && !kernel.running, "what the transport finds ends it too");
	drive(0, 0);
	put(COMMON(device_status), 1, 11);
	check(!kernel.running, "so does a driver that does not work any more");
	accept_features(NEEDED);
	place_queue(RECEIVE, BANK + BANK_SIZE - sizeof(struct vring_used) - 8 * QUEUE);
	check(is_broken(), "a ring whose field for events is beyond the bank");
	accept_features(NEEDED);
	place_queue(RECEIVE, BANK + BANK_SIZE - 72);
	place_queue(TRANSMIT, RING(TRANSMIT) + 0x1000);
	put(COMMON(device_status), 1, 15);
	work();
	check(kernel.running && lies_in_bank(kernel.rings[RECEIVE].used_user_addr, 6 + 8 * QUEUE),
	      "  and one where there is place");
	kernel.refused = VHOST_VSOCK_SET_RUNNING;
	drive(0, 0);
	check(is_broken(), "a kernel that cannot serve it");
	end();
}

static void (*vsock_notify)(struct virtio_device *device, unsigned int queue);
static unsigned int flags;

static void notify_and_look(struct virtio_device *device, unsigned int queue)
{
	const struct vring_used *used = memory(RING(EVENT) + 0x1000);

	vsock_notify(device, queue);
	flags |= used->flags;
}

/* Whether the guest has to tell is said in one way alone. */
static void test_event_index(void)
{
	begin();
	vsock_notify = vsock.device.notify;
	vsock.device.notify = notify_and_look;
	flags = 0;
	drive(0, 1ULL << VIRTIO_RING_F_EVENT_IDX);
	put(bar + 0x3008, 2, EVENT);
	work();
	check_number(flags, 0, "with an event index, flags stay 0");
	drive(0, 0);
	put(bar + 0x3008, 2, EVENT);
	work();
	check_number(flags, VRING_USED_F_NO_NOTIFY, "without, they say that nothing need be told");
	end();
}

/* Another process: with a new device of the kernel, from where the former has ended. */
static void test_renew(void)
{
	u8 *event = memory(DATA);
	struct vring_avail *available = memory(RING(EVENT) + 0x800);
	struct vring_desc *descriptor = memory(RING(EVENT));
	const struct vring_used *told = memory(RING(EVENT) + 0x1000);

	begin();
	drive(0, 0);
	*descriptor = (struct vring_desc){ DATA, 4, VRING_DESC_F_WRITE, 0 };
	available->idx = 1;
	memset(event, 0x55, 4);
	put(bar + 0x3008, 2, EVENT);
	work();
	check_number(*event, 0x55, "no event is there to tell");
	((struct vring_used *)memory(RING(TRANSMIT) + 0x1000))->idx = 5;
	kernel.owned = kernel.running = false;
	check_number(renew(), 0, "another process");
	check(kernel.owned && !kernel.running, "  owns another device");
	window_resume(&window);
	work();
	check(kernel.running, "  which serves");
	check(kernel.base[TRANSMIT].num == 5 && !kernel.base[RECEIVE].num,
	      "  what was not given back yet");
	check_number(((struct vring_used *)memory(RING(TRANSMIT) + 0x1000))->idx, 5,
		     "  the guest's ring stays as it is");
	check(!event[0] && !event[3] && told->idx == 1,
	      "  the guest hears that its connections are lost");
	window_reset(&window);
	check(!kernel.running, "the cell starts anew: nothing is served");
	check_number(renew(), 0, "another process, without a driver");
	drive(0, 0);
	check_number(told->idx, 0, "  has nothing to tell");
	kernel.refused = VHOST_VSOCK_SET_GUEST_CID;
	check_number(renew(), -1, "a CID that another one has");
	kernel.refused = VHOST_SET_OWNER;
	check_number(renew(), -1, "a device that is not to be had");
	end();
}

static void test_kernel(void)
{
	struct virtio_vsock other = { 0 };

	begin();
	check_number(virtio_vsock_open(&other, &bus, "/nowhere/vhost-vsock", CID), -1,
		     "a kernel without vhost-vsock");
	kernel.offered = 0;
	check_number(virtio_vsock_open(&other, &bus, "/dev/null", CID), -1, "  one too old");
	end();
	kernel.offered = 1ULL << VIRTIO_F_VERSION_1;
}

int main(void)
{
	/* what devices say on the standard error output comes between whole lines */
	setlinebuf(stdout);
	fixture_reset();
	bank = calloc(1, BANK_SIZE);
	test_start();
	test_messages();
	test_bad();
	test_event_index();
	test_renew();
	test_kernel();
	free(bank);
	return fixture_end();
}
