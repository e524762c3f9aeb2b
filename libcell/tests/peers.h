/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_TESTS_PEERS_H
#define LIBCELL_TESTS_PEERS_H

/* A manager and the services of up to three programs, in a world of one thread. */

#include <libcell/bulk.h>
#include <libcell/channeld.h>

#include "world.h"

#define SECTION		65536
#define PEERS		4
#define MANAGER		0
#define CHANNELS	256
#define BLOCKS		2048
#define WINDOW		8
#define BULKS		8

extern struct world world;
extern struct channeld manager;
extern struct channeld_entry entries[3 * CHANNELS];
extern u32 num_entries;
extern struct channel_block held_blocks[48];
/* Of services that are started; they share what one class has for rings. */
extern u32 num_classes;

extern struct channel_service services[PEERS];
extern struct channel tables[PEERS][CHANNELS];
extern struct channel_block blocks[PEERS][BLOCKS];
extern struct channel_bulk bulks[PEERS][BULKS];

/* Smaller or larger ones, for a whole program of tests. */
extern u32 section_size, num_channels, num_blocks;
/* 0: no bulk */
extern u32 arena;

void start_manager(void);
void start(u32 peer);
/* All do what they have to, until nobody has anything. */
void settle(void);
void begin_without_peers(void);
/* A new world: the manager, and the programs 1 and 2. */
void begin(void);

/* The manager in a thread of its own, in a world that waits. */
void manage_begin(void);
void manage_end(void);

struct channel *listen_to(u32 peer, const char *name);
struct channel *connect_to(u32 peer, const char *name, bool wait);
struct channel *accept_one(struct channel *listener);
/* From peer 1 to peer 2, which listens to "x": returns by what. */
struct channel *open_many(struct channel **a, struct channel **b, u32 count);
struct channel *open_x(struct channel **a, struct channel **b);

void says(struct channel *c, const char *text);
void hears(struct channel *c, const char *text);
int receive(struct channel *c);

/* Programs that do anything at any time. */
struct users {
	u32 rounds;
	void (*start)(u32 peer);
	void (*act)(u32 peer, u64 *seed);
	void (*scribble)(u64 *seed);	/* after each round; NULL: nobody does */
};

/*
 * In a new world. One of them, or the manager, starts anew in one of @restarts rounds, 0: in
 * none.
 */
void take_turns(const struct users *users, u64 seed, u32 restarts);

/* What nobody of the three has noticed as wrong. */
void nothing_was_odd(void);

#endif /* LIBCELL_TESTS_PEERS_H */
