"""The part of a project's report that says how far it has come: tasks done, overdue, blocked, its time limit."""

from decimal import Decimal

from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.views.sla import Light, limits
from salespm_flow.model.project import Project
from salespm_flow.model.statuses import TaskStatus
from salespm_flow.report.management.page import Section, Tile, Tiles
from salespm_flow.report.management.sheet import Sheet
from salespm_flow.report.values import NOTHING

_TONES = {Light.GREEN: "good", Light.AMBER: "warn", Light.RED: "bad"}


def progress_section(sheet: Sheet, project: Project, compiled: Compiled, note: str) -> Section:
    """How far the project has come."""
    text = sheet.text
    tasks = [task for task in project.tasks.values() if task.status is not TaskStatus.VOID]
    done = sum(task.status is TaskStatus.DONE for task in tasks)
    late = sum(task.is_open and task.due_at is not None and task.due_at < sheet.inquiry.at for task in tasks)
    blocked = sum(task.status is TaskStatus.BLOCKED for task in tasks)
    tiles = (
        Tile(
            label=text("任务完成", "Tasks done"),
            value=sheet.rate(Decimal(done) / len(tasks) if tasks else None),
            note=note if tasks else "",
            told=text(f"{done} / {len(tasks)} 项", f"{done} of {len(tasks)}"),
        ),
        Tile(label=text("逾期任务", "Overdue tasks"), value=str(late), note=note, tone="bad" if late else "good"),
        Tile(
            label=text("受阻任务", "Blocked tasks"), value=str(blocked), note=note, tone="warn" if blocked else "good"
        ),
        *_limit(sheet, project, compiled, note),
    )
    return Section(id="progress", title=text("进度", "Progress"), blocks=(Tiles(tiles),))


def _limit(sheet: Sheet, project: Project, compiled: Compiled, note: str) -> tuple[Tile, ...]:
    """How the state's time limit stands; nothing where it has none."""
    worst = next(iter(limits(compiled.workflow, project, sheet.inquiry.at)), None) if project.is_open else None
    if worst is None:
        return ()
    text = sheet.text
    words = {
        Light.GREEN: text("正常", "in time"),
        Light.AMBER: text("临近", "near"),
        Light.RED: text("已超时", "exceeded"),
    }
    due = NOTHING if worst.due_at is None else sheet.day(worst.due_at)
    told = text(f"下一时限 {due}", f"next limit {due}")
    label = text("状态时限", "Time limit")
    return (Tile(label=label, value=words[worst.light], note=note, told=told, tone=_TONES[worst.light]),)
