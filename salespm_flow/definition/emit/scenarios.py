"""Writes files of scenarios."""

from collections.abc import Iterable, Iterator, Mapping

from salespm_flow.definition.emit import leaves
from salespm_flow.definition.nodes import ListNode, MapNode, Node
from salespm_flow.model.scenarios import (
    Doing,
    Expect,
    Given,
    Invariant,
    Scenario,
    Scenarios,
    Step,
    Table,
    Word,
    Words,
    Written,
    WrittenRow,
)

Pairs = Iterator[tuple[str, Node | None]]


def scenarios(document: Scenarios) -> Pairs:
    """The keys of the document after its header."""
    yield "workflow", leaves.text(document.workflow)
    yield "given", leaves.section(_given(document.given))
    yield "scenarios", leaves.entries((id_, leaves.entries(_scenario(one))) for id_, one in document.scenarios.items())
    yield "invariants", leaves.section((id_, _invariant(one)) for id_, one in document.invariants.items())


def _scenario(scenario: Scenario) -> Pairs:
    yield "title", leaves.title(scenario.title, scenario.id)
    yield "table", None if scenario.table is None else _table(scenario.table)
    yield "given", leaves.section(_given(scenario.given))
    yield "steps", _list(leaves.entries(_step(step)) for step in scenario.steps)
    yield "expect", _expect(scenario.expect)


def _invariant(invariant: Invariant) -> MapNode:
    pairs = (
        ("title", leaves.title(invariant.title, invariant.id)),
        (invariant.promise.value, leaves.bare(invariant.that.text)),
    )
    return leaves.entries(pairs)


def _given(given: Given) -> Pairs:
    yield "now", _written(given.now)
    yield "owner", _written(given.owner)
    yield "state", _written(given.state)
    yield "fields", _row(given.fields)
    yield "records", leaves.section((name, _rows(rows)) for name, rows in given.records.items())
    yield "kpis", _row(given.kpis)
    mocks = ((name, leaves.entries([("fails", leaves.number(mock.fails))])) for name, mock in given.mocks.items())
    yield "mocks", leaves.section(mocks)


def _step(step: Step) -> Pairs:
    yield "as", _written(step.actor)
    yield "role", _written(step.role)
    yield "on", _written(step.on)
    match step.doing:
        case Doing.SET:
            yield "set", _row(step.values) or leaves.entries(())
        case Doing.APPEND:
            record = "" if step.record is None else step.record.text
            yield "append", leaves.entries([(record, _row(step.values) or leaves.entries(()))])
        case _:
            yield step.doing.value, _written(step.named)
    yield "comment", _written(step.comment)
    yield "override", leaves.true_if(step.is_override)
    yield "expect", _expect(step.expect)


def _expect(expect: Expect | None) -> Node | None:
    if expect is None:
        return None
    that = ListNode(items=tuple(leaves.bare(one.text) for one in expect.that), span=leaves.NOWHERE)
    pairs: dict[str, Node | None] = {key: _written(one) for key, one in expect.texts.items()}
    pairs["fields"] = _row(expect.fields)
    pairs["sla"] = _row(expect.sla)
    if not any(pairs.values()):
        return that
    pairs["that"] = that if expect.that else None
    return leaves.entries(pairs.items())


def _table(table: Table) -> MapNode:
    rows = (
        ListNode(items=tuple(_written(cell) or _nothing() for cell in row), span=leaves.NOWHERE) for row in table.rows
    )
    return leaves.entries((("columns", leaves.names(one.text for one in table.columns)), ("rows", _list(rows))))


def _rows(rows: tuple[WrittenRow, ...]) -> Node:
    return _list(_row(row) or leaves.entries(()) for row in rows) or ListNode(items=(), span=leaves.NOWHERE)


def _row(row: Mapping[str, Written]) -> MapNode | None:
    return leaves.section((name, _written(one)) for name, one in row.items())


def _written(written: Written | None) -> Node | None:
    match written:
        case None:
            return None
        case Word(text=text):
            return leaves.bare(text) if text else _nothing()
        case Words(items=items):
            return ListNode(items=tuple(leaves.bare(one.text) for one in items), span=leaves.NOWHERE)


def _nothing() -> Node:
    return leaves.text("", is_quoted=True)


def _list(items: Iterable[Node]) -> Node | None:
    found = tuple(items)
    return ListNode(items=found, span=leaves.NOWHERE) if found else None
