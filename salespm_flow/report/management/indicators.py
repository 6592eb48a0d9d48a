"""Parts of reports about indicators: target, actual value and standing of each, and the groups behind a figure."""

from collections.abc import Iterator, Mapping

from salespm_flow.engine.measure.evaluation import Evaluation, Question, evaluate_many
from salespm_flow.engine.measure.subjects import Subject, SubjectKind
from salespm_flow.model.fields import EnumOf
from salespm_flow.model.figures import kpis_behind
from salespm_flow.model.library import Library
from salespm_flow.model.project import Project
from salespm_flow.model.rules import Kpi, Scorecard
from salespm_flow.report.management.page import Cell, Column, Section, Table, Words
from salespm_flow.report.management.sheet import Inquiry, Sheet
from salespm_flow.report.values import NOTHING, figure, number
from salespm_flow.rules.kpi import KpiResult
from salespm_flow.rules.scorecard import AT_FLOOR, AT_TARGET, Line

# How many groups of a figure are told.
_GROUPS = 8


def indicator_section(sheet: Sheet, answer: Evaluation, cards: Mapping[str, Scorecard]) -> Section:
    """Every indicator of the cards with its target, its actual value and how it stands."""
    text = sheet.text
    rows = tuple(
        _indicator(sheet, card, line, answer) for name, card in cards.items() for line in answer.scores[name].lines
    )
    heads = (text("底线", "Floor"), text("目标", "Target"), text("实际", "Actual"), text("得分", "Points"))
    table = Table(
        caption=text("目标与实际", "target and actual"),
        columns=(
            Column(text("指标", "Indicator")),
            Column(text("计分卡", "Scorecard")),
            *(Column(head, is_number=True) for head in heads),
            Column(text("状况", "Standing")),
        ),
        rows=rows,
    )
    empty = Words(text("没有带目标的指标。", "No indicator has a target."))
    return Section(id="indicators", title=text("指标看板", "Indicators"), blocks=(table if rows else empty,))


def project_indicators(inquiry: Inquiry, sheet: Sheet, project: Project) -> Section | None:
    """The goals of the project against what came of it; None where no card is about its workflow."""
    runner = inquiry.runner
    cards = cards_about(project.pin.workflow, runner.library)
    if not cards:
        return None
    question = Question(subject=Subject(kind=SubjectKind.PROJECT, id=project.id))
    (answer,) = evaluate_many(runner.store, runner.library, (question,), at=inquiry.at, is_past=inquiry.is_past)
    found = indicator_section(sheet, answer, cards)
    return Section(id=found.id, title=sheet.text("目标与结果", "Goals and outcome"), blocks=found.blocks)


def cards_about(workflow: str, library: Library) -> Mapping[str, Scorecard]:
    """The cards all of whose indicators are worked out over the workflow's projects, alone or with others'."""
    every = {kpi.id: kpi for one in library.kpi_sets.values() for kpi in one.kpis.values()}
    return {
        name: card
        for name, card in library.scorecards.items()
        if any(workflow in _workflows(criterion.kpi, every, library) for criterion in card.criteria.values())
    }


def _workflows(kpi: str, every: Mapping[str, Kpi], library: Library) -> Iterator[str]:
    for name in (kpi, *kpis_behind(kpi, library)):
        workflow = every[name].workflow if name in every else None
        if workflow is not None:
            yield workflow


def _indicator(sheet: Sheet, card: Scorecard, line: Line, answer: Evaluation) -> tuple[Cell, ...]:
    criterion = card.criteria[line.criterion]
    result = answer.kpis[criterion.kpi]
    unit, note = result.kpi.unit, sheet.kpi_note(result)
    points = NOTHING if line.points is None else number(round(line.points, 1))
    floor, target = (figure(sheet, value, unit) for value in (criterion.floor, criterion.target))
    actual = NOTHING if line.value is None else figure(sheet, line.value, unit)
    standing, tone = _standing(sheet, line)
    return (
        Cell(sheet.of(result.kpi.title)),
        Cell(sheet.of(card.title)),
        *(Cell(word, note if word != NOTHING else "") for word in (floor, target, actual, points)),
        Cell(standing, "", tone),
    )


def _standing(sheet: Sheet, line: Line) -> tuple[str, str]:
    text = sheet.text
    if line.points is None:
        return text("无数据", "no data"), ""
    if line.points >= AT_TARGET:
        return text("达标", "reached"), "good"
    if line.points > AT_FLOOR:
        return text("未达标", "below the target"), "warn"
    return text("低于底线", "at or under the floor"), "bad"


def group_section(sheet: Sheet, answer: Evaluation) -> Section | None:
    """The groups behind each figure that is the greatest or the least of its groups; None without any."""
    text = sheet.text
    rows = tuple(row for result in answer.kpis.values() for row in _groups(sheet, result))
    if not rows:
        return None
    table = Table(
        caption=text("每个指标按其分组", "each figure by its groups"),
        columns=(
            Column(text("指标", "KPI")),
            Column(text("分组", "Group")),
            Column(text("值", "Value"), is_number=True),
        ),
        rows=rows,
    )
    return Section(id="groups", title=text("指标的分组", "Figures by group"), blocks=(table,), is_wide=False)


def _groups(sheet: Sheet, result: KpiResult) -> Iterator[tuple[Cell, ...]]:
    unit = result.kpi.unit
    # A share that is made of counts is told as the counts: the whole is divided afterwards.
    is_part = result.denominator is not None and result.denominator != 1
    ordered = sorted(result.groups, key=lambda one: one[0])
    for key, value in ordered[:_GROUPS]:
        told = figure(sheet, value, "count" if is_part else unit)
        yield sheet.cells(
            (sheet.of(result.kpi.title), group_title(sheet, result.kpi, key), told), sheet.kpi_note(result)
        )


def group_title(sheet: Sheet, kpi: Kpi, key: str) -> str:
    """What the rows of a group have in common, in the reader's language."""
    workflow = sheet.inquiry.runner.library.workflows.get(kpi.workflow or "")
    field = None if workflow is None or kpi.by is None else workflow.fields.get(kpi.by.text)
    if field is not None and isinstance(field.type, EnumOf) and key in field.type.values:
        return sheet.of(field.type.values[key])
    return key


def card_note(sheet: Sheet, card: Scorecard, population: str) -> str:
    """The note of a card's total: which KPIs weigh how much in it, and whose figures it is made of."""
    kpis = {kpi.id: kpi for one in sheet.inquiry.runner.library.kpi_sets.values() for kpi in one.kpis.values()}
    weights = sheet.text("、", ", ").join(
        f"{sheet.of(kpis[one.kpi].title) if one.kpi in kpis else one.kpi} {sheet.rate(one.weight)}"
        for one in card.criteria.values()
    )
    return sheet.note(
        f"card-{card.id}",
        sheet.of(card.title),
        sheet.text(f"各指标得分的加权平均（0–120）：{weights}", f"weighted mean of points (0–120): {weights}"),
        population,
        place=f"{card.span.file}:{card.span.line}",
    )
