/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <err.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "devices/confine.h"

#ifdef __aarch64__
#define ARCHITECTURE	AUDIT_ARCH_AARCH64
#else
#define ARCHITECTURE	AUDIT_ARCH_X86_64
#endif

/* What the loop and the devices call, by themselves and in the C library. */
static const unsigned int calls[] = {
	/* waiting */
	SYS_ppoll, SYS_restart_syscall, SYS_rt_sigreturn,
#ifdef SYS_poll
	SYS_poll,
#endif
	/* disks, consoles, the log; readers that come and go */
	SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_preadv, SYS_pwritev, SYS_fdatasync,
	SYS_fallocate, SYS_accept4, SYS_close,
	/* the cell; random numbers; time, and the watchdog's */
	SYS_ioctl, SYS_getrandom, SYS_clock_gettime, SYS_timerfd_settime,
	/* the terminal of one who has called it in the background */
	SYS_dup3,
#ifdef SYS_dup2
	SYS_dup2,
#endif
	/* the end: names, memory */
	SYS_unlinkat, SYS_munmap, SYS_brk, SYS_exit_group,
#ifdef SYS_unlink
	SYS_unlink,
#endif
};

#define CALLS		(sizeof(calls) / sizeof(calls[0]))
#define FIELD(name)	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, name))
#define RETURN(value)	BPF_STMT(BPF_RET | BPF_K, value)

static int filter_calls(void)
{
	/* another architecture's numbers mean other calls */
	struct sock_filter filter[CALLS + 6] = {
		FIELD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
		RETURN(SECCOMP_RET_KILL_PROCESS),
		FIELD(nr),
	};
	struct sock_fprog program = { .len = CALLS + 6, .filter = filter };
	unsigned int n;

	for (n = 0; n < CALLS; n++)
		filter[4 + n] = (struct sock_filter)
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[n], (u_char)(CALLS - n), 0);
	filter[4 + n] = (struct sock_filter)RETURN(SECCOMP_RET_KILL_PROCESS);
	filter[5 + n] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* The C library's own way would need its shared part. */
static bool look_up(struct confine *confine, const char *passwd, const char *name)
{
	FILE *file = fopen(passwd, "re");
	const struct passwd *user = NULL;

	while (file && (user = fgetpwent(file)) && strcmp(user->pw_name, name))
		;
	if (user) {
		confine->uid = user->pw_uid;
		confine->gid = user->pw_gid;
	}
	if (file)
		fclose(file);
	return user;
}

int confine_find(struct confine *confine, const char *passwd, const char *name)
{
	confine->uid = geteuid();
	confine->gid = getegid();
	if (look_up(confine, passwd, name ? name : CONFINE_USER))
		return 0;
	if (name) {
		warnx("there is no user %s in %s", name, passwd);
		return -1;
	}
	if (!confine->uid)
		warnx("there is no user " CONFINE_USER " in %s: the devices' program stays root, with "
		      "few system calls", passwd);
	return 0;
}

int confine_enter(const struct confine *confine)
{
	bool other = geteuid() != confine->uid;

	if (other && (setgroups(0, NULL) || setresgid(confine->gid, confine->gid, confine->gid) ||
		      setresuid(confine->uid, confine->uid, confine->uid))) {
		warn("cannot become the user %u", confine->uid);
		return -1;
	}
	if (!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) && !filter_calls())
		return 0;
	warn("cannot give up system calls; has the kernel CONFIG_SECCOMP_FILTER?");
	return -1;
}
