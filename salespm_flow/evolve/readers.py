"""Who in a workspace reads a name of a document: the expressions and keys of all others. Knows no versions."""

import re
from collections.abc import Iterator
from dataclasses import fields

from salespm_flow.model.library import Library
from salespm_flow.model.tables import expressions_in

_GROUPS = ("workflows", "risk_models", "kpi_sets", "scorecards", "decision_tables", "goal_sets", "mappings")


def readers_of(expression: str, library: Library) -> tuple[str, ...]:
    """The ids of the documents with an expression that holds the words, such as `kpi.win_rate`."""
    words = re.compile(rf"(?<![\w.]){re.escape(expression)}(?!\w)")
    return tuple(dict.fromkeys(name for name, text in _texts(library) if words.search(text)))


def kpi_readers(name: str, library: Library) -> tuple[str, ...]:
    """The ids of the documents that read the KPI, in an expression or as what a criterion or goal is about."""
    judged = [
        card.id
        for card in library.scorecards.values()
        if any(criterion.kpi == name for criterion in card.criteria.values())
    ]
    judged += [
        goals.id for goals in library.goal_sets.values() if any(goal.kpi == name for goal in goals.goals.values())
    ]
    return tuple(dict.fromkeys((*readers_of(f"kpi.{name}", library), *judged)))


def users_of(kind: str, document: str, library: Library) -> tuple[str, ...]:
    """The ids of the workflows that use the document of that kind."""
    found = []
    for workflow in library.workflows.values():
        uses = workflow.uses
        named = {
            "organisation": (uses.organisation or library.workspace.organisation,),
            "calendar": (uses.calendar,),
            "risk_model": uses.risks,
            "scorecard": uses.scorecards,
            "goal_set": uses.goals,
        }.get(kind, ())
        if document in named:
            found.append(workflow.id)
    return tuple(found)


def parties_named(name: str, library: Library) -> tuple[str, ...]:
    """The ids of the workflows in which a role or person of that id has a part."""
    return tuple(workflow.id for workflow in library.workflows.values() if name in workflow.roles)


def fields_of(reference: str, library: Library) -> tuple[str, ...]:
    """The workflows with a field that refers to the table."""
    return tuple(
        workflow.id
        for workflow in library.workflows.values()
        if any(getattr(field.type, "reference", None) == reference for field in workflow.fields.values())
    )


def _texts(library: Library) -> Iterator[tuple[str, str]]:
    for one in fields(library):
        if one.name in _GROUPS:
            for name, document in getattr(library, one.name).items():
                yield from ((name, expression.text) for expression in expressions_in(document))
