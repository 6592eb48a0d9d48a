"""The columns that worklists are read by: covered by `verify`, and each query answered by an index alone."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from salespm_flow.model.history import ApprovalChanged, TaskChanged
from salespm_flow.store import open_store, sql
from salespm_flow.store.chain import Break
from salespm_flow.store.sqlite import open_sqlite
from tests.contract.tales import PIN, SOURCES, START, TASK, opened
from tests.contract.test_worklists import REQUEST


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with one project that has a task and a pending approval, closed."""
    path = tmp_path / "projects.db"
    store = open_store(str(path), create=True)
    store.keep_definitions(PIN, SOURCES)
    request = replace(REQUEST, approvers=("role:boss", "person:li"), due_at=START)
    store.commit([opened("p", TaskChanged(task=TASK), ApprovalChanged(approval=request)).write()])
    store.close()
    return path


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE approvers SET party = 'person:me' WHERE party = 'role:boss'",
        "UPDATE approvers SET due = '~'",
        "DELETE FROM approvers WHERE party = 'person:li'",
        "INSERT INTO approvers SELECT 'person:me', due, project, approval FROM approvers LIMIT 1",
        """UPDATE tasks SET body = replace(body, 'person:li', 'person:me')""",
        "UPDATE tasks SET body = 'no json'",
    ],
)
def test_changed_worklist_is_found(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as raw:
        assert raw.execute(statement).rowcount > 0
    raw.close()
    store = open_sqlite(str(path), create=False, wait_seconds=0)
    assert [(broken.project, broken.what) for broken in store.verify()] == [("p", Break.STATE)]
    store.close()


def test_approvers_of_no_project_are_found(path: Path) -> None:
    with sqlite3.connect(path) as raw:
        raw.execute("INSERT INTO approvers VALUES ('person:me', '~', 'q', 'r')")
    raw.close()
    store = open_sqlite(str(path), create=False, wait_seconds=0)
    assert [(broken.project, broken.what) for broken in store.verify()] == [("q", Break.ORPHAN)]
    store.close()


@pytest.mark.parametrize(
    "statement",
    [sql.PARTY_TASKS, sql.PARTY_RISKS, sql.PARTY_APPROVALS, sql.OWNER_TASKS, sql.OWNER_PROJECTS],
)
def test_worklist_reads_no_table_from_end_to_end_and_sorts_no_more_than_a_project(path: Path, statement: str) -> None:
    raw = sqlite3.connect(path)
    count = 4 if statement == sql.OWNER_PROJECTS else 5
    plan = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", ("x",) * count)]
    raw.close()
    # A list that is handed over is no table.
    plan = [step for step in plan if "json_each" not in step]
    assert [step for step in plan if step.startswith("SCAN") or step.endswith("B-TREE FOR ORDER BY")] == []
