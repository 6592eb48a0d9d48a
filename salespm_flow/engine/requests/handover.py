"""The request Reassign: what is one person's in an open project becomes another's.

Whoever leads the person's unit, or one above it, hands over, and so may the person. Where nobody does (the organisation
does not know the person any more, or nobody stands above), any head of a unit may; without an organisation, anybody.
"""

from collections.abc import Iterator
from dataclasses import replace

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.gates import name_actor
from salespm_flow.engine.moves import settle
from salespm_flow.engine.parties import exercise, person_reasons
from salespm_flow.engine.reasons import reason_of
from salespm_flow.engine.turn import RefusalError, Turn
from salespm_flow.engine.values import identity_flaw
from salespm_flow.model.decision import Reason, ReasonKind, Reassign
from salespm_flow.model.expression import PERSON, Party, PartyKind
from salespm_flow.model.history import ApprovalChanged, OwnerChanged, RiskChanged, TaskChanged
from salespm_flow.model.organisation import Organisation, units_upwards
from salespm_flow.model.project import ApprovalRequest, Project, Risk, Task
from salespm_flow.model.statuses import ApprovalStatus
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What of an open project is one person's: its ownership, and ids of open tasks, pending approvals and risks."""

    owns: bool
    tasks: tuple[str, ...]
    approvals: tuple[str, ...]
    risks: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it is."""
        return not (self.owns or self.tasks or self.approvals or self.risks)


def holdings(project: Project, person: str) -> Holdings:
    """What of the project is the person's; of a closed one nothing, since what is done stays whose it was."""
    if not project.is_open:
        return Holdings(owns=False, tasks=(), approvals=(), risks=())
    name = PERSON + person
    return Holdings(
        owns=project.owner == person,
        tasks=tuple(task.id for task in project.tasks.values() if _is_task_of(task, name)),
        approvals=tuple(one.id for one in project.approvals.values() if _is_approval_of(one, name)),
        risks=tuple(risk.id for risk in project.risks.values() if _is_risk_of(risk, name)),
    )


def _is_task_of(task: Task, name: str) -> bool:
    return task.is_open and name in {task.who, task.accountable}


def _is_approval_of(approval: ApprovalRequest, name: str) -> bool:
    return approval.status is ApprovalStatus.PENDING and name in approval.approvers


def _is_risk_of(risk: Risk, name: str) -> bool:
    return risk.is_standing and name in {risk.owner, *risk.awaits}


def reassign(turn: Turn, request: Reassign) -> None:
    """What was the leaver's is the successor's, and the project has settled."""
    if reasons := tuple(_reasons(turn, request)):
        raise RefusalError(reasons)
    before, after = PERSON + request.leaver, PERSON + request.successor
    draft = turn.draft
    if draft.owner == request.leaver:
        turn.change(OwnerChanged(owner=request.successor))
    for task in tuple(draft.tasks.values()):
        if _is_task_of(task, before):
            turn.change(TaskChanged(task=_handed_over(task, before, after)))
    for approval in tuple(draft.approvals.values()):
        if _is_approval_of(approval, before):
            approvers = dict.fromkeys(after if one == before else one for one in approval.approvers)
            turn.change(ApprovalChanged(approval=replace(approval, approvers=tuple(approvers))))
    for risk in tuple(draft.risks.values()):
        if _is_risk_of(risk, before):
            owner = after if risk.owner == before else risk.owner
            awaits = tuple(after if one == before else one for one in risk.awaits)
            turn.change(RiskChanged(risk=replace(risk, owner=owner, awaits=awaits)))
    settle(turn)


def _handed_over(task: Task, before: str, after: str) -> Task:
    who = after if task.who == before else task.who
    accountable = after if task.accountable == before else task.accountable
    # Empty stands for whoever does it.
    return replace(task, who=who, accountable="" if accountable == who else accountable)


def _reasons(turn: Turn, request: Reassign) -> Iterator[Reason]:
    leaver, successor = request.leaver, request.successor
    if (flaw := identity_flaw(successor)) is not None:
        yield reason_of("successor", ReasonKind.VALUE, Bilingual(f"接手人{flaw.zh}", f"the successor {flaw.en}"))
    elif leaver == successor:
        message = Bilingual(f"{leaver} 不能移交给自己", f"{leaver} cannot take over from {leaver}")
        yield reason_of("successor", ReasonKind.VALUE, message)
    else:
        yield from person_reasons(turn, successor, "successor", Bilingual("作接手人", "take over"))
    if not turn.comment.strip():
        yield reason_of("comment", ReasonKind.COMMENT, Bilingual("请说明移交的原因", "say why it is handed over"))
    if not turn.draft.is_open:
        yield reason_of("closed", ReasonKind.CLOSED, Bilingual("项目已关闭", "the project is closed"))
    elif holdings(turn.draft.freeze(), leaver).is_empty:
        zh = f"项目 {turn.draft.id} 中没有 {leaver} 的事项"
        en = f"nothing of the project {turn.draft.id} is {leaver}'s"
        yield reason_of("leaver", ReasonKind.STATE, Bilingual(zh, en))
    yield from _stranded(turn, request)
    heads = _heads(turn.compiled.organisation, leaver)
    if not exercise(turn, turn.actor, heads):
        who, listed = name_actor(turn.actor), [party.name for party in heads or ()]
        zh = f"{who.zh}无权移交 {leaver} 的事项；有权的是：{'、'.join(listed)}"
        en = f"{who.en} may not hand over what is {leaver}'s; who may: {', '.join(listed)}"
        yield reason_of("role", ReasonKind.ROLE, Bilingual(zh, en))


def _stranded(turn: Turn, request: Reassign) -> Iterator[Reason]:
    """A reason for each approval that nobody could give any more, since its successor must stand back from it."""
    successor = request.successor
    for approval in turn.draft.approvals.values():
        others = {one.removeprefix(PERSON) for one in approval.approvers} - {request.leaver}
        is_handed_over = _is_approval_of(approval, PERSON + request.leaver)
        if is_handed_over and successor in approval.excepted and others <= {*approval.excepted}:
            zh = f"{successor} 须回避审批“{approval.id}”，请移交给其他人"
            en = f'{successor} is excepted from the approval "{approval.id}": hand it to somebody else'
            yield reason_of("excepted", ReasonKind.ROLE, Bilingual(zh, en))


def _heads(organisation: Organisation | None, leaver: str) -> tuple[Party, ...] | None:
    """Who may hand over what is the leaver's; None for anybody known."""
    if organisation is None:
        return None
    person = organisation.people.get(leaver)
    above = units_upwards(organisation, None if person is None else person.unit)
    heads = [unit.manager for unit in above if unit.manager is not None and unit.manager != leaver]
    heads = heads or [unit.manager for unit in organisation.units.values() if unit.manager is not None]
    return tuple(Party(PartyKind.PERSON, name) for name in dict.fromkeys((leaver, *heads)))
