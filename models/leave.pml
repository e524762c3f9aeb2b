/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A CPU that Linux and a cell share changes hands while the cell is stopped and freed by
 * another CPU: nobody looks at what has been freed, or gives interrupts of it back to
 * the GIC, and the cell is freed in the end.
 *
 * Stands for hypervisor/core/share.c: share_schedule(), share_park(); for
 * hypervisor/core/control.c: is_on_its_cpu(), is_to_stop(), is_parked(), wait_parked(),
 * control_park_self(); and for arch_vcpu_switch(). Whoever stops the cell parks it if it
 * does not have its CPU, now or while the wait goes on; one that gets its CPU back
 * meanwhile finds its memory gone.
 *
 * Mutants
 *	NO_WAIT		who stops the cell does not wait until its registers are kept
 *	NO_LOCK		who waits for that looks without the lock
 *	DONE_EARLY	the CPU says so before they are
 *	PARK_FIRST	a cell that parks itself is parked before its CPU is another's
 *	NO_LOOK		who waits does not look whether the cell has left its CPU meanwhile
 */

#define TURNS	3

mtype = { RUNNING, PARKED };

bool stopped;			/* the cell, by the other CPU */
mtype state = RUNNING;		/* its vcpu's */
bool cell_runs = true;		/* else Linux */
bool leaving;			/* the cell's registers are still in the CPU */
bool freed;
bool lock;
byte turns;

inline take()	{ atomic { !lock -> lock = true } }
inline give()	{ lock = false }

/* With the lock, which it lets go; @to_cell: that it would have its turn */
inline schedule(to_cell)
{
	from_cell = cell_runs;
	assert(!from_cell || !freed);	/* its time is counted */
	next_cell = to_cell && state == RUNNING;
	from_cell = from_cell && !next_cell;
	leaving = from_cell;
	cell_runs = next_cell;
	give();
#ifdef DONE_EARLY
	leaving = false;
#endif
	if
	/* kept, or dropped: that is its interrupt controller's, too */
	:: from_cell -> assert(!freed)
	:: else
	fi;
	leaving = false
}

active proctype this_cpu()
{
	bool from_cell, next_cell;

	do
	:: turns < TURNS || cell_runs ->
		if
		/* an alarm, an interrupt, a WFI: each may give the CPU to the other one */
		:: turns < TURNS ->
			turns++;
			take();
			if
			:: schedule(true)
			:: schedule(false)
			fi
		/* the cell's exit: it is stopped, its memory is gone */
		:: cell_runs && stopped ->
#ifdef PARK_FIRST
			take();
			state = PARKED;
			give();
			take();
#else
			take();
			state = PARKED;
#endif
			schedule(false)
		fi
	:: else -> break
	od
}

/* Whoever stops the cell: with the lock */
inline park_if_away()
{
	if
	:: state == RUNNING && !cell_runs -> state = PARKED
	:: else
	fi
}

active proctype other_cpu()
{
	bool running;

	stopped = true;
	take();
	park_if_away();
	give();
	do
#ifdef NO_LOCK
	:: state == PARKED && !leaving -> break
	:: state == RUNNING && !cell_runs -> state = PARKED
#else
#ifdef NO_LOOK
	:: state == PARKED ->
		take();
#else
	:: state == PARKED || !cell_runs ->
		take();
		park_if_away();
#endif
#ifdef NO_WAIT
		running = state == RUNNING;
#else
		running = state == RUNNING || leaving;
#endif
		give();
		if
		:: !running -> break
		:: else -> (state == PARKED && !leaving) || (state == RUNNING && !cell_runs)
		fi
#endif
	od;
	freed = true
}

active proctype quiet()
{
	atomic { timeout -> assert(freed) }
}
