/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * OP_ENTER: all CPUs of Linux get the hypervisor, or none does. A CPU may never come,
 * one that comes may be unfit, and the time may be over at any moment.
 *
 * Stands for hypervisor/core/rendezvous.c: enter_arrive(), rendezvous_wait(),
 * enter_expired(), rendezvous_abort(), hv_enter(). Its C is of one step where it holds
 * the lock, and of one where it reads the verdict.
 *
 * Mutants
 *	UNFIT_ARRIVES	a CPU that is unfit counts as arrived
 *	STALE_LOOK	who is missing is looked at before the lock is taken, and what
 *			was decided meanwhile is not looked at
 *	WAITS_FOREVER	nobody looks at the clock
 */

#include "rendezvous.inc"

byte unfit;		/* a bit for each CPU */
byte in_hypervisor, in_linux, came;

active [CPUS] proctype cpu()
{
	byte missing;
	byte bit_of = 1 << _pid;

	if
	:: goto end_absent	/* Linux is stuck on it */
	:: came = came | bit_of
	fi;
	atomic {
		if
		:: unfit = unfit | bit_of
		:: skip
		fi;
		if
#ifndef UNFIT_ARRIVES
		:: unfit & bit_of -> abort()
#endif
		:: else -> if
			:: verdict == WAITING -> arrived = arrived | bit_of;
				if
				:: arrived == ALL -> verdict = COMMITTED;
					/* on a CPU that cannot, EL2 must not begin */
					assert(!unfit)
				:: else
				fi
			:: else
			fi
		fi
	}
	do
	:: verdict != WAITING -> break
#ifndef WAITS_FOREVER
	:: expired()
#endif
	od;
	atomic {
		if
		:: verdict == COMMITTED -> in_hypervisor = in_hypervisor | bit_of
		:: else -> in_linux = in_linux | bit_of
		fi;
		/* one verdict for all */
		assert(!in_hypervisor || !in_linux)
	}
end_absent:
	skip
}
