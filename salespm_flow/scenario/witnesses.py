"""Findings as scenarios that fail until the workflow is mended: their witnesses played again, with what ought to come.

Knows what the findings of analyses mean for a project; how they are found is for `lint`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from salespm_flow.definition.cases import suite_of
from salespm_flow.definition.literals import parse_value
from salespm_flow.diagnostics import Bilingual, Deed, Diagnostic
from salespm_flow.engine.limits import TIMER
from salespm_flow.errors import SalesPMFlowError
from salespm_flow.expr.values import Value
from salespm_flow.lint.replay import NOW, Stage
from salespm_flow.model.cases import Case
from salespm_flow.model.fields import Field
from salespm_flow.model.library import Library
from salespm_flow.model.scenarios import Doing, Expect, Scenario, Scenarios, Status
from salespm_flow.model.statuses import ApprovalStatus
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.scenario.bench import Bench, bench_of
from salespm_flow.scenario.results import CaseResult
from salespm_flow.scenario.running import run_case
from salespm_flow.scenario.scribe import Scribe
from salespm_flow.scenario.writing import NOWHERE, document_of, scenario_of, word

# The engine lets somebody do what it ought to refuse.
_LETS: Final = frozenset({"SF620", "SF642"})
# The project stands, or has come, where it ought not to.
_STANDS: Final = frozenset({"SF611", "SF612", "SF613", "SF614", "SF617", "SF641"})
# What is asked for once the values are such as the finding says: several moves hold, or none.
_SEVERAL: Final = "SF623"
_NONE: Final = "SF624"
# A time limit passes and nothing comes of it.
_UNHEARD: Final = "SF616"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """The scenarios of one workflow's findings, as a file of their own."""

    document: Scenarios
    codes: tuple[str, ...]


def save(findings: Iterable[Diagnostic], library: Library) -> tuple[Saved, ...]:
    """A file for each workflow that findings with a witness speak of; a witness that cannot be played is left out."""
    benches: dict[str, Bench] = {}
    cases: dict[str, Case] = {}
    scenarios: dict[str, dict[str, Scenario]] = {}
    codes: dict[str, list[str]] = {}
    for found in findings:
        if found.witness is None or not found.witness.is_replayed:
            continue
        for workflow in _told_of(found, library):
            if workflow.id not in benches:
                benches[workflow.id] = bench_of(workflow, library)
                owner = Stage(library, workflow).owner()
                cases[workflow.id] = _case(workflow, owner)
            known = scenarios.setdefault(workflow.id, {})
            made = _scenario(found, benches[workflow.id], cases[workflow.id], _free(found.code.lower(), known))
            if made is not None:
                known[made.id] = made
                codes.setdefault(workflow.id, []).append(found.code)
                break
    return tuple(
        Saved(
            document=_document(benches[name], cases[name], scenarios[name].values(), id_=f"{name}_findings"),
            codes=tuple(told),
        )
        for name, told in codes.items()
    )


def _told_of(found: Diagnostic, library: Library) -> tuple[Workflow, ...]:
    """The workflow that the place is in; of an overlay's place any that is composed."""
    every = tuple(library.workflows.values())
    return tuple(one for one in every if one.source.path == found.span.file) or every


def _case(workflow: Workflow, owner: str) -> Case:
    return Case(scenario="", title=workflow.title, workflow=workflow.id, span=NOWHERE, now=NOW, owner=owner)


def _document(bench: Bench, case: Case, scenarios: Iterable[Scenario], *, id_: str) -> Scenarios:
    document = document_of(bench.workflow, case, scenarios, bench.tested.zone)
    workflow = bench.workflow.title
    title = Bilingual(f"{workflow.zh}：检查发现的问题", f"Findings about {workflow.en}")
    return replace(document, id=id_, title=title)


def _free(wanted: str, known: Iterable[str]) -> str:
    taken = set(known)
    numbered = (f"{wanted}_{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(name for name in numbered if name not in taken)


def _scenario(found: Diagnostic, bench: Bench, case: Case, id_: str) -> Scenario | None:
    """The witness with what ought to come of it, where it can be played and fails at its end, and there alone."""
    if found.witness is None:
        return None
    opening, *deeds = found.witness.deeds
    try:
        values = _values(opening, bench.workflow.fields)
        scribe = Scribe(bench, replace(case, fields=values), set())
        try:
            if scribe.reasons or opening.name or not all(_play(scribe, deed) for deed in deeds):
                return None
            if not _ask_for_what_is_found(scribe, found) or not scribe.steps:
                return None
            written = scenario_of(id_, found.message, scribe.case, scribe.steps, around=case)
            wanted = _with_what_ought_to_come(written, found, scribe)
        finally:
            scribe.close()
    except SalesPMFlowError:
        return None
    return wanted if wanted is not None and _fails_at_its_end(wanted, bench, case) else None


def _fails_at_its_end(scenario: Scenario, bench: Bench, case: Case) -> bool:
    suite, problems = suite_of(_document(bench, case, (scenario,), id_="findings"), bench.library)
    results = [run_case(bench, one) for one in suite.cases]
    return not problems and len(results) == 1 and _has_failed_last(results[0], len(scenario.steps))


def _has_failed_last(result: CaseResult, steps: int) -> bool:
    return bool(result.failures) and all(one.key != "given" and one.step in {steps, None} for one in result.failures)


# ----------------------------------------------------------------------------------------------------- the deeds


def _play(scribe: Scribe, deed: Deed) -> bool:
    """Whether the deed was done, or refused, as the witness says."""
    if not _has_played(scribe, deed):
        return False
    project = scribe.stage.project()
    if project is None or not deed.states:
        return project is not None
    return tuple(scribe.compiled.workflow.states[path].name for path in project.leaves) == deed.states


def _has_played(scribe: Scribe, deed: Deed) -> bool:
    workflow = scribe.compiled.workflow
    match deed.verb:
        case "set":
            return _set(scribe, _values(deed, workflow.fields))
        case "add":
            return scribe.write(Doing.APPEND, deed.name, _values(deed, workflow.records[deed.name].fields))
        case "advance" if deed.is_refused:
            scribe.ask_in_vain(deed.name)
        case "advance":
            return scribe.ask(deed.name)
        case "approve":
            return _approve(scribe, deed)
        case "receive":
            scribe.do(Doing.RECEIVE, deed.name)
        case "wait":
            scribe.wait_for(deed.name)
        case _:
            return False
    return True


def _set(scribe: Scribe, values: dict[str, Value]) -> bool:
    """Whether the values stand, or are refused for what comes of them: then they are told as they were tried."""
    if not scribe.write(Doing.SET, "", values):
        scribe.do(Doing.SET, "", values=values)
    return True


def _approve(scribe: Scribe, deed: Deed) -> bool:
    project = scribe.stage.project()
    pending = () if project is None else project.approvals.values()
    waiting = [one for one in pending if one.status is ApprovalStatus.PENDING and one.approval == deed.name]
    if not waiting:
        return False
    # Who has asked is tried first: that he may is what a finding may be about.
    last = scribe.steps[-1][0].actor if scribe.steps else None
    if deed.is_refused:
        scribe.do(Doing.APPROVE, deed.name, actor=last)
        return True
    if last is not None and scribe.vote_as(Doing.APPROVE, deed.name, (last,)):
        return True
    return scribe.vote(Doing.APPROVE, deed.name, waiting[0].approvers)


def _values(deed: Deed, fields: Mapping[str, Field]) -> dict[str, Value]:
    return {name: parse_value(text, fields[name].type) for name, text in deed.values}


# ------------------------------------------------------------------------------------------- what ought to come


def _ask_for_what_is_found(scribe: Scribe, found: Diagnostic) -> bool:
    """Whether what the finding is about was tried, where its witness ends just before."""
    workflow = scribe.compiled.workflow
    if found.code in {_SEVERAL, _NONE}:
        moves = (one for one in workflow.transitions.values() if one.when is not None and one.when.place == found.span)
        event = next((name for one in moves for name in one.events if name in scribe.compiled.triggers), None)
        if event is not None and found.code == _NONE:
            scribe.ask_in_vain(event)
        return event is not None and (found.code == _NONE or scribe.ask(event))
    if found.code == _UNHEARD:
        for timer in workflow.timers.values():
            if any(action.span == found.span for action in timer.do):
                scribe.wait_for(f"{TIMER}{timer.id}")
    return True


def _with_what_ought_to_come(scenario: Scenario, found: Diagnostic, scribe: Scribe) -> Scenario | None:
    """The scenario as it would pass; None where no scenario can say what is wrong."""
    *before, last = scenario.steps
    if found.code in _LETS:
        refused = Expect(span=NOWHERE, texts={"status": word(Status.REFUSED.value)})
        return replace(scenario, steps=(*before, replace(last, expect=refused)))
    if scribe.steps[-1][1].status is Status.REFUSED:
        return replace(scenario, steps=(*before, replace(last, expect=None)))
    if found.code in _STANDS or found.code in {_SEVERAL, _UNHEARD}:
        states = " and ".join(f'in_state("{name}")' for name in scribe.steps[-1][1].states())
        # Where the last step leads is what must change.
        steps = (*before, replace(last, expect=None))
        return replace(scenario, steps=steps, expect=Expect(span=NOWHERE, that=(word(f"not({states})"),)))
    return None
