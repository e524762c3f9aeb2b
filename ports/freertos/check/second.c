// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* The second source of an application, in another folder; it is compiled only. */

#include "FreeRTOS.h"

double second(double value);

double second(double value)
{
	portTASK_USES_FLOATING_POINT();
	return value * 2.0;
}
