"""Checks KPIs: their population and its moments, what a quotient comes to, and figures that read each other in a ring.

Knows no files; types of single expressions are checked elsewhere.
"""

from collections.abc import Iterator

from salespm_flow.definition.build import Built
from salespm_flow.definition.findings import error, shown
from salespm_flow.definition.suggest import renaming, suggestion
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.expr.check import check
from salespm_flow.expr.types import Kind, MoneyType, Type, describe, kind_of
from salespm_flow.model.figures import grouping_of, kpis_behind, kpis_read, reference_columns_of
from salespm_flow.model.library import Library
from salespm_flow.model.names import type_of_unit
from salespm_flow.model.populations import (
    bases_of,
    is_reference,
    known_populations,
    kpi_names,
    population_columns,
)
from salespm_flow.model.rules import Basis, Computed, Kpi, KpiSet

_PLAIN = frozenset({Kind.NUMBER, Kind.PERCENT})


def check_population(built: Built, kpi: Kpi, library: Library) -> Iterator[Diagnostic]:
    """The population exists, its workflow is named, and its rows have the moment that the basis asks for."""
    workflow = library.workflows.get(kpi.workflow or "")
    of = built.places[f"kpis.{kpi.id}.of"]
    known = known_populations(workflow, library)
    if kpi.workflow is None and not is_reference(kpi.of, None, library):
        message = Bilingual(
            "没有写 `workflow`：统计哪个流程的项目？", "No `workflow` is given: which projects are counted?"
        )
        yield error("SF333", kpi.span, message)
        return
    if kpi.of not in known:
        message = Bilingual(f"未知的总体 {shown(of.text)}", f"Unknown population {shown(of.text)}")
        yield error("SF334", of.span, message, suggestion(of.text, known), fix=renaming(of, known))
        return
    basis = built.places[f"kpis.{kpi.id}.basis"]
    bases = bases_of(kpi.of, workflow, library)
    if kpi.basis not in bases:
        listed = ", ".join("entered(state)" if one is Basis.ENTERED else one.value for one in bases)
        message = Bilingual(
            f"{shown(kpi.of)} 的行没有 {shown(basis.text)} 这个时间",
            f"The rows of {shown(kpi.of)} have no moment {shown(basis.text)}",
        )
        yield error("SF388", basis.span, message, Bilingual(f"可用：{listed}", f"accepted: {listed}"))
    elif kpi.entered is not None and workflow is not None:
        names = tuple(state.name for state in workflow.states.values())
        if kpi.entered not in {*names, *workflow.states}:
            message = Bilingual(f"未知的状态 {shown(kpi.entered)}", f"Unknown state {shown(kpi.entered)}")
            yield error("SF301", basis.span, message, suggestion(kpi.entered, names))


def check_groups(built: Built, kpi: Kpi, library: Library) -> Iterator[Diagnostic]:
    """First wins need groups: those of `by`, else of the only column that is a reference."""
    columns = population_columns(kpi.of, library.workflows.get(kpi.workflow or ""), library) or {}
    if kpi.computed is not Computed.FIRST_WINS or grouping_of(kpi, columns) is not None:
        return
    found = ", ".join(reference_columns_of(columns))
    message = Bilingual(
        f"{kpi.computed.value} 须写 `by`：按哪一列分组",
        f"{kpi.computed.value} needs `by`: which column makes the groups",
    )
    hint = Bilingual("只有一列是引用（ref）时可以省略", "it may be left out where just one column is a ref")
    if found:
        hint = Bilingual(f"有几列是引用：{found}", f"several columns are refs: {found}")
    yield error("SF389", built.places[f"kpis.{kpi.id}.computed"].span, message, hint)


def check_quotient(kpi: Kpi, library: Library) -> Iterator[Diagnostic]:
    """A share divides like by like; any other quotient comes to the KPI's unit."""
    if kpi.numerator is None or kpi.denominator is None:
        return
    names = kpi_names(kpi, library.workflows.get(kpi.workflow or ""), library)
    above, below = (check(part.node, names).type.type for part in (kpi.numerator, kpi.denominator))
    if Kind.UNKNOWN in {kind_of(above), kind_of(below)} or _fits(above, below, type_of_unit(kpi.unit)):
        return
    message = Bilingual(
        f"分子是{describe(above).zh}，分母是{describe(below).zh}，不能得出{kpi.unit}",
        f"The numerator is {describe(above).en}, the denominator {describe(below).en}: that makes no {kpi.unit}",
    )
    yield error("SF346", kpi.denominator.place, message)


def _fits(above: Type, below: Type, unit: Type) -> bool:
    """Whether the one divided by the other is of the unit: plain numbers of like by like, else what is divided."""
    plain_below = kind_of(below) in _PLAIN
    if kind_of(unit) in _PLAIN:
        return (kind_of(above) in _PLAIN and plain_below) or kind_of(above) is kind_of(below)
    if isinstance(unit, MoneyType) and isinstance(above, MoneyType):
        return plain_below and above.currency in {None, unit.currency}
    return plain_below and kind_of(above) is kind_of(unit)


def check_kpi_circles(kpis: KpiSet, library: Library) -> Iterator[Diagnostic]:
    """A figure that comes back to itself through the figures it reads would never be known."""
    for kpi in kpis.kpis.values():
        for name in kpis_read(kpi):
            if kpi.id != name and kpi.id not in kpis_behind(name, library):
                continue
            way = "" if kpi.id == name else Bilingual(f"（经由 {shown(name)}）", f" (through {shown(name)})")
            zh, en = (way.zh, way.en) if isinstance(way, Bilingual) else ("", "")
            message = Bilingual(
                f"指标 {shown(kpi.id)} 最终引用了自己{zh}", f"The KPI {shown(kpi.id)} comes back to itself{en}"
            )
            yield error("SF343", kpi.span, message)
            break
