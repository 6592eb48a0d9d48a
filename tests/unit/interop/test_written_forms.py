"""Cells in the forms that a mapping names; nothing is read so unless it does."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.definition.rows import IsoText
from salespm_flow.errors import InputError
from salespm_flow.expr.values import Money, Value
from salespm_flow.interop.written_form import reader_of
from salespm_flow.model.fields import FieldType, MoneyOf, Scalar, SimpleType

SHANGHAI = ZoneInfo("Asia/Shanghai")
NUMBER = SimpleType(Scalar.NUMBER)
CNY = MoneyOf("CNY")


def reader(kind: FieldType | Scalar, form: str) -> Callable[[str], Value]:
    return reader_of(SimpleType(kind) if isinstance(kind, Scalar) else kind, form, SHANGHAI)


def refusal(kind: FieldType | Scalar, form: str, text: str) -> str:
    with pytest.raises(InputError) as error:
        reader(kind, form)(text)
    assert error.value.message.zh
    return error.value.message.en


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5万", "50000"),
        ("-1234567890123456789012345678901.25", "-1234567890123456789012345678901.25"),
        ("1234567890123456789012345678901万", "12345678901234567890123456789010000"),
        ("1.2亿", "120000000"),
        ("３千万", "30000000"),
        ("1亿2000万", "120000000"),
        ("1,234.50", "1234.50"),
        ("-3", "-3"),
        ("（1,200）", "-1200"),
        ("负五", "-5"),
        ("十五", "15"),
        ("二十", "20"),
        ("三百零五", "305"),
        ("一千二百万", "12000000"),
        ("两亿零三万", "200030000"),
        ("壹佰贰拾", "120"),
        ("三点一四", "3.14"),
        ("零", "0"),
        (" 12 万 ", "120000"),
    ],
)
def test_chinese_numbers_are_read(text: str, number: str) -> None:
    assert reader(NUMBER, "zh-number")(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["约5万", "5万多", "一万五", "万", "5万6", "1,23", "点五", "五点", "1e5", "NaN", "5万3亿", "一二万"]
)
def test_what_is_no_number_or_two_is_refused(text: str) -> None:
    assert refusal(NUMBER, "zh-number", text) == f"`{text}` is not a number"


def test_money_takes_marks_of_its_own_currency_only() -> None:
    read = reader(CNY, "zh-number")
    for text in ("￥1,234.50", "¥ 1234.5", "1234.50元", "人民币1,234.50", "CNY 1,234.50", "RMB1234.5", "1,234.50"):
        assert read(text) == Money(Decimal("1234.50"), "CNY")
    assert read("￥-5万") == read("-￥5万") == Money(Decimal(-50000), "CNY")
    assert refusal(CNY, "zh-number", "$5") == "the currency of `$5` is not CNY"
    assert refusal(CNY, "zh-number", "5 USD") == "the currency of `5 USD` is not CNY"
    assert refusal(NUMBER, "zh-number", "5元") == "`5元` is an amount of money"


def test_shares_are_told_from_numbers() -> None:
    read = reader(Scalar.PERCENT, "zh-number")
    assert [read(text) for text in ("百分之十五", "15％", "12.5%", "百分之三点五")] == [
        Decimal(text) for text in ("0.15", "0.15", "0.125", "0.035")
    ]
    assert refusal(Scalar.PERCENT, "zh-number", "15") == "`15` is not a percentage"
    assert refusal(NUMBER, "zh-number", "百分之五") == "`百分之五` is a percentage"


def test_whole_numbers_stay_whole() -> None:
    assert reader(Scalar.INTEGER, "zh-number")("1.5万") == Decimal(15000)
    assert refusal(Scalar.INTEGER, "zh-number", "1.5") == "`1.5` is not a whole number"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026年1月5日", date(2026, 1, 5)),
        ("２０２６年１月５日", date(2026, 1, 5)),
        ("2026 年 01 月 05 号", date(2026, 1, 5)),
        ("二〇二六年十二月三十一日", date(2026, 12, 31)),
        ("2026/1/5", date(2026, 1, 5)),
        ("2026.1.5", date(2026, 1, 5)),
        ("2026-01-05", date(2026, 1, 5)),
        ("2024年2月29日", date(2024, 2, 29)),
        ("2026年1月5日 下午3点30分", date(2026, 1, 5)),
    ],
)
def test_chinese_dates_are_read(text: str, day: date) -> None:
    assert reader(Scalar.DATE, "zh-date")(text) == day


@pytest.mark.parametrize(
    "text", ["1月5日", "26年1月5日", "2026年13月5日", "2026年2月29日", "2026年1月", "去年", "2026年〇月五日"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    assert refusal(Scalar.DATE, "zh-date", text) == f"`{text}` is not a date"


def test_chinese_times_are_read_in_the_zone() -> None:
    read = reader(Scalar.DATETIME, "zh-date")
    assert read("2026年1月5日下午3点30分") == datetime(2026, 1, 5, 15, 30, tzinfo=SHANGHAI)
    assert read("2026-1-5 15:30:09") == datetime(2026, 1, 5, 15, 30, 9, tzinfo=SHANGHAI)
    assert read("2026年1月5日") == datetime(2026, 1, 5, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("form", "text", "day"),
    [
        ("excel-date", "46027", date(2026, 1, 5)),
        ("excel-date", "1", date(1900, 1, 1)),
        ("excel-date", "59", date(1900, 2, 28)),
        ("excel-date", "61", date(1900, 3, 1)),
        ("excel-date-1904", "0", date(1904, 1, 1)),
        ("excel-date-1904", "44565", date(2026, 1, 5)),
    ],
)
def test_serial_dates_count_from_their_epoch(form: str, text: str, day: date) -> None:
    assert reader(Scalar.DATE, form)(text) == day


@pytest.mark.parametrize("text", ["60", "0", "-1", "2026-01-05", "9e99", "NaN", "3000000"])
def test_what_is_no_serial_date_is_refused(text: str) -> None:
    assert refusal(Scalar.DATE, "excel-date", text) == f"`{text}` is no serial date of a spreadsheet"


def test_serial_dates_have_times() -> None:
    assert reader(Scalar.DATETIME, "excel-date")("46027.75") == datetime(2026, 1, 5, 18, tzinfo=SHANGHAI)


@pytest.mark.parametrize("form", ["zh-date", "excel-date", "yyyy-dd-MM"])
def test_date_cell_is_its_date_whatever_the_form(form: str) -> None:
    assert reader(Scalar.DATE, form)(IsoText("2026-01-05")) == date(2026, 1, 5)
    assert reader(Scalar.DATETIME, form)(IsoText("2026-01-05T09:30:00")) == datetime(2026, 1, 5, 9, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize("kind", [NUMBER, CNY, SimpleType(Scalar.DATE)])
@given(text=st.text(st.sampled_from("0123456789,.-+()%¥￥元万亿十百千零〇一二两点负年月日号:： TZ/'\n"), max_size=20))
def test_hostile_texts_are_read_or_refused(kind: FieldType, text: str) -> None:
    form = "zh-date" if kind == SimpleType(Scalar.DATE) else "zh-number"
    with suppress(InputError):
        reader(kind, form)(text)


@given(st.integers(0, 10**12))
def test_every_numeral_reads_back(number: int) -> None:
    assert reader(NUMBER, "zh-number")(numeral(number)) == Decimal(number)


def numeral(number: int) -> str:
    """The number in Chinese numerals, as a textbook builds them."""
    if number == 0:
        return "零"
    for size, sign in ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if number >= size:
            head, rest = divmod(number, size)
            gap = "零" if rest and rest < size // 10 else ""
            return f"{numeral(head)}{sign}{gap}{numeral(rest) if rest else ''}"
    return "零一二三四五六七八九"[number]
