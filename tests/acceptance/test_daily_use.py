"""What a team sees every day, in Chinese: hints that help, boards that end, exports that lose nothing."""

import csv
import io
from pathlib import Path

import pytest

from tests.acceptance.terminal import Scene, Terminal, scene

AT = "--now 2026-03-02T09:00"


def _prepare(terminal: Terminal) -> None:
    settings = Path("salespm.yaml")
    settings.write_text(settings.read_text("utf-8").replace("language: en", "language: zh"), "utf-8")
    for number in range(1, 4):
        terminal.done(
            f"new sales_pipeline --id D{number} account=华兴制造 --as wang --now 2026-03-0{3 - number + 1}T09:00"
        )


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return scene(tmp_path_factory.mktemp("daily"), _prepare)


@pytest.fixture
def terminal(begun: Scene, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    found = begun.again(monkeypatch)
    monkeypatch.delenv("LC_ALL")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    return found


def new_delivery(terminal: Terminal) -> None:
    terminal.done(f"new pm_lifecycle --id P1 scope=实施 deadline=2026-06-01 budget=500 --as qian {AT}")


@pytest.mark.parametrize("all_of_it", ["", "--all"])
def test_status_tells_a_stranger_once_that_he_is_unknown_and_what_else_blocks(
    terminal: Terminal, all_of_it: str
) -> None:
    lines = terminal.done(f"status D1 {all_of_it} --as nobody {AT}").splitlines()

    unknown = [line.strip() for line in lines if "没有人员" in line]
    assert unknown == ["组织 company 没有人员“nobody”；有：wang、he、zhao、qian、sun……（以下转移按有权限的人列出）"]
    assert any("market_size" in line for line in lines)
    assert "没有人员" not in terminal.done(f"status D1 --as wang {AT}")


def test_board_asks_for_no_workflow_where_one_has_projects_and_ends_long_columns(terminal: Terminal) -> None:
    lines = terminal.done(f"board --limit 2 {AT}").splitlines()

    assert [line.split()[0] for line in lines[3:]] == ["市场调研", "D3", "D2", "……还有"]
    assert lines[-1] == "  ……还有 1 个"
    assert len(terminal.data(f"board --limit 2 {AT}")["lanes"][0]["projects"]) == 3

    new_delivery(terminal)
    told = terminal.type(f"board {AT}")
    assert (told.code, "可选：pm_lifecycle, sales_pipeline" in told.err) == (1, True)


def test_export_of_several_workflows_has_the_fields_of_all(terminal: Terminal) -> None:
    new_delivery(terminal)

    rows = list(csv.DictReader(io.StringIO(terminal.done(f"export projects {AT}"))))

    found = [(row["project"], row["account"], row["discount"], row["budget"], row["deadline"]) for row in rows]
    assert found[0] == ("D1", "华兴制造", "0%", "", "")
    assert found[-1] == ("P1", "", "", "500", "2026-06-01")
    assert rows[0]["entered.market_research"].startswith("2026-03-03")
    assert rows[-1]["entered.initiation"].startswith("2026-03-02")


RECORDS = {
    "needs": "ref=N1 need=排程",
    "contacts": "name=陈总",
    "activities": "sort=call",
    "objections": "ref=O1 text=太贵",
    "surveys": "score=4",
    "orders": "number=PO-1 ordered_on=2026-03-01 amount=30000",
    "samples": "name=样机 sent_on=2026-03-02",
}


def test_every_record_of_daily_work_is_added_and_seen_at_the_account(terminal: Terminal) -> None:
    new_delivery(terminal)
    for name, values in RECORDS.items():
        terminal.done(f"record add D1 {name} {values} --as wang {AT}")
    terminal.done(f"record add D1 orders number=PO-2 ordered_on=2026-03-02 amount=20000 --as wang {AT}")
    terminal.done(f"record add P1 problems ref=Q1 text=网络不通 --as qian {AT}")

    seen = terminal.data("account show 华兴制造")["records"]

    assert {name: tally["rows"] for name, tally in seen.items()} == dict.fromkeys(RECORDS, 1) | {"orders": 2}
    assert seen["orders"]["totals"] == [{"field": "amount", "amount": "50000", "currency": "CNY"}]
    assert "金额合计 50,000 CNY" in terminal.done("account show 华兴制造")


def test_due_time_out_of_range_says_which_times_are_accepted(terminal: Terminal) -> None:
    told = terminal.type(f"task add D1 报价 --due 9999-12-31 --as wang {AT}")

    assert told.code == 1
    assert "时间“9999-12-31”超出可用范围" in told.err
    assert "可用范围：1900-01-01 … 2999-12-31" in told.err


def test_account_that_is_not_there_says_which_reference_was_read_and_which_others_there_are(terminal: Terminal) -> None:
    told = terminal.type("account show 华兴")

    assert told.code == 1
    assert "参照表“客户”（accounts）里没有“华兴”" in told.err
    assert "是否想写 `华兴制造`？其他参照表用 --reference：customer_spend" in told.err
    assert "、北岸零售；其他参照表用 --reference：" in terminal.type("account show xyz").err.replace(", ", "、")
    assert "--reference" not in terminal.type("account show 华兴 --reference accounts").err


@pytest.mark.usefixtures("terminal")
def test_mapping_in_a_broken_file_names_the_file() -> None:
    path = Path("workflows/broken.yaml")
    path.write_text("salespm: 1\nkind: mapping\nid: m\nversion: 1\nworkflow: sales_pipeline\nformat: csv\n", "utf-8")
    again = Terminal()

    told = again.type("import csv rows.csv --mapping m")
    other = again.type("import csv rows.csv --mapping n")
    path.unlink()

    assert told.code == 1
    assert "映射“m”所在的文件有错误：workflows/broken.yaml" in told.err
    assert "workflows/broken.yaml:1:1: 错误 SF141" in told.err
    assert "没有映射“n”\n  → 这里没有任何映射" in other.err
    assert "缺少 --mapping\n  → 这里没有 format: csv 的映射" in again.type("import csv rows.csv").err


def test_board_of_a_workflow_without_money_has_no_column_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    again = Terminal()
    again.done("init --lang zh")
    Path("workflows/plain.yaml").write_text(
        "salespm: 1\nkind: workflow\nid: plain\nversion: 1\ndomain: sales\ninitial: talk\n"
        "states: {talk: {title: 洽谈}, over: {final: true}}\ntransitions: {end: {from: talk, to: over}}\n",
        "utf-8",
    )
    again = Terminal()
    again.done(f"new plain --id P1 --as wang {AT}")

    assert again.done(f"board plain {AT}") == (
        "plain plain  1 个进行中\n"
        "  项目  负责人  停留  时限\n"
        "  ────  ──────  ────  ────\n"
        "洽谈 (talk)  1\n"
        "  P1    wang    0 天  —\n"
    )


def test_lessons_stand_on_no_board_and_in_no_list_that_does_not_name_them(terminal: Terminal) -> None:
    terminal.done(
        f"lesson add 范围不清 --polarity avoid --cause 没写明 --advice 写明接口 --tag 范围 --project D1 --as wang {AT}"
    )

    assert "lesson" not in terminal.done(f"board {AT}")
    assert [one["workflow"] for one in terminal.data(f"list {AT}")["projects"]] == ["sales_pipeline"] * 3
    assert len(terminal.data(f"list lesson {AT}")["projects"]) == 1
    assert "范围不清" in terminal.done(f"lesson list {AT}")
    assert "1 个进行中" in terminal.done(f"board lesson {AT}")


def test_history_tells_what_the_clock_did_and_whom_it_told(terminal: Terminal) -> None:
    flow = Path("workflows/calls.yaml")
    flow.write_text(
        """
salespm: 1
kind: workflow
id: calls
version: 1
domain: sales
title: {zh: 联系, en: Calls}
initial: talks
states:
  talks: {title: {zh: 洽谈, en: Talks}, sla: {warn: 2d, breach: 3d}}
  over: {title: {zh: 结束, en: Over}, final: true}
transitions:
  finish: {title: {zh: 完成, en: Finish}, from: talks, to: over, by: [owner]}
timers:
  daily: {in: talks, every: 2d, do: {n: {action: notify, who: owner, title: {zh: 该联系了, en: Time to call}}}}
""",
        "utf-8",
    )
    again = Terminal(is_reading_again=True)
    terminal.done(f"tick {AT}")
    again.done(f"new calls --id C1 --as wang {AT}")
    again.done("tick --now 2026-03-05T09:00")

    assert again.done("history C1").splitlines() == [
        "#1 2026-03-02 09:00  新建 calls  wang",
        "    转移 开始 → 洽谈 (talks)",
        "#2 2026-03-04 09:00  时限预警 洽谈 (talks)  system",
        "#3 2026-03-04 09:00  定时 daily  system",
        "    通知 wang：该联系了",
        "#4 2026-03-05 09:00  超出时限 洽谈 (talks)  system",
    ]
    assert [len(entry["sent"]) for entry in again.data("history C1")["entries"]] == [0, 0, 1, 0]


PAIR = {
    "deal": """
id: deal
domain: sales
title: {zh: 商机, en: Deal}
uses: {calendar: cn_office}
fields: {amount: {type: money, currency: CNY, title: {zh: 金额, en: Amount}}}
links: {job: {title: {zh: 交付, en: Job}, workflow: job, carry: {budget: amount / 2}}}
initial: talks
states: {talks: {title: 洽谈}, sold: {title: 已售}, over: {title: 结束, final: true}}
transitions:
  sell: {title: 成交, from: talks, to: sold, by: [owner], do: {go: {action: spawn, link: job}}}
  end: {title: 结束, from: sold, to: over, by: [owner]}
""",
    "job": """
id: job
domain: delivery
title: {zh: 交付, en: Job}
uses: {calendar: cn_office}
fields: {budget: {type: money, currency: CNY, title: {zh: 预算, en: Budget}}}
initial: intake
states: {intake: {title: 接收}, work: {title: 实施}, over: {title: 结束, final: true}}
transitions:
  take: {title: 接收, from: intake, to: work, by: [owner], do: {tell: {action: send, event: accepted, to: parent}}}
  end: {title: 结束, from: work, to: over, by: [owner]}
""",
}


def test_handoff_tells_what_was_changed_since_by_whom_and_why(terminal: Terminal) -> None:
    for name, text in PAIR.items():
        Path(f"workflows/{name}_pair.yaml").write_text(f"salespm: 1\nkind: workflow\nversion: 1\n{text}", "utf-8")
    terminal.done(f"tick {AT}")
    again = Terminal(is_reading_again=True)
    again.done(
        "new deal --id A amount=900 --as wang --now 2026-03-20T09:00",
        "advance A sell --as wang --now 2026-03-20T10:00",
        "advance A.job.1 take budget=440 --comment 按报价 --as wang --now 2026-03-20T16:00",
        "set A.job.1 budget=400 --comment 分包更便宜 --as wang --now 2026-03-23T09:00",
        "set A amount=1000 --comment 客户加购 --as wang --now 2026-03-24T09:00",
    )

    assert again.done("handoff show A").splitlines()[6:] == [
        "  内容  销售时   接收时   现在",
        "  ────  ───────  ───────  ───────  ──────",
        "  预算  450 CNY  440 CNY  400 CNY  有变化",
        "",
        "  交出之后的变更",
        "  2026-03-20 16:00  交付  wang",
        "    预算 450 CNY → 440 CNY",
        "    “按报价”",
        "  2026-03-23 09:00  交付  wang",
        "    预算 440 CNY → 400 CNY",
        "    “分包更便宜”",
        "  2026-03-24 09:00  销售  wang",
        "    预算 450 CNY → 500 CNY",
        "    “客户加购”",
        "",
        "  2026-03-20 16:00  → 父项目  已接收 (accepted) “按报价”",
    ]
    assert again.done("handoff show A.job.1 --lang en").splitlines()[6:17] == [
        "  What    Sold     Accepted  Now",
        "  ──────  ───────  ────────  ───────  ───────",
        "  Budget  450 CNY  440 CNY   400 CNY  changed",
        "",
        "  Changed since it was handed over",
        "  2026-03-20 16:00  delivery  wang",
        "    Budget 450 CNY → 440 CNY",
        "    “按报价”",
        "  2026-03-23 09:00  delivery  wang",
        "    Budget 440 CNY → 400 CNY",
        "    “分包更便宜”",
    ]
    (told,) = again.data("handoff show A")["handoffs"]
    figures = [(one["sold"]["amount"], one["accepted"]["amount"], one["now"]["amount"]) for one in told["carried"]]
    assert figures == [("450", "440", "400")]
    assert [
        (one["side"], one["actor"], one["field"], one["to"]["amount"], one["comment"]) for one in told["changes"]
    ] == [
        ("delivery", "wang", "budget", "440", "按报价"),
        ("delivery", "wang", "budget", "400", "分包更便宜"),
        ("sale", "wang", "budget", "500", "客户加购"),
    ]


def test_handoff_without_an_answer_says_how_long_it_has_waited(terminal: Terminal) -> None:
    head = "salespm: 1\nkind: workflow\nversion: 1\n"
    Path("workflows/deal_pair.yaml").write_text(
        f"""{head}id: deal
domain: sales
title: {{zh: 商机, en: Deal}}
uses: {{calendar: cn_office}}
links: {{job: {{title: {{zh: 交付, en: Job}}, workflow: job, carry: {{}}}}}}
initial: talks
states: {{talks: {{title: 洽谈}}, sold: {{title: 已售, final: true, outcome: won}}}}
transitions:
  sell: {{title: 成交, from: talks, to: sold, by: [owner], do: {{go: {{action: spawn, link: job}}}}}}
""",
        "utf-8",
    )
    Path("workflows/job_pair.yaml").write_text(
        f"""{head}id: job
domain: delivery
title: {{zh: 交付, en: Job}}
uses: {{calendar: cn_office}}
initial: intake
states: {{intake: {{title: 接收}}, made: {{title: 完成, final: true, outcome: delivered}}}}
transitions: {{finish: {{title: 完成, from: intake, to: made, by: [owner]}}}}
""",
        "utf-8",
    )
    terminal.done(f"tick {AT}")
    again = Terminal(is_reading_again=True)
    again.done("new deal --id A --as wang --now 2026-03-20T09:00", "advance A sell --as wang --now 2026-03-20T10:00")

    assert again.done("handoff show A --now 2026-03-23T12:00").splitlines() == [
        "A.job.1  等待接收  wang",
        "  交出 2026-03-20 10:00，已等待 1.25 个工作日",
    ]
    assert "    子项目 A.job.1 (job)" in again.done("history A").splitlines()
