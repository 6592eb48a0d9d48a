"""`pipeline`: the open deals state by state, with what each state promises, declared and calibrated."""

from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.commands.deal_question import (
    caveats,
    chosen_workflow,
    deal_options,
    joined,
    minimum_option,
    money,
    rate,
    source_of,
    words,
)
from salespm_flow.cli.commands.kpi_question import Asked, read_as_of
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import shared_options
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from collections.abc import Sequence

    from salespm_flow.engine.answers import Json
    from salespm_flow.engine.measure.deals import Source
    from salespm_flow.engine.measure.forecast import Forecast
    from salespm_flow.rules.forecast.calibration import Odds
    from salespm_flow.rules.forecast.outlook import Outlook


def run(session: Session, workflow: str | None, **given: str | int | None) -> int:
    """The pipeline is told."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.engine.measure.forecast import forecast, today_of
    from salespm_flow.rules.forecast.calibration import ENOUGH
    from salespm_flow.rules.forecast.outlook import Frame, parts_by_state
    from salespm_flow.rules.period import ALWAYS

    text = {name: value for name, value in given.items() if value is None or isinstance(value, str)}
    asked = Asked(person=text["person"], team=text["team"], product=text["product"])
    source = source_of(session, chosen_workflow(session, workflow), asked, (text["amount"], text["close"]))
    moment = read_as_of(session, text["as_of"])
    at = moment or session.now
    frame = Frame(period=ALWAYS, today=today_of(at, session.library), counts_undated=True)
    minimum = given["minimum"]
    enough = minimum if isinstance(minimum, int) else ENOUGH
    by_state = parts_by_state(frame)
    found = forecast(source, frame, at=at, is_past=moment is not None, minimum=enough, parts=by_state)
    stages = _stages(found)
    if session.is_json:
        write_json(_answer(source, found, stages))
    else:
        write_text(joined(_blocks(session, source, found, stages)))
    return 0


def _stages(found: "Forecast") -> "dict[str, Outlook]":
    """The open deals of each state that has any, or a cohort; those of no state under the empty path."""
    from salespm_flow.rules.forecast.outlook import Ledger

    nothing = Ledger(found.frame).outlook(found.odds)
    known = {path: found.parts.get(path, nothing) for path, odds in found.odds.items() if odds.cohort.closed}
    order = [path for path in (*found.odds, "") if path in known or path in found.parts]
    return {path: known.get(path) or found.parts[path] for path in order}


def _blocks(session: Session, source: "Source", found: "Forecast", stages: "dict[str, Outlook]") -> list[str]:
    from salespm_flow.cli.commands.forecast_reasons import reasons_of
    from salespm_flow.cli.render import Ink, table
    from salespm_flow.cli.values import moment

    currency, at = source.columns.currency, moment(session, found.books.at)
    title = session.palette.paint(session.of(source.workflow.title), Ink.STRONG)
    head = session.text(f"{title}：在手商机，截至 {at}", f"{title}: open deals, as of {at}")
    header = words(session, ("状态", "State"), ("在手", "Open"), ("金额", "Amount"), ("定义概率", "Declared"))
    header += words(session, ("历史赢率", "Calibrated"), ("95% 区间", "95 % interval"), ("已结束", "Closed"))
    header += words(session, ("加权（定义）", "Weighted, declared"), ("加权（历史）", "Weighted, calibrated"))
    rows = [
        (_title(session, source, path), *_cells(session, found.odds.get(path), one, currency))
        for path, one in stages.items()
    ]
    whole = found.outlook
    total = (session.text("合计", "all"), str(whole.open.count), money(session, whole.open.amount, currency), *[""] * 4)
    rows.append((*total, *_means(session, tuple(stages.values()), currency)))
    told = [head, table(header, rows, session.palette, right=frozenset(range(1, 9)))]
    notes = [*_dates(session, whole, currency), *caveats(session, found.books, source.columns)]
    learned = reasons_of(found).get("calibrated")
    return [*told, "\n".join([*notes, *([] if learned is None else [session.of(learned)])])]


def _title(session: Session, source: "Source", path: str) -> str:
    state = source.workflow.states.get(path)
    return session.text("（搁置）", "(aside)") if state is None else session.of(state.title)


def _cells(session: Session, odds: "Odds | None", one: "Outlook", currency: str) -> tuple[str, ...]:
    interval = None if odds is None else odds.cohort.interval
    between = "—" if interval is None else f"{rate(interval[0])}–{rate(interval[1])}"
    return (
        str(one.open.count),
        money(session, one.open.amount, currency),
        rate(None if odds is None else odds.declared),
        rate(None if odds is None else odds.calibrated),
        between,
        str(0 if odds is None else odds.cohort.closed),
        *_means(session, [one], currency),
    )


def _means(session: Session, stages: "Sequence[Outlook]", currency: str) -> tuple[str, ...]:
    from decimal import Decimal

    from salespm_flow.rules.forecast.deals import View

    sums = (sum((one.forecast[view].mean for one in stages), Decimal(0)) for view in View)
    return tuple(money(session, one, currency) for one in sums)


def _dates(session: Session, whole: "Outlook", currency: str) -> list[str]:
    slipped, undated = whole.slipped, whole.undated
    passed, none = money(session, slipped.amount, currency), money(session, undated.amount, currency)
    return [
        session.text(f"已过预计日期：{slipped.count} 个，{passed}", f"slipped: {slipped.count}, {passed}"),
        session.text(f"没有预计日期：{undated.count} 个，{none}", f"without a date: {undated.count}, {none}"),
    ]


def _answer(source: "Source", found: "Forecast", stages: "dict[str, Outlook]") -> dict[str, object]:
    from salespm_flow.cli.commands.deal_question import plain_money
    from salespm_flow.cli.commands.forecast_json import odds_answer, outlook_answer
    from salespm_flow.engine.answers import iso

    currency = source.columns.currency
    wanted = ("open", "slipped", "undated", "forecast", "unknown_probability")
    whole = outlook_answer(found.outlook, currency)
    states = []
    for path, one in stages.items():
        odds = found.odds.get(path)
        told = outlook_answer(one, currency)
        known: dict[str, Json] = {"state": None} if odds is None else odds_answer(odds, source.workflow)
        known["waiting"] = known.pop("open", 0)
        states.append({**known, **{name: told[name] for name in wanted}})
    return {
        "status": "ok",
        "workflow": source.workflow.id,
        "at": iso(found.books.at),
        "fields": {"amount": source.columns.amount, "close": source.columns.close_on},
        **{name: whole[name] for name in wanted if name != "forecast"},
        "states": states,
        "apart": [
            {"count": count, **plain_money(amount, name)} for name, (count, amount) in sorted(found.books.apart.items())
        ],
    }


COMMAND: Final = BilingualCommand(
    "pipeline",
    Bilingual(
        "逐状态列出在手商机：个数、金额、定义的概率、历史赢率及其区间、两种加权额。",
        "Lists open deals state by state: count, amount, declared and calibrated probability with its interval.",
    ),
    (*deal_options(), minimum_option(), *shared_options()),
    run,
)
