"""The published CRM export becomes projects, and its known figures come out of the shipped definitions."""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from salespm_flow.definition.workspace import load, shipped_definitions
from salespm_flow.engine.draft import replay
from salespm_flow.engine.measure.evaluation import evaluate
from salespm_flow.engine.ports import Store
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.running.ticking import Ticked, tick
from salespm_flow.engine.system_clock import SystemClock
from salespm_flow.expr.values import Money
from salespm_flow.interop.import_report import ImportReport, Unresolved, UnresolvedValue
from salespm_flow.interop.table_import import run_import
from salespm_flow.model.history import Noted
from salespm_flow.model.library import ImportMapping
from salespm_flow.store import open_store

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
SETTINGS = """\
salespm: 1
kind: workspace
id: crm
version: 1
currency: USD
timezone: UTC
definitions: [definitions]
"""
GTX_PRO = Unresolved(
    field="product",
    count=1480,
    distinct=1,
    examples=(UnresolvedValue(text="GTXPro", count=1480, line=3, nearest="GTX Pro"),),
)
IMPORTED = ImportReport(
    rows=8800,
    created=8800,
    revised=0,
    unchanged=0,
    refused=0,
    entries=25711,
    assumed=500,
    unresolved=(GTX_PRO,),
    refusals=(),
    unread=(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crm:
    """A workspace with the shipped CRM definitions over the published tables, and its store."""

    runner: Runner
    store: Store
    place: Path
    deals: Path
    report: ImportReport

    @property
    def mapping(self) -> ImportMapping:
        return self.runner.library.mappings["crm_import"]


@pytest.fixture(scope="module")
def crm(salespm_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crm]:
    data = salespm_data / "crm"
    root = tmp_path_factory.mktemp("crm")
    definitions = root / "definitions"
    shutil.copytree(shipped_definitions() / "crm", definitions)
    for name in ("accounts.csv", "products.csv"):
        (definitions / name).write_bytes((data / name).read_bytes())
    (root / "salespm.yaml").write_text(SETTINGS, encoding="utf-8")
    loaded = load(root)
    assert loaded.diagnostics == ()
    place = root / "projects.db"
    store = open_store(str(place), create=True)
    runner = Runner(store, loaded.library, SystemClock())
    deals = data / "sales_pipeline.csv"
    report = run_import(runner, loaded.library.mappings["crm_import"], deals, at=AT)
    yield Crm(runner=runner, store=store, place=place, deals=deals, report=report)
    store.close()


def content(place: Path) -> list[tuple[object, ...]]:
    """Every row of the tables that an import may write."""
    with sqlite3.connect(place) as connection:
        tables = ("projects", "entries", "answers", "clocks", "tasks", "outbox", "definitions", "pins")
        return [row for table in tables for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608 -- names above


def test_every_row_of_the_export_is_imported(crm: Crm) -> None:
    assert crm.report == IMPORTED


def test_kpis_are_the_known_figures(crm: Crm) -> None:
    kpis = evaluate(crm.store, crm.runner.library, at=AT).kpis
    values = {name: result.value for name, result in kpis.items()}
    win_rate, conversion, cycle = (values.pop(name) for name in ("crm_win_rate", "crm_conversion", "crm_won_cycle"))
    lost_cycle, mean_deal = (values.pop(name) for name in ("crm_lost_cycle", "crm_won_deal"))
    assert values == {
        "crm_deals_won": Decimal(4238),
        "crm_deals_lost": Decimal(2473),
        "crm_deals_engaging": Decimal(1589),
        "crm_deals_prospecting": Decimal(500),
        "crm_won_revenue": Money(Decimal(10_005_534), "USD"),
    }
    assert isinstance(win_rate, Decimal)
    assert isinstance(conversion, Decimal)
    assert isinstance(cycle, timedelta)
    assert isinstance(lost_cycle, timedelta)
    assert isinstance(mean_deal, Money)
    assert round(win_rate * 100, 2) == Decimal("63.15")
    assert round(conversion * 100, 2) == Decimal("48.16")
    assert round(cycle / timedelta(days=1), 2) == 51.78
    assert round(lost_cycle / timedelta(days=1), 2) == 41.48
    assert round(mean_deal.amount, 2) == Decimal("2360.91")


def test_deal_walks_through_its_states_at_the_dates_of_the_file(crm: Crm) -> None:
    entries = tuple(crm.store.history("1C1I7A6R"))
    assert [(entry.at.date().isoformat(), entry.name, entry.actor) for entry in entries] == [
        ("2016-10-20", "crm_deals", "Moses Frase"),
        ("2016-10-20", "engage", "Moses Frase"),
        ("2017-03-01", "win", "Moses Frase"),
    ]
    before = replay(entry for entry in entries if entry.at < datetime(2017, 3, 1, tzinfo=UTC))
    assert before is not None
    assert (before.state, set(before.fields)) == ("engaging", {"account", "product", "engage_date"})


def test_unresolved_product_stays_empty_and_is_noted(crm: Crm) -> None:
    project = crm.store.project("Z063OYW0")
    assert project is not None
    assert "product" not in project.fields
    *_, last = crm.store.history("Z063OYW0")
    assert last.changes == (Noted(topic="unresolved", name="product"),)


def test_importing_again_changes_nothing_and_says_so(crm: Crm) -> None:
    before = content(crm.place)
    again = run_import(crm.runner, crm.mapping, crm.deals, at=AT + timedelta(days=1))
    assert again == replace(IMPORTED, created=0, unchanged=8800, entries=0, assumed=0)
    assert content(crm.place) == before


def test_no_past_timer_fires(crm: Crm) -> None:
    before = content(crm.place)
    assert tick(crm.runner, AT, lambda _: None) == Ticked(fired=(), reassessed=(), heard=(), notices=())
    assert content(crm.place) == before


def test_imported_store_verifies(crm: Crm) -> None:
    assert tuple(crm.store.verify()) == ()


def test_alias_in_the_mapping_resolves_every_product(crm: Crm, tmp_path: Path) -> None:
    product = replace(crm.mapping.fields["product"], values={"GTXPro": "GTX Pro"})
    mapping = replace(crm.mapping, fields={**crm.mapping.fields, "product": product})
    store = open_store(str(tmp_path / "aliased.db"), create=True)
    report = run_import(Runner(store, crm.runner.library, SystemClock()), mapping, crm.deals, at=AT)
    # Of the 1,480 deals, 80 are still prospecting: their assumed date is to be noted all the same.
    assert report == replace(IMPORTED, unresolved=(), entries=25711 - 1400)
    project = store.project("Z063OYW0")
    assert project is not None
    assert project.fields["product"] == "GTX Pro"
    store.close()
