"""A forecast as people read it: blocks of figures, and what must be known of them. Works nothing out."""

from typing import TYPE_CHECKING, Final

from salespm_flow.cli.commands.deal_question import caveats, money, rate, words
from salespm_flow.cli.context import Session
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from salespm_flow.engine.measure.deals import Source
    from salespm_flow.engine.measure.forecast import Forecast, TrackRecord
    from salespm_flow.rules.forecast.distribution import Spread
    from salespm_flow.rules.forecast.outlook import Outlook, Pile

VIEWS: Final = {"declared": Bilingual("按定义的概率", "declared"), "calibrated": Bilingual("按历史赢率", "calibrated")}
CATEGORIES: Final = {
    "commit": Bilingual("承诺", "commit"),
    "best_case": Bilingual("最好情况", "best case"),
    "pipeline": Bilingual("管线", "pipeline"),
    "omitted": Bilingual("不计", "omitted"),
}


def forecast_blocks(
    session: Session, source: "Source", found: "Forecast", *, by: str | None, record: "TrackRecord | None"
) -> list[str]:
    """The forecast in blocks: figures, spreads, categories, parts and how former ones fared, and what to mind."""
    currency = source.columns.currency
    told = [_head(session, source, found), _figures(session, found.outlook, currency)]
    told.append(_spreads(session, found.outlook, currency))
    told.append(_categories(session, found.outlook, currency))
    if by is not None:
        told.append(_parts(session, found.parts, currency, by))
    if record is not None:
        told += _former(session, record, currency)
    return [*told, "\n".join(_notes(session, source, found))]


def _head(session: Session, source: "Source", found: "Forecast") -> str:
    from salespm_flow.cli.render import Ink
    from salespm_flow.cli.values import moment

    period, at = found.frame.period, moment(session, found.books.at)
    title = session.palette.paint(session.of(source.workflow.title), Ink.STRONG)
    days = f"{period.start or ''}..{period.end or ''}"
    return session.text(f"{title}：{days} 的预测，截至 {at}", f"{title}: forecast of {days}, as of {at}")


def _figures(session: Session, one: "Outlook", currency: str) -> str:
    from salespm_flow.cli.render import pairs
    from salespm_flow.cli.values import number

    rows = [
        (session.text("已赢单", "won"), _pile(session, one.won, currency)),
        (session.text("期内在手", "open in the period"), _pile(session, one.open, currency)),
        (session.text("已过预计日期", "slipped"), _pile(session, one.slipped, currency)),
        (session.text("没有预计日期", "without a date"), _pile(session, one.undated, currency)),
    ]
    if one.target is not None:
        covered = "—" if one.coverage is None else f"{number(one.coverage)}×"
        needed = "—" if one.coverage_needed is None else f"{number(one.coverage_needed)}×"
        pace = "—" if one.pace is None else number(one.pace)
        rows += [
            (session.text("目标", "target"), money(session, one.target, currency)),
            (session.text("达成率", "attainment"), rate(one.attainment)),
            (session.text("期间已过", "of the period gone"), rate(one.elapsed)),
            (session.text("进度（达成 ÷ 已过）", "pace (attained ÷ gone)"), pace),
            (session.text("管线覆盖率 / 所需", "coverage / needed"), f"{covered} / {needed}"),
        ]
    return pairs(rows, session.palette)


def _pile(session: Session, pile: "Pile", currency: str) -> str:
    amount = money(session, pile.amount, currency)
    told = session.text(f"{pile.count} 个，{amount}", f"{pile.count}, {amount}")
    if pile.unpriced:
        told += session.text(f"（{pile.unpriced} 个没有金额）", f" ({pile.unpriced} without an amount)")
    return told


def _spreads(session: Session, one: "Outlook", currency: str) -> str:
    from salespm_flow.cli.render import table

    header = words(session, ("预测", "Forecast"), ("加权", "Weighted"), ("P10", "P10"), ("P50", "P50"), ("P90", "P90"))
    rows = [
        (session.of(VIEWS[view.value]), *(money(session, figure, currency) for figure in _figures_of(spread)))
        for view, spread in one.forecast.items()
    ]
    return table(header, rows, session.palette, right=frozenset({1, 2, 3, 4}))


def _figures_of(one: "Spread") -> "tuple[Decimal, ...]":
    return one.mean, one.p10, one.p50, one.p90


def _categories(session: Session, one: "Outlook", currency: str) -> str:
    from salespm_flow.cli.render import table

    header = words(session, ("类别", "Category"), ("个数", "Count"), ("金额", "Amount"), ("累计", "Cumulative"))
    rows = [(session.text("已赢单", "closed"), str(one.won.count), *[money(session, one.won.amount, currency)] * 2)]
    total = one.won.amount
    for name, title in CATEGORIES.items():
        pile = next(held for category, held in one.categories.items() if category.value == name)
        # What is omitted is in no roll-up.
        total += pile.amount
        rolled = "" if name == "omitted" else money(session, total, currency)
        rows.append((session.of(title), str(pile.count), money(session, pile.amount, currency), rolled))
    return table(header, rows, session.palette, right=frozenset({1, 2, 3}))


def _parts(session: Session, parts: "Mapping[str, Outlook]", currency: str, by: str) -> str:
    from salespm_flow.cli.render import table

    titles = {"quarter": ("季度", "Quarter"), "team": ("部门", "Team"), "product": ("产品", "Product")}
    header = words(session, titles.get(by, ("人员", "Person")), ("已赢单", "Won"), ("在手", "Open"))
    header += (*(session.of(title) for title in VIEWS.values()), "P10", "P90")
    rows = []
    for label, one in parts.items():
        means = [spread.mean for spread in one.forecast.values()]
        last = tuple(one.forecast.values())[-1]
        figures = (one.won.amount, one.open.amount, *means, last.p10, last.p90)
        rows.append((label or session.text("（无）", "(none)"), *(money(session, each, currency) for each in figures)))
    return table(header, rows, session.palette, right=frozenset(range(1, len(header))))


def _former(session: Session, record: "TrackRecord", currency: str) -> list[str]:
    from salespm_flow.cli.render import table

    header = words(session, ("期初预测", "Forecast at the start of"), ("实际", "Actual"))
    for title in VIEWS.values():
        header += (session.of(title), session.text("准确率", "Accuracy"), session.text("在区间内", "Within P10–P90"))
    rows = []
    for one in record.formers:
        cells = [f"{one.period.start}..{one.period.end}", money(session, one.actual, currency)]
        for view, spread in one.outlook.forecast.items():
            within = session.text("是", "yes") if one.is_within[view] else session.text("否", "no")
            cells += [money(session, spread.mean, currency), rate(one.accuracy[view]), within]
        rows.append(tuple(cells))
    told = [table(header, rows, session.palette, right=frozenset(range(1, len(header))))]
    for view, verdict in record.verdicts.items():
        name = session.of(VIEWS[view.value])
        score = "—" if verdict.brier is None else f"{verdict.brier:.4f}"
        head = session.text(
            f"{name}：Brier 分 {score}，{verdict.count} 次预测已见分晓，{record.undecided} 次未定",
            f"{name}: Brier score {score} over {verdict.count} predictions; {record.undecided} undecided",
        )
        columns = words(session, ("预测赢率", "Predicted"), ("次数", "Count"), ("平均", "Mean"), ("实际", "Realised"))
        body = [
            (f"{rate(one.low)}–{rate(one.high)}", str(one.count), rate(one.predicted), rate(one.realised))
            for one in verdict.table
        ]
        told.append(f"{head}\n{table(columns, body, session.palette, right=frozenset({1, 2, 3}))}" if body else head)
    return told


def _notes(session: Session, source: "Source", found: "Forecast") -> list[str]:
    from salespm_flow.cli.commands.forecast_reasons import reasons_of

    told = caveats(session, found.books, source.columns)
    if source.columns.close_on is None:
        told.append(
            session.text(
                "这个流程没有预计成交日期字段，全部在手商机都计入",
                "the workflow has no field for an expected closing date: all open deals count",
            )
        )
    if found.outlook.unknown:
        count = found.outlook.unknown
        told.append(
            session.text(
                f"{count} 个在手商机没有概率，未计入", f"{count} open deal(s) have no probability: not counted"
            )
        )
    told += [session.of(reason) for name, reason in reasons_of(found).items() if _is_asked(found, name)]
    runs = max(spread.runs for spread in found.outlook.forecast.values())
    if runs:
        told.append(session.text(f"区间由 {runs:,} 次固定种子的模拟得出", f"the spread is of {runs:,} seeded draws"))
    told.append(
        session.text(
            "加权 = 已赢单 + 金额 × 概率；P10、P50、P90：有一成、五成、九成的可能不超过此数",
            "weighted = won + amount × probability; P10, P50, P90: with 10, 50, 90 % it is no more than this",
        )
    )
    return told


def _is_asked(found: "Forecast", name: str) -> bool:
    """Whether the figure would be seen: coverage is told against a target only."""
    return name != "coverage_needed" or found.outlook.target is not None
