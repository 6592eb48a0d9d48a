"""Titles of what stands outside a workflow and is spoken of in it: KPIs, goals, tables, columns of references."""

from collections.abc import Iterator, Mapping

from salespm_flow.diagnostics import Bilingual
from salespm_flow.model.library import Library


def titles_of(library: Library) -> Mapping[str, Bilingual]:
    """Titles by `kpi.<id>`, `goal.<id>`, `table.<id>` and `<reference>.<column>`."""
    return dict(_titles(library))


def _titles(library: Library) -> Iterator[tuple[str, Bilingual]]:
    for kpis in library.kpi_sets.values():
        for kpi in kpis.kpis.values():
            yield f"kpi.{kpi.id}", kpi.title
    for goals in library.goal_sets.values():
        for goal in goals.goals.values():
            yield f"goal.{goal.id}", goal.title
    for table in library.decision_tables.values():
        yield f"table.{table.id}", table.title
    for reference in library.references.values():
        for column in reference.fields.values():
            yield f"{reference.id}.{column.id}", column.title
