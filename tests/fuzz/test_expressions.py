"""Any text is an expression or is told: parsing, checking and running it ends, and no place lies outside of it."""

from datetime import UTC
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.definition.build import default_workspace
from salespm_flow.definition.collection import collect
from salespm_flow.definition.drafts import draft_of
from salespm_flow.expr.functions import FUNCTIONS
from salespm_flow.expr.parse import parse
from salespm_flow.expr.syntax import KEYWORDS
from salespm_flow.expr.unparse import unparse
from tests.fuzz.hangs import no_hang

NAMES = ("amount", "金额", "rate", "stage", "due", "notes", "needs", "risk", "kpi", "owner", "actor", "child", "x")
SIGNS = (*"+-*/<>=(),.[]{}:%\"'@!?#&|^~ \n\t；（），＞＜＝“”。％", "**", "<=", ">=", "!=", "..", " and ", " or ")
LITERALS = ("1", "0", "15%", "1e3", "9" * 40, "0.1", '"low"', "true", "null", "30d", "5wd", "1..5", "5万", "1e999")
DATES = ('@"2026-01-05"', '@"x"', 'date("2026-02-30")')
TOKENS = st.sampled_from((*NAMES, *SIGNS, *LITERALS, *DATES, *sorted(KEYWORDS), *sorted(FUNCTIONS)))
WRITTEN = st.one_of(
    st.lists(st.one_of(TOKENS, st.text(max_size=3)), max_size=40).map(" ".join),
    st.lists(TOKENS, max_size=40).map("".join),
    st.builds(lambda opening, count, tail: opening * count + tail, TOKENS, st.integers(1, 3000), TOKENS),
    st.text(max_size=200),
)
DEAL = """\
salespm: 1
kind: workflow
id: deal
version: 1
domain: sales
fields:
  amount: {{type: money, currency: CNY}}
  金额: {{type: number}}
  rate: {{type: percent}}
  stage: {{type: enum, values: {{low: 低, high: 高}}}}
  due: {{type: date}}
  notes: {{type: list, of: text}}
records:
  needs: {{key: ref, fields: {{ref: {{type: text}}, size: {{type: integer}}}}}}
initial: open
states: {{open: {{}}, closed: {{final: true}}}}
transitions:
  close: {{from: open, to: closed, when: {when}}}
"""


@given(WRITTEN)
def test_any_text_is_parsed_or_told_inside_it(text: str) -> None:
    with no_hang():
        parsed = parse(text)
    assert parsed.node is not None or parsed.problems
    for problem in parsed.problems:
        assert 0 <= problem.start <= problem.end <= max(len(text), 1)
        assert problem.message.zh
        assert problem.message.en


@given(WRITTEN)
def test_what_is_parsed_is_written_and_read_back_alike(text: str) -> None:
    with no_hang():
        parsed = parse(text)
        if parsed.node is not None and not parsed.problems:
            written = unparse(parsed.node)
            again = parse(written)
            assert again.node is not None, written
            assert unparse(again.node) == written


@given(WRITTEN)
def test_any_text_in_a_workflow_is_typed_or_told(text: str) -> None:
    quoted = "'" + "".join(one for one in text if one.isprintable()).replace("'", "''") + "'"
    with no_hang():
        draft = draft_of(DEAL.format(when=quoted), (Path("1.yaml"), "1.yaml"), UTC, with_shape=True)
        found = collect((draft,), default_workspace(".", ()), UTC)
    assert found.diagnostics or "deal" in found.library.workflows
    assert all(one.span.line == DEAL.count("\n", 0, DEAL.index("when: {")) + 1 for one in found.diagnostics)
