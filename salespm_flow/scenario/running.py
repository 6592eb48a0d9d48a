"""Runs cases: each on a stage of its own, every step by the engine's own requests. Judges nothing itself."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.aims import PREFIX
from salespm_flow.engine.durations import later
from salespm_flow.engine.placing import Placement, place
from salespm_flow.engine.ports import KpiValue, Write
from salespm_flow.engine.running.runner import Answered
from salespm_flow.errors import SalesPMFlowError, UnknownNameError
from salespm_flow.expr.values import Value
from salespm_flow.model.cases import Case, CaseStep
from salespm_flow.model.decision import (
    Accepted,
    Actor,
    AddRow,
    Advance,
    CastVote,
    CompleteTask,
    Decision,
    Open,
    Reason,
    Receive,
    Rejected,
    Request,
    SetFields,
)
from salespm_flow.model.history import Entry
from salespm_flow.model.project import Project, Verdict
from salespm_flow.model.scenarios import Doing, Status
from salespm_flow.model.statuses import ApprovalStatus
from salespm_flow.scenario.bench import Bench
from salespm_flow.scenario.expectations import failures
from salespm_flow.scenario.observation import Observation
from salespm_flow.scenario.results import CaseResult, Failure
from salespm_flow.scenario.stage import PROJECT, Stage

# What a step that does not say how it ends must not end as.
_SAYS_HOW = frozenset({"status", "refused"})
_TOLD_BY_TIME = frozenset({Doing.TICK, Doing.WAIT})


def run_case(bench: Bench, case: Case, tell: Callable[[Sequence[Entry]], None] | None = None) -> CaseResult:
    """What comes of the case, up to the first step where something else happens than it expects.

    `tell` gets what was written of projects of the tested workflow.
    """
    stage = Stage(bench, case.now, case.fails)
    try:
        return _play(stage, case)
    finally:
        if tell is not None:
            tell(stage.tested_entries())
        stage.close()


def _play(stage: Stage, case: Case) -> CaseResult:
    reasons = begin(stage, case)
    if reasons:
        notes = tuple(reason.message for reason in reasons)
        failed = Failure(
            case=case, step=None, key="given", span=case.span, wanted="accepted", got=_listed(reasons), notes=notes
        )
        return CaseResult(case=case, steps=0, failures=(failed,))
    seen: Observation | None = None
    for step in case.steps:
        try:
            seen = perform(stage, step)
        except SalesPMFlowError as error:
            return CaseResult(case=case, steps=step.number, failures=(_broken(case, step, error),))
        found = (*_unforeseen(case, step, seen), *failures(case, step.number, step.expect, seen))
        if found:
            return CaseResult(case=case, steps=step.number, failures=found)
    if not case.expect:
        return CaseResult(case=case, steps=len(case.steps), failures=())
    final = observe(stage, Status.ACCEPTED, seen.actor if seen is not None else Actor(id=case.owner))
    found = tuple(failures(case, None, case.expect, final))
    return CaseResult(case=case, steps=len(case.steps), failures=found)


# ----------------------------------------------------------------------------------------------------- the start


def begin(stage: Stage, case: Case) -> tuple[Reason, ...]:
    """The project is there as the case gives it; else every reason why it cannot be."""
    if case.kpis:
        figures = {**case.kpis, **dict(_reached(stage.bench, case))}
        kept = (KpiValue(kpi=name, value=value, population=1, at=case.now) for name, value in figures.items())
        stage.store.keep_kpis(tuple(kept))
    if not case.states and not case.records:
        request = Open(project=PROJECT, owner=case.owner, actor=Actor(id=case.owner), fields=case.fields)
        return _reasons(stage.runner.open(case.workflow, request).decision)
    compiled = stage.bench.compiled[case.workflow]
    placement = Placement(
        project=PROJECT, owner=case.owner, states=case.states, fields=case.fields, records=case.records
    )
    decision = place(compiled, placement, case.now)
    if isinstance(decision, Accepted):
        stage.runner.definitions.keep(compiled)
        write = Write(before=None, after=decision.project, entries=(decision.entry,), outbox=decision.outbox)
        stage.store.commit((write,))
    return _reasons(decision)


def _reached(bench: Bench, case: Case) -> Iterator[tuple[str, Value]]:
    """What goals have come to, by the names that their figures are stored under: as much as their KPIs."""
    for compiled in bench.compiled.values():
        for name, aim in compiled.aims.items():
            if aim.kpi_id in case.kpis:
                yield f"{PREFIX}{name}", case.kpis[aim.kpi_id]


def _reasons(decision: Decision | None) -> tuple[Reason, ...]:
    return decision.reasons if isinstance(decision, Rejected) else ()


# ------------------------------------------------------------------------------------------------------ the steps


def perform(stage: Stage, step: CaseStep) -> Observation:
    """The step is done, as far as the engine lets it; what can be seen then.

    Raises:
        SalesPMFlowError: the step cannot even be asked.
    """
    since, told = len(stage.store.entries), len(stage.told)
    if step.doing in _TOLD_BY_TIME:
        stage.pass_until(_moment_after(stage, step))
        actor = step.actor or Actor(id=_standing(stage, step.link).owner)
        seen = observe(stage, Status.ACCEPTED, actor, link=step.link)
    else:
        project = _standing(stage, step.link)
        actor = step.actor or Actor(id=project.owner)
        answered = _ask(stage, step, project, actor)
        status = Status.WAITING if answered.is_waiting else Status.ACCEPTED
        reasons = _reasons(answered.decision)
        seen = observe(stage, Status.REFUSED if reasons else status, actor, link=step.link, reasons=reasons)
    entries = tuple(stage.entries_of(seen.project.id, since))
    return replace(seen, entries=entries, told=tuple(stage.told[told:]))


def observe(
    stage: Stage, status: Status, actor: Actor, *, link: str | None = None, reasons: tuple[Reason, ...] = ()
) -> Observation:
    """The project, or the latest child of the link, as it stands now."""
    return Observation(stage=stage, project=_standing(stage, link), status=status, actor=actor, reasons=reasons)


def _standing(stage: Stage, link: str | None) -> Project:
    found = stage.project(link)
    if found is None:
        raise _childless(link or "")
    return found


def _ask(stage: Stage, step: CaseStep, project: Project, actor: Actor) -> Answered:
    if step.doing is Doing.RECEIVE:
        request = Receive(name=step.named, hops=0, comment=step.comment)
        decided, _ = stage.runner.decide_write(project.id, request, at=stage.now)
        after = stage.store.project(project.id)
        status = "refused" if isinstance(decided.decision, Rejected) else "accepted"
        return Answered(decision=decided.decision, project=after, tell=lambda: {"status": status})
    return stage.runner.apply(project.id, _request(step, project, actor), at=stage.now)


def _request(step: CaseStep, project: Project, actor: Actor) -> Request:
    match step.doing:
        case Doing.SET:
            return SetFields(fields=step.values, actor=actor, comment=step.comment)
        case Doing.APPEND:
            return AddRow(record=step.named, values=step.values, actor=actor, comment=step.comment)
        case Doing.APPROVE | Doing.REJECT:
            verdict = Verdict.APPROVE if step.doing is Doing.APPROVE else Verdict.REJECT
            request = _pending(project, step.named)
            return CastVote(approval=request, verdict=verdict, actor=actor, comment=step.comment)
        case Doing.DONE:
            return CompleteTask(task=_open_task(project, step.named), actor=actor, comment=step.comment)
        case _:
            return Advance(trigger=step.named, actor=actor, comment=step.comment, is_override=step.is_override)


def _pending(project: Project, approval: str) -> str:
    """The request that waits under the approval's name; the name itself where none does, for the engine to refuse."""
    waiting = [one.id for one in project.approvals.values() if one.approval == approval]
    live = [one for one in waiting if project.approvals[one].status is ApprovalStatus.PENDING]
    return next(iter((*live, *reversed(waiting))), approval)


def _open_task(project: Project, origin: str) -> str:
    found = [task.id for task in project.tasks.values() if origin in {task.origin, task.id}]
    still = [one for one in found if project.tasks[one].is_open]
    return next(iter((*still, *reversed(found))), origin)


def _moment_after(stage: Stage, step: CaseStep) -> datetime:
    if step.until is not None:
        return step.until
    if step.length is None:
        return stage.now
    compiled = stage.bench.tested
    return later(stage.now, step.length, compiled.calendar, compiled.zone)


# --------------------------------------------------------------------------------------------- what went otherwise


def _unforeseen(case: Case, step: CaseStep, seen: Observation) -> Iterator[Failure]:
    """A refusal that the step does not speak of."""
    if seen.status is Status.REFUSED and not any(one.key in _SAYS_HOW for one in step.expect):
        notes = tuple(reason.message for reason in seen.reasons)
        yield Failure(
            case=case,
            step=step.number,
            key="status",
            span=step.span,
            wanted="accepted",
            got=f"refused: {_listed(seen.reasons)}",
            notes=notes,
        )


def _broken(case: Case, step: CaseStep, error: SalesPMFlowError) -> Failure:
    return Failure(
        case=case,
        step=step.number,
        key="status",
        span=step.span,
        wanted="accepted",
        got=error.code,
        notes=(error.message,),
    )


def _childless(link: str) -> SalesPMFlowError:
    return UnknownNameError(
        Bilingual(f"关联 {link} 还没有子项目", f"the link {link} has no child yet"),
        Bilingual("先让它开始（spawn）", "let one start first (spawn)"),
    )


def _listed(reasons: tuple[Reason, ...]) -> str:
    return f"[{', '.join(dict.fromkeys(reason.id for reason in reasons))}]"
