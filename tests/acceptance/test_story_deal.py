"""A deal typed at the terminal: approvals, a returned handoff, one that is accepted, after-sales, the end."""

from pathlib import Path

import pytest

from tests.acceptance.terminal import Terminal, chinese_terminal

FIRST, SECOND = "D1.delivery.1", "D1.delivery.2"


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.delenv("SALESPM_STORE", raising=False)
    return chinese_terminal(tmp_path)


def bring_to_negotiation(terminal: Terminal) -> None:
    new = "new sales_pipeline --id D1 account=华兴制造 --as wang --now 2026-03-02T09:00"
    assert terminal.data(new)["tasks_opened"] == ["brief"]
    missing = ["market_size", "target_segment", "market_notes"]
    assert terminal.refused("advance D1 qualify --as wang --now 2026-03-02T09:05") == missing
    terminal.done(
        "record add D1 market_notes trend=上云 source=行业协会 --as wang --now 2026-03-03T10:00",
        "advance D1 qualify market_size=80000000 target_segment=离散制造 --as wang --now 2026-03-03T10:10",
    )
    contact = "advance D1 contact channel=referral fit_score={} --as wang --now 2026-03-05T15:00"
    assert terminal.refused(contact.format(45)) == ["fit"]
    terminal.done(
        contact.format(82),
        "record add D1 contacts name=陈总 decides=true trust=4 --as wang --now 2026-03-06T14:00",
        "record add D1 activities sort=visit --as wang --now 2026-03-06T17:00",
        "advance D1 discover --as wang --now 2026-03-06T17:30",
        "record add D1 needs ref=N1 need=生产排程 --as wang --now 2026-03-09T17:10",
        *(
            f"record add D1 bant element={element} score=3 evidence=会议纪要 seen_on=2026-03-09"
            f" --as wang --now 2026-03-09T17:2{minute}"
            for minute, element in enumerate(("budget", "authority", "need", "timeline"))
        ),
        "advance D1 propose --as wang --now 2026-03-10T09:00",
        "record add D1 solution item=排程模块 need=N1 --as wang --now 2026-03-12T10:00",
    )
    negotiate = (
        "advance D1 negotiate amount=860000 cost=480000 scope=排程 decision_on=2026-03-27"
        " --as wang --now 2026-03-13T09:00"
    )
    assert terminal.data(negotiate)["state"] == "negotiation"


def agree_at_last(terminal: Terminal) -> None:
    """20 % needs the manager, 22 % voids that, 22 % is asked for anew and approved."""
    agree = "advance D1 agree discount=20% payment_terms=三期 promised_on=2026-08-31 --as wang --now 2026-03-16T10:00"
    asked = terminal.data(agree)
    assert (asked["status"], asked["state"], asked["approvals_requested"]) == ("waiting", "negotiation", ["discount"])
    waits = terminal.data("inbox --as zhao --now 2026-03-16T10:30")["sections"]["approvals"]
    assert [(item["id"], item["requester"], item["command"]) for item in waits] == [
        ("discount", "wang", "approve D1 discount")
    ]
    assert terminal.refused("approve D1 discount --as wang --now 2026-03-16T11:00") == ["excepted"]

    changed = terminal.data("set D1 discount=22% --as wang --now 2026-03-16T15:00")
    assert (changed["approvals_void"], changed["state"]) == (["discount"], "negotiation")
    assert terminal.type("approve D1 --as zhao --now 2026-03-16T15:30").code != 0
    assert terminal.refused("approve D1 discount --as zhao --now 2026-03-16T15:31") == ["discount"]
    assert terminal.data("inbox --as zhao --now 2026-03-16T15:35")["counts"]["approvals"] == 0

    assert terminal.data("advance D1 agree --as wang --now 2026-03-16T16:00")["approvals_requested"] == ["discount-2"]
    agreed = terminal.data("approve D1 --as zhao --now 2026-03-17T09:00")
    assert (agreed["state"], agreed["transitions"]) == ("contract", ["agree"])


def hand_over_twice(terminal: Terminal) -> None:
    sign = "advance D1 sign contract_no=HT-1 signed_on=2026-03-20 --as li --now 2026-03-20T10:00"
    signed = terminal.data(sign)
    assert (signed["state"], signed["outcome"]) == ("follow_up", "won")
    assert signed["children"] == [FIRST]
    back = f"advance {FIRST} give_back --as qian --now 2026-03-23T09:00"
    assert terminal.refused(back) == ["comment"]
    assert terminal.data(f"{back} --comment 范围没有写明接口")["outcome"] == "returned"
    terminal.done("tick --now 2026-03-23T09:05")
    returned = terminal.data("status D1 --as wang --now 2026-03-23T09:10")
    assert (returned["state"], [task["id"] for task in returned["tasks"] if task["status"] == "open"][-1]) == (
        "contract",
        "fix",
    )
    assert "范围没有写明接口" in terminal.done("history D1")

    terminal.done("set D1 scope=排程，含财务接口 --as wang --now 2026-03-23T14:00")
    again = terminal.data("advance D1 sign --as li --now 2026-03-24T10:00")
    assert again["children"] == [SECOND]
    terminal.done(
        *(
            f"record add {SECOND} feasibility aspect={aspect} feasible=true --as qian --now 2026-03-25T10:00"
            for aspect in ("technical", "economic", "schedule")
        ),
        f"record add {SECOND} milestones name=上线 due=2026-08-14 --as qian --now 2026-03-25T10:10",
        f"advance {SECOND} accept objective=上线 start_on=2026-04-01 --as qian --now 2026-03-25T14:00",
        "tick --now 2026-03-25T14:05",
    )
    handoffs = terminal.data("handoff show D1 --now 2026-03-25T14:10")["handoffs"]
    told = [(one["child"], one["handoff_status"], one["reason"]) for one in handoffs]
    assert told == [(FIRST, "returned", "范围没有写明接口"), (SECOND, "accepted", "")]


def deliver(terminal: Terminal) -> None:
    terminal.done(
        f"record add {SECOND} deliverables name=系统 --as qian --now 2026-03-26T09:00",
        f"advance {SECOND} baseline --as qian --now 2026-03-27T16:00",
        f"task done {SECOND} breakdown --as sun --now 2026-03-27T16:30",
        f"task done {SECOND} schedule --as qian --now 2026-03-27T16:40",
        f"advance {SECOND} submit --as sun --now 2026-04-02T16:00",
        f"record add {SECOND} inspections deliverable=系统 round=1 passed=true --as qian --now 2026-04-03T10:00",
        f"advance {SECOND} pass --as qian --now 2026-04-03T10:10",
        f"record add {SECOND} deliverables name=系统 accepted_by=陈总 accepted_on=2026-04-07"
        " --as qian --now 2026-04-07T10:00",
        f"record add {SECOND} lessons context=合同 advice=写明接口 success=true --as qian --now 2026-04-07T10:10",
    )
    terminal.done("record add D1 surveys score=5 --as wang --now 2026-04-07T10:20")
    terminal.done("advance D1 settle --as wang --now 2026-04-07T10:30")
    assert terminal.refused("advance D1 finish --as zhao --now 2026-04-07T10:40") == ["delivered"]
    close = f"advance {SECOND} close acceptance_report=签字 summary=按期 --as qian --now 2026-04-07T11:00"
    assert terminal.data(close)["outcome"] == "delivered"


def test_deal_goes_from_lead_to_after_sales(terminal: Terminal) -> None:
    bring_to_negotiation(terminal)
    agree_at_last(terminal)
    hand_over_twice(terminal)
    deliver(terminal)

    terminal.done("tick --now 2026-04-07T12:00")
    closed = terminal.data("advance D1 finish --as zhao --now 2026-04-09T09:00")

    assert (closed["state"], closed["outcome"], closed["open"]) == ("closed", "won", False)
    requests = terminal.data("status D1 --now 2026-04-09T09:05")["approvals"]
    assert [(one["id"], one["status"]) for one in requests] == [("discount", "void"), ("discount-2", "used")]
    kpis = {kpi["id"]: kpi for kpi in terminal.data("evaluate --now 2026-04-09T18:00")["kpis"]}
    assert kpis["revenue"]["value"] == {"amount": "860000", "currency": "CNY"}
    assert (kpis["deals_won"]["value"], kpis["delivery_success"]["value"]) == ("1", "1")
    assert terminal.data("verify")["status"] == "intact"
