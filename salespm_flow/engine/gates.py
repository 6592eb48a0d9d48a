"""What a move asks for, and every reason why it is not given. Changes nothing."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import TEST
from salespm_flow.engine.exchange import missing_rates
from salespm_flow.engine.parties import actor_reasons, may, roles_that_count
from salespm_flow.engine.places import is_within
from salespm_flow.engine.turn import Turn
from salespm_flow.engine.values import label
from salespm_flow.engine.witness import Witness
from salespm_flow.expr.values import Reference, Value
from salespm_flow.model.decision import Actor, Reason, ReasonKind
from salespm_flow.model.expression import Expression, Party, PartyKind
from salespm_flow.model.workflow import Check, Gate, Requirement, State, StateKind, Transition
from salespm_flow.statechart.kernel import Step

_PARTIES: Final = {
    PartyKind.OWNER: Bilingual("负责人", "owner"),
    PartyKind.MANAGER: Bilingual("负责人的上级", "manager"),
    PartyKind.REQUESTER: Bilingual("申请人", "requester"),
    PartyKind.ACTOR: Bilingual("操作人", "actor"),
}


def name_party(party: Party) -> Bilingual:
    """How a person reads a party in a message: people and roles by their ids."""
    return _PARTIES.get(party.kind) or Bilingual(party.name, party.name)


def name_parties(parties: Iterable[Party]) -> Bilingual:
    """How a person reads several parties, each named once."""
    named = [name_party(one) for one in dict.fromkeys(parties)]
    return Bilingual("、".join(one.zh for one in named), ", ".join(one.en for one in named))


def name_actor(actor: Actor) -> Bilingual:
    """How a message names who asks, with the role claimed."""
    if not actor.role:
        return Bilingual(f"{actor.id} ", actor.id)
    return Bilingual(f"{actor.id}（{actor.role}）", f"{actor.id} ({actor.role})")


def claim_asked(turn: Turn, actor: Actor, parties: Iterable[Party]) -> Bilingual:
    """The end of a message about a missing right: without an organisation nobody knows a role that is not claimed.

    Empty where an organisation says who holds which role, where a role is claimed, and where no role would help.
    """
    takes_role = any(one.kind in {PartyKind.ROLE, PartyKind.MANAGER} for one in parties)
    if turn.compiled.organisation is not None or actor.role or not takes_role:
        return Bilingual("", "")
    return Bilingual("；没有使用组织，角色须声明", "; no organisation is in use, so the role must be claimed")


def is_present(value: Value) -> bool:
    """Whether a requirement is met: null, blank text and no rows are absent; zero and false are present."""
    if value is None:
        return False
    if isinstance(value, str):
        return bool(value.strip())
    return not (isinstance(value, tuple) and not value)


def is_offered(turn: Turn, transition: Transition) -> bool:
    """Whether the transition's `when` is true; null is not, nor what rests on rules that contradict each other."""
    when = transition.when
    if when is None:
        return True
    holds = turn.evaluate(when.text) is True and not turn.conflicts(when.text)
    if turn.compiled.witness is not None:
        turn.compiled.witness.judged(when.place, holds=holds)
    return holds


def move_reasons(turn: Turn, transition: Transition, step: Step, actor: Actor) -> tuple[Reason, ...]:
    """Every reason against the transition, of its own and of the states that `step`, its own, leaves and enters."""
    reasons: list[Reason] = []
    if not is_offered(turn, transition):
        reasons.append(_not_offered(turn, transition))
        reasons += () if transition.when is None else conflict_reasons(turn, transition.when.text, transition.id)
    if not may(turn, actor, transition.by):
        reasons += actor_reasons(turn) or (_role(turn, actor, transition),)
    if lacks_comment(turn, transition):
        reasons.append(_comment(transition))
    for gate in (transition.gate, *step_gates(turn, transition, step)):
        reasons += gate_reasons(turn, gate, transition.id)
    return tuple(_keyed(reasons).values())


def lacks_comment(turn: Turn, transition: Transition) -> bool:
    """Whether the transition wants a comment that the request does not give; the engine itself is not exempt."""
    return transition.needs_comment and not turn.comment.strip()


def _keyed(reasons: Iterable[Reason]) -> Mapping[tuple[str, str], Reason]:
    # One missing field asked for by two gates is one reason; the first place that asks is named.
    keyed: dict[tuple[str, str], Reason] = {}
    for reason in reasons:
        keyed.setdefault((reason.id, reason.kind), reason)
    return keyed


def step_gates(turn: Turn, transition: Transition, step: Step) -> Iterator[Gate]:
    """The exit gates that bind the departure (innermost first), then the entry gates (outermost first)."""
    states = turn.compiled.workflow.states
    for path in step.exited:
        gate = states[path].exit
        if (gate.require or gate.check) and binds_exit(turn, states[path], transition, step):
            yield gate
    for path in step.entered:
        yield states[path].entry


def binds_exit(turn: Turn, left: State, transition: Transition, step: Step) -> bool:
    """Whether `left` is left through its exit gate; `step` is what the transition alone leaves and enters.

    Not bound: to an earlier state, to a final state whose outcome is no success, to or from a state aside, and
    where the transition says `forward: false`.
    """
    if transition.is_forward is not None:
        return transition.is_forward
    targets = _targets_of(turn, left, transition)
    for target in targets:  # no `any`: every move asks, and mostly of one target
        if _is_failure(target) or is_set_aside(turn, target, step):
            return False
    if _stands_aside(turn, left, step):
        return False
    order = turn.compiled.order
    return not targets or not all(order[target.path] < order[left.path] for target in targets)


def is_set_aside(turn: Turn, target: State, step: Step) -> bool:
    """Whether entering the target sets the project, or its region, aside: by itself, by what holds it or begins it."""
    if not turn.compiled.asides:
        return False
    states = turn.compiled.workflow.states
    if target.is_aside:
        return True
    if any(states[path].is_aside and is_within(target.path, path) for path in step.entered):
        return True
    while target.kind is StateKind.COMPOUND and target.initial:
        target = states[target.initial[0]]
        if target.is_aside:
            return target.path in step.entered
    return False


def _targets_of(turn: Turn, left: State, transition: Transition) -> tuple[State, ...]:
    """The targets that the departure from `left` is about: of several regions only its own, where one is aimed at."""
    states = turn.compiled.workflow.states
    targets = tuple([states[target.path] for target in transition.to])
    parent = left.parent
    if len(targets) < 2 or parent is None:  # noqa: PLR2004 -- one target leaves nothing to choose from
        return targets
    return tuple(target for target in targets if is_within(target.path, parent)) or targets


def _is_failure(target: State) -> bool:
    return target.kind is StateKind.FINAL and target.outcome is not None and not target.outcome.is_success


def _stands_aside(turn: Turn, left: State, step: Step) -> bool:
    """Whether all that is active of `left` lies in states aside that the step leaves."""
    asides = turn.compiled.asides.intersection(step.exited)
    if not asides:
        return False
    inside = (leaf for leaf in turn.draft.leaves if is_within(leaf, left.path))
    return all(any(is_within(leaf, aside) for aside in asides) for leaf in inside)


def gate_reasons(turn: Turn, gate: Gate, transition: str) -> list[Reason]:
    """Every requirement that is absent and every check that is not true."""
    if not gate.require and not gate.check:
        return []
    names = turn.names()
    reasons = [_missing(turn, need, transition) for need in gate.require if not is_present(names[need.name])]
    for check in gate.check:
        value = turn.evaluate(check.that.text)
        conflicts = conflict_reasons(turn, check.that.text, transition)
        reasons += conflicts
        if value is not True and not conflicts:
            reasons.append(_failed(turn, check, value, transition))
    if turn.compiled.witness is not None:
        _bear_witness(turn.compiled.witness, gate, reasons)
    return reasons


def _bear_witness(witness: Witness, gate: Gate, reasons: Iterable[Reason]) -> None:
    """What the gate asks for is told, with what of it held; a table's conflict is no answer of the check."""
    refused = {reason.rule for reason in reasons if reason.kind is not ReasonKind.CONFLICT}
    places = (*(need.span for need in gate.require), *(check.span for check in gate.check))
    for place in places:
        witness.judged(place, holds=place not in refused)


def conflict_reasons(turn: Turn, text: str, transition: str) -> tuple[Reason, ...]:
    """A reason for each decision table that a test calls and whose rules contradict each other there."""
    return tuple(
        Reason(
            id=conflict.name,
            kind=ReasonKind.CONFLICT,
            message=conflict.message,
            rule=conflict.places[0],
            values={"rules": conflict.choices, "places": tuple(f"{one.file}:{one.line}" for one in conflict.places)},
            transition=transition,
        )
        for conflict in turn.conflicts(text)
    )


def values_behind(turn: Turn, expression: Expression) -> dict[str, Value]:
    """The values of every name that the expression reads, by dotted name; of a record how many rows there are.

    A condition is looked into: what made it false says more than that it is false.
    """
    workflow = turn.compiled.workflow
    values: dict[str, Value] = {}
    for path in sorted(turn.compiled.programs[expression.text, TEST].reads):
        if (condition := workflow.conditions.get(path[0])) is not None:
            values |= values_behind(turn, condition)
            continue
        value = _value_at(turn, path)
        if path[0] in workflow.records or (isinstance(value, tuple) and any(isinstance(one, Mapping) for one in value)):
            value = Decimal(len(value)) if isinstance(value, tuple) else value
        if not isinstance(value, Mapping):
            values[".".join(path)] = value
    return values


def _value_at(turn: Turn, path: tuple[str, ...]) -> Value:
    value: Value = turn.names()[path[0]]
    for part in path[1:]:
        if isinstance(value, Reference):
            value = value.row
        value = value.get(part) if isinstance(value, Mapping) else value
    return value.key if isinstance(value, Reference) else value


def _title(turn: Turn, name: str) -> Bilingual:
    workflow = turn.compiled.workflow
    if (field := workflow.fields.get(name)) is not None:
        return field.title
    if (record := workflow.records.get(name)) is not None:
        return record.title
    return Bilingual(name, name)


def _missing(turn: Turn, need: Requirement, transition: str) -> Reason:
    name = label(need.name, _title(turn, need.name))
    more = Bilingual("", "")
    if need.name in turn.compiled.workflow.records:
        more = Bilingual("：至少登记一条", ": record at least one row")
    elif rates := _rates_of_field(turn, need.name):
        more = Bilingual(f"：{rates[0].zh}", f": {rates[0].en}")
    return Reason(
        id=need.name,
        kind=ReasonKind.MISSING,
        message=Bilingual(f"缺少{name.zh}{more.zh}", f"{name.en} is missing{more.en}"),
        rule=need.span,
        values={need.name: None},
        transition=transition,
    )


def _rates_of_field(turn: Turn, name: str) -> tuple[Bilingual, ...]:
    field = turn.compiled.workflow.fields.get(name)
    return () if field is None or field.formula is None else missing_rates(turn.view, field.formula.text, name)


def _failed(turn: Turn, check: Check, value: Value, transition: str) -> Reason:
    values = values_behind(turn, check.that)
    message = check.message or Bilingual(f"条件不成立：{check.that.text}", f"not true: {check.that.text}")
    if value is None:
        message = _unknown(turn, message, check.that, values)
    return Reason(
        id=check.id,
        kind=ReasonKind.CHECK,
        message=message,
        rule=check.span,
        values=values,
        transition=transition,
    )


def _unknown(turn: Turn, message: Bilingual, expression: Expression, values: Mapping[str, Value]) -> Bilingual:
    """The message, with the rates or names whose absence leaves the expression without an answer."""
    rates = missing_rates(turn.view, expression.text, TEST)
    if rates:
        zh, en = "、".join(rate.zh for rate in rates), ", ".join(rate.en for rate in rates)
        return Bilingual(f"{message.zh}（无法判断：{zh}）", f"{message.en} (unknown: {en})")
    empty = [name for name, found in values.items() if found is None]
    empty = empty or [name for name, found in values.items() if found == 0 and isinstance(found, Decimal)]
    if not empty:
        zh, en = f"“{expression.text}”没有结果", f"{expression.text} has no value"
        return Bilingual(f"{message.zh}（无法判断：{zh}）", f"{message.en} (unknown: {en})")
    verb = "is" if len(empty) == 1 else "are"
    return Bilingual(
        f"{message.zh}（无法判断，因为 {'、'.join(empty)} 为空）",
        f"{message.en} (unknown because {', '.join(empty)} {verb} empty)",
    )


def _not_offered(turn: Turn, transition: Transition) -> Reason:
    when = transition.when
    text = "" if when is None else when.text
    values = {} if when is None else values_behind(turn, when)
    message = Bilingual(f"此时不提供：需要 {text}", f"not offered now: it needs {text}")
    if when is not None and turn.evaluate(text) is None and not turn.conflicts(text):
        message = _unknown(turn, message, when, values)
    return Reason(
        id="when",
        kind=ReasonKind.WHEN,
        message=message,
        rule=transition.span if when is None else when.place,
        values=values,
        transition=transition.id,
    )


def _role(turn: Turn, actor: Actor, transition: Transition) -> Reason:
    parties = transition.by or ()
    allowed, who, unclaimed = name_parties(parties), name_actor(actor), claim_asked(turn, actor, parties)
    zh = f"{who.zh}无权操作：需要 {allowed.zh}{unclaimed.zh}"
    return Reason(
        id="role",
        kind=ReasonKind.ROLE,
        message=Bilingual(zh, f"{who.en} may not do this: it takes {allowed.en}{unclaimed.en}"),
        rule=transition.span,
        values={"actor": actor.id, "role": ", ".join(roles_that_count(turn))},
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
