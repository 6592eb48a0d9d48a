"""The path of keys that leads to a place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.diagnostics import Span
from salespm_flow.lint.outline import outline_of

TEXT = """\
salespm: 1
kind: workflow
id: deal
transitions:
  agree: {from: [open, late], when: amount > 3}
  rows:
    - {a: 1}
    - {a: 2}
"""


def path_at(line: int, column: int, text: str = TEXT) -> str:
    return outline_of(text, "a.yaml").path(
        Span(file="a.yaml", line=line, column=column, end_line=line, end_column=column + 1)
    )


@pytest.mark.parametrize(
    ("line", "column", "path"),
    [
        (1, 1, "salespm"),
        (3, 5, "id"),
        (5, 3, "transitions.agree"),
        (5, 18, "transitions.agree.from[open]"),
        (5, 24, "transitions.agree.from[late]"),
        (5, 37, "transitions.agree.when"),
        (5, 46, "transitions.agree.when"),
        (8, 8, "transitions.rows[1].a"),
        (99, 1, "transitions.rows[1].a"),
    ],
)
def test_a_place_has_the_path_of_the_innermost_node(line: int, column: int, path: str) -> None:
    assert path_at(line, column) == path


def test_a_document_is_known_by_kind_and_id_and_else_by_its_file() -> None:
    named = {text: outline_of(text, "a.yaml").document for text in (TEXT, "kind: workspace\n", "a: 1\n", "{", "")}
    assert list(named.values()) == ["workflow deal", "workspace", "a.yaml", "a.yaml", "a.yaml"]


@given(st.integers(0, 5), st.integers(1, 8), st.integers(1, 30))
def test_lines_above_never_change_a_path(more: int, line: int, column: int) -> None:
    assert path_at(line + more, column, "# note\n" * more + TEXT) == path_at(line, column)
