"""Makes a file of scenarios ready to be run: fills its tables, types its values, and finds what its workflow lacks."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import Final

from salespm_flow.definition.build.reader import problem_diagnostic
from salespm_flow.definition.findings import error, shown, warning
from salespm_flow.definition.literals import infer_literal, parse_duration, parse_value
from salespm_flow.definition.nodes import ScalarNode
from salespm_flow.definition.suggest import suggestion
from salespm_flow.definition.vocabulary import STATE, Vocabulary
from salespm_flow.diagnostics import Bilingual, Diagnostic, Severity, Span
from salespm_flow.errors import InputError
from salespm_flow.expr.check import check
from salespm_flow.expr.parse import parse
from salespm_flow.expr.types import BOOLEAN
from salespm_flow.expr.values import Value
from salespm_flow.model.actor import Actor
from salespm_flow.model.cases import Case, CaseStep, Expectation, Suite, TypedInvariant
from salespm_flow.model.expression import Duration, Expression
from salespm_flow.model.fields import Field, FieldType, ListOf, Scalar, SimpleType
from salespm_flow.model.library import Library
from salespm_flow.model.scenarios import (
    Doing,
    Expect,
    Given,
    Mock,
    Scenario,
    Scenarios,
    Step,
    Word,
    Words,
    Written,
    WrittenRow,
)
from salespm_flow.model.zones import zone_named
from salespm_flow.nouns import dataclass

_COLUMN: Final = re.compile(r"\$\w+")
_SLA: Final = ("ok", "warn", "breach")
_MOMENT: Final = SimpleType(Scalar.DATETIME)
_SOME_TIME: Final = datetime(2026, 1, 5, 9, 0)  # noqa: DTZ001 -- in the workspace's zone, which is not known yet
_TRANSITION = Bilingual("转移", "transition")


def suite_of(document: Scenarios, library: Library) -> tuple[Suite, tuple[Diagnostic, ...]]:
    """All cases of the file, and what is wrong in it; with errors some cases are not as they should be."""
    workflow = library.workflows.get(document.workflow)
    if workflow is None:  # its absence is found where documents are held against each other
        return Suite(document=document.id, workflow=document.workflow, cases=(), invariants=()), ()
    zone = zone_named(library.workspace.timezone)
    reading = _Reading(vocabulary=Vocabulary(workflow=workflow, library=library), zone=zone, found=[])
    cases = tuple(case for one in document.scenarios.values() for case in reading.cases(document, one))
    invariants = tuple(
        TypedInvariant(id=one.id, title=one.title, promise=one.promise, that=that, span=one.span)
        for one in document.invariants.values()
        if (that := reading.expression(one.that, reading.vocabulary)) is not None
    )
    suite = Suite(document=document.id, workflow=document.workflow, cases=cases, invariants=invariants)
    return suite, tuple(dict.fromkeys(reading.found))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """The reading of one file: the names it may use, what was found, and the row that `$name` is filled from."""

    vocabulary: Vocabulary
    zone: tzinfo
    found: list[Diagnostic]
    cells: Mapping[str, Written] | None = None

    # ------------------------------------------------------------------------------------------------ documents

    def cases(self, document: Scenarios, scenario: Scenario) -> Iterator[Case]:
        """One case for each row of the table, else one."""
        if scenario.table is None:
            yield self._case(document, scenario, None)
            return
        names = [column.text for column in scenario.table.columns]
        for number, row in enumerate(scenario.table.rows, 1):
            filled = replace(self, found=[], cells=dict(zip(names, row, strict=True)))
            yield _Reading._case(filled, document, scenario, number)
            # Without a column, what stands in its place is wrong only because of that.
            columns = [one for one in filled.found if one.message.en.startswith("Unknown column")]
            self.found.extend(columns or filled.found)

    def _case(self, document: Scenarios, scenario: Scenario, row: int | None) -> Case:
        around, own = document.given, scenario.given
        now, owner, state = own.now or around.now, own.owner or around.owner, own.state or around.state
        return Case(
            scenario=scenario.id,
            title=scenario.title,
            workflow=document.workflow,
            span=scenario.span,
            row=row,
            now=self._moment(now) or _SOME_TIME.replace(tzinfo=self.zone).astimezone(UTC),
            owner=self.vocabulary.some_owner if owner is None else self._person(owner),
            states=() if state is None else self._names(state, STATE, self.vocabulary.states),
            fields=self._fields({**around.fields, **own.fields}, self.vocabulary),
            records=self._records(around, own),
            kpis=self._figures({**around.kpis, **own.kpis}),
            fails={name: mock.fails for name, mock in self._mocks(around, own)},
            steps=tuple(self._step(step, number) for number, step in enumerate(scenario.steps, 1)),
            expect=tuple(self._expected(scenario.expect, self.vocabulary)),
        )

    def _mocks(self, around: Given, own: Given) -> Iterator[tuple[str, Mock]]:
        for name, mock in {**around.mocks, **own.mocks}.items():
            self._known(name, mock.notice.span, Bilingual("通知", "notice"), self.vocabulary.notices)
            yield name, mock

    # ---------------------------------------------------------------------------------------------------- steps

    def _step(self, step: Step, number: int) -> CaseStep:
        link = None if step.on is None else self._link(step.on)
        vocabulary = self.vocabulary if step.on is None else self._of_child(link)
        if vocabulary is None:
            # What the step may name is not known: that it is so is told at the link, or at the child.
            return _Reading._step(replace(self, found=[]), replace(step, on=None), number)
        text = "" if step.named is None else self._text(step.named)
        return CaseStep(
            number=number,
            doing=step.doing,
            span=step.span,
            named=self._named(step, text, vocabulary),
            values=self._values(step, vocabulary),
            until=self._moment(step.named) if step.doing is Doing.TICK else None,
            length=self._length(step.named) if step.doing is Doing.WAIT else None,
            actor=self._actor(step),
            link=link,
            comment="" if step.comment is None else self._text(step.comment),
            is_override=step.is_override,
            expect=tuple(self._expected(step.expect, vocabulary)),
        )

    def _named(self, step: Step, text: str, vocabulary: Vocabulary) -> str:
        """The name that the step stands on, which the workflow has; the record of a row."""
        if step.doing is Doing.APPEND:
            return "" if step.record is None else step.record.text
        known: Collection[str] | None = None
        match step.doing:
            case Doing.ADVANCE:
                kind, known = _TRANSITION, vocabulary.triggers
            case Doing.RECEIVE:
                kind, known = Bilingual("消息", "message"), vocabulary.triggers
            case Doing.APPROVE | Doing.REJECT:
                kind, known = Bilingual("审批", "approval"), vocabulary.approvals
            case Doing.DONE:
                kind, known = Bilingual("任务", "task"), vocabulary.tasks
            case _:
                return text
        if step.named is not None and not any(one.endswith("*") for one in known):
            self._known(text, step.named.span, kind, known)
        return text

    def _values(self, step: Step, vocabulary: Vocabulary) -> Mapping[str, Value]:
        if step.doing is Doing.SET:
            return self._fields(step.values, vocabulary)
        if step.doing is not Doing.APPEND or step.record is None:
            return {}
        record = vocabulary.workflow.records.get(step.record.text)
        if record is None:
            self._unknown("SF304", Bilingual("记录表", "record"), step.record, vocabulary.workflow.records)
            return {}
        return self._typed(step.values, record.fields)

    def _actor(self, step: Step) -> Actor | None:
        if step.actor is None and step.role is None:
            return None
        person = self.vocabulary.some_owner if step.actor is None else self._person(step.actor)
        return Actor(id=person, role="" if step.role is None else self._text(step.role))

    def _link(self, word: Word) -> str | None:
        text = self._text(word)
        links = self.vocabulary.workflow.links
        if text in links:
            return text
        self._unknown("SF305", Bilingual("关联", "link"), word, links)
        return None

    def _of_child(self, link: str | None) -> Vocabulary | None:
        """The names of the child's workflow; None where there is no such link or workflow."""
        if link is None:
            return None
        library = self.vocabulary.library
        child = library.workflows.get(self.vocabulary.workflow.links[link].workflow)
        return None if child is None else Vocabulary(workflow=child, library=library)

    # --------------------------------------------------------------------------------------------- expectations

    def _expected(self, expect: Expect | None, vocabulary: Vocabulary) -> Iterator[Expectation]:
        if expect is None:
            return
        for key, written in expect.texts.items():
            yield Expectation(key=key, wanted=self._wanted(key, written, vocabulary), span=self._place(written))
        for name, value in self._fields(expect.fields, vocabulary, with_computed=True).items():
            place = self._place(expect.fields[name])
            yield Expectation(key="fields", subject=name, wanted=value, span=place)
        for name, written in expect.sla.items():
            self._known(name, self._place(written), STATE, vocabulary.states)
            levels = self._names(written, Bilingual("时限", "time limit"), _SLA)
            subject = vocabulary.states.get(name, name)
            yield Expectation(key="sla", subject=subject, wanted="".join(levels), span=self._place(written))
        for word in expect.that:
            expression = self.expression(word, vocabulary)
            if expression is not None:
                yield Expectation(key="that", wanted=expression, span=word.span)

    def _wanted(self, key: str, written: Written, vocabulary: Vocabulary) -> Value:
        """What stands under a key of an expectation: names that exist, several where the key takes several."""
        nouns = vocabulary.expected
        if key in nouns:
            kind, known = nouns[key]
            names = self._names(written, kind, known)
        else:
            names = tuple(word.text for word in self._filled(written))
        if key == "refused":
            self._check_reasons(written, vocabulary)
        if key == "state":
            return tuple(vocabulary.states.get(name, name) for name in names)
        return "".join(names) if key in {"status", "outcome", "probability", "level", "score"} else names

    def _check_reasons(self, written: Written, vocabulary: Vocabulary) -> None:
        """A reason that no rule of the workflow gives is likely a typing error; engines have reasons of their own."""
        for word in self._filled(written):
            if word.text not in vocabulary.reasons and not word.text.startswith("SF"):
                message = Bilingual(
                    f"没有规则会以 {shown(word.text)} 为由拒绝", f"No rule refuses with the reason {shown(word.text)}"
                )
                self.found.append(warning("SF395", word.span, message, suggestion(word.text, vocabulary.reasons)))

    def expression(self, word: Word, vocabulary: Vocabulary) -> Expression | None:
        """The test that the word writes, true or false over the workflow's names; None where it is wrong."""
        text = self._text(word)
        node = _node(Word(text=text, span=word.span))
        parsed = parse(text)
        problems = list(parsed.problems)
        if parsed.node is not None:
            names, states = vocabulary.names, vocabulary.state_names
            problems += check(parsed.node, names, BOOLEAN, states=states, changeable=vocabulary.changeable).problems
        self.found.extend(problem_diagnostic(problem, node) for problem in problems)
        if parsed.node is None or any(problem.severity is Severity.ERROR for problem in problems):
            return None
        return Expression(text=text, node=parsed.node, place=word.span)

    # --------------------------------------------------------------------------------------------------- values

    def _records(self, around: Given, own: Given) -> Mapping[str, tuple[Mapping[str, Value], ...]]:
        records = self.vocabulary.workflow.records
        given: dict[str, tuple[Mapping[str, Value], ...]] = {}
        for name, rows in {**around.records, **own.records}.items():
            record = records.get(name)
            if record is None:
                place = next((self._place(one) for row in rows for one in row.values()), None)
                if place is not None:
                    self._unknown("SF304", Bilingual("记录表", "record"), Word(text=name, span=place), records)
                continue
            given[name] = tuple(self._typed(row, record.fields) for row in rows)
        return given

    def _figures(self, row: WrittenRow) -> Mapping[str, Value]:
        figures: dict[str, Value] = {}
        for name, written in row.items():
            for word in self._filled(written):
                figures[name] = infer_literal(_node(word), self.zone)[1]
        return figures

    def _fields(self, row: WrittenRow, vocabulary: Vocabulary, *, with_computed: bool = False) -> dict[str, Value]:
        fields = vocabulary.workflow.fields
        typed = self._typed(row, fields)
        for name in typed:
            if not with_computed and fields[name].formula is not None:
                message = Bilingual(f"{shown(name)} 由公式计算，不能赋值", f"{shown(name)} is computed, not set")
                self.found.append(error("SF317", self._place(row[name]), message))
        return typed

    def _typed(self, row: WrittenRow, fields: Mapping[str, Field]) -> dict[str, Value]:
        typed: dict[str, Value] = {}
        for name, written in row.items():
            field = fields.get(name)
            if field is None:
                word = Word(text=name, span=self._place(written))
                self._unknown("SF303", Bilingual("字段", "field"), word, fields)
                continue
            typed[name] = self._value(written, field.type)
        return typed

    def _value(self, written: Written, type_: FieldType) -> Value:
        words = self._filled(written)
        try:
            if isinstance(type_, ListOf) and (isinstance(written, Words) or len(words) > 1):
                return tuple(parse_value(word.text, type_.item, self.zone) for word in words)
            text = ", ".join(word.text for word in words)
            return parse_value(text, type_, self.zone)
        except InputError as wrong:
            self.found.append(error("SF312", self._place(written), wrong.message, wrong.hint))
            return None

    def _moment(self, word: Word | None) -> datetime | None:
        if word is None:
            return None
        text = self._text(word)
        is_date = len(text.strip()) == len("2026-03-02")
        try:
            value = parse_value(f"{text.strip()}T00:00" if is_date else text, _MOMENT, self.zone)
        except InputError as wrong:
            self.found.append(error("SF312", word.span, wrong.message, wrong.hint))
            return None
        return value.astimezone(UTC) if isinstance(value, datetime) else None

    def _length(self, word: Word | None) -> Duration | None:
        if word is None:
            return None
        try:
            return parse_duration(self._text(word))
        except InputError as wrong:
            self.found.append(error("SF312", word.span, wrong.message, wrong.hint))
            return None

    # ---------------------------------------------------------------------------------------------------- names

    def _person(self, word: Word) -> str:
        text = self._text(word)
        organisation = self.vocabulary.organisation
        if organisation is not None and text not in organisation.people:
            message = Bilingual(
                f"组织 {shown(organisation.id)} 没有人员 {shown(text)}",
                f"The organisation {shown(organisation.id)} has no person {shown(text)}",
            )
            self.found.append(error("SF371", word.span, message, suggestion(text, organisation.people)))
        return text

    def _names(self, written: Written, kind: Bilingual, known: Collection[str]) -> tuple[str, ...]:
        words = self._filled(written)
        for word in words:
            self._known(word.text, word.span, kind, known)
        return tuple(word.text for word in words)

    def _known(self, name: str, span: Span, kind: Bilingual, known: Collection[str]) -> None:
        if name not in known:
            code = "SF301" if kind is STATE else "SF395"
            self._unknown(code, kind, Word(text=name, span=span), known)

    def _unknown(self, code: str, kind: Bilingual, word: Word, known: Iterable[str]) -> None:
        message = Bilingual(f"未知的{kind.zh} {shown(word.text)}", f"Unknown {kind.en} {shown(word.text)}")
        self.found.append(error(code, word.span, message, suggestion(word.text, known)))

    # --------------------------------------------------------------------------------------------------- tables

    def _text(self, word: Word) -> str:
        return " ".join(one.text for one in self._filled(word))

    def _place(self, written: Written) -> Span:
        """Where it is written what stands there: in a table, where it is filled from."""
        if isinstance(written, Word) and written.text.startswith("$") and self.cells:
            cell = self.cells.get(written.text[1:])
            return written.span if cell is None else cell.span
        return written.span

    def _filled(self, written: Written) -> tuple[Word, ...]:
        """The scalars, with the cells of the table in the places of their columns."""
        words = written.items if isinstance(written, Words) else (written,)
        return tuple(one for word in words for one in self._fill(word))

    def _fill(self, word: Word) -> tuple[Word, ...]:
        if "$" not in word.text:
            return (word,)
        cells = self.cells or {}
        if word.text.startswith("$"):
            cell = cells.get(word.text[1:])
            if cell is not None:
                return cell.items if isinstance(cell, Words) else (cell,)
        unknown = [name for name in _COLUMN.findall(word.text) if name[1:] not in cells]
        if unknown and self.cells is not None:
            place = Word(text=unknown[0], span=word.span)
            self._unknown("SF395", Bilingual("列", "column"), place, [f"${name}" for name in cells])
        texts = {f"${name}": cell.text if isinstance(cell, Word) else "" for name, cell in cells.items()}
        return (Word(text=_COLUMN.sub(lambda found: texts.get(found[0], found[0]), word.text), span=word.span),)


def _node(word: Word) -> ScalarNode:
    """The word as a scalar that stands where it is written, so that findings point into it."""
    quote = (
        1 if word.span.line == word.span.end_line and word.span.end_column - word.span.column > len(word.text) else 0
    )
    return ScalarNode(
        value=word.text,
        text=word.text,
        span=word.span,
        is_quoted=False,
        start=(word.span.line, word.span.column + quote),
    )
