# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
"""What is known of loops and calls by pointer: the file "bounds", and the tables of pointers in the sources."""

import re
from dataclasses import dataclass, field

from image import INDIRECT
from longest import BoundError

# a call by pointer, and what is put into a table of such pointers
BY_POINTER = re.compile(r'(?:->|\.)(\w+)\(')
IN_TABLE = re.compile(r'\.(\w+) = (\w+),')


@dataclass
class Rule:
    place: str		# of the line in "bounds"
    kind: str
    words: list
    used: bool = field(default=False)


class Rules:
    """
    For Search. Functions of the source, also where they are inlined: a path has to pass one of @through, if there are
    any, and none of @around; what is done in those of @without does not count.
    """

    def __init__(self, path, sources):
        self.program = None		# the Image
        self.through = self.around = self.without = frozenset()
        self.rules = []
        with open(path, encoding='utf-8') as file:
            for number, line in enumerate(file, 1):
                if line.strip() and not line.startswith('#'):
                    kind, words = line.rstrip('\n').split(' ', 1)
                    self.rules.append(Rule(f'{path.name}:{number}', kind, words.split(' | ')))
        self.values = {r.words[0]: int(r.words[1]) for r in self.rules if r.kind == 'let'}
        self.tables = {}
        for source in sources:
            for field_name, function in IN_TABLE.findall(source.read_text(encoding='utf-8')):
                self.tables.setdefault(field_name, set()).add(function)
        self.pointed = {w for r in self.rules if r.kind == 'call' for w in r.words[2:]}
        self._known = {}

    def leaving(self):
        """Names of functions that do not come back."""
        return {r.words[0] for r in self.of_kind('leaves')}

    def of_kind(self, kind):
        """All rules of a kind."""
        for rule in self.rules:
            if rule.kind == kind:
                rule.used = True
                yield rule

    def group(self, names):
        """Functions, of which some are named together."""
        result = set()
        for name in names.split():
            members = [m for r in self.of_kind('group') if r.words[0] == name for m in r.words[1:]]
            result.update(members or [name])
        return frozenset(result)

    def unused(self):
        """Places of rules that nothing has needed, since the bounds of all loops were asked for."""
        return [r.place for r in self.rules if not r.used and r.kind != 'let']

    def _matching(self, kind, function, context, *texts):
        """The rules of a kind, of a function and any of some lines of the source: those of the context, if any."""
        tagged = {f'{function}@{tag}' for tag in context}
        found = [r for r in self.rules if r.kind == kind and (r.words[0] in ('*', function) or r.words[0] in tagged) and
                 any(r.words[1] in text if r.words[1] else not text for text in texts)]
        special = [r for r in found if r.words[0] in tagged]
        for rule in special or found:
            rule.used = True
        return special or found

    def _lines(self, function, loop):
        """{(function, text)} of the branches that close the loop or leave it."""
        result = set()
        inner = set().union(*(l.blocks for l in loop.inner))
        for start in loop.blocks - inner:
            block = function.blocks[start]
            if block.instructions and (loop.header in block.successors or not set(block.successors) <= loop.blocks):
                place = block.last.places[0]
                result.add((place.function, self.program.source(place)))
        return result

    def _value(self, text):
        return int(eval(text, {}, self.values))

    def bound(self, function, loop, context):
        """
        How often the loop goes back to its header, at most; and whether that is for all rounds of the loops around
        it together.
        """
        key = (function.start, loop.header, context)
        if key not in self._known:
            self._known[key] = self._bound(function, loop, context)
        return self._known[key]

    def _bound(self, function, loop, context):
        lines = self._lines(function, loop)
        for name, text in lines:
            for rule in self._matching('total', name, context, text):
                return self._value(rule.words[2]), True
        for name, text in lines:
            if text and self._matching('wait', name, context, text):
                return 1, False
        found = [self._value(r.words[2]) for name, text in lines for r in self._matching('loop', name, context, text)]
        if not found:
            raise BoundError(f'{function.name}: no bound of the loop at {loop.header:#x}: '
                             + '; '.join(f'{name}: {text}' for name, text in sorted(lines)))
        return max(found), False

    def callees(self, function, block, context):
        """The functions that a block's call may reach."""
        if block.call != INDIRECT:
            return [self.program.function_at(block.call)]
        if function.source_name in self.leaving():
            return []
        place = block.last.places[0]
        text = self.program.source(place)
        names = {n for r in self._matching('call', place.function, context, text) for n in r.words[2:]}
        if context & names:
            names &= context
        elif not names and (by := BY_POINTER.search(text)):
            names = self.tables.get(by.group(1), ())
        if not names:
            raise BoundError(f'{function.name}: whom does "{text}" of {place.function} call?')
        found = []
        for name in sorted(names):
            if not self.program.named(name):
                raise BoundError(f'"{text}" of {place.function} calls {name}, which is not there')
            found += self.program.named(name)
        return found

    def context(self, block, context):
        """That of what this block calls: the functions that it hands over, and the tags of the call's line."""
        words, tags = set(), set()
        for place in block.last.places if block.instructions else ():
            text = self.program.source(place)
            words.update(re.findall(r'\w+', text))
            tags.update(r.words[2] for r in self._matching('within', place.function, context, text))
        handed = words & self.pointed
        kept = {w for w in context if w not in self.pointed} if handed else context
        return frozenset(handed | tags | kept)

    @staticmethod
    def is_in(names, function, block):
        """Whether there is an instruction of one of some functions, also where it is inlined."""
        return bool(names) and (function.source_name in names or
                                any(p.function in names for i in block.instructions for p in i.places))

    def passes(self, function, block):
        """Whether there is an instruction of a function that has to be passed."""
        return self.is_in(self.through, function, block)

    def avoids(self, function, block, context):
        """Whether no path leads through the block."""
        if self.is_in(self.around, function, block):
            return True
        for rule in self._matching('avoid', function.source_name, context, ''):
            if self.is_in({rule.words[2]}, function, block):
                return True
        return False

    def free(self, function):
        """Whether its instructions do not count."""
        return function.source_name in self.without

    def calls(self, function, callee, context):
        """How often the function calls @callee in all, or None: as often as its loops say."""
        for r in self._matching('count', function.source_name, context, callee.source_name):
            if r.words[1] == callee.source_name:
                return self._value(r.words[2])
        return None

    def is_recursive(self, function):
        return function.source_name in {r.words[0] for r in self.of_kind('recursive')}
