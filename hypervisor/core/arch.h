/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_ARCH_H
#define CORE_ARCH_H

#include <core/cell.h>

/**
 * @file
 * What policy asks of an architecture, besides the <arch/...> headers.
 *
 * In <arch/cpu.h>, inline: struct cpu *arch_this_cpu(void), and struct vcpu
 * *arch_this_vcpu(void), the one that runs on it.
 *
 * All of it is for EL2. A function that returns an int refuses by a negative
 * errno with a sentence (refuse()); others cannot fail. Physical addresses are
 * those of the machine. Where the caller is not said, it may be any CPU at any
 * time; no lock of policy is taken.
 */

/**
 * OP_INIT, the first step, on the only CPU that is here: checks the machine,
 * makes the page pool and the hypervisor's address space.
 *
 * @return 0, or refused
 */
int arch_init(void);

/**
 * OP_INIT: prepares a CPU of the configuration.
 *
 * @param cpu	with hw_id filled in; gets its private memory, from the page pool
 * @return 0, or refused
 */
int arch_cpu_init(struct cpu *cpu);

/**
 * OP_ENTER, on each CPU, with the rendezvous' lock held: is this CPU what was
 * prepared? Changes nothing.
 *
 * @param cpu	this one
 * @return 0, or refused
 */
int arch_cpu_check(struct cpu *cpu);

/**
 * OP_ENTER, on one CPU, after all have checked and before any commits: takes
 * what CPUs share.
 */
void arch_machine_commit(void);

/**
 * OP_ENTER, on each CPU, after arch_machine_commit(): takes the CPU over. What
 * Linux had of it is saved until arch_cpu_leave().
 *
 * @param cpu	this one
 */
void arch_cpu_commit(struct cpu *cpu);

/**
 * DISABLE, on each CPU: does its guest have no interrupt to take that nothing but this
 * guest could have? Holds until the guest runs again.
 *
 * @return false: the guest has to run first
 */
bool arch_cpu_can_leave(void);

/** DISABLE, on one CPU, while all others wait: undoes arch_machine_commit(). */
void arch_machine_leave(void);

/**
 * Hands this CPU back to Linux.
 *
 * @param cpu		this one
 * @param result	of the call by which it came
 * @param entered	false: OP_ENTER was refused, and only what entry.S changed
 *	is undone
 */
void arch_cpu_leave(struct cpu *cpu, s64 result, bool entered)
	__attribute__((noreturn));

/**
 * Wakes a CPU that sleeps: a parked one, which looks for a command, or one whose guest
 * has no memory any more. It has to be reset before it runs a guest again. Earlier
 * stores are seen first.
 *
 * @param cpu	may be this one
 */
void arch_cpu_kick(struct cpu *cpu);

/** Acknowledges kicks on this CPU, so that later ones are noticed. */
void arch_cpu_ack_kick(void);

/**
 * Adds where this CPU's guest is, and what it did if it is an exception.
 *
 * @param fault	the record of the cell's first fault, which gets PC, ESR and
 *	addresses
 */
void arch_fault_place(struct cellblock_fault *fault);

/**
 * Where is this CPU's guest?
 *
 * @return the address of the instruction that made it leave
 */
u64 arch_guest_pc(void);

/**
 * This CPU's guest stops: its timers too, and its interrupts do not wake the CPU
 * any more.
 */
void arch_cpu_park(void);

/** Sleeps until a kick that is not acknowledged, or for no reason. */
void arch_cpu_wait(void);

/**
 * Resets this CPU's guest state and enters the guest, at the vcpu's start
 * address with its argument.
 *
 * @param vcpu	this CPU's own, of a cell whose memory and units are ready
 */
void arch_vcpu_start(struct vcpu *vcpu) __attribute__((noreturn));

/**
 * Makes room for a vcpu's registers, for the time that another one has the CPU.
 *
 * @param vcpu	root's on this CPU, or a new one
 * @return 0, or refused
 */
int arch_vcpu_share(struct vcpu *vcpu);

/**
 * Undoes arch_vcpu_share().
 *
 * @param vcpu	parked, or root's on this CPU
 */
void arch_vcpu_unshare(struct vcpu *vcpu);

/**
 * Root's interrupts on this CPU come by EL2, as those of a guest that shares it, from
 * now on, or no longer.
 *
 * @param on	from now on
 * @return 0, or refused: the CPU cannot be shared, or (-EAGAIN) an interrupt is on its
 *	way to root
 */
int arch_cpu_share(bool on);

struct cpu_context;

/** What an exit goes on with: the registers of the next guest, for general and FP use. */
struct guest_switch {
	struct cpu_context *from;	/**< where those of the one before are kept */
	const struct cpu_context *to;	/**< NULL: there is no other guest */
};

/**
 * Another vcpu's guest has this CPU, and all of it but the registers for general and FP
 * use: these are kept and loaded by the end of the exit, which clears cpu->leaving.
 *
 * @param from	the one before, which is cpu->leaving
 * @param kept	it goes on some time
 * @param to	the one that gets it
 * @param fresh	it begins at its start address; false: it goes on
 * @return what the exit ends with
 */
struct guest_switch arch_vcpu_switch(struct vcpu *from, bool kept, struct vcpu *to, bool fresh);

/**
 * The guest of this exit goes on: it has what others have sent it meanwhile.
 *
 * @param vcpu	its own
 */
void arch_vcpu_stay(struct vcpu *vcpu);

/**
 * Ends the exit at once: nothing is kept.
 *
 * @param next	with a guest
 */
void arch_vcpu_enter(struct guest_switch next) __attribute__((noreturn));

/**
 * When is there an interrupt for the guest of this exit, masked or not?
 *
 * @return arch_counter() at which its timer rings; 0: one waits; ~0: never
 */
u64 arch_guest_alarm(void);

/**
 * This CPU calls share_schedule() at a time, or at once if it is over.
 *
 * @param time	arch_counter(); ~0: never
 */
void arch_set_alarm(u64 time);

/**
 * Has the guest of this exit interrupts masked?
 *
 * @return whether PSTATE says so
 */
bool arch_guest_masks_irqs(void);

/**
 * Undoes arch_cpu_commit()'s hold on a parked CPU and switches it off, by the
 * firmware. Returns if the firmware does not do it.
 *
 * @param cpu	this one
 */
void arch_cpu_off(struct cpu *cpu);

/**
 * Does the firmware report a CPU as off?
 *
 * @param cpu	not this one
 * @return true: it does
 */
bool arch_cpu_is_off(const struct cpu *cpu);

/**
 * OP_INIT, after the units: chooses the size of guest-physical address spaces:
 * 40 bits, less if the CPUs have less, more if root's memory needs it.
 *
 * @return 0
 */
int arch_mem_init(void);

/**
 * Makes an empty guest-physical address space.
 *
 * @param cell	gets a first-level table from the page pool, and an identity for
 *	the TLB (VMID)
 * @return 0, or refused
 */
int arch_cell_mem_init(struct cell *cell);

/**
 * Undoes arch_cell_mem_init(): all tables go back to the page pool.
 *
 * @param cell	none of whose CPUs runs a guest any more
 */
void arch_cell_mem_release(struct cell *cell);

/**
 * Stage 2 attributes of a region.
 *
 * @param flags	JAILHOUSE_MEM_...
 * @return for paging_map()
 */
u64 arch_mem_attrs(u64 flags);

/**
 * Does stage 2 let a guest make an access?
 *
 * @param pte		a valid entry
 * @param is_write	of the access
 * @param is_exec	of the access; a read otherwise
 * @return true: it does
 */
bool arch_mem_allows(pte_t pte, bool is_write, bool is_exec);

/**
 * Is it memory, for the guest?
 *
 * @param pte	a valid entry
 * @return false: device registers (JAILHOUSE_MEM_IO)
 */
bool arch_mem_is_ram(pte_t pte);

/**
 * Physical ranges whose registers the hypervisor keeps for itself.
 *
 * @param index	from 0 on
 * @param start	gets an address
 * @param size	gets bytes
 * @return false: after the last
 */
bool arch_reserved_range(unsigned int index, u64 *start, u64 *size);

/**
 * Device registers, of which each CPU has its own at this physical address. All cells
 * have them, at the same one.
 *
 * @param start	gets the address
 * @param size	gets bytes
 * @return false: there are none
 */
bool arch_banked_range(u64 *start, u64 *size);

/**
 * Copies from memory of the root cell, of any alignment.
 *
 * @param dest	of the hypervisor
 * @param pa	physical; checked by the caller
 * @param size	bytes
 * @return false: nothing answers there
 */
bool arch_copy_from_phys(void *dest, u64 pa, size_t size);

/**
 * Clears memory that no guest needs, also for those whose caches are off.
 *
 * @param pa	physical, of a page
 * @param size	bytes, of whole pages
 * @return bytes cleared; less than @p size: in the next page nothing answers
 */
u64 arch_clear_phys(u64 pa, u64 size);

/**
 * Memory of the hypervisor that a guest shares, with its caches on or off: what
 * was written before, here or there, is what both read afterwards. Of each cache
 * line that was written here since the last call, all goes to the guest.
 *
 * @param start	address
 * @param size	bytes
 */
void arch_sync_uncached(const void *start, size_t size);

/**
 * Writes a word of memory that guests read, with caches on or off. Nothing happens
 * where nothing answers.
 *
 * @param pa	physical, a multiple of 4
 * @param value	seen by all when this returns
 */
void arch_write_phys(u64 pa, u32 value);

/**
 * One read of a device register.
 *
 * @param pa	physical, a multiple of @p size
 * @param size	1, 2, 4 or 8 bytes
 * @param value	gets it, upper bits 0
 * @return false: nothing answers there
 */
bool arch_device_read(u64 pa, unsigned int size, u64 *value);

/**
 * One write of a device register.
 *
 * @param pa	physical, a multiple of @p size
 * @param value	of which @p size bytes are written
 * @param size	1, 2, 4 or 8 bytes
 * @return false: nothing answers there
 */
bool arch_device_write(u64 pa, unsigned int size, u64 value);

/**
 * OP_INIT: maps device registers, until disable.
 *
 * @param pa	physical
 * @param size	bytes
 * @return their address; NULL: refused, no room
 */
volatile void *arch_map_device(u64 pa, u64 size);

/**
 * Address space for arch_map_device().
 *
 * @param used	what is in use of it, or all
 * @return pages
 */
size_t arch_device_pages(bool used);

/**
 * Counts redistributors of the interrupt controller, from the first one to the
 * last that root has. Among them are those of CPUs that Linux lacks.
 *
 * @return their number
 */
u64 arch_redistributors(void);

/**
 * Is it an interrupt that a cell has, of those that CPUs share (SPIs)?
 *
 * @param cell	created
 * @param intid	any value
 * @return true: it is
 */
bool arch_irq_is_spi_of(const struct cell *cell, u32 intid);

/**
 * To which CPUs does an SPI go? Also of one that is disabled: who has it can enable it.
 * In builds with DEBUG=1.
 *
 * @param intid	of a cell, see arch_irq_is_spi_of()
 * @return of the machine's CPUs, those that may get it; 0: none does
 */
cpu_set_t arch_irq_cpus(u32 intid);

/**
 * Makes an SPI pending; what was written before is seen by who takes it.
 *
 * @param intid	of a cell, see arch_irq_is_spi_of()
 */
void arch_irq_pend(u32 intid);

/**
 * An SPI is not pending any more, unless it is on its way to a CPU.
 *
 * @param intid	of a cell, see arch_irq_is_spi_of()
 */
void arch_irq_unpend(u32 intid);

/**
 * Where a device writes an INTID to raise a message-signalled interrupt.
 *
 * @return guest-physical address, the same in all cells
 */
u64 arch_msi_address(void);

/** Instruction fetches of all CPUs see what was written to memory before. */
void arch_sync_code(void);

/**
 * This CPU's guest makes its hypercall again, after its interrupts: its registers
 * must be what they were, the number among them.
 */
void arch_repeat_call(void);

/** Calls halt_unlock() for the architecture's own locks. */
void arch_halt_unlock(void);

/** This CPU does nothing any more. */
void arch_halt(void) __attribute__((noreturn));

#endif /* CORE_ARCH_H */
