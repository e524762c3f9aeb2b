// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * The manager. An entry of its table is a name, or a channel on its way to being
 * open; what its two sides have to be told is noted there and sent when there is
 * room, so that a peer that never reads keeps nobody else from anything. A peer's
 * request is taken only when there is room for its answer.
 */

#include "table.h"

static const char relay_name[] = "*";	/* any that nobody listens to */

bool name_is_known(struct channeld *d, const char *name)
{
	return find_name(d, name);
}

static void violated(struct channeld *d, u32 from)
{
	d->stats.violations++;
	d->peers[from].violations++;
}

static void owe(struct channeld *d, struct channeld_side *side, u32 type, int reason)
{
	side->owes = type;
	side->reason = reason;
	entry_settle(d, entry_of(d, side));
}

static void done(struct channeld *d, struct channeld_entry *e)
{
	forget_held(d, e);
	entry_is(d, e, DONE);
	entry_settle(d, e);
}

static void offer(struct channeld *d, struct channeld_entry *e, struct channeld_entry *name)
{
	entry_is(d, e, OFFERED);
	e->b.peer = name->a.peer;
	e->b.handle = name->a.handle;
	node_put(&name->offers, &e->b.of);
	owe(d, &e->b, WIRE_INCOMING, 0);
}

/* Nobody listens: what is sent is held, as far as the peer's share of blocks goes. */
static void let_wait(struct channeld *d, struct channeld_entry *e)
{
	struct channeld_peer *peer = &d->peers[e->a.peer];
	u32 left = d->share_blocks - peer->promised;

	entry_is(d, e, WAITING);
	if (e->told || !e->a.there) {
		entry_settle(d, e);
		return;
	}
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
	node_put(&d->peers[e->b.peer].sides, &e->b.of);
	e->a.owes = 0;
	e->a.there = false;
	done(d, e);
}

static void refuse(struct channeld *d, struct channeld_entry *e, int reason)
{
	node_drop(&e->b.of);
	e->b.owes = 0;
	e->a.owes = e->a.there ? WIRE_CLOSED : 0;
	e->a.reason = reason;
	done(d, e);
}

/* What was offered to who has this name. */
static void take_back(struct channeld *d, struct channeld_entry *name)
{
	while (!is_alone(&name->offers)) {
		struct channeld_node *first = name->offers.next;
		struct channeld_entry *e = entry_of(d, node_of(struct channeld_side, of, first));

		node_drop(first);
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

void name_confirmed(struct channeld *d, struct channeld_entry *name)
{
	if (!name->told)
		owe(d, &name->a, WIRE_LISTENING, 0);
	name->told = true;
}

void name_refused(struct channeld *d, struct channeld_entry *name, int reason)
{
	take_back(d, name);
	refuse(d, name, reason);
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

static void asker_gone(struct channeld *d, struct channeld_entry *e)
{
	if (!e->a.there && e->state != DONE)
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
		e->b.owes = WIRE_CLOSED;
		e->b.reason = -ECONNRESET;
		done(d, e);
		break;
	case OPEN:
		e->a.there = false;
		if (e->b.there)
			owe(d, &e->b, WIRE_CLOSED, -ECONNRESET);
		else
			entry_settle(d, e);
		break;
	case DONE:
		e->a.there = false;
		entry_settle(d, e);
		break;
	}
}

static void acceptor_gone(struct channeld *d, struct channeld_entry *e)
{
	e->b.owes = 0;
	e->b.there = false;
	if (e->state != DONE && (e->state != OPEN || e->a.owes == WIRE_OPENED)) {
		e->a.owes = e->a.there ? WIRE_CLOSED : 0;
		e->a.reason = -ECONNRESET;
		done(d, e);
		return;
	}
	entry_settle(d, e);
}

static void peer_gone(struct channeld *d, u32 peer)
{
	struct channeld_node *sides = &d->peers[peer].sides, *node, *next;

	d->peers[peer].greeted = false;
	/* an entry has one side of this peer: the next node is that of another */
	for (node = sides->next; node != sides; node = next) {
		struct channeld_side *side = node_of(struct channeld_side, of, node);
		struct channeld_entry *e = entry_of(d, side);

		next = node->next;
		if (side == &e->a)
			asker_gone(d, e);
		else
			acceptor_gone(d, e);
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

/* Those in a list of waiting ones that this name is for. */
static void offer_waiting(struct channeld *d, struct channeld_node *list,
			  struct channeld_entry *name)
{
	struct channeld_node *node, *next;

	for (node = list->next; node != list; node = next) {
		struct channeld_entry *e = node_of(struct channeld_entry, by_name, node);

		next = node->next;
		if (d->relay != name && !name_equal(e->name, name->name))
			continue;
		if (e->a.peer == name->a.peer)
			refuse(d, e, -ELOOP);
		else
			offer(d, e, name);
	}
}

static int listen_to(struct channeld *d, u32 from, const struct wire_control *m)
{
	struct channeld_entry *name;

	if (find_name(d, m->name))
		return -EADDRINUSE;
	name = entry_new(d, from, m, NAME);
	if (!name)
		return -ENFILE;
	name->told = !d->relay;
	if (name->told)
		answer(d, from, WIRE_LISTENING, m->handle, 0);
	if (!name_equal(name->name, relay_name)) {
		offer_waiting(d, waiting_for(d, name->name), name);
		return 0;
	}
	d->relay = name;
	for (u32 n = 0; n < CHANNELD_BUCKETS; n++)
		offer_waiting(d, &d->waiting[n], name);
	return 0;
}

static int connect_to(struct channeld *d, u32 from, const struct wire_control *m)
{
	struct channeld_entry *name = find_name(d, m->name), *e;

	if (name && name->a.peer == from)
		return -ELOOP;
	if (!name && from != d->link->id)
		name = d->relay;
	if (!name && !(m->value & 1))
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
	entry_accepted(d, e, m->handle);
	e->b.window = m->window;
	e->class = WIRE_CLASS(m->value);
	e->b.there = true;
	e->state = PASSING;
	if (e->a.owes == WIRE_WAIT) {
		e->a.owes = 0;		/* it need not know any more */
	} else if (e->told && e->a.there) {
		/* it may be holding right now: that comes before its answer */
		e->state = STOPPING;
		e->a.owes = WIRE_STOP;
	}
	entry_settle(d, e);
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
		violated(d, from);
		asker_gone(d, e);
		return;
	}
	queue_put(&d->pool, &e->held, message, length);
	d->stats.held++;
}

static void ready(struct channeld *d, u32 from, const struct wire_control *m)
{
	struct channeld_entry *e = find_asker(d, from, m->handle);

	if (!e || e->state != STOPPING || e->a.owes)
		return;
	e->state = PASSING;
	entry_settle(d, e);
}

static void asker_closes(struct channeld *d, struct channeld_entry *e)
{
	e->a.there = false;
	e->a.owes = 0;
	if (e->state == NAME) {
		name_gone(d, e);
		return;
	}
	if (!e->held.first && e->state == WAITING) {
		entry_free(d, e);
		return;
	}
	if (!e->held.first && e->state == OFFERED) {
		withdraw(d, e);
		return;
	}
	if (e->state == OPEN && e->b.there) {
		e->b.owes = WIRE_CLOSED;
		e->b.reason = -EPIPE;
	} else if (e->state == STOPPING) {
		e->state = PASSING;
	}
	entry_settle(d, e);
}

static void acceptor_closes(struct channeld *d, struct channeld_entry *e)
{
	e->b.there = false;
	e->b.owes = 0;
	if (e->state == OPEN && e->a.owes != WIRE_OPENED) {
		entry_settle(d, e);
		return;
	}
	if (e->a.there) {
		e->a.owes = WIRE_CLOSED;
		e->a.reason = -EPIPE;
	}
	done(d, e);
}

static void close_one(struct channeld *d, u32 from, const struct wire_control *m)
{
	struct channeld_side *side = find_side(d, from, m->handle);
	struct channeld_entry *e = side ? entry_of(d, side) : NULL;

	if (e && side == &e->a)
		asker_closes(d, e);
	else if (e)
		acceptor_closes(d, e);
}

/* A channel that was opened by the last manager: both sides tell of it. */
static void have(struct channeld *d, u32 from, const struct wire_control *m)
{
	struct channeld_entry *e = find_half(d, from, m);

	if (e) {
		e->b.there = true;
		return;
	}
	if (m->peer >= d->link->max_peers || m->peer == from ||
	    m->peer == d->link->id) {
		violated(d, from);
		return;
	}
	e = entry_new(d, from, m, OPEN);
	if (!e)
		return;
	e->b.peer = m->peer;
	entry_accepted(d, e, m->other);
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
		violated(d, from);
		return ret;
	}
	/* what its own program asks for with one system's peers, it was asked for elsewhere */
	if (d->may && !(d->one_system && from == d->link->id) &&
	    !d->may(d, from, m->name,
		    m->type == WIRE_LISTEN ? CHANNELD_LISTEN : CHANNELD_CONNECT)) {
		d->stats.denied++;
		d->peers[from].denied++;
		return -EACCES;
	}
	return m->type == WIRE_LISTEN ? listen_to(d, from, m) :
					connect_to(d, from, m);
}

static void list(struct channeld *d, u32 from, const struct wire_control *m)
{
	struct channel_duplex *control = &d->peers[from].control;
	struct wire_control answer = { .type = WIRE_ENTRY, .handle = m->handle };
	u32 length = sizeof(answer);
	struct channel_seen seen;
	bool found;
	void *room;

	answer.other = table_see(d, from, m->handle, m->value, &seen, &found);
	/* poll_peer() has seen that there is room */
	if (duplex_reserve(control, &room, (u32)(sizeof(answer) + sizeof(seen))))
		return;
	memcpy(room, &answer, sizeof(answer));
	if (found) {
		memcpy((struct wire_control *)room + 1, &seen, sizeof(seen));
		length += (u32)sizeof(seen);
	}
	libcell_bytes_commit(&control->out, length);
}

static void counted(struct channeld *d, u32 from, const struct wire_control *m,
		    const void *payload)
{
	struct channeld_side *side = find_side(d, from, m->handle);

	if (side)
		memcpy(&side->counts, payload, sizeof(side->counts));
}

static void handle(struct channeld *d, u32 from, const struct wire_control *m,
		   const void *payload, u32 length)
{
	int ret = 0;

	d->stats.requests++;
	d->peers[from].requests++;
	if (m->type == WIRE_HELLO)
		hello(d, from, m);
	else if (!d->peers[from].greeted)
		return;		/* what a life before has left */
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
	else if (m->type == WIRE_LIST)
		list(d, from, m);
	else if (m->type == WIRE_COUNTED && length == sizeof(struct channel_counts))
		counted(d, from, m, payload);
	else
		violated(d, from);
	if (ret)
		answer(d, from, WIRE_CLOSED, m->handle, ret);
}

static u32 answer_size(const struct wire_control *m)
{
	return m->type == WIRE_LIST ? sizeof(*m) + sizeof(struct channel_seen) : sizeof(*m);
}

static u32 poll_peer(struct channeld *d, u32 peer)
{
	struct channel_duplex *control = &d->peers[peer].control;
	struct wire_control m = { 0 };
	const void *message;
	u32 length, n;
	void *room;
	int ret;

	for (n = 0; n < WIRE_BURST; n++) {
		ret = duplex_peek(control, &message, &length);
		if (!ret) {
			if (length >= sizeof(m))
				memcpy(&m, message, sizeof(m));
			ret = duplex_reserve(control, &room, answer_size(&m));
			/* what it asked for before it went, without an answer */
			ret = ret == -ENOTCONN ? 0 : ret;
		}
		if (ret == -ECONNRESET) {
			peer_gone(d, peer);
			continue;
		}
		if (ret)
			break;
		if (length < sizeof(m))
			violated(d, peer);
		else
			handle(d, peer, &m, (const u8 *)message + sizeof(m),
			       length - (u32)sizeof(m));
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

static int ask_counts(struct channeld *d, struct channeld_side *side)
{
	const struct wire_control m = { .type = WIRE_COUNT, .handle = side->handle };
	int ret = tell(d, side->peer, &m, NULL);

	if (!ret)
		side->asked = false;
	return ret;
}

static int tell_a(struct channeld *d, struct channeld_entry *e)
{
	const struct wire_control m = {
		.type = e->a.owes, .handle = e->a.handle, .reason = e->a.reason,
		.peer = e->b.peer, .other = e->b.handle, .window = e->b.window,
		.value = e->a.owes == WIRE_OPENED ? WIRE_OPTIONS(0, e->class) : e->quota,
	};
	int ret = m.type ? tell(d, e->a.peer, &m, NULL) : ask_counts(d, &e->a);

	if (ret || !m.type)
		return ret;
	e->a.owes = 0;
	d->stats.opened += m.type == WIRE_OPENED;
	return 0;
}

/* What was held, in order; then the connector may go on, if it is there. */
static int pass(struct channeld *d, struct channeld_entry *e)
{
	const struct wire_control m = { .type = WIRE_HELD, .handle = e->b.handle };
	int ret;

	while (e->held.first) {
		ret = tell(d, e->b.peer, &m, &e->held);
		if (ret)
			return ret;
		queue_drop(&d->pool, &e->held);
	}
	forget_held(d, e);
	e->state = OPEN;
	if (e->a.there) {
		e->a.owes = WIRE_OPENED;
	} else {
		e->b.owes = WIRE_CLOSED;
		e->b.reason = -EPIPE;
	}
	return 0;
}

static int tell_b(struct channeld *d, struct channeld_entry *e)
{
	struct wire_control m = {
		.type = e->b.owes, .handle = e->b.handle, .reason = e->b.reason,
		.peer = e->a.peer, .other = e->ticket, .window = e->a.window,
		.value = e->a.handle, .waits = WIRE_OPTIONS(e->waits, e->class),
	};
	int ret;

	if (e->state == PASSING)
		return pass(d, e);
	if (!m.type)
		return ask_counts(d, &e->b);
	name_copy(m.name, e->name);
	ret = tell(d, e->b.peer, &m, NULL);
	if (!ret)
		e->b.owes = 0;
	return ret;
}

/* Until a peer knows all, or has no room. */
static void pay_peer(struct channeld *d, struct channeld_peer *peer)
{
	int ret = 0;

	/* of a peer that has gone in between, what it had to know goes as well */
	while (!is_alone(&peer->due) && (!ret || ret == -ECONNRESET)) {
		struct channeld_side *side = node_of(struct channeld_side, due, peer->due.next);
		struct channeld_entry *e = entry_of(d, side);

		ret = side == &e->a ? tell_a(d, e) : tell_b(d, e);
		if (!ret)
			entry_settle(d, e);
	}
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
	for (peer = 0; peer < d->link->max_peers; peer++)
		pay_peer(d, &d->peers[peer]);
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
		.link = link, .own = setup->own, .name = setup->name,
		.may = setup->may, .one_system = setup->one_system, .entries = setup->entries,
		.share = setup->num_entries / others,
		.share_blocks = setup->num_blocks / others,
		.generation = (u32)link->ops->now_us(link),
	};
	d->secret = d->generation * 0x9e3779b1U | 1;
	table_init(d, setup->num_entries);
	pool_init(&d->pool, setup->blocks, setup->num_blocks);
	for (u32 peer = 0; peer < link->max_peers && !ret; peer++)
		if (has_control(d, peer))
			ret = duplex_open(&d->peers[peer].control, link, &(struct duplex_setup){
				.peer = peer, .out = peer == link->id ? WIRE_SELF : WIRE_CONTROL,
				.in = WIRE_CONTROL, .type = WIRE_CONTROL_TYPE,
				.bytes = CHANNEL_CONTROL });
	return ret;
}
