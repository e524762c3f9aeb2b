# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
"""Reads the report of the counting plugin (ci/bench/count.c says what is in it)."""

import dataclasses
import types


@dataclasses.dataclass
class Counts:
    """Intervals by number, entries into EL2 by weight, instructions by address, and the totals of all CPUs."""
    el2: int = 0
    all: int = 0
    intervals: dict = dataclasses.field(default_factory=dict)
    entries: list = dataclasses.field(default_factory=list)
    open: dict = dataclasses.field(default_factory=dict)
    each: list = dataclasses.field(default_factory=list)
    busiest: list = dataclasses.field(default_factory=list)
    executed: dict = dataclasses.field(default_factory=dict)


def _number(text):
    try:
        return int(text, 0)
    except ValueError:
        return text


def read(path):
    counts = Counts()
    with open(path, encoding="ascii") as f:
        for line in f:
            kind, *pairs = line.split()
            fields = types.SimpleNamespace(**{k: _number(v) for k, v in (p.split("=", 1) for p in pairs)})
            if kind == "cpu":
                counts.el2 += fields.el2
                counts.all += fields.all
            elif kind == "interval":
                counts.intervals[fields.id] = fields
            elif kind == "entry":
                counts.entries.append(fields)
            elif kind == "open":
                counts.open[fields.id] = fields.count
            elif kind == "each":
                counts.each.append(fields.machine_all)
                counts.busiest.append(fields.busiest)
            elif kind == "executed":
                counts.executed[fields.address] = fields.count
    return counts
