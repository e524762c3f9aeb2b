/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_CHECK_H
#define TOOLS_CHECK_H

/* What is wrong with configurations, or not as somebody may expect. */

#include <stddef.h>

#include <jailhouse/cell-config.h>

enum severity {
	CHECK_NOTE,
	CHECK_WARNING,		/* works, and hardly as it was meant */
	CHECK_ERROR,		/* is refused */
};

struct finding {
	enum severity severity;
	const char *file;
	char field[48];		/* mem_regions[2], or "" */
	char value[96];		/* what it says, or "" */
	char why[512];
	const char *cure;	/* or NULL */
};

#define FINDINGS_MAX	256

struct findings {
	unsigned int count;	/* the first FINDINGS_MAX are kept */
	unsigned int lost;	/* and so many not */
	unsigned int errors;
	struct finding list[FINDINGS_MAX];
};

struct checked_file {
	const char *name;
	void *data;
	size_t size;
};

/* A new finding, with all but its field and value. */
struct finding *findings_add(struct findings *findings, enum severity severity, const char *file,
			     const char *cure, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* Its field and value: a region. */
void finding_region(struct finding *finding, const struct jailhouse_cell_desc *desc,
		    const struct jailhouse_memory *mem);

/*
 * Checks of the files, out of whose data goes what the driver leaves out too: the first is
 * the system, the others are cells, which are compared with it and with each other.
 * Returns the number of files that are whole and valid from the first on: only these may
 * be looked at further.
 */
unsigned int check_files(struct findings *findings, const struct checked_file *files,
			 unsigned int count);

#endif /* TOOLS_CHECK_H */
