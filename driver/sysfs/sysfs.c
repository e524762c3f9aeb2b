// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/device.h>
#include <linux/mutex.h>
#include <linux/sysfs.h>

#include <cellblock/loader.h>
#include <jailhouse/cell-config.h>
#include <jailhouse/hypercall.h>

#include "compat.h"
#include "console.h"
#include "el2/hyp.h"
#include "last.h"
#include "sysfs/sysfs.h"
#include "sysfs/sysfs_cell.h"

static struct device *device;

struct device *sysfs_device(void)
{
	return device;
}

/* The system */

static ssize_t console_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	return console_latest(buf, PAGE_SIZE - 1);
}
static DEVICE_ATTR_RO(console);

static ssize_t console_last_read(struct file *file, struct kobject *kobj,
				 compat_bin_attribute *attr, char *buf, loff_t pos, size_t count)
{
	const char *log;
	size_t size = last_log(&log);

	return memory_read_from_buffer(buf, count, &pos, log, size);
}

/* It is made anew by reading from the beginning. */
static ssize_t console_stamped_read(struct file *file, struct kobject *kobj,
				    compat_bin_attribute *attr, char *buf, loff_t pos,
				    size_t count)
{
	static char text[CONSOLE_STAMPED_SIZE];
	static DEFINE_MUTEX(lock);
	static size_t size;
	ssize_t ret;

	mutex_lock(&lock);
	if (!pos)
		size = console_stamped(text, sizeof(text));
	ret = memory_read_from_buffer(buf, count, &pos, text, size);
	mutex_unlock(&lock);
	return ret;
}

static struct bin_attribute console_stamped_attr = {
	.attr = { .name = "console_stamped", .mode = 0444 },
	.read = console_stamped_read,
};

static struct bin_attribute console_last_attr = {
	.attr = { .name = "console_last", .mode = 0444 },
	.read = console_last_read,
};

static ssize_t enabled_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%d\n", hyp_is_enabled());
}
static DEVICE_ATTR_RO(enabled);

static ssize_t info_show(char *buf, unsigned int type)
{
	long value = hyp_call(JAILHOUSE_HC_HYPERVISOR_GET_INFO, type, 0);

	return sysfs_emit(buf, "%ld\n", max(value, 0L));
}

#define INFO_ATTR(_name, _type)						\
	static ssize_t _name##_show(struct device *dev,			\
				    struct device_attribute *attr,	\
				    char *buf)				\
	{								\
		return info_show(buf, _type);				\
	}								\
	static DEVICE_ATTR_RO(_name)

INFO_ATTR(mem_pool_size, JAILHOUSE_INFO_MEM_POOL_SIZE);
INFO_ATTR(mem_pool_used, JAILHOUSE_INFO_MEM_POOL_USED);
INFO_ATTR(remap_pool_size, JAILHOUSE_INFO_REMAP_POOL_SIZE);
INFO_ATTR(remap_pool_used, JAILHOUSE_INFO_REMAP_POOL_USED);

static struct attribute *system_attrs[] = {
	&dev_attr_console.attr,
	&dev_attr_enabled.attr,
	&dev_attr_mem_pool_size.attr,
	&dev_attr_mem_pool_used.attr,
	&dev_attr_remap_pool_size.attr,
	&dev_attr_remap_pool_used.attr,
	NULL
};

static const struct attribute_group system_group = {
	.attrs = system_attrs,
};

/* What configurations of cells leave out; 0 while not enabled. */

static struct {
	u64 gic_version;
	u64 gicd_base;
	u64 gicc_base;
	u64 gicr_base;
	u64 pci_mmconfig_base;
	u64 pci_mmconfig_end_bus;
	u64 pci_domain;
	u64 pci_is_virtual;
} platform;

#define PLATFORM_ATTR(_name, _format)					\
	static ssize_t _name##_show(struct device *dev,			\
				    struct device_attribute *attr,	\
				    char *buf)				\
	{								\
		return sysfs_emit(buf, _format "\n", platform._name);	\
	}								\
	static DEVICE_ATTR_RO(_name)

PLATFORM_ATTR(gic_version, "%llu");
PLATFORM_ATTR(gicd_base, "%#llx");
PLATFORM_ATTR(gicc_base, "%#llx");
PLATFORM_ATTR(gicr_base, "%#llx");
INFO_ATTR(redistributors, CELLBLOCK_INFO_REDISTRIBUTORS);
PLATFORM_ATTR(pci_mmconfig_base, "%#llx");
PLATFORM_ATTR(pci_mmconfig_end_bus, "%llu");
PLATFORM_ATTR(pci_domain, "%llu");
PLATFORM_ATTR(pci_is_virtual, "%llu");

static struct attribute *platform_attrs[] = {
	&dev_attr_gic_version.attr,
	&dev_attr_gicd_base.attr,
	&dev_attr_gicc_base.attr,
	&dev_attr_gicr_base.attr,
	&dev_attr_redistributors.attr,
	&dev_attr_pci_mmconfig_base.attr,
	&dev_attr_pci_mmconfig_end_bus.attr,
	&dev_attr_pci_domain.attr,
	&dev_attr_pci_is_virtual.attr,
	NULL
};

static const struct attribute_group platform_group = {
	.name = "platform",
	.attrs = platform_attrs,
};

static const struct attribute_group *device_groups[] = {
	&system_group,
	&platform_group,
	NULL
};

void sysfs_show_platform(const struct jailhouse_system *config)
{
	memset(&platform, 0, sizeof(platform));
	if (!config)
		return;
	platform.gic_version = config->platform_info.arm.gic_version;
	platform.gicd_base = config->platform_info.arm.gicd_base;
	platform.gicc_base = config->platform_info.arm.gicc_base;
	platform.gicr_base = config->platform_info.arm.gicr_base;
	platform.pci_mmconfig_base = config->platform_info.pci_mmconfig_base;
	platform.pci_mmconfig_end_bus = config->platform_info.pci_mmconfig_end_bus;
	platform.pci_domain = config->platform_info.pci_domain;
	platform.pci_is_virtual = config->platform_info.pci_is_virtual;
}

int sysfs_init(void)
{
	int ret;

	device = root_device_register("jailhouse");
	if (IS_ERR(device))
		return PTR_ERR(device);
	ret = sysfs_cell_init(&device->kobj);
	if (!ret)
		ret = sysfs_create_groups(&device->kobj, device_groups);
	if (!ret)
		ret = sysfs_create_bin_file(&device->kobj, &console_last_attr);
	if (!ret)
		ret = sysfs_create_bin_file(&device->kobj, &console_stamped_attr);
	if (ret)
		sysfs_exit();
	return ret;
}

void sysfs_exit(void)
{
	sysfs_cell_exit();
	root_device_unregister(device);
}
