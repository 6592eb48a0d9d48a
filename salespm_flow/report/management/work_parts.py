"""Parts of reports about people's work: load, conflicts, what is late or blocked, issues, and what no goal needs."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from salespm_flow.engine.measure.workload import HORIZON, LEAST, MOST, IssueLine, PersonLoad, TaskLine, Workload
from salespm_flow.model.statuses import TaskStatus
from salespm_flow.model.workflow import Domain
from salespm_flow.report.management.page import Block, Cell, Column, Section, Table, Words
from salespm_flow.report.management.people import NAMED, busiest, others
from salespm_flow.report.management.sheet import Sheet
from salespm_flow.report.values import NOTHING, number

_DAYS = HORIZON.days


def assignment_section(sheet: Sheet, found: Workload) -> Section:
    """Who works in which workflow, and where what is asked of a person cannot all be done."""
    text, workflows = sheet.text, sheet.inquiry.runner.library.workflows
    note = _people_note(sheet, found)
    asked = {name for one in found.people.values() for name in (*one.owned, *one.tasks)}
    used = [name for name in workflows if name in asked]
    most = busiest({name: one for name, one in found.people.items() if one.owned or one.tasks}, _work)
    rows = tuple(
        sheet.cells((name, *(_assigned(one, workflow) for workflow in used)), note) for name, one in most.items()
    )
    rest = sum(bool(one.owned or one.tasks) for one in found.people.values()) - len(most)
    matrix = Table(
        caption=text("负责的项目 + 待办任务", "projects owned + open tasks"),
        columns=(
            Column(text("人员", "Person")),
            *(Column(sheet.of(workflows[name].title), is_number=True) for name in used),
        ),
        rows=rows,
        rest=others(sheet, rest),
        rest_note=note if rest > 0 else "",
    )
    empty = Words(text("没有人有项目或任务。", "Nobody has a project or a task."))
    return Section(
        id="assignments",
        title=text("分工与冲突", "Assignments and conflicts"),
        blocks=(matrix if used else empty, _conflicts(sheet, found, note)),
    )


def _work(one: PersonLoad) -> int:
    """How many projects and tasks a person has."""
    return sum(one.owned.values()) + sum(one.tasks.values())


def _assigned(one: PersonLoad, workflow: str) -> str:
    owned, tasks = one.owned.get(workflow, 0), one.tasks.get(workflow, 0)
    return f"{owned} + {tasks}" if owned or tasks else NOTHING


def _conflicts(sheet: Sheet, found: Workload, note: str) -> Block:
    text = sheet.text
    heavy = sorted(found.people.items(), key=lambda one: (-(one[1].load or 0), one[0]))
    rows = [row for name, one in heavy for row in _conflicts_of(sheet, name, one, note)]
    if not rows:
        return Words(text("没有发现冲突。", "No conflict was found."), "good")
    heads = (text("人员", "Person"), text("冲突", "Conflict"), text("项目", "Project"))
    rest = sheet.left_out(len(rows) - NAMED, "个冲突", "conflicts are")
    return Table(
        caption=text("冲突，负荷最重的在前", "Conflicts, the heaviest load first"),
        columns=tuple(Column(head) for head in heads),
        rows=tuple(rows[:NAMED]),
        rest=rest,
        rest_note=note if rest else "",
    )


def _conflicts_of(sheet: Sheet, name: str, one: PersonLoad, note: str) -> Iterator[tuple[Cell, ...]]:
    text = sheet.text
    if one.load is not None and one.load > MOST:
        told = text(
            f"未来 {_DAYS} 天的任务占可用工时的 {sheet.rate(one.load)}",
            f"the tasks of the next {_DAYS} days are {sheet.rate(one.load)} of the hours",
        )
        yield (Cell(name), Cell(told, note, "bad"), Cell(NOTHING))
    for line in one.away:
        told = text(
            f"任务“{sheet.of(line.task.title)}”在休假期间到期",
            f"“{sheet.of(line.task.title)}” is due while away",
        )
        yield (Cell(name), Cell(told, "", "warn"), Cell(f"{line.project} · {sheet.day(line.task.due_at)}", note))


def load_section(sheet: Sheet, found: Workload) -> Section:
    """The load of each person across deals and projects, and who has too much or too little of it."""
    text = sheet.text
    note = _people_note(sheet, found)
    heads: tuple[str, ...] = (text("销售任务", "Sales tasks"), text("交付任务", "Delivery tasks"))
    heads += (text("其他任务", "Other tasks"), text("计划工时", "Planned"), text("未来可用", "Hours ahead"))
    heads += (text("负荷", "Load"), text("已登记工时", "Logged"), text("本期可用", "Hours of the period"))
    heads += (text("利用率", "Utilisation"),)
    most = busiest(found.people, lambda one: sum(one.tasks.values()))
    rows = tuple((*_loaded(sheet, name, one, note), _verdict(sheet, one)) for name, one in most.items())
    rest = len(found.people) - len(most)
    table = Table(
        caption=text("未来四周的计划，本期的工时", "plans of the next four weeks, hours of the period"),
        columns=(
            Column(text("人员", "Person")),
            *(Column(head, is_number=True) for head in heads),
            Column(text("判断", "Verdict")),
        ),
        rows=rows,
        rest=others(sheet, rest),
        rest_note=note if rest > 0 else "",
    )
    empty = Words(text("没有人员。", "There are no people."))
    return Section(id="load", title=text("负荷与分配", "Load and allocation"), blocks=(table if rows else empty,))


def _loaded(sheet: Sheet, name: str, one: PersonLoad, note: str) -> tuple[Cell, ...]:
    sales, delivery = (one.domains.get(domain, 0) for domain in (Domain.SALES, Domain.DELIVERY))
    other = sum(one.domains.values()) - sales - delivery
    hours = tuple(_hours(sheet, given) for given in (one.planned, one.ahead, one.logged, one.capacity))
    planned, ahead, logged, capacity = hours
    words = (name, *map(sheet.count, (sales, delivery, other)), planned, ahead, sheet.rate(one.load))
    return sheet.cells((*words, logged, capacity, sheet.rate(one.utilisation)), note)


def _verdict(sheet: Sheet, one: PersonLoad) -> Cell:
    """What the greater of plan and time sheets says; without hours of either nothing is said."""
    shares = [share for share in (one.load, one.utilisation) if share]
    if not shares:
        return Cell(NOTHING)
    if max(shares) > MOST:
        return Cell(sheet.text("过多", "too much"), "", "bad")
    if max(shares) < LEAST:
        return Cell(sheet.text("过少", "too little"), "", "warn")
    return Cell(sheet.text("合适", "sound"), "", "good")


def supervision_section(sheet: Sheet, found: Workload) -> Section:
    """What is overdue or blocked, by person, and the tasks by name."""
    text = sheet.text
    note = _people_note(sheet, found)
    late = {name: one for name, one in found.people.items() if one.overdue or one.blocked}
    most = busiest(late, lambda one: one.overdue + one.blocked)
    counts = Table(
        caption=text("每人逾期与受阻的任务", "Overdue and blocked tasks of each person"),
        columns=(
            Column(text("人员", "Person")),
            Column(text("逾期", "Overdue"), is_number=True),
            Column(text("受阻", "Blocked"), is_number=True),
        ),
        rows=tuple(
            sheet.cells((name, sheet.count(one.overdue), sheet.count(one.blocked)), note) for name, one in most.items()
        ),
        rest=others(sheet, len(late) - len(most)),
        rest_note=note if len(late) > len(most) else "",
    )
    named = _tasks(sheet, text("最早到期的在前", "the longest overdue first"), found.late, note)
    blocks: tuple[Block, ...] = (counts, named) if late else (named,)
    good = Words(text("没有逾期或受阻的任务。", "No task is overdue or blocked."), "good")
    title = text("逾期与受阻的工作", "Overdue and blocked work")
    return Section(id="supervision", title=title, blocks=blocks if found.late else (good,))


def aimless_section(sheet: Sheet, found: Workload) -> Section | None:
    """The open tasks that serve no goal of the period; None where there is no goal to serve."""
    if not found.has_goals:
        return None
    text = sheet.text
    title = text("不服务于任何目标的任务", "Tasks that no goal needs")
    if not found.aimless:
        return Section(
            id="aimless",
            title=title,
            blocks=(Words(text("每项待办任务都服务于某个目标。", "Every open task serves a goal."), "good"),),
        )
    rest = found.aimless_count - len(found.aimless)
    caption = text(
        "其项目既不计入目标的指标，也不由计入的项目派生",
        "no goal's KPI counts their project, nor the one that began it",
    )
    table = _tasks(sheet, caption, found.aimless, _people_note(sheet, found), rest=rest)
    return Section(id="aimless", title=title, blocks=(table,))


def issues_section(sheet: Sheet, found: Workload) -> Section:
    """The open issues of each person's projects: what occurred, what is done about it, until when."""
    text = sheet.text
    title = text("问题看板", "Issue board")
    if not found.issues:
        return Section(
            id="issues", title=title, blocks=(Words(text("没有未解决的问题。", "No issue is open."), "good"),)
        )
    heads: tuple[str, ...] = (
        text("负责人", "Owner"),
        text("问题", "Issue"),
        text("项目", "Project"),
        text("发生于", "Since"),
    )
    heads += (text("应急措施", "Action"), text("期限", "Due"))
    ordered = sorted(found.issues, key=lambda line: line.owner)
    count = sum(one.issues for one in found.people.values())
    rest = count - len(ordered)
    table = Table(
        caption=text("按负责人", "by the owner of the project"),
        columns=tuple(Column(head) for head in heads),
        rows=tuple(_issue(sheet, line, _people_note(sheet, found)) for line in ordered),
        rest=sheet.left_out(rest, "个问题", "issues are"),
        rest_note=_people_note(sheet, found) if rest > 0 else "",
    )
    return Section(id="issues", title=title, blocks=(table,))


def _issue(sheet: Sheet, line: IssueLine, note: str) -> tuple[Cell, ...]:
    issue = line.risk.issue
    if issue is None:
        return ()
    is_late = issue.due_at is not None and issue.due_at < sheet.inquiry.at
    return (
        Cell(line.owner),
        Cell(sheet.of(issue.title)),
        Cell(line.project),
        Cell(sheet.day(issue.opened_at), note),
        Cell(NOTHING if issue.action is None else sheet.of(issue.action)),
        Cell(sheet.day(issue.due_at), note if issue.due_at else "", "bad" if is_late else ""),
    )


def planned_section(sheet: Sheet, found: Workload) -> Section:
    """The activities that were due in the period against what was done."""
    text, workflows = sheet.text, sheet.inquiry.runner.library.workflows
    planned = sum(one.planned for one in found.planned.values())
    note = sheet.note(
        "planned",
        text("计划与完成的活动", "Activities planned and done"),
        text(
            "计划：期限在本期内的任务；按时：不晚于期限完成；执行率 = 完成 ÷（计划 − 取消）",
            "planned: tasks due in the period; in time: done by then; done share = done ÷ (planned − dropped)",
        ),
        text(f"{planned:,} 项任务", f"{planned:,} task(s)"),
    )
    rows = []
    for (workflow, origin), one in found.planned.items():
        done, asked = one.in_time + one.late, one.planned - one.dropped
        kind = (
            sheet.of(found.titles[workflow, origin].title) if origin else text("手工添加的任务", "tasks added by hand")
        )
        figures = (one.planned, one.in_time, one.late, one.dropped, one.open)
        rate = sheet.rate(Decimal(done) / asked if asked else None)
        rows.append(
            sheet.cells((f"{sheet.of(workflows[workflow].title)} · {kind}", *map(sheet.count, figures), rate), note)
        )
    heads: tuple[str, ...] = (text("计划", "Planned"), text("按时", "In time"), text("迟完成", "Late"))
    heads += (text("取消", "Dropped"), text("未完成", "Open"), text("执行率", "Done"))
    table = Table(
        caption=text("期限在本期内的任务", "tasks due in the period"),
        columns=(Column(text("活动", "Activity")), *(Column(head, is_number=True) for head in heads)),
        rows=tuple(rows),
    )
    empty = Words(text("本期没有到期的任务。", "No task was due in the period."))
    return Section(
        id="planned", title=text("活动：计划与完成", "Activities: planned and done"), blocks=(table if rows else empty,)
    )


def _tasks(sheet: Sheet, caption: str, lines: Sequence[TaskLine], note: str, *, rest: int = 0) -> Table:
    text = sheet.text
    heads: tuple[str, ...] = (text("任务", "Task"), text("谁做", "Who"), text("项目", "Project"), text("期限", "Due"))
    heads += (text("状况", "Status"),)
    return Table(
        caption=caption,
        columns=tuple(Column(head) for head in heads),
        rows=tuple(_task(sheet, line, note) for line in lines),
        rest=sheet.left_out(rest, "项", "are"),
        rest_note=note if rest > 0 else "",
    )


def _task(sheet: Sheet, line: TaskLine, note: str) -> tuple[Cell, ...]:
    text, task = sheet.text, line.task
    is_overdue = task.due_at is not None and task.due_at < sheet.inquiry.at
    status = text("待办", "open")
    if task.status is TaskStatus.BLOCKED:
        status = text(f"受阻：{task.blocked}", f"blocked: {task.blocked}")
    elif is_overdue:
        status = text("逾期", "overdue")
    return (
        Cell(sheet.of(task.title)),
        Cell(sheet.party(task.who)),
        Cell(line.project),
        Cell(sheet.day(task.due_at), note if task.due_at else "", "bad" if is_overdue else ""),
        Cell(status, "", "bad" if is_overdue else "warn" if task.status is TaskStatus.BLOCKED else ""),
    )


def _people_note(sheet: Sheet, found: Workload) -> str:
    text = sheet.text
    return sheet.note(
        "load",
        text("负荷", "Load"),
        text(
            f"计划工时：{_DAYS} 天内到期（或无期限）的待办任务所写的工时；未来可用：同期的工作日乘以每日工时，扣除"
            "休假；负荷 = 两者之比；利用率 = 本期登记工时 ÷ 本期可用工时；超过 100% 为过多，不足 50% 为过少",
            f"planned: the effort of open tasks due within {_DAYS} days or without a day; hours ahead: the working days"
            " of that time, those away taken out; load = planned ÷ ahead; utilisation = hours logged ÷ hours of the"
            " period; above 100 % is too much, below 50 % too little",
        ),
        text(f"{len(found.people):,} 人", f"{len(found.people):,} people"),
    )


def _hours(sheet: Sheet, length: timedelta | None) -> str:
    if not length:
        return NOTHING
    told = number((Decimal(length // timedelta(seconds=1)) / 3600).quantize(Decimal("0.1")))
    return sheet.text(f"{told} 小时", f"{told} h")
