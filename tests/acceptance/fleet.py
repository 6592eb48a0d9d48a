"""Many running projects of the shipped sales pipeline, and its second version: what migrations are tried on."""

import shutil
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from salespm_flow.definition.workspace import load, shipped_definitions
from salespm_flow.engine.definitions import Definitions
from salespm_flow.engine.placing import Placement, place
from salespm_flow.engine.ports import Store, Write
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.decision import Accepted
from salespm_flow.model.project import Project
from salespm_flow.store import open_store

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
STATES = ("market_research", "prospecting", "first_contact", "discovery", "proposal", "negotiation", "contract")
MIGRATION = """salespm: 1
kind: migration
id: pipeline_next
version: 1
workflow: sales_pipeline
from: {old}
to: {new}
states:
  market_research: targeting
  negotiation: {{when: amount > 100000, to: board, else: desk}}
fields: {{market_size: null}}
"""


def workspace(folder: Path) -> Path:
    """A workspace with the shipped definitions in `flows`, and an empty store."""
    shutil.copytree(shipped_definitions(), folder / "flows", ignore=shutil.ignore_patterns("*_tests.yaml"))
    settings = "salespm: 1\nkind: workspace\nlanguage: en\ntimezone: Asia/Shanghai\ndefinitions: [flows]\n"
    (folder / "salespm.yaml").write_text(settings, encoding="utf-8")
    open_store(str(folder / "salespm.db"), create=True).close()
    return folder


def launch(folder: Path, count: int) -> None:
    """So many projects run on the pipeline as it is, spread over its states."""
    library = load(folder).library
    store = open_store(str(folder / "salespm.db"))
    definitions = Definitions(store, library)
    compiled = definitions.newest("sales_pipeline")
    definitions.keep(compiled)
    with store.batch():
        for number in range(count):
            fields: dict[str, Value] = {
                "amount": Money(Decimal(number * 1000 % 200_000), "CNY"),
                "market_size": Money(Decimal(number + 1), "CNY"),
                "fit_score": Decimal(60 + number % 40),
            }
            placement = Placement(
                project=f"p{number:05}",
                owner="wang",
                states=(STATES[number % len(STATES)],),
                fields=fields,
                records={},
            )
            decision = place(compiled, placement, NOW + timedelta(minutes=number % 600))
            assert isinstance(decision, Accepted)
            store.commit((Write(before=None, after=decision.project, entries=(decision.entry,)),))
    store.close()


def second_version(folder: Path) -> tuple[int, int]:
    """The next version of the pipeline and the migration to it are in the workspace; both version numbers.

    A state is renamed, one is split, a field is removed, a guard is tighter.
    """
    path = folder / "flows/sales_pipeline.yaml"
    text = path.read_text("utf-8")
    old = int(text.split("\nversion: ")[1].split("\n")[0])
    changes = (
        (f"\nversion: {old}\n", f"\nversion: {old + 1}\n"),
        ("  market_research:\n", "  targeting:\n"),
        ("initial: market_research", "initial: targeting"),
        ("from: market_research", "from: targeting"),
        ("require: [market_size, target_segment", "require: [target_segment"),
        ("fit_floor: 60", "fit_floor: 70"),
    )
    for was, now in changes:
        assert was in text, was
        text = text.replace(was, now)
    lines = [line for line in text.splitlines() if not line.startswith("  market_size:")]
    at = lines.index("  negotiation:")
    inner = [
        "    initial: desk",
        "    states:",
        "      desk: {title: {zh: 常规谈判, en: Desk}}",
        "      board: {title: {zh: 高层谈判, en: Board}, sla: {warn: 3wd}}",
    ]
    lines[at + 1 : at + 1] = inner
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "flows/pipeline_next.yaml").write_text(MIGRATION.format(old=old, new=old + 1), encoding="utf-8")
    for overlay in (folder / "flows").glob("*.yaml"):
        if "\nextends: sales_pipeline" in overlay.read_text("utf-8"):
            overlay.unlink()
    return old, old + 1


def standing(store: Store) -> dict[str, Project]:
    """All projects by id."""
    return {project.id: project for project in store.projects()}
