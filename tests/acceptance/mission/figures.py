"""What is measured: each KPI over the quarter that `test_kpis` tells, as a hand worked it out there."""

from tests.acceptance.mission.documents import DELIVERY, GOALS, SALES_PROJECT
from tests.acceptance.mission.world import World
from tests.acceptance.test_kpis import EXPECTED

SETS = (
    "pipeline_kpis",
    "finance_kpis",
    "customer_kpis",
    "project_kpis",
    "handoff_kpis",
    "people_kpis",
    "flow_kpis",
    "risk_kpis",
    "sales_kpis",
    "delivery_kpis",
)
DOCUMENTS = (
    *DELIVERY,
    *GOALS,
    *SALES_PROJECT,
    *SETS,
    "sales_targets",
    "selling_costs",
    "market_figures",
    "customer_spend",
    "sales_pipeline",
    "sales_risks",
    "sales_scorecard",
    "discount_limit",
    "pm_scorecard",
)


def _as_worked_out(world: World, *names: str) -> None:
    """The figures are those of `test_kpis`, and each says where it comes from in both languages."""
    assert world.figures(*names) == {name: EXPECTED[name] for name in names}
    kpis = {kpi.id: kpi for kpis in world.library.kpi_sets.values() for kpi in kpis.kpis.values()}
    assert all(kpis[name].title.zh != kpis[name].title.en and kpis[name].source.en for name in names)


def revenue(world: World) -> None:
    _as_worked_out(world, "revenue", "revenue_growth", "deal_size", "gross_margin", "attainment", "pace")
    _as_worked_out(world, "best_campaign", "contribution", "pipeline_velocity")


def pipeline(world: World) -> None:
    _as_worked_out(world, "pipeline_velocity", "leads", "cost_per_lead", "best_channel_conversion", "win_rate")


def customers(world: World) -> None:
    _as_worked_out(world, "new_customers", "penetration", "repurchase", "loyalty_index", "csat", "nps")
    _as_worked_out(world, "new_segments", "new_customer_share")


def service(world: World) -> None:
    _as_worked_out(world, "needs_coverage", "proposal_hit_rate", "complaint_time", "complaints_in_time", "satisfied")


def result(world: World) -> None:
    _as_worked_out(world, "market_share", "net_margin", "cost_of_sales", "rival_losses", "win_rate_value")
    _as_worked_out(world, "goal_within_budget", "project_budget_used")


def delivery(world: World) -> None:
    _as_worked_out(world, "on_time_rate", "within_budget_rate", "delivery_success", "promise_kept", "requirements_met")
    _as_worked_out(world, "schedule_slip", "rework_rate")


def slip(world: World) -> None:
    _as_worked_out(
        world, "schedule_slip", "budget_overrun", "duration_overrun", "first_pass_acceptance", "milestone_hit"
    )
    _as_worked_out(world, "defect_density", "defect_removal")


def work(world: World) -> None:
    _as_worked_out(world, "utilisation", "rework_rate", "blocked_tasks", "prompt_tasks", "teamwork")
    _as_worked_out(world, "blocked_time", "idle_share")


def flow(world: World) -> None:
    _as_worked_out(world, "throughput", "issue_time", "gate_compliance", "flow_efficiency", "share_spent")
    _as_worked_out(world, "issue_age", "throughput_per_person", "blocked_time")


def risks(world: World) -> None:
    names = ("risk_control", "risk_response_rate", "risk_reduction", "response_effectiveness", "risk_calibration")
    _as_worked_out(world, *names, "expected_loss", "risk_hit_rate", "risk_issue_time")


def capacity(world: World) -> None:
    """What people have to give: hours of all who work here, on the days that they do."""
    _as_worked_out(world, "capacity", "hours_worked", "utilisation", "defect_density")


def loyalty(world: World) -> None:
    _as_worked_out(world, "repurchase", "loyalty_index", "retention", "churn")


def on_course(world: World) -> None:
    _as_worked_out(world, "pace", "attainment", "run_rate", "quota")


def delivered(world: World) -> None:
    _as_worked_out(world, "delivery_success", "budget_used", "delivery_time")
