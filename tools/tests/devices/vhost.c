/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A vsock and a network whose queues a kernel serves that only remembers what it is told: all of
 * it lies in the bank, and nothing is served that does not work.
 */

#include <linux/if_tun.h>
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
#include <sys/socket.h>
#include <unistd.h>

#include "devices/virtio_net.h"
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
	int backend[EVENT];
	unsigned long offload;		/* of the tap, and its carrier */
	int carrier;
	unsigned long refused;		/* this request */
} kernel;
static struct pci_bus bus;
static struct virtio_vsock vsock;
static struct virtio_net net;
static int wire[2];			/* root's end, and the device's */
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
	case VHOST_NET_SET_BACKEND:
		remember_file(kernel.backend, arg);
		return 0;
	case TUNSETOFFLOAD:
		kernel.offload = (uintptr_t)arg;
		return 0;
	case TUNSETCARRIER:
		kernel.carrier = *(int *)arg;
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
	unsigned int n, queues = (unsigned int)get(COMMON(num_queues), 2);

	accept_features(NEEDED | features);
	for (n = first; n < queues; n++)
		place_queue(n, RING(n) + 0x1000);
	driver_ok();
}

/* As each process that serves it does. */
static int renew(void)
{
	return virtio_vsock_renew(&vsock, "/dev/null", CID);
}

static void begin_bus(u64 offered)
{
	memset(&bus, 0, sizeof(bus));
	memset(&vsock, 0, sizeof(vsock));
	memset(&net, 0, sizeof(net));
	memset(&kernel, 0, sizeof(kernel));
	kernel.offered = offered;
	window = (struct window){
		.interrupt = interrupt, .message = message,
		.bank = bank, .bank_base = BANK, .bank_size = BANK_SIZE
	};
	pci_init(&bus, &window, ECAM, MEMORY, MEMORY_SIZE, INTID);
	pci_use_messages(&bus, FRAME, MESSAGES, 8);
}

static void begin(void)
{
	begin_bus(~0ULL);
	check_number(virtio_vsock_open(&vsock, &bus, "/dev/null", CID), 0, "a vsock");
	check_number(renew(), 0, "  of this process");
	bar = get(ECAM + PCI_BASE_ADDRESS_0, 4);
}

static void end_vhost(struct vhost *vhost)
{
	unsigned int n;

	for (n = 0; n < EVENT; n++) {
		loop_remove(&vhost->call[n].watch);
		close(vhost->call[n].watch.fd);
		close(vhost->kick[n]);
	}
	loop_remove(&vhost->error);
	close(vhost->error.fd);
	close(vhost->fd);
}

static void end(void)
{
	end_vhost(&vsock.vhost);
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

/* What vhost-net of Linux 6.1 can do. */
#define NET_KERNEL	(NEEDED | 1ULL << VIRTIO_RING_F_EVENT_IDX | \
			 1ULL << VIRTIO_RING_F_INDIRECT_DESC | 1ULL << VIRTIO_NET_F_MRG_RXBUF | \
			 1ULL << VHOST_NET_F_VIRTIO_NET_HDR | 1ULL << VHOST_F_LOG_ALL)
#define CHECKSUMS	(1ULL << VIRTIO_NET_F_CSUM | 1ULL << VIRTIO_NET_F_GUEST_CSUM)
#define SEGMENTS	(1ULL << VIRTIO_NET_F_HOST_TSO4 | 1ULL << VIRTIO_NET_F_GUEST_TSO4 | \
			 1ULL << VIRTIO_NET_F_HOST_TSO6 | 1ULL << VIRTIO_NET_F_GUEST_TSO6)
#define OFFERED		(NEEDED | CHECKSUMS | SEGMENTS | 1ULL << VIRTIO_NET_F_MAC | \
			 1ULL << VIRTIO_NET_F_MRG_RXBUF | 1ULL << VIRTIO_RING_F_EVENT_IDX)

static int renew_net(void)
{
	return virtio_net_renew(&net, "/dev/null");
}

static void begin_wire(u64 offered)
{
	begin_bus(offered);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, wire))
		abort();
}

static void end_wire(void)
{
	loop_remove(&net.watch);
	close(wire[0]);
	close(wire[1]);
}

static void begin_net(u64 offered)
{
	begin_wire(offered);
	check_number(virtio_net_use_kernel(&net, "/dev/null"), 0, "a network by the kernel");
	check_number(virtio_net_add(&net, &bus, wire[1], "cell/0"), 0, "  is there");
	check_number(renew_net(), 0, "  of this process");
	bar = get(ECAM + PCI_BASE_ADDRESS_0, 4);
}

static void end_net(void)
{
	end_vhost(&net.vhost);
	end_wire();
}

static bool is_served(void)
{
	check(kernel.backend[RECEIVE] == kernel.backend[TRANSMIT], "  both queues alike");
	return kernel.backend[RECEIVE] == wire[1];
}

static u64 offered_to_guest(void)
{
	u64 low;

	put(COMMON(device_feature_select), 4, 0);
	low = get(COMMON(device_feature), 4);
	put(COMMON(device_feature_select), 4, 1);
	return get(COMMON(device_feature), 4) << 32 | low;
}

static void test_net(void)
{
	char byte;

	begin_net(NET_KERNEL);
	check(kernel.owned && kernel.regions == 1 && kernel.region.guest_phys_addr == BANK &&
	      kernel.region.memory_size == BANK_SIZE, "the kernel has the bank alone");
	check_number((long long)offered_to_guest(), OFFERED,
		     "the guest is offered what both can do");
	check(!kernel.carrier, "root's interface has no carrier without a driver");
	drive(0, CHECKSUMS | 1ULL << VIRTIO_NET_F_GUEST_TSO4 | 1ULL << VIRTIO_NET_F_MRG_RXBUF);
	check(is_served() && kernel.carrier == 1, "with one both work");
	check_number((long long)kernel.features, 1LL << VIRTIO_F_VERSION_1 |
		     1 << VIRTIO_NET_F_MRG_RXBUF, "  the kernel is told what is its own");
	check_number((long long)kernel.offload, TUN_F_CSUM | TUN_F_TSO4,
		     "  and the tap what the guest accepts");
	check(is_kicked(RECEIVE) && is_kicked(TRANSMIT), "  queues are looked at at once");
	put(bar + 0x3004, 2, 1);
	work();
	check(!is_kicked(RECEIVE) && is_kicked(TRANSMIT), "a notification is handed on");
	*(struct vring_desc *)memory(RING(RECEIVE)) =
		(struct vring_desc){ DATA, 2048, VRING_DESC_F_WRITE, 0 };
	((struct vring_avail *)memory(RING(RECEIVE) + 0x800))->idx = 1;
	send(wire[0], "frame", 5, 0);
	loop_once(0);
	check(recv(wire[1], &byte, 1, MSG_PEEK) == 1, "a frame is the kernel's");
	put(COMMON(device_status), 1, 0);
	check(!is_served() && kernel.backend[TRANSMIT] == -1, "after a reset nothing is served");
	check(!kernel.carrier && !kernel.offload, "  no carrier, and nothing is left open");
	check(recv(wire[1], &byte, 1, 0) == -1, "  what waited is lost");
	drive(0, CHECKSUMS | SEGMENTS);
	check_number((long long)kernel.offload, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6,
		     "the next driver accepts all");
	drive(0, 0);
	check(is_served() && !kernel.offload, "  and one nothing");
	end_net();
	begin_net(1ULL << VIRTIO_F_VERSION_1);
	check_number((long long)offered_to_guest(), NEEDED | CHECKSUMS | SEGMENTS |
		     1ULL << VIRTIO_NET_F_MAC, "a kernel without mergeable buffers");
	end_net();
}

static void test_bad_net(void)
{
	begin_net(NET_KERNEL);
	drive(1, 0);
	check(is_broken() && !is_served(), "a network's queue that is not enabled");
	drive(0, 0);
	check(!is_broken() && is_served(), "  a reset cures it");
	eventfd_write(kernel.error[TRANSMIT], 1);
	loop_once(0);
	check(is_broken() && !is_served(), "what the kernel finds against the rules");
	kernel.refused = TUNSETOFFLOAD;
	drive(0, SEGMENTS);
	check(is_broken(), "features of which the tap cannot have one without another");
	kernel.refused = VHOST_NET_SET_BACKEND;
	drive(0, 0);
	check(is_broken(), "a tap that is none");
	kernel.refused = 0;
	drive(0, 0);
	((struct vring_used *)memory(RING(TRANSMIT) + 0x1000))->idx = 5;
	kernel.owned = false;
	kernel.backend[RECEIVE] = kernel.backend[TRANSMIT] = -1;
	check_number(renew_net(), 0, "another process");
	window_resume(&window);
	work();
	check(kernel.owned && is_served(), "  has another device, which serves");
	check(kernel.base[TRANSMIT].num == 5 && !kernel.base[RECEIVE].num,
	      "  what was not given back yet");
	end_net();
}

static void test_net_alone(void)
{
	begin_wire(NET_KERNEL);
	check_number(virtio_net_use_kernel(&net, "/nowhere/vhost-net"), -1,
		     "a kernel without vhost-net");
	check(!net.device.served, "  serves nothing");
	check_number(virtio_net_add(&net, &bus, wire[1], "cell/0"), 0, "  a network without it");
	bar = get(ECAM + PCI_BASE_ADDRESS_0, 4);
	check_number((long long)offered_to_guest(), NEEDED | 1ULL << VIRTIO_NET_F_MAC,
		     "  where frames are whole");
	end_wire();
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
	test_net();
	test_bad_net();
	test_net_alone();
	free(bank);
	return fixture_end();
}
