"""Tasks, notes, records and the inbox at the command line, as a person and as a script use them."""

from pathlib import Path

import pytest

from tests.acceptance.terminal import Cli, Scene, Terminal, scene

WANG = ("--as", "wang", "--role", "sales_rep")
AT = ("--now", "2026-03-02T09:00")
JSON = ("--format", "json")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A workspace with one deal and no organisation, in English."""
    return scene(tmp_path_factory.mktemp("tasks"), _prepare)


def _prepare(terminal: Terminal) -> None:
    for path in Path("workflows").rglob("*.yaml"):
        text = path.read_text("utf-8")
        if "kind: organisation" in text:
            path.unlink()
        else:
            path.write_text(text.replace("organisation: company, ", ""), "utf-8")
    told = terminal("new", "sales_pipeline", "--id", "D1", "account=华兴制造", *WANG, *AT)
    assert (told.code, told.err) == (0, "")


@pytest.fixture
def cli(begun: Scene, monkeypatch: pytest.MonkeyPatch) -> Cli:
    return begun.again(monkeypatch)


def test_task_is_added_ticked_and_done_in_order(cli: Cli) -> None:
    added = cli("task", "add", "D1", "check the quote", "--who", "legal", "--due", "3wd", "--priority", "high",
                "--checklist", "price", "--checklist", "dates", "--after", "brief", *WANG, *AT)  # fmt: skip
    assert added.out.splitlines()[1] == "  task check the quote (task-1) → role legal, due 2026-03-04 18:00"
    refused = cli("task", "done", "D1", "task-1", "--as", "lee", "--role", "legal", *AT)
    assert refused.code == 1
    assert "first to be done: Write the market brief (brief)" in refused.err
    assert "not ticked: 1 price, 2 dates" in refused.err
    assert cli("task", "done", "D1", "brief", *WANG, *AT).code == 0
    assert cli("task", "tick", "D1", "task-1", "all", *WANG, *AT).out.endswith("[2/2]\n")
    assert cli("task", "untick", "D1", "task-1", "2", *WANG, *AT).out.endswith("[1/2]\n")
    assert cli("task", "tick", "D1", "task-1", "2", *WANG, *AT).code == 0
    assert cli("task", "done", "D1", "task-1", *WANG, *AT).code == 0


def test_task_is_assigned_edited_blocked_and_cancelled(cli: Cli) -> None:
    assert cli("task", "assign", "D1", "brief", "person:li", *WANG, *AT).code == 0
    assert cli("task", "edit", "D1", "brief", "--due", "2026-03-09", "--priority", "urgent", *WANG, *AT).code == 0
    assert cli("task", "block", "D1", "brief", "no data", "--as", "li", *AT).code == 0
    listed = cli("task", "list", "D1", *AT).out.splitlines()[2]
    assert listed == "in 7 days, 03-09  urgent    blocked: no data  brief  Write the market brief  li"
    assert cli("task", "unblock", "D1", "brief", "--as", "li", *AT).code == 0
    cleared = cli("task", "edit", "D1", "brief", "--due", "none", *WANG, *AT, *JSON)
    assert cleared.data["tasks_changed"] == ["brief"]
    assert cli("task", "cancel", "D1", "brief", "--as", "li", *AT).code == 1
    assert cli("task", "cancel", "D1", "brief", *WANG, *AT).code == 0
    assert cli("task", "list", "D1", *AT).err == "no task matches\n"
    (told,) = cli("task", "list", "D1", "--all", *JSON).data["tasks"]
    assert (told["status"], told["who"], told["accountable"], told["due_at"]) == (
        "void",
        "person:li",
        "person:wang",
        None,
    )


def test_what_changes_nothing_about_a_task_is_refused_and_not_in_the_history(cli: Cli) -> None:
    cli("task", "add", "D1", "quote", "--checklist", "price", *WANG, *AT)
    assert cli("task", "tick", "D1", "task-1", "1", *WANG, *AT).code == 0
    assert cli("task", "block", "D1", "brief", "no data", *WANG, *AT).code == 0
    before = cli("history", "D1", *JSON).data["entries"]

    ticked = cli("task", "tick", "D1", "task-1", "1", *WANG, *AT)
    blocked = cli("task", "block", "D1", "brief", "no data", *WANG, *AT)

    assert (ticked.code, blocked.code) == (1, 1)
    assert "the checklist stands so already; nothing would change" in ticked.err
    assert 'the task "brief" is blocked by this already' in blocked.err
    assert cli("history", "D1", *JSON).data["entries"] == before
    assert cli("task", "block", "D1", "brief", "no budget", *WANG, *AT).code == 0


def test_tasks_are_listed_across_projects_and_filtered(cli: Cli) -> None:
    cli("new", "sales_pipeline", "--id", "D2", "account=华兴制造", "--as", "li", "--role", "sales_rep", *AT)
    cli("task", "add", "D2", "x", "--who", "legal", "--priority", "urgent", *WANG, *AT)
    names = [(one["project"], one["id"]) for one in cli("task", "list", *AT, *JSON).data["tasks"]]
    assert names == [("D1", "brief"), ("D2", "brief"), ("D2", "task-1")]
    mine = cli("task", "list", "--mine", "--as", "lee", "--role", "legal", *AT, *JSON).data["tasks"]
    assert [one["id"] for one in mine] == ["task-1"]
    assert [one["id"] for one in cli("task", "list", "--priority", "urgent", *JSON).data["tasks"]] == ["task-1"]
    cli("task", "done", "D1", "brief", *WANG, *AT)
    done = cli("task", "list", "--mine", "--all", *WANG, *AT, *JSON).data["tasks"]
    assert [(one["project"], one["id"], one["status"]) for one in done] == [("D1", "brief", "done")]
    cli("task", "add", "D1", "y", *WANG, *AT, "--due", "2026-03-03")
    late = cli("task", "list", "--overdue", "--mine", *WANG, "--now", "2026-03-09", *JSON).data["tasks"]
    assert [(one["project"], one["overdue"]) for one in late] == [("D1", True)]


def test_board_of_one_owner_has_his_projects_alone(cli: Cli) -> None:
    cli("new", "sales_pipeline", "--id", "D2", "account=华兴制造", "--as", "li", "--role", "sales_rep", *AT)

    def shown(*words: str) -> list[str]:
        lanes = cli("board", "sales_pipeline", *words, *AT, *JSON).data["lanes"]
        return [card["project"] for lane in lanes for card in lane["projects"]]

    assert (shown(), shown("--owner", "li"), shown("--mine", *WANG)) == (["D1", "D2"], ["D2"], ["D1"])
    assert shown("--owner", "nobody") == []


def test_inbox_tells_what_waits_and_what_to_do(cli: Cli) -> None:
    cli("task", "add", "D1", "x", "--after", "brief", "--priority", "high", *WANG, *AT)
    later = ("--now", "2026-03-20T09:00")
    told = cli("inbox", *WANG, *later)
    assert (
        told.out
        == """\
wang: 3 thing(s) to look at, 2 overdue

My tasks (2)
Due           Project  What                            How it stands           To do it
────────────  ───────  ──────────────────────────────  ──────────────────────  ──────────────────
16 days late  D1       Write the market brief (brief)                          task done D1 brief
—             D1       x (task-1)                      high, waits for: brief  task list D1

Time limits near or past (1)
Due                  Project  What                               How it stands                To do it
───────────────────  ───────  ─────────────────────────────────  ───────────────────────────  ────────
5 working days late  D1       Market research (market_research)  breached, there for 18 days  why D1
"""
    )
    chinese = cli("inbox", *WANG, *later, "--lang", "zh").out
    assert "wang：3 项待办，2 项逾期" in chinese
    assert "逾期 16 天" in chinese
    assert chinese.splitlines()[-1].split("  ")[0] == "逾期 5 个工作日"
    assert "已超时，停留 18 天" in chinese
    data = cli("inbox", *WANG, *later, *JSON).data
    assert data["counts"] == {
        "approvals": 0, "tasks": 2, "limits": 1, "overdue": 0, "reviews": 0, "overdue_in_all": 2
    }  # fmt: skip
    assert [one["command"] for one in data["sections"]["tasks"]] == ["task done D1 brief", "task list D1"]


def test_lateness_is_told_as_the_limit_counts_and_stays_told_once_the_breach_has_fired(cli: Cli) -> None:
    def told(now: str) -> tuple[str, str]:
        english = cli("inbox", *WANG, "--now", now).out.splitlines()[-1].split("  ")[0]
        return english, cli("inbox", *WANG, "--now", now, "--lang", "zh").out.splitlines()[-1].split("  ")[0]

    before = told("2026-03-13T10:00")
    assert before == ("late, less than a working day", "逾期不足 1 个工作日")
    assert cli("tick", "--now", "2026-03-13T10:00").code == 0
    assert told("2026-03-13T10:00") == before
    assert told("2026-03-16T10:00") == ("1 working day late", "逾期 1 个工作日")
    limit = cli("inbox", *WANG, "--now", "2026-03-16T10:00", *JSON).data["sections"]["limits"][0]
    assert (limit["breached_at"], limit["late_working_days"]) == ("2026-03-12T10:00:00Z", "1.125")


def test_guide_lists_also_what_no_state_asks_for(cli: Cli) -> None:
    assert cli("task", "add", "D1", "改合同", "--who", "legal", *WANG, *AT).code == 0
    assert cli("task", "add", "D1", "quote", "--due", "1wd", *WANG, *AT).code == 0
    english = cli("guide", "D1", *WANG, *AT).out
    assert english.partition("Other tasks\n")[2].partition("\n\n")[0] == (
        "  quote (task-2) → wang, due 2026-03-02 18:00\n  改合同 (task-1) → role legal"
    )
    assert (
        "其他任务\n  quote (task-2) → wang，期限 2026-03-02 18:00" in cli("guide", "D1", *WANG, *AT, "--lang", "zh").out
    )
    answer = cli("guide", "D1", *WANG, *AT, *JSON).data
    assert [task["id"] for task in answer["tasks"]] == ["task-2", "task-1"]
    assert [task["id"] for task in answer["states"][0]["tasks"]] == ["brief"]


def test_who_claims_no_role_is_told_that_no_organisation_knows_it(cli: Cli) -> None:
    refused = cli("advance", "D1", "qualify", "--as", "li", *AT, "--lang", "zh").err
    assert "无权操作：需要 负责人、sales_rep；没有使用组织，角色须声明" in refused
    unknown = cli("advance", "D1", "qualify", "--as", "li", "--role", "sales_rp", *AT)
    assert unknown.code == 1
    assert "sales_pipeline uses no organisation and knows only the roles that it names" in unknown.err
    other = cli("set", "D1", "amount=5", "--as", "li", "--role", "legal", *AT).err
    assert "li (legal) may not change Amount (amount): it takes owner, sales_rep" in other


def test_inbox_of_somebody_without_work_is_empty(cli: Cli) -> None:
    assert cli("inbox", "--as", "nobody", *AT).out == "nobody: nothing waits for you\n"


def test_note_stands_in_the_history_as_it_was_written(cli: Cli) -> None:
    assert cli("note", "D1", "客户周五答复", *WANG, *AT).code == 0
    (entry,) = [one for one in cli("history", "D1", *JSON).data["entries"] if one["doing"] == "note"]
    assert (entry["comment"], entry["actor"]) == ("客户周五答复", "wang")
    assert "“客户周五答复”" in cli("history", "D1").out
    assert cli("note", "D1", " ").code == 2


def test_field_history_tells_who_changed_what_from_what_to_what(cli: Cli) -> None:
    cli("set", "D1", "discount=10%", "--comment", "volume", *WANG, *AT)
    cli("set", "D1", "discount=12%", *WANG, *AT)
    changes = cli("history", "D1", "--field", "discount", *JSON).data["changes"]
    assert [(one["actor"], one["from"], one["to"], one["comment"]) for one in changes] == [
        ("wang", None, "0", ""),
        ("wang", "0", "0.1", "volume"),
        ("wang", "0.1", "0.12", ""),
    ]
    assert "0%    10%  volume" in cli("history", "D1", "--field", "discount").out
    assert cli("history", "D1", "--field", "lost_reason").err == '"lost_reason" was never given\n'
    unknown = cli("history", "D1", "--field", "discont")
    assert (unknown.code, "did you mean `discount`?" in unknown.err) == (1, True)


def test_record_rows_are_listed_with_their_revisions(cli: Cli) -> None:
    cli("record", "add", "D1", "needs", "ref=N1", "need=finance link", "priority=2", *WANG, *AT)
    cli("record", "add", "D1", "needs", "ref=N1", "priority=5", *WANG, *AT)
    newest = cli("record", "list", "D1", "needs", *JSON).data["records"]["needs"]
    assert [(row["number"], row["values"]["priority"]) for row in newest] == [(2, "5")]
    assert len(cli("record", "list", "D1", "needs", "--all", *JSON).data["records"]["needs"]) == 2
    changed = cli("history", "D1", "--field", "needs", *JSON).data["changes"]
    assert [(one["key"], one["column"], one["from"], one["to"]) for one in changed] == [
        ("N1", "need", None, "finance link"),
        ("N1", "priority", None, "2"),
        ("N1", "priority", "2", "5"),
    ]
    assert "finance link" in cli("record", "list", "D1").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "D1", " "), "the task's title must not be empty"),
        (("add", "D1", "x", "--due", "tomorow"), '"tomorow" is no due date'),
        (("add", "D1", "x", "--due", "0wd"), "due must be above zero"),
        (("add", "D1", "x", "--effort", "2d"), '"2d" is no amount of work'),
        (("add", "D1", "x", "--who", "leagl"), "did you mean legal?"),
        (("add", "D1", "x", "--after", "breif"), "did you mean `brief`?"),
        (("edit", "D1", "brief"), "nothing is said to change"),
        (("edit", "D1", "brief", "--after", "brief"), "tasks would wait for each other: brief → brief"),
        (("tick", "D1", "brief", "1"), "no item 1 among 0"),
        (("tick", "D1", "brief", "one"), "give the numbers of checklist items"),
        (("tick", "D1", "brief"), "give the numbers of checklist items"),
        (("block", "D1", "brief", ""), "say what blocks it"),
        (("unblock", "D1", "brief"), 'the task "brief" is not blocked'),
        (("done", "D1", "nothing"), 'there is no task "nothing"'),
    ],
)
def test_bad_input_about_tasks_is_told_and_changes_nothing(cli: Cli, words: tuple[str, ...], said: str) -> None:
    before = cli("history", "D1", *JSON).out
    refused = cli("task", *words, *WANG, *AT)
    assert refused.code in {1, 2}
    assert said in refused.err
    assert cli("history", "D1", *JSON).out == before
