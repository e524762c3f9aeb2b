# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
"""Tables of documents that say which test covers which source, shows which promise, which function of POSIX: are all
tests there, and have they all there is?"""

import re

MAP = "Documentation/testing.md"
PROMISES = "Documentation/threat-model.md"
POSIX_MAP = "Documentation/posix-tests.md"
POSIX = "inmates/posix"
HEADING = "## Which test covers what"
PROMISES_HEADING = "## What is promised, and what shows it"
# What is covered, and what is not: tests, examples, and what stands in for others' sources.
COVERED = ("hypervisor/", "driver/", "tools/", "libcell/", "inmates/", "ports/")
NOT_COVERED = r"/(tests|demos|check)/"
# Sources of tests, and the name of each in ci/check, without the machine that something runs on.
TESTS = [
    (r"(hypervisor|driver|inmates/net)/tests/(?:\w+/)?(\w+_test)\.c", "host:{0}:{1}"),
    (r"libcell/tests/test_(\w+)\.c", "host:libcell:{0}"),
    (r"tools/tests/(?:\w+/)?(\w+(?:\.t)?)(?:\.c)?", "host:tools:{0}"),
    (r"scripts/tests/([\w-]+\.t)", "host:scripts:{0}"),
    (r"models/(\w+\.pml)", "host:models:{0}"),
    (r"proofs/worst-case/(selftest|worst-case)", "host:proofs:{0}"),
    (r"ci/(fuzz)", "host:{0}"),
    (r"inmates/tests/([\w-]+)\.c", "inmate:{0}"),
    (r"ci/tests/([\w-]+)\.c", "{0}"),
    (r"ci/tests/([\w-]+\.sh)", "{0}"),
    (r"ci/demos/([\w-]+)\.sh", "demo:{0}"),
]
# "tests `a`, `b` and `c`"
NAMED = r"\btests?((?:[\s(]+(?:(?:and|or|of)\s+)?`[^`]+`[,;)]?)+)"
WHOLE_NAME = r"`((?:host|inmate|demo|bench):[^`]+|\w+_test)`"
# They have no file of such a name.
OTHERS = {"bench:plugin", "bench:alone"}


def tests(files, read):
    """Names of all tests; helpers of others are none."""
    helpers = set(re.findall(r"^(\S+) helper$", read("ci/tests/list"), re.M))
    for name in files:
        for pattern, form in TESTS:
            match = re.fullmatch(pattern, name)
            if match and (not name.startswith("tools/") or name.endswith(".t") or "int main(" in read(name)):
                test = form.format(*match.groups())
                if test not in helpers:
                    yield test


def lines_of(text, heading):
    """(number, line) of a section."""
    inside = False
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("## "):
            inside = line == heading
        if inside:
            yield number, line


def rows(text):
    """(line, sources, tests) of the table."""
    for number, line in lines_of(text, HEADING):
        if line.startswith("| `"):
            sources, covering = line.strip("|").split(" | ")
            yield number, re.findall(r"`([^`]+)`", sources), re.findall(r"`([^`]+)`", covering)


def covers(pattern, name):
    regex = re.escape(pattern).replace(r"\*", "[^/]*")
    return re.match(regex, name) if pattern.endswith("/") else re.fullmatch(regex, name)


def check_named(text, known):
    """(line, what is wrong) of tests that a document names in its sentences; paths, and tests in programs, are checked
    as such. known() has the tests."""
    named = [(match.start(), span) for match in re.finditer(NAMED, text) for span in re.findall(r"`([^`]+)`", match[0])]
    named += [(match.start(), match[1]) for match in re.finditer(WHOLE_NAME, text)]
    for line, test in sorted({(text.count("\n", 0, start) + 1, test) for start, test in named}):
        if "/" not in test and "NAME" not in test and test not in known():
            yield line, f"there is no test {test}"


def check(files, read):
    """(line, what is wrong) of the table."""
    known = set(tests(files, read)) | OTHERS
    table = list(rows(read(MAP)))
    named = {test for _, _, covering in table for test in covering}
    first = {}
    for number, patterns, _ in table:
        other = first.setdefault(tuple(patterns), number)
        if other != number:
            yield number, f"the same sources as in line {other}"
    for number, _, covering in table:
        for test in covering:
            if test not in known:
                yield number, f"there is no test {test}"
    for name in files:
        if name.startswith(COVERED) and name.endswith((".c", ".S")) and not re.search(NOT_COVERED, name):
            if not any(covers(pattern, name) for _, patterns, _ in table for pattern in patterns):
                yield 1, f"no test covers {name}"
    for test in sorted(known - named):
        yield 1, f"the test {test} covers nothing"


def check_promises(files, read):
    """(line, what is wrong) of the promises: each has tests, in the last column, and they are there."""
    known = set(tests(files, read)) | OTHERS
    table = [(number, line) for number, line in lines_of(read(PROMISES), PROMISES_HEADING) if line.startswith("| ")]
    for number, line in table[1:]:
        shown_by = re.findall(r"`([^`]+)`", line.strip("|").rsplit(" | ", 1)[-1])
        if not shown_by:
            yield number, "a promise without a test"
        for test in shown_by:
            if test not in known:
                yield number, f"there is no test {test}"
    if len(table) < 2:
        yield 1, "nothing is promised"


def posix_functions(files, read):
    """What the headers of the POSIX skin declare, but for what their macros are made of."""
    for name in files:
        if name.startswith(f"{POSIX}/include/"):
            yield from re.findall(r"^(?:#define (?=pthread_cleanup)|\w[\w *]*?[ *](?:__attribute__\(\(\w+\)\) )?)"
                                  r"((?!posix_|__)\w+)\([^;{]*?\)(?=;|\s)", read(name), re.M)


def check_posix(files, read):
    """(line, what) of the document that says which test shows what of POSIX: each function has a row, whose tests are
    there; one of their programs calls it."""
    declared, rows_of = set(posix_functions(files, read)), {}
    for number, line in enumerate(read(POSIX_MAP).split("\n"), 1):
        cells = line.strip("|").split(" | ")
        if not line.startswith("| `") or len(cells) != 3:
            continue
        sources = ""
        for program, test in re.findall(r"`(\w+):(\w+)`", cells[1]):
            name = f"{POSIX}/tests/{program}.c"
            text = read(name) if name in files else ""
            if f"TEST({test})" not in text:
                yield number, f"there is no test {program}:{test}"
            sources += text
        for function in re.findall(r"`(\w+)`", cells[0]):
            if function not in declared or function in rows_of:
                yield number, f"{function}() is not declared, or has a row before"
            elif not re.search(rf"\b{function}\(", sources):
                yield number, f"no test of its row calls {function}()"
            rows_of[function] = number
    yield from ((1, f"{function}() has no row") for function in sorted(declared - set(rows_of)))
