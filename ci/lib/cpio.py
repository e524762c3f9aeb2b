# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
"""A writer for the kernel's initramfs format (newc cpio): needs no root rights, gives the same bytes each time."""

import os
import stat

ALIGN = 512


class Cpio:
    """Collects entries in memory; parents of an entry are made when they are missing."""

    def __init__(self):
        self._parts = []
        self._known = set()
        self._ino = 0

    def _entry(self, path, mode, data=b"", rdev=(0, 0)):
        name = path.strip("/").encode() or b"."
        self._ino += 1
        fields = (self._ino, mode, 0, 0, 1, 0, len(data), 0, 0, rdev[0], rdev[1], len(name) + 1, 0)
        header = b"070701" + b"".join(b"%08x" % f for f in fields) + name + b"\0"
        self._parts.append(header + bytes(-len(header) % 4) + data + bytes(-len(data) % 4))

    def _parents(self, path):
        parent = os.path.dirname(path.strip("/"))
        if parent:
            self.dir(parent)

    def dir(self, path, mode=0o755):
        path = path.strip("/")
        if path in self._known:
            return
        self._parents(path)
        self._known.add(path)
        self._entry(path, stat.S_IFDIR | mode)

    def file(self, path, data, mode=0o644):
        self._parents(path)
        self._entry(path, stat.S_IFREG | mode, data)

    def symlink(self, path, target):
        self._parents(path)
        self._entry(path, stat.S_IFLNK | 0o777, target.encode())

    def chardev(self, path, major, minor, mode=0o600):
        self._parents(path)
        self._entry(path, stat.S_IFCHR | mode, rdev=(major, minor))

    def copy(self, path, source, mode=None):
        """A host file, or a folder with all that is in it, in a fixed order."""
        if os.path.isdir(source):
            self.dir(path)
            for name in sorted(os.listdir(source)):
                self.copy(f"{path}/{name}", os.path.join(source, name), mode)
            return
        with open(source, "rb") as f:
            executable = os.stat(source).st_mode & 0o100
            self.file(path, f.read(), mode or (0o755 if executable else 0o644))

    def bytes(self):
        """The archive, padded so that another one can be appended."""
        self._ino = -1
        self._entry("TRAILER!!!", 0)
        data = b"".join(self._parts)
        return data + bytes(-len(data) % ALIGN)
