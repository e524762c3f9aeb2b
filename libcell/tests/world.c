// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "world.h"

#define PAGE	4096

/*
 * TSan tells memory by its address: there, all peers have one mapping, and what
 * may not be written is left to the other build.
 */
#ifdef __SANITIZE_THREAD__
#define ONE_MAPPING	true
#else
#define ONE_MAPPING	false
#endif

int tests_failed;

static struct world_link *of(struct libcell_link *link)
{
	return (struct world_link *)link;
}

static void interrupt(struct world *world, u32 peer)
{
	pthread_mutex_lock(&world->lock);
	world->links[peer].events++;
	pthread_cond_broadcast(&world->cond);
	pthread_mutex_unlock(&world->lock);
}

static void doorbell(struct libcell_link *link, u32 peer)
{
	struct world *world = of(link)->world;

	if (peer < world->peers) {
		__atomic_add_fetch(&world->links[peer].doorbells, 1,
				   __ATOMIC_RELAXED);
		interrupt(world, peer);
	}
}

static void write_state(struct world *world, u32 peer, u32 state)
{
	u32 n;

	__atomic_store_n(&world->states[peer], state, __ATOMIC_RELEASE);
	for (n = 0; n < world->peers; n++)
		if (n != peer)
			interrupt(world, n);
}

static void set_state(struct libcell_link *link, u32 state)
{
	write_state(of(link)->world, link->id, state);
}

static u32 events(struct libcell_link *link)
{
	struct world *world = of(link)->world;
	u32 value;

	pthread_mutex_lock(&world->lock);
	value = of(link)->events;
	pthread_mutex_unlock(&world->lock);
	return value;
}

static void until(struct timespec *end, u64 timeout_us)
{
	clock_gettime(CLOCK_REALTIME, end);
	if (timeout_us > 60000000)
		timeout_us = 60000000;
	end->tv_sec += (time_t)(timeout_us / 1000000);
	end->tv_nsec += (long)(timeout_us % 1000000) * 1000;
	if (end->tv_nsec >= 1000000000) {
		end->tv_nsec -= 1000000000;
		end->tv_sec++;
	}
}

static int wait_for_event(struct libcell_link *link, u32 seen, u64 timeout_us)
{
	struct world *world = of(link)->world;
	struct timespec end;
	int ret = 0;

	EXPECT(!world->no_wait || timeout_us != LIBCELL_FOREVER);
	until(&end, timeout_us);
	pthread_mutex_lock(&world->lock);
	while (of(link)->events == seen && !ret)
		ret = pthread_cond_timedwait(&world->cond, &world->lock, &end);
	pthread_mutex_unlock(&world->lock);
	/* nothing takes a minute: a doorbell was lost */
	EXPECT(!ret || timeout_us < 60000000);
	return -ret;
}

static u64 now_us(struct libcell_link *link)
{
	struct timespec now;

	(void)link;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (u64)now.tv_sec * 1000000 + (u64)now.tv_nsec / 1000;
}

static const struct libcell_ops ops = {
	.doorbell = doorbell,
	.set_state = set_state,
	.events = events,
	.wait = wait_for_event,
	.now_us = now_us,
};

static void *map(int fd, size_t size, int prot, size_t offset)
{
	/* in the middle of pages that nobody may touch */
	u8 *guard = mmap(NULL, size + 2 * PAGE, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *at = mmap(guard + PAGE, size, prot, MAP_SHARED | MAP_FIXED, fd,
			(off_t)offset);

	if (guard == MAP_FAILED || at == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	return at;
}

static void unmap(const void *at, size_t size)
{
	munmap((u8 *)at - PAGE, size + 2 * PAGE);
}

static void map_as_device(struct libcell_link *link, int fd)
{
	size_t size = link->output_size;

	link->states = map(fd, PAGE, PROT_READ, 0);
	link->outputs = map(fd, link->max_peers * size, PROT_READ, PAGE);
	link->output = map(fd, size, PROT_READ | PROT_WRITE,
			   PAGE + link->id * size);
}

void world_create(struct world *world, u32 peers, size_t size)
{
	size_t all = peers * size;
	int fd = memfd_create("world", 0);
	u32 n;

	if (fd < 0 || ftruncate(fd, (off_t)(PAGE + all))) {
		perror("memfd");
		exit(1);
	}
	memset(world, 0, sizeof(*world));
	pthread_mutex_init(&world->lock, NULL);
	pthread_cond_init(&world->cond, NULL);
	world->peers = peers;
	world->size = size;
	world->states = map(fd, PAGE, PROT_READ | PROT_WRITE, 0);
	world->sections = map(fd, all, PROT_READ | PROT_WRITE, PAGE);
	for (n = 0; n < peers; n++) {
		world->links[n].world = world;
		world->links[n].link = (struct libcell_link){
			.ops = &ops, .id = n, .max_peers = peers,
			.states = world->states,
			.outputs = world->sections,
			.output = world->sections + n * size,
			.output_size = size,
		};
		if (!ONE_MAPPING)
			map_as_device(&world->links[n].link, fd);
	}
	close(fd);
}

void world_destroy(struct world *world)
{
	u32 n;

	for (n = 0; n < world->peers && !ONE_MAPPING; n++) {
		unmap(world->links[n].link.states, PAGE);
		unmap(world->links[n].link.outputs, world->peers * world->size);
		unmap(world->links[n].link.output, world->size);
	}
	unmap(world->states, PAGE);
	unmap(world->sections, world->peers * world->size);
	pthread_mutex_destroy(&world->lock);
	pthread_cond_destroy(&world->cond);
}

struct libcell_link *world_attach(struct world *world, u32 peer)
{
	struct libcell_link *link = &world->links[peer].link;

	EXPECT_EQ(libcell_attach(link), 0);
	return link;
}

void world_kill(struct world *world, u32 peer)
{
	write_state(world, peer, IVSHMEM_STATE_RESET);
}

int tests_run(const struct test *tests, size_t count)
{
	int failed = 0;
	size_t n;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n1..%zu\n", count);
	for (n = 0; n < count; n++) {
		tests_failed = 0;
		tests[n].run();
		printf("%sok %zu - %s\n", tests_failed ? "not " : "", n + 1,
		       tests[n].name);
		failed |= tests_failed;
	}
	return failed;
}
