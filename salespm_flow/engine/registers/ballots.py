"""Who may vote on an approval request, and whether the votes suffice. Changes nothing."""

from collections.abc import Iterator

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.gates import claim_asked, name_actor
from salespm_flow.engine.parties import Right
from salespm_flow.engine.turn import Turn
from salespm_flow.model.decision import Reason, ReasonKind
from salespm_flow.model.expression import PERSON, ROLE, Party, PartyKind
from salespm_flow.model.organisation import Organisation, Standing, has_left, holders
from salespm_flow.model.project import ApprovalRequest, Ballot, Verdict
from salespm_flow.model.workflow import Approval, Quorum


def rule_of(turn: Turn, request: ApprovalRequest) -> Approval:
    """The rule of the definition that asks for the approval."""
    return turn.compiled.workflow.transitions[request.transition].approvals[request.approval]


def vote_reasons(turn: Turn, request: ApprovalRequest) -> tuple[Reason, ...]:
    """Why who asks may not vote on the pending request; none where he may."""
    rights = tuple(_rights(turn, request))
    if not rights:
        return (_not_entitled(turn, request),)
    return () if _unused(turn, request, rights) is not None else (_already(turn, request),)


def right_to_vote(turn: Turn, request: ApprovalRequest) -> Right | None:
    """By what who asks may vote on the request, a right of his own first; None where he may not, or has voted."""
    return _unused(turn, request, tuple(_rights(turn, request)))


def may_vote(turn: Turn, request: ApprovalRequest) -> bool:
    """Whether the request is one that who asks can vote on now."""
    return right_to_vote(turn, request) is not None


def is_granted(turn: Turn, request: ApprovalRequest) -> bool:
    """Whether enough approvers said yes.

    For all of them, each party must have spoken: of a role each person who holds it, one person where nobody knows
    who does. Whom the request was escalated to speaks for those who kept silent.
    """
    said = tuple(ballot for ballot in request.ballots if ballot.verdict is Verdict.APPROVE)
    match rule_of(turn, request).quorum:
        case Quorum.ANY:
            return bool(said)
        case Quorum.ALL:
            seats = tuple(_seats(turn, request))
            if request.escalated_to and any(_fills(ballot, request.escalated_to) for ballot in said):
                return True
            return bool(seats) and all(any(_fills(ballot, seat) for ballot in said) for seat in seats)
        case number:
            return len({ballot.by for ballot in said}) >= number


def _rights(turn: Turn, request: ApprovalRequest) -> Iterator[Right]:
    """Everything by which who asks could vote; nobody who is excepted votes, not even in another's place."""
    if turn.actor.id in request.excepted:
        return
    for standing in turn.standings:
        if standing.person in request.excepted or any(ROLE + role in request.excepted for role in standing.roles):
            continue
        for who in request.approvers:
            if who == PERSON + standing.person:
                yield Right(standing.person, turn.actor.role)
            elif who.startswith(ROLE) and (role := who.removeprefix(ROLE)) in standing.roles:
                yield Right(standing.person, role)


def _unused(turn: Turn, request: ApprovalRequest, rights: tuple[Right, ...]) -> Right | None:
    """The first right not used yet; only where all must vote does a deputy vote once more for his colleague."""
    mine = [ballot for ballot in request.ballots if ballot.by == turn.actor.id]
    if mine and rule_of(turn, request).quorum is not Quorum.ALL:
        return None
    # In a colleague's place, nobody votes again who has voted for himself.
    spoken = {ballot.acting_for or ballot.by for ballot in request.ballots}
    return next((right for right in rights if right.person not in spoken), None)


def _seats(turn: Turn, request: ApprovalRequest) -> Iterator[str]:
    """The parties that must all approve, as far as the organisation is known person by person."""
    organisation = turn.compiled.organisation
    for who in dict.fromkeys(request.approvers):
        if who == request.escalated_to or who.removeprefix(PERSON) in request.excepted:
            continue
        people = () if organisation is None else tuple(_holders(turn, organisation, who))
        yield from (PERSON + person for person in people if person not in request.excepted) if people else (who,)


def _holders(turn: Turn, organisation: Organisation, who: str) -> Iterator[str]:
    if who.startswith(ROLE):
        for person in holders(organisation, who.removeprefix(ROLE)):
            if not has_left(organisation, person.id, turn.today):
                yield person.id


def _fills(ballot: Ballot, seat: str) -> bool:
    if seat.startswith(PERSON):
        return seat.removeprefix(PERSON) in {ballot.by, ballot.acting_for}
    return ROLE + ballot.role == seat


def _not_entitled(turn: Turn, request: ApprovalRequest) -> Reason:
    who = name_actor(turn.actor)
    excepted: tuple[Standing, ...] = tuple(
        one for one in turn.standings if one.person in request.excepted or _has_excepted_role(one, request)
    )
    if excepted:
        zh, en = (
            f"{who.zh}不能审批“{request.id}”：申请人等须回避",
            f'{who.en} is excepted from approving "{request.id}"',
        )
        return _reason(turn, request, "excepted", Bilingual(zh, en))
    allowed = [one.removeprefix(PERSON).removeprefix(ROLE) for one in request.approvers]
    unclaimed = claim_asked(turn, turn.actor, _role_parties(request))
    zh = f"{who.zh}无权审批“{request.id}”：需要 {'、'.join(allowed)}{unclaimed.zh}"
    en = f'{who.en} may not approve "{request.id}": it takes {", ".join(allowed)}{unclaimed.en}'
    return _reason(turn, request, "role", Bilingual(zh, en))


def _role_parties(request: ApprovalRequest) -> tuple[Party, ...]:
    roles = (one.removeprefix(ROLE) for one in request.approvers if one.startswith(ROLE))
    return tuple(Party(PartyKind.ROLE, role) for role in roles)


def _has_excepted_role(standing: Standing, request: ApprovalRequest) -> bool:
    return any(ROLE + role in request.excepted for role in standing.roles)


def _already(turn: Turn, request: ApprovalRequest) -> Reason:
    zh, en = f"{turn.actor.id} 已对“{request.id}”表态", f'{turn.actor.id} has already voted on "{request.id}"'
    return _reason(turn, request, "voted", Bilingual(zh, en))


def _reason(turn: Turn, request: ApprovalRequest, name: str, message: Bilingual) -> Reason:
    return Reason(
        id=name,
        kind=ReasonKind.STATE if name == "voted" else ReasonKind.ROLE,
        message=message,
        rule=rule_of(turn, request).span,
        values={"actor": turn.actor.id, "role": turn.actor.role},
        transition=request.transition,
    )
