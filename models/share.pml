/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A cell on a CPU that Linux shares: whatever comes for it, at whatever point of its
 * going to sleep or of a world switch, makes it run; and Linux runs when it sleeps.
 *
 * Stands for hypervisor/core/share.c: share_schedule(), share_sleep(), rest(), pick(),
 * share_wake(); and for hypervisor/arch/arm64/gic/irq_shared.c: irq_shared_pend_sgi(),
 * irq_shared_send(), take_sgis(), take_alarm(), irq_cpu_resume(), irq_cpu_stay(), irq_waits(),
 * cpu_sleep(). What waits for the guest that goes on is looked at without the lock, after
 * the alarm (PPI 26) is acknowledged; for one that goes to sleep once, with the lock.
 *
 * Mutants
 *	ACK_LATE	the alarm is acknowledged after the decision of who runs
 *	NO_ALARM	who sends to a sleeping cell does not make its CPU look
 *	ALARM_FIRST	who sends makes the CPU look before there is anything to see
 *	NO_LOCK		who sends does not take the lock
 *	LOOK_FIRST	the CPU looks what waits before it has acknowledged the alarm
 *	LOOK_UNLOCKED	who goes to sleep looks what waits before it has the lock
 *	NO_WAKE		who sends to a sleeping cell does not say so where the CPU looks
 */

#define SENDS	3

bool cell_runs;			/* else Linux */
bool sleeping = true;
bool woken;			/* struct vcpu_share's alarm is 0 */
byte waits, handled;		/* interrupts for the cell */
byte in_list_registers;
bool alarm;			/* PPI 26 is pending at this CPU */
bool lock;
byte sent;
bool linux_ran;

inline take()	{ atomic { !lock -> lock = true } }
inline give()	{ lock = false }

/* Into list registers of the guest that runs; mostly there is nothing, and no lock */
inline take_sgis()
{
	if
	:: waits ->
		take();
		in_list_registers = in_list_registers + waits; waits = 0;
		give()
	:: else
	fi
}

inline rest()
{
	if
	:: was_cell && sleeping ->
		seen = waits || in_list_registers;
		woken = seen
	:: else
	fi
}

/* At EL2, on this CPU: who is to run? */
inline schedule()
{
	was_cell = cell_runs;
#ifdef LOOK_UNLOCKED
	rest();
	take();
#else
	take();
	rest();
#endif
	if
	:: sleeping && woken -> sleeping = false
	:: else
	fi;
	cell_runs = !sleeping;
	give();
	if
#ifdef LOOK_FIRST
	:: cell_runs && !was_cell -> take_sgis()
#else
	:: cell_runs -> take_sgis()
#endif
	:: else
	fi
}

inline take_alarm()
{
#ifdef LOOK_FIRST
	if
	:: cell_runs -> take_sgis()
	:: else
	fi;
#endif
#ifndef ACK_LATE
	alarm = false;
#endif
	schedule();
#ifdef ACK_LATE
	alarm = false
#endif
}

active proctype this_cpu()
{
	bool was_cell, seen;

	do
	/* an exit by the alarm, before the next instruction of whoever runs */
	:: alarm -> take_alarm()
	:: !alarm && cell_runs && in_list_registers ->
		in_list_registers--;
		handled++
	:: !alarm && cell_runs && !in_list_registers ->
		if
		:: sleeping = true; schedule()		/* a WFI */
		:: sleeping = true; alarm = true	/* PSCI: at its next instruction */
		:: handled < SENDS -> alarm		/* it looks for something else to come */
		fi
	:: !alarm && !cell_runs -> linux_ran = true;
		/* nothing has to be done: wait for something to happen */
end:		alarm
	od
}

active proctype other_cpu()
{
	do
	:: sent == SENDS -> break
	:: sent < SENDS ->
#ifdef ALARM_FIRST
		alarm = true;
#endif
#ifndef NO_LOCK
		take();
#endif
		waits++;
		sent++;
#ifndef NO_WAKE
		woken = true;
#endif
#ifndef NO_LOCK
		give();
#endif
#if !defined(NO_ALARM) && !defined(ALARM_FIRST)
		alarm = true
#endif
	od
}

/* When nothing happens any more, all that was sent has been handled, and Linux runs. */
active proctype quiet()
{
	atomic {
		timeout ->
		assert(handled == SENDS && !cell_runs && linux_ran)
	}
}
