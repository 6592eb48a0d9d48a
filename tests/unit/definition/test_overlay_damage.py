"""Whatever an overlay says, it is told or it runs; and what runs can be read again without its base."""

from datetime import UTC
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from salespm_flow.definition.build import build, default_workspace
from salespm_flow.definition.collection import collect
from salespm_flow.definition.drafts import Draft, read_draft
from salespm_flow.definition.nodes import ListNode, MapEntry, MapNode, Node, ScalarNode
from salespm_flow.definition.source import MAXIMUM_BYTES, parse
from salespm_flow.definition.workspace import shipped_definitions
from salespm_flow.diagnostics import Severity, Span
from tests.unit.definition.texts import found

SPAN = Span(file="overlay.yaml", line=1, column=1, end_line=1, end_column=2)
BASES = ("cn_office", "sales_risks", "sales_scorecard", "pm_lifecycle", "delivery_kpis")
DRAFTS = tuple(
    read_draft(shipped_definitions() / f"{name}.yaml", f"{name}.yaml", UTC)
    for name in (*BASES, "delivery_risks", "accounts", "sales_pipeline", "sales_kpis")
)


def scalar(text: str, value: str | int | None = "") -> ScalarNode:
    """A scalar of the overlay."""
    return ScalarNode(value=text if value == "" else value, text=text, span=SPAN, is_quoted=False, start=(1, 1))


def mapping(entries: dict[str, Node]) -> MapNode:
    """A map of the overlay."""
    return MapNode(entries={key: MapEntry(key=scalar(key), value=node) for key, node in entries.items()}, span=SPAN)


def listing(*texts: str) -> ListNode:
    """A list of the overlay."""
    return ListNode(items=tuple(scalar(text) for text in texts), span=SPAN)


ODD: st.SearchStrategy[Node] = st.sampled_from(
    [scalar("null", None), scalar("x"), scalar("1", 1), scalar("any"), scalar("5wd"), scalar("1 +"), listing(),
     listing("x", "x"), mapping({}), mapping({"x": scalar("x")}), mapping({"add": listing("owner", "x")}),
     mapping({"remove": listing("owner")}), mapping({"add": listing(), "remove": listing("x")}),
     mapping({"x": mapping({"after": scalar("lost")})}),
     mapping({"x": mapping({"after": scalar("x"), "final": scalar("true", True)})}),
     mapping({"x": mapping({"type": scalar("text")})}), mapping({"that": scalar("true")})]
)  # fmt: skip


@st.composite
def changes(draw: st.DrawFn, base: Node, depth: int = 0) -> Node:
    """What an overlay may say about a part of the base: some of its keys, down to odd values."""
    if not isinstance(base, MapNode) or not base.entries or (depth and draw(st.integers(0, 4)) == 0):
        return draw(ODD)
    keys = draw(st.lists(st.sampled_from(sorted(base.entries)), min_size=1, max_size=2, unique=True))
    return mapping({key: draw(changes(base.entries[key].value, depth + 1)) for key in keys})


@st.composite
def overlays(draw: st.DrawFn) -> MapNode:
    """An overlay of a shipped document."""
    name = draw(st.sampled_from(BASES))
    base = next(draft for draft in DRAFTS if draft.file == f"{name}.yaml")
    assert base.text is not None
    root = parse(base.text, base.file).root
    assert root is not None
    body = {key: entry for key, entry in root.entries.items() if key not in {"salespm", "kind", "id", "version"}}
    said = draw(changes(MapNode(entries=body, span=SPAN)))
    header: dict[str, Node] = {
        "salespm": scalar("1", 1),
        "kind": scalar("overlay"),
        "id": scalar(name),
        "version": scalar("2", 2),
        "extends": scalar(f"{name}@1"),
    }
    rest = {key: entry.value for key, entry in said.entries.items()} if isinstance(said, MapNode) else {}
    return mapping({**rest, **header})


@given(overlays())
@settings(max_examples=150, deadline=None)
def test_an_overlay_is_told_or_runs_and_what_runs_reads_back(overlay: MapNode) -> None:
    draft = Draft(
        path=Path("overlay.yaml"), file="overlay.yaml", text="", built=None, claim=None, diagnostics=(), overlay=overlay
    )
    collected = collect([*DRAFTS, draft], default_workspace(".", ()), UTC)
    made = collected.drafts[-1]
    assert made.built is not None
    assert {one.span.file for one in made.diagnostics} <= {"overlay.yaml"}
    if not made.is_whole:
        return
    source = made.built.source
    again = parse(source.text, source.path)
    assert again.diagnostics == ()
    assert again.root is not None
    rebuilt = build(again.root, source, UTC)
    assert [one for one in rebuilt.diagnostics if one.severity is Severity.ERROR] == []


def test_a_whole_that_no_file_could_hold_is_refused() -> None:
    many = "\n".join(f"  f{number}: {{type: text, title: {'x' * 200}}}" for number in range(3000))
    base = f"salespm: 1\nkind: reference\nid: rows\nversion: 1\nkey: f0\nfields:\n{many}\nsource: rows.csv\n"
    workflow = base.replace("kind: reference", "kind: workflow").replace("key: f0", "domain: sales")
    workflow = workflow.replace("source: rows.csv", "initial: a\nstates: {a: {}, b: {final: true}}")
    more = many.replace("  f", "  g")
    overlay = f"salespm: 1\nkind: overlay\nid: wide\nversion: 1\nextends: rows@1\nfields:\n{more}\n"
    assert len(workflow) < MAXIMUM_BYTES < len(workflow) + len(overlay)
    assert found(workflow, overlay) == ["2.yaml:5:10 SF366 The whole is larger than one file may be"]
