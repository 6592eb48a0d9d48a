"""A comparison as a Markdown page for a pull request: what breaks first, and the picture. Knows no command."""

from collections.abc import Iterator
from typing import Final

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.draw.words import escaped
from salespm_flow.evolve.comparison import Comparison
from salespm_flow.evolve.difference import IMPACTS, Difference, Impact
from salespm_flow.evolve.documents import DocumentComparison
from salespm_flow.evolve.picture import diff_mermaid

HEADINGS: Final = {
    Impact.BREAKING: Bilingual("不兼容：有人以前能做的事现在做不到", "Breaking: what could be done no longer can"),
    Impact.MAPPING: Bilingual(
        "需要映射：迁移时须说明运行中项目怎么办", "Needs mapping: a migration says what becomes of projects"
    ),
    Impact.SAFE: Bilingual("安全：运行中的项目照常进行", "Safe: running projects just go on"),
}
_COLUMNS: Final = Bilingual("| 位置 | 变化 | 以前 | 现在 |", "| Where | What | Before | After |")
_PICTURE: Final = Bilingual(
    "状态图（绿：新增，红：移除，黄：改变）", "Diagram (green: new, red: removed, yellow: changed)"
)
_NOTHING: Final = Bilingual("没有含义上的差别。", "There is no difference in meaning.")


def diff_markdown(comparison: Comparison | DocumentComparison, language: Language) -> str:
    """The page, newline at the end."""
    return "\n".join(_lines(comparison, language)) + "\n"


def summary_of(comparison: Comparison | DocumentComparison) -> Bilingual:
    """How many differences of each impact, the worst first."""
    counts = [(impact, comparison.count(impact)) for impact in reversed(Impact)]
    zh = "，".join(f"{count} 处{IMPACTS[impact].zh}" for impact, count in counts)
    return Bilingual(zh, ", ".join(f"{count} {IMPACTS[impact].en}" for impact, count in counts))


def heading_of(comparison: Comparison | DocumentComparison) -> Bilingual:
    """Which versions of what are compared."""
    sides = comparison.versions if isinstance(comparison, Comparison) else comparison
    old, new = sides.old, sides.new
    same = old.id == new.id
    what = f"{new.id} {old.version} → {new.version}" if same else f"{old.id} {old.version} → {new.id} {new.version}"
    return Bilingual(what, what)


def _lines(comparison: Comparison | DocumentComparison, language: Language) -> Iterator[str]:
    yield f"## {heading_of(comparison).of(language)}"
    yield ""
    if not comparison.differences:
        yield _NOTHING.of(language)
        return
    yield summary_of(comparison).of(language)
    for impact in reversed(Impact):
        found = [one for one in comparison.differences if one.impact is impact]
        if found:
            yield ""
            yield f"### {HEADINGS[impact].of(language)}"
            yield ""
            yield _COLUMNS.of(language)
            yield "| --- | --- | --- | --- |"
            yield from (_row(one, language) for one in found)
    if not isinstance(comparison, Comparison):
        return
    yield ""
    yield f"<details><summary>{_PICTURE.of(language)}</summary>"
    yield ""
    yield "```mermaid"
    yield diff_mermaid(comparison, language).rstrip("\n")
    yield "```"
    yield ""
    yield "</details>"


def _row(one: Difference, language: Language) -> str:
    cells = (f"`{one.path}`", _cell(one.message.of(language)), _code(one.before), _code(one.after))
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return escaped(" ".join(text.split()))


def _code(text: str) -> str:
    """The text as code; a bar would end the cell, and a backquote the code."""
    plain = " ".join(text.split()).replace("|", "\\|").replace("`", "'")
    return f"`{plain}`" if plain else ""
