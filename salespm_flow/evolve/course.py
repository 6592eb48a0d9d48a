"""A migration made ready to run between two compiled versions: every name found, every expression compiled.

What it does not say and must is told in one go, before any project is looked at.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from salespm_flow.definition.findings import listed, shown
from salespm_flow.definition.literals import parse_value
from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import MOMENT, Compiled, Program
from salespm_flow.engine.draft import Draft
from salespm_flow.engine.turn import THE_SYSTEM, Turn
from salespm_flow.errors import InputError
from salespm_flow.evolve.configuration import counterpart
from salespm_flow.evolve.versions import repr_of
from salespm_flow.expr.check import check
from salespm_flow.expr.evaluate import compile_node
from salespm_flow.expr.types import BOOLEAN, Type
from salespm_flow.expr.values import Value
from salespm_flow.model.expression import Expression
from salespm_flow.model.fields import Field
from salespm_flow.model.migration import Branch, FieldCourse, Filling, Migration
from salespm_flow.model.names import type_of
from salespm_flow.model.workflow import Gate, Workflow
from salespm_flow.nouns import dataclass

# A value is judged by its type and bounds alone, whenever that is.
_NO_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)

# Names that stand for more than the project itself.
_FAMILY: Final = frozenset({"child", "children", "parent", "kpi", "goal"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way out of an older state: its condition (None: always) and the newer path (None: the projects stay)."""

    when: Program | None
    to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """What becomes of an older field's value: `to` is a newer field or None; `is_checked`: it may not fit any more."""

    to: str | None
    values: Mapping[str, str]
    value: Program | None
    is_checked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What a newer field without a value gets: a value, or what an expression over the older project comes to."""

    field: str
    value: Value
    program: Program | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The way of every project from `old` to `new`.

    `ways` and `moved` are by older path: all ways out of a state that the migration names, and the one where there is
    only one. `demands` are newer fields that every project must have, `gates` the paths of states whose entry gates are
    not those of what they were, `records` those whose rows may not fit, `links` the older links that are gone.
    `transitions` and `timers` have another id now.
    `is_alone`: nothing is read but the project itself. `tracks` and `places` keep what was worked out before.
    """

    old: Compiled
    new: Compiled
    ways: Mapping[str, tuple[Way, ...]]
    moved: Mapping[str, str | None]
    transfers: Mapping[str, Transfer]
    supplies: tuple[Supply, ...]
    demands: tuple[str, ...]
    records: tuple[str, ...]
    links: frozenset[str]
    transitions: Mapping[str, str]
    timers: Mapping[str, str]
    gates: frozenset[str]
    is_alone: bool
    inspector: Turn
    tracks: dict[tuple[tuple[str, ...], tuple[str, ...]], object] = dataclasses.field(default_factory=dict)
    places: dict[str, str | None] = dataclasses.field(default_factory=dict)


def prepare(migration: Migration, old: Compiled, new: Compiled) -> Course:
    """The course of the migration.

    Raises:
        InputError: it names what there is not, or says nothing of what it must; all of it is told.
    """
    flaws = [*_unknown(migration, old.workflow, new.workflow), *_unsaid(migration, old.workflow, new.workflow)]
    if flaws:
        raise _flawed(migration, flaws)
    ways = {
        _path(name, old.workflow): tuple(_way(branch, old, new) for branch in branches)
        for name, branches in migration.states.items()
    }
    transfers = {name: _transfer(migration.fields.get(name), field, (old, new)) for name, field in _stored(old)}
    moved = {path: _certain(chosen) for path, chosen in ways.items()}
    supplies = tuple(_supplies(migration, old, new, {transfer.to for transfer in transfers.values()}))
    gates = frozenset(_other_gates(old.workflow, new.workflow, ways, moved))
    links = frozenset(_lost_links(old.workflow, new.workflow))
    programs = [way.when for chosen in ways.values() for way in chosen]
    programs += [one.value for one in transfers.values()] + [one.program for one in supplies]
    is_more = any(_reads_more(one, old.workflow) for one in programs)
    is_alone = not (links or gates or is_more or any(_reads_more(one, new.workflow) for one in _dates(new)))
    return Course(
        old=old,
        new=new,
        ways=ways,
        moved=moved,
        transfers=transfers,
        supplies=supplies,
        demands=tuple(_demands(old.workflow, new.workflow)),
        records=tuple(_doubtful(old.workflow, new.workflow)),
        links=links,
        transitions=migration.transitions,
        timers=migration.timers,
        gates=gates,
        is_alone=is_alone,
        inspector=Turn(new, Draft("", _NO_TIME), None, THE_SYSTEM, now=_NO_TIME),
    )


def _stored(compiled: Compiled) -> Iterator[tuple[str, Field]]:
    return ((name, field) for name, field in compiled.workflow.fields.items() if field.formula is None)


def _is_stored(name: str, workflow: Workflow) -> bool:
    field = workflow.fields.get(name)
    return field is not None and field.formula is None


def _path(name: str, workflow: Workflow) -> str:
    """The full path of a state that is named by it or by its shortest suffix; empty for none."""
    if name in workflow.states:
        return name
    return next((state.path for state in workflow.states.values() if state.name == name), "")


# ------------------------------------------------------------------------------------------------ what is wrong


def _unknown(migration: Migration, old: Workflow, new: Workflow) -> Iterator[Bilingual]:
    for name, branches in migration.states.items():
        if not _path(name, old):
            yield _no_state(name, old)
        for branch in branches:
            if branch.to is not None and not _path(branch.to, new):
                yield _no_state(branch.to, new)
    for name, course in migration.fields.items():
        if not _is_stored(name, old):
            yield _no_field(name, old)
        if course.to is not None and not _is_stored(course.to, new):
            yield _no_field(course.to, new)
    yield from (_no_field(name, new) for name in migration.defaults if not _is_stored(name, new))
    yield from _unknown_ids(migration, old, new)


def _unknown_ids(migration: Migration, old: Workflow, new: Workflow) -> Iterator[Bilingual]:
    for noun, renamed, known in (
        (Bilingual("转移", "transition"), migration.transitions, (old.transitions, new.transitions)),
        (Bilingual("定时器", "timer"), migration.timers, (old.timers, new.timers)),
    ):
        for was, now in renamed.items():
            if was not in known[0]:
                yield _none(noun, was, old)
            if now not in known[1]:
                yield _none(noun, now, new)


def _no_state(name: str, workflow: Workflow) -> Bilingual:
    return Bilingual(
        f"第 {workflow.version} 版没有状态 {shown(name)}", f"version {workflow.version} has no state {shown(name)}"
    )


def _none(noun: Bilingual, name: str, workflow: Workflow) -> Bilingual:
    zh = f"第 {workflow.version} 版没有{noun.zh} {shown(name)}"
    return Bilingual(zh, f"version {workflow.version} has no {noun.en} {shown(name)}")


def _no_field(name: str, workflow: Workflow) -> Bilingual:
    zh = f"第 {workflow.version} 版没有可填写的字段 {shown(name)}"
    return Bilingual(zh, f"version {workflow.version} has no field {shown(name)} that holds a value")


def _unsaid(migration: Migration, old: Workflow, new: Workflow) -> Iterator[Bilingual]:
    named = {_path(name, old) for name in migration.states}
    for path, state in old.states.items():
        now = new.states.get(path)
        if path not in named and now is not None and now.children and not state.children:
            zh = f"没有写明状态 {shown(state.name)} 的项目进入它的哪个子状态"
            yield Bilingual(zh, f"it does not say which part of {shown(state.name)} its projects come to")
    gone = [
        name
        for name, field in old.fields.items()
        if field.formula is None and name not in migration.fields and not _is_stored(name, new)
    ]
    if gone:
        names = listed(gone)
        yield Bilingual(f"没有写明字段 {names.zh} 怎么办", f"it does not say what becomes of the fields {names.en}")


def _flawed(migration: Migration, flaws: list[Bilingual]) -> InputError:
    zh, en = "；".join(one.zh for one in flaws), "; ".join(one.en for one in flaws)
    message = Bilingual(f"迁移 {shown(migration.id)}：{zh}", f"the migration {shown(migration.id)}: {en}")
    plan = f"migrate {migration.workflow} --plan"
    return InputError(message, Bilingual(f"用 {plan} 得到草稿", f"{plan} drafts one"))


# ------------------------------------------------------------------------------------------------ made ready


def _way(branch: Branch, old: Compiled, new: Compiled) -> Way:
    when = None if branch.when is None else _program(branch.when, old, BOOLEAN)
    return Way(when=when, to=None if branch.to is None else _path(branch.to, new.workflow))


def _dates(compiled: Compiled) -> Iterator[Program]:
    """What the timers on a date are due at."""
    for timer in compiled.workflow.timers.values():
        if timer.at is not None:
            yield compiled.programs[timer.at.text, MOMENT]


def _reads_more(program: Program | None, workflow: Workflow) -> bool:
    """Whether the expression reads more than what the project stores; what a condition or formula reads is not told."""
    names = {path[0] for path in program.reads} if program is not None else set()
    computed = {name for name, one in workflow.fields.items() if one.formula is not None}
    return not names.isdisjoint(_FAMILY | computed | workflow.conditions.keys())


def _certain(ways: tuple[Way, ...]) -> str | None:
    return ways[0].to if len(ways) == 1 and ways[0].when is None else None


def _other_gates(
    old: Workflow, new: Workflow, ways: Mapping[str, tuple[Way, ...]], moved: Mapping[str, str | None]
) -> Iterator[str]:
    """The newer states whose entry gate is not that of any older state that they were."""
    known: set[tuple[str, str]] = set()
    for path, state in old.states.items():
        now = {way.to for way in ways.get(path, ())} or {counterpart(path, new, moved)}
        if path in new.states:  # one that splits keeps its name for the whole
            now.add(path)
        known |= {(place, _demanded(state.entry)) for place in now if place is not None}
    for path, state in new.states.items():
        if (state.entry.require or state.entry.check) and (path, _demanded(state.entry)) not in known:
            yield path


def _demanded(gate: Gate) -> str:
    return repr_of((gate.require, tuple(check.that for check in gate.check)))


def _transfer(course: FieldCourse | None, field: Field, versions: tuple[Compiled, Compiled]) -> Transfer:
    old, new = versions
    to = field.id if course is None else course.to
    if to is None:
        return Transfer(to=None, values={}, value=None, is_checked=False)
    now = new.workflow.fields[to]
    program = None
    if course is not None and course.value is not None:
        program = _program(course.value, old, type_of(now.type, new.references))
    is_same = (field.type, field.minimum, field.maximum) == (now.type, now.minimum, now.maximum)
    values = {} if course is None else course.values
    return Transfer(to=to, values=values, value=program, is_checked=not is_same or program is not None or bool(values))


def _supplies(migration: Migration, old: Compiled, new: Compiled, given: "set[str | None]") -> Iterator[Supply]:
    for name, filling in migration.defaults.items():
        yield _supply(filling, new.workflow.fields[name], old, new)
    for name, field in _stored(new):
        # As a project that is opened now would have it.
        if field.default is not None and name not in given and name not in migration.defaults:
            yield Supply(field=name, value=field.default, program=None)


def _supply(filling: Filling, field: Field, old: Compiled, new: Compiled) -> Supply:
    if isinstance(filling.value, Expression):
        program = _program(filling.value, old, type_of(field.type, new.references))
        return Supply(field=field.id, value=None, program=program)
    return Supply(field=field.id, value=parse_value(filling.value, field.type, new.zone), program=None)


def _program(expression: Expression, compiled: Compiled, expected: Type) -> Program:
    """The expression over the projects of the version, ready to run."""
    states = frozenset(compiled.paths)
    checked = check(expression.node, compiled.names, expected, states=states)
    wrong = [problem for problem in checked.problems if problem.severity == "error"]
    if wrong:
        place = f"{expression.place.file}:{expression.place.line}"
        message = wrong[0].message
        raise InputError(Bilingual(f"{place}：{message.zh}", f"{place}: {message.en}"), wrong[0].hint)
    run = compile_node(expression.node, compiled.names, expected)
    return Program(run=run, reads=checked.reads, calls=checked.calls)


def _demands(old: Workflow, new: Workflow) -> Iterator[str]:
    for name, field in new.fields.items():
        former = old.fields.get(name)
        if field.is_required and field.formula is None and (former is None or not former.is_required):
            yield name


def _doubtful(old: Workflow, new: Workflow) -> Iterator[str]:
    """The records of both versions with a column that is of another type now."""
    for name, record in new.records.items():
        former = old.records.get(name)
        if former is not None and any(
            column in record.fields and field.type != record.fields[column].type
            for column, field in former.fields.items()
        ):
            yield name


def _lost_links(old: Workflow, new: Workflow) -> Iterator[str]:
    for name, link in old.links.items():
        now = new.links.get(name)
        if now is None or now.workflow != link.workflow:
            yield name
