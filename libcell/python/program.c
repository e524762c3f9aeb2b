// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* A program's place on a link in one piece, for who cannot declare structures: cellblock.py. */

#include <stdlib.h>

#include <libcell/bulk.h>
#include <libcell/device.h>

struct cell_program {
	struct libcell_device device;
	struct channel_service service;
	struct channel *channels;
	struct channel_block *blocks;
	struct channel_bulk *bulks;
};

int cell_program_open(struct cell_program **program, const char *link, u32 manager, u32 channels,
		      u32 blocks, u32 trunk, u32 arena);
void cell_program_close(struct cell_program *p, u64 timeout_us);
struct channel_service *cell_program_service(struct cell_program *p);
int cell_program_fd(const struct cell_program *p);
int cell_program_turn(struct cell_program *p);
u32 cell_channel_peer(const struct channel *c);

static void forget(struct cell_program *p)
{
	free(p->channels);
	free(p->blocks);
	free(p->bulks);
	free(p);
}

int cell_program_open(struct cell_program **program, const char *link, u32 manager, u32 channels,
		      u32 blocks, u32 trunk, u32 arena)
{
	struct channel_setup setup = {
		.manager = manager, .num_channels = channels, .num_blocks = blocks,
		.trunk = trunk, .arena = arena, .num_bulks = channels,
	};
	struct cell_program *p = calloc(1, sizeof(*p));
	int ret;

	if (!p)
		return -ENOMEM;
	setup.channels = p->channels = calloc(channels, sizeof(*p->channels));
	setup.blocks = p->blocks = calloc(blocks, sizeof(*p->blocks));
	setup.bulks = p->bulks = calloc(channels, sizeof(*p->bulks));
	ret = p->channels && p->blocks && p->bulks ? libcell_open(&p->device, link) : -ENOMEM;
	if (ret) {
		forget(p);
		return ret;
	}
	ret = channel_open(&p->service, &p->device.link, &setup);
	if (ret) {
		libcell_close(&p->device);
		forget(p);
		return ret;
	}
	*program = p;
	return 0;
}

void cell_program_close(struct cell_program *p, u64 timeout_us)
{
	channel_flush(&p->service, timeout_us);
	libcell_close(&p->device);
	forget(p);
}

struct channel_service *cell_program_service(struct cell_program *p)
{
	return &p->service;
}

int cell_program_fd(const struct cell_program *p)
{
	return libcell_fd(&p->device);
}

/* Does all there is to do; after that, the descriptor is readable when there is more. */
int cell_program_turn(struct cell_program *p)
{
	struct libcell_link *link = &p->device.link;
	int ret = libcell_wait(link, libcell_events(link), 0);

	do
		while (channel_poll(&p->service))
			;
	while (!channel_arm(&p->service));
	return ret == -ETIMEDOUT ? 0 : ret;
}

u32 cell_channel_peer(const struct channel *c)
{
	return c->peer;
}
