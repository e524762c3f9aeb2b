/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CHANNELD_RULES_H
#define CHANNELD_RULES_H

#include <libcell/channeld.h>

/*
 * Rules of access, as channeld(8) has them: who may listen to which names, and connect to
 * them. The same for a manager in Linux and for one in a cell; which cell a peer is, each
 * knows in its own way.
 */

#define RULES_CELL	32	/* of a cell's name, with its 0 */

/* Who a peer is. */
struct rules_who {
	bool root;
	char cell[RULES_CELL];	/* "": it is not known */
};

typedef void rules_find(const struct channeld *d, u32 peer, struct rules_who *who);

/*
 * Reads a text up to its first 0, and forgets what there was before. Returns the number of
 * lines that are wrong, each of which was said as SOURCE:LINE: why. The source's name stays.
 */
u32 rules_read(const char *source, const char *text, size_t size);
/*
 * For who knows peers by the lines of the text only: what it lacks for that is said, too. And
 * a line has to say that it has ended, as nobody knows how long it is. As rules_read().
 */
u32 rules_read_alone(const char *source, const char *text, size_t size);
/* Who those lines say that a peer is. */
void rules_who(const struct channeld *d, u32 peer, struct rules_who *who);
/* What was read, in a sentence. */
void rules_say(void);
/* What the rules say; what they refuse is said, but not too often. */
bool rules_may(const struct channeld *d, u32 peer, const char *name, enum channeld_use use,
	       rules_find *find);

#endif /* CHANNELD_RULES_H */
