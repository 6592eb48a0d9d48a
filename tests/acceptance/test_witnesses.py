"""Witnesses are lines that `try` takes, and what is shipped needs none: it is clean when all is to be heard."""

import io
import re
import sys
from pathlib import Path

import pytest

from docs.code_pages import FOLDER, WRONG, judged, section
from salespm_flow.cli.main import main
from salespm_flow.definition.workspace import shipped_definitions
from salespm_flow.diagnostics import Deed
from salespm_flow.lint.analysis_codes import ANALYSIS_CODES
from tests.golden import corpus

BLOCK = re.compile(r"```yaml\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)

# Those whose wrong example is one workflow, so that what leads there can be typed into `try`.
WALKED = ("SF611", "SF612", "SF613", "SF614", "SF620", "SF621", "SF622", "SF623", "SF624", "SF630")


def typed(deed: Deed) -> str:
    values = " ".join(f'{name}="{value}"' for name, value in deed.values)
    return f"{deed.verb} {deed.name} {values}".strip()


@pytest.mark.parametrize("code", WALKED)
def test_the_deeds_of_an_example_lead_there(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (FOLDER / f"{code}.md").read_text(encoding="utf-8")
    (found,) = judged(page, WRONG).findings
    assert found.witness is not None
    (tmp_path / "salespm.yaml").write_text("salespm: 1\nkind: workspace\ndefinitions: [flows]\n", "utf-8")
    (tmp_path / "flows").mkdir()
    block = BLOCK.search(section(page, WRONG))
    assert block is not None
    (tmp_path / "flows" / "deal.yaml").write_text(block["body"], "utf-8")
    monkeypatch.chdir(tmp_path)
    opening, *deeds = found.witness.deeds
    assert opening.verb == "open"
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join([*map(typed, deeds), "status"])))
    given = [f"{name}={value}" for name, value in opening.values]
    arguments = ["try", "deal", *given, "--lang", "en", "--as", "wang", "--now", "2026-01-05T09:00"]
    assert main(arguments) == found.witness.deeds[-1].is_refused
    stated = re.findall(r"^State +(.*)$", capsys.readouterr().out, re.MULTILINE)[-1]
    reached = next(deed.states for deed in reversed(found.witness.deeds) if deed.states)
    assert re.findall(r"\((\w+)\)", stated) == list(reached)


def test_shipped_definitions_are_clean_when_all_is_to_be_heard(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--strict", "--lang", "en", str(shipped_definitions())]) == 0
    assert capsys.readouterr().out == ""


def test_what_init_writes_is_clean_when_all_is_to_be_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init", "--lang", "en"]) == 0
    capsys.readouterr()
    assert main(["validate", "--strict", "--lang", "en"]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("code", sorted(ANALYSIS_CODES))
def test_an_analysis_shows_a_way_that_the_engine_has_gone_or_its_page_says_why_there_is_none(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(corpus.FOLDER)
    told = [one for case in corpus.by_code()[code] for one in corpus.judged(case).findings if one.code == code]
    page = (FOLDER / f"{code}.md").read_text(encoding="utf-8")
    says_why = ("no witness" in page and "没有重现" in page) or code == "SF618"
    assert says_why or any(found.witness is not None and found.witness.is_replayed for found in told)
    assert says_why or all(found.witness is not None for found in told)
