// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * The communication region, as this cell's configuration has it.
 *
 * Parameters:
 *	behave=approve	instead of the tests: run until asked to stop
 *	behave=late	the same, but think for a second before answering
 *	behave=deny	answer, but refuse to stop
 *	behave=locked	the same in the state "running/locked"
 *	behave=mute	never answer
 *	behave=unknown	answer as if it were not understood
 */

#include <qemu-virt/board.h>
#include <inmate/test.h>

static void signature_and_revision(void)
{
	EXPECT(!memcmp(comm_region->signature, COMM_REGION_MAGIC,
		       sizeof(comm_region->signature)));
	EXPECT_EQ(comm_region->revision, COMM_REGION_ABI_REVISION);
}

static void cell_is_running(void)
{
	EXPECT_EQ(comm_region->cell_state, JAILHOUSE_CELL_RUNNING);
	EXPECT_EQ(comm_region->msg_to_cell, JAILHOUSE_MSG_NONE);
	EXPECT_EQ(comm_region->reply_from_cell, 0);
}

static void console_is_permitted(void)
{
	EXPECT_EQ(comm_region->flags, JAILHOUSE_COMM_FLAG_DBG_PUTC_PERMITTED);
}

static void uart_is_described(void)
{
	static const struct jailhouse_console expected = QEMU_CONSOLE;

	EXPECT_EQ(comm_region->console.address, expected.address);
	EXPECT_EQ(comm_region->console.type, expected.type);
	EXPECT(!memcmp(&comm_region->console, &expected, sizeof(expected)));
}

/* of ID_AA64PFR0_EL1: the system register interface */
#define FIELD_GIC(pfr0)		((pfr0) >> 24 & 0xf)

static void gic_is_described(void)
{
	bool v3 = FIELD_GIC(read_sysreg(id_aa64pfr0_el1));

	EXPECT_EQ(comm_region->gic_version, v3 ? 3 : 2);
	EXPECT_EQ(comm_region->gicd_base, QEMU_GICD_BASE);
	EXPECT_EQ(comm_region->gicr_base, v3 ? QEMU_GICR_BASE : 0);
	EXPECT_EQ(comm_region->gicc_base, v3 ? 0 : QEMU_GICC_BASE);
}

static void there_is_no_virtual_pci(void)
{
	EXPECT_EQ(comm_region->vpci_irq_base, 0);
}

static void rest_of_the_page_is_zero(void)
{
	const volatile u8 *page = (const volatile u8 *)comm_region;

	for (unsigned int n = sizeof(*comm_region); n < PAGE_SIZE; n++)
		if (page[n]) {
			EXPECT_EQ(page[n], 0);
			break;
		}
}

static void state_can_be_locked_and_unlocked(void)
{
	comm_set_state(JAILHOUSE_CELL_RUNNING_LOCKED);
	EXPECT_EQ(comm_region->cell_state, JAILHOUSE_CELL_RUNNING_LOCKED);
	comm_set_state(JAILHOUSE_CELL_RUNNING);
	EXPECT_EQ(comm_region->cell_state, JAILHOUSE_CELL_RUNNING);
}

static void a_wait_lasts(void)
{
	u64 start = timer_get_ticks();

	EXPECT(comm_wait(5));
	EXPECT(timer_ticks_to_ns(timer_get_ticks() - start) >= 5000000);
}

static void a_request_ends_a_wait(void)
{
	comm_region->msg_to_cell = JAILHOUSE_MSG_SHUTDOWN_REQUEST;
	EXPECT(!comm_wait(1000));
	/* it would be stopped with the answer */
	EXPECT_EQ(comm_region->reply_from_cell, JAILHOUSE_MSG_NONE);
	comm_region->msg_to_cell = JAILHOUSE_MSG_NONE;
}

static const struct test tests[] = {
	TEST(signature_and_revision),
	TEST(cell_is_running),
	TEST(console_is_permitted),
	TEST(uart_is_described),
	TEST(gic_is_described),
	TEST(there_is_no_virtual_pci),
	TEST(rest_of_the_page_is_zero),
	TEST(state_can_be_locked_and_unlocked),
	TEST(a_wait_lasts),
	TEST(a_request_ends_a_wait),
};

static void wait_for_message(void)
{
	while (comm_region->msg_to_cell == JAILHOUSE_MSG_NONE)
		cpu_relax();
}

static void __attribute__((noreturn)) behave(const char *how)
{
	bool deny = !strcmp(how, "deny") || !strcmp(how, "locked");

	if (!strcmp(how, "locked"))
		comm_set_state(JAILHOUSE_CELL_RUNNING_LOCKED);
	printk("# comm: behaving: %s\n", how);

	while (!strcmp(how, "mute"))
		cpu_relax();
	for (;;) {
		wait_for_message();
		if (!strcmp(how, "late"))
			delay_us(1000000);
		if (!strcmp(how, "unknown"))
			jailhouse_send_reply_from_cell(comm_region,
						       JAILHOUSE_MSG_UNKNOWN);
		else if (comm_poll(!deny))
			break;
		printk("# comm: answered\n");
	}
	/* who has been told of the end already would not wait so long */
	delay_us(300000);
	printk("# comm: stopping\n");
	inmate_exit();
}

void inmate_main(void)
{
	char how[16];

	cmdline_parse_str("behave", how, sizeof(how), "");
	if (how[0])
		behave(how);
	TEST_RUN("comm", tests);
}
