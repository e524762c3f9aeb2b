/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef POSIX_MQUEUE_H
#define POSIX_MQUEUE_H

#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

struct sigevent;

#define MQ_OPEN_MAX		16
#define MQ_PRIO_MAX		256

typedef int mqd_t;

struct mq_attr {
	long mq_flags;		/* O_NONBLOCK */
	long mq_maxmsg;
	long mq_msgsize;
	long mq_curmsgs;
};

/* With O_CREAT: a mode, which means nothing here, and attributes or NULL (8 of 64 bytes). */
mqd_t mq_open(const char *name, int flags, ...);
int mq_close(mqd_t mq);
int mq_unlink(const char *name);
int mq_send(mqd_t mq, const char *message, size_t size, unsigned int priority);
int mq_timedsend(mqd_t mq, const char *message, size_t size, unsigned int priority,
		 const struct timespec *until);
ssize_t mq_receive(mqd_t mq, char *message, size_t size, unsigned int *priority);
ssize_t mq_timedreceive(mqd_t mq, char *message, size_t size, unsigned int *priority,
			const struct timespec *until);
int mq_getattr(mqd_t mq, struct mq_attr *attr);
int mq_setattr(mqd_t mq, const struct mq_attr *attr, struct mq_attr *before);
/* SIGEV_THREAD: a thread for each event; SIGEV_NONE; NULL: no more. */
int mq_notify(mqd_t mq, const struct sigevent *event);

#ifdef __cplusplus
}
#endif

#endif
