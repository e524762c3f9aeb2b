/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_IMAGE_H
#define DRIVER_IMAGE_H

/* The firmware file with the hypervisor. */

#include <linux/types.h>

struct cellblock_header;
struct jailhouse_error;
struct jailhouse_system;

/**
 * image_get() - have Linux read the file, and check it
 * @memory_size: bytes of hypervisor memory
 * @config_size: bytes of the system configuration, which goes there too
 * @err: receives the sentence of a refusal
 *
 * Return: 0, or a negative errno and nothing to release.
 */
int image_get(u64 memory_size, size_t config_size, struct jailhouse_error *err);

/**
 * image_release() - let go of the file
 *
 * Until then, while the hypervisor is at work, its sentences are read from there.
 */
void image_release(void);

/**
 * image_load() - put all that the image needs into hypervisor memory
 * @header: start of hypervisor memory, mapped
 * @config: the system configuration
 * @config_size: its size in bytes
 *
 * These are the image, the configuration, and what is to be known of Linux; out
 * of the caches too, as the image starts without.
 */
void image_load(struct cellblock_header *header,
		const struct jailhouse_system *config, size_t config_size);

/**
 * image_sentence() - why something was refused, as the hypervisor says it
 * @place: of struct cellblock_refusal
 *
 * Between image_get() and image_release().
 * Return: a format of the image's, or NULL: there is none.
 */
const char *image_sentence(u32 place);

#endif /* DRIVER_IMAGE_H */
