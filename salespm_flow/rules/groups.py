"""A formula over groups of rows split in two: aggregates that one pass fills for each group, and what joins them.

Afterwards a group is no list of rows but a record of its aggregates. Tree in, tree out; knows no values and no types.
"""

from dataclasses import replace
from typing import Final

from salespm_flow.expr.syntax import Binding, Call, Filter, For, Name, Node, Path, Quantified, walk
from salespm_flow.nouns import dataclass
from salespm_flow.rules.lower import Aggregate, RowsNeeded, lower, with_parts

_ITEM: Final = "item"
# The group's column that holds what its rows have in common; no author can write it.
GROUP_KEY: Final = "$key"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoweredGroups:
    """A formula in which each group is a record of `cell(0)`, `cell(1)`, … : the results of its aggregates."""

    aggregates: tuple[Aggregate, ...]
    remainder: Node


def cell(index: int) -> str:
    """The name of the group's column that holds the result of the aggregate at `index`."""
    return f"$g{index}"


def lower_groups(formula: Node, groups: str) -> LoweredGroups | RowsNeeded:
    """The formula with the lists under the name `groups` turned into records of aggregates.

    Lowered are `count(groups)`, `for g in groups`, `some` and `every` over them, and `groups[…]` with `item`, as far as
    their bodies ask for aggregates of the group only. Evaluating the remainder over the records equals evaluating the
    formula over the lists.
    """
    found: dict[Aggregate, int] = {}
    try:
        remainder = _Lowering(groups, found).node(formula)
    except _RowsAskedError as failure:
        return RowsNeeded(part=failure.part)
    return LoweredGroups(aggregates=tuple(found), remainder=remainder)


class _RowsAskedError(Exception):
    def __init__(self, part: Node) -> None:
        super().__init__()
        self.part = part


@dataclass(frozen=True, slots=True)
class _Lowering:
    groups: str
    found: dict[Aggregate, int]

    def node(self, node: Node) -> Node:
        if not _mentions(node, self.groups):
            return node
        match node:
            case Call(function="count", arguments=(argument,)):
                source = self.source(argument)
                if source is not None:
                    return replace(node, arguments=(source,))
            case For(bindings=(binding,)) | Quantified(bindings=(binding,)):
                source = self.source(binding.source)
                if source is not None:
                    return self.loop(node, binding, source)
            case _:
                pass
        if isinstance(node, Name | For | Quantified | Filter):
            raise _RowsAskedError(node)
        return with_parts(node, self.node)

    def source(self, node: Node) -> Node | None:
        """`groups`, filtered any number of times, over records; None for any other expression."""
        match node:
            case Name(name=name) if name == self.groups:
                return node
            case Filter(of=of, predicate=predicate) if not _mentions(predicate, self.groups):
                inner = self.source(of)
                if inner is None or not _mentions(predicate, _ITEM):
                    return None
                # Inside the filter the columns of the record are names of their own.
                return replace(node, of=inner, predicate=self.over_group(predicate, _ITEM, is_row=True))
            case _:
                return None

    def loop(self, node: For | Quantified, binding: Binding, source: Node) -> Node:
        if _mentions(node.body, self.groups):
            raise _RowsAskedError(node)
        body = self.over_group(node.body, binding.name, is_row=False)
        return replace(node, bindings=(replace(binding, source=source),), body=body)

    def over_group(self, node: Node, variable: str, *, is_row: bool) -> Node:
        """The node with every aggregate of the group that the variable holds read from the group's record."""
        lowered = lower(node, variable)
        if isinstance(lowered, RowsNeeded):
            raise _RowsAskedError(lowered.part)
        places = [self.found.setdefault(aggregate, len(self.found)) for aggregate in lowered.aggregates]
        return _put(lowered.remainder, variable, places, is_row=is_row)


def _put(node: Node, variable: str, places: list[int], *, is_row: bool) -> Node:
    if isinstance(node, Name) and node.name.startswith("$") and node.name[1:].isdigit():
        column = cell(places[int(node.name[1:])])
        if is_row:
            return replace(node, name=column)
        group = Name(name=variable, start=node.start, end=node.end)
        return Path(of=group, field=column, start=node.start, end=node.end)
    return with_parts(node, lambda part: _put(part, variable, places, is_row=is_row))


def _mentions(node: Node, name: str) -> bool:
    return any(isinstance(part, Name) and part.name == name for part, _ in walk(node))
