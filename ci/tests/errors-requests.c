// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* Requests that make no sense: said why, and nothing has changed */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include <qemu-virt/board.h>
#include "lib/cellblock.h"
#include "lib/errors.h"

#define CELL		"timer-demo"
#define KERNEL_ADDRESS	0xffff800008000000UL

static struct jailhouse_cell_id by_id(int id)
{
	return (struct jailhouse_cell_id){ .id = id };
}

static struct jailhouse_cell_id by_name(const char *name)
{
	struct jailhouse_cell_id id = { .id = JAILHOUSE_CELL_ID_UNUSED };

	/* without its NUL if it is too long */
	memcpy(id.name, name, strnlen(name, sizeof(id.name)));
	return id;
}

static long start(struct jailhouse_cell_id id)
{
	id.padding = JAILHOUSE_CELL_CHECKED;
	return cb_ioctl(JAILHOUSE_CELL_START, &id);
}

static long destroy(struct jailhouse_cell_id id)
{
	return cb_ioctl(JAILHOUSE_CELL_DESTROY, &id);
}

static long restart(struct jailhouse_cell_id id)
{
	return cb_ioctl(JAILHOUSE_CELL_RESTART, &id);
}

static long load_nothing(struct jailhouse_cell_id id)
{
	struct jailhouse_cell_load load = { .cell_id = id };

	return cb_ioctl(JAILHOUSE_CELL_LOAD, &load);
}

struct one_image {
	struct jailhouse_cell_load load;
	struct jailhouse_preload_image image;
};

static long load_from(const void *source, uint64_t size, uint64_t target)
{
	struct one_image request = {
		.load = { .cell_id = by_name(CELL), .num_preload_images = 1 },
		.image = {
			.source_address = (uintptr_t)source,
			.size = size,
			.target_address = target,
		},
	};

	return cb_ioctl(JAILHOUSE_CELL_LOAD, &request);
}

/* From memory that is there as far as anybody looks. */
static long load(uint64_t size, uint64_t target)
{
	void *source = calloc(1, 2 * QEMU_CELL_SIZE);
	long ret = load_from(source, size, target);

	free(source);
	return ret;
}

static long load_many(uint32_t count)
{
	struct jailhouse_cell_load load = {
		.cell_id = by_name(CELL),
		.num_preload_images = count,
	};

	return cb_ioctl(JAILHOUSE_CELL_LOAD, &load);
}

/* The second of its two images is at the end of what can be read. */
static long load_list_at_border(void)
{
	struct err_config request = { .size = sizeof(struct one_image) };
	struct jailhouse_cell_load *load = (void *)request.bytes;

	load->cell_id = by_name(CELL);
	load->num_preload_images = 2;
	return cb_ioctl(JAILHOUSE_CELL_LOAD, (void *)err_at_border(&request, request.size));
}

/* Readable at its start only */
static long load_half_readable(void)
{
	struct err_config image = { .size = 0x3000 };

	return load_from(err_at_border(&image, image.size), 0x5000, 0);
}

static long create_from(const void *config, size_t size)
{
	return cb_create_raw(config, size);
}

static long create_at_border(size_t size)
{
	struct err_config c;

	if (!err_read_config(&c, "uart-demo"))
		return 0;
	return cb_create_raw(err_at_border(&c, size), c.size);
}

FIXTURE(request) {
	struct err_state before;
};

FIXTURE_VARIANT(request) {
	long (*call)(void);
	int error;
	const char *words[ERR_WORDS];
};

/* There is a cell with nothing loaded. What the test before has left serves this one. */
FIXTURE_SETUP(request)
{
	err_note(&self->before);
	if (strcmp(self->before.cells, "0 qemu-arm64: running, CPUs 0,2-3; "
				       "1 " CELL ": shut down, CPUs 1; ")) {
		ALL_WELL(err_begin(true));
		ASSERT_EQ(1, cb_create(CELL)) TH_LOG("%s", cb_error());
		err_note(&self->before);
	}
}

FIXTURE_TEARDOWN(request)
{
}

/* The request, the error, and words of the sentence */
#define REFUSED(name, request_, code, ...)			\
	static long name(void)					\
	{							\
		return request_;				\
	}							\
	FIXTURE_VARIANT_ADD(request, name) {			\
		.call = name, .error = code, .words = { __VA_ARGS__ }	\
	}

/* which cell */
REFUSED(start_unknown_id, start(by_id(77)), ENOENT, "no cell has the id 77");
REFUSED(destroy_unknown_id, destroy(by_id(2)), ENOENT, "no cell has the id 2");
REFUSED(restart_unknown_id, restart(by_id(77)), ENOENT, "no cell has the id 77");
REFUSED(load_unknown_id, load_nothing(by_id(77)), ENOENT, "no cell has the id 77");
REFUSED(negative_id, start(by_id(-2)), ENOENT, "no cell has the id -2");
REFUSED(start_unknown_name, start(by_name("nobody")), ENOENT, "no cell is named \"nobody\"");
REFUSED(destroy_unknown_name, destroy(by_name(CELL "s")), ENOENT, "named \"" CELL "s\"");
REFUSED(load_unknown_name, load_nothing(by_name("timer")), ENOENT, "no cell is named \"timer\"");
REFUSED(empty_name, start(by_name("")), ENOENT, "no cell is named \"\"");
REFUSED(endless_name, start(by_name("0123456789012345678901234567890123456789")), ENOENT,
	"no cell is named \"0123456789012345678901234567890\"");
REFUSED(start_root, start(by_id(0)), EINVAL, "qemu-arm64", "root cell");
REFUSED(destroy_root, destroy(by_name("qemu-arm64")), EINVAL, "qemu-arm64", "root cell");
REFUSED(restart_root, restart(by_id(0)), EINVAL, "qemu-arm64", "root cell");
REFUSED(load_root, load_nothing(by_id(0)), EINVAL, "qemu-arm64", "root cell");

/* order */
REFUSED(start_before_load, start(by_name(CELL)), EINVAL, CELL, "nothing was loaded", "--force");
REFUSED(restart_before_load, restart(by_name(CELL)), EINVAL, CELL, "nothing was loaded", "load an image first");
REFUSED(enable_twice, cb_enable(NULL), EBUSY, "enabled already");
REFUSED(create_twice, cb_create(CELL), EEXIST, CELL, "exists already");

/* images */
#define END	QEMU_CELL_SIZE
REFUSED(image_too_large, load(END + 1, 0), EINVAL, "0x1000001 bytes at 0", "does not fit", CELL);
REFUSED(image_over_end, load(0x1001, END - 0x1000), EINVAL, "0x1001 bytes at 0xfff000", CELL);
REFUSED(image_outside, load(0x1000, END), EINVAL, "at 0x1000000", "does not fit");
REFUSED(image_far_outside, load(4, 0x50000000), EINVAL, "4 bytes at 0x50000000");
REFUSED(image_wraps, load(0x2000, -0x1000ULL), EINVAL, "at 0xfffffffffffff000");
REFUSED(image_of_all, load(~0ULL, 0), EINVAL, "does not fit");
REFUSED(image_size_wraps, load(-0x1000ULL, 0x2000), EINVAL, "does not fit");
REFUSED(image_on_uart, load(4, QEMU_UART_BASE), EINVAL, "at 0x9000000", "loadable");
REFUSED(image_on_comm, load(4, QEMU_CELL_COMM), EINVAL, "at 0x80000000", "loadable");
REFUSED(image_nowhere, load_from(NULL, 4, 0), EFAULT, CELL, "not loaded", "not readable");
REFUSED(image_half_readable, load_half_readable(), EFAULT, CELL, "not loaded", "not readable");
REFUSED(image_of_kernel, load_from((void *)KERNEL_ADDRESS, 4096, 0), EFAULT, "not readable");
REFUSED(too_many_images, load_many(65), E2BIG, "65 images", "at most 64");
REFUSED(endless_images, load_many(~0U), E2BIG, "4294967295 images");
REFUSED(image_list_at_border, load_list_at_border(), EFAULT, "list", "not readable");

/* arguments */
REFUSED(start_nothing, cb_ioctl(JAILHOUSE_CELL_START, NULL), EFAULT, "not readable");
REFUSED(destroy_nothing, cb_ioctl(JAILHOUSE_CELL_DESTROY, NULL), EFAULT, "not readable");
REFUSED(restart_nothing, cb_ioctl(JAILHOUSE_CELL_RESTART, NULL), EFAULT, "not readable");
REFUSED(load_no_request, cb_ioctl(JAILHOUSE_CELL_LOAD, NULL), EFAULT, "not readable");
REFUSED(create_no_request, cb_ioctl(JAILHOUSE_CELL_CREATE, NULL), EFAULT, "not readable");
REFUSED(create_nowhere, create_from(NULL, 400), EFAULT, "configuration");
REFUSED(create_kernel, create_from((void *)KERNEL_ADDRESS, 400), EFAULT, "configuration");
REFUSED(create_short, create_at_border(140), EFAULT, "configuration ends before");
REFUSED(unknown, cb_ioctl(_IO(0, 9), NULL), ENOTTY, "does not know the request 0x9");
REFUSED(unknown_size, cb_ioctl(_IOW(0, 4, int), NULL), ENOTTY, "does not know");

TEST_F(request, refused)
{
	ALL_WELL(err_refused(variant->call(), variant->error, variant->words));
	ALL_WELL(err_changed(&self->before));
	/* the cell is as it was: with nothing loaded, and usable */
	if (strcmp(cb_state(CELL), "shut down") || variant->call == start_before_load) {
		ASSERT_EQ(0, cb_destroy(CELL, 0));
		ALL_WELL(err_works());
	}
}

/* Not loaded counts after a load that failed, too. */
TEST(start_after_failed_load)
{
	static const char *const words[ERR_WORDS] = { "nothing was loaded" };

	ALL_WELL(err_begin(true));
	ASSERT_EQ(1, cb_create(CELL));
	ASSERT_EQ(0, cb_load(CELL, "comm", CB_QUIET "behave=approve"));
	ASSERT_EQ(-EFAULT, load_half_readable());
	ALL_WELL(err_refused(start(by_name(CELL)), EINVAL, words));
	ASSERT_EQ(0, cb_load(CELL, "comm", CB_QUIET "behave=approve"));
	ASSERT_EQ(0, cb_start(CELL));
	ASSERT_EQ(0, cb_destroy(CELL, 0)) TH_LOG("%s", cb_error());
	ALL_WELL(err_works());
}

TEST(start_twice)
{
	static const char *const words[ERR_WORDS] = { CELL, "not shut down" };
	struct err_state before;

	ALL_WELL(err_begin(true));
	ASSERT_EQ(1, cb_create(CELL));
	ASSERT_EQ(0, cb_boot(CELL, "comm", CB_QUIET "behave=approve"));
	err_note(&before);
	ALL_WELL(err_refused(start(by_name(CELL)), EBUSY, words));
	ALL_WELL(err_changed(&before));
	ASSERT_EQ(0, cb_destroy(CELL, 0)) TH_LOG("%s", cb_error());
	ALL_WELL(err_works());
}

/* A file tells about its own requests only; a bad address for the text is told by errno. */
TEST(whose_error)
{
	struct jailhouse_cell_id id = by_id(5);
	struct jailhouse_error error;
	int one, other;

	ALL_WELL(err_begin(true));
	one = open("/dev/jailhouse", O_RDWR);
	other = open("/dev/jailhouse", O_RDWR);
	ASSERT_LE(0, one);
	ASSERT_LE(0, other);
	ASSERT_EQ(-1, ioctl(one, JAILHOUSE_CELL_START, &id));
	EXPECT_EQ(0, ioctl(other, JAILHOUSE_GET_ERROR, &error));
	EXPECT_STREQ("", error.text);
	EXPECT_EQ(0, ioctl(one, JAILHOUSE_GET_ERROR, &error));
	EXPECT_STREQ("no cell has the id 5", error.text);
	EXPECT_EQ(-1, ioctl(one, JAILHOUSE_GET_ERROR, NULL));
	EXPECT_EQ(EFAULT, errno);
}

static long create_when_off(void)
{
	return cb_create(CELL);
}

/* All of it while the hypervisor is not enabled */
TEST(not_enabled)
{
	static const char *const words[ERR_WORDS] = { "not enabled" };
	struct err_state before;

	ALL_WELL(err_begin(false));
	err_note(&before);
	ALL_WELL(err_refused(create_when_off(), EINVAL, words));
	ALL_WELL(err_refused(start(by_name(CELL)), EINVAL, words));
	ALL_WELL(err_refused(load_nothing(by_id(0)), EINVAL, words));
	ALL_WELL(err_refused(destroy(by_id(1)), EINVAL, words));
	ALL_WELL(err_refused(cb_disable(), EINVAL, words));
	ALL_WELL(err_changed(&before));
	ALL_WELL(err_works());
}

TEST_HARNESS_MAIN
