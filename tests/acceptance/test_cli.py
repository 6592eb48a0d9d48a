"""The command line over the shipped workflows, as a person and as a script use it."""

import csv
import shutil
from pathlib import Path

import pytest

from salespm_flow.cli.main import COMMANDS, main
from tests.acceptance.terminal import Cli, Told

WANG = ("--as", "wang", "--role", "sales_rep")
AT = ("--now", "2026-03-02T09:00")


@pytest.fixture(scope="session")
def fresh_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made") / "workspace"
    assert main(["init", str(root), "--lang", "en"]) == 0
    return root


@pytest.fixture
def cli(
    fresh_workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Cli:
    """Runs commands in a workspace of its own, in English."""
    folder = tmp_path / "workspace"
    shutil.copytree(fresh_workspace, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("SALESPM_STORE", raising=False)
    capsys.readouterr()

    def run(*words: str) -> Told:
        code = main(words)
        said = capsys.readouterr()
        return Told(code, said.out, said.err)

    return run


@pytest.fixture
def deal(cli: Cli) -> Cli:
    """As `cli`, with one deal in its first state."""
    told = cli("new", "sales_pipeline", "--id", "D1", "account=华兴制造", *WANG, *AT)
    assert (told.code, told.err) == (0, "")
    return cli


# ------------------------------------------------------------------------------------------------------- workspace


def test_init_makes_a_workspace_and_never_touches_what_is_there(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    planned = cli("init", str(folder), "--dry-run", "--format", "json").data["created"]
    assert not folder.exists()
    assert cli("init", str(folder), "--format", "json").data["created"] == planned
    assert {"salespm.yaml", "salespm.db", "workflows/sales_pipeline.yaml", "schemas/workflow.schema.json"} <= {*planned}
    (folder / "salespm.yaml").write_text("salespm: 1\nkind: workspace\nstore: mine.db\n", encoding="utf-8")
    (folder / "workflows" / "pm_lifecycle.yaml").unlink()
    again = cli("init", str(folder), "--format", "json").data
    assert again["created"] == ["workflows/pm_lifecycle.yaml", "mine.db"]
    assert "mine.db" in (folder / "salespm.yaml").read_text(encoding="utf-8")


def test_shipped_definitions_have_no_findings(cli: Cli) -> None:
    assert cli("validate", "--format", "json") == Told(
        0, '{\n  "status": "valid",\n  "findings": [],\n  "silenced": []\n}\n', ""
    )


def test_validate_tells_every_finding_with_its_place(cli: Cli) -> None:
    path = Path("workflows/sales_kpis.yaml")
    path.write_text(path.read_text("utf-8").replace("outcome = ", "outcom = "), "utf-8")
    told = cli("validate", "--format", "json")
    found = told.data["findings"]
    assert (told.code, told.data["status"]) == (1, "invalid")
    assert {(one["file"], one["code"], one["severity"]) for one in found} >= {
        ("workflows/sales_kpis.yaml", "SF202", "error")
    }
    human = cli("validate")
    assert human.code == 1
    assert f"{found[0]['file']}:{found[0]['line']}:{found[0]['column']}: error" in human.out
    assert "error(s)" in human.err


def test_commands_work_on_the_shipped_definitions_without_a_workspace(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli("diagram", "pm_lifecycle").out.startswith("stateDiagram-v2\n")
    missing = cli("list")
    assert (missing.code, missing.out) == (1, "")
    assert "SF511" in missing.err


# ---------------------------------------------------------------------------------------------------- one project


def test_refusal_exits_with_one_and_tells_every_reason(deal: Cli) -> None:
    told = deal("advance", "D1", "qualify", *WANG, "--now", "2026-03-03T09:00")
    assert (told.code, told.out) == (1, "")
    assert told.err.splitlines()[0] == "Refused, 3 reason(s):"
    assert [line.strip().split("]")[0] for line in told.err.splitlines() if line.strip().startswith("[")] == [
        "[market_size",
        "[target_segment",
        "[market_notes",
    ]


def test_refusal_as_json_is_stable(deal: Cli) -> None:
    told = deal("advance", "D1", "qualify", *WANG, "--now", "2026-03-03T09:00", "--format", "json")
    first = told.data["reasons"][0]
    assert (told.code, told.err) == (1, "")
    assert {key: value for key, value in told.data.items() if key != "reasons"} == {
        "status": "refused",
        "project": "D1",
        "replayed": False,
    }
    assert {key: first[key] for key in ("id", "kind", "values", "transition")} == {
        "id": "market_size",
        "kind": "missing",
        "values": {"market_size": None},
        "transition": "qualify",
    }
    assert set(first["message"]) == {"zh", "en"}
    assert first["rule"]["file"] == "workflows/sales_pipeline.yaml"


def test_accepted_move_tells_where_the_project_stands(deal: Cli) -> None:
    deal("record", "add", "D1", "market_notes", "trend=cloud", "source=press", *WANG, "--now", "2026-03-03T09:00")
    told = deal(
        *("advance", "D1", "qualify", "market_size=80000000", "target_segment=makers"),
        *(*WANG, "--now", "2026-03-03T10:00", "--format", "json"),
    )
    assert (told.code, told.err) == (0, "")
    assert {key: told.data[key] for key in ("status", "state", "transitions", "dry_run", "at", "open")} == {
        "status": "accepted",
        "state": "prospecting",
        "transitions": ["qualify"],
        "dry_run": False,
        "at": "2026-03-03T02:00:00Z",
        "open": True,
    }


def test_dry_run_decides_and_writes_nothing(deal: Cli) -> None:
    told = deal("set", "D1", "amount=5", *WANG, "--now", "2026-03-03T09:00", "--dry-run", "--format", "json")
    assert (told.code, told.data["dry_run"]) == (0, True)
    assert deal("status", "D1", "--format", "json").data["fields"]["amount"] is None


def test_same_key_is_answered_once_and_refused_for_another_request(deal: Cli) -> None:
    ask = ("set", "D1", "amount=5", *WANG, "--now", "2026-03-03T09:00", "--key", "k1", "--format", "json")
    first, second = deal(*ask).data, deal(*ask).data
    assert second == first | {"replayed": True}
    other = deal("set", "D1", "amount=6", *WANG, "--now", "2026-03-03T09:00", "--key", "k1", "--format", "json")
    assert (other.code, other.data["status"], other.data["code"]) == (1, "error", "SF504")


def test_new_under_a_key_makes_one_project(cli: Cli) -> None:
    ask = ("new", "sales_pipeline", *WANG, *AT, "--key", "from-the-form", "--format", "json")
    first, second = cli(*ask).data, cli(*ask).data
    assert first["project"].startswith("sp-")
    assert second == first | {"replayed": True}
    assert len(cli("list", "--format", "json").data["projects"]) == 1


def test_project_may_be_named_by_its_first_characters(deal: Cli) -> None:
    assert deal("status", "D", "--format", "json").data["project"] == "D1"
    deal("new", "sales_pipeline", "--id", "D2", *WANG, *AT)
    told = deal("status", "D")
    assert (told.code, told.out) == (1, "")
    assert "2 projects begin with" in told.err
    assert "D1, D2" in told.err


def test_blank_value_clears_a_field(deal: Cli) -> None:
    deal("set", "D1", "product=ERP", *WANG, *AT)
    deal("set", "D1", "product=", *WANG, *AT)
    assert deal("status", "D1", "--format", "json").data["fields"]["product"] is None


def test_status_reads_the_past_by_effective_time(deal: Cli) -> None:
    deal("set", "D1", "amount=5", *WANG, "--now", "2026-03-05T09:00")
    deal("set", "D1", "amount=9", *WANG, "--now", "2026-03-09T09:00")
    seen = [
        deal("status", "D1", "--as-of", day, "--format", "json").data["fields"]["amount"]
        for day in ("2026-03-06", "2026-03-10")
    ]
    assert seen == [{"amount": "5", "currency": "CNY"}, {"amount": "9", "currency": "CNY"}]
    assert "did not exist yet" in deal("status", "D1", "--as-of", "2026-01-01").err


def test_status_and_history_are_for_people_in_both_languages(deal: Cli) -> None:
    english = deal("status", "D1", "--now", "2026-03-02T10:00")
    assert english.out.splitlines()[:3] == [
        "D1  Sales pipeline sales_pipeline v1",
        "State        Market research (market_research)  0 d  ● on time, until 2026-03-06 18:00",
        "Probability  5%",
    ]
    whole = deal("status", "D1", "--all", "--now", "2026-03-02T10:00").out.splitlines()
    assert whole[1:3] == ["State        Market research (market_research)", "Probability  5%"]
    assert (
        deal("history", "D1", "--lang", "zh").out.splitlines()[0]
        == "#1 2026-03-02 09:00  新建 sales_pipeline  wang (sales_rep)"
    )


def test_why_lists_moves_with_the_reasons_against_each(deal: Cli) -> None:
    told = deal("why", "D1", *WANG, "--now", "2026-03-02T10:00", "--format", "json")
    assert [(move["transition"], move["possible"]) for move in told.data["moves"]] == [
        ("qualify", False),
        ("lose", False),
    ]
    assert told.code == 0
    elsewhere = deal(
        "why", "D1", "sign", "--as", "li", "--role", "legal", "--now", "2026-03-02T10:00", "--format", "json"
    )
    assert (elsewhere.code, [reason["id"] for reason in elsewhere.data["reasons"]]) == (1, ["state"])


def test_history_as_json_names_every_change(deal: Cli) -> None:
    (entry,) = deal("history", "D1", "--format", "json").data["entries"]
    assert {key: entry[key] for key in ("number", "doing", "name", "actor", "role", "at")} == {
        "number": 1,
        "doing": "open",
        "name": "sales_pipeline",
        "actor": "wang",
        "role": "sales_rep",
        "at": "2026-03-02T01:00:00Z",
    }
    assert [change["change"] for change in entry["changes"]] == [
        *("opened", "field", "field", "move", "clock", "clock", "task"),
    ]


def test_task_is_done_by_its_id(deal: Cli) -> None:
    told = deal("task", "done", "D1", "brief", *WANG, "--now", "2026-03-03T09:00", "--format", "json")
    assert (told.code, told.data["tasks_closed"]) == (0, ["brief"])


def test_diagram_highlights_where_a_project_stands(deal: Cli) -> None:
    told = deal("diagram", "sales_pipeline", "--project", "D1")
    assert "    class market_research current" in told.out.splitlines()
    assert deal("diagram", "pm_lifecycle", "--project", "D1").code == 1


# ------------------------------------------------------------------------------------------------- wrong requests


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (("new", "sales_pipelin"), "SF502", "sales_pipeline"),
        (("status", "X9"), "SF502", "D1"),
        (("set", "D1", "amout=5"), "SF502", "amount"),
        (("set", "D1", "amount=many"), "SF503", "300000 CNY"),
        (("set", "D1", "amount=5 USD"), "SF503", "CNY"),
        (("set", "D1", "amount=5", "amount=6"), "SF503", ""),
        (("advance", "D1", "qualfy"), "SF502", "qualify"),
        (("advance", "D1", "qualify", "--role", "sales_reb"), "SF502", "sales_rep"),
        (("record", "add", "D1", "need", "ref=1"), "SF502", "needs"),
        (("record", "add", "D1", "needs", "reff=1"), "SF502", "ref"),
        (("task", "done", "D1", "breif"), "SF502", "brief"),
        (("set", "D1", "amount=5", "--now", "tomorrow"), "SF503", "2026-03-02"),
        (("set", "D1", "amount=5", "--as", "system"), "SF503", "--as"),
        (("schema", "workflo"), "SF502", "workflow"),
        (("diagram", "pm_lifecycl"), "SF502", "pm_lifecycle"),
        (("import", "csv", "nowhere.csv", "--mapping", "crm"), "SF502", ""),
        (("list", "--workspace", "nowhere"), "SF503", "init"),
        (("list", "--store", "nowhere.db"), "SF511", "init"),
    ],
)
def test_wrong_name_or_value_is_told_with_its_code_and_a_hint(
    deal: Cli, words: tuple[str, ...], code: str, hint: str
) -> None:
    told = deal(*words)
    assert (told.code, told.out) == (1, "")
    assert told.err.startswith(f"Error {code}: ")
    assert hint in told.err
    as_json = deal(*words, "--format", "json")
    assert (as_json.code, as_json.data["status"], as_json.data["code"]) == (1, "error", code)


def test_filter_of_many_characters_is_shown_in_part(deal: Cli) -> None:
    said = deal("list", "sales_pipeline", "--where", "(" * 5000).err.splitlines()
    assert "5000 characters of 4000 allowed" in said[0]
    assert max(map(len, said)) < 120
    said = deal("list", "sales_pipeline", "--where", "amount >\n 金额").err.splitlines()
    assert said[1:3] == ["amount >  金额", " " * 10 + "^^^^"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("lits",), "没有“lits”这个命令"),
        (("list", "--wher", "x"), "没有选项 --wher"),
        (("list", "--limit", "0"), "--limit 应是不小于 1 的整数"),
        (("list", "--format", "xml"), "--format 只能是 human, json, csv 之一"),
        (("list", "--now"), "选项 --now 后面缺少值"),
        (("list", "--where", "amount > 1"), "用 --where 时必须指明流程"),
        (("list", "sales_pipeline", "--where", "amout > 1"), "--where"),
        (("status",), "缺少 PROJECT"),
        (("status", "D1", "D2"), "多余的参数：D2"),
        (("set", "D1"), "没有给出 字段=值"),
        (("set", "D1", "amount"), "“amount”应写成 字段=值"),
        (("import", "csv", "x.csv"), "缺少 --mapping"),
        (("record",), ""),
        ((), ""),
    ],
)
def test_wrong_command_line_exits_with_two_in_the_language_asked_for(
    deal: Cli, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], message: str
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    told = deal(*words)
    assert (told.code, told.out) == (2, "")
    assert message in told.err
    assert "用法" in told.err


def test_defect_of_the_program_shows_no_traceback(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COMMANDS, "list", ("absent_module", COMMANDS["list"][1]))
    told = cli("list")
    assert (told.code, told.out) == (3, "")
    assert told.err.startswith("Internal error SF599: ModuleNotFoundError")
    assert "Traceback" not in told.err
    report = Path(told.err.split("report it with ")[1].strip())
    assert "Traceback" in report.read_text("utf-8")
    report.unlink()


def test_defect_while_telling_an_error_shows_no_traceback_either(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_path: Path) -> None:
        raise RuntimeError("unforeseen")

    # Stands for any defect in reading the workspace, whose language the usage error is to be told in.
    monkeypatch.setattr("salespm_flow.definition.workspace.find_workspace", fail)
    told = cli("lits")
    assert (told.code, told.out) == (3, "")
    assert told.err.startswith("Internal error SF599: RuntimeError: unforeseen")
    Path(told.err.split("report it with ")[1].strip()).unlink()


def test_shared_options_stand_before_or_after_the_command_and_after_wins(cli: Cli) -> None:
    assert cli("--format", "json", "schema").data == cli("schema", "--format", "json").data
    assert cli("--format", "json", "schema", "--format", "human").out.startswith("workflow\n")
    assert cli("--lang", "zh", "--workspace", "nowhere", "list", "--lang", "en").err.startswith("Error SF503")


# ---------------------------------------------------------------------------------------------- many projects


def test_list_filters_by_an_expression_and_writes_csv(deal: Cli) -> None:
    deal("new", "sales_pipeline", "--id", "D2", "amount=500000", "product=MES", *WANG, *AT)
    told = deal("list", "sales_pipeline", "--where", 'amount > 100000 and state = "market_research"', "--format", "csv")
    header, *rows = told.out.splitlines()
    assert header.startswith("project,workflow,state,outcome,owner,opened_at,outcome_at,closed_at,account,product,")
    assert [row.split(",")[:6] for row in rows] == [
        ["D2", "sales_pipeline", "market_research", "", "wang", "2026-03-02T01:00:00Z"]
    ]
    assert [one["project"] for one in deal("list", "--format", "json").data["projects"]] == ["D1", "D2"]
    limited = deal("list", "--limit", "1")
    assert len(limited.out.splitlines()) == 3
    assert limited.err == "only the first 1 are shown\n"


def test_tick_fires_what_is_due_once(deal: Cli) -> None:
    later = ("--now", "2026-03-20T09:00", "--format", "json")
    foreseen = deal("tick", "--dry-run", *later).data
    assert [due["clock"] for due in foreseen["due"]] == ["sla.warn.market_research", "sla.breach.market_research"]
    assert [one["clock"] for one in deal("tick", *later).data["fired"]] == [due["clock"] for due in foreseen["due"]]
    assert deal("tick", *later).data["fired"] == []


def test_evaluate_keeps_the_figures_and_shows_what_has_none(deal: Cli) -> None:
    deal("advance", "D1", "lose", "lost_reason=price", *WANG, "--now", "2026-03-03T09:00")
    told = deal("evaluate", "--now", "2026-03-04T09:00", "--format", "json").data
    figures = {kpi["id"]: (kpi["value"], kpi["population"]) for kpi in told["kpis"]}
    assert (told["kept"], figures["win_rate"], figures["cycle"]) == (True, ("0", 1), (None, 0))
    human = deal("evaluate", "--dry-run").out
    cycle = next(line for line in human.splitlines() if line.startswith("Mean sales cycle "))
    assert cycle.split()[-3:] == ["cycle", "n/a", "0"]


def test_verify_finds_a_changed_byte(deal: Cli) -> None:
    assert deal("verify", "--format", "json").data == {"status": "intact", "findings": []}
    store = Path("salespm.db")
    store.write_bytes(store.read_bytes().replace("华兴".encode(), "华新".encode(), 1))
    told = deal("verify", "--format", "json")
    assert (told.code, told.data["status"]) == (1, "broken")
    assert {one["project"] for one in told.data["findings"]} == {"D1"}
    assert deal("verify").out.startswith("✗ D1 #")


def test_schema_is_json_of_the_kind_asked_for(cli: Cli) -> None:
    kinds = cli("schema").out.split()
    assert "workflow" in kinds
    assert cli("schema", "workflow").data["$id"] == "workflow.schema.json"


# ------------------------------------------------------------------------------------------- changed definitions


def test_broken_definition_stops_new_projects_and_not_the_running_ones(deal: Cli) -> None:
    path = Path("workflows/sales_pipeline.yaml")
    path.write_text(path.read_text("utf-8").replace("initial: market_research", "initial: market_reserch"), "utf-8")
    refused = deal("new", "sales_pipeline", *WANG, *AT)
    assert refused.code == 1
    assert "did you mean" in refused.err
    assert "Error SF501" in refused.err
    told = deal("set", "D1", "amount=5", *WANG, "--now", "2026-03-03T09:00")
    assert told.code == 0
    assert "warning: 1 error(s)" in told.err


def test_edited_definition_needs_a_new_version_or_a_draft(deal: Cli) -> None:
    path = Path("workflows/sales_pipeline.yaml")
    path.write_text(path.read_text("utf-8").replace("fit_floor: 60", "fit_floor: 70"), "utf-8")
    refused = deal("new", "sales_pipeline", *WANG, *AT)
    assert (refused.code, "Error SF506" in refused.err) == (1, True)
    assert deal("new", "sales_pipeline", "--draft", *WANG, *AT).code == 0
    assert deal("set", "D1", "amount=5", *WANG, "--now", "2026-03-03T09:00").code == 0


# ----------------------------------------------------------------------------------------------------------- demo


def test_demonstration_tells_what_every_step_did(cli: Cli) -> None:
    told = cli("demo", "--full")
    assert (told.code, told.err) == (0, "")
    assert "!!" not in told.out
    for line in (
        "  ✗ The lead fits too little",
        "  risk A rival undercuts us [high 16] → role sales_manager; response: Add value or change the offer",
        "2026-04-02 18:00 D1 SLA warning negotiation",
        "  child project D1.delivery.1 (pm_lifecycle)",
        "✗ accept Accept → Active",
        "D1.delivery.1 message delivery.accepted → D1 [handled]",
        "  move Turn amber (to_amber) → Amber (amber)",
        "D1.delivery.1 notice role director: The project is red",
        "  risk closed The budget runs short",
        "✓ D1.delivery.1: Closed (closed)",
        "✓ history, states, messages and definitions are intact",
    ):
        assert line in told.out.splitlines()


# --------------------------------------------------------------------------------------------------------- import


def test_import_accounts_for_every_row_and_repeats_nothing(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "crm"
    cli("init", str(folder), "--example", "crm")
    header = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
    rows = ("O1,Ann,GTX Pro,Konex,Won,2017-01-02,2017-03-01,500", "O2,Ann,GTX Pro,Konex,Lost,2017-01-05,2017-01-09,0")
    (tmp_path / "deals.csv").write_text(header + "\n".join(rows) + "\n", encoding="utf-8")
    ask = ("import", "csv", str(tmp_path / "deals.csv"), "--mapping", "crm_import", "--workspace", str(folder))
    first = cli(*ask, "--format", "json").data
    assert {key: first[key] for key in ("status", "rows", "created", "refused")} == {
        "status": "ok",
        "rows": 2,
        "created": 2,
        "refused": 0,
    }
    again = cli(*ask, "--lang", "en")
    assert "Nothing has changed" in again.out


def test_row_that_cannot_be_read_stays_out_alone_and_is_listed(cli: Cli, tmp_path: Path) -> None:
    cli("init", str(tmp_path / "crm"), "--example", "crm", "--lang", "zh")
    file, listing = tmp_path / "deals.csv", tmp_path / "rows.csv"
    header = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
    bad = "O2,Ann,GTX Pro,Konex,Lost,2017-01-05,09/01/2017,nothing\n"
    rows = ("O1,Ann,GTX Pro,Konex,Won,2017-01-02,2017-03-01,500\n", bad, "O3,Ann,GTX Pro,Konex,Gone,,,\n", "O4,Ann\n")
    file.write_text(header + "".join(rows), encoding="utf-8")
    ask = ("import", "csv", str(file), "--mapping", "crm_import", "--workspace", str(tmp_path / "crm"))

    told = cli(*ask, "--preview")
    assert told.code == 1
    refused = [line for line in told.out.splitlines() if "第 3 行（O2）：列 close_date：" in line]
    assert refused == ["  第 3 行（O2）：列 close_date：`09/01/2017` 不是可用的日期；应写成 yyyy-MM-dd"]
    assert cli(*ask, "--report", str(listing)).code == 1

    with listing.open(encoding="utf-8-sig", newline="") as text:
        found = [(row["line"], row["project"], row["fate"], row["reasons"]) for row in csv.DictReader(text)]
    assert found == [
        ("2", "O1", "created", ""),
        ("3", "O2", "refused", "cell.close_date, cell.close_value"),
        ("4", "O3", "refused", "cell.deal_stage"),
        ("5", "O4", "refused", "width"),
    ]
    file.write_text(header + rows[0] + bad.replace("09/01/2017", "2017-01-09").replace("nothing", "0"), "utf-8")
    again = cli(*ask, "--format", "json").data
    assert (again["unchanged"], again["created"], again["refused"]) == (1, 1, 0)


def test_broken_settings_stop_everything_but_validation(deal: Cli) -> None:
    path = Path("salespm.yaml")
    path.write_text(path.read_text("utf-8").replace("Asia/Shanghai", "Asia/Shangai"), "utf-8")

    told = deal("set", "D1", "amount=5", *WANG, "--now", "2026-03-03T09:00")

    assert (told.code, told.out) == (1, "")
    assert "Asia/Shangai" in told.err
    assert "Error SF501" in told.err
    assert deal("validate").code == 1
