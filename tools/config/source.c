/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include "config/source.h"

const char *source_comment(const char *text)
{
	static char copy[256];
	char *end;

	snprintf(copy, sizeof(copy), "%s", text);
	for (end = copy; *end; end++)
		if (*end < ' ' || *end > '~' || *end == '\\' || (*end == '*' && end[1] == '/'))
			*end = '?';
	return copy;
}

void source_string(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++)
		fprintf(out, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
	fputc('"', out);
}

static const char *const console_types[] = {
	[JAILHOUSE_CON_TYPE_NONE] = "NONE",
	[JAILHOUSE_CON_TYPE_8250] = "8250",
	[JAILHOUSE_CON_TYPE_PL011] = "PL011",
	[JAILHOUSE_CON_TYPE_XUARTPS] = "XUARTPS",
	[JAILHOUSE_CON_TYPE_MVEBU] = "MVEBU",
	[JAILHOUSE_CON_TYPE_HSCIF] = "HSCIF",
	[JAILHOUSE_CON_TYPE_SCIFA] = "SCIFA",
	[JAILHOUSE_CON_TYPE_IMX] = "IMX",
	[JAILHOUSE_CON_TYPE_IMX_LPUART] = "IMX_LPUART",
	[JAILHOUSE_CON_TYPE_SCIF] = "SCIF",
};

void source_console(FILE *out, const struct jailhouse_console *console)
{
	fprintf(out, "\t\t\t.address = UART_BASE,\n\t\t\t.size = 0x%x,\n", console->size);
	fprintf(out, "\t\t\t.type = JAILHOUSE_CON_TYPE_%s,\n", console_types[console->type]);
	fprintf(out, "\t\t\t.flags = JAILHOUSE_CON_ACCESS_MMIO%s,\n",
		console->flags & JAILHOUSE_CON_REGDIST_4 ? " | JAILHOUSE_CON_REGDIST_4" : "");
}

static const struct {
	u64 flag;
	const char *name;
} accesses[] = {
	{ JAILHOUSE_MEM_READ, "READ" },
	{ JAILHOUSE_MEM_WRITE, "WRITE" },
	{ JAILHOUSE_MEM_EXECUTE, "EXECUTE" },
	{ JAILHOUSE_MEM_DMA, "DMA" },
	{ JAILHOUSE_MEM_IO, "IO" },
	{ JAILHOUSE_MEM_COMM_REGION, "COMM_REGION" },
	{ JAILHOUSE_MEM_LOADABLE, "LOADABLE" },
	{ JAILHOUSE_MEM_ROOTSHARED, "ROOTSHARED" },
	{ JAILHOUSE_MEM_LOGGED, "LOGGED" },
	{ JAILHOUSE_MEM_REMOTE, "REMOTE" },
	{ JAILHOUSE_MEM_IO_8, "IO_8" },
	{ JAILHOUSE_MEM_IO_16, "IO_16" },
	{ JAILHOUSE_MEM_IO_32, "IO_32" },
	{ JAILHOUSE_MEM_IO_64, "IO_64" },
};

/* Those after @per_line are in lines of their own. */
static void print_flags(FILE *out, u64 flags, unsigned int per_line)
{
	const char *between = "";
	unsigned int printed = 0;
	size_t n;

	for (n = 0; n < ARRAY_SIZE(accesses); n++) {
		if (!(flags & accesses[n].flag))
			continue;
		fprintf(out, "%sJAILHOUSE_MEM_%s", between, accesses[n].name);
		between = ++printed % per_line ? " | " : " | \\\n\t       ";
	}
}

void source_access(FILE *out, u64 flags)
{
	fputs("\t       ", out);
	print_flags(out, flags, 3);
}

void source_region(FILE *out, const struct jailhouse_memory *mem)
{
	fprintf(out, "{ .phys_start = 0x%llx, .virt_start = 0x%llx, .size = 0x%llx, .flags = ",
		mem->phys_start, mem->virt_start, mem->size);
	print_flags(out, mem->flags, ARRAY_SIZE(accesses) + 1);
	fprintf(out, " },");
}
