"""Titles in one language only. Asked for, not told to everybody: not every team works in two languages."""

import re
from collections.abc import Iterator

from salespm_flow.definition.findings import shown
from salespm_flow.diagnostics import Bilingual, Diagnostic, Span
from salespm_flow.lint.inspection import Inspection, finding
from salespm_flow.lint.messages import actions_of
from salespm_flow.model.actions import Notify, OpenRisk, OpenTask

_CHINESE = re.compile("[\u3400-\u9fff]")
# Names such as CRM, SWOT or Q1 are the same in every language.
_COMMON = re.compile(r"[A-Z0-9 .&/+-]+")


def findings(inspection: Inspection) -> Iterator[Diagnostic]:
    """Everything that a person sees and that has no title, or the same words in both languages."""
    for id_, title, span in _titled(inspection):
        if title.zh != title.en or _COMMON.fullmatch(title.zh):
            continue
        if title.zh == id_:
            missing = Bilingual("没有标题", "has no title")
        elif _CHINESE.search(title.zh):
            missing = Bilingual("没有英文标题", "has no English title")
        else:
            missing = Bilingual("没有中文标题", "has no Chinese title")
        message = Bilingual(f"{shown(id_)} {missing.zh}", f"{shown(id_)} {missing.en}")
        yield finding("SF665", span, message, Bilingual("写 title: {zh: …, en: …}", "write title: {zh: …, en: …}"))


def _titled(inspection: Inspection) -> Iterator[tuple[str, Bilingual, Span]]:
    workflow = inspection.workflow
    yield workflow.id, workflow.title, workflow.span
    for field in workflow.fields.values():
        yield field.id, field.title, field.span
    for record in workflow.records.values():
        yield record.id, record.title, record.span
        for column in record.fields.values():
            yield column.id, column.title, column.span
    for link in workflow.links.values():
        yield link.id, link.title, link.span
    for state in workflow.states.values():
        yield state.name, state.title, state.span
        for task in state.tasks:
            yield task.id, task.title, task.span
    for transition in workflow.transitions.values():
        yield transition.id, transition.title, transition.span
        for approval in transition.approvals.values():
            yield approval.id, approval.title, approval.span
    # What people are asked or told; other actions are seen by nobody.
    asked = (action for action in actions_of(workflow) if isinstance(action, OpenTask | Notify | OpenRisk))
    yield from ((action.id, action.title, action.span) for action in asked)
