/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_PRIMECELL_H
#define DEVICES_PRIMECELL_H

/* What all of Arm's PrimeCells have at the end of their 4 KiB of registers. */

#include <jailhouse/types.h>

#define PRIMECELL_IDS	0xfe0	/* PeriphID0 to 3, PCellID0 to 3 */

/* Of a part of Arm's in this revision; 0 at the offset of any other register. */
static inline u8 primecell_id(u64 offset, unsigned int part, unsigned int revision)
{
	const u8 ids[] = {
		(u8)part, (u8)(0x10 | part >> 8), (u8)(revision << 4 | 0x4), 0x00,
		0x0d, 0xf0, 0x05, 0xb1
	};

	return offset < PRIMECELL_IDS || offset % 4 ? 0 : ids[(offset - PRIMECELL_IDS) / 4];
}

#endif /* DEVICES_PRIMECELL_H */
