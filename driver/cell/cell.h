/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_CELL_H
#define DRIVER_CELL_H

/* Cells: the objects, and what their life is made of. */

#include <linux/cpumask.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/types.h>

#include "cell/watch.h"

struct jailhouse_cell_create;
struct jailhouse_cell_desc;
struct jailhouse_cell_id;
struct jailhouse_error;
struct jailhouse_pci_device;
struct remote;
struct stats_dir;

/**
 * struct cell - a cell, also root's
 * @kobj: the folder cells/<id>; the object is freed when nobody uses it
 * @stats: its folder statistics/
 * @cpu_stats: and of each CPU, struct stats_dir
 * @node: private to cells.c
 * @id: the hypervisor's; 0: root
 * @label: for messages: cell "name"
 * @loaded: it may be started
 * @images: copies for a restart, see restart.c
 * @images_size: of these, bytes
 * @images_lost: they are too large to be copied
 * @watch: see there
 * @created: when that was
 * @cpus: the cell has
 * @shared: CPUs of Linux that the cell shares; none of root
 * @taken: which memory regions were taken, a bit for each
 * @remote: who answers for its windows, private to vdev/remote.c; NULL: nobody
 * @config_size: of @config, bytes
 * @config: the configuration
 * @config_buffer: to be freed with the cell; NULL: that is somebody else's task
 *
 * Files in sysfs are read without a lock: @id, @label, @config and, but for
 * root's, @cpus, and @shared do not change while they are there. The lock of watch.c is for
 * @watch, main_lock for all else.
 */
struct cell {
	struct kobject kobj;
	struct stats_dir *stats;
	struct list_head cpu_stats;
	struct list_head node;
	u32 id;
	char label[48];
	bool loaded;
	struct list_head images;
	u64 images_size;
	bool images_lost;
	struct cell_watch watch;
	ktime_t created;
	struct cpumask cpus;
	struct cpumask shared;
	unsigned long *taken;
	struct remote *remote;
	size_t config_size;
	struct jailhouse_cell_desc *config;
	struct jailhouse_cell_desc *config_buffer;
};

/**
 * cell_init_root() - make the object of the root cell
 * @desc: its configuration; must live until cell_exit_root()
 * @cpus: its CPUs
 * @err: receives the sentence of a refusal
 *
 * Context: main_lock held, the hypervisor not yet enabled; may sleep.
 * Return: 0, or a negative errno.
 */
int cell_init_root(struct jailhouse_cell_desc *desc, const struct cpumask *cpus,
		   struct jailhouse_error *err);
void cell_exit_root(void);

/**
 * cell_ask() - make a hypercall for a cell, until it is answered
 * @cell: its id is the first argument
 * @nr: JAILHOUSE_HC_CELL_* or CELLBLOCK_HC_CELL_*
 * @arg2: the second argument
 * @what: for the sentence: the cell cannot be started, destroyed, ...
 * @err: receives the sentence of a refusal
 *
 * -EAGAIN means that the cell was asked and has not answered; there is no time
 * limit but the cell's own. A signal or cell_stop_waiting() withdraws the
 * request.
 *
 * Return: 0, -EINTR if it was withdrawn, or another negative errno.
 */
int cell_ask(struct cell *cell, unsigned long nr, unsigned long arg2,
	     const char *what, struct jailhouse_error *err);

/**
 * cell_stop() - stop a cell's CPUs
 * @cell: this one; it is asked before, unless it has failed
 * @force: do not ask
 * @what: as for cell_ask()
 * @err: receives the sentence of a refusal
 *
 * Return: 0, -EINTR, or another negative errno; then the cell goes on.
 */
int cell_stop(struct cell *cell, bool force, const char *what,
	      struct jailhouse_error *err);

/**
 * cell_run() - START, with random numbers for what runs there
 * @cell: this one
 * @err: as for cell_ask()
 */
int cell_run(struct cell *cell, struct jailhouse_error *err);

/**
 * cell_stop_waiting() - from now on no request to a cell is waited for
 *
 * Context: any, no lock needed.
 */
void cell_stop_waiting(void);

/**
 * cell_create() - the ioctl
 * @arg: struct jailhouse_cell_create in user space
 * @err: receives the sentence of a refusal
 *
 * Return: 0 (existing tools take all else for a failure), or a negative errno;
 * then nothing has changed.
 */
int cell_create(const struct jailhouse_cell_create __user *arg,
		struct jailhouse_error *err);

/**
 * cell_start() - start a cell
 * @cell: not root
 * @checked: not if it runs or nothing was loaded; otherwise it is asked to stop first
 * @err: receives the sentence of a refusal
 *
 * Return: 0, or a negative errno; then it was not started.
 */
int cell_start(struct cell *cell, bool checked, struct jailhouse_error *err);

/**
 * cell_destroy() - destroy a cell
 * @cell: not root
 * @force: without asking it
 * @err: receives the sentence of a refusal
 *
 * Return: 0, or a negative errno; then the cell is still there.
 */
int cell_destroy(struct cell *cell, bool force, struct jailhouse_error *err);

/**
 * cell_destroy_all() - destroy all cells but root
 * @force: without asking them
 * @err: receives the sentence of a refusal
 *
 * All are asked before the first is lost.
 *
 * Return: 0, or a negative errno.
 */
int cell_destroy_all(bool force, struct jailhouse_error *err);

/**
 * cell_is_permissive() - does a cell access what it was not given?
 * @cell: this one
 */
bool cell_is_permissive(const struct cell *cell);

/**
 * cell_has_link() - has a cell an end of a link?
 * @cell: this one
 * @link: root's end of it
 */
bool cell_has_link(const struct cell *cell,
		   const struct jailhouse_pci_device *link);

#endif /* DRIVER_CELL_H */
