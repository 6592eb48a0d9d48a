"""The team report: what each person has open, won and lost, what is late, and how the cards rate them."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from salespm_flow.engine.measure.evaluation import Evaluation, Question, evaluate_many
from salespm_flow.engine.measure.portfolio import PersonBook, Portfolio, portfolio
from salespm_flow.engine.measure.subjects import Subject, SubjectKind
from salespm_flow.engine.measure.workload import workload
from salespm_flow.report.management.indicators import card_note
from salespm_flow.report.management.page import Cell, Column, Page, Section, Table, Words
from salespm_flow.report.management.people import busiest, others
from salespm_flow.report.management.portfolio import outline_of
from salespm_flow.report.management.sheet import Inquiry, Sheet
from salespm_flow.report.management.work_parts import (
    aimless_section,
    assignment_section,
    issues_section,
    load_section,
    supervision_section,
)
from salespm_flow.report.values import NOTHING, number

# A card for each person reads every KPI for each of them: beyond so many people only the table is told.
RATED = 40
# How many people of a ranking are told.
_PLACES = 10


def team_page(inquiry: Inquiry) -> Page:
    """The page: two passes over the projects, and one for the cards."""
    sheet = Sheet(inquiry)
    found = portfolio(outline_of(inquiry))
    days = sheet.days_of(inquiry.period)
    subtitle = sheet.text(f"{days}，截至 {sheet.as_of}", f"{days}, as of {sheet.as_of}")
    return sheet.page(sheet.text("团队报告", "Team report"), subtitle, _sections(sheet, found))


def _sections(sheet: Sheet, found: Portfolio) -> Iterator[Section]:
    yield _people(sheet, found)
    work = workload(outline_of(sheet.inquiry))
    yield load_section(sheet, work)
    yield assignment_section(sheet, work)
    yield supervision_section(sheet, work)
    yield issues_section(sheet, work)
    aimless = aimless_section(sheet, work)
    if aimless is not None:
        yield aimless
    cards = sheet.inquiry.runner.library.scorecards
    if cards and found.people:
        yield from _cards(sheet, tuple(found.people))


def _people(sheet: Sheet, found: Portfolio) -> Section:
    text = sheet.text
    note = sheet.note(
        "people",
        text("每人的项目与任务", "Projects and tasks of each person"),
        text(
            "进行中、超时按负责人；赢单、输单为本期内结束的；任务按执行人，只计分到人的；赢率 = 赢单 ÷（赢单 + 输单）",
            "open and late by owner; won and lost are what ended within the period; tasks by who does them, as far as"
            " they are a person's; win rate = won ÷ (won + lost)",
        ),
        text(f"{len(found.people):,} 人", f"{len(found.people):,} people"),
    )
    most = busiest(found.people, lambda one: one.open + one.tasks + one.won + one.lost)
    heads: tuple[str, ...] = (
        text("进行中", "Open"),
        text("金额", "Worth"),
        text("赢单", "Won"),
        text("赢单金额", "Worth won"),
    )
    heads += (text("输单", "Lost"), text("赢率", "Win rate"), text("超时", "Late"))
    heads += (text("任务", "Tasks"), text("逾期任务", "Overdue tasks"))
    rows = tuple(_person(sheet, name, one, note) for name, one in most.items())
    table = Table(
        caption=text("本期", "The period"),
        columns=(Column(text("人员", "Person")), *(Column(head, is_number=True) for head in heads)),
        rows=rows,
        rest=others(sheet, len(found.people) - len(most)),
        rest_note=note,
    )
    empty = Words(text("没有人有项目。", "Nobody has a project."))
    return Section(id="people", title=text("人员", "People"), blocks=(table if rows else empty,))


def _person(sheet: Sheet, name: str, one: PersonBook, note: str) -> tuple[Cell, ...]:
    ended = one.won + one.lost
    words = (
        name or NOTHING,
        sheet.count(one.open),
        sheet.sums(one.worth),
        sheet.count(one.won),
        sheet.sums(one.won_worth),
        sheet.count(one.lost),
        sheet.rate(Decimal(one.won) / ended if ended else None),
        sheet.count(one.late),
        sheet.count(one.tasks),
        sheet.count(one.overdue),
    )
    tones = {7: "bad" if one.late else "", 9: "bad" if one.overdue else ""}
    return tuple(
        Cell(cell.words, cell.note, tones.get(place, "")) for place, cell in enumerate(sheet.cells(words, note))
    )


def _cards(sheet: Sheet, people: tuple[str, ...]) -> Iterator[Section]:
    text, inquiry = sheet.text, sheet.inquiry
    rated = [name for name in people if name][:RATED]
    questions = [Question(period=inquiry.period, subject=Subject(kind=SubjectKind.PERSON, id=name)) for name in rated]
    runner = inquiry.runner
    answers = evaluate_many(runner.store, runner.library, questions, at=inquiry.at, is_past=inquiry.is_past)
    cards = runner.library.scorecards
    whose = text(f"{len(rated)} 人各自的项目", f"the projects of each of {len(rated)} people")
    notes = {name: card_note(sheet, card, whose) for name, card in cards.items()}
    rows = tuple(_rated(name, answer, notes) for name, answer in zip(rated, answers, strict=True))
    rest = len(people) - len(rated)
    table = Table(
        caption=text("总分与等级", "Total and grade"),
        columns=(
            Column(text("人员", "Person")),
            *(Column(sheet.of(card.title), is_number=True) for card in cards.values()),
        ),
        rows=rows,
        rest=text(f"另有 {rest} 人未评分", f"{rest} more people are not rated here") if rest else "",
        rest_note=next(iter(notes.values())) if rest else "",
    )
    yield Section(id="cards", title=text("计分卡", "Scorecards"), blocks=(table,))
    yield _ranking(sheet, dict(zip(rated, answers, strict=True)), notes)


def _ranking(sheet: Sheet, answers: Mapping[str, Evaluation], notes: Mapping[str, str]) -> Section:
    """Who comes first by each card; equal totals share a place."""
    text, cards = sheet.text, sheet.inquiry.runner.library.scorecards
    rows: list[tuple[Cell, ...]] = []
    for card, note in notes.items():
        totals = {name: answer.scores[card].total for name, answer in answers.items()}
        known = sorted(((total, name) for name, total in totals.items() if total is not None), key=_best_first)
        for total, name in known[:_PLACES]:
            place = 1 + sum(other > total for other, _ in known)
            told = number(total.quantize(Decimal("0.1")))
            rows.append((Cell(sheet.of(cards[card].title)), Cell(str(place), note), Cell(name), Cell(told, note)))
    table = Table(
        caption=text("按各计分卡的总分", "by the total of each card"),
        columns=(
            Column(text("计分卡", "Scorecard")),
            Column(text("名次", "Place"), is_number=True),
            Column(text("人员", "Person")),
            Column(text("总分", "Total"), is_number=True),
        ),
        rows=tuple(rows),
    )
    empty = Words(text("没有可排名的总分。", "There is no total to rank."))
    return Section(id="ranking", title=text("排名", "Ranking"), blocks=(table if rows else empty,), is_wide=False)


def _best_first(one: tuple[Decimal, str]) -> tuple[Decimal, str]:
    total, name = one
    return -total, name


def _rated(name: str, answer: Evaluation, notes: Mapping[str, str]) -> tuple[Cell, ...]:
    cells = [Cell(name)]
    for card, note in notes.items():
        score = answer.scores[card]
        if score.total is None:
            cells.append(Cell(NOTHING))
        else:
            cells.append(Cell(f"{number(score.total.quantize(Decimal('0.1')))} {score.grade or ''}".strip(), note))
    return tuple(cells)
