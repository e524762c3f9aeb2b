// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/compat.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/reboot.h>
#include <linux/slab.h>
#include <linux/suspend.h>
#include <linux/uaccess.h>

#include <uapi/jailhouse.h>

#include "cell/cell.h"
#include "cell/cells.h"
#include "cell/load.h"
#include "cell/restart.h"
#include "console.h"
#include "crash.h"
#include "el2/enable.h"
#include "el2/hyp.h"
#include "error.h"
#include "last.h"
#include "main.h"
#include "mem/ram.h"
#include "sysfs/sysfs.h"
#include "vdev/remote.h"

/* See main.h. */
static DEFINE_MUTEX(main_lock);

bool main_trylock(void)
{
	return mutex_trylock(&main_lock);
}

void main_unlock(void)
{
	mutex_unlock(&main_lock);
}

/* /dev/jailhouse, one for each open() */
struct client {
	struct mutex lock;			/* of the two */
	struct jailhouse_error error;		/* of the last ioctl */
	struct console_reader console;
};

static int main_open(struct inode *inode, struct file *file)
{
	struct client *client = kzalloc(sizeof(*client), GFP_KERNEL);

	if (!client)
		return -ENOMEM;
	mutex_init(&client->lock);
	file->private_data = client;
	return stream_open(inode, file);
}

static int main_release(struct inode *inode, struct file *file)
{
	struct client *client = file->private_data;

	console_release(&client->console);
	kfree(client);
	return 0;
}

/* The cell that a request names, or NULL and why in @ret. */
static struct cell *named(const struct jailhouse_cell_id __user *arg,
			  struct jailhouse_cell_id *id, int *ret,
			  struct jailhouse_error *err)
{
	if (!copy_from_user(id, arg, sizeof(*id)))
		return cells_find(id, ret, err);
	*ret = error_set(err, -EFAULT, "the request is not readable");
	return NULL;
}

/* A request that only names a cell, and may have a flag. */
static int with_cell(const struct jailhouse_cell_id __user *arg, u32 flag,
		     int (*act)(struct cell *cell, bool flag,
				struct jailhouse_error *err),
		     struct jailhouse_error *err)
{
	struct jailhouse_cell_id id;
	int ret;
	struct cell *cell = named(arg, &id, &ret, err);

	return cell ? act(cell, id.padding & flag, err) : ret;
}

static int open_remote(struct file *file, const struct jailhouse_cell_id __user *arg,
		       struct jailhouse_error *err)
{
	struct jailhouse_cell_id id;
	int ret;
	struct cell *cell = named(arg, &id, &ret, err);

	return cell ? remote_open(cell, file, err) : ret;
}

static long command(struct file *file, unsigned int nr, void __user *arg,
		    struct jailhouse_error *err)
{
	switch (nr) {
	case JAILHOUSE_ENABLE:
		return enable_system(arg, err);
	case JAILHOUSE_TRY_ENABLE:
		return enable_try(arg, err);
	case JAILHOUSE_DISABLE:
		return disable_system(false, err);
	case JAILHOUSE_CELL_CREATE:
		return cell_create(arg, err);
	case JAILHOUSE_CELL_LOAD:
		return load_cell(arg, err);
	case JAILHOUSE_CELL_START:
		return with_cell(arg, JAILHOUSE_CELL_CHECKED, cell_start, err);
	case JAILHOUSE_CELL_DESTROY:
		return with_cell(arg, JAILHOUSE_CELL_FORCE, cell_destroy, err);
	case JAILHOUSE_CELL_RESTART:
		return with_cell(arg, JAILHOUSE_CELL_FORCE, restart_cell, err);
	case JAILHOUSE_CELL_REMOTE:
		return open_remote(file, arg, err);
	default:
		return error_set(err, -ENOTTY, "the driver does not know the request %#x",
				 nr);
	}
}

static long get_error(struct client *client, void __user *arg)
{
	bool bad;

	mutex_lock(&client->lock);
	bad = copy_to_user(arg, &client->error, sizeof(client->error));
	mutex_unlock(&client->lock);
	return bad ? -EFAULT : 0;
}

static long main_ioctl(struct file *file, unsigned int nr, unsigned long arg)
{
	struct client *client = file->private_data;
	struct jailhouse_error err = { "" };
	long ret;

	/* those of other devices, by which programs find out what this one is: isatty() */
	if (_IOC_TYPE(nr) != _IOC_TYPE(JAILHOUSE_ENABLE))
		return -ENOTTY;
	if (nr == JAILHOUSE_GET_ERROR)
		return get_error(client, (void __user *)arg);

	if (mutex_lock_interruptible(&main_lock)) {
		ret = error_interrupted(&err);
	} else {
		ret = command(file, nr, (void __user *)arg, &err);
		mutex_unlock(&main_lock);
	}
	mutex_lock(&client->lock);
	client->error = err;
	mutex_unlock(&client->lock);
	return ret;
}

static ssize_t main_read(struct file *file, char __user *to, size_t size,
			 loff_t *unused)
{
	struct client *client = file->private_data;

	return console_read(&client->console, to, size,
			    file->f_flags & O_NONBLOCK);
}

static __poll_t main_poll(struct file *file, poll_table *wait)
{
	struct client *client = file->private_data;

	return console_poll(&client->console, file, wait);
}

static const struct file_operations main_ops = {
	.owner = THIS_MODULE,
	.open = main_open,
	.release = main_release,
	.unlocked_ioctl = main_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.read = main_read,
	.poll = main_poll,
};

static struct miscdevice misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "jailhouse",
	.fops = &main_ops,
	.mode = 0600,
};

struct miscdevice *main_device(void)
{
	return &misc;
}

/* Reboot, power-off and kexec find a Linux without hypervisor. */
static int before_reboot(struct notifier_block *nb, unsigned long action,
			 void *unused)
{
	struct jailhouse_error err;

	/* who waits for a cell under main_lock gives up */
	cell_stop_waiting();
	mutex_lock(&main_lock);
	if (hyp_is_enabled() && disable_system(true, &err))
		pr_emerg("the hypervisor stays enabled: %s\n", err.text);
	mutex_unlock(&main_lock);
	return NOTIFY_DONE;
}

static struct notifier_block reboot_block = {
	.notifier_call = before_reboot,
	/* before KVM's, which would end what it has at EL2 */
	.priority = INT_MAX,
};

/* The hypervisor does not survive what these states do. */
static int before_sleep(struct notifier_block *nb, unsigned long action,
			void *unused)
{
	if (!hyp_is_enabled() || (action != PM_SUSPEND_PREPARE &&
				  action != PM_HIBERNATION_PREPARE &&
				  action != PM_RESTORE_PREPARE))
		return NOTIFY_DONE;
	pr_notice("no suspend while the hypervisor is enabled: disable it first\n");
	return NOTIFY_BAD;
}

static struct notifier_block sleep_block = {
	.notifier_call = before_sleep,
};

static int __init main_init(void)
{
	int ret;

	ram_init();
	last_init();
	ret = sysfs_init();
	if (ret)
		return ret;
	ret = register_reboot_notifier(&reboot_block);
	if (ret)
		goto exit_sysfs;
	ret = register_pm_notifier(&sleep_block);
	if (ret)
		goto exit_reboot;
	ret = misc_register(&misc);
	if (ret)
		goto exit_sleep;
	pr_info("Cellblock driver, version " CELLBLOCK_VERSION "\n");
	crash_init();
	return 0;

exit_sleep:
	unregister_pm_notifier(&sleep_block);
exit_reboot:
	unregister_reboot_notifier(&reboot_block);
exit_sysfs:
	sysfs_exit();
	return ret;
}
module_init(main_init);

/* The hypervisor is not enabled: it holds a reference of the module. */
static void __exit main_exit(void)
{
	crash_exit();
	misc_deregister(&misc);
	unregister_pm_notifier(&sleep_block);
	unregister_reboot_notifier(&reboot_block);
	sysfs_exit();
}
module_exit(main_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The Cellblock developers");
MODULE_DESCRIPTION("Loads and manages the Cellblock partitioning hypervisor");
MODULE_FIRMWARE("jailhouse.bin");
MODULE_VERSION(CELLBLOCK_VERSION);
