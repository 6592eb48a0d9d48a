"""Builds a KPI set; knows which keys a KPI's unit demands, not what its formula computes."""

from collections.abc import Mapping

from salespm_flow.definition.build.fields import is_currency, read_parameters
from salespm_flow.definition.build.reader import Findings, Reader
from salespm_flow.definition.findings import shown
from salespm_flow.definition.nodes import MapNode, ScalarNode
from salespm_flow.definition.suggest import renaming, suggestion
from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.model.expression import Expression
from salespm_flow.model.rules import Basis, Better, Kpi, KpiSet
from salespm_flow.model.source import Source

UNITS = ("percent", "ratio", "count", "d", "h")
POPULATION = Bilingual("总体", "population")
# More populations come with the rooms that keep them.
KNOWN_POPULATIONS = ("projects",)


def build_kpi_set(findings: Findings, root: MapNode, source: Source) -> KpiSet:
    """The KPI set that the document writes, with what could be read where something is wrong."""
    reader = Reader(findings, root, "kpi_set")
    for name in ("salespm", "kind", "id", "version"):
        reader.node(name)
    reader.require("kpis")
    workflow = _read_workflow(reader, "workflow")
    kpis: dict[str, Kpi] = {}
    for id_, key, node in reader.entries("kpis"):
        kpi = _read_kpi(Reader(findings, node, "kpi_set.kpi"), (id_, key), workflow)
        if kpi is None:
            findings.poisoned.add(id_)
        else:
            kpis[id_] = kpi
    return KpiSet(
        id=source.id,
        version=source.version,
        title=reader.title("title", source.id),
        source=source,
        workflow=workflow,
        parameters=read_parameters(reader),
        kpis=kpis,
        span=root.span,
    )


def _read_workflow(reader: Reader, place: str) -> str | None:
    scalar = reader.scalar("workflow")
    if scalar is None:
        return None
    reader.findings.places[place] = scalar
    return scalar.text


def _read_kpi(reader: Reader, named: tuple[str, ScalarNode], workflow: str | None) -> Kpi | None:
    id_, key = named
    for name in ("unit", "better", "of", "basis", "source"):
        reader.require(name)
    unit, better, basis = _read_unit(reader), reader.choice("better", Better), reader.choice("basis", Basis)
    own_workflow = _read_workflow(reader, f"kpis.{id_}.workflow") or workflow
    if own_workflow is None:
        message = Bilingual(
            "没有写 `workflow`：统计哪个流程的项目？", "No `workflow` is given: which projects are counted?"
        )
        reader.findings.error("SF333", message, key.span)
    where, formula = reader.expression("where"), reader.expression("formula")
    numerator, denominator = reader.expression("numerator"), reader.expression("denominator")
    _check_formulas(reader, unit, key.span)
    of, title, source = _read_population(reader), reader.title("title", id_), reader.title("source", "")
    if unit is None or better is None or basis is None or of is None:
        return None
    return Kpi(
        id=id_,
        title=title,
        unit=unit,
        better=better,
        of=of,
        workflow=own_workflow,
        basis=basis,
        source=source,
        span=key.span,
        where=where,
        formula=formula,
        numerator=numerator,
        denominator=denominator,
    )


def _read_unit(reader: Reader) -> str | None:
    unit = reader.scalar("unit")
    if unit is None or unit.text in UNITS or is_currency(unit.text):
        return None if unit is None else unit.text
    listed = ", ".join(UNITS)
    message = Bilingual(f"未知的单位 {shown(unit.text)}", f"Unknown unit {shown(unit.text)}")
    hint = Bilingual(f"可用：{listed} 或币种代码", f"known: {listed}, or a currency code")
    reader.findings.error("SF316", message, unit.span, hint)
    return None


def _read_population(reader: Reader) -> str | None:
    of = reader.scalar("of")
    if of is None:
        return None
    if of.text not in KNOWN_POPULATIONS:
        message = Bilingual(f"未知的{POPULATION.zh} {shown(of.text)}", f"Unknown {POPULATION.en} {shown(of.text)}")
        fix = renaming(of, KNOWN_POPULATIONS)
        reader.findings.error("SF334", message, of.span, suggestion(of.text, KNOWN_POPULATIONS), fix=fix)
        return None
    return of.text


def _check_formulas(reader: Reader, unit: str | None, span: Span) -> None:
    """A share needs both parts, so that a zero denominator is n/a; any other unit takes either form."""
    if reader.has_unknown_keys:
        # A mistyped key may be the very formula that seems to be missing.
        return
    given = {key for key in ("formula", "numerator", "denominator") if reader.has(key)}
    if given in ({"numerator", "denominator"}, {"formula"}) and not (
        unit in {"percent", "ratio"} and given == {"formula"}
    ):
        return
    if unit in {"percent", "ratio"}:
        message = Bilingual(
            f"单位 {unit} 须写 `numerator` 和 `denominator`",
            f"The unit {unit} needs `numerator` and `denominator`",
        )
    else:
        message = Bilingual(
            "须写 `formula`，或 `numerator` 和 `denominator`",
            "Give `formula`, or `numerator` and `denominator`",
        )
    place = reader.key_place("formula") if reader.has("formula") else span
    reader.findings.error("SF332", message, place)


def kpi_expressions(kpi: Kpi) -> Mapping[str, Expression]:
    """The expressions that a KPI gives, by key."""
    given = {
        "where": kpi.where,
        "formula": kpi.formula,
        "numerator": kpi.numerator,
        "denominator": kpi.denominator,
    }
    return {key: expression for key, expression in given.items() if expression is not None}
