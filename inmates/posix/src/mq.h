/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef POSIX_MQ_H
#define POSIX_MQ_H

/*
 * A message queue is a pool of the kernel, of maxmsg blocks, and a queue of
 * pointers to them. Who sends waits for a block, who receives for a pointer; the
 * message is copied with nothing locked.
 */

#include <mqueue.h>
#include <signal.h>

#include "names.h"

struct block {
	u64 size;
	char data[];
};

/* The skin's lock is for names, descriptors and who is to be notified. */
struct queue {
	struct named named;
	osMemoryPoolId_t blocks;
	osMessageQueueId_t messages;	/* of struct block * */
	long maxmsg, msgsize;
	u32 receivers;		/* that wait */
	mqd_t notified;		/* by whom the event was asked for; -1: nobody */
	struct sigevent event;
};

struct descriptor {
	struct queue *queue;	/* NULL: free */
	int flags;
};

/* NULL: it is none, or not open for that (O_RDONLY, O_WRONLY; O_RDWR: for any). */
struct descriptor *descriptor_of(mqd_t mq, int access);
/* Of a queue that was empty: tells who asked for it. */
void tell_who_asked(struct queue *queue);

#endif
