# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
"""Finds kernel modules in an unpacked Debian kernel package, which has no modules.dep: that is made at installation."""

import lzma
import os
import re


def _canonical(name):
    return name.replace("-", "_")


def dependencies(data):
    """The names of the modules that this one needs, from its contents."""
    return [name for name in re.search(rb"\0depends=([^\0]*)\0", data)[1].decode().split(",") if name]


class ModuleTree:
    """The modules below one folder (.cache/kernel/<flavour>/modules)."""

    def __init__(self, folder):
        self._files = {}
        for path, _, names in os.walk(folder):
            for name in names:
                match = re.fullmatch(r"(.*)\.ko(\.xz)?", name)
                if match:
                    self._files[_canonical(match[1])] = os.path.join(path, name)

    def read(self, name):
        path = self._files[_canonical(name)]
        with open(path, "rb") as f:
            data = f.read()
        return lzma.decompress(data) if path.endswith(".xz") else data

    def load_order(self, wanted):
        """(name, contents) of the modules wanted and of all they depend on, in the order to insert them.

        What is not there is built into the kernel, or does not exist in this flavour, and is left out.
        """
        done = {}

        def visit(name):
            name = _canonical(name)
            if name in done or name not in self._files:
                return
            data = self.read(name)
            for dep in dependencies(data):
                visit(dep)
            done[name] = data

        for name in wanted:
            visit(name)
        return list(done.items())


def modules_dep(modules):
    """The text of modules.dep, as depmod makes it, for {path: contents}; each line names all that is needed."""
    paths = {_canonical(os.path.basename(path)[:-len(".ko")]): path for path in modules}

    def needed(name):
        found = []
        for dep in dependencies(modules[paths[name]]):
            if dep in paths:
                found += [dep] + needed(dep)
        # modprobe begins with the last: each comes after all that need it
        return list(dict.fromkeys(reversed(found)))[::-1]

    return "".join(f"{path}: {' '.join(paths[dep] for dep in needed(name))}".rstrip() + "\n"
                   for name, path in paths.items())
