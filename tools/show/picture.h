/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_PICTURE_H
#define TOOLS_PICTURE_H

#include "show/histogram.h"

/*
 * Writes histograms to a file: as SVG, or as PNG by the program rsvg-convert.
 * EXIT_DONE, or EXIT_REFUSED (said): then there is no such file.
 */
int picture_write_svg(const char *path, const struct histogram_plot *plots,
		      unsigned int count);
int picture_write_png(const char *path, const struct histogram_plot *plots,
		      unsigned int count);

#endif /* TOOLS_PICTURE_H */
