/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_PICTURE_H
#define TOOLS_PICTURE_H

#include <stdio.h>

/* Writes @what as SVG. */
typedef void picture_draw(FILE *out, const void *what);

/*
 * Writes a picture to a file: as SVG, or as PNG by the program rsvg-convert.
 * EXIT_DONE, or EXIT_REFUSED (said): then there is no such file.
 */
int picture_write_svg(const char *path, picture_draw *draw, const void *what);
int picture_write_png(const char *path, picture_draw *draw, const void *what);

/* Before the work for a PNG is done: could it be made? EXIT_DONE, or EXIT_REFUSED (said) */
int picture_check_png(const char *path);

/* The begin of an SVG file; "</svg>" ends it. */
void picture_begin(FILE *out, unsigned int width, unsigned int height);
/* Parts of pictures. @anchor: start, middle or end */
void picture_text(FILE *out, double x, double y, const char *anchor, const char *text);
void picture_line(FILE *out, double x1, double y1, double x2, double y2);

#endif /* TOOLS_PICTURE_H */
