"""Golden pairs in `findings/`: documents, and everything found in them with code, exact place, message and hint."""

import re
from pathlib import Path

import pytest

from salespm_flow.definition.document_codes import DOCUMENT_CODES
from salespm_flow.diagnostics import Diagnostic
from tests.unit.definition.texts import collected, found

FOLDER = Path(__file__).parent / "findings"
CASES = sorted(FOLDER.glob("*.txt"), key=lambda path: path.name)
LISTING = "document_codes.py"
ROOM = FOLDER.parents[3] / "salespm_flow" / "definition"


def documents_and_findings(path: Path) -> tuple[list[str], list[str]]:
    *documents, findings = re.split(r"^=== (?:document|found)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[
        1:
    ]
    return documents, findings.splitlines()


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_documents_have_exactly_these_findings(path: Path) -> None:
    documents, findings = documents_and_findings(path)
    assert found(*documents) == findings


def every_diagnostic() -> list[Diagnostic]:
    return [one for path in CASES for one in collected(*documents_and_findings(path)[0]).diagnostics]


def test_every_finding_is_said_in_chinese_too() -> None:
    english_only = [one for one in every_diagnostic() if not re.search("[一-鿿]", one.message.zh)]
    assert english_only == []


def test_every_code_is_listed_and_none_in_vain() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in ROOM.rglob("*.py") if path.name != LISTING)
    assert set(re.findall(r'"(SF3\d\d)"', sources)) == set(DOCUMENT_CODES)


def test_every_code_about_documents_has_a_golden_pair() -> None:
    # The rest are about files and tables, which have tests of their own, or stand aside for the schema's words.
    elsewhere = {f"SF{number}" for number in (349, *range(350, 360), 390)}
    assert {one.code for one in every_diagnostic()} >= set(DOCUMENT_CODES) - elsewhere
