"""The pages of codes: what a finding means, with an example of what is wrong and of what is right, in both languages.

A page is Markdown in a fixed form, which the docs show and `explain` prints. Knows no registry and no terminal.
"""

import re
from pathlib import Path

from salespm_flow.diagnostics import Bilingual
from salespm_flow.nouns import dataclass

# The wheel carries the folder inside the package; in a checkout it is part of the docs.
_PACKAGE = Path(__file__).resolve().parent.parent
_FOLDERS = (_PACKAGE / "_shipped" / "codes", _PACKAGE.parent / "docs" / "reference" / "codes")
_SECTION = re.compile(r"^## (?P<title>.+)\n(?P<body>(?:(?!## ).*\n?)*)", re.MULTILINE)
_MARKER = re.compile(r"<!-- .*? -->\n?")
ENGLISH, CHINESE, WRONG, RIGHT = "Meaning", "含义", "Wrong · 错误", "Right · 正确"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page's parts; `wrong` and `right` are Markdown with the examples, empty where there are none."""

    meaning: Bilingual
    wrong: str
    right: str


def page_path(code: str) -> Path | None:
    """Where the page of a code is, None where the installation has none."""
    paths = (folder / f"{code}.md" for folder in _FOLDERS)
    return next((path for path in paths if path.is_file()), None)


def read_page(code: str) -> Page | None:
    """The page of a code, None where the installation has none."""
    path = page_path(code)
    return None if path is None else parse_page(path.read_text(encoding="utf-8"))


def parse_page(text: str) -> Page:
    """The parts of a page's text."""
    sections = {found["title"]: _MARKER.sub("", found["body"]).strip() for found in _SECTION.finditer(text)}
    return Page(
        meaning=Bilingual(sections.get(CHINESE, ""), sections.get(ENGLISH, "")),
        wrong=sections.get(WRONG, ""),
        right=sections.get(RIGHT, ""),
    )
