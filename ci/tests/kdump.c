// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Linux panics while the hypervisor is enabled and a cell runs: Debian's kexec has loaded a crash kernel before, which
 * comes up, and reads all of /proc/vmcore. This program is its first process too. That part ends with a line on the
 * console (see the list file).
 */

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <unistd.h>

#include <qemu-virt/board.h>

#include "kselftest_harness.h"
#include "lib/cellblock.h"
#include "lib/kexec.h"
#include "lib/links.h"

#define ARCHIVE	"/tmp/crash.cpio"
#define PAGE	4096UL
#define CHUNK	(1UL << 20)
#define CELL	"ivshmem-a"
#define CELL_PLACE	6	/* of its memory */
#define KEXEC	"/kdump/lib/ld-linux-aarch64.so.1 --library-path /kdump/lib /kdump/kexec"

static const char *const files[] = { CB_MODULE };

/* A page of Linux's that the dump has to have */
static uint64_t *marker;

static uint64_t pattern(size_t n)
{
	return 0x9e3779b97f4a7c15ULL * (n + 1);
}

static uint64_t physical(const volatile uint64_t *at)
{
	/* a process that was forked enters shared pages when it reads them */
	uint64_t entry = at[0], page = (uint64_t)getpagesize();
	int fd = open("/proc/self/pagemap", O_RDONLY);

	if (pread(fd, &entry, sizeof(entry), (off_t)((uintptr_t)at / page * sizeof(entry))) != sizeof(entry))
		entry = 0;
	close(fd);
	return (entry & ((1ULL << 55) - 1)) * page;
}

/* What changes as long as the cell runs: its output section, as Linux has it */
static unsigned long section(void)
{
	const char *uio = links_name(LINK_DEMO, "uio");

	return strtoul(cb_text("/sys/class/uio/%s/maps/map%d/addr", uio, LINK_OUTPUTS), NULL, 16) +
	       strtoul(cb_text("/sys/class/uio/%s/maps/map%d/size", uio, LINK_OWN), NULL, 16);
}

/* Its memory is not in Linux's own map then, and the driver looks at all RAM for the log of a hypervisor before. */
TEST(the_driver_comes_when_a_crash_kernel_is_loaded)
{
	char said[4096];

	ASSERT_EQ(0, cb_run(said, sizeof(said), KEXEC " --no-checks -p " CB_VMLINUZ)) TH_LOG("%s", said);
	EXPECT_EQ(0, cb_insmod(""));
	EXPECT_EQ(0, cb_rmmod());
	EXPECT_EQ(0, cb_run(said, sizeof(said), KEXEC " -p -u")) TH_LOG("%s", said);
}

TEST(a_cell_runs)
{
	struct cb_console con;

	ASSERT_EQ(0, cb_fresh());
	ASSERT_EQ(0, links_insert_uio());
	ASSERT_EQ(0, cb_enable(NULL)) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, cb_console_open(&con));
	ASSERT_EQ(1, cb_create(CELL)) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, cb_boot(CELL, "ivshmem-echo", CB_QUIET)) TH_LOG("%s", cb_error());
	EXPECT_NE(NULL, cb_console_wait(&con, "ivshmem-echo: device", 10000));
	cb_console_close(&con);
}

/*
 * Without CONFIG_KALLSYMS_ALL, as in Debian's 6.1, kexec looks for this symbol in vain, and makes headers that no
 * kernel can use: with a hypervisor or without. It is 64 KiB before the text.
 */
static int show_text_symbol(void)
{
	char said[256];

	/* and kexec reads what it wants of all others */
	return cb_run(said, sizeof(said), "cd /tmp; grep -w '_text\\|_stext\\|__init_begin' /proc/kallsyms >found;"
		      " cp found symbols; grep -qw _text found ||"
		      " sed -n 's/.....\\( T _\\)stext/00000\\1text/p' found >>symbols; mount --bind symbols /proc/kallsyms");
}

TEST(the_crash_kernel_is_loaded)
{
	char said[4096];

	ASSERT_EQ(0, show_text_symbol());
	ASSERT_EQ(0, cb_kexec_archive(ARCHIVE, files, sizeof(files) / sizeof(*files)));
	/* without checks: it would take a minute with the caches off */
	ASSERT_EQ(0, cb_run(said, sizeof(said), KEXEC " --no-checks -p " CB_VMLINUZ " --initrd=" ARCHIVE
			    " --append=\"$(cat /proc/cmdline) cma=0 maxcpus=1 "
			    "cellblock.marker=%llx cellblock.section=%lx\"",
			    (unsigned long long)physical(marker), section())) TH_LOG("%s", said);
	EXPECT_EQ(1, cb_number("/sys/kernel/kexec_crash_loaded"));
	EXPECT_STREQ("running", cb_state(CELL));
}

/* In the crash kernel. What is wrong goes here; NULL: nothing. */
static const char *wrong;
static char wrong_text[256];

#define WRONG(...) do {									\
	if (!wrong) {									\
		snprintf(wrong_text, sizeof(wrong_text), __VA_ARGS__);			\
		wrong = wrong_text;							\
	}										\
} while (0)

static struct {
	int fd;
	Elf64_Ehdr header;
	Elf64_Phdr segments[64];
	uint64_t bytes;		/* read, of RAM */
} dump;

static uint64_t word(const char *name)
{
	return strtoull(cb_word(name), NULL, 16);
}

static void open_dump(void)
{
	dump.fd = open("/proc/vmcore", O_RDONLY);
	if (pread(dump.fd, &dump.header, sizeof(dump.header), 0) != sizeof(dump.header) ||
	    memcmp(dump.header.e_ident, ELFMAG, SELFMAG) || dump.header.e_phnum > 64) {
		WRONG("there is no dump: %s", strerror(errno));
		dump.header.e_phnum = 0;
		return;
	}
	if (pread(dump.fd, dump.segments, dump.header.e_phnum * sizeof(*dump.segments), (off_t)dump.header.e_phoff) < 0)
		WRONG("no segments: %s", strerror(errno));
}

/* Where the dump has a physical address; 0: nowhere */
static off_t place_of(uint64_t address)
{
	const Elf64_Phdr *s;

	for (s = dump.segments; s < dump.segments + dump.header.e_phnum; s++)
		if (s->p_type == PT_LOAD && address - s->p_paddr < s->p_filesz)
			return (off_t)(s->p_offset + address - s->p_paddr);
	return 0;
}

static bool read_at(uint64_t address, void *to, size_t size)
{
	off_t place = place_of(address);

	if (place && pread(dump.fd, to, size, place) == (ssize_t)size)
		return true;
	WRONG("0x%llx cannot be read: %s", (unsigned long long)address, place ? strerror(errno) : "not in the dump");
	return false;
}

static void read_segment(const Elf64_Phdr *s)
{
	static char chunk[CHUNK];
	ssize_t got;
	uint64_t at;

	for (at = 0; at < s->p_filesz; at += (uint64_t)got) {
		got = pread(dump.fd, chunk, CHUNK, (off_t)(s->p_offset + at));
		if (got <= 0) {
			WRONG("0x%llx cannot be read: %s", (unsigned long long)(s->p_paddr + at), strerror(errno));
			return;
		}
		dump.bytes += (uint64_t)got;
	}
}

static void read_all(void)
{
	const Elf64_Phdr *s;

	for (s = dump.segments; s < dump.segments + dump.header.e_phnum; s++)
		if (s->p_type == PT_LOAD)
			read_segment(s);
	if (dump.bytes < (1UL << 30))
		WRONG("%llu bytes only", (unsigned long long)dump.bytes);
}

static void expect_zeros(uint64_t address, const char *what)
{
	uint64_t page[PAGE / 8];

	if (!read_at(address, page, PAGE))
		return;
	for (size_t n = 0; n < PAGE / 8; n++)
		if (page[n])
			WRONG("%s is seen in the dump: 0x%llx at 0x%llx", what, (unsigned long long)page[n],
			      (unsigned long long)address + n * 8);
}

static void expect_marker(void)
{
	uint64_t page[PAGE / 8];

	if (!read_at(word("cellblock.marker="), page, PAGE))
		return;
	for (size_t n = 0; n < PAGE / 8; n++)
		if (page[n] != pattern(n))
			WRONG("Linux's memory is not in the dump");
}

static void expect_cell(bool runs)
{
	static char before[PAGE], after[PAGE];
	uint64_t at = word("cellblock.section=");
	unsigned int ms;

	if (!read_at(at, before, PAGE))
		return;
	for (ms = 0; ms < 5000; ms += 100) {
		cb_sleep_ms(100);
		if (!read_at(at, after, PAGE))
			return;
		if (memcmp(before, after, PAGE))
			break;
		/* many of its periods */
		if (!runs && ms >= 2000)
			break;
	}
	if (runs != !!memcmp(before, after, PAGE))
		WRONG("the cell %s", runs ? "does not run on" : "was not stopped");
}

static void look_around(void)
{
	bool stop;
	int ret;

	if (mount("dev", "/dev", "devtmpfs", 0, NULL) || mount("proc", "/proc", "proc", 0, NULL) ||
	    mount("sys", "/sys", "sysfs", 0, NULL))
		WRONG("the file systems are not there");
	stop = !strcmp(cb_word("cellblock.cells="), "stop");
	ret = cb_insmod(stop ? "crash_stop=1" : "");
	if (ret)
		WRONG("the module: %s", strerror(-ret));
	if (!cb_kernel_said("crash kernel: the hypervisor is still in place"))
		WRONG("the module has not found the hypervisor");
	if (cb_kernel_said("crash kernel: cell 1 is stopped") != stop)
		WRONG("the module does not say that the cell is stopped, or says so");
	open_dump();
	read_all();
	expect_marker();
	expect_zeros(QEMU_HV_BASE, "the hypervisor");
	expect_zeros(QEMU_CELL_BASE(CELL_PLACE), "the cell's memory");
	expect_cell(!stop);
}

static void crash_kernel(void)
{
	char line[512];

	look_around();
	/* through the kernel's log: one line that nothing comes into */
	snprintf(line, sizeof(line), "<1>kdump: in the crash kernel: %s\n", wrong ? wrong : "all was read");
	cb_write("/dev/kmsg", line);
	cb_sleep_ms(500);
	reboot(RB_POWER_OFF);
}

/* The results are on their way to the host by then. A test that has failed leaves the system on: it is seen so. */
static void panic_last(int status, void *unused)
{
	(void)unused;
	fflush(NULL);
	cb_sleep_ms(500);
	if (!status)
		cb_write("/proc/sysrq-trigger", "c");
}

static void __attribute__((constructor)) begin(void)
{
	if (getpid() == 1)
		crash_kernel();
	marker = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (size_t n = 0; n < PAGE / 8; n++)
		marker[n] = pattern(n);
	mlock(marker, PAGE);
	on_exit(panic_last, NULL);
}

TEST_HARNESS_MAIN
