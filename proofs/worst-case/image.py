# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
"""The hypervisor's image as functions of basic blocks, from what binutils say of it."""

import re
import struct
import subprocess
from dataclasses import dataclass, field

CROSS = 'aarch64-linux-gnu-'
CONDITIONAL = re.compile(r'b\.|cbn?z$|tbn?z$')
# "adr base, X; add to, base, ...": what a jump table is added to, behind its look-up
TABLE_LOOKUP = re.compile(r'ldr(b|h|sw)\t\w+, \[(\w+), \w+(, \w+)?( #\d)?\]')
LOCK = re.compile(r'spin_(?:try)?lock\(&([\w>.\[\]-]+)\)')
UNLOCK = re.compile(r'spin_unlock\(&([\w>.\[\]-]+)\)')


class ImageError(Exception):
    """Something in the image that this reader does not know."""


@dataclass
class Place:
    """A line of the source, in a function that may be inlined."""
    function: str
    file: str
    line: int


@dataclass
class Instruction:
    address: int
    name: str
    operands: str
    places: list = field(default_factory=list)	# of the innermost function first

    def target(self):
        """Of a direct branch."""
        return int(re.search(r'\b([0-9a-f]+) <', self.operands).group(1), 16)

    def text(self):
        return f'{self.name}\t{self.operands}'


@dataclass
class Block:
    """Instructions of which only the first is jumped to, and only the last leaves."""
    start: int
    instructions: list
    successors: list = field(default_factory=list)	# starts of blocks of the same function
    call: int = None		# the function's address; INDIRECT
    tail: bool = False		# the call does not come back here, but to the caller
    leaves: str = None		# 'ret', 'eret'

    @property
    def last(self):
        return self.instructions[-1]


INDIRECT = -1


@dataclass
class Function:
    name: str
    start: int
    instructions: list
    blocks: dict = field(default_factory=dict)

    @property
    def source_name(self):
        """Without what the compiler puts behind the name of one that it has changed."""
        return self.name.split('.')[0]


def run(*command, stdin=None):
    return subprocess.run(command, input=stdin, check=True, capture_output=True, text=True).stdout


class Image:
    """Functions by address of an ELF file with debug information; those called @leaving do not come back."""

    def __init__(self, path, leaving):
        self.path = path
        self.functions = {}
        self.by_name = {}
        self._files = {}
        self._read_segments()
        self._read_instructions()
        self._read_places()
        self._join_cold()
        for function in self.functions.values():
            self._make_blocks(function)
        self._end_at_calls(leaving)

    def _read_segments(self):
        with open(self.path, 'rb') as file:
            self.data = file.read()
        offset, = struct.unpack_from('<Q', self.data, 0x20)
        size, number = struct.unpack_from('<HH', self.data, 0x36)
        self.segments = []
        for n in range(number):
            _, _, where, address, _, length = struct.unpack_from('<IIQQQQ', self.data, offset + n * size)
            self.segments.append((address, length, where))

    def load(self, address, code):
        """One value of struct's format @code."""
        for start, length, where in self.segments:
            if start <= address < start + length:
                return struct.unpack_from('<' + code, self.data, where + address - start)[0]
        raise ImageError(f'{address:#x} is not in the file')

    def _read_instructions(self):
        function = None
        text = run(CROSS + 'objdump', '-d', '--no-show-raw-insn', '-j', '.text', self.path)
        for line in text.splitlines():
            if head := re.fullmatch(r'([0-9a-f]+) <(.*)>:', line):
                function = Function(head.group(2), int(head.group(1), 16), [])
                self.functions[function.start] = function
                # static ones may have the same name
                self.by_name.setdefault(function.name, []).append(function)
            elif row := re.fullmatch(r' *([0-9a-f]+):\t(\S+)(?:\t(.*?))?(?:\s*//.*)?', line):
                if row.group(2) not in ('.word', '.inst'):
                    function.instructions.append(
                        Instruction(int(row.group(1), 16), row.group(2), row.group(3) or ''))

    def _read_places(self):
        instructions = {i.address: i for f in self.functions.values() for i in f.instructions}
        text = run(CROSS + 'addr2line', '-aif', '-e', self.path, stdin=''.join(f'{a:#x}\n' for a in instructions))
        lines = iter(text.splitlines())
        places = None
        for line in lines:
            if line.startswith('0x'):
                places = instructions[int(line, 16)].places
                continue
            file, _, number = next(lines).partition(':')
            known = number[0].isdigit() and not file.endswith('<artificial>')
            places.append(Place(line, file, int(number.split()[0]) if known else 0))

    def _join_cold(self):
        """What the compiler has put apart of a function is its own."""
        for name in [n for n in self.by_name if n.endswith('.cold')]:
            cold, = self.by_name.pop(name)
            owner = self.by_name[name[:-len('.cold')]][0]
            owner.instructions += cold.instructions
            del self.functions[cold.start]

    def _table(self, function, number):
        """The targets of the jump table whose "br" is this instruction of the function, or None."""
        before = function.instructions[max(number - 12, 0):number]
        texts = [i.text() for i in before]
        if not texts or not (add := re.fullmatch(r'add\t(\w+), (\w+), (\w+), sxt([bhw])( #2)?', texts[-1])):
            return None
        values = {}
        limit = None
        for i, text in zip(before, texts):
            if adr := re.match(r'adr\t(\w+), ([0-9a-f]+) ', text):
                values[adr.group(1)] = int(adr.group(2), 16)
            elif compare := re.fullmatch(r'cmp\tw\d+, #(0x[0-9a-f]+)', text):
                limit = int(compare.group(1), 16)
            elif look := TABLE_LOOKUP.fullmatch(text):
                table = values[look.group(2)]
        base = values[add.group(2)]
        code = {'b': 'b', 'h': 'h', 'w': 'i'}[add.group(4)]
        step = struct.calcsize(code)
        scale = 4 if add.group(5) else 1
        if limit is None:
            raise ImageError(f'{function.name}: no limit of the jump table at {before[-1].address:#x}')
        return [base + scale * self.load(table + n * step, code) for n in range(limit + 1)]

    def named(self, name):
        """Functions of the source's name, static ones of several files perhaps."""
        return [f for f in self.functions.values() if f.source_name == name]

    def function_at(self, address):
        """The one that starts there."""
        if address not in self.functions:
            raise ImageError(f'a jump into the middle of a function, at {address:#x}')
        return self.functions[address]

    def _make_blocks(self, function):
        own = {i.address: n for n, i in enumerate(function.instructions)}
        leaders = {function.start}
        tables = {}
        for n, i in enumerate(function.instructions):
            follows = function.instructions[n + 1].address if n + 1 < len(function.instructions) else None
            if i.name == 'b' or CONDITIONAL.match(i.name):
                if i.target() in own:
                    leaders.add(i.target())
            elif i.name == 'br':
                tables[i.address] = self._table(function, n)
                leaders.update(tables[i.address] or ())
            elif i.name not in ('ret', 'eret', 'bl', 'blr', 'brk'):
                continue
            leaders.add(follows)
        block = None
        for i in function.instructions:
            if i.address in leaders:
                block = function.blocks[i.address] = Block(i.address, [])
            block.instructions.append(i)
        for block in list(function.blocks.values()):
            self._leave(function, block, own, tables)

    def _leave(self, function, block, own, tables):
        """Where a block goes from its last instruction."""
        i = block.last
        follows = i.address + 4
        if i.name in ('ret', 'eret'):
            block.leaves = i.name
        elif i.name == 'br' and tables[i.address]:
            block.successors = sorted(set(tables[i.address]))
        elif i.name == 'br':
            block.call, block.tail = INDIRECT, True
        elif i.name == 'b' and i.target() in own:
            block.successors = [i.target()]
        elif i.name == 'b':
            block.call, block.tail = i.target(), True
        elif CONDITIONAL.match(i.name) and i.target() in own:
            block.successors = [i.target(), follows]
        elif CONDITIONAL.match(i.name):
            # a conditional tail call: a block of its own, without instructions
            stub = Block(-i.address, [], call=i.target(), tail=True)
            function.blocks[stub.start] = stub
            block.successors = [stub.start, follows]
        elif i.name in ('bl', 'blr'):
            block.call = i.target() if i.name == 'bl' else INDIRECT
            block.successors = [follows]
        elif i.name != 'brk':
            block.successors = [follows]
        if block.successors and block.successors[-1] not in function.blocks:
            if follows not in own and follows in self.functions and \
                    (i.name not in ('bl', 'blr') or i.places[0].file.endswith('.S')):
                # assembly that goes on in the next function
                stub = Block(-follows, [], call=follows, tail=True)
                function.blocks[stub.start] = stub
                block.successors[-1] = stub.start
            else:
                block.successors.pop()

    def _returns(self, function, returning):
        todo, seen = [function.start], set()
        while todo:
            if (start := todo.pop()) in seen:
                continue
            seen.add(start)
            block = function.blocks[start]
            if block.leaves == 'ret':
                return True
            if block.tail and (block.call == INDIRECT or block.call in returning):
                return True
            if block.call is None or block.call == INDIRECT or block.call in returning:
                todo += block.successors
        return False

    def _end_at_calls(self, leaving):
        """What is behind a call that never returns is not behind it."""
        returning = set()
        others = [f for f in self.functions.values() if f.name not in leaving]
        while more := {f.start for f in others if f.start not in returning and self._returns(f, returning)}:
            returning |= more
        for function in self.functions.values():
            for block in function.blocks.values():
                if block.call not in (None, INDIRECT) and block.call not in returning and not block.tail:
                    block.successors = []

    def _taken(self, function, block):
        """(the expression of a lock, who takes it) if this block takes one, behind which it is held."""
        if block.call not in (None, INDIRECT) and self.functions[block.call].name.startswith('spin_lock'):
            place = block.last.places[0]
        elif any(i.name == 'ldaxr' for i in block.instructions) and len(block.last.places) > 1:
            place = block.last.places[1]
        else:
            return None
        lock = LOCK.search(self.source(place))
        return lock and (lock.group(1), place.function)

    def _given_back(self, block):
        """{expression of a lock: instructions up to there} of those that the block gives back."""
        result = {}
        for n, i in enumerate(block.instructions, 1):
            if i.name == 'stlr' and i.places[0].function == 'spin_unlock' and len(i.places) > 1:
                if lock := UNLOCK.search(self.source(i.places[1])):
                    result[lock.group(1)] = n
        return result

    def sections(self, function):
        """(lock, who holds it, the block behind its taking, {block that gives it back: instructions in it}) of each."""
        back = {b.start: self._given_back(b) for b in function.blocks.values()}
        for block in function.blocks.values():
            if not (taken := self._taken(function, block)):
                continue
            lock, holder = taken
            stops = {start: locks[lock] for start, locks in back.items() if lock in locks}
            for s in block.successors:
                # not back to the start of the attempts
                if stops and s > block.start:
                    yield lock, holder, s, stops

    def source(self, place):
        """The text of a line of the source; empty of what link-time optimisation has made."""
        if not place.line:
            return ''
        if place.file not in self._files:
            with open(place.file, encoding='utf-8') as file:
                self._files[place.file] = file.read().splitlines()
        lines = self._files[place.file]
        return lines[place.line - 1].strip() if 0 < place.line <= len(lines) else ''
