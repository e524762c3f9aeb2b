// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse cell load with ELF executables: what arrives in the cell, and that it starts where the file says. */

#include <elf.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"

#define LIMIT	10000	/* ms */
#define CELL	"inmate-test"
#define PROGRAM	"/tmp/program.elf"
#define FILLED	"/tmp/filled"
#define LOAD	"jailhouse cell load " CELL " "

#define TEXT	0x40000
#define DATA	0x80000
#define BSS	0x10000	/* bytes of data and what is zero after it */
#define COMM	0x80000000

#define TEXT_OF_(x)	#x
#define TEXT_OF(x)	TEXT_OF_(x)

/*
 * The cell's program, which is at TEXT. It fails unless x16 is zero as at any start, the data is there and what is
 * after it is zero.
 */
asm(".pushsection .rodata\n"
    ".global code, code_end\n"
    "code:	brk	#1\n"
    "	mov	x1, #" TEXT_OF(COMM) "\n"
    "	mov	w2, #3\n"		/* failed */
    "	cbnz	x16, 2f\n"
    "	mov	x3, #" TEXT_OF(DATA) "\n"
    "	mov	x4, #" TEXT_OF(BSS) "\n"
    "	add	x4, x4, x3\n"
    "	ldr	x5, [x3], #8\n"
    "	movz	x6, #0x1234\n"
    "	cmp	x5, x6\n"
    "	b.ne	2f\n"
    "1:	ldr	x5, [x3], #8\n"
    "	cbnz	x5, 2f\n"
    "	cmp	x3, x4\n"
    "	b.ne	1b\n"
    "	mov	w2, #2\n"		/* shut down */
    "2:	str	w2, [x1, #8]\n"
    "3:	wfi\n"
    "	b	3b\n"
    "code_end:\n"
    ".popsection\n");
extern const char code[], code_end[];

struct program {
	Elf64_Ehdr header;
	Elf64_Phdr text, data;
	uint64_t value;
	char code[256];
};

static void make_program(struct program *program)
{
	size_t size = (size_t)(code_end - code);

	*program = (struct program){
		.header = {
			.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			.e_type = ET_EXEC,
			.e_machine = EM_AARCH64,
			.e_version = EV_CURRENT,
			.e_entry = TEXT + 4,
			.e_phoff = offsetof(struct program, text),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 2,
		},
		.text = {
			.p_type = PT_LOAD,
			.p_offset = offsetof(struct program, code),
			.p_vaddr = TEXT,
			.p_paddr = TEXT,
			.p_filesz = size,
			.p_memsz = size,
		},
		.data = {
			.p_type = PT_LOAD,
			.p_offset = offsetof(struct program, value),
			.p_vaddr = DATA,
			.p_paddr = DATA,
			.p_filesz = 8,
			.p_memsz = BSS,
		},
		.value = 0x1234,
	};
	memcpy(program->code, code, size);
}

static int save(const struct program *program)
{
	FILE *file = fopen(PROGRAM, "w");
	size_t count;

	if (!file)
		return -1;
	count = fwrite(program, sizeof(*program), 1, file);
	return fclose(file) || count != 1 ? -1 : 0;
}

/* A program is loaded over what was there before, and its end is that of the cell. */
TEST_F(enabled, segments)
{
	struct program program;
	char out[1024];

	make_program(&program);
	ASSERT_EQ(0, save(&program));
	ASSERT_EQ(1, cb_create(CELL)) TH_LOG("%s", cb_error());
	EXPECT_STREQ("0x0", cb_text("cells/1/reset_address"));
	EXPECT_STREQ("0x0-0xffffff", cb_text("cells/1/loadable_regions"));
	ASSERT_EQ(0, cb_run(out, sizeof(out), "yes | head -c 1000000 > " FILLED " && " LOAD FILLED)) TH_LOG("%s", out);
	ASSERT_EQ(0, cb_run(out, sizeof(out), LOAD PROGRAM)) TH_LOG("%s", out);
	EXPECT_STREQ("", out);
	ASSERT_DONE(cb_start(CELL));
	EXPECT_TRUE(cb_wait_state(CELL, "shut down", LIMIT)) TH_LOG("%s", cb_state(CELL));

	/* it does look: the same without the zeros */
	program.data.p_memsz = 8;
	ASSERT_EQ(0, save(&program));
	ASSERT_EQ(0, cb_run(out, sizeof(out), LOAD FILLED " && " LOAD PROGRAM)) TH_LOG("%s", out);
	ASSERT_DONE(cb_start(CELL));
	EXPECT_TRUE(cb_wait_state(CELL, "failed", LIMIT)) TH_LOG("%s", cb_state(CELL));
}

/* What is refused leaves the cell as it was. */
TEST_F(enabled, refused)
{
	struct program program;
	char out[1024];

	make_program(&program);
	ASSERT_EQ(1, cb_create(CELL)) TH_LOG("%s", cb_error());
	program.data.p_paddr = 0xfff000;
	ASSERT_EQ(0, save(&program));
	EXPECT_EQ(1, cb_run(out, sizeof(out), LOAD PROGRAM));
	EXPECT_STREQ("jailhouse: cell load: '" PROGRAM "': segment 1 (0xfff000-0x100efff) runs beyond the loadable "
		     "region 0x0-0xffffff\n", out);
	EXPECT_REFUSED(EINVAL, "nothing was loaded", cb_start(CELL));
}

/* What a linker makes. The arguments have their place beside it. */
TEST_F(enabled, inmate)
{
	char out[1024];

	ASSERT_EQ(1, cb_create(CELL)) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, cb_run(out, sizeof(out), LOAD CB_INMATES "start.elf -s '" CB_QUIET "' -a 0x1000"))
		TH_LOG("%s", out);
	ASSERT_DONE(cb_start(CELL));
	EXPECT_TRUE(cb_wait_state(CELL, "shut down", LIMIT)) TH_LOG("%s", cb_state(CELL));
	EXPECT_NE(NULL, cb_console_wait(&self->con, " fail:0 ", LIMIT)) TH_LOG("%s", cb_console_all(&self->con));
}

TEST_HARNESS_MAIN
