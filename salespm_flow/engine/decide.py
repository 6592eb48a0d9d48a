"""The one guarded path: what a request does to a project, as a pure function.

Order inside one decision: the given fields, then guards, gates and checks, the kernel's step, actions, risk rules, then
autos, raised events and completions to a fixpoint. What each request does is in `requests`.
"""

from datetime import datetime

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.draft import Draft, draft_of
from salespm_flow.engine.parties import actor_reasons, owner_reasons
from salespm_flow.engine.reasons import reason_of
from salespm_flow.engine.references import with_keys
from salespm_flow.engine.requests import carry_out, described
from salespm_flow.engine.requests.approval import vote_only
from salespm_flow.engine.requests.clock import mark_refused
from salespm_flow.engine.turn import THE_SYSTEM, RefusalError, Turn
from salespm_flow.engine.values import identity_flaw, text_flaw
from salespm_flow.errors import SalesPMFlowError
from salespm_flow.model.decision import (
    Accepted,
    Annotate,
    CastVote,
    Decision,
    FireClock,
    Open,
    Reason,
    ReasonKind,
    Reassess,
    Receive,
    Rejected,
    Request,
)
from salespm_flow.model.history import Entry, Noted
from salespm_flow.model.project import Snapshot


def decide(
    compiled: Compiled,
    snapshot: Snapshot | None,
    request: Request,
    now: datetime,
    *,
    recorded_at: datetime | None = None,
) -> Decision:
    """What the request does at the effective time `now`; `snapshot` is None exactly for Open.

    A `now` before the project's last event counts as that event's time, so that effective time never runs backwards.
    Pure: reads nothing but its arguments and changes none of them. What cannot be computed (an expression that takes
    too many steps, a date beyond the calendar) refuses, with the error's code as the reason's id.
    """
    turn = _turn(compiled, snapshot, request, now)
    try:
        _require_texts(turn, request)
        _require_known(turn, request)
        carry_out(turn, with_keys(request, compiled))
    except RefusalError as refusal:
        reasons = refusal.reasons
    except SalesPMFlowError as error:
        # Not the caller's fault nor a bug, and a timer or message that stopped here must not stop all others.
        reasons = (reason_of(error.code, ReasonKind.LIMIT, error.message),)
    else:
        return _accepted(turn, request, recorded_at)
    return refuse(compiled, snapshot, request, reasons, now=now, recorded_at=recorded_at)


def refuse(
    compiled: Compiled,
    snapshot: Snapshot | None,
    request: Request,
    reasons: tuple[Reason, ...],
    *,
    now: datetime,
    recorded_at: datetime | None = None,
) -> Decision:
    """The refusal for these reasons: an answer to people, a record in the history where nobody waits for an answer.

    A clock whose firing is refused is marked, once; it is due again after the next change. A refused message is noted,
    and so is the move that a vote would have made, had a child been able to start.
    """
    if isinstance(request, FireClock | Receive) and snapshot is not None:
        turn = _turn(compiled, snapshot, request, now)
        name = request.clock if isinstance(request, FireClock) else request.name
        if isinstance(request, FireClock) and not mark_refused(turn, request):
            return Rejected(reasons=reasons)
        turn.change(Noted(topic="refused", name=name, reasons=tuple(dict.fromkeys(reason.id for reason in reasons))))
        return _accepted(turn, request, recorded_at)
    if isinstance(request, CastVote) and snapshot is not None and reasons[0].kind is ReasonKind.CHILD:
        # What a child lacks is no reason against the vote, only against the move that the vote would make.
        turn = _turn(compiled, snapshot, request, now)
        vote_only(turn, request, reasons)
        return _accepted(turn, request, recorded_at)
    return Rejected(reasons=reasons)


def _turn(compiled: Compiled, snapshot: Snapshot | None, request: Request, now: datetime) -> Turn:
    actor = THE_SYSTEM if isinstance(request, FireClock | Receive | Reassess) else request.actor
    hops = request.hops if isinstance(request, Receive | Open) else 0
    comment = "" if isinstance(request, FireClock | Annotate | Reassess) else request.comment
    if snapshot is None:
        project = request.project if isinstance(request, Open) else ""
        draft = Draft(project, now)
    else:
        now = max(now, snapshot.project.updated_at)
        draft = draft_of(snapshot.project, now)
    draft.revision += 1
    return Turn(compiled, draft, snapshot, actor, now=now, comment=comment, hops=hops)


def _accepted(turn: Turn, request: Request, recorded_at: datetime | None) -> Accepted:
    doing, name = described(turn, request)
    entry = Entry(
        project=turn.draft.id,
        number=turn.draft.revision,
        doing=doing,
        name=name,
        actor=turn.actor.id,
        role=turn.role,
        at=turn.now,
        recorded_at=recorded_at or turn.now,
        comment=turn.comment,
        changes=tuple(turn.draft.changes),
        acting_for=turn.acting_for,
    )
    return Accepted(
        project=turn.draft.freeze(),
        entry=entry,
        outbox=tuple(turn.outbox),
        births=tuple(turn.births),
        waiting=tuple(turn.waiting),
    )


def _require_texts(turn: Turn, request: Request) -> None:
    """Ids and the comment are text that can be stored and shown."""
    identities = [("actor", turn.actor.id)]
    if turn.actor.role:
        identities.append(("role", turn.actor.role))
    if isinstance(request, Open):
        identities += [("project", request.project), ("owner", request.owner)]
    reasons = [_unfit(name, flaw) for name, text in identities if (flaw := identity_flaw(text)) is not None]
    if turn.comment and (flaw := text_flaw(turn.comment)) is not None:
        reasons.append(_unfit("comment", flaw))
    if reasons:
        raise RefusalError(tuple(reasons))


def _require_known(turn: Turn, request: Request) -> None:
    """Who asks, and whom a new project shall belong to, are people of the organisation, where there is one."""
    if isinstance(request, Open) and request.parent is not None:
        return  # the parent's decision was asked by somebody known, and its owner goes with the child
    reasons = actor_reasons(turn)
    if isinstance(request, Open) and request.owner != turn.actor.id:
        reasons += owner_reasons(turn, request.owner)
    if reasons:
        raise RefusalError(reasons)


def _unfit(name: str, flaw: Bilingual) -> Reason:
    return reason_of(name, ReasonKind.VALUE, Bilingual(f"{name} {flaw.zh}", f"{name} {flaw.en}"))
