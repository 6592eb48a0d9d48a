"""Fixes change the text where something is wrong, nothing else, and only where it helps.

Golden pairs in `fixes/`: a definition, and as a diff of lines what safe fixes and then all fixes make of it.
"""

import re
from collections.abc import Sequence
from difflib import ndiff
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.definition.workspace import Loaded, load
from salespm_flow.diagnostics import Bilingual, Diagnostic, Edit, Fix, Severity, Span
from salespm_flow.lint.fixing import Texts, edited, fix
from salespm_flow.lint.judgement import Standard, judge
from tests.unit.lint.workspaces import TODAY, write

CASES = sorted((Path(__file__).parent / "fixes").glob("*.txt"))
FILE = "workflows/deal.yaml"


def parts_of(path: Path) -> dict[str, str]:
    _, *parts = re.split(r"^=== (\w+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def fixed(root: Path, text: str, *, with_unsafe: bool) -> str:
    """The text after its fixes."""
    write(root, deal=text)

    def findings(loaded: Loaded) -> tuple[Diagnostic, ...]:
        return judge(loaded, Standard(today=TODAY)).findings

    def examine(texts: Texts) -> Sequence[Diagnostic]:
        unsaved = {(root / name).resolve(): changed for name, changed in texts.items()}
        return findings(load(root, check_shape=True, unsaved=unsaved))

    loaded = load(root, check_shape=True)
    done = fix(findings(loaded), {FILE: text}, examine, with_unsafe=with_unsafe)
    assert bool(done.applied) is bool(done.texts)
    return done.texts.get(FILE, text)


def changed_lines(before: str, after: str) -> str:
    """The lines that differ, each after `-` or `+`."""
    lines = ndiff(before.splitlines(), after.splitlines())
    removed_then_added: list[str] = []
    pending: list[str] = []
    for line in lines:
        if line.startswith("+"):
            pending.append(f"+{line[2:]}\n")
        elif line.startswith("-"):
            removed_then_added.append(f"-{line[2:]}\n")
        elif line.startswith(" "):
            removed_then_added += pending
            pending = []
    return "".join([*removed_then_added, *pending])


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_fixes_change_exactly_these_lines(path: Path, tmp_path: Path) -> None:
    parts = parts_of(path)
    for name in ("safe", "unsafe"):
        if name in parts:
            after = fixed(tmp_path, parts["before"], with_unsafe=name == "unsafe")
            assert changed_lines(parts["before"], after) == parts[name]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_fixing_again_changes_nothing(path: Path, tmp_path: Path) -> None:
    once = fixed(tmp_path, parts_of(path)["before"], with_unsafe=True)
    assert fixed(tmp_path, once, with_unsafe=True) == once


def test_line_ends_stay_as_they_are(tmp_path: Path) -> None:
    before = parts_of(CASES[-1])["before"]
    crlf = fixed(tmp_path, before.replace("\n", "\r\n"), with_unsafe=True)
    assert crlf == fixed(tmp_path, before, with_unsafe=True).replace("\n", "\r\n")


def span(line: int, column: int, end_column: int, end_line: int | None = None) -> Span:
    return Span(file="a", line=line, column=column, end_line=end_line or line, end_column=end_column)


@pytest.mark.parametrize(
    ("text", "edits", "after"),
    [
        ("one two\n", [Edit(span=span(1, 5, 8), was="two", text="2")], "one 2\n"),
        (
            "one two\n",
            [Edit(span=span(1, 1, 4), was="one", text="1"), Edit(span=span(1, 5, 8), was="two", text="22")],
            "1 22\n",
        ),
        ("a\r\nb\r\n", [Edit(span=span(1, 1, 1, 2), was="a\n", text="")], "b\r\n"),
        ("a\r\nb", [Edit(span=span(2, 1, 1, 3), was="b\n", text="")], "a\r\n"),
        ("a\r\n", [Edit(span=span(1, 1, 2), was="a", text="b\nc")], "b\r\nc\r\n"),
        ("a\n", [Edit(span=span(1, 1, 1), was="", text="b")], "ba\n"),
        ("changed\n", [Edit(span=span(1, 1, 4), was="one", text="1")], None),
        ("a\n", [Edit(span=span(9, 1, 4), was="one", text="1")], None),
    ],
)
def test_edits_apply_where_the_text_reads_as_they_expect(text: str, edits: list[Edit], after: str | None) -> None:
    assert edited(text, edits) == after


def finding(number: int, edit: Edit, *, is_safe: bool = True) -> Diagnostic:
    said = Bilingual(f"第 {number} 个", f"number {number}")
    return Diagnostic(
        code="SF301",
        severity=Severity.ERROR,
        message=said,
        span=edit.span,
        fix=Fix(title=said, edits=(edit,), is_safe=is_safe),
    )


@given(st.text(st.sampled_from("ab \n"), min_size=1, max_size=30), st.data())
def test_overlapping_fixes_are_done_one_after_the_other_and_end(text: str, data: st.DataObject) -> None:
    """Each `a` is a finding whose fix writes a `b` over it and the character beside it."""

    def examine(texts: Texts) -> list[Diagnostic]:
        found: list[Diagnostic] = []
        for number, line in enumerate(texts["a"].split("\n"), 1):
            for index in range(len(line)):
                if line[index] == "a":
                    was = line[index : index + 2]
                    edit = Edit(span=span(number, index + 1, index + 1 + len(was)), was=was, text="b" * len(was))
                    found.append(finding(len(found), edit))
        return found

    only_safe = data.draw(st.booleans())
    after = fix(examine({"a": text}), {"a": text}, examine, with_unsafe=not only_safe).texts.get("a", text)
    assert "a" not in after
    assert len(after) == len(text)


def test_a_fix_that_brings_an_error_for_another_is_undone() -> None:
    """Two fixes, of which one breaks the text: it is refused, the other one stays."""
    good = finding(1, Edit(span=span(1, 1, 2), was="a", text="b"))
    bad = finding(2, Edit(span=span(1, 3, 4), was="c", text="{"))

    def examine(texts: Texts) -> list[Diagnostic]:
        text = texts["a"]
        broken = Diagnostic(code="SF121", severity=Severity.ERROR, message=Bilingual("", "broken"), span=span(1, 1, 2))
        return [broken] if "{" in text else [one for one, sign in ((good, "a"), (bad, "c")) if sign in text]

    assert fix([good, bad], {"a": "a c"}, examine).texts == {"a": "b c"}
