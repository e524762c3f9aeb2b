# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Copyright (c) 2026 The Cellblock developers
"""Channels by name to programs in cells, and of this Linux: libcell/channel.h and bulk.h for Python.

    import cellblock

    with cellblock.Link("/run/channels") as link, link.connect("echo") as channel:
        channel.send(b"hello")
        print(channel.receive(timeout=1.0))

Times are in seconds; None: no limit; 0: looks once. What goes wrong is an OSError with libcell's number: TimeoutError,
BrokenPipeError (the other side has closed), ConnectionResetError (it has gone), ConnectionRefusedError,
FileNotFoundError (nobody has the name), and others. What is used after it was closed is a ValueError. A Link with all
its channels is for one thread at a time.
"""

import contextlib
import ctypes
import errno
import os
import time

__all__ = ["Channel", "Link", "Listener"]

_FOREVER = (1 << 64) - 1
_REST = (1 << 32) - 1
_BLOCK = 256
_CHECK = 1

_lib = ctypes.CDLL(os.path.join(os.path.dirname(os.path.abspath(__file__)), "libcell.so"))


class _Block(ctypes.Structure):
    """struct channel_bulk_data"""
    _fields_ = [("data", ctypes.c_void_p), ("length", ctypes.c_uint32), ("checked", ctypes.c_bool),
                ("checksum", ctypes.c_uint32), ("left", ctypes.c_uint64)]


_P, _U32, _U64, _STR = ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint64, ctypes.c_char_p
_INT = ctypes.c_int


def _function(name, result, *arguments):
    function = getattr(_lib, name)
    function.restype, function.argtypes = result, arguments
    return function


_open = _function("cell_program_open", _INT, _P, _STR, _U32, _U32, _U32, _U32, _U32)
_close = _function("cell_program_close", None, _P, _U64)
_service = _function("cell_program_service", _P, _P)
_fd = _function("cell_program_fd", _INT, _P)
_turn = _function("cell_program_turn", _INT, _P)
_peer = _function("cell_channel_peer", _U32, _P)
_listen = _function("channel_listen", _INT, _P, _STR, _U32, _P)
_connect = _function("channel_connect", _INT, _P, _STR, _U32, ctypes.c_bool, _P)
_await = _function("channel_await", _INT, _P, _U64)
_accept = _function("channel_accept", _INT, _P, _U32, _U64, _P)
_send = _function("channel_send", _INT, _P, _P, _U32, _U64)
_receive = _function("channel_receive", _INT, _P, _P, _U32, _U64)
_end = _function("channel_close", None, _P)
_bulk_open = _function("channel_bulk_open", _INT, _P, _U32)
_bulk_begin = _function("channel_bulk_begin", _INT, _P, _U32, _P, _U64)
_bulk_commit = _function("channel_bulk_commit", _INT, _P, _P, _U32, _U32, _U64)
_bulk_receive = _function("channel_bulk_receive", _INT, _P, _P, _U64)
_bulk_release = _function("channel_bulk_release", _INT, _P, _P)
_bulk_send = _function("channel_bulk_send", _INT, _P, _P, _U64, _P, _U32, _U64)
_crc32c = _function("channel_crc32c", _U32, _P, _U64)


def _check(result):
    if result < 0:
        raise OSError(-result, os.strerror(-result))
    return result


def _wait(timeout, function):
    """function(microseconds), again after signals that Python has handled and that raised nothing."""
    end = None if timeout is None else time.monotonic() + timeout
    while True:
        left = _FOREVER if end is None else max(0, int((end - time.monotonic()) * 1e6))
        result = function(left)
        if result != -errno.EINTR:
            return _check(result)


class _Closing:
    """What is closed once, at the end of a with statement at the latest."""

    def __init__(self, pointer):
        self._pointer = pointer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _at(self):
        if self._pointer is None:
            raise ValueError("it was closed")
        return self._pointer

    def close(self):
        """Once more does nothing."""
        if self._pointer is not None:
            pointer, self._pointer = self._pointer, None
            self._give_back(pointer)


class _OfLink(_Closing):
    """What ends with its link, too."""

    def __init__(self, link, pointer):
        super().__init__(pointer)
        self._link = link
        link._parts.add(self)

    def _give_back(self, pointer):
        self._link._parts.discard(self)
        _end(pointer)


class Channel(_OfLink):
    """An open channel, of Link.connect() or Listener.accept()."""

    def __init__(self, link, pointer, name, window):
        super().__init__(link, pointer)
        self.name = name
        self._buffer = ctypes.create_string_buffer(window * _BLOCK)
        self._pieces = []

    @property
    def peer(self):
        """The number of the other side."""
        return _peer(self._at())

    def send(self, message, timeout=None):
        """Returns when it is in the ring, or held by the manager."""
        at, data = self._at(), bytes(message)
        _wait(timeout, lambda left: _send(at, data, len(data), left))

    def receive(self, timeout=None):
        """The next message. OSError with ENOMSG: bulk comes first."""
        at, buffer = self._at(), self._buffer
        return ctypes.string_at(buffer, _wait(timeout, lambda left: _receive(at, buffer, len(buffer), left)))

    def bulk_open(self, size=0):
        """Both sides do so before bulk goes; size: of what is under way from here, 0: this side only receives."""
        _check(_bulk_open(self._at(), size))

    def bulk_send(self, data, timeout=None, check=False):
        """Of any length: in pieces, each within the time."""
        at, data, done = self._at(), bytes(data), ctypes.c_uint64()
        flags = _CHECK if check else 0
        _wait(timeout, lambda left: _bulk_send(at, data, len(data), ctypes.byref(done), flags, left))

    def bulk_receive(self, timeout=None):
        """A copy of all pieces of what was sent. After a TimeoutError the same call goes on."""
        while True:
            with self.bulk_view(timeout) as view:
                piece, block = bytes(view), self._block
            if block.checked and _crc32c(piece, len(piece)) != block.checksum:
                raise OSError(errno.EBADMSG, "the checksum of bulk is another")
            self._pieces.append(piece)
            if not block.left:
                pieces, self._pieces = self._pieces, []
                return b"".join(pieces)

    @contextlib.contextmanager
    def bulk(self, size, timeout=None, check=False):
        """A block to be filled in in place, which is sent at the end of the with statement."""
        at, place = self._at(), ctypes.c_void_p()
        _wait(timeout, lambda left: _bulk_begin(at, size, ctypes.byref(place), left))
        view = memoryview((ctypes.c_ubyte * size).from_address(place.value)).cast("B")
        try:
            yield view
            view.release()
            _wait(timeout, lambda left: _bulk_commit(at, place, size, _CHECK if check else 0, left))
        except BaseException:
            if self._pointer is not None:
                _bulk_release(at, place)
            raise

    @contextlib.contextmanager
    def bulk_view(self, timeout=None):
        """The next block, to be read in place until the end of the with statement; its sender can change it."""
        at, block = self._at(), _Block()
        _wait(timeout, lambda left: _bulk_receive(at, ctypes.byref(block), left))
        self._block = block
        view = memoryview((ctypes.c_ubyte * block.length).from_address(block.data)).cast("B").toreadonly()
        try:
            yield view
        finally:
            view.release()
            if self._pointer is not None:
                _check(_bulk_release(at, block.data))


class Listener(_OfLink):
    """A name that is listened to, of Link.listen()."""

    def __init__(self, link, pointer, name):
        super().__init__(link, pointer)
        self.name = name

    def accept(self, window=64, timeout=None):
        """The next channel that is asked for; window: blocks of 256 bytes for what has come and was not received."""
        at, c = self._at(), ctypes.c_void_p()
        _wait(timeout, lambda left: _accept(at, window, left, ctypes.byref(c)))
        return Channel(self._link, c.value, self.name, window)


class Link(_Closing):
    """A place on a link: a device as 0001:00:02.0, or the path of the socket of channeld(8)."""

    def __init__(self, name, manager=0, channels=32, blocks=4096, trunk=16384, arena=_REST):
        program = ctypes.c_void_p()
        _check(_open(ctypes.byref(program), os.fsencode(name), manager, channels, blocks, trunk, arena))
        super().__init__(program.value)
        self._parts = set()

    def _give_back(self, pointer):
        for part in list(self._parts):
            part.close()
        _close(pointer, 1000000)

    def listen(self, name, backlog=16, timeout=None):
        """The name is ours when it returns."""
        at, c = self._at(), ctypes.c_void_p()
        _check(_listen(_service(at), name.encode(), backlog, ctypes.byref(c)))
        return self._until_there(Listener(self, c.value, name), timeout)

    def connect(self, name, window=64, wait=True, timeout=None):
        """wait: until somebody listens; else that nobody does is a FileNotFoundError."""
        at, c = self._at(), ctypes.c_void_p()
        _check(_connect(_service(at), name.encode(), window, wait, ctypes.byref(c)))
        return self._until_there(Channel(self, c.value, name, window), timeout)

    @staticmethod
    def _until_there(part, timeout):
        try:
            _wait(timeout, lambda left: _await(part._at(), left))
        except BaseException:
            part.close()
            raise
        return part

    def fileno(self):
        """For select and asyncio: readable when there is something for poll()."""
        return _fd(self._at())

    def poll(self):
        """Does what there is to do, without waiting. Then receive(timeout=0) and the like, before the next select."""
        _check(_turn(self._at()))
