"""A month of a ten-person team: whatever `inbox`, `board` and `evaluate` say is what the histories come to."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.store import open_store
from tests.acceptance import month, recount, recount_more
from tests.acceptance.recount import Person, Story
from tests.acceptance.terminal import Terminal, chinese_terminal

SEED = 20260302
EVENING = "2026-03-31T18:30"
NOW = "2026-03-31T10:30:00Z"  # the same, in UTC

CHEN = Person(name="chen", roles=("sales_rep",))
PEOPLE = (
    Person(name="wang", roles=("sales_rep",)),
    Person(name="he", roles=("sales_rep", "presales")),
    CHEN,
    # chen is away, and lin is chen's deputy.
    Person(name="lin", roles=("sales_rep",), stands_for=(CHEN,)),
    Person(name="zhao", roles=("sales_manager", "sales_rep"), manages=("wang", "he", "chen", "lin")),
    Person(name="qian", roles=("project_manager",), manages=("sun",)),
    Person(name="sun", roles=("project_member",)),
    Person(name="li", roles=("legal",)),
    Person(name="wu", roles=("finance",)),
    Person(name="zhou", roles=("director",), manages=("zhao", "li", "wu")),
)
NOBODY = "he"  # has handed everything over


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    folder = tmp_path_factory.mktemp("month")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("LC_ALL", "zh_CN.UTF-8")
        patch.delenv("SALESPM_STORE", raising=False)
        typed = chinese_terminal(folder)
        month.hire(folder)
        _work_a_month(folder)
        typed.done(f"tick --now {EVENING}")
        yield typed


def _work_a_month(folder: Path) -> None:
    loaded = load(folder)
    assert loaded.errors == ()
    store = open_store(str(folder / "salespm.db"))
    month.Team(store, loaded.library, SEED).work()
    store.close()


@pytest.fixture(scope="module")
def stories(terminal: Terminal) -> Sequence[Story]:
    names = [one["project"] for one in terminal.data("list --limit 1000")["projects"]]
    return tuple(recount.told(name, terminal.data(f"history {name}")["entries"]) for name in names)


def test_month_had_everything_in_it(stories: Sequence[Story]) -> None:
    deals = [story for story in stories if not story.parent]
    assert len(deals) == month.DEALS
    places = Counter(story.place for story in stories)
    assert set(places) >= {
        *("prospecting", "first_contact", "discovery", "proposal", "negotiation", "contract"),
        *(
            "follow_up",
            "care",
            "closed",
            "lost",
            "initiation",
            "planning",
            "delivery",
            "on_hold",
            "closing",
            "returned",
        ),
    }
    requests = Counter(request["status"] for story in stories for request in story.approvals.values())
    assert set(requests) >= {"pending", "used", "rejected", "void"}
    assert any(request["escalated_at"] for story in stories for request in story.approvals.values())
    doings = Counter((entry["doing"], entry["name"]) for story in stories for entry in story.doings)
    assert doings["advance", "hold"] > doings["advance", "resume"] > 0
    assert doings["reassign", NOBODY] > 0
    assert doings["message", "delivery.returned"] > 0
    tasks = [task for story in stories for task in story.tasks.values() if task["status"] == "done"]
    assert any(task["due_at"] and task["closed_at"] > task["due_at"] for task in tasks)
    times = [entry["at"] for story in stories for entry in story.doings]
    assert date.fromisoformat(min(times)[:10]) == month.FIRST_DAY
    assert date.fromisoformat(max(times)[:10]) == month.LAST_DAY


def test_history_is_intact_and_another_tick_finds_nothing(terminal: Terminal) -> None:
    again = terminal.data(f"tick --now {EVENING}")
    assert (again["fired"], again["reassessed"], again["notices"]) == ([], [], [])
    assert terminal.data("verify")["status"] == "intact"


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
def test_inbox_is_what_the_histories_leave_to_do(terminal: Terminal, stories: Sequence[Story], person: Person) -> None:
    answered = terminal.data(f"inbox --as {person.name} --now {EVENING}")
    shown = {
        section: sorted((item["project"], item["id"], item["due_at"] or "", item["overdue"]) for item in items)
        for section, items in answered["sections"].items()
    }
    counted = recount.inbox(stories, person, NOW)

    assert shown == {
        section: sorted((project, name, due or "", late) for project, name, due, late in items)
        for section, items in counted.items()
    }
    late = sum(item[3] for items in counted.values() for item in items)
    assert answered["counts"] == {**{name: len(items) for name, items in counted.items()}, "overdue_in_all": late}


@pytest.mark.parametrize("workflow", ["sales_pipeline", "pm_lifecycle"])
def test_board_is_where_the_histories_end(terminal: Terminal, stories: Sequence[Story], workflow: str) -> None:
    lanes = terminal.data(f"board {workflow} --now {EVENING}")["lanes"]

    shown = {lane["state"]: {_card(card) for card in lane["projects"]} for lane in lanes}

    assert shown == recount.board(stories, workflow, NOW)


def _card(card: dict[str, Any]) -> recount.Card:
    amount = None if card["amount"] is None else card["amount"]["amount"]
    return card["project"], card["owner"], amount, card["age_days"], card["sla"]


def test_figures_are_what_the_histories_come_to(terminal: Terminal, stories: Sequence[Story]) -> None:
    answered = terminal.data(f"evaluate --now {EVENING}")
    counted = recount.figures(stories)

    shown = {kpi["id"]: (_value(kpi["value"]), kpi["population"]) for kpi in answered["kpis"]}
    assert shown == counted
    cards = {card["id"]: (card["total"], card["grade"]) for card in answered["scorecards"]}
    assert cards == recount.scores(counted)


# Told, with rows behind them, and not counted anew: they take tables of rates, formulas of other fields, or a period.
UNCOUNTED = frozenset({
    "commission", "revenue_usd", "new_customer_share", "promise_kept", "rotting", "needs_coverage", "expected_loss",
    "defect_density", "risk_calibration",
})  # fmt: skip


def test_every_other_figure_is_what_the_histories_and_tables_come_to(
    terminal: Terminal, stories: Sequence[Story]
) -> None:
    told = {kpi["id"]: kpi for kpi in terminal.data(f"evaluate --all --now {EVENING}")["kpis"]}
    counted = {**recount.figures(stories), **recount_more.more_figures(stories, Path("workflows"), NOW[:10])}

    assert {name: (_value(told[name]["value"]), told[name]["population"]) for name in counted} == counted
    for name in told.keys() - counted.keys() - UNCOUNTED:
        kpi = told[name]
        has_no_value = kpi["value"] is None and kpi["absent"] is not None
        assert has_no_value or (kpi["population"], _value(kpi["value"])) in {(0, "0"), (0, "0s")}, name


def _value(value: dict[str, str] | str | None) -> str | None:
    return value["amount"] if isinstance(value, dict) else value


def test_handoff_tells_messages_by_what_they_mean(terminal: Terminal, stories: Sequence[Story]) -> None:
    returned = next(story.parent for story in stories if story.outcome == "returned")

    lines = terminal.done(f"handoff show {returned}").splitlines()

    assert any(line.rpartition("→ 父项目  ")[2].startswith("交付团队退回 (returned) “") for line in lines)
    assert [line for line in lines if line != line.rstrip()] == []


def test_leaver_has_nothing_left(terminal: Terminal) -> None:
    board = json.dumps(terminal.data(f"board sales_pipeline --owner {NOBODY} --now {EVENING}")["lanes"])
    assert board == "[]"
