/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_ERRORS_H
#define TESTS_ERRORS_H

/*
 * For the tests of what is refused. Functions that return a text return NULL
 * if all is well, else what is not (valid until the next call of any of them):
 * to be used with ALL_WELL().
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jailhouse/cell-config.h>

#define ERR_WORDS	4

/* Needs kselftest_harness.h. */
#define ALL_WELL(call)						\
	do {							\
		const char *_why = (call);			\
								\
		ASSERT_EQ(NULL, _why) TH_LOG("%s", _why);	\
	} while (0)

/*
 * A fixture with a variant for each configuration that is refused; its setup
 * reads the good one, notes what there is, and is the test's own.
 */
#define SPOILT_FIXTURE(fixture)					\
	FIXTURE(fixture) {					\
		struct err_state before;			\
		struct err_config c;				\
	};							\
	FIXTURE_VARIANT(fixture) {				\
		void (*spoil)(struct err_config *c);		\
		int error;					\
		const char *words[ERR_WORDS];			\
	};							\
	FIXTURE_TEARDOWN(fixture)				\
	{							\
	}							\
	FIXTURE_SETUP(fixture)
/* What is wrong with c, the error, and words of the sentence */
#define SPOILT(fixture, name, wrong, code, ...)			\
	static void name(struct err_config *c)			\
	{							\
		wrong;						\
	}							\
	FIXTURE_VARIANT_ADD(fixture, name) {			\
		.spoil = name, .error = code, .words = { __VA_ARGS__ }	\
	}

/* A configuration, to be spoilt. */
struct err_config {
	size_t size;
	union {
		struct jailhouse_system sys;
		struct jailhouse_cell_desc cell;
		uint8_t bytes[0x8000];
	};
};

/* False if there is none. name: as for cb_enable() */
bool err_read_config(struct err_config *c, const char *name);
/* The cell, or the root cell of a system configuration */
struct jailhouse_cell_desc *err_desc(struct err_config *c);
uint64_t *err_cpus(struct err_config *c);
struct jailhouse_memory *err_mem(struct err_config *c, unsigned int n);
/* Makes room for one more. */
struct jailhouse_memory *err_add_mem(struct err_config *c);
struct jailhouse_irqchip *err_irqchip(struct err_config *c, unsigned int n);
struct jailhouse_irqchip *err_add_irqchip(struct err_config *c);
struct jailhouse_pci_device *err_pci(struct err_config *c, unsigned int n);
struct jailhouse_pci_device *err_add_pci(struct err_config *c);
/* The last one */
void err_remove_pci(struct err_config *c);
/* Widens the set by so many bytes of zeros; its last byte */
uint8_t *err_widen_cpus(struct err_config *c, unsigned int bytes);
/* Start of a resource in /proc/iomem, 0 if there is none */
uint64_t err_iomem(const char *name);
/* A copy of the configuration after which no byte can be read. Never freed. */
const void *err_at_border(const struct err_config *c, size_t size);

/* What must not change when something is refused */
struct err_state {
	long enabled;
	long pool_used, remap_used;
	long mem_total;
	char online[64];
	char cells[512];
};

void err_note(struct err_state *state);
const char *err_changed(const struct err_state *before);

/* That a result is this error, with a sentence that has all of the words */
const char *err_refused(long result, int error, const char *const words[ERR_WORDS]);

/* The module is there, the hypervisor is enabled or not, there are no cells. */
const char *err_begin(bool enabled);
/*
 * That all works: a cell that is created, loaded and started answers a request
 * to shut down and is destroyed. Enables before and disables after it if need
 * be.
 */
const char *err_works(void);

#endif /* TESTS_ERRORS_H */
