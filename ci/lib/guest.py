# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
"""Runs one QEMU and follows what it says: the console, the test results, the exit status and the end."""

import collections
import contextlib
import ctypes
import fcntl
import os
import re
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

FIRST_PROCESS = re.compile(rb"Run /init as init process")
PANIC = re.compile(rb"Kernel panic - not syncing")
# Of EL2: a CPU of this machine does nothing any more.
HALT = re.compile(rb"BUG: exception in the hypervisor.*")
CRASH_KERNEL = re.compile(rb"Starting crashdump kernel")
AFTER_PANIC = 2      # seconds in which the rest of the report arrives
AFTER_STATUS = 60    # seconds to power off once the command has ended, which a whole system takes
SHOWN_LINES = 25

# Exit statuses of the runner itself; everything else is the guest command's own.
TIMEOUT, MACHINE_FAILED = 124, 125


def _die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Cable:
    """Joins the UART to the port org.cellblock.uart: arguments for QEMU.

    By pipes, because QEMU stops while a UART's character finds no room: it must not be the one to make room.
    """

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="cable-")
        self.arguments = []
        for name, end, out in (("uart", "uart.in", "port.in"), ("port", "port.in", "uart.in")):
            path = os.path.join(self._folder.name, name)
            os.mkfifo(os.path.join(self._folder.name, end))
            os.symlink(out, path + ".out")
            self.arguments += ["-chardev", f"pipe,id=cable-{name},path={path}"]
        # The size of a pipe lasts as long as it is open.
        self._fds = [os.open(os.path.join(self._folder.name, end), os.O_RDWR) for end in ("uart.in", "port.in")]
        for fd in self._fds:
            fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, 1 << 20)
        self.arguments += ["-serial", "chardev:cable-uart",
                           "-device", "virtserialport,chardev=cable-port,name=org.cellblock.uart"]

    def close(self):
        for fd in self._fds:
            os.close(fd)
        self._folder.cleanup()


def console_device(backend, cable):
    """Arguments that put the console on a -serial backend; with a cable it is on a UART on PCI instead."""
    if not cable:
        return ["-serial", backend]
    if backend.startswith("mon:"):
        return ["-chardev", f"{backend[len('mon:'):]},id=console,mux=on,signal=off", "-mon", "chardev=console",
                "-device", "pci-serial,chardev=console"]
    return ["-chardev", f"{backend},id=console", "-device", "pci-serial,chardev=console"]


class Guest:
    """One run.

    echo: "tap" or "console", what goes to our own stdout; the console from the first process on.
    expect: a pattern; the run is good when a console line matches it, however the machine ends.
    require: patterns that console lines must match besides.
    cable: a Cable, or None.
    overlay: a file that ci/guest/init waits for, in a machine that has booted; else None.
    """

    def __init__(self, command, log, echo, timeout, expect=None, require=(), cable=None, overlay=None):
        self._command = command
        self._cable = cable
        self._overlay = overlay
        self._echo = echo
        self._echo_console = bool(overlay) and echo == "console"
        self._timeout = timeout
        self._expect = expect
        self._missing = {p: re.compile(p.encode()) for p in [*require, *([expect] if expect else [])]}
        self._log = open(log, "wb")
        self._tail = collections.deque(maxlen=SHOWN_LINES)
        self._partial = {"console": b"", "status": b""}
        self._status = None
        self._deadline = None
        self._reason = None
        self._before_panic = None
        self._halted = None
        self._selector = selectors.DefaultSelector()

    def _ports(self):
        """Connected sockets for QEMU: the two virtio-serial ports and the monitor."""
        args, theirs = ["-device", "virtio-serial-device"], []
        for name in ("tap", "status", "monitor"):
            ours, other = socket.socketpair()
            theirs.append(other)
            args += ["-chardev", f"socket,id={name},fd={other.fileno()}"]
            if name == "monitor":
                self._monitor = ours
                args += ["-mon", "chardev=monitor,mode=readline"]
            else:
                args += ["-device", f"virtserialport,chardev={name},name=org.cellblock.{name}"]
                self._selector.register(ours, selectors.EVENT_READ, name)
            if name == "tap" and self._overlay:
                threading.Thread(target=self._send, args=(ours,), daemon=True).start()
        return args, theirs

    def _send(self, port):
        with open(self._overlay, "rb") as f, contextlib.suppress(OSError):
            port.sendall(f.read())

    def run(self):
        """Start, follow to the end, and return the exit status."""
        args, sockets = self._ports()
        if self._cable:
            args += self._cable.arguments
        args += console_device("stdio", self._cable)
        self._process = subprocess.Popen(
            self._command + args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            pass_fds=[s.fileno() for s in sockets], preexec_fn=_die_with_parent)
        for s in sockets:
            s.close()
        self._selector.register(self._process.stdout, selectors.EVENT_READ, "console")
        self._limit(self._timeout, f"no end after {self._timeout:.0f} s")
        try:
            self._follow()
        finally:
            self._process.kill()
            self._process.wait()
            self._log.close()
        return self._verdict()

    def _limit(self, seconds, reason):
        deadline = time.monotonic() + seconds
        if self._deadline is None or deadline < self._deadline:
            self._deadline, self._reason = deadline, reason

    def _follow(self):
        """Until the console closes, which it does when QEMU ends, or until the deadline."""
        open_console = True
        while open_console:
            left = self._deadline - time.monotonic()
            if left <= 0:
                self._dump_cpus()
                return
            for key, _ in self._selector.select(left):
                data = os.read(key.fd, 65536)
                if not data:
                    self._selector.unregister(key.fileobj)
                    open_console = open_console and key.data != "console"
                else:
                    self._take(key.data, data)
        self._reason = None
        self._drain()

    def _drain(self):
        """What the ports still hold when QEMU is gone."""
        while self._selector.get_map():
            for key, _ in self._selector.select():
                data = os.read(key.fd, 65536)
                if not data:
                    self._selector.unregister(key.fileobj)
                    continue
                self._take(key.data, data)

    @staticmethod
    def _show(data):
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()

    def _take(self, name, data):
        if name == "tap":
            self._show(data)
            return
        if name == "console":
            self._log.write(data)
            self._log.flush()
            if self._echo_console:
                self._show(data.replace(b"\r", b""))
        *lines, self._partial[name] = (self._partial[name] + data).split(b"\n")
        for line in lines:
            self._line(name, line.rstrip(b"\r"))

    def _line(self, name, line):
        if name == "status":
            match = re.fullmatch(rb"exit (\d+)", line)
            if match:
                self._status = int(match[1])
                self._limit(AFTER_STATUS, "the command has ended, but the guest does not power off")
            return
        self._tail.append(line)
        if FIRST_PROCESS.search(line):
            self._echo_console = self._echo == "console"
        self._missing = {text: pattern for text, pattern in self._missing.items() if not pattern.search(line)}
        if PANIC.search(line):
            self._before_panic = self._deadline, self._reason
            self._limit(AFTER_PANIC, "the guest's kernel panicked")
        if halt := HALT.search(line):
            self._halted = halt[0].decode(errors="replace")
            self._limit(AFTER_PANIC, self._halted)
        if CRASH_KERNEL.search(line) and self._before_panic:
            self._deadline, self._reason = self._before_panic

    def _dump_cpus(self):
        """Where is each CPU? The registers go to the log, their PCs to the lines that are shown."""
        try:
            self._monitor.sendall(b"info registers -a\n")
            time.sleep(0.5)
            text = self._monitor.recv(1 << 20, socket.MSG_DONTWAIT)
            # An orderly end, so that plugins write what they have.
            self._monitor.sendall(b"quit\n")
            self._process.wait(5)
        except (OSError, subprocess.TimeoutExpired):
            return
        self._log.write(b"\n--- info registers -a\n" + text + b"\n")
        for line in text.splitlines():
            if re.search(rb"CPU#|PC=|PSTATE=", line):
                self._tail.append(line.strip())

    def _verdict(self):
        """What comes first in time is the reason; a line that should have come is looked for last."""
        if self._halted:
            return self._fail(self._halted, MACHINE_FAILED)
        if self._status and not self._expect:
            return self._status
        if self._reason and not (self._expect and not self._missing):
            return self._fail(self._reason, MACHINE_FAILED if "panicked" in self._reason else TIMEOUT)
        if self._status is None and not self._expect:
            return self._fail("the machine went off before the command ended", MACHINE_FAILED)
        if self._missing:
            return self._fail(f"the console never showed {', '.join(map(repr, self._missing))}", MACHINE_FAILED)
        return 0

    def _fail(self, reason, status):
        if self._partial["console"]:
            self._tail.append(self._partial["console"])
        sys.stdout.flush()
        print(f"qemu: {reason}; the console showed last:", file=sys.stderr)
        for line in list(self._tail)[-SHOWN_LINES:]:
            print("  |", line.decode(errors="replace"), file=sys.stderr)
        print(f"qemu: the whole console is in {self._log.name}", file=sys.stderr)
        return status
