/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_ONE_CELL_H
#define TOOLS_ONE_CELL_H

#include <stdbool.h>

#include <jailhouse/types.h>

#include "config/sharing.h"
#include "options.h"

/* ARM's convention for the communication region; RAM ends before it */
#define ONE_CELL_COMM	0x80000000ULL
/* Links come after it. */
#define ONE_CELL_LINK	0x80200000ULL

#define ONE_CELL_IRQS	32
#define ONE_CELL_DEVICES	16
#define ONE_CELL_LINKS	8

struct one_cell_link {
	const char *peer;	/* a cell's name */
	u64 size;		/* of what each peer can write; 0: what is usual */
	bool is_net;
};

/* A cell that is described by the words of a command line. */
struct one_cell {
	const char *name;
	u64 cpus;		/* its own: bit n for CPU n */
	struct cellblock_sharing sharing;
	u64 ram;		/* bytes, at 0 in the cell */
	bool console;		/* the machine's UART, which it shares with Linux */
	unsigned int num_irqs;
	u32 irq[ONE_CELL_IRQS];	/* INTIDs */
	unsigned int num_devices;
	const char *device[ONE_CELL_DEVICES];	/* paths in the device tree, or aliases */
	bool allow_dma;
	bool permissive;	/* not for a configuration that is written */
	unsigned int num_links;
	struct one_cell_link link[ONE_CELL_LINKS];
	const char *load;	/* an image, or NULL */
	bool start;
};

/* The words that make the configuration. */
#define ONE_CELL_OPTIONS(cell)						\
	OPTION_TEXT(0, "name", &(cell)->name),				\
	OPTION_CALL(0, "cpus", one_cell_take_cpus, &(cell)->cpus),	\
	SHARE_OPTIONS(&(cell)->sharing),				\
	OPTION_CALL(0, "ram", one_cell_take_ram, &(cell)->ram),		\
	OPTION_FLAG(0, "console", &(cell)->console),			\
	OPTION_CALL(0, "irq", one_cell_take_irq, cell),			\
	OPTION_CALL(0, "device", one_cell_take_device, cell),		\
	OPTION_FLAG(0, "allow-dma", &(cell)->allow_dma),		\
	OPTION_CALL(0, "shmem", one_cell_take_link, cell),		\
	OPTION_CALL(0, "net", one_cell_take_link, cell)
#define ONE_CELL_HELP							\
	"  --name NAME   its name\n"					\
	"  --cpus LIST   its CPUs, such as 2-3\n"			\
	SHARE_HELP							\
	"  --ram SIZE    its RAM, at 0 in the cell, from where Linux can give it\n" \
	"  --console     it shares Linux's UART (without: 'jailhouse console' has what\n" \
	"                the cell prints)\n"				\
	"  --irq INTID   an interrupt, 32 to 1019, that Linux does not use; any number\n" \
	"                of them\n"						\
	"  --device PATH a device, by its path or alias in the device tree: its\n" \
	"                registers and interrupts; any number of them\n"	\
	"  --allow-dma   also devices that may reach all memory by DMA\n"	\
	"  --shmem PEER[:SIZE]\n"						\
	"                a link with shared memory to the cell PEER, of which each can\n" \
	"                write SIZE bytes (64K); it is made by the first, for the other;\n" \
	"                root has some in its configuration\n"		\
	"  --net PEER    the same for Ethernet\n"
int one_cell_take_cpus(const struct known_option *option, char *argument);
int one_cell_take_ram(const struct known_option *option, char *argument);
int one_cell_take_irq(const struct known_option *option, char *argument);
int one_cell_take_device(const struct known_option *option, char *argument);
int one_cell_take_link(const struct known_option *option, char *argument);

/* Was any word of a cell given? */
bool one_cell_is_given(const struct one_cell *cell);

/* Is all there, and can it be? An exit code. */
int one_cell_check(const struct one_cell *cell);

/*
 * Creates it with RAM where Linux gives it, loads and starts it; if that fails it
 * is destroyed. @cpuset: keep threads off shared CPUs. Returns an exit code.
 */
int one_cell_create(const struct one_cell *cell, bool cpuset);

#endif /* TOOLS_ONE_CELL_H */
