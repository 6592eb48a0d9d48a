"""The command line at its edges: extreme times, lost files, hostile text, blank options, files that are none."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.stopping import stopped
from tests.acceptance.terminal import Cli
from tests.acceptance.test_cli import AT, WANG, cli, deal, fresh_workspace
from tests.acceptance.test_cli_process import environment

__all__ = ("cli", "deal", "fresh_workspace")

HEADER = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
ROWS = 6000


@pytest.mark.parametrize(
    "words",
    [
        ("new", "sales_pipeline", "--now", "0001-01-01"),
        ("tick", "--now", "0001-01-01"),
        ("tick", "--now", "9999-12-31"),
        ("status", "D1", "--as-of", "0001-01-01"),
        ("status", "D1", "--as-of", "9999-12-31T23:59-12:00"),
        ("status", "D1", "--as-of", "0001-01-01T00:00+12:00"),
    ],
)
def test_time_beyond_the_range_is_refused_with_the_range(deal: Cli, words: tuple[str, ...]) -> None:
    told = deal(*words)
    assert (told.code, told.out) == (1, "")
    assert told.err == (f'Error SF503: the time "{words[-1]}" is out of range\n  → accepted: 1900-01-01 … 2999-12-31\n')


@pytest.mark.parametrize("when", ["1900-01-02", "2999-12-31"])
def test_time_at_the_end_of_the_range_works(deal: Cli, when: str) -> None:
    assert deal("new", "sales_pipeline", "--id", "D2", *WANG, "--now", when).code == 0
    assert deal("tick", "--now", when).code == 0


def test_projects_are_listed_after_their_workflow_file_is_gone(deal: Cli) -> None:
    before = {form: deal("list", "sales_pipeline", "--format", form) for form in ("human", "json", "csv")}
    every = deal("list")
    drawn = deal("diagram", "sales_pipeline", "--project", "D1")
    filtered = deal("list", "sales_pipeline", "--where", "owner = 'wang'")
    for path in Path("workflows").glob("sales_*.yaml"):
        path.unlink()
    after = {form: deal("list", "sales_pipeline", "--format", form) for form in before}
    assert {form: (told.code, told.out) for form, told in after.items()} == {
        form: (0, told.out) for form, told in before.items()
    }
    assert deal("list").out == every.out
    assert deal("diagram", "sales_pipeline", "--project", "D1").out == drawn.out
    assert deal("list", "sales_pipeline", "--where", "owner = 'wang'").out == filtered.out
    assert "D1,sales_pipeline," in deal("list", "--format", "csv").out


@pytest.mark.parametrize(
    "words",
    [
        ("lits",),
        ("list", "--wher", "x"),
        ("list", "--where", "amount > 1"),
        ("status",),
        ("status", "D1", "D2"),
        ("record",),
        ("set", "D1"),
        ("demo",),
    ],
)
def test_usage_error_is_json_where_json_is_asked_for(deal: Cli, words: tuple[str, ...]) -> None:
    told = deal("--format", "json", *words)
    assert told.code == 2
    assert told.err.startswith("Usage error: ")
    assert {key: told.data[key] for key in ("status", "code")} == {"status": "error", "code": "SF597"}
    assert set(told.data["message"]) == {"zh", "en"}


@pytest.mark.parametrize("option", ["--key", "--as", "--id", "--role", "--store", "--owner"])
def test_blank_option_is_a_usage_error_and_not_the_default(cli: Cli, option: str) -> None:
    told = cli("new", "sales_pipeline", option, "")
    assert (told.code, told.out) == (2, "")
    assert f"the value of {option} must not be empty" in told.err


def test_file_named_twice_is_validated_once(cli: Cli) -> None:
    path = "workflows/sales_pipeline.yaml"
    for words in ((path, f"./{path}", str(Path(path).resolve())), ("workflows", path)):
        told = cli("validate", *words)
        assert (told.code, told.out, told.err) == (0, "", "no findings\n")


def test_time_before_the_last_event_is_told_to_be_moved(deal: Cli) -> None:
    told = deal("set", "D1", "amount=5", *WANG, "--now", "2026-01-01")
    assert told.out.splitlines()[1] == (
        "  note: --now 2026-01-01 00:00 is before the project's last event; recorded at 2026-03-02 09:00"
    )
    assert "note:" not in deal("set", "D1", "amount=6", *WANG, *AT).out


def test_period_that_ends_before_it_begins_is_a_usage_error(cli: Cli) -> None:
    told = cli("evaluate", "--from", "2026-05-01", "--to", "2026-01-01")
    assert (told.code, told.out) == (2, "")
    assert "--from (2026-05-01) is after --to (2026-01-01)" in told.err


def test_unknown_field_without_a_like_one_lists_the_known_ones(deal: Cli) -> None:
    hint = deal("set", "D1", "zzzz=1").err.splitlines()[1]
    assert hint.startswith("  → known: account, product, ")
    assert hint.endswith(" more")


def test_what_steers_a_terminal_is_never_echoed(deal: Cli) -> None:
    hostile = "\033[31m\033]0;x\a\x9b2J\u202e\u2066y"
    for words in (
        ("status", hostile),
        (hostile,),
        ("set", "D1", f"account={hostile}", "--as", "wang"),
        ("list", "--store", hostile),
    ):
        told = deal(*words)
        assert told.code in {1, 2}
        assert not set(told.out + told.err) & {*"\033\a\x9b\u202e\u2066"}
        assert "\ufffd]0;x\ufffd\ufffd2J\ufffd\ufffdy" in told.err
        as_json = deal("--format", "json", *words)
        assert not set(as_json.out) & {*"\033\a\x9b\u202e\u2066"}
        assert json.loads(as_json.out)["status"] in {"error", "refused"}


def test_page_generator_shows_its_help_and_writes_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "docs.generate", "--help"], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "--check" in done.stdout


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_import_says_how_many_rows_are_in_and_is_finished_by_running_again(
    cli: Cli, tmp_path: Path, ending: signal.Signals
) -> None:
    folder = tmp_path / "crm"
    cli("init", str(folder), "--example", "crm")
    rows = (f"O{number},Ann,GTX Pro,Konex,Won,2017-01-02,2017-03-01,500\n" for number in range(ROWS))
    (tmp_path / "deals.csv").write_text(HEADER + "".join(rows), encoding="utf-8")
    words = ("import", "csv", str(tmp_path / "deals.csv"), "--mapping", "crm_import", "--workspace", str(folder))
    # The first commit keeps the definitions, the second is that of the first rows.
    command = stopped(ending, 2, *words, "--lang", "en")
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout) == (130, "")
    told = re.fullmatch(r"interrupted; (\d+) rows are in; run again to finish\n", done.stderr)
    assert told is not None
    assert 0 < int(told[1]) < ROWS
    again = cli(*words, "--format", "json").data
    assert (again["unchanged"], again["created"]) == (int(told[1]), ROWS - int(told[1]))


def test_wide_file_names_few_of_its_columns(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "crm"
    cli("init", str(folder), "--example", "crm")
    more = "".join(f",extra{number}" for number in range(30))
    row = "O1,Ann,GTX Pro,Konex,Won,2017-01-02,2017-03-01,500" + "," * 30
    (tmp_path / "deals.csv").write_text(f"{HEADER.rstrip()}{more}\n{row}\n", encoding="utf-8")
    words = ("import", "csv", str(tmp_path / "deals.csv"), "--mapping", "crm_import", "--workspace", str(folder))
    told = cli(*words, "--lang", "en")
    assert told.code == 0
    assert told.out.splitlines()[-1].endswith(", extra9 … and 20 more")
