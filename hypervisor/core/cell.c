// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/arch.h>
#include <core/cell.h>
#include <core/cell_mem.h>
#include <core/comm.h>
#include <core/control.h>
#include <core/fault.h>
#include <lib/errno.h>
#include <core/main.h>
#include <core/share.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <core/unit.h>

struct cell root_cell;
unsigned int cell_count;
spinlock_t cells_lock;

int cell_init_root(void)
{
	root_cell.config = &system_config->root_cell;
	cell_count = 1;
	for (unsigned int id = 0; id < CELLBLOCK_MAX_CPUS; id++)
		if (cpus[id])
			root_cell.cpus |= cpu_bit(cpus[id]);
	return 0;
}

/* Not the first one of @cpu. */
static __attribute__((noinline)) struct vcpu *
later_vcpu(const struct cell *cell, const struct cpu *cpu)
{
	struct vcpu *vcpu = cpu->vcpu;

	if (!(cell->shared & cpu_bit(cpu)))
		return NULL;
	/* other cells' come and go */
	spin_lock(&cpus[cpu->id]->lock);
	while (vcpu && vcpu->cell != cell)
		vcpu = vcpu->next;
	spin_unlock(&cpus[cpu->id]->lock);
	return vcpu;
}

struct vcpu *cell_vcpu(const struct cell *cell, const struct cpu *cpu)
{
	struct vcpu *vcpu = cpu->vcpu;

	/* apart from the rest, which needs a stack frame */
	return vcpu->cell == cell ? vcpu : later_vcpu(cell, cpu);
}

/* Refuses while a cell other than @except has locked the configuration. */
static int check_unlocked(const struct cell *except)
{
	struct cell *cell;

	for_each_cell(cell)
		if (cell != &root_cell && cell != except && !cell->stopped &&
		    comm_state(cell) == JAILHOUSE_CELL_RUNNING_LOCKED)
			return refuse(-EPERM, "cell \"%s\" has locked the configuration",
				      cell->config->name);
	return 0;
}

static struct cell *lookup(u64 id)
{
	struct cell *cell;

	for_each_cell(cell)
		if (cell->id == id)
			break;
	return cell;
}

/* The non-root cell with @id, to be changed, or NULL with the reason in *@err (refused). */
static struct cell *find_cell(u64 id, int *err)
{
	struct cell *cell = lookup(id);

	cell_drop_unfinished();
	if (!cell)
		*err = refuse(-ENOENT, "no cell has the id %llu", id);
	else if (cell == &root_cell)
		*err = refuse(-EINVAL, "the root cell cannot be managed");
	else
		*err = check_unlocked(cell);
	return *err ? NULL : cell;
}

/* Creation */

/* What the others have, and ids, which are not part of a configuration's rules. */
static int check_others(const struct jailhouse_cell_desc *config)
{
	const struct cell *other;
	int err;

	for_each_cell(other) {
		if (other->id == config->id)
			return refuse(-EEXIST, "cell \"%s\" has the id %u already",
				      other->config->name, config->id);
		err = other == &root_cell ? 0 :
		      config_check_cells(config, other->config, false);
		if (err)
			return err;
	}
	return 0;
}

static int refuse_config(u64 address)
{
	return refuse(-EINVAL, "the configuration at %#llx is not in root's memory",
		      address);
}

/* Copies the configuration from root, never to be read from there again. */
static int copy_config(u64 address, struct cell *cell)
{
	struct jailhouse_cell_desc fixed;
	void *copy;
	u64 size;

	if (!cell_mem_root_owns(address, sizeof(fixed)) ||
	    !arch_copy_from_phys(&fixed, address, sizeof(fixed)))
		return refuse_config(address);
	size = config_size(&fixed);
	if (size > CONFIG_MAX_SIZE)
		return refuse(-E2BIG, "the configuration is larger than %d bytes",
			      CONFIG_MAX_SIZE);
	if (!cell_mem_root_owns(address, size))
		return refuse_config(address);
	copy = page_alloc(PAGES(size), 1);
	if (!copy)
		return refuse_memory();
	cell->config = copy;
	cell->config_pages = PAGES(size);
	if (!arch_copy_from_phys(copy, address, size))
		return refuse_config(address);
	/* root may have changed it in between: what was checked must hold */
	memcpy(copy, &fixed, sizeof(fixed));
	return config_check_cell(cell->config, size);
}

static int check_config(struct cell *cell)
{
	const struct jailhouse_cell_desc *config = cell->config;
	int err;

	err = config_check_cell_in_system(system_config, config);
	if (err)
		return err;
	err = check_others(config);
	return err ? err : cell_mem_check(config);
}

static void move_cpus(struct cell *from, struct cell *to, cpu_set_t set)
{
	struct cpu *cpu;

	for_each_cpu(cpu, set)
		control_move_cpu(cpu, from, to);
}

static int take_cpus(struct cell *cell)
{
	struct cpu *cpu;

	for_each_cpu(cpu, config_cpu_bits(cell->config)) {
		if (!control_move_cpu(cpu, &root_cell, cell))
			continue;
		move_cpus(cell, &root_cell, cell->cpus);
		return refuse(-EBUSY, "CPU %u is online in the root cell: take it offline first",
			      cpu->id);
	}
	return 0;
}

static void return_cpus(struct cell *cell)
{
	share_release(cell);
	move_cpus(cell, &root_cell, cell->cpus);
}

static int prepare_units(struct cell *cell)
{
	int err = 0;
	size_t n;

	for (n = 0; unit_table[n] && !err; n++)
		err = unit_table[n]->cell_prepare(cell);
	if (err)
		for (n--; n > 0; n--)
			unit_table[n - 1]->cell_release(cell);
	return err;
}

static void release_units(struct cell *cell)
{
	const struct unit *unit;

	for_each_unit(unit)
		unit->cell_release(cell);
}

static void free_cell(struct cell *cell)
{
	if (cell->comm)
		page_free(cell->comm, 1);
	if (cell->config)
		page_free((void *)cell->config, cell->config_pages);
	page_free(cell, 1);
}

/* Everything that can fail, in the order of undoing. */
static int prepare_cell(struct cell *cell, u64 config_address)
{
	int err;

	err = copy_config(config_address, cell);
	if (!err)
		err = check_config(cell);
	if (err)
		return err;
	cell->id = cell->config->id;

	cell->comm = page_alloc(1, 1);
	if (!cell->comm)
		return refuse_memory();
	comm_reset(cell);

	err = cell_mem_prepare(cell);
	if (err)
		return err;
	err = take_cpus(cell);
	if (!err) {
		err = share_prepare(cell);
		if (!err)
			err = prepare_units(cell);
		if (err)
			return_cpus(cell);
	}
	if (err)
		cell_mem_release(cell);
	return err;
}

static void link_cell(struct cell *cell)
{
	struct cell *last = &root_cell;

	while (last->next)
		last = last->next;
	spin_lock(&cells_lock);
	last->next = cell;
	spin_unlock(&cells_lock);
	cell_count++;
}

static void unlink_cell(struct cell *cell)
{
	struct cell *prev = &root_cell;

	while (prev->next != cell)
		prev = prev->next;
	spin_lock(&cells_lock);
	prev->next = cell->next;
	spin_unlock(&cells_lock);
	cell_count--;
}

/* Undoes prepare_cell(); nothing of root's is the cell's any more. */
static void release_cell(struct cell *cell)
{
	return_cpus(cell);
	release_units(cell);
	cell_mem_release(cell);
	free_cell(cell);
}

/* Prepared, and not cleared yet, by the request with this address; or NULL. */
struct cell *cell_unfinished;
static u64 unfinished_address;

void cell_drop_unfinished(void)
{
	if (cell_unfinished)
		release_cell(cell_unfinished);
	cell_unfinished = NULL;
}

static int begin_creation(u64 config_address)
{
	struct cell *cell;
	int err;

	cell_drop_unfinished();
	err = check_unlocked(NULL);
	if (err)
		return err;
	cell = page_alloc(1, 1);
	if (!cell)
		return refuse_memory();
	cell->stopped = true;
	err = prepare_cell(cell, config_address);
	if (err) {
		free_cell(cell);
		return err;
	}
	cell_unfinished = cell;
	unfinished_address = config_address;
	return 0;
}

s64 cell_create(u64 config_address)
{
	const struct unit *unit;
	struct cell *cell;
	int err = 0;

	if (!cell_unfinished || unfinished_address != config_address)
		err = begin_creation(config_address);
	if (err)
		return err;
	cell = cell_unfinished;
	err = cell_mem_clear_for_cell(cell);
	if (err == -ERESTART)
		return err;
	if (err) {
		cell_drop_unfinished();
		return err;
	}

	/* nothing fails from here on */
	cell_unfinished = NULL;
	cell_mem_take_from_root(cell);
	for_each_unit(unit)
		unit->cell_take(cell);
	link_cell(cell);
	comm_reconfigured(cell);
	printk("Created cell \"%s\"%s\n", cell->config->name,
	       cell->config->flags & JAILHOUSE_CELL_PERMISSIVE ? ", PERMISSIVE" : "");
	return cell->id;
}

/* Life */

s64 cell_start(u64 id)
{
	const struct unit *unit;
	struct vcpu *vcpu;
	struct cell *cell;
	int err;

	cell = find_cell(id, &err);
	if (!cell)
		return err;
	if (!cell->stopped)
		return refuse(-EBUSY, "cell \"%s\" is not shut down",
			      cell->config->name);

	for_each_vcpu(vcpu, cell)
		if (vcpu->state != VCPU_PARKED)
			return refuse(-EBUSY, "CPU %u of cell \"%s\" has not stopped",
				      vcpu->cpu->id, cell->config->name);

	/* it may have stopped itself */
	err = control_park_cell(cell);
	if (err)
		return err;
	cell_mem_reclaim(cell);
	cell->cleared = 0;
	for_each_unit(unit)
		unit->cell_reset(cell);
	comm_reset(cell);
	comm_set_state(cell, JAILHOUSE_CELL_RUNNING);
	fault_forget(cell);
	for_each_vcpu(vcpu, cell) {
		vcpu->failed = false;
		vcpu->share.stolen = 0;
	}
	arch_sync_code();
	cell->stopped = false;
	cell->reset = false;

	/* before the cell has a chance to say something itself */
	printk("Started cell \"%s\"\n", cell->config->name);
	vcpu = cell_vcpu(cell, cpus[__builtin_ctzll(cell->cpus)]);
	control_start_vcpu(cell, vcpu, cell->config->cpu_reset_address, 0);
	return 0;
}

static void stop_units(struct cell *cell)
{
	const struct unit *unit;

	for_each_unit(unit)
		unit->cell_stop(cell);
}

static int stop(struct cell *cell)
{
	int err;

	cell->shutdown.pending = false;
	cell->stopped = true;
	err = control_park_cell(cell);
	stop_units(cell);
	if (!err && comm_is_running(cell))
		comm_set_state(cell, JAILHOUSE_CELL_SHUT_DOWN);
	return err;
}

static int ask_and_stop(struct cell *cell)
{
	int err = comm_ask_shutdown(cell);

	return err ? err : stop(cell);
}

/* Root has to ask a cell that locks, unless that lets root judge it. */
static int force_stop(struct cell *cell, bool failed)
{
	if (!cell->stopped) {
		if (comm_state(cell) == JAILHOUSE_CELL_RUNNING_LOCKED &&
		    !(failed && cell->comm->watchdog_timeout))
			return refuse(-EPERM, "cell \"%s\" has locked the configuration and must be asked",
				      cell->config->name);
		/* not if the cell has said by itself that it has ended or failed */
		if (failed && comm_is_running(cell))
			fault_record(cell, CELLBLOCK_FAULT_WATCHDOG);
		if (failed)
			comm_set_state(cell, JAILHOUSE_CELL_FAILED);
	}
	return stop(cell);
}

static int fail(struct cell *cell)
{
	int err = force_stop(cell, true);

	return err ? err : cell_mem_clear_for_root(cell);
}

s64 cell_shutdown(u64 id, u64 op)
{
	struct cell *cell;
	int err;

	cell = find_cell(id, &err);
	if (!cell)
		return err;
	switch (op) {
	case CELLBLOCK_SHUTDOWN_ASK:
		return ask_and_stop(cell);
	case CELLBLOCK_SHUTDOWN_CANCEL:
		comm_cancel(cell);
		return 0;
	case CELLBLOCK_SHUTDOWN_FORCE:
		return force_stop(cell, false);
	case CELLBLOCK_SHUTDOWN_FAIL:
		return fail(cell);
	default:
		return -EINVAL;
	}
}

/* NULL, and why: there is no such cell, or it does not want to. */
static struct cell *find_and_stop(u64 id, int *err)
{
	struct cell *cell = find_cell(id, err);

	if (!cell)
		return NULL;
	*err = ask_and_stop(cell);
	return *err ? NULL : cell;
}

s64 cell_set_loadable(u64 id)
{
	struct cell *cell;
	int err;

	cell = find_and_stop(id, &err);
	return cell ? cell_mem_lend(cell) : err;
}

s64 cell_destroy(u64 id)
{
	const struct unit *unit;
	struct cell *cell;
	int err;

	cell = find_and_stop(id, &err);
	if (!cell)
		return err;
	err = cell_mem_clear_for_root(cell);
	if (err)
		return err;

	/* nothing fails from here on */
	unlink_cell(cell);
	for_each_unit(unit)
		unit->cell_return(cell);
	cell_mem_return_to_root(cell);
	printk("Destroyed cell \"%s\"\n", cell->config->name);
	release_cell(cell);
	comm_reconfigured(NULL);
	return 0;
}

s64 cell_get_state(u64 id)
{
	const struct cell *cell = lookup(id);

	return cell ? (s64)comm_state(cell) : -ENOENT;
}

s64 cell_watch(u64 id, u64 entropy)
{
	struct cell *cell = lookup(id);

	if (!cell)
		return -ENOENT;
	spin_lock(&cell->fault_lock);
	if (entropy && cell->entropy_count < CELLBLOCK_ENTROPY_WORDS)
		cell->entropy[cell->entropy_count++] = entropy;
	spin_unlock(&cell->fault_lock);
	return comm_watch(cell);
}

bool cell_take_entropy(struct cell *cell, u64 *to, unsigned int count)
{
	bool enough;

	spin_lock(&cell->fault_lock);
	enough = count <= cell->entropy_count;
	while (enough && count--) {
		to[count] = cell->entropy[--cell->entropy_count];
		/* whoever reads it later learns nothing of what was handed out */
		cell->entropy[cell->entropy_count] = 0;
	}
	spin_unlock(&cell->fault_lock);
	return enough;
}

s64 cell_comm(u64 id, u64 word)
{
	const struct cell *cell = lookup(id);

	return cell && word < PAGE_SIZE / sizeof(u64) ?
	       ((const s64 *)(const void *)cell->comm)[word] : -ENOENT;
}

s64 cell_fault(u64 id)
{
	struct cell *cell = lookup(id);

	return cell ? fault_show(cell) : -ENOENT;
}

void cell_fail(void)
{
	struct vcpu *vcpu = arch_this_vcpu();

	vcpu->failed = true;
	/* whoever sees the state finds it done */
	stop_units(vcpu->cell);
	comm_set_state(vcpu->cell, JAILHOUSE_CELL_FAILED);
	printk("Stopped CPU %u of cell \"%s\": the cell has failed\n",
	       vcpu->cpu->id, vcpu->cell->config->name);
	control_park_self();
}

void cell_cpu_off(void)
{
	struct cell *cell = arch_this_vcpu()->cell;

	/* it has said before that it ends */
	if (cell != &root_cell && !comm_is_running(cell))
		stop_units(cell);
	control_park_self();
}

void cell_stop_self(bool reset)
{
	struct cell *cell = arch_this_vcpu()->cell;

	cell->reset = reset;
	cell->stopped = true;
	control_stop_others(cell);
	stop_units(cell);
	comm_set_state(cell, JAILHOUSE_CELL_SHUT_DOWN);
	control_park_self();
}
