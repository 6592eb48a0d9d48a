"""Writes migrations."""

from collections.abc import Iterator, Sequence

from salespm_flow.definition.emit import leaves
from salespm_flow.definition.nodes import Node, ScalarNode
from salespm_flow.model.migration import Branch, FieldCourse, Filling, Migration


def migration(document: Migration) -> Iterator[tuple[str, Node | None]]:
    """The keys of the document after its header."""
    yield "workflow", leaves.text(document.workflow)
    yield "from", leaves.number(document.from_version)
    yield "to", leaves.number(document.to_version)
    yield "states", leaves.section((name, _course(branches)) for name, branches in document.states.items())
    yield "fields", leaves.section((name, _field(course)) for name, course in document.fields.items())
    for section, renamed in (("transitions", document.transitions), ("timers", document.timers)):
        yield section, leaves.section((old, leaves.text(new)) for old, new in renamed.items())
    yield "defaults", leaves.section((name, _filling(filling)) for name, filling in document.defaults.items())


def _course(branches: Sequence[Branch]) -> Node | None:
    if not branches:
        return None
    first, *rest = branches
    if first.when is None:
        return _name(first.to)
    return leaves.entries((("when", leaves.expression(first.when)), ("to", _name(first.to)), ("else", _course(rest))))


def _field(course: FieldCourse) -> Node:
    if not course.values and course.value is None:
        return _name(course.to)
    to = None if course.to == course.field else _name(course.to)
    values = leaves.section((old, leaves.text(new)) for old, new in course.values.items())
    return leaves.entries((("to", to), ("values", values), ("value", leaves.expression(course.value))))


def _filling(filling: Filling) -> Node:
    if isinstance(filling.value, str):
        return leaves.bare(filling.value)
    return leaves.entries((("value", leaves.expression(filling.value)),))


def _name(written: str | None) -> Node:
    if written is None:
        return ScalarNode(value=None, text="null", span=leaves.NOWHERE, is_quoted=False, start=(1, 1))
    return leaves.text(written)
