// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A program answers for the windows of a cell: it has the page that the hypervisor
 * shares with it (cellblock/remote.h), and RAM of the cell. The rest is hypercalls.
 */

#include <linux/anon_inodes.h>
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <cellblock/config.h>
#include <cellblock/loader.h>
#include <uapi/cellblock-remote.h>
#include <uapi/jailhouse.h>

#include "cell/cell.h"
#include "cell/watch.h"
#include "compat.h"
#include "config.h"
#include "el2/hyp.h"
#include "error.h"
#include "pci/pci.h"
#include "vdev/remote.h"

/* Of struct cell's remote, and of struct remote but for what its guard is for. */
static DEFINE_MUTEX(lock);

struct irqfd;

struct remote {
	struct cell *cell;		/* NULL: it is gone */
	struct file *opener;		/* whose address space our mappings are in */
	phys_addr_t address;		/* of the page */
	unsigned int irq;
	u32 intid;
	wait_queue_head_t wait;
	spinlock_t guard;		/* also the interrupt's; of the next three */
	struct cellblock_remote_page *page;	/* NULL: the cell is gone */
	u64 cpus;
	u32 id;
	/* two zeroed pages that are mapped when the cell is gone: for the page, for its RAM */
	unsigned long blank;
	bool follows;			/* it is told of resets; with the next one, the lock */
	bool stale;			/* it has not done the last: blank RAM is mapped */
	/* by notification; inside of no lock, as an eventfd may be an irqfd as well */
	spinlock_t events_lock;
	struct eventfd_ctx *event[CELLBLOCK_REMOTE_NOTIFICATIONS];
	struct list_head irqfds;	/* the lock */
};

/* An eventfd that makes an SPI pending. */
struct irqfd {
	struct list_head node;
	struct remote *remote;
	struct eventfd_ctx *ctx;
	u32 intid;
	wait_queue_entry_t entry;
	poll_table table;
};

/* The guard is held, and the cell is there. */
static bool has_work(const struct remote *remote)
{
	const struct cellblock_remote_page *page = remote->page;
	u64 cpus = remote->cpus;
	unsigned int n;

	for (; cpus; cpus &= cpus - 1)
		if (READ_ONCE(page->slot[__ffs64(cpus)].state) & 1)
			return true;
	for (n = 0; n < CELLBLOCK_REMOTE_NOTIFICATIONS; n++)
		if (READ_ONCE(page->notified[n]) && !READ_ONCE(remote->event[n]))
			return true;
	return READ_ONCE(remote->stale);
}

/* The page is there. */
static void signal_events(struct remote *remote)
{
	unsigned long flags;
	unsigned int n;
	u8 *notified;

	spin_lock_irqsave(&remote->events_lock, flags);
	for (n = 0; n < CELLBLOCK_REMOTE_NOTIFICATIONS; n++) {
		notified = &remote->page->notified[n];
		if (!remote->event[n] || !READ_ONCE(*notified))
			continue;
		WRITE_ONCE(*notified, 0);
		/* who is signalled sees what the guest has written before */
		smp_mb();
		compat_eventfd_signal(remote->event[n]);
	}
	spin_unlock_irqrestore(&remote->events_lock, flags);
}

/* Others may have the same one. */
static irqreturn_t interrupt(int irq, void *data)
{
	struct remote *remote = data;

	signal_events(remote);
	wake_up_interruptible_poll(&remote->wait, EPOLLIN | EPOLLERR);
	return IRQ_HANDLED;
}

static __poll_t remote_poll(struct file *file, poll_table *wait)
{
	struct remote *remote = file->private_data;
	__poll_t mask = 0;

	poll_wait(file, &remote->wait, wait);
	spin_lock_irq(&remote->guard);
	if (!remote->page) {
		mask = EPOLLHUP | EPOLLERR;
	} else {
		if (!READ_ONCE(remote->page->attached))
			mask |= EPOLLERR;
		if (has_work(remote))
			mask |= EPOLLIN;
	}
	spin_unlock_irq(&remote->guard);
	return mask;
}

/* Requests */

static long get_info(const struct remote *remote, void __user *arg)
{
	const struct cellblock_remote_info info = {
		.cpus = remote->cpus,
		.page_offset = offset_in_page(remote->address),
	};

	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

/* With the lock, as it is no hypercall to be made for a cell that goes. */
static long call(struct remote *remote, unsigned long nr, unsigned long arg2)
{
	long ret = -ENODEV;

	mutex_lock(&lock);
	if (remote->cell)
		ret = hyp_call(nr, remote->id, arg2);
	mutex_unlock(&lock);
	return min(ret, 0L);
}

static long attach(struct remote *remote, unsigned long ms)
{
	if (ms > CELLBLOCK_REMOTE_MAX_MS)
		return -EINVAL;
	return call(remote, CELLBLOCK_HC_REMOTE_ATTACH,
		    CELLBLOCK_REMOTE_HOW(remote->intid, ms));
}

static long set_range(struct remote *remote, const void __user *arg)
{
	struct cellblock_remote_range range;

	if (copy_from_user(&range, arg, sizeof(range)))
		return -EFAULT;
	if (range.address >> 48 || range.count > CELLBLOCK_REMOTE_NOTIFICATIONS)
		return -EINVAL;
	return call(remote, CELLBLOCK_HC_REMOTE_NOTIFY,
		    CELLBLOCK_REMOTE_RANGE(range.address, range.count));
}

static long raise(struct remote *remote, u32 intid, bool level)
{
	unsigned long flags;
	long ret = -ENODEV;

	spin_lock_irqsave(&remote->guard, flags);
	if (remote->page)
		ret = hyp_call_direct(CELLBLOCK_HC_REMOTE_IRQ, remote->id,
				      CELLBLOCK_REMOTE_LEVEL(intid, level));
	spin_unlock_irqrestore(&remote->guard, flags);
	return ret;
}

static long set_irq(struct remote *remote, const void __user *arg)
{
	struct cellblock_remote_irq irq;

	if (copy_from_user(&irq, arg, sizeof(irq)))
		return -EFAULT;
	return raise(remote, irq.intid, irq.level);
}

/* Others' mappings come back by faults. */
static void unmap_ram(const struct remote *remote)
{
	unmap_mapping_range(remote->opener->f_mapping, 0, CELLBLOCK_REMOTE_PAGE, 1);
}

static long end_reset(struct remote *remote, unsigned long number)
{
	long ret = -ENODEV;

	mutex_lock(&lock);
	if (remote->cell) {
		remote->follows = true;
		ret = number == READ_ONCE(remote->page->reset) ? 0 : -EAGAIN;
	}
	if (!ret && remote->stale) {
		WRITE_ONCE(remote->stale, false);
		unmap_ram(remote);
	}
	mutex_unlock(&lock);
	return ret;
}

static long fail(struct remote *remote, unsigned long number)
{
	long ret = -ENODEV;

	mutex_lock(&lock);
	if (remote->cell)
		ret = number == READ_ONCE(remote->page->reset) ? 0 : -EAGAIN;
	if (!ret)
		watch_expired(remote->cell);
	mutex_unlock(&lock);
	return ret;
}

/* Eventfds */

/* NULL: none; a pointer that is an error */
static struct eventfd_ctx *find_eventfd(int fd)
{
	return fd < 0 ? NULL : eventfd_ctx_fdget(fd);
}

static long set_event(struct remote *remote, const void __user *arg)
{
	struct cellblock_remote_eventfd request;
	struct eventfd_ctx *ctx;
	long ret = -ENODEV;

	if (copy_from_user(&request, arg, sizeof(request)))
		return -EFAULT;
	if (request.number >= CELLBLOCK_REMOTE_NOTIFICATIONS)
		return -EINVAL;
	ctx = find_eventfd(request.fd);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	mutex_lock(&lock);
	if (remote->cell) {
		spin_lock_irq(&remote->events_lock);
		swap(remote->event[request.number], ctx);
		spin_unlock_irq(&remote->events_lock);
		/* what was written before */
		signal_events(remote);
		ret = 0;
	}
	mutex_unlock(&lock);
	if (ctx)
		eventfd_ctx_put(ctx);
	return ret;
}

/* The eventfd's own lock is held. */
static int irqfd_signalled(wait_queue_entry_t *entry, unsigned int mode, int sync, void *key)
{
	struct irqfd *irqfd = container_of(entry, struct irqfd, entry);
	u64 count;

	if (!(key_to_poll(key) & EPOLLIN))
		return 0;
	eventfd_ctx_do_read(irqfd->ctx, &count);
	raise(irqfd->remote, irqfd->intid, true);
	return 0;
}

static void irqfd_queue(struct file *file, wait_queue_head_t *head, poll_table *table)
{
	add_wait_queue(head, &container_of(table, struct irqfd, table)->entry);
}

/* The lock is held. */
static void free_irqfd(struct irqfd *irqfd)
{
	u64 count;

	eventfd_ctx_remove_wait_queue(irqfd->ctx, &irqfd->entry, &count);
	list_del(&irqfd->node);
	eventfd_ctx_put(irqfd->ctx);
	kfree(irqfd);
}

static void free_irqfds_of(struct remote *remote, u32 intid, bool all)
{
	struct irqfd *irqfd, *next;

	list_for_each_entry_safe(irqfd, next, &remote->irqfds, node)
		if (all || irqfd->intid == intid)
			free_irqfd(irqfd);
}

/* Consumes @ctx. */
static long add_irqfd(struct remote *remote, struct file *file, struct eventfd_ctx *ctx, u32 intid)
{
	struct irqfd *irqfd = kzalloc(sizeof(*irqfd), GFP_KERNEL);

	if (!irqfd) {
		eventfd_ctx_put(ctx);
		return -ENOMEM;
	}
	irqfd->remote = remote;
	irqfd->ctx = ctx;
	irqfd->intid = intid;
	init_waitqueue_func_entry(&irqfd->entry, irqfd_signalled);
	init_poll_funcptr(&irqfd->table, irqfd_queue);
	list_add(&irqfd->node, &remote->irqfds);
	/* it may have been signalled before */
	if (vfs_poll(file, &irqfd->table) & EPOLLIN)
		raise(remote, intid, true);
	return 0;
}

static long set_irqfd(struct remote *remote, const void __user *arg)
{
	struct cellblock_remote_eventfd request;
	struct eventfd_ctx *ctx;
	struct file *file;
	long ret = -ENODEV;

	if (copy_from_user(&request, arg, sizeof(request)))
		return -EFAULT;
	mutex_lock(&lock);
	if (remote->cell) {
		free_irqfds_of(remote, request.number, false);
		ret = request.fd < 0 ? 0 : -EBADF;
	}
	file = ret == -EBADF ? fget(request.fd) : NULL;
	if (file) {
		ctx = eventfd_ctx_fileget(file);
		ret = IS_ERR(ctx) ? PTR_ERR(ctx) : add_irqfd(remote, file, ctx, request.number);
		fput(file);
	}
	mutex_unlock(&lock);
	return ret;
}

static long remote_ioctl(struct file *file, unsigned int nr, unsigned long arg)
{
	struct remote *remote = file->private_data;

	switch (nr) {
	case CELLBLOCK_REMOTE_INFO:
		return get_info(remote, (void __user *)arg);
	case CELLBLOCK_REMOTE_ATTACH:
		return attach(remote, arg);
	case CELLBLOCK_REMOTE_NOTIFY:
		return set_range(remote, (void __user *)arg);
	case CELLBLOCK_REMOTE_IRQ:
		return set_irq(remote, (void __user *)arg);
	case CELLBLOCK_REMOTE_IOEVENTFD:
		return set_event(remote, (void __user *)arg);
	case CELLBLOCK_REMOTE_IRQFD:
		return set_irqfd(remote, (void __user *)arg);
	case CELLBLOCK_REMOTE_RESET:
		return end_reset(remote, arg);
	case CELLBLOCK_REMOTE_FAIL:
		return fail(remote, arg);
	default:
		return -ENOTTY;
	}
}

/* Mappings */

/* Where the cell has it, of what root may see; 0: nowhere. */
static phys_addr_t find_ram(const struct cell *cell, u64 address, u64 size)
{
	const struct jailhouse_memory *mem;

	for_each_mem(mem, cell->config)
		if ((mem->flags & (JAILHOUSE_MEM_ROOTSHARED | JAILHOUSE_MEM_IO |
				   CONFIG_MEM_MADE)) == JAILHOUSE_MEM_ROOTSHARED &&
		    !JAILHOUSE_MEMORY_IS_SUBPAGE(mem) &&
		    config_mem_holds(mem, address, size))
			return mem->phys_start + (address - mem->virt_start);
	return 0;
}

/* Of a range of the file; the lock is held. */
static phys_addr_t locate(const struct remote *remote, u64 offset, u64 size)
{
	if (!remote->cell)
		return virt_to_phys((void *)remote->blank) +
			(offset >= CELLBLOCK_REMOTE_PAGE ? 0 : PAGE_SIZE);
	if (offset >= CELLBLOCK_REMOTE_PAGE)
		return offset == CELLBLOCK_REMOTE_PAGE && size == PAGE_SIZE ?
		       round_down(remote->address, PAGE_SIZE) : 0;
	return find_ram(remote->cell, offset, size);
}

static vm_fault_t fault(struct vm_fault *vmf)
{
	struct remote *remote = vmf->vma->vm_private_data;
	u64 offset = (u64)vmf->pgoff << PAGE_SHIFT;
	vm_fault_t ret = VM_FAULT_SIGBUS;
	phys_addr_t address;

	mutex_lock(&lock);
	address = locate(remote, offset, PAGE_SIZE);
	if (address && remote->stale && offset < CELLBLOCK_REMOTE_PAGE)
		address = virt_to_phys((void *)remote->blank) + PAGE_SIZE;
	/* a page of root's may begin where no page of Linux does */
	if (address && !offset_in_page(address))
		ret = vmf_insert_pfn(vmf->vma, vmf->address, PHYS_PFN(address));
	mutex_unlock(&lock);
	return ret;
}

static const struct vm_operations_struct vm_ops = {
	.fault = fault,
};

/* Is all of it RAM that root has at its physical address? */
static bool root_has(phys_addr_t address, u64 size)
{
	phys_addr_t end = address + size;
	long part;

	do {
		part = hyp_call(CELLBLOCK_HC_ROOT_MEMORY, address, 0);
		if (part < 0 || !(part & CELLBLOCK_ROOT_MEMORY_OWNED))
			return false;
		address = part & ~CELLBLOCK_ROOT_MEMORY_OWNED;
	} while (address < end);
	return true;
}

static int remote_mmap(struct file *file, struct vm_area_struct *vma)
{
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT, size = vma->vm_end - vma->vm_start;
	struct remote *remote = file->private_data;
	phys_addr_t address;
	bool gone;

	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	mutex_lock(&lock);
	gone = !remote->cell;
	address = locate(remote, offset, size);
	mutex_unlock(&lock);
	if (gone)
		return -ENODEV;
	if (!address || offset_in_page(address))
		return -EINVAL;
	if (offset < CELLBLOCK_REMOTE_PAGE && !root_has(address, size))
		return -EACCES;
	compat_set_pfnmap(vma);
	vma->vm_private_data = remote;
	vma->vm_ops = &vm_ops;
	return 0;
}

/* Life */

/* The lock is held. */
static void disconnect(struct remote *remote)
{
	struct cellblock_remote_page *page = remote->page;
	unsigned int n;

	if (!remote->cell)
		return;
	free_irqfds_of(remote, 0, true);
	hyp_call(CELLBLOCK_HC_REMOTE_ATTACH, remote->id, 0);
	hyp_call(CELLBLOCK_HC_REMOTE_NOTIFY, remote->id, 0);
	free_irq(remote->irq, remote);
	for (n = 0; n < CELLBLOCK_REMOTE_NOTIFICATIONS; n++)
		if (remote->event[n])
			eventfd_ctx_put(remote->event[n]);
	spin_lock_irq(&remote->guard);
	remote->page = NULL;
	spin_unlock_irq(&remote->guard);
	memunmap(page);
	remote->cell->remote = NULL;
	remote->cell = NULL;
}

void remote_cell_goes(struct cell *cell)
{
	struct remote *remote;

	mutex_lock(&lock);
	remote = cell->remote;
	if (remote) {
		disconnect(remote);
		/* others' come back by faults */
		unmap_mapping_range(remote->opener->f_mapping, 0, 0, 1);
		wake_up_interruptible_poll(&remote->wait, EPOLLHUP | EPOLLERR);
	}
	mutex_unlock(&lock);
}

void remote_cell_stopped(struct cell *cell)
{
	struct remote *remote;

	mutex_lock(&lock);
	remote = cell->remote;
	if (remote) {
		WRITE_ONCE(remote->page->reset, remote->page->reset + 1);
		WRITE_ONCE(remote->stale, remote->follows);
	}
	if (remote && remote->stale) {
		unmap_ram(remote);
		wake_up_interruptible_poll(&remote->wait, EPOLLIN);
	}
	mutex_unlock(&lock);
}

/* Its mappings are gone too. */
static int remote_release(struct inode *inode, struct file *file)
{
	struct remote *remote = file->private_data;

	mutex_lock(&lock);
	disconnect(remote);
	mutex_unlock(&lock);
	fput(remote->opener);
	free_pages(remote->blank, 1);
	kfree(remote);
	return 0;
}

static const struct file_operations remote_ops = {
	.owner = THIS_MODULE,
	.release = remote_release,
	.unlocked_ioctl = remote_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.poll = remote_poll,
	.mmap = remote_mmap,
	.llseek = noop_llseek,
};

/* The lock is held; on success disconnect() undoes it. */
static int connect(struct remote *remote, struct cell *cell, struct jailhouse_error *err)
{
	int ret, irq = pci_claim_irq(&remote->intid, err);
	struct cellblock_remote_page *page;
	long address;

	if (irq < 0)
		return irq;
	if (cell->remote)
		return error_set(err, -EBUSY, "a program answers for the windows of %s already",
				 cell->label);
	address = hyp_call(CELLBLOCK_HC_REMOTE_ATTACH, cell->id, 0);
	if (address < 0)
		return error_set(err, (int)address, "%s has no window: give its configuration a region with JAILHOUSE_MEM_REMOTE",
				 cell->label);
	page = memremap(address, sizeof(*page), MEMREMAP_WB);
	if (!page)
		return error_set(err, -ENOMEM, "no memory to map the page of %s", cell->label);
	remote->page = page;
	/* of an earlier program */
	memset(page, 0, offsetof(struct cellblock_remote_page, slot));
	page->reset = 1;
	ret = request_irq(irq, interrupt, IRQF_SHARED, "jailhouse-remote", remote);
	if (ret) {
		remote->page = NULL;
		memunmap(page);
		return error_set(err, ret, "Linux does not give interrupt %u to the windows of %s (error %d)",
				 remote->intid, cell->label, ret);
	}
	remote->irq = irq;
	remote->address = address;
	remote->id = cell->id;
	remote->cpus = config_cpu_bits(cell->config);
	remote->cell = cell;
	cell->remote = remote;
	return 0;
}

/* Of no cell yet. */
static struct file *make_file(struct file *opener)
{
	struct remote *remote = kzalloc(sizeof(*remote), GFP_KERNEL);
	struct file *file = ERR_PTR(-ENOMEM);

	if (!remote)
		return file;
	init_waitqueue_head(&remote->wait);
	spin_lock_init(&remote->guard);
	spin_lock_init(&remote->events_lock);
	INIT_LIST_HEAD(&remote->irqfds);
	remote->blank = __get_free_pages(GFP_KERNEL | __GFP_ZERO, 1);
	if (remote->blank)
		file = anon_inode_getfile("[jailhouse-remote]", &remote_ops, remote, O_RDWR);
	if (IS_ERR(file)) {
		free_pages(remote->blank, 1);
		kfree(remote);
		return file;
	}
	remote->opener = get_file(opener);
	file->f_mapping = opener->f_mapping;
	return file;
}

int remote_open(struct cell *cell, struct file *opener, struct jailhouse_error *err)
{
	struct file *file = make_file(opener);
	int fd, ret;

	if (IS_ERR(file))
		return error_set(err, (int)PTR_ERR(file), "no memory for a file");
	mutex_lock(&lock);
	ret = connect(file->private_data, cell, err);
	mutex_unlock(&lock);
	fd = ret ?: get_unused_fd_flags(O_CLOEXEC);
	if (fd >= 0) {
		fd_install(fd, file);
		return fd;
	}
	fput(file);
	return ret ?: error_set(err, fd, "the process has too many open files");
}
