"""`compare`: two workflows along five dimensions: goal, stages, skills, flow, indicators."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, shared_options
from salespm_flow.diagnostics import Bilingual, Language

if TYPE_CHECKING:
    from salespm_flow.draw.contrast.dimensions import Contrast, Dimension
    from salespm_flow.model.workflow import Workflow

FORMATS: Final = ("human", "json", "markdown")


def run(session: Session, first: str, second: str) -> int:
    """The differences of the two are told, in the asked form."""
    from salespm_flow.cli.lookup import find_workflow
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.draw.contrast.dimensions import contrast
    from salespm_flow.draw.contrast.pages import contrast_page

    left, right = find_workflow(session, first), find_workflow(session, second)
    if session.is_json:
        told = tuple(contrast(left, right, session.library, one) for one in (Language.ZH, Language.EN))
        write_json(_answer(left, right, told))
        return 0
    found = contrast(left, right, session.library, session.language)
    if session.choices.format == "markdown":
        write_text(contrast_page(found, session.language))
    else:
        write_text("\n".join(_lines(session, found)))
    return 0


def _lines(session: Session, found: "Contrast") -> Iterator[str]:
    from salespm_flow.cli.render import Ink
    from salespm_flow.draw.contrast.dimensions import TOPICS
    from salespm_flow.draw.contrast.pages import heading

    palette, colon = session.palette, session.text("：", ": ")
    yield palette.paint(heading(found, session.language), Ink.STRONG)
    if found.summary:
        yield found.summary
    for dimension in found.dimensions:
        yield ""
        yield palette.paint(session.of(TOPICS[dimension.topic]), Ink.STRONG)
        yield f"  {dimension.difference}"
        for row in dimension.rows:
            yield f"  {palette.paint(row.label, Ink.NAME)}"
            yield f"    {found.first}{colon}{row.first or '—'}"
            yield f"    {found.second}{colon}{row.second or '—'}"
    if found.meeting:
        yield ""
        yield palette.paint(session.text("两者如何衔接", "Where they meet"), Ink.STRONG)
        yield f"  {found.meeting}"


def _answer(left: "Workflow", right: "Workflow", told: "tuple[Contrast, ...]") -> dict[str, object]:
    zh, en = told
    return {
        "status": "ok",
        "first": {"workflow": left.id, "version": left.version, "title": {"zh": zh.first, "en": en.first}},
        "second": {"workflow": right.id, "version": right.version, "title": {"zh": zh.second, "en": en.second}},
        "summary": {"zh": zh.summary, "en": en.summary} if zh.summary else None,
        "dimensions": [_dimension(*pair) for pair in zip(zh.dimensions, en.dimensions, strict=True)],
        "meeting": {"zh": zh.meeting, "en": en.meeting} if zh.meeting else None,
    }


def _dimension(zh: "Dimension", en: "Dimension") -> dict[str, object]:
    return {
        "id": zh.topic.value,
        "difference": {"zh": zh.difference, "en": en.difference},
        "rows": [
            {
                "label": {"zh": one.label, "en": other.label},
                "first": {"zh": one.first, "en": other.first},
                "second": {"zh": one.second, "en": other.second},
            }
            for one, other in zip(zh.rows, en.rows, strict=True)
        ],
    }


COMMAND: Final = BilingualCommand(
    "compare",
    Bilingual(
        "从目标、阶段、技能、流程、考核五个方面比较两个流程，内容全部取自定义。\n"
        "例：salespm-flow compare pm_lifecycle sales_pipeline",
        "Compares two workflows in goal, stages, skills, flow and indicators, all of it told from their definitions.\n"
        "Example: salespm-flow compare pm_lifecycle sales_pipeline",
    ),
    (
        argument("first", Bilingual("一个流程", "One workflow")),
        argument("second", Bilingual("另一个流程", "The other workflow")),
        *shared_options(FORMATS),
    ),
    run,
)
