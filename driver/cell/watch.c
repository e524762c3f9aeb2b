// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Looks at cells that run: what state they are in, whether those that want to
 * be watched go on kicking, and whether one that has failed is to be restarted.
 * The hypervisor does not tell by itself: a cell writes its state and its
 * kicks to its communication region, which costs it no exit, and the
 * hypervisor has no timer of its own.
 */

#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/workqueue.h>

#include <cellblock/loader.h>
#include <jailhouse/cell-config.h>
#include <jailhouse/hypercall.h>
#include <uapi/jailhouse.h>

#include "cell/cell.h"
#include "cell/fault.h"
#include "cell/restart.h"
#include "cell/watch.h"
#include "el2/hyp.h"
#include "main.h"
#include "sysfs/sysfs_cell.h"

/* How often: this, or half a shorter timeout, but not more often than that. */
#define PERIOD_MS	100
#define MIN_PERIOD_MS	10
/* From a failure to the restart: at once, then this, doubled each time. */
#define BACKOFF_MS	100
#define MAX_BACKOFF_MS	10000

/*
 * For the list and the cells' struct cell_watch. Inside main_lock; the work
 * takes main_lock only if that is free, and never while it holds this one.
 */
static DEFINE_MUTEX(watch_lock);
static LIST_HEAD(watched);

static void look(struct work_struct *work);
static DECLARE_DELAYED_WORK(look_work, look);

static struct cell *to_cell(struct cell_watch *watch)
{
	return container_of(watch, struct cell, watch);
}

static u64 now_ms(void)
{
	return ktime_to_ms(ktime_get());
}

static bool is_running(u32 state)
{
	return state <= JAILHOUSE_CELL_RUNNING_LOCKED;
}

/* All of the following with watch_lock held. */

static void describe(const struct cell_watch *watch, char text[WATCH_FAILURE_LEN])
{
	int len = scnprintf(text, WATCH_FAILURE_LEN, "%s", watch->failure);

	fault_sentence(text + len, WATCH_FAILURE_LEN - len, &watch->fault);
	fault_guest_sentence(text + len, WATCH_FAILURE_LEN - len, &watch->guest);
}

static void tell(struct cell_watch *watch)
{
	u32 state = watch->failed ? JAILHOUSE_CELL_FAILED : watch->state;
	char failure[WATCH_FAILURE_LEN];

	if (watch->told == state)
		return;
	watch->told = state;
	describe(watch, failure);
	sysfs_cell_changed(to_cell(watch), state, failure);
}

static void forget_failure(struct cell_watch *watch)
{
	watch->failure[0] = '\0';
	watch->fault.kind = CELLBLOCK_FAULT_NONE;
	watch->guest.valid = 0;
}

__printf(2, 3)
static void add_failure(struct cell_watch *watch, const char *fmt, ...)
{
	size_t len = strlen(watch->failure);
	va_list args;

	va_start(args, fmt);
	vscnprintf(watch->failure + len, sizeof(watch->failure) - len, fmt, args);
	va_end(args);
}

/* @stopped: nothing keeps the cell from being started again. */
static void fail(struct cell_watch *watch, bool stopped)
{
	struct cell *cell = to_cell(watch);
	unsigned int most = CELL_FLAGS_RESTARTS(cell->config->flags);
	unsigned int times = watch->in_a_row;
	struct cellblock_record record;
	char failure[WATCH_FAILURE_LEN];

	watch->live = false;
	watch->failed = true;
	if (stopped && times < most) {
		watch->restart = true;
		watch->restart_at = now_ms();
		if (times)
			watch->restart_at += min(BACKOFF_MS << min(times - 1, 7U),
						 MAX_BACKOFF_MS);
	} else if (stopped && most) {
		add_failure(watch, "; given up after %u restarts", times);
	}
	/* before a restart, which begins a new record */
	hyp_cell_record(cell->id, &record);
	watch->fault = record.fault;
	if (record.fault.kind == CELLBLOCK_FAULT_NONE)
		fault_of_guest(cell->id, &watch->guest);
	describe(watch, failure);
	if (!*watch->first)
		strscpy(watch->first, failure, sizeof(watch->first));
	pr_notice("%s has failed: %s\n", cell->label, failure);
	tell(watch);
}

/* The cell, or the hypervisor for it, says that it has failed. */
static void failed_itself(struct cell_watch *watch)
{
	struct cpumask failed;

	watch_failed_cpus(to_cell(watch), &failed);
	forget_failure(watch);
	if (!cpumask_empty(&failed))
		add_failure(watch, "fault on CPU %*pbl, see the console",
			    cpumask_pr_args(&failed));
	else if (watch->state == JAILHOUSE_CELL_FAILED_COMM_REV)
		add_failure(watch, "the cell does not know this communication region");
	else
		add_failure(watch, "the cell says so itself");
	fail(watch, true);
}

/* It does not say so: the reason is there already. */
static void end_hung(struct cell_watch *watch)
{
	struct jailhouse_error err;
	long ret;

	ret = hyp_call(CELLBLOCK_HC_CELL_SHUTDOWN, to_cell(watch)->id,
		       CELLBLOCK_SHUTDOWN_FAIL);
	if (ret) {
		hyp_refused(&err, ret, "the hypervisor does not stop it");
		add_failure(watch, "; not stopped: %s", err.text);
	}
	fail(watch, !ret);
}

static void failed_to_kick(struct cell_watch *watch, u32 timeout)
{
	forget_failure(watch);
	add_failure(watch, "watchdog: no kick for %u ms", timeout);
	end_hung(watch);
}

static void look_at_kicks(struct cell_watch *watch, u64 seen)
{
	u32 timeout = CELLBLOCK_WATCH_TIMEOUT(seen);
	u32 kicks = CELLBLOCK_WATCH_KICKS(seen);

	if (timeout != watch->timeout || kicks != watch->kicks) {
		watch->timeout = timeout;
		watch->kicks = kicks;
		watch->kicked = now_ms();
	} else if (timeout && now_ms() - watch->kicked > timeout) {
		failed_to_kick(watch, timeout);
	}
}

static void look_at_cell(struct cell_watch *watch)
{
	/* a random number, in the place of one that it has used */
	long seen = hyp_call(CELLBLOCK_HC_CELL_WATCH, to_cell(watch)->id, get_random_u64());

	/* when it is just being destroyed */
	if (seen < 0)
		return;
	watch->state = CELLBLOCK_WATCH_STATE(seen);
	watch->live = is_running(watch->state);
	if (watch->live) {
		look_at_kicks(watch, seen);
	} else if (watch->state != JAILHOUSE_CELL_SHUT_DOWN) {
		failed_itself(watch);
	} else if (CELLBLOCK_WATCH_RESET(seen) &&
		   to_cell(watch)->config->flags & JAILHOUSE_CELL_RESETS) {
		watch->reset = true;
		watch->restart = true;
		watch->restart_at = now_ms();
	}
	tell(watch);
}

static void look_later(void)
{
	unsigned int period = PERIOD_MS;
	struct cell_watch *watch;
	bool needed = false;

	list_for_each_entry(watch, &watched, node) {
		needed = needed || watch->live || watch->restart;
		if (watch->live && watch->timeout)
			period = min(period, max(watch->timeout / 2,
						 MIN_PERIOD_MS + 0U));
	}
	if (needed)
		mod_delayed_work(system_unbound_wq, &look_work, msecs_to_jiffies(period));
}

/* Until here. The restarts, with main_lock instead, which keeps the list. */

static void restart(struct cell_watch *watch)
{
	struct jailhouse_error err;
	int ret = restart_again(to_cell(watch), &err);

	if (!ret) {
		watch_started(to_cell(watch), true);
		return;
	}
	mutex_lock(&watch_lock);
	if (watch->reset)
		pr_err("%s wants a reset, and stays shut down: %s\n", to_cell(watch)->label,
		       err.text);
	else
		add_failure(watch, "; not restarted: %s", err.text);
	watch->restart = false;
	mutex_unlock(&watch_lock);
}

static void restart_all(void)
{
	struct cell_watch *watch;

	list_for_each_entry(watch, &watched, node)
		if (watch->restart && now_ms() >= watch->restart_at)
			restart(watch);
}

static void look(struct work_struct *work)
{
	struct cell_watch *watch;

	mutex_lock(&watch_lock);
	list_for_each_entry(watch, &watched, node)
		if (watch->live)
			look_at_cell(watch);
	mutex_unlock(&watch_lock);

	/* whoever has it may want this work to end, or wait for a cell */
	if (main_trylock()) {
		restart_all();
		main_unlock();
	}
	mutex_lock(&watch_lock);
	look_later();
	mutex_unlock(&watch_lock);
}

/* For others. */

void watch_failed_cpus(const struct cell *cell, struct cpumask *failed)
{
	unsigned int cpu;

	cpumask_clear(failed);
	for_each_cpu(cpu, &cell->cpus)
		if (hyp_call(JAILHOUSE_HC_CPU_GET_INFO, cpu,
			     JAILHOUSE_CPU_INFO_STATE) == JAILHOUSE_CPU_FAILED)
			cpumask_set_cpu(cpu, failed);
}

void watch_add(struct cell *cell)
{
	struct cell_watch *watch = &cell->watch;

	mutex_lock(&watch_lock);
	watch->state = JAILHOUSE_CELL_SHUT_DOWN;
	/* none yet, so that this is told */
	watch->told = ~0U;
	list_add_tail(&watch->node, &watched);
	tell(watch);
	mutex_unlock(&watch_lock);
}

void watch_remove(struct cell *cell)
{
	mutex_lock(&watch_lock);
	list_del(&cell->watch.node);
	mutex_unlock(&watch_lock);
}

void watch_started(struct cell *cell, bool again)
{
	struct cell_watch *watch = &cell->watch;

	mutex_lock(&watch_lock);
	watch->restarts += again;
	/* a reset is no failure, and ends a row of them */
	watch->in_a_row = again && !watch->reset ? watch->in_a_row + 1 : 0;
	watch->reset = false;
	if (!again) {
		forget_failure(watch);
		watch->first[0] = '\0';
	}
	watch->state = JAILHOUSE_CELL_RUNNING;
	watch->live = true;
	watch->failed = false;
	watch->restart = false;
	watch->timeout = 0;
	watch->kicks = 0;
	tell(watch);
	look_later();
	mutex_unlock(&watch_lock);
}

void watch_stopped(struct cell *cell)
{
	struct cell_watch *watch = &cell->watch;
	long seen;

	mutex_lock(&watch_lock);
	watch->live = false;
	watch->failed = false;
	watch->restart = false;
	watch->reset = false;
	seen = hyp_call(CELLBLOCK_HC_CELL_WATCH, cell->id, 0);
	if (seen >= 0)
		watch->state = CELLBLOCK_WATCH_STATE(seen);
	tell(watch);
	mutex_unlock(&watch_lock);
}

bool watch_has_failed(const struct cell *cell)
{
	return READ_ONCE(cell->watch.failed);
}

unsigned int watch_restarts(const struct cell *cell)
{
	return READ_ONCE(cell->watch.restarts);
}

/* Who has read the state must not be told what was before. */
static void catch_up(struct cell_watch *watch)
{
	if (watch->live)
		look_at_cell(watch);
}

void watch_expired(struct cell *cell)
{
	struct cell_watch *watch = &cell->watch;

	mutex_lock(&watch_lock);
	catch_up(watch);
	if (watch->live) {
		forget_failure(watch);
		add_failure(watch, "watchdog: its watchdog device has expired");
		end_hung(watch);
	}
	look_later();
	mutex_unlock(&watch_lock);
}

void watch_failure(struct cell *cell, char text[WATCH_FAILURE_LEN])
{
	mutex_lock(&watch_lock);
	catch_up(&cell->watch);
	describe(&cell->watch, text);
	mutex_unlock(&watch_lock);
}

void watch_first_failure(struct cell *cell, char text[WATCH_FAILURE_LEN])
{
	mutex_lock(&watch_lock);
	catch_up(&cell->watch);
	strscpy(text, cell->watch.first, WATCH_FAILURE_LEN);
	mutex_unlock(&watch_lock);
}

int watch_fault(struct cell *cell, char *text, size_t size)
{
	int len;

	mutex_lock(&watch_lock);
	catch_up(&cell->watch);
	len = fault_fields(text, size, &cell->watch.fault) ?:
	      fault_guest_fields(text, size, &cell->watch.guest);
	mutex_unlock(&watch_lock);
	return len;
}

void watch_exit(void)
{
	cancel_delayed_work_sync(&look_work);
}
