// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Asks net-demo at the other end of an Ethernet link: each datagram comes back
 * as it was sent. Parameters are those of net/net.h; net-demo is 10.0.0.2.
 */

#include <inmate/test.h>

#include <lwip/udp.h>

#include "net.h"

CMDLINE_BUFFER(256);

#define PORT_ECHO		7
#define DATAGRAMS		20
#define TRIES			60	/* what is sent before the link is up is lost */
#define AGAIN_MS		500

static u32 sent, answered;

static void on_answer(void *arg, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *address,
		      u16_t port)
{
	u32 number = 0;

	(void)arg;
	(void)pcb;
	(void)address;
	if (port == PORT_ECHO && pbuf_copy_partial(p, &number, sizeof(number), 0) &&
	    number == sent && p->tot_len == sizeof(number) + number)
		answered = number;
	pbuf_free(p);
}

/* A number, and as many bytes after it */
static void ask(struct udp_pcb *pcb)
{
	struct pbuf *p = pbuf_alloc(PBUF_TRANSPORT, (u16_t)(sizeof(sent) + sent), PBUF_RAM);
	ip_addr_t to;

	IP4_ADDR(&to, 10, 0, 0, 2);
	if (!p)
		panic("no memory for %u bytes", sent);
	pbuf_take(p, &sent, sizeof(sent));
	udp_sendto(pcb, p, &to, PORT_ECHO);
	pbuf_free(p);
}

static bool is_answered(struct udp_pcb *pcb)
{
	u64 again = 0;

	for (u32 tries = 0; answered != sent && tries < TRIES;) {
		if (timer_get_ticks() >= again) {
			ask(pcb);
			again = timer_get_ticks() + timer_ns_to_ticks(AGAIN_MS * 1000000ULL);
			tries++;
		}
		net_poll();
		net_wait(10);
	}
	return answered == sent;
}

static void datagrams_come_back(void)
{
	struct udp_pcb *pcb = udp_new();

	if (!EXPECT(pcb && udp_bind(pcb, IP4_ADDR_ANY, 0) == ERR_OK))
		return;
	udp_recv(pcb, on_answer, NULL);
	for (sent = 1; sent <= DATAGRAMS; sent++)
		if (!EXPECT(is_answered(pcb)))
			return;
}

static const struct test tests[] = {
	TEST(datagrams_come_back),
};

void inmate_main(void)
{
	net_start("10.0.0.1/24");
	TEST_RUN("net-ask", tests);
}
