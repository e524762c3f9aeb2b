// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Linux's end of io_send_mac and io_send_packets (libcell/io.h): a cell's frames leave by
 * an interface of this Linux, and those for its address, or for many, go to the cell.
 * The interface is not changed; this Linux itself does not hear the cell there.
 *
 *	cell-bridge INTERFACE [LINK]
 */

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libcell/device.h>
#include <libcell/io.h>

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING	23
#endif

static struct libcell_device device;
static struct libcell_io io;
static int line = -1;
static int interface;
static u8 own_mac[LIBCELL_IO_MAC];

/* Of the cell, as a number; 0: not known. Written by one thread, read by both. */
static u64 cell_mac;

static u64 number_of(const u8 *mac)
{
	u64 number = 0;

	memcpy(&number, mac, LIBCELL_IO_MAC);
	return number;
}

static bool is_group(const u8 *mac)
{
	return mac[0] & 1;
}

static void receive_for(const u8 *mac, int option)
{
	struct packet_mreq request = {
		.mr_ifindex = interface,
		.mr_type = PACKET_MR_UNICAST,
		.mr_alen = LIBCELL_IO_MAC,
	};

	memcpy(request.mr_address, mac, LIBCELL_IO_MAC);
	setsockopt(line, SOL_PACKET, option, &request, sizeof(request));
}

/* One that somebody else may have is not taken. */
static void set_cell_mac(const u8 *mac)
{
	u64 before = cell_mac;

	if (is_group(mac) || !number_of(mac) || number_of(mac) == number_of(own_mac)) {
		printf("cell-bridge: the cell cannot have this address\n");
		return;
	}
	if (before == number_of(mac))
		return;
	if (before)
		receive_for((const u8 *)&before, PACKET_DROP_MEMBERSHIP);
	receive_for(mac, PACKET_ADD_MEMBERSHIP);
	__atomic_store_n(&cell_mac, number_of(mac), __ATOMIC_RELAXED);
	printf("cell-bridge: the cell is %02x:%02x:%02x:%02x:%02x:%02x\n", mac[0], mac[1],
	       mac[2], mac[3], mac[4], mac[5]);
}

/* A cell sends as itself only. */
static void leave(const u8 *frame, size_t length)
{
	if (length >= LIBCELL_IO_MIN && cell_mac &&
	    number_of(frame + LIBCELL_IO_MAC) == cell_mac)
		/* what the interface does not take is lost, as on any line */
		(void)!send(line, frame, length, 0);
}

static void *from_cell(void *unused)
{
	u8 frame[LIBCELL_IO_MAX];
	int ret;

	for (;;) {
		ret = libcell_io_receive(&io, frame, LIBCELL_FOREVER);
		if (ret == LIBCELL_IO_MAC)
			set_cell_mac(frame);
		else if (ret > 0)
			leave(frame, (size_t)ret);
		else if (ret == -EPROTO || ret == -EMSGSIZE)
			libcell_reset_consumer(&io.in);
	}
	return unused;
}

static bool is_for_cell(const u8 *frame)
{
	u64 mac = __atomic_load_n(&cell_mac, __ATOMIC_RELAXED);

	return mac && (is_group(frame) || number_of(frame) == mac) &&
	       number_of(frame + LIBCELL_IO_MAC) != mac;
}

static void to_cell(void)
{
	u8 frame[LIBCELL_IO_MAX];
	struct libcell_io_packet packet = { .frame = frame };
	ssize_t length;

	for (;;) {
		length = recv(line, frame, sizeof(frame), MSG_TRUNC);
		if (length < LIBCELL_IO_MIN || length > LIBCELL_IO_MAX || !is_for_cell(frame))
			continue;
		packet.length = (u32)length;
		if (libcell_io_send_packets(&io, &packet, 1) == -EPROTO)
			libcell_reset_producer(&io.out);
	}
}

static bool open_line(const char *name)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
	};
	struct ifreq request = { 0 };
	int one = 1;

	line = socket(AF_PACKET, SOCK_RAW, 0);
	if (line < 0)
		return false;
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (ioctl(line, SIOCGIFHWADDR, &request))
		return false;
	memcpy(own_mac, request.ifr_hwaddr.sa_data, sizeof(own_mac));
	interface = (int)if_nametoindex(name);
	address.sll_ifindex = interface;
	setsockopt(line, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one));
	return !bind(line, (struct sockaddr *)&address, sizeof(address));
}

int main(int argc, char **argv)
{
	bool help = argc == 2 && (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help"));
	const char *link;
	char why[512];
	pthread_t thread;
	int ret;

	if (argc < 2 || argc > 3 || help) {
		fprintf(help ? stdout : stderr, "usage: cell-bridge INTERFACE [LINK]\n");
		return help ? 0 : 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!open_line(argv[1])) {
		perror(argv[1]);
		return 1;
	}
	link = argc > 2 ? argv[2] : NULL;
	ret = libcell_open(&device, link);
	if (!ret)
		ret = libcell_io_open(&io, &device.link, !device.link.id);
	if (!ret)
		/* it speaks first: the cell sees that there is somebody */
		libcell_io_send_mac(&io, own_mac);
	if (!ret)
		ret = -pthread_create(&thread, NULL, from_cell, NULL);
	if (ret) {
		libcell_explain(link, ret, why, sizeof(why));
		fprintf(stderr, "cell-bridge: %s\n", why);
		return 1;
	}
	to_cell();
	return 0;
}
