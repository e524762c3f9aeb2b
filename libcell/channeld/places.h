/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CHANNELD_PLACES_H
#define CHANNELD_PLACES_H

#include <libcell/device.h>
#include <libcell/relay.h>

#include "options.h"

/*
 * The daemon's places: on links, and, if programs of this Linux share these, at the hub
 * of a link between them. Says what cannot be.
 */

/* 0, or an error that was said; then, too, places_close() ends all. */
int places_open(const struct options *options);
/* Does what there is to do, then waits for more, for a while. 0, or an error that was said. */
int places_serve(void);
/* Tells what was counted, and ends all. */
void places_close(void);

#endif /* CHANNELD_PLACES_H */
