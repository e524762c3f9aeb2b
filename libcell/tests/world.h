/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_TESTS_WORLD_H
#define LIBCELL_TESTS_WORLD_H

/*
 * A link without a device: memory mapped as a device's is, so that a write to
 * what a peer may only read is a fault, and doorbells between threads.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <libcell/bytes.h>
#include <libcell/ring.h>

#include "dice.h"

struct world;

struct world_link {
	struct libcell_link link;
	struct world *world;
	u32 events;		/* under the world's lock */
	u64 doorbells;		/* received */
};

struct world {
	pthread_mutex_t lock;
	pthread_cond_t cond;
	u32 peers;
	size_t size;		/* of an output section */
	u32 *states;		/* for writing */
	u8 *sections;		/* for writing: what a hostile peer does */
	struct world_link links[IVSHMEM_MAX_PEERS];
	bool no_wait;		/* a wait is a bug */
};

void world_create(struct world *world, u32 peers, size_t size);
void world_destroy(struct world *world);

/* A new life of a peer: its program was started (again). */
struct libcell_link *world_attach(struct world *world, u32 peer);
/* Its program was killed: the state goes, the section stays as it is. */
void world_kill(struct world *world, u32 peer);

/* Tests: TAP. */
extern int tests_failed;

#define EXPECT(cond)							\
	do {								\
		if (!(cond)) {						\
			printf("# %s:%d: not so: %s\n", __FILE__,	\
			       __LINE__, #cond);			\
			__atomic_store_n(&tests_failed, 1,		\
					 __ATOMIC_RELAXED);		\
		}							\
	} while (0)

#define EXPECT_EQ(got, want)						\
	do {								\
		long long got_ = (long long)(got);			\
		long long want_ = (long long)(want);			\
		if (got_ != want_) {					\
			printf("# %s:%d: %s is %lld, not %lld\n",	\
			       __FILE__, __LINE__, #got, got_, want_);	\
			__atomic_store_n(&tests_failed, 1,		\
					 __ATOMIC_RELAXED);		\
		}							\
	} while (0)

struct test {
	const char *name;
	void (*run)(void);
};

#define TEST(fn)	{ .name = #fn, .run = fn }

/* Runs all; the program's exit code. */
int tests_run(const struct test *tests, size_t count);

#endif /* LIBCELL_TESTS_WORLD_H */
