"""The texts that editor and program are compared over: all that is shipped, all that is known to be broken, and more.

What breaks a shipped text further is done by the schema's own places, so that every rule of every schema is met.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from docs import code_pages
from docs.kinds import SMALLEST
from salespm_flow.definition.nodes import ScalarNode
from salespm_flow.definition.schema import KINDS
from tests.editor.schema_places import KeyPlace, key_places

ROOT = Path(__file__).resolve().parent.parent.parent
GOLDEN = ROOT / "tests" / "golden"
_KIND = re.compile(r"^kind:[ \t]*[\"']?(\w+)", re.MULTILINE)
_MODELINE = re.compile(r"^# yaml-language-server:.*$", re.MULTILINE)
# Whose schema judges a document that does not say its kind: a person would have to map the file by hand.
_ASSUMED = "workflow"


def kind_in(text: str) -> str:
    """The kind whose schema an editor would use for the text."""
    found = _KIND.search(text)
    return found[1] if found is not None and found[1] in KINDS else _ASSUMED


def unmarked(text: str) -> str:
    """The text without the line that names its schema, so that its place decides; no line moves."""
    return _MODELINE.sub("#", text)


def shipped() -> Mapping[str, str]:
    """Every shipped definition, the smallest example of each kind, and the examples that pages call right."""
    paths = (*sorted((ROOT / "workflows").rglob("*.yaml")), *sorted(SMALLEST.glob("*.yaml")))
    return {
        **{path.relative_to(ROOT).as_posix(): unmarked(path.read_text(encoding="utf-8")) for path in paths},
        **dict(_examples(code_pages.RIGHT)),
    }


def broken() -> Mapping[str, str]:
    """The corpus of broken files, and the examples that pages call wrong; what is no UTF-8 an editor never shows."""
    found = dict(_examples(code_pages.WRONG))
    for path in sorted((*GOLDEN.rglob("*.yaml"), *GOLDEN.rglob("*.yml"))):
        text = _decoded(path.read_bytes()) if path.is_file() else None  # some are links that lead nowhere
        if text is not None:
            found[path.relative_to(ROOT).as_posix()] = unmarked(text)
    return found


def misshapen() -> Mapping[str, str]:
    """Shipped texts with one thing wrong each: a key misspelt, a value of the wrong type, a word that is not listed.

    Every rule of a schema that a shipped text uses is broken once.
    """
    found: dict[str, str] = {}
    met: set[tuple[str, ...]] = set()
    for path in sorted((ROOT / "workflows").rglob("*.yaml")):
        text = unmarked(path.read_text(encoding="utf-8"))
        for place in key_places(text, kind_in(text)):
            # The schema for the whole depends on what it says it is: a broken `kind` has its own cases.
            if place.path not in met and place.name not in {"kind", "salespm"}:
                met.add(place.path)
                found |= {f"{'.'.join(place.path)}.{fault}": made for fault, made in _damages(text, place)}
    return found


def _damages(text: str, place: KeyPlace) -> Iterator[tuple[str, str]]:
    yield "misspelt", _replaced(text, (place.line, place.column), place.name, f"{place.name}_zz")
    if isinstance(place.value, ScalarNode) and place.value.span.line == place.value.span.end_line:
        span = place.value.span
        start, was = (span.line, span.column), _between(text, span.line, span.column, span.end_column)
        yield "listed", _replaced(text, start, was, "[[1]]")
        if place.words:
            yield "unknown", _replaced(text, start, was, "nothing_like_it")


def _between(text: str, line: int, column: int, end: int) -> str:
    return text.splitlines()[line - 1][column - 1 : end - 1]


def _replaced(text: str, start: tuple[int, int], was: str, becomes: str) -> str:
    lines = text.splitlines(keepends=True)
    line, column = start
    row = lines[line - 1]
    assert row[column - 1 :].startswith(was), (row, was)
    lines[line - 1] = f"{row[: column - 1]}{becomes}{row[column - 1 + len(was) :]}"
    return "".join(lines)


def _examples(title: str) -> Iterator[tuple[str, str]]:
    for path in sorted(code_pages.FOLDER.glob("*.md")):
        section = code_pages.section(path.read_text(encoding="utf-8"), title)
        for file in code_pages.files(section):
            text = None if file.data is None else _decoded(file.data)
            if text is not None and file.name.endswith(".yaml"):
                yield f"docs/{path.stem}/{title.partition(' ')[0]}/{file.name}", unmarked(text)


def _decoded(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None
