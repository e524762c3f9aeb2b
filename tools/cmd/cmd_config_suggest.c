/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse config suggest */

#include <stdio.h>
#include <stdlib.h>

#include "cell_id.h"
#include "command.h"
#include "config/source.h"
#include "config/suggest.h"
#include "message.h"
#include "options.h"
#include "show/json.h"

static void print_text(const struct fault_access *access, const struct suggestion *found)
{
	printf("%s at 0x%llx, PC 0x%llx\n0x%llx is %s\n", access->kind, access->address,
	       access->pc, access->address, found->text);
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
	json_member("text", found->text);
	json_member("path", found->path);
	json_member("compatible", found->compatible);
	json_member("driver", found->driver);
	json_member("unbind", found->unbind);
	json_member("option", found->option);
	json_member("region", region);
	puts("}");
	free(region);
	return EXIT_DONE;
}

static int find(struct suggestion *found, const struct running *running,
		const struct hardware *hardware, const char *name,
		const struct fault_access *access)
{
	const struct jailhouse_cell_desc *cell = running_find(running, name);

	/* it has gone since */
	if (!cell)
		return refused("no cell is named '%s'", name);
	suggest(found, running, hardware, cell, access);
	return EXIT_DONE;
}

static int look(const struct sysfs_cell *cell, const struct fault_access *access, bool json)
{
	const struct hardware_source here = { 0 };
	static struct suggestion found;
	struct hardware *hardware;
	struct running running;
	int ret;

	ret = hardware_read(&here, &hardware);
	if (ret)
		return ret;
	ret = running_read(&running);
	if (!ret)
		ret = find(&found, &running, hardware, cell->name, access);
	running_free(&running);
	hardware_free(hardware);
	if (!ret && json)
		return print_json(access, &found);
	if (!ret)
		print_text(access, &found);
	return ret;
}

static int run_suggest(int argc, char **argv)
{
	struct fault_access access = { 0 };
	struct jailhouse_cell_id id;
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
		ret = cell_id_of_words(&id, name, argc, argv);
	if (!ret)
		ret = options_no_operands(argc, argv);
	if (!ret)
		ret = cell_id_find(&id, &cell);
	if (ret)
		return ret;
	if (!fault_access(cell.fault, &access))
		return refused("cell \"%s\" has not failed by an access: %s", cell.name,
			       *cell.failure ? cell.failure : "it has no failure");
	return look(&cell, &access, json);
}

const struct command cmd_config_suggest = {
	.name = "suggest",
	.synopsis = "{ID | [--name] NAME} [--json]",
	.summary = "Say what would allow the access that a cell failed by",
	.help =
	"  ID      number of the cell, see 'jailhouse cell list'\n"
	"  NAME    name of the cell; --name if it is all digits\n"
	"  --json  as a JSON object\n",
	.run = run_suggest,
};
