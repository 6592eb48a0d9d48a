"""Whatever is damaged in a sound definition, loading tells it as findings and never raises."""

from collections.abc import Iterator, Mapping
from datetime import UTC
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from salespm_flow.definition.build import Built, build, default_workspace, read_header
from salespm_flow.definition.collection import collect
from salespm_flow.definition.drafts import Draft, find_files, read_draft
from salespm_flow.definition.nodes import ListNode, MapEntry, MapNode, Node, ScalarNode
from salespm_flow.definition.schema import check_shape
from salespm_flow.definition.source import parse
from salespm_flow.definition.workspace import shipped_definitions
from salespm_flow.diagnostics import Span
from salespm_flow.model.source import Source

SPAN = Span(file="x.yaml", line=1, column=1, end_line=1, end_column=2)
FOLDER = shipped_definitions()
DRAFTS = tuple(read_draft(path, path.name, UTC) for path in find_files(FOLDER))
Place = tuple[str | int, ...]


def scalar(text: str) -> ScalarNode:
    return ScalarNode(value=text or None, text=text, span=SPAN, is_quoted=False, start=(1, 1))


def root_of(draft: Draft) -> MapNode:
    assert draft.text is not None
    root = parse(draft.text, draft.file).root
    assert root is not None
    return root


def places(node: Node, here: Place = ()) -> Iterator[Place]:
    if here:
        yield here
    match node:
        case MapNode(entries=entries):
            for key, entry in entries.items():
                yield from places(entry.value, (*here, key))
        case ListNode(items=items):
            for index, item in enumerate(items):
                yield from places(item, (*here, index))
        case _:
            return


def damaged(node: Node, path: Place, replacement: Node | None) -> Node:
    """The tree with what stands at `path` replaced, or removed where there is no replacement."""
    step, *rest = path
    match node:
        case MapNode(entries=entries, span=span) if isinstance(step, str):
            changed: dict[str, MapEntry] = {}
            for key, entry in entries.items():
                if key != step:
                    changed[key] = entry
                elif rest:
                    changed[key] = MapEntry(key=entry.key, value=damaged(entry.value, tuple(rest), replacement))
                elif replacement is not None:
                    changed[key] = MapEntry(key=entry.key, value=replacement)
            return MapNode(entries=changed, span=span)
        case ListNode(items=items, span=span) if isinstance(step, int):
            new = damaged(items[step], tuple(rest), replacement) if rest else replacement
            return ListNode(items=(*items[:step], *((new,) if new else ()), *items[step + 1 :]), span=span)
        case _:
            raise AssertionError(path)


TREES: Mapping[str, tuple[MapNode, tuple[Place, ...]]] = {
    draft.file: (root_of(draft), tuple(places(root_of(draft)))) for draft in DRAFTS
}
REPLACEMENTS = st.sampled_from(
    [
        None,
        scalar(""),
        scalar("x"),
        scalar("1"),
        scalar("any"),
        scalar("a b"),
        scalar("1 +"),
        ListNode(items=(), span=SPAN),
        ListNode(items=(scalar("x"), ListNode(items=(), span=SPAN)), span=SPAN),
        MapNode(entries={}, span=SPAN),
        MapNode(entries={"x": MapEntry(key=scalar("x"), value=scalar("x"))}, span=SPAN),
    ]
)


@st.composite
def damages(draw: st.DrawFn) -> tuple[str, MapNode]:
    file = draw(st.sampled_from(sorted(TREES)))
    tree, paths = TREES[file]
    path = draw(st.sampled_from(paths))
    node = damaged(tree, path, draw(REPLACEMENTS))
    assert isinstance(node, MapNode)
    return file, node


@given(damages())
@settings(max_examples=150, deadline=None)
def test_damage_is_told_and_never_raised(damage: tuple[str, MapNode]) -> None:
    file, root = damage
    header = read_header(root)
    if header is None:
        return
    source = Source(kind=header.kind.value, id=header.id, version=header.version, path=file, text="", digest="")
    built: Built = build(root, source)
    drafts = [draft for draft in DRAFTS if draft.file != file]
    wrong = Draft(
        path=Path(FOLDER / file),
        file=file,
        text="",
        built=built,
        claim=(source.kind, source.id),
        diagnostics=built.diagnostics,
    )
    collected = collect([*drafts, wrong], default_workspace(".", ()), UTC)
    shape = check_shape(root, header.kind.value)
    # What the schema refuses and building lets pass is looser text or an empty list, never another meaning.
    assert not built.is_whole or {found.code for found in shape} <= {"SF141", "SF142", "SF144", "SF146", "SF147"}
    # What is sound runs; what is not is told and left out.
    assert built.is_whole or collected.diagnostics
