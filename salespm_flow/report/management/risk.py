"""The risk report: where risks lie before and after their responses, by category, the worst by name."""

from collections.abc import Iterator
from decimal import Decimal

from salespm_flow.engine.measure.portfolio import Portfolio, portfolio
from salespm_flow.model.rules import CATEGORIES
from salespm_flow.report.management.page import Page, Section, Tile, Tiles
from salespm_flow.report.management.portfolio import outline_of
from salespm_flow.report.management.risk_parts import (
    category_section,
    count_of,
    matrix_section,
    risk_note,
    worst_section,
)
from salespm_flow.report.management.sheet import Inquiry, Sheet


def risk_page(inquiry: Inquiry) -> Page:
    """The page; one pass over the projects."""
    sheet = Sheet(inquiry)
    found = portfolio(outline_of(inquiry))
    title = sheet.text("风险报告", "Risk report")
    return sheet.page(title, sheet.text(f"截至 {sheet.as_of}", f"As of {sheet.as_of}"), _sections(sheet, found))


def _sections(sheet: Sheet, found: Portfolio) -> Iterator[Section]:
    note = risk_note(sheet, count_of(found))
    yield _overview(sheet, found, note)
    for name, matrix in found.matrices.items():
        yield matrix_section(sheet, name, matrix, note)
        yield matrix_section(sheet, name, found.residuals[name], note, is_residual=True)
    own = sheet.inquiry.runner.library.workspace.risk_categories
    yield category_section(sheet, found, note, {**CATEGORIES, **own})
    yield worst_section(sheet, found, note)


def _overview(sheet: Sheet, found: Portfolio, note: str) -> Section:
    text, books = sheet.text, found.categories.values()
    count, unanswered = count_of(found), sum(one.unanswered for one in books)
    occurred = sum(one.occurred for one in books)
    sums: dict[str, Decimal] = {}
    for one in books:
        for currency, amount in one.expected.items():
            sums[currency] = sums.get(currency, Decimal(0)) + amount
    tiles = (
        Tile(label=text("未关闭的风险", "Risks that stand"), value=sheet.count(count), note=note),
        Tile(
            label=text("未应对", "Without a response"),
            value=sheet.count(unanswered),
            note=note,
            tone="warn" if unanswered else "good",
        ),
        Tile(
            label=text("已发生", "Occurred"), value=sheet.count(occurred), note=note, tone="bad" if occurred else "good"
        ),
        Tile(
            label=text("期望损失", "Expected loss"),
            value=sheet.sums(sums),
            note=note,
        ),
    )
    return Section(id="overview", title=text("概览", "Overview"), blocks=(Tiles(tiles),))
