// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Programs of the kernel start in main(), as programs of this API do elsewhere. */

#include "kernel.h"

int main(void);

void inmate_main(void)
{
	int status;

	/* for calls before osKernelInitialize() */
	write_sysreg(tpidrro_el0, &kernel.cpus[0]);
	write_sysreg(tpidr_el0, NULL);
	status = main();
	if (status)
		panic("main() returned %d", status);
}
