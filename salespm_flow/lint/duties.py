"""Who approves: nobody what he asked for himself, and somebody is left who can.

A role is meant as such; where an organisation says who holds it, a person is named, and the engine has let that person
do both.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from salespm_flow.definition.findings import shown
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.engine.places import is_within
from salespm_flow.lint.inspection import Inspection, finding
from salespm_flow.model.expression import Party, PartyKind
from salespm_flow.model.organisation import holders
from salespm_flow.model.workflow import Approval, Transition

if TYPE_CHECKING:
    from salespm_flow.lint.space import Move


def findings(inspection: Inspection) -> Iterator[Diagnostic]:
    """What is wrong with the duties of each approval."""
    for transition in inspection.workflow.transitions.values():
        for approval in transition.approvals.values():
            if Party(PartyKind.REQUESTER) not in approval.excepted:
                yield from _both(inspection, transition, approval)
            else:
                yield from _nobody_else(inspection, transition, approval)


def _both(inspection: Inspection, transition: Transition, approval: Approval) -> Iterator[Diagnostic]:
    """The approvals that one person may give to what he asked for."""
    role = _shared(transition, approval)
    person = _person(inspection, transition, approval)
    if role is None and person is None:
        return
    who = shown(role or person or "")
    noun = Bilingual("角色", "role") if role else Bilingual("人员", "person")
    name, id_ = shown(approval.id), shown(transition.id)
    message = Bilingual(
        f"{noun.zh} {who} 既可以申请 {id_}，又可以审批 {name}",
        f"The {noun.en} {who} may both ask for {id_} and approve it ({name})",
    )
    hint = Bilingual("写 except: [requester]", "write except: [requester]")
    from salespm_flow.lint.approving import Asked, witness_of_both  # noqa: PLC0415 - the engine only where it is needed

    witness = witness_of_both(inspection, _way(inspection, transition), Asked(transition, approval))
    yield finding("SF642", approval.span, message, hint, witness=witness)


def _shared(transition: Transition, approval: Approval) -> str | None:
    """A role that stands in both, which is not kept out."""
    asking = {party.name for party in transition.by or () if party.kind is PartyKind.ROLE}
    kept_out = {party.name for party in approval.excepted if party.kind is PartyKind.ROLE}
    roles = (party.name for party in approval.by if party.kind is PartyKind.ROLE)
    return next((role for role in roles if role in asking and role not in kept_out), None)


def _person(inspection: Inspection, transition: Transition, approval: Approval) -> str | None:
    """Somebody who may ask and approve, where the organisation or the parties name people."""
    asking = _people(inspection, transition.by or ())
    kept_out = _people(inspection, approval.excepted)
    return next((one for one in _people(inspection, approval.by) if one in asking and one not in kept_out), None)


def _people(inspection: Inspection, parties: tuple[Party, ...]) -> tuple[str, ...]:
    organisation = inspection.organisation
    named = [party.name for party in parties if party.kind is PartyKind.PERSON]
    roles = [party.name for party in parties if party.kind is PartyKind.ROLE]
    held = [person.id for role in roles for person in (holders(organisation, role) if organisation else ())]
    return tuple(dict.fromkeys((*named, *held)))


def _nobody_else(inspection: Inspection, transition: Transition, approval: Approval) -> Iterator[Diagnostic]:
    """Where the only one who could approve is the only one who can ask."""
    if inspection.organisation is None or any(
        party.kind not in {PartyKind.ROLE, PartyKind.PERSON} for party in approval.by
    ):
        return
    if transition.by is None or any(party.kind not in {PartyKind.ROLE, PartyKind.PERSON} for party in transition.by):
        return
    approving, asking = _people(inspection, approval.by), _people(inspection, transition.by)
    if len(approving) == 1 and approving == asking and approval.escalate is None:
        who = shown(approving[0])
        message = Bilingual(
            f"只有 {who} 能申请 {shown(transition.id)}，也只有 {who} 能审批，而申请人不能审批",
            f"Only {who} may ask for {shown(transition.id)}, and only {who} could approve it, but not as its requester",
        )
        hint = Bilingual("在 by 中加入别人", "name somebody else in `by`")
        from salespm_flow.lint.approving import Asked, witness_of_nobody  # noqa: PLC0415 - as above

        witness = witness_of_nobody(inspection, _way(inspection, transition), Asked(transition, approval))
        yield finding("SF643", approval.span, message, hint, witness=witness)


def _way(inspection: Inspection, transition: Transition) -> "tuple[Move, ...]":
    """The shortest way to where the transition may be asked for."""
    space = inspection.space
    sources = transition.sources
    here = (
        number
        for number, one in enumerate(space.configurations)
        if any(is_within(leaf, source) for leaf in one.leaves for source in sources)
    )
    return space.way(next(here, 0))
