/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_ERRNO_H
#define LIBCELL_ERRNO_H

/**
 * @file
 * Names of errors. The numbers are Linux's, also where there is no C library.
 */
#if __STDC_HOSTED__
#include <errno.h>
#else
#define ENOENT		2	/**< nobody listens to this name */
#define EINTR		4	/**< a signal came; in Linux only */
#define EAGAIN		11	/**< nothing there, or no room, now */
#define ENOMEM		12	/**< no room in the own output section */
#define EACCES		13	/**< the manager's rules do not allow it */
#define EBUSY		16	/**< another program or thread has it */
#define ENODEV		19	/**< no such link */
#define EINVAL		22	/**< numbers that cannot be */
#define ENFILE		23	/**< no more channels */
#define EPIPE		32	/**< the other side has closed */
#define ENAMETOOLONG	36	/**< a name that is too long */
#define ELOOP		40	/**< a channel to oneself */
#define ENOMSG		42	/**< what comes next is of another kind */
#define EPROTO		71	/**< the peer has written what cannot be */
#define EBADMSG		74	/**< the checksum is another */
#define EMSGSIZE	90	/**< a message that is too long */
#define EPROTONOSUPPORT	93	/**< the peer's library is of another version */
#define EADDRINUSE	98	/**< the name is another's */
#define ECONNABORTED	103	/**< the manager has gone, and what it held */
#define ECONNRESET	104	/**< the session has ended */
#define ENOTCONN	107	/**< no session yet */
#define ETIMEDOUT	110	/**< a limit of time has passed */
#define ECONNREFUSED	111	/**< the listener has refused */
#define ESTALE		116	/**< a block whose room has been used again */
#endif

#endif /* LIBCELL_ERRNO_H */
