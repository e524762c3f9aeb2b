/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIB_BUG_H
#define LIB_BUG_H

/*
 * For what cannot happen whatever a guest or a configuration does: an exception of
 * the hypervisor, which stops this CPU with the place printed. Never reached by
 * input.
 */
#ifdef CELLBLOCK_HOST
void bug(const char *file, int line) __attribute__((noreturn));
#define BUG()	bug(__FILE__, __LINE__)
#else
#define BUG()	__builtin_trap()
#endif

#define BUG_ON(cond) \
	do { if (__builtin_expect(!!(cond), 0)) BUG(); } while (0)

#endif /* LIB_BUG_H */
