/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * DISABLE: all CPUs that run Linux give the hypervisor up, or none does, and after a
 * refusal all can try again. A CPU may come late, or not at all, the time may be over
 * at any moment, and a cell may exist.
 *
 * Stands for hypervisor/core/rendezvous.c: disable_arrive(), disable_decide(),
 * rendezvous_wait(), disable_expired(), disable_return(), hv_disable().
 *
 * Mutants
 *	LATE_ARRIVES	who comes when all have been refused is not refused
 *	STAYS_ARRIVED	who was refused still counts as one that waits
 *	RESET_NEVER	the last one does not make room for a new attempt
 *	STALE_LOOK	as in enter.pml
 *	NO_CHECK	who comes does not look for cells
 */

#include "rendezvous.inc"

#define ATTEMPTS	2

byte waits;			/* those that are in the loop, by themselves */
byte left_hypervisor;
byte refused;			/* how many calls were */
bool cell_exists;

active [CPUS] proctype cpu()
{
	byte missing, attempt;
	byte bit_of = 1 << _pid;
	bool too_late;

	do
	:: attempt == ATTEMPTS -> break
	:: attempt < ATTEMPTS -> attempt++;
		atomic {
			if
#ifndef LATE_ARRIVES
			:: verdict == ABORTED -> too_late = true
#endif
#ifndef NO_CHECK
			:: else -> too_late = cell_exists
#else
			:: else -> too_late = false
#endif
			fi;
			if
			:: !too_late -> arrived = arrived | bit_of;
				waits = waits | bit_of;
				if
				:: arrived == ALL ->
					if
					:: abort()	/* an interrupt that Linux did not take */
					:: verdict = COMMITTED;
						/* nobody is left to interfere */
						assert(waits == ALL && !left_hypervisor && !cell_exists)
					fi
				:: else
				fi
			:: else -> refused++
			fi
		}
		if
		:: too_late -> skip
		:: else ->
			do
			:: verdict != WAITING -> break
			:: expired()
			od;
			if
			:: verdict == COMMITTED -> atomic {
					left_hypervisor = left_hypervisor | bit_of;
					waits = waits & ~bit_of
				}
				goto end_left
			:: else -> atomic {
					/* nobody may have gone */
					assert(verdict == ABORTED && !left_hypervisor);
					waits = waits & ~bit_of;
#ifndef STAYS_ARRIVED
					arrived = arrived & ~bit_of;
#endif
					if
#ifndef RESET_NEVER
					:: !arrived -> verdict = WAITING
#endif
					:: else
					fi;
					refused++
				}
			fi
		fi
	od;
	/* all that it has called for it has got an answer to */
	assert(!left_hypervisor);
end_left:
	skip
}

/* A CPU that has not come yet makes a cell, or destroys it, under the same lock. */
active proctype cells()
{
	do
	:: atomic { verdict == WAITING && arrived != ALL -> cell_exists = !cell_exists }
	:: break
	od
}

/* When all is quiet, a new attempt must find room: nobody has arrived, nothing is decided. */
active proctype quiet()
{
	atomic {
		timeout ->
		assert(left_hypervisor == ALL || (!arrived && verdict == WAITING))
	}
}
