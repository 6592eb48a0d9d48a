"""Builds the tasks of a state and what task actions share with them; and holds which of them wait for which."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import NamedTuple

from salespm_flow.definition.build.parties import read_parties, read_party
from salespm_flow.definition.build.reader import Findings, Reader, normalise
from salespm_flow.definition.findings import shown
from salespm_flow.definition.nodes import ListNode
from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Months, WorkingDays
from salespm_flow.model.expression import Duration, Effort
from salespm_flow.model.priority import Priority
from salespm_flow.model.workflow import State, StateTask

TASK = Bilingual("任务", "task")
_DAY = timedelta(days=1)


class Work(NamedTuple):
    """What every task says of the work itself."""

    due: Duration | None
    effort: Effort | None
    priority: Priority
    checklist: tuple[Bilingual, ...]


def read_work(reader: Reader) -> Work:
    """When a task is due, what it takes, how urgent it is and what is on its checklist."""
    return Work(
        due=_positive(reader, "due"),
        effort=_read_effort(reader),
        priority=reader.choice("priority", Priority) or Priority.NORMAL,
        checklist=_read_checklist(reader),
    )


def _positive(reader: Reader, key: str) -> Duration | None:
    duration = reader.duration(key)
    match duration:
        case WorkingDays(days=size) | Months(count=size):
            is_positive = size > 0
        case timedelta():
            is_positive = duration > timedelta()
        case None:
            return None
    if is_positive:
        return duration
    message = Bilingual(f"`{key}` 必须大于零", f"`{key}` must be above zero")
    reader.findings.error("SF313", message, reader.place(key))
    return None


def _read_effort(reader: Reader) -> Effort | None:
    effort = _positive(reader, "effort")
    written = (reader.text("effort") or "").strip()
    # A day of 24 hours, a week of seven days: nobody means them when speaking of work.
    is_calendar_time = isinstance(effort, Months) or (written.endswith(("d", "w")) and not written.endswith("wd"))
    if effort is None or not is_calendar_time:
        return None if isinstance(effort, Months) else effort
    message = Bilingual(
        f"工作量要用小时或工作日，不能用 {shown(written)}", f"Effort is hours or working days, not {shown(written)}"
    )
    reader.findings.error("SF312", message, reader.place("effort"), Bilingual("例如 16h 或 2wd", "such as 16h or 2wd"))
    return None


def _read_checklist(reader: Reader) -> tuple[Bilingual, ...]:
    node = reader.node("checklist")
    if node is None:
        return ()
    return tuple(reader.bilingual(item, "") for item in (node.items if isinstance(node, ListNode) else (node,)))


def read_tasks(reader: Reader, path: str) -> tuple[StateTask, ...]:
    """The tasks made when the state of that path is entered, in file order."""
    built = (
        _read_task(Reader(reader.findings, node, "workflow.task"), id_, path)
        for id_, _, node in reader.entries("tasks")
    )
    return tuple(task for task in built if task is not None)


def _read_task(reader: Reader, id_: str, path: str) -> StateTask | None:
    reader.require("accountable")
    accountable, responsible = read_party(reader, "accountable"), read_party(reader, "responsible")
    title, work = reader.title("title", id_), read_work(reader)
    consulted, informed = read_parties(reader, "consulted") or (), read_parties(reader, "informed") or ()
    needs = reader.names("needs")
    reader.findings.places |= {f"tasks.{path}.{id_}.needs.{normalise(name.text)}": name for name in needs}
    if accountable is None:
        return None
    return StateTask(
        id=id_,
        title=title,
        accountable=accountable,
        responsible=responsible or accountable,
        consulted=consulted,
        informed=informed,
        due=work.due,
        effort=work.effort,
        needs=tuple(normalise(name.text) for name in needs),
        priority=work.priority,
        checklist=work.checklist,
        span=reader.span,
    )


def check_needs(findings: Findings, states: Mapping[str, State]) -> None:
    """What a task needs is recorded where it is no task of its state, of one around it or of an earlier one.

    Those around a state and those before it stand before it in the file, so that only tasks of one state can wait for
    each other in a circle; that is recorded with the circle spelled out.
    """
    earlier: dict[str, None] = {}
    for path, state in states.items():
        known = earlier | dict.fromkeys(task.id for task in state.tasks)
        for task in state.tasks:
            for name in task.needs:
                if name not in known:
                    node = findings.places[f"tasks.{path}.{task.id}.needs.{name}"]
                    findings.unknown("SF380", TASK, node, [one for one in known if one != task.id])
        for cycle in cycles({task.id: task.needs for task in state.tasks}):
            arrows = " → ".join((*cycle, cycle[0]))
            message = Bilingual(f"任务互相等待：{arrows}", f"Tasks wait for each other: {arrows}")
            node = findings.places[f"tasks.{path}.{cycle[0]}.needs.{cycle[1 % len(cycle)]}"]
            findings.error("SF381", message, node.span, Bilingual("去掉其中一个 needs", "take one of the needs out"))
        earlier = known


def cycles(needs: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Circles of the graph, each name first met in file order; after one is found its names are not looked at again."""
    done: set[str] = set()
    for start in needs:
        trail: dict[str, Iterator[str]] = {}
        name: str | None = start
        while name is not None:
            if name in trail:
                names = tuple(trail)
                yield names[names.index(name) :]
                done |= trail.keys()
                break
            if name not in done:
                trail[name] = iter(needs.get(name, ()))
            name = _next(trail, done)


def _next(trail: dict[str, Iterator[str]], done: set[str]) -> str | None:
    """The next name to look at: needed by the newest of the trail that has any left; what has none is done."""
    while trail:
        newest = next(reversed(trail))
        for name in trail[newest]:
            if name not in done:
                return name
        done.add(newest)
        del trail[newest]
    return None
