/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Hide and wake: the CPUs of a cell are stopped, whatever they do, WFI included, and
 * start again when they are told to; no guest sees the interrupt that wakes them.
 *
 * Stands for hypervisor/core/control.c: is_to_stop(), hide(), wake(), stop_vcpus(),
 * wait_parked(), is_parked(), show(), control_start_vcpu(), take_command(),
 * control_park_self(); and for irq_kick() and irq_ack_kick() of
 * hypervisor/arch/arm64/gic, in which an interrupt is pending or is not.
 *
 * Mutants
 *	WAKE_FIRST	those asleep are woken before the memory is hidden
 *	NO_HIDE		the memory is not hidden
 *	KICK_ONCE	a kick that was undone is not repeated
 *	SHOW_EARLY	the memory is there again before all have parked
 *	ACK_LATE	a parked CPU acknowledges after it has looked for a command
 *	KICK_UNLOCKED	the start is kicked when the lock has been given up
 *	NO_CANCEL	a start that has not begun is not taken back
 */

#define CPUS	2
#define ROUNDS	2

mtype = { RUNNING, PARKED };
mtype = { NONE, START };

bool stopped = true;
bool no_memory;		/* it is hidden */
mtype state[CPUS] = PARKED;
mtype command[CPUS] = NONE;
bool pending[CPUS];	/* the interrupt that wakes */
bool lock[CPUS];
bool is_stopping, ended;
byte undone;		/* how often a guest's write has undone a kick */

inline take(n)	{ atomic { !lock[n] -> lock[n] = true } }
inline give(n)	{ lock[n] = false }

proctype guest(byte me)
{
	mtype told;

	do
	:: state[me] == RUNNING ->
		if
		/* an instruction, or the vector of an interrupt: it is fetched, or it is an exit */
		:: atomic {
			!no_memory ->
			assert(!pending[me])	/* the guest takes what wakes it */
		   }
		/* it sleeps, and is woken */
		:: atomic { !no_memory && !pending[me] -> skip };
			atomic { pending[me] || ended -> skip }
		/* an exit of before, that writes to the other one's redistributor */
		:: atomic { !no_memory && !undone -> undone++ };
			pending[1 - me] = false
		:: no_memory ->
			if
			:: stopped ->
				take(me);
				state[me] = PARKED;
				give(me)
			:: !stopped -> skip	/* looks again */
			fi
		:: ended -> break
		fi
	:: state[me] == PARKED ->
#ifndef ACK_LATE
		pending[me] = false;
#endif
		take(me);
		told = command[me];
		command[me] = NONE;
		if
		:: told == START -> state[me] = RUNNING
		:: else
		fi;
		give(me);
#ifdef ACK_LATE
		pending[me] = false;
#endif
		if
		:: told == START ->
			/* arch_vcpu_start(): the redistributor and all else as after a reset */
			pending[me] = false
		:: else ->
			pending[me] || ended;
			if
			:: ended && !pending[me] -> break
			:: else
			fi
		fi
	od
}

inline wake_running()
{
	n = 0;
	do
	:: n < CPUS ->
		if
		:: state[n] == RUNNING -> pending[n] = true
		:: else
		fi;
		n++
	:: else -> break
	od
}

inline stop()
{
	stopped = true;
	n = 0;
	running = false;
	do
	:: n < CPUS ->
		take(n);
		running = running || state[n] == RUNNING;
#ifndef NO_CANCEL
		command[n] = NONE;
#endif
		give(n);
		n++
	:: else -> break
	od;
	if
	:: running ->
#ifdef WAKE_FIRST
		wake_running();
#endif
#ifndef NO_HIDE
		no_memory = true;
#endif
#ifndef WAKE_FIRST
		wake_running();
#endif
#ifdef SHOW_EARLY
		no_memory = false;
#endif
		n = 0;
		do
		:: n < CPUS ->
			do
			:: state[n] != RUNNING -> break
#ifndef KICK_ONCE
			:: atomic { state[n] == RUNNING && !pending[n] -> pending[n] = true }
#endif
			od;
			n++
		:: else -> break
		od
	:: else
	fi;
	no_memory = false;
	/* what the caller relies on */
	n = 0;
	do
	:: n < CPUS -> assert(state[n] == PARKED && command[n] == NONE); n++
	:: else -> break
	od
}

inline start(cpu)
{
	take(cpu);
	command[cpu] = START;
#ifndef KICK_UNLOCKED
	pending[cpu] = true;
	give(cpu)
#else
	give(cpu);
	pending[cpu] = true
#endif
}

proctype root()
{
	byte n, round;
	bool running;

	do
	:: round == ROUNDS -> break
	:: round < ROUNDS ->
		round++;
		stopped = false;
		start(0);
		if
		:: start(1)
		:: skip
		fi;
		if
		:: stop()
		:: state[0] == RUNNING; stop()
		fi
	od;
	/* who is told to start at last, does */
	stopped = false;
	start(0);
	state[0] == RUNNING;
	ended = true
}

init
{
	atomic { run guest(0); run guest(1); run root() }
}
