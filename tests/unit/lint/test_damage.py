"""Suppressions and fixes over damaged texts: always an answer, never a worse file."""

from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from salespm_flow.definition.build import default_workspace
from salespm_flow.definition.collection import collect
from salespm_flow.definition.drafts import draft_of
from salespm_flow.diagnostics import Diagnostic, Severity
from salespm_flow.lint.fixing import Texts, fix
from salespm_flow.lint.suppressions import read_suppressions

FILE = "a.yaml"
TEXT = """\
salespm: 1
kind: workflow
id: deal
version: 1
domain: sales
fields:
  amount: {type: integer, required: yes}   # a comment
  stage: {type: enum, values: {early: 早, late: 晚}}
conditions:
  big: amuont ＞ 3 && stage = "layt"
  low: {that: 1}
initial: opn
states: {open: {tools: CRM}, closed: {final: true}}
transitions:
  close: {from: opn, to: closed, when: min(1, 2) > 0}  # salespm: ignore[SF301] reason=x
"""
PIECES = st.text(st.sampled_from("abk01.:,-?&*#|>'\"%@{}[]()<= \n\t：，“＝是") | st.characters(), max_size=6)
WORDS = ["#", " salespm:", " ignore", "-file", "[", "]", "SF301", ",", " until=", "2027-01-01", " reason=", "x"]
COMMENTS = st.lists(st.sampled_from(WORDS)).map("".join)


def findings_of(texts: Texts) -> Sequence[Diagnostic]:
    draft = draft_of(texts[FILE], (Path(FILE), FILE), UTC, with_shape=True)
    return collect((draft,), default_workspace(".", ()), UTC).diagnostics


def syntax_errors(text: str) -> int:
    return sum(one.severity is Severity.ERROR and one.code < "SF140" for one in findings_of({FILE: text}))


@settings(max_examples=60)
@given(st.data())
def test_fixing_a_damaged_text_ends_and_never_breaks_it_more(data: st.DataObject) -> None:
    text = TEXT
    for _ in range(data.draw(st.integers(0, 4))):
        begin = data.draw(st.integers(0, len(text)))
        text = text[:begin] + data.draw(PIECES) + text[begin + data.draw(st.integers(0, 6)) :]

    done = fix(findings_of({FILE: text}), {FILE: text}, findings_of, with_unsafe=True)

    after = done.texts.get(FILE, text)
    assert syntax_errors(after) <= syntax_errors(text)
    assert fix(findings_of({FILE: after}), {FILE: after}, findings_of, with_unsafe=True).texts == {}


@given(COMMENTS, st.text(max_size=20))
def test_any_comment_is_read_or_told(comment: str, rest: str) -> None:
    read, wrong = read_suppressions(f"a: 1 {comment}{rest}\nb: 2\n", FILE)
    assert len(read) + len(wrong) <= f"{comment}{rest}".count("#")
