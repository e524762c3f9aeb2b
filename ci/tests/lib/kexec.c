// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <endian.h>
#include <errno.h>
#include <linux/kexec.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cellblock.h"
#include "kexec.h"

/* the largest that Linux may have */
#define PAGE		0x10000UL
#define DEVICE_TREE	"/sys/firmware/fdt"

/*
 * Places in the RAM of all machines, apart from the cells' and the hypervisor's. The kernel's is that of the running
 * one: when it allocates, kexec puts aside all free pages of these places that it gets, over and over.
 */
#define TRAMPOLINE	0x4e000000
#define TREE		0x4f000000
#define KERNEL		0x40200000
#define INITRD		0x58000000

/* Of a kernel's header */
#define IMAGE_SIZE	16
#define IMAGE_MAGIC	56

#define STRING(x)	#x
#define QUAD(x)		".quad " STRING(x) "\n"

/* What the kernel expects in its registers. Hidden: the linker mixes up local symbols in a GOT. */
extern const char trampoline[] __attribute__((visibility("hidden")));
extern const char trampoline_end[] __attribute__((visibility("hidden")));
asm(".pushsection .rodata\n"
    ".balign 8\n"
    "trampoline:\n"
    "	ldr	x0, 1f\n"
    "	mov	x1, xzr\n"
    "	mov	x2, xzr\n"
    "	mov	x3, xzr\n"
    "	ldr	x4, 2f\n"
    "	br	x4\n"
    "1:	" QUAD(TREE)
    "2:	" QUAD(KERNEL)
    "trampoline_end:\n"
    ".popsection\n");

/* A cpio archive in the format that the kernel unpacks */
struct archive {
	char *data;
	size_t size;
	unsigned int files;
};

static void append(struct archive *a, const void *data, size_t size)
{
	size_t padded = (size + 3) & ~3UL;

	a->data = realloc(a->data, a->size + padded);
	if (!a->data)
		abort();
	memcpy(a->data + a->size, data, size);
	memset(a->data + a->size + size, 0, padded - size);
	a->size += padded;
}

static void add_entry(struct archive *a, const char *path, unsigned int mode, const void *data,
		      size_t size)
{
	char header[512];
	int length;

	/* inode, mode, owner, group, links, time, size, 4 device numbers, name's size, sum */
	length = snprintf(header, sizeof(header),
			  "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x%s",
			  ++a->files, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, strlen(path) + 1, 0,
			  path);
	append(a, header, (size_t)length + 1);
	append(a, data, size);
}

/* A file of this system, with the folders on the way to it */
static int add_file(struct archive *a, const char *source, const char *path)
{
	char folder[128];
	const char *slash;
	size_t size;
	void *data;

	data = cb_read_file(source, &size);
	if (!data)
		return -errno;
	for (slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
		add_entry(a, folder, S_IFDIR | 0755, "", 0);
	}
	add_entry(a, path, S_IFREG | 0755, data, size);
	free(data);
	return 0;
}

/* The kernel goes through several archives, one after the other: this one has an end. */
static int build_archive(struct archive *a, const char *const *files, size_t num)
{
	static const char *const folders[] = { "dev", "proc", "sys" };
	int ret = add_file(a, "/proc/self/exe", "init");
	size_t n;

	for (n = 0; n < sizeof(folders) / sizeof(*folders); n++)
		add_entry(a, folders[n], S_IFDIR | 0755, "", 0);
	for (n = 0; n < num && !ret; n++)
		ret = add_file(a, files[n], files[n] + 1);
	add_entry(a, "TRAILER!!!", 0, "", 0);
	return ret;
}

int cb_kexec_archive(const char *path, const char *const *files, size_t num)
{
	struct archive archive = { 0 };
	int ret = build_archive(&archive, files, num);
	FILE *file;

	if (ret)
		return ret;
	file = fopen(path, "w");
	if (!file)
		return -errno;
	if (fwrite(archive.data, archive.size, 1, file) != 1)
		ret = -EIO;
	if (fclose(file))
		ret = -errno;
	free(archive.data);
	return ret;
}

static uint32_t get32(const void *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return be32toh(value);
}

/* Sets all properties of this name, which are numbers of one or two words. Returns how many. */
static int tree_set(char *tree, const char *name, uint64_t value)
{
	enum { BEGIN_NODE = 1, END_NODE, PROPERTY, NOP, END = 9 };
	const char *strings = tree + get32(tree + 12);
	char *at = tree + get32(tree + 8);
	uint32_t kind, size;
	int found = 0;

	while ((kind = get32(at)) != END) {
		at += 4;
		if (kind == BEGIN_NODE) {
			at += (strlen(at) + 4) & ~3UL;
		} else if (kind == PROPERTY) {
			uint64_t wide = htobe64(value);

			size = get32(at);
			if (size <= 8 && !strcmp(strings + get32(at + 4), name)) {
				memcpy(at + 8, (char *)&wide + 8 - size, size);
				found++;
			}
			at += 8 + ((size + 3) & ~3UL);
		}
	}
	return found;
}

static struct kexec_segment segment(const void *data, size_t size, uint64_t place, uint64_t room)
{
	return (struct kexec_segment){
		.buf = (void *)data,
		.bufsz = size,
		.mem = (void *)place,
		.memsz = (room + PAGE - 1) & ~(PAGE - 1),
	};
}

/* Files are read to memory that ends with the program. */
int cb_kexec_load(const char *const *files, size_t num)
{
	struct kexec_segment segments[4];
	struct archive archive = { 0 };
	size_t kernel_size, tree_size;
	char *kernel, *tree;
	uint64_t room;
	int ret;

	kernel = cb_read_file(CB_VMLINUZ, &kernel_size);
	tree = kernel ? cb_read_file(DEVICE_TREE, &tree_size) : NULL;
	if (!tree)
		return -errno;
	if (kernel_size < PAGE || memcmp(kernel + IMAGE_MAGIC, "ARM\x64", 4))
		return -ENOEXEC;
	ret = build_archive(&archive, files, num);
	if (ret)
		return ret;
	if (tree_set(tree, "linux,initrd-start", INITRD) != 1 ||
	    tree_set(tree, "linux,initrd-end", INITRD + archive.size) != 1)
		return -ENODEV;
	memcpy(&room, kernel + IMAGE_SIZE, sizeof(room));
	segments[0] = segment(trampoline, (size_t)(trampoline_end - trampoline), TRAMPOLINE, PAGE);
	segments[1] = segment(tree, tree_size, TREE, tree_size);
	segments[2] = segment(kernel, kernel_size, KERNEL, room);
	segments[3] = segment(archive.data, archive.size, INITRD, archive.size);
	ret = (int)syscall(SYS_kexec_load, TRAMPOLINE, 4, segments, KEXEC_ARCH_AARCH64);
	return ret ? -errno : 0;
}
