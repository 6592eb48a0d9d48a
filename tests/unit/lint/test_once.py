"""One wrong name is one finding, with all its places; what only follows from it elsewhere is left out."""

from dataclasses import replace
from pathlib import Path

import pytest

from salespm_flow.cli.main import main
from salespm_flow.definition.workspace import validate_paths
from salespm_flow.diagnostics import Bilingual, Span, also_text
from salespm_flow.lint.baseline import read_baseline, write_baseline
from salespm_flow.lint.judgement import Judgement, Standard, identified_everywhere, judge
from tests.unit.lint.workspaces import TODAY, judged, told, write

DEAL = """\
salespm: 1
kind: workflow
id: deal
version: 1
domain: sales
fields:
  amount: {type: integer}
initial: open
states: {open: {}, offr: {}, closed: {final: true}}
transitions:
  send: {from: open, to: offer}
  back: {from: offer, to: open}
  close: {from: offer, to: closed, when: amuont > 1}
  stop: {from: open, to: closed, when: amuont > 2}
"""
SOUND = DEAL.replace("offr", "offer").replace("amuont", "amount")
BIG = "salespm: 1\nkind: overlay\nid: big\nversion: 1\ntitle: {zh: 大单, en: Big}\nextends: deal@1\n"
TESTS = """\
salespm: 1
kind: scenarios
id: deal_tests
version: 1
title: {zh: 测试, en: Tests}
workflow: deal
scenarios:
  sent:
    given: {now: 2026-01-05T09:00}
    steps:
      - {advance: send, expect: {state: offer}}
"""


def places(judgement: Judgement) -> list[tuple[str, list[int]]]:
    """Each finding with the lines of its other places."""
    return [(found.code, [span.line for span in found.also]) for found in judgement.findings]


def test_a_value_that_an_enumeration_lacks_is_told_once_with_all_its_lines(tmp_path: Path) -> None:
    sizes = "{type: enum, values: {small: {title: {zh: 小, en: Small}}, big: {title: {zh: 大, en: Big}}}}"
    text = SOUND.replace("{type: integer}", f"{{type: integer}}\n  size: {sizes}")
    text = text.replace("when: amount > 1}", 'when: size = "huge"}').replace("amount > 2", 'size != "huge"')
    judgement = judged(write(tmp_path, deal=text))
    assert told(judgement) == ['deal.yaml:14 error SF204 "huge" is not one of the enum\'s values']
    assert places(judgement) == [("SF204", [15])]


def test_a_name_that_is_known_nowhere_is_told_once_with_all_its_lines(tmp_path: Path) -> None:
    judgement = judged(write(tmp_path, deal=DEAL))
    assert told(judgement) == [
        "deal.yaml:11 error SF301 Unknown state `offer`",
        "deal.yaml:13 error SF202 there is no name `amuont`",
    ]
    assert places(judgement) == [("SF301", [12, 13]), ("SF202", [14])]
    assert [found.also for found in judgement.every] == [()] * 5


def test_its_fix_mends_all_places(tmp_path: Path) -> None:
    _, amount = judged(write(tmp_path, deal=DEAL)).findings
    assert amount.fix is not None
    assert [(edit.span.line, edit.was, edit.text) for edit in amount.fix.edits] == [
        (13, "amuont", "amount"),
        (14, "amuont", "amount"),
    ]


def test_a_suppression_speaks_of_its_own_place_only(tmp_path: Path) -> None:
    silenced = DEAL.replace("  send:", "  # salespm: ignore[SF301] reason=later\n  send:")
    judgement = judged(write(tmp_path, deal=silenced))
    assert told(judgement)[0] == "deal.yaml:13 error SF301 Unknown state `offer`"
    assert places(judgement)[0] == ("SF301", [14])


def test_a_baseline_keeps_each_place(tmp_path: Path) -> None:
    root = write(tmp_path, deal=DEAL)
    baseline = read_baseline(write_baseline(identified_everywhere(judged(root))), "baseline.json")
    assert told(judged(root, baseline)) == []
    more = f"{DEAL}  more: {{from: offer, to: closed, event: stop}}\n"
    assert told(judged(write(tmp_path, deal=more), baseline)) == ["deal.yaml:15 error SF301 Unknown state `offer`"]


def test_an_overlay_is_not_told_that_its_base_has_the_errors_that_are_told(tmp_path: Path) -> None:
    root = write(tmp_path, deal=DEAL, big=BIG, bigger=BIG.replace("big", "bigger").replace("deal@1", "big@1"))
    assert {found.code for found in judged(root).findings} == {"SF301", "SF202"}
    alone = judge(validate_paths([root / "workflows" / "big.yaml"]), Standard(today=TODAY))
    assert [found.code for found in alone.findings] == ["SF361"]


def test_tests_are_not_told_what_follows_from_errors_elsewhere(tmp_path: Path) -> None:
    root = write(tmp_path, deal=DEAL, deal_tests=TESTS.replace("offer", "ofer"))
    assert {found.span.file for found in judged(root).findings} == {"workflows/deal.yaml"}
    assert told(judged(write(tmp_path, deal=SOUND))) == ["deal_tests.yaml:11 error SF301 Unknown state `ofer`"]


@pytest.mark.parametrize(
    ("language", "line"), [("zh", "  同样见于：第 12、13 行"), ("en", "  also at: lines 12, 13")], ids=["zh", "en"]
)
def test_people_see_the_other_lines(
    language: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(write(tmp_path, deal=DEAL))
    assert main(["validate", "--lang", language]) == 1
    assert line in capsys.readouterr().out.split("\n")


def test_of_many_other_places_the_first_few_are_named(tmp_path: Path) -> None:
    found = judged(write(tmp_path, deal=DEAL)).findings[0]
    spans = [Span(file=file, line=line, column=1, end_line=line, end_column=2) for file in "ab" for line in range(1, 6)]
    assert also_text(replace(found, also=tuple(spans))) == Bilingual(
        "a:1、a:2、a:3、a:4、a:5、b:1，另有 4 处", "a:1, a:2, a:3, a:4, a:5, b:1 and 4 more"
    )


def test_a_role_that_only_a_misspelt_one_would_hold_is_one_finding(tmp_path: Path) -> None:
    firm = """\
salespm: 1
kind: organisation
id: firm
version: 1
title: {zh: 公司, en: Firm}
roles: {director: {title: {zh: 总监, en: Director}}, seller: {title: {zh: 销售, en: Seller}}}
people: {wang: {title: 王芳, roles: [directo]}, li: {title: 李强, roles: [seller]}}
"""
    assert told(judged(write(tmp_path, firm=firm))) == ["firm.yaml:7 error SF372 Unknown role `directo`"]
    assert [found.code for found in judged(write(tmp_path, firm=firm.replace("directo]", "seller]"))).findings] == [
        "SF376"
    ]


def test_a_column_of_a_test_that_is_misspelt_is_one_finding(tmp_path: Path) -> None:
    tests = TESTS.replace("{advance: send, expect: {state: offer}}", "{set: {amount: $amount}}")
    tests += "    table: {columns: [amoun], rows: [[5], [7]]}\n"
    root = write(tmp_path, deal=SOUND, deal_tests=tests)
    assert told(judged(root)) == ["deal_tests.yaml:11 error SF395 Unknown column `$amount`"]
