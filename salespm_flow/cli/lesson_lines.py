"""Lessons as people and machines are told them, alone and beside a project that they bear on."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.context import Session
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.engine.views.lessons import Lesson, Match
    from salespm_flow.model.project import Project
    from salespm_flow.model.workflow import Workflow

POLARITIES: Final = {"keep": Bilingual("保持", "keep"), "avoid": Bilingual("避免", "avoid")}
# A guide shows no more than these, the nearest.
_MOST: Final = 5


def lessons_for(session: Session, project: "Project", workflow: "Workflow") -> "tuple[Match, ...]":
    """The lessons that bear on an open project, the nearest first, a few at most; a lesson needs none itself."""
    from salespm_flow.engine.views.lessons import WORKFLOW, lesson_of, matches, words_of

    if project.closed_at is not None or workflow.id == WORKFLOW:
        return ()
    kept = map(lesson_of, session.runner.store.projects(workflow=WORKFLOW))
    return matches(kept, words_of(project, workflow, session.library))[:_MOST]


def match_lines(session: Session, found: "tuple[Match, ...]") -> Iterator[str]:
    """The lessons with the tags by which they bear on the project; nothing where there are none."""
    from salespm_flow.cli.render import Ink

    if found:
        yield ""
        yield session.palette.paint(session.text("以前的经验教训", "Earlier lessons"), Ink.STRONG)
    for match in found:
        yield from (f"  {line}" for line in lesson_lines(session, match.lesson))


def match_answer(match: "Match") -> dict[str, object]:
    """The lesson as data, with the tags by which it bears on the project."""
    return {**lesson_answer(match.lesson), "matched": list(match.tags)}


def lesson_answer(lesson: "Lesson") -> dict[str, object]:
    """The lesson as data."""
    return {
        "id": lesson.id,
        "state": lesson.state,
        "owner": lesson.owner,
        "what": lesson.what,
        "polarity": lesson.polarity,
        "cause": lesson.cause or None,
        "recommendation": lesson.recommendation,
        "tags": list(lesson.tags),
        "learned_in": lesson.learned_in or None,
        "workflow": lesson.workflow or None,
        "rule": lesson.rule or None,
        "adopted_in": lesson.adopted_in or None,
    }


def lesson_lines(session: Session, lesson: "Lesson") -> Iterator[str]:
    """The lesson in two lines: what happened, and what to do."""
    tags = f"  [{session.text('、', ', ').join(lesson.tags)}]" if lesson.tags else ""
    yield lesson_line(session, lesson)
    yield f"    → {session.of(lesson.advice)}{tags}"


def lesson_line(session: Session, lesson: "Lesson") -> str:
    """The lesson in one line: what it is called, what happened, and where it was adopted."""
    from salespm_flow.cli.render import Ink
    from salespm_flow.engine.views.lessons import ADOPTED, RETIRED

    known = POLARITIES.get(lesson.polarity, Bilingual(lesson.polarity, lesson.polarity))
    state = ""
    if lesson.state == ADOPTED:
        state = session.text(f"，已写入 {lesson.adopted_in}", f", adopted in {lesson.adopted_in}")
    elif lesson.state == RETIRED:
        state = session.text("，已停用", ", retired")
    return f"{session.palette.paint(lesson.id, Ink.NAME)}  {session.of(known)}{session.colon}{lesson.what}{state}"
