/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "tests/fixture.h"

#define PATH_LEN	256

struct fake_machine fake;

static unsigned int tests, failures;
static char folder[] = "/tmp/jailhouse-test-XXXXXX";
static bool have_folder;
static FILE *captured[2];
static char text[2][16384];

static void die(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

static int remove_entry(const char *path, const struct stat *status, int type,
			struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

static void remove_tree(const char *path)
{
	if (nftw(path, remove_entry, 8, FTW_DEPTH | FTW_PHYS) < 0 &&
	    errno != ENOENT)
		die(path);
}

void fixture_reset(void)
{
	if (!have_folder && !mkdtemp(folder))
		die("mkdtemp");
	have_folder = true;

	fake = (struct fake_machine){ .device_text = "", .now = 1000000 };
	snprintf(fake.sysfs_root, sizeof(fake.sysfs_root), "%s/sysfs", folder);
	remove_tree(fake.sysfs_root);
	sysfs_write("enabled", "0\n");
	sysfs_write("console", "");
}

int fixture_end(void)
{
	remove_tree(folder);
	printf("1..%u\n", tests);
	return failures ? 1 : 0;
}

static void write_file(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "w");

	if (!file || fwrite(data, 1, size, file) != size || fclose(file))
		die(path);
}

void sysfs_write(const char *path, const char *content)
{
	sysfs_write_bytes(path, content, strlen(content));
}

void sysfs_write_bytes(const char *path, const void *data, size_t size)
{
	char full[PATH_LEN];
	char *slash;

	snprintf(full, sizeof(full), "%s/%s", fake.sysfs_root, path);
	for (slash = full + strlen(folder) + 1; (slash = strchr(slash, '/'));
	     slash++) {
		*slash = '\0';
		if (mkdir(full, 0700) < 0 && errno != EEXIST)
			die(full);
		*slash = '/';
	}
	write_file(full, data, size);
}

void sysfs_copy(const char *path, const char *from)
{
	static char data[65536];
	FILE *file = fopen(from, "r");
	size_t size;

	if (!file)
		die(from);
	size = fread(data, 1, sizeof(data), file);
	fclose(file);
	sysfs_write_bytes(path, data, size);
}

void sysfs_remove(const char *path)
{
	char full[PATH_LEN];

	snprintf(full, sizeof(full), "%s/%s", fake.sysfs_root, path);
	remove_tree(full);
}

static void write_cell_file(unsigned int id, const char *file,
			    const char *content)
{
	char path[PATH_LEN];
	char line[PATH_LEN];

	snprintf(path, sizeof(path), "cells/%u/%s", id, file);
	snprintf(line, sizeof(line), "%s\n", content);
	sysfs_write(path, line);
}

void sysfs_add_cell(unsigned int id, const char *name, const char *state,
		    const char *assigned, const char *failed)
{
	sysfs_write("enabled", "1\n");
	write_cell_file(id, "name", name);
	write_cell_file(id, "state", state);
	write_cell_file(id, "cpus_assigned_list", assigned);
	write_cell_file(id, "cpus_failed_list", failed);
	write_cell_file(id, "cpus_shared_list", "");
	write_cell_file(id, "sharing", "");
	write_cell_file(id, "failure", "");
	write_cell_file(id, "first_failure", "");
	write_cell_file(id, "fault", "");
	write_cell_file(id, "irq_delivery", "direct");
	write_cell_file(id, "restarts", "0");
	write_cell_file(id, "permissive", "0");
}

const char *make_file(const char *name, const void *data, size_t size)
{
	static char paths[8][PATH_LEN];
	static unsigned int next;
	char *path = paths[next++ % ARRAY_SIZE(paths)];

	snprintf(path, PATH_LEN, "%s/%s", folder, name);
	write_file(path, data, size);
	return path;
}

void init_cell(struct jailhouse_cell_desc *cell, const char *name)
{
	memset(cell, 0, sizeof(*cell));
	memcpy(cell->signature, JAILHOUSE_CELL_DESC_SIGNATURE,
	       sizeof(cell->signature));
	cell->architecture = JAILHOUSE_ARM64;
	cell->revision = JAILHOUSE_CONFIG_REVISION;
	snprintf(cell->name, sizeof(cell->name), "%s", name);
}

void init_system(struct jailhouse_system *system)
{
	memset(system, 0, sizeof(*system));
	memcpy(system->signature, JAILHOUSE_SYSTEM_SIGNATURE,
	       sizeof(system->signature));
	system->architecture = JAILHOUSE_ARM64;
	system->revision = JAILHOUSE_CONFIG_REVISION;
}

/* Let what is written to descriptor @number go to captured[@number - 1]. */
static int capture(int number)
{
	int saved = dup(number);

	captured[number - 1] = tmpfile();
	if (saved < 0 || !captured[number - 1] ||
	    dup2(fileno(captured[number - 1]), number) < 0)
		die("capture");
	return saved;
}

static const char *release(int number, int saved)
{
	FILE *file = captured[number - 1];
	size_t count;

	dup2(saved, number);
	close(saved);
	rewind(file);
	count = fread(text[number - 1], 1, sizeof(text[0]) - 1, file);
	text[number - 1][count] = '\0';
	fclose(file);
	return text[number - 1];
}

struct result run_words(const char *const *words)
{
	struct result result;
	char *argv[48];
	int argc, out, err;

	for (argc = 0; words[argc]; argc++)
		argv[argc] = strdup(words[argc]);
	argv[argc] = NULL;

	fflush(stdout);
	out = capture(STDOUT_FILENO);
	err = capture(STDERR_FILENO);
	result.exit_code = tool_main(argc, argv);
	fflush(stdout);
	result.out = release(STDOUT_FILENO, out);
	result.err = release(STDERR_FILENO, err);

	/* getopt sorts argv, it does not lose words */
	while (argc--)
		free(argv[argc]);
	return result;
}

void check(bool good, const char *what)
{
	if (!good)
		failures++;
	printf("%sok %u - %s\n", good ? "" : "not ", ++tests, what);
}

void check_number(long long got, long long expected, const char *what)
{
	check(got == expected, what);
	if (got != expected)
		printf("# got %lld, expected %lld\n", got, expected);
}

/* Each line of a text as a TAP diagnostic. */
static void show(const char *label, const char *content)
{
	size_t length;

	printf("# %s:\n", label);
	for (; *content; content += length + (content[length] == '\n')) {
		length = strcspn(content, "\n");
		printf("#   |%.*s|\n", (int)length, content);
	}
}

void check_text(const char *got, const char *expected, const char *what)
{
	bool good = !strcmp(got, expected);

	check(good, what);
	if (good)
		return;
	show("got", got);
	show("expected", expected);
}

void check_contains(const char *content, const char *part, const char *what)
{
	bool good = strstr(content, part) != NULL;

	check(good, what);
	if (good)
		return;
	show("got", content);
	show("expected a part", part);
}

void check_output(struct result result, const char *out, const char *what)
{
	check_text(result.out, out, what);
	check(!result.exit_code && !*result.err && !fake.open_devices,
	      "  its exit code, and nothing else printed");
}

void check_failure(struct result result, int exit_code, const char *err,
		   const char *what)
{
	check_text(result.err, err, what);
	check(result.exit_code == exit_code && !*result.out &&
	      !fake.open_devices, "  its exit code, and nothing else printed");
}

void check_usage(struct result result, const char *command, const char *message,
		 const char *what)
{
	char err[512];

	snprintf(err, sizeof(err),
		 "jailhouse: %s: %s\nTry 'jailhouse %s --help'.\n", command,
		 message, command);
	check_failure(result, 2, err, what);
	check_number(fake.requests, 0, "  the driver was not asked");
}
