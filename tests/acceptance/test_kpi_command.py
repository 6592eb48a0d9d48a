"""`kpi` from the command line: definitions, figures, where they come from, and what is said of a wrong question."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.terminal import Terminal

NOW = "--now 2026-07-01T09:00 --lang en"


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Two deals in a fresh workspace: one of wang lost in May, one of he open."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("SALESPM_STORE", raising=False)
    made = Terminal()
    made.done(
        "init --lang en",
        "new sales_pipeline --id D1 amount=100000 --as wang --now 2026-04-01T09:00",
        "advance D1 lose lost_reason=price --as wang --role sales_rep --now 2026-05-01T09:00",
        "new sales_pipeline --id D2 amount=50000 --as he --now 2026-06-01T09:00",
    )
    return made


def data(terminal: Terminal, line: str) -> Mapping[str, Any]:
    told: Mapping[str, Any] = json.loads(terminal.done(f"{line} --format json {NOW}"))
    return told


def figures(terminal: Terminal, line: str) -> dict[str, tuple[Any, Any]]:
    """The value and the reason for none, by KPI."""
    kpis = data(terminal, line)["kpis"]
    return {kpi["id"]: (kpi["value"], kpi["absent"] and kpi["absent"]["why"]) for kpi in kpis}


def test_list_and_show_tell_how_kpis_are_defined(terminal: Terminal) -> None:
    listed = data(terminal, "kpi list customer_kpis")["kpis"]
    shown = data(terminal, "kpi show nps")

    assert ("customer_kpis", "nps") in [(kpi["set"], kpi["id"]) for kpi in listed]
    assert shown["expressions"] == {
        "where": "recommend != null",
        "numerator": "count(surveys[recommend >= 9]) - count(surveys[recommend <= 6])",
        "denominator": "count(surveys)",
    }
    assert (shown["unit"], shown["of"], shown["workflow"], shown["basis"]) == (
        "percent",
        "surveys",
        "sales_pipeline",
        "created",
    )


def test_value_is_of_a_period_a_person_and_a_past_day(terminal: Terminal) -> None:
    asked = "kpi value conversion win_rate open_pipeline"
    empty = (None, "zero_denominator")

    assert figures(terminal, f"{asked} --period 2026-Q2") == {
        "win_rate": ("0", None),
        "conversion": ("0", None),
        "open_pipeline": ({"amount": "50000", "currency": "CNY"}, None),
    }
    assert figures(terminal, f"{asked} --person he")["win_rate"] == empty
    assert figures(terminal, f"{asked} --team east")["win_rate"] == ("0", None)
    assert figures(terminal, f"{asked} --as-of 2026-04-30") == {
        "win_rate": empty,
        "conversion": ("0", None),
        "open_pipeline": ({"amount": "100000", "currency": "CNY"}, None),
    }


def test_explain_shows_parts_and_first_rows_or_the_reason_for_none(terminal: Terminal) -> None:
    told = data(terminal, "kpi explain conversion --rows 1")

    assert (told["numerator"], told["denominator"], told["population"]) == ("0", "2", 2)
    assert told["rows"] == [{"id": "D1", "opened_at": "2026-04-01T01:00:00Z", "outcome": "lost"}]
    said = terminal.done(f"kpi explain csat {NOW}")
    assert "n/a because    the denominator is zero\n" in said
    assert "no row is in the population" in said
    assert "无数据的原因  分母为零\n" in terminal.done("kpi explain csat --now 2026-07-01T09:00 --lang zh")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("kpi value --period 2026-13", '"2026-13" is no period'),
        ("kpi value --period 2026-06..2026-05", '"2026-06..2026-05" is no period'),
        ("kpi value --period 3000", 'the period "3000" is out of range'),
        ("kpi value --as-of 2026-07-02", "--as-of (2026-07-02) is yet to come"),
        ("kpi value --as-of never", "never"),
        ("kpi value --person wan", 'there is no person "wan"'),
        ("kpi value --team esat", 'there is no unit "esat"'),
        ("kpi value --project D9", "D9"),
        ("kpi value --person wang --team east", "only one of these can be given: --person --team"),
        ("kpi value revenu", 'there is no KPI "revenu"'),
        ("kpi show revenu", "did you mean `revenue`?"),
        ("kpi list sales_kpi", "did you mean `sales_kpis`?"),
        ("evaluate --period 2026-Q2 --from 2026-04-01", "--period excludes --from and --to"),
    ],
)
def test_wrong_question_is_refused_with_what_would_do(terminal: Terminal, line: str, message: str) -> None:
    told = terminal.type(f"{line} {NOW}")

    assert told.code in {1, 2}
    assert message in told.text


def test_figures_that_guards_read_are_kept_by_evaluate_alone(terminal: Terminal) -> None:
    terminal.done(f"kpi value {NOW}")
    assert data(terminal, "evaluate --period 2026-Q2")["kept"] is False
    assert data(terminal, "evaluate")["kept"] is True


def test_evaluate_tells_the_sets_that_scorecards_read_or_those_asked_for(terminal: Terminal) -> None:
    def told(options: str) -> tuple[list[str], list[str]]:
        answered = data(terminal, f"evaluate --dry-run {options}")
        return answered["sets"], [card["id"] for card in answered["scorecards"]]

    every = list(terminal_sets(terminal))
    assert told("") == (
        ["delivery_kpis", "sales_kpis", "sales_project_kpis"],
        ["pm_scorecard", "sales_project_scorecard", "sales_scorecard"],
    )
    assert told("--set flow_kpis") == (["flow_kpis"], [])
    assert told("--set delivery_kpis --set flow_kpis") == (["delivery_kpis", "flow_kpis"], ["pm_scorecard"])
    assert sorted(told("--all")[0]) == sorted(every)
    assert terminal.type("evaluate --set flow").code == 1


def terminal_sets(terminal: Terminal) -> dict[str, None]:
    """Every set of the workspace."""
    return dict.fromkeys(kpi["set"] for kpi in data(terminal, "kpi list")["kpis"])
