// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * A program's side of channels: what it is told by the manager and by the others,
 * and what it owes them. Whatever cannot be sent at once is owed, and tried again
 * with each channel_poll(): there is no queue of messages to send.
 */

#include "wire.h"

struct channel *channel_find(struct channel_service *s, u32 handle)
{
	u32 index = handle_index(handle);
	struct channel *c = s->channels + index;

	return index < s->num_channels && c->state != CHANNEL_FREE &&
	       c->handle == handle ? c : NULL;
}

void channel_debt(struct channel *c)
{
	c->service->stirred = true;
	list_put(c, CHANNEL_DEBTS);
}

struct channel *channel_new(struct channel_service *s, const char *name,
			    enum channel_state state)
{
	for (u32 n = 0; n < s->num_channels; n++) {
		u32 index = (s->next + n) % s->num_channels;
		struct channel *c = s->channels + index;

		if (c->state != CHANNEL_FREE)
			continue;
		s->next = index + 1;
		*c = (struct channel){
			.service = s, .state = state,
			.handle = handle_make(&s->generation, index),
		};
		name_copy(c->name, name);
		return c;
	}
	return NULL;
}

void channel_free(struct channel *c)
{
	struct channel_service *s = c->service;

	if (c->state == CHANNEL_INCOMING)
		c->listener->used--;
	queue_clear(&s->pool, &c->queue);
	s->pool.left += c->window;
	c->state = CHANNEL_FREE;
	for (u32 which = 0; which < CHANNEL_LISTS; which++)
		list_drop(c, which);
}

void channel_owe(struct channel *c, u32 type)
{
	c->owes = type;
	channel_debt(c);
}

void channel_end(struct channel *c, int reason)
{
	c->state = CHANNEL_CLOSED;
	c->reason = reason;
	c->owes = 0;
	c->wants = 0;
	channel_news(c, NEWS_CLOSED);
}

/* The other side broke the protocol: it is told so. */
static void violated(struct channel *c)
{
	c->service->stats.violations++;
	channel_end(c, -EPROTO);
	c->owes_close = true;
	channel_debt(c);
}

/* All that was open with a peer has ended: it has gone. */
static void trunk_down(struct channel_service *s, const struct channel_duplex *trunk)
{
	for (struct channel *c = s->channels; c < s->channels + s->num_channels; c++) {
		if (c->state == CHANNEL_FREE || trunk_of(c) != trunk)
			continue;
		if (c->state == CHANNEL_OPEN)
			channel_end(c, -ECONNRESET);
		c->owes_close = false;
		bulk_ended(c, true);
		/* a closing one may be free now */
		channel_debt(c);
	}
	bulk_peer_gone(s, trunk->out.end.peer);
}

/* Room for a frame's payload, and the frame around it. */
static int frame_begin(struct channel_service *s, struct channel_duplex *trunk,
		       struct wire_frame frame,
		       u32 length, void **payload)
{
	void *room;
	int ret;

	if (length > 0xffffffffU - sizeof(frame))
		return -EMSGSIZE;
	ret = duplex_reserve(trunk, &room, length + (u32)sizeof(frame));
	if (ret == -ECONNRESET)
		trunk_down(s, trunk);
	if (ret)
		return ret;
	memcpy(__builtin_assume_aligned(room, 8), &frame, sizeof(frame));
	*payload = (u8 *)room + sizeof(frame);
	return 0;
}

static int frame_commit(struct channel_duplex *trunk, u32 length)
{
	return libcell_bytes_commit(&trunk->out, length + (u32)sizeof(struct wire_frame));
}

static int frame_send(struct channel_service *s, struct channel_duplex *trunk, u32 to,
		      u32 kind, const void *payload, u32 length)
{
	const struct wire_frame frame = { .to = to, .kind = (u16)kind };
	void *room;
	int ret = frame_begin(s, trunk, frame, length, &room);

	if (ret)
		return ret;
	memcpy(room, payload, length);
	return frame_commit(trunk, length);
}

int trunk_send(struct channel *c, u32 kind, const void *payload, u32 length)
{
	return frame_send(c->service, trunk_of(c), c->other, kind, payload, length);
}

void credits_send(struct channel *c)
{
	int ret;

	if (c->state != CHANNEL_OPEN || c->credit * 2 < c->window)
		return;
	ret = trunk_send(c, WIRE_CREDIT, &c->credit, sizeof(c->credit));
	if (!ret)
		c->credit = 0;
	else
		channel_debt(c);
}

int data_send(struct channel *c, const struct wire_call *call, const void *message,
	      u32 length)
{
	const struct wire_frame frame = { .to = c->other, .kind = WIRE_DATA };
	u32 head = call ? (u32)sizeof(*call) : 0;
	void *room;
	int ret = frame_begin(c->service, trunk_of(c), frame, head + length, &room);

	if (ret)
		return ret;
	if (call)
		memcpy(room, call, head);
	memcpy((u8 *)room + head, message, length);
	return frame_commit(trunk_of(c), head + length);
}

void queue_take(struct channel *c)
{
	c->credit += queue_drop(&c->service->pool, &c->queue);
	credits_send(c);
}

int channel_forward(struct channel *from, struct channel *to)
{
	const struct wire_frame frame = { .to = to->other, .kind = WIRE_DATA };
	u32 length = from->queue.first->length;
	void *room;
	int ret;

	if (to->state == CHANNEL_CLOSED)
		return to->reason;
	if (to->state != CHANNEL_OPEN || blocks_of(length) > to->room)
		return -EAGAIN;
	if (from->queue.first->bulk)
		return bulk_forward(from, to);
	ret = frame_begin(to->service, trunk_of(to), frame, length, &room);
	if (ret)
		return ret;
	queue_copy(&from->queue, room);
	frame_commit(trunk_of(to), length);
	to->room -= blocks_of(length);
	to->sent++;
	to->sent_bytes += length;
	queue_take(from);
	return 0;
}

/* What the manager knows went with it. */
static void manager_gone(struct channel_service *s)
{
	s->registered = false;
	s->greeted = false;
	s->refused = 0;
}

int control_send(struct channel_service *s, u32 type, const struct channel *c,
		 const void *payload, u32 length)
{
	struct wire_control *m;
	void *room;
	int ret;

	ret = duplex_reserve(&s->control, &room, (u32)sizeof(*m) + length);
	if (ret == -ECONNRESET)
		manager_gone(s);
	if (ret)
		return ret;
	m = room;
	*m = (struct wire_control){ .type = type, .value = WIRE_VERSION };
	if (c) {
		m->handle = c->handle;
		m->other = c->other;
		m->peer = c->peer;
		m->window = c->window;
		m->value = WIRE_OPTIONS(c->waits, c->class);
		m->reason = c->reason;
		memcpy(m->name, c->name, sizeof(m->name));
	}
	if (length)
		memcpy(m + 1, payload, length);
	return libcell_bytes_commit(&s->control.out, (u32)sizeof(*m) + length);
}

/* The manager */

/* A manager that knows nothing of us yet. */
static void register_again(struct channel *c)
{
	switch (c->state) {
	case CHANNEL_LISTENING:
		channel_owe(c, WIRE_LISTEN);
		break;
	case CHANNEL_WAITING:
	case CHANNEL_STOPPED:
		if (c->used) {
			channel_end(c, -ECONNABORTED);
			break;
		}
		c->room = 0;
		c->state = CHANNEL_CONNECTING;
		channel_owe(c, WIRE_CONNECT);
		break;
	case CHANNEL_CONNECTING:
		channel_owe(c, WIRE_CONNECT);
		break;
	case CHANNEL_INCOMING:
		channel_free(c);	/* is asked for again */
		break;
	case CHANNEL_ACCEPTED:
		channel_end(c, -ECONNABORTED);
		break;
	case CHANNEL_CONFIRMED:
	case CHANNEL_OPEN:
		channel_owe(c, WIRE_HAVE);
		break;
	case CHANNEL_CLOSED:
	case CHANNEL_CLOSING:
		channel_owe(c, 0);
		break;
	case CHANNEL_FREE:
		break;
	}
}

static void welcomed(struct channel_service *s)
{
	struct channel *c = s->channels;

	s->registered = true;
	s->stats.registrations++;
	for (; c < s->channels + s->num_channels; c++)
		register_again(c);
}

static void version_refused(struct channel_service *s)
{
	struct channel *c = s->channels;

	s->refused = -EPROTONOSUPPORT;
	for (; c < s->channels + s->num_channels; c++)
		if (c->state == CHANNEL_LISTENING || c->state == CHANNEL_CONNECTING)
			channel_end(c, s->refused);
		else if (c->state == CHANNEL_INCOMING)
			channel_free(c);	/* of the manager before */
}

/* The most urgent that both have. */
static u32 min_class(const struct channel_service *s, u32 class)
{
	return class < s->num_classes ? class : s->num_classes - 1;
}

static int incoming(struct channel_service *s, struct channel *listener,
		    const struct wire_control *m)
{
	struct channel refused = { .other = m->other, .reason = -ECONNREFUSED };
	struct channel *c = NULL;
	int ret;

	if (listener->state != CHANNEL_LISTENING || m->peer >= s->link->max_peers ||
	    m->peer == s->link->id || name_check(m->name))
		return 0;
	if (listener->used < listener->backlog)
		c = channel_new(s, m->name, CHANNEL_INCOMING);
	if (!c) {
		/* the manager has to know: the request waits for room to say so */
		ret = control_send(s, WIRE_REFUSE, &refused, NULL, 0);
		s->stats.refused += !ret;
		return ret;
	}
	c->peer = m->peer;
	c->other = m->other;
	c->opener = m->value;
	c->limit = m->window;
	c->waits = m->waits & 1;
	c->class = min_class(s, WIRE_CLASS(m->waits));
	c->listener = listener;
	c->order = s->order++;
	listener->used++;
	channel_stir(c);
	channel_news(listener, NEWS_CONNECT);
	return 0;
}

static void withdrawn(struct channel_service *s, u32 ticket)
{
	struct channel *c = s->channels;

	for (; c < s->channels + s->num_channels; c++)
		if (c->state == CHANNEL_INCOMING && c->other == ticket)
			channel_free(c);
}

void channel_queued(struct channel *c, const void *message, u32 length)
{
	queue_put(&c->service->pool, &c->queue, message, length);
	c->received++;
	if (c->queue.blocks > c->high)
		c->high = c->queue.blocks;
	channel_news(c, NEWS_MESSAGE);
}

static void held(struct channel *c, const void *message, u32 length)
{
	if (c->state == CHANNEL_ACCEPTED &&
	    blocks_of(length) + c->queue.blocks + c->credit <= c->window)
		channel_queued(c, message, length);
	else
		c->service->stats.stale++;
}

static void opened(struct channel *c, const struct wire_control *m)
{
	if ((c->state != CHANNEL_CONNECTING && c->state != CHANNEL_STOPPED) ||
	    m->peer >= c->service->link->max_peers || m->peer == c->service->link->id)
		return;
	c->state = CHANNEL_CONFIRMED;
	channel_set_class(c, min_class(c->service, WIRE_CLASS(m->value)));
	c->peer = m->peer;
	c->other = m->other;
	c->limit = m->window;
	c->room = c->limit > c->used ? c->limit - c->used : 0;
	channel_debt(c);
}

static void closed(struct channel *c, int reason)
{
	switch (c->state) {
	case CHANNEL_OPEN:
		break;			/* what was sent comes first, and says so */
	case CHANNEL_ACCEPTED:
		c->reason = reason;	/* its first word may be there already */
		channel_debt(c);
		break;
	case CHANNEL_CLOSED:
	case CHANNEL_CLOSING:
		break;
	default:
		channel_end(c, reason);
	}
}

/* -EAGAIN: not now. */
static int control_handle(struct channel_service *s, const struct wire_control *m,
			  const void *payload, u32 length)
{
	struct channel *c = channel_find(s, m->handle);

	if (m->type == WIRE_WELCOME)
		welcomed(s);
	else if (m->type == WIRE_CLOSED && !m->handle)
		version_refused(s);
	else if (m->type == WIRE_CLOSED && c)
		closed(c, m->reason);
	else if (m->type == WIRE_INCOMING && c)
		return incoming(s, c, m);
	else if (m->type == WIRE_WITHDRAWN)
		withdrawn(s, m->other);
	else if (m->type == WIRE_HELD && c)
		held(c, payload, length);
	else if (m->type == WIRE_OPENED && c)
		opened(c, m);
	else if (m->type == WIRE_LISTENING && c)
		c->room = 1;
	else if (m->type == WIRE_WAIT && c && c->state == CHANNEL_CONNECTING) {
		c->state = CHANNEL_WAITING;
		c->room = m->value;
	} else if (m->type == WIRE_STOP && c && c->state == CHANNEL_WAITING) {
		c->state = CHANNEL_STOPPED;
		channel_owe(c, WIRE_READY);
	} else if (m->type == WIRE_ENTRY)
		entry_came(s, m, payload, length);
	else if (m->type == WIRE_COUNT && c)
		return counts_send(c);
	else
		s->stats.stale++;
	return 0;
}

static u32 control_poll(struct channel_service *s)
{
	const void *message;
	struct wire_control m;
	u32 length, n;
	int ret;

	for (n = 0; n < WIRE_BURST; n++) {
		ret = duplex_peek(&s->control, &message, &length);
		if (ret == -ECONNRESET) {
			manager_gone(s);
			continue;
		}
		if (ret)
			break;
		if (length < sizeof(m)) {
			s->stats.violations++;
		} else {
			memcpy(&m, message, sizeof(m));
			if (control_handle(s, &m, (const u8 *)message + sizeof(m),
					   length - (u32)sizeof(m)) == -EAGAIN)
				break;
		}
		if (libcell_bytes_release(&s->control.in, length))
			manager_gone(s);
	}
	if (!s->greeted && duplex_is_up(&s->control))
		s->greeted = !control_send(s, WIRE_HELLO, NULL, NULL, 0);
	return n;
}

/* The others */

/*
 * The first word of who connected. Messages that the manager held come before it:
 * they are in its ring already, for the manager has put them there before it let
 * the other side go on. If there is anything in that ring, it is handled first.
 */
static int first_word(struct channel_service *s, struct channel_duplex *trunk, u32 to,
		      const struct wire_open *open)
{
	struct channel *c = channel_find(s, to);
	const void *message;
	u32 length;
	int ret;

	if (!c || trunk_of(c) != trunk || c->state != CHANNEL_ACCEPTED ||
	    c->opener != open->handle)
		return frame_send(s, trunk, open->handle, WIRE_END, &(u32){ 0 }, sizeof(u32));
	ret = duplex_peek(&s->control, &message, &length);
	if (!ret)
		return -EAGAIN;
	if (ret == -ECONNRESET)
		manager_gone(s);
	c->other = open->handle;
	if (c->received != open->held) {
		/* they went with the manager */
		channel_end(c, -ECONNABORTED);
		c->owes_close = true;
		channel_debt(c);
		return 0;
	}
	c->state = CHANNEL_OPEN;
	c->reason = 0;
	c->room = c->limit;
	channel_news(c, NEWS_OPEN);
	if (c->bulk)
		channel_debt(c);
	credits_send(c);
	return 0;
}

static void received_at_once(struct channel *c, const void *message, u32 length)
{
	memcpy(c->receiver->message, message, length);
	c->receiver->length = (int)length;
	c->receiver = NULL;
	c->received++;
	c->credit += blocks_of(length);
	credits_send(c);
}

static void arrived(struct channel *c, const void *message, u32 length)
{
	if (blocks_of(length) > c->window ||
	    blocks_of(length) + c->queue.blocks + c->credit > c->window)
		violated(c);
	else if (c->receiver && !c->queue.first && length <= c->receiver->size)
		received_at_once(c, message, length);
	else
		channel_queued(c, message, length);
}

static void credited(struct channel *c, u32 blocks)
{
	if (blocks > c->limit - c->room) {
		violated(c);
		return;
	}
	c->room += blocks;
	if (c->wants)
		list_put(c, CHANNEL_WANTS);
}

static int frame_handle(struct channel_service *s, struct channel_duplex *trunk,
			const void *message, u32 length)
{
	struct wire_frame frame;
	const u8 *payload = message;
	struct channel *c;
	struct wire_open open = { 0 };	/* other kinds have its first word only */

	if (length < sizeof(frame)) {
		s->stats.violations++;
		return 0;
	}
	memcpy(&frame, __builtin_assume_aligned(message, 8), sizeof(frame));
	payload += sizeof(frame);
	length -= (u32)sizeof(frame);
	if (frame.kind != WIRE_DATA)
		memcpy(&open, payload, length < sizeof(open) ? length : sizeof(open));
	if (frame.kind == WIRE_OPEN)
		return first_word(s, trunk, frame.to, &open);

	c = channel_find(s, frame.to);
	if (frame.kind == WIRE_RELEASE &&
	    bulk_released(s, trunk->out.end.peer, frame.to, open.handle))
		return 0;
	if (!c || trunk_of(c) != trunk || c->state != CHANNEL_OPEN)
		s->stats.stale += frame.kind != WIRE_END ||
				  !bulk_all_back(s, trunk->out.end.peer, frame.to);
	else if (frame.kind == WIRE_DATA)
		arrived(c, payload, length);
	else if (frame.kind == WIRE_CREDIT)
		credited(c, open.handle);
	else if (frame.kind == WIRE_END) {
		bulk_ended(c, false);
		channel_end(c, open.handle == WIRE_END_CLOSED ? -EPIPE :
			       open.handle == WIRE_END_LOST ? -ECONNABORTED :
			       open.handle == WIRE_END_RESET ? -ECONNRESET : -EPROTO);
	} else if (!bulk_frame(c, frame.kind, payload, length))
		violated(c);
	return 0;
}

static u32 trunk_poll(struct channel_service *s, struct channel_duplex *trunk, u32 burst)
{
	const void *message;
	u32 length, n;
	int ret;

	for (n = 0; n < burst; n++) {
		ret = duplex_peek(trunk, &message, &length);
		if (ret == -ECONNRESET) {
			trunk_down(s, trunk);
			continue;
		}
		if (ret || frame_handle(s, trunk, message, length) == -EAGAIN)
			break;
		if (libcell_bytes_release(&trunk->in, length))
			trunk_down(s, trunk);
		else if (consumer_is_empty(&trunk->in))
			return n + 1;
	}
	return n;
}

/* Debts */

/* False: something is owed still. */
static bool pay_peer(struct channel *c)
{
	struct channel_duplex *trunk = trunk_of(c);
	int ret = 0;

	if (c->state == CHANNEL_CONFIRMED) {
		const struct wire_open open = { c->handle, (u32)c->sent };

		ret = trunk_send(c, WIRE_OPEN, &open, sizeof(open));
		if (!ret) {
			c->state = CHANNEL_OPEN;
			channel_news(c, NEWS_OPEN);
		}
	}
	if (c->state == CHANNEL_ACCEPTED && c->reason &&
	    (trunk->drained || !trunk->in.end.up))
		channel_end(c, c->reason);
	if (c->owes_close) {
		u32 value = c->reason == -EPROTO ? WIRE_END_VIOLATED :
			    c->reason == -ECONNABORTED ? WIRE_END_LOST :
			    c->reason == -ECONNRESET ? WIRE_END_RESET :
						       WIRE_END_CLOSED;

		ret = trunk_send(c, WIRE_END, &value, sizeof(value));
		c->owes_close = ret == -EAGAIN;
	}
	credits_send(c);
	if (!bulk_pay(c))
		ret = -EAGAIN;
	return !ret && (c->state != CHANNEL_OPEN || c->credit * 2 < c->window) &&
	       (c->state != CHANNEL_ACCEPTED || !c->reason);
}

static bool pay_manager(struct channel *c)
{
	if (c->owes && c->service->registered &&
	    !control_send(c->service, c->owes, c, NULL, 0))
		c->owes = 0;
	/* another manager is told anew */
	return !c->owes || !c->service->registered;
}

/* Those that are listed now; a peer that goes meanwhile puts others behind them. */
static void pay(struct channel_service *s)
{
	struct channel *c, *last = s->lists[CHANNEL_DEBTS].last;
	bool paid;

	while (last && (c = s->lists[CHANNEL_DEBTS].first)) {
		list_drop(c, CHANNEL_DEBTS);
		paid = pay_peer(c);
		paid &= pay_manager(c);
		if (c->state == CHANNEL_CLOSING && !c->owes_close &&
		    (!c->owes || !s->registered))
			channel_free(c);
		else if (!paid)
			list_put(c, CHANNEL_DEBTS);
		if (c == last)
			break;
	}
}

/* Room for what it wanted to send? */
static bool has_space(struct channel *c)
{
	struct channel_service *s = c->service;
	u32 length = c->wants - 1, blocks = blocks_of(length);
	void *room;
	int ret;

	if (c->state == CHANNEL_OPEN && blocks > c->limit / 2)
		return true;	/* to be told that there is never any */
	if (blocks > c->room)
		return false;
	if (c->state == CHANNEL_OPEN)
		return !frame_begin(s, trunk_of(c), (struct wire_frame){ 0 }, length, &room);
	if (c->state != CHANNEL_WAITING || blocks > CHANNEL_HOLD / 2)
		return false;
	ret = duplex_reserve(&s->control, &room, (u32)sizeof(struct wire_control) + length);
	if (ret == -ECONNRESET)
		manager_gone(s);
	return !ret;
}

static void look_for_space(struct channel_service *s)
{
	struct channel *c, *last = s->lists[CHANNEL_WANTS].last;

	while (last && (c = s->lists[CHANNEL_WANTS].first)) {
		list_drop(c, CHANNEL_WANTS);
		if (c->wants && has_space(c)) {
			c->wants = 0;
			channel_news(c, NEWS_SPACE);
		} else if (c->wants && (c->state != CHANNEL_OPEN ||
					blocks_of(c->wants - 1) <= c->room)) {
			/* else credit puts it there again */
			list_put(c, CHANNEL_WANTS);
		}
		if (c == last)
			break;
	}
}

static u32 trunks_poll(struct channel_service *s)
{
	u32 handled = 0, left = s->num_classes, peer;

	while (left--)
		for (peer = 0; peer < s->link->max_peers; peer++)
			if (peer != s->link->id)
				handled += trunk_poll(s, &s->trunks[left][peer],
						      class_burst(s, left));
	return handled;
}

u32 service_poll(struct channel_service *s)
{
	u32 handled = control_poll(s) + trunks_poll(s);

	pay(s);
	look_for_space(s);
	return handled;
}

bool service_arm(struct channel_service *s)
{
	bool idle = duplex_arm(&s->control);
	u32 n, peer;

	for (n = 0; n < s->num_classes; n++)
		for (peer = 0; peer < s->link->max_peers; peer++)
			if (peer != s->link->id)
				idle &= duplex_arm(&s->trunks[n][peer]);
	return idle;
}

static int open_rings(struct channel_service *s, u32 trunk)
{
	bool own = s->manager == s->link->id;
	u32 n, peer;
	int ret = duplex_open(&s->control, s->link, &(struct duplex_setup){
		.peer = s->manager, .out = WIRE_CONTROL, .in = own ? WIRE_SELF : WIRE_CONTROL,
		.type = WIRE_CONTROL_TYPE, .bytes = CHANNEL_CONTROL });

	for (n = 0; n < s->num_classes; n++)
		for (peer = 0; peer < s->link->max_peers && !ret; peer++)
			if (peer != s->link->id)
				ret = duplex_open(&s->trunks[n][peer], s->link,
						  &(struct duplex_setup){
					.peer = peer, .out = WIRE_TRUNK_OF(n),
					.in = WIRE_TRUNK_OF(n),
					.type = WIRE_TRUNK_TYPE, .bytes = trunk });
	return ret;
}

int channel_open(struct channel_service *s, struct libcell_link *link,
		 const struct channel_setup *setup)
{
	int ret;

	if (setup->manager >= link->max_peers || !setup->num_channels ||
	    setup->num_channels > 0xffff || setup->classes > CHANNEL_CLASSES)
		return -EINVAL;
	*s = (struct channel_service){
		.link = link, .manager = setup->manager, .guard = setup->guard,
		.channels = setup->channels,
		.num_channels = setup->num_channels,
		.num_classes = setup->classes ? setup->classes : 1,
		.longest = setup->trunk < sizeof(struct wire_frame) + LIBCELL_BYTES_HEADER ? 0 :
			   (setup->trunk - (u32)sizeof(struct wire_frame) -
			    LIBCELL_BYTES_HEADER) / CHANNEL_BLOCK,
		/* a handle of an earlier life is hardly one of this */
		.generation = (u32)link->ops->now_us(link),
		.look = { .cursor = CHANNEL_SEE_END },
	};
	for (u32 n = 0; n < s->num_channels; n++)
		s->channels[n].state = CHANNEL_FREE;
	pool_init(&s->pool, setup->blocks, setup->num_blocks);
	ret = open_rings(s, setup->trunk);
	return ret ? ret : bulk_setup(s, setup);
}
