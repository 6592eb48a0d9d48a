"""How findings look on a terminal."""

from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.diagnostics import Bilingual, Diagnostic, Language, Severity, Span, in_source_order, render_text

MESSAGE = Bilingual("不认识的键", "unknown key")


def finding(line: int, column: int, end_column: int, hint: Bilingual | None = None) -> Diagnostic:
    """An error on one line of `a.yaml`."""
    span = Span(file="a.yaml", line=line, column=column, end_line=line, end_column=end_column)
    return Diagnostic(code="SF140", severity=Severity.ERROR, message=MESSAGE, span=span, hint=hint)


def rendered(found: Diagnostic, source: str, language: Language = Language.EN) -> str:
    """One finding about `a.yaml`."""
    return render_text([found], {"a.yaml": source}, language)


def test_a_finding_shows_its_line_with_carets_and_its_hint() -> None:
    hint = Bilingual("是否想写“title”？", 'did you mean "title"?')
    text = rendered(finding(2, 3, 8, hint), "a:\n  titel: x\n")
    assert text == (
        'a.yaml:2:3: error SF140 unknown key\n  2 |   titel: x\n    |   ^^^^^\n  hint: did you mean "title"?\n'
    )


def test_the_same_finding_in_chinese() -> None:
    hint = Bilingual("是否想写“title”？", 'did you mean "title"?')
    text = rendered(finding(2, 3, 8, hint), "a:\n  titel: x\n", Language.ZH)
    assert text == "a.yaml:2:3: 错误 SF140 不认识的键\n  2 |   titel: x\n    |   ^^^^^\n  建议：是否想写“title”？\n"


def test_wide_characters_count_two_columns() -> None:
    text = rendered(finding(1, 5, 7), "标题: 销售 x\n")
    assert text.splitlines()[1:] == ["  1 | 标题: 销售 x", "    |       ^^^^"]


def test_combining_marks_count_none() -> None:
    text = rendered(finding(1, 8, 9), "cafe\u0301: x\n")
    assert text.splitlines()[1:] == ["  1 | cafe\u0301: x", "    |       ^"]


def test_a_finding_over_several_lines_marks_the_first() -> None:
    span = Span(file="a.yaml", line=1, column=4, end_line=3, end_column=2)
    found = Diagnostic(code="SF121", severity=Severity.WARNING, message=MESSAGE, span=span)
    assert rendered(found, "a: [b,\n  c\n]\n") == (
        "a.yaml:1:4: warning SF121 unknown key\n  1 | a: [b,\n    |    ^^^\n"
    )


def test_a_place_past_the_end_of_a_line_gets_one_caret() -> None:
    assert rendered(finding(1, 3, 4), "a:\n").splitlines()[1:] == ["  1 | a:", "    |   ^"]


def test_a_blank_or_missing_line_is_not_shown() -> None:
    for line in (0, 2, 9):
        assert rendered(finding(line, 1, 2), "a: 1\n   \n").count("\n") == 1
    assert render_text([finding(1, 1, 2)], {}, Language.EN) == "a.yaml:1:1: error SF140 unknown key\n"


def test_a_long_line_is_cut_around_its_finding() -> None:
    source = "a: " + "x" * 200 + " HERE " + "y" * 200
    lines = rendered(finding(1, 205, 209), source).splitlines()
    assert lines[1] == "  1 | …" + "x" * 32 + " HERE " + "y" * 62 + "…"
    assert lines[2] == "    | " + " " * 34 + "^^^^"


def test_tabs_take_one_column() -> None:
    assert rendered(finding(1, 2, 3), "\ta: 1\n").splitlines()[1:] == ["  1 |  a: 1", "    |  ^"]


def test_nothing_that_steers_a_terminal_is_printed() -> None:
    span = Span(file="a\x1b[31m.yaml", line=1, column=1, end_line=1, end_column=2)
    message = Bilingual("坏\x1b[2J", "bad\x1b[2J\nnext")
    found = Diagnostic(code="SF140", severity=Severity.INFO, message=message, span=span)
    text = render_text([found], {span.file: "b: \x07\u202etxet\ud800"}, Language.EN)
    assert text == (
        "a\ufffd[31m.yaml:1:1: info SF140 bad\ufffd[2J\ufffdnext\n  1 | b: \ufffd\ufffdtxet\ufffd\n    | ^\n"
    )


def test_findings_come_in_source_order_each_once() -> None:
    first, second, third = finding(1, 1, 2), finding(1, 5, 6), finding(2, 1, 2)
    assert in_source_order([third, second, first, second]) == (first, second, third)


@given(st.text(max_size=300), st.integers(-1, 5), st.integers(-1, 300), st.integers(-1, 300))
def test_any_place_in_any_text_can_be_shown(source: str, line: int, column: int, end_column: int) -> None:
    text = rendered(finding(line, max(1, column), end_column), source)
    assert len(text.splitlines()) in {1, 3}
    assert len(max(text.splitlines(), key=len)) <= 120
