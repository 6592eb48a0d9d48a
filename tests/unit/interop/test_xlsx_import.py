"""Sheets that become projects as lines of CSV do, and files that cannot be read."""

import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date
from itertools import islice
from pathlib import Path

import openpyxl
import pytest

from salespm_flow.errors import ImportFileError
from salespm_flow.interop.cells import Meaning
from salespm_flow.interop.import_report import ImportReport
from salespm_flow.interop.import_row import check_file, read_rows
from salespm_flow.interop.table_import import file_of, run_import
from salespm_flow.interop.twins import Twins
from tests.unit.interop.world import AT, MAPPING, World, world

Cell = str | float | date | None
HEADER = ("id", "rep", "product", "size", "sort", "stage", "opened_on", "met_on", "closed_on", "value")
SHEET_MAPPING = MAPPING.replace("format: csv", "format: xlsx")


@pytest.fixture
def deals(tmp_path: Path) -> Iterator[World]:
    made = world(tmp_path, definitions=[("mapping", SHEET_MAPPING)])
    yield made
    made.store.close()


def won(key: str = "A1") -> tuple[Cell, ...]:
    days = date(2025, 1, 6), date(2025, 1, 20), date(2025, 2, 3)
    return (key, "Ann", "Desk", 3, "new", "Won", *days, 1500.5)


def book(deals: World, *rows: tuple[Cell, ...]) -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    page = made.active
    assert page is not None
    for row in rows:
        page.append(row)
    made.save(deals.root / "deals.xlsx")
    return made


def take(deals: World) -> ImportReport:
    (mapping,) = deals.runner.library.mappings.values()
    return run_import(deals.runner, mapping, deals.root / "deals.xlsx", at=AT)


def refused(deals: World) -> tuple[str, str | None]:
    """What is said in English, without the folder; nothing was written."""
    with pytest.raises(ImportFileError) as error:
        take(deals)
    assert (error.value.code, deals.count()) == ("SF520", 0)
    hint = error.value.hint
    return error.value.message.en.replace(f"{deals.root}/", ""), None if hint is None else hint.en


def unread(deals: World) -> dict[str, list[str]]:
    """What is said of the rows that cannot be read, by the reason's id."""
    refusals = take(deals).refusals
    return {one.id: [f"{row.line} {row.project}: {row.message.en}" for row in one.examples] for one in refusals}


def test_rows_of_a_sheet_walk_as_lines_of_csv_do(deals: World) -> None:
    book(deals, HEADER, won(), (), won("A2"), (None, "  "))
    report = take(deals)
    assert (report.rows, report.created, report.refused) == (2, 2, 0)
    assert deals.history("A1") == [
        "2025-01-05T16:00 open Ann: product, size, sort",
        "2025-01-19T16:00 advance Ann: met_on, ->met",
        "2025-02-02T16:00 advance Ann: won_on, value, ->won",
    ]
    assert take(deals).unchanged == 2


def test_dates_as_texts_are_read_as_the_mapping_says(tmp_path: Path) -> None:
    formed = SHEET_MAPPING.replace("won_on:  closed_on", "won_on: {from: closed_on, format: zh-date}")
    formed = formed.replace("open: opened_on", "open: {from: opened_on, format: excel-date}")
    deals = world(tmp_path, definitions=[("mapping", formed)])
    book(deals, HEADER, (*won()[:6], 45663, date(2025, 1, 20), "2025年2月3日", 1))
    assert take(deals).created == 1
    assert [line[:10] for line in deals.history("A1")] == ["2025-01-05", "2025-01-19", "2025-02-02"]
    deals.store.close()


def test_formula_has_its_stored_value(deals: World) -> None:
    made = book(deals, HEADER, (*won()[:3], "=1+2", *won()[4:]))
    path = deals.root / "deals.xlsx"
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert sheet.count(b"<v />") + sheet.count(b"<v></v>") + sheet.count(b"<v/>") == 1
    stored = sheet.replace(b"<v />", b"<v>3</v>").replace(b"<v></v>", b"<v>3</v>").replace(b"<v/>", b"<v>3</v>")
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts.items():
            package.writestr(name, stored if name == "xl/worksheets/sheet1.xml" else data)
    assert take(deals).created == 1
    project = deals.store.project("A1")
    assert project is not None
    assert project.fields["size"] == 3
    made.close()


def test_formula_without_a_value_and_error_are_told_by_their_cells(deals: World) -> None:
    book(deals, HEADER, (*won()[:3], "=1+2", *won()[4:9], "#N/A"))
    assert unread(deals) == {
        "cell.size": [
            (
                "2 A1: cell D2, column size: the file stores no value for this formula; "
                "open and save it in a spreadsheet, or paste values"
            )
        ],
        "cell.value": [
            "2 A1: cell J2, column value: the cell holds the error `#N/A`; mend the formula or give a value"
        ],
    }


def test_wrong_cells_are_told_by_their_addresses(deals: World) -> None:
    book(deals, HEADER, won(), (*won("A2")[:3], "many", *won()[4:8], "03/02/2025", 1))
    assert unread(deals) == {
        "cell.size": ["3 A2: cell D3, column size: `many` is not a whole number; for example 12"],
        "cell.closed_on": [
            "3 A2: cell I3, column closed_on: `03/02/2025` is not a date; write it like 2026-03-02",
        ],
    }
    assert deals.count() == 1


def test_merged_cells_of_columns_that_are_read_are_refused(deals: World) -> None:
    made = book(deals, HEADER, won(), won("A2"))
    page = made.active
    assert page is not None
    page.merge_cells("L1:M9")
    page.merge_cells("B2:B3")
    made.save(deals.root / "deals.xlsx")
    assert refused(deals) == (
        "deals.xlsx merges cells in columns that are read: `B2:B3`",
        "unmerge them and fill in every cell",
    )
    page.unmerge_cells("B2:B3")
    page["B3"] = "Ann"
    made.save(deals.root / "deals.xlsx")
    assert take(deals).created == 2


def test_sheet_is_the_first_visible_one_or_the_named(tmp_path: Path) -> None:
    deals = world(tmp_path, definitions=[("mapping", SHEET_MAPPING)])
    made = book(deals, HEADER)
    hidden, page = made.create_sheet("Old", 0), made.create_sheet("商机")
    hidden.sheet_state = "hidden"
    page.append(HEADER)
    page.append(won())
    made.save(tmp_path / "deals.xlsx")
    assert take(deals).rows == 0
    deals.store.close()
    named = world(tmp_path, definitions=[("mapping", SHEET_MAPPING + "sheet: 商机\n")])
    assert take(named).created == 1
    named.store.close()


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        (b"id,rep\n", "deals.xlsx is no XLSX file", "for a CSV file say format: csv"),
        (b"", "deals.xlsx is no XLSX file", "for a CSV file say format: csv"),
        (
            b"PK\x03\x04rubbish",
            "deals.xlsx is damaged and cannot be read as XLSX",
            "open it in a spreadsheet and save it as .xlsx",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            "deals.xlsx is in the old format .xls",
            "save it as .xlsx or CSV",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "deals.xlsx is encrypted",
            "save it without a password",
        ),
    ],
    ids=["csv", "empty", "damaged", "xls", "encrypted"],
)
def test_file_that_is_no_workbook_is_told(deals: World, content: bytes, message: str, hint: str) -> None:
    (deals.root / "deals.xlsx").write_bytes(content)
    assert refused(deals) == (message, hint)


def test_other_package_is_told(deals: World) -> None:
    with zipfile.ZipFile(deals.root / "deals.xlsx", "w") as package:
        package.writestr("word/document.xml", "<w/>")
    assert refused(deals)[0] == "deals.xlsx holds no workbook"


def test_part_that_would_unpack_to_far_more_is_refused_unread(deals: World) -> None:
    book(deals, HEADER)
    with zipfile.ZipFile(deals.root / "deals.xlsx", "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/other.xml", bytes(40 << 20))
    assert refused(deals) == (
        "xl/other.xml in deals.xlsx would unpack to 40 MB, which is refused",
        "use CSV instead, or split it into several files",
    )


def test_cut_or_changed_workbook_is_damaged(deals: World) -> None:
    book(deals, HEADER, *(won(f"A{number}") for number in range(50)))
    path = deals.root / "deals.xlsx"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert refused(deals)[0] == "deals.xlsx is damaged and cannot be read as XLSX"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("xl/workbook.xml", "<workbook")
    assert refused(deals)[0] == "deals.xlsx is damaged and cannot be read as XLSX"


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A2" s="99"><v>0.5</v></c>',
        '<c r="A2" t="s"><v>99</v></c>',
        '<c r="ZZZZ2"><v>1</v></c>',
        '<c r="A2"><v>nan</v></c>',
        f'<c r="A2"><v>{"9" * 5000}</v></c>',
        '<c r="A2" t="inlineStr"><is><t>&none;</t></is></c>',
    ],
    ids=["style", "string", "column", "nan", "digits", "entity"],
)
def test_hostile_cell_makes_a_damaged_workbook(deals: World, cell: str) -> None:
    book(deals, HEADER, won())
    replace_sheet(deals, lambda sheet: sheet.replace("</sheetData>", f'<row r="3">{cell}</row></sheetData>'))
    assert refused(deals)[0] == "deals.xlsx is damaged and cannot be read as XLSX"


def test_row_beyond_any_sheet_is_refused_at_once(deals: World) -> None:
    book(deals, HEADER, won())
    replace_sheet(deals, lambda sheet: sheet.replace("</sheetData>", '<row r="99999999999"/></sheetData>'))
    assert refused(deals)[0] == "deals.xlsx has rows beyond 1,048,576"


def replace_sheet(deals: World, change: Callable[[str], str]) -> None:
    path = deals.root / "deals.xlsx"
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["xl/worksheets/sheet1.xml"] = change(parts["xl/worksheets/sheet1.xml"].decode()).encode()
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)


def test_ten_thousand_rows_are_streamed(deals: World) -> None:
    row = won()
    book(deals, HEADER, *((f"A{number}", *row[1:]) for number in range(10_000)))
    (mapping,) = deals.runner.library.mappings.values()
    compiled = deals.runner.definitions.openable("deals")
    references = deals.runner.library.references
    meaning = Meaning(mapping=mapping, workflow=compiled.workflow, references=references, zone=UTC)
    file = file_of(mapping, deals.root / "deals.xlsx")
    assert check_file(file, meaning, Twins(0)) == 10_000
    assert [row.key for row in islice(read_rows(file, meaning), 9_998, None)] == ["A9998", "A9999"]
