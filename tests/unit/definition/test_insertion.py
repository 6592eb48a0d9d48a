"""An entry is put into a text and nothing else of it changes."""

import pytest

from salespm_flow.definition.emit import leaves
from salespm_flow.definition.insertion import inserted, raised
from salespm_flow.definition.source import parse
from salespm_flow.errors import InputError

VALUE = leaves.entries((("that", leaves.text("a > 1")),))


@pytest.mark.parametrize(
    ("text", "path", "wanted"),
    [
        ("id: x\n", ("a", "b"), "id: x\na:\n  b: {that: a > 1}\n"),
        ("a:\n  c: 1 # why\n\n# end\n", ("a", "b"), "a:\n  c: 1 # why\n  b: {that: a > 1}\n\n# end\n"),
        ("a: {c: 1} # why\n", ("a", "b"), "a: {c: 1, b: {that: a > 1}} # why\n"),
        ("a: {}\nz: 1\n", ("a", "b"), "a: {b: {that: a > 1}}\nz: 1\n"),
        ("a: {c: {d: 1}}\n", ("a", "c", "e", "f"), "a: {c: {d: 1, e: {f: {that: a > 1}}}}\n"),
        (
            "a:\n    c:\n        - 1\n        - 2\nz: 1",
            ("a", "b"),
            "a:\n    c:\n        - 1\n        - 2\n    b: {that: a > 1}\nz: 1\n",
        ),
        (
            "a:\n  c: >-\n    one\n    two\nz: 1\n",
            ("a", "b"),
            "a:\n  c: >-\n    one\n    two\n  b: {that: a > 1}\nz: 1\n",
        ),
        ("a: {c: 1,\n    d: 2}\n", ("a", "b"), "a: {c: 1,\n    d: 2, b: {that: a > 1}}\n"),
        ("甲: {丙: 1}\n", ("甲", "乙"), "甲: {丙: 1, 乙: {that: a > 1}}\n"),
    ],
)
def test_an_entry_stands_where_its_path_says(text: str, path: tuple[str, ...], wanted: str) -> None:
    assert inserted(text, path, VALUE) == wanted
    assert parse(wanted, "").diagnostics == ()


@pytest.mark.parametrize(("text", "path"), [("a: {b: 1}\n", ("a", "b")), ("a: 1\n", ("a", "b")), ("a: [", ("b",))])
def test_what_stands_there_already_is_kept(text: str, path: tuple[str, ...]) -> None:
    with pytest.raises(InputError):
        inserted(text, path, VALUE)


def test_the_version_alone_is_raised() -> None:
    assert raised("id: x\nversion:   9  # of us\nz: 9\n") == "id: x\nversion:   10  # of us\nz: 9\n"
