/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARCH_BOOT_H
#define ARCH_BOOT_H

#include <cellblock/loader.h>

/* The image's header, with the system configuration after it. */
extern struct fake_image {
	struct cellblock_header header;
	__u8 config[0x10000];
} fake_image;

#define hv_header	fake_image.header

struct cpu_context;
struct vcpu;

void vmreturn(void) __attribute__((noreturn));
void vmenter(const struct cpu_context *next) __attribute__((noreturn));

#endif /* ARCH_BOOT_H */
