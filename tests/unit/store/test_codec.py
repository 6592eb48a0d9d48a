"""Everything that a store encodes comes back as it was."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Money, Months, Range, Reference, Value, WorkingDays
from salespm_flow.model.history import (
    ApprovalChanged,
    Change,
    ClockCleared,
    ClockSet,
    Closed,
    CompletionsPending,
    Doing,
    Entry,
    FieldSet,
    Migrated,
    Moved,
    Noted,
    Opened,
    OutcomeReached,
    OwnerChanged,
    RiskChanged,
    RowAdded,
    TaskChanged,
)
from salespm_flow.model.priority import Priority
from salespm_flow.model.project import (
    ApprovalRequest,
    Ballot,
    ChecklistItem,
    Clock,
    ParentLink,
    Pin,
    Project,
    Risk,
    Row,
    Task,
    Verdict,
)
from salespm_flow.model.statuses import ApprovalStatus, RiskStatus, TaskStatus
from salespm_flow.model.workflow import Outcome
from salespm_flow.store.chain import ROOT, next_hash
from salespm_flow.store.codec import (
    EntryRow,
    Registers,
    decode_changes,
    decode_clock,
    decode_entry,
    decode_project,
    dumps,
    encode_changes,
    encode_clock,
    encode_entry,
    encode_project,
    loads,
)
from salespm_flow.store.shapes import shape_of
from salespm_flow.store.values import decode_time, decode_value, encode_time, encode_value, write_value

texts = st.text(max_size=8)
# A fold tells the two readings of a local clock apart; with a fixed offset, and without a zone, it says nothing.
moments = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(fold=0))
durations = st.timedeltas()
numbers = st.decimals(allow_nan=False)
amounts = st.builds(Money, numbers, texts)
zones = st.builds(lambda minutes: timezone(timedelta(minutes=minutes)), st.integers(-720, 720))
scalars = st.one_of(
    st.none(),
    st.booleans(),
    texts,
    numbers,
    amounts,
    st.dates(),
    moments,
    st.datetimes(datetime(1900, 1, 1), datetime(2900, 1, 1), timezones=zones).map(lambda at: at.replace(fold=0)),  # noqa: DTZ001  # bounds are naive
    st.times().map(lambda at: at.replace(fold=0)),
    durations,
    st.builds(Months, st.integers()),
    st.builds(WorkingDays, numbers),
)
values: st.SearchStrategy[Value] = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(texts, inner, max_size=3),
        st.builds(Range, low=inner, high=inner, low_closed=st.booleans(), high_closed=st.booleans()),
    ),
    max_leaves=8,
)
bilingual = st.builds(Bilingual, texts, texts)
names = st.lists(texts, max_size=3).map(tuple)
pins = st.builds(Pin, workflow=texts, version=st.integers(0, 2**31), digest=texts)
parents = st.none() | st.builds(ParentLink, project=texts, link=texts, is_many=st.booleans())
maybe_moments = st.none() | moments
rows = st.builds(
    Row, number=st.integers(), at=moments, by=texts, first_at=moments, values=st.dictionaries(texts, values, max_size=3)
)
tasks = st.builds(
    Task,
    id=texts,
    origin=texts,
    title=bilingual,
    who=texts,
    opened_at=moments,
    status=st.sampled_from(TaskStatus),
    due_at=maybe_moments,
    closed_at=maybe_moments,
    closed_by=st.none() | texts,
    accountable=texts,
    consulted=names,
    informed=names,
    priority=st.sampled_from(Priority),
    after=names,
    checklist=st.lists(st.builds(ChecklistItem, text=bilingual, is_done=st.booleans()), max_size=2).map(tuple),
    blocked=texts,
    effort=st.none() | durations,
)
ballots = st.builds(
    Ballot, by=texts, verdict=st.sampled_from(Verdict), at=moments, role=texts, acting_for=texts, comment=texts
)
approvals = st.builds(
    ApprovalRequest,
    id=texts,
    approval=texts,
    transition=texts,
    event=texts,
    title=bilingual,
    requester=texts,
    requester_role=texts,
    requested_at=moments,
    approvers=names,
    excepted=names,
    comment=texts,
    status=st.sampled_from(ApprovalStatus),
    due_at=maybe_moments,
    escalated_at=maybe_moments,
    ballots=st.lists(ballots, max_size=2).map(tuple),
    closed_at=maybe_moments,
)
risks = st.builds(
    Risk,
    id=texts,
    rule=texts,
    title=bilingual,
    category=texts,
    probability=st.integers(1, 5),
    impact=st.integers(1, 5),
    score=st.integers(1, 25),
    level=texts,
    owner=texts,
    opened_at=moments,
    status=st.sampled_from(RiskStatus),
    strategy=st.none() | texts,
    response=st.none() | bilingual,
    due_at=maybe_moments,
    closed_at=maybe_moments,
)
clocks = st.builds(
    Clock,
    id=texts,
    state=texts,
    started_at=moments,
    due_at=maybe_moments,
    remaining=st.none() | durations,
    remaining_days=st.none() | numbers,
    is_refused=st.booleans(),
)
memories = st.dictionaries(texts, names, max_size=2)
CHANGES: Mapping[type[Change], st.SearchStrategy[Change]] = {
    Opened: st.builds(Opened, pin=pins, owner=texts, parent=parents),
    FieldSet: st.builds(FieldSet, field=texts, value=values),
    RowAdded: st.builds(RowAdded, record=texts, row=rows),
    Moved: st.builds(
        Moved,
        transitions=names,
        event=texts,
        exited=names,
        entered=names,
        leaves=names,
        memory=memories,
        state=texts,
        is_forward=st.booleans(),
        waived=names,
    ),
    TaskChanged: st.builds(TaskChanged, task=tasks),
    RiskChanged: st.builds(RiskChanged, risk=risks),
    ApprovalChanged: st.builds(ApprovalChanged, approval=approvals),
    OwnerChanged: st.builds(OwnerChanged, owner=texts),
    ClockSet: st.builds(ClockSet, clock=clocks),
    ClockCleared: st.builds(ClockCleared, id=texts),
    CompletionsPending: st.builds(CompletionsPending, events=names),
    OutcomeReached: st.builds(OutcomeReached, outcome=st.sampled_from(Outcome)),
    Closed: st.builds(Closed),
    Noted: st.builds(Noted, topic=texts, name=texts, reasons=names),
    Migrated: st.builds(
        Migrated,
        pin=pins,
        former=pins,
        leaves=names,
        memory=memories,
        state=texts,
        states=st.dictionaries(texts, texts, max_size=2),
        entered=st.dictionaries(texts, moments, max_size=2),
        forgotten=names,
        fields=st.dictionaries(texts, values, max_size=2),
        dropped=st.dictionaries(texts, values, max_size=2),
        changed=st.dictionaries(texts, moments, max_size=2),
        unchanged=names,
    ),
}
entries = st.builds(
    Entry,
    project=texts,
    number=st.integers(1, 2**31),
    doing=st.sampled_from(Doing),
    name=texts,
    actor=texts,
    role=texts,
    at=moments,
    recorded_at=moments,
    comment=texts,
    changes=st.lists(st.one_of(*CHANGES.values()), max_size=3).map(tuple),
    acting_for=texts,
)
projects = st.builds(
    Project,
    id=texts,
    pin=pins,
    revision=st.integers(0, 2**31),
    owner=texts,
    state=texts,
    leaves=names,
    memory=memories,
    entered=st.dictionaries(texts, moments, max_size=2),
    fields=st.dictionaries(texts, values, max_size=3),
    records=st.just({}),
    tasks=st.just({}),
    risks=st.just({}),
    clocks=st.just({}),
    pending=names,
    opened_at=moments,
    updated_at=moments,
    outcome=st.none() | st.sampled_from(Outcome),
    outcome_at=maybe_moments,
    closed_at=maybe_moments,
    parent=parents,
    changed=st.dictionaries(texts, moments, max_size=2),
)


def same(left: Value, right: Value) -> bool:
    """Equal in value, type and digits: 1.0 and 1.00 are not the same, nor true and a one."""
    return left == right and repr(left) == repr(right)


def test_every_kind_of_change_is_tried_here() -> None:
    assert set(CHANGES) == set(get_args(Change))


@given(values)
def test_value_comes_back_the_same(value: Value) -> None:
    assert same(decode_value(loads(dumps(encode_value(value)))), value)


@given(entries)
def test_entry_comes_back_the_same(entry: Entry) -> None:
    assert decode_entry(encode_entry(entry)) == entry


@given(entries)
def test_changes_are_written_as_the_library_writes_json(entry: Entry) -> None:
    text = encode_changes(entry.changes)
    assert dumps(json.loads(text)) == text


@given(values)
def test_value_is_written_as_the_library_writes_json(value: Value) -> None:
    assert write_value(value) == dumps(encode_value(value))


@given(projects)
def test_project_comes_back_the_same(project: Project) -> None:
    assert decode_project(encode_project(project), Registers()) == project


@given(clocks)
def test_clock_comes_back_the_same(clock: Clock) -> None:
    assert decode_clock(encode_clock("p", clock)) == clock


@given(moments, moments)
def test_times_sort_as_their_texts_do(one: datetime, other: datetime) -> None:
    assert (one < other) == (encode_time(one) < encode_time(other))
    assert len(encode_time(one)) == 27
    assert decode_time(encode_time(one)) == one


def test_moment_of_another_zone_is_stored_in_utc() -> None:
    at = datetime(2026, 1, 1, 8, 0, tzinfo=timezone(timedelta(hours=8)))
    assert encode_time(at) == "2026-01-01T00:00:00.000000Z"


def test_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        encode_time(datetime(2026, 1, 1))  # noqa: DTZ001  # that is the point


@pytest.mark.parametrize("thing", [1, 1.5, b"x", [1], Reference(key="acme")])
def test_what_is_no_value_is_refused(thing: object) -> None:
    with pytest.raises(TypeError, match="no value of the expression language"):
        encode_value(thing)  # type: ignore[arg-type]  # that is the point


@pytest.mark.parametrize("thing", [1, 1.5, {"unknown": 1}, {"a": 1, "b": 2}, {}, {"range": [1]}])
def test_json_of_something_else_is_refused(thing: object) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        decode_value(thing)  # type: ignore[arg-type]  # that is the point


def test_subclasses_are_stored_as_what_they_are() -> None:
    assert decode_value(loads(dumps(encode_value(MappingProxyType({"a": Outcome.WON}))))) == {"a": "won"}


def test_stored_changes_can_be_read_by_people_and_other_programs() -> None:
    changes = (
        FieldSet(field="金额", value=Money(Decimal("5.00"), "CNY")),
        FieldSet(field="tags", value=("a", Decimal("0.15"))),
        Closed(),
    )
    assert json.loads(encode_changes(changes)) == [
        {"is": "FieldSet", "field": "金额", "value": {"money": ["5.00", "CNY"]}},
        {"is": "FieldSet", "field": "tags", "value": ["a", {"number": "0.15"}]},
        {"is": "Closed"},
    ]


def test_field_newer_than_the_text_takes_its_default() -> None:
    assert decode_changes('[{"is":"Noted","topic":"unheard","name":"ping"}]') == (Noted(topic="unheard", name="ping"),)


@dataclass(frozen=True)
class Floating:
    """A binary float is not exact."""

    weight: float


@dataclass(frozen=True)
class Either:
    """Nothing would tell one type from the other."""

    when: datetime | Decimal


@dataclass(frozen=True)
class Pair:
    """A tuple of fixed length."""

    pair: tuple[str, int]


@pytest.mark.parametrize("noun", [Floating, Either, Pair])
def test_noun_with_a_type_that_no_store_knows_is_refused(noun: type[object]) -> None:
    with pytest.raises(TypeError, match="no form in a store"):
        shape_of(noun)


@given(entries, st.integers(0, 9), st.binary(min_size=32, max_size=32))
def test_hash_changes_with_every_column_and_with_what_came_before(entry: Entry, place: int, other: bytes) -> None:
    row = encode_entry(entry)
    changed: list[str | int] = [*row]
    changed[place] = row[1] + 1 if place == 1 else f"{row[place]}x"
    digest = next_hash(ROOT, row, "")
    assert next_hash(ROOT, row, "") == digest
    assert next_hash(ROOT, _as_row(changed), "") != digest
    assert next_hash(ROOT, row, "f0") != digest
    assert (next_hash(other, row, "") == digest) == (other == ROOT)


def test_text_moved_from_one_column_to_the_next_changes_the_hash() -> None:
    row = ("p", 1, "open", "ab", "c", "role", "", "at", "then", "", "[]")
    moved = ("p", 1, "open", "a", "bc", "role", "", "at", "then", "", "[]")
    assert next_hash(ROOT, row, "") != next_hash(ROOT, moved, "")


def _as_row(columns: list[str | int]) -> EntryRow:
    row: EntryRow = tuple(columns)  # type: ignore[assignment]  # ten columns, one a number
    return row
