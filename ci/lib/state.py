# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
"""The state of a machine that has booted to where ci/guest/init waits for what it is to run, kept in a file.

To boot takes ten times as long as to read the state, and most tests want the same machine. What made the state is in
its name: a machine, a kernel or products of ours that have changed get another one.
"""

import contextlib
import fcntl
import glob
import hashlib
import os
import selectors
import shlex

from guest import MACHINE_FAILED, Guest

SAVING = 60     # seconds, for what takes one


def key(command, temporary):
    """What a state depends on: the command line and what is in its files. TEMPORARY is how names begin that vary."""
    made_of = hashlib.sha256()
    for word in command:
        made_of.update(word.replace(temporary, "").encode() + b"\0")
        if os.path.isfile(word):
            with open(word, "rb") as f:
                made_of.update(f.read())
    return made_of.hexdigest()[:12]


class _Booting(Guest):
    """Ends when the machine has booted and its state is in a file."""

    def __init__(self, command, log, timeout, path, cable):
        super().__init__(command, log, "tap", timeout, cable=cable)
        self._path = path
        self._said = b""

    def _line(self, name, line):
        if (name, line) != ("status", b"ready"):
            super()._line(name, line)
            return
        self._limit(SAVING, f"its state was not saved in {SAVING} s")
        self._monitor.sendall(b"migrate_set_parameter max-bandwidth 100G\n"
                              b"migrate \"exec:cat >%s\"\ninfo migrate\nquit\n" % shlex.quote(self._path).encode())
        self._selector.register(self._monitor, selectors.EVENT_READ, "monitor")

    def _take(self, name, data):
        if name == "monitor":
            self._said += data
        else:
            super()._take(name, data)

    def _verdict(self):
        if b"Migration status: completed" in self._said:
            return 0
        return self._fail(self._reason or "its state was not saved", MACHINE_FAILED)


def booted(prefix, command, temporary, log, timeout, cable):
    """(the file, 0), or (None, status): it is made if it is not there; others of this prefix go."""
    path = f"{prefix}-{key(command, temporary)}.state"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(prefix + ".lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(path):
            return path, 0
        for old in glob.glob(glob.escape(prefix) + "-*.state*"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(old)
        status = _Booting(command, log, timeout, path + ".new", cable).run()
        if status:
            return None, status
        os.rename(path + ".new", path)
        return path, 0
