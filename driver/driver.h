/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_H
#define DRIVER_H

/*
 * What the driver's files share. One ioctl works at a time: main.c takes
 * main_lock around each, and all functions here are called with it held,
 * unless they say otherwise. Lock order: main_lock, the gate of hyp.c, Linux's
 * lock of CPU hotplug; the console's lock is inside main_lock and beside them,
 * watch.c's inside main_lock and outside of the gate.
 *
 * Functions return 0 (or a value >= 0) or a negative errno; those with @err
 * have then put a sentence there.
 */

#include <linux/cpumask.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/poll.h>
#include <linux/types.h>

#include <cellblock/loader.h>
#include <jailhouse/cell-config.h>
#include <jailhouse/hypercall.h>
#include <uapi/jailhouse.h>

/* error.c */

/* Puts the sentence into @err and the kernel log. Returns @code. Any context. */
__printf(3, 4)
int error_set(struct jailhouse_error *err, int code, const char *fmt, ...);
/* The sentence of an ioctl that a signal has ended. */
int error_interrupted(struct jailhouse_error *err);

/* config.c: bounded readers; the hypervisor's validator does the rest */

#define CONFIG_MAX_SIZE		0x10000
/* above all physical addresses */
#define PHYS_END		(1ULL << 52)

/* Copies a configuration from user space. Free with kfree(). */
int config_read_system(const void __user *from, struct jailhouse_system **sys,
		       size_t *size, struct jailhouse_error *err);
int config_read_cell(const struct jailhouse_cell_create *from,
		     struct jailhouse_cell_desc **desc, size_t *size,
		     struct jailhouse_error *err);
/* The CPU set; -EINVAL for a CPU that this kernel does not know. */
int config_cpus(const struct jailhouse_cell_desc *desc, struct cpumask *cpus,
		struct jailhouse_error *err);
const struct jailhouse_memory *
config_mem_regions(const struct jailhouse_cell_desc *desc);
const struct jailhouse_pci_device *
config_pci_devices(const struct jailhouse_cell_desc *desc);

/* hyp.c: the only file that executes hvc */

/* Per CPU, interrupts off: does Linux's stub answer at EL2? */
bool hyp_stub_answers(void);
/* Per CPU, interrupts off: asks KVM to bring the stub back. */
void hyp_reset_vectors(void);
/* Per CPU, interrupts off: calls the image, see cellblock/loader.h. */
int hyp_image_call(phys_addr_t entry, unsigned long op, unsigned int cpu);
/*
 * A hypercall, -ENODEV while the hypervisor is not enabled. Needs no lock;
 * may sleep.
 */
long hyp_call(unsigned long nr, unsigned long arg1, unsigned long arg2);
/*
 * Between begin and end nobody is in hyp_call(), so that it can be switched on
 * or off. @shared: where the hypervisor's texts are, NULL if it is off now.
 */
void hyp_switch_begin(void);
void hyp_switch_end(const struct cellblock_shared *shared);
/* No lock needed. */
bool hyp_is_enabled(void);
/*
 * Why a hypercall was refused, in the hypervisor's words; without any, in
 * these. Returns @code.
 */
__printf(3, 4)
int hyp_refused(struct jailhouse_error *err, int code, const char *fmt, ...);
/* The same for OP_*: from @shared, which the hypervisor wrote uncached. */
int hyp_image_refused(struct jailhouse_error *err, int code,
		      const struct cellblock_shared *shared, const char *step);

/* ram.c: what the machine's physical addresses are */

void ram_init(void);
/*
 * Is @start in RAM that Linux manages? *@end is lowered to where that changes.
 * Memory reserved in the device tree is not Linux's.
 */
bool ram_is_linux(u64 start, u64 *end);
/* Is there any of it from @start to @end? */
bool ram_has_linux(u64 start, u64 end);
/* Is it all RAM by the device tree? True if that does not tell. */
bool ram_exists(u64 start, u64 end);
/* Says in words what keeps Linux from giving up @start to @end. */
void ram_describe(char *text, size_t size, u64 start, u64 end);

/* hvmem.c: memory taken from Linux */

enum hvmem_use {
	HVMEM_HYPERVISOR,	/* of the hypervisor itself */
	HVMEM_KEPT,		/* for cells only: root must not see it */
	HVMEM_ROOT_SHARED,	/* root's, shared with cells (IVSHMEM) */
	HVMEM_CELL,		/* one cell's own */
	HVMEM_CELL_SHARED,	/* of cells that all share it with root */
};

/*
 * Takes @start to @start + @size (page-aligned) for @use: Linux moves its own
 * data out, the content is zeroed and out of the caches. Memory that is not
 * Linux's is only noted as used, and zeroed if root can reach it. @owner: for
 * messages; must live until the memory is given back. On failure nothing has
 * changed. -EINTR on a signal.
 */
int hvmem_take(u64 start, u64 size, enum hvmem_use use, const char *owner,
	       struct jailhouse_error *err);
/* Zeroes memory, out of the caches too. 0, or -ENOMEM: not all of it. */
int hvmem_zero(u64 start, u64 end);
/* Undoes a hvmem_take() of exactly this range: zeroes, gives back to Linux. */
void hvmem_give(u64 start, u64 size, enum hvmem_use use);
/*
 * Cleans @size bytes at kernel address @from out of the caches, so that those
 * who read memory uncached see them.
 */
void hvmem_flush(const void *from, size_t size);

/* pages.c: Linux's own pages */

/*
 * Takes the pages of @start to @end, all RAM of Linux, out of its allocator,
 * or none of them; gives them back.
 */
int pages_take(u64 start, u64 end, struct jailhouse_error *err);
void pages_give(u64 start, u64 end);

/* kept.c */

/*
 * Takes from Linux what RAM @sys does not give to root, for cells, and what
 * root shares with cells; gives it back.
 */
int kept_take(const struct jailhouse_system *sys, struct jailhouse_error *err);
void kept_give(void);

/* image.c */

/* Gets the firmware file, checked and small enough; and lets go of it. */
int image_get(u64 memory_size, size_t config_size, struct jailhouse_error *err);
void image_release(void);
/*
 * Puts image, configuration and what the hypervisor has to know of Linux to
 * @header, the start of hypervisor memory.
 */
void image_load(struct cellblock_header *header,
		const struct jailhouse_system *config, size_t config_size);

/* cpus.c */

/* Checks that Linux has exactly the CPUs @root; refuses others until exit. */
int cpus_init(const struct cpumask *root, struct jailhouse_error *err);
void cpus_exit(void);
/* Takes CPUs from Linux, or none of them. @owner as in hvmem_take(). */
int cpus_take(const struct cpumask *cpus, const char *owner,
	     struct jailhouse_error *err);
/* Gives them back; those that were online before come online again. */
void cpus_give(const struct cpumask *cpus);

/* kvm.c */

/*
 * Refuses if a KVM guest exists or could be started; from then on until
 * kvm_unblock() there is no /dev/kvm.
 */
int kvm_block(struct jailhouse_error *err);
void kvm_unblock(void);
/* Brings Linux's stub back to EL2 of all CPUs where KVM has left its own. */
int kvm_leave_el2(struct jailhouse_error *err);
/* After the stub is back: lets KVM take EL2 again where it had it. */
void kvm_enter_el2(void);

/* enable.c */

int enable_system(const void __user *config, struct jailhouse_error *err);
int disable_system(bool force, struct jailhouse_error *err);
/* The system configuration, NULL while neither enabled nor being so. */
const struct jailhouse_system *enable_config(void);

/* watch.c: what it knows of a cell */

struct cell_watch {
	struct list_head node;
	bool live;		/* its state can change by itself */
	bool failed;		/* until somebody stops or starts it */
	bool restart;		/* is to be restarted... */
	u64 restart_at;		/* ...then (ms) */
	u32 state, told;	/* seen last; told others last */
	u32 timeout, kicks;	/* seen last... */
	u64 kicked;		/* ...and first then (ms) */
	unsigned int restarts;	/* ever */
	unsigned int in_a_row;	/* since somebody started it */
	char failure[256];	/* why it failed last, in words */
};

/* cell.c */

struct cell {
	struct kobject kobj;		/* the folder cells/<id> */
	struct stats_dir *stats;	/* its folder statistics/ */
	struct list_head cpu_stats;	/* and of each CPU */
	struct list_head node;
	u32 id;
	char label[48];			/* for messages: cell "name" */
	bool loaded;			/* may be started */
	struct list_head images;	/* kept for a restart (restart.c) */
	u64 images_size;
	bool images_lost;		/* too large to be kept */
	struct cell_watch watch;
	struct cpumask cpus;
	unsigned long *taken;		/* which memory regions were taken */
	size_t config_size;
	struct jailhouse_cell_desc *config;
	struct jailhouse_cell_desc *config_buffer; /* to be freed; or NULL */
};

/* The object of the root cell, before the hypervisor is there; and its end. */
int cell_init_root(struct jailhouse_cell_desc *desc, const struct cpumask *cpus,
		   struct jailhouse_error *err);
void cell_exit_root(void);
/* Destroys all cells; if one denies it, none. @force: without asking. */
int cell_destroy_all(bool force, struct jailhouse_error *err);
/* The cell meant by @id, not root; NULL with *@ret set. */
struct cell *cell_find(const struct jailhouse_cell_id *id, int *ret,
		       struct jailhouse_error *err);
/* Hypercall @nr for @cell, again as long as the answer is -EAGAIN. */
int cell_ask(struct cell *cell, unsigned long nr, unsigned long arg2,
	     const char *what, struct jailhouse_error *err);
/* Stops @cell's CPUs. It is asked before, unless @force or it has failed. */
int cell_stop(struct cell *cell, bool force, const char *what,
	      struct jailhouse_error *err);
/* ioctls */
int cell_create(const struct jailhouse_cell_create __user *arg,
		struct jailhouse_error *err);
int cell_start(const struct jailhouse_cell_id __user *arg,
	       struct jailhouse_error *err);
int cell_destroy(const struct jailhouse_cell_id __user *arg,
		 struct jailhouse_error *err);
/* From now on no request to a cell is waited for. Any context. */
void cell_stop_waiting(void);
/* Has @cell, or any other but root, an end of this IVSHMEM link of root's? */
bool cell_has_link(const struct cell *cell,
		   const struct jailhouse_pci_device *link);
bool cell_others_have_link(const struct cell *cell,
			   const struct jailhouse_pci_device *link);

/* pci.c: the virtual PCI host, if the configuration has one */

/* While the hypervisor is enabled. */
int pci_add_host(struct jailhouse_error *err);
void pci_remove_host(void);
/*
 * Around the hypercalls that create and destroy a cell, with Linux's PCI lock
 * held in between, so that nobody looks at devices that are being made. Before
 * the destruction those devices go that the hypervisor will not show without
 * the cell. @look: there may be new devices, or old ones again.
 */
void pci_begin_create(void);
void pci_begin_destroy(const struct cell *cell);
void pci_end_change(bool look);

/* load.c */

int load_cell(const struct jailhouse_cell_load __user *arg,
	      struct jailhouse_error *err);
/* The physical address of an image's place in @cell; 0: it has none. */
u64 load_place(const struct cell *cell, u64 target, u64 size);

/* restart.c */

/* Where to put a copy of an image that is loaded; NULL: none is kept. */
char *restart_keep(struct cell *cell, u64 target, u64 size);
/* That one has not become complete. */
void restart_drop_last(struct cell *cell);
void restart_forget(struct cell *cell);
/* Starts a failed or stopped cell from its images; of its old life nothing is left. */
int restart_again(struct cell *cell, struct jailhouse_error *err);
/* ioctl */
int restart_cell(const struct jailhouse_cell_id __user *arg,
		 struct jailhouse_error *err);

/* watch.c: has its own lock; tells all changes of state by sysfs and uevents */

void watch_add(struct cell *cell);
void watch_remove(struct cell *cell);
/* After a start; @again: a restart that nobody has asked for. */
void watch_started(struct cell *cell, bool again);
/* After somebody has stopped the cell. */
void watch_stopped(struct cell *cell);
/* Has it been found failed, whatever the hypervisor says? No lock. */
bool watch_has_failed(const struct cell *cell);
unsigned int watch_restarts(const struct cell *cell);
/* The CPUs that the hypervisor has stopped for a fault. No lock. */
void watch_failed_cpus(const struct cell *cell, struct cpumask *failed);
void watch_failure(struct cell *cell, struct jailhouse_error *why);
/* Looks no more. After the last cell has gone. */
void watch_exit(void);

/* console.c: has its own lock */

struct console_reader {
	u32 session;		/* of which enabling */
	u32 position;		/* characters read */
	bool follows;
};

void console_attach(const struct cellblock_shared *shared);
/* Keeps what was printed until the next console_attach(). */
void console_detach(void);
ssize_t console_read(struct console_reader *reader, char __user *to,
		     size_t size, bool nonblock);
__poll_t console_poll(struct console_reader *reader, struct file *file,
		      poll_table *wait);
void console_release(struct console_reader *reader);
/* The latest up to @size characters. */
size_t console_latest(char *to, size_t size);

/* sysfs.c */

int sysfs_init(void);
void sysfs_exit(void);
struct device *sysfs_device(void);
/* NULL: not enabled */
void sysfs_show_platform(const struct jailhouse_system *config);
/* The folder of a new cell; @cell is freed with it from here on. */
int sysfs_add_cell(struct cell *cell);
void sysfs_remove_cell(struct cell *cell);
/* A statistics folder for each of the CPUs. */
int sysfs_add_cpus(struct cell *cell, const struct cpumask *cpus);
void sysfs_remove_cpus(struct cell *cell, const struct cpumask *cpus);
/* Tells poll() and udev that a cell has come into @state. Any lock. */
void sysfs_cell_changed(struct cell *cell, u32 state);

/* main.c */

/* main_lock, for who cannot wait for it. */
bool main_trylock(void);
void main_unlock(void);
/* The class of misc devices. */
struct miscdevice *main_device(void);

#endif /* DRIVER_H */
