"""`inbox`: what waits for one person across all projects, and the command that deals with each."""

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import count_option, shared_options
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.cli.foresight import Foresight
    from salespm_flow.engine.views.lateness import Lateness
    from salespm_flow.engine.views.worklist import Parties, WorkItem, Worklist

SHOWN: Final = 20
SECTIONS: Final = {
    "approvals": Bilingual("待我审批", "Approvals to give"),
    "tasks": Bilingual("我的任务", "My tasks"),
    "limits": Bilingual("时限预警与超时", "Time limits near or past"),
    "overdue": Bilingual("我负责或管理的项目中他人的逾期任务", "Overdue tasks of others in my projects"),
    "reviews": Bilingual("到期的风险应对", "Risk responses due"),
}
STANDINGS: Final = {
    "ready": Bilingual("可办理", "ready"),
    "waiting": Bilingual("等待", "waits for"),
    "blocked": Bilingual("受阻", "blocked"),
    "warned": Bilingual("预警", "warned"),
    "breached": Bilingual("已超时", "breached"),
}


def run(session: Session, *, limit: int | None) -> int:
    """The worklist of who acts is told."""
    from salespm_flow.cli.lookup import require_known
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.engine.views.worklist import parties_of, worklist

    who = parties_of(session.library, session.actor, session.now)
    found = worklist(session.runner, who, session.now)
    if not any(found.values()):
        require_known(session, session.actor.id)
    if session.is_json:
        write_json(_answer(session, who, found))
    else:
        write_text("\n".join(_lines(session, found, limit or SHOWN)))
    return 0


def command_of(item: "WorkItem") -> tuple[str, ...]:
    """The words that deal with it, after the program's name."""
    match item.section:
        case "approvals":
            return ("approve", item.project, item.id)
        case "tasks" if item.standing == "blocked":
            return ("task", "unblock", item.project, item.id)
        case "tasks" if item.standing == "waiting":
            return ("task", "list", item.project)
        case "tasks" if item.unticked:
            return ("task", "tick", item.project, item.id, "all")
        case "tasks":
            return ("task", "done", item.project, item.id)
        case "limits":
            return ("why", item.project)
        case "overdue":
            return ("task", "list", item.project, "--overdue")
        case _:
            return ("status", item.project)


def _answer(session: Session, who: "Parties", found: "Worklist") -> dict[str, object]:
    from salespm_flow.cli.foresight import Foresight

    now, foresight = session.now, Foresight(session)
    return {
        "status": "ok",
        "person": who.actor.id,
        "parties": list(who.parties),
        "owners": list(who.owners),
        "counts": {
            **{section.value: len(items) for section, items in found.items()},
            "overdue_in_all": sum(item.is_overdue(now) for items in found.values() for item in items),
        },
        "sections": {
            section.value: [_item_answer(foresight, session, one) for one in items] for section, items in found.items()
        },
    }


def _item_answer(foresight: "Foresight", session: Session, item: "WorkItem") -> dict[str, object]:
    from salespm_flow.engine.answers import iso, plain, texts

    late = _lateness(session, item)
    return {
        "project": item.project,
        "owner": item.owner,
        "id": item.id,
        "title": texts(item.title),
        "who": item.party,
        "standing": item.standing.value,
        "due_at": None if item.due_at is None else iso(item.due_at),
        "since": None if item.since is None else iso(item.since),
        "breached_at": None if late is None else iso(late.breached_at),
        "late_working_days": None if late is None or late.working_days is None else plain(late.working_days),
        "overdue": item.is_overdue(session.now),
        "provisional": foresight.is_provisional(item.project, item.due_at),
        "priority": item.priority.value,
        "requester": item.requester,
        "waits_for": list(item.waits_for),
        "unticked": item.unticked,
        "command": shlex.join(command_of(item)),
    }


def _lines(session: Session, found: "Worklist", limit: int) -> Iterator[str]:
    from salespm_flow.cli.render import Ink

    palette = session.palette
    count = sum(len(items) for items in found.values())
    late = sum(item.is_overdue(session.now) for items in found.values() for item in items)
    if not count:
        yield session.text(f"{session.actor.id}：没有待办", f"{session.actor.id}: nothing waits for you")
        return
    head = session.text(f"{session.actor.id}：{count} 项待办", f"{session.actor.id}: {count} thing(s) to look at")
    overdue = session.text(f"，{late} 项逾期", f", {late} overdue") if late else ""
    yield palette.paint(head, Ink.STRONG) + palette.paint(overdue, Ink.BAD)
    for section, items in found.items():
        if not items:
            continue
        yield ""
        yield palette.paint(f"{session.of(SECTIONS[section.value])} ({len(items)})", Ink.STRONG)
        yield _table(session, items[:limit])
        if len(items) > limit:
            yield session.text(f"……还有 {len(items) - limit} 项", f"… and {len(items) - limit} more")


def _table(session: Session, items: "tuple[WorkItem, ...]") -> str:
    from salespm_flow.cli.foresight import Foresight
    from salespm_flow.cli.render import Ink, table

    foresight = Foresight(session)
    header = (
        session.text("期限", "Due"),
        session.text("项目", "Project"),
        session.text("事项", "What"),
        session.text("情况", "How it stands"),
        session.text("怎么办", "To do it"),
    )
    rows = [
        (
            _due(session, foresight, item),
            session.palette.paint(item.project, Ink.NAME),
            f"{session.of(item.title)} ({item.id})",
            _standing(session, item),
            shlex.join(command_of(item)),
        )
        for item in items
    ]
    return table(header, rows, session.palette)


def _lateness(session: Session, item: "WorkItem") -> "Lateness | None":
    """How long the time limit is past, None of anything but a breached one."""
    from salespm_flow.engine.views.lateness import lateness

    if item.standing.value != "breached":
        return None
    return lateness(session.runner, item.project, item.id, session.now)


def _due(session: Session, foresight: "Foresight", item: "WorkItem") -> str:
    from salespm_flow.cli.due import due_text, lateness_text

    if (late := _lateness(session, item)) is not None:
        return lateness_text(session, late)
    is_provisional = foresight.is_provisional(item.project, item.due_at)
    return due_text(session, item.due_at, session.now, is_provisional=is_provisional)


def _standing(session: Session, item: "WorkItem") -> str:
    """How it stands, with whatever else one wants to know before acting."""
    from salespm_flow.cli.commands.task_list import priority_text
    from salespm_flow.cli.due import stay_text
    from salespm_flow.cli.render import Ink
    from salespm_flow.cli.values import party

    parts = []
    if item.priority.value != "normal":
        parts.append(priority_text(session, item.priority.value))
    words = session.of(STANDINGS[item.standing.value])
    if item.waits_for:
        words = session.text(f"{words}：", f"{words}: ") + session.text("、", ", ").join(item.waits_for)
    inks = {"blocked": Ink.BAD, "breached": Ink.BAD, "warned": Ink.WARNING}
    if item.standing.value != "ready":
        ink = inks.get(item.standing.value)
        parts.append(words if ink is None else session.palette.paint(words, ink))
    if item.unticked:
        parts.append(session.text(f"{item.unticked} 项未勾选", f"{item.unticked} to tick"))
    if item.section.value == "limits" and item.since is not None:
        parts.append(stay_text(session, item.since))
    if item.requester:
        parts.append(session.text(f"{item.requester} 申请", f"asked by {item.requester}"))
    if item.section.value == "overdue" or item.party.startswith("role:"):
        parts.append(party(session, item.party))
    is_named = item.section.value == "overdue" and item.party == f"person:{item.owner}"
    if item.section.value in {"limits", "overdue"} and item.owner != session.actor.id and not is_named:
        parts.append(session.text(f"负责人 {item.owner}", f"owner {item.owner}"))
    return session.text("，", ", ").join(parts)


COMMAND: Final = BilingualCommand(
    "inbox",
    Bilingual(
        "列出等着操作人处理的事：待审批、任务、逾期、时限、到期的风险应对，以及怎么办。\n"
        "没有组织文档时，用 --role 说明所任的角色。\n例：salespm-flow inbox --as wang --role sales_rep",
        "Lists what waits for who acts: approvals, tasks, overdue work, time limits, risk responses due, and how to "
        "deal with each.\nWithout an organisation the role held is said with --role.\n"
        "Example: salespm-flow inbox --as wang --role sales_rep",
    ),
    (
        count_option(
            "limit",
            "--limit",
            Bilingual(f"每类最多列出几项，缺省 {SHOWN}", f"How many of each at most; {SHOWN} by default"),
        ),
        *shared_options(),
    ),
    run,
)
