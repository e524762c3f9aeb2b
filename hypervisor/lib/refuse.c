// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/console.h>
#include <lib/errno.h>
#include <lib/refuse.h>
#include <stdarg.h>

int refuse_record(unsigned int how, const char *sentence, ...)
{
	extern const char __start_sentences[];
	struct cellblock_refusal *to = &hv_shared.refusal;
	const size_t last = sizeof(to->text) - 1;
	unsigned int texts = how >> REFUSE_TEXTS_SHIFT & ((1U << CELLBLOCK_REFUSAL_ARGS) - 1);
	const char *from;
	size_t used = 0;
	va_list ap;

	to->sentence = (u32)(sentence - __start_sentences) + 1;
	to->texts = texts;
	va_start(ap, sentence);
	for (unsigned int n = 0; n < how >> REFUSE_COUNT_SHIFT; n++, texts >>= 1) {
		to->arg[n] = va_arg(ap, u64);
		if (!(texts & 1))
			continue;
		from = (const char *)to->arg[n];
		to->arg[n] = used;
		while (used < last && *from)
			to->text[used++] = *from++;
		/* what does not fit any more is empty */
		to->text[used] = '\0';
		used += used < last;
	}
	va_end(ap);
	return -(int)(how & REFUSE_CODE);
}

int refuse_memory(void)
{
	return refuse(-ENOMEM, "hypervisor memory is used up: enlarge hypervisor_memory");
}
