"""What a move asks for, and every reason why it is not given. Changes nothing."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import TEST
from salespm_flow.engine.places import is_within
from salespm_flow.engine.turn import Turn
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import Actor, Reason, ReasonKind
from salespm_flow.model.expression import Expression, Party, PartyKind
from salespm_flow.model.workflow import Check, Gate, Requirement, State, StateKind, Transition
from salespm_flow.statechart.kernel import Step


def may(actor: Actor, parties: Iterable[Party] | None, owner: str) -> bool:
    """Whether one of the parties covers the actor; None means any actor does."""
    if parties is None or actor.is_system:
        return True
    return any(_covers(party, actor, owner) for party in parties)


def _covers(party: Party, actor: Actor, owner: str) -> bool:
    match party.kind:
        case PartyKind.OWNER:
            return actor.id == owner
        case PartyKind.ROLE:
            return actor.role == party.name
        case PartyKind.PERSON:
            return actor.id == party.name
        case PartyKind.ACTOR | PartyKind.REQUESTER:
            return True
        case PartyKind.MANAGER:
            return False


def name_party(party: Party) -> str:
    """How a person reads a party in a message."""
    return party.name or party.kind.value


def is_present(value: Value) -> bool:
    """Whether a requirement is met: null, blank text and no rows are absent; zero and false are present."""
    if value is None:
        return False
    if isinstance(value, str):
        return bool(value.strip())
    return not (isinstance(value, tuple) and not value)


def is_offered(turn: Turn, transition: Transition) -> bool:
    """Whether the transition's `when` is true; null is not."""
    return transition.when is None or turn.evaluate(transition.when.text) is True


def move_reasons(turn: Turn, transition: Transition, step: Step | None, comment: str) -> tuple[Reason, ...]:
    """Every reason against the transition, of its own and of the states that `step` leaves and enters."""
    reasons: list[Reason] = []
    if not is_offered(turn, transition):
        reasons.append(_not_offered(turn, transition))
    if not may(turn.actor, transition.by, turn.draft.owner):
        reasons.append(_role(turn, transition))
    if transition.needs_comment and not comment.strip() and not turn.actor.is_system:
        reasons.append(_comment(transition))
    reasons += gate_reasons(turn, transition.gate, transition.id)
    if step is not None:
        for gate in step_gates(turn, (transition,), step):
            reasons += gate_reasons(turn, gate, transition.id)
    return tuple(_keyed(reasons).values())


def _keyed(reasons: Iterable[Reason]) -> Mapping[tuple[str, str], Reason]:
    # One missing field asked for by two gates is one reason; the first place that asks is named.
    keyed: dict[tuple[str, str], Reason] = {}
    for reason in reasons:
        keyed.setdefault((reason.id, reason.kind), reason)
    return keyed


def step_gates(turn: Turn, transitions: tuple[Transition, ...], step: Step) -> Iterator[Gate]:
    """The exit gates that bind the departure (innermost first), then the entry gates (outermost first)."""
    states = turn.compiled.workflow.states
    for path in step.exited:
        if binds_exit(turn, states[path], transitions):
            yield states[path].exit
    for path in step.entered:
        yield states[path].entry


def binds_exit(turn: Turn, left: State, transitions: Iterable[Transition]) -> bool:
    """Whether leaving the state is a forward departure for one of the transitions that leave it."""
    leaving = [t for t in transitions if any(is_within(s, left.path) or is_within(left.path, s) for s in t.sources)]
    return any(is_forward(turn, left, transition) for transition in leaving or transitions)


def is_forward(turn: Turn, left: State, transition: Transition) -> bool:
    """Whether the departure from `left` is bound by its exit gate.

    Not bound: to an earlier state, to a final state whose outcome is no success, to or from a state aside, and
    where the transition says `forward: false`.
    """
    if transition.is_forward is not None:
        return transition.is_forward
    states, order = turn.compiled.workflow.states, turn.compiled.order
    targets = [states[target.path] for target in transition.to]
    if any(state.is_aside for state in targets):
        return False
    if any(states[path].is_aside and _is_left(turn, path) for path in transition.sources):
        return False
    if any(t.kind is StateKind.FINAL and t.outcome is not None and not t.outcome.is_success for t in targets):
        return False
    return not targets or not all(order[state.path] < order[left.path] for state in targets)


def _is_left(turn: Turn, source: str) -> bool:
    # A transition may have several sources: only the one it is taken from counts as left.
    return any(is_within(leaf, source) for leaf in turn.draft.leaves)


def gate_reasons(turn: Turn, gate: Gate, transition: str) -> list[Reason]:
    """Every requirement that is absent and every check that is not true."""
    if not gate.require and not gate.check:
        return []
    names = turn.names()
    reasons = [_missing(turn, need, transition) for need in gate.require if not is_present(names[need.name])]
    for check in gate.check:
        value = turn.evaluate(check.that.text)
        if value is not True:
            reasons.append(_failed(turn, check, value, transition))
    return reasons


def values_behind(turn: Turn, expression: Expression) -> dict[str, Value]:
    """The values of every name that the expression reads, by dotted name; of rows how many there are."""
    values: dict[str, Value] = {}
    for path in sorted(turn.compiled.programs[expression.text, TEST].reads):
        value: Value = turn.names()[path[0]]
        for part in path[1:]:
            value = value.get(part) if isinstance(value, Mapping) else value
        if isinstance(value, tuple) and any(isinstance(row, Mapping) for row in value):
            value = Decimal(len(value))
        if not isinstance(value, Mapping):
            values[".".join(path)] = value
    return values


def _title(turn: Turn, name: str) -> Bilingual:
    workflow = turn.compiled.workflow
    if (field := workflow.fields.get(name)) is not None:
        return field.title
    if (record := workflow.records.get(name)) is not None:
        return record.title
    return Bilingual(name, name)


def _missing(turn: Turn, need: Requirement, transition: str) -> Reason:
    title = _title(turn, need.name)
    is_record = need.name in turn.compiled.workflow.records
    return Reason(
        id=need.name,
        kind=ReasonKind.MISSING,
        message=Bilingual(
            f"缺少“{title.zh}”（{need.name}）" + ("：至少登记一条" if is_record else ""),
            f"{title.en} ({need.name}) is missing" + (": record at least one row" if is_record else ""),
        ),
        rule=need.span,
        values={need.name: None},
        transition=transition,
    )


def _failed(turn: Turn, check: Check, value: Value, transition: str) -> Reason:
    values = values_behind(turn, check.that)
    message = check.message or Bilingual(f"条件不成立：{check.that.text}", f"not true: {check.that.text}")
    if value is None:
        empty = [name for name, found in values.items() if found is None]
        zh = f"（无法判断，因为{'、'.join(empty) or check.that.text}为空）"
        message = Bilingual(message.zh + zh, f"{message.en} (unknown because {', '.join(empty) or check.id} is empty)")
    return Reason(
        id=check.id,
        kind=ReasonKind.CHECK,
        message=message,
        rule=check.span,
        values=values,
        transition=transition,
    )


def _not_offered(turn: Turn, transition: Transition) -> Reason:
    when = transition.when
    text = "" if when is None else when.text
    return Reason(
        id="when",
        kind=ReasonKind.WHEN,
        message=Bilingual(f"此时不提供：需要 {text}", f"not offered now: it needs {text}"),
        rule=transition.span if when is None else when.place,
        values={} if when is None else values_behind(turn, when),
        transition=transition.id,
    )


def _role(turn: Turn, transition: Transition) -> Reason:
    allowed = ", ".join(name_party(party) for party in transition.by or ())
    who = f"{turn.actor.id} ({turn.actor.role})" if turn.actor.role else turn.actor.id
    return Reason(
        id="role",
        kind=ReasonKind.ROLE,
        message=Bilingual(f"{who} 无权操作：需要 {allowed}", f"{who} may not do this: it takes {allowed}"),
        rule=transition.span,
        values={"actor": turn.actor.id, "role": turn.actor.role},
        transition=transition.id,
    )


def _comment(transition: Transition) -> Reason:
    return Reason(
        id="comment",
        kind=ReasonKind.COMMENT,
        message=Bilingual("需要填写说明（--comment）", "a comment is required (--comment)"),
        rule=transition.span,
        values={},
        transition=transition.id,
    )
