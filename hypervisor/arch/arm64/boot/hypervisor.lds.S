/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Virtual addresses; the image is loaded at any page-aligned physical
 * address. Each kind of memory starts on a page of its own.
 */
#include <arch/asm-offsets.h>
#include <arch/layout.h>
#include <cellblock/loader.h>

#define SENTENCES_MAX	0x10000

ENTRY(hv_entry)

PHDRS
{
	rodata	PT_LOAD FLAGS(4);	/* R */
	text	PT_LOAD FLAGS(5);	/* RX */
	data	PT_LOAD FLAGS(6);	/* RW */
	file	PT_LOAD FLAGS(4);	/* for the driver */
}

SECTIONS
{
	. = HV_BASE;
	.rodata : {
		*(.header)
		*(.rodata .rodata.*)
		. = ALIGN(4);
		__aborts = .;
		KEEP(*(.aborts))
		LONG(0)
		. = ALIGN(CELLBLOCK_PAGE_SIZE);
	} :rodata

	__text_start = .;
	.text : {
		hv_vectors = .;
		KEEP(*(SORT_BY_NAME(.text.vector.*)))
		*(.text.idmap)
		__idmap_end = .;
		*(.text .text.*)
		. = ALIGN(CELLBLOCK_PAGE_SIZE);
	} :text
	__text_end = .;

	.data : { *(.data .data.*) } :data
	__image_end = .;

	.bss : {
		*(.bss.shared)
		*(.bss.boot)
		*(.bss .bss.* COMMON)
		. = ALIGN(CELLBLOCK_PAGE_SIZE);
	} :data
	__core_end = .;

	/* not loaded: whoever would read it has a fault */
	sentences HV_BASE - SENTENCES_MAX : AT(__image_end) {
		__start_sentences = .;
		*(sentences)
	} :file

	__image_size = ABSOLUTE(__image_end - HV_BASE);
	__core_size = ABSOLUTE(__core_end - HV_BASE);
	__entry_offset = ABSOLUTE(hv_entry - HV_BASE);
	__shared_offset = ABSOLUTE(hv_shared - HV_BASE);
	__mpidr_offset = ABSOLUTE(hv_mpidr - HV_BASE);

	.forbidden : { *(.got .got.* .rela.* .init_array*) }

	/DISCARD/ : { *(.comment) *(.note.*) *(.eh_frame*) *(.GCC.*) }

	ASSERT(__idmap_end - __text_start <= CELLBLOCK_PAGE_SIZE,
	       "the identity-mapped code must fit the first page of text")
	ASSERT(hv_init_vectors - hv_vectors == VECTORS_SIZE && hv_vectors == __text_start,
	       "a vector, with what is in its room, is longer than VECTOR_SIZE")
	ASSERT(SIZEOF(.forbidden) == 0, "no GOT, relocations or constructors")
	ASSERT(SIZEOF(.data) == 0, "initialised data would cost a page: set it at OP_INIT")
}
