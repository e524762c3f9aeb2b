/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* Which UARTs a configuration has words for. */

#include <stdio.h>

#include "hardware/interrupts.h"
#include "hardware/nodes.h"

static const struct {
	const char *compatible;
	u16 type;
} kinds[] = {
	{ "arm,pl011",			JAILHOUSE_CON_TYPE_PL011 },
	{ "arm,sbsa-uart",		JAILHOUSE_CON_TYPE_PL011 },
	{ "ns16550a",			JAILHOUSE_CON_TYPE_8250 },
	{ "ns16550",			JAILHOUSE_CON_TYPE_8250 },
	{ "snps,dw-apb-uart",		JAILHOUSE_CON_TYPE_8250 },
	{ "ti,am654-uart",		JAILHOUSE_CON_TYPE_8250 },
	{ "ti,am64-uart",		JAILHOUSE_CON_TYPE_8250 },
	{ "nvidia,tegra20-uart",	JAILHOUSE_CON_TYPE_8250 },
	{ "brcm,bcm2835-aux-uart",	JAILHOUSE_CON_TYPE_8250 },
	{ "marvell,armada-38x-uart",	JAILHOUSE_CON_TYPE_8250 },
	{ "fsl,ns16550",		JAILHOUSE_CON_TYPE_8250 },
	{ "xlnx,xuartps",		JAILHOUSE_CON_TYPE_XUARTPS },
	{ "cdns,uart-r1p12",		JAILHOUSE_CON_TYPE_XUARTPS },
	{ "cdns,uart-r1p8",		JAILHOUSE_CON_TYPE_XUARTPS },
	{ "marvell,armada-3700-uart",	JAILHOUSE_CON_TYPE_MVEBU },
	{ "renesas,hscif",		JAILHOUSE_CON_TYPE_HSCIF },
	{ "renesas,scifa",		JAILHOUSE_CON_TYPE_SCIFA },
	{ "renesas,scif",		JAILHOUSE_CON_TYPE_SCIF },
	{ "fsl,imx6q-uart",		JAILHOUSE_CON_TYPE_IMX },
	{ "fsl,imx21-uart",		JAILHOUSE_CON_TYPE_IMX },
	{ "fsl,imx7ulp-lpuart",		JAILHOUSE_CON_TYPE_IMX_LPUART },
	{ "fsl,imx8qxp-lpuart",		JAILHOUSE_CON_TYPE_IMX_LPUART },
	/* no word of revision 14 for these */
	{ "amlogic,meson-gx-uart",	JAILHOUSE_CON_TYPE_NONE },
	{ "amlogic,meson-ao-uart",	JAILHOUSE_CON_TYPE_NONE },
	{ "qcom,geni-debug-uart",	JAILHOUSE_CON_TYPE_NONE },
	{ "qcom,msm-uartdm",		JAILHOUSE_CON_TYPE_NONE },
	{ "samsung,exynos4210-uart",	JAILHOUSE_CON_TYPE_NONE },
	{ "fsl,ls1021a-lpuart",		JAILHOUSE_CON_TYPE_NONE },
};

/* 8250s of which Linux's driver knows without a reg-shift. */
static const char *const apart[] = {
	"ti,am654-uart", "ti,am64-uart", "nvidia,tegra20-uart", "brcm,bcm2835-aux-uart", NULL
};

static bool find_kind(const struct tree_node *node, u16 *type)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (tree_is(node, kinds[i].compatible)) {
			*type = kinds[i].type;
			return true;
		}
	return false;
}

bool uart_of_node(const struct tree_node *node, struct hardware_uart *uart)
{
	struct jailhouse_console *console = &uart->console;
	const char *compatible;
	u32 shift = tree_is_any(node, apart) >= 0 ? 2 : 0;
	u64 start, size;
	u16 type;

	if (!find_kind(node, &type) || !tree_reg(node, 0, &start, &size) ||
	    start == TREE_NOWHERE)
		return false;
	compatible = tree_string(node, "compatible");
	snprintf(uart->compatible, sizeof(uart->compatible), "%s", compatible ? compatible : "");
	console->address = start;
	console->size = size && size <= 0x10000 ? (u32)size : (u32)AREA_PAGE;
	console->type = type;
	console->flags = JAILHOUSE_CON_ACCESS_MMIO;
	tree_cell(node, "reg-shift", 0, &shift);
	if (type != JAILHOUSE_CON_TYPE_8250 || shift == 2)
		console->flags |= JAILHOUSE_CON_REGDIST_4;
	if (!interrupts_of(node, 0, &uart->intid) || uart->intid < FIRST_SPI)
		uart->intid = 0;
	return true;
}
