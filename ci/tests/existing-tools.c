// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * What programs rely on that were built for this interface before: their calls, one by one, without the library of
 * these tests, and what they take for a success. Documentation/compatibility.md has the table.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"

#define CELL	"timer-demo"
#define LIMIT	20000	/* ms */

/* As it comes: whatever is not 0 is a failure for them. */
static int request(unsigned long nr, void *arg)
{
	int fd = open("/dev/jailhouse", O_RDWR), result;

	if (fd < 0)
		return -errno;
	result = ioctl(fd, nr, arg);
	close(fd);
	return result;
}

static struct jailhouse_cell_id named(const char *name)
{
	struct jailhouse_cell_id id = { .id = JAILHOUSE_CELL_ID_UNUSED };

	strcpy(id.name, name);
	return id;
}

static int create(void)
{
	size_t size;
	void *config = cb_read_config(CELL, &size);
	struct jailhouse_cell_create create = { .config_address = (uintptr_t)config, .config_size = (uint32_t)size };
	int result = request(JAILHOUSE_CELL_CREATE, &create);

	free(config);
	return result;
}

static int load(void)
{
	struct {
		struct jailhouse_cell_load load;
		struct jailhouse_preload_image image;
	} load = { .load = { .cell_id = named(CELL), .num_preload_images = 1 } };
	size_t size;
	void *image = cb_read_file(CB_INMATES CELL ".bin", &size);
	int result;

	load.image.source_address = (uintptr_t)image;
	load.image.size = size;
	result = request(JAILHOUSE_CELL_LOAD, &load);
	free(image);
	return result;
}

static int start(void)
{
	struct jailhouse_cell_id id = named(CELL);

	return request(JAILHOUSE_CELL_START, &id);
}

static int shut_down(void)
{
	struct jailhouse_cell_load load = { .cell_id = named(CELL) };

	return request(JAILHOUSE_CELL_LOAD, &load);
}

static int destroy(void)
{
	struct jailhouse_cell_id id = named(CELL);

	return request(JAILHOUSE_CELL_DESTROY, &id);
}

TEST(every_request_returns_0)
{
	size_t size;
	void *config;

	ASSERT_EQ(0, cb_fresh()) TH_LOG("%s", cb_error());
	config = cb_read_config(cb_system_config(), &size);
	ASSERT_NE(NULL, config);
	ASSERT_EQ(0, request(JAILHOUSE_ENABLE, config));
	EXPECT_EQ(0, create());
	EXPECT_STREQ(CELL, cb_text("cells/1/name"));
	EXPECT_EQ(0, load());
	EXPECT_EQ(0, start());
	EXPECT_STREQ("running", cb_text("cells/1/state"));
	EXPECT_EQ(0, shut_down());
	EXPECT_STREQ("shut down", cb_text("cells/1/state"));
	EXPECT_EQ(0, destroy());
	EXPECT_EQ(0, request(JAILHOUSE_DISABLE, NULL));
	EXPECT_EQ(0, cb_number("enabled"));
	free(config);
}

/* Reads to the end, which is 0. Returns whether the text was there. */
static bool reads(struct __test_metadata *_metadata, int fd, const char *text)
{
	char all[65536];
	size_t length = 0;
	ssize_t got;

	while ((got = read(fd, all + length, sizeof(all) - 1 - length)) > 0)
		length += (size_t)got;
	EXPECT_EQ(0, got) TH_LOG("%s", strerror(errno));
	all[length] = 0;
	return strstr(all, text);
}

/* Who does not want to follow the console reads until there is no more, and takes an error for one. */
TEST_F(enabled, the_end_of_the_console)
{
	int fd = open("/dev/jailhouse", O_RDONLY | O_NONBLOCK);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, create());
	EXPECT_TRUE(reads(_metadata, fd, "Created cell \"" CELL "\""));
	EXPECT_FALSE(reads(_metadata, fd, CELL));
	ASSERT_EQ(0, destroy());
	EXPECT_TRUE(reads(_metadata, fd, "Destroyed cell \"" CELL "\""));
	close(fd);
}

/* Python's open() asks whether this is a terminal. That is no mistake, and hides none. */
TEST_F(enabled, is_it_a_terminal)
{
	int fd = open("/dev/jailhouse", O_RDWR);
	struct jailhouse_cell_id id = named("nobody");
	struct jailhouse_error error;

	ASSERT_LE(0, fd);
	ASSERT_EQ(-1, ioctl(fd, JAILHOUSE_CELL_START, &id));
	EXPECT_EQ(0, isatty(fd));
	EXPECT_EQ(ENOTTY, errno);
	EXPECT_EQ(0, ioctl(fd, JAILHOUSE_GET_ERROR, &error));
	EXPECT_STREQ("no cell is named \"nobody\"", error.text);
	EXPECT_FALSE(cb_kernel_said("does not know the request"));
	close(fd);
}

TEST_HARNESS_MAIN
