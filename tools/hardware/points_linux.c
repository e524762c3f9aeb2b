/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "hardware/points_linux.h"
#include "io.h"

#define LOG_SIZE	(1 << 20)

/* The first line of a file below @root; "" if there is none. */
static const char *line_of(const char *root, const char *file)
{
	static char line[4096];
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", root, file);
	return file_read_line(line, sizeof(line), path) ? "" : line;
}

/* What follows @words in the kernel's log, up to a blank, goes to @word. */
bool points_log_word(const char *words, char *word, size_t size)
{
	char *text = calloc(1, LOG_SIZE), *found;

	if (!text)
		return false;
	io_kernel_log(text, LOG_SIZE);
	found = strstr(text, words);
	if (found)
		snprintf(word, size, "%.*s", (int)strcspn(found + strlen(words), " \n"),
			 found + strlen(words));
	free(text);
	return found;
}

bool points_log_has(const char *words)
{
	char rest[8];

	return points_log_word(words, rest, sizeof(rest));
}

void points_look_at_el2(struct point *point, const struct hardware *hw)
{
	static const char cure[] =
		"start Linux at EL2: firmware must not keep it (U-Boot: CONFIG_ARMV8_SWITCH_TO_EL1 "
		"off; QEMU: -M virt,virtualization=on), and Linux must be no guest";

	if (hw && !strcmp(hw->conduit, "hvc"))
		point_say(point, POINT_BAD, cure, "firmware is called by HVC: something else is at EL2");
	else if (points_log_has("started at EL2"))
		point_say(point, POINT_GOOD, NULL, "Linux was started at EL2");
	else if (points_log_has("started at EL1"))
		point_say(point, POINT_BAD, cure, "Linux was started at EL1");
	else
		point_say(point, POINT_UNKNOWN, NULL,
			  "the kernel's log does not say any more at which level Linux was started");
}

void points_look_at_vhe(struct point *point, const struct hardware *hw)
{
	static const char cure[] =
		"start Linux with kvm-arm.mode=nvhe. U-Boot: setenv bootargs \"${bootargs} "
		"kvm-arm.mode=nvhe\"; extlinux.conf: at the end of its line append; GRUB: in "
		"GRUB_CMDLINE_LINUX of /etc/default/grub, then update-grub. It took effect when "
		"/proc/cmdline has it";

	(void)hw;
	if (strstr(line_of(io_proc_root(), "cmdline"), "kvm-arm.mode=nvhe"))
		point_say(point, POINT_GOOD, NULL, "kvm-arm.mode=nvhe keeps Linux at EL1");
	else if (points_log_has("detected: Virtualization Host Extensions") ||
		 points_log_has(": VHE mode initialized"))
		point_say(point, POINT_BAD, cure, "the CPU has VHE, and Linux itself runs at EL2");
	else
		point_say(point, POINT_GOOD, NULL,
			  "nothing says that Linux uses VHE (Cortex-A53, A57, A72 and A73 do not have it)");
}

/* The process of a KVM guest; 0: none is seen. Each has a folder PID-FD. */
static long kvm_guest(void)
{
	char path[256], *rest;
	struct dirent *entry;
	long process = 0;
	DIR *folder;

	snprintf(path, sizeof(path), "%s/kernel/debug/kvm", io_sys_root());
	folder = opendir(path);
	if (!folder)
		return 0;
	while (!process && (entry = readdir(folder))) {
		process = strtol(entry->d_name, &rest, 10);
		if (*rest != '-')
			process = 0;
	}
	closedir(folder);
	return process;
}

void points_look_at_kvm(struct point *point, const struct hardware *hw)
{
	long process = kvm_guest();

	(void)hw;
	if (strstr(line_of(io_proc_root(), "cmdline"), "kvm-arm.mode=protected"))
		point_say(point, POINT_BAD, "start Linux with kvm-arm.mode=nvhe instead",
			  "kvm-arm.mode=protected: KVM keeps EL2 for itself");
	else if (process)
		point_say(point, POINT_BAD, "end it first: it and the hypervisor cannot both be there",
			  "a KVM guest runs, process %ld", process);
	else
		point_say(point, POINT_GOOD, NULL, "no guest of it is seen");
}

void points_look_at_pages(struct point *point, const struct hardware *hw)
{
	long size = sysconf(_SC_PAGESIZE);

	(void)hw;
	if (size == 4096)
		point_say(point, POINT_GOOD, NULL, "4 KiB");
	else
		point_say(point, POINT_NOTE, NULL, "%ld KiB: what a cell takes from Linux is multiples of that",
			  size / 1024);
}

void points_look_at_modules(struct point *point, const struct hardware *hw)
{
	const char *lockdown;

	(void)hw;
	lockdown = line_of(io_sys_root(), "kernel/security/lockdown");
	if (*lockdown && !strstr(lockdown, "[none]"))
		point_say(point, POINT_BAD, "switch Secure Boot off, or sign jailhouse.ko with a key that "
			  "the kernel trusts and start without lockdown=",
			  "the kernel is locked down: %s", lockdown);
	else if (line_of(io_sys_root(), "module/module/parameters/sig_enforce")[0] == 'Y')
		point_say(point, POINT_NOTE, "sign jailhouse.ko with a key that the kernel trusts",
			  "the kernel takes signed modules only");
	else
		point_say(point, POINT_GOOD, NULL, "modules need no signature");
}

void points_look_at_image(struct point *point, const struct hardware *hw)
{
	char path[256];

	(void)hw;
	snprintf(path, sizeof(path), "%s/jailhouse.bin", io_firmware_folder());
	if (access(path, R_OK))
		point_say(point, POINT_BAD, "make install, or copy build/hypervisor/jailhouse.bin there",
			  "there is no %s", path);
	else
		point_say(point, POINT_GOOD, NULL, "%s", path);
}
