// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * The manager. An entry of its table is a name, or a channel on its way to being
 * open; what its two sides have to be told is noted there and sent when there is
 * room, so that a peer that never reads keeps nobody else from anything. A peer's
 * request is taken only when there is room for its answer.
 */

#include <libcell/channeld.h>

#include "wire.h"

enum {
	FREE,
	NAME,		/* side a listens */
	WAITING,	/* a has connected; nobody listens */
	OFFERED,	/* the listener was asked */
	STOPPING,	/* accepted; a was told to hold nothing more */
	PASSING,	/* what was held goes to b */
	OPEN,
	DONE,		/* but for what its sides have to be told */
};

static const char relay_name[] = "*";	/* any that nobody listens to */

/* Lists of entries hold their index + 1, 0 at the end. */

static u16 *bucket_of_asker(struct channeld *d, u32 peer, u32 handle)
{
	return &d->askers[(handle ^ handle >> 16 ^ peer * 37) % CHANNELD_BUCKETS];
}

static u16 *bucket_of_name(struct channeld *d, const char *name)
{
	u32 hash = 0;

	for (; *name; name++)
		hash = hash * 31 + (u8)*name;
	return &d->names[hash % CHANNELD_BUCKETS];
}

static void enlist(struct channeld *d, struct channeld_entry *e)
{
	u16 number = (u16)(e - d->entries + 1);
	u16 *head = bucket_of_asker(d, e->a.peer, e->a.handle);

	e->next = *head;
	*head = number;
	e->named = e->state == NAME;
	if (!e->named)
		return;
	head = bucket_of_name(d, e->name);
	e->next_name = *head;
	*head = number;
}

static void delist(struct channeld *d, struct channeld_entry *e)
{
	u16 number = (u16)(e - d->entries + 1);
	u16 *at = bucket_of_asker(d, e->a.peer, e->a.handle);

	while (*at != number)
		at = &d->entries[*at - 1].next;
	*at = e->next;
	if (!e->named)
		return;
	at = bucket_of_name(d, e->name);
	while (*at != number)
		at = &d->entries[*at - 1].next_name;
	*at = e->next_name;
}

static struct channeld_entry *entry_new(struct channeld *d, u32 from,
					const struct wire_control *m, u32 state)
{
	struct channeld_peer *peer = &d->peers[from];
	struct channeld_entry *e;

	if (peer->entries == d->share) {
		d->stats.refused++;
		return NULL;
	}
	/* there is one: all shares together are not more than the table */
	e = d->entries + d->free - 1;
	d->free = e->next;
	peer->entries++;
	*e = (struct channeld_entry){
		.state = state,
		.ticket = handle_make(&d->generation, (u32)(e - d->entries)),
		.waits = m->value,
		.a = { .peer = from, .handle = m->handle, .window = m->window,
		       .there = true },
	};
	name_copy(e->name, m->name);
	enlist(d, e);
	return e;
}

static void forget_held(struct channeld *d, struct channeld_entry *e)
{
	while (e->held.first) {
		queue_drop(&d->pool, &e->held);
		d->stats.lost++;
	}
	d->pool.left += e->quota;
	d->peers[e->a.peer].promised -= e->quota;
	e->quota = 0;
}

static void entry_free(struct channeld *d, struct channeld_entry *e)
{
	forget_held(d, e);
	for (u32 n = 0; n < CHANNELD_UPSTREAMS; n++)
		if (e->upstreams[n])
			channel_close(e->upstreams[n]);
	if (d->relay == e)
		d->relay = NULL;
	d->peers[e->a.peer].entries--;
	delist(d, e);
	e->state = FREE;
	e->next = d->free;
	d->free = (u16)(e - d->entries + 1);
}

static struct channeld_entry *find_name(struct channeld *d, const char *name)
{
	struct channeld_entry *e;

	for (u16 n = *bucket_of_name(d, name); n; n = e->next_name) {
		e = d->entries + n - 1;
		if (e->state == NAME && name_equal(e->name, name))
			return e;
	}
	return NULL;
}

bool name_is_known(struct channeld *d, const char *name)
{
	return find_name(d, name);
}

static struct channeld_entry *find_ticket(struct channeld *d, u32 from, u32 ticket)
{
	struct channeld_entry *e = d->entries + handle_index(ticket);

	return handle_index(ticket) < d->num_entries && e->state == OFFERED &&
	       e->ticket == ticket && e->b.peer == from && !e->b.owes ? e : NULL;
}

static bool is_side(const struct channeld_side *side, u32 peer, u32 handle)
{
	return side->there && side->peer == peer && side->handle == handle;
}

static struct channeld_entry *find_asker(struct channeld *d, u32 from, u32 handle)
{
	struct channeld_entry *e;

	for (u16 n = *bucket_of_asker(d, from, handle); n; n = e->next) {
		e = d->entries + n - 1;
		if (is_side(&e->a, from, handle))
			return e;
	}
	return NULL;
}

static void owe(struct channeld *d, struct channeld_side *side, u32 type, int reason)
{
	side->owes = type;
	side->reason = reason;
	d->debts = true;
}

static void done(struct channeld *d, struct channeld_entry *e)
{
	forget_held(d, e);
	e->state = DONE;
	d->debts = true;
}

static void offer(struct channeld *d, struct channeld_entry *e,
		  const struct channeld_entry *name)
{
	e->state = OFFERED;
	e->b = (struct channeld_side){
		.peer = name->a.peer, .handle = name->a.handle,
	};
	owe(d, &e->b, WIRE_INCOMING, 0);
}

/* Nobody listens: what is sent is held, as far as the peer's share of blocks goes. */
static void let_wait(struct channeld *d, struct channeld_entry *e)
{
	struct channeld_peer *peer = &d->peers[e->a.peer];
	u32 left = d->share_blocks - peer->promised;

	e->state = WAITING;
	if (e->told || !e->a.there)
		return;
	e->told = true;
	e->quota = left < CHANNEL_HOLD ? left : CHANNEL_HOLD;
	peer->promised += e->quota;
	d->pool.left -= e->quota;
	owe(d, &e->a, WIRE_WAIT, 0);
}

/* The connector of an offered entry has gone: the listener forgets it. */
static void withdraw(struct channeld *d, struct channeld_entry *e)
{
	/* if it was not told yet, it need not be */
	e->b.owes = e->b.owes == WIRE_INCOMING ? 0 : WIRE_WITHDRAWN;
	e->a.owes = 0;
	e->a.there = false;
	done(d, e);
}

static void refuse(struct channeld *d, struct channeld_entry *e, int reason)
{
	e->b.owes = 0;
	if (e->a.there)
		owe(d, &e->a, WIRE_CLOSED, reason);
	done(d, e);
}

/* Those that were offered to who has this name. */
static void take_back(struct channeld *d, const struct channeld_entry *name)
{
	struct channeld_entry *e = d->entries;

	for (; e < d->entries + d->num_entries; e++) {
		if (e->state != OFFERED || e->b.peer != name->a.peer ||
		    e->b.handle != name->a.handle)
			continue;
		e->b.owes = 0;
		if (e->waits)
			let_wait(d, e);
		else
			refuse(d, e, -ECONNREFUSED);
	}
}

static void name_gone(struct channeld *d, struct channeld_entry *name)
{
	take_back(d, name);
	entry_free(d, name);
}

bool is_foreign_name(const struct channeld *d, const struct channeld_entry *e)
{
	return e->state == NAME && e->a.peer != d->link->id;
}

void name_confirmed(struct channeld *d, struct channeld_entry *name)
{
	if (!name->told)
		owe(d, &name->a, WIRE_LISTENING, 0);
	name->told = true;
}

void name_refused(struct channeld *d, struct channeld_entry *name, int reason)
{
	take_back(d, name);
	owe(d, &name->a, WIRE_CLOSED, reason);
	done(d, name);
}

static void answer(struct channeld *d, u32 peer, u32 type, u32 handle, int reason)
{
	struct wire_control *m;
	void *room;

	/* poll_peer() has seen that there is room */
	if (duplex_reserve(&d->peers[peer].control, &room, sizeof(*m)))
		return;
	m = room;
	*m = (struct wire_control){
		.type = type, .handle = handle, .value = WIRE_VERSION,
		.reason = reason,
	};
	libcell_bytes_commit(&d->peers[peer].control.out, sizeof(*m));
}

/* A peer's life */

static void asker_gone(struct channeld *d, struct channeld_entry *e, u32 peer)
{
	if (e->a.peer != peer || !e->a.there)
		return;
	e->a.owes = 0;
	switch (e->state) {
	case NAME:
		name_gone(d, e);
		break;
	case WAITING:
		entry_free(d, e);
		break;
	case OFFERED:
		withdraw(d, e);
		break;
	case STOPPING:
	case PASSING:
		e->a.there = false;
		owe(d, &e->b, WIRE_CLOSED, -ECONNRESET);
		done(d, e);
		break;
	case OPEN:
		e->a.there = false;
		if (e->b.there)
			owe(d, &e->b, WIRE_CLOSED, -ECONNRESET);
		d->debts = true;
		break;
	}
}

static void acceptor_gone(struct channeld *d, struct channeld_entry *e, u32 peer)
{
	if (e->state < STOPPING || e->b.peer != peer)
		return;
	e->b.owes = 0;
	if (e->state == DONE)
		return;
	e->b.there = false;
	if (e->state != OPEN || e->a.owes == WIRE_OPENED) {
		if (e->a.there)
			owe(d, &e->a, WIRE_CLOSED, -ECONNRESET);
		done(d, e);
	}
	d->debts = true;
}

static void peer_gone(struct channeld *d, u32 peer)
{
	struct channeld_entry *e = d->entries;

	d->peers[peer].greeted = false;
	for (; e < d->entries + d->num_entries; e++) {
		asker_gone(d, e, peer);
		acceptor_gone(d, e, peer);
	}
}

/* Requests */

static void hello(struct channeld *d, u32 from, const struct wire_control *m)
{
	struct channeld_peer *peer = &d->peers[from];

	if (peer->greeted)
		peer_gone(d, from);
	peer->greeted = m->value == WIRE_VERSION;
	if (peer->greeted)
		answer(d, from, WIRE_WELCOME, 0, 0);
	else
		answer(d, from, WIRE_CLOSED, 0, -EPROTONOSUPPORT);
}

static int listen_to(struct channeld *d, u32 from, const struct wire_control *m)
{
	struct channeld_entry *name, *e = d->entries;

	if (find_name(d, m->name))
		return -EADDRINUSE;
	name = entry_new(d, from, m, NAME);
	if (!name)
		return -ENFILE;
	name->told = !d->relay;
	if (name->told)
		answer(d, from, WIRE_LISTENING, m->handle, 0);
	if (name_equal(name->name, relay_name))
		d->relay = name;
	for (; e < d->entries + d->num_entries; e++) {
		if (e->state != WAITING ||
		    (d->relay != name && !name_equal(e->name, name->name)))
			continue;
		if (e->a.peer == from)
			refuse(d, e, -ELOOP);
		else
			offer(d, e, name);
	}
	return 0;
}

static int connect_to(struct channeld *d, u32 from, const struct wire_control *m)
{
	struct channeld_entry *name = find_name(d, m->name), *e;

	if (name && name->a.peer == from)
		return -ELOOP;
	if (!name && from != d->link->id)
		name = d->relay;
	if (!name && !m->value)
		return -ENOENT;
	if (m->window < CHANNEL_HOLD || m->window > 0xffff)
		return -EINVAL;
	e = entry_new(d, from, m, WAITING);
	if (!e)
		return -ENFILE;
	if (!name || (name == d->relay && e->waits))
		let_wait(d, e);
	if (name)
		offer(d, e, name);
	return 0;
}

static int accept_one(struct channeld *d, u32 from, const struct wire_control *m)
{
	struct channeld_entry *e = find_ticket(d, from, m->other);

	if (!e || m->window < CHANNEL_HOLD || m->window > 0xffff)
		return -ECONNRESET;
	e->b.handle = m->handle;
	e->b.window = m->window;
	e->b.there = true;
	e->state = PASSING;
	d->debts = true;
	if (e->a.owes == WIRE_WAIT) {
		e->a.owes = 0;		/* it need not know any more */
	} else if (e->told && e->a.there) {
		/* it may be holding right now: that comes before its answer */
		e->state = STOPPING;
		owe(d, &e->a, WIRE_STOP, 0);
	}
	return 0;
}

static void hold(struct channeld *d, u32 from, const struct wire_control *m,
		 const void *message, u32 length)
{
	struct channeld_entry *e = find_asker(d, from, m->handle);

	if (!e || e->state < WAITING || e->state > STOPPING) {
		d->stats.lost++;	/* its sender was told that it is closed */
		return;
	}
	if (blocks_of(length) > CHANNEL_HOLD / 2 ||
	    blocks_of(length) + e->held.blocks > e->quota) {
		d->stats.violations++;
		asker_gone(d, e, from);
		return;
	}
	queue_put(&d->pool, &e->held, message, length);
	d->stats.held++;
}

static void ready(struct channeld *d, u32 from, const struct wire_control *m)
{
	struct channeld_entry *e = find_asker(d, from, m->handle);

	if (e && e->state == STOPPING && !e->a.owes)
		e->state = PASSING;
	d->debts = true;
}

static void asker_closes(struct channeld *d, struct channeld_entry *e)
{
	e->a.there = false;
	e->a.owes = 0;
	if (e->state == NAME) {
		name_gone(d, e);
	} else if (e->state == OPEN) {
		if (e->b.there)
			owe(d, &e->b, WIRE_CLOSED, -EPIPE);
	} else if (e->state == STOPPING) {
		e->state = PASSING;
	} else if (!e->held.first && e->state == WAITING) {
		entry_free(d, e);
	} else if (!e->held.first && e->state == OFFERED) {
		withdraw(d, e);
	}
	d->debts = true;
}

static void acceptor_closes(struct channeld *d, struct channeld_entry *e)
{
	e->b.there = false;
	e->b.owes = 0;
	d->debts = true;
	if (e->state == OPEN && e->a.owes != WIRE_OPENED)
		return;
	if (e->a.there)
		owe(d, &e->a, WIRE_CLOSED, -EPIPE);
	done(d, e);
}

static void close_one(struct channeld *d, u32 from, const struct wire_control *m)
{
	struct channeld_entry *e = find_asker(d, from, m->handle);

	if (e) {
		asker_closes(d, e);
		return;
	}
	for (e = d->entries; e < d->entries + d->num_entries; e++)
		if (e->state >= STOPPING && is_side(&e->b, from, m->handle)) {
			acceptor_closes(d, e);
			return;
		}
}

static bool is_other_half(const struct channeld_entry *e, u32 from,
			  const struct wire_control *m)
{
	return e->state == OPEN && !e->b.there && e->a.there &&
	       e->b.peer == from && e->b.handle == m->handle &&
	       is_side(&e->a, m->peer, m->other);
}

/* A channel that was opened by the last manager: both sides tell of it. */
static void have(struct channeld *d, u32 from, const struct wire_control *m)
{
	struct channeld_entry *e = d->entries;

	for (; e < d->entries + d->num_entries; e++)
		if (is_other_half(e, from, m)) {
			e->b.there = true;
			return;
		}
	if (m->peer >= d->link->max_peers || m->peer == from ||
	    m->peer == d->link->id) {
		d->stats.violations++;
		return;
	}
	e = entry_new(d, from, m, OPEN);
	if (e)
		e->b = (struct channeld_side){ .peer = m->peer, .handle = m->other };
}

static void refuse_one(struct channeld *d, u32 from, const struct wire_control *m)
{
	struct channeld_entry *e = find_ticket(d, from, m->other);

	struct channeld_entry *name = e ? find_name(d, e->name) : NULL;

	if (!e)
		return;
	/* somebody listens since the relay was asked */
	if (name && d->relay && e->b.handle == d->relay->a.handle && name->a.peer != e->a.peer)
		offer(d, e, name);
	else
		refuse(d, e, m->reason < 0 ? m->reason : -ECONNREFUSED);
}

/* Those that name something, and may be refused. */
static int named_request(struct channeld *d, u32 from, const struct wire_control *m)
{
	bool is_relay = from == d->link->id && m->type == WIRE_LISTEN &&
			name_equal(m->name, relay_name);
	int ret = is_relay ? 0 : name_check(m->name);

	if (!ret && (!m->handle || find_asker(d, from, m->handle)))
		ret = -EINVAL;
	if (ret) {
		d->stats.violations++;
		return ret;
	}
	return m->type == WIRE_LISTEN ? listen_to(d, from, m) :
					connect_to(d, from, m);
}

static void handle(struct channeld *d, u32 from, const struct wire_control *m,
		   const void *payload, u32 length)
{
	int ret = 0;

	d->stats.requests++;
	if (m->type == WIRE_HELLO)
		hello(d, from, m);
	else if (!d->peers[from].greeted)
		d->stats.violations++;
	else if (m->type == WIRE_LISTEN || m->type == WIRE_CONNECT)
		ret = named_request(d, from, m);
	else if (m->type == WIRE_ACCEPT)
		ret = accept_one(d, from, m);
	else if (m->type == WIRE_REFUSE)
		refuse_one(d, from, m);
	else if (m->type == WIRE_HOLD)
		hold(d, from, m, payload, length);
	else if (m->type == WIRE_READY)
		ready(d, from, m);
	else if (m->type == WIRE_CLOSE)
		close_one(d, from, m);
	else if (m->type == WIRE_HAVE && !name_check(m->name))
		have(d, from, m);
	else
		d->stats.violations++;
	if (ret)
		answer(d, from, WIRE_CLOSED, m->handle, ret);
}

static u32 poll_peer(struct channeld *d, u32 peer)
{
	struct channel_duplex *control = &d->peers[peer].control;
	const void *message;
	struct wire_control m;
	u32 length, n;
	void *room;
	int ret;

	for (n = 0; n < WIRE_BURST; n++) {
		ret = duplex_peek(control, &message, &length);
		if (!ret)
			ret = duplex_reserve(control, &room, sizeof(m));
		if (ret == -ECONNRESET) {
			peer_gone(d, peer);
			continue;
		}
		if (ret)
			break;
		if (length < sizeof(m)) {
			d->stats.violations++;
		} else {
			memcpy(&m, message, sizeof(m));
			handle(d, peer, &m, (const u8 *)message + sizeof(m),
			       length - (u32)sizeof(m));
		}
		if (libcell_bytes_release(&control->in, length))
			peer_gone(d, peer);
	}
	return n;
}

/* Debts */

static int tell(struct channeld *d, u32 to, const struct wire_control *m,
		const struct channel_queue *message)
{
	struct channeld_peer *peer = &d->peers[to];
	u32 length = message ? message->first->length : 0;
	void *room;
	int ret;

	if (!peer->greeted)
		return 0;	/* it has gone, and what it had to know with it */
	ret = duplex_reserve(&peer->control, &room, (u32)sizeof(*m) + length);
	if (ret == -ECONNRESET)
		peer_gone(d, to);
	if (ret)
		return ret;
	memcpy(room, m, sizeof(*m));
	if (message)
		queue_copy(message, (struct wire_control *)room + 1);
	return libcell_bytes_commit(&peer->control.out, (u32)sizeof(*m) + length);
}

static void tell_a(struct channeld *d, struct channeld_entry *e)
{
	const struct wire_control m = {
		.type = e->a.owes, .handle = e->a.handle, .reason = e->a.reason,
		.peer = e->b.peer, .other = e->b.handle, .window = e->b.window,
		.value = e->quota,
	};

	if (m.type && !tell(d, e->a.peer, &m, NULL)) {
		e->a.owes = 0;
		d->stats.opened += m.type == WIRE_OPENED;
	}
}

static void tell_b(struct channeld *d, struct channeld_entry *e)
{
	struct wire_control m = {
		.type = e->b.owes, .handle = e->b.handle, .reason = e->b.reason,
		.peer = e->a.peer, .other = e->ticket, .window = e->a.window,
		.value = e->a.handle, .waits = e->waits,
	};

	name_copy(m.name, e->name);
	if (m.type && !tell(d, e->b.peer, &m, NULL))
		e->b.owes = 0;
}

/* What was held, in order; then the connector may go on, if it is there. */
static void pass(struct channeld *d, struct channeld_entry *e)
{
	const struct wire_control m = { .type = WIRE_HELD, .handle = e->b.handle };

	while (e->state == PASSING && e->held.first) {
		if (tell(d, e->b.peer, &m, &e->held))
			return;
		queue_drop(&d->pool, &e->held);
	}
	if (e->state != PASSING)
		return;
	forget_held(d, e);
	e->state = OPEN;
	if (e->a.there)
		owe(d, &e->a, WIRE_OPENED, 0);
	else
		owe(d, &e->b, WIRE_CLOSED, -EPIPE);
}

static void pay(struct channeld *d)
{
	struct channeld_entry *e = d->entries;
	bool owing = false;

	if (!d->debts)
		return;
	d->debts = false;
	for (; e < d->entries + d->num_entries; e++) {
		if (e->state == FREE)
			continue;
		if (e->state == PASSING)
			pass(d, e);
		tell_a(d, e);
		tell_b(d, e);
		owing |= e->state == PASSING || e->a.owes || e->b.owes;
		if (!e->a.owes && !e->b.owes &&
		    (e->state == DONE ||
		     (e->state == OPEN && !e->a.there && !e->b.there)))
			entry_free(d, e);
	}
	d->debts |= owing;
}

static bool has_control(const struct channeld *d, u32 peer)
{
	return peer != d->link->id || d->own;
}

u32 channeld_poll(struct channeld *d)
{
	u32 handled = 0, peer;

	for (peer = 0; peer < d->link->max_peers; peer++)
		if (has_control(d, peer))
			handled += poll_peer(d, peer);
	pay(d);
	return handled;
}

bool channeld_arm(struct channeld *d)
{
	bool idle = true;
	u32 peer;

	for (peer = 0; peer < d->link->max_peers; peer++)
		if (has_control(d, peer))
			idle &= duplex_arm(&d->peers[peer].control);
	return idle;
}

int channeld_open(struct channeld *d, struct libcell_link *link,
		  const struct channeld_setup *setup)
{
	u32 others = link->max_peers - !setup->own;
	int ret = 0;

	if (setup->num_entries < others || setup->num_entries > 0xffff)
		return -EINVAL;
	*d = (struct channeld){
		.link = link, .own = setup->own, .entries = setup->entries,
		.num_entries = setup->num_entries,
		.share = setup->num_entries / others,
		.share_blocks = setup->num_blocks / others,
		.generation = (u32)link->ops->now_us(link),
	};
	for (u32 n = 0; n < d->num_entries; n++) {
		d->entries[n].state = FREE;
		d->entries[n].next = (u16)(n + 2 <= d->num_entries ? n + 2 : 0);
	}
	d->free = 1;
	pool_init(&d->pool, setup->blocks, setup->num_blocks);
	for (u32 peer = 0; peer < link->max_peers && !ret; peer++)
		if (has_control(d, peer))
			ret = duplex_open(&d->peers[peer].control, link, &(struct duplex_setup){
				.peer = peer, .out = peer == link->id ? WIRE_SELF : WIRE_CONTROL,
				.in = WIRE_CONTROL, .type = WIRE_CONTROL_TYPE,
				.bytes = CHANNEL_CONTROL });
	return ret;
}
