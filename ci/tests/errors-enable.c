// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * What hinders enabling beside the content of a configuration: arguments, the
 * firmware file, CPUs. And what disabling.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include <cellblock/loader.h>
#include "lib/cellblock.h"
#include "lib/errors.h"

#define TEXT(number)	#number
#define TEXT_OF(macro)	TEXT(macro)
#define OUR_INTERFACE	TEXT_OF(CELLBLOCK_LOADER_REVISION)

#define FIRMWARE	"/lib/firmware/jailhouse.bin"
#define GOOD		FIRMWARE ".good"

static const char *still_works(const struct err_state *before)
{
	const char *why = err_changed(before);

	return why ? why : err_works();
}

/* Arguments */

FIXTURE(border) {
	struct err_state before;
	struct err_config c;
};

FIXTURE_VARIANT(border) {
	int readable;	/* bytes; negative: less than all */
	const char *words[ERR_WORDS];
};

FIXTURE_VARIANT_ADD(border, nothing) { .readable = 0, .words = { "before its header of 488" } };
FIXTURE_VARIANT_ADD(border, half_a_header) { .readable = 487, .words = { "before its header" } };
FIXTURE_VARIANT_ADD(border, header_only) { .readable = 488, .words = { "ends before the" } };
FIXTURE_VARIANT_ADD(border, one_byte_less) { .readable = -1, .words = { "ends before the" } };

FIXTURE_SETUP(border)
{
	ALL_WELL(err_begin(false));
	ASSERT_TRUE(err_read_config(&self->c, NULL));
	err_note(&self->before);
}

FIXTURE_TEARDOWN(border)
{
}

TEST_F(border, refused)
{
	size_t size = variant->readable < 0 ? self->c.size - 1 : (size_t)variant->readable;

	ALL_WELL(err_refused(cb_enable_raw(err_at_border(&self->c, size)), EFAULT, variant->words));
	ALL_WELL(still_works(&self->before));
}

TEST(all_of_it_at_the_border)
{
	struct err_config c;

	ALL_WELL(err_begin(false));
	ASSERT_TRUE(err_read_config(&c, NULL));
	ASSERT_EQ(0, cb_enable_raw(err_at_border(&c, c.size))) TH_LOG("%s", cb_error());
	ALL_WELL(err_works());
	ASSERT_EQ(0, cb_disable());
}

TEST(bad_addresses)
{
	static const char *const words[ERR_WORDS] = { "configuration ends before" };
	struct err_state before;

	ALL_WELL(err_begin(false));
	err_note(&before);
	ALL_WELL(err_refused(cb_enable_raw(NULL), EFAULT, words));
	ALL_WELL(err_refused(cb_enable_raw((void *)0xffff800008000000UL), EFAULT, words));
	ALL_WELL(still_works(&before));
}

/* The firmware file */

FIXTURE(firmware) {
	struct err_state before;
	struct cellblock_header *image;
	size_t size;
};

FIXTURE_VARIANT(firmware) {
	void (*spoil)(struct cellblock_header *image, size_t *size);
	int error;
	const char *words[ERR_WORDS];
};

static void restore(void)
{
	if (!access(GOOD, F_OK))
		rename(GOOD, FIRMWARE);
}

FIXTURE_SETUP(firmware)
{
	restore();
	ALL_WELL(err_begin(false));
	self->image = cb_read_file(FIRMWARE, &self->size);
	ASSERT_NE(NULL, self->image);
	ASSERT_EQ(0, rename(FIRMWARE, GOOD));
	err_note(&self->before);
}

FIXTURE_TEARDOWN(firmware)
{
	restore();
}

#define REFUSED(name, wrong, code, ...)					\
	static void name(struct cellblock_header *image, size_t *size)	\
	{								\
		(void)image;						\
		(void)size;						\
		wrong;							\
	}								\
	FIXTURE_VARIANT_ADD(firmware, name) {				\
		.spoil = name, .error = code, .words = { __VA_ARGS__ }	\
	}

REFUSED(missing, *size = 0, ENOENT, "did not find", "jailhouse.bin", "/lib/firmware");
REFUSED(one_byte, *size = 1, EINVAL, "jailhouse.bin", "not an image");
REFUSED(half_a_header, *size = sizeof(*image) - 1, EINVAL, "jailhouse.bin", "not an image");
REFUSED(signature, image->signature[3]++, EINVAL, "jailhouse.bin", "not an image");
REFUSED(interface, image->revision++, EINVAL, "the firmware file", "(interface " OUR_INTERFACE "): install",
	"one build");
REFUSED(version, strcpy(image->version, "9.9.9"), EINVAL, "of version 9.9.9", "this driver of version",
	"one build");
REFUSED(endless_version, memset(image->version, '7', 64), EINVAL, "of version 777", "this driver");
REFUSED(header_only, *size = sizeof(*image), EINVAL, "jailhouse.bin", "damaged");
REFUSED(truncated, --*size, EINVAL, "jailhouse.bin", "damaged");
REFUSED(core_size, image->core_size += 1, EINVAL, "damaged");
REFUSED(core_wraps, image->core_size = -0x1000ULL, EINVAL, "damaged");
REFUSED(entry, image->entry = 1ULL << 40, EINVAL, "damaged");
REFUSED(shared, image->shared_offset = image->core_size - 0x1000, EINVAL, "damaged");
REFUSED(mpidr, image->mpidr_offset = image->core_size - 64, EINVAL, "damaged");
REFUSED(mpidr_unaligned, image->mpidr_offset += 4, EINVAL, "damaged");
REFUSED(too_large, image->core_size += 0x400000, ENOMEM, "hypervisor memory", "too small", "KiB");

TEST_F(firmware, refused)
{
	FILE *file;

	variant->spoil(self->image, &self->size);
	if (self->size) {
		file = fopen(FIRMWARE, "w");
		ASSERT_NE(NULL, file);
		ASSERT_EQ(1, fwrite(self->image, self->size, 1, file));
		fclose(file);
	}
	ALL_WELL(err_refused(cb_enable(NULL), variant->error, variant->words));
	ALL_WELL(err_changed(&self->before));
	restore();
	ALL_WELL(err_works());
}

/* CPUs */

TEST(cpu_offline)
{
	static const char *const words[ERR_WORDS] = { "CPU 3 is not online", "0-2", "0-3" };
	struct err_state before;

	ALL_WELL(err_begin(false));
	ASSERT_EQ(0, cb_set_online(3, false));
	err_note(&before);
	EXPECT_EQ(NULL, err_refused(cb_enable(NULL), EINVAL, words)) TH_LOG("%s", cb_error());
	EXPECT_EQ(NULL, err_changed(&before));
	ASSERT_EQ(0, cb_set_online(3, true));
	ALL_WELL(err_works());
}

/* Nobody is left at EL2 when one does not come: the others go back. */
TEST(cpu_stays_away)
{
	static const char *const words[ERR_WORDS] = { "CPU 2 did not enter", "ms" };
	struct err_state before;
	long ret;

	ALL_WELL(err_begin(false));
	err_note(&before);
	ASSERT_EQ(0, cb_write(CB_PARAMETERS "absent_cpu", "2"));
	ret = cb_enable(NULL);
	ASSERT_EQ(0, cb_write(CB_PARAMETERS "absent_cpu", "-1"));
	ALL_WELL(err_refused(ret, ETIMEDOUT, words));
	ALL_WELL(still_works(&before));
}

/* While enabled */

TEST(module_in_use)
{
	struct err_state before;

	ALL_WELL(err_begin(true));
	err_note(&before);
	EXPECT_EQ(-EAGAIN, cb_rmmod());
	ALL_WELL(still_works(&before));
}

TEST(cpu_of_a_cell)
{
	struct err_state before;

	ALL_WELL(err_begin(true));
	ASSERT_EQ(1, cb_create("timer-demo"));
	err_note(&before);
	EXPECT_EQ(-EBUSY, cb_set_online(1, true));
	EXPECT_TRUE(cb_kernel_said("CPU 1 cannot come online: it belongs to a cell"));
	ALL_WELL(err_changed(&before));
	ASSERT_EQ(0, cb_destroy("timer-demo", 0));
	ALL_WELL(err_works());
}

/* Each is asked: the one that denies keeps all of them there. */
TEST(disable_denied)
{
	static const char *const words[ERR_WORDS] = { "\"timer-demo\"", "denied" };
	struct err_state before;

	ALL_WELL(err_begin(true));
	ASSERT_LT(0, cb_create("timer-demo"));
	ASSERT_EQ(0, cb_boot("timer-demo", "comm", CB_QUIET "behave=deny"));
	ASSERT_LT(0, cb_create("inmate-test"));
	ASSERT_EQ(0, cb_boot("inmate-test", "comm", CB_QUIET "behave=approve"));
	err_note(&before);
	ALL_WELL(err_refused(cb_disable(), EPERM, words));
	ALL_WELL(err_changed(&before));
	/* one that has approved is over, but not gone */
	ASSERT_EQ(0, cb_destroy("timer-demo", CB_FORCE));
	ASSERT_LT(0, cb_create("timer-demo"));
	ASSERT_EQ(0, cb_boot("timer-demo", "comm", CB_QUIET "behave=approve"));
	ASSERT_EQ(0, cb_disable()) TH_LOG("%s", cb_error());
	EXPECT_EQ(4, cb_num_online());
	ALL_WELL(err_works());
}

TEST_HARNESS_MAIN
