"""Tables of exchange rates: what they must hold, what is said of those that do not, and the rates they give."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from shutil import copy

import pytest

from salespm_flow.definition.workspace import Loaded, load, shipped_definitions
from salespm_flow.model.rates import exchange_of

SETTINGS = "salespm: 1\nkind: workspace\ncurrency: CNY\nrates: fx\ndefinitions: [flows]\n"
HEADER = "salespm: 1\nkind: reference\nid: fx\nversion: 1\n"
BY_PAIR = (
    "key: [currency, to, on]\n"
    "fields: {currency: {type: text}, to: {type: text}, on: {type: date}, rate: {type: number}}\nsource: fx.csv\n"
)
IN_BASE = (
    "key: [currency, on]\nfields: {currency: {type: text}, on: {type: date}, rate: {type: number}}\nsource: fx.csv\n"
)
PAIRS = """\
currency,to,on,rate
USD,CNY,2026-01-01,7
USD,CNY,2026-04-01,7.5
EUR,CNY,2026-01-01,8
GBP,USD,2026-01-01,1.25
"""
DEAL = """\
salespm: 1
kind: workflow
id: deal
version: 1
domain: sales
fields: {price: {type: money, currency: USD}, rates: {type: ref, to: fx}}
conditions: {big: 'convert(price, "CNY") > 700'}
initial: open
states: {open: {}, closed: {final: true}}
"""


def workspace(folder: Path, reference: str, rows: str, *more: str, settings: str = SETTINGS) -> Loaded:
    (folder / "flows").mkdir()
    (folder / "salespm.yaml").write_text(settings, "utf-8")
    (folder / "flows/fx.yaml").write_text(HEADER + reference, "utf-8")
    (folder / "flows/fx.csv").write_text(rows, "utf-8")
    for number, text in enumerate(more):
        (folder / f"flows/{number}.yaml").write_text(text, "utf-8")
    return load(folder, check_shape=True)


def told(loaded: Loaded) -> list[str]:
    return [
        f"{one.span.file}:{one.span.line}:{one.span.column} {one.code} {one.message.en}" for one in loaded.diagnostics
    ]


@pytest.mark.parametrize(
    ("source", "target", "on", "rate"),
    [
        ("USD", "CNY", date(2025, 12, 31), None),
        ("USD", "CNY", date(2026, 1, 1), (Decimal(7), Decimal(1))),
        ("USD", "CNY", date(2026, 3, 31), (Decimal(7), Decimal(1))),
        ("USD", "CNY", date(2026, 4, 1), (Decimal("7.5"), Decimal(1))),
        ("CNY", "USD", date(2026, 4, 1), (Decimal(1), Decimal("7.5"))),
        ("EUR", "USD", date(2026, 4, 1), (Decimal(8), Decimal("7.5"))),
        ("GBP", "USD", date(2026, 4, 1), (Decimal("1.25"), Decimal(1))),
        ("GBP", "CNY", date(2026, 4, 1), None),
        ("JPY", "CNY", date(2026, 4, 1), None),
    ],
)
def test_rate_is_the_newest_of_the_pair_turned_round_or_over_the_base(
    tmp_path: Path, source: str, target: str, on: date, rate: tuple[Decimal, Decimal] | None
) -> None:
    loaded = workspace(tmp_path, BY_PAIR, PAIRS)
    assert (told(loaded), exchange_of(loaded.library)(source, target, on)) == ([], rate)


def test_table_without_target_column_is_in_the_currency_of_the_workspace(tmp_path: Path) -> None:
    loaded = workspace(tmp_path, IN_BASE, "currency,on,rate\nUSD,2026-01-01,7\n")
    assert exchange_of(loaded.library)("USD", "CNY", date(2026, 1, 1)) == (Decimal(7), Decimal(1))


def test_settings_that_name_no_reference_are_told(tmp_path: Path) -> None:
    loaded = workspace(tmp_path, IN_BASE, "currency,on,rate\n", settings=SETTINGS.replace("fx", "fy"))
    assert told(loaded) == ["salespm.yaml:4:8 SF307 There is no reference `fy`"]


def test_every_wrong_column_is_told(tmp_path: Path) -> None:
    reference = "key: to\nfields: {to: {type: integer}, on: {type: text}, rate: {type: number}}\nsource: fx.csv\n"
    assert told(workspace(tmp_path, reference, "to,on,rate\n1,x,2\n")) == [
        "salespm.yaml:4:8 SF357 `fx` cannot serve as rates: the column `currency` (text) is missing",
        "salespm.yaml:4:8 SF357 `fx` cannot serve as rates: the column `on` must be a date",
        "salespm.yaml:4:8 SF357 `fx` cannot serve as rates: the column `to` must be a text",
    ]


def test_rows_that_give_no_rate_are_told(tmp_path: Path) -> None:
    rows = "currency,on,rate\nUSD,2026-01-01,7\ndollar,2026-01-01,7\nEUR,2026-01-01,0\n"
    assert told(workspace(tmp_path, IN_BASE, rows)) == [
        "salespm.yaml:4:8 SF357 Rows of `fx` that give no rate, 2 in all: dollar 2026-01-01, EUR 2026-01-01"
    ]


def test_key_of_several_columns_is_unique_as_a_whole(tmp_path: Path) -> None:
    rows = "currency,on,rate\nUSD,2026-01-01,7\nUSD,2026-01-02,7\nUSD,2026-01-01,7.1\n"
    assert told(workspace(tmp_path, IN_BASE, rows)) == [
        "flows/fx.csv:4:1 SF355 The key `USD 2026-01-01` stands on line 2 already",
    ]


def test_field_cannot_refer_to_a_table_whose_key_has_several_columns(tmp_path: Path) -> None:
    assert told(workspace(tmp_path, IN_BASE, "currency,on,rate\n", DEAL)) == [
        "flows/0.yaml:6:70 SF356 The key of `fx` has 2 columns: no field can refer to it"
    ]


def test_conversion_without_rates_is_a_warning(tmp_path: Path) -> None:
    deal = DEAL.replace(", rates: {type: ref, to: fx}", "")
    loaded = workspace(tmp_path, IN_BASE, "currency,on,rate\n", deal, settings=SETTINGS.replace("rates: fx\n", ""))
    assert told(loaded) == ["flows/0.yaml:7:19 SF358 the workspace has no exchange rates: `convert(..)` is always null"]
    assert loaded.errors == ()


def test_shipped_rates_serve(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    for name in ("exchange_rates.yaml", "exchange_rates.csv"):
        copy(shipped_definitions() / name, tmp_path / "flows")
    (tmp_path / "salespm.yaml").write_text(SETTINGS.replace("fx", "exchange_rates"), "utf-8")
    loaded = load(tmp_path, check_shape=True)
    exchange = exchange_of(loaded.library)
    assert (told(loaded), exchange("USD", "CNY", date(2026, 5, 1))) == ([], (Decimal("7.10"), Decimal(1)))
    assert exchange("EUR", "JPY", date(2026, 5, 1)) == (Decimal("8.15"), Decimal("0.0465"))


def test_rates_over_the_base_multiply_without_rounding(tmp_path: Path) -> None:
    loaded = workspace(
        tmp_path,
        BY_PAIR,
        "currency,to,on,rate\nUSD,CNY,2026-01-01,1.23456789012345678901\nCNY,EUR,2026-01-01,1.00000000000000000003\n",
    )
    exact = Decimal("1.2345678901234567890470370367037037036703")
    assert exchange_of(loaded.library)("USD", "EUR", date(2026, 1, 1)) == (exact, Decimal(1))
