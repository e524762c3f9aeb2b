/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_CONFIG_CASES_H
#define TESTS_CONFIG_CASES_H

/* The table of wrong configurations, cases.inc. */

#include "config_samples.h"

enum config_case_kind {
	CASE_SYSTEM,	/* sys alone */
	CASE_CELL,	/* cell alone */
	CASE_PAIR,	/* cell in sys, both good by themselves */
	CASE_CELLS,	/* cell beside other */
};

struct config_case {
	enum config_case_kind kind;
	int result;		/* of the validator; 0: the configurations are good */
	const char *sentence;
	const char *change;	/* what change() does, as C */
	void (*change_it)(void);
};

extern const struct config_case config_cases[];
extern const unsigned int config_cases_count;

/* What a case changes; config_case_begin() makes them as the samples are. */
extern struct sample_system sys;
extern struct sample_cell cell, other;

void config_case_begin(void);
/* of a cell's configuration: without the section if it has none */
size_t config_case_size(const struct sample_cell *config);

#endif /* TESTS_CONFIG_CASES_H */
