"""Parts of a closing report: what came of the project, and which risks were foreseen."""

from collections.abc import Iterator
from decimal import Decimal

from salespm_flow.model.history import FieldSet, Moved
from salespm_flow.model.project import Risk
from salespm_flow.model.statuses import RiskStatus, TaskStatus
from salespm_flow.report.management.page import Block, Cell, Section, Tile, Tiles, Words
from salespm_flow.report.management.project_told import ToldProject
from salespm_flow.report.management.risk_parts import risk_note
from salespm_flow.report.values import NOTHING, shown


def result_section(told: ToldProject) -> Section:
    """What came of it, how long it took, what went otherwise."""
    text, note = told.sheet.text, told.note
    tiles = (
        Tile(label=text("结果", "Outcome"), value=told.outcome, note=note, told=told.states),
        Tile(label=text("历时", "Duration"), value=told.sheet.days(told.length), note=note),
        _in_time(told),
        _issues(told),
        *_departures(told),
    )
    blocks: tuple[Block, ...] = (Tiles(tiles),)
    if told.project.is_open:
        words = text("项目尚未结束：以下为截至目前的情况。", "The project has not ended: this is how it stands so far.")
        blocks = (Words(words, "warn"), *blocks)
    return Section(id="result", title=text("结果", "Result"), blocks=blocks)


def _in_time(told: ToldProject) -> Tile:
    sheet = told.sheet
    done = [task for task in told.project.tasks.values() if task.status is TaskStatus.DONE]
    dated = [task for task in done if task.due_at is not None and task.closed_at is not None]
    in_time = sum(task.closed_at <= task.due_at for task in dated if task.closed_at and task.due_at)
    share = sheet.rate(Decimal(in_time) / len(dated) if dated else None)
    return Tile(
        label=sheet.text("按期完成的任务", "Tasks done in time"),
        value=share,
        note=told.note,
        told=sheet.text(f"{in_time} / {len(dated)} 项有期限的任务", f"{in_time} of {len(dated)} with a due date"),
    )


def _issues(told: ToldProject) -> Tile:
    text = told.sheet.text
    occurred = [risk for risk in told.project.risks.values() if risk.issue is not None]
    foreseen = sum(risk.is_foreseen for risk in occurred)
    return Tile(
        label=text("发生的问题", "Issues"),
        value=str(len(occurred)),
        note=told.note,
        told=text(f"其中 {foreseen} 项事先登记过", f"{foreseen} of them foreseen"),
    )


def _departures(told: ToldProject) -> tuple[Tile, Tile]:
    """Fields changed after the opening, and moves that an override let through."""
    text = told.sheet.text
    changes = sum(isinstance(one, FieldSet) for entry in told.entries[1:] for one in entry.changes)
    waived = sum(isinstance(one, Moved) and bool(one.waived) for entry in told.entries for one in entry.changes)
    tone = "warn" if waived else "good"
    return (
        Tile(label=text("字段修改", "Changes of fields"), value=str(changes), note=told.note),
        Tile(label=text("破例推进", "Overrides"), value=str(waived), note=told.note, tone=tone),
    )


def foreseen_sections(told: ToldProject) -> Iterator[Section]:
    """What was foreseen and what happened; nothing where there were no risks."""
    risks = tuple(told.project.risks.values()) if told.compiled.risks else ()
    if not risks:
        return
    sheet, text = told.sheet, told.sheet.text
    note = risk_note(sheet, len(risks))
    rows = tuple(_foreseen(told, risk, note) for risk in risks)
    heads = (
        text("风险", "Risk"),
        text("预计概率", "Chance"),
        text("结果", "What happened"),
        text("预见", "Foreseen"),
        text("实际损失", "Real loss"),
    )
    yield told.listed("foreseen", text("风险：预计与实际", "Risks: foreseen and real"), heads, rows)


def _foreseen(told: ToldProject, risk: Risk, note: str) -> tuple[Cell, ...]:
    sheet, text = told.sheet, told.sheet.text
    happened = risk.issue is not None or risk.status is RiskStatus.OCCURRED
    chance = sheet.rate(risk.chance)
    cost = NOTHING if risk.issue is None or risk.issue.money is None else shown(sheet, risk.issue.money)
    tone = "warn" if happened else ""
    return (
        Cell(sheet.of(risk.title)),
        Cell(chance, note if chance != NOTHING else "", tone),
        Cell(text("发生", "occurred") if happened else text("未发生", "did not occur"), "", tone),
        Cell(text("事先登记", "foreseen") if risk.is_foreseen else text("未预见", "not foreseen"), "", tone),
        Cell(cost, note if cost != NOTHING else "", tone),
    )
