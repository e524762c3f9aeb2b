// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * A small network server on a link with another cell: answers ARP and ping, and
 * offers what RFC 862 to 864 describe:
 *
 *	echo	TCP and UDP, port 7	sends back what comes
 *	discard	TCP and UDP, port 9	takes what comes
 *	source	TCP, port 19		sends all the other side takes
 *
 * Parameters: those of net/net.h, which choose the address (10.0.0.2/24) and
 * the MTU.
 */

#include <inmate.h>

#include <lwip/tcp.h>
#include <lwip/udp.h>

#include "net.h"

CMDLINE_BUFFER(256);

#define PORT_ECHO		7
#define PORT_DISCARD		9
#define PORT_SOURCE		19
#define POLL_MS			50

/* What the source sends, over and over. */
static u8 pattern[32 * 1024];

static u64 connections;

static void udp_echo(void *arg, struct udp_pcb *pcb, struct pbuf *p,
		     const ip_addr_t *address, u16_t port)
{
	(void)arg;
	udp_sendto(pcb, p, address, port);
	pbuf_free(p);
}

static void udp_discard(void *arg, struct udp_pcb *pcb, struct pbuf *p,
			const ip_addr_t *address, u16_t port)
{
	(void)arg;
	(void)pcb;
	(void)address;
	(void)port;
	pbuf_free(p);
}

/* Ends a connection; without room for the last segment, it is cut off. */
static err_t end(struct tcp_pcb *pcb)
{
	tcp_arg(pcb, NULL);
	tcp_recv(pcb, NULL);
	tcp_sent(pcb, NULL);
	tcp_poll(pcb, NULL, 0);
	tcp_err(pcb, NULL);
	if (tcp_close(pcb) == ERR_OK)
		return ERR_OK;
	tcp_abort(pcb);
	return ERR_ABRT;
}

static err_t discard(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
	(void)arg;
	(void)err;
	if (!p)
		return end(pcb);
	tcp_recved(pcb, p->tot_len);
	pbuf_free(p);
	return ERR_OK;
}

/*
 * What came and could not be sent back yet stays here, and the window closed as
 * far.
 */
struct echo {
	struct pbuf *pending;
	bool closing;		/* the other side has sent all */
};

static err_t echo_more(struct echo *echo, struct tcp_pcb *pcb)
{
	struct pbuf *p;

	while ((p = echo->pending)) {
		if (p->len > tcp_sndbuf(pcb) ||
		    tcp_write(pcb, p->payload, p->len, TCP_WRITE_FLAG_COPY) != ERR_OK)
			break;
		tcp_recved(pcb, p->len);
		echo->pending = p->next;
		if (p->next)
			pbuf_ref(p->next);
		pbuf_free(p);
	}
	if (!p && echo->closing) {
		mem_free(echo);
		return end(pcb);
	}
	tcp_output(pcb);
	return ERR_OK;
}

static err_t echo_receive(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
	struct echo *echo = arg;

	(void)err;
	if (!p)
		echo->closing = true;
	else if (echo->pending)
		pbuf_cat(echo->pending, p);
	else
		echo->pending = p;
	return echo_more(echo, pcb);
}

static err_t echo_sent(void *arg, struct tcp_pcb *pcb, u16_t len)
{
	(void)len;
	return echo_more(arg, pcb);
}

/* Memory for what is pending may have become free meanwhile. */
static err_t echo_poll(void *arg, struct tcp_pcb *pcb)
{
	return echo_more(arg, pcb);
}

/* The connection is gone already. */
static void echo_error(void *arg, err_t err)
{
	struct echo *echo = arg;

	(void)err;
	if (echo->pending)
		pbuf_free(echo->pending);
	mem_free(echo);
}

static err_t echo_accept(struct tcp_pcb *pcb)
{
	struct echo *echo = mem_calloc(1, sizeof(*echo));

	if (!echo)
		return ERR_MEM;
	tcp_arg(pcb, echo);
	tcp_recv(pcb, echo_receive);
	tcp_sent(pcb, echo_sent);
	tcp_poll(pcb, echo_poll, 1);
	tcp_err(pcb, echo_error);
	return ERR_OK;
}

static err_t source_fill(void *arg, struct tcp_pcb *pcb, u16_t len)
{
	(void)arg;
	(void)len;
	/* not copied: the pattern stays as it is */
	while (tcp_sndbuf(pcb) >= sizeof(pattern))
		if (tcp_write(pcb, pattern, sizeof(pattern), 0) != ERR_OK)
			break;
	tcp_output(pcb);
	return ERR_OK;
}

static err_t source_poll(void *arg, struct tcp_pcb *pcb)
{
	return source_fill(arg, pcb, 0);
}

static err_t accept(void *arg, struct tcp_pcb *pcb, err_t err)
{
	if (err != ERR_OK || !pcb)
		return ERR_VAL;
	connections++;
	tcp_nagle_disable(pcb);
	tcp_arg(pcb, NULL);
	switch ((uintptr_t)arg) {
	case PORT_ECHO:
		return echo_accept(pcb);
	case PORT_DISCARD:
		tcp_recv(pcb, discard);
		break;
	default:
		tcp_recv(pcb, discard);
		tcp_sent(pcb, source_fill);
		tcp_poll(pcb, source_poll, 1);
		source_fill(NULL, pcb, 0);
	}
	return ERR_OK;
}

static void serve_tcp(u16_t port)
{
	struct tcp_pcb *pcb = tcp_new();

	if (!pcb || tcp_bind(pcb, IP4_ADDR_ANY, port) != ERR_OK)
		panic("TCP port %u cannot be had", port);
	pcb = tcp_listen(pcb);
	if (!pcb)
		panic("no memory to listen on TCP port %u", port);
	tcp_arg(pcb, (void *)(uintptr_t)port);
	tcp_accept(pcb, accept);
}

static void serve_udp(u16_t port, udp_recv_fn receive)
{
	struct udp_pcb *pcb = udp_new();

	if (!pcb || udp_bind(pcb, IP4_ADDR_ANY, port) != ERR_OK)
		panic("UDP port %u cannot be had", port);
	udp_recv(pcb, receive, NULL);
}

void inmate_main(void)
{
	for (size_t n = 0; n < sizeof(pattern); n++)
		pattern[n] = (u8)(' ' + n % 95);

	net_start("10.0.0.2/24");
	serve_tcp(PORT_ECHO);
	serve_tcp(PORT_DISCARD);
	serve_tcp(PORT_SOURCE);
	serve_udp(PORT_ECHO, udp_echo);
	serve_udp(PORT_DISCARD, udp_discard);

	while (!comm_poll(true)) {
		net_poll();
		net_wait(POLL_MS);
	}
	net_stop();
	printk("net-demo: %llu TCP connections served, goodbye\n", connections);
}
