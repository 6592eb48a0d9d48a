"""Who works here: the skills of both families, what asks for them, who lacks them; roles, teams, capacity."""

from datetime import date, timedelta

from salespm_flow.model.organisation import Organisation
from salespm_flow.model.workflow import Workflow
from salespm_flow.rules.skills import candidates, match_of, need_of
from tests.acceptance.mission.documents import SALES_PROJECT
from tests.acceptance.mission.world import World
from tests.acceptance.test_shipped_workflows import cny

DOCUMENTS = SALES_PROJECT


def _asked(world: World, workflow: str, leaf: str, family: str, **levels: int) -> None:
    """The state asks for the skills, all of the family, at levels that the company's people are held against."""
    definition: Workflow = world.workflow(workflow)
    company: Organisation = world.company
    need = need_of(definition, (leaf,), company)
    for skill, wanted in levels.items():
        assert company.skills[skill].family == family
        assert need.skills[skill] == wanted
        ranked = candidates(company, need, date(2026, 3, 2), {})
        assert ranked
        for match in ranked:
            has = company.people[match.person].skills.get(skill, 0)
            gaps = {gap.skill: gap.level for gap in match.gaps}
            assert gaps.get(skill) == (has if has < wanted else None)


def leading(world: World) -> None:
    levels = {"organising": 4, "risk_management": 4, "leadership": 3, "risk_assessment": 3}
    _asked(world, "pm_lifecycle", "initiation", "pm", **levels)
    _asked(world, "sales_project", "organise", "pm", team_building=2)


def scheduling(world: World) -> None:
    levels = {"scheduling": 4, "resource_allocation": 3, "time_management": 3, "process": 2}
    _asked(world, "pm_lifecycle", "active.planning", "pm", **levels)


def doing(world: World) -> None:
    levels = {"drive": 3, "coordination": 2, "pm_methods": 2}
    _asked(world, "pm_lifecycle", "active.delivery.execution.working", "pm", **levels)
    _asked(world, "pm_lifecycle", "active.closing", "pm", analysis=3)


def emergencies(world: World) -> None:
    _asked(world, "pm_lifecycle", "active.delivery.execution.blocked", "pm", adaptability=3, risk_avoidance=2)
    _asked(world, "pm_lifecycle", "active.delivery.monitoring.red.analysing", "pm", fast_decision=3, resilience=3)


def finding_customers(world: World) -> None:
    _asked(world, "sales_pipeline", "market_research", "sales", market_insight=3)
    _asked(world, "sales_pipeline", "prospecting", "sales", marketing=2, market_development=3)
    _asked(world, "sales_pipeline", "communication.first_contact", "sales", interpersonal=2, expression=3)


def talking(world: World) -> None:
    levels = {"psychology": 2, "customer_focus": 3, "rapport": 3}
    _asked(world, "sales_pipeline", "communication.discovery", "sales", **levels)


def closing_deals(world: World) -> None:
    _asked(world, "sales_pipeline", "proposal", "sales", product_knowledge=3, commercial=3)
    _asked(world, "sales_pipeline", "negotiation", "sales", negotiation=3)
    _asked(world, "sales_pipeline", "after_sales.care", "sales", relationship_keeping=3, crm=2)


def units(world: World) -> None:
    """Sales and delivery belong to units of their own; a team has members and a manager."""
    company = world.company
    lifecycle, pipeline = world.workflow("pm_lifecycle"), world.workflow("sales_pipeline")
    delivering = need_of(lifecycle, ("active.planning",), company).role
    selling = need_of(pipeline, ("proposal",), company).role
    assert delivering is not None
    assert selling is not None
    assert (company.roles[delivering].unit, company.roles[selling].unit) == ("projects", "market")
    assert [person.id for person in company.people.values() if person.unit == "east"] == ["wang", "he", "zhao"]
    assert (company.units["east"].manager, company.units["east"].parent) == ("zhao", "market")


def best_person(world: World) -> None:
    """Who is best for a stage: here, with the smallest gap."""
    company = world.company
    need = need_of(world.workflow("sales_pipeline"), ("negotiation",), company)
    ranked = candidates(company, need, date(2026, 3, 2), {})
    assert [match.person for match in ranked] == ["wang", "he", "zhao"]
    away = candidates(company, need, date(2026, 5, 6), {})
    assert [match.person for match in away][-1] == "wang"
    assert match_of(company.people["wang"], need).missing == 0
    assert (company.people["wang"].rate, company.people["wang"].hours) == (cny(300), timedelta(hours=8))
