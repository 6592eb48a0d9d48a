"""Typed literals: what each type reads, refuses and writes back."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.definition.literals import infer_literal, parse_value, read_literal, write_value
from salespm_flow.definition.nodes import Node, ScalarNode
from salespm_flow.definition.source import parse
from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.errors import InputError
from salespm_flow.expr.values import Money, Months, Value, WorkingDays
from salespm_flow.model.fields import EnumOf, FieldType, ListOf, MoneyOf, RefTo, Scalar, SimpleType

CNY = MoneyOf("CNY")
REASON = EnumOf({"price": Bilingual("价格", "Price"), "rival": Bilingual("竞争", "Rival")})
SHANGHAI = ZoneInfo("Asia/Shanghai")


def simple(scalar: Scalar) -> FieldType:
    return SimpleType(scalar)


def node_of(text: str) -> Node:
    root = parse(f"key: {text}\n", "test.yaml").root
    assert root is not None
    return root.entries["key"].value


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        (simple(Scalar.TEXT), "交付 范围", "交付 范围"),
        (simple(Scalar.INTEGER), "-12", Decimal(-12)),
        (simple(Scalar.NUMBER), "12.50", Decimal("12.50")),
        (simple(Scalar.BOOLEAN), "true", True),
        (simple(Scalar.BOOLEAN), "FALSE", False),
        (simple(Scalar.PERCENT), "15%", Decimal("0.15")),
        (simple(Scalar.PERCENT), "0 %", Decimal(0)),
        (simple(Scalar.DATE), "2026-03-02", date(2026, 3, 2)),
        (simple(Scalar.DATETIME), "2026-03-02T09:00", datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)),
        (simple(Scalar.DATETIME), "2026-03-02 09:00:30Z", datetime(2026, 3, 2, 9, 0, 30, tzinfo=UTC)),
        (
            simple(Scalar.DATETIME),
            "2026-03-02T09:00+08:00",
            datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=8))),
        ),
        (simple(Scalar.DURATION), "90min", timedelta(minutes=90)),
        (simple(Scalar.DURATION), "1.5h", timedelta(minutes=90)),
        (simple(Scalar.DURATION), "2w", timedelta(days=14)),
        (simple(Scalar.DURATION), "5wd", WorkingDays(Decimal(5))),
        (simple(Scalar.DURATION), "2y", Months(24)),
        (simple(Scalar.DURATION), "3mo", Months(3)),
        (simple(Scalar.PERSON), " wang ", "wang"),
        (CNY, "300000 CNY", Money(Decimal(300000), "CNY")),
        (CNY, "-12.5", Money(Decimal("-12.5"), "CNY")),
        (REASON, "price", "price"),
        (REASON, "竞争", "rival"),
        (RefTo("accounts"), "华兴制造", "华兴制造"),
        (ListOf(simple(Scalar.TEXT)), "a, b，c", ("a", "b", "c")),
        (ListOf(CNY), "1, 2 CNY", (Money(Decimal(1), "CNY"), Money(Decimal(2), "CNY"))),
        (simple(Scalar.DATE), "  ", None),
        (simple(Scalar.TEXT), "", None),
    ],
)
def test_text_reads_as_the_declared_type(type_: FieldType, text: str, value: Value) -> None:
    assert parse_value(text, type_, SHANGHAI) == value


@pytest.mark.parametrize(
    ("type_", "text", "message", "hint"),
    [
        (simple(Scalar.INTEGER), "1.5", "`1.5` is not a whole number", "for example 12"),
        (simple(Scalar.NUMBER), "1,5", "`1,5` is not a number", "for example 12.5, without thousands separators"),
        (simple(Scalar.NUMBER), "1e3", "`1e3` is not a number", "for example 12.5, without thousands separators"),
        (simple(Scalar.NUMBER), "9" * 40, "The number has more than 34 digits", None),
        (simple(Scalar.BOOLEAN), "yes", "`yes` is not a boolean", "write true or false"),
        (simple(Scalar.PERCENT), "15", "`15` is not a percentage", "write 15%"),
        (simple(Scalar.PERCENT), "15％", "`15％` is not a percentage", "it has full-width characters, write `15%`"),
        (simple(Scalar.DATE), "2026-02-30", "`2026-02-30` is not a date", "write it like 2026-03-02"),
        (simple(Scalar.DATE), "20260302", "`20260302` is not a date", "write it like 2026-03-02"),
        (
            simple(Scalar.DATETIME),
            "2026-03-02",
            "`2026-03-02` is not a date and time",
            "write it like 2026-03-02T09:00 or 2026-03-02T09:00+08:00",
        ),
        (simple(Scalar.DURATION), "5m", "`5m` is not a duration", "m is ambiguous: write 5min or 5mo"),
        (simple(Scalar.DURATION), "5 wd", "`5 wd` is not a duration", "write 5wd"),
        (simple(Scalar.DURATION), "99999999999999d", "The duration `99999999999999d` is too long", None),
        (CNY, "300000 USD", "The amount must be in CNY, not USD", "convert it to CNY first"),
        (CNY, "5万", "`5万` is not an amount of money", "write it like 300000 CNY"),
        (REASON, "prise", "`prise` is none of the values", "did you mean `price`?"),
        (REASON, "zzz", "`zzz` is none of the values", "one of: price, rival"),
    ],
)
def test_text_that_is_no_literal_is_refused_with_a_hint(
    type_: FieldType, text: str, message: str, hint: str | None
) -> None:
    with pytest.raises(InputError) as caught:
        parse_value(text, type_)
    assert (caught.value.message.en, caught.value.hint and caught.value.hint.en) == (message, hint)


def test_yaml_sequence_reads_as_a_list() -> None:
    assert read_literal(node_of("[a, b]"), ListOf(simple(Scalar.TEXT))) == ("a", "b")


@pytest.mark.parametrize("text", ["[a]", "{a: 1}", ""])
def test_yaml_of_another_shape_is_no_literal(text: str) -> None:
    with pytest.raises(InputError):
        read_literal(node_of(text), simple(Scalar.TEXT))


@pytest.mark.parametrize(
    ("text", "type_", "value"),
    [
        ("0.8", simple(Scalar.NUMBER), Decimal("0.8")),
        ("80%", simple(Scalar.PERCENT), Decimal("0.8")),
        ("1000000 CNY", CNY, Money(Decimal(1000000), "CNY")),
        ("30d", simple(Scalar.DURATION), timedelta(days=30)),
        ("2026-03-02", simple(Scalar.DATE), date(2026, 3, 2)),
        ("true", simple(Scalar.BOOLEAN), True),
        ("key account", simple(Scalar.TEXT), "key account"),
        ('"30d"', simple(Scalar.TEXT), "30d"),
    ],
)
def test_undeclared_literal_shows_its_type(text: str, type_: FieldType, value: Value) -> None:
    node = node_of(text)
    assert isinstance(node, ScalarNode)
    assert infer_literal(node) == (type_, value)


def test_enum_value_is_written_by_its_title_where_a_language_is_given() -> None:
    assert [write_value("price", REASON, language) for language in (None, Language.ZH, Language.EN)] == [
        "price",
        "价格",
        "Price",
    ]


AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12)
TYPED_VALUES = st.one_of(
    st.tuples(st.just(simple(Scalar.NUMBER)), AMOUNTS),
    st.tuples(st.just(simple(Scalar.INTEGER)), st.integers(-(10**20), 10**20).map(Decimal)),
    st.tuples(st.just(simple(Scalar.PERCENT)), AMOUNTS),
    st.tuples(st.just(simple(Scalar.BOOLEAN)), st.booleans()),
    st.tuples(st.just(simple(Scalar.DATE)), st.dates()),
    st.tuples(st.just(simple(Scalar.DATETIME)), st.datetimes(timezones=st.just(UTC))),
    st.tuples(st.just(simple(Scalar.DURATION)), st.integers(0, 10**12).map(lambda n: timedelta(milliseconds=n))),
    st.tuples(st.just(simple(Scalar.DURATION)), st.integers(0, 10**6).map(Months)),
    st.tuples(st.just(simple(Scalar.DURATION)), AMOUNTS.map(WorkingDays)),
    st.tuples(st.just(CNY), AMOUNTS.map(lambda amount: Money(amount, "CNY"))),
    st.tuples(st.just(REASON), st.sampled_from(["price", "rival"])),
    st.tuples(st.just(ListOf(simple(Scalar.DATE))), st.lists(st.dates(), min_size=1).map(tuple)),
)


@given(TYPED_VALUES, st.sampled_from([None, Language.ZH, Language.EN]))
def test_written_value_reads_back(typed: tuple[FieldType, Value], language: Language | None) -> None:
    type_, value = typed
    assert parse_value(write_value(value, type_, language), type_) == value


@given(st.text(max_size=30), st.sampled_from([*map(simple, Scalar), CNY, REASON, ListOf(simple(Scalar.DURATION))]))
def test_any_text_is_read_or_refused_but_nothing_else(text: str, type_: FieldType) -> None:
    with suppress(InputError):
        parse_value(text, type_)
