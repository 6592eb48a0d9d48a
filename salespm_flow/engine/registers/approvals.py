"""The approvals that a move waits for: asking for them, using them up, voiding what no longer speaks for its move.

Knows neither votes nor how a move is made.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import TEST, Path
from salespm_flow.engine.durations import later
from salespm_flow.engine.gates import step_gates, values_behind
from salespm_flow.engine.limits import APPROVAL
from salespm_flow.engine.parties import resolve
from salespm_flow.engine.places import active_paths
from salespm_flow.engine.turn import THE_SYSTEM, Turn
from salespm_flow.model.decision import SYSTEM, Actor, Reason, ReasonKind
from salespm_flow.model.expression import PERSON, ROLE, Expression, PartyKind
from salespm_flow.model.history import ApprovalChanged, ClockCleared, ClockSet, OutboxKind
from salespm_flow.model.project import ApprovalRequest, Clock
from salespm_flow.model.statuses import ApprovalStatus
from salespm_flow.model.workflow import Approval, Transition
from salespm_flow.statechart import kernel, lifecycle
from salespm_flow.statechart.kernel import Step


def hold_back(
    turn: Turn, transition: Transition, own: Step, event: str | None, *, asker: Actor, is_quiet: bool = False
) -> tuple[str, ...] | None:
    """The pending requests that the transition waits for, each asked for once; None where every approval is given.

    `own` is what the transition alone leaves and enters. What was rejected is asked for anew, but not where nobody asks
    (`is_quiet`): then not before something that the transition reads has changed.
    """
    lacking = tuple(lacking_approvals(turn, transition, asker))
    if not lacking:
        return None
    if is_quiet and any(_is_settled(turn, transition, rule) for rule in lacking):
        return ()
    waiting: list[str] = []
    ungiven = {rule.id for rule in lacking}
    for rule in lacking:
        pending = _live(turn, transition, rule, asker)
        if pending is not None:
            waiting.append(pending.id)
        elif rule.after not in ungiven:
            # Completions and autos are tried again by themselves once the approval is given.
            is_tried_again = event is None or event in turn.draft.pending
            asked_with = "" if event is None or is_tried_again else event
            with turn.speaking_as(asker, turn.comment):
                waiting.append(_ask(turn, transition, rule, (own.arrows[0].source, asked_with)))
    return tuple(waiting)


def lacking_approvals(turn: Turn, transition: Transition, asker: Actor) -> Iterator[Approval]:
    """The approvals that the transition needs now and that nobody has given."""
    for rule in transition.approvals.values():
        # Unknown counts as needed: what cannot be judged is for people to judge.
        if rule.when is not None and not _is_needed(turn, rule.when):
            continue
        live = _live(turn, transition, rule, asker)
        if live is None or live.status is not ApprovalStatus.APPROVED:
            yield rule


def _is_needed(turn: Turn, when: Expression) -> bool:
    is_needed = turn.evaluate(when.text) is not False
    if turn.compiled.witness is not None:
        turn.compiled.witness.judged(when.place, holds=is_needed)
    return is_needed


def approval_reasons(turn: Turn, transition: Transition, asker: Actor) -> tuple[Reason, ...]:
    """Each approval that the transition waits for, with who may give it: no refusal, but what comes first."""
    return tuple(_needed(turn, transition, rule, asker) for rule in lacking_approvals(turn, transition, asker))


def void_changed(turn: Turn) -> None:
    """No request is live whose move reads a field or record that has changed since it was made."""
    if not turn.draft.approvals:
        return
    for request in live_requests(turn):
        fields, records = turn.asked_with(request.id)
        now = turn.draft
        if any(
            now.fields.get(name) != fields.get(name) or now.records.get(name, ()) != records.get(name, ())
            for name in _reads(turn, request)
        ):
            close(turn, request, "void")


def after_move(turn: Turn, taken: Iterable[str], step: Step, aside: Iterable[str]) -> None:
    """The requests of the transitions taken are used up; of the others, those whose state was left are void.

    What was set `aside` is not left: its requests wait, as its clocks do.
    """
    if not turn.draft.approvals:
        return
    used, kept = frozenset(taken), frozenset(aside)
    for request in live_requests(turn):
        if request.transition in used:
            close(turn, request, "use" if request.status is ApprovalStatus.APPROVED else "void")
        elif not _still_stands(turn, request, step, kept):
            close(turn, request, "void")
        else:
            _follow_clock(turn, request)


def void_all(turn: Turn) -> None:
    """No request is live: the project is closed."""
    for request in live_requests(turn):
        close(turn, request, "void")


def close(turn: Turn, request: ApprovalRequest, event: str) -> ApprovalRequest:
    """The request after the event of its lifecycle, its clock stopped; when it was decided stays as it was."""
    status = lifecycle.step(lifecycle.APPROVAL, request.status.value, event)
    if status is None:
        raise ValueError(request.id, request.status, event)
    closed = replace(request, status=ApprovalStatus(status), closed_at=request.closed_at or turn.now)
    turn.change(ApprovalChanged(approval=closed))
    clock = APPROVAL + request.id
    if clock in turn.draft.clocks:
        turn.change(ClockCleared(id=clock))
    return closed


def live_requests(turn: Turn) -> tuple[ApprovalRequest, ...]:
    """The requests that still speak for their moves, oldest first."""
    return tuple(request for request in turn.draft.approvals.values() if request.is_live)


def requester_of(request: ApprovalRequest) -> Actor:
    """Who asked for the move, as who he asked."""
    return THE_SYSTEM if request.requester == SYSTEM else Actor(id=request.requester, role=request.requester_role)


def notify(turn: Turn, request: ApprovalRequest, to: Iterable[str], words: Bilingual) -> None:
    """Each of the parties is told by the outbox; the engine itself is not."""
    title = Bilingual(f"{words.zh}：{request.title.zh}", f"{words.en}: {request.title.en}")
    for who in to:
        if who != PERSON + SYSTEM:
            turn.send(kind=OutboxKind.NOTICE, to=who, name=request.approval, title=title, due_at=turn.now)


def _live(turn: Turn, transition: Transition, rule: Approval, asker: Actor) -> ApprovalRequest | None:
    """The live request that counts for the asker; not one that he or his deputy voted on, where he may not be judge."""
    is_apart = any(party.kind is PartyKind.REQUESTER for party in rule.excepted)
    for request in turn.draft.approvals.values():
        if request.transition != transition.id or request.approval != rule.id or not request.is_live:
            continue
        voters = {name for ballot in request.ballots for name in (ballot.by, ballot.acting_for)}
        if request.requester == asker.id or not is_apart or asker.id not in voters:
            return request
    return None


def _is_settled(turn: Turn, transition: Transition, rule: Approval) -> bool:
    """Whether the last word on the approval, in this stay, was no, and nothing that the transition reads changed."""
    asked = [
        request
        for request in turn.draft.approvals.values()
        if (request.transition, request.approval) == (transition.id, rule.id)
    ]
    if not asked or asked[-1].status is not ApprovalStatus.REJECTED:
        return False
    last = asked[-1]
    since = last.closed_at or last.requested_at
    if any(turn.draft.entered[path] > last.requested_at for path in _standing_sources(turn, transition)):
        return False
    changed = turn.draft.changed
    return not any(name in changed and changed[name] > since for name in _reads(turn, last))


def _ask(turn: Turn, transition: Transition, rule: Approval, where: tuple[str, str]) -> str:
    """The request of who asks now stands in the register; `where` is the state it is asked in and the event."""
    source, event = where
    number = sum(1 for request in turn.draft.approvals.values() if request.approval == rule.id) + 1
    due_at = None if rule.due is None else later(turn.now, rule.due, turn.compiled.calendar, turn.compiled.zone)
    approvers = tuple(dict.fromkeys(resolve(turn, party) for party in rule.by))
    excepted = tuple(dict.fromkeys(resolve(turn, party).removeprefix(PERSON) for party in rule.excepted))
    # Where each of them must stand back, waiting until it is due would help nobody.
    is_stuck = all(who.removeprefix(PERSON) in excepted for who in approvers)
    next_up = resolve(turn, rule.escalate) if is_stuck and rule.escalate is not None else ""
    request = ApprovalRequest(
        id=rule.id if number == 1 else f"{rule.id}-{number}",
        approval=rule.id,
        transition=transition.id,
        event=event,
        title=rule.title,
        requester=turn.actor.id,
        requester_role=turn.actor.role,
        requested_at=turn.now,
        approvers=(*approvers, next_up) if next_up else approvers,
        excepted=excepted,
        comment=turn.comment,
        due_at=due_at,
        escalated_at=turn.now if next_up else None,
        escalated_to=next_up,
        source=source,
    )
    turn.remember_asking(request.id)
    turn.change(ApprovalChanged(approval=request))
    if due_at is not None:
        clock = Clock(id=APPROVAL + request.id, state=source, started_at=turn.now, due_at=due_at)
        turn.change(ClockSet(clock=clock))
    notify(turn, request, request.approvers, Bilingual("请审批", "Please approve"))
    return request.id


def _reads(turn: Turn, request: ApprovalRequest) -> frozenset[str]:
    """The fields and records that decide on the request's move, those behind conditions and formulas included."""
    compiled, draft = turn.compiled, turn.draft
    transition = compiled.workflow.transitions[request.transition]
    gates = [transition.gate]
    for source in _standing_sources(turn, transition):
        arrows = compiled.chart.arrows[compiled.chart.numbers[source]]
        arrow = next(arrow for arrow in arrows if arrow.id == transition.id)
        preview = kernel.step(compiled.chart, draft.leaves, draft.memory, (arrow,))
        gates += step_gates(turn, transition, preview)
    tests = [transition.when, *(rule.when for rule in transition.approvals.values())]
    tests += [check.that for gate in gates for check in gate.check]
    paths = [path for test in tests if test is not None for path in compiled.programs[test.text, TEST].reads]
    paths += [(need.name,) for gate in gates for need in gate.require]
    return frozenset(_stored_behind(turn, paths))


def _stored_behind(turn: Turn, paths: Iterable[Path]) -> Iterator[str]:
    workflow, programs = turn.compiled.workflow, turn.compiled.programs
    seen: set[str] = set()
    open_names = [path[0] for path in paths]
    while open_names:
        name = open_names.pop()
        if name in seen:
            continue
        seen.add(name)
        if (condition := workflow.conditions.get(name)) is not None:
            open_names += (path[0] for path in programs[condition.text, TEST].reads)
        elif (field := workflow.fields.get(name)) is not None and field.formula is not None:
            open_names += (path[0] for path in programs[field.formula.text, name].reads)
        elif field is not None or name in workflow.records:
            yield name


def _standing_sources(turn: Turn, transition: Transition) -> tuple[str, ...]:
    active = active_paths(turn.draft.leaves)
    return tuple(path for path in transition.sources if path in active)


def _still_stands(turn: Turn, request: ApprovalRequest, step: Step, aside: frozenset[str]) -> bool:
    """Whether the state that the request was made in is not left; to be set aside is not to be left."""
    if request.source in step.exited:
        return request.source in aside
    active = active_paths(turn.draft.leaves)
    states = turn.compiled.workflow.states
    # Not active, it was set aside before, and still is unless the project has come back to somewhere else.
    return request.source in active or any(states[path].is_aside for path in active)


def _follow_clock(turn: Turn, request: ApprovalRequest) -> None:
    """The request is due when its clock is: a clock that stands still is due at no time."""
    clock = turn.draft.clocks.get(APPROVAL + request.id)
    if clock is not None and clock.due_at != request.due_at:
        turn.change(ApprovalChanged(approval=replace(request, due_at=clock.due_at)))


def _needed(turn: Turn, transition: Transition, rule: Approval, asker: Actor) -> Reason:
    pending = _live(turn, transition, rule, asker)
    with turn.speaking_as(asker, turn.comment):
        who = tuple(resolve(turn, party) for party in rule.by) if pending is None else pending.approvers
    names = [one.removeprefix(PERSON).removeprefix(ROLE) for one in who]
    zh, en = f"需要审批“{rule.title.zh}”", f'needs the approval "{rule.title.en}"'
    if pending is not None:
        zh, en = f"正在等待审批“{rule.title.zh}”", f'waits for the approval "{rule.title.en}"'
    return Reason(
        id=rule.id,
        kind=ReasonKind.APPROVAL,
        message=Bilingual(f"{zh}（{'、'.join(names)}）", f"{en} ({', '.join(names)})"),
        rule=rule.span,
        values={} if rule.when is None else values_behind(turn, rule.when),
        transition=transition.id,
    )
