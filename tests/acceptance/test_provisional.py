"""Due times in years whose holidays are not announced yet are said to be provisional, wherever they are shown."""

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.terminal import Terminal, chinese_terminal

# No year this far ahead is announced, whatever holiday data is installed.
NOW = "2090-12-20T09:00"
AHEAD, PAST = "2090-12-29", "2090-12-19"
UNKNOWING = """
salespm: 1
kind: workflow
id: plain
version: 1
domain: sales
uses: {calendar: anywhere}
initial: talk
states: {talk: {owner_role: sales_rep}, over: {final: true}}
transitions: {end: {from: talk, to: over}}
"""
ANYWHERE = "salespm: 1\nkind: calendar\nid: anywhere\nversion: 1\n"


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.delenv("SALESPM_STORE", raising=False)
    terminal = chinese_terminal(tmp_path)
    (tmp_path / "workflows" / "plain.yaml").write_text(UNKNOWING, encoding="utf-8")
    (tmp_path / "workflows" / "anywhere.yaml").write_text(ANYWHERE, encoding="utf-8")
    terminal.done(f"new sales_pipeline --id D1 --as wang --now {NOW}", f"new plain --id P1 --as wang --now {NOW}")
    for project in ("D1", "P1"):
        terminal.done(
            f"task add {project} 早 --due {PAST} --as wang --now 2090-12-18T09:00",
            f"task add {project} 晚 --due {AHEAD} --as wang --now {NOW}",
        )
    return terminal


def provisional(items: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(item["project"], item["id"]) for item in items if item["provisional"]}


def test_worklists_mark_what_lies_ahead_in_an_unannounced_year(terminal: Terminal) -> None:
    expected = {("D1", "brief"), ("D1", "task-2")}
    inbox = terminal.data(f"inbox --as wang --now {NOW}")
    assert provisional(inbox["sections"]["tasks"]) == expected
    assert provisional(terminal.data(f"task list --now {NOW}")["tasks"]) == expected
    for command in (f"inbox --as wang --now {NOW}", f"task list D1 --now {NOW}"):
        lines = [line for line in terminal.done(command).splitlines() if "（暂定）" in line]
        assert len(lines) == len(expected), command
    assert "（暂定）" not in terminal.done(f"task list P1 --now {NOW}")


def test_status_marks_it_too(terminal: Terminal) -> None:
    assert "（暂定）" in terminal.done(f"status D1 --as wang --now {NOW}")
    assert "（暂定）" not in terminal.done(f"status P1 --as wang --now {NOW}")


def test_time_limits_are_marked_on_the_board_and_in_the_status(terminal: Terminal) -> None:
    for command in ("board sales_pipeline", "status D1 --as wang"):
        limit = next(line for line in terminal.done(f"{command} --now {NOW}").splitlines() if "●" in line)
        assert limit.endswith("（暂定）"), limit


def test_nothing_is_provisional_in_a_year_that_is_announced(terminal: Terminal) -> None:
    at = "2026-03-02T09:00"
    terminal.done(f"new sales_pipeline --id D2 --as wang --now {at}")
    assert provisional(terminal.data(f"task list D2 --now {at}")["tasks"]) == set()
