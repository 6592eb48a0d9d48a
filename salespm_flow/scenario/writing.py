"""Writes what was played as scenarios in the words of a file. Judges nothing and knows no files."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo

from salespm_flow.definition.build import DocumentKind, Header
from salespm_flow.definition.emit import emit
from salespm_flow.definition.literals import write_duration, write_value
from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.values import Value
from salespm_flow.model.cases import Case, CaseStep
from salespm_flow.model.fields import Field, FieldType, ListOf
from salespm_flow.model.scenarios import (
    Doing,
    Expect,
    Given,
    Invariant,
    Scenario,
    Scenarios,
    Status,
    Step,
    Word,
    Words,
    Written,
    WrittenRow,
)
from salespm_flow.model.source import Source
from salespm_flow.model.workflow import Workflow
from salespm_flow.scenario.expectations import TEXTS
from salespm_flow.scenario.observation import Observation

NOWHERE = Span(file="", line=1, column=1, end_line=1, end_column=1)
Played = tuple[CaseStep, Observation]


def document_of(
    workflow: Workflow,
    case: Case,
    scenarios: Iterable[Scenario],
    zone: tzinfo,
    *,
    invariants: Mapping[str, Invariant] | None = None,
) -> Scenarios:
    """A file of the scenarios; the case's time and owner are given to all of them."""
    id_ = f"{workflow.id}_tests"
    source = Source(kind="scenarios", id=id_, version=1, path="", text="", digest="")
    return Scenarios(
        id=id_,
        version=1,
        title=Bilingual(f"{workflow.title.zh}测试", f"Tests of {workflow.title.en}"),
        source=source,
        workflow=workflow.id,
        given=Given(
            now=word(case.now.astimezone(zone).isoformat()),
            owner=word(case.owner),
            fields=row(case.fields, workflow.fields),
        ),
        scenarios={one.id: one for one in scenarios},
        invariants=invariants or {},
        span=NOWHERE,
    )


def text_of(document: Scenarios) -> str:
    """The file's text, with the line that tells an editor its schema."""
    header = Header(kind=DocumentKind.SCENARIOS, id=document.id, version=document.version)
    return f"# yaml-language-server: $schema=../schemas/scenarios.schema.json\n{emit(document, header)}"


def scenario_of(id_: str, title: Bilingual, case: Case, played: Sequence[Played], *, around: Case) -> Scenario:
    """The steps as they were played, each with what was seen after it; what `around` gives is not given again."""
    workflow = played[0][1].stage.bench.workflow
    steps: list[Step] = []
    before: Observation | None = None
    for step, seen in played:
        steps.append(_step(step, seen, before, case.owner))
        before = seen
    given = Given(
        state=names(case.states) if case.states else None,
        fields={} if case.fields == around.fields else row(case.fields, workflow.fields),
        records={
            name: tuple(row(one, workflow.records[name].fields) for one in rows) for name, rows in case.records.items()
        },
    )
    return Scenario(id=id_, title=title, span=NOWHERE, given=given, steps=tuple(steps))


def _step(step: CaseStep, seen: Observation, before: Observation | None, owner: str) -> Step:
    workflow = seen.workflow
    actor = step.actor
    values: WrittenRow = {}
    record: Word | None = None
    if step.doing is Doing.SET:
        values = row(step.values, workflow.fields)
    elif step.doing is Doing.APPEND:
        record, values = word(step.named), row(step.values, workflow.records[step.named].fields)
    return Step(
        doing=step.doing,
        span=NOWHERE,
        named=_named(step, seen),
        record=record,
        values=values,
        actor=None if actor is None or actor.id == owner else word(actor.id),
        role=word(actor.role) if actor is not None and actor.role else None,
        on=None if step.link is None else word(step.link),
        comment=word(step.comment) if step.comment else None,
        is_override=step.is_override,
        expect=_expect(step, seen, before),
    )


def _named(step: CaseStep, seen: Observation) -> Word | None:
    if step.until is not None:
        return word(step.until.astimezone(seen.stage.bench.tested.zone).isoformat())
    if step.length is not None:
        return word(write_duration(step.length))
    return word(step.named) if step.doing not in {Doing.SET, Doing.APPEND} else None


def _expect(step: CaseStep, seen: Observation, before: Observation | None) -> Expect | None:
    """What a reader wants to see: what came of the step where it is not plain, and what has changed."""
    if seen.status is Status.REFUSED:
        texts: dict[str, Written] = {"status": word("refused"), "refused": names(seen.refused(), is_list=True)}
        return Expect(span=NOWHERE, texts=texts)
    texts = dict(_changes(step, seen, before))
    return Expect(span=NOWHERE, texts=texts) if texts else None


def _changes(step: CaseStep, seen: Observation, before: Observation | None) -> Iterator[tuple[str, Written]]:
    is_move = step.doing not in {Doing.SET, Doing.APPEND, Doing.DONE}
    if seen.status is Status.WAITING:
        yield "status", word("waiting")
    if is_move or (before is not None and before.project.leaves != seen.project.leaves):
        yield "state", names((seen.project.state,) if len(seen.project.leaves) == 1 else seen.states())
    for key in ("outcome", "probability"):
        now = TEXTS[key](seen)
        if is_move and now != ("none" if before is None else TEXTS[key](before)):
            yield key, word(now)
    for key, found in (("waiting", seen.waiting()), ("effects", seen.effects()), ("fired", seen.fired())):
        if found or (key == "waiting" and before is not None and before.waiting()):
            yield key, names(found, is_list=True)
    if seen.told:
        yield "told", names(seen.told, is_list=True)


def row(values: Mapping[str, Value], fields: Mapping[str, Field]) -> WrittenRow:
    """The values as a file writes them."""
    return {name: _value(value, fields[name].type) for name, value in values.items()}


def _value(value: Value, type_: FieldType) -> Written:
    if isinstance(type_, ListOf) and isinstance(value, tuple):
        return Words(items=tuple(word(write_value(one, type_.item)) for one in value), span=NOWHERE)
    return word(write_value(value, type_))


def word(text: str) -> Word:
    """A scalar."""
    return Word(text=text, span=NOWHERE)


def names(found: Iterable[str], *, is_list: bool = False) -> Written:
    """Several names as a list, one alone by itself unless a list is wanted."""
    words = tuple(word(one) for one in found)
    return words[0] if len(words) == 1 and not is_list else Words(items=words, span=NOWHERE)
