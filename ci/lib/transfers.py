# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
"""How much it costs to pass data from root to a cell, by size and way: rows of what ci/bench/transfer.c measures.

This is the experiment of the paper on MECACM (its figure 2), with more sizes of the shared memory.
"""

import re

SECTIONS = (4096, 65536, 262144, 1048576)
SIZES = (4096, 16384, 65536, 262144, 1048576, 4194304)
# The columns of a table: what the programs print.
WAYS = (("memcpy", "memcpy"), ("messages", "messages"), ("bulk", "copy"), ("in place", "place"))
NETWORKS = (("Ethernet", "ethernet"), ("loopback", "loopback"))
# From this size on, of one memcpy; and in place, if it goes in one block.
GOAL_FROM, GOAL_RATIO, GOAL_PLACE = 65536, 1.05, 4000
WIDTH = 11


def _bytes(value):
    return f"{value >> 20} MiB" if value >= 1 << 20 else f"{value >> 10} KiB"


def _columns(values):
    return "".join(f" {value:>{WIDTH}}" for value in values)


def _heading(section):
    names = [name for name, _ in WAYS] + ["of memcpy"]
    return f"{f'By {_bytes(section)} of shared memory, all instructions':50}" + _columns(names)


NETWORK = f"{'By UDP, all instructions':50}" + _columns(name for name, _ in NETWORKS)
HEADINGS = (*(_heading(section) for section in SECTIONS), NETWORK)


def measured(text, counted):
    """The least of each way, section and size: what was printed, beside what was counted in the same order."""
    lines = re.findall(r"^(\w+) (\d+) (\d+) (\d+)\s*$", text, re.M)
    if len(lines) != len(counted):
        raise RuntimeError(f"{len(lines)} transfers were printed and {len(counted)} counted")
    result = {}
    for (way, *numbers), value in zip(lines, counted):
        section, size, times = (int(n) for n in numbers)
        key = ("transfer", way, section, size)
        result[key] = min(result.get(key, value), value // times)
    return result


def _verdict(section, size, ratio, place):
    goals = [ratio <= GOAL_RATIO] if size >= GOAL_FROM else []
    goals += [place <= GOAL_PLACE] if size <= section else []
    return "" if not goals else "  reached" if all(goals) else "  missed"


def rows(values):
    """The table's lines of what measured() found, by heading and name."""
    result = {}
    for section in SECTIONS:
        for size in SIZES:
            costs = [values.get(("transfer", way, section, size)) for _, way in WAYS]
            if None in costs:
                continue
            ratio = costs[2] / costs[0]
            line = f"  {_bytes(size):48}" + _columns([*costs, f"{ratio:.2f}x"])
            result[_heading(section), _bytes(size)] = line + _verdict(section, size, ratio, costs[3])
    for size in SIZES:
        costs = [values.get(("transfer", way, 0, size)) for _, way in NETWORKS]
        if None not in costs:
            result[NETWORK, _bytes(size)] = f"  {_bytes(size):48}" + _columns(costs)
    return result
