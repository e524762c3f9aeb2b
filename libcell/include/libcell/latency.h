/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_LATENCY_H
#define LIBCELL_LATENCY_H

#include <libcell/histogram.h>
#include <libcell/serve.h>

/**
 * @file
 * What `jailhouse cell latency` asks of a cell: to measure how late its
 * interrupts are, in histograms.
 *
 * A part of the service of serve.h, for its handler. The count is that of the
 * virtual counter, CNTVCT_EL0, which root and cells share.
 */

/** What is measured, each in a histogram of its own. */
enum libcell_latency_kind {
	LIBCELL_LATENCY_TIMER,		/**< deadline to handler */
	LIBCELL_LATENCY_DOORBELL,	/**< before the peer sends, to handler */
	LIBCELL_LATENCY_KINDS,		/**< number of them */
};

/** Types of messages, and what the words of their data are. */
enum libcell_latency_message {
	/** 0: microseconds between timer interrupts, 0 for none; starts anew */
	LIBCELL_LATENCY_START = 16,
	/** The histograms do not change after that. */
	LIBCELL_LATENCY_STOP,
	/** 0: the sender's count before it sent this */
	LIBCELL_LATENCY_KICK,
	/**
	 * 0: kind, 1: first bin. Answer, 1 to 6: twelve bins of 32 bits. From
	 * #HISTOGRAM_BINS on: 1 count, 2 sum, 3 minimum, 4 maximum.
	 */
	LIBCELL_LATENCY_READ,
};

#define LIBCELL_LATENCY_BINS		12	/**< of a message */
#define LIBCELL_LATENCY_MIN_US		10	/**< least interval of the timer */
#define LIBCELL_LATENCY_MAX_US		1000000	/**< largest */

/** What a cell measures; one CPU writes it. */
struct libcell_latency {
	struct histogram histograms[LIBCELL_LATENCY_KINDS];	/**< in ns */
	u32 interval_us;	/**< of timer interrupts; 0: there are none */
	bool running;		/**< samples count */
	u64 frequency;		/**< of the count, in Hz: the program's to set */
	u64 doorbell;		/**< count when the last doorbell came: likewise */
};

/**
 * Answers a message in place.
 *
 * @param latency	of which frequency and doorbell are kept up to date
 * @param message	of any type
 * @return false: it is none of these, or makes no sense
 */
bool libcell_latency_answer(struct libcell_latency *latency,
			    struct libcell_message *message);

/**
 * Adds a sample. From an interrupt handler, or with interrupts masked.
 *
 * @param latency	with its frequency set
 * @param kind		of the histogram
 * @param ticks		of the count
 */
void libcell_latency_add(struct libcell_latency *latency,
			 enum libcell_latency_kind kind, u64 ticks);

/**
 * The other side: asks for a histogram.
 *
 * @param client	opened
 * @param kind		of the histogram
 * @param h		gets a copy
 * @param timeout_us	of each of its messages
 * @return 0; -EPROTO: the copy is not right in itself, or the server does not
 *	measure; or as of libcell_call()
 */
int libcell_latency_read(struct libcell_client *client,
			 enum libcell_latency_kind kind, struct histogram *h,
			 u64 timeout_us);

#if !__STDC_HOSTED__

#include <libcell/device.h>

/**
 * All of it for an inmate, with the virtual timer, on one CPU:
 *
 *	static void handler(unsigned int irq)
 *	{
 *		libcell_latency_irq(&server, irq);
 *	}
 *
 *	irq_init(handler);
 *	libcell_open(&server.device, NULL);
 *	libcell_latency_open(&server);
 *	enable_irqs();
 *	for (;;)
 *		libcell_latency_serve(&server, timeout_us);
 */
struct libcell_latency_server {
	struct libcell_device device;	/**< opened by the program */
	struct libcell_service service;	/**< @private */
	struct libcell_latency latency;	/**< to be read */
	u64 deadline;			/**< @private of the timer */
};

/**
 * Offers the service on the device's link.
 *
 * @param server	whose device is open; used until libcell_close()
 * @return as of libcell_service_open()
 */
int libcell_latency_open(struct libcell_latency_server *server);

/**
 * Measures and passes on, in the interrupt handler.
 *
 * @param server	opened
 * @param irq		INTID
 * @return false: the interrupt is the program's
 */
bool libcell_latency_irq(struct libcell_latency_server *server,
			 unsigned int irq);

/**
 * Answers what there is, or sleeps until something comes.
 *
 * @param server	opened
 * @param timeout_us	#LIBCELL_FOREVER: no limit
 */
void libcell_latency_serve(struct libcell_latency_server *server,
			   u64 timeout_us);

#endif

#endif /* LIBCELL_LATENCY_H */
