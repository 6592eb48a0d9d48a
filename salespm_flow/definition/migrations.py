"""Checks a migration against the workflow it leads to, where the workspace has that version. Knows no older version."""

from collections.abc import Iterator

from salespm_flow.definition.build import Built
from salespm_flow.definition.findings import error, shown
from salespm_flow.definition.suggest import suggestion
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.model.migration import Migration
from salespm_flow.model.workflow import Workflow


def check_migration(built: Built, migration: Migration, workflow: Workflow) -> Iterator[Diagnostic]:
    """States, fields, transitions and timers that the migration leads to and the workflow does not have."""
    if workflow.version != migration.to_version:
        return
    states = {state.name for state in workflow.states.values()} | set(workflow.states)
    for place, node in built.places.items():
        section, _, _ = place.partition(".")
        if section == "states" and node.text not in states:
            names = [state.name for state in workflow.states.values()]
            message = Bilingual(f"没有状态 {shown(node.text)}", f"There is no state {shown(node.text)}")
            yield error("SF301", node.span, message, suggestion(node.text, names))
        elif section in {"fields", "defaults"} and node.text not in workflow.fields:
            message = Bilingual(f"没有字段 {shown(node.text)}", f"There is no field {shown(node.text)}")
            yield error("SF303", node.span, message, suggestion(node.text, workflow.fields))
        elif section == "transitions" and node.text not in workflow.transitions:
            message = Bilingual(f"没有转移 {shown(node.text)}", f"There is no transition {shown(node.text)}")
            yield error("SF395", node.span, message, suggestion(node.text, workflow.transitions))
        elif section == "timers" and node.text not in workflow.timers:
            message = Bilingual(f"没有定时器 {shown(node.text)}", f"There is no timer {shown(node.text)}")
            yield error("SF395", node.span, message, suggestion(node.text, workflow.timers))
