"""Tables of projects and risks by name, for every report that tells some."""

from collections.abc import Sequence

from salespm_flow.engine.measure.portfolio import ProjectLine, RiskLine
from salespm_flow.report.management.page import Cell, Column, Table
from salespm_flow.report.management.sheet import Sheet
from salespm_flow.report.values import NOTHING
from salespm_flow.rules.exposure import emv

# A level in the upper part of its scale is shown as bad, one in the middle as a warning.
_BAD, _WARN = 0.6, 0.3


def project_table(sheet: Sheet, caption: str, lines: Sequence[ProjectLine], note: str) -> Table:
    """The projects with state, owner, days in the state and amount."""
    text = sheet.text
    workflows = sheet.inquiry.runner.library.workflows
    return Table(
        caption=caption,
        columns=(
            Column(text("项目", "Project")),
            Column(text("状态", "State")),
            Column(text("负责人", "Owner")),
            Column(text("在此状态", "In the state for"), is_number=True),
            Column(text("金额", "Amount"), is_number=True),
        ),
        rows=tuple(
            (
                Cell(line.project),
                Cell(sheet.state(workflows[line.workflow], line.state)),
                Cell(line.owner),
                Cell(sheet.days(sheet.inquiry.at - line.since), note),
                Cell(
                    NOTHING if line.amount is None else sheet.money(line.amount.amount, line.amount.currency),
                    "" if line.amount is None else note,
                ),
            )
            for line in lines
        ),
    )


def risk_table(sheet: Sheet, caption: str, lines: Sequence[RiskLine], note: str, *, count: int) -> Table:
    """The risks with their level, what they may cost, who owns them and what is done; `count` is that of all."""
    text = sheet.text
    return Table(
        caption=caption,
        columns=(
            Column(text("风险", "Risk")),
            Column(text("项目", "Project")),
            Column(text("等级", "Level")),
            Column(text("评分", "Score"), is_number=True),
            Column(text("期望损失", "Expected loss"), is_number=True),
            Column(text("负责", "Owner")),
            Column(text("应对", "Response")),
        ),
        rows=tuple(_risk_row(sheet, line, note) for line in lines),
        rest=sheet.left_out(count - len(lines), "项", "are"),
        rest_note=note if count > len(lines) else "",
    )


def _risk_row(sheet: Sheet, line: RiskLine, note: str) -> tuple[Cell, ...]:
    risk, expected = line.risk, emv(line.risk)
    return (
        Cell(sheet.of(risk.title)),
        Cell(line.project),
        Cell(sheet.level(risk), tone=tone_of(line.rank, line.levels)),
        Cell(str(risk.score), note),
        Cell(
            NOTHING if expected is None else sheet.money(expected.amount, expected.currency),
            "" if expected is None else note,
        ),
        Cell(sheet.party(risk.owner)),
        Cell(NOTHING if risk.response is None else sheet.of(risk.response)),
    )


def tone_of(rank: int, levels: int) -> str:
    """How a level stands out: by its place among the levels of its model."""
    place = rank / max(levels - 1, 1)
    return "bad" if place > _BAD else "warn" if place > _WARN else ""
