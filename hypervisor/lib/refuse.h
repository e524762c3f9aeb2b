/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIB_REFUSE_H
#define LIB_REFUSE_H

#ifndef __printf
#define __printf(f, a)	__attribute__((format(printf, f, a)))
#endif

/*
 * Records why the current request is refused, for root to read, and returns
 * @code (a negative errno): "return refuse(-EBUSY, "CPU %u ...", cpu);".
 * A sentence without a full stop: what is wrong, where, what to do. It is a
 * literal, with up to six arguments.
 * Who else builds in a part of the validator (hypervisor/config) has its own:
 * the driver, programs on the host.
 */
#ifndef CELLBLOCK_SENTENCES

int refuse(int code, const char *fmt, ...) __printf(2, 3);

#else

/*
 * The hypervisor itself does not hold its sentences: their section is in the image's
 * file, after what is loaded, and the driver puts the arguments into them (struct
 * cellblock_refusal).
 */
#define refuse(code, fmt, ...) ({							\
	static const char __sentence[] __attribute__((section("sentences"))) = fmt;	\
											\
	refuse_record(REFUSE_HOW(code, ##__VA_ARGS__), __sentence, ##__VA_ARGS__);	\
})

/* -code, which of the arguments are texts, and how many they are: one instruction has it */
#define REFUSE_HOW(code, ...)	((unsigned int)-(code) |				\
	__REFUSE_PICK(_, ##__VA_ARGS__, __TEXTS6, __TEXTS5, __TEXTS4, __TEXTS3,		\
		      __TEXTS2, __TEXTS1, __TEXTS0)(__VA_ARGS__) << REFUSE_TEXTS_SHIFT | \
	__REFUSE_PICK(_, ##__VA_ARGS__, 6, 5, 4, 3, 2, 1, 0) << REFUSE_COUNT_SHIFT)
#define REFUSE_CODE		0x7f
#define REFUSE_TEXTS_SHIFT	7
#define REFUSE_COUNT_SHIFT	13

#define __REFUSE_PICK(_, a, b, c, d, e, f, which, ...)	which
#define __IS_TEXT(a)		_Generic((a), char * : 1U, const char * : 1U, default : 0U)
#define __TEXTS0()		0U
#define __TEXTS1(a)		__IS_TEXT(a)
#define __TEXTS2(a, ...)	(__IS_TEXT(a) | __TEXTS1(__VA_ARGS__) << 1)
#define __TEXTS3(a, ...)	(__IS_TEXT(a) | __TEXTS2(__VA_ARGS__) << 1)
#define __TEXTS4(a, ...)	(__IS_TEXT(a) | __TEXTS3(__VA_ARGS__) << 1)
#define __TEXTS5(a, ...)	(__IS_TEXT(a) | __TEXTS4(__VA_ARGS__) << 1)
#define __TEXTS6(a, ...)	(__IS_TEXT(a) | __TEXTS5(__VA_ARGS__) << 1)

/* Returns the code of @how. */
int refuse_record(unsigned int how, const char *sentence, ...) __printf(2, 3);

#endif

/* -ENOMEM, refused: the page pool is empty. */
int refuse_memory(void);

#endif /* LIB_REFUSE_H */
