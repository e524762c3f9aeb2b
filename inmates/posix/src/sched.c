// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "posix.h"

static bool is_policy(int policy)
{
	return policy >= SCHED_OTHER && policy <= SCHED_RR;
}

int sched_yield(void)
{
	return answer(error_of(osThreadYield(), EPERM));
}

int sched_get_priority_min(int policy)
{
	return is_policy(policy) ? osPriorityIdle : answer(EINVAL);
}

int sched_get_priority_max(int policy)
{
	return is_policy(policy) ? osPriorityISR : answer(EINVAL);
}
