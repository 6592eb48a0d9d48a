"""The keys that building reads are those of the schemas, for every kind."""

import pytest

from salespm_flow.definition.build import READS, DocumentKind, build, read_header
from salespm_flow.definition.build.actions import ACTIONS
from salespm_flow.definition.nodes import ListNode, MapEntry, MapNode, Node, ScalarNode
from salespm_flow.definition.schema import KINDS, properties
from salespm_flow.definition.source import parse
from salespm_flow.diagnostics import Span
from salespm_flow.model.source import Source

SPAN = Span(file="test.yaml", line=1, column=1, end_line=1, end_column=2)

# Under these keys stand maps of named things; which definition the things follow.
NAMED = {
    "fields": "field",
    "records": "record",
    "states": "state",
    "regions": "state",
    "tasks": "task",
    "check": "check",
    "transitions": "transition",
    "timers": "timer",
    "links": "link",
    "rules": "rule",
    "kpis": "kpi",
    "criteria": "criterion",
    "inputs": "input",
    "outputs": "output",
    "veto": "veto",
    "values": "enumValue",
    "approve": "approval",
    "scenarios": "scenario",
    "invariants": "invariant",
    "mocks": "mock",
}
SINGLE = {
    "override": "override",
    "sla": "sla",
    "entry": "gate",
    "exit": "gate",
    "uses": "uses",
    "scales": "scales",
    "response": "response",
    "residual": "residual",
    "exposure": "exposure",
    "occurs": "occurs",
    "contingency": "contingency",
    "title": "title",
    "message": "title",
}

MIGRATION = {
    ("migration", "states"): "branch",
    ("migration", "fields"): "field",
    ("migration", "defaults"): "default",
    ("migration", "transitions"): "",
    ("migration", "timers"): "",
    ("migration.field", "values"): "",
}
SINGLE_AT = {("mapping", "state"): "mapping.state", ("migration.branch", "else"): "migration.branch"}


def scalar(text: str) -> ScalarNode:
    return ScalarNode(value=text, text=text, span=SPAN, is_quoted=False, start=(1, 1))


def mapping(entries: dict[str, Node]) -> MapNode:
    return MapNode(entries={key: MapEntry(key=scalar(key), value=node) for key, node in entries.items()}, span=SPAN)


def full(kind: str, pointer: str, depth: int = 0) -> MapNode:
    """A map of the definition with every key that the schema allows."""
    entries: dict[str, Node] = {}
    for key in sorted(READS[pointer]):
        entries[key] = value_of(kind, pointer, key, depth)
    if pointer == "decision_table.rule":
        entries["2"] = full(kind, "decision_table.cell", depth + 1)
    return mapping(entries)


def value_of(kind: str, pointer: str, key: str, depth: int) -> Node:
    if depth > 5:
        return scalar("x")
    if key == "do":
        return mapping({name: action(kind, name, depth) for name in ACTIONS})
    special = {("mapping", "fields"): "column", ("mapping.column", "values"): "", ("mapping.state", "values"): ""}
    named = ("skills", "skill"), ("units", "unit"), ("roles", "role"), ("people", "person")
    special[("mapping", "entered")] = "moment"
    special[("goal_set", "goals")] = "goal"
    special[("risk_model", "levels")] = "level"
    special |= MIGRATION
    if kind == "scenarios":
        special |= dict.fromkeys([("scenarios.given", key) for key in ("fields", "records", "kpis")], "")
        special |= dict.fromkeys([("scenarios.expect", "fields"), ("scenarios.step", "approve")], "")
    special |= {("organisation", section): thing for section, thing in named}
    definition = special.get((pointer, key), NAMED.get(key))
    if pointer == "risk_model.scales":
        definition = "impact" if key == "impact" else None
    if definition:
        # A column is an input or an output, never both.
        name = "2" if key == "outputs" else "1"
        return mapping({name: full(kind, f"{kind}.{definition}", depth + 1)})
    if kind == "scenarios" and key in {"given", "expect", "table"}:
        return full(kind, f"scenarios.{key}", depth + 1)
    if kind == "scenarios" and key == "steps":
        return ListNode(items=(full(kind, "scenarios.step", depth + 1),), span=SPAN)
    if (pointer, key) in SINGLE_AT:
        return full(kind, SINGLE_AT[pointer, key], depth + 1)
    if key in SINGLE and f"{kind}.{SINGLE[key]}" in READS:
        return full(kind, f"{kind}.{SINGLE[key]}", depth + 1)
    return {"type": scalar("enum"), "salespm": scalar("1")}.get(key, scalar("x"))


def action(kind: str, name: str, depth: int) -> MapNode:
    node = full(kind, f"{kind}.action.{name}", depth + 1)
    return mapping({**{key: entry.value for key, entry in node.entries.items()}, "action": scalar(name)})


def source_of(kind: str) -> Source:
    return Source(kind=kind, id="x", version=1, path="test.yaml", text="", digest="")


def test_declared_keys_equal_the_schemas() -> None:
    declared: dict[str, frozenset[str]] = {}
    for kind in KINDS:
        declared |= properties(kind)
    assert dict(READS) == declared


@pytest.mark.parametrize("kind", DocumentKind)
def test_building_reads_exactly_the_declared_keys(kind: str) -> None:
    built = build(full(kind, kind), source_of(kind))
    wanted = {pointer: keys for pointer, keys in READS.items() if pointer.partition(".")[0] == kind}
    assert dict(built.keys_read) == wanted


@pytest.mark.parametrize("kind", DocumentKind)
@pytest.mark.parametrize("wrong", [scalar("x"), ListNode(items=(), span=SPAN), mapping({}), mapping({"?": scalar("")})])
def test_a_wrong_value_under_any_key_is_found_not_raised(kind: str, wrong: Node) -> None:
    for key in READS[kind]:
        build(mapping({key: wrong}), source_of(kind))


def test_header_names_the_document() -> None:
    root = parse("salespm: 1\nkind: calendar\nid: 日历\nversion: 2\n", "test.yaml").root
    assert root is not None
    header = read_header(root)
    assert header is not None
    assert (header.kind.value, header.id, header.version) == ("calendar", "日历", 2)


@pytest.mark.parametrize(
    "text",
    [
        "kind: calendar\nid: a\nversion: 1\n",
        "salespm: 2\nkind: calendar\nid: a\nversion: 1\n",
        "salespm: 1\nkind: calender\nid: a\nversion: 1\n",
        "salespm: 1\nkind: calendar\nid: a b\nversion: 1\n",
        "salespm: 1\nkind: calendar\nid: a\nversion: true\n",
    ],
)
def test_a_header_that_does_not_say_what_to_build_is_none(text: str) -> None:
    root = parse(text, "test.yaml").root
    assert root is not None
    assert read_header(root) is None
