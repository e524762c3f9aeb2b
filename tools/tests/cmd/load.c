/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* cell load */

#include <errno.h>
#include <string.h>

#include "tests/fixture.h"

static bool image_is(unsigned int number, const void *data, size_t size,
		     u64 address)
{
	return number < fake.images && fake.image[number].size == size &&
	       !memcmp(fake.image[number].data, data, size) &&
	       fake.image[number].address == address;
}

static void test_files(void)
{
	const char *one, *two;
	struct result result;

	fixture_reset();
	one = make_file("one.bin", "one", 3);
	two = make_file("two.bin", "two\0!", 5);

	result = RUN("cell", "load", "1", one);
	check(!result.exit_code && !*result.out && !*result.err,
	      "load prints nothing");
	check(fake.request == JAILHOUSE_CELL_LOAD && fake.requests == 1 &&
	      fake.cell.id == 1 && !fake.cell.padding, "its request");
	check(fake.images == 1 && image_is(0, "one", 3, 0),
	      "one image, at 0");

	RUN("cell", "load", "demo", one, "-a", "0x1000", two,
	    "--address=8192");
	check_text(fake.cell.name, "demo", "cell by name");
	check(fake.images == 2 && image_is(0, "one", 3, 0x1000) &&
	      image_is(1, "two\0!", 5, 8192), "two images with addresses");

	RUN("cell", "load", "demo", one, two, "-a", "0xfffffffffffff000");
	check(fake.images == 2 && image_is(0, "one", 3, 0) &&
	      image_is(1, "two\0!", 5, 0xfffffffffffff000ULL),
	      "an address is for the image before it");
	check_number(fake.open_devices, 0, "load closes the device");
}

/* The request is the same, and its end of the cell is not silent. */
static void test_running(void)
{
	const char *said = "jailhouse: cell load: cell \"demo\" was running: it is shut down, to be started again\n";
	struct result result;
	const char *one;

	fixture_reset();
	one = make_file("one.bin", "one", 3);
	sysfs_add_cell(1, "demo", "running", "1", "");
	sysfs_add_cell(2, "other", "shut down", "2", "");
	result = RUN("cell", "load", "demo", one);
	check_text(result.err, said, "a cell that runs is stopped by loading, by name");
	check(!result.exit_code && !*result.out && fake.images == 1, "it is loaded");
	sysfs_write("cells/1/state", "running/locked\n");
	check_text(RUN("cell", "load", "1", one).err, said, "by its id");
	check_text(RUN("cell", "load", "other", one).err, "", "one that does not run");
	fake.ioctl_result = -EPERM;
	fake.reason = "it does not want to";
	check_text(RUN("cell", "load", "1", one).err, "jailhouse: cell load: it does not want to\n",
		   "one that goes on");
}

static void test_strings(void)
{
	const char *one;

	fixture_reset();
	one = make_file("one.bin", "one", 3);
	RUN("cell", "load", "1", one, "-s", "a b", "-a", "0x1000");
	check(fake.images == 2 && image_is(0, "one", 3, 0) &&
	      image_is(1, "a b", 4, 0x1000), "-s, with its NUL");
	RUN("cell", "load", "1", "--string", "", "-a", "0x1000");
	check(fake.images == 1 && image_is(0, "", 1, 0x1000),
	      "an empty string");
	RUN("cell", "load", "1", "-s", "--help");
	check(fake.images == 1 && image_is(0, "--help", 7, 0),
	      "a string like an option");
}

static void test_cell_words(void)
{
	const char *one;

	fixture_reset();
	one = make_file("one.bin", "one", 3);
	RUN("cell", "load", "--name", "7", one);
	check(fake.cell.id == JAILHOUSE_CELL_ID_UNUSED &&
	      !strcmp(fake.cell.name, "7") && fake.images == 1,
	      "--name before the images");
	RUN("cell", "load", "--", "-cell-", one);
	check(!strcmp(fake.cell.name, "-cell-") && fake.images == 1,
	      "words after -- are no options");
	check_failure(RUN("cell", "load", "1", one, "--", "-a"), 1,
		      "jailhouse: cell load: cannot open the image '-a': No "
		      "such file or directory\n",
		      "nor is a later word after --");

	fixture_reset();
	check_usage(RUN("cell", "load"), "cell load", "no cell given",
		    "no cell");
	check_usage(RUN("cell", "load", "1"), "cell load", "no image given",
		    "no image");
	check_usage(RUN("cell", "load", "1", "--name", "x", one), "cell load",
		    "--name must take the place of ID or NAME",
		    "two cells");
	check_usage(RUN("cell", "load", "-s", "x", "1"), "cell load",
		    "the cell must come before its images",
		    "a string before the cell");
}

static void test_bad_addresses(void)
{
	const char *one;

	fixture_reset();
	one = make_file("one.bin", "one", 3);
	check_usage(RUN("cell", "load", "1", "-a", "0x1000", one), "cell load",
		    "option '-a' must follow the image it is for",
		    "address before the image");
	check_usage(RUN("cell", "load", "1", one, "-a", "0x1000", "-a", "0"),
		    "cell load",
		    "the image before '-a 0' has an address already",
		    "two addresses");
	check_usage(RUN("cell", "load", "1", one, "-a", "foo"), "cell load",
		    "address 'foo' is not a number such as 0x1000",
		    "address that is no number");
	check_usage(RUN("cell", "load", "1", one, "-a", "-4096"), "cell load",
		    "address '-4096' is not a number such as 0x1000",
		    "negative address");
	check_usage(RUN("cell", "load", "1", one, "-a",
			"0x10000000000000000"), "cell load",
		    "address '0x10000000000000000' is not a number such as "
		    "0x1000", "address beyond 64 bits");
	check_usage(RUN("cell", "load", "1", one, "-a"), "cell load",
		    "option '-a' needs an argument", "no address");
	check_usage(RUN("cell", "load", "1", one, "--string"), "cell load",
		    "option '--string' needs an argument", "no string");
}

static void test_bad_files(void)
{
	struct result result;
	const char *one;

	fixture_reset();
	one = make_file("one.bin", "one", 3);
	check_failure(RUN("cell", "load", "1", one, "/nowhere/two.bin"), 1,
		      "jailhouse: cell load: cannot open the image "
		      "'/nowhere/two.bin': No such file or directory\n",
		      "missing image");
	check_failure(RUN("cell", "load", "1", "/"), 1,
		      "jailhouse: cell load: cannot read the image '/': Is a "
		      "directory\n", "folder");
	result = RUN("cell", "load", "1", make_file("empty", "", 0));
	check_contains(result.err, "jailhouse: cell load: the image '",
		       "empty image");
	check_contains(result.err, "/empty' is empty\n", "  its name");
	check_number(fake.requests, 0, "the driver was not asked");

	fake.ioctl_result = -EINVAL;
	fake.reason = "the image does not fit";
	check_failure(RUN("cell", "load", "1", one), 1,
		      "jailhouse: cell load: the image does not fit\n",
		      "load refused by the driver");
}

int main(void)
{
	test_files();
	test_running();
	test_strings();
	test_cell_words();
	test_bad_addresses();
	test_bad_files();
	return fixture_end();
}
