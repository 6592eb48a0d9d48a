"""Witnesses of findings as scenarios: they fail at their end while the finding is there."""

from datetime import date
from pathlib import Path

import pytest

from docs.code_pages import FOLDER, SETTINGS, WRONG, files, section
from salespm_flow.definition.workspace import Loaded, load
from salespm_flow.lint.judgement import Standard, judge
from salespm_flow.scenario.suites import run_documents
from salespm_flow.scenario.witnesses import Saved, save

# Every analysis whose finding one project of one workflow can show.
SAVED = (
    *("SF611", "SF612", "SF613", "SF614", "SF615", "SF616", "SF617", "SF620", "SF621", "SF622", "SF623", "SF624"),
    *("SF630", "SF641", "SF642", "SF643"),
)


def saved(code: str, root: Path) -> tuple[tuple[Saved, ...], Loaded]:
    """The scenarios of what is wrong in the page's example."""
    (root / "salespm.yaml").write_text(SETTINGS, "utf-8")
    for file in files(section((FOLDER / f"{code}.md").read_text("utf-8"), WRONG)):
        assert file.data is not None
        (root / file.name).parent.mkdir(exist_ok=True)
        (root / file.name).write_bytes(file.data)
    loaded = load(root, check_shape=True)
    return save(judge(loaded, Standard(today=date(2026, 1, 1), is_strict=True)).findings, loaded.library), loaded


@pytest.mark.parametrize("code", SAVED)
def test_a_finding_becomes_a_scenario_that_fails_at_its_end(code: str, tmp_path: Path) -> None:
    (one,), loaded = saved(code, tmp_path)
    assert one.codes == (code,)
    ran = run_documents((one.document,), loaded.library, lambda _document, _case: True)
    ((result,),) = (suite.results for suite in ran.suites)
    assert [failure.step in {None, len(result.case.steps)} for failure in result.failures] == [True]


@pytest.mark.parametrize("code", ["SF610", "SF650", "SF651", "SF652"])
def test_a_finding_that_one_project_cannot_show_is_left_out(code: str, tmp_path: Path) -> None:
    assert saved(code, tmp_path)[0] == ()


def test_a_move_that_one_person_asks_for_and_approves_ought_to_be_refused(tmp_path: Path) -> None:
    (one,), _ = saved("SF642", tmp_path)
    asked, approved = one.document.scenarios["sf642"].steps
    assert (asked.actor, asked.role) == (approved.actor, approved.role)
    assert approved.expect is not None
    assert {key: str(wanted) for key, wanted in approved.expect.texts.items()}.keys() == {"status"}
