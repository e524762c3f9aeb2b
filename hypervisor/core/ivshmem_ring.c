// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* Delivery of IVSHMEM interrupts: built for speed. */

#include <core/arch.h>
#include <core/ivshmem.h>

void ivshmem_raise(struct ivshmem_peer *peer, u32 vector)
{
	u32 intid;

	if (!peer->enabled)
		return;
	intid = peer->intid[vector];
	if (!intid) {
		peer->pending |= (u16)(peer->masked & 1U << vector);
		return;
	}
	if (peer->one_shot)
		peer->enabled = false;
	if (!arch_irq_pend(peer->cell, intid))
		pci_count_denied();
}

void ivshmem_ring(struct ivshmem_link *link, u32 value)
{
	u32 target = value >> 16, vector = value & 0xffff;

	if (target >= link->num_peers || vector >= PCI_MSIX_VECTORS)
		return;
	spin_lock(&link->lock);
	ivshmem_raise(&link->peer[target], vector);
	spin_unlock(&link->lock);
}
