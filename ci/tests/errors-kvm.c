// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* KVM and the hypervisor: one at a time, whoever was first, and each works after the other */

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "lib/cellblock.h"
#include "lib/errors.h"

#define GUEST_RAM	0x10000
#define GUEST_DEVICE	0x20000
/* the largest that Linux may have */
#define PAGE		0x10000

/* mov x1, #GUEST_DEVICE; mov w0, #0x42; str w0, [x1]; b . */
static const uint32_t guest_code[] = { 0xd2a00041, 0x52800840, 0xb9000020, 0x14000000 };

struct guest {
	int kvm, vm, vcpu;
	struct kvm_run *run;
};

/*
 * On CPU 0: QEMU 7.2 hangs when a guest runs on a CPU that Linux has had
 * offline and online, with or without a hypervisor.
 */
static bool open_kvm(struct guest *guest)
{
	if (cb_pin(0))
		return false;
	guest->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	return guest->kvm >= 0;
}

/* Debian's real-time kernels for arm64 are built without KVM; any other that lacks it is a failure. */
static bool kernel_without_kvm(void)
{
	struct utsname name;

	return !uname(&name) && strstr(name.version, "PREEMPT_RT") && access("/dev/kvm", F_OK);
}

#define NEEDS_KVM()								\
	do {									\
		if (kernel_without_kvm())					\
			SKIP(return, "a real-time kernel without KVM");		\
	} while (0)

static bool make_vm(struct guest *guest)
{
	guest->vm = ioctl(guest->kvm, KVM_CREATE_VM, 0);
	return guest->vm >= 0;
}

static bool make_vcpu(struct guest *guest)
{
	struct kvm_userspace_memory_region ram = {
		.guest_phys_addr = GUEST_RAM,
		.memory_size = PAGE,
	};
	struct kvm_vcpu_init init = { 0 };
	uint64_t pc = GUEST_RAM;
	struct kvm_one_reg reg = {
		.id = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE |
			KVM_REG_ARM_CORE_REG(regs.pc),
		.addr = (uintptr_t)&pc,
	};
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	memcpy(page, guest_code, sizeof(guest_code));
	ram.userspace_addr = (uintptr_t)page;
	if (ioctl(guest->vm, KVM_SET_USER_MEMORY_REGION, &ram))
		return false;
	guest->vcpu = ioctl(guest->vm, KVM_CREATE_VCPU, 0);
	if (guest->vcpu < 0 || ioctl(guest->vm, KVM_ARM_PREFERRED_TARGET, &init) ||
	    ioctl(guest->vcpu, KVM_ARM_VCPU_INIT, &init) ||
	    ioctl(guest->vcpu, KVM_SET_ONE_REG, &reg))
		return false;
	guest->run = mmap(NULL, (size_t)ioctl(guest->kvm, KVM_GET_VCPU_MMAP_SIZE, 0),
			  PROT_READ | PROT_WRITE, MAP_SHARED, guest->vcpu, 0);
	return guest->run != MAP_FAILED;
}

/* Does the guest get as far as its store to the device? */
static bool runs(struct guest *guest)
{
	if (ioctl(guest->vcpu, KVM_RUN, 0))
		return false;
	return guest->run->exit_reason == KVM_EXIT_MMIO &&
		guest->run->mmio.phys_addr == GUEST_DEVICE && guest->run->mmio.data[0] == 0x42;
}

static bool guest_works(void)
{
	struct guest guest = { 0 };

	return open_kvm(&guest) && make_vm(&guest) && make_vcpu(&guest) && runs(&guest);
}

/* In a process of its own, so that nothing of it is left. */
static bool guest_works_elsewhere(void)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid)
		_exit(!guest_works());
	waitpid(pid, &status, 0);
	return !status;
}

static const char *refused_by(const char *what)
{
	const char *words[ERR_WORDS] = { what };
	char process[64];

	snprintf(process, sizeof(process), "process %d", getpid());
	words[1] = process;
	words[2] = "errors-kvm";
	return err_refused(cb_enable(NULL), EBUSY, words);
}

/* Not enabled, and there is a VM. */
static void begin(struct __test_metadata *_metadata, struct guest *guest)
{
	ALL_WELL(err_begin(false));
	ASSERT_TRUE(open_kvm(guest));
	ASSERT_TRUE(make_vm(guest));
}

TEST(guest_exists)
{
	struct guest guest = { 0 };
	struct err_state before;

	NEEDS_KVM();
	begin(_metadata, &guest);
	close(guest.kvm);
	err_note(&before);
	ALL_WELL(refused_by("a KVM guest exists"));
	ALL_WELL(err_changed(&before));
	close(guest.vm);
	ALL_WELL(err_works());
	EXPECT_TRUE(guest_works_elsewhere());
}

/* It still runs after the attempt. */
TEST(guest_has_run)
{
	struct guest guest = { 0 };
	struct err_state before;

	NEEDS_KVM();
	begin(_metadata, &guest);
	ASSERT_TRUE(make_vcpu(&guest));
	err_note(&before);
	ALL_WELL(refused_by("KVM"));
	ALL_WELL(err_changed(&before));
	EXPECT_TRUE(runs(&guest));
	ALL_WELL(refused_by("KVM"));
}

TEST(device_is_open)
{
	struct err_state before;
	int kvm;

	NEEDS_KVM();
	ALL_WELL(err_begin(false));
	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, kvm);
	err_note(&before);
	ALL_WELL(refused_by("has /dev/kvm open"));
	ALL_WELL(err_changed(&before));
	close(kvm);
	ALL_WELL(err_works());
}

TEST(while_enabled)
{
	NEEDS_KVM();
	ALL_WELL(err_begin(true));
	EXPECT_EQ(-1, open("/dev/kvm", O_RDWR | O_CLOEXEC));
	ALL_WELL(err_works());
	ASSERT_EQ(0, cb_disable());
	EXPECT_TRUE(guest_works_elsewhere());
	ALL_WELL(err_begin(true));
	ASSERT_EQ(0, cb_disable());
	EXPECT_TRUE(guest_works_elsewhere());
}

/* An open file that no process has is one that nobody finds. */
static bool hide(int sockets[2], int fd)
{
	char control[CMSG_SPACE(sizeof(fd))] = { 0 }, byte = 0;
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&msg);

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets))
		return false;
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	if (sendmsg(sockets[0], &msg, 0) != 1)
		return false;
	close(fd);
	return true;
}

static int unhide(int sockets[2])
{
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	int fd;

	if (recvmsg(sockets[1], &msg, 0) != 1 || !CMSG_FIRSTHDR(&msg))
		return -1;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

/* Refused, and changed nothing, though no process is to be named. */
static void expect_refused(struct __test_metadata *_metadata)
{
	const char *words[ERR_WORDS] = { "a KVM guest exists that no process has open" };
	struct err_state before;

	err_note(&before);
	ALL_WELL(err_refused(cb_enable(NULL), EBUSY, words));
	ALL_WELL(err_changed(&before));
}

TEST(guest_is_in_a_socket)
{
	struct guest guest = { 0 };
	int sockets[2];

	NEEDS_KVM();
	begin(_metadata, &guest);
	close(guest.kvm);
	ASSERT_TRUE(hide(sockets, guest.vm));
	expect_refused(_metadata);
	close(unhide(sockets));
	ALL_WELL(err_works());
	EXPECT_TRUE(guest_works_elsewhere());
}

TEST(guest_is_mapped)
{
	struct guest guest = { 0 };
	size_t size;

	NEEDS_KVM();
	begin(_metadata, &guest);
	ASSERT_TRUE(make_vcpu(&guest));
	size = (size_t)ioctl(guest.kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	close(guest.vcpu);
	close(guest.vm);
	close(guest.kvm);
	expect_refused(_metadata);
	ASSERT_EQ(0, munmap(guest.run, size));
	ALL_WELL(err_works());
}

/* Files of its own, of which one is KVM's, until it is told to end. */
static void *thread_with_kvm(void *arg)
{
	int *pipes = arg, kvm = -1;
	char byte;

	if (!unshare(CLONE_FILES))
		kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (write(pipes[1], "", 1) == 1)
		(void)!read(pipes[2], &byte, 1);
	return kvm < 0 ? arg : NULL;
}

TEST(device_is_open_in_a_thread)
{
	struct err_state before;
	pthread_t thread;
	void *failed;
	int pipes[4];
	char byte;

	NEEDS_KVM();
	ALL_WELL(err_begin(false));
	ASSERT_EQ(0, pipe(pipes) | pipe(pipes + 2));
	ASSERT_EQ(0, pthread_create(&thread, NULL, thread_with_kvm, pipes));
	ASSERT_EQ(1, read(pipes[0], &byte, 1));
	err_note(&before);
	ALL_WELL(refused_by("has /dev/kvm open"));
	ALL_WELL(err_changed(&before));
	ASSERT_EQ(1, write(pipes[3], "", 1));
	ASSERT_EQ(0, pthread_join(thread, &failed));
	ASSERT_EQ(NULL, failed);
	ALL_WELL(err_works());
}

/* Tries to run a guest; a signal ends that if it does not. */
static void try_guest(struct guest *guest)
{
	cb_pin(0);
	alarm(2);
	if (!make_vm(guest))
		_exit(1);
	if (!make_vcpu(guest))
		_exit(2);
	_exit(runs(guest) ? 0 : 3);
}

/* Who gets hold of KVM while the hypervisor is there, gets nothing from it; root lives. */
TEST(started_while_enabled)
{
	struct guest guest = { 0 };
	struct err_state before;
	int sockets[2], status;
	pid_t pid;

	NEEDS_KVM();
	ALL_WELL(err_begin(false));
	ASSERT_TRUE(hide(sockets, open("/dev/kvm", O_RDWR | O_CLOEXEC)));
	ASSERT_EQ(0, cb_enable(NULL)) TH_LOG("%s", cb_error());
	err_note(&before);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		guest.kvm = unhide(sockets);
		try_guest(&guest);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	TH_LOG("it ended with status %#x", status);
	EXPECT_NE(0, status);
	EXPECT_FALSE(cb_kernel_said("Internal error"));
	EXPECT_FALSE(cb_kernel_said("WARNING: "));
	ALL_WELL(err_changed(&before));
	ALL_WELL(err_works());
	ASSERT_EQ(0, cb_disable()) TH_LOG("%s", cb_error());
	EXPECT_TRUE(guest_works_elsewhere());
}

TEST_HARNESS_MAIN
