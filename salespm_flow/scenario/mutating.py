"""Changes a workflow's behaviour in one small way at a time, and tells which cases notice.

What no case notices is told apart by proof: a condition that says the same in other words can never be noticed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from typing import Final

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.parse import parse
from salespm_flow.expr.syntax import (
    Binary,
    DurationLiteral,
    Name,
    Node,
    NumberLiteral,
    Operator,
    PercentLiteral,
    walk,
)
from salespm_flow.expr.values import Money
from salespm_flow.model.cases import Case
from salespm_flow.model.expression import Expression, Party, PartyKind
from salespm_flow.model.fields import Parameter
from salespm_flow.model.tables import expressions_in
from salespm_flow.model.workflow import Check, Gate, State, StateKind, Target, Transition, Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.scenario.bench import Bench, bench_with
from salespm_flow.scenario.constants import settled
from salespm_flow.scenario.running import run_case
from salespm_flow.solve.cases import Cases, Verdict, Wish
from salespm_flow.solve.comparisons import Want

_FLIPPED: Final[Mapping[Operator, Operator]] = {
    Operator.LESS: Operator.GREATER_EQUAL,
    Operator.LESS_EQUAL: Operator.GREATER,
    Operator.GREATER: Operator.LESS_EQUAL,
    Operator.GREATER_EQUAL: Operator.LESS,
    Operator.EQUAL: Operator.UNEQUAL,
    Operator.UNEQUAL: Operator.EQUAL,
    Operator.AND: Operator.OR,
    Operator.OR: Operator.AND,
}
_SHIFTED: Final[Mapping[Operator, Operator]] = {
    Operator.LESS: Operator.LESS_EQUAL,
    Operator.LESS_EQUAL: Operator.LESS,
    Operator.GREATER: Operator.GREATER_EQUAL,
    Operator.GREATER_EQUAL: Operator.GREATER,
}
_Made = Callable[["MutationKind", Span, Bilingual, Transition], "Mutant"]
_NOBODY: Final = "nobody_at_all"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A workflow that differs in one thing: where that stands, and what was put in place of what."""

    kind: MutationKind
    place: Span
    change: Bilingual
    workflow: Workflow
    is_equivalent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MutantResult:
    """A mutant, and the first case that noticed it; None where none did."""

    mutant: Mutant
    noticed_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MutationReport:
    """All mutants of a workflow. Equivalent ones are not counted: nothing could notice them.

    `inherited` is how many were left to the tests of the workflow that an overlay extends.
    """

    workflow: str
    results: tuple[MutantResult, ...]
    inherited: int = 0

    @property
    def noticed(self) -> int:
        """How many were noticed."""
        return sum(one.noticed_by is not None for one in self.results)

    @property
    def survivors(self) -> tuple[MutantResult, ...]:
        """Those that were not noticed and could have been."""
        return tuple(one for one in self.results if one.noticed_by is None and not one.mutant.is_equivalent)

    @property
    def equivalents(self) -> tuple[MutantResult, ...]:
        """Those that nothing can notice, by proof."""
        return tuple(one for one in self.results if one.noticed_by is None and one.mutant.is_equivalent)

    @property
    def percent(self) -> int:
        """The whole percent noticed of those that could be, rounded down."""
        total = self.noticed + len(self.survivors)
        return 100 if total == 0 else self.noticed * 100 // total


def mutate(
    bench: Bench,
    cases: Sequence[Case],
    tell: Callable[[int, int], None] | None = None,
    *,
    elsewhere: frozenset[str] = frozenset(),
) -> MutationReport:
    """Each mutant of the tested workflow, held against all cases until one notices it.

    What stands in the files `elsewhere`, as an overlay inherits it, is changed where it is written.
    """
    every = tuple(mutants_of(bench.workflow, bench))
    mutants = tuple(one for one in every if one.place.file not in elsewhere)
    results: list[MutantResult] = []
    # Who noticed the last one is likely to notice the next, which differs nearby.
    # One that fails anyway notices nothing.
    sound = (case for case in cases if run_case(bench, case).is_passed)
    order = sorted(sound, key=lambda case: len(case.steps))
    for number, mutant in enumerate(mutants, 1):
        noticed_by = _noticed_by(mutant, bench, order)
        results.append(MutantResult(mutant=mutant, noticed_by=None if noticed_by is None else noticed_by.id))
        if noticed_by is not None:
            order.remove(noticed_by)
            order.insert(0, noticed_by)
        if tell is not None:
            tell(number, len(mutants))
    return MutationReport(workflow=bench.workflow.id, results=tuple(results), inherited=len(every) - len(mutants))


def _noticed_by(mutant: Mutant, bench: Bench, cases: Iterable[Case]) -> Case | None:
    library = replace(bench.library, workflows={**bench.library.workflows, mutant.workflow.id: mutant.workflow})
    changed = bench_with(bench, mutant.workflow, library)
    return next((case for case in cases if not run_case(changed, case).is_passed), None)


def mutants_of(workflow: Workflow, bench: Bench) -> Iterator[Mutant]:
    """Every mutant, in file order of what is changed."""
    making = _Making(workflow=workflow, cases=Cases(workflow, bench.tested.names, bench.library.references))
    for transition in workflow.transitions.values():
        yield from making.of_transition(transition)
    for state in workflow.states.values():
        yield from making.of_state(state)
    for parameter in workflow.parameters.items():
        yield from making.of_parameter(*parameter)
    for name, condition in workflow.conditions.items():
        for expression, change in _changed(condition):
            kind, conditions = _kind(condition.node), {**workflow.conditions, name: expression}
            is_same = is_idle(name, workflow) or making.is_same(condition, expression)
            changed = replace(workflow, conditions=conditions)
            yield Mutant(kind=kind, place=condition.place, change=change, workflow=changed, is_equivalent=is_same)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Making:
    """The workflow that is changed, and what is known of its conditions."""

    workflow: Workflow
    cases: Cases

    def of_transition(self, one: Transition) -> Iterator[Mutant]:
        """What differs in one transition."""

        def made(
            kind: MutationKind, place: Span, change: Bilingual, changed: Transition, *, same: bool = False
        ) -> Mutant:
            transitions = {**self.workflow.transitions, one.id: changed}
            workflow = replace(self.workflow, transitions=transitions)
            return Mutant(kind=kind, place=place, change=change, workflow=workflow, is_equivalent=same)

        if one.when is not None:
            for expression, change in _changed(one.when):
                changed = replace(one, when=expression)
                same = self.is_same(one.when, expression)
                yield made(MutationKind.OPERATOR, one.when.place, change, changed, same=same)
            same = settled(one.when.node, self.workflow) is True
            yield made(MutationKind.CHECK, one.when.place, _dropped("when"), replace(one, when=None), same=same)
        for gate, change, kind, place, same in self._gates(one.gate):
            yield made(kind, place, change, replace(one, gate=gate), same=same)
        yield from self._roles(one, made)
        for name, approval in one.approvals.items():
            rest = {key: value for key, value in one.approvals.items() if key != name}
            freed = {key: replace(value, after=None) if value.after == name else value for key, value in rest.items()}
            yield made(MutationKind.APPROVAL, approval.span, _dropped(name), replace(one, approvals=freed))
        target = self._elsewhere(one)
        if target is not None:
            change = Bilingual(f"去往 {target.path}", f"leads to {target.path}")
            yield made(MutationKind.TARGET, one.span, change, replace(one, to=(target,)))

    def _roles(
        self, one: Transition, made: "Callable[[MutationKind, Span, Bilingual, Transition], Mutant]"
    ) -> Iterator[Mutant]:
        if one.by is None:
            return
        anybody = Bilingual("任何人都可以操作", "anybody may do it")
        yield made(MutationKind.ROLE, one.span, anybody, replace(one, by=None))
        nobody = Party(kind=PartyKind.PERSON, name=_NOBODY)
        change = Bilingual("换成另一个人", "somebody else may do it")
        yield made(MutationKind.ROLE, one.span, change, replace(one, by=(nobody,)))

    def of_state(self, one: State) -> Iterator[Mutant]:
        """What differs in one state."""

        def made(kind: MutationKind, place: Span, change: Bilingual, changed: State, *, same: bool = False) -> Mutant:
            workflow = replace(self.workflow, states={**self.workflow.states, one.path: changed})
            return Mutant(kind=kind, place=place, change=change, workflow=workflow, is_equivalent=same)

        for gate, change, kind, place, same in self._gates(one.entry):
            yield made(kind, place, change, replace(one, entry=gate), same=same)
        for gate, change, kind, place, same in self._gates(one.exit):
            yield made(kind, place, change, replace(one, exit=gate), same=same)
        is_counted = not one.children and one.outcome is None and not self._is_within_outcome(one)
        if one.probability is not None and is_counted:
            other = Decimal(1) - one.probability if one.probability != Decimal("0.5") else Decimal("0.4")
            change = Bilingual(f"概率改为 {other:%}", f"probability {other:%}")
            yield made(MutationKind.PROBABILITY, one.span, change, replace(one, probability=other))

    def _is_within_outcome(self, one: State) -> bool:
        """Whether the state stands inside one with an outcome, which decides the probability by itself."""
        return any(
            state.outcome is not None and one.path.startswith(f"{path}.")
            for path, state in self.workflow.states.items()
        )

    def of_parameter(self, name: str, given: Parameter) -> Iterator[Mutant]:
        """The threshold is another one."""
        match given.value:
            case bool() as value:
                other: bool | Decimal | Money = not value
            case Decimal() as value:
                other = value + 1 if value == value.to_integral_value() and value > 1 else value * 2 + Decimal("0.01")
            case Money(amount=amount, currency=currency):
                other = Money(amount * 2 + 1, currency)
            case _:
                return
        change = Bilingual(f"{name} 改为 {other}", f"{name} = {other}")
        parameters = {**self.workflow.parameters, name: replace(given, value=other)}
        workflow = replace(self.workflow, parameters=parameters)
        same = is_idle(name, self.workflow)
        yield Mutant(kind=MutationKind.AMOUNT, place=given.span, change=change, workflow=workflow, is_equivalent=same)

    def _gates(self, gate: Gate) -> Iterator[tuple[Gate, Bilingual, MutationKind, Span, bool]]:
        """The gate with one requirement, check or action less, or with one check that says something else."""
        for number, need in enumerate(gate.require):
            rest = (*gate.require[:number], *gate.require[number + 1 :])
            yield replace(gate, require=rest), _dropped(need.name), MutationKind.REQUIREMENT, need.span, False
        for number, check in enumerate(gate.check):
            rest_of = (*gate.check[:number], *gate.check[number + 1 :])
            is_idle = settled(check.that.node, self.workflow) is True
            yield replace(gate, check=rest_of), _dropped(check.id), MutationKind.CHECK, check.span, is_idle
            for expression, change in _changed(check.that):
                changed: tuple[Check, ...] = tuple(
                    replace(one, that=expression) if one is check else one for one in gate.check
                )
                same = self.is_same(check.that, expression)
                yield replace(gate, check=changed), change, MutationKind.OPERATOR, check.span, same
        for number, action in enumerate(gate.do):
            do = (*gate.do[:number], *gate.do[number + 1 :])
            yield replace(gate, do=do), _dropped(action.id), MutationKind.ACTION, action.span, False

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

    def is_same(self, was: Expression, now: Expression) -> bool:
        """Whether the two can be proven never to differ: neither holds where the other does not."""
        apart = (
            [Wish(was.node), Wish(now.node, Want.NOT_TRUE)],
            [Wish(now.node), Wish(was.node, Want.NOT_TRUE)],
        )
        if settled(was.node, self.workflow) is not None:
            return settled(was.node, self.workflow) is settled(now.node, self.workflow)
        return all(self.cases.together(wishes).verdict is Verdict.NEVER for wishes in apart)


def is_idle(name: str, workflow: Workflow) -> bool:
    """Whether a condition or parameter is read only where parameters decide without it, as in a switched-off gate."""
    reading = {name}
    while True:
        more = {one for one, written in workflow.conditions.items() if reading & _names(written)} - reading
        if not more:
            break
        reading |= more
    own = {id(written) for written in workflow.conditions.values()}
    users = (one for one in expressions_in(workflow) if id(one) not in own and reading & _names(one))
    return all(settled(one.node, workflow) is not None for one in users)


def _names(expression: Expression) -> set[str]:
    return {node.name for node, _ in walk(expression.node) if isinstance(node, Name)}


def _dropped(name: str) -> Bilingual:
    return Bilingual(f"去掉 {name}", f"{name} dropped")


def _kind(node: Node) -> MutationKind:
    is_amount = isinstance(node, NumberLiteral | PercentLiteral | DurationLiteral)
    return MutationKind.AMOUNT if is_amount else MutationKind.OPERATOR


def _changed(expression: Expression) -> Iterator[tuple[Expression, Bilingual]]:
    """The expression with one operator or amount changed, as a text that reads so."""
    for text in dict.fromkeys(_texts(expression)):
        parsed = parse(text)
        if parsed.node is not None and not parsed.problems:
            change = Bilingual(f"{expression.text} → {text}", f"{expression.text} → {text}")
            yield Expression(text=text, node=parsed.node, place=expression.place), change


def _texts(expression: Expression) -> Iterator[str]:
    text = expression.text
    for node, _ in walk(expression.node):
        match node:
            case Binary(operator=operator, left=left, right=right):
                for other in (_FLIPPED.get(operator), _SHIFTED.get(operator)):
                    if other is not None and (new := _with_operator(text, (left, right), operator, other)) is not None:
                        yield new
            case NumberLiteral(value=value, start=start, end=end):
                yield f"{text[:start]}{value + 1}{text[end:]}"
            case PercentLiteral(value=value, start=start, end=end):
                yield f"{text[:start]}{(value * 100 + 7).normalize():f}%{text[end:]}"
            case _:
                continue


def _with_operator(text: str, sides: tuple[Node, Node], was: Operator, now: Operator) -> str | None:
    """The text with the operator between the two sides replaced; None where it does not stand there plainly."""
    left, right = sides
    between = text[left.end : right.start]
    if between.count(was.value) != 1:
        return None
    return f"{text[: left.end]}{between.replace(was.value, now.value)}{text[right.start :]}"
