"""The quick schema library, held to the answers of the other one: the same findings in the same order."""

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings

from salespm_flow.definition import schema, source
from salespm_flow.definition.schema import KINDS, PlainData, kind_of, plain, schema_text, violations
from salespm_flow.definition.schema_fast import QuickJudge
from salespm_flow.definition.schema_match import judge_of
from salespm_flow.definition.shape import tell
from tests.unit.definition.test_schema_match import changes

TESTS = Path(__file__).parents[2]


@cache
def texts() -> tuple[str, ...]:
    """Every document, sound or broken, that is written down in this repository."""
    return tuple(dict.fromkeys(_texts()))


def _texts() -> Iterator[str]:
    roots = (TESTS.parent / "workflows", TESTS / "golden", TESTS / "unit", TESTS.parent / "docs" / "reference")
    for path in sorted(path for root in roots for path in root.rglob("*")):
        if path.suffix in {".yaml", ".yml"}:
            yield path.read_text(encoding="utf-8", errors="replace")
        elif path.suffix in {".txt", ".md"}:
            pieces = path.read_text(encoding="utf-8").replace("```", "===").split("===")
            yield from (piece.partition("\n")[2] for piece in pieces if "salespm: 1" in piece)


def written(data: PlainData) -> str:
    """The data as YAML in brackets."""
    match data:
        case dict():
            return "{" + ", ".join(f"{json.dumps(key)}: {written(value)}" for key, value in data.items()) + "}"
        case list():
            return "[" + ", ".join(map(written, data)) + "]"
        case Decimal():
            return str(data)
        case _:
            return json.dumps(data)


@cache
def quick(kind: str) -> QuickJudge:
    """The quick library's judge of a kind."""
    return QuickJudge(json.loads(schema_text(kind)))


def assert_same(text: str) -> bool:
    """Both libraries say the same about a text; whether the quick one said anything."""
    root = source.parse(text, "a.yaml").root
    kind = None if root is None else kind_of(root)[0]
    if root is None or kind is None:
        return False
    data = plain(root)
    told = tell(root, violations(kind, data))
    if quick(kind).is_surely_sound(data):
        assert told == ()
        return True
    found = quick(kind).violations(data)
    if found is None:
        return False
    assert tell(root, found) == told
    return True


def test_both_libraries_say_the_same_about_every_written_document() -> None:
    answers = [assert_same(text) for text in texts()]
    assert sum(answers) > 250


@given(changes())
@settings(max_examples=300, deadline=None)
def test_both_libraries_say_the_same_about_changed_documents(changed: tuple[str, PlainData]) -> None:
    assert_same(written(changed[1]))


HEADER = "salespm: 1\nkind: workflow\nid: w\nversion: 1\ndomain: sales\ninitial: a\nstates: {a: {final: true}}\n"


@pytest.mark.parametrize(
    "text",
    [
        "fields: {a: {type: percent, max: |\n  15%\n}}\n",
        "salespm: 1.0\nkind: workflow\n",
        HEADER + "parameters: {a: 1.0}\n",
        HEADER + 'title: "\\uD800"\n',
        HEADER + "timers:\n  t: {in: a, after: |\n    5d\n    , do: {}}\n",
        HEADER + "states:\n  a:\n    probability: |\n      15%\n",
    ],
)
def test_where_the_libraries_differ_the_quick_one_cannot_tell(text: str) -> None:
    assert_same(text)


@pytest.mark.parametrize("kind", KINDS)
def test_whole_decimals_are_left_to_the_other_judge(kind: str) -> None:
    assert not quick(kind).is_surely_sound({"version": Decimal("1.0")})
    assert quick(kind).violations({"version": Decimal("1.0")}) is None


def test_after_many_documents_the_answers_stay_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "_FEW", 0)
    schema._judge.cache_clear()
    own = judge_of(json.loads(schema_text("workflow")))
    try:
        for text in texts()[:200]:
            root = source.parse(text, "a.yaml").root
            if root is not None and kind_of(root)[0] == "workflow":
                assert schema._judge("workflow")(plain(root)) is own(plain(root))
    finally:
        schema._judge.cache_clear()
