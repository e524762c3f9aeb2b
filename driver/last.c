// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <cellblock/loader.h>

#include "last.h"
#include "mem/ram.h"

/* where hypervisor memory begins, as the command chooses it, and our configurations have it */
#define ALIGNMENT	SZ_2M
/* the image is smaller */
#define REACH		SZ_1M

static char text[CELLBLOCK_CONSOLE_LEN];
static size_t length;

/* Of a hypervisor that was here: an image in a file does not know its address. */
static bool is_header(const struct cellblock_header *header, u64 at)
{
	return !memcmp(header->signature, CELLBLOCK_SIGNATURE, sizeof(header->signature)) &&
		header->revision == CELLBLOCK_LOADER_REVISION &&
		!strncmp(header->version, CELLBLOCK_VERSION, sizeof(header->version)) &&
		header->phys_base == at &&
		header->shared_offset <= REACH - sizeof(struct cellblock_shared);
}

/* The memory may be somebody else's by now. */
static char printable(char c)
{
	return isprint(c) || isspace(c) || c == '\033' ? c : '?';
}

static bool copy(const struct cellblock_shared *shared)
{
	u32 end, at;
	char c;

	if (get_kernel_nofault(end, &shared->console_head))
		return false;
	at = end > CELLBLOCK_CONSOLE_LEN ? end - CELLBLOCK_CONSOLE_LEN : 0;
	for (length = 0; at != end; at++, length++) {
		if (get_kernel_nofault(c, &shared->console[at % CELLBLOCK_CONSOLE_LEN]))
			break;
		text[length] = printable(c);
	}
	return true;
}

/*
 * In the linear map, but Linux may have made holes there since: a crash kernel that is
 * loaded, secret memory of processes.
 */
static bool look(u64 at)
{
	struct cellblock_header header;

	if (!pfn_is_map_memory(PHYS_PFN(at)) || !pfn_is_map_memory(PHYS_PFN(at + REACH)))
		return false;
	if (copy_from_kernel_nofault(&header, __va(at), sizeof(header)) || !is_header(&header, at))
		return false;
	return copy(__va(at) + header.shared_offset);
}

void last_init(void)
{
	if (ram_find(ALIGNMENT, look))
		pr_info("the log of the hypervisor that was at work before is in RAM: jailhouse console --last\n");
}

size_t last_log(const char **log)
{
	*log = text;
	return length;
}
