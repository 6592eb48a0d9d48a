"""Any text is read: damaged definitions, pieces of several, and bytes that are no text are told, never raised.

The seeds are the sound examples on the pages of codes, which together write everything the language has. A run at the
desk tries a few; `pytest tests/fuzz --hypothesis-profile=fuzz` goes on for long.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docs.code_pages import BLOCK, FOLDER, RIGHT, section
from salespm_flow.definition.build import default_workspace
from salespm_flow.definition.collection import collect
from salespm_flow.definition.drafts import Draft, draft_of, read_draft
from salespm_flow.definition.workspace import Loaded
from salespm_flow.diagnostics import Diagnostic, Language, render_text
from salespm_flow.lint.fixing import Texts, fix
from salespm_flow.lint.judgement import Judgement, Standard, judge
from salespm_flow.lint.outline import identities
from tests.fuzz.hangs import no_hang

STRICT = Standard(today=date(2026, 1, 1), is_strict=True)


@dataclass(frozen=True, slots=True)
class Seed:
    """Sound documents that stand together."""

    name: str
    texts: tuple[str, ...]


def seeds() -> Iterator[Seed]:
    for page in sorted(FOLDER.glob("*.md")):
        blocks = BLOCK.finditer(section(page.read_text(encoding="utf-8"), RIGHT))
        texts = tuple(block["body"] for block in blocks if block["made"] is None and not block["file"])
        if texts:
            yield Seed(page.stem, texts)


SEEDS = tuple(seeds())
LINES = tuple(dict.fromkeys(line for seed in SEEDS for text in seed.texts for line in text.splitlines()))
# What damages a text most: signs of YAML and of expressions, full-width ones, odd numbers, and characters of all kinds.
SIGNS = (*"[]{}:,-?&*!|>'\"%@`#<=+/().\t\n \\：，“”（）＞＝％\u00a0\u2028\ufeff\x00\x07", "<<", "---", "...", "\r\n")
WORDS = (
    "&a ",
    "*a",
    "!!str ",
    "null",
    "true",
    "~",
    "1e99",
    "-0",
    "1" * 40,
    "9" * 400,
    "0x1F",
    "2026-02-30",
    "5wd",
    "5 m",
)
NAMED = ("15%", "300000 CNY", "any", "history", "done.open", "person:", "kpi.", "not(", "1..5")
PIECES = st.one_of(
    st.sampled_from(SIGNS),
    st.sampled_from((*WORDS, *NAMED)),
    st.sampled_from(LINES).map(lambda line: f"\n{line}\n"),
    st.text(max_size=8),
)


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """The text after some cuts, insertions, doubled and moved lines."""
    for _ in range(draw(st.integers(1, 5))):
        lines = text.splitlines(keepends=True) or [""]
        at = draw(st.integers(0, len(lines) - 1))
        begin = draw(st.integers(0, len(text)))
        match draw(st.sampled_from(["insert", "cut", "replace", "double", "drop", "move", "indent", "foreign"])):
            case "insert":
                text = text[:begin] + draw(PIECES) + text[begin:]
            case "cut":
                text = text[:begin] + text[begin + draw(st.integers(1, 40)) :]
            case "replace":
                text = text[:begin] + draw(PIECES) + text[begin + draw(st.integers(1, 12)) :]
            case "double":
                text = "".join([*lines[: at + 1], *lines[at:]])
            case "drop":
                text = "".join([*lines[:at], *lines[at + 1 :]])
            case "move":
                there = draw(st.integers(0, len(lines) - 1))
                lines.insert(there, lines.pop(at))
                text = "".join(lines)
            case "indent":
                lines[at] = " " * draw(st.integers(0, 6)) + lines[at].lstrip(" ")
                text = "".join(lines)
            case _:
                lines.insert(at, f"{draw(st.sampled_from(LINES))}\n")
                text = "".join(lines)
    return text


def draft(number: int, text: str) -> Draft:
    return draft_of(text, (Path(f"{number}.yaml"), f"{number}.yaml"), UTC, with_shape=True)


def judged(drafts: Sequence[Draft]) -> Judgement:
    found = collect(drafts, default_workspace(".", ()), UTC)
    paths = {one.file: one.path for one in drafts}
    return judge(Loaded(library=found.library, diagnostics=found.diagnostics, texts=found.texts, paths=paths), STRICT)


def assert_well_told(judgement: Judgement) -> None:
    """Every finding has a place in its file, words in both languages, and a name that outlives edits."""
    for one in judgement.findings:
        # Of a file that is no text nothing can be shown.
        text = judgement.texts.get(one.span.file)
        assert text is None or 1 <= one.span.line <= len(text.split("\n")) + 1
        assert one.span.column >= 1
        assert (one.span.end_line, one.span.end_column) >= (one.span.line, one.span.column)
        assert one.message.zh
        assert one.message.en
        assert "Traceback" not in one.message.en
    for language in Language:
        assert bool(render_text(judgement.findings, judgement.texts, language)) is bool(judgement.findings)
    assert len(identities(judgement.findings, judgement.texts)) == len(judgement.findings)


@given(st.data())
def test_damaged_definitions_are_told_in_their_place(data: st.DataObject) -> None:
    seed = data.draw(st.sampled_from(SEEDS))
    at = data.draw(st.integers(0, len(seed.texts) - 1))
    texts = list(seed.texts)
    texts[at] = data.draw(damaged(texts[at]))
    with no_hang():
        assert_well_told(judged([draft(number, text) for number, text in enumerate(texts, 1)]))


@given(st.data())
def test_fixing_what_is_damaged_comes_to_an_end(data: st.DataObject) -> None:
    text = data.draw(damaged(data.draw(st.sampled_from(SEEDS)).texts[0]))

    def findings_of(texts: Texts) -> Sequence[Diagnostic]:
        return judged([draft(1, texts["1.yaml"])]).findings

    with no_hang():
        done = fix(findings_of({"1.yaml": text}), {"1.yaml": text}, findings_of, with_unsafe=True)
        assert_well_told(judged([draft(1, done.texts.get("1.yaml", text))]))


@given(st.data())
def test_bytes_of_any_kind_are_told(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    content = (
        data.draw(st.sampled_from(SEEDS)).texts[0].encode(data.draw(st.sampled_from(["utf-8", "utf-16", "utf-32"])))
    )
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(content)))
        content = content[:at] + data.draw(st.binary(max_size=6)) + content[at + data.draw(st.integers(0, 3)) :]
    path = tmp_path_factory.getbasetemp() / "damaged.yaml"
    path.write_bytes(content)
    with no_hang():
        assert_well_told(judged([read_draft(path, "damaged.yaml", UTC, with_shape=True)]))
