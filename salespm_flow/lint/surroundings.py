"""What the other documents of a library have to do with a workflow, gathered once for all of its workflows.

Asking every document about each workflow anew would take the square of their number. Knows no analysis.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property

from salespm_flow.expr.syntax import Name, Path, walk
from salespm_flow.model.library import Library
from salespm_flow.model.tables import expressions_in
from salespm_flow.model.workflow import Link, Workflow


class Surroundings:
    """A library as its workflows see it."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def parents(self, workflow: str) -> tuple[tuple[Workflow, Link], ...]:
        """The workflows that start projects of this one, with the links by which they do."""
        return tuple(self._parents.get(workflow, ()))

    def names_used(self, workflow: str) -> frozenset[str]:
        """The names of the workflow's fields that other documents fill or read, and perhaps of others'."""
        carried = (name for _, link in self.parents(workflow) for name in link.carry)
        return self._from_outside.get(workflow, frozenset()).union(carried, self._from_family)

    @cached_property
    def _parents(self) -> Mapping[str, list[tuple[Workflow, Link]]]:
        found: dict[str, list[tuple[Workflow, Link]]] = {}
        for workflow in self.library.workflows.values():
            for link in workflow.links.values():
                found.setdefault(link.workflow, []).append((workflow, link))
        return found

    @cached_property
    def _from_outside(self) -> Mapping[str, frozenset[str]]:
        """What KPIs read and imports fill, by workflow."""
        found: dict[str, frozenset[str]] = {}
        for kpis in self.library.kpi_sets.values():
            for kpi in kpis.kpis.values():
                if kpi.workflow is not None:
                    found[kpi.workflow] = found.get(kpi.workflow, frozenset()) | _fields_read((kpi,))
        for mapping in self.library.mappings.values():
            found[mapping.workflow] = found.get(mapping.workflow, frozenset()).union(mapping.fields)
        return found

    @cached_property
    def _from_family(self) -> frozenset[str]:
        """What workflows with links read of any row, their children's among them."""
        family = [workflow for workflow in self.library.workflows.values() if workflow.links]
        return _fields_read(family, with_names=False)


def _fields_read(nouns: Iterable[object], *, with_names: bool = True) -> frozenset[str]:
    nodes = [node for noun in nouns for expression in expressions_in(noun) for node, _ in walk(expression.node)]
    paths = (node.field for node in nodes if isinstance(node, Path))
    names = (node.name for node in nodes if with_names and isinstance(node, Name))
    return frozenset((*paths, *names))
