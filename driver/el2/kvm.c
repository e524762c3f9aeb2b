// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * KVM and the hypervisor both want EL2. A kernel without VHE leaves EL2 to its
 * stub until the first guest is there (before 6.12) or puts KVM's code there at
 * once (since). The stub can be had back while no guest exists. While the
 * hypervisor is enabled there must be none: /dev/kvm is absent.
 */

#include <linux/cpu_pm.h>
#include <linux/cpumask.h>
#include <linux/dcache.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/major.h>
#include <linux/miscdevice.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/smp.h>
#include <linux/stop_machine.h>

#include <asm/virt.h>

#include "el2/hyp.h"
#include "el2/kvm.h"
#include "error.h"
#include "main.h"

#define KVM_DEVICE	MKDEV(MISC_MAJOR, KVM_MINOR)

/* KVM's device while it is absent. */
static struct miscdevice *blocked;
/* CPUs where KVM had its code at EL2. */
static struct cpumask had_kvm;

/* Finding guests */

/* For iterate_fd(): 1 for a guest, 2 for an open /dev/kvm */
static int is_kvm_file(const void *unused, struct file *file, unsigned int fd)
{
	const struct dentry *dentry = file->f_path.dentry;

	if (dentry->d_sb->s_magic == ANON_INODE_FS_MAGIC)
		return !strcmp(dentry->d_name.name, "kvm-vm");
	if (S_ISCHR(file_inode(file)->i_mode) &&
	    file_inode(file)->i_rdev == KVM_DEVICE)
		return 2;
	return 0;
}

static int kvm_file_of(struct task_struct *task)
{
	int found = 0;

	task_lock(task);
	if (task->files)
		found = iterate_fd(task->files, 0, is_kvm_file, NULL);
	task_unlock(task);
	return found;
}

/*
 * Also one that no process has open: its file is in a socket's queue, or only
 * mapped. KVM has a folder for each, which counts as a link of the one above.
 */
static bool guests_exist(void)
{
	struct dentry *dir = debugfs_lookup("kvm", NULL);
	bool found;

	if (IS_ERR_OR_NULL(dir))
		return false;
	found = d_inode(dir)->i_nlink > 2;
	dput(dir);
	return found;
}

static int check_guests(struct jailhouse_error *err)
{
	char comm[TASK_COMM_LEN] = "";
	struct task_struct *process, *task;
	int found = 0;
	pid_t pid = 0;

	rcu_read_lock();
	/* a thread can have files of its own */
	for_each_process_thread(process, task) {
		found = kvm_file_of(task);
		if (found) {
			strscpy(comm, task->comm, sizeof(comm));
			pid = task_tgid_nr(task);
			goto out;
		}
	}
out:
	rcu_read_unlock();
	if (found == 1)
		return error_set(err, -EBUSY, "a KVM guest exists (process %d, %s): end it first, it and the hypervisor cannot both be there",
				 pid, comm);
	if (found)
		return error_set(err, -EBUSY, "process %d (%s) has /dev/kvm open: end it first, KVM and the hypervisor cannot both be used",
				 pid, comm);
	if (guests_exist())
		return error_set(err, -EBUSY, "a KVM guest exists that no process has open (it is mapped, or sent through a socket): end it first, it and the hypervisor cannot both be there");
	return 0;
}

/* Its device */

/* KVM's struct miscdevice, which the misc class has as driver data. */
static struct miscdevice *find_device(void)
{
	struct device *dev;
	struct miscdevice *misc;

	dev = class_find_device_by_devt(main_device()->this_device->class,
					KVM_DEVICE);
	if (!dev)
		return NULL;
	misc = dev_get_drvdata(dev);
	put_device(dev);
	return misc && misc->minor == KVM_MINOR ? misc : NULL;
}

int kvm_block(struct jailhouse_error *err)
{
	int ret;

	/* absent first: no guest can come after they were looked for */
	blocked = find_device();
	if (blocked)
		misc_deregister(blocked);
	ret = check_guests(err);
	if (ret)
		kvm_unblock();
	return ret;
}

void kvm_unblock(void)
{
	int ret;

	if (!blocked)
		return;
	ret = misc_register(blocked);
	if (ret)
		pr_err("/dev/kvm did not come back (error %d)\n", ret);
	blocked = NULL;
}

/* Its code at EL2 */

static atomic_t still_there;

static void leave_el2(void *unused)
{
	if (hyp_stub_answers())
		return;
	hyp_reset_vectors();
	if (hyp_stub_answers())
		cpumask_set_cpu(smp_processor_id(), &had_kvm);
	else
		atomic_inc(&still_there);
}

int kvm_leave_el2(struct jailhouse_error *err)
{
	cpumask_clear(&had_kvm);
	atomic_set(&still_there, 0);
	on_each_cpu(leave_el2, NULL, 1);
	if (!atomic_read(&still_there))
		return 0;
	kvm_enter_el2();
	return error_set(err, -EBUSY, "KVM holds EL2 on %d CPUs and does not give it up: end all guests; with kvm-arm.mode=protected it never does",
			 atomic_read(&still_there));
}

/*
 * KVM leaves and enters EL2 around CPU idle states that lose its content. Being
 * told of one, it sets EL2 up again.
 */
static int enter_el2(void *unused)
{
	if (cpumask_test_cpu(smp_processor_id(), &had_kvm) && !cpu_pm_enter())
		cpu_pm_exit();
	return 0;
}

void kvm_enter_el2(void)
{
	if (!cpumask_empty(&had_kvm))
		stop_machine(enter_el2, NULL, cpu_online_mask);
}
