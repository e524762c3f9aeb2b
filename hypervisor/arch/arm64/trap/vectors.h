/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_VECTORS_H
#define ARM64_VECTORS_H

/*
 * What follows is in the room that vector @nr (vectors.S, a hexadecimal digit) leaves of
 * its VECTOR_SIZE bytes, which would be padding otherwise. The link fails if it is
 * longer than that.
 */
#ifdef __ASSEMBLY__
.macro in_room_of nr
	.section ".text.vector.\nr\().room", "ax"
.endm
#endif

#endif /* ARM64_VECTORS_H */
