"""Builds a file of scenarios; whether its workflow has what they name is checked later."""

from collections.abc import Iterator, Mapping
from typing import Final

from salespm_flow.definition.build.reader import Findings, Reader, named_entries, normalise, scalar_of
from salespm_flow.definition.nodes import ListNode, MapNode, Node, ScalarNode
from salespm_flow.diagnostics import Bilingual
from salespm_flow.model.scenarios import (
    Doing,
    Expect,
    Given,
    Invariant,
    Mock,
    Promise,
    Scenario,
    Scenarios,
    Step,
    Table,
    Word,
    Words,
    Written,
)
from salespm_flow.model.source import Source

# The keys of an expectation that take one text or several.
TEXTS: Final = (
    "state",
    "status",
    "outcome",
    "probability",
    "refused",
    "waiting",
    "effects",
    "fired",
    "told",
    "risks",
    "level",
    "score",
)
_ROWS: Final = Bilingual("记录的各行", "a list of rows")


def build_scenarios(findings: Findings, root: MapNode, source: Source) -> Scenarios:
    """The scenarios that the document writes, with what could be read where something is wrong."""
    reader = Reader(findings, root, "scenarios")
    for key in ("salespm", "kind", "id", "version"):
        reader.node(key)
    for key in ("workflow", "scenarios"):
        reader.require(key)
    workflow = reader.scalar("workflow")
    if workflow is not None:
        findings.places["workflow"] = workflow
    return Scenarios(
        id=source.id,
        version=source.version,
        title=reader.title("title", source.id),
        source=source,
        workflow="" if workflow is None else workflow.text,
        given=_given(reader),
        scenarios={id_: _scenario(findings, (id_, key), node) for id_, key, node in reader.entries("scenarios")},
        invariants={
            id_: found
            for id_, key, node in reader.entries("invariants")
            if (found := _invariant(findings, (id_, key), node)) is not None
        },
        span=root.span,
    )


def _scenario(findings: Findings, named: tuple[str, ScalarNode], node: Node) -> Scenario:
    id_, key = named
    reader = Reader(findings, node, "scenarios.scenario")
    return Scenario(
        id=id_,
        title=reader.title("title", id_),
        span=key.span,
        given=_given(reader),
        steps=tuple(_steps(reader)),
        expect=_expect(reader),
        table=_table(reader),
    )


def _invariant(findings: Findings, named: tuple[str, ScalarNode], node: Node) -> Invariant | None:
    id_, key = named
    reader = Reader(findings, node, "scenarios.invariant")
    promised = [(promise, word) for promise in Promise if (word := _word(reader, promise.value)) is not None]
    title = reader.title("title", id_)
    if len(promised) != 1:
        findings.unreadable(node, Bilingual("always、never、eventually 中的一个", "one of always, never, eventually"))
        return None
    promise, that = promised[0]
    return Invariant(id=id_, title=title, promise=promise, that=that, span=key.span)


def _given(around: Reader) -> Given:
    node = around.node("given")
    if node is None:
        return Given()
    reader = Reader(around.findings, node, "scenarios.given")
    return Given(
        now=_word(reader, "now"),
        owner=_word(reader, "owner"),
        state=_written_under(reader, "state"),
        fields=_row_under(reader, "fields"),
        records={name: _rows(reader.findings, rows) for name, _, rows in reader.entries("records")},
        kpis=_row_under(reader, "kpis"),
        mocks={name: _mock(reader.findings, key, mock) for name, key, mock in reader.entries("mocks")},
    )


def _mock(findings: Findings, key: ScalarNode, node: Node) -> Mock:
    reader = Reader(findings, node, "scenarios.mock")
    return Mock(notice=Word(text=normalise(key.text), span=key.span), fails=reader.integer("fails") or 0)


def _rows(findings: Findings, node: Node) -> tuple[Mapping[str, Written], ...]:
    if not isinstance(node, ListNode):
        findings.unreadable(node, _ROWS)
        return ()
    return tuple(_row(findings, item) for item in node.items)


def _steps(reader: Reader) -> Iterator[Step]:
    node = reader.node("steps")
    if node is None:
        return
    if not isinstance(node, ListNode):
        reader.findings.unreadable(node, Bilingual("步骤的列表", "a list of steps"))
        return
    for item in node.items:
        step = _step(Reader(reader.findings, item, "scenarios.step"))
        if step is not None:
            yield step


def _step(reader: Reader) -> Step | None:
    deeds = [doing for doing in Doing if reader.has(doing.value)]
    common = {
        "actor": _word(reader, "as"),
        "role": _word(reader, "role"),
        "on": _word(reader, "on"),
        "comment": _word(reader, "comment"),
    }
    is_override, expect = bool(reader.flag("override")), _expect(reader)
    if len(deeds) != 1:
        listed = " | ".join(doing.value for doing in Doing)
        reader.findings.unreadable(reader.whole, Bilingual(f"恰好一个 {listed}", f"exactly one of {listed}"))
        return None
    doing = deeds[0]
    named, record, values = None, None, {}
    match doing:
        case Doing.SET:
            values = _row_under(reader, "set")
        case Doing.APPEND:
            record, values = _appended(reader)
        case _:
            named = _word(reader, doing.value)
    return Step(
        doing=doing,
        span=reader.span,
        named=named,
        record=record,
        values=values,
        is_override=is_override,
        expect=expect,
        **common,
    )


def _appended(reader: Reader) -> tuple[Word | None, dict[str, Written]]:
    """The one record with the row that it gets."""
    found = list(reader.entries("append"))
    if len(found) != 1:
        reader.findings.unreadable(reader.whole, Bilingual("一个记录表及其一行", "one record with its row"))
        return None, {}
    name, key, row = found[0]
    return Word(text=name, span=key.span), _row(reader.findings, row)


def _expect(around: Reader) -> Expect | None:
    """What must hold; a list alone is a list of tests."""
    node = around.node("expect")
    if node is None:
        return None
    if isinstance(node, ListNode):
        return Expect(span=node.span, that=tuple(_words(around.findings, node)))
    reader = Reader(around.findings, node, "scenarios.expect")
    texts = {key: written for key in TEXTS if (written := _written_under(reader, key)) is not None}
    that = reader.node("that")
    return Expect(
        span=reader.span,
        texts=texts,
        fields=_row_under(reader, "fields"),
        sla=_row_under(reader, "sla"),
        that=() if that is None else tuple(_words(around.findings, that)),
    )


def _table(around: Reader) -> Table | None:
    node = around.node("table")
    if node is None:
        return None
    reader = Reader(around.findings, node, "scenarios.table")
    reader.require("columns")
    rows_node = reader.require("rows")
    columns = tuple(Word(text=normalise(one.text), span=one.span) for one in reader.names("columns"))
    rows = []
    for item in rows_node.items if isinstance(rows_node, ListNode) else ():
        cells = item.items if isinstance(item, ListNode) else ()
        if len(cells) != len(columns):
            zh, en = f"每列一格，共 {len(columns)} 格", f"a cell for each of the {len(columns)} columns"
            around.findings.unreadable(item, Bilingual(zh, en))
            continue
        rows.append(tuple(_written(around.findings, cell) for cell in cells))
    return Table(columns=columns, rows=tuple(rows), span=reader.span)


def _row_under(reader: Reader, key: str) -> dict[str, Written]:
    node = reader.node(key)
    return {} if node is None else _row(reader.findings, node)


def _row(findings: Findings, node: Node) -> dict[str, Written]:
    return {name: _written(findings, value) for name, _, value in named_entries(findings, node)}


def _written_under(reader: Reader, key: str) -> Written | None:
    node = reader.node(key)
    return None if node is None else _written(reader.findings, node)


def _written(findings: Findings, node: Node) -> Written:
    match node:
        case ScalarNode(value=None, is_quoted=False):
            return Word(text="", span=node.span)
        case ScalarNode():
            return Word(text=node.text, span=node.span)
        case ListNode():
            return Words(items=tuple(_words(findings, node)), span=node.span)
        case MapNode():
            findings.unreadable(node, Bilingual("一个值或一列值", "a value or a list of values"))
            return Word(text="", span=node.span)


def _words(findings: Findings, node: Node) -> Iterator[Word]:
    for item in node.items if isinstance(node, ListNode) else (node,):
        scalar = scalar_of(findings, item)
        if scalar is not None:
            yield Word(text=scalar.text, span=scalar.span)


def _word(reader: Reader, key: str) -> Word | None:
    scalar = reader.scalar(key)
    return None if scalar is None else Word(text=scalar.text, span=scalar.span)
