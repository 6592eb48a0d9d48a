"""The request CastVote, and what a due approval does: at quorum the move is made for its requester, afresh."""

from dataclasses import replace

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.moves import fire, settle
from salespm_flow.engine.parties import resolve
from salespm_flow.engine.reasons import guesses, reason_of
from salespm_flow.engine.registers.approvals import close, live_requests, notify, requester_of
from salespm_flow.engine.registers.ballots import is_granted, right_to_vote, rule_of, vote_reasons
from salespm_flow.engine.turn import RefusalError, Turn
from salespm_flow.errors import SalesPMFlowError
from salespm_flow.model.decision import CastVote, Reason, ReasonKind
from salespm_flow.model.expression import PERSON
from salespm_flow.model.history import ApprovalChanged, Noted
from salespm_flow.model.project import ApprovalRequest, Ballot, Verdict
from salespm_flow.model.statuses import ApprovalStatus

_STATUSES = {
    ApprovalStatus.APPROVED: Bilingual("已经通过", "is approved already"),
    ApprovalStatus.REJECTED: Bilingual("已被拒绝", "was rejected"),
    ApprovalStatus.VOID: Bilingual("已经作废", "is void"),
    ApprovalStatus.USED: Bilingual("已经用过", "has been used"),
}


def carry_out(turn: Turn, request: CastVote) -> None:
    """The vote stands; at quorum the move is made for its requester, or why it is not is noted."""
    asked = _voted(turn, request)
    if request.verdict is Verdict.REJECT:
        _reject(turn, asked)
    elif is_granted(turn, asked):
        _go_on(turn, _grant(turn, asked))
    settle(turn)


def vote_only(turn: Turn, request: CastVote, reasons: tuple[Reason, ...]) -> None:
    """The vote stands and the approval is granted, but the move cannot be made for these reasons, which are noted."""
    asked = _grant(turn, _voted(turn, request))
    _note_refusal(turn, asked, reasons)


def escalate(turn: Turn, name: str) -> None:
    """The pending request goes to whom its rule names too; where it names nobody, the approvers are reminded."""
    asked = turn.draft.approvals[name]
    rule = rule_of(turn, asked)
    turn.change(Noted(topic="approval", name=name))
    if rule.escalate is None:
        notify(turn, asked, asked.approvers, Bilingual("审批已到期", "Approval is due"))
        return
    with turn.speaking_as(requester_of(asked), asked.comment):
        who = resolve(turn, rule.escalate)
    approvers = tuple(dict.fromkeys((*asked.approvers, who)))
    asked = replace(asked, approvers=approvers, escalated_at=turn.now, escalated_to=who)
    turn.change(ApprovalChanged(approval=asked))
    notify(turn, asked, (who,), Bilingual("逾期未审批，请处理", "Not decided in time, please decide"))
    if is_granted(turn, asked):
        _go_on(turn, _grant(turn, asked))


def _voted(turn: Turn, request: CastVote) -> ApprovalRequest:
    """The approval request with the vote, which stands in the register."""
    asked = turn.draft.approvals.get(request.approval)
    if asked is None:
        guess = guesses(request.approval, turn.draft.approvals)
        zh, en = f"没有审批“{request.approval}”{guess.zh}", f'there is no approval "{request.approval}"{guess.en}'
        raise RefusalError((reason_of(request.approval, ReasonKind.VALUE, Bilingual(zh, en)),))
    if asked.status is not ApprovalStatus.PENDING:
        words = _STATUSES[asked.status]
        zh, en = f"审批“{asked.id}”{words.zh}", f'the approval "{asked.id}" {words.en}'
        reason = reason_of(asked.id, ReasonKind.STATE, Bilingual(zh, en))
        raise RefusalError((replace(reason, rule=rule_of(turn, asked).span, transition=asked.transition),))
    right = right_to_vote(turn, asked)
    if right is None:
        raise RefusalError(vote_reasons(turn, asked))
    turn.role = turn.role or right.role
    turn.acting_for = "" if right.person == turn.actor.id else right.person
    ballot = Ballot(
        by=turn.actor.id,
        verdict=request.verdict,
        at=turn.now,
        role=turn.role,
        acting_for=turn.acting_for,
        comment=turn.comment,
    )
    asked = replace(asked, ballots=(*asked.ballots, ballot))
    turn.change(ApprovalChanged(approval=asked))
    return asked


def _reject(turn: Turn, asked: ApprovalRequest) -> None:
    """One no is the end of it; whatever else the move was waiting for need not be decided any more."""
    close(turn, asked, "reject")
    for other in live_requests(turn):
        if other.transition == asked.transition and other.status is ApprovalStatus.PENDING:
            close(turn, other, "void")
    notify(turn, asked, (PERSON + asked.requester,), Bilingual("审批被拒绝", "Approval rejected"))


def _grant(turn: Turn, asked: ApprovalRequest) -> ApprovalRequest:
    granted = close(turn, asked, "grant")
    notify(turn, asked, (PERSON + asked.requester,), Bilingual("审批通过", "Approval given"))
    return granted


def _go_on(turn: Turn, granted: ApprovalRequest) -> None:
    """The move is made for its requester, everything judged afresh; a refusal is noted and the approval stays."""
    if not granted.event:
        return  # what is asked for by nobody is tried again by itself
    mark = turn.mark()
    try:
        with turn.speaking_as(requester_of(granted), granted.comment):
            fire(turn, granted.event)
            settle(turn)
    except RefusalError as refusal:
        turn.return_to(mark)
        _note_refusal(turn, granted, refusal.reasons)
    except SalesPMFlowError as error:
        turn.return_to(mark)
        _note_refusal(turn, granted, (reason_of(error.code, ReasonKind.LIMIT, error.message),))
    # The vote itself waits for nothing.
    turn.waiting.clear()


def _note_refusal(turn: Turn, granted: ApprovalRequest, reasons: tuple[Reason, ...]) -> None:
    names = tuple(dict.fromkeys(reason.id for reason in reasons))
    turn.change(Noted(topic="refused", name=granted.event or granted.transition, reasons=names))
