// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "port.h"

static struct libcell_header *own_header(const struct libcell_link *link)
{
	return link->output;
}

static u32 max_ports(const struct libcell_link *link)
{
	return (u32)((link->output_size - sizeof(struct libcell_header)) /
		     sizeof(struct libcell_port));
}

/* Ends all sessions of an earlier life: its ports must not look valid. */
static void forget_ports(struct libcell_link *link)
{
	struct libcell_header *header = own_header(link);
	struct libcell_port *port = (struct libcell_port *)(header + 1);
	u32 count = header->num_ports;

	store(&header->magic, 0);
	if (count > max_ports(link))
		count = max_ports(link);
	for (; count; count--, port++)
		store(&port->generation, 0);
	/*
	 * Whoever sees anything that is written from here on sees the
	 * generations gone too.
	 */
	fence_release();
}

int libcell_attach(struct libcell_link *link)
{
	struct libcell_header *header = own_header(link);

	if (link->max_peers < IVSHMEM_MIN_PEERS ||
	    link->max_peers > IVSHMEM_MAX_PEERS || link->id >= link->max_peers ||
	    link->output_size < sizeof(*header) + sizeof(struct libcell_port))
		return -EINVAL;

	forget_ports(link);
	store(&header->num_ports, 0);
	store(&header->version, LIBCELL_VERSION);
	/* The magic says that the rest of the header can be read. */
	store_release(&header->magic, LIBCELL_MAGIC);
	link->data = link->output_size;
	link->stats = (struct libcell_link_stats){ 0 };
	link->ops->set_state(link, LIBCELL_STATE_READY);
	return 0;
}

void libcell_detach(struct libcell_link *link)
{
	/* The ports stay: peers may still take what was sent. */
	link->ops->set_state(link, IVSHMEM_STATE_RESET);
}

u32 libcell_peer_state(const struct libcell_link *link, u32 peer)
{
	return peer < link->max_peers ? load(&link->states[peer]) :
					IVSHMEM_STATE_RESET;
}

int libcell_wait(struct libcell_link *link, u32 seen, u64 timeout_us)
{
	__atomic_add_fetch(&link->stats.waits, 1, __ATOMIC_RELAXED);
	return link->ops->wait(link, seen, timeout_us);
}

static size_t round_up(size_t value, size_t to)
{
	return (value + to - 1) / to * to;
}

static size_t ports_end(const struct libcell_link *link)
{
	return sizeof(struct libcell_header) +
	       own_header(link)->num_ports * sizeof(struct libcell_port);
}

size_t section_left(const struct libcell_link *link)
{
	return link->data - ports_end(link);
}

int section_take(struct libcell_link *link, u32 more_ports, u64 bytes)
{
	size_t ports = ports_end(link) + more_ports * sizeof(struct libcell_port);

	if (bytes > link->data || ports > link->data ||
	    round_up((size_t)bytes, sizeof(struct libcell_header)) > link->data - ports)
		return -ENOMEM;
	link->data -= round_up((size_t)bytes, sizeof(struct libcell_header));
	return 0;
}

int port_open(struct libcell_end *end, struct libcell_link *link, u32 kind,
	      u32 peer, const struct libcell_ring *ring, u64 bytes)
{
	struct libcell_header *header = own_header(link);
	u32 number = header->num_ports;
	struct libcell_port *port = (struct libcell_port *)(header + 1) + number;

	if (peer >= link->max_peers ||
	    (peer == link->id && ring->channel < LIBCELL_OWN_CHANNELS))
		return -EINVAL;
	if (section_take(link, 1, bytes))
		return -ENOMEM;

	*end = (struct libcell_end){
		.link = link, .own = port, .peer = peer,
		.channel = ring->channel, .kind = kind,
	};
	store(&port->generation, 0);
	store(&port->kind, kind);
	store(&port->peer, peer);
	store(&port->channel, ring->channel);
	store(&port->type, ring->type);
	store(&port->element_size, ring->element_size);
	store(&port->count, ring->count);
	store(&port->data, link->data);
	store(&port->peer_generation, 0);
	store(&port->index, 0);
	store(&port->event, ~0ULL);
	/* Whoever counts the port sees that it has no generation yet. */
	store_release(&header->num_ports, number + 1);
	return 0;
}

static u32 next_generation(struct libcell_end *end)
{
	u32 *last = &own_header(end->link)->generation;
	u32 next;

	/* It counts on from life to life; 0 is none. */
	do
		next = __atomic_add_fetch(last, 1, __ATOMIC_RELAXED);
	while (!next);
	return next;
}

void port_renew(struct libcell_end *end, u64 start, u32 peer_generation)
{
	struct libcell_port *port = end->own;

	store(&port->generation, 0);
	/*
	 * Whoever sees a value that is written from here on, and looks at the
	 * generation after that, sees that the old one is gone.
	 */
	fence_release();
	store(&port->start, start);
	store(&port->peer_generation, peer_generation);
	store(&port->event, start - 1);
	end->generation = next_generation(end);
	/* Whoever sees the generation sees all that goes with it. */
	store_release(&port->generation, end->generation);
}

static bool port_read(const struct libcell_end *end,
		      const struct libcell_port *port, u32 kind,
		      struct libcell_view *view)
{
	u32 generation = load_acquire(&port->generation);

	if (!generation || load(&port->kind) != kind ||
	    load(&port->peer) != end->link->id ||
	    load(&port->channel) != end->channel)
		return false;
	*view = (struct libcell_view){
		.port = port,
		.generation = generation,
		.peer_generation = load(&port->peer_generation),
		.type = load(&port->type),
		.element_size = load(&port->element_size),
		.count = load(&port->count),
		.data = load(&port->data),
		.start = load(&port->start),
	};
	/* All of the above was read before the generation is looked at again. */
	fence_acquire();
	return load(&port->generation) == generation;
}

int port_find(const struct libcell_end *end, struct libcell_view *view)
{
	const struct libcell_link *link = end->link;
	const struct libcell_header *header = (const void *)
		((const u8 *)link->outputs + end->peer * link->output_size);
	const struct libcell_port *port = (const void *)(header + 1);
	u32 kind = end->kind == LIBCELL_PRODUCER ? LIBCELL_CONSUMER :
						   LIBCELL_PRODUCER;
	u32 count;

	/* Pairs with attach: after the magic there is a header. */
	if (libcell_peer_state(link, end->peer) == IVSHMEM_STATE_RESET ||
	    load_acquire(&header->magic) != LIBCELL_MAGIC)
		return -ENOTCONN;
	if (load(&header->version) != LIBCELL_VERSION)
		return -EPROTONOSUPPORT;
	/* Pairs with port_open(): the ports that are counted are set up. */
	count = load_acquire(&header->num_ports);
	if (count > max_ports(link))
		count = max_ports(link);
	for (; count; count--, port++)
		if (port_read(end, port, kind, view))
			return 0;
	return -ENOTCONN;
}

int libcell_find_peer(const struct libcell_link *link, u32 peer, u32 channel)
{
	struct libcell_end end = {
		.link = (struct libcell_link *)link, .peer = peer,
		.channel = channel, .kind = LIBCELL_PRODUCER,
	};
	struct libcell_view view;

	if (peer >= link->max_peers || peer == link->id)
		return -EINVAL;
	return port_find(&end, &view);
}

void end_doorbell(struct libcell_end *end)
{
	struct libcell_link *link = end->link;

	/* who looks at both ends needs no doorbell */
	if (end->peer == link->id)
		return;
	__atomic_add_fetch(&link->stats.doorbells, 1, __ATOMIC_RELAXED);
	link->ops->doorbell(link, end->peer);
}

int end_down(struct libcell_end *end)
{
	__atomic_add_fetch(&end->link->stats.resets, 1, __ATOMIC_RELAXED);
	end->up = false;
	store(&end->bound, 0);
	if (end->kind == LIBCELL_CONSUMER) {
		/* asks for a session that nothing was read of yet */
		port_renew(end, 0, 0);
		end_doorbell(end);
	}
	return -ECONNRESET;
}

int end_violated(struct libcell_end *end)
{
	/* What looked wrong was read before this look at the generation. */
	fence_acquire();
	if (load(&end->other->generation) != end->bound)
		return end_down(end);
	__atomic_add_fetch(&end->link->stats.violations, 1, __ATOMIC_RELAXED);
	end->up = false;
	end->error = -EPROTO;
	return end->error;
}

void end_notify(struct libcell_end *end, u64 old, u64 index)
{
	u64 event, *suppressed = &end->link->stats.suppressed;

	/*
	 * The index is visible before the event is read, as in arm the event
	 * is visible before the index is read: one side sees the other's, so a
	 * sleeper always has its doorbell.
	 */
	fence_full();
	event = load(&load(&end->other)->event);
	if (index - event - 1 < index - old)
		end_doorbell(end);
	else
		store(suppressed, load(suppressed) + 1);
}

void end_publish(struct libcell_end *end, u64 old, u64 index)
{
	/*
	 * Producer: the elements are written before the other end can see the
	 * index. Consumer: they are read before they can be overwritten.
	 */
	store_release(&end->own->index, index);
	end_notify(end, old, index);
}

bool end_arm(struct libcell_end *end, bool up, u64 index)
{
	u64 *event = &end->own->event, armed = load(event);

	if (!up)
		return !load(&end->error);
	/* A thread of ours that sleeps until a later index keeps its doorbell. */
	while ((s64)(index - armed) > 0 &&
	       !__atomic_compare_exchange_n(event, &armed, index, false,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
	/* The event is visible before the index is read: see end_notify(). */
	fence_full();
	return load(&load(&end->other)->index) == index && end_stands(end);
}

u64 deadline_of(struct libcell_link *link, u64 timeout_us)
{
	u64 now = link->ops->now_us(link);

	return timeout_us > ~now ? LIBCELL_FOREVER : now + timeout_us;
}

u64 time_left(struct libcell_link *link, u64 deadline)
{
	u64 now;

	if (deadline == LIBCELL_FOREVER)
		return LIBCELL_FOREVER;
	now = link->ops->now_us(link);
	return now < deadline ? deadline - now : 0;
}

static int wait_until(struct libcell_link *link, u32 seen, u64 deadline)
{
	u64 left = time_left(link, deadline);

	return left ? libcell_wait(link, seen, left) : -ETIMEDOUT;
}

bool end_pause(struct libcell_end *end, struct libcell_pause *pause, bool up,
	       u64 index, int *ret)
{
	struct libcell_link *link = end->link;
	int error = 0;

	if (!is_waiting(*ret) && *ret != -EBUSY)
		return false;
	if (!pause->timeout_us) {
		error = -ETIMEDOUT;
	} else if (!pause->begun) {
		pause->begun = true;
		pause->deadline = deadline_of(link, pause->timeout_us);
	} else if (pause->looks < link->looks) {
		pause->looks++;
		relax();
	} else if (*ret != -EBUSY && end_arm(end, up, index)) {
		error = wait_until(link, pause->seen, pause->deadline);
	} else {
		/*
		 * There is something now; or a thread of ours is busy, and no
		 * doorbell says when it is done. Not without an end, either.
		 */
		relax();
		error = time_left(link, pause->deadline) ? 0 : -ETIMEDOUT;
	}
	if (error) {
		*ret = error;
		return false;
	}
	pause->seen = libcell_events(link);
	return true;
}
