/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#include <inmate/layout.h>

/*
 *	INMATE_BASE	+-------------------------------------------+
 *			| start.S: entry point at offset 0, not     |
 *			| mapped any more when the program starts   |
 *	+ 0x1000	| command line, one page                    |
 *	+ 0x2000	| vectors and text      read, execute       |
 *			| read-only data        read                |
 *			| data, bss             read, write         |
 *			| page tables, stacks   read, write, guards |
 *	image_end	+-------------------------------------------+
 *
 * The file ends with the data; everything after it is cleared or built at
 * start.
 */

ENTRY(_start)

PHDRS
{
	boot PT_LOAD FLAGS(5);
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
	data PT_LOAD FLAGS(6);
}

SECTIONS
{
	. = INMATE_BASE;
	image_start = .;

	.boot : {
		KEEP(*(.boot))
		boot_end = .;
	} :boot

	/* of no segment, so that a loader can fill it beside the ELF file */
	cmdline_page = INMATE_BASE + CMDLINE_OFFSET;

	. = INMATE_BASE + TEXT_OFFSET;
	.text : {
		KEEP(*(.vectors))
		*(.text .text.*)
	} :text

	. = ALIGN(PAGE_SIZE);
	text_end = .;
	.rodata : {
		*(.rodata .rodata.*)
	} :rodata

	. = ALIGN(PAGE_SIZE);
	rodata_end = .;
	.data : {
		*(.data .data.*)
		/* keeps the section, and so the pages below, in the file */
		QUAD(0)
	} :data

	.bss (NOLOAD) : ALIGN(16) {
		bss_start = .;
		*(.bss .bss.* COMMON)
		. = ALIGN(16);
		bss_end = .;
		*(.noinit .noinit.*)
		. = ALIGN(PAGE_SIZE);
		page_tables_start = .;
		*(.page_tables)
		. = ALIGN(STACK_SIZE);
		*(.stacks)
		. = ALIGN(PAGE_SIZE);
	} :data
	image_end = .;

	.comment 0 : { *(.comment) }
	/DISCARD/ : { *(.note .note.* .eh_frame .eh_frame_hdr) }

	ASSERT(_start == INMATE_BASE, "entry point is not at offset 0")
	ASSERT(boot_end <= INMATE_BASE + CMDLINE_OFFSET,
	       "start.S does not fit below the command line")
	ASSERT(INMATE_BASE % 0x200000 == 0, "base is not aligned to 2 MiB")
	ASSERT(image_end - INMATE_BASE <= 0x200000,
	       "image needs more than 2 MiB of a cell's RAM")
}
