"""The lessons of a store: projects of the workflow `lesson`, and which of them bear on a project. Knows no face.

A lesson is a project like any other, so that it has one guarded way in, a history, and an owner. What is read here
are the fields that the shipped workflow gives it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Value
from salespm_flow.model.fields import EnumOf, RefTo
from salespm_flow.model.library import Library
from salespm_flow.model.project import Project
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass

WORKFLOW: Final = "lesson"
RETIRED: Final = "retired"
ADOPTED: Final = "adopted"
LEARNED: Final = "_learned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What a project has taught. `polarity` is `keep` or `avoid`; `rule` is empty where it carries none.

    `advice` is the recommendation in the reader's language, where it was given in both.
    """

    id: str
    state: str
    owner: str
    what: str
    polarity: str
    cause: str
    recommendation: str
    advice: Bilingual
    tags: tuple[str, ...]
    learned_in: str
    workflow: str
    rule: str
    adopted_in: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A lesson that bears on a project, and the tags by which it does."""

    lesson: Lesson
    tags: tuple[str, ...]


def lesson_of(project: Project) -> Lesson:
    """The lesson that the project is."""
    fields = project.fields
    advice = _text(fields, "recommendation")
    zh, en = (_text(fields, f"recommendation_{language}") or advice for language in ("zh", "en"))
    return Lesson(
        id=project.id,
        state=project.state,
        owner=project.owner,
        what=_text(fields, "what"),
        polarity=_text(fields, "polarity"),
        cause=_text(fields, "cause"),
        recommendation=advice,
        advice=Bilingual(zh, en),
        tags=tags_of(project),
        learned_in=_text(fields, "learned_in"),
        workflow=_text(fields, "applies_to"),
        rule=_text(fields, "rule"),
        adopted_in=_text(fields, "adopted_in"),
    )


def tags_of(project: Project) -> tuple[str, ...]:
    """The lesson's tags, none where it has none."""
    value = project.fields.get("tags")
    return tuple(str(one) for one in value) if isinstance(value, tuple | list) else ()


def _text(fields: Mapping[str, Value], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def words_of(project: Project, workflow: Workflow, library: Library) -> frozenset[str]:
    """What a tag may be to bear on the project: values of its fields, titles of choices, columns of referred rows.

    Each also as `field=value`; the workflow, its domain and its base are words too. Case does not count.
    """
    # What bears on a workflow bears on the overlay that its own lessons have made.
    found = {workflow.id, workflow.id.removesuffix(LEARNED), workflow.domain.value}
    found |= {workflow.title.zh, workflow.title.en}
    for name, field in workflow.fields.items():
        value = project.fields.get(name)
        for said in _said(value):
            spoken = {said}
            if isinstance(field.type, EnumOf) and said in field.type.values:
                title = field.type.values[said]
                spoken |= {title.zh, title.en}
            if isinstance(field.type, RefTo) and (table := library.references.get(field.type.reference)) is not None:
                row = table.rows.get(said, {})
                for column, cell in row.items():
                    spoken |= {word for one in _said(cell) for word in (one, f"{column}={one}")}
            found |= spoken | {f"{name}={one}" for one in spoken}
    return frozenset(one.casefold() for one in found)


def _said(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _said(one)


def matches(lessons: Iterable[Lesson], words: frozenset[str]) -> tuple[Match, ...]:
    """The lessons in force with a tag among the words, those with most first; the order given decides between equals.

    A lesson for a workflow bears on its projects by that alone.
    """
    found: list[Match] = []
    for lesson in lessons:
        if lesson.state == RETIRED:
            continue
        named = (*lesson.tags, *((lesson.workflow,) if lesson.workflow else ()))
        tags = tuple(dict.fromkeys(tag for tag in named if tag.casefold() in words))
        if tags:
            found.append(Match(lesson=lesson, tags=tags))
    return tuple(sorted(found, key=lambda match: -len(match.tags)))


def holds(lesson: Lesson, sought: Iterable[str]) -> bool:
    """Whether each word stands somewhere in the lesson; case does not count."""
    advice = (lesson.recommendation, lesson.advice.zh, lesson.advice.en)
    whole = "\n".join((lesson.what, lesson.cause, *advice, *lesson.tags, lesson.workflow, lesson.learned_in)).casefold()
    return all(word.casefold() in whole for word in sought)
