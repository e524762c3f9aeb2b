#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
"""python_module.py BUILD: the module for Python, between threads of this program, over channeld's socket."""

import ctypes
import errno
import os
import select
import subprocess
import sys
import tempfile
import threading
import time

HOST = os.path.join(sys.argv[1], "libcell/host")
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HOST, "python"))

import cellblock  # noqa: E402

PATIENCE = 20
results = []


def check(good, what):
    results.append(bool(good))
    print(f"{'ok' if good else 'not ok'} {len(results)} {what}", flush=True)


def error_of(function, *arguments, **words):
    """What it raises: the class, and its number if it has one."""
    try:
        function(*arguments, **words)
    except (OSError, ValueError) as e:
        return (type(e), e.errno) if type(e) is OSError else type(e)
    return None


def echo(path, stop):
    """Answers messages; of bulk how much it was, and the first bytes in place."""
    with cellblock.Link(path) as link, link.listen("echo", timeout=PATIENCE) as listener:
        while not stop.is_set():
            try:
                channel = listener.accept(timeout=0.1)
            except TimeoutError:
                continue
            with channel:
                channel.bulk_open(65536)
                serve(channel)


def serve(channel):
    while True:
        try:
            message = channel.receive(timeout=PATIENCE)
            if message == b"bulk":
                channel.bulk_send(bytes(range(256)) * 1000, timeout=PATIENCE, check=True)
            elif message == b"late":
                time.sleep(0.3)
                channel.send(str(error_of(channel.bulk_receive, timeout=PATIENCE)).encode())
            elif message == b"view":
                with channel.bulk(5, timeout=PATIENCE) as view:
                    view[:] = b"place"
            else:
                channel.send(message, timeout=PATIENCE)
        except BrokenPipeError:
            return
        except OSError as e:
            if e.errno != errno.ENOMSG:
                raise
            channel.send(b"%d" % len(channel.bulk_receive(timeout=PATIENCE)), timeout=PATIENCE)


def talk(link):
    with link.connect("echo", timeout=PATIENCE) as channel:
        channel.send(b"hello")
        check(channel.receive(timeout=PATIENCE) == b"hello", "a message goes there and back")
        check(channel.peer > 0 and channel.name == "echo", "a channel knows with whom it is")
        began = time.monotonic()
        check(error_of(channel.receive, timeout=0.2) is TimeoutError and time.monotonic() - began >= 0.2,
              "what does not come in time is a TimeoutError")
        check(error_of(channel.send, bytes(100000), timeout=1) == (OSError, errno.EMSGSIZE),
              "a message can be too long")
        check(error_of(channel.bulk_send, b"x", timeout=0) == (OSError, errno.EINVAL), "bulk wants to be opened")
        channel.bulk_open(65536)
        channel.bulk_send(bytes(1000001), timeout=PATIENCE, check=True)
        check(channel.receive(timeout=PATIENCE) == b"1000001", "bulk goes in pieces")
        channel.send(b"bulk")
        check(error_of(channel.receive, timeout=PATIENCE) == (OSError, errno.ENOMSG), "bulk is no message")
        check(channel.bulk_receive(timeout=PATIENCE) == bytes(range(256)) * 1000, "bulk comes as it was sent")
        channel.send(b"view")
        with channel.bulk_view(timeout=PATIENCE) as view:
            check(bytes(view) == b"place" and view.readonly, "bulk is made and read in place")
        try:
            with channel.bulk(100, timeout=PATIENCE):
                raise KeyError
        except KeyError:
            pass
        with channel.bulk(65536, timeout=PATIENCE) as view:
            view[0] = 1
        check(channel.receive(timeout=PATIENCE) == b"65536", "a block that was not filled in is not sent")
        changes_what_was_sent(channel)
        select_on(link, channel)
    check(error_of(channel.send, b"x") is ValueError, "a closed channel is of no use")
    channel.close()


def changes_what_was_sent(channel):
    channel.send(b"late")
    with channel.bulk(100, timeout=PATIENCE, check=True) as view:
        byte = ctypes.c_ubyte.from_buffer(view)
        place = ctypes.addressof(byte)
        del byte
    ctypes.c_ubyte.from_address(place).value += 1
    check(channel.receive(timeout=PATIENCE) == str((OSError, errno.EBADMSG)).encode(), "a checksum finds a change")


def select_on(link, channel):
    link.poll()
    channel.send(b"x")
    check(select.select([link], [], [], PATIENCE)[0], "select says that something has come")
    link.poll()
    check(not select.select([link], [], [], 0.2)[0], "which poll() has taken")
    check(channel.receive(timeout=0) == b"x", "for who asks then")
    channel.send(b"wake up")
    answer, woken = None, True
    while answer is None and woken:
        link.poll()
        try:
            answer = channel.receive(timeout=0)
        except TimeoutError:
            woken = select.select([link], [], [], PATIENCE)[0]
    check(answer == b"wake up", "select says when there is something")


def names(link, path):
    check(error_of(link.connect, "nobody", wait=False, timeout=PATIENCE) is FileNotFoundError, "nobody has this name")
    check(error_of(link.connect, "nobody", timeout=0.2) is TimeoutError,
          "who waits for a name waits as long as it wants")
    check(error_of(link.listen, "echo", timeout=PATIENCE) == (OSError, errno.EADDRINUSE), "a name has one listener")
    check(error_of(link.connect, "a b") == (OSError, errno.EINVAL), "a name can be odd")
    check(error_of(cellblock.Link, path + ".not") is FileNotFoundError, "no channeld is a FileNotFoundError")


def main():
    print("TAP version 13")
    with tempfile.TemporaryDirectory() as work:
        path, stop = os.path.join(work, "socket"), threading.Event()
        with subprocess.Popen([os.path.join(HOST, "channeld"), "--local", "--socket", path],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as daemon:
            daemon.stdout.readline()
            other = threading.Thread(target=echo, args=(path, stop), daemon=True)
            other.start()
            with cellblock.Link(path) as link:
                talk(link)
                names(link, path)
                last = link.connect("echo", timeout=PATIENCE)
                stop.set()
            check(error_of(last.send, b"x") is ValueError, "a link ends its channels")
            other.join(PATIENCE)
            check(not other.is_alive(), "the other side hears of it")
            with cellblock.Link(path) as link, link.listen("left", timeout=PATIENCE) as listener:
                daemon.terminate()
                daemon.communicate(timeout=PATIENCE)
                check(error_of(listener.accept, timeout=PATIENCE) == (OSError, errno.ENODEV), "channeld has gone")
    print(f"1..{len(results)}")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
