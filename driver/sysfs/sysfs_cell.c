// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include <cellblock/config.h>
#include <cellblock/loader.h>
#include <jailhouse/hypercall.h>
#include <uapi/jailhouse.h>

#include "cell/cell.h"
#include "cell/fault.h"
#include "cell/watch.h"
#include "compat.h"
#include "el2/enable.h"
#include "el2/hyp.h"
#include "sysfs/sysfs_cell.h"
#include "sysfs/sysfs_paravirt.h"
#include "sysfs/sysfs_share.h"
#include "sysfs/sysfs_stats.h"

static struct kset *cells;

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
	char failure[WATCH_FAILURE_LEN];

	watch_failure(to_cell(kobj), failure);
	return sysfs_emit(buf, "%s\n", failure);
}

static ssize_t first_failure_show(struct kobject *kobj, struct kobj_attribute *attr,
				  char *buf)
{
	char failure[WATCH_FAILURE_LEN];

	watch_first_failure(to_cell(kobj), failure);
	return sysfs_emit(buf, "%s\n", failure);
}

static ssize_t fault_show(struct kobject *kobj, struct kobj_attribute *attr,
			  char *buf)
{
	int len = watch_fault(to_cell(kobj), buf, PAGE_SIZE);

	return len + sysfs_emit_at(buf, len, "\n");
}

/* Also after the cell has failed */
static ssize_t accesses_show(struct kobject *kobj, struct kobj_attribute *attr,
			     char *buf)
{
	struct cellblock_record record;
	unsigned int n;
	int len = 0;

	hyp_cell_record(to_cell(kobj)->id, &record);
	for (n = 0; n < CELLBLOCK_ACCESSES && record.access[n].count; n++)
		len += fault_access_fields(buf + len, PAGE_SIZE - len, &record.access[n]);
	return len;
}

static ssize_t permissive_show(struct kobject *kobj, struct kobj_attribute *attr,
			       char *buf)
{
	return sysfs_emit(buf, "%d\n", cell_is_permissive(to_cell(kobj)));
}

static ssize_t restarts_show(struct kobject *kobj, struct kobj_attribute *attr,
			     char *buf)
{
	return sysfs_emit(buf, "%u\n", watch_restarts(to_cell(kobj)));
}

/* How interrupts reach it, and why if they do not do so directly: as vgic.c chooses. */
static ssize_t irq_delivery_show(struct kobject *kobj, struct kobj_attribute *attr,
				 char *buf)
{
	const struct cell *cell = to_cell(kobj);
	bool injected = cell->config->flags & JAILHOUSE_CELL_GIC_PMR &&
			enable_config()->platform_info.arm.gic_version > 2;

	if (!cpumask_empty(&cell->shared))
		return sysfs_emit(buf, "injected: it shares CPUs\n");
	return sysfs_emit(buf, injected ? "injected: it masks them by priority\n" :
					  "direct\n");
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

static ssize_t cpus_shared_show(struct kobject *kobj, struct kobj_attribute *attr,
				char *buf)
{
	return sysfs_emit(buf, "%*pb\n", cpumask_pr_args(&to_cell(kobj)->shared));
}

static ssize_t cpus_shared_list_show(struct kobject *kobj,
				     struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%*pbl\n", cpumask_pr_args(&to_cell(kobj)->shared));
}

/* In microseconds: priority BUDGET/PERIOD, or cyclic PERIOD START+LENGTH..., and defer TIME */
static ssize_t sharing_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *buf)
{
	const struct cellblock_sharing *sharing = config_sharing(to_cell(kobj)->config);
	const struct cellblock_share_slot *slot;
	int len;

	if (!sharing)
		return sysfs_emit(buf, "\n");
	if (sharing->policy == CELLBLOCK_SHARE_PRIORITY)
		len = sysfs_emit(buf, "priority %u/%u", sharing->budget, sharing->period);
	else
		len = sysfs_emit(buf, "cyclic %u", sharing->period);
	for (slot = sharing->slots; slot < sharing->slots + sharing->num_slots; slot++)
		len += sysfs_emit_at(buf, len, " %u+%u", slot->start, slot->length);
	if (sharing->defer)
		len += sysfs_emit_at(buf, len, " defer %u", sharing->defer);
	return len + sysfs_emit_at(buf, len, "\n");
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
static struct kobj_attribute first_failure_attr = __ATTR_RO(first_failure);
static struct kobj_attribute fault_attr = __ATTR_RO(fault);
static struct kobj_attribute accesses_attr = __ATTR_RO(accesses);
static struct kobj_attribute permissive_attr = __ATTR_RO(permissive);
static struct kobj_attribute restarts_attr = __ATTR_RO(restarts);
static struct kobj_attribute irq_delivery_attr = __ATTR_RO(irq_delivery);
static struct kobj_attribute cpus_assigned_attr = __ATTR_RO(cpus_assigned);
static struct kobj_attribute cpus_assigned_list_attr =
	__ATTR_RO(cpus_assigned_list);
static struct kobj_attribute cpus_failed_attr = __ATTR_RO(cpus_failed);
static struct kobj_attribute cpus_failed_list_attr =
	__ATTR_RO(cpus_failed_list);
static struct kobj_attribute cpus_shared_attr = __ATTR_RO(cpus_shared);
static struct kobj_attribute cpus_shared_list_attr =
	__ATTR_RO(cpus_shared_list);
static struct kobj_attribute sharing_attr = __ATTR_RO(sharing);
static struct kobj_attribute reset_address_attr = __ATTR_RO(reset_address);
static struct kobj_attribute loadable_regions_attr =
	__ATTR_RO(loadable_regions);
static struct kobj_attribute links_attr = __ATTR_RO(links);

/* What was given to create it; root's is the system's. */
static ssize_t config_read(struct file *file, struct kobject *kobj,
			   compat_bin_attribute *attr, char *buf, loff_t pos, size_t count)
{
	const struct cell *cell = to_cell(kobj);
	const struct jailhouse_system *sys = enable_config();

	if (!cell->id)
		return memory_read_from_buffer(buf, count, &pos, sys,
					       config_system_size(sys));
	return memory_read_from_buffer(buf, count, &pos, cell->config,
				       config_size(cell->config));
}

/* for root alone: it has physical addresses, as /proc/iomem */
static struct bin_attribute config_attr = {
	.attr = { .name = "config", .mode = 0400 },
	.read = config_read,
};

static struct attribute *cell_attrs[] = {
	&name_attr.attr,
	&state_attr.attr,
	&failure_attr.attr,
	&first_failure_attr.attr,
	&fault_attr.attr,
	&accesses_attr.attr,
	&permissive_attr.attr,
	&restarts_attr.attr,
	&irq_delivery_attr.attr,
	&cpus_assigned_attr.attr,
	&cpus_assigned_list_attr.attr,
	&cpus_failed_attr.attr,
	&cpus_failed_list_attr.attr,
	&cpus_shared_attr.attr,
	&cpus_shared_list_attr.attr,
	&sharing_attr.attr,
	&sysfs_paravirt_attr.attr,
	&sysfs_shares_attr.attr,
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

int sysfs_cell_add(struct cell *cell)
{
	int ret;

	cell->kobj.kset = cells;
	ret = kobject_init_and_add(&cell->kobj, &cell_type, NULL, "%u",
				   cell->id);
	if (ret) {
		kobject_put(&cell->kobj);
		return ret;
	}
	ret = sysfs_create_bin_file(&cell->kobj, &config_attr);
	if (!ret)
		ret = sysfs_create_bin_file(&cell->kobj, &sysfs_turns_attr);
	if (!ret)
		ret = sysfs_stats_add(cell);
	if (ret) {
		sysfs_cell_remove(cell);
		return ret;
	}
	kobject_uevent(&cell->kobj, KOBJ_ADD);
	return 0;
}

void sysfs_cell_remove(struct cell *cell)
{
	sysfs_stats_remove(cell);
	/* tells udev, if it knows the cell */
	kobject_del(&cell->kobj);
	kobject_put(&cell->kobj);
}

void sysfs_cell_changed(struct cell *cell, u32 state, const char *failure)
{
	char name[sizeof("CELL_NAME=") + JAILHOUSE_CELL_NAME_MAXLEN];
	char text[sizeof("CELL_STATE=") + 16], restarts[32];
	char why[sizeof("CELL_FAILURE=") + WATCH_FAILURE_LEN];
	char *env[] = { name, text, restarts, why, NULL };

	snprintf(name, sizeof(name), "CELL_NAME=%s", cell->config->name);
	snprintf(text, sizeof(text), "CELL_STATE=%s", state_name(state));
	snprintf(restarts, sizeof(restarts), "CELL_RESTARTS=%u",
		 cell->watch.restarts);
	snprintf(why, sizeof(why), "CELL_FAILURE=%s", failure);
	sysfs_notify(&cell->kobj, NULL, "state");
	kobject_uevent_env(&cell->kobj, KOBJ_CHANGE, env);
}

int sysfs_cell_init(struct kobject *parent)
{
	cells = kset_create_and_add("cells", NULL, parent);
	return cells ? 0 : -ENOMEM;
}

void sysfs_cell_exit(void)
{
	if (cells)
		kset_unregister(cells);
}
