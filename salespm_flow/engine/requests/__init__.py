"""What can be asked of a project: each request with what the history calls it and what it does, all listed here."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from salespm_flow.engine.requests import (
    advancing,
    approval,
    clock,
    fields,
    handover,
    message,
    notes,
    opening,
    risks,
    rows,
    tasks,
)
from salespm_flow.engine.turn import Turn
from salespm_flow.model.decision import (
    AddNote,
    AddRow,
    AddTask,
    Advance,
    Annotate,
    BlockTask,
    CancelTask,
    CastVote,
    CompleteTask,
    EditTask,
    FireClock,
    Open,
    Reassess,
    Reassign,
    Receive,
    Request,
    SetFields,
    TickItems,
    UnblockTask,
)
from salespm_flow.model.history import Doing, RiskChanged, TaskChanged
from salespm_flow.model.risk_requests import (
    AddRisk,
    CloseRisk,
    RaiseIssue,
    ResolveIssue,
    RespondToRisk,
    ReviewRisk,
    RiskOccurred,
)


class Kind(NamedTuple):
    """A kind of request: the history's word for it, the attribute that names what it is about, and what it does."""

    doing: Doing
    name: str
    carry_out: Callable[[Turn, Any], None]


# The value types differ by key, which a dict's type cannot say; `carry_out` pairs each request with its own entry.
REQUESTS: Final[Mapping[type[Request], Kind]] = {
    Open: Kind(Doing.OPEN, "", opening.carry_out),
    Advance: Kind(Doing.ADVANCE, "trigger", advancing.carry_out),
    SetFields: Kind(Doing.SET, "fields", fields.carry_out),
    AddRow: Kind(Doing.RECORD, "record", rows.carry_out),
    AddTask: Kind(Doing.ADD_TASK, "", tasks.add),
    EditTask: Kind(Doing.EDIT_TASK, "task", tasks.edit),
    TickItems: Kind(Doing.TICK_ITEMS, "task", tasks.tick),
    BlockTask: Kind(Doing.BLOCK_TASK, "task", tasks.block),
    UnblockTask: Kind(Doing.UNBLOCK_TASK, "task", tasks.unblock),
    CancelTask: Kind(Doing.CANCEL_TASK, "task", tasks.cancel),
    CompleteTask: Kind(Doing.TASK, "task", tasks.complete),
    AddRisk: Kind(Doing.ADD_RISK, "", risks.add),
    RespondToRisk: Kind(Doing.RESPOND_RISK, "risk", risks.respond),
    ReviewRisk: Kind(Doing.REVIEW_RISK, "risk", risks.review),
    RiskOccurred: Kind(Doing.RISK_OCCURRED, "risk", risks.occur),
    RaiseIssue: Kind(Doing.RAISE_ISSUE, "", risks.raise_issue),
    CloseRisk: Kind(Doing.CLOSE_RISK, "risk", risks.close),
    ResolveIssue: Kind(Doing.RESOLVE_ISSUE, "risk", risks.resolve_issue),
    CastVote: Kind(Doing.APPROVE, "approval", approval.carry_out),
    AddNote: Kind(Doing.NOTE, "", notes.add_note),
    Reassign: Kind(Doing.REASSIGN, "leaver", handover.reassign),
    FireClock: Kind(Doing.TIMER, "clock", clock.carry_out),
    Receive: Kind(Doing.MESSAGE, "name", message.carry_out),
    Annotate: Kind(Doing.IMPORT, "", notes.annotate),
    Reassess: Kind(Doing.TICK, "", notes.reassess),
}


def carry_out(turn: Turn, request: Request) -> None:
    """The request is done to the turn's draft.

    Raises:
        RefusalError: with every reason against it.
    """
    REQUESTS[type(request)].carry_out(turn, request)


def described(turn: Turn, request: Request) -> tuple[Doing, str]:
    """What the history says was asked for: the doing and the name of what it is about."""
    kind = REQUESTS[type(request)]
    if isinstance(request, Open):
        return kind.doing, turn.compiled.workflow.id
    if isinstance(request, AddTask):
        return kind.doing, next(change.task.id for change in turn.draft.changes if isinstance(change, TaskChanged))
    if isinstance(request, AddRisk | RaiseIssue):
        return kind.doing, next(change.risk.id for change in turn.draft.changes if isinstance(change, RiskChanged))
    about = getattr(request, kind.name) if kind.name else ""
    return kind.doing, about if isinstance(about, str) else ", ".join(about)
