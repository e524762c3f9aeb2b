/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cpuset.h"
#include "file.h"
#include "io.h"
#include "message.h"
#include "show/cpu_list.h"
#include "sysfs.h"

#define ROOT_LEN	256
#define PATH_LEN	(ROOT_LEN + 64)

/* Where cgroup v2 is mounted. False: nowhere. */
static bool find_root(char root[ROOT_LEN])
{
	char path[PATH_LEN], line[1024], type[32];
	bool found = false;
	FILE *mounts;

	snprintf(path, sizeof(path), "%s/mounts", io_proc_root());
	mounts = fopen(path, "re");
	while (mounts && !found && fgets(line, sizeof(line), mounts))
		found = sscanf(line, "%*s %255s %31s", root, type) == 2 && !strcmp(type, "cgroup2");
	if (mounts)
		fclose(mounts);
	return found;
}

/* A cgroup @group of the root, and a file in it */
static void group_path(char path[PATH_LEN], const char *root, unsigned int cpu, const char *file)
{
	snprintf(path, PATH_LEN, "%s/cellblock-cpu%u%s", root, cpu, file);
}

static bool write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");
	bool written = file && fputs(text, file) >= 0;

	return file && !fclose(file) && written;
}

/* The kernel says in the file whether it could. */
static bool make_partition(const char *root, unsigned int cpu)
{
	char path[PATH_LEN], text[64];

	snprintf(path, sizeof(path), "%s/cgroup.subtree_control", root);
	if (!write_text(path, "+cpuset"))
		return false;
	group_path(path, root, cpu, "");
	if (mkdir(path, 0755) && errno != EEXIST)
		return false;
	snprintf(text, sizeof(text), "%u", cpu);
	group_path(path, root, cpu, "/cpuset.cpus");
	if (!write_text(path, text))
		return false;
	group_path(path, root, cpu, "/cpuset.cpus.partition");
	return write_text(path, "root") && !file_read_line(text, sizeof(text), path) &&
	       !strcmp(text, "root");
}

static void remove_partition(const char *root, unsigned int cpu)
{
	char path[PATH_LEN], to[PATH_LEN], process[32];
	FILE *processes;

	group_path(path, root, cpu, "/cgroup.procs");
	snprintf(to, sizeof(to), "%s/cgroup.procs", root);
	processes = fopen(path, "re");
	while (processes && fgets(process, sizeof(process), processes))
		write_text(to, process);
	if (processes)
		fclose(processes);
	group_path(path, root, cpu, "");
	if (rmdir(path) && errno != ENOENT)
		notice("cannot remove %s, which keeps threads off CPU %u: %s", path, cpu,
		       strerror(errno));
}

void cpuset_take(u64 cpus)
{
	char root[ROOT_LEN], list[CPU_LIST_TEXT];
	bool found = cpus && find_root(root);
	u64 missed = 0;
	unsigned int cpu;

	for (cpu = 0; cpu < 64; cpu++) {
		if (!(cpus >> cpu & 1))
			continue;
		if (found && make_partition(root, cpu)) {
			notice("only threads in %s/cellblock-cpu%u run on CPU %u now", root, cpu,
			       cpu);
			continue;
		}
		if (found)
			remove_partition(root, cpu);
		missed |= 1ULL << cpu;
	}
	if (missed)
		notice("any thread may run on the shared CPUs %s: there is no cpuset of cgroup v2 "
		       "for them (--no-cpuset: do without)", cpu_list(list, missed));
}

/* Of all cells. */
static u64 shared_cpus(void)
{
	struct sysfs_cell *cells = NULL;
	size_t count = 0, n;
	u64 all = 0, cpus;

	if (sysfs_read_cells(&cells, &count))
		return ~0ULL;
	for (n = 0; n < count; n++)
		if (cpu_list_parse(&cpus, cells[n].cpus_shared))
			all |= cpus;
	free(cells);
	return all;
}

void cpuset_return(void)
{
	char root[ROOT_LEN], path[PATH_LEN];
	unsigned int cpu;
	u64 shared;

	if (!find_root(root))
		return;
	shared = shared_cpus();
	for (cpu = 0; cpu < 64; cpu++) {
		group_path(path, root, cpu, "");
		if (!(shared >> cpu & 1) && !access(path, F_OK))
			remove_partition(root, cpu);
	}
}
