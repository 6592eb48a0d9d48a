"""A baseline knows findings by code and path of keys, not by line."""

from pathlib import Path

import pytest

from salespm_flow.errors import InputError
from salespm_flow.lint.baseline import Baseline, read_baseline, write_baseline
from salespm_flow.lint.judgement import Silencer, identified
from salespm_flow.lint.outline import Identity
from tests.unit.lint.workspaces import HEAD, UNHEARD, judged, told, write


def baseline_of(root: Path) -> Baseline:
    return read_baseline(write_baseline(identified(judged(root))), "baseline.json")


def test_a_baseline_says_code_document_and_path() -> None:
    found = (
        Identity("SF318", "workflow deal", "transitions.note.do.x.event", 1),
        Identity("SF202", "workflow deal", "transitions.agree.when", 1),
        Identity("SF202", "workflow deal", "transitions.agree.when", 2),
    )
    assert write_baseline(found) == (
        "{\n"
        '  "salespm_baseline": 1,\n'
        '  "findings": [\n'
        '    {"code": "SF202", "document": "workflow deal", "path": "transitions.agree.when", "count": 2},\n'
        '    {"code": "SF318", "document": "workflow deal", "path": "transitions.note.do.x.event", "count": 1}\n'
        "  ]\n"
        "}\n"
    )
    assert write_baseline(()) == '{\n  "salespm_baseline": 1,\n  "findings": []\n}\n'


def test_known_findings_are_silenced_wherever_their_lines_move(tmp_path: Path) -> None:
    baseline = baseline_of(write(tmp_path, deal=HEAD + UNHEARD))
    moved = write(tmp_path, deal="# a comment\n\n" + HEAD + UNHEARD.replace("  tell:", "  # moved\n  tell:"))
    judgement = judged(moved, baseline)
    assert (told(judgement), [one.by for one in judgement.silenced]) == ([], [Silencer.BASELINE] * 2)


def test_a_new_finding_is_told_though_one_of_its_code_is_known(tmp_path: Path) -> None:
    baseline = baseline_of(write(tmp_path, deal=HEAD + UNHEARD))
    more = UNHEARD + "  more: {from: open, do: {x: {action: raise, event: told}}}\n"
    assert told(judged(write(tmp_path, deal=HEAD + more), baseline)) == [
        "deal.yaml:14 warning SF318 No transition listens to the event `told`"
    ]


def test_of_two_findings_at_one_path_only_as_many_are_known_as_were_there(tmp_path: Path) -> None:
    baseline = baseline_of(write(tmp_path, deal=HEAD + "conditions: {a: amuont > 1}\n"))
    judgement = judged(write(tmp_path, deal=HEAD + "conditions: {a: amuont > 1 and amont > 1}\n"), baseline)
    assert told(judgement) == ["deal.yaml:10 error SF202 there is no name `amont`"]


def test_an_entry_that_nothing_matches_any_more_is_told_at_its_line(tmp_path: Path) -> None:
    baseline = baseline_of(write(tmp_path, deal=HEAD + UNHEARD))
    mended = HEAD + UNHEARD.replace("event: told", "event: close")
    assert told(judged(write(tmp_path, deal=mended), baseline)) == [
        "baseline.json:4 warning SF605 SF318 in `workflow deal transitions.note.do.x.event`: is gone"
    ]


def test_suppressed_findings_are_not_written_into_a_baseline(tmp_path: Path) -> None:
    text = HEAD + UNHEARD.replace("told}}}", "told}}}  # salespm: ignore[SF318] reason=x")
    assert len(baseline_of(write(tmp_path, deal=text)).entries) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"salespm_baseline": 2, "findings": []}',
        '{"salespm_baseline": 1, "findings": {}}',
        '{"salespm_baseline": 1, "findings": [{"code": "SF318"}]}',
        '{"salespm_baseline": 1, "findings": [{"code": "a", "document": "b", "path": "c", "count": "x"}]}',
        '{"salespm_baseline": 1, "findings": [',
    ],
)
def test_what_is_no_baseline_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_baseline(text, "baseline.json")
