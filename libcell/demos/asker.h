/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_DEMOS_ASKER_H
#define LIBCELL_DEMOS_ASKER_H

/* What demos share that ask by a channel: a message comes back, of bulk how many bytes came. */

#include <libcell/bulk.h>

#define ASKER_PATIENCE_US	30000000

static inline int asker_answer(struct channel *c, u32 expected)
{
	u32 answer = ~expected;
	int ret = channel_receive(c, &answer, sizeof(answer), ASKER_PATIENCE_US);

	if (ret == (int)sizeof(answer))
		ret = answer == expected ? 0 : -EPROTO;
	return ret;
}

static inline int asker_exchange(struct channel *c, u32 number)
{
	int ret = channel_send(c, &number, sizeof(number), ASKER_PATIENCE_US);

	return ret ? ret : asker_answer(c, number);
}

/* @part: of the arena, as of channel_bulk_open() */
static inline int asker_send_bulk(struct channel *c, u32 part, const void *data, u32 bytes)
{
	u64 done = 0;
	int ret = channel_bulk_open(c, part);

	if (!ret)
		ret = channel_bulk_send(c, data, bytes, &done, CHANNEL_BULK_CHECK,
					ASKER_PATIENCE_US);
	return ret ? ret : asker_answer(c, bytes);
}

#endif /* LIBCELL_DEMOS_ASKER_H */
