"""`forecast`: what the period will probably bring, by declared and by calibrated probabilities side by side."""

from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.commands.deal_question import (
    chosen_workflow,
    deal_options,
    joined,
    minimum_option,
    period_option,
    plain_money,
    plain_rate,
    quarter_around,
    source_of,
)
from salespm_flow.cli.commands.forecast_text import forecast_blocks
from salespm_flow.cli.commands.kpi_question import Asked, read_as_of, read_period_option
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import count_option, flag, option, shared_options, word_option
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import InputError
from salespm_flow.nouns import dataclass

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from salespm_flow.engine.measure.deals import Source
    from salespm_flow.engine.measure.forecast import Forecast, TrackRecord
    from salespm_flow.model.goals import Goal
    from salespm_flow.rules.period import Period


def run(
    session: Session,
    workflow: str | None,
    *,
    as_of: str | None,
    person: str | None,
    team: str | None,
    product: str | None,
    amount: str | None,
    close: str | None,
    period: str | None,
    goal: str | None,
    target: str | None,
    by: str | None,
    former: int | None,
    minimum: int | None,
    is_undated: bool,
) -> int:
    """The forecast is told."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.rules.forecast.calibration import ENOUGH

    asked = Asked(person=person, team=team, product=product)
    source = source_of(session, chosen_workflow(session, workflow), asked, (amount, close))
    terms = _Terms(
        as_of=as_of,
        period=period,
        goal=goal,
        target=target,
        minimum=minimum or ENOUGH,
        counts_undated=is_undated or source.columns.close_on is None,
    )
    found, aim = _found(session, source, terms, by)
    record = None if former is None else _record(source, found, former, terms.minimum)
    if session.is_json:
        write_json({**_answer(source, found, by, record), "goal": None if aim is None else aim.id})
    else:
        write_text(joined(forecast_blocks(session, source, found, by=by, record=record)))
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """What of a forecast is asked for beside whose deals."""

    as_of: str | None
    period: str | None
    goal: str | None
    target: str | None
    minimum: int
    counts_undated: bool


def _found(session: Session, source: "Source", terms: _Terms, by: str | None) -> "tuple[Forecast, Goal | None]":
    """The forecast, and the goal that it is held against."""
    from salespm_flow.engine.measure.forecast import forecast, today_of
    from salespm_flow.rules.forecast.deals import By
    from salespm_flow.rules.forecast.outlook import Frame, parts_by

    moment = read_as_of(session, terms.as_of)
    at = moment or session.now
    aim = _goal(session, terms.goal)
    days = _days(session, terms.period, aim, at)
    if aim is None and terms.target is None:
        aim = _goal_of(session, source, days)
    frame = Frame(period=days, today=today_of(at, session.library), counts_undated=terms.counts_undated)
    found = forecast(
        source,
        frame,
        at=at,
        is_past=moment is not None,
        minimum=terms.minimum,
        target=_target(source, aim, terms.target),
        parts=None if by is None else parts_by(frame, By(by)),
    )
    return found, aim


def _goal_of(session: Session, source: "Source", days: "Period") -> "Goal | None":
    """The one goal over just these days that is an amount in the currency of the deals and serves no other.

    Where there are two it must not be guessed which one is meant.
    """
    from salespm_flow.expr.values import Money
    from salespm_flow.model.goals import all_goals

    every = all_goals(session.library.goal_sets.values())
    fitting = [
        one
        for one in every.values()
        if (one.starts_on, one.ends_on) == (days.start, days.end)
        and one.parent not in every
        and isinstance(one.target, Money)
        and one.target.currency == source.columns.currency
    ]
    return fitting[0] if len(fitting) == 1 else None


def _goal(session: Session, named: str | None) -> "Goal | None":
    from salespm_flow.cli.lookup import known
    from salespm_flow.model.goals import all_goals

    if named is None:
        return None
    return known(named, all_goals(session.library.goal_sets.values()), Bilingual("目标", "goal"))


def _days(session: Session, text: str | None, goal: "Goal | None", at: "datetime") -> "Period":
    from salespm_flow.rules.period import Period

    if text is not None:
        return read_period_option(text)
    if goal is not None and goal.starts_on is not None:
        return Period(start=goal.starts_on, end=goal.ends_on)
    return quarter_around(session, at)


def _target(source: "Source", goal: "Goal | None", text: str | None) -> "Decimal | None":
    """What is to be reached, in the currency of the forecast.

    Raises:
        InputError: both are given, or it is no amount of that currency.
    """
    from salespm_flow.definition.literals import parse_value
    from salespm_flow.expr.values import Money
    from salespm_flow.model.fields import MoneyOf

    currency = source.columns.currency
    if goal is not None and text is not None:
        raise InputError(Bilingual("--goal 与 --target 只能给一个", "give --goal or --target, not both"))
    value = parse_value(text, MoneyOf(currency)) if text is not None else None if goal is None else goal.target
    if value is None and goal is None:
        return None
    if not isinstance(value, Money) or value.currency != currency:
        raise InputError(
            Bilingual(f"目标值不是 {currency} 金额", f"the target is no amount in {currency}"),
            Bilingual("用 --target 给出金额", "give an amount with --target"),
        )
    return value.amount


def _record(source: "Source", found: "Forecast", count: int, minimum: int) -> "TrackRecord":
    from salespm_flow.engine.measure.forecast import track_record
    from salespm_flow.rules.period import before

    return track_record(
        source,
        before(found.frame.period, count, found.frame.today),
        at=found.books.at,
        counts_undated=found.frame.counts_undated,
        minimum=minimum,
    )


def _answer(source: "Source", found: "Forecast", by: str | None, record: "TrackRecord | None") -> dict[str, object]:
    from salespm_flow.cli.commands.forecast_json import former_answer, odds_answer, outlook_answer
    from salespm_flow.cli.commands.forecast_reasons import reasons_of
    from salespm_flow.engine.answers import iso, texts

    currency, frame = source.columns.currency, found.frame
    told: dict[str, object] = {
        "status": "ok",
        "workflow": source.workflow.id,
        "at": iso(found.books.at),
        "period": {
            "start": None if frame.period.start is None else frame.period.start.isoformat(),
            "end": None if frame.period.end is None else frame.period.end.isoformat(),
        },
        "fields": {"amount": source.columns.amount, "close": source.columns.close_on},
        "projects": found.books.projects,
        "win_rate_value": plain_rate(found.books.win_rate_value),
        **outlook_answer(found.outlook, currency),
        "states": [odds_answer(one, source.workflow) for one in found.odds.values()],
        "apart": [
            {"count": count, **plain_money(amount, name)} for name, (count, amount) in sorted(found.books.apart.items())
        ],
    }
    told["reasons"] = {name: texts(reason) for name, reason in reasons_of(found).items()}
    if by is not None:
        told["by"] = {
            "kind": by,
            "parts": [{"label": label, **outlook_answer(one, currency)} for label, one in found.parts.items()],
        }
    if record is not None:
        told["former"] = former_answer(record, currency)
    return told


COMMAND: Final = BilingualCommand(
    "forecast",
    Bilingual(
        "预测一个期间的成交额：按定义的概率和按历史赢率并列，附区间、类别、覆盖率和进度。",
        "Forecasts a period, by declared and by calibrated probabilities, with spread, categories, coverage and pace.",
    ),
    (
        *deal_options(),
        period_option(Bilingual("预测的期间，默认本季度", "The days forecast; by default this quarter")),
        option("goal", "--goal", Bilingual("对照这个目标", "The goal to compare with"), metavar="GOAL"),
        option("target", "--target", Bilingual("对照这个金额", "The amount to compare with"), metavar="AMOUNT"),
        word_option(
            "by", "--by", Bilingual("按什么细分", "What to cut it into"), ("quarter", "team", "product", "person")
        ),
        count_option(
            "former",
            "--former",
            Bilingual("检验此前几个期间的期初预测", "How many former periods to judge the forecasts of"),
        ),
        minimum_option(),
        flag("is_undated", "--undated", Bilingual("没有预计日期的也计入", "Count deals without a date too")),
        *shared_options(),
    ),
    run,
)
