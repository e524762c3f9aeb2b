/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "hardware/points.h"
#include "io.h"
#include "message.h"
#include "show/cpu_list.h"

#define LOG_SIZE	(1 << 20)

static void say(struct point *point, enum verdict verdict, const char *cure,
		const char *format, ...) __attribute__((format(printf, 4, 5)));

static void say(struct point *point, enum verdict verdict, const char *cure,
		const char *format, ...)
{
	va_list args;

	point->verdict = verdict;
	point->cure = cure;
	va_start(args, format);
	vsnprintf(point->text, sizeof(point->text), format, args);
	va_end(args);
}

/* The first line of a file below @root; "" if there is none. */
static const char *line_of(const char *root, const char *file)
{
	static char line[4096];
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", root, file);
	return file_read_line(line, sizeof(line), path) ? "" : line;
}

static bool log_has(const char *words)
{
	char *text = calloc(1, LOG_SIZE);
	bool found;

	if (!text)
		return false;
	io_kernel_log(text, LOG_SIZE);
	found = strstr(text, words) != NULL;
	free(text);
	return found;
}

static void look_at_el2(struct point *point, const struct hardware *hw)
{
	static const char cure[] =
		"start Linux at EL2: firmware must not keep it (U-Boot: CONFIG_ARMV8_SWITCH_TO_EL1 "
		"off; QEMU: -M virt,virtualization=on), and Linux must be no guest";

	if (hw && !strcmp(hw->conduit, "hvc"))
		say(point, POINT_BAD, cure, "firmware is called by HVC: something else is at EL2");
	else if (log_has("started at EL2"))
		say(point, POINT_GOOD, NULL, "Linux was started at EL2");
	else if (log_has("started at EL1"))
		say(point, POINT_BAD, cure, "Linux was started at EL1");
	else
		say(point, POINT_UNKNOWN, NULL,
		    "the kernel's log does not say any more at which level Linux was started");
}

static void look_at_vhe(struct point *point, const struct hardware *hw)
{
	static const char cure[] =
		"start Linux with kvm-arm.mode=nvhe. U-Boot: setenv bootargs \"${bootargs} "
		"kvm-arm.mode=nvhe\"; extlinux.conf: at the end of its line append; GRUB: in "
		"GRUB_CMDLINE_LINUX of /etc/default/grub, then update-grub. It took effect when "
		"/proc/cmdline has it";

	(void)hw;
	if (strstr(line_of(io_proc_root(), "cmdline"), "kvm-arm.mode=nvhe"))
		say(point, POINT_GOOD, NULL, "kvm-arm.mode=nvhe keeps Linux at EL1");
	else if (log_has("detected: Virtualization Host Extensions") ||
		 log_has(": VHE mode initialized"))
		say(point, POINT_BAD, cure, "the CPU has VHE, and Linux itself runs at EL2");
	else
		say(point, POINT_GOOD, NULL,
		    "nothing says that Linux uses VHE (Cortex-A53, A57, A72 and A73 do not have it)");
}

static void look_at_gic(struct point *point, const struct hardware *hw)
{
	say(point, POINT_GOOD, NULL, "GICv%u, GICD at 0x%llx%s", hw->gic.version, hw->gic.gicd,
	    hw->gic.its ? ", with an ITS" : "");
}

static void look_at_psci(struct point *point, const struct hardware *hw)
{
	static const char cure[] = "firmware has to offer PSCI: use one with TF-A, or U-Boot's own";

	if (!hw->psci[0])
		say(point, POINT_BAD, cure, "the device tree has no /psci");
	else if (hw->cpu_set & ~hw->psci_cpus)
		say(point, POINT_BAD, cure, "not all CPUs have enable-method \"psci\"");
	else
		say(point, POINT_GOOD, NULL, "%s, by %s", hw->psci, hw->conduit);
}

static void look_at_cpus(struct point *point, const struct hardware *hw)
{
	char cpus[CPU_LIST_TEXT], missing[CPU_LIST_TEXT];

	if (hw->cpus_left_out)
		say(point, POINT_NOTE, "bring them online first, if cells are to have them: "
		    "echo 1 >/sys/devices/system/cpu/cpuN/online",
		    "%s are online, %s are not and would be left out",
		    cpu_list(cpus, hw->cpu_set), cpu_list(missing, hw->cpus_left_out));
	else if (hw->num_cpus == 1)
		say(point, POINT_NOTE, NULL, "there is only one: no cell can have it");
	else
		say(point, POINT_GOOD, NULL, "%s", cpu_list(cpus, hw->cpu_set));
}

static void look_at_pages(struct point *point, const struct hardware *hw)
{
	long size = sysconf(_SC_PAGESIZE);

	(void)hw;
	if (size == 4096)
		say(point, POINT_GOOD, NULL, "4 KiB");
	else
		say(point, POINT_NOTE, NULL, "%ld KiB: what a cell takes from Linux is multiples of that",
		    size / 1024);
}

static void look_at_modules(struct point *point, const struct hardware *hw)
{
	const char *lockdown;

	(void)hw;
	lockdown = line_of(io_sys_root(), "kernel/security/lockdown");
	if (*lockdown && !strstr(lockdown, "[none]"))
		say(point, POINT_BAD, "switch Secure Boot off, or sign jailhouse.ko with a key that "
		    "the kernel trusts and start without lockdown=",
		    "the kernel is locked down: %s", lockdown);
	else if (line_of(io_sys_root(), "module/module/parameters/sig_enforce")[0] == 'Y')
		say(point, POINT_NOTE, "sign jailhouse.ko with a key that the kernel trusts",
		    "the kernel takes signed modules only");
	else
		say(point, POINT_GOOD, NULL, "modules need no signature");
}

static void look_at_image(struct point *point, const struct hardware *hw)
{
	char path[256];

	(void)hw;
	snprintf(path, sizeof(path), "%s/jailhouse.bin", io_firmware_folder());
	if (access(path, R_OK))
		say(point, POINT_BAD, "make install, or copy build/hypervisor/jailhouse.bin there",
		    "there is no %s", path);
	else
		say(point, POINT_GOOD, NULL, "%s", path);
}

static void look_at_dma(struct point *point, const struct hardware *hw)
{
	if (hw->iommu.count)
		say(point, POINT_NOTE, NULL,
		    "there is an IOMMU (%s), which is root's: a device of a cell reaches all memory",
		    hw->iommu.list[0].path);
	else
		say(point, POINT_NOTE, NULL,
		    "there is no IOMMU: a device that does DMA reaches all memory, whoever has it");
}

static void look_at_memory(struct point *point, const struct hardware *hw)
{
	say(point, POINT_GOOD, NULL, "%llu MiB in %u pieces", areas_size(&hw->ram) >> 20,
	    hw->ram.count);
}

unsigned int points_look(struct point points[POINTS_MAX], const struct hardware *hardware)
{
	static const struct {
		const char *name;
		void (*look)(struct point *point, const struct hardware *hw);
		bool needs_hardware;
	} looks[] = {
		{ "EL2", look_at_el2, false },
		{ "VHE", look_at_vhe, false },
		{ "PSCI", look_at_psci, true },
		{ "GIC", look_at_gic, true },
		{ "CPUs", look_at_cpus, true },
		{ "RAM", look_at_memory, true },
		{ "page size", look_at_pages, false },
		{ "modules", look_at_modules, false },
		{ "image", look_at_image, false },
		{ "DMA", look_at_dma, true },
	};
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(looks); n++) {
		points[n].name = looks[n].name;
		if (looks[n].needs_hardware && !hardware)
			say(&points[n], POINT_UNKNOWN, NULL, "the machine could not be read");
		else
			looks[n].look(&points[n], hardware);
	}
	return n;
}

static bool set_online(unsigned int cpu, bool online)
{
	char path[256];
	FILE *stream;
	bool done;

	snprintf(path, sizeof(path), "%s/devices/system/cpu/cpu%u/online", io_sys_root(), cpu);
	stream = fopen(path, "we");
	if (!stream)
		return false;
	done = fputs(online ? "1" : "0", stream) >= 0;
	return !fclose(stream) && done;
}

void points_try_cpus(struct point *point, const struct hardware *hardware)
{
	unsigned int cpu, first = (unsigned int)__builtin_ctzll(hardware->cpu_set);
	char cpus[CPU_LIST_TEXT];
	u64 stuck = 0;

	point->name = "CPU hotplug";
	for (cpu = first + 1; cpu < HARDWARE_MAX_CPUS; cpu++)
		if ((hardware->cpu_set >> cpu & 1) &&
		    (!set_online(cpu, false) || !set_online(cpu, true)))
			stuck |= 1ULL << cpu;
	if (stuck)
		say(point, POINT_BAD, "see the kernel's log: an interrupt that cannot move, or "
		    "firmware without CPU_OFF", "Linux cannot take these off and on: %s",
		    cpu_list(cpus, stuck));
	else
		say(point, POINT_GOOD, NULL, "each CPU but the first went offline and came back");
}
