"""What a definition file's text is read as."""

import os
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from salespm_flow.definition import source
from salespm_flow.definition.nodes import ListNode, MapNode, ScalarNode
from salespm_flow.definition.schema import plain
from salespm_flow.diagnostics import Bilingual, Language, Severity, Span, render_text

ROOT = Path(__file__).parents[3]
SHIPPED = tuple(sorted((ROOT / "workflows").rglob("*.yaml")))


@contextmanager
def parser(loader: str) -> Iterator[None]:
    """The C or the Python parser reads meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "_LOADER", getattr(yaml, loader))
        yield


def value_of(text: str) -> object:
    """The value of the key `a` of a text that has no findings."""
    result = source.parse(text, "a.yaml")
    assert result.diagnostics == ()
    assert result.root is not None
    return plain(result.root.entries["a"].value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("on", "on"),
        ("yes", "yes"),
        ("No", "No"),
        ("off", "off"),
        ("y", "y"),
        ("42", 42),
        ("-7", -7),
        ("+7", 7),
        ("010", 10),
        ("0o17", 15),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("22:22", "22:22"),
        ("2026-03-02", "2026-03-02"),
        ("2026-03-02T10:00:00Z", "2026-03-02T10:00:00Z"),
        ("1.10", Decimal("1.10")),
        (".5", Decimal("0.5")),
        ("1.", Decimal(1)),
        ("1e3", Decimal("1e3")),
        ("-2.5E-3", Decimal("-0.0025")),
        ("1.2.3", "1.2.3"),
        ("15%", "15%"),
        ("300000 CNY", "300000 CNY"),
        ("-x", "-x"),
        ("'true'", "true"),
        ('"42"', "42"),
        ("=", "="),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    found = value_of(f"a: {text}")
    assert (found, type(found)) == (value, type(value))


def test_numbers_are_never_binary_floats() -> None:
    assert value_of("a: [0.1, 1e2, -3.0]") == [Decimal("0.1"), Decimal("1e2"), Decimal("-3.0")]


def test_a_document_becomes_nodes_with_places() -> None:
    result = source.parse("标题: {甲: 一二}\nb:\n  - 1\n  - two\n\n# end\n", "a.yaml")

    def span(line: int, column: int, end_line: int, end_column: int) -> Span:
        return Span(file="a.yaml", line=line, column=column, end_line=end_line, end_column=end_column)

    def scalar(value: int | str, place: Span) -> ScalarNode:
        start = (place.line, place.column)
        return ScalarNode(value=value, text=str(value), span=place, is_quoted=False, start=start)

    assert result.diagnostics == ()
    root = result.root
    assert root is not None
    assert root.span == span(1, 1, 4, 8)
    assert list(root.entries) == ["标题", "b"]
    inner = root.entries["标题"].value
    assert isinstance(inner, MapNode)
    assert inner.span == span(1, 5, 1, 12)
    assert inner.entries["甲"].key == scalar("甲", span(1, 6, 1, 7))
    assert inner.entries["甲"].value == scalar("一二", span(1, 9, 1, 11))
    assert root.entries["b"].value == ListNode(
        items=(scalar(1, span(3, 5, 3, 6)), scalar("two", span(4, 5, 4, 8))), span=span(3, 3, 4, 8)
    )


def test_an_alias_stands_for_its_anchor() -> None:
    assert value_of("b: &x {c: 1}\na: [*x, *x]\n") == [{"c": 1}, {"c": 1}]


def test_keys_are_text_in_normal_form_c() -> None:
    result = source.parse("1: a\ntrue: b\ncafe\u0301: c\n", "a.yaml")
    assert result.root is not None
    assert list(result.root.entries) == ["1", "true", "caf\u00e9"]


def test_an_expression_cut_by_a_comma_is_one_finding_and_is_put_together_again() -> None:
    text = "x: {that: f(x, 1), b: 2}\n"
    result = source.parse(text, "a.yaml")
    assert [(found.code, found.span.line, found.span.column) for found in result.diagnostics] == [("SF117", 1, 16)]
    assert result.diagnostics[0].hint == Bilingual(
        "请给表达式加引号，或改用块写法；若它确是键，请写上值",
        "quote the expression or write it in block style; a key takes a value",
    )
    assert result.root is not None
    assert plain(result.root) == {"x": {"that": "f(x, 1)", "b": 2}}


def test_a_flow_key_without_value_is_an_error_with_a_colon_too() -> None:
    result = source.parse("x: {a: , b: 2}\ny: {c}\nz: [p: ]\n", "a.yaml")
    assert [(found.code, found.span.line) for found in result.diagnostics] == [("SF117", 1), ("SF117", 2), ("SF117", 3)]


def test_everything_wrong_is_reported_at_once() -> None:
    text = "a: !!str 1\na: 2\nb: *none\nc: [1\n"
    result = source.parse(text, "a.yaml")
    assert result.root is None
    assert [(found.code, found.span.line, found.span.column) for found in result.diagnostics] == [
        ("SF113", 1, 4),
        ("SF115", 2, 1),
        ("SF112", 3, 4),
        ("SF121", 4, 4),
    ]


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: b: c\n", "SF123", (1, 5)),
        ("a: 1\nb\nc: 2\n", "SF124", (2, 1)),
        ("a: 1\n标题：销售\n", "SF124", (2, 1)),
        ("标题：销售\nb: 1\n", "SF124", (1, 3)),
        ("a: @x\n", "SF125", (1, 4)),
        ("a: `x`\n", "SF125", (1, 4)),
        ("a: %x\n", "SF125", (1, 4)),
        ("a: *\n", "SF125", (1, 4)),
        ('a: "x\nb: 1\n', "SF122", (1, 4)),
        ("a: [1, 2\nb: 3\n", "SF121", (1, 4)),
        ("a: {b: 1\n", "SF121", (1, 4)),
        ("a:\n  b: 1\n c: 2\n", "SF127", (3, 2)),
        ("a: 1\n- b\n", "SF127", (2, 1)),
        ("a: - 1\n", "SF127", (1, 4)),
        ("a: 1\n...\nb: 2\n", "SF108", (3, 1)),
        ("%YAML 3.0\n---\na: 1\n", "SF128", (1, 1)),
        ("a: |x\n  b\n", "SF128", (1, 5)),
    ],
)
@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
def test_syntax_errors_are_told_in_our_words(text: str, code: str, place: tuple[int, int], loader: str) -> None:
    with parser(loader):
        result = source.parse(text, "a.yaml")
    assert result.root is None
    found = [(item.code, item.span.line) for item in result.diagnostics]
    assert found == [(code, place[0])]
    if loader == "CSafeLoader":
        assert result.diagnostics[0].span.column == place[1]


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
def test_an_unknown_escape_is_told(loader: str) -> None:
    with parser(loader):
        assert [found.code for found in source.parse('a: "\\q"\n', "a.yaml").diagnostics] == ["SF126"]


def test_both_parsers_give_the_same_nodes() -> None:
    texts = [path.read_text(encoding="utf-8") for path in SHIPPED]
    fast = [source.parse(text, "a.yaml") for text in texts]
    with parser("SafeLoader"):
        slow = [source.parse(text, "a.yaml") for text in texts]
    assert fast == slow
    assert all(result.diagnostics == () and result.root is not None for result in fast)


def assert_says_what_is_wrong(text: str) -> None:
    """A text gives a document, or at least one error that can be shown; never an exception."""
    result = source.parse(text, "a.yaml")
    has_errors = any(found.severity is Severity.ERROR for found in result.diagnostics)
    assert has_errors or result.root is not None
    for language in Language:
        shown = render_text(result.diagnostics, {"a.yaml": text}, language).replace("\n", "")
        assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


YAML_LIKE = st.text(
    st.sampled_from("abz01.:,-?!&*#|>'\"%@`{}[]()<= \n\t\r\\~标：“\ufeff\x85\x00") | st.characters(), max_size=60
)


@given(YAML_LIKE)
@example('a: "\\ud800"')
@example('a: "\\U00110000"')
@example("a: \ud800")
@example("%YAML 99999999999999999999999.1\n---\na: 1")
@example("\ufeff\ufeffa: 1")
@example("{? a: b}")
@example("&a a: &b\n")
@example("a: >1-\n")
@example('"\\\n')
def test_any_text_gives_findings_never_an_exception(text: str) -> None:
    assert_says_what_is_wrong(text)


@given(YAML_LIKE)
def test_any_text_gives_findings_with_the_python_parser_too(text: str) -> None:
    with parser("SafeLoader"):
        assert_says_what_is_wrong(text)


@given(st.data())
def test_mutated_definitions_give_findings_never_an_exception(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(SHIPPED))
    text = path.read_text(encoding="utf-8")[:1500]
    for _ in range(data.draw(st.integers(1, 4))):
        begin = data.draw(st.integers(0, len(text)))
        end = min(len(text), begin + data.draw(st.integers(0, 8)))
        text = text[:begin] + data.draw(YAML_LIKE) + text[end:]
    assert_says_what_is_wrong(text)


def test_pipe_is_no_file_and_does_not_wait(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)

    (finding,) = source.read_text(pipe).diagnostics
    assert (finding.code, finding.message.en.endswith("is not a regular file")) == ("SF101", True)
