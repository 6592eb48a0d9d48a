"""Counts the figures of `evaluate --all` anew from histories and tables, plainly; uses nothing of the engine."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from functools import reduce
from pathlib import Path
from typing import Final

from tests.acceptance.recount import DIGITS, ZONE, Facts, Figure, Story, moment

PROBABILITY: Final = {
    "market_research": "0.05",
    "prospecting": "0.1",
    "first_contact": "0.2",
    "discovery": "0.25",
    "proposal": "0.5",
    "negotiation": "0.7",
    "contract": "0.9",
}
MICRO: Final = Decimal("0.000001")
DECIDED: Final = frozenset({"approved", "rejected", "used"})
WORKING: Final = frozenset({"working", "blocked", "review"})
CARRIED: Final = ("account", "scope", "requirements", "contacts", "budget", "deadline")


def more_figures(stories: Sequence[Story], tables: Path, today: str) -> dict[str, Figure]:
    """Every figure of the shipped sets that the team's month can tell, beside those of `recount.figures`."""
    deals = [story for story in stories if story.workflow == "sales_pipeline"]
    projects = [story for story in stories if story.workflow == "pm_lifecycle"]
    return {
        **_market(deals, tables),
        **_customers(deals, tables),
        **_pipeline(deals, today),
        **_contact(deals),
        **_steps(deals, projects),
        **_tasks([task for one in projects for task in one.tasks.values()]),
        **_handoffs(projects),
        **_projects(projects),
        **_risks([risk for one in projects for risk in one.risks.values() if risk["status"] == "open"]),
    }


# ------------------------------------------------------------------------------------------------------------ numbers


def _text(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _over(part: Decimal | int, whole: Decimal | int) -> str | None:
    return _text(DIGITS.divide(Decimal(part), Decimal(whole))) if whole else None


def _total(amounts: Iterable[Decimal]) -> Decimal:
    return reduce(DIGITS.add, amounts, Decimal())


def _seconds(span: timedelta) -> Decimal:
    return Decimal(span // timedelta(microseconds=1)).scaleb(-6)


def _time(seconds: Decimal) -> str:
    return _text(seconds.quantize(MICRO, ROUND_HALF_EVEN)) + "s"


def _mean_span(spans: Sequence[timedelta]) -> str:
    return _time(DIGITS.divide(_total(map(_seconds, spans)), Decimal(len(spans))))


def _median(values: Sequence[Decimal]) -> Decimal:
    ranked, half = sorted(values), len(values) // 2
    return ranked[half] if len(ranked) % 2 else DIGITS.divide(ranked[half - 1] + ranked[half], Decimal(2))


def _day(at: str) -> date:
    return moment(at).astimezone(ZONE).date()


def _days(span: timedelta) -> Decimal:
    return Decimal(span // timedelta(days=1))


def _column(tables: Path, name: str, column: str) -> list[Decimal]:
    with (tables / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return [Decimal(row[column].removesuffix(" CNY")) for row in csv.DictReader(file)]


def _keys(tables: Path, name: str) -> list[str]:
    with (tables / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return [next(iter(row.values())) for row in csv.DictReader(file)]


# -------------------------------------------------------------------------------------------------------------- deals


def _won(deals: Iterable[Story]) -> list[Story]:
    return [deal for deal in deals if deal.outcome == "won"]


def _sum_of(deals: Iterable[Story], name: str) -> Decimal:
    return _total(found for deal in deals if (found := deal.money(name)) is not None)


def _market(deals: Sequence[Story], tables: Path) -> dict[str, Figure]:
    won = _won(deals)
    revenue, cost = _sum_of(won, "amount"), _sum_of(won, "cost")
    quotas, counts = _column(tables, "sales_targets", "quota"), _column(tables, "sales_targets", "deals")
    selling, marketing = _column(tables, "selling_costs", "selling"), _column(tables, "selling_costs", "marketing")
    market, rival = _column(tables, "market_figures", "market"), _column(tables, "market_figures", "largest_rival")
    every = len(deals)
    return {
        "quota": (_text(_total(quotas)), len(quotas)),
        "quota_deals": (_text(_total(counts)), len(counts)),
        "attainment": (_over(revenue, _total(quotas)), every),
        "attainment_by_count": (_over(len(won), _total(counts)), every),
        "quota_attainment": (_over(revenue, 1_000_000), len(won)),
        "selling_cost": (_text(_total(selling)), len(selling)),
        "marketing_cost": (_text(_total(marketing)), len(marketing)),
        "cost_of_sales": (_over(_total(selling), revenue), every),
        "net_margin": (_over(revenue - cost - _total(selling), revenue), len(won)),
        "contribution": (_text(revenue - cost), len(won)),
        "leads": (str(every), every),
        "cost_per_lead": (_over(_total(marketing), every), every),
        "market_sales": (_text(_total(market)), len(market)),
        "rival_sales": (_text(_total(rival)), len(rival)),
        "market_share": (_over(revenue, _total(market)), every),
        "relative_market_share": (_over(revenue, _total(rival)), every),
    }


def _customers(deals: Sequence[Story], tables: Path) -> dict[str, Figure]:
    won = _won(deals)
    orders = Counter(deal.fields.get("account") for deal in won)
    scores = [Decimal(row["score"]) for deal in deals for row in deal.rows.get("surveys", [])]
    asked = sum(1 for deal in deals if deal.rows.get("surveys"))
    spenders = _keys(tables, "customer_spend")
    ours = _sum_of((deal for deal in won if deal.fields.get("account") in spenders), "amount")
    return {
        "penetration": (_over(len(orders), len(_keys(tables, "accounts"))), len(won)),
        "repurchase": (_over(sum(count >= 2 for count in orders.values()), len(orders)), len(won)),
        "csat": (_over(sum(score >= 4 for score in scores), len(scores)), len(scores)),
        "csat_mean": (_over(_total(scores), len(scores)), len(scores)),
        "survey_response": (_over(asked, len(won)), len(scores)),
        "share_of_wallet": (_over(ours, _total(_column(tables, "customer_spend", "spend"))), len(won)),
        "referral_share": (_over(sum(deal.fields.get("channel") == "referral" for deal in won), len(won)), len(won)),
    }


def _pipeline(deals: Sequence[Story], today: str) -> dict[str, Figure]:
    won, lost = _won(deals), [deal for deal in deals if deal.outcome == "lost"]
    every, revenue = len(deals), _sum_of(_won(deals), "amount")
    ended = [deal for deal in (*won, *lost) if deal.money("amount") is not None]
    share = DIGITS.divide(_sum_of(_won(ended), "amount"), _sum_of(ended, "amount"))
    running = [deal for deal in deals if not deal.outcome]
    priced = [deal for deal in running if deal.money("amount") is not None]
    due = [deal for deal in priced if deal.fields.get("decision_on")]
    weighted = _total((deal.money("amount") or Decimal()) * _chance(deal) for deal in priced)
    qualified = sum(_chance(deal) >= Decimal("0.25") for deal in running)
    slipped = [deal for deal in due if _chance(deal) >= Decimal("0.5") and deal.fields["decision_on"] < today]
    cycle = DIGITS.divide(_total(_seconds(deal.cycle()) for deal in won), Decimal(len(won))).quantize(MICRO)
    size = DIGITS.divide(revenue, Decimal(len(won)))
    odds = DIGITS.divide(Decimal(len(won)), Decimal(len(won) + len(lost)))
    flow = DIGITS.multiply(size, DIGITS.multiply(qualified, odds))
    gross = _total(
        DIGITS.divide(deal.money("amount") or Decimal(), 1 - Decimal(deal.fields.get("discount", "0"))) for deal in won
    )
    reasons = Counter(deal.fields.get("lost_reason") for deal in lost)
    channels = defaultdict(list)
    for deal in deals:
        if deal.fields.get("channel"):
            channels[deal.fields["channel"]].append(deal.outcome == "won")
    best = max(DIGITS.divide(Decimal(sum(one)), Decimal(len(one))) for one in channels.values())
    proposed = [deal for deal in deals if deal.outcome and any(state == "proposal" for state, _, _, _ in visits(deal))]
    return {
        "win_rate_value": (_text(share), len(ended)),
        "coverage_needed": (_over(1, share), every),
        "median_cycle": (_time(_median([_seconds(deal.cycle()) for deal in won])), len(won)),
        "weighted_pipeline": (_text(weighted), len(priced)),
        "weighted_forecast": (_text(weighted + revenue), every),
        "qualified_open": (str(qualified), qualified),
        "pipeline_velocity": (
            _over(flow, DIGITS.divide(cycle, Decimal(86_400))),
            every,
        ),
        "due_pipeline": (_text(_sum_of(due, "amount")), len(due)),
        "slipped": (_text(_sum_of(slipped, "amount")), len(slipped)),
        "lead_conversion": (_over(len(won), every), every),
        "best_channel_conversion": (_text(best), sum(map(len, channels.values()))),
        "proposal_hit_rate": (_over(len(_won(proposed)), len(proposed)), len(proposed)),
        "discount_rate": (_text(DIGITS.divide(DIGITS.subtract(gross, revenue), gross)), len(won)),
        "largest_loss_reason": (_over(max(reasons.values()), len(lost)), len(lost)),
    }


def _chance(deal: Story) -> Decimal:
    return Decimal(PROBABILITY.get(deal.place, "0"))


def _contact(deals: Sequence[Story]) -> dict[str, Figure]:
    first, count = [], 0
    for deal in deals:
        times = [
            entry["at"]
            for entry in deal.doings
            for change in entry["changes"]
            if (change["change"], change.get("record")) == ("record", "activities")
        ]
        count += len(times)
        if times:
            first.append(_seconds(moment(min(times)) - moment(deal.opened_at)))
    return {
        "speed_to_lead": (_time(_median(first)), count),
        "activities_per_win": (_over(count, len(_won(deals))), count),
    }


# -------------------------------------------------------------------------------------------------------------- steps

Visit = tuple[str, datetime, datetime | None, str]  # state, entered, left, by which transition


def visits(story: Story) -> Iterator[Visit]:
    """Every stay of the story in a state, in the order of leaving, those that last on at the end."""
    inside: dict[str, datetime] = {}
    for entry in story.doings:
        for change in entry["changes"]:
            if change["change"] == "move":
                at = moment(entry["at"])
                by = ",".join(change["transitions"])
                yield from ((state, inside.pop(state), at, by) for state in change["exited"])
                inside.update(dict.fromkeys(change["entered"], at))
    yield from ((state, at, None, "") for state, at in inside.items())


def _steps(deals: Sequence[Story], projects: Sequence[Story]) -> dict[str, Figure]:
    talks = [left - at for deal in deals for state, at, left, _ in visits(deal) if state == "negotiation" and left]
    taken = [
        left - at
        for one in projects
        for state, at, left, by in visits(one)
        if (state, by) == ("initiation", "accept") and left
    ]
    votes = [
        moment(request["closed_at"]) - moment(request["requested_at"])
        for deal in deals
        for request in deal.approvals.values()
        if request["status"] in DECIDED
    ]
    return {
        "negotiation_time": (_mean_span(talks), len(talks)),
        "approval_time": (_mean_span(votes), len(votes)),
        "handoff_time": (_mean_span(taken), len(taken)),
        **_gates(deals, projects),
        **_flow(projects),
    }


def _gates(deals: Sequence[Story], projects: Sequence[Story]) -> dict[str, Figure]:
    sold, delivered = (
        [change for one in some for entry in one.doings for change in entry["changes"] if change["change"] == "move"]
        for some in (deals, projects)
    )
    sold = [move for move in sold if move["transitions"]]
    back = [move for move in sold if "proposal" in move["entered"] and {"negotiation", "contract"} & {*move["exited"]}]
    return {
        "gate_compliance": _kept(delivered),
        "sales_gate_compliance": _kept(sold),
        "overrides": (str(sum(bool(move["waived"]) for move in sold)), len(sold)),
        "regress_rate": (_over(len(back), sum(bool(move["entered"]) for move in sold)), len(sold)),
    }


def _kept(moves: Iterable[Facts]) -> Figure:
    forward = [move for move in moves if move["forward"] and move["transitions"]]
    return _over(sum(not move["waived"] for move in forward), len(forward)), len(forward)


def _flow(projects: Sequence[Story]) -> dict[str, Figure]:
    """Work under way, from when it was first taken up to when it last left; set aside, it does not work."""
    spans: list[timedelta] = []
    stays: list[tuple[str, timedelta]] = []
    for one in projects:
        ended = [(state, at, left) for state, at, left, _ in visits(one) if state in WORKING and left]
        stays += [(state, left - at) for state, at, left in ended]
        if ended:
            spans.append(max(left for _, _, left in ended) - min(at for _, at, _ in ended))
    spans.sort()
    whole, working, blocked = (
        _total(_seconds(span) for state, span in stays if state in some) for some in (WORKING, {"working"}, {"blocked"})
    )
    return {
        "cycle_time": (_mean_span(spans), len(stays)),
        "cycle_time_p50": (_time(_median(list(map(_seconds, spans)))), len(stays)),
        "cycle_time_p85": (_time(_seconds(spans[-(-85 * len(spans) // 100) - 1])), len(stays)),
        "flow_efficiency": (_over(working, whole), len(stays)),
        "blocked_time": (_over(blocked, whole), len(stays)),
    }


def _tasks(tasks: Sequence[Facts]) -> dict[str, Figure]:
    done = [task for task in tasks if task["status"] == "done"]
    spans = sorted(moment(task["closed_at"]) - moment(task["opened_at"]) for task in done)
    dated = [task for task in done if task["due_at"]]
    still = [task for task in tasks if task["status"] in {"open", "blocked"}]
    late = spans[-(-85 * len(spans) // 100) - 1]
    return {
        "lead_time": (_mean_span(spans), len(done)),
        "lead_time_p50": (_time(_median(list(map(_seconds, spans)))), len(done)),
        "lead_time_p85": (_time(_seconds(late)), len(done)),
        "work_in_progress": (str(len(still)), len(still)),
        "prompt_tasks": (
            _over(sum(moment(task["closed_at"]) <= moment(task["due_at"]) for task in dated), len(dated)),
            len(dated),
        ),
        "blocked_tasks": (_over(sum(task["status"] == "blocked" for task in still), len(still)), len(still)),
    }


# ----------------------------------------------------------------------------------------------------------- delivery


def _handoffs(projects: Sequence[Story]) -> dict[str, Figure]:
    given = sum(one.fields.get(name) not in (None, "") for one in projects for name in CARRIED)
    back = sum(one.outcome == "returned" for one in projects)
    return {
        "handoff_complete": (_over(given, len(CARRIED) * len(projects)), len(projects)),
        "handoff_return": (_over(back, len(projects)), len(projects)),
    }


def _projects(projects: Sequence[Story]) -> dict[str, Figure]:
    done = [one for one in projects if one.outcome == "delivered"]
    spent, budget = _total(one.spent() for one in projects), _sum_of(projects, "budget")
    slips = [_days(_day(one.outcome_at) - date.fromisoformat(one.fields["deadline"])) for one in done]
    spans = [
        _days(date.fromisoformat(one.fields["deadline"]) - date.fromisoformat(one.fields["start_on"])) for one in done
    ]
    over = _total(one.spent() for one in done) - _sum_of(done, "budget")
    paid = [(one.spent(), one.money("budget") or Decimal()) for one in done if one.spent()]
    errors = [DIGITS.divide(abs(cost - plan), cost) for cost, plan in paid]
    rounds = [row for one in projects for row in one.rows.get("inspections", []) if Decimal(row["round"]) == 1]
    made = {(one.project, row["name"]) for one in projects for row in one.rows.get("deliverables", [])}
    rows = sum(len(one.rows.get("spending", [])) for one in projects)
    return {
        "actual_cost": (_text(spent), rows),
        "budget_at_completion": (_text(budget), len(projects)),
        "share_spent": (_over(spent, budget), len(projects)),
        "schedule_slip": (_time(DIGITS.divide(_total(slips) * 86_400, Decimal(len(done)))), len(done)),
        "duration_overrun": (_over(_total(slips), _total(spans)), len(done)),
        "budget_overrun": (_over(over, _sum_of(done, "budget")), len(done)),
        "estimate_error": (_over(_total(errors), len(errors)), len(errors)),
        "estimate_good": (_over(sum(error <= Decimal("0.25") for error in errors), len(errors)), len(errors)),
        "first_pass_acceptance": (_over(sum(row["passed"] for row in rounds), len(rounds)), len(rounds)),
        "deliverables_made": (str(len(made)), len(made)),
    }


def _risks(risks: Sequence[Facts]) -> dict[str, Figure]:
    scores = [Decimal(risk["score"]) for risk in risks]
    grave = [risk for risk in risks if risk["score"] >= 12]
    return {
        "risk_score_mean": (_over(_total(scores), len(scores)), len(scores)),
        "risk_score_worst": (_text(max(scores)), len(scores)),
        "risk_response_rate": (_over(sum(risk["strategy"] is not None for risk in grave), len(grave)), len(grave)),
    }
