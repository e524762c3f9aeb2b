// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * A guest with no driver but io_send_mac and io_send_packets (libcell/io.h): answers ARP
 * and ping at 10.9.0.2, until it is asked to stop.
 *
 * Parameter:
 *	link=BUS:DEVICE.FUNCTION	which link
 */

#include <inmate.h>

#include <libcell/device.h>
#include <libcell/io.h>

CMDLINE_BUFFER(256);

#define POLL_US		50000

#define ETH_SOURCE	6
#define ETH_TYPE	12
#define IP		14
#define IP_PROTOCOL	(IP + 9)
#define IP_SOURCE	(IP + 12)
#define IP_DEST		(IP + 16)
#define BODY		(IP + 20)
#define ARP_OP		(IP + 6)
#define ARP_SENDER	(IP + 8)
#define ARP_TARGET	(IP + 18)
#define ARP_LENGTH	(IP + 28)
#define PROTOCOL_ICMP	1
#define ICMP_REQUEST	8

static struct libcell_device device;
static struct libcell_io io;
static const u8 mac[] = { 0x02, 0x63, 0x62, 0, 0, 2 };
static const u8 ip[] = { 10, 9, 0, 2 };
static u8 frame[LIBCELL_IO_MAX];

static void copy(u8 *to, const u8 *from, unsigned int length)
{
	while (length--)
		*to++ = *from++;
}

static void swap(u8 *a, u8 *b, unsigned int length)
{
	for (u8 byte; length--; a++, b++) {
		byte = *a;
		*a = *b;
		*b = byte;
	}
}

static bool is_ours(const u8 *address)
{
	return !memcmp(address, ip, sizeof(ip));
}

static unsigned int type_of(const u8 *p)
{
	return (unsigned int)p[0] << 8 | p[1];
}

static u32 answer_arp(u32 length)
{
	if (length < ARP_LENGTH || frame[ARP_OP + 1] != 1 || !is_ours(frame + ARP_TARGET + 6))
		return 0;
	frame[ARP_OP + 1] = 2;
	swap(frame + ARP_SENDER, frame + ARP_TARGET, 10);
	copy(frame + ARP_SENDER, mac, sizeof(mac));
	return length;
}

/* An echo request; the sum of IP does not change when addresses change places. */
static u32 answer_ping(u32 length)
{
	u32 sum;

	if (length < BODY + 8 || frame[IP] != 0x45 || !is_ours(frame + IP_DEST))
		return 0;
	if (frame[IP_PROTOCOL] != PROTOCOL_ICMP || frame[BODY] != ICMP_REQUEST)
		return 0;
	frame[BODY] = 0;
	sum = type_of(frame + BODY + 2) + (ICMP_REQUEST << 8);
	sum += sum >> 16;
	frame[BODY + 2] = (u8)(sum >> 8);
	frame[BODY + 3] = (u8)sum;
	swap(frame + IP_SOURCE, frame + IP_DEST, 4);
	return length;
}

static void answer(u32 length)
{
	struct libcell_io_packet packet = { .frame = frame };

	if (type_of(frame + ETH_TYPE) == 0x0806)
		packet.length = answer_arp(length);
	else if (type_of(frame + ETH_TYPE) == 0x0800)
		packet.length = answer_ping(length);
	if (!packet.length)
		return;
	copy(frame, frame + ETH_SOURCE, sizeof(mac));
	copy(frame + ETH_SOURCE, mac, sizeof(mac));
	libcell_io_send_packets(&io, &packet, 1);
}

static void on_irq(unsigned int irq)
{
	libcell_irq(&device, irq);
}

void inmate_main(void)
{
	char name[16];
	int length;

	cmdline_parse_str("link", name, sizeof(name), "");
	irq_init(on_irq);
	enable_irqs();
	if (libcell_open(&device, name[0] ? name : NULL) ||
	    libcell_io_open(&io, &device.link, !device.link.id))
		panic("no link");
	while (!comm_poll(true)) {
		/* also to whom has come since */
		libcell_io_send_mac(&io, mac);
		while ((length = libcell_io_receive(&io, frame, POLL_US)) > 0)
			if (length >= LIBCELL_IO_MIN)
				answer((u32)length);
		if (length == -EPROTO)
			libcell_reset_consumer(&io.in);
	}
	libcell_close(&device);
}
