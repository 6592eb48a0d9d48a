"""What may enter a project: values of their type, bounded, storable; everything else is refused by name."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from salespm_flow.engine.running.runner import Answered
from salespm_flow.expr.values import Money, Months, Value, WorkingDays
from salespm_flow.model.decision import Actor, Advance, Open, Rejected

if TYPE_CHECKING:
    from tests.unit.engine.conftest import World

    MakeWorld = Callable[[dict[str, str]], World]

FORM = """
domain: sales
fields:
  whole: {type: integer}
  number: {type: number}
  share: {type: percent, min: 0%, max: 50%}
  price: {type: money, currency: CNY, min: 0}
  text: {type: text}
  must: {type: text, default: yes}
  day: {type: date}
  moment: {type: datetime}
  span: {type: duration, min: 2wd, max: 10wd}
  tags: {type: list, of: enum, values: {a: A, b: B}}
  who: {type: ref, to: people}
  team: {type: list, of: ref, to: people}
  double: {type: integer, formula: whole * 2}
records:
  log:
    key: at_step
    fields: {at_step: {type: integer}, who: {type: ref, to: people}, note: {type: text, required: true}}
initial: a
states: {a: {}, z: {final: true}}
transitions:
  go: {from: a, to: z, by: [boss], require: [day, text]}
  copy:
    from: a
    do:
      row: {action: append, record: log, value: '{at_step: 1, who: who, note: "x"}'}
      all: {action: set, field: team, value: team}
  blank: {from: a, do: {row: {action: append, record: log, value: '{at_step: 2, who: who, note: text}'}}}
  clear:
    from: a
    do: {none: {action: set, field: whole, value: 'null'}, back: {action: set, field: must, value: 'null'}}
"""
PEOPLE = """
key: name
fields: {name: {type: text}}
source: people.csv
"""
TABLE = "name\nli\nwang\n"
FAR_EAST = timezone(timedelta(hours=14))


@pytest.fixture
def world(world_of: "MakeWorld") -> "World":
    made = world_of({"workflow/form": FORM, "reference/people": PEOPLE, "table/people": TABLE})
    assert made.open("form").is_accepted
    return made


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("whole", Decimal("1.0")),
        ("whole", Decimal("1E+30")),
        ("number", Decimal("-0.0")),
        ("share", Decimal("0.5")),
        ("price", Money(Decimal("0.01"), "CNY")),
        ("text", "两行\n\t文字"),
        ("text", ""),
        ("day", date.max),
        ("moment", datetime(2026, 3, 2, tzinfo=FAR_EAST)),
        ("span", WorkingDays(Decimal(2))),
        ("tags", ()),
        ("tags", ("a", "b", "a")),
        ("who", "li"),
        ("team", ("li", "wang")),
        ("must", None),
    ],
)
def test_sound_value_enters_and_is_read_back(world: "World", field: str, value: Value) -> None:
    assert world.put({field: value}).is_accepted

    assert world.project().fields[field] == ("yes" if value is None else value)


@pytest.mark.parametrize(
    ("field", "value", "english"),
    [
        ("whole", Decimal("1.5"), "whole takes a whole number, got 1.5"),
        ("whole", True, "whole takes"),
        ("number", Decimal("NaN"), "number takes"),
        ("number", Decimal("sNaN"), "number takes"),
        ("number", Decimal("-Infinity"), "number takes"),
        ("number", Decimal("1E+999999999"), "more than 34 digits"),
        ("number", Decimal("1E-999999999"), "more than 34 digits"),
        ("whole", Decimal("1E+6145"), "more than 34 digits"),
        ("whole", Decimal("1" * 35), "more than 34 digits"),
        ("share", Decimal("0.51"), "share must not be above 50%, got 51%"),
        ("price", Money(Decimal("NaN"), "CNY"), "price takes"),
        ("price", Money(Decimal("1E+999999999"), "CNY"), "more than 34 digits"),
        ("price", Money(Decimal(5), "USD"), "price takes money in CNY, got 5 USD"),
        ("price", Money(Decimal(-1), "CNY"), "price must not be below 0 CNY, got -1 CNY"),
        ("text", "bell\x07", "control characters"),
        ("text", "null\x00", "control characters"),
        ("text", "half \ud83d", "control characters"),
        ("text", "x" * 100_001, "longer than 100000 characters"),
        ("day", datetime(2026, 3, 2, tzinfo=UTC), "day takes"),
        ("moment", datetime(2026, 3, 2), "moment takes"),  # noqa: DTZ001 -- the missing zone is what is refused
        ("moment", datetime(1, 1, 1, tzinfo=FAR_EAST), "outside the years"),
        ("span", WorkingDays(Decimal("NaN")), "span takes"),
        ("span", WorkingDays(Decimal(1)), "span must not be below 2wd, got 1wd"),
        ("span", WorkingDays(Decimal(11)), "span must not be above 10wd, got 11wd"),
        ("span", timedelta(days=5), "span cannot be compared with 2wd; give it in the same unit"),
        ("span", Months(1), "span cannot be compared with 2wd; give it in the same unit"),
        ("tags", ("a", "c"), "tags takes"),
        ("tags", "a", "tags takes"),
        ("tags", ("a",) * 10_001, "more than 10000 items"),
        ("who", "lee", 'who is "lee", which is not in the reference people'),
        ("who", "wan", 'who is "wan", which is not in the reference people; did you mean wang?'),
        ("team", ("li", "nobody"), 'team is "nobody", which is not in the reference people'),
        ("double", Decimal(2), "double is computed and cannot be given"),
        ("tex", "x", 'form has no field "tex"; did you mean text?'),
    ],
)
def test_unsound_value_is_refused_by_name_and_nothing_is_kept(
    world: "World", reasons_of: Callable[[Answered], list[str]], field: str, value: Value, english: str
) -> None:
    before = world.project()

    answered = world.put({field: value})

    assert set(reasons_of(answered)) == {field}
    assert isinstance(answered.decision, Rejected)
    assert english in answered.decision.reasons[0].message.en
    assert all(len(reason.message.zh) < 200 for reason in answered.decision.reasons)
    assert world.project() == before


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\nb", "\x1b[31m", "\ud800", "a\u202eb"])
def test_ids_are_short_printable_text(world: "World", reasons_of: Callable[[Answered], list[str]], name: str) -> None:
    request = Open(project=name, owner=name, fields={}, actor=Actor(id=name))

    assert reasons_of(world.runner.open("form", request)) == ["actor", "project", "owner"]
    assert reasons_of(world.runner.apply("p", Advance(trigger="go", actor=Actor(id=name), fields={}))) == ["actor"]


def test_every_reason_comes_at_once_unfit_values_included(
    world: "World", reasons_of: Callable[[Answered], list[str]]
) -> None:
    refused = world.advance("go", whole=Decimal("1.5"), day="tomorrow")

    # The day was given, if badly: it is not missing as well.
    assert reasons_of(refused) == ["whole", "day", "role", "text"]
    assert world.advance("go", role="boss", day=date(2026, 3, 2), text="x").is_accepted


def test_appended_row_keeps_references_and_requires_its_columns(
    world: "World", reasons_of: Callable[[Answered], list[str]]
) -> None:
    world.put({"who": "li", "team": ("li", "wang")})
    assert world.advance("copy").is_accepted

    (row,) = world.project().records["log"]
    assert row.values == {"at_step": Decimal(1), "who": "li", "note": "x"}
    assert world.project().fields["team"] == ("li", "wang")
    assert reasons_of(world.advance("blank")) == ["note"]
    # A revision takes over what it does not give, and cannot empty what is required.
    assert world.add("log", at_step=Decimal(1), who="wang").is_accepted
    assert reasons_of(world.add("log", at_step=Decimal(1), note=" ")) == ["note"]
    assert world.project().records["log"][-1].values == {"at_step": Decimal(1), "who": "wang", "note": "x"}


def test_action_may_empty_a_field_or_bring_its_default_back(world: "World") -> None:
    world.put({"whole": Decimal(1), "must": "no"})
    world.advance("clear")

    assert dict(world.project().fields) == {"must": "yes"}


def test_unknown_trigger_says_what_may_have_been_meant(world: "World") -> None:
    decision = world.advance("cop").decision

    assert isinstance(decision, Rejected)
    assert decision.reasons[0].message.en == 'the workflow has no transition "cop"; did you mean copy?'
