"""`flow` from the command line: a window, series over days, versions side by side."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.terminal import Scene, Terminal, enter, scene

NOW = "--now 2026-05-31T09:00 --lang en"
WORKFLOW = """salespm: 1
kind: workflow
id: jobs
version: {version}
domain: delivery
title: {{zh: 工作, en: Jobs}}
fields:
  points: {{type: integer, title: {{zh: 点数, en: Points}}}}
initial: todo
states:
  todo:   {{title: {{zh: 待办, en: To do}}}}
  doing:  {{title: {{zh: 在做, en: Doing}}}}
  review: {{title: {{zh: 评审, en: Review}}}}
  ready:  {{title: {{zh: 完成, en: Done}}, final: true, outcome: delivered}}
  off:    {{title: {{zh: 取消, en: Off}}, final: true, outcome: cancelled}}
transitions:
  start:  {{title: {{zh: 开始, en: Start}}, from: todo, to: doing, by: [owner]}}
  show:   {{title: {{zh: 评审, en: Show}}, from: doing, to: review, by: [owner]}}
  redo:   {{title: {{zh: 重做, en: Redo}}, from: review, to: doing, by: [owner]}}
  accept: {{title: {{zh: 验收, en: Accept}}, from: [doing, review], to: ready, by: [owner]}}
  stop:   {{title: {{zh: 取消, en: Stop}}, from: any, to: off, by: [owner]}}
"""


def write(version: int) -> None:
    Path("workflows").mkdir(exist_ok=True)
    Path("workflows/jobs.yaml").write_text(WORKFLOW.format(version=version), encoding="utf-8")


def job(terminal: Terminal, name: str, opened: str, *moves: tuple[str, str], points: int = 1) -> None:
    terminal.done(f"new jobs --id {name} points={points} --as wang --now {opened}T09:00")
    for day, word in moves:
        terminal.done(f"advance {name} {word} --as wang --now {day}T09:00")


def _prepare(_terminal: Terminal) -> None:
    terminal = Terminal(is_reading_again=True)
    write(1)
    job(terminal, "A", "2026-05-01", ("2026-05-03", "start"), ("2026-05-09", "accept"), points=3)
    moves = [("2026-05-04", "start"), ("2026-05-06", "show"), ("2026-05-07", "redo"), ("2026-05-21", "accept")]
    job(terminal, "B", "2026-05-01", *moves, points=5)
    write(2)
    job(terminal, "C", "2026-05-20", ("2026-05-21", "start"), ("2026-05-23", "stop"))
    job(terminal, "D", "2026-05-25", ("2026-05-27", "start"), points=8)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return scene(tmp_path_factory.mktemp("flow"), _prepare)


@pytest.fixture
def terminal(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    enter(stage.folder, monkeypatch)
    return stage.again(monkeypatch)


def spans(times: Mapping[str, Any] | None) -> tuple[int, str, str] | None:
    return None if times is None else (times["count"], times["p50"], times["p85"])


def test_report_tells_the_flow_of_a_month(terminal: Terminal) -> None:
    told = terminal.data(f"flow report jobs --period 2026-05 {NOW}")
    states = {one["state"]: one for one in told["states"]}

    assert (told["projects"], told["ended"], told["succeeded"], told["wip"]) == (4, 3, 2, 1)
    # Opened on the 1st, done on the 9th and the 21st, begun on the 3rd and the 4th.
    assert (spans(told["lead_time"]), spans(told["cycle_time"])) == ((2, "8", "20"), (2, "6", "17"))
    # Nine moves: one back, two past the review.
    assert (told["moves"], told["regress_rate"], told["skip_rate"]) == (9, "0.111111", "0.222222")
    # 6, 2, 14 and 2 days in it, and 4 so far.
    assert spans(states["doing"]["time"]) == (4, "2", "14")
    assert (spans(states["doing"]["age"]), states["doing"]["leak"]) == ((1, "4", "4"), "0.25")
    assert told["bottleneck"] == "doing"


def test_versions_stand_side_by_side(terminal: Terminal) -> None:
    told = terminal.data(f"flow compare-versions jobs {NOW}")["versions"]

    assert [(one["version"], one["projects"], one["succeeded"], spans(one["lead_time"])) for one in told] == [
        (1, 2, 2, (2, "8", "20")),
        (2, 2, 0, None),
    ]
    # From 1 and from 20 May, when each had its first project, to the 31st: 2 in 30 days, 1 in 11 days.
    assert [float(one["per_week"]) for one in told] == pytest.approx([2 * 7 / 30, 1 * 7 / 11], abs=1e-5)
    shown = terminal.done(f"flow compare-versions jobs {NOW}")
    assert "version 1" in shown
    # Two of two ended well under the first version, none of one under the second: nothing to judge by.
    judged = terminal.data(f"flow compare-versions jobs {NOW}")["contrasts"]
    assert [(one["figure"], one["counts"], one["verdict"]) for one in judged] == [
        ("success_rate", [2, 1], "too_few"),
        ("lead_time", [2, 0], "too_few"),
        ("cycle_time", [2, 0], "too_few"),
    ]
    line = next(one for one in shown.splitlines() if "success rate" in one and "→" in one)
    assert line.split()[-6:] == ["[0%–79.35%],", "n=1", "too", "few", "to", "judge"]


def test_cumulative_flow_counts_each_state_at_each_moment(terminal: Terminal) -> None:
    told = terminal.data(f"flow cumulative jobs --period 2026-05 --every 10 {NOW}")

    assert told["moments"] == ["2026-05-01T01:00:00Z", *(f"2026-05-{day}T01:00:00Z" for day in (11, 21, 31))][-4:]
    assert told["states"] == {"todo": [2, 0, 0, 0], "doing": [0, 1, 1, 1], "review": [0, 0, 0, 0]}
    assert told["ended"] == [0, 1, 2, 3]


def test_burndown_weighs_projects_by_a_field_and_tells_the_velocity(terminal: Terminal) -> None:
    told = terminal.data(f"flow burndown jobs --period 2026-05 --every 10 --points points {NOW}")

    assert (told["scope"], told["done"]) == (["8", "8", "9", "16"], ["0", "3", "8", "8"])
    assert (told["remaining"], told["velocity"]) == (["8", "5", "1", "8"], ["3", "5", "0"])


def test_flow_is_as_of_a_past_day(terminal: Terminal) -> None:
    told = terminal.data(f"flow report jobs --period 2026-05 --as-of 2026-05-10 {NOW}")

    assert (told["projects"], told["ended"], told["wip"]) == (2, 1, 1)


def test_a_month_that_has_not_begun_has_no_flow(terminal: Terminal) -> None:
    told = terminal.data(f"flow report jobs --period 2026-09 {NOW}")

    assert (told["opened"], told["ended"], told["per_week"], told["little"]["ratio"]) == (0, 0, None, None)


def test_histories_from_clocks_that_ran_ahead_give_no_negative_times(terminal: Terminal) -> None:
    told = terminal.data("flow report jobs --period 2026-05 --now 2026-05-02T09:00")

    ages = [one["age"] for one in told["states"] if one["age"] is not None]
    assert all(float(age["p50"]) >= 0 for age in ages)
    assert all(float(one["wip"]) >= 0 for one in told["states"])


def test_too_many_moments_are_refused(terminal: Terminal) -> None:
    answer = terminal.type(f"flow cumulative jobs --period 2020.. --every 1 {NOW}")

    assert answer.code == 2
    assert "at most 400" in answer.err


def test_burndown_of_a_backlog_counts_rows_until_they_are_accepted(terminal: Terminal) -> None:
    row = "record add S backlog --as qian --now 2026-05"
    terminal.done("new scrum --id S product=MES --as qian --now 2026-05-01T09:00")
    terminal.done(f"{row}-01T09:00 story=plan points=8", f"{row}-01T09:00 story=report points=5")
    terminal.done(f"{row}-08T09:00 story=plan points=8 accepted=true", f"{row}-12T09:00 story=export points=3")
    terminal.done(f"{row}-18T09:00 story=report accepted=true", f"{row}-25T09:00 story=report accepted=false")

    asked = f"flow burndown scrum --of backlog --done accepted --points points --period 2026-05 --every 10 {NOW}"
    told = terminal.data(asked)

    assert (told["scope"][-1], told["done"][-1], told["remaining"][-1]) == ("16", "8", "8")
    assert told["velocity"] == ["8", "0", "0"]
    assert float(told["mean_velocity"]) == pytest.approx(8 / 3, abs=1e-6)
    assert "16" in terminal.done(asked)
    assert terminal.type(f"flow burndown scrum --of backlog {NOW}").code == 2
    assert terminal.type(f"flow burndown scrum --of backlog --done ready {NOW}").code == 1
