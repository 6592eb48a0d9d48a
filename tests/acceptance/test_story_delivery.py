"""A delivery project typed at the terminal: amber, red, a correction, a hold, the return, acceptance and lessons."""

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.terminal import Terminal, chinese_terminal


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.delenv("SALESPM_STORE", raising=False)
    return chinese_terminal(tmp_path)


def begin(terminal: Terminal) -> None:
    terminal.done(
        "new pm_lifecycle --id P1 scope=排程 budget=600000 deadline=2026-06-30 --as qian --now 2026-03-02T09:00",
        *(
            f"record add P1 feasibility aspect={aspect} feasible=true --as qian --now 2026-03-03T10:00"
            for aspect in ("technical", "economic", "schedule")
        ),
        "record add P1 milestones name=上线 due=2026-06-15 --as qian --now 2026-03-03T10:10",
        "task done P1 charter --as qian --now 2026-03-03T11:00",
    )
    accept = "advance P1 accept objective=上线 start_on=2026-03-09 --as qian --now 2026-03-03T14:00"
    assert terminal.data(accept)["approvals_requested"] == ["go"]
    assert terminal.refused("approve P1 go --as qian --now 2026-03-03T15:00") == ["excepted"]
    assert terminal.data("approve P1 --as zhou --now 2026-03-04T09:00")["state"] == "planning"
    terminal.done(
        "record add P1 deliverables name=系统 --as qian --now 2026-03-05T09:00",
        "task done P1 breakdown --as sun --now 2026-03-06T15:00",
        "task done P1 schedule --as qian --now 2026-03-06T16:00",
    )
    assert states(terminal.data("advance P1 baseline --as qian --now 2026-03-06T17:00")) == ["working", "green"]


def states(answered: dict[str, Any]) -> list[str]:
    found: list[str] = answered["states"]
    return found


def clocks(terminal: Terminal, at: str) -> dict[str, str | None]:
    found = terminal.data(f"status P1 --as qian --now {at}")["clocks"]
    return {clock["id"]: clock["due_at"] for clock in found}


def turn_red(terminal: Terminal) -> None:
    amber = terminal.data("record add P1 spending category=labour amount=560000 --as qian --now 2026-03-10T10:00")
    assert (states(amber), amber["transitions"]) == (["working", "amber"], ["to_amber"])
    red = terminal.data("record add P1 spending category=equipment amount=60000 --as qian --now 2026-03-11T10:00")
    assert (states(red), red["transitions"]) == (["working", "analysing"], ["to_red"])
    assert terminal.refused("advance P1 correct --as qian --now 2026-03-11T10:30") == ["acted"]
    terminal.done(
        "record add P1 corrections cause=涨价 measure=追加预算 due=2026-03-16 --as qian --now 2026-03-11T11:00"
    )
    corrected = terminal.data("advance P1 correct --as qian --now 2026-03-11T11:10")
    assert states(corrected) == ["working", "correcting"]


def test_delivery_goes_red_is_corrected_held_resumed_and_closed_with_lessons(terminal: Terminal) -> None:
    begin(terminal)
    turn_red(terminal)
    submitted = terminal.data("advance P1 submit --as sun --now 2026-03-12T10:00")
    assert states(submitted) == ["review", "correcting"]
    terminal.done(
        "tick --now 2026-03-13T09:00",
        "task done P1 review --as qian --now 2026-03-13T09:30",
        "record add P1 reviews result=超支 --as qian --now 2026-03-13T09:35",
    )
    before = clocks(terminal, "2026-03-13T09:40")
    # One of three working days of the review is used; the warning of the red light was given the day before.
    assert before["sla.warn.review"] == "2026-03-17T02:00:00Z"
    assert "sla.warn.red" not in before

    hold = "advance P1 hold --as qian --now 2026-03-13T10:00"
    assert terminal.refused(hold) == ["comment"]
    assert states(terminal.data(f"{hold} --comment 客户搬迁")) == ["on_hold"]
    held = terminal.data("tick --now 2026-04-03T10:00")
    assert held["fired"] == []
    resumed = terminal.data("advance P1 resume --as qian --now 2026-04-07T10:00")
    assert states(resumed) == ["review", "correcting"]
    after = clocks(terminal, "2026-04-07T10:05")
    assert set(after) == set(before)
    assert (after["sla.warn.review"], after["sla.breach.red"]) == ("2026-04-09T02:00:00Z", "2026-04-08T02:00:00Z")

    green = terminal.data("set P1 budget=800000 --as zhou --now 2026-04-07T15:00")
    assert (states(green), green["risks_closed"]) == (["review", "green"], ["delivery_risks.overspend#1"])
    assert terminal.refused("advance P1 pass --as qian --now 2026-04-08T09:00") == ["inspections", "quality"]
    terminal.done("record add P1 inspections deliverable=系统 round=1 passed=true --as qian --now 2026-04-08T09:30")
    assert terminal.data("advance P1 pass --as qian --now 2026-04-08T09:40")["transitions"] == ["pass", "wrap_up"]
    close = "advance P1 close acceptance_report=签字 summary=按期 --as qian --now 2026-04-13T14:00"
    assert terminal.refused(close) == ["lessons", "accepted"]
    terminal.done(
        "record add P1 deliverables name=系统 accepted_by=陈总 accepted_on=2026-04-10 --as qian --now 2026-04-10T14:00",
        "record add P1 lessons context=采购 advice=锁定价格 success=false --as qian --now 2026-04-10T15:00",
    )
    closed = terminal.data(close)
    assert (closed["state"], closed["outcome"], closed["open"]) == ("closed", "delivered", False)
    assert "锁定价格" in terminal.done("record list P1 lessons")
    assert clocks(terminal, "2026-04-13T15:00") == {}
    assert terminal.data("verify")["status"] == "intact"
