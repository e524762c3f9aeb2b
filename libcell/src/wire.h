/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_WIRE_H
#define LIBCELL_WIRE_H

#include <libcell/bulk.h>
#include <libcell/channeld.h>

#include "port.h"

#if !__STDC_HOSTED__
/* Of few bytes, that many that the compiler knows: without a call. */
#define memcpy(to, from, size)	__builtin_memcpy(to, from, size)
#endif

/*
 * What channels say: Documentation/channels.md. All of it goes in rings of bytes,
 * one to and one from the manager, and a pair (the trunk) between each two peers.
 */

#define WIRE_VERSION		1
#define WIRE_CONTROL		0xffff0010U
#define WIRE_TRUNK		0xffff0011U
#define WIRE_SELF		0xffff0012U	/* a manager to its own program */
/* Of class 0, and of others */
#define WIRE_TRUNK_OF(class)	((class) ? 0xffff0012U + (class) : WIRE_TRUNK)
/* What CONNECT, ACCEPT, INCOMING and OPENED say: whether it waits, and its class. */
#define WIRE_OPTIONS(waits, class)	((waits) | (class) << 8)
#define WIRE_CLASS(options)	((options) >> 8)
#define WIRE_CONTROL_TYPE	0x63746c01U
#define WIRE_TRUNK_TYPE		0x74726b01U

enum wire_control_type {
	/* to the manager */
	WIRE_HELLO = 1,		/* value: version */
	WIRE_LISTEN,		/* handle, name */
	WIRE_CONNECT,		/* handle, name, window, value: options */
	WIRE_ACCEPT,		/* handle, other: ticket, window, value: options */
	WIRE_REFUSE,		/* other: ticket, reason */
	WIRE_HOLD,		/* handle, and the message */
	WIRE_READY,		/* handle: nothing to hold comes after this */
	WIRE_CLOSE,		/* handle */
	WIRE_HAVE,		/* handle, peer, other, name: open since before you came */
	/* from the manager; the handle is the receiver's */
	WIRE_WELCOME,		/* value: version */
	WIRE_LISTENING,		/* handle */
	WIRE_WAIT,		/* handle, value: blocks that may be held */
	/*
	 * handle: the listener's; other: ticket; peer; value: its handle; window; name;
	 * waits: options
	 */
	WIRE_INCOMING,
	WIRE_WITHDRAWN,		/* handle: the listener's; other: ticket */
	WIRE_HELD,		/* handle, and the message */
	WIRE_STOP,		/* handle: answer READY */
	WIRE_OPENED,		/* handle, peer, other, window, value: options */
	WIRE_CLOSED,		/* handle, reason */
	/* what is looked at; who does not know one of these ignores it */
	WIRE_LIST,		/* to the manager; handle: where, value: 1 to have it counted */
	WIRE_ENTRY,		/* handle: as asked, other: where it goes on; struct channel_seen */
	WIRE_COUNT,		/* from the manager; handle */
	WIRE_COUNTED,		/* handle, struct channel_counts */
};

_Static_assert(sizeof(struct channel_counts) == 48, "what goes over the wire");
_Static_assert(sizeof(struct channel_seen) == 200, "what goes over the wire");

struct wire_control {
	u32 type;
	u32 handle;
	u32 other;
	u32 peer;
	u32 window;
	u32 value;
	s32 reason;
	u32 waits;
	char name[CHANNEL_NAME];
};

_Static_assert(sizeof(struct wire_control) == 64, "one cache line");

enum wire_frame_kind {
	WIRE_OPEN = 1,		/* struct wire_open: its first word */
	WIRE_DATA,		/* and the message */
	WIRE_CREDIT,		/* value: blocks */
	WIRE_END,		/* value: of enum wire_end */
	WIRE_BULK_OPEN,		/* struct wire_bulk_open */
	WIRE_BULK,		/* struct wire_bulk */
	WIRE_RELEASE,		/* value: offset of a block */
};

struct wire_frame {
	u32 to;			/* the receiver's handle */
	u16 kind;
	u16 reserved;
};

_Static_assert(sizeof(struct wire_frame) == 8, "a message stays aligned");

struct wire_open {
	u32 handle;		/* the sender's */
	u32 held;		/* messages that come from the manager, and before this */
};

struct wire_bulk_open {
	u32 blocks;		/* that the sender takes at once */
	u32 largest;		/* of them */
	u32 part;		/* where its own are: offset in its section, of the head */
	u32 size;		/* without the head */
};

struct wire_bulk {
	u32 offset;		/* in the part, after its head */
	u32 length;
	u32 flags;		/* 1: with a checksum */
	u32 checksum;
	u64 left;		/* bytes that come after this */
};

/* Before each part of an arena. */
struct bulk_head {
	u32 owner;		/* the sender's handle; 0 or another: taken back */
	u32 reserved[15];
};

_Static_assert(sizeof(struct bulk_head) == CHANNEL_BULK_ALIGN, "blocks stay aligned");

/* What requests and answers begin with, as messages. */
struct wire_call {
	u32 id;			/* the caller's */
	u32 what;		/* of enum wire_call_what */
};

enum wire_call_what {
	WIRE_REQUEST = 1,
	WIRE_ANSWER,
};

enum wire_end {
	WIRE_END_CLOSED,
	WIRE_END_VIOLATED,	/* the receiver broke the protocol */
	WIRE_END_LOST,		/* the manager went with what it held */
	WIRE_END_RESET,		/* the relay's other side has gone */
};

/* How much of one peer is handled before the next one's turn. */
#define WIRE_BURST	64

/*
 * So much of a class is handled, of each peer, before it is the next one's turn: none
 * starves, and what is most urgent waits for few of the others.
 */
static inline u32 class_burst(const struct channel_service *s, u32 class)
{
	return (u32)WIRE_BURST >> 2 * (s->num_classes - 1 - class);
}

/* A handle or ticket: which entry of its owner's table, and which use of it. */
static inline u32 handle_index(u32 handle)
{
	return handle & 0xffff;
}

static inline u32 handle_make(u32 *generation, u32 index)
{
	*generation = (*generation + 1) & 0xffff;
	/* 0 is no handle */
	*generation += !*generation;
	return *generation << 16 | index;
}

/* 0, -ENAMETOOLONG or -EINVAL; @name has CHANNEL_NAME bytes or a 0 before. */
int name_check(const char *name);
bool name_equal(const char *a, const char *b);
void name_copy(char *to, const char *from);

static inline u32 blocks_of(u32 length)
{
	return length ? (length - 1) / CHANNEL_BLOCK + 1 : 1;
}

void pool_init(struct channel_pool *pool, struct channel_block *blocks, u32 num);
/* Copies a message; its blocks were promised before, by pool->left. */
void queue_put(struct channel_pool *pool, struct channel_queue *queue,
	       const void *message, u32 length);
/* Drops the first message, and returns the number of its blocks. */
u32 queue_drop(struct channel_pool *pool, struct channel_queue *queue);
void queue_copy(const struct channel_queue *queue, void *message);
/* But for what a message begins with, at most CHANNEL_BLOCK bytes that are there. */
void queue_copy_behind(const struct channel_queue *queue, u32 skip, void *message);
void queue_clear(struct channel_pool *pool, struct channel_queue *queue);

struct duplex_setup {
	u32 peer;
	u32 out, in;		/* channels: the same, unless it is the own peer */
	u32 type;
	u32 bytes;
};

int duplex_open(struct channel_duplex *d, struct libcell_link *link,
		const struct duplex_setup *setup);
/*
 * The next message, as libcell_bytes_peek(). Both directions stand then, or it is what a
 * peer has left that is gone. -ECONNRESET once for each session of either direction that
 * has ended, after what was left.
 */
int duplex_peek(struct channel_duplex *d, const void **message, u32 *length);
/* Room for a message, as libcell_bytes_reserve(). */
int duplex_reserve(struct channel_duplex *d, void **room, u32 length);
bool duplex_arm(struct channel_duplex *d);

static inline bool duplex_is_up(const struct channel_duplex *d)
{
	return d->out.end.up && d->in.end.up;
}

/* The service: service.c does what the calls of channel.c ask for. */

/* What channel_poll() and channel_arm() do, but for handlers. */
u32 service_poll(struct channel_service *s);
bool service_arm(struct channel_service *s);

/*
 * Around what a program calls. Who leaves something to do behind wakes the thread that
 * calls handlers.
 */
static inline void service_enter(struct channel_service *s)
{
	if (s->guard)
		s->guard->take(s->guard);
}

void service_give(struct channel_service *s);

static inline void service_leave(struct channel_service *s)
{
	if (s->guard)
		service_give(s);
}

/* Who waits for the link looks again. */
void service_ring_ourselves(struct channel_service *s);

/* For the handlers of a channel, in the order in which they are called. */
enum {
	NEWS_CONNECT = 1,
	NEWS_OPEN = 2,
	NEWS_MESSAGE = 4,
	NEWS_SPACE = 8,
	NEWS_CLOSED = 16,
};

/* For the relay, if there is one. */
void channel_stir(struct channel *c);
void channel_news(struct channel *c, u32 what);
/* There was no room for a message of this length. */
void channel_wants(struct channel *c, u32 length);
/* Its news are among those of its class. */
void channel_set_class(struct channel *c, u32 class);
/* At the end of a list, if it is not there already; and out of it, if it is. */
void list_put(struct channel *c, enum channel_list which);
void list_drop(struct channel *c, enum channel_list which);

/* NULL: that use of the entry is over. */
struct channel *channel_find(struct channel_service *s, u32 handle);
struct channel *channel_new(struct channel_service *s, const char *name,
			    enum channel_state state);
/* Something has to be sent, or looked at again, for this one. */
void channel_debt(struct channel *c);
void channel_owe(struct channel *c, u32 type);
void channel_free(struct channel *c);
/* Not ours any more, for a reason; what has come stays. */
void channel_end(struct channel *c, int reason);
static inline struct channel_duplex *trunk_of(struct channel *c)
{
	return &c->service->trunks[c->class][c->peer];
}

/* To the other side; as duplex_reserve(). */
int trunk_send(struct channel *c, u32 kind, const void *payload, u32 length);
/* To the manager; as duplex_reserve(). */
int control_send(struct channel_service *s, u32 type, const struct channel *c,
		 const void *payload, u32 length);
/* Gives the other side its blocks back, if they are worth a frame. */
void credits_send(struct channel *c);
/* The first message that has come by one is sent by the other; as duplex_reserve(). */
int channel_forward(struct channel *from, struct channel *to);
/* What the manager says of what it has, and asks of a channel; -EAGAIN: not now. */
void entry_came(struct channel_service *s, const struct wire_control *m, const void *payload,
		u32 length);
int counts_send(const struct channel *c);
/* 0: as channel_await() says, -EAGAIN: not yet. */
int channel_try_await(const struct channel *c);
/* channel_send() with what the message begins with, if that is not NULL. */
int channel_send_call(struct channel *c, const struct wire_call *call, const void *message,
		      u32 length, u64 timeout_us);
/* The frame of it; as duplex_reserve(). */
int data_send(struct channel *c, const struct wire_call *call, const void *message,
	      u32 length);
/* The first message has been received. */
void queue_take(struct channel *c);
/*
 * A thread that waits for a message: what comes while none is queued is copied to it at
 * once, if it has room.
 */
struct channel_receiver {
	void *message;
	u32 size;
	int length;		/* -EAGAIN: nothing has come */
};

/* A message that has come, and that the window has room for. */
void channel_queued(struct channel *c, const void *message, u32 length);
/* All calls of a channel are over. */
void calls_end(struct channel *c, int reason);
/* Of one that is INCOMING. */
int incoming_accept(struct channel *c, u32 window);
void incoming_refuse(struct channel *c, int reason);

/*
 * After a try that found nothing: works, or sleeps. False: it is of no use to try
 * again, and *ret says why.
 */
struct wait {
	u64 timeout_us;
	u64 deadline;
	bool begun;
	u32 looks;
	u32 seen;
};

bool wait_on(struct channel_service *s, struct wait *w, int *ret);

/* Bulk (bulk.c): what service.c leaves to it. */
int bulk_setup(struct channel_service *s, const struct channel_setup *setup);
/* False: it cannot be. */
bool bulk_frame(struct channel *c, u32 kind, const void *payload, u32 length);
/* A block of ours, or all of a closed channel, are back; false: there is no such. */
bool bulk_released(struct channel_service *s, u32 peer, u32 handle, u32 offset);
bool bulk_all_back(struct channel_service *s, u32 peer, u32 handle);
/* The other side has closed, or gone: it has nothing of ours any more. */
void bulk_ended(struct channel *c, bool gone);
void bulk_peer_gone(struct channel_service *s, u32 peer);
/* What is owed; false: still. */
bool bulk_pay(struct channel *c);
/* Before it is closed. True: the other side, which has closed, waits for blocks. */
bool bulk_close(struct channel *c);
/* For who hands channels on: when both programs want bulk, so do both channels. */
void bulk_meet(struct channel *c, struct channel *p);
/* The first block that has come by one is copied to the other; as channel_forward(). */
int bulk_forward(struct channel *from, struct channel *to);

/* The manager: for who hands its names on (relay.c). */
void name_confirmed(struct channeld *d, struct channeld_entry *name);
void name_refused(struct channeld *d, struct channeld_entry *name, int reason);
bool name_is_known(struct channeld *d, const char *name);
/* The first name, with NULL, or the next one; NULL: there is none. */
struct channeld_entry *name_after(struct channeld *d, const struct channeld_entry *e);

#endif /* LIBCELL_WIRE_H */
