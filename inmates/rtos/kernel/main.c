// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Programs of the kernel start in main(), as programs of this API do elsewhere. */

#include <inmate.h>
#include <rtos_skin.h>

int main(void);

void inmate_main(void)
{
	int status;

	rtos_begin();
	status = main();
	if (status)
		panic("main() returned %d", status);
}
