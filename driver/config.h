/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_CONFIG_H
#define DRIVER_CONFIG_H

/*
 * Configurations, copied from user space with bounds, so that they are whole as
 * cellblock/config.h needs them. Whether they make sense is for the
 * hypervisor's validator to say.
 */

#include <cellblock/config.h>

struct cpumask;
struct jailhouse_cell_create;
struct jailhouse_error;

/**
 * config_read_system() - copy a system configuration from user space
 * @from: its address there, of unknown size
 * @sys: receives the copy; free it with kfree()
 * @size: receives its size in bytes
 * @err: receives the sentence of a refusal
 *
 * What the hypervisor would refuse and does no harm is left out of the copy, and told
 * in the log (hypervisor/config/config_adapt.c).
 *
 * Context: no lock needed; may sleep.
 * Return: 0, or a negative errno and nothing to free.
 */
int config_read_system(const void __user *from, struct jailhouse_system **sys,
		       size_t *size, struct jailhouse_error *err);

/**
 * config_read_cell() - copy a cell's configuration from user space
 * @from: the request, which has address and size
 * @desc: receives the copy; free it with kfree()
 * @size: receives its size in bytes
 * @err: receives the sentence of a refusal
 *
 * With things left out, as of config_read_system().
 *
 * Context: main_lock held, the hypervisor is enabled; may sleep.
 * Return: 0, or a negative errno and nothing to free.
 */
int config_read_cell(const struct jailhouse_cell_create *from,
		     struct jailhouse_cell_desc **desc, size_t *size,
		     struct jailhouse_error *err);

/**
 * config_note_uart() - say so if the hypervisor cannot print to this UART
 * @con: the debug console
 *
 * Context: any, no lock needed.
 */
void config_note_uart(const struct jailhouse_console *con);

/**
 * config_cpus() - the CPU set
 * @desc: of this cell
 * @cpus: receives it
 * @err: receives the sentence of a refusal
 *
 * Context: any, no lock needed.
 * Return: 0, or -EINVAL for a CPU that this kernel does not know, and for an
 * empty set of a cell that shares none.
 */
int config_cpus(const struct jailhouse_cell_desc *desc, struct cpumask *cpus,
		struct jailhouse_error *err);

/**
 * config_cpus_shared() - the CPUs that a cell shares with Linux
 * @desc: of this cell
 * @cpus: receives them
 * @err: receives the sentence of a refusal
 *
 * Context: any, no lock needed.
 * Return: 0, or -EINVAL for a CPU that this kernel does not know.
 */
int config_cpus_shared(const struct jailhouse_cell_desc *desc, struct cpumask *cpus,
		       struct jailhouse_error *err);

/**
 * config_check_beside() - can a new cell exist beside another one?
 * @desc: of the new cell
 * @other: of one that exists
 * @other_is_root: it is the root cell
 * @err: receives the sentence of a refusal
 *
 * It is the hypervisor's rule, and its code (hypervisor/config/config_cells.c):
 * asked here, before anything is taken from Linux.
 *
 * Context: main_lock held.
 * Return: 0, or a negative errno.
 */
int config_check_beside(const struct jailhouse_cell_desc *desc,
			const struct jailhouse_cell_desc *other,
			bool other_is_root, struct jailhouse_error *err);

/**
 * config_sum_up() - what a cell has of the CPUs that it shares
 * @desc: its configuration, of a cell that exists
 * @shares: of CELLBLOCK_MAX_CPUS CPUs, to which it is added
 */
void config_sum_up(const struct jailhouse_cell_desc *desc, u32 *shares);

/**
 * config_check_sum() - with a new cell, is enough of shared CPUs left to Linux?
 * @desc: of the new cell, whose section on shared CPUs is checked first
 * @shares: sums of config_sum_up() of the others; the new one's is added
 * @err: receives the sentence of a refusal
 *
 * Context: main_lock held.
 * Return: 0, or a negative errno.
 */
int config_check_sum(const struct jailhouse_cell_desc *desc, u32 *shares,
		     struct jailhouse_error *err);

#endif /* DRIVER_CONFIG_H */
