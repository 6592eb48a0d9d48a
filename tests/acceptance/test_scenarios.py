"""The command `test` over the shipped workflows: all hold, every state and transition is seen, both sides of guards."""

import json
from pathlib import Path

import pytest

from salespm_flow.cli.main import main
from salespm_flow.definition.workspace import load

BODY = """\
salespm: 1
kind: scenarios
id: own_tests
version: 1
workflow: crm_deals
given: {now: 2017-03-01T09:00:00+08:00, owner: moses}
scenarios:
  won:
    given: {state: engaging, fields: {engage_date: 2017-03-01, close_date: 2017-03-02, close_value: 5 USD}}
    steps:
      - {role: sales_agent, advance: win, expect: {state: lost}}
"""


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, dict[str, dict[str, dict[str, int]]]]]:
    """What `test` answers of all shipped scenarios."""
    file = tmp_path_factory.mktemp("report") / "report.json"
    assert main(("test", "--format", "json", "--output", str(file))) == 0
    found: dict[str, dict[str, dict[str, dict[str, dict[str, int]]]]] = json.loads(file.read_text("utf-8"))
    return found


def test_shipped_workflows_are_covered(answer: dict[str, dict[str, dict[str, dict[str, dict[str, int]]]]]) -> None:
    workflows = answer["coverage"]
    assert set(workflows) == set(load().library.workflows)
    for name, coverage in workflows.items():
        kinds = coverage["kinds"]
        percents = {kind: kinds[kind]["percent"] for kind in ("states", "transitions")}
        assert percents == {"states": 100, "transitions": 100}, name
        assert kinds["guards"]["percent"] >= 95, name


def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace of the CRM example with one scenario that fails."""
    monkeypatch.chdir(tmp_path)
    assert main(("init", "--example", "crm")) == 0
    file = tmp_path / "workflows" / "crm" / "own_tests.yaml"
    file.write_text(BODY, encoding="utf-8")
    return file


def test_a_failure_is_told_with_its_place_and_update_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = workspace(tmp_path, monkeypatch)
    capsys.readouterr()
    assert main(("test", "own_tests", "--lang", "en")) == 1
    told = capsys.readouterr().out
    assert "workflows/crm/own_tests.yaml:11:59: state, step 1" in told
    assert "expected: lost\n        got:      won" in told
    assert main(("test", "own_tests", "--update")) == 1
    assert file.read_text("utf-8") == BODY.replace("expect: {state: lost}", "expect: {state: won}")
    assert main(("test", "own_tests", "--fail-under", "states=50")) == 0
    assert main(("test", "own_tests", "--fail-under", "states=100")) == 1
    assert main(("test", "-k", "nothing like it")) == 2


def test_junit_has_a_case_for_each_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace(tmp_path, monkeypatch)
    capsys.readouterr()
    assert main(("test", "--format", "junit")) == 1
    told = capsys.readouterr().out
    assert '<testsuite name="own_tests" tests="1" failures="1" errors="0">' in told
    assert '<testcase classname="crm_deals_tests" name="lost[2]"' in told


def test_what_is_generated_passes_and_invariants_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace(tmp_path, monkeypatch).unlink()
    made = tmp_path / "workflows" / "crm" / "crm_deals_tests.yaml"
    made.unlink()
    assert main(("test", "--generate", "crm_deals", "--output", str(made))) == 0
    assert main(("test", "--fail-under", "states=100,transitions=100,guards=100")) == 0
    broken = made.read_text("utf-8") + 'invariants: {never_lost: {never: in_state("lost")}}\n'
    made.write_text(broken, encoding="utf-8")
    capsys.readouterr()
    assert main(("test", "--explore", "20")) == 1
    told = capsys.readouterr().out
    assert "breaks_never_lost" in told
    assert "advance: lose" in told
    assert "advance: win" not in told


FLOW = """\
salespm: 1
kind: workflow
id: deal
version: 1
domain: sales
initial: open
states: {open: {}, parked: {}, sold: {final: true}}
transitions:
  sell: {from: open, to: sold}
  park: {from: open, to: parked}
"""


def test_a_finding_is_saved_as_a_scenario_that_fails_until_it_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "salespm.yaml").write_text("salespm: 1\nkind: workspace\ndefinitions: [flows]\n", "utf-8")
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "deal.yaml").write_text(FLOW, "utf-8")
    assert main(("diagram", "deal", "--coverage", "--lang", "en")) == 1
    assert "has no scenarios yet" in capsys.readouterr().err
    assert main(("validate", "--save-scenario", "flows/found", "--lang", "en")) == 1
    assert "1 failing scenario(s) (SF612)" in capsys.readouterr().err
    assert main(("test", "--lang", "en")) == 1
    assert 'expected: not(in_state("parked"))' in capsys.readouterr().out
    assert main(("validate", "--save-scenario", "flows/found")) == 1  # what is there may have been edited
    mended = FLOW + "  resume: {event: park, from: parked, to: open}\n"
    (tmp_path / "flows" / "deal.yaml").write_text(mended, "utf-8")
    file = tmp_path / "flows" / "found" / "deal_findings.yaml"
    file.write_text(file.read_text("utf-8").replace("[{advance: park}]", "[{advance: park}, {advance: park}]"), "utf-8")
    assert main(("test",)) == 0


def test_a_heat_map_counts_what_scenarios_have_seen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(("diagram", "crm_deals", "--coverage", "--lang", "en")) == 0
    text = capsys.readouterr().out
    assert "Legend" in text
    assert "unseen" in text
    assert main(("diagram", "crm_deals", "--coverage", "--project", "D1")) == 2


def test_a_broken_invariant_is_found_where_projects_need_fields_to_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(("init", "--template", "kanban")) == 0
    file = tmp_path / "workflows" / "scenarios" / "kanban_tests.yaml"
    file.write_text(file.read_text("utf-8") + 'invariants:\n  stays: {never: in_state("closed")}\n', encoding="utf-8")
    capsys.readouterr()
    assert main(("test", "kanban", "--explore", "20", "--output", "found.yaml", "--lang", "en")) == 1
    assert "breaks_stays:" in (tmp_path / "found.yaml").read_text("utf-8")
