/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_POINTS_LINUX_H
#define TOOLS_POINTS_LINUX_H

/* Those points that are Linux's: how it was started, and what it allows. */

#include "hardware/points.h"

/* Fills in all but the name. */
void point_say(struct point *point, enum verdict verdict, const char *cure,
	       const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Are there these words in the kernel's log? What follows, up to a blank, goes to @word. */
bool points_log_word(const char *words, char *word, size_t size);
bool points_log_has(const char *words);

void points_look_at_el2(struct point *point, const struct hardware *hw);
void points_look_at_vhe(struct point *point, const struct hardware *hw);
void points_look_at_kvm(struct point *point, const struct hardware *hw);
void points_look_at_pages(struct point *point, const struct hardware *hw);
void points_look_at_modules(struct point *point, const struct hardware *hw);
void points_look_at_image(struct point *point, const struct hardware *hw);

#endif /* TOOLS_POINTS_LINUX_H */
