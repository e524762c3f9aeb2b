/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_CPU_LIST_H
#define TOOLS_CPU_LIST_H

#include <stdbool.h>

#include <jailhouse/types.h>

#define CPU_LIST_TEXT	200

/* A set of CPUs, bit n for CPU n, as a list such as 0-2,5; its text. */
const char *cpu_list(char text[CPU_LIST_TEXT], u64 set);
/* The other way. False, and *set as it was: it is no such list, or has a CPU from 64 on. */
bool cpu_list_parse(u64 *set, const char *list);

#endif /* TOOLS_CPU_LIST_H */
