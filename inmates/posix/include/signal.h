/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef POSIX_SIGNAL_H
#define POSIX_SIGNAL_H

/* There are no signals: this is how timers and message queues tell of events. */

#include <pthread.h>

#define SIGEV_SIGNAL		0	/* there is no such */
#define SIGEV_NONE		1
#define SIGEV_THREAD		2

union sigval {
	int sival_int;
	void *sival_ptr;
};

struct sigevent {
	int sigev_notify;
	int sigev_signo;
	union sigval sigev_value;
	void (*sigev_notify_function)(union sigval value);
	pthread_attr_t *sigev_notify_attributes;
};

#endif
