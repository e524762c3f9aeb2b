// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "posix.h"

int *posix_errno(void)
{
	static int before_start;
	struct rtos_local *local = rtos_local();

	return local ? &local->error : &before_start;
}

int answer(int error)
{
	if (!error)
		return 0;
	errno = error;
	return -1;
}

int error_of(osStatus_t status, int refused)
{
	switch (status) {
	case osOK:
		return 0;
	case osErrorTimeout:
		return ETIMEDOUT;
	case osErrorResource:
		return refused;
	case osErrorParameter:
		return EINVAL;
	case osErrorNoMemory:
		return ENOMEM;
	default:
		return EPERM;
	}
}
