/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* cell load, of ELF executables */

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fixture.h"

#define SEGMENTS	3
#define ROUNDS		20000

/*
 * An executable as linkers make them: code at 0x1000 with the entry point,
 * data with .bss after it, and something that is not loaded.
 */
struct program {
	Elf64_Ehdr header;
	Elf64_Phdr segment[SEGMENTS];
	char text[8], data[8];
};

static struct program good_program(void)
{
	struct program program = {
		.header = {
			.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
				     ELFDATA2LSB, EV_CURRENT },
			.e_type = ET_EXEC,
			.e_machine = EM_AARCH64,
			.e_version = EV_CURRENT,
			.e_entry = 0x1004,
			.e_phoff = offsetof(struct program, segment),
			.e_ehsize = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = SEGMENTS,
		},
		.segment = { {
			.p_type = PT_LOAD,
			.p_offset = offsetof(struct program, text),
			.p_vaddr = 0x1000,
			.p_paddr = 0x1000,
			.p_filesz = 8,
			.p_memsz = 8,
		}, {
			.p_type = PT_NOTE,
			.p_offset = ~0UL,
		}, {
			.p_type = PT_LOAD,
			.p_offset = offsetof(struct program, data),
			.p_vaddr = 0x2000,
			.p_paddr = 0x2000,
			.p_filesz = 8,
			.p_memsz = 16,
		} },
		.text = "codecod",
		.data = "dat",
	};

	return program;
}

/* A machine with a cell that starts at @reset. */
static void begin(const char *reset, const char *regions)
{
	fixture_reset();
	sysfs_add_cell(1, "demo", "shut down", "1", "");
	sysfs_write("cells/1/reset_address", reset);
	sysfs_write("cells/1/loadable_regions", regions);
}

static const char *save(const struct program *program)
{
	return make_file("program.elf", program, sizeof(*program));
}

static bool image_is(unsigned int number, const void *data, size_t size, u64 address)
{
	return number < fake.images && fake.image[number].size == size &&
	       !memcmp(fake.image[number].data, data, size) &&
	       fake.image[number].address == address;
}

static bool is_loaded(void)
{
	return image_is(0, "codecod", 8, 0x1000) &&
	       image_is(1, "dat\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, 0x2000);
}

static void test_segments(void)
{
	struct program program = good_program();
	struct result result;

	begin("0x1004\n", "0x0-0xffff\n");
	result = RUN("cell", "load", "demo", save(&program));
	check(!result.exit_code && !*result.out && !*result.err, "an executable is loaded");
	check(fake.request == JAILHOUSE_CELL_LOAD && fake.requests == 1, "  at once");
	check(is_loaded() && fake.images == 2, "  its segments, the rest of the second zero");

	RUN("cell", "load", "1", save(&program), "-s", "a=1", "-a", "0x1000");
	check(is_loaded() && fake.images == 3 && image_is(2, "a=1", 4, 0x1000),
	      "a string comes after it, in its place");

	result = RUN("cell", "load", "demo", save(&program), "-a", "0x3000");
	check(!result.exit_code && fake.images == 1 &&
	      image_is(0, &program, sizeof(program), 0x3000),
	      "with an address it is a file like others");
	check_contains(result.err, "is an ELF file, loaded as it is because it has an address",
		       "  which is said");

	program.segment[0].p_vaddr += 0xffff800000000000;
	program.header.e_entry += 0xffff800000000000;
	RUN("cell", "load", "demo", save(&program));
	check(is_loaded() && fake.images == 2, "physical addresses count, the entry point too");

	begin("0x41004\n", "0x0-0xfff 0x40000-0x4ffff\n");
	program = good_program();
	program.header.e_entry = 0x41004;
	program.segment[0].p_vaddr = program.segment[0].p_paddr = 0x41000;
	program.segment[2].p_paddr = 0x42000;
	RUN("cell", "load", "demo", save(&program));
	check(fake.images == 2 && image_is(0, "codecod", 8, 0x41000), "in the second region");
}

static void test_entry(void)
{
	static const u32 branch = 0x14000401, back = 0x17fffc01;
	static const u32 far[] = { 0xd2820090, 0xf2a00010, 0xf2c00030, 0xf2e00010, 0xd61f0200 };
	struct program program = good_program();

	begin("0x0\n", "0x0-0xffff\n");
	RUN("cell", "load", "demo", save(&program));
	check(is_loaded() && fake.images == 3 && image_is(2, &branch, 4, 0),
	      "a branch at the cell's first address");
	begin("0x2000\n", "0x0-0xffff\n");
	program.segment[2].p_paddr = 0x3000;
	RUN("cell", "load", "demo", save(&program));
	check(fake.images == 3 && image_is(2, &back, 4, 0x2000), "backward");

	begin("0x0\n", "0x0-0xffff 0x100000000-0x10000ffff\n");
	program.segment[0].p_paddr = 0x100001000;
	RUN("cell", "load", "demo", save(&program));
	check(fake.images == 3 && image_is(2, far, 20, 0), "far away");
}

/* How @program is refused, the driver not asked; %s in @message is its name. */
static void check_bad(const struct program *program, size_t size, const char *message,
		      const char *what)
{
	const char *file = make_file("bad.elf", program, size);
	char text[512], err[640];

	snprintf(text, sizeof(text), message, file);
	snprintf(err, sizeof(err), "jailhouse: cell load: %s\n", text);
	check_failure(RUN("cell", "load", "1", file), 1, err, what);
	check_number(fake.requests, 0, "  the driver was not asked");
}

static void test_bad_entry(void)
{
	struct program program = good_program();

	begin("0x1000\n", "0x0-0xffff\n");
	check_bad(&program, sizeof(program),
		  "'%s' begins at 0x1004, but the cell starts at 0x1000, where there is "
		  "no place for a branch: link its entry point there, or set cpu_reset_address in the cell's "
		  "configuration", "no place for a branch");
	begin("0xffe\n", "0x0-0xffff\n");
	RUN("cell", "load", "1", save(&program));
	check_number(fake.requests, 0, "  nor if it is not aligned");
	begin("0x10000\n", "0x0-0xffff\n");
	RUN("cell", "load", "1", save(&program));
	check_number(fake.requests, 0, "  nor if it is in no region");
	begin("0xffff8\n", "0x0-0xffffb 0x100000000-0x10000ffff\n");
	program.segment[0].p_paddr = 0x100001000;
	RUN("cell", "load", "1", save(&program));
	check_number(fake.requests, 0, "  nor if the region ends in it");

	begin("0x0\n", "0x0-0xffff\n");
	program = good_program();
	program.header.e_entry = 0x3000;
	check_bad(&program, sizeof(program),
		  "'%s': its entry point 0x3000 is in none of its segments",
		  "entry point nowhere");
	program.header.e_entry = 0x2008;
	check_bad(&program, sizeof(program),
		  "'%s': its entry point 0x2008 is in none of its segments",
		  "entry point in what is zero");
	program.header.e_entry = 0x1002;
	check_bad(&program, sizeof(program), "'%s': its entry point 0x1002 is not a multiple of 4",
		  "entry point not aligned");
}

#define BAD_HEADER(field, value, message, what) do {			\
	program = good_program();					\
	program.header.field = (value);					\
	check_bad(&program, sizeof(program), message, what);		\
} while (0)

static void test_bad_header(void)
{
	struct program program = good_program();

	begin("0x0\n", "0x0-0xffff\n");
	BAD_HEADER(e_ident[EI_CLASS], ELFCLASS32, "'%s' is not a 64-bit ELF file", "class");
	BAD_HEADER(e_ident[EI_DATA], ELFDATA2MSB,
		   "'%s' is not a little-endian ELF file", "endianness");
	BAD_HEADER(e_machine, EM_X86_64,
		   "'%s' is an ELF file for machine 62, not for AArch64 (183)", "machine");
	BAD_HEADER(e_version, 2, "'%s' has an unknown ELF version", "version");
	BAD_HEADER(e_ident[EI_VERSION], 0,
		   "'%s' has an unknown ELF version", "version of the identity");
	BAD_HEADER(e_type, ET_REL,
		   "'%s' is an ELF file of type 1, not an executable (2)", "object file");
	BAD_HEADER(e_type, ET_DYN,
		   "'%s' is position-independent (ET_DYN), and nobody would apply its relocations: "
		   "link it with -no-pie to the cell's addresses", "position-independent");
	BAD_HEADER(e_phnum, 0, "'%s' has no segments to load", "no program headers");
	BAD_HEADER(e_phentsize, 32,
		   "'%s' has program headers of 32 bytes, not 56", "program header size");
	BAD_HEADER(e_phnum, 100,
		   "'%s' is truncated: its program headers are not in it", "too many program "
		   "headers");
	BAD_HEADER(e_phoff, ~0UL, "'%s' is truncated: its program headers are not in it",
		   "program headers out of the file");
	program = good_program();
	check_bad(&program, 63,
		  "'%s' is truncated: it ends in its ELF header", "truncated in the header");
	check_bad(&program, 4,
		  "'%s' is truncated: it ends in its ELF header", "nothing but the magic number");
}

#define BAD_SEGMENT(number, field, value, message, what) do {		\
	program = good_program();					\
	program.segment[number].field = (value);			\
	check_bad(&program, sizeof(program), message, what);		\
} while (0)

static void test_bad_segments(void)
{
	struct program program = good_program();

	begin("0x0\n", "0x0-0xffff\n");
	check_bad(&program, sizeof(program) - 1,
		  "'%s' is truncated: segment 2 needs 0x8 bytes from 0xf0 on",
		  "truncated in a segment");
	BAD_SEGMENT(0, p_offset, ~0UL,
		   "'%s' is truncated: segment 0 needs 0x8 bytes from 0xffffffffffffffff on",
		    "segment out of the file");
	BAD_SEGMENT(2, p_memsz, 3,
		   "'%s': segment 2 has more bytes in the file than in memory", "memsz < filesz");
	BAD_SEGMENT(2, p_memsz, ~0UL, "'%s': segment 2 runs off the address space", "overflow");
	BAD_SEGMENT(2, p_vaddr, ~0UL,
		   "'%s': segment 2 runs off the address space", "overflow of virtual addresses");
	BAD_SEGMENT(2, p_paddr, 0x1007,
		   "'%s': segments 0 and 2 overlap: the second begins at 0x1007", "overlap");
	BAD_SEGMENT(2, p_paddr, 0xff1, "'%s': segments 0 and 2 overlap: the second begins at 0xff1",
		    "overlap from below");
	BAD_SEGMENT(1, p_type, PT_INTERP,
		   "'%s' needs a dynamic linker: link it with -static", "dynamic");
	BAD_SEGMENT(2, p_paddr, 0xfff1,
		   "'%s': segment 2 (0xfff1-0x10000) runs beyond the loadable region "
		    "0x0-0xffff", "beyond a region");
	BAD_SEGMENT(2, p_memsz, 1UL << 60,
		   "'%s': segment 2 (0x2000-0x1000000000001fff) runs beyond the loadable "
		    "region 0x0-0xffff", "huge, and nothing allocated for it");
	BAD_SEGMENT(2, p_paddr, 0x10000,
		   "'%s': segment 2 (0x10000-0x1000f) is outside of the cell's loadable memory "
		    "(0x0-0xffff)", "outside of all regions");

	program = good_program();
	program.segment[0].p_type = program.segment[2].p_type = PT_NULL;
	check_bad(&program, sizeof(program), "'%s' has no segments to load", "nothing to load");
	begin("0x0\n", "\n");
	program = good_program();
	check_bad(&program, sizeof(program),
		  "'%s': segment 0 (0x1000-0x1007) is outside of the cell's loadable "
		  "memory (none)", "a cell without loadable memory");
}

static void test_many_segments(void)
{
	static struct {
		Elf64_Ehdr header;
		Elf64_Phdr segment[100];
	} file;
	struct program program = good_program();
	struct result result;
	unsigned int i;

	begin("0x0\n", "0x0-0xffff\n");
	file.header = program.header;
	file.header.e_phnum = ARRAY_SIZE(file.segment);
	for (i = 0; i < ARRAY_SIZE(file.segment); i++)
		file.segment[i] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_paddr = 16 * i,
						.p_memsz = 16 };
	result = RUN("cell", "load", "1",
		     make_file("many.elf", &file, sizeof(file)));
	check_contains(result.err, "has more than 48 segments to load\n", "many segments");
}

static void test_cells(void)
{
	struct program program = good_program();
	const char *file;
	struct result result;

	begin("0x0\n", "0x0-0xffff\n");
	file = save(&program);
	result = RUN("cell", "load", "demo", file, file);
	check_contains(result.err,
		  "are both executables, and the cell starts only one: turn the other into an image "
		  ""
		       "by objcopy -O binary, and give its address\n", "two executables");
	check_failure(RUN("cell", "load", "nobody", file), 1,
		      "jailhouse: cell load: no cell is named 'nobody'\n", "an unknown cell");
	sysfs_remove("cells/1/reset_address");
	result = RUN("cell", "load", "demo", file);
	check_contains(result.err,
		  "cells/1/reset_address: No such file or directory\n", "an older driver");
	check_number(fake.requests, 0, "the driver was not asked");
}

/* Whatever the file is, the command ends, and asks for nothing but the regions. */
static void test_fuzz(void)
{
	unsigned char bytes[sizeof(struct program)];
	unsigned int round, change, i, loaded = 0;
	struct program program = good_program();
	bool good = true;

	begin("0x0\n", "0x0-0xffff\n");
	srand(1);
	for (round = 0; round < ROUNDS && good; round++) {
		memcpy(bytes, &program, sizeof(bytes));
		for (change = (unsigned int)rand() % 4; change; change--)
			bytes[4 + (unsigned int)rand() % (sizeof(bytes) - 4)] =
				(unsigned char)(rand() % 3 ? rand() : rand() % 2 ? 0xff : 0);
		fake.requests = 0;
		RUN("cell", "load", "1",
		    make_file("fuzz.elf", bytes, rand() % 8 ? sizeof(bytes) :
			      (unsigned int)rand() % sizeof(bytes) + 1));
		loaded += fake.requests;
		for (i = 0; i < fake.images && fake.requests; i++)
			good = good && fake.image[i].address <= 0xffff &&
			       fake.image[i].size <= 0x10000 - fake.image[i].address;
	}
	check(good, "no bytes make an image outside of the cell");
	check(loaded > ROUNDS / 100 && loaded < ROUNDS, "some of them were good, some not");
	check_number(fake.open_devices, 0, "the device is closed");
}

int main(void)
{
	test_segments();
	test_entry();
	test_bad_entry();
	test_bad_header();
	test_bad_segments();
	test_many_segments();
	test_cells();
	test_fuzz();
	return fixture_end();
}
