"""Tells which exchange rates an expression asked for in vain. Changes nothing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import Purpose
from salespm_flow.engine.context import Names, View


def missing_rates(view: View, text: str, purpose: Purpose) -> tuple[Bilingual, ...]:
    """What to say of each rate that the expression, or a condition or formula it reads, needs and does not find."""
    compiled = view.compiled
    if not compiled.needs_rates:
        return ()
    missing: dict[tuple[str, str, date], None] = {}

    def noting(source: str, target: str, on: date) -> tuple[Decimal, Decimal] | None:
        found = compiled.exchange(source, target, on)
        if found is None:
            missing[source, target, on] = None
        return found

    # Names of their own: those of the decision hold what was computed already, and would ask for nothing again.
    Names(replace(view, compiled=replace(compiled, exchange=noting))).evaluate(text, purpose)
    return tuple(_missing(source, target, on, compiled.rates) for source, target, on in missing)


def _missing(source: str, target: str, on: date, table: str | None) -> Bilingual:
    if table is None:
        zh = f"没有 {source}→{target} 的汇率：salespm.yaml 没有写 rates"
        return Bilingual(zh, f"no rate {source}→{target}: salespm.yaml names no rates")
    return Bilingual(
        f"{table} 中没有 {on} 或之前的汇率 {source}→{target}", f"no rate {source}→{target} on or before {on} in {table}"
    )
