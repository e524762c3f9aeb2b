/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_CONFIG_SAMPLES_H
#define TESTS_CONFIG_SAMPLES_H

/* Valid configurations of a small made-up machine, for tests to spoil. */

#include <config/config.h>

#define SAMPLE_HV_BASE		0x70000000ULL
#define SAMPLE_HV_SIZE		0x400000ULL
#define SAMPLE_GICD		0x08000000ULL
#define SAMPLE_GICR		0x080a0000ULL
#define SAMPLE_ECAM		0x08e00000ULL
#define SAMPLE_UART		0x09000000ULL
#define SAMPLE_RAM		0x40000000ULL
#define SAMPLE_RAM_SIZE		0x80000000ULL
#define SAMPLE_CELL_RAM		0x71000000ULL
#define SAMPLE_CELL_SIZE	0x1000000ULL

enum { SYS_RAM_LOW, SYS_RAM_HIGH, SYS_UART, SYS_DEVICES, SYS_MEMS };

/* 4 CPUs, INTIDs 32..159 and 160..191 */
struct sample_system {
	struct jailhouse_system header;
	__u64 cpus[1];
	struct jailhouse_memory mem[SYS_MEMS];
	struct jailhouse_irqchip irqchips[2];
} __packed;

/* The link of the PCI device is in the regions from CELL_LINK on. */
enum {
	CELL_RAM, CELL_UART, CELL_COMM, CELL_GPIO, CELL_LINK,
	CELL_MEMS = CELL_LINK + 4,
};

/* bytes of that link */
#define LINK_SIZE	0xff000ULL

/* CPUs 2 and 3, INTID 40; what it shares begins to count with sample_share() */
struct sample_cell {
	struct jailhouse_cell_desc cell;
	__u64 cpus[1];
	struct jailhouse_memory mem[CELL_MEMS];
	struct jailhouse_cache caches[1];
	struct jailhouse_irqchip irqchips[1];
	struct jailhouse_pio pios[1];
	struct jailhouse_pci_device pci[1];
	struct jailhouse_pci_capability caps[2];
	union jailhouse_stream_id streams[1];
	struct cellblock_sharing sharing;
} __packed;

extern const struct sample_system sample_system;
extern const struct sample_cell sample_cell;

/* It shares root's CPU 0 too, 1 of 10 ms. */
void sample_share(struct sample_cell *config);

/*
 * Runs all checks on any bytes at all, with the samples for partners, and
 * aborts if what they accept is not what they promise. True if accepted.
 */
bool sample_exercise(const void *data, size_t size);

#endif /* TESTS_CONFIG_SAMPLES_H */
