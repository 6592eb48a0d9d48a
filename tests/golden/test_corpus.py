"""Every broken file is told as written down, whole and in both languages; and the corpus is as broad as it says."""

import re
from functools import cache

import pytest

from salespm_flow.lint.codes import EVERY_CODE, is_finding
from salespm_flow.lint.judgement import Judgement
from tests.golden.corpus import FOLDER, Case, by_code, cases, judged, place, told

CASES = tuple(cases())
FEWEST = 300
CHINESE = re.compile("[一-鿿]")
# Findings that no definition file alone can bring about.
ELSEWHERE = {
    "SF159": "what a schema refuses in a way that has no code of its own: no shipped schema does",
    "SF230": "fuel runs out where a project runs, never in a file",
    "SF375": "told where a pinned text is read without its schema, which says it first (SF145)",
    "SF390": "stands aside wherever the schema has words of its own",
    "SF420": "about DMN files: tests/unit/interop",
    "SF421": "about DMN files: tests/unit/interop",
}


@pytest.fixture(autouse=True)
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The corpus is the working folder, so that files have the same names everywhere."""
    monkeypatch.chdir(FOLDER)


@cache
def judgement_of(case: Case) -> Judgement:
    """What is said about a case, worked out once."""
    return judged(case)


def places() -> dict[str, list[str]]:
    """The cases at each code and place."""
    found: dict[str, list[str]] = {}
    for case in CASES:
        found.setdefault(f"{case.code} at {place(case, judgement_of(case))}", []).append(case.name)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_file_is_told_as_expected(case: Case) -> None:
    # `python -m tests.golden.renew` writes what is told now, to be read before it is committed.
    assert told(judgement_of(case)) == case.expectation.read_text(encoding="utf-8")
    assert case.code in {found.code for found in judgement_of(case).findings}
    assert all(CHINESE.search(found.message.zh) for found in judgement_of(case).findings)


def test_the_firm_around_the_broken_files_is_sound() -> None:
    assert told(judged(Case("SF665", FOLDER / "around"))) == "=== 中文\n"


def test_there_are_three_hundred_broken_files_and_nothing_else() -> None:
    assert len(CASES) >= FEWEST
    expectations = set(FOLDER.glob("SF*/*.txt"))
    assert expectations == {case.expectation for case in CASES}


def test_every_code_of_a_finding_has_two_files() -> None:
    findings = {code for code in EVERY_CODE if is_finding(code)}
    few = {code for code in findings if len(by_code().get(code, ())) < 2}
    assert few == ELSEWHERE.keys()
    assert set(by_code()) <= findings


def test_no_two_files_share_both_code_and_place() -> None:
    assert {where: names for where, names in places().items() if len(names) > 1} == {}
