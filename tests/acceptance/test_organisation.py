"""People, skill gaps and a leaver's handover at the command line, in a workspace with an organisation."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from salespm_flow.cli.main import main
from salespm_flow.store import open_store

SETTINGS = """
salespm: 1
kind: workspace
timezone: Asia/Shanghai
organisation: firm
"""
FIRM = """
salespm: 1
kind: organisation
id: firm
version: 1
skills: {talk: {title: {zh: 谈判, en: Negotiation}}, drive: {}}
roles: {rep: {title: {zh: 销售, en: Salesperson}, skills: {talk: 3}}, boss: {}}
units: {east: {title: {zh: 华东, en: East}, manager: zhao}}
people:
  wang: {title: {zh: 王芳, en: Wang Fang}, unit: east, roles: [rep], skills: {talk: 2}, deputy: he, away: [2026-05-06]}
  he: {unit: east, roles: [rep], skills: {talk: 4, drive: 3}}
  zhao: {unit: east, roles: [boss]}
"""
DEAL = """
salespm: 1
kind: workflow
id: deal
version: 1
domain: sales
initial: open
states:
  open: {title: {zh: 洽谈, en: Talks}, owner_role: rep, skills: {drive: 2}, tasks: {brief: {accountable: owner}}}
  closed: {final: true}
transitions: {close: {from: open, to: closed, by: [owner]}}
"""
AT = ("--now", "2026-05-04T10:00")
Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    (tmp_path / "workflows").mkdir()
    (tmp_path / "salespm.yaml").write_text(SETTINGS, "utf-8")
    (tmp_path / "workflows" / "firm.yaml").write_text(FIRM, "utf-8")
    (tmp_path / "workflows" / "deal.yaml").write_text(DEAL, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("SALESPM_STORE", raising=False)
    open_store(str(tmp_path / "salespm.db"), create=True).close()

    def run(*words: str) -> tuple[int, str, str]:
        code = main([*words, *AT] if "--now" not in words else words)
        said = capsys.readouterr()
        return code, said.out, said.err

    assert run("new", "deal", "--id", "D1", "--as", "wang")[0] == 0
    assert run("new", "deal", "--id", "D2", "--as", "wang")[0] == 0
    assert run("new", "deal", "--id", "D3", "--as", "he")[0] == 0
    return run


def data(told: tuple[int, str, str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(told[1])
    return found


def test_somebody_unknown_is_refused_and_told_who_is_meant(cli: Cli) -> None:
    code, _, said = cli("new", "deal", "--as", "wnag")
    assert (code, "did you mean wang?" in said, "[actor]" in said) == (1, True, True)
    code, _, said = cli("new", "deal", "--as", "wang", "--owner", "hee")
    assert (code, "did you mean he?" in said, "[owner]" in said) == (1, True, True)
    code, _, said = cli("new", "deal", "--as", "wang", "--role", "bos")
    assert (code, "did you mean" in said) == (1, True)


def test_one_file_is_judged_by_the_organisation_that_the_settings_name(cli: Cli) -> None:
    Path("workflows/deal.yaml").write_text(DEAL.replace("by: [owner]", "by: [onwer]"), "utf-8")
    code, told, _ = cli("validate", "workflows/deal.yaml", "--format", "json")
    found = json.loads(told)["findings"]
    assert (code, [(one["code"], one["hint"]["en"]) for one in found]) == (1, [("SF372", "did you mean `owner`?")])


def test_people_are_listed_with_presence_and_open_work(cli: Cli) -> None:
    _, told, _ = cli("people", "list", "--now", "2026-05-06T10:00")
    assert [line.split() for line in told.splitlines()[2:]] == [
        ["wang", "Wang", "Fang", "East", "Salesperson", "away", "→", "he", "2", "2", "0"],
        ["he", "he", "East", "Salesperson", "for", "wang", "1", "1", "0"],
        ["zhao", "zhao", "East", "boss", "0", "0", "0"],
    ]
    people = data(cli("people", "list", "--format", "json"))["people"]
    assert people[0] == {
        "person": "wang",
        "title": {"zh": "王芳", "en": "Wang Fang"},
        "unit": "east",
        "manager": "zhao",
        "roles": ["rep"],
        "skills": {"talk": 2},
        "away": False,
        "left": False,
        "deputy": "he",
        "acting_for": [],
        "open": {"projects": 2, "tasks": 2, "approvals": 0},
    }


def test_gaps_compare_the_owner_and_rank_candidates(cli: Cli) -> None:
    code, told, _ = cli("people", "gaps", "D1", "--lang", "zh")
    assert code == 0
    assert told == (
        "状态    洽谈\n"
        "角色    销售\n"
        "要求    drive 2、谈判 3\n"
        "负责人  wang：drive 0/2、谈判 2/3\n"
        "\n"
        "人选  差距                 缺  今天  未完\n"
        "────  ───────────────────  ──  ────  ────\n"
        "he    —                     0           2\n"
        "wang  drive 0/2、谈判 2/3   3           4\n"
    )
    assert data(cli("people", "gaps", "D1", "--format", "json")) == {
        "status": "ok",
        "organisation": "firm",
        "owner": "wang",
        "needs": [
            {
                "states": ["open"],
                "role": "rep",
                "skills": {"drive": 2, "talk": 3},
                "candidates": [
                    {"person": "he", "missing": 0, "gaps": [], "spare": 2, "away": False, "open": 2},
                    {
                        "person": "wang",
                        "missing": 3,
                        "gaps": [
                            {"skill": "drive", "needed": 2, "level": 0},
                            {"skill": "talk", "needed": 3, "level": 2},
                        ],
                        "spare": 0,
                        "away": False,
                        "open": 4,
                    },
                ],
            }
        ],
    }


def test_gaps_of_a_workflow_show_who_is_fit_for_each_state(cli: Cli) -> None:
    _, told, _ = cli("people", "gaps", "--workflow", "deal")
    assert [line.split() for line in told.splitlines()[2:]] == [["Talks", "Salesperson", "1/2", "he", "—"]]
    assert cli("people", "gaps")[0] == 2


def test_a_leavers_work_is_handed_over_and_asked_again_nothing_is_left(cli: Cli) -> None:
    ask = ("reassign", "--from", "wang", "--to", "he", "--reason", "left", "--as", "zhao")
    code, told, _ = cli(*ask, "--dry-run")
    assert (code, "dry run" in told) == (0, True)
    code, told, _ = cli(*ask)
    assert (code, told.splitlines()) == (
        0,
        [
            "✓ D1: wang → he  owner, task brief",
            "✓ D2: wang → he  owner, task brief",
            "handed over: 2 project(s), 2 task(s), 0 approval(s), 0 risk(s)",
        ],
    )
    assert cli(*ask) == (0, "", "nothing open is wang's\n")
    assert [one["owner"] for one in data(cli("list", "--format", "json"))["projects"]] == ["he", "he", "he"]
    assert cli("verify")[0] == 0


def test_a_handover_without_right_or_reason_is_refused(cli: Cli) -> None:
    code, told, said = cli("reassign", "--from", "wang", "--to", "he", "--reason", "x", "--as", "he", "--project", "D1")
    assert (code, told.splitlines()) == (
        1,
        ["handed over: 0 project(s), 0 task(s), 0 approval(s), 0 risk(s); 1 project(s) refused"],
    )
    assert "he may not hand over what is wang's; who may: wang, zhao" in said
    assert cli("reassign", "--from", "wang", "--to", "he", "--as", "zhao")[0] == 2
    answer = data(cli("reassign", "--from", "wang", "--to", "x", "--reason", "x", "--as", "zhao", "--format", "json"))
    assert (answer["status"], [one["status"] for one in answer["projects"]]) == ("refused", ["refused", "refused"])
    code, _, said = cli("reassign", "--from", "wang", "--to", "zaho", "--reason", "x", "--as", "zhao")
    assert (code, said) == (
        1,
        '✗ D1, D2\n  ✗ the organisation firm has no person "zaho"; did you mean zhao?\n      [successor]\n',
    )


def test_a_handover_from_or_to_somebody_unknown_is_refused_also_where_nothing_is_open(cli: Cli) -> None:
    for leaver, successor, meant in (("wnag", "he", "wang"), ("zhao", "hee", "he")):
        code, told, said = cli("reassign", "--from", leaver, "--to", successor, "--reason", "x", "--as", "zhao")
        assert (code, told, f"did you mean `{meant}`?" in said) == (1, "", True)


def test_inbox_serves_who_owns_a_project_though_the_organisation_does_not_know_him(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "salespm.yaml").write_text(SETTINGS.replace("organisation: firm\n", ""), "utf-8")
    task = DEAL.replace("id: deal", "id: plain").replace("owner_role: rep, skills: {drive: 2}, ", "")
    (tmp_path / "workflows" / "plain.yaml").write_text(task, "utf-8")

    assert cli("new", "plain", "--id", "P1", "--as", "mei")[0] == 0
    assert [one["id"] for one in data(cli("inbox", "--as", "mei", "--format", "json"))["sections"]["tasks"]] == [
        "brief"
    ]
    code, _, said = cli("inbox", "--as", "wnag")
    assert (code, "wang" in said) == (1, True)
