/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_ARCH_H
#define CORE_ARCH_H

#include <core/cell.h>

/*
 * What core/ asks of an architecture, besides the <arch/...> headers. In
 * <arch/cpu.h>, inline: struct cpu *arch_this_cpu(void), and
 * struct vcpu *arch_this_vcpu(void), the one that runs on it.
 */

/* OP_INIT, after the cells' structures: checks the machine, prepares all. */
int arch_init(void);

/* Prepares a CPU of the configuration (its private memory). OP_INIT. */
int arch_cpu_init(struct cpu *cpu);

/*
 * OP_ENTER on each CPU. check: is this CPU what was prepared? May refuse.
 * commit: takes the CPU over, cannot fail. commit_machine: on one CPU, after
 * all have checked and before any commits.
 */
int arch_cpu_check(struct cpu *cpu);
void arch_machine_commit(void);
void arch_cpu_commit(struct cpu *cpu);

/*
 * DISABLE. machine_leave: on one CPU, while all others wait. cpu_leave: hands
 * this CPU back to Linux with @result of the call it came by. After OP_ENTER
 * failed (@entered false) only what entry.S changed is undone.
 */
void arch_machine_leave(void);
void arch_cpu_leave(struct cpu *cpu, s64 result, bool entered)
	__attribute__((noreturn));

/* Makes @cpu notice its command; from any CPU. Earlier stores come first. */
void arch_cpu_kick(struct cpu *cpu);
/* Acknowledges kicks on this CPU, so that later ones are noticed. */
void arch_cpu_unkick(void);

/* Adds where this CPU's guest is, and what it did if it is an exception. */
void arch_fault_place(struct cellblock_fault *fault);

/* This CPU's guest stops: keep its interrupts from waking the CPU. */
void arch_cpu_park(void);
/* Sleeps until a kick (or for no reason). */
void arch_cpu_wait(void);
/* Resets this CPU's guest state for @vcpu, which is its own, and enters the guest. */
void arch_vcpu_start(struct vcpu *vcpu) __attribute__((noreturn));
/* Undoes arch_cpu_commit()'s hold on a parked CPU and switches it off. */
void arch_cpu_off(struct cpu *cpu);
/* Does the firmware report @cpu as off? */
bool arch_cpu_is_off(const struct cpu *cpu);

/*
 * Chooses the size of guest-physical address spaces: 40 bits, less if the CPUs
 * have less, more if root's memory needs it. OP_INIT.
 */
int arch_mem_init(void);

/* First-level table and identity of the cell's guest-physical addresses. */
int arch_cell_mem_init(struct cell *cell);
void arch_cell_mem_release(struct cell *cell);
/* Stage 2 attributes for a region's flags. */
u64 arch_mem_attrs(u64 flags);
bool arch_mem_allows(pte_t pte, bool is_write, bool is_exec);

/*
 * Physical ranges whose registers the hypervisor keeps for itself: entry
 * @index, false beyond the last.
 */
bool arch_reserved_range(unsigned int index, u64 *start, u64 *size);

/* Copies from memory of the root cell. */
void arch_copy_from_phys(void *dest, u64 pa, size_t size);
/* Clears whole pages of memory that guests do not use yet. */
void arch_clear_phys(u64 pa, u64 size);
/* Writes a word of memory that guests read, with caches on or off. */
void arch_write_phys(u64 pa, u32 value);
/* One access of @size (1, 2, 4, 8) bytes, aligned, to a device register. */
u64 arch_device_read(u64 pa, unsigned int size);
void arch_device_write(u64 pa, u64 value, unsigned int size);
/* Maps registers until disable; NULL (refused) if there is no room. */
volatile void *arch_map_device(u64 pa, u64 size);
/* Pages of address space for devices: all, and in use. */
size_t arch_device_pages(bool used);

/* Is it an interrupt that the cell has, of those that CPUs share? */
bool arch_irq_is_spi_of(const struct cell *cell, u32 intid);
/* Makes it pending; what was written before is seen by who takes it. */
void arch_irq_pend(u32 intid);
/* Where a device writes an INTID to raise a message-signalled interrupt. */
u64 arch_msi_address(void);

/* Instruction fetches of all CPUs see what was written to memory before. */
void arch_sync_code(void);

/* This CPU does nothing any more. */
void arch_halt(void) __attribute__((noreturn));

#endif /* CORE_ARCH_H */
