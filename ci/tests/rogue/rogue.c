// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* A module for tests: what somebody can do who has root's kernel. */

#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/smp.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "rogue.h"

/* See rogue.h; x0: the word. PSCI CPU_OFF does not return. */
asm(
"	.pushsection .text\n"
"	.balign	256\n"
"rogue_stub_code:\n"
"	mrs	x1, currentel\n"
"	lsr	x1, x1, #2\n"
"	add	x1, x1, #1\n"
"	str	x1, [x0]\n"
"	dsb	sy\n"
"	mov	w0, #0x84000000\n"
"	add	w0, w0, #2\n"
"	smc	#0\n"
"1:	wfe\n"
"	b	1b\n"
"	.popsection\n");

extern const char rogue_stub_code[];

static u64 *word;
static void *buffer;

#define CALL(instruction)						\
	asm volatile(instruction					\
		     : "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3),	\
		       "+r" (x4), "+r" (x5), "+r" (x6), "+r" (x7)	\
		     : : "x8", "x9", "x10", "x11", "x12", "x13", "x14",	\
		       "x15", "x16", "x17", "memory")

static u64 pmr_of(u64 value)
{
	unsigned long flags;
	u64 old;

	local_irq_save(flags);
	/* ICC_PMR_EL1 */
	asm volatile("mrs %0, s3_0_c4_c6_0\n\t"
		     "msr s3_0_c4_c6_0, %1\n\tisb\n\t"
		     "mrs %1, s3_0_c4_c6_0\n\t"
		     "msr s3_0_c4_c6_0, %0\n\tisb" : "=&r" (old), "+r" (value));
	local_irq_restore(flags);
	return value;
}

static int call_here(void *arg)
{
	struct rogue_call *call = arg;
	register u64 x0 asm("x0") = call->x[0];
	register u64 x1 asm("x1") = call->x[1];
	register u64 x2 asm("x2") = call->x[2];
	register u64 x3 asm("x3") = call->x[3];
	register u64 x4 asm("x4") = call->x[4];
	register u64 x5 asm("x5") = call->x[5];
	register u64 x6 asm("x6") = call->x[6];
	register u64 x7 asm("x7") = call->x[7];

	switch (call->conduit) {
	case ROGUE_SMC:
		CALL("smc #0");
		break;
	case ROGUE_HVC:
		CALL("hvc #0");
		break;
	case ROGUE_HYPERCALL:
		CALL("hvc #0x4a48");
		break;
	case ROGUE_SGI:
		/* ICC_SGI1R_EL1 */
		asm volatile("msr s3_0_c12_c11_5, %0\n\tisb" : : "r" (x0));
		break;
	case ROGUE_ASGI1:
		asm volatile("msr s3_0_c12_c11_6, %0\n\tisb" : : "r" (x0));
		break;
	case ROGUE_SGI0:
		asm volatile("msr s3_0_c12_c11_7, %0\n\tisb" : : "r" (x0));
		break;
	case ROGUE_PMR:
		x0 = pmr_of(x0);
		break;
	default:
		return -EINVAL;
	}
	call->x[0] = x0;
	call->x[1] = x1;
	call->x[2] = x2;
	call->x[3] = x3;
	return 0;
}

static int access_here(void *arg)
{
	struct rogue_access *access = arg;
	void __iomem *at = ioremap(access->address, access->size);

	if (!at)
		return -ENOMEM;
	if (access->is_write && access->size == 8)
		writeq_relaxed(access->value, at);
	else if (access->is_write && access->size == 4)
		writel_relaxed(access->value, at);
	else if (access->is_write && access->size == 2)
		writew_relaxed(access->value, at);
	else if (access->is_write)
		writeb_relaxed(access->value, at);
	else if (access->size == 8)
		access->value = readq_relaxed(at);
	else if (access->size == 4)
		access->value = readl_relaxed(at);
	else if (access->size == 2)
		access->value = readw_relaxed(at);
	else
		access->value = readb_relaxed(at);
	iounmap(at);
	return 0;
}

static u64 physical(const void *code)
{
	return page_to_phys(vmalloc_to_page(code)) + offset_in_page(code);
}

static long on_its_cpu(int (*fn)(void *arg), void *arg,
		   void __user *user, size_t size)
{
	int err;

	if (copy_from_user(arg, user, size))
		return -EFAULT;
	/* the number of the CPU comes first in both requests */
	err = smp_call_on_cpu(*(u32 *)arg, fn, arg, false);
	if (err)
		return err;
	return copy_to_user(user, arg, size) ? -EFAULT : 0;
}

static void *dma;
static dma_addr_t dma_address;
static struct miscdevice rogue_device;

static void dma_free(void)
{
	if (dma)
		dma_free_coherent(rogue_device.this_device, ROGUE_DMA_SIZE, dma,
				  dma_address);
	dma = NULL;
}

static long dma_ioctl(u64 __user *user)
{
	struct device *dev = rogue_device.this_device;
	u64 wanted;

	if (get_user(wanted, user) || dma_coerce_mask_and_coherent(dev, DMA_BIT_MASK(64)))
		return -EFAULT;
	dma_free();
	if (!wanted)
		return 0;
	dma = dma_alloc_coherent(dev, ROGUE_DMA_SIZE, &dma_address, GFP_KERNEL);
	return dma ? put_user((u64)dma_address, user) : -ENOMEM;
}

static long rogue_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;
	struct rogue_access access;
	struct rogue_call call;
	struct rogue_stub stub;
	u64 value;

	switch (cmd) {
	case ROGUE_CALL:
		return on_its_cpu(call_here, &call, user, sizeof(call));
	case ROGUE_ACCESS:
		return on_its_cpu(access_here, &access, user, sizeof(access));
	case ROGUE_STUB:
		stub.entry = physical(rogue_stub_code);
		stub.word = virt_to_phys(word);
		return copy_to_user(user, &stub, sizeof(stub)) ? -EFAULT : 0;
	case ROGUE_WORD:
		value = READ_ONCE(*word);
		WRITE_ONCE(*word, 0);
		return copy_to_user(user, &value, sizeof(value)) ? -EFAULT : 0;
	case ROGUE_BUFFER:
		value = virt_to_phys(buffer);
		return copy_to_user(user, &value, sizeof(value)) ? -EFAULT : 0;
	case ROGUE_DMA:
		return dma_ioctl(user);
	default:
		return -ENOTTY;
	}
}

static int rogue_mmap(struct file *file, struct vm_area_struct *vma)
{
	u64 start = (u64)vma->vm_pgoff << PAGE_SHIFT;

	if (start - virt_to_phys(buffer) >= ROGUE_BUFFER_SIZE)
		vma->vm_page_prot = pgprot_device(vma->vm_page_prot);
	return remap_pfn_range(vma, vma->vm_start, vma->vm_pgoff,
			       vma->vm_end - vma->vm_start, vma->vm_page_prot);
}

static const struct file_operations rogue_fops = {
	.owner = THIS_MODULE,
	.mmap = rogue_mmap,
	.unlocked_ioctl = rogue_ioctl,
};

static struct miscdevice rogue_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "rogue",
	.fops = &rogue_fops,
};

static void free_pages_of_ours(void)
{
	if (buffer)
		free_pages_exact(buffer, ROGUE_BUFFER_SIZE);
	free_page((unsigned long)word);
}

static int __init rogue_init(void)
{
	int err = -ENOMEM;

	/* written with the MMU off: a page that nothing else is in */
	word = (u64 *)get_zeroed_page(GFP_KERNEL);
	if (!word)
		return err;
	buffer = alloc_pages_exact(ROGUE_BUFFER_SIZE, GFP_KERNEL | __GFP_ZERO);
	if (buffer)
		err = misc_register(&rogue_device);
	if (err)
		free_pages_of_ours();
	return err;
}

static void __exit rogue_exit(void)
{
	dma_free();
	misc_deregister(&rogue_device);
	free_pages_of_ours();
}

module_init(rogue_init);
module_exit(rogue_exit);

MODULE_DESCRIPTION("Tests of Cellblock: a hostile root kernel");
MODULE_LICENSE("GPL");
