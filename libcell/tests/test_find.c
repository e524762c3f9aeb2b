// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Which link a name means, and what is said if it is none; a folder is /sys/bus/pci/devices. */

#define SYSFS_PCI "devices"

#include "../src/find.c"

#include <ftw.h>
#include <sys/stat.h>

#include "world.h"

static char folder[] = "/tmp/test_find.XXXXXX";

static void begin(void)
{
	strcpy(strrchr(folder, '.') + 1, "XXXXXX");
	EXPECT(mkdtemp(folder) && !chdir(folder) && !mkdir("devices", 0755));
}

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *at)
{
	(void)stat;
	(void)type;
	(void)at;
	return remove(path);
}

static void end(void)
{
	EXPECT(!chdir("/"));
	EXPECT_EQ(nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static void put(const char *pci, const char *file, const char *text)
{
	char path[PATH_SIZE];
	FILE *stream;

	snprintf(path, sizeof(path), "devices/%s/%s", pci, file);
	stream = fopen(path, "w");
	EXPECT(stream && fputs(text, stream) >= 0);
	if (stream)
		fclose(stream);
}

static void device(const char *pci, const char *vendor, const char *driver)
{
	char path[PATH_SIZE], target[PATH_SIZE];

	snprintf(path, sizeof(path), "devices/%s", pci);
	EXPECT_EQ(mkdir(path, 0755), 0);
	put(pci, "vendor", vendor);
	put(pci, "device", "0x4106\n");
	if (!driver)
		return;
	snprintf(path, sizeof(path), "devices/%s/driver", pci);
	snprintf(target, sizeof(target), "../../../bus/pci/drivers/%s", driver);
	EXPECT_EQ(symlink(target, path), 0);
}

#define OURS	"0x110a\n"

static void expect(const char *name, int error, const char *wanted)
{
	char pci[LIBCELL_DEVICE_NAME] = "", text[256] = "";

	EXPECT_EQ(find_link(name, pci), error);
	if (error)
		libcell_explain(name, error, text, sizeof(text));
	if (strcmp(error ? text : pci, wanted))
		printf("# got:  %s\n# want: %s\n", error ? text : pci, wanted);
	EXPECT(!strcmp(error ? text : pci, wanted));
}

static void no_link_at_all(void)
{
	begin();
	device("0000:00:01.0", "0x1af4\n", "virtio-pci");
	expect(NULL, -ENODEV, "the link: not found; there is no link at all: is a cell with one created?");
	expect("00:01.0", -ENODEV, "link 00:01.0: not found; there is no link at all: is a cell with one created?");
	end();
}

static void no_folder_at_all(void)
{
	begin();
	EXPECT_EQ(rmdir("devices"), 0);
	expect(NULL, -ENODEV, "the link: not found; there is no link at all: is a cell with one created?");
	end();
}

static void the_only_one_needs_no_name(void)
{
	begin();
	device("0001:00:02.0", OURS, "uio_ivshmem");
	expect(NULL, 0, "0001:00:02.0");
	/* programs cannot use these */
	device("0001:00:01.0", OURS, "ivshmem-net");
	device("0001:00:03.0", OURS, NULL);
	expect(NULL, 0, "0001:00:02.0");
	end();
}

static void several_need_one(void)
{
	begin();
	device("0001:00:1f.0", OURS, "uio_ivshmem");
	device("0001:00:02.0", OURS, "uio_ivshmem");
	device("0002:00:02.0", OURS, "ivshmem-net");
	expect(NULL, -ENOTUNIQ,
	       "the link: several, say which one; there are: 0001:00:02.0 (uio_ivshmem), "
	       "0001:00:1f.0 (uio_ivshmem), 0002:00:02.0 (ivshmem-net)");
	expect("1f.0", 0, "0001:00:1f.0");
	expect("0001:00:02.0", 0, "0001:00:02.0");
	expect("00:02.0", -ENOTUNIQ,
	       "link 00:02.0: several, say which one; there are: 0001:00:02.0 (uio_ivshmem), "
	       "0001:00:1f.0 (uio_ivshmem), 0002:00:02.0 (ivshmem-net)");
	/* not the end of a part */
	expect("f.0", -ENODEV,
	       "link f.0: not found; there are: 0001:00:02.0 (uio_ivshmem), "
	       "0001:00:1f.0 (uio_ivshmem), 0002:00:02.0 (ivshmem-net)");
	end();
}

static void the_driver_is_missing(void)
{
	begin();
	device("0001:00:02.0", OURS, NULL);
	device("0001:00:03.0", OURS, "ivshmem-net");
	expect(NULL, -ENXIO,
	       "the link: it does not have the driver for programs; modprobe uio_ivshmem; there are: "
	       "0001:00:02.0 (no driver), 0001:00:03.0 (ivshmem-net)");
	expect("02.0", -ENXIO,
	       "link 02.0: it does not have the driver for programs; modprobe uio_ivshmem; there are: "
	       "0001:00:02.0 (no driver), 0001:00:03.0 (ivshmem-net)");
	expect("03.0", -ENXIO,
	       "link 03.0: it does not have the driver for programs; modprobe uio_ivshmem; there are: "
	       "0001:00:02.0 (no driver), 0001:00:03.0 (ivshmem-net)");
	end();
}

static void other_errors_are_said(void)
{
	char text[64], few[10];

	libcell_explain("02.0", -EBUSY, text, sizeof(text));
	EXPECT(!strcmp(text, "link 02.0: another program of this Linux has it"));
	libcell_explain("02.0", -EACCES, text, sizeof(text));
	EXPECT(!strcmp(text, "link 02.0: Permission denied"));
	libcell_explain("/run/channels", -EBUSY, text, sizeof(text));
	EXPECT(!strcmp(text, "link /run/channels: all places are taken"));
	libcell_explain("02.0", -EACCES, few, sizeof(few));
	EXPECT(!strcmp(few, "link 02.0"));
}

static const struct test tests[] = {
	TEST(no_link_at_all),
	TEST(no_folder_at_all),
	TEST(the_only_one_needs_no_name),
	TEST(several_need_one),
	TEST(the_driver_is_missing),
	TEST(other_errors_are_said),
};

int main(void)
{
	return tests_run(tests, ARRAY_SIZE(tests));
}
