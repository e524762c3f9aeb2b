/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_JSON_H
#define TOOLS_JSON_H

/* Pieces of JSON on stdout. */

/* A string with its quotes. */
void json_string(const char *text);
/* Another member of an object; null if there is no text. */
void json_member(const char *name, const char *text);
/* A list of CPUs such as 0-2,5 as an array of numbers. */
void json_cpu_list(const char *list);
/*
 * NAME=VALUE, separated by spaces, as an object, or null if there are none. What
 * is decimal is a number, everything else a string.
 */
void json_fields(const char *fields);

#endif /* TOOLS_JSON_H */
