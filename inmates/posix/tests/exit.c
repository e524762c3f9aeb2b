// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* main() ends as a thread, others go on, and the last that ends shuts the cell down. */

#include "expect.h"

static void *outlive(void *main_thread)
{
	EXPECT_EQ(join(main_thread), 7);
	rtos_printf("main() has ended\n");
	return NULL;
}

int main(void)
{
	start(outlive, pthread_self());
	pthread_exit((void *)7);
}
