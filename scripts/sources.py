# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
"""What the checks of sources share."""

import os
import re
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
C_SUFFIXES = (".c", ".h", ".S", ".lds")


def files(*patterns):
    """All files that git knows or would add; with patterns of git, those that match one."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "--", *patterns], cwd=TOP, check=True,
                            stdout=subprocess.PIPE, text=True).stdout.split("\n")
    return [name for name in listed if name and os.path.isfile(os.path.join(TOP, name))]


def blank(text, strings=True):
    """The same text with comments blanked, and the inside of strings and character constants; lines are kept."""
    pattern = r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''

    def spaces(match):
        found = match[0]
        if found[0] not in "\"'":
            return re.sub(r"[^\n\t]", " ", found)
        return found[0] + re.sub(r"[^\n\t]", "_", found[1:-1]) + found[0] if strings else found

    return re.sub(pattern, spaces, text, flags=re.S)
