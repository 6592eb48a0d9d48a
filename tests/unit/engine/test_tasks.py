"""Tasks: from templates, actions and by hand; who waits for whom, who may do what, when they are due."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.context import row_of
from salespm_flow.engine.running.runner import Answered
from salespm_flow.errors import IdempotencyError
from salespm_flow.expr.values import WorkingDays
from salespm_flow.model.decision import (
    NO_DUE,
    Accepted,
    Actor,
    AddTask,
    BlockTask,
    CancelTask,
    CompleteTask,
    EditTask,
    Rejected,
    TickItems,
    UnblockTask,
)
from salespm_flow.model.priority import Priority
from salespm_flow.model.project import ChecklistItem, Task
from salespm_flow.model.statuses import TaskStatus

if TYPE_CHECKING:
    from tests.unit.engine.conftest import World

WorldOf = Callable[[dict[str, str]], "World"]
ReasonsOf = Callable[[Answered], list[str]]

FLOW = """
domain: delivery
fields:
  open_tasks: {type: number, formula: task.open}
  overdue: {type: number, formula: task.overdue}
initial: plan
states:
  plan:
    tasks:
      offer:
        {title: {zh: 报价, en: Offer}, accountable: owner, responsible: presales,
        consulted: [legal], informed: [boss], due: 3wd, effort: 2wd, needs: [brief], priority: high,
        checklist: [price, {zh: 日期, en: dates}]}
      brief: {title: {zh: 简报, en: Brief}, accountable: owner}
  run:
    history: shallow
    initial: build
    states:
      build:
        tasks: {make: {accountable: owner, needs: [offer]}}
      check: {}
  hold: {aside: true}
  closed: {final: true, outcome: delivered}
transitions:
  go: {from: plan, to: run, do: {call: {action: task, who: presales, priority: low, effort: 30min, checklist: [a]}}}
  again: {from: run, to: plan}
  checked: {from: build, to: check}
  pause: {from: run, to: hold}
  resume: {from: hold, to: run.history}
  end: {from: run, to: closed}
"""
WANG = Actor(id="wang")
MORNING = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
def world(world_of: WorldOf) -> "World":
    made = world_of({"workflow/flow": FLOW})
    made.open("flow")
    return made


def ask(world: "World", request: AddTask | EditTask | TickItems | BlockTask | UnblockTask | CancelTask) -> Answered:
    return world.runner.apply("p", request)


def add(world: "World", title: str, **given: object) -> str:
    request = AddTask(title=Bilingual(title, title), actor=WANG, **given)  # type: ignore[arg-type]  # named by the test
    answered = ask(world, request)
    assert answered.is_accepted, answered.result
    assert isinstance(answered.decision, Accepted)
    return answered.decision.entry.name


def task(world: "World", name: str) -> Task:
    return world.project().tasks[name]


def messages(answered: Answered) -> list[str]:
    assert isinstance(answered.decision, Rejected), answered.result
    return [reason.message.en for reason in answered.decision.reasons]


def finish(world: "World", name: str, by: str = "wang", role: str = "") -> Answered:
    return world.runner.apply("p", CompleteTask(task=name, actor=Actor(id=by, role=role)))


def test_template_gives_parties_offsets_effort_and_what_comes_first(world: "World") -> None:
    assert task(world, "offer") == Task(
        id="offer",
        origin="offer",
        title=Bilingual("报价", "Offer"),
        who="role:presales",
        opened_at=MORNING,
        due_at=datetime(2026, 3, 4, 10, tzinfo=UTC),
        accountable="person:wang",
        consulted=("role:legal",),
        informed=("role:boss",),
        priority=Priority.HIGH,
        after=("brief",),
        checklist=(
            ChecklistItem(text=Bilingual("price", "price")),
            ChecklistItem(text=Bilingual("日期", "dates")),
        ),
        effort=timedelta(hours=16),
    )


def test_action_opens_a_task_with_its_priority_effort_and_checklist(world: "World") -> None:
    world.advance("go")
    call = task(world, "call")
    assert (call.who, call.priority, call.effort, call.checklist) == (
        "role:presales",
        Priority.LOW,
        timedelta(minutes=30),
        (ChecklistItem(text=Bilingual("a", "a")),),
    )


def test_task_of_a_later_state_waits_for_the_newest_of_that_origin(world: "World") -> None:
    world.advance("go")
    assert task(world, "make").after == ("offer",)


def test_task_that_is_still_open_is_not_made_again_at_the_next_entry(world: "World") -> None:
    finish(world, "brief")
    world.advance("go")
    world.advance("again")
    assert list(world.project().tasks) == ["offer", "brief", "call", "make", "brief-2"]
    assert task(world, "brief-2").status is TaskStatus.OPEN


def test_return_by_history_makes_no_task_again(world: "World") -> None:
    world.advance("go")
    for name in ("brief", "offer"):
        ask(world, TickItems(task=name, actor=WANG, ticked=(1, 2)))
        finish(world, name)
    assert finish(world, "make").is_accepted
    world.advance("pause")
    world.advance("resume")
    assert list(world.project().tasks) == ["offer", "brief", "call", "make"]


def test_task_by_hand_is_the_owners_unless_it_names_somebody(world: "World") -> None:
    first = add(world, "one")
    second = add(world, "two", who="presales", due=date(2026, 3, 9), priority=Priority.URGENT, after=(first,))
    third = add(world, "three", who="person:li", accountable="owner", due=WorkingDays(Decimal(1)), checklist=("a", "b"))
    tasks = [task(world, name) for name in (first, second, third)]
    assert [(one.id, one.origin, one.who, one.accountable, one.due_at, one.after) for one in tasks] == [
        ("task-1", "person:wang", "person:wang", "", None, ()),
        ("task-2", "person:wang", "role:presales", "", datetime(2026, 3, 9, 15, 59, tzinfo=UTC), ("task-1",)),
        ("task-3", "person:wang", "person:li", "person:wang", datetime(2026, 3, 2, 10, tzinfo=UTC), ()),
    ]


def test_task_is_not_completed_before_what_it_waits_for_nor_with_unticked_items(world: "World") -> None:
    refused = finish(world, "offer")
    assert messages(refused) == ["first to be done: Brief (brief)", "not ticked: 1 price, 2 dates"]
    ask(world, TickItems(task="offer", actor=WANG, ticked=(1, 2)))
    ask(world, TickItems(task="offer", actor=WANG, unticked=(2,)))
    finish(world, "brief")
    assert messages(finish(world, "offer")) == ["not ticked: 2 dates"]
    ask(world, TickItems(task="offer", actor=WANG, ticked=(2,)))
    assert finish(world, "offer").is_accepted


def test_cancelled_task_is_waited_for_no_more(world: "World") -> None:
    ask(world, CancelTask(task="brief", actor=WANG))
    assert messages(finish(world, "offer")) == ["not ticked: 1 price, 2 dates"]


def test_blocked_task_says_why_counts_as_open_and_goes_on_when_unblocked(world: "World", reasons_of: ReasonsOf) -> None:
    assert reasons_of(ask(world, BlockTask(task="brief", actor=WANG, comment=" "))) == ["comment"]
    assert ask(world, BlockTask(task="brief", actor=WANG, comment="no data")).is_accepted
    blocked = task(world, "brief")
    assert (blocked.status, blocked.blocked, blocked.is_open) == (TaskStatus.BLOCKED, "no data", True)
    assert messages(finish(world, "brief")) == ["the task is blocked: no data; unblock it first"]
    assert ask(world, UnblockTask(task="brief", actor=WANG)).is_accepted
    assert (task(world, "brief").blocked, task(world, "brief").status) == ("", TaskStatus.OPEN)
    assert messages(ask(world, UnblockTask(task="brief", actor=WANG))) == ['the task "brief" is not blocked']


def test_expressions_count_blocked_tasks_as_open(world: "World") -> None:
    ask(world, EditTask(task="brief", actor=WANG, due=timedelta(hours=1)))
    ask(world, BlockTask(task="brief", actor=WANG, comment="no data"))
    world.clock.wait(hours=2)
    snapshot, compiled = world.runner.snapshot("p")
    row = row_of(snapshot.project, compiled, world.clock.now())
    assert (row["open_tasks"], row["overdue"]) == (Decimal(2), Decimal(1))


def test_circle_of_tasks_is_refused_and_spelled_out(world: "World") -> None:
    first, second = add(world, "one"), add(world, "two")
    third = add(world, "three", after=(second,))
    assert ask(world, EditTask(task=second, actor=WANG, after=(first,))).is_accepted
    refused = ask(world, EditTask(task=first, actor=WANG, after=("brief", third)))
    assert messages(refused) == ["tasks would wait for each other: task-1 → task-3 → task-2 → task-1"]
    assert messages(ask(world, EditTask(task=first, actor=WANG, after=(first,)))) == [
        "tasks would wait for each other: task-1 → task-1"
    ]


def test_edit_changes_what_it_names_and_leaves_the_rest(world: "World") -> None:
    ask(world, EditTask(task="offer", actor=WANG, who="person:li", priority=Priority.LOW, after=(), checklist=("new",)))
    changed = task(world, "offer")
    assert (changed.who, changed.accountable, changed.priority, changed.after, len(changed.checklist)) == (
        "person:li",
        "person:wang",
        Priority.LOW,
        (),
        3,
    )
    assert changed.due_at is not None
    ask(world, EditTask(task="offer", actor=WANG, due=NO_DUE, who=""))
    assert (task(world, "offer").due_at, task(world, "offer").who, task(world, "offer").accountable) == (
        None,
        "person:wang",
        "",
    )


def test_who_does_a_task_works_on_it_but_does_not_change_it(world: "World", reasons_of: ReasonsOf) -> None:
    hers = Actor(id="mei", role="presales")
    assert ask(world, TickItems(task="offer", actor=hers, ticked=(1,))).is_accepted
    assert reasons_of(ask(world, EditTask(task="offer", actor=hers, due=NO_DUE))) == ["role"]
    assert reasons_of(ask(world, CancelTask(task="offer", actor=hers))) == ["role"]


def test_strangers_neither_complete_nor_change_a_task(world: "World") -> None:
    told = 'li may not do this to the task "brief"; who may: owner, manager, wang'
    unclaimed = "; no organisation is in use, so the role must be claimed"
    assert messages(finish(world, "brief", "li")) == [told + unclaimed]


def test_who_made_a_task_by_hand_may_cancel_it(world: "World") -> None:
    hers = Actor(id="mei")
    assert ask(world, AddTask(title=Bilingual("x", "x"), actor=hers)).is_accepted
    assert ask(world, CancelTask(task="task-1", actor=hers)).is_accepted


def test_done_and_cancelled_tasks_stay_as_they_are(world: "World", reasons_of: ReasonsOf) -> None:
    finish(world, "brief")
    every = (
        EditTask(task="brief", actor=WANG, priority=Priority.LOW),
        TickItems(task="brief", actor=WANG),
        BlockTask(task="brief", actor=WANG, comment="x"),
        CancelTask(task="brief", actor=WANG),
    )
    assert [reasons_of(ask(world, request)) for request in every] == [["brief"]] * 4
    assert reasons_of(finish(world, "brief")) == ["brief"]


def test_closing_voids_open_and_blocked_tasks_and_takes_no_more(world: "World", reasons_of: ReasonsOf) -> None:
    world.advance("go")
    ask(world, BlockTask(task="make", actor=WANG, comment="x"))
    world.advance("end")
    assert {(one.status, one.blocked) for one in world.project().tasks.values()} == {(TaskStatus.VOID, "")}
    assert reasons_of(ask(world, AddTask(title=Bilingual("x", "x"), actor=WANG))) == ["closed"]


def test_every_reason_against_a_new_task_is_told_at_once(world: "World", reasons_of: ReasonsOf) -> None:
    request = AddTask(
        title=Bilingual(" ", " "),
        actor=WANG,
        who="presale",
        due=WorkingDays(Decimal(0)),
        effort=timedelta(),
        after=("offers",),
        checklist=("",),
    )
    refused = ask(world, request)
    assert reasons_of(refused) == ["title", "checklist", "due", "effort", "after", "who"]
    assert messages(refused)[-2:] == [
        'there is no task "offers"; did you mean offer?',
        'who is no role: "presale"; did you mean presales?; a person is written person:NAME',
    ]


def test_items_that_a_checklist_does_not_have_cannot_be_ticked(world: "World") -> None:
    assert messages(ask(world, TickItems(task="offer", actor=WANG, ticked=(3,), unticked=(0,)))) == [
        "no item 3 among 2",
        "no item 0 among 2",
    ]


def test_requests_that_change_nothing_are_accepted_and_leave_the_task(world: "World") -> None:
    before = task(world, "brief")
    assert ask(world, EditTask(task="brief", actor=WANG)).is_accepted
    assert task(world, "brief") == before


def test_one_key_answers_equal_requests_once_and_refuses_others(world: "World") -> None:
    request = AddTask(title=Bilingual("x", "x"), actor=WANG)
    first = world.runner.apply("p", request, key="k")
    second = world.runner.apply("p", request, key="k")
    assert (second.is_replay, second.result) == (True, first.result)
    with pytest.raises(IdempotencyError):
        world.runner.apply("p", AddTask(title=Bilingual("y", "y"), actor=WANG), key="k")


def test_history_names_what_was_done_to_which_task(world: "World") -> None:
    name = add(world, "x", checklist=("a",))
    ask(world, TickItems(task=name, actor=WANG, ticked=(1,)))
    ask(world, EditTask(task=name, actor=WANG, priority=Priority.HIGH))
    ask(world, BlockTask(task=name, actor=WANG, comment="why"))
    ask(world, UnblockTask(task=name, actor=WANG))
    finish(world, name)
    told = [(entry.doing.value, entry.name) for entry in world.store.history("p")][1:]
    assert told == [
        (doing, "task-1") for doing in ("add_task", "tick_items", "edit_task", "block_task", "unblock_task", "task")
    ]
