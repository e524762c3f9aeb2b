/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <elf.h>
#include <string.h>

#include "load/executable.h"
#include "message.h"

struct reader {
	struct executable *elf;
	const char *name;
	const unsigned char *file;
	size_t size;
};

bool executable_is_elf(const void *file, size_t size)
{
	return size >= SELFMAG && !memcmp(file, ELFMAG, SELFMAG);
}

static int check_identity(const char *name, const Elf64_Ehdr *header)
{
	if (header->e_ident[EI_CLASS] != ELFCLASS64)
		return refused("'%s' is not a 64-bit ELF file", name);
	if (header->e_ident[EI_DATA] != ELFDATA2LSB)
		return refused("'%s' is not a little-endian ELF file", name);
	if (header->e_machine != EM_AARCH64)
		return refused("'%s' is an ELF file for machine %u, not for AArch64 (%u)",
			       name, header->e_machine, EM_AARCH64);
	if (header->e_ident[EI_VERSION] != EV_CURRENT ||
	    header->e_version != EV_CURRENT)
		return refused("'%s' has an unknown ELF version", name);
	if (header->e_type == ET_DYN)
		return refused("'%s' is position-independent (ET_DYN), and nobody would "
			       "apply its relocations: link it with -no-pie to the "
			       "cell's addresses", name);
	if (header->e_type != ET_EXEC)
		return refused("'%s' is an ELF file of type %u, not an executable (%u)",
			       name, header->e_type, ET_EXEC);
	return EXIT_DONE;
}

static int check_table(const struct reader *reader, const Elf64_Ehdr *header)
{
	if (!header->e_phnum)
		return refused("'%s' has no segments to load", reader->name);
	if (header->e_phentsize != sizeof(Elf64_Phdr))
		return refused("'%s' has program headers of %u bytes, not %zu",
			       reader->name, header->e_phentsize,
			       sizeof(Elf64_Phdr));
	if (header->e_phoff > reader->size ||
	    header->e_phnum * sizeof(Elf64_Phdr) > reader->size - header->e_phoff)
		return refused("'%s' is truncated: its program headers are not in it",
			       reader->name);
	return EXIT_DONE;
}

static int check_segment(const struct reader *reader, unsigned int number,
			 const Elf64_Phdr *segment)
{
	if (segment->p_offset > reader->size ||
	    segment->p_filesz > reader->size - segment->p_offset)
		return refused("'%s' is truncated: segment %u needs 0x%llx bytes from "
			       "0x%llx on", reader->name, number,
			       (u64)segment->p_filesz, (u64)segment->p_offset);
	if (segment->p_filesz > segment->p_memsz)
		return refused("'%s': segment %u has more bytes in the file than in "
			       "memory", reader->name, number);
	if (segment->p_paddr + segment->p_memsz < segment->p_paddr ||
	    segment->p_vaddr + segment->p_memsz < segment->p_vaddr)
		return refused("'%s': segment %u runs off the address space",
			       reader->name, number);
	return EXIT_DONE;
}

static int check_overlap(const struct reader *reader, const struct segment *added)
{
	const struct segment *other;

	for (other = reader->elf->segment; other < added; other++)
		if (other->start < added->end && added->start < other->end)
			return refused("'%s': segments %u and %u overlap: the second "
				       "begins at 0x%llx", reader->name, other->number,
				       added->number, added->start);
	return EXIT_DONE;
}

static int add_segment(const struct reader *reader, unsigned int number,
		       const Elf64_Phdr *segment)
{
	struct executable *elf = reader->elf;
	struct segment *added = &elf->segment[elf->count];
	int ret;

	ret = check_segment(reader, number, segment);
	if (ret)
		return ret;
	if (elf->count == EXECUTABLE_MAX_SEGMENTS)
		return refused("'%s' has more than %d segments to load", reader->name,
			       EXECUTABLE_MAX_SEGMENTS);
	added->number = number;
	added->start = segment->p_paddr;
	added->end = segment->p_paddr + segment->p_memsz;
	added->data = reader->file + segment->p_offset;
	added->data_size = segment->p_filesz;
	elf->count++;
	return check_overlap(reader, added);
}

/* The entry point is a virtual address, and the cell starts without MMU. */
static bool find_entry(u64 *physical, u64 entry, const Elf64_Phdr *segment)
{
	if (entry < segment->p_vaddr || entry - segment->p_vaddr >= segment->p_filesz)
		return false;
	*physical = segment->p_paddr + (entry - segment->p_vaddr);
	return true;
}

int executable_read(struct executable *elf, const char *name, const void *file, size_t size)
{
	struct reader reader = { elf, name, file, size };
	bool has_entry = false;
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	unsigned int i;
	int ret;

	elf->count = 0;
	if (size < sizeof(header))
		return refused("'%s' is truncated: it ends in its ELF header", name);
	memcpy(&header, file, sizeof(header));
	ret = check_identity(name, &header);
	if (!ret)
		ret = check_table(&reader, &header);
	for (i = 0; i < header.e_phnum && !ret; i++) {
		memcpy(&segment, reader.file + header.e_phoff + i * sizeof(segment),
		       sizeof(segment));
		if (segment.p_type == PT_INTERP)
			return refused("'%s' needs a dynamic linker: link it with -static", name);
		if (segment.p_type != PT_LOAD || !segment.p_memsz)
			continue;
		ret = add_segment(&reader, i, &segment);
		has_entry = has_entry || find_entry(&elf->entry, header.e_entry, &segment);
	}
	if (ret)
		return ret;
	if (!elf->count)
		return refused("'%s' has no segments to load", name);
	if (!has_entry || elf->entry % 4)
		return refused("'%s': its entry point 0x%llx is %s", name,
			       (u64)header.e_entry, has_entry ?
			       "not a multiple of 4" : "in none of its segments");
	return EXIT_DONE;
}
