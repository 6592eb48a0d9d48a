"""Forecasts and calibrations as data for programs. Knows no terminal."""

from decimal import Decimal

from salespm_flow.cli.commands.deal_question import plain_money, plain_rate
from salespm_flow.engine.answers import Json, texts
from salespm_flow.engine.measure.forecast import TrackRecord
from salespm_flow.model.workflow import Workflow
from salespm_flow.rules.forecast.calibration import Odds, Verdict
from salespm_flow.rules.forecast.distribution import Spread
from salespm_flow.rules.forecast.outlook import Outlook, Pile


def outlook_answer(one: Outlook, currency: str) -> dict[str, Json]:
    """A forecast; ratios are told in 0..1."""
    return {
        "won": _pile(one.won, currency),
        "open": _pile(one.open, currency),
        "slipped": _pile(one.slipped, currency),
        "undated": _pile(one.undated, currency),
        "categories": {category.value: _pile(pile, currency) for category, pile in one.categories.items()},
        "forecast": {view.value: _spread(spread, currency) for view, spread in one.forecast.items()},
        "unknown_probability": one.unknown,
        "target": None if one.target is None else plain_money(one.target, currency),
        "attainment": plain_rate(one.attainment),
        "elapsed": plain_rate(one.elapsed),
        "pace": plain_rate(one.pace),
        "coverage": plain_rate(one.coverage),
        "coverage_needed": plain_rate(one.coverage_needed),
    }


def _pile(pile: Pile, currency: str) -> dict[str, Json]:
    return {"count": pile.count, **plain_money(pile.amount, currency), "unpriced": pile.unpriced}


def _spread(one: Spread, currency: str) -> dict[str, Json]:
    named: dict[str, Decimal] = {"weighted": one.mean, "p10": one.p10, "p50": one.p50, "p90": one.p90}
    return {**{name: plain_money(figure, currency) for name, figure in named.items()}, "runs": one.runs}


def odds_answer(one: Odds, workflow: Workflow) -> dict[str, Json]:
    """What a state promises, declared and learned."""
    state, cohort = workflow.states[one.state], one.cohort
    interval: Json = None if cohort.interval is None else [plain_rate(end) for end in cohort.interval]
    learned = None if one.learned_from is None else workflow.states[one.learned_from].name
    return {
        "state": state.name,
        "title": texts(state.title),
        "declared": plain_rate(one.declared),
        "calibrated": plain_rate(one.calibrated),
        "learned_from": learned,
        "rate": plain_rate(cohort.rate),
        "interval": interval,
        "won": cohort.won,
        "lost": cohort.lost,
        "open": cohort.open,
    }


def former_answer(record: TrackRecord, currency: str) -> dict[str, Json]:
    """How former forecasts fared."""
    periods: list[Json] = [
        {
            "start": None if one.period.start is None else one.period.start.isoformat(),
            "end": None if one.period.end is None else one.period.end.isoformat(),
            "actual": plain_money(one.actual, currency),
            "forecast": {view.value: _spread(spread, currency) for view, spread in one.outlook.forecast.items()},
            "accuracy": {view.value: plain_rate(figure) for view, figure in one.accuracy.items()},
            "within": {view.value: is_within for view, is_within in one.is_within.items()},
        }
        for one in record.formers
    ]
    verdicts: dict[str, Json] = {view.value: _verdict(verdict) for view, verdict in record.verdicts.items()}
    return {"periods": periods, "predictions": verdicts, "undecided": record.undecided}


def _verdict(verdict: Verdict) -> dict[str, Json]:
    table: list[Json] = [
        {
            "low": plain_rate(one.low),
            "high": plain_rate(one.high),
            "count": one.count,
            "predicted": plain_rate(one.predicted),
            "realised": plain_rate(one.realised),
        }
        for one in verdict.table
    ]
    return {"count": verdict.count, "brier": plain_rate(verdict.brier), "table": table}
