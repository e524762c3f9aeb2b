// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/firmware.h>
#include <linux/math.h>
#include <linux/mm.h>
#include <linux/smp.h>

#include <asm/cpufeature.h>
#include <asm/cputype.h>
#include <asm/sysreg.h>

#include <cellblock/loader.h>
#include <jailhouse/cell-config.h>

#include "el2/image.h"
#include "error.h"
#include "mem/content.h"
#include "mem/ram.h"
#include "sysfs/sysfs.h"

#define IMAGE_NAME	"jailhouse.bin"
#define MPIDR_SIZE	(CELLBLOCK_MAX_CPUS * sizeof(u64))

static const struct firmware *image;

static const struct cellblock_header *file_header(void)
{
	return (const void *)image->data;
}

static bool is_image(void)
{
	return image->size >= sizeof(struct cellblock_header) &&
		!memcmp(file_header()->signature, CELLBLOCK_SIGNATURE,
			sizeof(file_header()->signature));
}

static bool is_within(const struct cellblock_header *header, u64 offset, u64 size)
{
	return offset < header->core_size && header->core_size - offset >= size;
}

/* Can the rest of the header be believed? */
static bool is_sound(const struct cellblock_header *header, size_t size)
{
	return header->image_size < size && !image->data[size - 1] &&
		IS_ALIGNED(header->core_size | header->shared_offset, CELLBLOCK_PAGE_SIZE) &&
		header->core_size >= header->image_size && header->core_size < PHYS_END &&
		header->entry < header->image_size &&
		is_within(header, header->shared_offset,
			  sizeof(struct cellblock_shared)) &&
		IS_ALIGNED(header->mpidr_offset, sizeof(u64)) &&
		is_within(header, header->mpidr_offset, MPIDR_SIZE);
}

static int check(u64 memory_size, size_t config_size,
		 struct jailhouse_error *err)
{
	const struct cellblock_header *header = file_header();
	u64 needed;

	if (!is_image())
		return error_set(err, -EINVAL, "the firmware file " IMAGE_NAME " is not an image of this hypervisor");
	if (header->revision != CELLBLOCK_LOADER_REVISION ||
	    strncmp(header->version, CELLBLOCK_VERSION, sizeof(header->version)))
		return error_set(err, -EINVAL, "the firmware file " IMAGE_NAME " is of version %.64s (interface %u), this driver of version %s (interface %u): install both from one build",
				 header->version, header->revision,
				 CELLBLOCK_VERSION, CELLBLOCK_LOADER_REVISION);
	if (!is_sound(header, image->size))
		return error_set(err, -EINVAL, "the firmware file " IMAGE_NAME " is damaged: install it again");
	needed = header->core_size + config_size;
	if (needed > memory_size)
		return error_set(err, -ENOMEM, "hypervisor memory of %llu KiB is too small: image and configuration alone take %llu KiB",
				 memory_size >> 10, DIV_ROUND_UP(needed, 1024));
	return 0;
}

void image_release(void)
{
	release_firmware(image);
	image = NULL;
}

int image_get(u64 memory_size, size_t config_size, struct jailhouse_error *err)
{
	int ret;

	ret = firmware_request_nowarn(&image, IMAGE_NAME, sysfs_device());
	if (ret)
		return error_set(err, ret, "the kernel did not find the hypervisor image " IMAGE_NAME " (error %d): install it in /lib/firmware",
				 ret);
	ret = check(memory_size, config_size, err);
	if (ret)
		image_release();
	return ret;
}

const char *image_sentence(u32 place)
{
	u64 loaded = file_header()->image_size;

	return place && place <= image->size - loaded ? image->data + loaded + place - 1 : NULL;
}

static void note_mpidr(void *list)
{
	((u64 *)list)[smp_processor_id()] =
		read_cpuid_mpidr() & MPIDR_HWID_BITMASK;
}

void image_load(struct cellblock_header *header,
		const struct jailhouse_system *config, size_t config_size)
{
	u64 *mpidr;

	memcpy(header, image->data, file_header()->image_size);
	memcpy((char *)header + header->core_size, config, config_size);

	header->phys_base = config->hypervisor_memory.phys_start;
	header->memory_size = config->hypervisor_memory.size;
	header->config_size = config_size;
	header->num_cpus = num_online_cpus();
	header->pa_range = read_sanitised_ftr_reg(SYS_ID_AA64MMFR0_EL1) & 0xf;
	mpidr = (void *)((char *)header + header->mpidr_offset);
	memset(mpidr, 0xff, MPIDR_SIZE);
	on_each_cpu(note_mpidr, mpidr, 1);

	content_flush(header, header->core_size + config_size);
}
