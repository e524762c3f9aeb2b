// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * /sys/devices/jailhouse. Files are read without main_lock, so that they can
 * be while a cell is being asked for something.
 */

#include <linux/device.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include <cellblock/config.h>
#include <jailhouse/hypercall.h>
#include <uapi/jailhouse.h>

#include "cell/cell.h"
#include "cell/watch.h"
#include "console.h"
#include "el2/hyp.h"
#include "sysfs/sysfs.h"

static struct device *device;
static struct kset *cells;

struct device *sysfs_device(void)
{
	return device;
}

/* Statistics */

/* statistics/ of a cell, or of one of its CPUs */
struct stats_dir {
	struct kobject kobj;
	struct list_head node;		/* in the cell's cpu_stats */
	struct cell *cell;
	int cpu;			/* -1: the sum of all */
};

struct stats_attr {
	struct kobj_attribute attr;
	unsigned int counter;
};

static unsigned long counter_of(unsigned int cpu, unsigned int counter)
{
	long ret = hyp_call(JAILHOUSE_HC_CPU_GET_INFO, cpu,
			    JAILHOUSE_CPU_INFO_STAT_BASE + counter);

	return ret < 0 ? 0 : ret;
}

static ssize_t stats_show(struct kobject *kobj, struct kobj_attribute *attr,
			  char *buf)
{
	struct stats_attr *stats = container_of(attr, struct stats_attr, attr);
	struct stats_dir *dir = container_of(kobj, struct stats_dir, kobj);
	unsigned long sum = 0;
	unsigned int cpu;

	if (dir->cpu >= 0)
		sum = counter_of(dir->cpu, stats->counter);
	else
		for_each_cpu(cpu, &dir->cell->cpus)
			sum += counter_of(cpu, stats->counter);
	return sysfs_emit(buf, "%lu\n", sum);
}

#define STATS_ATTR(_name, _counter)					\
	static struct stats_attr stats_##_name = {			\
		.attr = __ATTR(_name, 0444, stats_show, NULL),		\
		.counter = JAILHOUSE_CPU_STAT_##_counter,		\
	}

STATS_ATTR(vmexits_total, VMEXITS_TOTAL);
STATS_ATTR(vmexits_mmio, VMEXITS_MMIO);
STATS_ATTR(vmexits_management, VMEXITS_MANAGEMENT);
STATS_ATTR(vmexits_hypercall, VMEXITS_HYPERCALL);
STATS_ATTR(vmexits_maintenance, VMEXITS_MAINTENANCE);
STATS_ATTR(vmexits_virt_irq, VMEXITS_VIRQ);
STATS_ATTR(vmexits_virt_sgi, VMEXITS_VSGI);
STATS_ATTR(vmexits_psci, VMEXITS_PSCI);
STATS_ATTR(vmexits_smccc, VMEXITS_SMCCC);

static struct attribute *stats_attrs[] = {
	&stats_vmexits_total.attr.attr,
	&stats_vmexits_mmio.attr.attr,
	&stats_vmexits_management.attr.attr,
	&stats_vmexits_hypercall.attr.attr,
	&stats_vmexits_maintenance.attr.attr,
	&stats_vmexits_virt_irq.attr.attr,
	&stats_vmexits_virt_sgi.attr.attr,
	&stats_vmexits_psci.attr.attr,
	&stats_vmexits_smccc.attr.attr,
	NULL
};
ATTRIBUTE_GROUPS(stats);

static_assert(ARRAY_SIZE(stats_attrs) == JAILHOUSE_NUM_CPU_STATS + 1);

static void stats_release(struct kobject *kobj)
{
	kfree(container_of(kobj, struct stats_dir, kobj));
}

static struct kobj_type stats_type = {
	.release = stats_release,
	.sysfs_ops = &kobj_sysfs_ops,
	.default_groups = stats_groups,
};

static struct stats_dir *add_stats(struct cell *cell, struct kobject *parent,
				   int cpu)
{
	struct stats_dir *dir = kzalloc(sizeof(*dir), GFP_KERNEL);
	int ret;

	if (!dir)
		return NULL;
	dir->cell = cell;
	dir->cpu = cpu;
	ret = kobject_init_and_add(&dir->kobj, &stats_type, parent,
				   cpu < 0 ? "statistics" : "cpu%d", cpu);
	if (ret) {
		kobject_put(&dir->kobj);
		return NULL;
	}
	return dir;
}

static void remove_stats(struct stats_dir *dir)
{
	/* waits for those who read the files */
	kobject_del(&dir->kobj);
	kobject_put(&dir->kobj);
}

void sysfs_remove_cpus(struct cell *cell, const struct cpumask *cpus)
{
	struct stats_dir *dir, *next;

	list_for_each_entry_safe(dir, next, &cell->cpu_stats, node) {
		if (!cpumask_test_cpu(dir->cpu, cpus))
			continue;
		list_del(&dir->node);
		remove_stats(dir);
	}
}

int sysfs_add_cpus(struct cell *cell, const struct cpumask *cpus)
{
	struct stats_dir *dir;
	unsigned int cpu;

	for_each_cpu(cpu, cpus) {
		dir = add_stats(cell, &cell->stats->kobj, cpu);
		if (!dir) {
			sysfs_remove_cpus(cell, cpus);
			return -ENOMEM;
		}
		list_add_tail(&dir->node, &cell->cpu_stats);
	}
	return 0;
}

/* Cells */

static struct cell *to_cell(struct kobject *kobj)
{
	return container_of(kobj, struct cell, kobj);
}

static ssize_t name_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *buf)
{
	return sysfs_emit(buf, "%s\n", to_cell(kobj)->config->name);
}

static const char *state_name(long state)
{
	switch (state) {
	case JAILHOUSE_CELL_RUNNING:
		return "running";
	case JAILHOUSE_CELL_RUNNING_LOCKED:
		return "running/locked";
	case JAILHOUSE_CELL_FAILED:
	case JAILHOUSE_CELL_FAILED_COMM_REV:
		return "failed";
	default:
		/* also a cell that is not there yet */
		return "shut down";
	}
}

static ssize_t state_show(struct kobject *kobj, struct kobj_attribute *attr,
			  char *buf)
{
	const struct cell *cell = to_cell(kobj);
	long state = JAILHOUSE_CELL_FAILED;

	if (!watch_has_failed(cell))
		state = hyp_call(JAILHOUSE_HC_CELL_GET_STATE, cell->id, 0);
	return sysfs_emit(buf, "%s\n", state_name(state));
}

static ssize_t failure_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *buf)
{
	struct jailhouse_error why;

	watch_failure(to_cell(kobj), &why);
	return sysfs_emit(buf, "%s\n", why.text);
}

static ssize_t restarts_show(struct kobject *kobj, struct kobj_attribute *attr,
			     char *buf)
{
	return sysfs_emit(buf, "%u\n", watch_restarts(to_cell(kobj)));
}

static ssize_t cpus_assigned_show(struct kobject *kobj,
				  struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%*pb\n", cpumask_pr_args(&to_cell(kobj)->cpus));
}

static ssize_t cpus_assigned_list_show(struct kobject *kobj,
				       struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%*pbl\n", cpumask_pr_args(&to_cell(kobj)->cpus));
}

static ssize_t cpus_failed_show(struct kobject *kobj,
				struct kobj_attribute *attr, char *buf)
{
	struct cpumask failed;

	watch_failed_cpus(to_cell(kobj), &failed);
	return sysfs_emit(buf, "%*pb\n", cpumask_pr_args(&failed));
}

static ssize_t cpus_failed_list_show(struct kobject *kobj,
				     struct kobj_attribute *attr, char *buf)
{
	struct cpumask failed;

	watch_failed_cpus(to_cell(kobj), &failed);
	return sysfs_emit(buf, "%*pbl\n", cpumask_pr_args(&failed));
}

/* What a loader of executables has to know. */

static ssize_t reset_address_show(struct kobject *kobj,
				  struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%#llx\n",
			  to_cell(kobj)->config->cpu_reset_address);
}

static ssize_t loadable_regions_show(struct kobject *kobj,
				     struct kobj_attribute *attr, char *buf)
{
	const struct jailhouse_cell_desc *config = to_cell(kobj)->config;
	const struct jailhouse_memory *mem;
	const char *space = "";
	int len = 0;

	for_each_mem(mem, config) {
		if (!(mem->flags & JAILHOUSE_MEM_LOADABLE) || !mem->size)
			continue;
		len += sysfs_emit_at(buf, len, "%s%#llx-%#llx", space,
				     mem->virt_start,
				     mem->virt_start + mem->size - 1);
		space = " ";
	}
	return len + sysfs_emit_at(buf, len, "\n");
}

/* Ends of links: the device, as Linux names it, and which peer the cell is. */
static ssize_t links_show(struct kobject *kobj, struct kobj_attribute *attr,
			  char *buf)
{
	const struct jailhouse_pci_device *dev;
	int len = 0;

	for_each_link(dev, to_cell(kobj)->config)
		len += sysfs_emit_at(buf, len,
				     "%04x:%02x:%02x.%x peer %u of %u\n",
				     dev->domain, dev->bdf >> 8,
				     PCI_SLOT(dev->bdf & 0xff),
				     PCI_FUNC(dev->bdf),
				     dev->shmem_dev_id, dev->shmem_peers);
	return len;
}

static struct kobj_attribute name_attr = __ATTR_RO(name);
static struct kobj_attribute state_attr = __ATTR_RO(state);
static struct kobj_attribute failure_attr = __ATTR_RO(failure);
static struct kobj_attribute restarts_attr = __ATTR_RO(restarts);
static struct kobj_attribute cpus_assigned_attr = __ATTR_RO(cpus_assigned);
static struct kobj_attribute cpus_assigned_list_attr =
	__ATTR_RO(cpus_assigned_list);
static struct kobj_attribute cpus_failed_attr = __ATTR_RO(cpus_failed);
static struct kobj_attribute cpus_failed_list_attr =
	__ATTR_RO(cpus_failed_list);
static struct kobj_attribute reset_address_attr = __ATTR_RO(reset_address);
static struct kobj_attribute loadable_regions_attr =
	__ATTR_RO(loadable_regions);
static struct kobj_attribute links_attr = __ATTR_RO(links);

static struct attribute *cell_attrs[] = {
	&name_attr.attr,
	&state_attr.attr,
	&failure_attr.attr,
	&restarts_attr.attr,
	&cpus_assigned_attr.attr,
	&cpus_assigned_list_attr.attr,
	&cpus_failed_attr.attr,
	&cpus_failed_list_attr.attr,
	&reset_address_attr.attr,
	&loadable_regions_attr.attr,
	&links_attr.attr,
	NULL
};
ATTRIBUTE_GROUPS(cell);

static void cell_release(struct kobject *kobj)
{
	struct cell *cell = to_cell(kobj);

	kfree(cell->config_buffer);
	kfree(cell);
}

static struct kobj_type cell_type = {
	.release = cell_release,
	.sysfs_ops = &kobj_sysfs_ops,
	.default_groups = cell_groups,
};

int sysfs_add_cell(struct cell *cell)
{
	int ret;

	cell->kobj.kset = cells;
	ret = kobject_init_and_add(&cell->kobj, &cell_type, NULL, "%u",
				   cell->id);
	if (ret) {
		kobject_put(&cell->kobj);
		return ret;
	}
	cell->stats = add_stats(cell, &cell->kobj, -1);
	if (cell->stats && !sysfs_add_cpus(cell, &cell->cpus)) {
		kobject_uevent(&cell->kobj, KOBJ_ADD);
		return 0;
	}
	sysfs_remove_cell(cell);
	return -ENOMEM;
}

void sysfs_remove_cell(struct cell *cell)
{
	sysfs_remove_cpus(cell, cpu_possible_mask);
	if (cell->stats)
		remove_stats(cell->stats);
	/* tells udev, if it knows the cell */
	kobject_del(&cell->kobj);
	kobject_put(&cell->kobj);
}

void sysfs_cell_changed(struct cell *cell, u32 state)
{
	char name[sizeof("CELL_NAME=") + JAILHOUSE_CELL_NAME_MAXLEN];
	char text[sizeof("CELL_STATE=") + 16], restarts[32];
	char failure[sizeof("CELL_FAILURE=") + sizeof(cell->watch.failure)];
	char *env[] = { name, text, restarts, failure, NULL };

	snprintf(name, sizeof(name), "CELL_NAME=%s", cell->config->name);
	snprintf(text, sizeof(text), "CELL_STATE=%s", state_name(state));
	snprintf(restarts, sizeof(restarts), "CELL_RESTARTS=%u",
		 cell->watch.restarts);
	snprintf(failure, sizeof(failure), "CELL_FAILURE=%s",
		 cell->watch.failure);
	sysfs_notify(&cell->kobj, NULL, "state");
	kobject_uevent_env(&cell->kobj, KOBJ_CHANGE, env);
}

/* The system */

static ssize_t console_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	return console_latest(buf, PAGE_SIZE - 1);
}
static DEVICE_ATTR_RO(console);

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
		return info_show(buf, JAILHOUSE_INFO_##_type);		\
	}								\
	static DEVICE_ATTR_RO(_name)

INFO_ATTR(mem_pool_size, MEM_POOL_SIZE);
INFO_ATTR(mem_pool_used, MEM_POOL_USED);
INFO_ATTR(remap_pool_size, REMAP_POOL_SIZE);
INFO_ATTR(remap_pool_used, REMAP_POOL_USED);

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
	u64 gicd_base;
	u64 gicr_base;
	u64 redistributors;
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

PLATFORM_ATTR(gicd_base, "%#llx");
PLATFORM_ATTR(gicr_base, "%#llx");
PLATFORM_ATTR(redistributors, "%llu");
PLATFORM_ATTR(pci_mmconfig_base, "%#llx");
PLATFORM_ATTR(pci_mmconfig_end_bus, "%llu");
PLATFORM_ATTR(pci_domain, "%llu");
PLATFORM_ATTR(pci_is_virtual, "%llu");

static struct attribute *platform_attrs[] = {
	&dev_attr_gicd_base.attr,
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
	platform.gicd_base = config->platform_info.arm.gicd_base;
	platform.gicr_base = config->platform_info.arm.gicr_base;
	platform.redistributors = num_possible_cpus();
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
	cells = kset_create_and_add("cells", NULL, &device->kobj);
	ret = cells ? sysfs_create_groups(&device->kobj, device_groups) : -ENOMEM;
	if (ret)
		sysfs_exit();
	return ret;
}

void sysfs_exit(void)
{
	if (cells)
		kset_unregister(cells);
	root_device_unregister(device);
}
