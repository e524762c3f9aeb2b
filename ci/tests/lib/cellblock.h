/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_CELLBLOCK_H
#define TESTS_CELLBLOCK_H

/*
 * What the tests under root Linux share. Functions return a value >= 0 or a
 * negative errno unless they say otherwise. Nothing is kept open or in memory
 * between calls but the last error's text, so that each test, which is a
 * process of its own, can start in the middle.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uapi/jailhouse.h>

#define CB_MODULE	"/lib/modules/jailhouse.ko"
#define CB_CONFIGS	"/etc/jailhouse/"
#define CB_INMATES	"/usr/share/jailhouse/inmates/"
#define CB_SYSFS	"/sys/devices/jailhouse/"
#define CB_PARAMETERS	"/sys/module/jailhouse/parameters/"

/* The place of an inmate's parameters, and the ones to stay off the UART. */
#define CB_CMDLINE	0x1000
#define CB_QUIET	"con-type=none con-virtual=1 "

/* Flags of a cell_id: also the driver's own. */
#define CB_FORCE	JAILHOUSE_CELL_FORCE

/* device.c: the driver */

/* With parameters as insmod takes them, or "". */
int cb_insmod(const char *params);
/* -EBUSY or -EAGAIN while in use. */
int cb_rmmod(void);
/* The module is in, freshly so if it was not enabled: ends whatever is left of another test. */
int cb_fresh(void);

/* An ioctl on an open() of its own. Returns its result or -errno, with cb_error() set. */
long cb_ioctl(unsigned long nr, void *arg);
/* The sentence of the last cb_ioctl() that failed; "" after one that did not. */
const char *cb_error(void);

/*
 * Names of configurations are without folder and ".cell"; those of cells may be without "qemu-arm64-" too. NULL: the
 * system configuration for this machine.
 */
int cb_enable(const char *config);
int cb_enable_raw(const void *config);
int cb_disable(void);
/* Returns the new cell's id. */
int cb_create(const char *config);
int cb_create_raw(const void *config, size_t size);
/* The same cell on other CPUs, 0 to 63 */
int cb_create_on(const char *config, uint64_t cpus);
/* The same with CPUs of its own, and CPUs that it shares by priority, @budget us of 10 ms */
int cb_create_sharing(const char *config, uint64_t cpus, uint64_t shared, uint32_t budget);
/* An inmate (no folder, no ".bin") with its parameters (NULL: none), which should begin with CB_QUIET. */
int cb_load(const char *cell, const char *inmate, const char *params);
int cb_start(const char *cell);
int cb_shutdown(const char *cell, unsigned int flags);
int cb_destroy(const char *cell, unsigned int flags);
/* With force. */
int cb_destroy_all(void);
/* load + start */
int cb_boot(const char *cell, const char *inmate, const char *params);

/* A whole file; NULL with errno set. Free it. */
void *cb_read_file(const char *path, size_t *size);
/* Is the GIC of this machine a GICv2, not a GICv3? */
bool cb_is_gicv2(void);
/* The name of the system configuration for this machine. */
const char *cb_system_config(void);
void *cb_read_config(const char *name, size_t *size);

/* sysfs.c: paths are relative to CB_SYSFS unless they begin with a slash */

/* Without the newline at its end; "" if it is not there. Valid until the fourth call after it. */
const char *cb_text(const char *path, ...) __attribute__((format(printf, 1, 2)));
/* -1 if it is not there or no number. */
long cb_number(const char *path, ...) __attribute__((format(printf, 1, 2)));
int cb_write(const char *path, const char *text);
bool cb_exists(const char *path, ...) __attribute__((format(printf, 1, 2)));
/* -ENOENT */
int cb_cell_id(const char *cell);
/* "" if there is no such cell */
const char *cb_state(const char *cell);
/* Waits until the state is this one. Returns whether it came. */
bool cb_wait_state(const char *cell, const char *state, unsigned int ms);
/* A counter of cells/<id>/statistics/, -1 if there is none. cpu -1: of all. */
long cb_counter(const char *cell, int cpu, const char *name);

/* console.c: somebody who reads /dev/jailhouse */

struct cb_console {
	int fd;
	size_t length;
	size_t position;	/* after the last match */
	char text[65536];
};

/* From what is printed from now on; keeps the module in use until it is closed. */
int cb_console_open(struct cb_console *con);
void cb_console_close(struct cb_console *con);
/* Reads what there is. */
void cb_console_poll(struct cb_console *con);
/* Drops what has been read and what could be. */
void cb_console_skip(struct cb_console *con);
/* Waits for a text after the last match. Returns its line (until the next call), NULL if it did not come. */
const char *cb_console_wait(struct cb_console *con, const char *text, unsigned int ms);
/* Everything since cb_console_skip(). */
const char *cb_console_all(struct cb_console *con);

/* machine.c: Linux and its CPUs */

uint64_t cb_now_ms(void);
void cb_sleep_ms(unsigned int ms);
/* Runs a shell command. Returns its exit status, with its output (both kinds) in out. */
int cb_run(char *out, size_t size, const char *command, ...) __attribute__((format(printf, 3, 4)));
int cb_num_cpus(void);			/* in the machine */
int cb_num_online(void);
bool cb_is_online(int cpu);
int cb_set_online(int cpu, bool online);
/* Moves the caller to a CPU. */
int cb_pin(int cpu);
/*
 * The counts of an interrupt ("arch_timer", "IPI0:", ...), by CPU; CPUs that are offline get 0. Returns how many are
 * online, -ENOENT.
 */
int cb_interrupts(const char *name, unsigned long *counts, int max);
/* kB of a line of /proc/meminfo, for instance "MemFree:" */
long cb_meminfo(const char *name);
/* Writes to pages all over so much new memory, and reads it again. Returns whether all was there. */
bool cb_use_memory(size_t size);
/* What follows this in the kernel's parameters, "" if it is not there. Valid as cb_text() is. */
const char *cb_word(const char *name);
/* Does the kernel's log have this text? */
bool cb_kernel_said(const char *text);

#endif /* TESTS_CELLBLOCK_H */
