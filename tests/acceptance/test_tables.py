"""Tables in and out from the command line, as a person meets them."""

import json
from pathlib import Path

import openpyxl
import pytest

from tests.acceptance.terminal import Cli
from tests.acceptance.test_cli import cli, fresh_workspace

__all__ = ("cli", "fresh_workspace")

AT = ("--now", "2026-01-05T09:00")
DEALS = "workflows/crm/deals.csv"


@pytest.fixture(name="shop")
def _shop(cli: Cli) -> Cli:
    assert cli("init", "--example", "crm").code == 0
    assert cli("import", "csv", DEALS, "--mapping", "crm_import", *AT).code == 0
    return cli


def test_preview_tells_the_first_rows_and_writes_nothing(cli: Cli) -> None:
    assert cli("init", "--example", "crm").code == 0
    told = cli("import", "csv", DEALS, "--mapping", "crm_import", "--preview", *AT, "--format", "json")
    answer = json.loads(told.out)
    assert (told.code, answer["dry_run"], answer["created"]) == (0, True, 7)
    assert answer["preview"][0] == {
        "line": 2,
        "project": "S-001",
        "fate": "created",
        "state": "won",
        "owner": "Mara Lind",
        "fields": {
            "product": "Alpha Plus",
            "account": "Northwind Tools",
            "engage_date": "2017-03-06",
            "close_date": "2017-04-20",
            "close_value": {"amount": "1190", "currency": "USD"},
        },
        "dates": {
            "prospecting": answer["preview"][0]["dates"]["prospecting"],
            "engaging": answer["preview"][0]["dates"]["engaging"],
            "won": answer["preview"][0]["dates"]["won"],
            "lost": answer["preview"][0]["dates"]["lost"],
        },
        "reasons": [],
    }
    assert cli("list").out == ""


def test_mapping_is_for_one_format(shop: Cli) -> None:
    told = shop("import", "xlsx", "deals.xlsx", "--mapping", "crm_import")
    assert (told.code, told.out) == (2, "")
    assert told.err.splitlines()[:2] == [
        "Usage error: the mapping crm_import says format: csv",
        "  → use import csv, or say format: xlsx in the mapping",
    ]


def test_file_without_its_extra_is_told_how_to_get_it(shop: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path("workflows/crm/crm_import.yaml")
    path.write_text(path.read_text(encoding="utf-8").replace("format: csv", "format: xlsx"), encoding="utf-8")
    openpyxl.Workbook().save("deals.xlsx")
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    for words in (
        ("import", "xlsx", "deals.xlsx", "--mapping", "crm_import"),
        ("export", "projects", "--output", "out.xlsx"),
    ):
        told = shop(*words)
        assert (told.code, told.out) == (1, "")
        assert told.err.startswith("Error SF508: ")
        assert told.err.endswith('  → install it: pip install "salespm-flow[xlsx]"\n')
    assert not Path("out.xlsx").exists()


def test_file_is_replaced_only_by_force(shop: Cli) -> None:
    words = ("export", "projects", "--workflow", "crm_deals", "--output", "out.csv", *AT)
    first = shop(*words)
    assert (first.code, first.out, first.err) == (0, "", "7 rows are in out.csv\n")
    assert Path("out.csv").read_bytes().startswith(b"\xef\xbb\xbfproject,workflow,")
    again = shop(*words)
    assert (again.code, again.err) == (
        1,
        "Error SF521: out.csv exists already\n  → name another file, or replace it with --force\n",
    )
    assert shop(*words, "--force", "--encoding", "gbk", "--headers", "title", "--lang", "zh").code == 0
    head = Path("out.csv").read_bytes().decode("gbk").splitlines()[0]
    assert head.startswith("项目,流程,版本,状态,结果,负责人,")
    assert "成交额 (USD)" in head


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("export", "projects", "--format", "xlsx"), "XLSX cannot go to standard output"),
        (("export", "records", "--output", "x.csv"), "records needs a --workflow"),
        (("export", "records", "--workflow", "sales_pipeline"), "--record is missing"),
        (("export", "projects", "--where", "amount = 1"), "--where needs a --workflow"),
        (("export", "projects", "--workflow", "crm_deals", "--where", "nothing = 1"), "--where: "),
        (("--format", "json", "export", "tasks"), "export has no --format json"),
    ],
)
def test_what_cannot_be_exported_is_a_usage_error(shop: Cli, words: tuple[str, ...], told: str) -> None:
    answer = shop(*words)
    assert answer.code == 2
    assert told in answer.err + answer.out


def test_history_goes_to_standard_output_as_json_lines(shop: Cli) -> None:
    told = shop("export", "history", "--workflow", "crm_deals", "--where", 'id = "S-001"', "--format", "jsonl")
    lines = [json.loads(line) for line in told.out.splitlines()]
    assert {line["project"] for line in lines} == {"S-001"}
    assert [line["value"] for line in lines if line["change"] == "state"] == ["prospecting", "engaging", "won"]


def test_row_is_shown_by_its_key_or_not_at_all(shop: Cli) -> None:
    told = json.loads(shop("reference", "show", "crm_products", "Alpha Plus", "--format", "json").out)
    assert (told["key"], told["aliases"], told["row"]["series"]) == ("Alpha Plus", [], "Alpha")
    lost = shop("reference", "show", "crm_products", "Alpha Pluss")
    assert (lost.code, lost.err) == (
        1,
        'Error SF502: there is no row "Alpha Pluss"\n  → did you mean `Alpha Plus`?\n',
    )


def test_keys_without_a_row_are_told_with_their_projects(shop: Cli) -> None:
    assert shop("reference", "unresolved").out == "every key has its row\n"
    table = Path("workflows/crm/products.csv")
    text = table.read_text(encoding="utf-8").replace("Beta Suite", "Beta Suite 2")
    table.write_text(text, encoding="utf-8")
    told = shop("reference", "unresolved")
    assert told.code == 1
    assert told.out.splitlines() == [
        'crm_products has no "Beta Suite": in product of 3 crm_deals: S-002, S-005, S-007',
        '  → did they mean "Beta Suite 2"?',
    ]
    assert shop("reference", "unresolved", "crm_accounts").code == 0


def test_report_accounts_for_every_row(cli: Cli) -> None:
    assert cli("init", "--example", "crm").code == 0
    text = Path(DEALS).read_text(encoding="utf-8")
    Path("deals.csv").write_text(text.replace("S-002", "S-001").replace(",1250\n", ",\n"), encoding="utf-8")
    words = ("import", "csv", "deals.csv", "--mapping", "crm_import", "--report", "rows.csv", *AT)
    assert cli(*words).code == 1
    lines = Path("rows.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[:5] == [
        "line,project,fate,reasons,message,unresolved",
        "2,S-001,created,,,",
        "3,S-001,refused,duplicate,line 2 of the file has the key S-001 already,",
        "4,S-003,created,,,",
        "5,S-004,refused,close_value,Close value (close_value) is missing,product=AlphaPlus",
    ]
    assert len(lines) == 8
    again = cli(*words)
    assert (again.code, again.err.splitlines()[0]) == (1, "Error SF521: rows.csv exists already")
    assert cli(*words, "--force").code == 1
    assert Path("rows.csv").read_text(encoding="utf-8-sig").splitlines()[1] == "2,S-001,unchanged,,,"
