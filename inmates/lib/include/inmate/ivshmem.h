/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_IVSHMEM_H
#define INMATE_IVSHMEM_H

#include <jailhouse/ivshmem.h>
#include <jailhouse/types.h>

#include <inmate/mmio.h>

/**
 * @file
 * IVSHMEM devices; libcell sends messages over them. The device is described in
 * Documentation/ivshmem.md.
 */

/**
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
	u16 bdf;		/**< of the device */
	u16 protocol;		/**< of its class code */
	u32 id;			/**< of this peer */
	u32 max_peers;		/**< with this one */
	unsigned int vectors;	/**< of MSI-X; 0: there is one interrupt, INTx */
	unsigned int irq;	/**< INTID of the first (or only) vector */

	volatile void *registers;	/**< for ivshmem_read() */
	const volatile u32 *states;	/**< of each peer */
	void *rw_section;		/**< of all peers */
	size_t rw_size;			/**< of it, in bytes; may be 0 */
	void *output;		/**< of all peers, see ivshmem_output() */
	size_t output_size;	/**< of one, in bytes; may be 0 */
};

/** The first device that is found. */
#define IVSHMEM_ANY_BDF		0xffff

/**
 * Finds the device, maps it and lets it decode memory. Interrupts are off and
 * the state is IVSHMEM_STATE_RESET afterwards.
 *
 * @param link	gets what is known of it
 * @param bdf	as of pci.h, or #IVSHMEM_ANY_BDF
 * @return false: there is no such device
 */
bool ivshmem_attach(struct ivshmem *link, u16 bdf);

/**
 * Lets the link's interrupts through to the calling CPU, as irq to irq +
 * vectors - 1 (with MSI-X these are the cell's SPIs after the four of INTx).
 *
 * After irq_init().
 *
 * @param link	attached
 */
void ivshmem_enable_irqs(struct ivshmem *link);

/**
 * The device raises no interrupts any more.
 *
 * @param link	attached
 */
void ivshmem_disable_irqs(struct ivshmem *link);

/**
 * Interrupts switch themselves off when one is delivered, or do not.
 *
 * @param link		attached
 * @param one_shot	they do, until ivshmem_enable_irqs()
 */
void ivshmem_set_one_shot(struct ivshmem *link, bool one_shot);

/**
 * Reads a register.
 *
 * @param link	attached
 * @param reg	IVSHMEM_REG_...
 * @return its value
 */
static inline u32 ivshmem_read(const struct ivshmem *link, unsigned int reg)
{
	return mmio_read32((const volatile u8 *)link->registers + reg);
}

/**
 * Writes a register.
 *
 * @param link	attached
 * @param reg	IVSHMEM_REG_...
 * @param value	of 32 bits
 */
static inline void ivshmem_write(const struct ivshmem *link, unsigned int reg,
				 u32 value)
{
	mmio_write32((volatile u8 *)link->registers + reg, value);
}

/**
 * Interrupts a peer, which sees what was written before. Nothing happens if it
 * is not there, or has interrupts off.
 *
 * @param link		attached
 * @param peer		below max_peers
 * @param vector	of the peer's MSI-X; 0 for INTx
 */
static inline void ivshmem_doorbell(const struct ivshmem *link, u32 peer,
				    u32 vector)
{
	ivshmem_write(link, IVSHMEM_REG_DOORBELL,
		      IVSHMEM_DOORBELL(peer, vector));
}

/**
 * Tells all other peers a state, with an interrupt.
 *
 * @param link	attached
 * @param state	IVSHMEM_STATE_RESET, or a meaning of the protocol's
 */
static inline void ivshmem_set_state(const struct ivshmem *link, u32 state)
{
	ivshmem_write(link, IVSHMEM_REG_STATE, state);
}

/**
 * An output section: the own one is to be written, the others' are to be read.
 *
 * @param link	attached
 * @param peer	below max_peers
 * @return its first byte
 */
static inline void *ivshmem_output(const struct ivshmem *link, u32 peer)
{
	return (u8 *)link->output + peer * link->output_size;
}

#endif /* INMATE_IVSHMEM_H */
