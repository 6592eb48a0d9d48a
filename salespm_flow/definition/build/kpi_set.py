"""Builds a KPI set; knows which keys a KPI's unit demands, not what its formula computes."""

import re
from collections.abc import Mapping

from salespm_flow.definition.build.fields import is_currency, read_parameters
from salespm_flow.definition.build.reader import Findings, Reader, normalise
from salespm_flow.definition.findings import shown
from salespm_flow.definition.nodes import MapNode, ScalarNode
from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.syntax import Name, Path
from salespm_flow.model.expression import Expression
from salespm_flow.model.rules import Basis, Better, Computed, Kpi, KpiSet, Per
from salespm_flow.model.source import Source

UNITS = ("percent", "ratio", "count", "points", "mo", "d", "h")
SHARES = frozenset({"percent", "ratio"})
_ENTERED = re.compile(r"entered\(\s*([^()\s]+)\s*\)")
_WORDS = tuple(basis.value for basis in Basis if basis is not Basis.ENTERED)
# What each computed figure is measured in.
_COMPUTED: Mapping[Computed, str] = {
    Computed.FIRST_WINS: "count",
    Computed.CAPACITY_HOURS: "h",
}


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
    unit, better, basis = _read_unit(reader), reader.choice("better", Better), _read_basis(reader, id_)
    own_workflow = _read_workflow(reader, f"kpis.{id_}.workflow") or workflow
    where, formula = reader.expression("where"), reader.expression("formula")
    numerator, denominator = reader.expression("numerator"), reader.expression("denominator")
    per, by, computed = reader.choice("per", Per), _read_column(reader), reader.choice("computed", Computed)
    if computed is not None:
        _check_computed(reader, computed, unit)
        if (written := reader.scalar("computed")) is not None:
            reader.findings.places[f"kpis.{id_}.computed"] = written
    else:
        _check_formulas(reader, unit, key.span)
    if per is not None and unit in SHARES:
        message = Bilingual(f"比率（{unit}）不能再除以期间", f"A share ({unit}) cannot be divided by the period")
        reader.findings.error("SF389", message, reader.key_place("per"))
    of, title, source = _read_population(reader, id_), reader.title("title", id_), reader.title("source", "")
    if unit is None or better is None or basis is None or of is None:
        return None
    return Kpi(
        id=id_,
        title=title,
        unit=unit,
        better=better,
        of=of,
        workflow=own_workflow,
        basis=basis[0],
        entered=basis[1],
        source=source,
        span=key.span,
        where=where,
        formula=formula,
        numerator=numerator,
        denominator=denominator,
        per=per,
        by=by,
        computed=computed,
    )


def _read_basis(reader: Reader, id_: str) -> tuple[Basis, str | None] | None:
    """The basis, with its state where it is an entry."""
    scalar = reader.scalar("basis")
    if scalar is None:
        return None
    entered = _ENTERED.fullmatch(scalar.text)
    if entered is not None:
        reader.findings.places[f"kpis.{id_}.basis"] = scalar
        return Basis.ENTERED, normalise(entered[1])
    if scalar.text in _WORDS:
        reader.findings.places[f"kpis.{id_}.basis"] = scalar
        return Basis(scalar.text), None
    listed = f"{' | '.join(_WORDS)} | entered(state)"
    reader.findings.unreadable(scalar, Bilingual(f" {listed}", listed))
    return None


def _read_column(reader: Reader) -> Expression | None:
    """The column to group by, or a path from one."""
    by = reader.expression("by")
    if by is None:
        return None
    node = by.node
    while isinstance(node, Path):
        node = node.of
    if isinstance(node, Name):
        return by
    message = Bilingual("`by` 只写列名，或从列出发的路径", "`by` takes a column, or a path from one")
    hint = Bilingual("例如 account、project.owner", "for example account or project.owner")
    reader.findings.error("SF389", message, reader.place("by"), hint)
    return None


def _check_computed(reader: Reader, computed: Computed, unit: str | None) -> None:
    """A computed figure has its own unit and no formula beside it."""
    wanted = _COMPUTED[computed]
    for key in ("formula", "numerator", "denominator"):
        if reader.has(key):
            message = Bilingual(
                f"`computed` 自己算出结果，不能再写 `{key}`",
                f"`computed` works itself out; `{key}` cannot stand beside it",
            )
            reader.findings.error("SF389", message, reader.key_place(key))
    if unit is not None and unit != wanted:
        message = Bilingual(
            f"{computed.value} 的单位是 {wanted}，不是 {unit}", f"{computed.value} is measured in {wanted}, not {unit}"
        )
        reader.findings.error("SF389", message, reader.place("unit"))


def _read_unit(reader: Reader) -> str | None:
    unit = reader.scalar("unit")
    if unit is None or unit.text in UNITS or is_currency(unit.text):
        return None if unit is None else unit.text
    listed = ", ".join(UNITS)
    message = Bilingual(f"未知的单位 {shown(unit.text)}", f"Unknown unit {shown(unit.text)}")
    hint = Bilingual(f"可用：{listed} 或币种代码", f"known: {listed}, or a currency code")
    reader.findings.error("SF316", message, unit.span, hint)
    return None


def _read_population(reader: Reader, id_: str) -> str | None:
    of = reader.scalar("of")
    if of is None:
        return None
    # Records of the workflow and references are populations too: what there is, is known once all documents are read.
    reader.findings.places[f"kpis.{id_}.of"] = of
    return normalise(of.text)


def _check_formulas(reader: Reader, unit: str | None, span: Span) -> None:
    """A share needs both parts, so that a zero denominator is n/a; any other unit takes either form."""
    if reader.has_unknown_keys:
        # A mistyped key may be the very formula that seems to be missing.
        return
    given = {key for key in ("formula", "numerator", "denominator") if reader.has(key)}
    if given in ({"numerator", "denominator"}, {"formula"}) and not (unit in SHARES and given == {"formula"}):
        return
    if unit in SHARES:
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
