// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Ethernet between root and a cell: ivshmem_net here, the demo net-demo there, which has another driver of the same
 * protocol and an IP stack of its own; and a cell that means harm.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jailhouse/ivshmem.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"
#include "lib/links.h"
#include "../../inmates/tests/ivshmem-echo.h"

#define LIMIT		20000	/* ms, for what takes far less */
#define CELL		"ivshmem-a"
#define ROOT_ADDRESS	"10.0.0.1/24"
#define CELL_ADDRESS	"10.0.0.2"
#define EVERYBODY	"10.0.0.255"
#define ECHO_PORT	7
#define DISCARD_PORT	9
#define SOURCE_PORT	19
#define BULK		(512 * 1024)

static const char *interface(void)
{
	return links_name(LINK_NET, "net");
}

static bool wait_carrier(bool on)
{
	uint64_t end = cb_now_ms() + LIMIT;

	/* that of an interface which is down cannot be read */
	while ((cb_number("/sys/class/net/%s/carrier", interface()) == 1) != on) {
		if (cb_now_ms() > end)
			return false;
		cb_sleep_ms(10);
	}
	return true;
}

static int set_up(bool up)
{
	char out[256];

	return cb_run(out, sizeof(out), "ip link set %s %s", interface(), up ? "up" : "down");
}

/* The interface with its address; what the module makes is new each time. */
static bool begin(void)
{
	char out[256];

	return !links_insert_net() && *interface() &&
		!cb_run(out, sizeof(out), "ip addr add " ROOT_ADDRESS " dev %s", interface()) && !set_up(true);
}

static bool serve_with(struct cb_console *con, const char *params)
{
	return !cb_boot(CELL, "net-demo", params) && cb_console_wait(con, "net: 10.0.0.2", LIMIT) &&
		wait_carrier(true);
}

static bool serve(struct cb_console *con)
{
	return serve_with(con, CB_QUIET);
}

static bool ping(unsigned int size)
{
	char out[1024];
	int i;

	/* it waits a second for each answer, with a machine that may be slow */
	for (i = 0; i < 10; i++)
		if (!cb_run(out, sizeof(out), "ping -c 1 -W 2 -s %u " CELL_ADDRESS, size))
			return true;
	return false;
}

static long statistic(const char *name)
{
	return links_statistic(interface(), name);
}

/* TCP to a port of the cell's; no call on it takes longer than the limit. */
static int dial(uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct timeval limit = { .tv_sec = LIMIT / 1000 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, CELL_ADDRESS, &to.sin_addr);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (!connect(fd, (struct sockaddr *)&to, sizeof(to)))
		return fd;
	close(fd);
	return -1;
}

static unsigned char pattern(size_t at)
{
	return (unsigned char)(at * 7 + (at >> 8) * 13 + (at >> 16));
}

/* How many bytes of the pattern could be sent */
static size_t send_bulk(int fd, size_t size)
{
	static unsigned char data[65536];	/* more than a packet */
	size_t done = 0, i;
	ssize_t part;

	while (done < size) {
		for (i = 0; i < sizeof(data); i++)
			data[i] = pattern(done + i);
		part = send(fd, data, sizeof(data) < size - done ? sizeof(data) : size - done, MSG_NOSIGNAL);
		if (part <= 0)
			break;
		done += (size_t)part;
	}
	return done;
}

/* How many bytes of it came back */
static size_t receive_bulk(int fd, size_t size)
{
	unsigned char data[8192];
	size_t done = 0;
	ssize_t part, i;

	while (done < size) {
		part = recv(fd, data, sizeof(data), 0);
		for (i = 0; i < part; i++)
			if (data[i] != pattern(done + (size_t)i))
				return done + (size_t)i;
		if (part <= 0)
			break;
		done += (size_t)part;
	}
	return done;
}

/* Datagrams until it is killed, with pauses of so many ms */
static pid_t flood_to(const char *address, unsigned int pause)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(ECHO_PORT) };
	static char data[1400];
	pid_t pid = fork();
	int fd, on = 1;

	if (pid)
		return pid;
	inet_pton(AF_INET, address, &to.sin_addr);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
	for (;;)
		if (sendto(fd, data, sizeof(data), 0, (struct sockaddr *)&to, sizeof(to)) < 0 || pause)
			cb_sleep_ms(pause ? pause : 1);
}

/* To the cell, as fast as they go */
static pid_t flood(void)
{
	return flood_to(CELL_ADDRESS, 0);
}

static void stop_flood(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

#define ASSERT_SERVED() do {							\
	ASSERT_EQ(1, cb_create(CELL)) TH_LOG("%s", cb_error());		\
	ASSERT_TRUE(begin());							\
	ASSERT_TRUE(serve(&self->con)) TH_LOG("%s", cb_console_all(&self->con)); \
} while (0)

TEST_F(enabled, link_and_ping)
{
	static const char mac[] = "02:43:42:01:08:00";

	ASSERT_EQ(1, cb_create(CELL));
	ASSERT_TRUE(begin());
	EXPECT_STREQ(mac, cb_text("/sys/class/net/%s/address", interface()));
	EXPECT_EQ(16384, cb_number("/sys/class/net/%s/mtu", interface()));
	EXPECT_EQ(0, cb_number("/sys/class/net/%s/carrier", interface()));
	ASSERT_TRUE(serve(&self->con));
	EXPECT_TRUE(ping(56));
	EXPECT_TRUE(ping(1400));
	EXPECT_TRUE(ping(16000));
	EXPECT_LT(3, cb_number("/sys/class/net/%s/statistics/rx_packets", interface()));
	EXPECT_LT(17000, cb_number("/sys/class/net/%s/statistics/rx_bytes", interface()));
	EXPECT_LT(0, statistic("data_doorbells"));
	EXPECT_LT(0, statistic("interrupts"));
	EXPECT_EQ(0, statistic("peer_errors"));
	/* nothing to leave open in a ping */
	EXPECT_EQ(0, statistic("tx_offload"));

	ASSERT_DONE(cb_destroy(CELL, 0));
	EXPECT_FALSE(links_exists(LINK_NET));
	ASSERT_EQ(1, cb_create(CELL));
	EXPECT_STREQ(mac, cb_text("/sys/class/net/%s/address", interface()));
}

TEST_F(enabled, limits_of_the_mtu)
{
	char out[256];

	ASSERT_EQ(1, cb_create(CELL));
	ASSERT_TRUE(begin());
	EXPECT_EQ(0, cb_run(out, sizeof(out), "ip link set %s mtu 65535", interface()));
	EXPECT_NE(0, cb_run(out, sizeof(out), "ip link set %s mtu 65536", interface()));
	EXPECT_EQ(0, cb_run(out, sizeof(out), "ip link set %s mtu 68", interface()));
	EXPECT_NE(0, cb_run(out, sizeof(out), "ip link set %s mtu 67", interface()));
	EXPECT_EQ(0, cb_run(out, sizeof(out), "ip link set %s mtu 1500", interface()));
	ASSERT_TRUE(serve(&self->con));
	/* in fragments there, in one frame back */
	EXPECT_TRUE(ping(8000));
}

TEST_F_TIMEOUT(enabled, echo_of_a_stream, 120)
{
	int fd, status;
	pid_t sender;

	ASSERT_SERVED();
	fd = dial(ECHO_PORT);
	ASSERT_LE(0, fd);
	sender = fork();
	if (!sender)
		_exit(send_bulk(fd, BULK) == BULK ? 0 : 1);
	EXPECT_EQ(BULK, receive_bulk(fd, BULK));
	EXPECT_EQ(sender, waitpid(sender, &status, 0));
	EXPECT_EQ(0, status);
	close(fd);
	EXPECT_EQ(0, statistic("peer_errors"));
}

/* With and without checksums and segments left to the other end */
static void stream_both_ways(struct __test_metadata *_metadata)
{
	static char data[65536];
	size_t done = 0;
	ssize_t part;
	int fd;

	fd = dial(DISCARD_PORT);
	ASSERT_LE(0, fd);
	EXPECT_EQ(4 * BULK, send_bulk(fd, 4 * BULK));
	close(fd);
	fd = dial(SOURCE_PORT);
	ASSERT_LE(0, fd);
	while (done < 4 * BULK && (part = recv(fd, data, sizeof(data), 0)) > 0)
		done += (size_t)part;
	EXPECT_LE(4 * BULK, done);
	close(fd);
	EXPECT_EQ(0, statistic("peer_errors"));
}

TEST_F_TIMEOUT(enabled, streams_one_way, 240)
{
	ASSERT_EQ(1, cb_create(CELL));
	ASSERT_TRUE(begin());
	ASSERT_TRUE(serve_with(&self->con, CB_QUIET "offload=0"));
	stream_both_ways(_metadata);
	EXPECT_EQ(0, statistic("tx_offload"));
	EXPECT_EQ(0, statistic("rx_offload"));
	ASSERT_DONE(cb_shutdown(CELL, 0));
	ASSERT_TRUE(wait_carrier(false));

	ASSERT_TRUE(serve(&self->con));
	stream_both_ways(_metadata);
	EXPECT_LT(0, statistic("tx_offload"));
	EXPECT_LT(0, statistic("tx_gso"));
	EXPECT_LT(0, statistic("rx_offload"));
}

TEST_F_TIMEOUT(enabled, interface_down_and_up, 120)
{
	pid_t pid;
	int i;

	ASSERT_SERVED();
	pid = flood();
	for (i = 0; i < 5; i++) {
		EXPECT_EQ(0, set_up(false));
		cb_sleep_ms(20);
		EXPECT_EQ(0, set_up(true));
		EXPECT_TRUE(wait_carrier(true));
		cb_sleep_ms(50);
	}
	stop_flood(pid);
	EXPECT_TRUE(ping(56));
	EXPECT_EQ(0, statistic("peer_errors"));
}

TEST_F_TIMEOUT(enabled, cell_restarts, 180)
{
	pid_t pid;
	int i;

	ASSERT_SERVED();
	pid = flood();
	for (i = 0; i < 3; i++) {
		ASSERT_DONE(cb_shutdown(CELL, i ? CB_FORCE : 0));
		EXPECT_TRUE(wait_carrier(false)) TH_LOG("round %d", i);
		ASSERT_TRUE(serve(&self->con)) TH_LOG("round %d", i);
		EXPECT_TRUE(ping(56)) TH_LOG("round %d", i);
	}
	stop_flood(pid);
	EXPECT_EQ(0, statistic("peer_errors"));
	EXPECT_LE(3, statistic("link_resets"));
}

/* A datagram with this number: its size and bytes follow from that. */
static size_t make_datagram(uint32_t number, unsigned char *data)
{
	size_t size = sizeof(number) + number * 2654435761U % 15000, i;

	for (i = 0; i < size; i++)
		data[i] = pattern(i + number * 31);
	memcpy(data, &number, sizeof(number));
	return size;
}

#define DATAGRAMS	400

/* Sends one and looks at all that comes until its echo, or too long nothing. False: something came that must not. */
static bool exchange(int fd, uint32_t number, bool seen[], unsigned int *answers)
{
	static unsigned char sent[16384], got[16384];
	size_t size = make_datagram(number, sent);
	uint32_t what = ~0U;
	ssize_t part;

	/* without a carrier, there may be no room */
	send(fd, sent, size, 0);
	while (what != number && (part = recv(fd, got, sizeof(got), 0)) >= 0) {
		memcpy(&what, got, sizeof(what));
		if (part < 4 || what > number || seen[what] || (size_t)part != make_datagram(what, sent) ||
		    memcmp(sent, got, (size_t)part))
			return false;
		seen[what] = true;
		(*answers)++;
	}
	return true;
}

/* Drops what came later than exchange() has waited for it. */
static void drop_answers(int fd)
{
	char byte;

	while (recv(fd, &byte, 1, MSG_DONTWAIT) >= 0)
		;
}

/* A soak of limited length: which cell life ends when follows from the seed. */
TEST_F_TIMEOUT(enabled, nothing_corrupt_or_doubled, 300)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(ECHO_PORT) };
	struct timeval limit = { .tv_usec = 300000 };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), status;
	bool seen[DATAGRAMS] = { false };
	unsigned int answers = 0;
	uint32_t number;
	pid_t life;
	int i;

	ASSERT_SERVED();
	inet_pton(AF_INET, CELL_ADDRESS, &to.sin_addr);
	ASSERT_EQ(0, connect(fd, (struct sockaddr *)&to, sizeof(to)));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	life = fork();
	if (!life) {
		srandom(1);
		for (i = 0; i < 8; i++) {
			cb_sleep_ms(100 + (unsigned int)random() % 400);
			if (cb_shutdown(CELL, random() % 2 ? CB_FORCE : 0) || cb_boot(CELL, "net-demo", CB_QUIET))
				_exit(1);
		}
		_exit(0);
	}
	for (number = 0; number < DATAGRAMS; number++)
		ASSERT_TRUE(exchange(fd, number, seen, &answers)) TH_LOG("datagram %u", number);
	EXPECT_EQ(life, waitpid(life, &status, 0));
	EXPECT_EQ(0, status);
	/* on a link that lives, none is lost */
	ASSERT_TRUE(wait_carrier(true));
	ASSERT_TRUE(ping(56));
	/* none is on its way any more: the ping has come after them */
	drop_answers(fd);
	memset(seen, 0, sizeof(seen));
	answers = 0;
	limit.tv_sec = LIMIT / 1000;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	for (number = 0; number < 50; number++)
		ASSERT_TRUE(exchange(fd, number, seen, &answers)) TH_LOG("datagram %u", number);
	EXPECT_EQ(50, answers);
	EXPECT_EQ(0, statistic("peer_errors"));
	/* a life that ends before the ends have met leaves nothing to begin anew */
	EXPECT_LE(1, statistic("link_resets"));
	close(fd);
}

TEST_F_TIMEOUT(enabled, destroyed_under_traffic, 120)
{
	pid_t pid;
	int i;

	for (i = 0; i < 3; i++) {
		ASSERT_EQ(1, cb_create(CELL));
		ASSERT_TRUE(begin());
		ASSERT_TRUE(serve(&self->con));
		pid = flood();
		cb_sleep_ms(100);
		if (i == 2) {
			EXPECT_DONE(cb_disable());
			EXPECT_DONE(cb_enable(NULL));
		} else {
			EXPECT_DONE(cb_destroy(CELL, CB_FORCE));
		}
		EXPECT_FALSE(links_exists(LINK_NET));
		stop_flood(pid);
	}
}

TEST_F_TIMEOUT(enabled, module_removed_under_traffic, 120)
{
	pid_t pid;

	ASSERT_SERVED();
	pid = flood();
	cb_sleep_ms(100);
	EXPECT_EQ(0, links_remove("ivshmem_net"));
	EXPECT_STREQ("", interface());
	ASSERT_TRUE(begin());
	EXPECT_TRUE(wait_carrier(true));
	stop_flood(pid);
	EXPECT_TRUE(ping(56));
}

/* Another link, of another cell, that is not to be disturbed */
static bool echo_answers(struct link *link, uint32_t number)
{
	link_order(link, 2, number, 0, 0);
	return link_answered(link, 2, number, LIMIT);
}

TEST_F_TIMEOUT(enabled, hostile_peer, 180)
{
	struct link link;
	pid_t pid;

	ASSERT_EQ(1, cb_create(CELL));
	ASSERT_EQ(2, cb_create("ivshmem-b"));
	ASSERT_DONE(cb_boot("ivshmem-b", "ivshmem-echo", CB_QUIET));
	ASSERT_EQ(0, links_insert_uio());
	ASSERT_EQ(0, link_open(&link, LINK_DEMO));
	ASSERT_TRUE(link_wait_word(&link, LINK_STATES, 2, ECHO_STATE, LIMIT));
	ASSERT_TRUE(begin());
	/* for whoever attacks what we send */
	pid = flood_to(EVERYBODY, 5);
	ASSERT_DONE(cb_boot(CELL, "veth-hostile", CB_QUIET));
	EXPECT_TRUE(echo_answers(&link, 1));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "noticed 15 of 15, any order is fine", 4 * LIMIT))
		TH_LOG("%s", cb_console_all(&self->con));
	stop_flood(pid);
	EXPECT_TRUE(cb_wait_state(CELL, "shut down", LIMIT));
	EXPECT_TRUE(echo_answers(&link, 2));
	EXPECT_LE(15, statistic("peer_errors"));
	EXPECT_LE(15, statistic("link_resets"));
	/* it asks for no doorbell but the first of each life, and gets no more */
	EXPECT_GT(cb_number("/sys/class/net/%s/statistics/tx_packets", interface()), statistic("data_doorbells"));

	/* the link is as good as new for one that behaves */
	ASSERT_TRUE(serve(&self->con));
	EXPECT_TRUE(ping(1400));
	EXPECT_FALSE(cb_kernel_said("WARNING:"));
	link_close(&link);
}

/* What it does follows from the seed: anything. */
TEST_F_TIMEOUT(enabled, random_peer, 300)
{
	char params[64];
	pid_t pid;
	int seed;

	ASSERT_EQ(1, cb_create(CELL));
	ASSERT_TRUE(begin());
	for (seed = 1; seed <= 4; seed++) {
		snprintf(params, sizeof(params), CB_QUIET "seed=%d rounds=300", seed);
		ASSERT_DONE(cb_boot(CELL, "net-hostile", params));
		pid = flood();
		EXPECT_NE(NULL, cb_console_wait(&self->con, "net-hostile: 300 rounds", 4 * LIMIT))
			TH_LOG("seed %d", seed);
		stop_flood(pid);
		EXPECT_TRUE(cb_wait_state(CELL, "shut down", LIMIT)) TH_LOG("seed %d", seed);
	}
	EXPECT_LT(20, statistic("peer_errors"));
	EXPECT_LT(20, cb_number("/sys/class/net/%s/statistics/rx_packets", interface()));
	ASSERT_TRUE(serve(&self->con));
	EXPECT_TRUE(ping(1400));
	EXPECT_FALSE(cb_kernel_said("WARNING:"));
	EXPECT_FALSE(cb_kernel_said("BUG:"));
}

TEST_HARNESS_MAIN
