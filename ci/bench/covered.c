// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * A QEMU plugin that notes which instructions of an image were executed.
 *
 *	-plugin libcovered.so,out=FILE,size=BYTES[,at=ADDRESS]...
 *	size=BYTES	of the image
 *	at=ADDRESS	where it is: as it is linked, and where it is in memory,
 *			for code that runs with the MMU off (may be repeated)
 *
 * FILE has at exit an offset in the image on each line, in hexadecimal. It is
 * by address alone: another program there would be taken for the image.
 */

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu_plugin_api.h"

#define MAX_PLACES	4
#define INSN_BYTES	4

static uint64_t places[MAX_PLACES];
static unsigned int num_places;
static uint64_t size;
static const char *out_name;
/* By instruction. CPUs write the same value, so nothing here needs a lock. */
static bool *executed;

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_API_VERSION;

static void note(unsigned int vcpu, void *entry)
{
	(void)vcpu;
	*(bool *)entry = true;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t count = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (size_t n = 0; n < count; n++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, n);

		for (unsigned int p = 0; p < num_places; p++) {
			uint64_t offset = qemu_plugin_insn_vaddr(insn) - places[p];

			if (offset < size)
				qemu_plugin_register_vcpu_insn_exec_cb(insn, note, QEMU_PLUGIN_CB_NO_REGS,
								       &executed[offset / INSN_BYTES]);
		}
	}
}

static void report(qemu_plugin_id_t id, void *unused)
{
	FILE *out = fopen(out_name, "w");

	(void)id;
	(void)unused;
	if (!out) {
		perror(out_name);
		return;
	}
	for (uint64_t n = 0; n < size / INSN_BYTES; n++)
		if (executed[n])
			fprintf(out, "%" PRIx64 "\n", n * INSN_BYTES);
	fclose(out);
}

static bool take(const char *argument)
{
	const char *value = strchr(argument, '=');

	if (!value)
		return false;
	value++;
	if (!strncmp(argument, "out=", 4))
		out_name = strdup(value);
	else if (!strncmp(argument, "size=", 5))
		size = strtoull(value, NULL, 0);
	else if (!strncmp(argument, "at=", 3) && num_places < MAX_PLACES)
		places[num_places++] = strtoull(value, NULL, 0);
	else
		return false;
	return true;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_plugin_info *info, int argc,
					   char **argv)
{
	(void)info;
	for (int n = 0; n < argc; n++) {
		if (!take(argv[n])) {
			fprintf(stderr, "covered: what is %s?\n", argv[n]);
			return -1;
		}
	}
	if (!out_name || !size || !num_places) {
		fprintf(stderr, "covered: out=, size= and at= are needed\n");
		return -1;
	}
	executed = calloc(size / INSN_BYTES + 1, sizeof(*executed));
	if (!executed)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, report, NULL);
	return 0;
}
