"""Holds what is expected against what is observed: one function for each key, all listed here."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from salespm_flow.definition.literals import write_value
from salespm_flow.definition.vocabulary import NONE
from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.context import probability
from salespm_flow.engine.values import shown
from salespm_flow.expr.values import Value
from salespm_flow.model.cases import Case, Expectation
from salespm_flow.model.expression import Expression
from salespm_flow.model.fields import Scalar, SimpleType
from salespm_flow.nouns import dataclass
from salespm_flow.scenario.observation import Observation
from salespm_flow.scenario.results import Failure

Names = tuple[str, ...]
_PERCENT: Final = SimpleType(Scalar.PERCENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moment:
    """When and what is judged."""

    case: Case
    step: int | None
    seen: Observation


def failures(case: Case, step: int | None, expected: Iterable[Expectation], seen: Observation) -> Iterator[Failure]:
    """Every expectation that does not hold."""
    at = _Moment(case=case, step=step, seen=seen)
    for one in expected:
        found = _judge(at, one)
        if found is not None:
            yield found


def _judge(at: _Moment, one: Expectation) -> Failure | None:
    if isinstance(one.wanted, Expression):
        return _judge_test(at, one)
    match one.key:
        case "fields":
            return _judge_field(at, one)
        case "sla":
            return _judge_text(at, one, at.seen.limit(one.subject))
        case "state":
            return _judge_state(at, one)
        case key if key in TEXTS:
            return _judge_text(at, one, TEXTS[key](at.seen))
        case key:
            return _judge_names(at, one, _NAMES[key](at.seen))


def _judge_test(at: _Moment, one: Expectation) -> Failure | None:
    if not isinstance(one.wanted, Expression):
        raise TypeError(one.key)
    test = at.seen.stage.bench.test(one.wanted, at.seen.workflow.id)
    value = at.seen.holds(test)
    if value is True:
        return None
    behind = ((name, shown(value)) for name, value in at.seen.read_by(test))
    notes = tuple(Bilingual(f"{name} = {text}", f"{name} = {text}") for name, text in behind)
    got = "null" if value is None else shown(value).lower()
    return Failure(case=at.case, step=at.step, key="that", span=one.span, wanted=one.wanted.text, got=got, notes=notes)


def _judge_field(at: _Moment, one: Expectation) -> Failure | None:
    value = at.seen.value(one.subject)
    if isinstance(one.wanted, Expression) or value == one.wanted:
        return None
    type_ = at.seen.workflow.fields[one.subject].type
    got = write_value(value, type_)
    return Failure(
        case=at.case,
        step=at.step,
        key="fields",
        subject=one.subject,
        span=one.span,
        wanted=write_value(one.wanted, type_) or NONE,
        got=got or NONE,
        rewritten=got,
    )


def _judge_state(at: _Moment, one: Expectation) -> Failure | None:
    """One name is that of the innermost state that holds all active ones, several are those."""
    wanted = one.wanted if isinstance(one.wanted, tuple) else (one.wanted,)
    got: Names = (at.seen.project.state,) if len(wanted) == 1 else at.seen.states()
    if Counter(wanted) == Counter(got):
        return None
    return _failure(at, one, got if len(got) > 1 else got[0])


def _judge_text(at: _Moment, one: Expectation, got: str) -> Failure | None:
    return None if one.wanted == got else _failure(at, one, got)


def _judge_names(at: _Moment, one: Expectation, got: Names) -> Failure | None:
    wanted = one.wanted if isinstance(one.wanted, tuple) else ()
    if one.key == "risks":
        # A rule may be named without its model.
        got = tuple(rule if rule in wanted else rule.rpartition(".")[2] for rule in got)
    if Counter(wanted) == Counter(got):
        return None
    return _failure(at, one, got)


def _failure(at: _Moment, one: Expectation, got: str | Names) -> Failure:
    wanted = one.wanted
    return Failure(
        case=at.case,
        step=at.step,
        key=one.key,
        subject=one.subject,
        span=one.span,
        wanted=_listed(wanted, one.key) if isinstance(wanted, tuple) else str(wanted),
        got=_listed(got, one.key),
        rewritten=_listed(got, one.key),
        notes=tuple(reason.message for reason in at.seen.reasons),
    )


def _listed(names: str | tuple[Value, ...], key: str) -> str:
    if isinstance(names, str):
        return names
    if key == "state" and len(names) == 1:
        return str(names[0])
    return f"[{', '.join(str(name) for name in names)}]"


def _outcome(seen: Observation) -> str:
    return NONE if seen.project.outcome is None else seen.project.outcome.value


def _probability(seen: Observation) -> str:
    chance = probability(seen.project.leaves, seen.project.outcome, seen.workflow)
    return NONE if chance is None else write_value(chance, _PERCENT)


def _level(seen: Observation) -> str:
    return str(seen.worst_risk().get("level") or NONE)


def _score(seen: Observation) -> str:
    score = seen.worst_risk().get("score")
    return NONE if score is None else str(score)


TEXTS: Final[Mapping[str, Callable[[Observation], str]]] = {
    "status": lambda seen: seen.status.value,
    "outcome": _outcome,
    "probability": _probability,
    "level": _level,
    "score": _score,
}
_NAMES: Final[Mapping[str, Callable[[Observation], Names]]] = {
    "refused": Observation.refused,
    "waiting": Observation.waiting,
    "effects": Observation.effects,
    "fired": Observation.fired,
    "told": lambda seen: seen.told,
    "risks": Observation.risks,
}
