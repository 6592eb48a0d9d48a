"""How `why` tells the smallest change, in both languages and as JSON."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from salespm_flow.cli.main import main

Said = Callable[..., tuple[int, str, str]]
FLOW = """
salespm: 1
kind: workflow
id: deal
version: 1
domain: sales
title: {zh: 商机, en: Deal}
fields:
  amount: {type: money, currency: CNY, min: 0, title: {zh: 金额, en: Amount}}
  score: {type: integer, min: 0, max: 100, title: {zh: 评分, en: Score}}
  lead:
    type: enum
    title: {zh: 来源, en: Source}
    values: {web: {title: {zh: 网络, en: Web}}, fair: {title: {zh: 展会, en: Fair}}}
  due: {type: date, title: {zh: 期限, en: Due}}
  note: {type: text, title: {zh: 说明, en: Note}}
records:
  needs:
    title: {zh: 需求, en: Needs}
    key: ref
    fields:
      ref: {type: text, title: {zh: 编号, en: Reference}}
      open: {type: boolean, default: true, title: {zh: 未决, en: Open}}
initial: talk
states:
  talk: {title: {zh: 洽谈, en: Talk}}
  won: {title: {zh: 赢单, en: Won}, final: true}
transitions:
  close:
    title: {zh: 成交, en: Close}
    from: talk
    to: won
    by: [boss]
    comment: required
    require: [note]
    check:
      enough: {that: amount > 100, message: {zh: 金额太小, en: The amount is too small}}
      good: {that: score >= 60, message: {zh: 评分太低, en: The score is too low}}
      known: {that: 'lead = "fair"', message: {zh: 来源不对, en: The source is wrong}}
      timely: {that: due >= today() + 5d, message: {zh: 期限太近, en: Too soon}}
      settled: {that: every n in needs satisfies not(n.open), message: {zh: 有未决需求, en: A need is open}}
"""
WORKSPACE = "salespm: 1\nkind: workspace\ntimezone: Asia/Shanghai\ncurrency: CNY\ndefinitions: [flows]\n"
WHO = ("--as", "wang", "--now", "2026-03-02T09:00")
NEW = ("new", "deal", "--id", "D", "score=45", "due=2026-03-03", *WHO)
NEED = ("record", "add", "D", "needs", "ref=N1", *WHO)


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    (tmp_path / "flows").mkdir()
    (tmp_path / "salespm.yaml").write_text(WORKSPACE, "utf-8")
    (tmp_path / "flows" / "deal.yaml").write_text(FLOW, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SALESPM_STORE", raising=False)

    def run(*words: str) -> tuple[int, str, str]:
        code = main(words)
        told = capsys.readouterr()
        return code, told.out, told.err

    for words in (("init", "--lang", "en"), NEW, NEED):
        code, _, err = run(*words)
        assert (code, err) == (0, "")
    return run


def advice(out: str, heading: str) -> str:
    return out[out.index(heading) :]


def test_smallest_change_is_told_in_english(said: Said) -> None:
    code, out, err = said("why", "D", "close", "--lang", "en", *WHO)

    assert (code, err) == (1, "")
    assert advice(out, "Smallest") == (
        "Smallest change:\n"
        "  Amount (amount): 100.01 CNY (100.01 CNY or more)\n"
        "  Score (score): 45 → 60 (anything from 60 to 100)\n"
        "  Source (lead): Fair\n"
        "  Due (due): 2026-03-03 → 2026-03-07 (2026-03-07 or later)\n"
        "  Note (note): any text\n"
        '  the row "N1" in Needs (needs) (Open: yes → no)\n'
        "Also needed:\n"
        "  to be done by boss\n"
        "  a comment (--comment)\n"
    )


def test_smallest_change_is_told_in_chinese(said: Said) -> None:
    _, out, _ = said("why", "D", "close", "--lang", "zh", *WHO)

    assert advice(out, "最小") == (
        "最小改动：\n"
        "  金额 (amount)：100.01 CNY（不低于 100.01 CNY）\n"
        "  评分 (score)：45 → 60（60 至 100 均可）\n"
        "  来源 (lead)：展会\n"
        "  期限 (due)：2026-03-03 → 2026-03-07（不早于 2026-03-07）\n"
        "  说明 (note)：任意文本\n"
        "  修改需求 (needs)中的“N1”（未决：是 → 否）\n"
        "还需要：\n"
        "  由 boss 操作\n"
        "  填写说明（--comment）\n"
    )


def test_smallest_change_is_data_as_well(said: Said) -> None:
    _, out, _ = said("why", "D", "close", "--format", "json", "--prove", *WHO)

    data = json.loads(out)
    told = data["remedy"]
    score = next(change for change in told["changes"] if change["field"] == "score")
    assert score == {
        "field": "score",
        "title": {"zh": "评分", "en": "Score"},
        "before": "45",
        "after": "60",
        "any": False,
        "low": "60",
        "high": "100",
        "choices": [],
    }
    assert [(row["record"], row["new"], row["key"]) for row in told["rows"]] == [("needs", False, "N1")]
    assert [reason["id"] for reason in told["others"]] == ["role", "comment"]
    assert data["proof"] == "impossible"


def test_proof_is_said_below_the_change(said: Said) -> None:
    said("record", "add", "D", "needs", "ref=N1", "open=false", *WHO)

    _, out, _ = said("why", "D", "close", "--lang", "en", "--prove", *WHO)

    assert out.endswith("Proved: no change of fewer fields will do.\n")


def test_search_that_finds_nothing_says_so(said: Said) -> None:
    flow = Path("flows/deal.yaml")
    flow.write_text(flow.read_text("utf-8").replace("score >= 60", "score > 60 and score < 61"), "utf-8")
    assert said("new", "deal", "--draft", "--id", "E", "score=45", "due=2026-03-03", *WHO)[2] == ""

    _, out, _ = said("why", "E", "close", "--lang", "en", *WHO)
    assert out.endswith("No change of fields or records was found that would do.\n")
    _, out, _ = said("why", "E", "close", "--lang", "zh", *WHO)
    assert out.endswith("没有找到改几个字段或记录就能放行的办法。\n")


def test_proof_needs_a_transition(said: Said) -> None:
    code, _, err = said("why", "D", "--prove", "--lang", "en", *WHO)

    assert code != 0
    assert "--prove needs a transition" in err


def test_proof_without_the_solver_says_how_to_get_it(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)

    code, _, err = said("why", "D", "close", "--prove", "--lang", "en", *WHO)

    assert code != 0
    assert "the solver z3 is not installed" in err
    assert "salespm-flow[prove]" in err


def test_possible_move_has_no_advice(said: Said) -> None:
    said("set", "D", "amount=200", "score=80", "lead=fair", "due=2026-04-01", "note=x", *WHO)
    said("record", "add", "D", "needs", "ref=N1", "open=false", *WHO)

    code, out, _ = said("why", "D", "close", "--role", "boss", "--format", "json", *WHO)

    assert code == 0
    assert (json.loads(out)["remedy"], json.loads(out)["proof"]) == (None, None)
