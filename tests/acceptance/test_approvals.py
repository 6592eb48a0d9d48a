"""Approvals and overrides on the command line: what is said, what is counted, and with which exit code."""

from pathlib import Path

import pytest

from salespm_flow.cli.main import main
from salespm_flow.store import open_store
from tests.acceptance.terminal import Cli, Told

DEAL = """
salespm: 1
kind: workflow
id: deals
version: 1
domain: sales
title: {zh: 商机, en: Deals}
fields:
  discount: {type: percent, default: 0%, title: {zh: 折扣, en: Discount}}
  terms: {type: text, title: {zh: 条款, en: Terms}}
initial: talk
states:
  talk: {title: {zh: 谈判, en: Talk}, owner_role: rep, exit: {require: [terms]}}
  contract: {title: {zh: 合同, en: Contract}}
  closed: {final: true}
transitions:
  agree:
    title: {zh: 谈妥, en: Agree}
    from: talk
    to: contract
    by: [rep]
    approve:
      discount: {title: {zh: 折扣审批, en: Discount}, when: discount > 15%, by: [lead], except: [requester], due: 2d}
      margin: {title: {zh: 毛利审批, en: Margin}, when: discount > 15%, by: [finance]}
    override: {by: [director]}
  close: {from: contract, to: closed}
"""
REP, LEAD = ("--as", "wang", "--role", "rep"), ("--as", "zhao", "--role", "lead")
FINANCE, DIRECTOR = ("--as", "li", "--role", "finance"), ("--as", "zhou", "--role", "director")
WORKSPACE = "salespm: 1\nkind: workspace\ntimezone: Asia/Shanghai\ndefinitions: [flows]\nstore: store.db\n"


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "deals.yaml").write_text(DEAL, encoding="utf-8")
    (tmp_path / "salespm.yaml").write_text(WORKSPACE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    open_store("store.db", create=True).close()
    monkeypatch.delenv("SALESPM_STORE", raising=False)

    def run(*words: str, at: str = "2026-03-02T09:00") -> Told:
        code = main([*words, "--now", at, "--lang", "en"])
        said = capsys.readouterr()
        return Told(code, said.out, said.err)

    told = run("new", "deals", "--id", "D1", "terms=cash", *REP)
    assert told.code == 0, told.err
    return run


def test_a_waiting_move_is_said_clearly_and_succeeds(cli: Cli) -> None:
    told = cli("advance", "D1", "agree", "discount=18%", *REP)

    assert told.code == 0
    assert told.out.splitlines() == [
        "… D1: Talk (talk) [waits for approval, the state is unchanged]",
        "  field Discount (discount) = 18%",
        "  waits for approval Discount (discount) → role lead, due 2026-03-04 09:00",
        "  waits for approval Margin (margin) → role finance",
        "  notice role lead: Please approve: Discount",
        "  notice role finance: Please approve: Margin",
    ]
    again = cli("advance", "D1", "agree", *REP, "--format", "json")
    assert (again.code, again.data["status"]) == (0, "waiting")
    assert [one["id"] for one in again.data["waiting"]] == ["discount", "margin"]


def test_approvers_decide_without_naming_what_is_theirs_alone(cli: Cli) -> None:
    cli("advance", "D1", "agree", "discount=18%", *REP)

    assert cli("approve", "D1", *LEAD).code == 0
    told = cli("approve", "D1", "--comment", "just about", *FINANCE)

    assert told.code == 0
    assert told.out.splitlines() == [
        "✓ D1: Contract (contract)",
        "  verdict Margin (margin): li (finance) approves “just about”",
        "  approved Margin (margin)",
        "  move Agree (agree) → Contract (contract)",
        "  notice wang: Approval given: Margin",
    ]


def test_a_rejection_needs_its_reason(cli: Cli) -> None:
    cli("advance", "D1", "agree", "discount=18%", *REP)

    assert cli("reject", "D1", "discount", *LEAD).code == 2
    told = cli("reject", "D1", "discount", "--comment", "too much", *LEAD)

    assert told.code == 0
    assert "rejected Discount (discount)" in told.out
    assert "approval void Margin (margin)" in told.out


def test_bad_votes_are_refused_with_reasons(cli: Cli) -> None:
    assert cli("approve", "D1", *LEAD).code == 1
    cli("advance", "D1", "agree", "discount=18%", *REP)
    outsider = ("--as", "sun", "--role", "rep")

    assert cli("approve", "D1", "discount", *outsider, "--format", "json").data["reasons"][0]["id"] == "role"
    assert "say which one: discount, margin" in cli("approve", "D1", *outsider).err
    assert "did you mean" in cli("approve", "D1", "discont", *LEAD).err
    cli("approve", "D1", "discount", *LEAD)
    told = cli("approve", "D1", "discount", *LEAD)
    assert (told.code, "is approved already" in told.err) == (1, True)
    cli("set", "D1", "discount=20%", *REP)
    told = cli("approve", "D1", "margin", *FINANCE)
    assert (told.code, "is void" in told.err) == (1, True)


def test_status_shows_who_must_decide_what_and_by_when(cli: Cli) -> None:
    cli("advance", "D1", "agree", "discount=18%", *REP)

    told = cli("status", "D1", "--all", *REP)

    lines = told.out.splitlines()
    start = lines.index("Pending approvals")
    assert [line.split() for line in lines[start + 3 : start + 5]] == [
        ["discount", "Discount", "role", "lead", "wang", "2026-03-02", "09:00", "2026-03-04", "09:00"],
        ["margin", "Margin", "role", "finance", "wang", "2026-03-02", "09:00", "—"],
    ]
    assert "  ✓ agree Agree → Contract  (needs approval: discount, margin)" in lines
    answer = cli("status", "D1", *REP, "--format", "json").data
    assert [one["status"] for one in answer["approvals"]] == ["pending", "pending"]


def test_why_tells_the_approvals_that_a_move_would_wait_for(cli: Cli) -> None:
    cli("set", "D1", "discount=18%", *REP)

    told = cli("why", "D1", "agree", *REP)

    assert told.code == 0
    assert told.out.splitlines() == [
        "✓ agree Agree → Contract",
        '  … needs the approval "Discount" (lead) [discount]',
        '  … needs the approval "Margin" (finance) [margin]',
    ]


def test_an_override_waives_and_is_counted_in_the_history(cli: Cli) -> None:
    cli("set", "D1", "discount=18%", "terms=", *REP)

    assert cli("advance", "D1", "agree", "--override", *DIRECTOR).code == 1
    assert cli("advance", "D1", "agree", "--override", "--comment", "x", *LEAD).code == 1
    told = cli("advance", "D1", "agree", "--override", "--comment", "key account", *DIRECTOR)

    assert told.code == 0
    assert "move Agree (agree) → Contract (contract); overridden: role, terms, discount, margin" in told.out
    entries = cli("history", "D1", "--format", "json").data["entries"]
    moves = [change for entry in entries for change in entry["changes"] if change["change"] == "move"]
    assert [move["waived"] for move in moves] == [[], ["role", "terms", "discount", "margin"]]
    assert cli("status", "D1", "--format", "json").data["overrides"] == 1
    assert "Overrides  1: Agree" in cli("status", "D1").out
    assert "Overrides" in cli("status", "D1", "--all").out
    assert cli("status", "D1", "--as-of", "2026-03-01T23:00", "--format", "json").code == 1


def test_history_tells_the_story(cli: Cli) -> None:
    cli("advance", "D1", "agree", "discount=18%", "--comment", "big one", *REP)
    cli("tick", at="2026-03-05T09:00")
    cli("approve", "D1", *LEAD, at="2026-03-05T10:00")

    told = cli("history", "D1")

    assert told.code == 0
    assert told.out.splitlines()[-6:] == [
        "#3 2026-03-04 09:00  approval due discount  system",
        "    notice role lead: Approval is due: Discount",
        "#4 2026-03-05 10:00  approval discount  zhao (lead)",
        "    verdict Discount (discount): zhao (lead) approves",
        "    approved Discount (discount)",
        "    notice wang: Approval given: Discount",
    ]
    assert cli("verify").code == 0
