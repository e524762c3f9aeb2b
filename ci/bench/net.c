// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * net ADDRESS PINGS BYTES [udp]: what traffic costs, with net-demo or cell.sh at
 * the address and with this Linux itself. Does, each in an interval of the counting plugin and
 * after something to warm up:
 *	24	pings, one after the other		26	the same on loopback
 *	25	bytes sent by TCP, until taken		27	the same on loopback
 *	28	bytes received by TCP
 *	29	with "udp", each transfer by it, in the order of the lines printed:
 *		ethernet|loopback 0 SIZE TIMES
 */

#include <arpa/inet.h>
#include <err.h>
#include <netinet/ip_icmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "marker.h"

#define PORT_DISCARD	9
#define PORT_SOURCE	19
#define LOOPBACK	"127.0.0.1"
#define PIECE		65536
#define PING_SIZE	64	/* with the header */
#define PORT_ECHO	7
/* What a frame of the link's MTU takes. */
#define DATAGRAM	(16384L - 28)
#define LARGEST		(4L << 20)
#define REPEATS		2	/* the least of them is the one that Linux did not disturb */

static char data[PIECE];

static struct sockaddr_in address(const char *name, unsigned int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	if (inet_pton(AF_INET, name, &to.sin_addr) != 1)
		errx(2, "%s is no address", name);
	return to;
}

static uint16_t sum(const void *p, size_t size)
{
	const uint16_t *words = p;
	uint32_t total = 0;

	for (size_t n = 0; n < size / 2; n++)
		total += words[n];
	total = (total & 0xffff) + (total >> 16);
	return (uint16_t)~(total + (total >> 16));
}

static int ping_socket(const char *name)
{
	struct sockaddr_in to = address(name, 0);
	struct timeval limit = { .tv_sec = 10 };
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)))
		err(1, "ping %s", name);
	return fd;
}

static void ping(int fd, long count)
{
	union {
		struct icmphdr head;
		unsigned char bytes[PING_SIZE];
	} packet;
	unsigned char answer[256];
	const struct icmphdr *head = (const struct icmphdr *)(answer + sizeof(struct iphdr));

	for (long n = 0; n < count; n++) {
		memset(&packet, 0, sizeof(packet));
		packet.head.type = ICMP_ECHO;
		packet.head.un.echo.sequence = htons((uint16_t)n);
		packet.head.checksum = sum(&packet, sizeof(packet));
		if (send(fd, &packet, sizeof(packet), 0) != sizeof(packet))
			err(1, "send");
		/* on loopback one sees the question, too */
		do {
			if (recv(fd, answer, sizeof(answer), 0) < (int)(sizeof(struct iphdr) + PING_SIZE))
				err(1, "no answer to ping %ld", n);
		} while (head->type != ICMP_ECHOREPLY || head->un.echo.sequence != htons((uint16_t)n));
	}
}

static int dial(const struct sockaddr_in *to)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || connect(fd, (const struct sockaddr *)to, sizeof(*to)))
		err(1, "connect");
	return fd;
}

static void send_all(int fd, long bytes)
{
	while (bytes > 0) {
		ssize_t part = send(fd, data, bytes < PIECE ? (size_t)bytes : PIECE, 0);

		if (part <= 0)
			err(1, "send");
		bytes -= part;
	}
}

/* Until the other side has read the end, and says so by its own. */
static void finish(int fd)
{
	if (shutdown(fd, SHUT_WR) || recv(fd, data, 1, 0))
		err(1, "end of a stream");
	close(fd);
}

static void receive(int fd, long bytes)
{
	while (bytes > 0) {
		ssize_t part = recv(fd, data, PIECE, 0);

		if (part <= 0)
			err(1, "recv");
		bytes -= part;
	}
}

/* A process that takes what comes on loopback; its address. */
static struct sockaddr_in discard(pid_t *pid)
{
	struct sockaddr_in here = address(LOOPBACK, 0);
	socklen_t size = sizeof(here);
	int fd = socket(AF_INET, SOCK_STREAM, 0), from;

	if (fd < 0 || bind(fd, (struct sockaddr *)&here, size) || listen(fd, 1) ||
	    getsockname(fd, (struct sockaddr *)&here, &size))
		err(1, "listen");
	*pid = fork();
	if (!*pid) {
		from = accept(fd, NULL, NULL);
		while (recv(from, data, PIECE, 0) > 0)
			continue;
		_exit(0);
	}
	close(fd);
	return here;
}

static int udp_socket(const struct sockaddr_in *to)
{
	struct timeval limit = { .tv_sec = 10 };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || (to && connect(fd, (const struct sockaddr *)to, sizeof(*to))) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)))
		err(1, "UDP");
	return fd;
}

static long udp_send(int fd, long size)
{
	long part = size < DATAGRAM ? size : DATAGRAM;

	if (send(fd, data, (size_t)part, 0) != part)
		err(1, "send by UDP");
	return part;
}

/*
 * Until the cell has answered what comes after. Nothing is dropped: what is under way is
 * bounded by the socket, to less than the link's queue.
 */
static void by_ethernet(const char *name, long size, long times)
{
	struct sockaddr_in sink = address(name, PORT_DISCARD), echo = address(name, PORT_ECHO);
	int fd = udp_socket(&sink), answers = udp_socket(&echo);

	BENCH_BEGIN(29);
	while (times--)
		for (long left = size; left; left -= udp_send(fd, left))
			continue;
	udp_send(answers, 1);
	if (recv(answers, data, PIECE, 0) != 1)
		err(1, "no answer by UDP");
	BENCH_END(29);
	close(fd);
	close(answers);
}

static void by_loopback(const char *name, long size, long times)
{
	struct sockaddr_in here = address(name, 0);
	socklen_t length = sizeof(here);
	int from, to = udp_socket(NULL);

	if (bind(to, (struct sockaddr *)&here, length) || getsockname(to, (struct sockaddr *)&here, &length))
		err(1, "UDP on loopback");
	from = udp_socket(&here);
	BENCH_BEGIN(29);
	while (times--)
		for (long left = size, part; left; left -= part) {
			part = udp_send(from, left);
			if (recv(to, data, PIECE, 0) != part)
				err(1, "UDP on loopback");
		}
	BENCH_END(29);
	close(from);
	close(to);
}

static void transfer(const char *name, const char *way, void (*by)(const char *, long, long))
{
	for (long size = 4096; size <= LARGEST; size *= 4) {
		long times = size < LARGEST / 4 ? 16 : 4;

		for (int n = 0; n < REPEATS; n++) {
			by(name, size, times);
			printf("%s 0 %ld %ld\n", way, size, times);
		}
	}
}

static void wait_for(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || status)
		errx(1, "the server did not end well");
}

int main(int argc, char **argv)
{
	bool udp = argc == 5 && !strcmp(argv[4], "udp");
	long pings = argc == 4 || udp ? atol(argv[2]) : 0, bytes = argc == 4 || udp ? atol(argv[3]) : 0;
	struct sockaddr_in there;
	pid_t server;
	int fd;

	if (pings <= 0 || bytes <= 0)
		errx(2, "usage: net ADDRESS PINGS BYTES [udp]");
	fd = ping_socket(argv[1]);
	ping(fd, 2);
	BENCH_BEGIN(24);
	ping(fd, pings);
	BENCH_END(24);

	there = address(argv[1], PORT_DISCARD);
	fd = dial(&there);
	send_all(fd, bytes / 4);
	BENCH_BEGIN(25);
	send_all(fd, bytes);
	finish(fd);
	BENCH_END(25);

	there = address(argv[1], PORT_SOURCE);
	fd = dial(&there);
	receive(fd, bytes / 4);
	BENCH_BEGIN(28);
	receive(fd, bytes);
	BENCH_END(28);
	close(fd);

	fd = ping_socket(LOOPBACK);
	ping(fd, 2);
	BENCH_BEGIN(26);
	ping(fd, pings);
	BENCH_END(26);

	there = discard(&server);
	fd = dial(&there);
	send_all(fd, bytes / 4);
	BENCH_BEGIN(27);
	send_all(fd, bytes);
	finish(fd);
	BENCH_END(27);
	wait_for(server);

	if (!udp)
		return 0;
	transfer(argv[1], "ethernet", by_ethernet);
	transfer(LOOPBACK, "loopback", by_loopback);
	return 0;
}
