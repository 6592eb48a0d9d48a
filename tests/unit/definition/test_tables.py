"""Rows of references: from sheets and in GBK, and the other names of a row."""

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from salespm_flow.definition.workspace import Loaded, load
from salespm_flow.model.library import Reference

SETTINGS = "salespm: 1\nkind: workspace\nid: test\nversion: 1\ntimezone: Asia/Shanghai\ndefinitions: [flows]\n"
ACCOUNTS = """\
salespm: 1
kind: reference
id: accounts
version: 1
key: name
fields:
  name:   {type: text}
  short:  {type: text}
  limit:  {type: money, currency: CNY}
  rebate: {type: percent}
  since:  {type: date}
  called: {type: datetime}
source: accounts.xlsx
"""
HEADER = ("name", "short", "limit", "rebate", "since", "called")


def loaded(root: Path, document: str = ACCOUNTS) -> Loaded:
    (root / "flows").mkdir(exist_ok=True)
    (root / "salespm.yaml").write_text(SETTINGS, encoding="utf-8")
    (root / "flows" / "accounts.yaml").write_text(document, encoding="utf-8")
    return load(root)


def told(found: Loaded) -> list[str]:
    return [
        f"{one.span.file.rpartition('/')[2]}:{one.span.line}:{one.span.column} {one.code} {one.message.en}"
        for one in found.diagnostics
    ]


def sheet(
    root: Path, *rows: tuple[str | float | date | datetime | None, ...], title: str = "Sheet"
) -> openpyxl.Workbook:
    (root / "flows").mkdir(exist_ok=True)
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = title
    for row in rows:
        page.append(row)
    book.save(root / "flows" / "accounts.xlsx")
    return book


def accounts(found: Loaded) -> Reference:
    assert told(found) == []
    return found.library.references["accounts"]


def texts(reference: Reference) -> list[str]:
    return [" ".join(str(value) for value in row.values()) for row in reference.rows.values()]


def test_cells_of_a_sheet_are_typed_by_the_columns(tmp_path: Path) -> None:
    book = sheet(tmp_path, HEADER, ("华兴", None, 0.1 + 0.2, 0.15, date(2026, 1, 5), datetime(2026, 1, 5, 9, 30)), ())  # noqa: DTZ001 -- as a sheet has it
    page = book.active
    assert page is not None
    page["D2"].number_format = "0%"
    page["A9"] = " "
    book.save(tmp_path / "flows" / "accounts.xlsx")
    row = accounts(loaded(tmp_path)).rows["华兴"]
    assert {name: str(value) for name, value in row.items()} == {
        "name": "华兴",
        "short": "None",
        "limit": "Money(amount=Decimal('0.3'), currency='CNY')",
        "rebate": "0.15",
        "since": "2026-01-05",
        "called": "2026-01-05 09:30:00+08:00",
    }


def test_dates_count_from_the_epoch_of_their_workbook(tmp_path: Path) -> None:
    book = sheet(tmp_path)
    book.epoch = datetime(1904, 1, 1)  # noqa: DTZ001 -- as the library names it
    page = book.active
    assert page is not None
    page.append(HEADER)
    page.append(("a", None, None, None, date(2026, 1, 5), date(2026, 1, 5)))
    book.save(tmp_path / "flows" / "accounts.xlsx")
    row = accounts(loaded(tmp_path)).rows["a"]
    assert (str(row["since"]), str(row["called"])) == ("2026-01-05", "2026-01-05 00:00:00+08:00")


def test_wrong_cells_of_a_sheet_are_told_by_their_address(tmp_path: Path) -> None:
    sheet(tmp_path, HEADER, ("a", None, "much", None, "05.01.2026"), ("b", None, "=1+1"), ("b", None, 5))
    assert told(loaded(tmp_path)) == [
        "accounts.xlsx:2:3 SF353 Cell C2, column `limit`: `much` is not an amount of money (2 bad cells in all)",
        "accounts.xlsx:2:5 SF353 Cell E2, column `since`: `05.01.2026` is not a date",
        "accounts.xlsx:4:1 SF355 The key `b` stands on line 3 already",
    ]


def test_sheet_is_found_by_its_name(tmp_path: Path) -> None:
    book = sheet(tmp_path, ("nothing",))
    page = book.create_sheet("客户")
    page.append(HEADER)
    page.append(("a",))
    book.save(tmp_path / "flows" / "accounts.xlsx")
    assert list(accounts(loaded(tmp_path, ACCOUNTS + "sheet: 客户\n")).rows) == ["a"]
    found = loaded(tmp_path, ACCOUNTS + "sheet: 客户表\n")
    (one,) = found.diagnostics
    assert (one.code, one.message.en.rpartition("/")[2]) == ("SF351", "accounts.xlsx has no sheet `客户表`")
    assert one.hint is not None
    assert one.hint.en == "did you mean `客户`?"


def test_merged_cells_are_refused_by_their_address(tmp_path: Path) -> None:
    book = sheet(tmp_path, HEADER, ("a", "x"), ("b", None))
    page = book.active
    assert page is not None
    page.merge_cells("B2:B3")
    book.save(tmp_path / "flows" / "accounts.xlsx")
    assert told(loaded(tmp_path)) == ["accounts.yaml:13:9 SF351 The table `flows/accounts.xlsx` merges cells: `B2:B3`"]


def test_missing_and_broken_workbooks_are_told_where_they_are_named(tmp_path: Path) -> None:
    assert told(loaded(tmp_path)) == ["accounts.yaml:13:9 SF350 The table `flows/accounts.xlsx` cannot be read"]
    (tmp_path / "flows" / "accounts.xlsx").write_text("name,short\n", encoding="utf-8")
    (line,) = told(loaded(tmp_path))
    assert line.endswith("accounts.xlsx is no XLSX file")


@pytest.mark.parametrize("encoding", ["", "encoding: gbk\n"])
def test_table_in_gbk_is_read_whether_declared_or_not(tmp_path: Path, encoding: str) -> None:
    document = ACCOUNTS.replace(".xlsx", ".csv") + encoding
    (tmp_path / "flows").mkdir()
    rows = ",".join(HEADER) + "\n华兴制造,华兴,1,5%,,\n"
    (tmp_path / "flows" / "accounts.csv").write_bytes(rows.encode("gbk"))
    assert list(accounts(loaded(tmp_path, document)).rows) == ["华兴制造"]


def aliased(root: Path, rows: str, more: str) -> Loaded:
    (root / "flows").mkdir(exist_ok=True)
    (root / "flows" / "accounts.csv").write_text("name,short,tags\n" + rows, encoding="utf-8")
    fields = "{name: {type: text}, short: {type: text}, tags: {type: list, of: text}}"
    head, _, _ = ACCOUNTS.partition("fields:")
    return loaded(root, f"{head}fields: {fields}\nsource: accounts.csv\n{more}")


def test_aliases_come_from_the_document_and_from_columns(tmp_path: Path) -> None:
    found = aliased(
        tmp_path,
        '华兴制造,华兴,"HX, Huaxing"\n明德医疗,,\n',
        "aliases: {苏州华兴: 华兴制造, 明德: 明德医疗}\nalias_columns: [short, tags]\n",
    )
    reference = accounts(found)
    assert dict(reference.keys) == {
        "苏州华兴": "华兴制造",
        "明德": "明德医疗",
        "华兴": "华兴制造",
        "HX": "华兴制造",
        "Huaxing": "华兴制造",
    }
    assert [reference.key_of(text) for text in ("明德医疗", "明德", "新客户")] == ["明德医疗", "明德医疗", None]


def test_alias_of_no_row_or_of_two_is_told(tmp_path: Path) -> None:
    found = aliased(
        tmp_path,
        "华兴制造,华兴,\n明德医疗,华兴,\n天成,,\n",
        "aliases: {明德: 明德医院, 天成: 华兴制造}\nalias_columns: [short, size]\n",
    )
    assert told(found) == [
        "accounts.yaml:9:24 SF315 Unknown alias column `size`",
    ]
    found = aliased(
        tmp_path,
        "华兴制造,华兴,\n明德医疗,华兴,\n天成,,\n",
        "aliases: {明德: 明德医院, 天成: 华兴制造}\nalias_columns: [short]\n",
    )
    assert told(found) == [
        "accounts.csv:3:1 SF359 `华兴` means both `华兴制造` and `明德医疗` (lines 2 and 3)",
        "accounts.yaml:8:11 SF359 The alias `明德` means `明德医院`, which no row has",
        "accounts.yaml:8:21 SF359 `天成` means both `天成` and `华兴制造` (lines 2 and 4)",
    ]


def test_zero_and_false_are_keys_like_others(tmp_path: Path) -> None:
    document = ACCOUNTS.replace("key: name", "key: number").replace("name:   {type: text}", "number: {type: integer}")
    header = ("number", *HEADER[1:])
    sheet(tmp_path, header, (0, "none", None, None, None, None), (1, "one", None, None, None, None))
    assert list(accounts(loaded(tmp_path, document)).rows) == ["0", "1"]
