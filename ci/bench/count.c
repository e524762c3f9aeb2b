// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * A QEMU plugin that counts executed instructions: at EL2 and in all, per CPU,
 * per marked interval (marker.h), and per entry into EL2.
 *
 *	-plugin libcount.so[,ARGUMENT...]
 *	out=FILE		where the report goes at exit (default: stderr)
 *	el2=START-END		addresses that are EL2's, END included (may be
 *				repeated; default 0x7f80000000-0x7fffffffff)
 *	probe=NAME:ADDRESS	an entry into EL2 that executes the instruction
 *				at ADDRESS is counted under NAME; of several,
 *				the last one executed (may be repeated)
 *	window=ID		count entries only while interval ID (24 to 31)
 *				is open
 *	boot=on			interval 0 is open on each CPU from the start
 *	each=ID			report each of the intervals ID (24 to 31), in order
 *	without_kernel=ID	leave out those of interval ID (0 to 23) in which the
 *				kernel has run
 *	profile=ID		count how often each instruction of EL2's first range is
 *				executed in the interval ID (0 to 23) that has the fewest of
 *				EL2, of one CPU at a time
 *
 * The report is lines of "kind key=value...":
 *	cpu n= el2= kernel= user= all=
 *	interval id= count= {el2,all,machine_el2,machine_all}_{min,max,total}=
 *	entry first= probe= count= min= max= total=
 *	open id= count=		begun and never ended
 *	each machine_all= busiest=	(of the CPU that executed most)
 *	executed address= count=
 *
 * The level cannot be asked of QEMU, so addresses tell it: EL2's ranges as
 * given, the upper half is the kernel's, and the rest is called user (processes
 * and inmates). EL2 is counted by instruction, and exact. The rest goes by
 * translated block: a block is counted in full when it starts (marks are
 * corrected for their place in it), so what follows a fault in its middle is
 * counted too, and what follows an access to a device is counted twice, as QEMU
 * with -icount leaves the block there and starts another.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "marker.h"
#include "qemu_plugin_api.h"

#define MAX_CPUS	64
#define MAX_RANGES	8
#define MAX_PROBES	256
#define MAX_ENTRIES	512	/* a power of two */
#define MAX_EACH	4096
#define MAX_PROFILE	(1U << 16)	/* instructions */
#define NO_PROBE	0

enum level { EL2, KERNEL, USER, LEVELS };

struct counts {
	uint64_t el2;
	uint64_t kernel;
	uint64_t all;
};

struct spread {
	uint64_t count;
	uint64_t min;
	uint64_t max;
	uint64_t total;
};

/* What was executed between the marks: by the CPU itself, by the machine. */
struct interval {
	bool open;
	bool without_kernel;
	bool profiled;
	struct counts cpu_start;
	struct counts machine_start;
	struct spread el2;
	struct spread all;
	struct spread machine_el2;
	struct spread machine_all;
	uint64_t unended;
};

struct entry {
	uint64_t first;		/* address of its first instruction; 0: free */
	unsigned int probe;
	struct spread length;
};

/* Each CPU writes its own only, so nothing here needs a lock. */
struct cpu {
	uint64_t executed[LEVELS];
	bool in_el2;
	uint64_t entry_first;
	uint64_t entry_start;
	unsigned int entry_probe;
	struct interval intervals[BENCH_IDS];
	struct entry entries[MAX_ENTRIES];
	uint64_t entries_lost;
};

static struct cpu cpus[MAX_CPUS];
static unsigned int num_cpus;

/* Written by the CPU that marks; who uses them runs with -icount (one thread). */
static struct interval global_intervals[BENCH_IDS];

static struct {
	unsigned int id;	/* 0: none */
	unsigned int count;
	uint64_t machine_all[MAX_EACH];
	uint64_t cpu_start[MAX_CPUS];
	uint64_t busiest[MAX_EACH];
} each;

static struct {
	bool on;
	bool counted;		/* something since it was cleared; most intervals of PREEMPTED have nothing */
	unsigned int id;
	uint32_t executed[MAX_PROFILE];
	uint32_t fewest[MAX_PROFILE];
} profile;

static struct {
	uint64_t start;
	uint64_t end;
} ranges[MAX_RANGES];
static unsigned int num_ranges;

static struct {
	const char *name;
	uint64_t address;
} probes[MAX_PROBES];
static unsigned int num_probes = 1;

static const char *out_name;
static unsigned int window_id;
static bool window_open = true;

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_API_VERSION;

static void spread_add(struct spread *s, uint64_t value)
{
	if (!s->count || value < s->min)
		s->min = value;
	if (value > s->max)
		s->max = value;
	s->total += value;
	s->count++;
}

static void spread_merge(struct spread *to, const struct spread *from)
{
	if (!from->count)
		return;
	if (!to->count || from->min < to->min)
		to->min = from->min;
	if (from->max > to->max)
		to->max = from->max;
	to->total += from->total;
	to->count += from->count;
}

static enum level level_of(uint64_t vaddr)
{
	unsigned int n;

	for (n = 0; n < num_ranges; n++)
		if (vaddr >= ranges[n].start && vaddr <= ranges[n].end)
			return EL2;
	return vaddr >> 63 ? KERNEL : USER;
}

/*
 * What a callback needs to know about its block travels in the pointer that
 * QEMU hands back, so that nothing is allocated for a translation.
 */
static void *pack_block(uint64_t vaddr, enum level level, size_t insns)
{
	return (void *)(uintptr_t)(vaddr << 12 | (uint64_t)level << 10 | insns);
}

/* The marks themselves are not part of what is measured. */
static void *pack_mark(unsigned int hint, enum level level, size_t rest)
{
	if (hint < BENCH_HINT_END)
		rest--;
	return (void *)(uintptr_t)((uint64_t)hint << 12 |
				   (uint64_t)level << 10 | rest);
}

static uint64_t packed_value(uintptr_t packed)
{
	return packed >> 12;
}

static enum level packed_level(uintptr_t packed)
{
	return (enum level)(packed >> 10 & 3);
}

static uint64_t packed_insns(uintptr_t packed)
{
	return packed & 0x3ff;
}

static struct entry *find_entry(struct cpu *cpu, uint64_t first,
				unsigned int probe)
{
	uint64_t hash = (first >> 2) * 31 + probe;
	unsigned int n;

	for (n = 0; n < MAX_ENTRIES; n++) {
		struct entry *e = &cpu->entries[(hash + n) % MAX_ENTRIES];

		if (!e->first) {
			e->first = first;
			e->probe = probe;
		}
		if (e->first == first && e->probe == probe)
			return e;
	}
	return NULL;
}

static void leave_el2(struct cpu *cpu)
{
	struct entry *e;

	cpu->in_el2 = false;
	if (!window_open)
		return;
	e = find_entry(cpu, cpu->entry_first, cpu->entry_probe);
	if (e)
		spread_add(&e->length, cpu->executed[EL2] - cpu->entry_start);
	else
		cpu->entries_lost++;
}

static void on_block(unsigned int vcpu, void *userdata)
{
	uintptr_t packed = (uintptr_t)userdata;
	struct cpu *cpu = &cpus[vcpu % MAX_CPUS];
	enum level level = packed_level(packed);

	if (level == EL2 && !cpu->in_el2) {
		cpu->in_el2 = true;
		cpu->entry_first = packed_value(packed);
		cpu->entry_start = cpu->executed[EL2];
		cpu->entry_probe = NO_PROBE;
	} else if (level != EL2 && cpu->in_el2) {
		leave_el2(cpu);
	}
	cpu->executed[level] += packed_insns(packed);
}

static void on_el2_insn(unsigned int vcpu, void *userdata)
{
	(void)userdata;
	cpus[vcpu % MAX_CPUS].executed[EL2]++;
}

static void on_profile(unsigned int vcpu, void *userdata)
{
	if (!cpus[vcpu % MAX_CPUS].intervals[profile.id].open)
		return;
	profile.counted = true;
	profile.executed[(uintptr_t)userdata]++;
}

static void on_probe(unsigned int vcpu, void *userdata)
{
	cpus[vcpu % MAX_CPUS].entry_probe = (unsigned int)(uintptr_t)userdata;
}

static struct counts cpu_counts(const struct cpu *cpu)
{
	return (struct counts) {
		.el2 = cpu->executed[EL2],
		.kernel = cpu->executed[KERNEL],
		.all = cpu->executed[EL2] + cpu->executed[KERNEL] +
			cpu->executed[USER],
	};
}

static struct counts machine_counts(void)
{
	struct counts sum = { 0 };
	unsigned int n;

	for (n = 0; n < num_cpus; n++) {
		struct counts one = cpu_counts(&cpus[n]);

		sum.el2 += one.el2;
		sum.all += one.all;
	}
	return sum;
}

/* Takes back what was counted ahead of time, with the mark of an end. */
static void exact(struct counts *c, enum level level, uint64_t rest)
{
	c->all -= rest;
	if (level == EL2)
		c->el2 -= rest;
	if (level == KERNEL)
		c->kernel -= rest;
}

static void begin(struct interval *i, struct counts cpu, struct counts machine)
{
	if (i->open)
		i->unended++;
	i->open = true;
	i->cpu_start = cpu;
	i->machine_start = machine;
	if (i->profiled && profile.counted) {
		profile.counted = false;
		memset(profile.executed, 0, sizeof(profile.executed));
	}
}

static void end(struct interval *i, struct counts cpu, struct counts machine)
{
	if (!i->open)
		return;
	i->open = false;
	if (i->without_kernel && cpu.kernel != i->cpu_start.kernel)
		return;
	if (i->profiled && (!i->el2.count || cpu.el2 - i->cpu_start.el2 < i->el2.min))
		memcpy(profile.fewest, profile.executed, sizeof(profile.fewest));
	spread_add(&i->el2, cpu.el2 - i->cpu_start.el2);
	spread_add(&i->all, cpu.all - i->cpu_start.all);
	spread_add(&i->machine_el2, machine.el2 - i->machine_start.el2);
	spread_add(&i->machine_all, machine.all - i->machine_start.all);
}

static void begin_each(void)
{
	for (unsigned int n = 0; n < num_cpus; n++)
		each.cpu_start[n] = cpu_counts(&cpus[n]).all;
}

static void end_each(uint64_t machine_all)
{
	uint64_t busiest = 0;

	for (unsigned int n = 0; n < num_cpus; n++) {
		uint64_t all = cpu_counts(&cpus[n]).all - each.cpu_start[n];

		if (all > busiest)
			busiest = all;
	}
	each.busiest[each.count] = busiest;
	each.machine_all[each.count++] = machine_all;
}

static void on_mark(unsigned int vcpu, void *userdata)
{
	uintptr_t packed = (uintptr_t)userdata;
	struct cpu *cpu = &cpus[vcpu % MAX_CPUS];
	unsigned int hint = (unsigned int)packed_value(packed);
	unsigned int id = hint % BENCH_IDS;
	bool global = id >= BENCH_FIRST_GLOBAL;
	struct interval *i = global ? &global_intervals[id] :
				      &cpu->intervals[id];
	struct counts machine = machine_counts();
	struct counts own = global ? machine : cpu_counts(cpu);

	exact(&own, packed_level(packed), packed_insns(packed));
	exact(&machine, packed_level(packed), packed_insns(packed));
	if (hint < BENCH_HINT_END)
		begin(i, own, machine);
	else
		end(i, own, machine);
	if (each.id && id == each.id && hint < BENCH_HINT_END)
		begin_each();
	else if (each.id && id == each.id && each.count < MAX_EACH)
		end_each(machine.all - i->machine_start.all);
	if (window_id && id == window_id)
		window_open = i->open;
}

static bool is_mark(uint32_t code)
{
	return (code & 0xfffff81f) == 0xd503281f;	/* HINT #64 to #127 */
}

static unsigned int hint_of(uint32_t code)
{
	return code >> 5 & 0x7f;
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	uint64_t vaddr = qemu_plugin_tb_vaddr(tb);
	size_t insns = qemu_plugin_tb_n_insns(tb);
	enum level level = level_of(vaddr);
	size_t n;

	(void)id;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block,
					     QEMU_PLUGIN_CB_NO_REGS,
					     pack_block(vaddr, level,
							level == EL2 ? 0 : insns));
	for (n = 0; n < insns; n++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, n);
		uint64_t address = qemu_plugin_insn_vaddr(insn);
		unsigned int p;
		uint32_t code;

		if (level == EL2)
			qemu_plugin_register_vcpu_insn_exec_cb(
				insn, on_el2_insn, QEMU_PLUGIN_CB_NO_REGS, NULL);
		memcpy(&code, qemu_plugin_insn_data(insn), sizeof(code));
		if (is_mark(code))
			qemu_plugin_register_vcpu_insn_exec_cb(
				insn, on_mark, QEMU_PLUGIN_CB_NO_REGS,
				pack_mark(hint_of(code), level,
					  level == EL2 ? 1 : insns - n));
		if (level != EL2)
			continue;
		if (profile.on && !is_mark(code) && (address - ranges[0].start) / 4 < MAX_PROFILE)
			qemu_plugin_register_vcpu_insn_exec_cb(
				insn, on_profile, QEMU_PLUGIN_CB_NO_REGS,
				(void *)(uintptr_t)((address - ranges[0].start) / 4));
		for (p = 1; p < num_probes; p++)
			if (probes[p].address == address)
				qemu_plugin_register_vcpu_insn_exec_cb(
					insn, on_probe, QEMU_PLUGIN_CB_NO_REGS,
					(void *)(uintptr_t)p);
	}
}

static void print_spread(FILE *out, const char *name, const struct spread *s)
{
	fprintf(out, " %s_min=%" PRIu64 " %s_max=%" PRIu64 " %s_total=%" PRIu64,
		name, s->min, name, s->max, name, s->total);
}

static void print_cpus(FILE *out)
{
	unsigned int n;

	for (n = 0; n < num_cpus; n++) {
		const uint64_t *e = cpus[n].executed;

		fprintf(out, "cpu n=%u el2=%" PRIu64 " kernel=%" PRIu64
			" user=%" PRIu64 " all=%" PRIu64 "\n", n, e[EL2],
			e[KERNEL], e[USER], e[EL2] + e[KERNEL] + e[USER]);
	}
}

static void print_interval(FILE *out, unsigned int id)
{
	struct interval sum = global_intervals[id];
	unsigned int n;

	sum.unended += sum.open;
	for (n = 0; n < num_cpus; n++) {
		const struct interval *i = &cpus[n].intervals[id];

		spread_merge(&sum.el2, &i->el2);
		spread_merge(&sum.all, &i->all);
		spread_merge(&sum.machine_el2, &i->machine_el2);
		spread_merge(&sum.machine_all, &i->machine_all);
		sum.unended += i->unended + i->open;
	}
	if (sum.el2.count) {
		fprintf(out, "interval id=%u count=%" PRIu64, id, sum.el2.count);
		print_spread(out, "el2", &sum.el2);
		print_spread(out, "all", &sum.all);
		print_spread(out, "machine_el2", &sum.machine_el2);
		print_spread(out, "machine_all", &sum.machine_all);
		fprintf(out, "\n");
	}
	if (sum.unended)
		fprintf(out, "open id=%u count=%" PRIu64 "\n", id, sum.unended);
}

static int by_total(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return (x->length.total < y->length.total) -
	       (x->length.total > y->length.total);
}

static void print_entries(FILE *out)
{
	struct cpu *sum = &cpus[0];
	unsigned int n, k;

	for (n = 1; n < num_cpus; n++) {
		sum->entries_lost += cpus[n].entries_lost;
		for (k = 0; k < MAX_ENTRIES; k++) {
			struct entry *from = &cpus[n].entries[k];
			struct entry *to;

			if (!from->first)
				continue;
			to = find_entry(sum, from->first, from->probe);
			if (to)
				spread_merge(&to->length, &from->length);
			else
				sum->entries_lost += from->length.count;
		}
	}
	qsort(sum->entries, MAX_ENTRIES, sizeof(sum->entries[0]), by_total);
	for (k = 0; k < MAX_ENTRIES && sum->entries[k].length.count; k++) {
		const struct entry *e = &sum->entries[k];

		fprintf(out, "entry first=0x%" PRIx64 " probe=%s count=%" PRIu64
			" min=%" PRIu64 " max=%" PRIu64 " total=%" PRIu64 "\n",
			e->first, e->probe ? probes[e->probe].name : "-",
			e->length.count, e->length.min, e->length.max,
			e->length.total);
	}
	if (sum->entries_lost)
		fprintf(out, "lost entries=%" PRIu64 "\n", sum->entries_lost);
}

static void print_profile(FILE *out)
{
	for (unsigned int n = 0; n < MAX_PROFILE; n++)
		if (profile.fewest[n])
			fprintf(out, "executed address=0x%" PRIx64 " count=%" PRIu32 "\n",
				ranges[0].start + n * 4, profile.fewest[n]);
}

static void on_exit_print(qemu_plugin_id_t id, void *userdata)
{
	FILE *out = out_name ? fopen(out_name, "w") : stderr;
	unsigned int n;

	(void)id;
	(void)userdata;
	if (!out) {
		perror(out_name);
		return;
	}
	print_cpus(out);
	for (n = 0; n < BENCH_IDS; n++)
		print_interval(out, n);
	print_entries(out);
	for (n = 0; n < each.count; n++)
		fprintf(out, "each machine_all=%" PRIu64 " busiest=%" PRIu64 "\n",
			each.machine_all[n], each.busiest[n]);
	print_profile(out);
	if (out != stderr)
		fclose(out);
}

static bool add_range(char *text)
{
	char *end;

	if (num_ranges == MAX_RANGES)
		return false;
	ranges[num_ranges].start = strtoull(text, &end, 0);
	if (*end != '-')
		return false;
	ranges[num_ranges].end = strtoull(end + 1, &end, 0);
	num_ranges++;
	return !*end && ranges[num_ranges - 1].start <= ranges[num_ranges - 1].end;
}

static bool add_probe(const char *text)
{
	const char *colon = strchr(text, ':');
	char *end;

	if (num_probes == MAX_PROBES || !colon)
		return false;
	probes[num_probes].name = strndup(text, (size_t)(colon - text));
	probes[num_probes].address = strtoull(colon + 1, &end, 0);
	return probes[num_probes++].name && !*end;
}

static bool set_window(const char *text)
{
	window_id = (unsigned int)strtoul(text, NULL, 0);
	window_open = false;
	return window_id >= BENCH_FIRST_GLOBAL && window_id < BENCH_IDS;
}

static bool set_each(const char *text)
{
	each.id = (unsigned int)strtoul(text, NULL, 0);
	return each.id >= BENCH_FIRST_GLOBAL && each.id < BENCH_IDS;
}

static bool set_profile(const char *text)
{
	profile.on = true;
	profile.id = (unsigned int)strtoul(text, NULL, 0);
	for (unsigned int n = 0; n < MAX_CPUS && profile.id < BENCH_FIRST_GLOBAL; n++)
		cpus[n].intervals[profile.id].profiled = true;
	return profile.id < BENCH_FIRST_GLOBAL;
}

static bool set_without_kernel(const char *text)
{
	unsigned int id = (unsigned int)strtoul(text, NULL, 0);

	for (unsigned int n = 0; n < MAX_CPUS && id < BENCH_FIRST_GLOBAL; n++)
		cpus[n].intervals[id].without_kernel = true;
	return id < BENCH_FIRST_GLOBAL;
}

static bool set_boot(void)
{
	for (unsigned int n = 0; n < MAX_CPUS; n++)
		cpus[n].intervals[0].open = true;
	return true;
}

/* QEMU frees the arguments, hence the copy of the file name. */
static bool parse(char *argument)
{
	if (!strncmp(argument, "out=", 4))
		return (out_name = strdup(argument + 4)) != NULL;
	if (!strncmp(argument, "el2=", 4))
		return add_range(argument + 4);
	if (!strncmp(argument, "probe=", 6))
		return add_probe(argument + 6);
	if (!strncmp(argument, "window=", 7))
		return set_window(argument + 7);
	if (!strncmp(argument, "each=", 5))
		return set_each(argument + 5);
	if (!strncmp(argument, "without_kernel=", 15))
		return set_without_kernel(argument + 15);
	if (!strncmp(argument, "profile=", 8))
		return set_profile(argument + 8);
	if (!strcmp(argument, "boot=on"))
		return set_boot();
	return false;
}

int qemu_plugin_install(qemu_plugin_id_t id,
			const struct qemu_plugin_info *info, int argc,
			char **argv)
{
	int n;

	if (strcmp(info->target_name, "aarch64") || !info->system_emulation ||
	    info->system.max_vcpus > MAX_CPUS) {
		fprintf(stderr, "count: not a machine that this plugin knows\n");
		return -1;
	}
	for (n = 0; n < argc; n++) {
		if (!parse(argv[n])) {
			fprintf(stderr, "count: bad argument: %s\n", argv[n]);
			return -1;
		}
	}
	if (!num_ranges) {
		ranges[0].start = 0x7f80000000;
		ranges[0].end = 0x7fffffffff;
		num_ranges = 1;
	}
	num_cpus = (unsigned int)info->system.smp_vcpus;
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
	qemu_plugin_register_atexit_cb(id, on_exit_print, NULL);
	return 0;
}
