"""The page of every code: its title and severity are the program's, and its two examples are what they claim to be."""

import re

import pytest

from docs.code_pages import FOLDER, RIGHT, WITHOUT_EXAMPLE, WRONG, expected_codes, judged
from docs.generate import _errors
from salespm_flow.lint.codes import BLOCKS, EVERY_CODE, SEVERITIES, is_finding
from salespm_flow.lint.error_codes import ERROR_CODES
from salespm_flow.lint.pages import parse_page

PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.md"))}
# Errors of a call are met at a prompt; no definition shows them.
SHOWN = sorted(code for code in PAGES if code not in WITHOUT_EXAMPLE and is_finding(code))
# Codes whose pages are still to be written; the list only gets shorter.
CHINESE = re.compile("[一-鿿]")
AWAITED: frozenset[str] = frozenset()


def test_every_code_has_a_page_and_no_page_is_about_nothing() -> None:
    assert EVERY_CODE.keys() - AWAITED == set(PAGES)


@pytest.mark.parametrize("code", PAGES)
def test_a_page_begins_with_its_title_and_says_what_is_meant_in_both_languages(code: str) -> None:
    title, page = EVERY_CODE[code].title, parse_page(PAGES[code])
    assert PAGES[code].splitlines()[0] == f"# {code}: {title.en} · {title.zh}"
    assert CHINESE.search(page.meaning.zh)
    assert page.meaning.en
    assert bool(page.wrong) is bool(page.right) is (code in SHOWN)


@pytest.mark.parametrize("code", SHOWN)
def test_a_wrong_example_gives_exactly_its_code_as_bad_as_the_registry_says(code: str) -> None:
    judgement = judged(PAGES[code], WRONG)
    assert {found.code for found in judgement.findings} == expected_codes(code, PAGES[code])
    assert {found.severity for found in judgement.findings if found.code == code} == {EVERY_CODE[code].severity}


@pytest.mark.parametrize("code", SHOWN)
def test_a_right_example_gives_nothing(code: str) -> None:
    assert [(found.code, found.message.en) for found in judged(PAGES[code], RIGHT).findings] == []


def test_codes_begin_as_their_block_says_and_are_in_one_block_only() -> None:
    assert all(code.startswith(block.prefix) for block in BLOCKS for code in block.codes)
    assert len(EVERY_CODE) == sum(len(block.codes) for block in BLOCKS)
    assert set(SEVERITIES) <= set(EVERY_CODE)


def test_error_codes_are_those_of_the_exceptions() -> None:
    assert set(ERROR_CODES) == set(_errors())
