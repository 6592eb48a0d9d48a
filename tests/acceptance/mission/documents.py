"""The shipped definitions that checks of the mission stand on, grouped by what they describe."""

COMPANY = ("accounts", "company", "cn_office")
DELIVERY = (*COMPANY, "pm_lifecycle", "lessons", "delivery_risks")
GOALS = ("quarter_goals", "goal_kpis", "exchange_rates")
SELLING = (*DELIVERY, *GOALS, "sales_pipeline", "sales_risks", "sales_scorecard", "sales_kpis", "discount_limit")
SALES_PROJECT = (
    *SELLING,
    "sales_project",
    "sales_project_risks",
    "sales_project_scorecard",
    "sales_project_kpis",
)
