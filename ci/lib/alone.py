# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
"""Programs of the real-time kernel on QEMU's machine alone, without a hypervisor."""

import os
import re
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
PROGRAMS = os.path.join(os.environ.get("O", os.path.join(TOP, "build")), "inmates-bare")
# Instructions for which the kernel may mask interrupts; Documentation/rtos.md says what takes longest.
MASKED_LIMIT = 2448
# The same of one call with nobody waiting, as that document states it; the first that fits.
MASKED_LIMITS = (("osThreadJoin", 576), ("osDelay", 336),
                 ("spawn|osThread(SetPriority|Suspend|Resume|Yield)|osTimer(Start|Stop)", 224), ("", 96))


def alone(program, plugin=None, cpus=2, exact=True):
    """What it printed. Exact: one instruction is 1 ns; it takes long where CPUs wait by spinning."""
    command = ["qemu-system-aarch64", "-M", "virt,gic-version=3", "-cpu", "cortex-a57", "-smp", str(cpus), "-accel",
               "tcg,thread=single", "-nographic", "-nic", "none", "-kernel", f"{PROGRAMS}/{program}.elf"]
    command += ["-icount", "shift=0,sleep=off"] if exact else []
    command += ["-plugin", plugin] if plugin else []
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=120, check=True)
    return done.stdout.decode(errors="replace")


def masked():
    """Of the kernel's test of its costs: the longest time with interrupts masked, in instructions, that of calls."""
    said = alone("tests/rtos-latency")
    calls = re.findall(r"^# (.*\)): masked for at most (\d+) ns", said, re.M)
    longest = max(map(int, re.findall(r"masked for at most (\d+) ns", said)))
    return longest, {call: int(took) for call, took in calls}


def masked_limit(call):
    """With a step of the counter, which is 16: where in one a section begins changes with the program."""
    return 16 + next(limit for pattern, limit in MASKED_LIMITS if re.search(pattern, call))
