// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cellblock.h"
#include "errors.h"

#define ONLINE		"/sys/devices/system/cpu/online"
#define GOOD_CELL	"timer-demo"

static char why[2048];

#define SAY(...)	(snprintf(why, sizeof(why), __VA_ARGS__), why)

void err_note(struct err_state *state)
{
	size_t used = 0;
	struct dirent *entry;
	DIR *dir;

	memset(state, 0, sizeof(*state));
	state->enabled = cb_number("enabled");
	state->pool_used = cb_number("mem_pool_used");
	state->remap_used = cb_number("remap_pool_used");
	state->mem_total = cb_meminfo("MemTotal:");
	snprintf(state->online, sizeof(state->online), "%s", cb_text(ONLINE));
	dir = opendir(CB_SYSFS "cells");
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && used < sizeof(state->cells))
			used += (size_t)snprintf(state->cells + used, sizeof(state->cells) - used,
						 "%s %s: %s, CPUs %s; ", entry->d_name,
						 cb_text("cells/%s/name", entry->d_name),
						 cb_text("cells/%s/state", entry->d_name),
						 cb_text("cells/%s/cpus_assigned_list",
							 entry->d_name));
	if (dir)
		closedir(dir);
}

const char *err_changed(const struct err_state *before)
{
	struct err_state now;

	err_note(&now);
	if (now.enabled != before->enabled)
		return SAY("enabled was %ld, is %ld", before->enabled, now.enabled);
	if (strcmp(now.cells, before->cells))
		return SAY("cells were %s are %s", before->cells, now.cells);
	if (now.pool_used != before->pool_used)
		return SAY("mem_pool_used was %ld, is %ld", before->pool_used, now.pool_used);
	if (now.remap_used != before->remap_used)
		return SAY("remap_pool_used was %ld, is %ld", before->remap_used, now.remap_used);
	if (strcmp(now.online, before->online))
		return SAY("CPUs online were %s, are %s", before->online, now.online);
	if (now.mem_total != before->mem_total)
		return SAY("Linux had %ld kB, has %ld kB", before->mem_total, now.mem_total);
	return NULL;
}

const char *err_refused(long result, int error, const char *const words[ERR_WORDS])
{
	unsigned int n;

	if (result >= 0)
		return SAY("not refused: %ld", result);
	if (result != -error)
		return SAY("refused as %s, not as %s: %s", strerrorname_np((int)-result),
			   strerrorname_np(error), cb_error());
	for (n = 0; n < ERR_WORDS && words[n]; n++)
		if (!strstr(cb_error(), words[n]))
			return SAY("no \"%s\" in: %s", words[n], cb_error());
	return NULL;
}

const char *err_begin(bool enabled)
{
	int ret = 0;

	if (!cb_exists("/sys/module/jailhouse"))
		ret = cb_insmod("");
	if (ret)
		return SAY("the module cannot be inserted: %s", strerror(-ret));
	if (cb_number("enabled") == 1)
		ret = cb_destroy_all();
	if (!ret && cb_number("enabled") != enabled)
		ret = enabled ? cb_enable(NULL) : cb_disable();
	if (ret)
		return SAY("cannot begin: %s: %s", strerror(-ret), cb_error());
	return NULL;
}

const char *err_works(void)
{
	bool enabled = cb_number("enabled") == 1;
	struct err_state before;
	const char *at = "enable";
	int ret = 0;

	err_note(&before);
	if (!enabled)
		ret = cb_enable(NULL);
	if (!ret) {
		at = "create";
		ret = cb_create(GOOD_CELL);
		ret = ret > 0 ? 0 : ret;
	}
	if (!ret) {
		at = "load";
		ret = cb_load(GOOD_CELL, "comm", CB_QUIET "behave=approve");
	}
	if (!ret) {
		at = "start";
		ret = cb_start(GOOD_CELL);
	}
	if (!ret) {
		/* that it answers at all says that it runs */
		at = "destroy";
		ret = cb_destroy(GOOD_CELL, 0);
	}
	if (!ret && !enabled) {
		at = "disable";
		ret = cb_disable();
	}
	if (ret)
		return SAY("afterwards, %s does not work: %s: %s", at, strerror(-ret), cb_error());
	return err_changed(&before);
}
