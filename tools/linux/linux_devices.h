/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_LINUX_DEVICES_H
#define TOOLS_LINUX_DEVICES_H

/* The devices that the program cell-devices has for a guest, and where. */

#include <stdbool.h>

#include <jailhouse/cell-config.h>

#define LINUX_DISKS	8
#define LINUX_NETS	4

struct linux_devices {
	/* what is wanted; disks are FILE or FILE,ro, nets names of tap interfaces */
	bool console, rng, power_key, rtc, watchdog;
	const char *disk[LINUX_DISKS], *net[LINUX_NETS];
	unsigned int disks, nets;
	u64 cid;			/* of vsock; 0: there is none */
	/*
	 * Not a Linux that gets its device tree here: the console is a PL011, and the bank is
	 * wherever the configuration has it.
	 */
	bool any_guest;

	/* what the cell's configuration has for that */
	u64 ecam, memory, memory_size;	/* of the PCI host; guest-physical */
	u64 bank, bank_size;		/* the RAM that root may see; guest-physical */
	u64 uart;			/* guest-physical */
	/* of the power key, the RTC, and the watchdog; guest-physical */
	u64 gpio, clock, watchdog_base;
	u32 intid;			/* of the device in slot 0; the next one has the next */
	u32 key_intid, uart_intid;	/* 0: none */
	u64 frame;			/* to which messages are written (MSI-X); guest-physical */
	u32 message_intid, messages;	/* SPIs that they may say; 0: there are none */
};

/* Those of virtio, in so many slots, from 0 on. */
unsigned int linux_devices_count(const struct linux_devices *devices);
/* Is anything wanted? */
bool linux_devices_any(const struct linux_devices *devices);

/* What --disk says. An exit code. */
int linux_devices_take_disk(struct linux_devices *devices, char *argument);

/* What --vsock says. An exit code. */
int linux_devices_take_cid(struct linux_devices *devices, const char *argument);

/* Find the places in a configuration. EXIT_DONE, or EXIT_REFUSED (said). */
int linux_devices_place(struct linux_devices *devices, const struct jailhouse_cell_desc *cell);

/*
 * What the kernel has to be told besides @cmdline (NULL: nothing), all in one; to be freed.
 * NULL: out of memory.
 */
char *linux_devices_cmdline(const struct linux_devices *devices, const char *cmdline);

/* Start the program for the cell @name, which exists. It ends with the cell. An exit code. */
int linux_devices_start(const struct linux_devices *devices, const char *name);

#endif /* TOOLS_LINUX_DEVICES_H */
