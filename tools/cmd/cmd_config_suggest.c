/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse config suggest */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cell_id.h"
#include "command.h"
#include "config/source.h"
#include "config/suggest.h"
#include "io.h"
#include "message.h"
#include "options.h"
#include "show/json.h"

static void print_access(const struct fault_access *access)
{
	printf("%s at 0x%llx, PC 0x%llx", access->kind, access->address, access->pc);
	if (access->count)
		printf(", %s, %llu in this page", access->made ? "made" : "not made",
		       access->count);
	putchar('\n');
}

static bool is_same(const struct suggestion *a, const struct suggestion *b)
{
	return !strcmp(a->text, b->text) && !memcmp(&a->region, &b->region, sizeof(a->region));
}

static void print_text(const struct fault_access *access, const struct suggestion *found)
{
	printf("0x%llx is %s\n", access->address, found->text);
	if (*found->driver)
		printf("Linux's driver %s has it\n", found->driver);
	if (*found->option)
		printf("jailhouse cell create: %s\n", found->option);
	if (*found->unbind && found->region.size &&
	    !(found->region.flags & JAILHOUSE_MEM_ROOTSHARED))
		printf("to take it from Linux: %s\n", found->unbind);
	if (found->region.size) {
		fputs("in a configuration: ", stdout);
		source_region(stdout, &found->region);
		putchar('\n');
	}
}

static int print_json(const struct fault_access *access, const struct suggestion *found)
{
	char *region = NULL;
	size_t size;
	FILE *out = open_memstream(&region, &size);

	if (!out)
		return refused("out of memory");
	if (found->region.size)
		source_region(out, &found->region);
	fclose(out);
	printf("{\"kind\": \"%s\", \"address\": \"0x%llx\", \"pc\": \"0x%llx\", \"owner\": \"%s\"",
	       access->kind, access->address, access->pc, found->owner);
	if (access->count)
		printf(", \"count\": %llu, \"made\": %s", access->count,
		       access->made ? "true" : "false");
	json_member("text", found->text);
	json_member("path", found->path);
	json_member("compatible", found->compatible);
	json_member("driver", found->driver);
	json_member("unbind", found->unbind);
	json_member("option", found->option);
	json_member("region", region);
	putchar('}');
	free(region);
	return EXIT_DONE;
}

/* What the suggestions are made from */
struct here {
	struct hardware *hardware;
	struct running running;
	const struct jailhouse_cell_desc *cell;
};

static int look_here(struct here *here, const char *name)
{
	const struct hardware_source source = { 0 };
	int ret;

	here->running.count = 0;
	ret = hardware_read(&source, &here->hardware);
	if (!ret)
		ret = running_read(&here->running);
	here->cell = ret ? NULL : running_find(&here->running, name);
	/* it has gone since */
	if (!ret && !here->cell)
		ret = refused("no cell is named '%s'", name);
	return ret;
}

#define MAX_ACCESSES	32

/* Is the last of @count there before? Several accesses to one device need the same. */
static bool is_repeated(const struct suggestion *found, size_t count)
{
	size_t n;

	for (n = 0; n + 1 < count; n++)
		if (is_same(&found[n], &found[count - 1]))
			return true;
	return false;
}

/* One after the other: what it failed by, and what it did as a permissive cell. */
static int print_all(const struct here *here, const struct fault_access *access, size_t count,
		     bool json)
{
	static struct suggestion found[MAX_ACCESSES];
	int ret = EXIT_DONE;
	size_t n;

	for (n = 0; n < count && !ret; n++) {
		suggest(&found[n], &here->running, here->hardware, here->cell, &access[n]);
		if (json) {
			ret = print_json(&access[n], &found[n]);
			fputs(n + 1 < count ? ",\n" : "\n", stdout);
			continue;
		}
		print_access(&access[n]);
		if (!is_repeated(found, n + 1))
			print_text(&access[n], &found[n]);
	}
	return ret;
}

/* The one that it failed by is the first. */
static size_t read_accesses(const struct sysfs_cell *cell, struct fault_access *access)
{
	size_t count = fault_access(cell->fault, access);
	char path[256], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/cells/%u/accesses", io_sysfs_root(), cell->id);
	file = fopen(path, "re");
	while (file && count < MAX_ACCESSES && fgets(line, sizeof(line), file))
		count += fault_access(line, &access[count]);
	if (file)
		fclose(file);
	return count;
}

static int suggest_for(const struct sysfs_cell *cell, bool json)
{
	struct fault_access access[MAX_ACCESSES] = { 0 };
	size_t count = read_accesses(cell, access);
	struct here here = { .hardware = NULL };
	int ret;

	if (!count && cell->permissive)
		return refused("cell \"%s\" is permissive, and has accessed nothing that it does not "
			       "have", cell->name);
	if (!count)
		return refused("cell \"%s\" has not failed by an access: %s", cell->name,
			       *cell->failure ? cell->failure : "it has no failure");
	ret = look_here(&here, cell->name);
	if (!ret && json && cell->permissive)
		puts("[");
	if (!ret)
		ret = print_all(&here, access, count, json);
	if (!ret && json && cell->permissive)
		puts("]");
	running_free(&here.running);
	if (here.hardware)
		hardware_free(here.hardware);
	return ret;
}

static int run_suggest(int argc, char **argv)
{
	const char *name = NULL;
	struct sysfs_cell cell;
	bool json = false;
	const struct known_option known[] = {
		OPTION_TEXT(0, "name", &name),
		OPTION_FLAG(0, "json", &json),
		{ 0 }
	};
	int ret;

	ret = options_parse(argc, argv, known);
	if (!ret)
		ret = cell_of_words(&cell, name, argc, argv);
	return ret ? ret : suggest_for(&cell, json);
}

const struct command cmd_config_suggest = {
	.name = "suggest",
	.synopsis = "{ID | [--name] NAME} [--json]",
	.summary = "Say what would allow the accesses to what a cell does not have",
	.help =
	"  ID      number of the cell, see 'jailhouse cell list'\n"
	"  NAME    name of the cell; --name if it is all digits\n"
	"  --json  as a JSON object; of a permissive cell: as an array of them\n",
	.run = run_suggest,
};
