"""Overlays from the command line: the whole printed, findings at their places, projects that outlive the files."""

import json
from pathlib import Path

import pytest

from salespm_flow.cli.main import main

BASE = """\
salespm: 1
kind: workflow
id: visit
version: 1
domain: sales
title: Visit
fields: {note: {type: text}}
initial: planned
states:
  planned: {exit: {require: [note]}}
  made: {final: true}
transitions:
  finish: {from: planned, to: made}
"""
OVERLAY = """\
salespm: 1
kind: overlay
id: call
version: 2
extends: visit@1
title: Call
fields: {minutes: {type: integer, min: 1}}
states:
  planned: {exit: {require: {add: [minutes]}}}
"""
WHOLE = """\
salespm: 1
kind: workflow
id: call
version: 2
domain: sales
title: Call
fields:
  note: {type: text}
  minutes: {type: integer, min: 1}
initial: planned
states:
  planned: {exit: {require: [note, minutes]}}
  made: {final: true}
transitions:
  finish: {from: planned, to: made}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with a workflow and an overlay over it."""
    (tmp_path / "salespm.yaml").write_text("salespm: 1\nkind: workspace\nlanguage: en\n", encoding="utf-8")
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "visit.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "workflows" / "call.yaml").write_text(OVERLAY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SALESPM_STORE", raising=False)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_compose_prints_the_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compose", "call", "--print"]) == 0
    assert capsys.readouterr().out == WHOLE
    assert main(["compose", "workflows/call.yaml", "--print", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer == {"status": "ok", "kind": "workflow", "id": "call", "version": 2, "text": WHOLE, "findings": []}
    assert main(["compose", "call"]) == 0
    assert capsys.readouterr().err == "workflow call version 2, no errors; --print shows it whole\n"


def test_validate_and_compose_tell_what_an_overlay_breaks(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    overlay = folder / "workflows" / "call.yaml"
    overlay.write_text(OVERLAY.replace("fields: {minutes", "fields: {note: null, minutes"), encoding="utf-8")
    told = """\
workflows/call.yaml:7:10: error SF306 Unknown field or record `note` (inherited from workflows/visit.yaml:10)
  7 | fields: {note: null, minutes: {type: integer, min: 1}}
    |          ^^^^
  hint: known: minutes
"""
    for words in (["validate", "workflows/call.yaml"], ["validate"], ["compose", "call", "--print"]):
        assert main(words) == 1
        assert capsys.readouterr().out == told


def test_project_outlives_the_files_that_made_its_definition(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "."]) == 0
    assert main(["new", "call", "--id", "C1", "--as", "wang"]) == 0
    (folder / "workflows" / "visit.yaml").unlink()
    (folder / "workflows" / "call.yaml").unlink()
    capsys.readouterr()
    assert main(["advance", "C1", "finish", "--as", "wang", "--format", "json"]) == 1
    refused = json.loads(capsys.readouterr().out)["reasons"]
    assert [(reason["id"], reason["rule"]) for reason in refused] == [
        ("note", {"file": "workflows/call.yaml (composed)", "line": 12, "column": 30}),
        ("minutes", {"file": "workflows/call.yaml (composed)", "line": 12, "column": 36}),
    ]
    moved = ["advance", "C1", "finish", "note=done", "minutes=5", "--as", "wang"]
    assert main([*moved, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "accepted"
