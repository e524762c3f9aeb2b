/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_ASM_PAGE_H
#define FAKE_ASM_PAGE_H

#define PAGE_SIZE	fake_linux.page_size

#endif /* FAKE_ASM_PAGE_H */
