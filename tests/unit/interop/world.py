"""A small workspace to import into: definitions as YAML text, rows as CSV text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from salespm_flow.definition.workspace import load
from salespm_flow.engine.ports import Store
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.system_clock import SystemClock
from salespm_flow.interop.import_report import ImportReport
from salespm_flow.interop.table_import import run_import
from salespm_flow.model.history import Entry, FieldSet, Moved, Noted
from salespm_flow.store import open_store

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
SETTINGS = """\
salespm: 1
kind: workspace
id: test
version: 1
currency: EUR
timezone: Asia/Shanghai
definitions: [definitions]
"""
PRODUCTS = """\
salespm: 1
kind: reference
id: products
version: 1
key: name
fields: {name: {type: text}}
source: products.csv
"""
DEALS = """\
salespm: 1
kind: workflow
id: deals
version: 1
domain: sales
title: Deals
fields:
  product: {type: ref, to: products}
  size:    {type: integer}
  sort:    {type: enum, values: {new: New, renewal: Renewal}}
  met_on:  {type: date}
  won_on:  {type: date}
  value:   {type: money, currency: EUR, min: 0, title: Worth}
initial: open
states:
  open:  {title: Open}
  met:   {title: Met, sla: {breach: 10d}}
  won:   {title: Won, final: true, outcome: won, entry: {require: [value]}}
  lost:  {title: Lost, final: true, outcome: lost}
transitions:
  meet:  {from: open, to: met}
  win:   {from: met, to: won, do: {tell: {action: notify, title: Won a deal, who: owner}}}
  lose:  {from: [open, met], to: lost}
timers:
  weekly: {in: met, every: 7d, do: {ask: {action: task, title: Ask, who: owner}}}
"""
MAPPING = """\
salespm: 1
kind: mapping
id: deals_import
version: 1
workflow: deals
format: csv
key: id
owner: rep
as_of: 2025-06-30
state: {from: stage, values: {Open: open, Met: met, Won: won, Lost: lost}}
fields:
  product: product
  size:    size
  sort:    sort
  met_on:  met_on
  won_on:  closed_on
  value:   value
entered: {open: opened_on, met: met_on, won: closed_on, lost: closed_on}
"""
HEADER = "id,rep,product,size,sort,stage,opened_on,met_on,closed_on,value\n"
WON = "A1,Ann,Desk,3,new,Won,2025-01-06,2025-01-20,2025-02-03,1500\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A workspace, its store and a runner over both."""

    root: Path
    runner: Runner
    store: Store

    def file(self, content: str | bytes) -> Path:
        """A CSV file with the content."""
        path = self.root / "deals.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def take(self, content: str | bytes, *, at: datetime = AT, dry_run: bool = False) -> ImportReport:
        """The report of importing the content."""
        mapping = next(iter(self.runner.library.mappings.values()))
        return run_import(self.runner, mapping, self.file(content), at=at, dry_run=dry_run)

    def history(self, project: str) -> list[str]:
        """A project's history, one line an entry."""
        return [_line(entry) for entry in self.store.history(project)]

    def count(self) -> int:
        """How many projects there are."""
        return sum(1 for _ in self.store.projects())


def world(root: Path, *, definitions: Sequence[tuple[str, str]] = (), store: Store | None = None) -> World:
    """A workspace with the deals above, where `definitions` (name, text) replace or join the files."""
    folder = root / "definitions"
    folder.mkdir(exist_ok=True)
    texts = {"deals": DEALS, "mapping": MAPPING, "products": PRODUCTS} | dict(definitions)
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    (folder / "products.csv").write_text("name\nDesk\nChair\n", encoding="utf-8")
    (root / "salespm.yaml").write_text(SETTINGS, encoding="utf-8")
    loaded = load(root)
    assert loaded.diagnostics == ()
    kept = open_store(str(root / "projects.db"), create=True) if store is None else store
    return World(root=root, runner=Runner(kept, loaded.library, SystemClock()), store=kept)


def _line(entry: Entry) -> str:
    said = []
    for change in entry.changes:
        match change:
            case FieldSet():
                said.append(change.field)
            case Moved() if change.transitions:
                said.append("->" + change.state)
            case Noted():
                said.append(f"{change.topic} {change.name}")
            case _:
                pass
    return f"{entry.at:%Y-%m-%dT%H:%M} {entry.doing} {entry.actor}: {', '.join(said)}"
