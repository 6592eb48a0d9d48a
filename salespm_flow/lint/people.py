"""Roles that may do nothing, and transitions that anybody may take. Asked for, not told to everybody."""

from collections.abc import Iterator

from salespm_flow.definition.findings import shown
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.lint.inspection import Inspection, finding
from salespm_flow.lint.messages import actions_of
from salespm_flow.model.actions import OpenTask
from salespm_flow.model.expression import Party, PartyKind
from salespm_flow.model.fields import Field, Record
from salespm_flow.model.workflow import Transition


def findings(inspection: Inspection) -> Iterator[Diagnostic]:
    """Idle roles, then open transitions."""
    workflow = inspection.workflow
    acting = {party.name for party in _acting(inspection) if party.kind is PartyKind.ROLE}
    acting |= {state.owner_role for state in workflow.states.values() if state.owner_role is not None}
    organisation = inspection.organisation
    for role in workflow.roles:
        is_outside = organisation is not None and role in organisation.roles and organisation.roles[role].is_outside
        if role not in acting and not is_outside:
            message = Bilingual(
                f"角色 {shown(role)} 在任何状态下都不能操作", f"The role {shown(role)} may do nothing in any state"
            )
            hint = Bilingual(
                "它只被告知；若是外部角色，在组织里写 outside: true",
                "it is only told; of one outside, say outside: true in the organisation",
            )
            yield finding("SF640", workflow.span, message, hint)
    for transition in workflow.transitions.values():
        if transition.by is None and _is_asked_for(transition):
            message = Bilingual(f"任何人都可以进行 {shown(transition.id)}", f"Anybody may take {shown(transition.id)}")
            yield finding("SF644", transition.span, message, Bilingual("写 by: […]", "write by: […]"))


def _is_asked_for(transition: Transition) -> bool:
    return any("." not in event for event in transition.events)


def _acting(inspection: Inspection) -> Iterator[Party]:
    """Every party that may move, write, approve or work."""
    workflow = inspection.workflow
    for transition in workflow.transitions.values():
        yield from transition.by or ()
        for approval in transition.approvals.values():
            yield from approval.by
            yield from () if approval.escalate is None else (approval.escalate,)
        yield from () if transition.override is None else transition.override.by
    nouns: tuple[Field | Record, ...] = (*workflow.fields.values(), *workflow.records.values())
    for noun in nouns:
        yield from noun.by or ()
    for state in workflow.states.values():
        for task in state.tasks:
            yield from (task.accountable, task.responsible)
    yield from (action.who for action in actions_of(workflow) if isinstance(action, OpenTask))
