"""`validate` and `explain` as designers and CI use them: gates, forms, baseline, fixes; and one cause told once."""

import json
import os
import re
import shutil
import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from salespm_flow.cli.files import write_file
from salespm_flow.cli.main import main
from salespm_flow.definition.workspace import load, shipped_definitions
from salespm_flow.errors import ConflictError
from salespm_flow.lint.codes import EVERY_CODE
from salespm_flow.lint.judgement import Standard, judge
from tests.acceptance.terminal import Told

Run = Callable[..., Told]
DEFINITION = """\
salespm: 1
kind: workflow
id: deal
version: 1
domain: sales
initial: open
states: {open: {}, closed: {final: true}}   # two
transitions:
  close: {from: opn, to: closed}
  note: {from: open, do: {x: {action: raise, event: told}}}
"""
SOUND = DEFINITION.replace("opn", "open").replace("told", "close")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `validate` and others in a workspace with one definition, in English."""
    (tmp_path / "salespm.yaml").write_text("salespm: 1\nkind: workspace\n", encoding="utf-8")
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "deal.yaml").write_text(DEFINITION, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("SALESPM_DOCS", raising=False)

    def answered(*words: str) -> Told:
        code = main((*words, "--lang", "en"))
        said = capsys.readouterr()
        return Told(code, said.out, said.err)

    return answered


def deal() -> Path:
    return Path("workflows/deal.yaml")


def warn_only() -> None:
    deal().write_text(DEFINITION.replace("opn", "open"), encoding="utf-8")


# ------------------------------------------------------------------------------------------------------------ gates


@pytest.mark.parametrize(("threshold", "code"), [("error", 0), ("warning", 1), ("info", 1)])
def test_fail_on_says_from_which_severity_on_the_exit_code_is_1(run: Run, threshold: str, code: int) -> None:
    warn_only()
    told = run("validate", "--fail-on", threshold, "--format", "json")
    assert (told.code, told.data["status"]) == (code, "invalid" if code else "valid")


def test_an_unknown_threshold_is_a_usage_error(run: Run) -> None:
    assert run("validate", "--fail-on", "fatal").code == 2


def test_output_goes_whole_into_a_file_and_a_word_to_the_error_stream(run: Run) -> None:
    told = run("validate", "--format", "checkstyle", "--output", "report.xml")
    assert (told.code, told.out, told.err) == (1, "", "1 error(s), 1 warning(s)\n")
    assert Path("report.xml").read_text(encoding="utf-8").startswith("<?xml")
    assert [path.name for path in Path().iterdir() if ".part" in path.name] == []


def test_concise_output_is_one_line_a_finding(run: Run) -> None:
    assert run("validate", "--format", "concise").out == (
        "workflows/deal.yaml:9:17: SF301 Unknown state `opn` (did you mean `open`?)\n"
        "workflows/deal.yaml:10:53: SF318 No transition listens to the event `told` (known: close, note)\n"
    )


def test_a_hidden_error_is_never_hidden_from_who_wants_to_run_it(run: Run) -> None:
    text = DEFINITION.replace("to: closed}", "to: closed}  # salespm: ignore[SF301] reason=not yet")
    deal().write_text(text, encoding="utf-8")
    told = run("validate")
    summary, note = told.err.splitlines()
    assert (told.code, summary) == (0, "0 error(s), 1 warning(s), 1 silenced")
    assert note == "note: 1 error(s) are not reported as such; the definitions that they are in still cannot run"


def test_severities_of_the_workspace_decide(run: Run) -> None:
    settings = Path("salespm.yaml")
    settings.write_text(settings.read_text("utf-8") + "lint: {SF301: warning, SF318: off}\n", encoding="utf-8")
    told = run("validate", "--format", "json")
    assert [(one["code"], one["severity"]) for one in told.data["findings"]] == [("SF301", "warning")]
    assert told.code == 0


# --------------------------------------------------------------------------------------------------------- baseline


def test_a_baseline_lets_only_new_findings_fail(run: Run) -> None:
    assert run("validate", "--baseline", "known.json", "--write-baseline") == Told(
        0, "", "baseline known.json: 2 finding(s)\n"
    )
    told = run("validate", "--baseline", "known.json", "--fail-on", "info")
    assert (told.code, told.out) == (0, "")
    deal().write_text("# moved\n" + DEFINITION.replace("version: 1", "version: one"), encoding="utf-8")
    fresh = run("validate", "--baseline", "known.json", "--format", "json")
    assert (fresh.code, fresh.data["findings"][0]["code"]) == (1, "SF142")


def test_one_file_of_many_makes_no_entry_of_another_stale(run: Run) -> None:
    run("validate", "--baseline", "known.json", "--write-baseline")
    Path("workflows/other.yaml").write_text(SOUND.replace("id: deal", "id: other"), encoding="utf-8")
    assert run("validate", "workflows/other.yaml", "--baseline", "known.json").err == "no findings\n"
    deal().write_text(SOUND, encoding="utf-8")
    stale = run("validate", "workflows/deal.yaml", "--baseline", "known.json", "--format", "concise").out
    assert [line.split()[1] for line in stale.splitlines()] == ["SF605", "SF605"]


def test_a_baseline_that_is_none_or_not_there_is_refused_in_words(run: Run) -> None:
    assert run("validate", "--write-baseline").code == 2
    missing = run("validate", "--baseline", "none.json")
    assert (missing.code, "Traceback" in missing.err) == (1, False)
    wrong = run("validate", "--baseline", "salespm.yaml")
    assert (wrong.code, wrong.err.splitlines()[0]) == (1, "Error SF503: `salespm.yaml` is no baseline")


# ------------------------------------------------------------------------------------------------------------ fixes


def test_diff_shows_and_fix_writes_the_same(run: Run) -> None:
    told = run("validate", "--diff", "--unsafe")
    assert told == Told(
        1,
        "--- workflows/deal.yaml\n"
        "+++ workflows/deal.yaml\n"
        "@@ -6,5 +6,5 @@\n"
        " initial: open\n"
        " states: {open: {}, closed: {final: true}}   # two\n"
        " transitions:\n"
        "-  close: {from: opn, to: closed}\n"
        "+  close: {from: open, to: closed}\n"
        "   note: {from: open, do: {x: {action: raise, event: told}}}\n",
        "1 finding(s) can be fixed; nothing was written\n",
    )
    assert deal().read_text(encoding="utf-8") == DEFINITION
    fixed = run("validate", "--fix", "--unsafe")
    assert (fixed.code, fixed.err.splitlines()[0]) == (0, "fixed 1 finding(s) in 1 file(s)")
    assert deal().read_text(encoding="utf-8") == DEFINITION.replace("opn", "open")


def test_without_unsafe_nothing_is_guessed(run: Run) -> None:
    assert run("validate", "--fix").err.splitlines()[0] == "fixed 0 finding(s) in 0 file(s)"
    assert deal().read_text(encoding="utf-8") == DEFINITION
    assert run("validate", "--unsafe").code == 2


def test_a_fixed_file_keeps_mark_line_ends_rights_and_link(run: Run) -> None:
    place = Path("elsewhere.yaml")
    before = DEFINITION.replace("\n", "\r\n").encode("utf-8-sig")
    place.write_bytes(before)
    place.chmod(0o640)
    deal().unlink()
    deal().symlink_to(place.resolve())
    run("validate", "--fix", "--unsafe")
    assert place.read_bytes() == before.replace(b"opn", b"open")
    assert stat.S_IMODE(place.stat().st_mode) == 0o640
    assert deal().is_symlink()


def test_what_was_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"changed")
    with pytest.raises(ConflictError):
        write_file(path, b"new", was=b"old")
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (b"changed", [path])


def test_a_new_file_has_the_rights_of_any_new_file(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.touch()
    write_file(tmp_path / "report", b"x")
    assert stat.S_IMODE((tmp_path / "report").stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_a_file_that_cannot_be_replaced_stays_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_file(path, b"new")
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (b"old", [path])


# ---------------------------------------------------------------------------------------------------------- explain


def test_explain_lists_every_code(run: Run) -> None:
    listed = run("explain").out
    assert set(re.findall(r"^  (SF\d{3})  ", listed, re.MULTILINE)) == set(EVERY_CODE)
    assert [one["code"] for one in run("explain", "--format", "json").data["codes"]] == list(EVERY_CODE)


def test_explain_tells_what_a_code_means_with_both_examples(run: Run) -> None:
    told = run("explain", "sf301")
    assert told.out.startswith("SF301  an unknown state  (error)\n\n")
    assert told.out.count("```yaml") == 2
    data = run("explain", "SF301", "--format", "json").data
    assert (data["severity"], bool(data["meaning"]["zh"])) == ("error", True)


def test_explain_knows_errors_too_and_offers_the_nearest_code(run: Run) -> None:
    told = run("explain", "SF503").out
    assert told.startswith("SF503  a value that cannot be read  (a call fails)\n\nA value cannot be read as what it is")
    unknown = run("explain", "SF3010")
    assert (unknown.code, "did you mean `SF3" in unknown.err) == (1, True)


# -------------------------------------------------------------------------------------------------- one cause, once


@pytest.mark.parametrize(
    ("file", "right", "wrong", "code"),
    [
        ("sales_pipeline.yaml", "calendar: cn_office", "calendar: cn_ofice", "SF307"),
        ("sales_pipeline.yaml", "risks: [sales_risks]", "risks: [sales_risk]", "SF307"),
        ("sales_pipeline.yaml", "{type: ref, to: accounts,", "{type: ref, to: acounts,", "SF307"),
        ("sales_pipeline.yaml", "formula: (amount - cost) / amount", "formula: (amuont - cost) / amount", "SF202"),
        ("sales_pipeline.yaml", "discount_limit: 15%  ", "discount_limit: 15%%  ", "SF203"),
        ("sales_pipeline.yaml", "when: big_discount", "when: big_discout", "SF202"),
        ("sales_pipeline.yaml", "event: delivery.accepted", "event: delivry.accepted", "SF318"),
        ("sales_pipeline.yaml", "{type: text, by: [legal], editable_in: [contract]", "{tipe: text", "SF140"),
        ("sales_pipeline.yaml", "lost_to:        {type: text", "lost_to:        {type: txt", "SF143"),
        ("sales_scorecard.yaml", "kpi: win_rate", "kpi: winrate", "SF308"),
        ("sales_risks.yaml", 'entered("proposal")])', 'entered("proposl")])', "SF211"),
        ("pm_lifecycle.yaml", "from: delivery, to: closing}", "from: delivery, to: closng}", "SF301"),
        ("pm_lifecycle.yaml", "from: [green, amber], to: red", "from: [gren, amber], to: red", "SF301"),
    ],
)
def test_one_mistake_in_the_shipped_definitions_is_one_finding(
    tmp_path: Path, file: str, right: str, wrong: str, code: str
) -> None:
    shutil.copytree(shipped_definitions(), tmp_path / "workflows")
    settings = "salespm: 1\nkind: workspace\nrates: exchange_rates\n"
    (tmp_path / "salespm.yaml").write_text(settings, encoding="utf-8")
    path = tmp_path / "workflows" / file
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")

    judgement = judge(load(tmp_path, check_shape=True), Standard(today=date(2026, 1, 1)))

    assert [(one.code, one.span.file) for one in judgement.findings] == [(code, f"workflows/{file}")]


def test_the_json_of_a_finding_can_be_applied_by_another_program(run: Run) -> None:
    (finding, _) = json.loads(run("validate", "--format", "json").out)["findings"]
    (edit,) = finding["fix"]["edits"]
    lines = DEFINITION.splitlines()
    line = lines[edit["line"] - 1]
    assert line[edit["column"] - 1 : edit["end_column"] - 1] == edit["was"] == "opn"
    assert edit["text"] == "open"
