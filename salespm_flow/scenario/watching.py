"""Lets a watcher see what a compiled workflow does: its guards through the engine, its tables by their rows."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from salespm_flow.engine.compiled import Compiled
from salespm_flow.expr.scope import Body, Scope
from salespm_flow.expr.scope import Compiled as Run
from salespm_flow.expr.values import Value
from salespm_flow.model.tables import TABLE
from salespm_flow.rules.decision_table import CompiledRule, CompiledTable
from salespm_flow.scenario.bench import Bench
from salespm_flow.scenario.coverage import Coverage, Watcher, coverage_of


def watched(bench: Bench, watcher: Watcher) -> Bench:
    """The bench, whose tested workflow is watched; what it decides is the same."""
    return replace(bench, compiled={**bench.compiled, bench.workflow.id: _watched(bench.tested, watcher)})


def seen_by(watcher: Watcher, bench: Bench) -> Coverage:
    """What the watcher has seen of the tested workflow and of every table that it and its risk models call."""
    tables = (table.table for table in bench.tested.tables.values() if isinstance(table, CompiledTable))
    return coverage_of(bench.workflow, tables, watcher, bench.impossible)


def _watched(compiled: Compiled, watcher: Watcher) -> Compiled:
    return replace(compiled, witness=watcher, tables=_tables(compiled.tables, watcher.matched))


def _tables(tables: Mapping[str, Body], tell: Callable[[str, str], None]) -> Mapping[str, Body]:
    """Tables that call each other as before and tell of each row that answers."""
    made: dict[str, Body] = {}
    shown = MappingProxyType(made)
    for name, table in tables.items():
        made[name] = _told(table, shown, tell) if isinstance(table, CompiledTable) else table
    return shown


def _told(table: CompiledTable, tables: Mapping[str, Body], tell: Callable[[str, str], None]) -> CompiledTable:
    name = table.table.id
    rules = tuple(replace(rule, answers=_answers(rule, name, tell)) for rule in table.rules)
    return replace(table, rules=rules, around={**table.around, TABLE: tables})


def _answers(rule: CompiledRule, table: str, tell: Callable[[str, str], None]) -> tuple[Run, ...]:
    """The answers of a rule, the first of which tells that it is asked; only a rule that matches is."""
    first, *others = rule.answers

    def answer(scope: Scope) -> Value:
        tell(table, rule.rule.id)
        return first(scope)

    return (answer, *others)
