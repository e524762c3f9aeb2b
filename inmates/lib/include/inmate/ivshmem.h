/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_IVSHMEM_H
#define INMATE_IVSHMEM_H

#include <jailhouse/ivshmem.h>
#include <jailhouse/types.h>

#include <inmate/mmio.h>

/*
 * A link with other cells. Everything is mapped: the state table and the
 * others' output sections read-only, the rest for writing.
 *
 *	if (!ivshmem_attach(&link, IVSHMEM_ANY_BDF))
 *		panic("no link");
 *	irq_init(handler);
 *	ivshmem_enable_irqs(&link);
 *	ivshmem_set_state(&link, 1);
 */
struct ivshmem {
	u16 bdf;
	u16 protocol;
	u32 id;			/* of this peer */
	u32 max_peers;
	unsigned int vectors;	/* of MSI-X; 0: there is one interrupt, INTx */
	unsigned int irq;	/* INTID of the first (or only) vector */

	volatile void *registers;
	const volatile u32 *states;	/* of each peer */
	void *rw_section;
	size_t rw_size;
	void *output;		/* of all peers, see ivshmem_output() */
	size_t output_size;	/* of one */
};

#define IVSHMEM_ANY_BDF		0xffff

/*
 * Finds the device, maps it and lets it decode memory. Interrupts are off and
 * the state is IVSHMEM_STATE_RESET afterwards. False: there is no such device.
 */
bool ivshmem_attach(struct ivshmem *link, u16 bdf);

/*
 * Lets the link's interrupts through to the calling CPU, as irq to irq +
 * vectors - 1 (with MSI-X these are the cell's SPIs after the four of INTx),
 * after irq_init().
 */
void ivshmem_enable_irqs(struct ivshmem *link);
void ivshmem_disable_irqs(struct ivshmem *link);

/* Interrupts switch themselves off when one is delivered, or do not. */
void ivshmem_set_one_shot(struct ivshmem *link, bool one_shot);

static inline u32 ivshmem_read(const struct ivshmem *link, unsigned int reg)
{
	return mmio_read32((const volatile u8 *)link->registers + reg);
}

static inline void ivshmem_write(const struct ivshmem *link, unsigned int reg,
				 u32 value)
{
	mmio_write32((volatile u8 *)link->registers + reg, value);
}

/* What was written before is visible to the peer when its interrupt comes. */
static inline void ivshmem_doorbell(const struct ivshmem *link, u32 peer,
				    u32 vector)
{
	ivshmem_write(link, IVSHMEM_REG_DOORBELL,
		      IVSHMEM_DOORBELL(peer, vector));
}

static inline void ivshmem_set_state(const struct ivshmem *link, u32 state)
{
	ivshmem_write(link, IVSHMEM_REG_STATE, state);
}

static inline void *ivshmem_output(const struct ivshmem *link, u32 peer)
{
	return (u8 *)link->output + peer * link->output_size;
}

#endif /* INMATE_IVSHMEM_H */
