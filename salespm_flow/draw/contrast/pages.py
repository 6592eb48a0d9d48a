"""A contrast as a Markdown page. Knows no definitions."""

from collections.abc import Iterator

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.draw.contrast.dimensions import TOPICS, Contrast
from salespm_flow.draw.words import escaped


def contrast_page(found: Contrast, language: Language) -> str:
    """The page, a line feed at its end."""
    return "\n".join(_lines(found, language)).rstrip("\n") + "\n"


def heading(found: Contrast, language: Language) -> str:
    """What is compared with what."""
    zh, en = f"{found.first}与{found.second}的区别", f"{found.first} and {found.second}: what differs"
    return Bilingual(zh, en).of(language)


def _lines(found: Contrast, language: Language) -> Iterator[str]:
    yield f"# {escaped(heading(found, language))}"
    yield ""
    if found.summary:
        yield escaped(found.summary)
        yield ""
    for dimension in found.dimensions:
        yield f"## {TOPICS[dimension.topic].of(language)}"
        yield ""
        yield escaped(dimension.difference)
        yield ""
        yield f"| | {escaped(found.first)} | {escaped(found.second)} |"
        yield "|---|---|---|"
        for row in dimension.rows:
            yield f"| {row.label} | {escaped(row.first) or '—'} | {escaped(row.second) or '—'} |"
        yield ""
    if found.meeting:
        yield f"## {Bilingual('两者如何衔接', 'Where they meet').of(language)}"
        yield ""
        yield escaped(found.meeting)
