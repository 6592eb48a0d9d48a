"""Files that cannot be imported: one clear message each, and nothing is written."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from salespm_flow.errors import ImportFileError, InputError
from salespm_flow.interop.table_import import ImportStoppedError, run_import
from salespm_flow.model.library import ImportMapping
from tests.unit.interop.world import AT, HEADER, MAPPING, WON, World, world


@pytest.fixture
def deals(tmp_path: Path) -> Iterator[World]:
    made = world(tmp_path)
    yield made
    made.store.close()


def mapping_of(deals: World) -> ImportMapping:
    """The workspace's only mapping."""
    return next(iter(deals.runner.library.mappings.values()))


def refused(deals: World, content: str | bytes) -> tuple[str, str | None]:
    """What is said of the file in English, without the folder; nothing was written."""
    with pytest.raises(ImportFileError) as error:
        deals.take(content)
    assert error.value.code == "SF520"
    assert deals.count() == 0
    assert deals.store.digests("deals", 1) == ()
    hint = error.value.hint
    return error.value.message.en.replace(f"{deals.root}/", ""), None if hint is None else hint.en


def test_missing_columns_are_all_named(deals: World) -> None:
    content = HEADER.replace("stage", "Stages").replace("rep,", "").replace("value", "worth") + WON
    message, hint = refused(deals, content)
    assert message == "deals.csv lacks columns that the mapping needs: `stage`, `rep`, `value`"
    assert hint == (
        "the file has: `id`, `product`, `size`, `sort`, `Stages`, `opened_on`, `met_on`, `closed_on`, `worth`; "
        "did you mean `Stages` for `stage`?"
    )


def test_other_separator_is_guessed(deals: World) -> None:
    message, hint = refused(deals, (HEADER + WON).replace(",", ";"))
    assert message.startswith("deals.csv lacks columns")
    assert hint == 'the columns seem to be separated by ";": use commas'


def test_doubled_column_is_refused(deals: World) -> None:
    message, _ = refused(deals, HEADER.replace("\n", ",stage\n") + WON.replace("\n", ",Won\n"))
    assert message == "deals.csv names columns more than once: `stage`"


def test_gbk_file_is_told_with_line_and_byte_where_utf8_is_declared(tmp_path: Path) -> None:
    deals = world(tmp_path, definitions=[("mapping", MAPPING + "encoding: utf-8\n")])
    content = HEADER.encode() + WON.replace("Ann", "王芳").encode("gbk")
    message, hint = refused(deals, content)
    assert message == "deals.csv, line 2: the file is not UTF-8 (byte 68 is 0xCD); it looks like GBK"
    assert hint == "say --encoding gbk, write encoding: gbk in the mapping, or leave encoding out and it is found out"
    deals.store.close()


def test_latin1_file_is_told(deals: World) -> None:
    message, _ = refused(deals, HEADER.encode() + WON.replace("Ann", "René").encode("latin-1"))
    assert message.endswith("(byte 71 is 0xE9); it may be Latin-1 or another encoding")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_utf16_file_is_told(deals: World, encoding: str) -> None:
    message, _ = refused(deals, (HEADER + WON).encode(encoding))
    assert "UTF-16 or UTF-32" in message


def test_byte_order_mark_is_no_part_of_the_first_column(deals: World) -> None:
    assert deals.take(b"\xef\xbb\xbf" + (HEADER + WON).encode()).created == 1


def refusals(deals: World, content: str) -> dict[str, list[str]]:
    """What is said of the rows that cannot be read, by the reason's id; only they are left out."""
    report = deals.take(content)
    assert report.rows == report.created + report.refused
    assert deals.count() == report.created
    return {one.id: [f"{row.line} {row.project}: {row.message.en}" for row in one.examples] for one in report.refusals}


def test_unreadable_cells_keep_out_their_own_rows_alone(deals: World) -> None:
    good = WON.replace("A1", "A0")
    bad = "".join(WON.replace("A1", f"A{number}").replace("2025-02-03", "03/02/2025") for number in range(1, 4))
    content = HEADER + good + bad + WON.replace("A1", "A4").replace("1500", "many").replace(",3,", ",x,")
    assert refusals(deals, content + WON.replace("A1", "A5")) == {
        "cell.closed_on": [
            f"{line} A{line - 2}: column closed_on: `03/02/2025` is not a date; write it like 2026-03-02"
            for line in (3, 4, 5)
        ],
        "cell.size": ["6 A4: column size: `x` is not a whole number; for example 12"],
        "cell.value": ["6 A4: column value: `many` is not an amount of money; write it like 300000 EUR"],
    }
    assert [project.id for project in deals.store.projects()] == ["A0", "A5"]


def test_mended_file_imports_the_rows_that_were_left_out(deals: World) -> None:
    rows = WON + WON.replace("A1", "A2").replace("1500", "many")
    assert deals.take(HEADER + rows).refused == 1
    report = deals.take(HEADER + rows.replace("many", "1600"))
    assert (report.unchanged, report.created, report.refused) == (1, 1, 0)


def test_refusal_tells_column_and_value_as_data(deals: World) -> None:
    (refused_rows,) = deals.take(HEADER + WON.replace("1500", "many")).refusals
    assert (refused_rows.examples[0].column, refused_rows.examples[0].text) == ("value", "many")


def test_unknown_state_is_an_unreadable_cell(deals: World) -> None:
    assert refusals(deals, HEADER + WON.replace("Won", "Wonn")) == {
        "cell.stage": ["2 A1: column stage: the mapping does not know the state `Wonn`; did you mean `Won`?"]
    }


def test_row_of_another_width_is_told(deals: World) -> None:
    assert refusals(deals, HEADER + WON.replace("Ann", "Ann, Bob") + WON.replace("A1", "A2")) == {
        "width": [
            "2 A1: cells in the row: 11; columns in the header: 10; a cell with a comma stands in double quotes",
        ]
    }


def test_line_numbers_count_lines_within_quotes(deals: World) -> None:
    rows = WON.replace("Ann", '"Ann\nB."') + WON.replace("A1", "A2").replace("Won", "?")
    (told,) = refusals(deals, HEADER + rows)["cell.stage"]
    assert told.startswith("4 A2: column stage")


def test_row_without_key_is_told(deals: World) -> None:
    assert refusals(deals, HEADER + WON.replace("A1", " ")) == {
        "cell.id": ["2 : column id: the key is blank; every row needs the id of its project"]
    }


def test_unclosed_quote_is_told(deals: World) -> None:
    message, _ = refused(deals, HEADER + WON + WON.replace("Ann", '"Ann'))
    assert message == "deals.csv is no valid CSV from line 3 on: a quote is never closed"


def test_empty_file_is_told(deals: World) -> None:
    assert refused(deals, "") == ("deals.csv is empty", "the first line must hold the names of the columns")


def test_header_alone_is_no_row(deals: World) -> None:
    assert deals.take(HEADER).rows == 0


def test_file_that_is_not_there_is_told(deals: World) -> None:
    path = deals.root / "none.csv"
    mapping = deals.runner.library.mappings["deals_import"]
    with pytest.raises(ImportFileError) as error:
        run_import(deals.runner, mapping, path, at=AT)
    assert error.value.message.zh == f"没有文件 {path}"


def test_folder_is_no_file(deals: World) -> None:
    mapping = deals.runner.library.mappings["deals_import"]
    with pytest.raises(ImportFileError) as error:
        run_import(deals.runner, mapping, deals.root, at=AT)
    assert error.value.message.en == f"{deals.root} is a folder, not a CSV file"


def test_date_form_of_the_mapping_is_used(tmp_path: Path) -> None:
    formed = MAPPING.replace("won_on:  closed_on", "won_on: {from: closed_on, format: dd/MM/yyyy}")
    deals = world(tmp_path, definitions=[("mapping", formed)])
    assert deals.take(HEADER + WON.replace("2025-02-03", "03/02/2025")).created == 1
    assert deals.history("A1")[-1].startswith("2025-02-02T16:00 advance")
    deals.store.close()


def test_date_form_that_says_no_date_is_told_before_anything_is_read(tmp_path: Path) -> None:
    formed = MAPPING.replace("won_on:  closed_on", "won_on: {from: closed_on, format: MMM yyyy}")
    deals = world(tmp_path, definitions=[("mapping", formed)])
    with pytest.raises(InputError) as error:
        deals.take(HEADER + WON)
    assert error.value.message.en == "the date format `MMM yyyy` of the mapping is not understood"
    deals.store.close()


def test_endless_or_fleeting_file_is_refused(deals: World) -> None:
    pipe = deals.root / "pipe.csv"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(ImportFileError) as error:
            run_import(deals.runner, mapping_of(deals), path, at=AT)
        assert (error.value.code, error.value.message.en) == ("SF520", f"{path} is no regular file")


def test_cell_beyond_the_limit_is_told_in_our_own_words(deals: World) -> None:
    message, _ = refused(deals, HEADER + WON.replace("Ann", "A" * 200_000))
    assert message == (
        "deals.csv is no valid CSV from line 2 on: "
        "a cell is longer than 131,072 characters; perhaps a quote is never closed"
    )


def test_very_wide_header_is_told_in_short(deals: World) -> None:
    message, hint = refused(deals, ",".join(f"c{number}" for number in range(100_000)) + "\n")
    assert message.startswith("deals.csv lacks columns that the mapping needs: `id`, ")
    assert hint is not None
    assert hint.startswith("the file has: `c0`, ")
    assert hint.endswith("`c9` … and 99990 more")


def test_stopped_import_keeps_whole_rows_and_is_finished_by_the_next(deals: World) -> None:
    path = deals.root / "deals.csv"
    path.write_text(HEADER + "".join(WON.replace("A1", f"A{number}") for number in range(5)), encoding="utf-8")
    asked = iter((False, True))
    with pytest.raises(ImportStoppedError) as stop:
        run_import(deals.runner, mapping_of(deals), path, at=AT, is_stopped=lambda: next(asked))
    assert (stop.value.rows, deals.count()) == (2, 2)
    report = run_import(deals.runner, mapping_of(deals), path, at=AT)
    assert (report.unchanged, report.created) == (2, 3)
