"""Tables out: every format, and back in again by a mapping."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.definition.row_files import READERS
from salespm_flow.definition.workspace import load
from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.engine.queries import filter_of
from salespm_flow.engine.running.runner import Runner
from salespm_flow.errors import ExportError
from salespm_flow.expr.values import Money, Value
from salespm_flow.interop import EXPORTERS, IMPORTERS, TABLES
from salespm_flow.interop.csv_table import guarded, unguarded
from salespm_flow.interop.extract import Extract
from salespm_flow.interop.output_file import whole_file
from salespm_flow.interop.table import INTEGER, MOMENT, PERCENT, Column, ExportTable, count_column
from salespm_flow.interop.writing import Headers, Style
from salespm_flow.model.decision import Actor, AddRow
from salespm_flow.model.fields import MoneyOf
from tests.unit.interop.world import AT, DEALS, HEADER, WON, World, world

STYLE = Style(zone=ZoneInfo("Asia/Shanghai"), language=Language.EN)
BACK = """\
salespm: 1
kind: mapping
id: deals_back
version: 1
workflow: deals
format: FORMAT
key: project
owner: owner
state: {from: state, values: {open: open, met: met, won: won, lost: lost}}
fields: {product: product, size: size, sort: sort, met_on: met_on, won_on: won_on, value: value}
entered: {open: entered.open, met: entered.met, won: entered.won, lost: entered.lost}
"""
ROWS = (
    HEADER
    + WON
    + "A2,Ben,,,,Met,2025-01-06,2025-02-01,,\n"
    + "A3,=Eve,Chair,,renewal,Lost,2025-03-01,,2025-03-02,\n"
    + "A4,Ann,,,,Open,2025-05-05,,,\n"
)


@pytest.fixture
def deals(tmp_path: Path) -> Iterator[World]:
    documented = DEALS.replace(
        "initial: open", "records: {calls: {key: on, fields: {on: {type: date}, text: {type: text}}}}\ninitial: open", 1
    )
    made = world(tmp_path, definitions=[("deals", documented)])
    made.take(ROWS)
    yield made
    made.store.close()


def extract(deals: World, where: str | None = None, record: str | None = None) -> Extract:
    compiled = deals.runner.definitions.newest("deals")
    test = None if where is None else filter_of(where, compiled.workflow, deals.runner.library).test
    return Extract(
        runner=deals.runner,
        language=Language.EN,
        now=AT,
        workflow="deals",
        compiled=compiled,
        test=test,
        record=record,
    )


def written(table: ExportTable, form: str = "csv", style: Style = STYLE) -> bytes:
    stream = io.BytesIO()
    EXPORTERS[form](table, stream, style)
    return stream.getvalue()


def lines(table: ExportTable, style: Style = STYLE) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written(table, "csv", style).decode(style.encoding), newline="")))


def small(*rows: tuple[Value, ...], columns: tuple[Column, ...] | None = None) -> ExportTable:
    made = columns or (Column("a", Bilingual("甲", "First")),)
    return ExportTable(id="t", title=Bilingual("表", "Table"), columns=made, rows=iter(rows))


def test_projects_have_their_fields_and_entries(deals: World) -> None:
    head, *rows = lines(TABLES["projects"](extract(deals)))
    assert head == [
        *("project", "workflow", "version", "state", "outcome", "owner", "opened_at", "outcome_at", "closed_at"),
        *("probability", "product", "size", "sort", "met_on", "won_on", "value"),
        *("entered.open", "entered.met", "entered.won", "entered.lost"),
    ]
    assert dict(zip(head, rows[0], strict=True)) == {
        "project": "A1",
        "workflow": "deals",
        "version": "1",
        "state": "won",
        "outcome": "won",
        "owner": "Ann",
        "opened_at": "2025-01-06T00:00:00+08:00",
        "outcome_at": "2025-02-03T00:00:00+08:00",
        "closed_at": "2025-02-03T00:00:00+08:00",
        "probability": "100%",
        "product": "Desk",
        "size": "3",
        "sort": "new",
        "met_on": "2025-01-20",
        "won_on": "2025-02-03",
        "value": "1500",
        "entered.open": "2025-01-06T00:00:00+08:00",
        "entered.met": "2025-01-20T00:00:00+08:00",
        "entered.won": "2025-02-03T00:00:00+08:00",
        "entered.lost": "",
    }
    assert [row[0] for row in rows] == ["A1", "A2", "A3", "A4"]


def test_filter_holds_for_every_table(deals: World) -> None:
    met = 'state = "met"'
    assert [row[0] for row in lines(TABLES["projects"](extract(deals, met)))[1:]] == ["A2"]
    assert {row[0] for row in lines(TABLES["history"](extract(deals, met)))[1:]} == {"A2"}
    assert lines(TABLES["tasks"](extract(deals, met)))[1:] == []


def test_history_has_a_row_for_each_change(deals: World) -> None:
    head, *rows = lines(TABLES["history"](extract(deals, 'id = "A2"')))
    told = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(one["number"], one["doing"], one["change"], one["subject"], one["value"]) for one in told][:4] == [
        ("1", "open", "opened", "deals 1", "Ben"),
        ("1", "open", "state", "", "open"),
        ("2", "advance", "field", "met_on", "2025-02-01"),
        ("2", "advance", "state", "meet", "met"),
    ]
    whole = replace(extract(deals), workflow=None, compiled=None)
    assert {row[0] for row in lines(TABLES["history"](whole))[1:]} == {"A1", "A2", "A3", "A4"}


def test_records_have_every_version_of_a_row(deals: World) -> None:
    day = datetime(2025, 7, 1, tzinfo=UTC).date()
    for text in ("first", "second"):
        request = AddRow(record="calls", values={"on": day, "text": text}, actor=Actor(id="Ben"))
        assert deals.runner.apply("A2", request).is_accepted
    head, *rows = lines(TABLES["records"](extract(deals, record="calls")))
    told = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(one["project"], one["number"], one["is_newest"], one["on"], one["text"]) for one in told] == [
        ("A2", "1", "false", "2025-07-01", "first"),
        ("A2", "2", "true", "2025-07-01", "second"),
    ]


@pytest.mark.parametrize("subject", [name for name in TABLES if name != "records"])
@pytest.mark.parametrize("form", list(EXPORTERS))
def test_every_table_goes_into_every_format(deals: World, subject: str, form: str) -> None:
    data = written(TABLES[subject](extract(deals)), form)
    assert data or form == "jsonl"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_exported_projects_are_imported_again(deals: World, tmp_path: Path, form: str, encoding: str) -> None:
    file = tmp_path / f"projects.{form}"
    file.write_bytes(written(TABLES["projects"](extract(deals)), form, replace(STYLE, encoding=encoding)))
    second = tmp_path / "second"
    second.mkdir()
    copy = world(second, definitions=[("mapping", BACK.replace("FORMAT", form))])
    from salespm_flow.interop.table_import import run_import

    report = run_import(copy.runner, copy.runner.library.mappings["deals_back"], file, at=AT)
    assert (report.created, report.refused, report.unresolved) == (4, 0, ())
    keep = ("id", "state", "owner", "fields", "entered", "outcome", "opened_at", "closed_at")
    before = [[getattr(one, name) for name in keep] for one in deals.store.projects()]
    assert [[getattr(one, name) for name in keep] for one in copy.store.projects()] == before
    copy.store.close()


def test_formulas_are_marked_as_texts() -> None:
    texts = ("=1+1", "+86 138", "-5", "@x", "\tx", "'=1", "'it", "a=b", "")
    assert [row[0] if row else "" for row in lines(small(*((text,) for text in texts)))[1:]] == [
        *("'=1+1", "'+86 138", "'-5", "'@x", "'\tx", "''=1", "'it", "a=b", "")
    ]
    book = openpyxl.load_workbook(io.BytesIO(written(small(*((text,) for text in texts if text)), "xlsx")))
    page = book.active
    assert page is not None
    assert [(cell.value, cell.data_type) for (cell,) in page.iter_rows(min_row=2)] == [(t, "s") for t in texts if t]


@given(st.text(st.sampled_from("'=+-@\t\ra"), max_size=6))
def test_mark_comes_off_again(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_numbers_and_moments_are_those_of_a_sheet() -> None:
    columns = (
        count_column("n", Bilingual("数", "Number")),
        Column("i", Bilingual("件", "Pieces"), INTEGER),
        Column("m", Bilingual("额", "Money"), MoneyOf("CNY")),
        Column("p", Bilingual("率", "Share"), PERCENT),
        Column("t", Bilingual("时", "Time"), MOMENT),
    )
    moment = datetime(2026, 1, 5, 1, 30, tzinfo=UTC)
    rows = (
        (Decimal(7), Decimal(7), Money(Decimal("1234.50"), "CNY"), Decimal("0.155"), moment),
        (
            Decimal(-1),
            Decimal(-1),
            Money(Decimal("12345678901234567.89"), "CNY"),
            None,
            datetime(1800, 1, 1, tzinfo=UTC),
        ),
    )
    style = replace(STYLE, headers=Headers.TITLE)
    book = openpyxl.load_workbook(io.BytesIO(written(small(*rows, columns=columns), "xlsx", style)))
    page = book.active
    assert page is not None
    assert [[cell.value for cell in row] for row in page.iter_rows()] == [
        ["Number", "Pieces", "Money (CNY)", "Share", "Time"],
        [7, 7, 1234.5, 0.155, datetime(2026, 1, 5, 9, 30)],  # noqa: DTZ001 -- a sheet knows no zones
        [-1, -1, "12345678901234567.89", None, "1800-01-01T08:05:43"],
    ]
    assert page["D2"].number_format == "0.00%"
    (line, _) = written(small(*rows, columns=columns), "jsonl").decode().splitlines()
    assert json.loads(line) == {
        "n": 7,
        "i": "7",
        "m": {"amount": "1234.5", "currency": "CNY"},
        "p": "0.155",
        "t": "2026-01-05T01:30:00Z",
    }


def test_character_that_an_encoding_lacks_is_told() -> None:
    with pytest.raises(ExportError) as error:
        written(small(("好",), ("é👍",)), "csv", replace(STYLE, encoding="gbk"))
    assert error.value.code == "SF521"
    assert error.value.message.en == 'near row 2 stands "👍" (U+1F44D), which GBK does not have'


def test_text_longer_than_a_cell_is_told() -> None:
    with pytest.raises(ExportError) as error:
        written(small(("x" * 40_000,)), "xlsx")
    assert error.value.message.en == "the text of cell A2 is longer than 32,767"


def test_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    place = tmp_path / "out.csv"

    def fail() -> None:
        with whole_file(place, is_replacing=False) as stream:
            stream.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert list(tmp_path.iterdir()) == []
    with whole_file(place, is_replacing=False) as stream:
        stream.write(b"one")
    with pytest.raises(ExportError) as error, whole_file(place, is_replacing=False):
        pass
    assert (error.value.message.en, place.read_bytes()) == (f"{place} exists already", b"one")
    with whole_file(place, is_replacing=True) as stream:
        stream.write(b"two")
    assert ([one.name for one in tmp_path.iterdir()], place.read_bytes()) == (["out.csv"], b"two")


def test_file_that_appears_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    place = tmp_path / "out.csv"

    def write() -> None:
        with whole_file(place, is_replacing=False) as stream:
            stream.write(b"ours")
            place.write_bytes(b"theirs")

    with pytest.raises(ExportError):
        write()
    assert ([one.name for one in tmp_path.iterdir()], place.read_bytes()) == (["out.csv"], b"theirs")


def test_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExportError) as error, whole_file(tmp_path / "none" / "x.csv", is_replacing=False):
        pass
    assert error.value.message.en.endswith("x.csv cannot be written: No such file or directory")


def test_registries_agree_on_the_formats() -> None:
    assert dict(IMPORTERS) == {form.value: reader for form, reader in READERS.items()}
    assert set(EXPORTERS) == {*IMPORTERS, "jsonl"}


def test_keys_that_no_row_has_are_found_with_their_projects(deals: World) -> None:
    from salespm_flow.interop.unresolved import UnresolvedKey, unresolved_keys

    assert unresolved_keys(deals.runner) == ()
    folder = deals.root / "definitions"
    (folder / "products.csv").write_text("name\nDesks\nStool\n", encoding="utf-8")
    document = (folder / "products.yaml").read_text(encoding="utf-8")
    (folder / "products.yaml").write_text(document + "aliases: {Chair: Stool}\n", encoding="utf-8")
    runner = Runner(deals.store, load(deals.root).library, deals.runner.clock)
    chair = UnresolvedKey(
        reference="products",
        workflow="deals",
        field="product",
        key="Chair",
        projects=1,
        examples=("A3",),
        meant="Stool",
        is_alias=True,
    )
    desk = replace(chair, key="Desk", examples=("A1",), meant="Desks", is_alias=False)
    assert unresolved_keys(runner) == (chair, desk)
    assert unresolved_keys(runner, "others") == ()
