"""Checks that as many people may approve as a quorum asks for, where the organisation says who they are."""

from collections.abc import Collection, Iterator

from salespm_flow.definition.findings import error, shown
from salespm_flow.definition.people import Identity
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.model.expression import Party, PartyKind
from salespm_flow.model.library import Library, organisation_named
from salespm_flow.model.organisation import Organisation, holders
from salespm_flow.model.workflow import Approval, Workflow


def check_quorums(workflow: Workflow, library: Library, unusable: Collection[Identity]) -> Iterator[Diagnostic]:
    """Every approval whose number of approvers is larger than those who may approve."""
    name = organisation_named(workflow, library)
    organisation = None if name is None or ("organisation", name) in unusable else library.organisations.get(name)
    if organisation is None:
        return
    for transition in workflow.transitions.values():
        for approval in transition.approvals.values():
            yield from _check(approval, organisation)


def _check(approval: Approval, organisation: Organisation) -> Iterator[Diagnostic]:
    people = _people(approval.by, organisation) - _people(approval.excepted, organisation)
    # The owner or a manager is one person, but who it is only a project knows.
    most = len(people) + sum(1 for party in set(approval.by) if party.kind not in {PartyKind.ROLE, PartyKind.PERSON})
    if not isinstance(approval.quorum, int) or approval.quorum <= most:
        return
    if all(party.kind is PartyKind.PERSON for party in approval.by):
        return  # told without an organisation
    message = Bilingual(
        f"审批 {shown(approval.id)} 需要 {approval.quorum} 人同意，组织中只有 {most} 人可以审批",
        f"{shown(approval.id)} takes {approval.quorum} to approve, and only {most} in the organisation may",
    )
    hint = Bilingual("减少人数，或在 `by` 中加入更多角色", "ask for fewer, or name more roles in `by`")
    yield error("SF386", approval.span, message, hint)


def _people(parties: tuple[Party, ...], organisation: Organisation) -> frozenset[str]:
    named = {party.name for party in parties if party.kind is PartyKind.PERSON}
    roles = (party.name for party in parties if party.kind is PartyKind.ROLE)
    return frozenset(named | {person.id for role in roles for person in holders(organisation, role)})
