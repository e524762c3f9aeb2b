# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
"""Counts the results in a (K)TAP stream. What is not TAP (kernel and hypervisor lines) is passed over."""

import dataclasses
import re

PLAN = re.compile(r"(\s*)1\.\.(\d+)\s*(#\s*SKIP.*)?$", re.I)
RESULT = re.compile(r"(\s*)(not ok|ok)\b[\s-]*(\d+)?[\s-]*(.*?)(?:\s*#\s*(SKIP|XFAIL)\b.*)?$", re.I)


@dataclasses.dataclass
class Results:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list = dataclasses.field(default_factory=list)

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.failures += other.failures

    def fail(self, name):
        self.failed += 1
        self.failures.append(name)

    def line(self):
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def parse(text, status):
    """Results of one program. Each leaf counts once; STATUS is the program's exit status.

    A program that dies, that promises more results than it gives, or that gives none at all, has failed once more; the
    same goes for a nested test.
    """
    results = Results()
    # Results of a nested test are indented, and followed by the result of the test that contains them; that one only
    # counts when it failed although all in it passed.
    planned, seen, nested, failed_before = None, 0, False, 0
    promise = None  # of a nested test: indentation, results still to come
    for line in text.splitlines():
        plan = PLAN.match(line)
        if plan and not plan[1]:
            planned = int(plan[2])
            if planned == 0 and plan[3]:
                results.skipped += 1
        if plan and plan[1]:
            promise = [plan[1], int(plan[2])]
        result = RESULT.match(line)
        if not result:
            continue
        indent, verdict, _, name, directive = result.groups()
        if promise and indent == promise[0]:
            promise[1] -= 1
        if indent:
            if not nested:
                nested, failed_before = True, results.failed
        else:
            seen += 1
            contained, nested = nested, False
            if promise and promise[1]:
                results.fail(f"{name}: not the results that its plan promised")
            promise = None
            if contained and (verdict.lower() == "ok" or results.failed > failed_before):
                continue
        if directive:
            results.skipped += 1
        elif verdict.lower() == "ok":
            results.passed += 1
        else:
            results.fail(name.strip() or "(no name)")
    if planned is None:
        results.fail("no test plan: the program did not start or died")
    elif seen != planned:
        results.fail(f"{planned} results were promised, {seen} came")
    elif status and not results.failed:
        results.fail(f"exit status {status}")
    return results
