// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Traffic for the soak, the same source for Linux and for inmates: sends
 * numbered messages with a checksum to all other peers as fast as they take
 * them, and looks at each that comes: in a session, numbers begin at 0 and have
 * no gap; no session comes twice. Says WRONG otherwise and ends.
 *
 * In an inmate: link=BUS:DEVICE.FUNCTION. In Linux: libcell-soak LINK, until
 * SIGTERM; then it prints what came of each peer.
 */

#include <libcell/device.h>
#include <libcell/ring.h>

#if __STDC_HOSTED__
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#define say(...)	printf(__VA_ARGS__)
#else
#define say(...)	printk(__VA_ARGS__)
#endif

#define CHANNEL		2
#define COUNT		16
#define BATCH		64	/* messages to a peer before others have a turn */
#define WAIT_US		20000

struct message {
	u32 from;
	u32 to;
	u64 life;		/* of the sender's program */
	u64 session;		/* of the sender's end */
	u64 number;
	u64 data[3];
	u64 sum;
};

LIBCELL_RING(messages, struct message, 0x736f6b01)

static struct libcell_device device;
static u64 life;
static struct peer {
	struct libcell_producer out;
	struct libcell_consumer in;
	u64 next_out;
	u32 session_out;

	u64 next_in;
	u32 session_in;
	u64 life_in;
	u64 sender_session;
	u64 received;
} peers[IVSHMEM_MAX_PEERS];

static u64 sum_of(const struct message *message)
{
	const u64 *word = (const u64 *)message;
	u64 sum = 0x9e3779b97f4a7c15ULL;

	for (unsigned int n = 0; n < offsetof(struct message, sum) / 8; n++)
		sum = (sum ^ word[n]) * 0xff51afd7ed558ccdULL + (sum >> 29);
	return sum;
}

static bool send_some(struct peer *peer, u32 to)
{
	struct message *slot;
	u32 n;

	for (n = 0; n < BATCH; n++) {
		if (messages_reserve(&peer->out, &slot, 1) != 1)
			break;
		if (peer->session_out != peer->out.end.session) {
			peer->session_out = peer->out.end.session;
			peer->next_out = 0;
		}
		*slot = (struct message){
			.from = device.link.id, .to = to, .life = life,
			.session = peer->session_out,
			.number = peer->next_out++,
		};
		for (unsigned int i = 0; i < ARRAY_SIZE(slot->data); i++)
			slot->data[i] = slot->number * (i + 3) ^ life;
		slot->sum = sum_of(slot);
		libcell_commit(&peer->out, 1);
	}
	return n != 0;
}

/* What is wrong with a message, or NULL. */
static const char *check(struct peer *peer, u32 from,
			 const struct message *message)
{
	if (message->sum != sum_of(message))
		return "checksum";
	if (message->from != from || message->to != device.link.id)
		return "peers";
	if (peer->session_in != peer->in.end.session) {
		if (message->life == peer->life_in &&
		    message->session <= peer->sender_session)
			return "session that was there before";
		peer->session_in = peer->in.end.session;
		peer->life_in = message->life;
		peer->sender_session = message->session;
		peer->next_in = 0;
	}
	if (message->life != peer->life_in ||
	    message->session != peer->sender_session)
		return "another session's message";
	if (message->number != peer->next_in++)
		return "number";
	return NULL;
}

/* True if there was something; *wrong says what was wrong. */
static bool receive_some(struct peer *peer, u32 from, const char **wrong)
{
	struct message message;
	u32 n;
	int ret;

	for (n = 0; n < BATCH; n++) {
		ret = messages_receive(&peer->in, &message, 0);
		if (ret == -EPROTO)
			*wrong = "protocol";
		if (ret)
			break;
		*wrong = check(peer, from, &message);
		if (*wrong) {
			say("soak: message %u of life %x, session %u, "
			    "number %u is not %u\n", (unsigned int)message.from,
			    (unsigned int)message.life,
			    (unsigned int)message.session,
			    (unsigned int)message.number,
			    (unsigned int)peer->next_in - 1);
			break;
		}
		peer->received++;
	}
	return n != 0;
}

static bool open_all(const char *name)
{
	struct libcell_link *link = &device.link;
	int ret = libcell_open(&device, name);

	for (u32 n = 0; n < link->max_peers && !ret; n++) {
		if (n == link->id)
			continue;
		ret = messages_open_producer(&peers[n].out, link, n, CHANNEL,
					     COUNT);
		if (!ret)
			ret = messages_open_consumer(&peers[n].in, link, n,
						     CHANNEL);
	}
	life = link->ops ? link->ops->now_us(link) : 0;
	if (ret)
		say("soak: WRONG: cannot open the link: error %d\n", ret);
	return !ret;
}

/* Until asked to stop; NULL, or what was wrong. */
static const char *run(bool (*asked_to_stop)(void))
{
	struct libcell_link *link = &device.link;
	const char *wrong = NULL;

	while (!asked_to_stop()) {
		u32 seen = libcell_events(link);
		bool busy = false;

		for (u32 n = 0; n < link->max_peers && !wrong; n++) {
			if (n == link->id)
				continue;
			busy |= receive_some(&peers[n], n, &wrong);
			busy |= send_some(&peers[n], n);
		}
		if (wrong) {
			say("soak: WRONG: %s\n", wrong);
			return wrong;
		}
		for (u32 n = 0; n < link->max_peers && !busy; n++)
			if (n != link->id)
				busy = !libcell_arm_consumer(&peers[n].in) ||
				       !libcell_arm_producer(&peers[n].out);
		if (!busy)
			libcell_wait(link, seen, WAIT_US);
	}
	return NULL;
}

#if __STDC_HOSTED__

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
	(void)number;
	stopped = 1;
}

static bool asked_to_stop(void)
{
	return stopped;
}

int main(int argc, char **argv)
{
	const char *wrong;

	if (argc != 2 || !open_all(argv[1]))
		return 1;
	signal(SIGTERM, on_signal);
	wrong = run(asked_to_stop);
	for (u32 n = 0; n < device.link.max_peers; n++)
		if (n != device.link.id)
			say("soak: peer %u: %llu messages in %u sessions\n", n,
			    peers[n].received, peers[n].in.end.session);
	say("soak: %llu doorbells, %llu spared, %llu violations\n",
	    device.link.stats.doorbells, device.link.stats.suppressed,
	    device.link.stats.violations);
	libcell_close(&device);
	return wrong != NULL;
}

#else

CMDLINE_BUFFER(256);

static void on_irq(unsigned int irq)
{
	libcell_irq(&device, irq);
}

static bool asked_to_stop(void)
{
	return comm_poll(true);
}

void inmate_main(void)
{
	char name[16];

	cmdline_parse_str("link", name, sizeof(name), "00.0");
	irq_init(on_irq);
	enable_irqs();
	if (!open_all(name) || run(asked_to_stop))
		inmate_end(JAILHOUSE_CELL_FAILED);
	libcell_close(&device);
}

#endif
