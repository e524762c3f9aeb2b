# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
"""The real-time kernel beside others: what ci/bench/kernel-bench.c measures, and how a row of it is shown.

The others' figures were counted once, elsewhere, in the same way, by the same application in a cell of one CPU, at -O2:
FreeRTOS V11.3.0, tuned, and without its exits to EL2 for masking; Zephyr 4.3.0, tuned, with a tick of 1 kHz. Which
options "tuned" stands for is not on record.
"""

import os
import re

from alone import PROGRAMS, alone
import counts

# How much more than the goal on one CPU two may cost.
TWO_CPUS = 1.6
# (row, interval, FreeRTOS, Zephyr, goal)
ROWS = [
    ("interrupt to the application's handler", 0, "36", "53 to 261", 45),
    ("software timer to callback", 24, "491", "140", 140),
    ("interrupt to a woken thread", 1, "362 to 483", "242 to 450", 230),
    ("timer callback to a woken thread", 25, "1223", "393", 380),
    ("delay to thread", 2, "287", "326", 280),
    ("yield between equals", 3, "111 to 114", "109", 105),
    ("semaphore give that wakes a higher thread", 4, "295 to 416", "167", 160),
    ("message put that wakes a higher thread", 5, "365 to 368", "215", 210),
    ("put and get in one thread", 6, "228 to 231", "144 to 150", 140),
    ("mutex lock and unlock, nobody waits", 7, "187", "59", 55),
]
SIZE = ("kernel in the program", "size", "11.0 KB", "18.3 KB", 14.0)


WIDTHS = (10, 10, 13, 13, 8)


def _columns(values):
    return "".join(f" {value:>{width}}" for value, width in zip(values, WIDTHS))


def _heading(what, *columns):
    return f"{what:50}" + _columns(columns)


ONE = _heading("Real-time kernels on one CPU, instructions", "maximum", "minimum", "FreeRTOS", "Zephyr", "goal")
TWO = _heading("Ours on two CPUs, instructions", "maximum", "minimum", "on one", "", "goal")
HEADINGS = (ONE, TWO)


def _size():
    """KB of code and constants that the program has of the kernel."""
    with open(f"{PROGRAMS}/kernel-bench-up.map", encoding="utf-8") as f:
        linked = f.read().split("Linker script and memory map")[1]
    found = re.findall(r"^ \.(?:text|rodata|data)\S*\s+0x\w+\s+(0x\w+) \S*librtos\S*\(", linked, re.M)
    return sum(int(size, 16) for size in found) / 1000


def measure(plugin_argument, out):
    """(maximum, minimum) of each row, by heading and name."""
    result = {}
    for heading, cpus in ((ONE, 1), (TWO, 2)):
        report = os.path.join(out, f"kernels-{cpus}.counts")
        alone("kernel-bench-up" if cpus == 1 else "kernel-bench", plugin_argument(report), cpus)
        intervals = counts.read(report).intervals
        for name, number, *_ in ROWS:
            result[heading, name] = intervals[number].machine_all_max, intervals[number].machine_all_min
    result[ONE, SIZE[0]] = _size(), _size()
    return result


def _line(name, most, least, others, goal):
    reached = most == least and most <= goal
    columns = (f"{c:g}" if isinstance(c, float) else c for c in (most, least, *others, goal))
    return f"  {name:48}" + _columns(columns) + ("  reached" if reached else "  missed")


def rows(values):
    """The table's lines of what measure() found, by heading and name."""
    result = {}
    for name, _, freertos, zephyr, goal in ROWS + [SIZE]:
        for heading in HEADINGS:
            if (heading, name) not in values:
                continue
            most, least = values[heading, name]
            if heading == ONE:
                result[heading, name] = _line(name, most, least, (freertos, zephyr), goal)
            else:
                on_one = values[ONE, name][0]
                result[heading, name] = _line(name, most, least, (on_one, ""), int(TWO_CPUS * goal))
    return result
