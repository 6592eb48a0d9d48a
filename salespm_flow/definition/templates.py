"""The templates that a workspace begins with: which of the shipped definitions each of them takes.

A template is a way of working, whole: its workflows with their risks, figures and scenarios, and what those stand on.
It knows file names alone; that each template is complete and clean is held by a test.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A way of working. `workflow` is the one to begin with; `files` are paths below the shipped definitions."""

    id: str
    title: Bilingual
    workflow: str
    files: tuple[str, ...]


_COMPANY: Final = (
    "company.yaml",
    "cn_office.yaml",
    "exchange_rates.yaml",
    "exchange_rates.csv",
    "lesson.yaml",
    "scenarios/lesson_tests.yaml",
)
_ACCOUNTS: Final = ("accounts.yaml", "accounts.csv")
_DELIVERY: Final = (
    *_ACCOUNTS,
    "lessons.yaml",
    "lessons.csv",
    "pm_lifecycle.yaml",
    "delivery_risks.yaml",
    "delivery_kpis.yaml",
    "pm_scorecard.yaml",
    "scenarios/pm_lifecycle_tests.yaml",
)
_SALES: Final = (
    *_DELIVERY,
    "sales_pipeline.yaml",
    "discount_limit.yaml",
    "sales_risks.yaml",
    "sales_kpis.yaml",
    "sales_scorecard.yaml",
    "quarter_goals.yaml",
    "goal_kpis.yaml",
    "scenarios/sales_pipeline_tests.yaml",
)
_SALES_PROJECT: Final = (
    *_SALES,
    "sales_project.yaml",
    "sales_project_risks.yaml",
    "sales_project_kpis.yaml",
    "sales_project_scorecard.yaml",
    "scenarios/sales_project_tests.yaml",
)
_SCRUM: Final = ("scrum.yaml", "scrum_risks.yaml", "scrum_kpis.yaml", "scenarios/scrum_tests.yaml")
_KANBAN: Final = ("kanban.yaml", "kanban_risks.yaml", "kanban_kpis.yaml", "scenarios/kanban_tests.yaml")
_HYBRID: Final = (
    *_SALES,
    *_KANBAN,
    "hybrid_sales.yaml",
    "hybrid_kpis.yaml",
    "scenarios/hybrid_sales_tests.yaml",
)
_IMPLEMENTATION: Final = (
    *_DELIVERY,
    "software_implementation.yaml",
    "implementation_risks.yaml",
    "implementation_kpis.yaml",
    "scenarios/software_implementation_tests.yaml",
)
_BID: Final = (
    *_SALES,
    "engineering_bid.yaml",
    "bid_risks.yaml",
    "bid_kpis.yaml",
    "scenarios/engineering_bid_tests.yaml",
)


def _template(id_: str, title: Bilingual, workflow: str, files: tuple[str, ...]) -> Template:
    return Template(id=id_, title=title, workflow=workflow, files=(*_COMPANY, *files))


# By the name that `init --template` takes; a hyphen may be written as an underscore.
TEMPLATES: Final[Mapping[str, Template]] = MappingProxyType(
    {
        one.id: one
        for one in (
            _template("sales", Bilingual("销售管线", "Sales pipeline"), "sales_pipeline", _SALES),
            _template("delivery", Bilingual("项目交付", "Project delivery"), "pm_lifecycle", _DELIVERY),
            _template("sales-project", Bilingual("销售项目", "Sales project"), "sales_project", _SALES_PROJECT),
            _template("scrum", Bilingual("敏捷迭代", "Scrum"), "scrum", _SCRUM),
            _template("kanban", Bilingual("看板", "Kanban"), "kanban", _KANBAN),
            _template("hybrid", Bilingual("混合模式", "Pipeline, board and lifecycle"), "hybrid_sales", _HYBRID),
            _template(
                "software-implementation",
                Bilingual("软件实施", "Software implementation"),
                "software_implementation",
                _IMPLEMENTATION,
            ),
            _template("engineering-bid", Bilingual("工程投标", "Engineering bid"), "engineering_bid", _BID),
        )
    }
)
