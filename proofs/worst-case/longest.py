# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
"""
The longest path through functions, in instructions: the graph of a function's blocks with each loop made one node,
whose body is gone through as often as its bound says. A path may have to pass a place: then paths are told apart by
whether they have (1) or have not yet (0).
"""

from dataclasses import dataclass, field

import image


class BoundError(Exception):
    """A loop or a call of which nobody has said what is needed."""


@dataclass
class Loop:
    """A natural loop: it is entered at @header only."""
    header: int
    blocks: set
    inner: list = field(default_factory=list)


def dominators(function, order):
    """By block, the set of those that are on each way to it."""
    predecessors = {b: [] for b in order}
    for b in order:
        for s in function.blocks[b].successors:
            predecessors[s].append(b)
    every = set(order)
    result = {b: every for b in order}
    result[function.start] = {function.start}
    changed = True
    while changed:
        changed = False
        for b in order[1:]:
            now = {b} | set.intersection(*(result[p] for p in predecessors[b]))
            if now != result[b]:
                result[b], changed = now, True
    return result, predecessors


def in_order(start, successors):
    """What can be reached from @start, each behind all that lead to it but for what closes a loop."""
    order, seen = [], {start}
    stack = [(start, iter(successors(start)))]
    while stack:
        node, rest = stack[-1]
        for s in rest:
            if s not in seen:
                seen.add(s)
                stack.append((s, iter(successors(s))))
                break
        else:
            order.append(node)
            stack.pop()
    return order[::-1]


def find_loops(function):
    """The outermost loops, each with those in it, and the blocks that can be reached."""
    order = in_order(function.start, lambda b: function.blocks[b].successors)
    place = {b: n for n, b in enumerate(order)}
    above, predecessors = dominators(function, order)
    loops = {}
    for b in order:
        for s in function.blocks[b].successors:
            if place[s] > place[b]:
                continue
            if s not in above[b]:
                raise image.ImageError(f'{function.name}: a loop with two entries at {s:#x}')
            loop = loops.setdefault(s, Loop(s, {s}))
            todo = [b]
            while todo:
                if (x := todo.pop()) not in loop.blocks:
                    loop.blocks.add(x)
                    todo += predecessors[x]
    outermost = []
    for loop in sorted(loops.values(), key=lambda l: len(l.blocks)):
        around = [l for l in loops.values() if l is not loop and loop.header in l.blocks and loop.blocks < l.blocks]
        parent = min(around, key=lambda l: len(l.blocks), default=None)
        (parent.inner if parent else outermost).append(loop)
    return outermost, order


def best(table, key, value):
    """Keeps the larger one, with how it came about."""
    if key not in table or table[key][0] < value[0]:
        table[key] = value


class Search:
    """Longest paths by what @rules (see there) know."""

    def __init__(self, rules):
        self.rules = rules
        self.loops = {}			# find_loops() of each function
        self.results = {}
        self.active = []
        self.shallow = set()
        self.context = frozenset()		# see Rules.context()
        # of a function in a context, by loop: rounds whose number is known for all of it
        self.totals = {}
        self.stops = {}			# in a function: blocks at which a path ends, after so many instructions

    def function(self, function):
        """
        {(passed, 'ret' or 'end'): (instructions, way)} from its first instruction: to its return, or to where the
        guest goes on or the CPU waits.
        """
        key = (function.start, self.context)
        if key in self.results:
            return self.results[key]
        if function in self.active and self.rules.is_recursive(function):
            return self._shallow(function)
        if function in self.active:
            raise BoundError('calls itself: ' + ' > '.join(f.name for f in self.active + [function]))
        self.active.append(function)
        outermost, order = self._loops_of(function)
        leaves = {}
        self._region(function, function.start, set(order), outermost, leaves)
        self.results[key] = self._with_counted(function, order, leaves)
        self.active.pop()
        return self.results[key]

    def _loops_of(self, function):
        if function.start not in self.loops:
            self.loops[function.start] = find_loops(function)
        return self.loops[function.start]

    def between(self, function, start, stops):
        """
        The longest path from block @start of the function to one of @stops, {block: instructions in it}, in
        the innermost loop that has both; or None, if none leads there. Returns what function() has for a way, too.
        """
        loops, order = self._loops_of(function)
        blocks = set(order)
        while around := next((l for l in loops if start in l.blocks and l.blocks & stops.keys()), None):
            if start == around.header:
                break
            blocks, loops = around.blocks - {around.header}, around.inner
        leaves = {}
        self.stops = stops
        self._region(function, start, blocks, [l for l in loops if l.blocks <= blocks], leaves)
        self.stops = {}
        return leaves.get((0, 'stop'))

    def _shallow(self, function):
        """A call of a recursive function by itself: its rounds are in the bound of the first one's."""
        if function.start in self.shallow:
            return {(0, 'ret'): (0, ())}
        self.shallow.add(function.start)
        leaves = {}
        outermost, order = self._loops_of(function)
        self._region(function, function.start, set(order), outermost, leaves)
        self.shallow.remove(function.start)
        return leaves

    def _with_counted(self, function, order, leaves):
        """Plus the calls whose number is known for the whole function."""
        before = self.context
        counted = {}
        for block in map(function.blocks.get, order):
            for callee in self._callees(function, block):
                calls = self.rules.calls(function, callee, before)
                if not calls or self.rules.free(callee):
                    continue
                self.context = self.rules.context(block, before)
                cost, way = max(self.function(callee).values(), key=lambda v: v[0])
                self.context = before
                best(counted, callee.start, (calls * cost, ((callee.name, calls * cost, way),)))
        for cost, way in counted.values():
            leaves = {key: (length + cost, path + way) for key, (length, path) in leaves.items()}
        for cost, way in self.totals.get((function.start, before), {}).values():
            leaves = {key: (length + cost, path + (('x', 'in all', cost, way),))
                      for key, (length, path) in leaves.items()}
        return leaves

    def _callees(self, function, block):
        return self.rules.callees(function, block, self.context) if block.call is not None else []

    def _block(self, function, block):
        """
        From the block's start: [(passed, cost, way)] to its end, with what it calls; and the ways that end in it.
        """
        cost = len(block.instructions)
        passed = 1 if self.rules.passes(function, block) else 0
        if block.call is None:
            return [(passed, cost, ())], []
        on, ends = {}, {}
        before = self.context
        callees = self._callees(function, block)
        if not callees:
            return [], [(passed, cost, ())]
        for callee in callees:
            if self.rules.free(callee) or self.rules.calls(function, callee, before) is not None:
                best(on, passed, (cost, ()))
                continue
            self.context = self.rules.context(block, before)
            for (inside, kind), (length, way) in self.function(callee).items():
                best(on if kind == 'ret' else ends, passed | inside,
                     (cost + length, ((callee.name, length, way),)))
            self.context = before
        return ([(p, c, way) for p, (c, way) in on.items()], [(p, c, way) for p, (c, way) in ends.items()])

    def _region(self, function, header, blocks, loops, leaves):
        """
        Paths from @header within @blocks, the bodies of @loops as one node each. Adds to @leaves where the function
        is left; returns the distances to @header again, and those along each edge that leads out of @blocks.
        """
        at_loop = {loop.header: loop for loop in loops}
        distance = {(header, 0): (0, ())}
        again, out = {}, {}
        for node in self._order(function, header, blocks, at_loop):
            for passed in (0, 1):
                if (node, passed) not in distance:
                    continue
                length, way = distance[node, passed]
                if node in at_loop:
                    edges = self._loop(function, at_loop[node], leaves, length, way, passed)
                else:
                    edges = self._edges(function, function.blocks[node], leaves, length, way, passed)
                for target, now, total, path in edges:
                    if target == header:
                        best(again, now, (total, path))
                    elif target in blocks:
                        best(distance, (target, now), (total, path))
                    else:
                        best(out, (target, now), (total, path))
        return again, out

    def _edges(self, function, block, leaves, length, way, passed):
        if self.rules.avoids(function, block, self.context):
            return
        if block.start in self.stops:
            best(leaves, (passed, 'stop'), (length + self.stops[block.start], way))
            return
        on, ends = self._block(function, block)
        for inside, cost, path in ends:
            best(leaves, (passed | inside, 'end'), (length + cost, way + path))
        for inside, cost, path in on:
            if block.leaves or block.tail:
                kind = 'end' if block.leaves == 'eret' else 'ret'
                best(leaves, (passed | inside, kind), (length + cost, way + path))
            elif not block.successors:
                # a call that does not return in truth, or a trap
                best(leaves, (passed | inside, 'end'), (length + cost, way + path))
            for s in block.successors:
                yield s, passed | inside, length + cost, way + path

    def _loop(self, function, loop, leaves, length, way, passed):
        """The edges that lead out of the loop, with the rounds of before."""
        bound, in_all = self.rules.bound(function, loop, self.context)
        left = {}
        again, out = self._region(function, loop.header, loop.blocks, loop.inner, left)
        most = max((v for v in again.values()), key=lambda v: v[0], default=(0, ()))
        rounds = bound if again and not in_all and function.start not in self.shallow else 0
        if in_all:
            best(self.totals.setdefault((function.start, self.context), {}), loop.header, (most[0] * bound, most[1]))

        def with_rounds(inside, cost, path):
            total = (most[0] * rounds + cost, (('x', rounds, most[0], most[1]),) + path if rounds else path)
            yield passed | inside, total
            if not inside and 1 in again and rounds:
                yield 1, (most[0] * (rounds - 1) + again[1][0] + cost, total[1])

        for (inside, kind), (cost, path) in left.items():
            for now, (total, whole) in with_rounds(inside, cost, path):
                best(leaves, (now, kind), (length + total, way + whole))
        if not out and not left:
            # waits for ever: the way ends here
            best(leaves, (passed | max(again), 'end'), (length + most[0], way + most[1]))
        for (target, inside), (cost, path) in out.items():
            for now, (total, whole) in with_rounds(inside, cost, path):
                yield target, now, length + total, way + whole

    def _order(self, function, header, blocks, at_loop):
        """The nodes in an order in which each comes behind all that lead to it."""
        inside = {b: l.header for l in at_loop.values() for b in l.blocks}
        successors = {}
        for b in blocks:
            node = inside.get(b, b)
            successors.setdefault(node, set()).update(
                inside.get(s, s) for s in function.blocks[b].successors
                if s in blocks and s != header and inside.get(s, s) != node)
        return in_order(inside.get(header, header), successors.get)
