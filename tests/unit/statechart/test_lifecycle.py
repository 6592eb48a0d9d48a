"""The lifecycles equal their tables: what a table allows happens, everything else is refused."""

from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest

from salespm_flow.model.statuses import ApprovalStatus, RiskStatus, TaskStatus
from salespm_flow.statechart.lifecycle import APPROVAL, LIFECYCLES, RISK, TASK, Lifecycle, step


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda one: one.name)
def test_step_follows_the_table_and_refuses_everything_else(lifecycle: Lifecycle) -> None:
    answers = {
        (status, event): step(lifecycle, status, event)
        for status, event in product(lifecycle.statuses, lifecycle.moves)
    }

    assert answers == {
        (status, event): end if status in sources else None
        for status in lifecycle.statuses
        for event, (sources, end) in lifecycle.moves.items()
    }


def test_the_same_event_twice_is_refused_the_second_time() -> None:
    granted = step(APPROVAL, "pending", "grant")

    assert (granted, step(APPROVAL, granted or "", "grant")) == ("approved", None)


def test_an_unknown_event_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        step(TASK, "open", "explode")


def test_lifecycles_have_the_statuses_of_the_nouns() -> None:
    assert (set(APPROVAL.statuses), set(TASK.statuses), set(RISK.statuses)) == (
        {status.value for status in ApprovalStatus},
        {status.value for status in TaskStatus},
        {status.value for status in RiskStatus},
    )


def test_a_blocked_task_is_unblocked_before_it_is_finished() -> None:
    assert (step(TASK, "blocked", "finish"), step(TASK, "blocked", "unblock")) == (None, "open")


def test_one_lifecycle_serves_many_threads() -> None:
    with ThreadPoolExecutor(8) as threads:
        statuses = ("open", "blocked", "done") * 300
        found = list(threads.map(lambda status: step(TASK, status, "finish"), statuses))
    assert found == ["done", None, None] * 300
