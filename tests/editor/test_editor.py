"""The schemas in the real yaml-language-server: completion, help and remarks; and that editor and program agree.

What a JSON Schema can judge, both judge alike. Precisely, of a document alone (`draft_of`, no workspace around it):

1. Text. Where the program says that a document is no YAML (`NOT_YAML`), the editor's parser says so too, and where the
   program can read it, the editor's parser has nothing to say.
2. Shape, of what both can read: each finding of the schema here (`check_shape`, and all of them are told) has a remark
   of the editor at the same entry, the one around it or one in it, and the other way round; so a file is sound for both
   or for neither. Not nearer, because the two point differently on purpose: a missing key is told at its map's key here
   and at the map's first character there, and of a misspelt key and the missing one that it was to be, the program
   tells the first only. Of a document of an unknown kind the program says just that; the editor, which somebody told a
   schema, may say more.

What the language forbids beyond YAML (`OURS_ALONE`: limits, tags, merge keys, further documents) no schema can say;
such files are read by the program alone, and are not compared.
"""

import operator
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC
from pathlib import Path

import pytest

from salespm_flow.definition.drafts import draft_of
from salespm_flow.definition.nodes import ListNode, MapNode, Node, ScalarNode
from salespm_flow.definition.schema import KINDS, check_shape, kind_of, properties
from salespm_flow.definition.source import parse
from salespm_flow.diagnostics import Diagnostic, Span
from tests.editor.corpus import ROOT, broken, kind_in, misshapen, shipped
from tests.editor.language_server import LanguageServer, Remark, install, running
from tests.editor.schema_places import KeyPlace, key_places

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node on this machine")

NOT_YAML = frozenset({"SF112", "SF115", *(f"SF{number}" for number in range(120, 129))})
OURS_ALONE = frozenset({*(f"SF{number}" for number in range(101, 112)), "SF113", "SF114", "SF116", "SF117", "SF118"})

Keys = tuple[str | int, ...]
SHIPPED = sorted((ROOT / "workflows").rglob("*.yaml"))


@pytest.fixture(scope="module")
def server() -> Iterator[LanguageServer]:
    """A server that maps schemas by file pattern: `check/KIND/…`."""
    install()
    patterns = {(ROOT / "schemas" / f"{kind}.schema.json").as_uri(): f"**/check/{kind}/**/*.yaml" for kind in KINDS}
    with running(ROOT, patterns) as started:
        yield started


# -------------------------------------------------------------------------------------------------------- agreement


@pytest.mark.parametrize("corpus", [shipped, broken, misshapen])
def test_editor_and_program_agree_on_what_is_valid(
    server: LanguageServer, corpus: Callable[[], Mapping[str, str]]
) -> None:
    texts = corpus()
    addresses = {name: address(name, text) for name, text in texts.items()}
    remarks = server.diagnostics({addresses[name]: text for name, text in texts.items()})
    disagreements = {name: disagreement(text, remarks[addresses[name]]) for name, text in texts.items()}
    assert texts
    assert {name: told for name, told in disagreements.items() if told} == {}


def address(name: str, text: str) -> str:
    """Where the text would be for its schema to be found by pattern."""
    return (ROOT / "check" / kind_in(text) / f"{name}.yaml").as_uri()


def disagreement(text: str, remarks: Sequence[Remark]) -> tuple[str, ...]:
    """In what the remarks of the editor differ from the findings of the program, in words; empty where in nothing."""
    found = draft_of(text, (Path("file"), "file"), UTC, with_shape=True).diagnostics
    codes = {one.code for one in found}
    if codes & OURS_ALONE:
        return ()
    about_text = tuple(one.text for one in remarks if not one.is_shape)
    if codes & NOT_YAML or about_text:
        return () if codes & NOT_YAML and about_text else (f"not YAML: {sorted(codes & NOT_YAML)} / {about_text}",)
    root = parse(text, "file").root
    if root is None:  # no map at all, which has no entries to compare
        return () if "SF119" in codes and remarks else (f"no map: {sorted(codes)} / {remarks}",)
    kind, unknown = kind_of(root)
    shape = unknown if kind is None else check_shape(root, kind)
    ours = [(paths_at(root, one.span.line, one.span.column), told(one)) for one in shape]
    theirs = [(paths_at(root, one.line, one.column), f"{one.line}:{one.column} {one.text}") for one in remarks]
    return (
        *(f"not told: {told(one)}" for one in shape if one not in found),
        *(f"only here: {words}" for paths, words in ours if not is_near(paths, theirs)),
        *(f"only there: {words}" for paths, words in theirs if kind is not None and not is_near(paths, ours)),
    )


def told(found: Diagnostic) -> str:
    return f"{found.span.line}:{found.span.column} {found.code} {found.message.en}"


def is_near(paths: Iterable[Keys], others: Iterable[tuple[Iterable[Keys], str]]) -> bool:
    """Whether one of the others is about the same entry, the one around it, or one in it."""
    return any(
        abs(len(path) - len(near)) <= 1 and all(map(operator.eq, path, near))
        for other, _ in others
        for near in other
        for path in paths
    )


def paths_at(root: Node, line: int, column: int) -> frozenset[Keys]:
    """The keys that lead to the innermost entry in which the place is, and to each map or list that begins there."""
    keys: Keys = ()
    found = {keys} if begins(root, line, column) else set()
    node: Node | None = root
    while node is not None:
        entry = next((one for one in entries(node) if is_in(one, line, column)), None)
        node = None
        if entry is not None:
            keys, node = (*keys, entry[0]), entry[2]
            if begins(node, line, column):
                found.add(keys)
    return frozenset({keys, *found})


def entries(node: Node) -> Iterator[tuple[str | int, Span, Node]]:
    """What a map or a list holds: key or number, where it begins, and the value."""
    match node:
        case MapNode():
            yield from ((name, entry.key.span, entry.value) for name, entry in node.entries.items())
        case ListNode():
            yield from ((number, item.span, item) for number, item in enumerate(node.items))
        case ScalarNode():
            pass


def is_in(entry: tuple[str | int, Span, Node], line: int, column: int) -> bool:
    _, head, value = entry
    return (head.line, head.column) <= (line, column) <= (value.span.end_line, value.span.end_column)


def begins(node: Node, line: int, column: int) -> bool:
    return not isinstance(node, ScalarNode) and (node.span.line, node.span.column) == (line, column)


# ------------------------------------------------------------------------------------------------------------- help


def test_shipped_files_name_their_schema_and_have_no_remark(server: LanguageServer) -> None:
    texts = {path.as_uri(): path.read_text(encoding="utf-8") for path in SHIPPED}
    assert all(text.startswith("# yaml-language-server: $schema=") for text in texts.values())
    assert server.diagnostics(texts) == dict.fromkeys(texts, ())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_keys_and_words_are_offered_and_explained_in_both_languages(server: LanguageServer, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    place_of = {place.path: place for place in reversed(tuple(key_places(text, kind_in(text))))}
    server.show(path.as_uri(), text)
    missing = [
        (place.line, *told) for place in place_of.values() for told in shortcomings(server, path.as_uri(), place)
    ]
    assert place_of
    assert missing == []


def shortcomings(server: LanguageServer, address: str, place: KeyPlace) -> Iterator[tuple[str, object]]:
    """What the editor does not tell of the key: its help, the keys that may stand beside it, the words it takes."""
    # Inside the word: at its first character the server still speaks of what ends there.
    hover = server.hover(address, place.line, place.column + 1)
    zh, _, en = place.help.partition("\n\n")
    if not (is_chinese(zh) and en and place.help in hover):
        yield "no help", (place.path, hover)
    if place.absent:
        unoffered = place.absent - server.completion(address, place.line, place.column).keys()
        if unoffered:
            yield "keys not offered", (place.path, unoffered)
    if place.words:
        span = place.value.span
        unoffered = frozenset(place.words) - server.completion(address, span.line, span.column).keys()
        if unoffered:
            yield "words not offered", (place.path, unoffered)


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def test_an_empty_file_is_offered_the_keys_of_its_kind(server: LanguageServer) -> None:
    for kind in KINDS:
        place = (ROOT / "check" / kind / "new.yaml").as_uri()
        server.show(place, "")
        assert server.completion(place, 1, 1).keys() >= properties(kind)[kind], kind
