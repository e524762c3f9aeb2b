/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_LINUX_OF_H
#define FAKE_LINUX_OF_H

struct device_node;

struct device_node *of_find_node_by_name(struct device_node *from, const char *name);
int of_property_read_string(const struct device_node *node, const char *property,
			    const char **value);
void of_node_put(struct device_node *node);

#endif /* FAKE_LINUX_OF_H */
