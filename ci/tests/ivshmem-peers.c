// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A link with as many peers as there can be: root and eleven cells of a CPU each, on a machine with 16. All greet each
 * other by libcell, and root hears every one.
 */

#include <stdio.h>
#include <string.h>

#include <jailhouse/ivshmem.h>

#include "kselftest_harness.h"
#include "lib/cellblock.h"
#include "lib/errors.h"

#define PEERS		IVSHMEM_MAX_PEERS
#define DEVICE		6	/* INTC */
#define LINK		"0001:00:06.0"

#define MEMORY		0x70d00000ULL
#define OUTPUT_SIZE	0x10000ULL
#define PAGE		0x1000ULL
#define CELL_RAM	0x71000000ULL
#define CELL_SIZE	0x01000000ULL
#define GICD		0x08000000ULL

/* The first SPI of peer n's four; it uses the third. */
#define FIRST_SPI(n)	(198 + (n))
#define INTID(n)	(32 + FIRST_SPI(n) + 2)

/* Peer @id's end of the link: table, no common section, an output section for each. */
static void add_link(struct err_config *c, unsigned int id)
{
	unsigned int first = err_desc(c)->num_memory_regions;
	struct jailhouse_pci_device *device;
	struct jailhouse_memory *mem;

	for (unsigned int n = 0; n < 2 + PEERS; n++) {
		mem = err_add_mem(c);
		if (n == 1)
			continue;
		mem->phys_start = n ? MEMORY + PAGE + (n - 2) * OUTPUT_SIZE : MEMORY;
		mem->virt_start = mem->phys_start;
		mem->size = n ? OUTPUT_SIZE : PAGE;
		mem->flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_ROOTSHARED;
		if (n == 2 + id)
			mem->flags |= JAILHOUSE_MEM_WRITE;
	}
	device = err_add_pci(c);
	*device = (struct jailhouse_pci_device){
		.type = JAILHOUSE_PCI_TYPE_IVSHMEM,
		.domain = 1,
		.bdf = DEVICE << 3,
		.bar_mask = JAILHOUSE_IVSHMEM_BAR_MASK_INTX,
		.shmem_regions_start = first,
		.shmem_dev_id = id,
		.shmem_peers = PEERS,
	};
}

static void name_of(char name[16], unsigned int id)
{
	snprintf(name, 16, "peer-%u", id);
}

/* The timer demo's cell, elsewhere, with a link */
static int create_peer(unsigned int id)
{
	struct jailhouse_irqchip *chip;
	static struct err_config c;
	struct jailhouse_cell_desc *desc = err_desc(&c);

	if (!err_read_config(&c, "timer-demo"))
		return -1;
	memset(desc->name, 0, sizeof(desc->name));
	name_of(desc->name, id);
	desc->vpci_irq_base = FIRST_SPI(id);
	*err_cpus(&c) = 1ULL << (15 - PEERS + id + 1);
	err_mem(&c, 0)->phys_start = CELL_RAM + (id - 1) * CELL_SIZE;
	chip = err_add_irqchip(&c);
	chip->address = GICD;
	chip->pin_base = INTID(id) / 128 * 128;
	chip->pin_bitmap[INTID(id) / 32 % 4] = 1U << INTID(id) % 32;
	add_link(&c, id);
	return cb_create_raw(c.bytes, c.size);
}

FIXTURE(twelve) {
	int cpus;
};

FIXTURE_SETUP(twelve)
{
	static struct err_config root;
	char said[256], name[16];

	ASSERT_EQ(0, cb_fresh()) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, cb_run(said, sizeof(said), "modprobe uio_ivshmem"))
		TH_LOG("%s", said);
	self->cpus = cb_num_online();
	ASSERT_TRUE(err_read_config(&root, NULL));
	add_link(&root, 0);
	ASSERT_EQ(0, cb_enable_raw(root.bytes)) TH_LOG("%s", cb_error());
	for (unsigned int id = 1; id < PEERS; id++) {
		name_of(name, id);
		ASSERT_EQ((int)id, create_peer(id)) TH_LOG("%s", cb_error());
		ASSERT_EQ(0, cb_boot(name, "ivshmem-demo", "con-type=none con-virtual=0 period=200 link=0:06.0"))
			TH_LOG("%s", cb_error());
	}
}

FIXTURE_TEARDOWN(twelve)
{
	char said[256];

	EXPECT_EQ(0, cb_destroy_all()) TH_LOG("%s", cb_error());
	EXPECT_EQ(0, cb_disable()) TH_LOG("%s", cb_error());
	EXPECT_EQ(self->cpus, cb_num_online());
	EXPECT_EQ(0, cb_run(said, sizeof(said), "rmmod uio_ivshmem uio")) TH_LOG("%s", said);
	EXPECT_EQ(0, cb_rmmod());
}

TEST_F_TIMEOUT(twelve, peers, 200)
{
	static char said[0x4000];
	char text[32];

	EXPECT_EQ(0, cb_run(said, sizeof(said), "timeout 120 ivshmem-demo %s 200 2", LINK)) TH_LOG("%s", said);
	EXPECT_NE(NULL, strstr(said, "peer 0 of 12"));
	for (unsigned int id = 1; id < PEERS; id++) {
		snprintf(text, sizeof(text), "greeting 1 from peer %u\n", id);
		EXPECT_NE(NULL, strstr(said, text)) TH_LOG("not heard: peer %u", id);
	}
	EXPECT_EQ(0, cb_run(said, sizeof(said), "jailhouse shmem ping peer-11 -l %s", LINK)) TH_LOG("%s", said);

	/* one goes, the others stay */
	ASSERT_EQ(0, cb_destroy("peer-5", 0)) TH_LOG("%s", cb_error());
	EXPECT_EQ(0, cb_run(said, sizeof(said), "jailhouse shmem list | grep %s", LINK));
	for (unsigned int id = 1; id < PEERS; id++) {
		snprintf(text, sizeof(text), "%u peer-%u:1", id, id);
		EXPECT_EQ(id != 5, !!strstr(said, text)) TH_LOG("%s", said);
	}
}

TEST_HARNESS_MAIN
