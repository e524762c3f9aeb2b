/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Servers that are ended by signals: those that do it to themselves, one in the background that
 * says much, and one with a disk that is killed at any moment, while this process is its guest.
 */

#include <err.h>
#include <fcntl.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ring.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "devices/background.h"
#include "devices/messages.h"
#include "devices/supervise.h"
#include "devices/virtio_blk.h"
#include "tests/fixture.h"

#define BANK		0x48000000ULL
#define BANK_SIZE	0x40000
#define AVAILABLE	0x1000
#define USED		0x2000
#define SLOTS		4		/* requests at the same time */
#define SLOT(n)		(0x4000 + 0x1000 * (size_t)(n))
#define STATUS		0xfff
#define SECTORS		64
#define KILLS		300

/* What servers share. */
static struct world {
	unsigned int servers;
	int deaths;		/* so many end themselves */
	int ends[2];
	/* the disk's */
	struct window window;
	struct pci_bus bus;
	struct virtio_blk disk;
	bool kicked, line;
	u8 bank[BANK_SIZE] __attribute__((aligned(4096)));
} *world;

static int last_words(void *owner)
{
	char byte = 'x';

	(void)owner;
	if (!world->servers++ && (pipe(world->ends) || write(world->ends[1], "y", 1) != 1))
		return 1;
	if (world->deaths-- > 0)
		kill(getpid(), SIGKILL);
	return read(world->ends[0], &byte, 1) == 1 && byte == 'y' ? 42 : 1;
}

static int waits_for_signal(void *owner)
{
	sigset_t set;
	int number;

	(void)owner;
	if (write(world->ends[1], "", 1) != 1)
		return 1;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	return sigwait(&set, &number) ? 1 : 43;
}

static void contents(const char *name, char *text, size_t size)
{
	int fd = open(name, O_RDONLY);
	ssize_t count = read(fd, text, size - 1);

	close(fd);
	text[count < 0 ? 0 : count] = '\0';
}

/* The exit status of a process that supervises; @said is what it says. */
static int status_of(int (*serve)(void *owner), int number, char *said, size_t size)
{
	const char *name = make_file("said", "", 0);
	int status;
	pid_t child;
	char byte;

	world->servers = 0;
	fflush(stdout);
	child = fork();
	if (!child) {
		dup2(open(name, O_WRONLY), STDERR_FILENO);
		exit(supervise("demo", -1, serve, NULL));
	}
	if (number && read(world->ends[0], &byte, 1) == 1)
		kill(child, number);
	waitpid(child, &status, 0);
	contents(name, said, size);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_supervise(void)
{
	char said[4096];

	world->deaths = 2;
	check_number(status_of(last_words, 0, said, sizeof(said)), 42,
		     "the third server has what the first has opened, and its status is the end's");
	check_number(world->servers, 3, "  it is the third");
	check_contains(said, "the devices of cell demo were ended by signal 9 (Killed), and go on",
		       "  this is said");
	world->deaths = 1000;
	check_number(status_of(last_words, 0, said, sizeof(said)), 1, "one that ends always");
	check_number(world->servers, SUPERVISE_DEATHS + 1, "  is given up");
	check_contains(said, "more than 5 times in 60 s: they are gone", "  in words");
	check_number(pipe(world->ends), 0, "a pipe");
	check_number(status_of(waits_for_signal, SIGTERM, said, sizeof(said)), 43,
		     "SIGTERM is handed on");
	check_number(status_of(waits_for_signal, SIGINT, said, sizeof(said)), 43,
		     "  so is SIGINT");
	check_text(said, "", "  and nothing is said");
}

static int log_file = -1;

/* The system's log, of one in the background: a file. */
void __wrap_syslog(int priority, const char *format, ...);
void __wrap_syslog(int priority, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (log_file < 0) {
		vsyslog(priority, format, arguments);
	} else {
		vdprintf(log_file, format, arguments);
		dprintf(log_file, "\n");
	}
	va_end(arguments);
}

/* Its caller's terminal, what is no whole line, one that is too long, and too many. */
static int says_much(void *owner)
{
	const int *told = owner;
	unsigned int n;

	if (world->servers++ == 0) {
		warnx("before it serves");
		background_ready(*told);
		warnx("on slot %d\t", 3);
		fprintf(stderr, "half of a line\n\nthe other");
		kill(getpid(), SIGKILL);
	}
	fprintf(stderr, " half\n%0*d\n", MESSAGES_LINE + 2, 5);
	for (n = 0; n < 10000; n++)
		warnx("flood");
	return 0;
}

static void test_background(void)
{
	const char *log = make_file("log", "", 0), *terminal = make_file("terminal", "", 0);
	static char said[65536];
	int status, told, ends[2];
	unsigned int floods = 0;
	const char *at;
	pid_t child;
	char byte;

	world->servers = 0;
	check_number(pipe(ends), 0, "a pipe");
	fflush(stdout);
	child = fork();
	if (!child) {
		log_file = open(log, O_WRONLY | O_APPEND);
		dup2(open(terminal, O_WRONLY), STDERR_FILENO);
		told = background_begin();
		_exit(supervise("demo", background_messages(), says_much, &told));
	}
	waitpid(child, &status, 0);
	check_number(status, 0, "one in the background is ready");
	/* until all of its processes have ended */
	close(ends[1]);
	check(!read(ends[0], &byte, 1), "  and ends");
	close(ends[0]);
	contents(terminal, said, sizeof(said));
	check_contains(said, "before it serves", "  its terminal has what it said before");
	check(!strstr(said, "slot"), "  and nothing after that");
	contents(log, said, sizeof(said));
	check_contains(said, "the devices of cell demo: on slot 3?\n", "the log has what it said then");
	check_contains(said, "cell demo: half of a line\nthe devices of cell demo were ended by signal 9",
		       "  line by line, before what ended it");
	check_contains(said, "cell demo: the other half\n", "  and what the next one goes on with");
	check_contains(said, "00\nthe devices of cell demo: 00", "  a long line is two");
	check_contains(said, "say more, which is not kept\n", "of a flood the beginning");
	for (at = said; (at = strstr(at, ": flood\n")); at++)
		floods++;
	check_number(floods, MESSAGES_MOST - 5, "  so many lines as there may be");
}

static void interrupt(struct window *window, unsigned int intid, bool level)
{
	(void)window;
	(void)intid;
	world->line = level;
}

/* As a server does it. */
static pid_t start_server(void)
{
	pid_t server = fork();

	if (server)
		return server;
	window_resume(&world->window);
	for (;;) {
		if (__atomic_exchange_n(&world->kicked, false, __ATOMIC_SEQ_CST))
			world->disk.device.notified = 1;
		if (!window_work(&world->window))
			poll(NULL, 0, 0);
	}
}

static void make_disk(const char *name)
{
	struct virtio_device *device = &world->disk.device;
	const u64 ring[3] = { BANK, BANK + AVAILABLE, BANK + USED };

	world->window = (struct window){
		.interrupt = interrupt, .bank = world->bank, .bank_base = BANK,
		.bank_size = BANK_SIZE
	};
	pci_init(&world->bus, &world->window, 0x10000000, 0x20000000, 0x100000, 64);
	check_number(virtio_blk_open(&world->disk, &world->bus, name, false), 0, "a disk");
	memcpy(device->queue[0].ring, ring, sizeof(ring));
	check_number(virtio_enable(device, &device->queue[0]), 0, "  with a queue");
	device->status = VIRTIO_CONFIG_S_DRIVER_OK;
}

/* The guest: what it has asked for in each slot. */
static struct { u32 type; u64 sector; bool busy; } asked[SLOTS];
static u8 model[SECTORS][512];
static unsigned int done, mistakes;
static u16 given, taken;

static bool in_use(u64 sector)
{
	int n;

	for (n = 0; n < SLOTS; n++)
		if (asked[n].busy && asked[n].sector == sector)
			return true;
	return false;
}

static void ask(int slot)
{
	struct vring_desc *table = (struct vring_desc *)world->bank + 3 * slot;
	struct vring_avail *available = (struct vring_avail *)(world->bank + AVAILABLE);
	struct virtio_blk_outhdr *header = (struct virtio_blk_outhdr *)(world->bank + SLOT(slot));
	u8 *data = world->bank + SLOT(slot) + 512;
	bool is_write = random() % 2;
	u64 sector;

	do
		sector = (u64)random() % SECTORS;
	while (in_use(sector));
	asked[slot].type = is_write ? VIRTIO_BLK_T_OUT : VIRTIO_BLK_T_IN;
	asked[slot].sector = sector;
	asked[slot].busy = true;
	*header = (struct virtio_blk_outhdr){ .type = asked[slot].type, .sector = sector };
	memset(data, is_write ? (int)random() : 0x55, 512);
	if (is_write)
		memcpy(model[sector], data, 512);
	world->bank[SLOT(slot) + STATUS] = 0x55;
	table[0] = (struct vring_desc){ BANK + SLOT(slot), sizeof(*header), VRING_DESC_F_NEXT,
					(u16)(3 * slot + 1) };
	table[1] = (struct vring_desc){ BANK + SLOT(slot) + 512, 512, VRING_DESC_F_NEXT |
					(is_write ? 0 : VRING_DESC_F_WRITE), (u16)(3 * slot + 2) };
	table[2] = (struct vring_desc){ BANK + SLOT(slot) + STATUS, 1, VRING_DESC_F_WRITE, 0 };
	available->ring[given++ % VIRTIO_QUEUE_MAX] = (u16)(3 * slot);
	__atomic_store_n(&available->idx, given, __ATOMIC_RELEASE);
	__atomic_store_n(&world->kicked, true, __ATOMIC_SEQ_CST);
}

/* An answer: to what was asked, once, and with the data that are there. */
static void look_at(const struct vring_used_elem *element)
{
	unsigned int slot = element->id / 3;

	if (element->id % 3 || slot >= SLOTS || !asked[slot].busy ||
	    world->bank[SLOT(slot) + STATUS] != VIRTIO_BLK_S_OK ||
	    memcmp(world->bank + SLOT(slot) + 512, model[asked[slot].sector], 512))
		mistakes++;
	if (slot < SLOTS)
		asked[slot].busy = false;
	done++;
}

static void take_answers(void)
{
	const struct vring_used *used = (struct vring_used *)(world->bank + USED);
	u16 index = __atomic_load_n(&used->idx, __ATOMIC_ACQUIRE);

	if ((u16)(index - taken) > SLOTS)
		mistakes++;
	for (; taken != index; taken++)
		look_at(&used->ring[taken % VIRTIO_QUEUE_MAX]);
}

/* Until it has @answers more; more than 20 s is a mistake. */
static void be_guest(unsigned int answers)
{
	unsigned int before = done, round;
	int slot;

	for (round = 0; done - before < answers && round < 20000; round++) {
		take_answers();
		for (slot = 0; slot < SLOTS; slot++)
			if (!asked[slot].busy)
				ask(slot);
		poll(NULL, 0, done - before < answers);
	}
	if (done - before < answers)
		mistakes++;
}

static void test_killed_disk(void)
{
	static const u8 zeros[SECTORS * 512];
	unsigned int kills;
	pid_t server;

	make_disk(make_file("disk", zeros, sizeof(zeros)));
	srandom(1);
	fflush(stdout);
	for (kills = 0; kills < KILLS && !mistakes; kills++) {
		server = start_server();
		be_guest((unsigned int)random() % 4);
		usleep((useconds_t)random() % 500);
		kill(server, SIGKILL);
		waitpid(server, NULL, 0);
	}
	server = start_server();
	be_guest(100);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	check_number(kills, KILLS, "a disk's server is killed at any moment");
	check(done >= 100, "  the guest has its answers");
	check_number(mistakes, 0, "  each once, with what was written before");
	check(world->line, "  and interrupts");
	close(world->disk.fd);
}

int main(void)
{
	fixture_reset();
	world = supervise_memory(sizeof(*world));
	if (!world)
		return 1;
	test_supervise();
	test_background();
	test_killed_disk();
	return fixture_end();
}
