/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_LINKS_H
#define TESTS_LINKS_H

/* Root's ends of IVSHMEM links and their drivers. Results as in cellblock.h. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINKS_PCI	"/sys/bus/pci/devices/"
/* PCI devices of the links, see qemu-virt/links.h */
#define LINK_DEMO	0
#define LINK_NET	1
#define LINK_BULK	2
#define LINK_MSIX	3
#define LINK_CELLS	4
#define LINK_RTOS	5
#define NUM_LINKS	6

/* The name of a link's device below LINKS_PCI, valid until the fourth call after it */
const char *links_device(int dev);
bool links_exists(int dev);
/* One bit for each device that is there */
unsigned int links_mask(void);
/* What the device is called, by driver class: "uio0", "eth0"; "" if it has none. Valid until the next call. */
const char *links_name(int dev, const char *class);

/* A module that is there already is no error, nor one that need not go. */
int links_insert(const char *path);
int links_remove(const char *module);
/* uio_ivshmem and what it needs */
int links_insert_uio(void);
int links_insert_net(void);

/* What ethtool -S shows; -1 if there is no such interface or statistic */
long links_statistic(const char *interface, const char *name);

/* UIO maps, by number */
enum link_map {
	LINK_REGISTERS,
	LINK_STATES,
	LINK_RW,
	LINK_OUTPUTS,
	LINK_OWN,
	LINK_NUM_MAPS,
};

struct link {
	int fd;
	size_t size[LINK_NUM_MAPS];
	void *map[LINK_NUM_MAPS];	/* NULL: empty */
};

/* Opens and maps all of it. */
int link_open(struct link *link, int dev);
void link_close(struct link *link);
void *link_mmap(int fd, enum link_map map, size_t size, int prot, int flags);

static inline uint32_t link_read(const struct link *link, unsigned int reg)
{
	return *(volatile uint32_t *)((char *)link->map[LINK_REGISTERS] + reg);
}

static inline void link_write(const struct link *link, unsigned int reg, uint32_t value)
{
	*(volatile uint32_t *)((char *)link->map[LINK_REGISTERS] + reg) = value;
}

/* A word of any other map */
static inline volatile uint32_t *link_word(const struct link *link, enum link_map map, unsigned int n)
{
	return (volatile uint32_t *)link->map[map] + n;
}

/* Word n of a peer's output section */
static inline volatile uint32_t *link_output(const struct link *link, uint32_t peer, unsigned int n)
{
	return link_word(link, LINK_OUTPUTS, (unsigned int)(peer * link->size[LINK_OWN] / sizeof(uint32_t)) + n);
}

/* Waits for an interrupt: 1, 0 if none has come, or a negative errno. */
int link_wait(const struct link *link, unsigned int ms);
/* Until a word has this value. Returns whether it came. */
bool link_wait_word(const struct link *link, enum link_map map, unsigned int n, uint32_t value, unsigned int ms);

/* With inmates/tests/ivshmem-echo.c as this peer: a number, to be answered with so many doorbells of one vector */
void link_order(const struct link *link, uint32_t peer, uint32_t number, uint32_t doorbells, uint32_t vector);
bool link_answered(const struct link *link, uint32_t peer, uint32_t number, unsigned int ms);

#endif /* TESTS_LINKS_H */
