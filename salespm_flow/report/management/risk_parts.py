"""Parts of reports about risks: the matrix before and after the responses, the categories, the worst by name."""

from collections.abc import Mapping

from salespm_flow.diagnostics import Bilingual
from salespm_flow.draw.risk_matrix import risk_matrix
from salespm_flow.engine.measure.portfolio import Portfolio
from salespm_flow.model.risk_matrix import RiskMatrix
from salespm_flow.report.management.lines import risk_table
from salespm_flow.report.management.page import Cell, Column, Picture, Section, Table, Words
from salespm_flow.report.management.sheet import Sheet
from salespm_flow.report.values import percent


def risk_note(sheet: Sheet, count: int) -> str:
    """The note of risk figures."""
    text = sheet.text
    return sheet.note(
        "risks",
        text("风险", "Risks"),
        text(
            "评分 = 概率级别 × 影响级别；期望损失 = 概率 × 损失金额；计未关闭的风险，含已发生未解决的",
            "score = step of probability × step of impact; expected loss = probability × money lost; risks that are not"
            " closed, occurred ones until they are resolved",
        ),
        text(f"进行中项目的 {count:,} 项风险", f"{count:,} risk(s) of open projects"),
    )


def count_of(found: Portfolio) -> int:
    """How many risks stand in open projects."""
    return sum(one.count for one in found.categories.values())


def matrix_section(sheet: Sheet, name: str, matrix: RiskMatrix, note: str, *, is_residual: bool = False) -> Section:
    """The matrix of one model as a picture and a table."""
    text = sheet.text
    title = (
        Bilingual(f"{matrix.title.zh}（应对后）", f"{matrix.title.en} (after responses)")
        if is_residual
        else matrix.title
    )
    shown_title = sheet.of(title)
    steps = sorted(matrix.impacts)
    data = Table(
        caption=text(f"{shown_title}：概率 × 影响", f"{shown_title}: probability × impact"),
        columns=(
            Column(text("概率", "Probability")),
            *(Column(f"{step} {sheet.of(matrix.impacts[step])}", is_number=True) for step in steps),
        ),
        rows=tuple(
            (
                Cell(f"{row[0].probability} ({percent(matrix.probabilities[row[0].probability])})", note),
                *(Cell(sheet.count(cell.count), note) for cell in row),
            )
            for row in matrix.rows
        ),
    )
    return Section(
        id=f"matrix-{name}" + ("-after" if is_residual else ""),
        title=text(f"风险矩阵：{shown_title}", f"Risk matrix: {shown_title}"),
        blocks=(
            Picture(
                svg=risk_matrix(matrix, sheet.inquiry.language, title),
                caption=text("每格为风险项数，角上为评分", "risks in each cell; its score in the corner"),
                data=data,
            ),
        ),
        is_wide=False,
    )


def worst_section(sheet: Sheet, found: Portfolio, note: str) -> Section:
    """The worst risks by name."""
    title = sheet.text("最严重的风险", "The worst risks")
    count = count_of(found)
    caption = sheet.text("最严重的在前", "the worst first")
    empty = Words(sheet.text("没有未关闭的风险。", "No risk stands open."))
    table = risk_table(sheet, caption, found.worst, note, count=count)
    return Section(id="worst-risks", title=title, blocks=(table if count else empty,))


def category_section(sheet: Sheet, found: Portfolio, note: str, names: Mapping[str, Bilingual]) -> Section:
    """The risks by category: how many, without a response, occurred, and what is expected of them."""
    text = sheet.text
    heads: tuple[str, ...] = (text("风险", "Risks"), text("未应对", "Unanswered"), text("已发生", "Occurred"))
    heads += (text("期望损失", "Expected loss"),)
    rows = tuple(
        sheet.cells(
            (
                sheet.of(names.get(name, Bilingual(name, name))),
                *map(sheet.count, (one.count, one.unanswered, one.occurred)),
                sheet.sums(one.expected),
            ),
            note,
        )
        for name, one in found.categories.items()
    )
    table = Table(
        caption=text("按类别", "By category"),
        columns=(Column(text("类别", "Category")), *(Column(head, is_number=True) for head in heads)),
        rows=rows,
    )
    empty = Words(text("没有未关闭的风险。", "No risk stands open."))
    return Section(
        id="risk-categories", title=text("风险类别", "Categories of risks"), blocks=(table if rows else empty,)
    )
