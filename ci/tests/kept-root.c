// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * kept-root CPU SEED: random values in all registers that a program of Linux has, again and again until SIGTERM, on a
 * CPU that a cell shares, which does the same (inmates/tests/kept.c). Says how often; fails at the first that changes.
 */

#include <asm/hwcap.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/prctl.h>

#include "lib/cellblock.h"
#include "../../inmates/tests/kept.h"

KEPT_FUNCTION(hold, KEPT_WORK);

/* What only Linux has of SVE: Z0 to Z31, P0 to P15 and FFR, at the longest that there can be. */
#define SVE_Z		(32 * 256)
#define SVE_P		32		/* of each, and FFR's */

struct sve {
	unsigned char bytes[SVE_Z + 17 * SVE_P];
};

#define EACH_Z(insn)	KEPT_EACH(KEPT_Q, insn " z\\n, [x0, #\\n, mul vl]")
#define EACH_P(insn)	KEPT_EACH("0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15", insn " p\\n, [x2, #\\n, mul vl]")
#define P_AFTER_Z	"addvl x2, x0, #16\n\taddvl x2, x2, #16\n\t"

/* Loads @before, works, stores @after; each is packed by the length that this CPU has. */
void hold_sve(const struct sve *before, struct sve *after);
asm(".text\n\t.arch armv8.2-a+sve\n\t.balign 4\n\t.globl hold_sve\nhold_sve:\n\t"
    "stp d8, d9, [sp, #-64]!\n\tstp d10, d11, [sp, #16]\n\tstp d12, d13, [sp, #32]\n\tstp d14, d15, [sp, #48]\n\t"
    P_AFTER_Z "ldr p0, [x2, #16, mul vl]\n\twrffr p0.b\n\t" EACH_P("ldr") EACH_Z("ldr")
    KEPT_WORK "\n\t"
    "mov x0, x1\n\t" P_AFTER_Z EACH_P("str") EACH_Z("str") "rdffr p0.b\n\tstr p0, [x2, #16, mul vl]\n\t"
    "ldp d10, d11, [sp, #16]\n\tldp d12, d13, [sp, #32]\n\tldp d14, d15, [sp, #48]\n\tldp d8, d9, [sp], #64\n\t"
    "ret\n");

/* In bytes; 0: no SVE */
static unsigned int sve_length(void)
{
	unsigned long length = 0;

	/* Linux's default is short */
	if (getauxval(AT_HWCAP) & HWCAP_SVE && prctl(PR_SVE_SET_VL, SVE_Z / 32) >= 0)
		asm volatile(".arch armv8.2-a+sve\n\tcntb %0" : "=r" (length));
	return (unsigned int)length;
}

/* The first byte of what is in use that has changed, -1 if none has. */
static int sve_changed(unsigned int length, unsigned long long *state)
{
	static struct sve before, after;
	unsigned int ffr = length * 32 + 16 * length / 8, size = ffr + length / 8;

	for (unsigned int n = 0; n < size; n++) {
		before.bytes[n] = (unsigned char)kept_dice(state);
		after.bytes[n] = before.bytes[n] ^ 1;
	}
	/* it has to be ones up to some element, and zeros from there on */
	for (unsigned int n = 0, ones = (unsigned int)kept_dice(state) % length; n < length / 8; n++)
		before.bytes[ffr + n] = ones >= 8 * n + 8 ? 0xff : ones <= 8 * n ? 0 : (1 << (ones - 8 * n)) - 1;
	hold_sve(&before, &after);
	for (unsigned int n = 0; n < size; n++)
		if (before.bytes[n] != after.bytes[n])
			return (int)n;
	return -1;
}

/* Of the CPU; signals use the stack. */
static struct {
	char stack[65536];
	struct kept kept;
} own __attribute__((aligned(16)));

static volatile sig_atomic_t stop;

static void on_sigterm(int nr)
{
	(void)nr;
	stop = 1;
}

int main(int argc, char **argv)
{
	unsigned long long state, times = 0;
	unsigned int length = sve_length();
	int changed;

	if (argc != 3 || cb_pin(atoi(argv[1]))) {
		fprintf(stderr, "kept-root CPU SEED\n");
		return 2;
	}
	state = strtoull(argv[2], NULL, 0) * 0x9e3779b97f4a7c15ULL + 1;
	signal(SIGTERM, on_sigterm);
	while (!stop) {
		kept_fill(&own.kept, &state);
		hold(&own.kept);
		changed = kept_changed(&own.kept);
		if (changed >= 0) {
			printf("kept-root: CPU %s: word %d is 0x%llx, was 0x%llx\n", argv[1], changed,
			       ((unsigned long long *)&own.kept.after)[changed],
			       ((unsigned long long *)&own.kept.before)[changed]);
			return 1;
		}
		changed = length ? sve_changed(length, &state) : -1;
		if (changed >= 0) {
			printf("kept-root: CPU %s: SVE of %u bytes: byte %d has changed\n", argv[1], length, changed);
			return 1;
		}
		times++;
	}
	printf("kept-root: CPU %s: SVE of %u bytes: %llu times\n", argv[1], length, times);
	return 0;
}
