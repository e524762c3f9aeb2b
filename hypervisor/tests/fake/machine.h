/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_MACHINE_H
#define FAKE_MACHINE_H

#include <core/arch.h>

/*
 * A machine for all of core/: CPUs that are threads, of which one runs at a
 * time, until it spins, sleeps or is idle. Each begins in "Linux", enters the
 * hypervisor, runs a guest, and is called upon to do something by the test.
 *
 * The machine's unit (core/unit.h) is in fake/unit.c, or the real GIC code over
 * fake/gic.c.
 */

#define FAKE_CPUS	4
#define FAKE_MAX_CPUS	12
#define FAKE_POOL_PAGES	256
/* guest-physical (and physical) address in root's RAM for configurations */
#define FAKE_CONFIG_PA	0x50000000ULL

struct fake_cpu {
	/* arch_cpu_start() was called; with these */
	unsigned int starts;
	u64 start_address;
	u64 start_arg;
	bool in_guest;		/* runs a guest, or an exit of it */
	bool parked;		/* arch_cpu_park() without a start since */
	bool halted;		/* arch_halt() */
	bool off;		/* switched off by the firmware */
	bool left;		/* handed back to Linux; with these */
	s64 left_result;
	bool left_entered;
	bool waits;		/* in WFI: a kick ends it */
	bool asleep;		/* notices nothing at all */
	u64 pc;			/* where its guest is; other registers follow from it */
	bool check_fails;	/* arch_cpu_check() refuses */
	bool cannot_leave;	/* arch_cpu_can_leave() is false */
	bool committed;
	bool shares;		/* arch_cpu_share() */
	u64 alarm;		/* arch_set_alarm() */
	unsigned int switches;	/* arch_vcpu_switch() calls */
	bool fresh;		/* of the last one */
};

extern struct fake_cpu fake_cpus[FAKE_MAX_CPUS];
/* FAKE_CPUS; a test that wants others says so before fake_image_init() */
extern unsigned int fake_num_cpus;

/* arch_cpu_share() refuses with this, if it is not 0. */
extern int fake_share_error;
/* what arch_guest_masks_irqs() says */
extern bool fake_masks_irqs;

/* Or arch_halt() fails the test. */
extern bool fake_may_halt;
/* Or BUG() does; the CPU gives up what it is doing, with the locks that it has. */
extern bool fake_may_bug;

/* What a guest does whenever it runs: NULL, or a cell's behaviour. */
extern void (*fake_guest)(struct cpu *cpu);

/* The unit's cell_prepare() refuses with this, if it is not 0. */
extern int fake_unit_error;
/* Cells for which it is prepared, and not released. */
extern unsigned int fake_units_prepared;
/* arch_machine_commit() calls */
extern unsigned int fake_machine_commits;
/* Calls of arch_machine_leave(). */
extern unsigned int fake_machine_leaves;
/* where nothing answers */
extern u64 fake_silent_pa, fake_silent_size;
/* accesses to device registers: the last address, and what is read */
extern u64 fake_device_pa;
extern u64 fake_device_value;
/* arch_clear_phys(): the last address, and the bytes of all calls */
extern u64 fake_cleared_pa, fake_cleared_size;
/* The sentence of hv_shared.refusal, as the driver puts it together; "": there is none. */
const char *refusal_text(void);
void fake_forget_cleared(void);
/* Has it been since? */
bool fake_is_cleared(u64 pa);
/* arch_write_phys() calls: the last one, and how many */
extern u64 fake_phys_pa;
extern u32 fake_phys_value;
extern unsigned int fake_phys_writes;
/*
 * A page of the hypervisor as a guest with its caches off has it: they differ
 * until arch_sync_uncached(). Both are full of 0x5a at first.
 */
void *fake_uncached(void *page);
/* interrupts made pending, on machines without a GIC */
#define FAKE_MAX_IRQS	64
extern u32 fake_irqs[FAKE_MAX_IRQS];
extern unsigned int fake_num_irqs;
/* an SPI that goes to all CPUs, whoever has it */
extern u32 fake_astray_irq;
/* all that the UART got */
extern char fake_uart[4096];

/*
 * OP_INIT with tests' sample_system: fake_image_init() puts it into the image,
 * where a test may change it before fake_init() calls hv_init().
 */
void fake_image_init(void);
struct jailhouse_system *fake_system(void);
struct jailhouse_memory *fake_mem(unsigned int region);
struct jailhouse_irqchip *fake_irqchip(unsigned int n);
s64 fake_init(void);
/* OP_ENTER on the CPUs of @set; returns when all are in, or out again. */
void fake_enter(cpu_set_t set);
/* All of the above, with success on all CPUs. */
void fake_boot(void);

/* Runs @fn(@arg) in an exit of the guest of a CPU, till it returns or parks. */
void fake_on_cpu(unsigned int cpu, void (*fn)(void *arg), void *arg);
s64 fake_hypercall(unsigned int cpu, u64 nr, u64 arg1, u64 arg2);
/* Hypercalls of several CPUs at once; the result is that of leaving if the CPU has left. */
struct fake_call {
	u64 nr, arg1, arg2;
	s64 result;
};
/*
 * A guest repeats a call that ends with arch_repeat_call(). If this is set, it is
 * left to the test, and the call's result is its number.
 */
extern bool fake_one_step;
extern unsigned int fake_repeats;	/* arch_repeat_call() calls */
/* By CPU. */
void fake_hypercall_all(cpu_set_t set, struct fake_call *calls);
/* Without fake_check() after it, for a test that holds a lock itself. */
s64 fake_hypercall_unchecked(unsigned int cpu, u64 nr, u64 arg1, u64 arg2);
/* The guest switches its own CPU off, as PSCI CPU_OFF does. */
void fake_cpu_off(unsigned int cpu);
/* Lets the CPUs run for a while. */
void fake_run(void);

/* Root has a configuration at FAKE_CONFIG_PA. */
void fake_put_config(const void *config, size_t size);
/* This one instead, once the hypervisor has read there. */
void fake_change_config(const void *config, size_t size);

/* What any moment between hypercalls promises: no lock held, all flushed. */
void fake_check(void);

#endif /* FAKE_MACHINE_H */
