"""Each formula of the KPI catalogue is shipped, under which ids, or waits for something that is named.

The catalogue's ids stand in its own order and spelling. What may wait: a plan (budget and work over time), a forecast,
the history of stages (told by `flow` and by `forecast`, which need no KPI) or the alignment of an event log.
"""

from collections import Counter
from types import MappingProxyType
from typing import Final

from salespm_flow.definition.workspace import load, shipped_definitions
from salespm_flow.model.rules import Kpi
from tests.acceptance.test_kpis import EXPECTED

PLAN: Final = "plan"
FORECAST: Final = "forecast"
STAGES: Final = "stage history"
LOG: Final = "event log"
REASONS: Final = frozenset({PLAN, FORECAST, STAGES, LOG})

PROJECT: Final = MappingProxyType(
    {
        **dict.fromkeys(("PV", "EV"), PLAN),
        "AC": ("actual_cost",),
        "BAC": ("budget_at_completion",),
        **dict.fromkeys(("CV", "SV", "CPI", "SPI", "CSI"), PLAN),
        **dict.fromkeys(("EAC_typ", "EAC_atyp", "EAC_cs", "EAC_bu", "ETC", "VAC", "TCPI_BAC", "TCPI_EAC"), PLAN),
        **dict.fromkeys(("earned_schedule", "SPI_t", "SV_t", "IEAC_t", "pct_complete"), PLAN),
        "pct_spent": ("share_spent",),
        "on_time_rate": ("on_time_rate", "prompt_tasks"),
        "milestone_hit": ("milestone_hit",),
        "sched_slip": ("schedule_slip",),
        "duration_overrun": ("duration_overrun",),
        "budget_overrun": ("budget_overrun",),
        "within_budget_rate": ("within_budget_rate",),
        "est_accuracy": ("estimate_error", "estimate_good"),
        "defect_density": ("defect_density",),
        "defect_removal_eff": ("defect_removal",),
        "first_pass_accept": ("first_pass_acceptance",),
        "req_met": ("requirements_met",),
        "rework_rate": ("rework_rate",),
        "cost_of_quality": ("quality_cost", "failure_cost_share"),
        "utilisation": ("utilisation", "idle_share"),
        **dict.fromkeys(("load_peak", "overalloc_days"), PLAN),
        "throughput": ("throughput", "throughput_per_person"),
        "lead_time": ("lead_time", "lead_time_p50", "lead_time_p85"),
        "cycle_time": ("cycle_time", "cycle_time_p50", "cycle_time_p85"),
        "flow_efficiency": ("flow_efficiency", "blocked_time"),
        "WIP": ("work_in_progress",),
        "Little check": ("little_work_in_progress",),
        "sprint_velocity": ("sprint_velocity",),
        "burndown": ("sprint_remaining",),
        "sprint_goal_rate": ("sprint_goal_rate",),
        "scope_creep": ("scope_creep",),
        "change_rate": ("change_rate",),
        "risk_score": ("risk_score_mean", "risk_score_worst"),
        "EMV": ("expected_loss",),
        "risk_reduction": ("risk_reduction",),
        "RRL": ("risk_leverage",),
        "risk_response_rate": ("risk_response_rate",),
        "risk_control_index": ("risk_control",),
        "risk_hit_rate": ("risk_hit_rate",),
        "issue_mttr": ("issue_time", "risk_issue_time", "issue_age"),
        "gate_compliance": ("gate_compliance", "sales_gate_compliance"),
        "fitness": LOG,
        "team_collab": ("teamwork",),
        "delivery_success": ("delivery_success",),
        **dict.fromkeys(("CPM", "PERT"), PLAN),
    }
)
SALES: Final = MappingProxyType(
    {
        "revenue": ("revenue", "revenue_growth"),
        "attainment": ("attainment", "attainment_by_count"),
        "pace": ("pace",),
        "run_rate": ("run_rate",),
        "win_rate": ("win_rate",),
        "win_rate_value": ("win_rate_value",),
        "win_rate_all": ("conversion",),
        **dict.fromkeys(("stage_conv", "stage_p", "leak", "skip_rate"), STAGES),
        "regress_rate": ("regress_rate",),
        "cycle": ("cycle", "median_cycle"),
        "time_in_stage": ("negotiation_time",),
        "rotting": ("rotting",),
        "push_count": ("push_count",),
        "deal_size": ("deal_size",),
        "pipeline_velocity": ("pipeline_velocity",),
        "open_pipeline": ("open_pipeline", "due_pipeline"),
        "weighted": ("weighted_pipeline", "weighted_forecast"),
        **dict.fromkeys(("categories", "forecast_interval"), FORECAST),
        "coverage": ("pipeline_coverage",),
        "coverage_needed": ("coverage_needed",),
        "slipped": ("slipped",),
        **dict.fromkeys(("forecast_accuracy", "Brier", "calibration"), FORECAST),
        "discount": ("discount_rate",),
        "gross_margin": ("gross_margin", "contribution"),
        "net_margin": ("net_margin",),
        "cost_of_sales": ("cost_of_sales",),
        "CAC": ("acquisition_cost",),
        "CLV": ("lifetime_value", "discounted_lifetime_value"),
        "CLV_CAC": ("value_to_cost",),
        "payback": ("payback",),
        "new_customers": ("new_customers", "new_customer_share", "new_segments"),
        "lead_conv": ("lead_conversion",),
        "speed_to_lead": ("speed_to_lead",),
        "activity_rate": ("activity_rate", "activities_per_win"),
        "market_share": ("market_share", "relative_market_share"),
        "penetration": ("penetration",),
        "CSAT": ("csat", "csat_mean", "survey_response"),
        "NPS": ("nps",),
        "CES": ("effort_score",),
        "repurchase": ("repurchase",),
        "retention": ("retention",),
        "churn": ("churn",),
        "NRR": ("net_revenue_retention",),
        "GRR": ("gross_revenue_retention",),
        "share_of_wallet": ("share_of_wallet",),
        "loyalty_index": ("loyalty_index",),
        "complaint_mttr": ("complaint_time", "complaints_in_time"),
        "handoff_time": ("handoff_time",),
        "handoff_complete": ("handoff_complete",),
        "handoff_return": ("handoff_return",),
        "promise_kept": ("promise_kept",),
        "commission": ("commission",),
        "lost_reason_mix": ("rival_losses", "no_decision_losses", "largest_loss_reason"),
    }
)
CATALOGUE: Final = MappingProxyType({**PROJECT, **SALES})
# Worked out by hand in test_commission, over deals of its own.
ELSEWHERE: Final = frozenset({"commission"})


def _shipped() -> dict[str, Kpi]:
    library = load(shipped_definitions()).library
    return {kpi.id: kpi for kpis in library.kpi_sets.values() for kpi in kpis.kpis.values()}


def test_each_formula_of_the_catalogue_is_shipped_or_waits_for_something_named() -> None:
    known = _shipped()
    ids = [name for found in CATALOGUE.values() if isinstance(found, tuple) for name in found]
    waiting = Counter(found for found in CATALOGUE.values() if isinstance(found, str))

    assert [name for name in ids if name not in known] == []
    assert len(ids) == len(set(ids))
    assert waiting.keys() == REASONS
    assert dict(waiting) == {PLAN: 24, LOG: 1, STAGES: 4, FORECAST: 5}


def test_each_formula_that_is_shipped_has_a_value_worked_out_by_hand() -> None:
    ids = {name for found in CATALOGUE.values() if isinstance(found, tuple) for name in found}

    assert ids - ELSEWHERE - EXPECTED.keys() == set()
    assert {name for name in ids & EXPECTED.keys() if EXPECTED[name] == "n/a"} == set()


def test_each_says_its_unit_population_basis_direction_source_and_both_titles() -> None:
    known = _shipped()
    for found in CATALOGUE.values():
        for kpi in (known[name] for name in (found if isinstance(found, tuple) else ())):
            is_share = str(kpi.unit) in {"percent", "ratio"}
            said = (kpi.unit, kpi.of, kpi.basis, kpi.better, kpi.source.en, kpi.title.zh, kpi.title.en)
            assert all(str(one) for one in said), kpi.id
            assert kpi.title.zh != kpi.title.en, kpi.id
            assert is_share <= (kpi.denominator is not None), kpi.id
