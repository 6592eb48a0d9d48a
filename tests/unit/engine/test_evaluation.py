"""Figures over a store: parameters, computed fields, n/a."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from salespm_flow.engine.measure.evaluation import evaluate, keep

if TYPE_CHECKING:
    from tests.unit.engine.conftest import World

    MakeWorld = Callable[[dict[str, str]], World]

DEALS = """
domain: sales
fields:
  size: {type: integer, default: 1}
  twice: {type: number, formula: size * 2}
initial: a
states: {a: {}, z: {final: true, outcome: won}, n: {final: true, outcome: lost}}
transitions: {win: {from: a, to: z, when: 'default(kpi.big_share, 0%) < 50%'}, lose: {from: a, to: n}}
"""
KPIS = """
workflow: deals
parameters: {big: 5}
kpis:
  doubled: {title: Doubled, unit: count, better: higher, of: projects, basis: as_of, source: test,
            formula: sum(projects.twice)}
  big_share: {title: Big, unit: percent, better: higher, of: projects, basis: as_of, source: test,
              numerator: 'count(projects[size >= big])', denominator: count(projects)}
  win_rate: {title: Wins, unit: percent, better: higher, of: projects, basis: outcome, source: test,
             numerator: 'count(projects[outcome = "won"])', denominator: count(projects)}
"""


def test_figures_see_parameters_and_computed_fields(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/deals": DEALS, "kpi_set/figures": KPIS})
    for number, size in enumerate((1, 5, 9)):
        world.open("deals", f"d{number}", size=Decimal(size))

    figures = evaluate(world.store, world.runner.library, at=world.clock.now()).kpis

    assert {name: figure.value for name, figure in figures.items()} == {
        "doubled": Decimal(30),
        "big_share": Decimal("0.6666666666666666666666666666666667"),
        "win_rate": None,
    }
    assert (figures["big_share"].numerator, figures["big_share"].denominator) == (Decimal(2), Decimal(3))


def test_guards_read_the_stored_snapshot(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/deals": DEALS, "kpi_set/figures": KPIS})
    world.open("deals", "d1", size=Decimal(9))
    assert world.advance("win", "d1").is_accepted
    keep(world.store, evaluate(world.store, world.runner.library, at=world.clock.now()))
    world.open("deals", "d2")

    assert not world.advance("win", "d2").is_accepted


OFFICE = """
week: [mon]
hours: ["09:00-17:00"]
"""
DAYS = """
workflow: deals
kpis:
  mondays: {title: Mondays, unit: count, better: higher, of: projects, basis: as_of, source: test,
            formula: 'working days(date("2026-03-01"), date("2026-03-15")) * count(projects)'}
"""


def test_figures_count_working_days_by_the_workspaces_calendar(world_of: "MakeWorld") -> None:
    world = world_of(
        {"workflow/deals": DEALS, "kpi_set/figures": KPIS, "kpi_set/days": DAYS, "calendar/office": OFFICE}
    )
    world.open("deals", "d1")
    library = world.runner.library
    named = replace(library, workspace=replace(library.workspace, calendar="office"))

    assert evaluate(world.store, named, at=world.clock.now()).kpis["mondays"].value == Decimal(2)


def test_formulas_of_figures_call_decision_tables(world_of: "MakeWorld") -> None:
    weights = """
hit: first
inputs: {size: {type: number}}
outputs: {w: {type: number}}
rules: {big: {size: '> 4', w: 10}, all: {w: 1}}
"""
    kpis = """
workflow: deals
kpis:
  weighed: {title: Weighed, unit: count, better: higher, of: projects, basis: as_of, source: test,
            formula: 'sum(for p in projects return table.weights(size: p.size))'}
  heavy: {title: Heavy, unit: count, better: higher, of: projects, basis: as_of, source: test,
          where: table.weights(size) = 10, formula: count(projects)}
"""
    deals = DEALS.replace(", when: 'default(kpi.big_share, 0%) < 50%'", "")
    world = world_of({"workflow/deals": deals, "kpi_set/figures": kpis, "decision_table/weights": weights})
    for number, size in enumerate((1, 5, 9)):
        world.open("deals", f"d{number}", size=Decimal(size))

    figures = evaluate(world.store, world.runner.library, at=world.clock.now()).kpis

    assert {name: figure.value for name, figure in figures.items()} == {"weighed": Decimal(21), "heavy": Decimal(2)}
