/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_H
#define INMATE_H

/**
 * @file
 * The inmate library: everything a bare-metal program in a cell needs.
 *
 *	#include <inmate.h>
 *
 *	void inmate_main(void)
 *	{
 *		printk("Hello from CPU %u\n", cpu_id());
 *	}
 *
 * inmate_main() runs at EL1 on the cell's first CPU with MMU and caches on and
 * interrupts masked. When it returns, the cell reports "shut down" and its
 * CPUs are switched off.
 *
 * Guest-physical memory, mapped one to one:
 *	0x00000000	image (see lib/inmate.lds.S)
 *	0x00001000	command line, written by the loader
 *	0x80000000	communication region
 * Nothing else is mapped until map_range() says so.
 */

#include <jailhouse/hypercall.h>
#include <jailhouse/types.h>

#include <inmate/cmdline.h>
#include <inmate/comm.h>
#include <inmate/cpu.h>
#include <inmate/exception.h>
#include <inmate/gic.h>
#include <inmate/ivshmem.h>
#include <inmate/map.h>
#include <inmate/mmio.h>
#include <inmate/paravirt.h>
#include <inmate/pci.h>
#include <inmate/printk.h>
#include <inmate/psci.h>
#include <inmate/smp.h>
#include <inmate/spinlock.h>
#include <inmate/string.h>
#include <inmate/timer.h>
#include <inmate/watchdog.h>

/** Supplied by the program. */
void inmate_main(void);

/**
 * Ends the program: the calling CPU is switched off. Without a hypervisor, the
 * machine is. Other CPUs of the cell go on.
 *
 * @param state	JAILHOUSE_CELL_SHUT_DOWN or JAILHOUSE_CELL_FAILED, which root
 *	sees as the cell's
 */
void __attribute__((noreturn)) inmate_end(u32 state);

/** inmate_end() with the state "shut down". */
void __attribute__((noreturn)) inmate_exit(void);

/**
 * Ends the program with the state "failed" after printing why. From any context.
 *
 * @param fmt	as of printk(), without a newline
 * @param ...	its arguments
 */
void __attribute__((noreturn, format(printf, 1, 2))) panic(const char *fmt, ...);

/** Switches the calling CPU off (PSCI CPU_OFF). */
void __attribute__((noreturn)) stop(void);

#endif /* INMATE_H */
