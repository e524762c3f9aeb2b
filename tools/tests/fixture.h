/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_FIXTURE_H
#define TESTS_FIXTURE_H

/* Runs the command in this process, against a fake machine; speaks TAP. */

#include <stdbool.h>
#include <stddef.h>

#include <jailhouse/cell-config.h>
#include <uapi/jailhouse.h>

#define MAX_IMAGES	8
#define IMAGE_BYTES	4096

/* The machine of io.h. fixture_reset() makes a fresh one. */
struct fake_machine {
	/* what the device answers */
	int open_result;
	int ioctl_result;
	unsigned long only_request;	/* the result is for this one; 0: for all */
	unsigned int refusals;		/* so many get it; 0: all */
	const char *reason;		/* for GET_ERROR; NULL: it fails */
	const char *device_text;	/* for read(), at most 5 bytes a time */
	int read_error;			/* after the text; 0: end of file */
	bool slow_device;		/* takes longer than anybody waits in silence */
	int laters;			/* io_later() calls */

	/* what the device was asked for */
	unsigned int requests;		/* GET_ERROR not counted */
	unsigned long request;
	struct jailhouse_cell_id cell;
	unsigned char config[4096];
	size_t config_size;
	unsigned int images;
	struct {
		unsigned char data[IMAGE_BYTES + 1]; /* the first; any other */
		u64 size;
		u64 address;
	} image[MAX_IMAGES];
	unsigned int open_devices;	/* opened and not closed */

	const char *kernel_log;

	char sysfs_root[64];
	u64 now;
	bool terminal;
	unsigned int width;
	unsigned int waits;
	unsigned int stop_after;	/* io_wait() calls; 0: never */
	void (*on_wait)(void);
};
extern struct fake_machine fake;

/* A machine with the driver loaded and nothing enabled. */
void fixture_reset(void);
/* Remove what the fixture made and end the TAP output; main()'s result. */
int fixture_end(void);

/* A file below the sysfs root, with the folders that it needs. */
void sysfs_write(const char *path, const char *text);
void sysfs_write_bytes(const char *path, const void *data, size_t size);
/* The same with what is in the file @from. */
void sysfs_copy(const char *path, const char *from);
/* Remove a file or a whole folder below the sysfs root. */
void sysfs_remove(const char *path);
/* Cell folders as the driver makes them. */
void sysfs_add_cell(unsigned int id, const char *name, const char *state,
		    const char *assigned, const char *failed);

/* A file in the tests' folder; the name stays valid until the next reset. */
const char *make_file(const char *name, const void *data, size_t size);

/* Smallest well-formed configurations. */
void init_system(struct jailhouse_system *system);
void init_cell(struct jailhouse_cell_desc *cell, const char *name);

struct result {
	int exit_code;
	const char *out;	/* valid until the next run */
	const char *err;
};
struct result run_words(const char *const *words);
#define RUN(...) \
	run_words((const char *const []){ "jailhouse", __VA_ARGS__, NULL })

void check(bool good, const char *what);
void check_number(long long got, long long expected, const char *what);
void check_text(const char *got, const char *expected, const char *what);
void check_contains(const char *text, const char *part, const char *what);
/* success, and this on stdout; nothing on stderr */
void check_output(struct result result, const char *out, const char *what);
/* exit code and the whole of stderr, nothing on stdout */
void check_failure(struct result result, int exit_code, const char *err,
		   const char *what);
/* exit code 2, this message, and the hint at the help of @command */
void check_usage(struct result result, const char *command, const char *message,
		 const char *what);

#endif /* TESTS_FIXTURE_H */
