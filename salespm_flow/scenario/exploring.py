"""Random walks through a workflow, each moment held against invariants; what breaks one is shrunk to a scenario.

Hypothesis, an extra, chooses and shrinks; every step is the engine's own, with values solved as for generated ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import SalesPMFlowError
from salespm_flow.lint.space import Move
from salespm_flow.model.cases import Case, TypedInvariant
from salespm_flow.model.project import Project
from salespm_flow.model.scenarios import Doing, Expect, Promise, Scenario
from salespm_flow.model.statuses import ApprovalStatus
from salespm_flow.nouns import dataclass
from salespm_flow.scenario.bench import Bench
from salespm_flow.scenario.generating import required_values
from salespm_flow.scenario.observation import Observation
from salespm_flow.scenario.scribe import Scribe
from salespm_flow.scenario.writing import NOWHERE, scenario_of, word
from salespm_flow.statechart import kernel

LONGEST: Final = 12
_MOST_CHOICES: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """An invariant that a walk has broken, and the shortest scenario that shows it."""

    invariant: TypedInvariant
    scenario: Scenario


class _BrokenError(AssertionError):
    def __init__(self, violation: Violation) -> None:
        super().__init__(violation.invariant.id)
        self.violation = violation


def explore(bench: Bench, case: Case, invariants: Sequence[TypedInvariant], walks: int) -> tuple[Violation, ...]:
    """Every invariant that one of so many random walks breaks, each with its shrunk walk.

    The walks are the same every time. Raises ModuleNotFoundError where Hypothesis is not installed.
    """
    from hypothesis import HealthCheck, Phase, given, settings  # noqa: PLC0415 -- an extra, loaded where it is asked for
    from hypothesis import strategies as st  # noqa: PLC0415 -- as above

    # Without them no project begins, and every walk would end before it has taken a step.
    case = replace(case, fields={**required_values(bench, case), **case.fields})
    found: list[Violation] = []
    asked: list[TypedInvariant] = []
    for invariant in invariants:
        asked.append(invariant)

        @settings(
            max_examples=walks,
            deadline=None,
            database=None,
            derandomize=True,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        @given(choices=st.lists(st.integers(0, _MOST_CHOICES), max_size=LONGEST))
        def hold(choices: list[int]) -> None:
            violation = walk(bench, case, asked[-1], choices)
            if violation is not None:
                raise _BrokenError(violation)

        try:
            hold()
        except _BrokenError as broken:
            found.append(broken.violation)
    return tuple(found)


def walk(bench: Bench, case: Case, invariant: TypedInvariant, choices: Sequence[int]) -> Violation | None:
    """What the walk breaks: at each place it takes one of the deeds that are possible there."""
    scribe = Scribe(bench, case, set())
    try:
        if scribe.reasons:
            return None
        judged, has_held = 0, False
        for choice in choices:
            if not _do(scribe, choice):
                break
            for _, seen in scribe.steps[judged:]:
                holds = _holds(seen, invariant)
                has_held = has_held or holds
                if holds is (invariant.promise is Promise.NEVER) and invariant.promise is not Promise.EVENTUALLY:
                    return _violation(scribe, invariant)
            judged = len(scribe.steps)
        project = scribe.stage.project()
        is_over = project is not None and not project.is_open
        if invariant.promise is Promise.EVENTUALLY and is_over and not has_held:
            return _violation(scribe, invariant)
    except SalesPMFlowError:
        return None
    finally:
        scribe.close()
    return None


def _holds(seen: Observation, invariant: TypedInvariant) -> bool:
    return seen.holds(seen.stage.bench.test(invariant.that, seen.stage.bench.workflow.id)) is True


def _violation(scribe: Scribe, invariant: TypedInvariant) -> Violation:
    text = invariant.that.text
    wanted = f"not({text})" if invariant.promise is Promise.NEVER else text
    title = Bilingual(f"违反：{invariant.title.zh}", f"Breaks: {invariant.title.en}")
    scenario = scenario_of(f"breaks_{invariant.id}", title, scribe.case, scribe.steps, around=scribe.case)
    expect = Expect(span=NOWHERE, that=(word(wanted),))
    return Violation(invariant=invariant, scenario=replace(scenario, expect=expect))


def _do(scribe: Scribe, choice: int) -> bool:
    """Whether there was something to do; what the engine does not let is left out."""
    project = scribe.stage.project()
    if project is None or not project.is_open:
        return False
    deeds = tuple(_deeds(scribe, project))
    if not deeds:
        return False
    kind, named = deeds[choice % len(deeds)]
    match kind:
        case Doing.TICK:
            scribe.wait_for(named)
        case Doing.APPROVE | Doing.REJECT:
            request = next(one for one in project.approvals.values() if one.id == named)
            scribe.vote(kind, request.approval, request.approvers)
        case _:
            arrows = kernel.candidates(scribe.compiled.chart, project.leaves, named)
            scribe.take(Move(named, arrows[:1], 0))
    return True


def _deeds(scribe: Scribe, project: Project) -> Iterator[tuple[Doing, str]]:
    """All that can happen now: moves that people ask for, votes, messages, and the next time that something is due."""
    for event in sorted(scribe.compiled.triggers):
        if event.endswith("*") or event.startswith(("done.", "sla.")):
            continue
        if kernel.candidates(scribe.compiled.chart, project.leaves, event):
            yield Doing.ADVANCE, event
    for request in project.approvals.values():
        if request.status is ApprovalStatus.PENDING:
            yield Doing.APPROVE, request.id
            yield Doing.REJECT, request.id
    due = [(one.due_at, one.id) for one in project.clocks.values() if one.due_at is not None and not one.is_refused]
    if due:
        yield Doing.TICK, min(due)[1]
