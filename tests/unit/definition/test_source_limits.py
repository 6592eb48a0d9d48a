"""Hostile and broken files: one clear error each."""

from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from salespm_flow.definition import source
from salespm_flow.definition.encoding import decode
from salespm_flow.definition.schema import KINDS, check_shape
from salespm_flow.diagnostics import Bilingual, Diagnostic, Severity, Span

LETTERS = "abcdefghi"
ALIAS_BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n" for before, name in pairwise(LETTERS)
)
MERGE_BOMB = "a: &a {x: 1}\n" + "".join(
    f"{name}: &{name} {{<<: [{', '.join(['*' + before] * 9)}]}}\n" for before, name in pairwise(LETTERS)
)


@pytest.fixture(params=["CSafeLoader", "SafeLoader"])
def each_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test runs with the C and with the Python parser."""
    monkeypatch.setattr(source, "_LOADER", getattr(yaml, request.param))


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("[" * 100_000, "SF109", 1, 65),
        ("a: " + "[" * 100_000 + "]" * 100_000, "SF109", 1, 67),
        ("{a: " * 100_000, "SF109", 1, 257),
        ("- " * 100_000, "SF109", 1, 129),
        ("? " * 100_000, "SF109", 1, 129),
        (ALIAS_BOMB, "SF111", 5, 8),
        (MERGE_BOMB, "SF114", 2, 8),
        ("a: &x [1]\nb: [" + "*x, " * 101 + "]\n", "SF111", 2, 405),
        ("a: &x [*x]\n", "SF112", 1, 8),
        ("a: *x\n", "SF112", 1, 4),
        ("a: 1\nb: 2\na: 3\n", "SF115", 3, 1),
        ('1: a\n"1": b\n', "SF115", 2, 1),
        ("a: !!python/object/apply:os.system [ls]\n", "SF113", 1, 4),
        ("a: !own 1\n", "SF113", 1, 4),
        ("a: 1\n---\nb: 2\n---\nc: 3\n", "SF108", 2, 1),
        ("", "SF107", 1, 1),
        ("  \n\n", "SF107", 1, 1),
        ("# only a comment\n", "SF107", 1, 1),
        ("---\n...\n", "SF107", 1, 1),
        ("a:\n\tb: 1\n", "SF120", 2, 1),
        ("a:\n  b: 1\n\tc: 1\n", "SF120", 3, 1),
        ("\ta: 1\n", "SF120", 1, 1),
        ("a: " + "9" * 5_000 + "\n", "SF118", 1, 4),
        ("a: 0." + "9" * 5_000 + "\n", "SF118", 1, 4),
        ("a: 0x" + "f" * 5_000 + "\n", "SF118", 1, 4),
        ("a: 1e999999999\n", "SF118", 1, 4),
        ("a: .inf\n", "SF118", 1, 4),
        ("a: .NaN\n", "SF118", 1, 4),
        ("a: b\x00c\n", "SF105", 1, 5),
        ("a: 1\nb: \x1b[31mred\n", "SF105", 2, 4),
        ("a: x\u2028y\n", "SF105", 1, 5),
        ("a: \ud800\n", "SF105", 1, 4),
        ("a: x\ufeff\n", "SF105", 1, 5),
        ("a: x\u202ey\n", "SF105", 1, 5),
        ("a: 1 # \u2066\n", "SF105", 1, 8),
        ('a: "\\u202e"\n', "SF105", 1, 4),
        ('a: "\\e[31mred"\n', "SF105", 1, 4),
        ('a: "\\0"\n', "SF105", 1, 4),
        ("- a\n- b\n", "SF119", 1, 1),
        ("hello\n", "SF119", 1, 1),
        ("[a, b]: 1\n", "SF116", 1, 1),
        ("a: 1\n" * 250_000, "SF102", 1, 1),
        ("a: [" + "1," * 100_001 + "]\n", "SF110", 1, 199_999),
    ],
)
@pytest.mark.usefixtures("each_parser")
def test_a_bad_text_is_one_clear_error(text: str, code: str, line: int, column: int) -> None:
    found = source.parse(text, "a.yaml").diagnostics
    assert [(item.code, item.severity, item.span.line, item.span.column) for item in found] == [
        (code, Severity.ERROR, line, column)
    ]


def test_a_byte_order_mark_is_a_warning_and_moves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    read = source.read_text(path, "a.yaml")
    expected = Diagnostic(
        code="SF106",
        severity=Severity.WARNING,
        message=Bilingual(
            "文件开头有字节顺序标记（BOM），已忽略", "the file starts with a byte order mark, which is ignored"
        ),
        span=Span(file="a.yaml", line=1, column=1, end_line=1, end_column=2),
        hint=Bilingual("请另存为不带 BOM 的 UTF-8", "save the file as UTF-8 without BOM"),
    )
    assert read == source.ReadResult(text="a: 1\n", diagnostics=(expected,))
    parsed = source.parse("\ufeffa: 1\n", "a.yaml")
    assert parsed.diagnostics == (expected,)
    assert parsed.root is not None
    assert parsed.root.entries["a"].key.span.column == 1


CHINESE = "标题: 销售管线\n说明: 客户的需求\n"


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (CHINESE.encode("gbk"), "SF103", "GBK"),
        (b"title: Sales\n" + CHINESE.encode("gbk"), "SF103", "GBK"),
        ("title: Société générale\n".encode("latin-1"), "SF103", "Latin-1"),
        ("name: Müller\n".encode("latin-1"), "SF103", "Latin-1"),
        (CHINESE.encode("utf-16"), "SF104", "UTF-16"),
        ("a: 1\n".encode("utf-16-le"), "SF104", "UTF-16"),
        ("a: 1\n".encode("utf-32"), "SF104", "UTF-32"),
        (b"a: 1\nb: \x00\n", "SF105", "U+0000"),
        ("a: \u202e\n".encode(), "SF105", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        (b"\xff\xfe", "SF104", "UTF-16"),
        (b"a: \xf0\x9f\x98", "SF103", "UTF-8"),
    ],
)
def test_other_encodings_are_named(data: bytes, code: str, words: str) -> None:
    text, found = decode(data, "a.yaml")
    assert text is None
    assert [item.code for item in found] == [code]
    assert words in found[0].message.zh
    assert words in found[0].message.en


def test_the_first_bad_byte_is_placed_in_characters() -> None:
    _, found = decode("标题: ok\n名称: M".encode() + b"\xfcller\n", "a.yaml")
    assert (found[0].span.line, found[0].span.column) == (2, 6)
    assert "0xFC" in found[0].message.en


def test_files_that_cannot_be_read_are_findings(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    large.write_bytes(b"a: 1\n" * 250_000)
    paths = {
        tmp_path / "none.yaml": ("SF101", "the file `x.yaml` does not exist"),
        tmp_path: ("SF101", "`x.yaml` is a folder, not a file"),
        large: ("SF102", "the file is larger than 1024 KiB"),
        tmp_path / "a\0b": ("SF101", "`x.yaml` is no valid file name"),
    }
    for path, expected in paths.items():
        read = source.read_text(path, "x.yaml")
        assert read.text is None
        assert [(found.code, found.message.en) for found in read.diagnostics] == [expected]


@pytest.mark.parametrize("kind", KINDS)
def test_the_deepest_document_can_still_be_checked(kind: str) -> None:
    text = "".join("  " * level + "states:\n" + "  " * level + " s:\n" for level in range(31)) + "  " * 31 + "x: 1\n"
    root = source.parse(text, "a.yaml").root
    assert root is not None
    assert "SF141" in {found.code for found in check_shape(root, kind)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a: &a {x: 1}\nb: {<<: *a}\nc: {<<: *a}\nd: {<<: *a}\n",
            Bilingual("不允许合并键 `<<`（另见第 3、4 行）", "merge keys `<<` are not accepted (also on lines 3, 4)"),
        ),
        (
            "a: 1\nb: 2\na: 3\n",
            Bilingual("键 `a` 重复，第一次在第 1 行第 1 列", "the key `a` is given twice, first on line 1, column 1"),
        ),
        (
            "a: 1\n---\nb: 1\n",
            Bilingual(
                "一个文件只能有一个文档，这里开始了第二个", "a file holds one document, and a second begins here"
            ),
        ),
        (
            "a: " + "9" * 5_000,
            Bilingual(
                f"数字 `{'9' * 60}…` 超出范围：最多 34 位，且必须有限",
                f"the number `{'9' * 60}…` is out of range: at most 34 digits, and finite",
            ),
        ),
    ],
)
def test_refusals_say_what_and_where_in_both_languages(text: str, message: Bilingual) -> None:
    assert [found.message for found in source.parse(text, "a.yaml").diagnostics] == [message]


def test_an_alias_may_not_hide_depth() -> None:
    deep = "x: &x " + "[" * 40 + "]" * 40 + "\n"
    text = deep + "y: " + "[" * 30 + "*x" + "]" * 30 + "\n"
    found = source.parse(text, "a.yaml").diagnostics
    assert [(item.code, item.span.line, item.span.column) for item in found] == [("SF109", 2, 34)]


def test_an_empty_flow_key_first_in_its_map_is_told() -> None:
    found = source.parse("x: {[a], b: 1}\n", "a.yaml").diagnostics
    assert [(item.code, item.span.column) for item in found] == [("SF116", 5)]
