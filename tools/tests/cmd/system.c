/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* enable, disable, and errors of the device */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/fixture.h"

struct system_file {
	struct jailhouse_system header;
	__u64 cpus[1];
	struct jailhouse_memory regions[2];
} __attribute__((packed));

static const char *system_file(struct system_file *file, size_t size)
{
	init_system(&file->header);
	file->header.root_cell.cpu_set_size = sizeof(file->cpus);
	file->header.root_cell.num_memory_regions = 2;
	return make_file("system.cell", file, size);
}

static void test_enable(void)
{
	struct system_file file = { .cpus = { 0xf } };
	struct result result;

	fixture_reset();
	result = RUN("enable", system_file(&file, sizeof(file)));
	check_number(result.exit_code, 0, "enable");
	check(!*result.out && !*result.err, "enable prints nothing");
	check(fake.request == JAILHOUSE_ENABLE && fake.requests == 1,
	      "enable makes one request");
	check(!memcmp(fake.config, &file, sizeof(file.header)),
	      "enable hands over the configuration");
	check_number(fake.open_devices, 0, "enable closes the device");

	result = RUN("enable", "--dry-run", system_file(&file, sizeof(file)));
	check(!result.exit_code && fake.request == JAILHOUSE_TRY_ENABLE && fake.requests == 2,
	      "--dry-run only tries");
}

static void test_enable_bad_file(void)
{
	struct system_file file = { .cpus = { 0xf } };
	struct jailhouse_cell_desc cell;
	char err[512];
	const char *name;

	fixture_reset();
	check_usage(RUN("enable", "a", "b"), "enable",
		    "unexpected argument 'b'", "enable with two files");
	check_failure(RUN("enable", "/nowhere/x.cell"), 1,
		      "jailhouse: enable: cannot open the system configuration "
		      "'/nowhere/x.cell': No such file or directory\n",
		      "missing file");
	check_failure(RUN("enable", "/"), 1,
		      "jailhouse: enable: cannot read the system configuration "
		      "'/': Is a directory\n", "folder");

	name = make_file("empty.cell", "", 0);
	snprintf(err, sizeof(err), "jailhouse: enable: the system "
		 "configuration '%s' is empty\n", name);
	check_failure(RUN("enable", name), 1, err, "empty file");

	name = make_file("text.cell", "JHSY", 4);
	snprintf(err, sizeof(err), "jailhouse: enable: '%s' is not a system "
		 "configuration\n", name);
	check_failure(RUN("enable", name), 1, err, "no signature");

	init_cell(&cell, "cell");
	name = make_file("cell.cell", &cell, sizeof(cell));
	snprintf(err, sizeof(err), "jailhouse: enable: '%s' is the "
		 "configuration of a cell; it is for 'jailhouse cell create'\n",
		 name);
	check_failure(RUN("enable", name), 1, err, "a cell's configuration");

	name = system_file(&file, sizeof(file.header) - 1);
	snprintf(err, sizeof(err), "jailhouse: enable: '%s' is truncated: it "
		 "has 487 bytes, a system configuration at least 488\n", name);
	check_failure(RUN("enable", name), 1, err, "truncated header");

	name = system_file(&file, sizeof(file) - 1);
	snprintf(err, sizeof(err), "jailhouse: enable: '%s' is truncated: it "
		 "has 559 bytes, its counts announce 560\n", name);
	check_failure(RUN("enable", name), 1, err, "truncated arrays");
	check_number(fake.requests, 0, "the driver was not asked");
}

static void test_counts_overflow(void)
{
	struct jailhouse_system system;
	struct jailhouse_cell_desc *root = &system.root_cell;
	struct result result;

	fixture_reset();
	init_system(&system);
	/* 2^27 * 32 = 2^32: nothing, if counted with 32 bits */
	root->num_memory_regions = 1 << 27;
	result = RUN("enable", make_file("big.cell", &system, sizeof(system)));
	check_contains(result.err, "its counts announce 4294967784\n",
		       "counts beyond 32 bits");

	memset(&root->cpu_set_size, 0xff, 8 * sizeof(__u32));
	result = RUN("enable", make_file("big.cell", &system, sizeof(system)));
	check_number(result.exit_code, 1, "all counts at their largest");
	check_number(fake.requests, 0, "the driver was not asked");
}

static void test_disable(void)
{
	struct result result;

	fixture_reset();
	result = RUN("disable");
	check(!result.exit_code && !*result.out && !*result.err,
	      "disable prints nothing");
	check(fake.request == JAILHOUSE_DISABLE, "disable's request");
}

static void test_reasons(void)
{
	char longest[sizeof(struct jailhouse_error) + 1];
	struct result result;

	fixture_reset();
	fake.ioctl_result = -EINVAL;
	fake.reason = "the hypervisor is not enabled";
	check_failure(RUN("disable"), 1,
		      "jailhouse: disable: the hypervisor is not enabled\n",
		      "the driver's reason");
	fake.reason = "with a newline\n";
	check_failure(RUN("disable"), 1,
		      "jailhouse: disable: with a newline\n",
		      "a reason with a newline");
	fake.reason = "";
	check_failure(RUN("disable"), 1,
		      "jailhouse: disable: Invalid argument\n",
		      "an empty reason: the error's own text");
	fake.reason = NULL;
	check_failure(RUN("disable"), 1,
		      "jailhouse: disable: Invalid argument\n",
		      "no reason: the error's own text");
	fake.ioctl_result = -EINTR;
	check_failure(RUN("disable"), 1,
		      "jailhouse: disable: interrupted by a signal\n",
		      "interrupted");
	fake.ioctl_result = -ENOTTY;
	check_failure(RUN("disable"), 1,
		      "jailhouse: disable: the driver does not know this "
		      "request; is it of another version?\n",
		      "unknown request");

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	fake.reason = longest;
	result = RUN("disable");
	check_number((long long)strlen(result.err),
		     (long long)(strlen("jailhouse: disable: \n") +
				 sizeof(longest) - 2),
		     "a reason without its NUL is cut");
}

static void test_no_device(void)
{
	fixture_reset();
	fake.open_result = -ENOENT;
	check_failure(RUN("disable"), 1,
		      "jailhouse: disable: the driver is not loaded (no "
		      "/dev/jailhouse); load jailhouse.ko first\n",
		      "no driver");
	fake.open_result = -EACCES;
	check_failure(RUN("disable"), 1,
		      "jailhouse: disable: no permission to use "
		      "/dev/jailhouse; are you root?\n", "not root");
	fake.open_result = -EBUSY;
	check_failure(RUN("disable"), 1,
		      "jailhouse: disable: cannot open /dev/jailhouse: Device "
		      "or resource busy\n", "device busy");
}

int main(void)
{
	test_enable();
	test_enable_bad_file();
	test_counts_overflow();
	test_disable();
	test_reasons();
	test_no_device();
	return fixture_end();
}
