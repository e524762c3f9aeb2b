/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Any bytes as a device tree, after a list of addresses that ends with a NUL:
 * they are refused, or a configuration is made of them.
 *
 * Bytes that are changed anywhere are mostly no tree any more. So half of the
 * changes are made within its shape, to a property's value or by leaving one
 * or a node out, and others to the list alone.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libfdt.h>

#include <config/config.h>

#include "config/plan.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
size_t LLVMFuzzerMutate(unsigned char *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(unsigned char *data, size_t size, size_t max_size,
			       unsigned int seed);

static void make(const struct hardware *hardware)
{
	const struct plan_options options = { .inmates_size = 0x200000 };
	u64 places[PLAN_PLACES];
	struct plan *plan;
	size_t size;
	FILE *out;

	if (!plan_places(hardware, plan_size(hardware, &options), places) ||
	    plan_make(hardware, &options, places[0], &plan))
		return;
	out = fopen("/dev/null", "we");
	if (out) {
		plan_source(out, plan);
		fclose(out);
	}
	free(plan_binary(plan, &size));
	free(plan);
}

/* The bytes as a file, whose name is in @name. */
static int make_file(char name[32], const void *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(name, 32, "/proc/self/fd/%d", fd);
	return fd;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	const unsigned char *nul = memchr(data, 0, size);
	size_t length = nul ? (size_t)(nul - data) : 0;
	size_t tree_at = nul ? length + 1 : 0;
	struct hardware *hardware;
	char tree[32], iomem[32];
	struct hardware_source source = { .tree = tree };
	int fds[2];

	fds[0] = make_file(tree, data + tree_at, size - tree_at);
	fds[1] = make_file(iomem, data, length);
	if (length)
		source.iomem = iomem;
	if (!hardware_read(&source, &hardware)) {
		make(hardware);
		hardware_free(hardware);
	}
	close(fds[0]);
	close(fds[1]);
	return 0;
}

/* Where the tree begins */
static size_t tree_at(const unsigned char *data, size_t size)
{
	const unsigned char *nul = memchr(data, 0, size);

	return nul ? (size_t)(nul - data) + 1 : 0;
}

/* The list in front of the tree */
static size_t change_list(unsigned char *data, size_t size, size_t max_size)
{
	size_t at = tree_at(data, size), tree_size = size - at, length = at ? at - 1 : 0;
	unsigned char *tree = malloc(tree_size + 1);

	if (!tree)
		abort();
	memcpy(tree, data + at, tree_size);
	length = LLVMFuzzerMutate(data, length, max_size - tree_size - 1);
	data[length] = 0;
	memcpy(data + length + 1, tree, tree_size);
	free(tree);
	return length + 1 + tree_size;
}

/* A node that each of them is with the same probability */
static int any_node(const void *tree, unsigned int *random)
{
	int node = 0, nodes = 0, n;

	for (n = 0; n >= 0; n = fdt_next_node(tree, n, NULL))
		nodes++;
	for (n = (int)(*random % (unsigned int)nodes); n; n--)
		node = fdt_next_node(tree, node, NULL);
	*random /= (unsigned int)nodes;
	return node;
}

/* A value's bytes, its place stays; or a property less, or a node */
static void change_tree(void *tree, unsigned int random)
{
	int node = any_node(tree, &random), properties = 0, at, length;
	const struct fdt_property *property;
	const char *name;
	void *value;

	fdt_for_each_property_offset(at, tree, node)
		properties++;
	if (random % 16 == 0 && node)
		fdt_nop_node(tree, node);
	if (!properties || (random % 16 == 0 && node))
		return;
	at = fdt_first_property_offset(tree, node);
	for (random /= 16; random % (unsigned int)properties; random--)
		at = fdt_next_property_offset(tree, at);
	property = fdt_get_property_by_offset(tree, at, &length);
	name = fdt_string(tree, (int)fdt32_to_cpu(property->nameoff));
	value = fdt_getprop_w(tree, node, name, &length);
	if (value && length && random / (unsigned int)properties % 8)
		LLVMFuzzerMutate(value, (size_t)length, (size_t)length);
	else
		fdt_nop_property(tree, node, name);
}

size_t LLVMFuzzerCustomMutator(unsigned char *data, size_t size, size_t max_size,
			       unsigned int seed)
{
	size_t at = tree_at(data, size);
	void *tree;

	if (size - at + 1 >= max_size || seed % 8 == 0)
		return LLVMFuzzerMutate(data, size, max_size);
	tree = data + at;
	if (seed % 8 < 4 || fdt_check_full(tree, size - at))
		return change_list(data, size, max_size);
	change_tree(tree, seed / 8);
	return size;
}
