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

#include <jailhouse/cell-config.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"
#include "lib/errors.h"

#define CELL	"timer-demo"
#define LINKED	"ivshmem-a"
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
		struct jailhouse_preload_image image[2];
	} load = { .load = { .cell_id = named(CELL), .num_preload_images = 2 } };
	static const char parameters[] = CB_QUIET "period=100 report=5";
	size_t size;
	void *image = cb_read_file(CB_INMATES CELL ".bin", &size);
	int result;

	load.image[0].source_address = (uintptr_t)image;
	load.image[0].size = size;
	load.image[1].source_address = (uintptr_t)parameters;
	load.image[1].size = sizeof(parameters);
	load.image[1].target_address = CB_CMDLINE;
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

/* Without images, and a second time: asked, stopped and started again. */
TEST_F(enabled, start_of_anything)
{
	ASSERT_EQ(0, create());
	EXPECT_EQ(0, start());
	EXPECT_STREQ("running", cb_text("cells/1/state"));
	/* zeros answer nobody */
	ASSERT_DONE(cb_destroy(CELL, CB_FORCE));
	ASSERT_EQ(0, create());
	ASSERT_EQ(0, load());
	ASSERT_EQ(0, start());
	EXPECT_NE(NULL, cb_console_wait(&self->con, "Timer fired", LIMIT));
	EXPECT_STREQ("running", cb_text("cells/1/state"));
	EXPECT_EQ(0, start());
	EXPECT_NE(NULL, cb_console_wait(&self->con, "Started cell \"" CELL "\"", LIMIT));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "Timer fired", LIMIT));
	EXPECT_STREQ("running", cb_text("cells/1/state"));
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

/* A system with an irqchip elsewhere, an empty one, and a region twice */
TEST(system_with_more_than_needed)
{
	static struct err_config c;
	struct jailhouse_irqchip *chip;
	struct jailhouse_memory *mem;

	ASSERT_EQ(0, cb_fresh()) TH_LOG("%s", cb_error());
	ASSERT_TRUE(err_read_config(&c, NULL));
	chip = err_add_irqchip(&c);
	chip->address = 0x12340000;
	chip->pin_base = 32;
	chip->pin_bitmap[0] = ~0U;
	memset(err_add_irqchip(&c), 0, sizeof(*chip));
	mem = err_add_mem(&c);
	*mem = *err_mem(&c, 0);
	ASSERT_EQ(mem->phys_start, mem->virt_start);
	ASSERT_EQ(0, request(JAILHOUSE_ENABLE, &c.sys));
	EXPECT_TRUE(cb_kernel_said("is at 0x12340000, where the GIC (0x8000000) is not: skipped"));
	EXPECT_TRUE(cb_kernel_said("is empty: skipped"));
	EXPECT_TRUE(cb_kernel_said("overlap, and both map what is there to the same address: taken as one"));
	EXPECT_EQ(0, create());
	EXPECT_EQ(0, load());
	EXPECT_EQ(0, start());
	EXPECT_EQ(0, destroy());
	EXPECT_EQ(0, request(JAILHOUSE_DISABLE, NULL));
}

static int create_from(struct err_config *c)
{
	struct jailhouse_cell_create create = {
		.config_address = (uintptr_t)c->bytes, .config_size = (uint32_t)c->size,
	};

	return request(JAILHOUSE_CELL_CREATE, &create);
}

TEST_F(enabled, a_link_without_interrupts)
{
	static struct err_config c;

	ASSERT_TRUE(err_read_config(&c, LINKED));
	err_irqchip(&c, 0)->address = 0x12340000;
	EXPECT_EQ(0, create_from(&c));
	EXPECT_TRUE(cb_kernel_said("gets no interrupts: its own is SPI 200"));
	EXPECT_TRUE(cb_kernel_said("is at 0x12340000, where the GIC (0x8000000) is not: skipped"));
	EXPECT_DONE(cb_destroy(LINKED, CB_FORCE));
}

TEST_F(enabled, a_peer_beyond_the_peers)
{
	static struct err_config c;

	ASSERT_TRUE(err_read_config(&c, LINKED));
	err_pci(&c, 0)->shmem_dev_id = err_pci(&c, 0)->shmem_peers;
	EXPECT_EQ(0, create_from(&c));
	EXPECT_TRUE(cb_kernel_said(": left out"));
	EXPECT_DONE(cb_destroy(LINKED, CB_FORCE));
}

/* The front-end of a virtio device in one cell, its back-end in the other; and two that do not belong together */
TEST_F(enabled, virtio)
{
	static struct err_config front, back;

	ASSERT_TRUE(err_read_config(&front, "ivshmem-a"));
	ASSERT_TRUE(err_read_config(&back, "ivshmem-b"));
	err_pci(&front, 4)->shmem_protocol = JAILHOUSE_SHMEM_PROTO_VIRTIO_FRONT + VIRTIO_DEV_BLOCK;
	err_pci(&back, 1)->shmem_protocol = JAILHOUSE_SHMEM_PROTO_VIRTIO_BACK + VIRTIO_DEV_NET;
	ASSERT_EQ(err_pci(&front, 4)->bdf, err_pci(&back, 1)->bdf);
	ASSERT_EQ(0, create_from(&front));
	EXPECT_EQ(-1, create_from(&back));
	err_pci(&back, 1)->shmem_protocol = JAILHOUSE_SHMEM_PROTO_VIRTIO_BACK + VIRTIO_DEV_BLOCK;
	EXPECT_EQ(0, create_from(&back));
	EXPECT_DONE(cb_destroy_all());
}

TEST_HARNESS_MAIN
