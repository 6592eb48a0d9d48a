"""Changes a workflow's behaviour in one small way at a time: every mutant, with where and what. Runs nothing.

What no case could notice is told apart by proof: a condition that says the same in other words.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from salespm_flow.definition.literals import write_duration
from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.engine.values import shown
from salespm_flow.expr.syntax import DurationLiteral, Node, NumberLiteral, PercentLiteral
from salespm_flow.expr.values import Money, Months, Value, WorkingDays
from salespm_flow.model.actions import Action, AppendRow, SetField
from salespm_flow.model.expression import Duration, Expression, Party, PartyKind
from salespm_flow.model.fields import FieldType, Parameter
from salespm_flow.model.rules import RiskModel
from salespm_flow.model.tables import DecisionTable
from salespm_flow.model.workflow import (
    Approval,
    Check,
    Gate,
    Quorum,
    State,
    StateKind,
    Target,
    Timer,
    Transition,
    Workflow,
)
from salespm_flow.nouns import dataclass
from salespm_flow.scenario.bench import Bench
from salespm_flow.scenario.constants import is_always_given, settled
from salespm_flow.scenario.rewording import reworded
from salespm_flow.scenario.sameness import is_idle, sameness

_MadeApart = Callable[..., "Mutant"]
_NOBODY: Final = Party(kind=PartyKind.PERSON, name="nobody_at_all")


class MutationKind(StrEnum):
    """What was changed."""

    OPERATOR = "operator"
    AMOUNT = "amount"
    CHECK = "check"
    REQUIREMENT = "requirement"
    TARGET = "target"
    PROBABILITY = "probability"
    ROLE = "role"
    APPROVAL = "approval"
    ACTION = "action"
    TIME = "time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A document that differs in one thing: where that stands, and what was put in place of what."""

    kind: MutationKind
    place: Span
    change: Bilingual
    changed: Workflow | RiskModel | DecisionTable
    is_equivalent: bool = False


def mutants_of(workflow: Workflow, bench: Bench) -> Iterator[Mutant]:
    """Every mutant of the workflow, in file order of what is changed."""
    making = _Making(workflow=workflow, is_same=sameness(workflow, bench.tested.names, bench.library.references))
    for transition in workflow.transitions.values():
        yield from making.of_transition(transition)
    for state in workflow.states.values():
        yield from making.of_state(state)
    for timer in workflow.timers.values():
        yield from making.of_timer(timer)
    for parameter in workflow.parameters.items():
        yield from making.of_parameter(*parameter)
    for condition in workflow.conditions.items():
        yield from making.of_condition(*condition)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Making:
    """The workflow that is changed, and what proves that two of its conditions never differ."""

    workflow: Workflow
    is_same: Callable[[Expression, Expression], bool]

    def of_transition(self, one: Transition) -> Iterator[Mutant]:
        """What differs in one transition."""

        def made(
            kind: MutationKind, place: Span, change: Bilingual, changed: Transition, *, same: bool = False
        ) -> Mutant:
            transitions = {**self.workflow.transitions, one.id: changed}
            workflow = replace(self.workflow, transitions=transitions)
            return Mutant(kind=kind, place=place, change=change, changed=workflow, is_equivalent=same)

        if one.when is not None:
            for expression, change in reworded(one.when):
                changed = replace(one, when=expression)
                same = self.is_same(one.when, expression)
                yield made(MutationKind.OPERATOR, one.when.place, change, changed, same=same)
            same = settled(one.when.node, self.workflow) is True
            yield made(MutationKind.CHECK, one.when.place, _dropped("when"), replace(one, when=None), same=same)
        for gate, change, kind, place, same in self._gates(one.gate):
            yield made(kind, place, change, replace(one, gate=gate), same=same)
        yield from self._roles(one, made)
        for approval in one.approvals.values():
            yield from self._approvals(one, approval, made)
        target = self._elsewhere(one)
        if target is not None:
            change = Bilingual(f"去往 {target.path}", f"leads to {target.path}")
            yield made(MutationKind.TARGET, one.span, change, replace(one, to=(target,)))

    def _roles(self, one: Transition, made: _MadeApart) -> Iterator[Mutant]:
        if one.by is None:
            return
        anybody = Bilingual("任何人都可以操作", "anybody may do it")
        yield made(MutationKind.ROLE, one.span, anybody, replace(one, by=None))
        change = Bilingual("换成另一个人", "somebody else may do it")
        yield made(MutationKind.ROLE, one.span, change, replace(one, by=(_NOBODY,)))

    def _approvals(self, one: Transition, approval: Approval, made: _MadeApart) -> Iterator[Mutant]:
        """The approval is not asked for, asked for when it is not needed, asked of others, or given by fewer."""
        name = approval.id
        rest = {key: value for key, value in one.approvals.items() if key != name}
        freed = {key: replace(value, after=None) if value.after == name else value for key, value in rest.items()}
        yield made(MutationKind.APPROVAL, approval.span, _dropped(name), replace(one, approvals=freed))

        def other(changed: Approval) -> Transition:
            return replace(one, approvals={**one.approvals, name: changed})

        change = Bilingual(f"{name} 由另一个人审批", f"somebody else approves {name}")
        yield made(MutationKind.ROLE, approval.span, change, other(replace(approval, by=(_NOBODY,), escalate=None)))
        if approval.quorum is not Quorum.ANY and len(approval.by) > 1:
            change = Bilingual(f"{name} 一人同意即可", f"one of them is enough for {name}")
            changed = other(replace(approval, quorum=Quorum.ANY))
            yield made(MutationKind.APPROVAL, approval.span, change, changed)
        if approval.when is not None:
            for expression, said in reworded(approval.when):
                same = self.is_same(approval.when, expression)
                changed = other(replace(approval, when=expression))
                yield made(MutationKind.OPERATOR, approval.when.place, said, changed, same=same)

    def of_state(self, one: State) -> Iterator[Mutant]:
        """What differs in one state."""

        def made(kind: MutationKind, place: Span, change: Bilingual, changed: State, *, same: bool = False) -> Mutant:
            workflow = replace(self.workflow, states={**self.workflow.states, one.path: changed})
            return Mutant(kind=kind, place=place, change=change, changed=workflow, is_equivalent=same)

        for gate, change, kind, place, same in self._gates(one.entry):
            yield made(kind, place, change, replace(one, entry=gate), same=same)
        for gate, change, kind, place, same in self._gates(one.exit):
            yield made(kind, place, change, replace(one, exit=gate), same=same)
        is_counted = not one.children and one.outcome is None and not self._is_within_outcome(one)
        if one.probability is not None and is_counted:
            other = Decimal(1) - one.probability if one.probability != Decimal("0.5") else Decimal("0.4")
            change = Bilingual(f"概率改为 {other:%}", f"probability {other:%}")
            yield made(MutationKind.PROBABILITY, one.span, change, replace(one, probability=other))

        sla = one.sla
        if sla is not None and sla.warn is not None:
            change = Bilingual("预警的时限加倍", "warns after twice the time")
            changed = replace(sla, warn=_longer(sla.warn))
            yield made(MutationKind.TIME, sla.span, change, replace(one, sla=changed))
        if sla is not None and sla.breach is not None:
            change = Bilingual("超时的时限加倍", "is breached after twice the time")
            changed = replace(sla, breach=_longer(sla.breach))
            yield made(MutationKind.TIME, sla.span, change, replace(one, sla=changed))

    def of_timer(self, one: Timer) -> Iterator[Mutant]:
        """The timer fires later, at another moment, or does less."""

        def made(kind: MutationKind, change: Bilingual, changed: Timer) -> Mutant:
            workflow = replace(self.workflow, timers={**self.workflow.timers, one.id: changed})
            return Mutant(kind=kind, place=one.span, change=change, changed=workflow)

        later = Bilingual(f"{one.id} 的时间加倍", f"{one.id} after twice the time")
        if one.after is not None:
            yield made(MutationKind.TIME, later, replace(one, after=_longer(one.after)))
        if one.every is not None:
            yield made(MutationKind.TIME, later, replace(one, every=_longer(one.every)))
        if one.at is not None:
            for expression, change in reworded(one.at):
                yield made(MutationKind.TIME, change, replace(one, at=expression))
        for kind, change, do, _ in _actions(one.do):
            yield made(kind, change, replace(one, do=do))

    def of_condition(self, name: str, condition: Expression) -> Iterator[Mutant]:
        """The named condition says something else."""
        for expression, change in reworded(condition):
            kind, conditions = _kind(condition.node), {**self.workflow.conditions, name: expression}
            is_same = is_idle(name, self.workflow) or self.is_same(condition, expression)
            changed = replace(self.workflow, conditions=conditions)
            yield Mutant(kind=kind, place=condition.place, change=change, changed=changed, is_equivalent=is_same)

    def _is_within_outcome(self, one: State) -> bool:
        """Whether the state stands inside one with an outcome, which decides the probability by itself."""
        return any(
            state.outcome is not None and one.path.startswith(f"{path}.")
            for path, state in self.workflow.states.items()
        )

    def of_parameter(self, name: str, given: Parameter) -> Iterator[Mutant]:
        """The threshold is another one."""
        other = other_amount(given.value)
        if other is None:
            return
        change = said_of(name, other, given.type)
        parameters = {**self.workflow.parameters, name: replace(given, value=other)}
        workflow = replace(self.workflow, parameters=parameters)
        same = is_idle(name, self.workflow)
        yield Mutant(kind=MutationKind.AMOUNT, place=given.span, change=change, changed=workflow, is_equivalent=same)

    def _gates(self, gate: Gate) -> Iterator[tuple[Gate, Bilingual, MutationKind, Span, bool]]:
        """The gate with one requirement, check or action less, or with one check that says something else."""
        for number, need in enumerate(gate.require):
            rest = (*gate.require[:number], *gate.require[number + 1 :])
            yield (
                replace(gate, require=rest),
                _dropped(need.name),
                MutationKind.REQUIREMENT,
                need.span,
                is_always_given(need.name, self.workflow),
            )
        for number, check in enumerate(gate.check):
            rest_of = (*gate.check[:number], *gate.check[number + 1 :])
            is_idle = settled(check.that.node, self.workflow) is True
            yield replace(gate, check=rest_of), _dropped(check.id), MutationKind.CHECK, check.span, is_idle
            for expression, change in reworded(check.that):
                changed: tuple[Check, ...] = tuple(
                    replace(one, that=expression) if one is check else one for one in gate.check
                )
                same = self.is_same(check.that, expression)
                yield replace(gate, check=changed), change, MutationKind.OPERATOR, check.span, same
        for kind, change, do, place in _actions(gate.do):
            yield replace(gate, do=do), change, kind, place, False

    def _elsewhere(self, one: Transition) -> Target | None:
        """Another state beside the target, where there is one that can be led to."""
        if len(one.to) != 1 or one.to[0].is_history:
            return None
        states = self.workflow.states
        here = states[one.to[0].path]
        beside = [
            path
            for path, state in states.items()
            if state.parent == here.parent and path != here.path and not state.is_region and path not in one.sources
        ]
        kin = [path for path in beside if (states[path].kind is StateKind.FINAL) == (here.kind is StateKind.FINAL)]
        return next((Target(path=path) for path in (*kin, *beside)), None)


def _dropped(name: str) -> Bilingual:
    return Bilingual(f"去掉 {name}", f"{name} dropped")


def _kind(node: Node) -> MutationKind:
    is_amount = isinstance(node, NumberLiteral | PercentLiteral | DurationLiteral)
    return MutationKind.AMOUNT if is_amount else MutationKind.OPERATOR


def other_amount(value: Value) -> bool | Decimal | Money | Duration | None:
    """Another value of the same type, well away from this one; None where it is none that can be moved."""
    match value:
        case bool():
            return not value
        case Decimal():
            return value + 1 if value == value.to_integral_value() and value > 1 else value * 2 + Decimal("0.01")
        case Money(amount=amount, currency=currency):
            return Money(amount * 2 + 1, currency)
        case timedelta() | WorkingDays() | Months():
            return _longer(value)
        case _:
            return None


def said_of(given: str, value: Value, declared: FieldType | None = None) -> Bilingual:
    """That what is named so has another value now."""
    told = write_duration(value) if isinstance(value, timedelta | WorkingDays | Months) else shown(value, declared)
    return Bilingual(f"{given} 改为 {told}", f"{given} = {told}")


def _longer(length: Duration) -> Duration:
    match length:
        case WorkingDays(days=days):
            return WorkingDays(days * 2)
        case Months(count=count):
            return Months(count * 2)
        case timedelta():
            return length * 2


def _actions(do: tuple[Action, ...]) -> Iterator[tuple[MutationKind, Bilingual, tuple[Action, ...], Span]]:
    """The actions with one less, or with one that writes another value."""
    for number, action in enumerate(do):
        before, after = do[:number], do[number + 1 :]
        yield MutationKind.ACTION, _dropped(action.id), (*before, *after), action.span
        if isinstance(action, SetField | AppendRow):
            for expression, change in reworded(action.value):
                other = replace(action, value=expression)
                yield MutationKind.ACTION, change, (*before, other, *after), action.span
