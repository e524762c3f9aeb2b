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


def alone(program, plugin=None, cpus=2, exact=True):
    """What it printed. Exact: one instruction is 1 ns; it takes long where CPUs wait by spinning."""
    command = ["qemu-system-aarch64", "-M", "virt,gic-version=3", "-cpu", "cortex-a57", "-smp", str(cpus), "-accel",
               "tcg,thread=single", "-nographic", "-nic", "none", "-kernel", f"{PROGRAMS}/{program}.elf"]
    command += ["-icount", "shift=0,sleep=off"] if exact else []
    command += ["-plugin", plugin] if plugin else []
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=120, check=True)
    return done.stdout.decode(errors="replace")


def masked():
    """The longest time that the kernel's test of its costs had interrupts masked, in instructions."""
    return max(map(int, re.findall(r"masked for at most (\d+) ns", alone("tests/rtos-latency"))))
