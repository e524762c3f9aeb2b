// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* main() of a program with libposix.a is a thread. */

#include "posix.h"

int main(int argc, char **argv);

static osMutexId_t lock;

void posix_lock(void)
{
	/* a thread that is cancelled may be resumed here: it still wants the lock */
	while (osMutexAcquire(lock, osWaitForever) == osErrorTimeout &&
	       osKernelGetState() == osKernelRunning)
		;
}

void posix_unlock(void)
{
	osMutexRelease(lock);
}

osStatus_t posix_unlock_and_wait(struct rtos_cond *cond, u32 ticks)
{
	return rtos_cond_wait(cond, lock, ticks);
}

static void *main_thread(void *unused)
{
	static char name[] = "main";
	char *argv[] = { name, NULL };
	int status = main(1, argv);

	(void)unused;
	if (status)
		panic("main() returned %d", status);
	inmate_exit();
}

void inmate_main(void)
{
	static RTOS_CB(MUTEX) object;
	const osMutexAttr_t lock_attr = {
		.attr_bits = osMutexPrioInherit,
		.cb_mem = &object,
		.cb_size = sizeof(object),
	};
	pthread_attr_t attr;
	pthread_t thread;

	rtos_begin();
	if (osKernelInitialize() != osOK)
		panic("osKernelInitialize");
	lock = osMutexNew(&lock_attr);
	posix_init();
	pthread_attr_init(&attr);
	pthread_attr_setname_np(&attr, "main");
	if (pthread_create(&thread, &attr, main_thread, NULL))
		panic("no thread for main()");
	osKernelStart();
	panic("osKernelStart");
}
