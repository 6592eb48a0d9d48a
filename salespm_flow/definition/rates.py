"""What is wrong with a table of exchange rates, and with what relies on one. Knows models and places, not files."""

from collections.abc import Iterator

from salespm_flow.definition.findings import error, shown, warning
from salespm_flow.definition.nodes import ScalarNode
from salespm_flow.diagnostics import Bilingual, Diagnostic, Span
from salespm_flow.model.fields import Field, RefTo
from salespm_flow.model.library import Library
from salespm_flow.model.rates import column_flaws, row_flaws

_SHOWN_ROWS = 3


def check_rates(library: Library, place: ScalarNode) -> Iterator[Diagnostic]:
    """The reference that the settings name has the columns of a table of rates, and a rate in every row."""
    reference = library.references.get(place.text)
    if reference is None:
        return
    columns = tuple(column_flaws(reference))
    for flaw in columns:
        message = Bilingual(
            f"{shown(reference.id)} 不能作汇率表：{flaw.zh}", f"{shown(reference.id)} cannot serve as rates: {flaw.en}"
        )
        hint = Bilingual(
            "列：currency、on、rate，可加 to；1 currency = rate to", "columns: currency, on, rate, and to if need be"
        )
        yield error("SF357", place.span, message, hint)
    bad = () if columns else tuple(row_flaws(reference))
    if bad:
        listed = ", ".join(bad[:_SHOWN_ROWS]) + (" …" if len(bad) > _SHOWN_ROWS else "")
        message = Bilingual(
            f"{shown(reference.id)} 中有 {len(bad)} 行不是汇率：{listed}",
            f"Rows of {shown(reference.id)} that give no rate, {len(bad)} in all: {listed}",
        )
        hint = Bilingual(
            "每行要有三个大写字母的货币代码、日期和大于零的汇率",
            "a row has currency codes of three capitals, a date and a rate above zero",
        )
        yield error("SF357", place.span, message, hint)


def check_key(field: Field, place: ScalarNode | None, library: Library) -> Iterator[Diagnostic]:
    """A field refers to a table that one column's text can point into."""
    table = library.references.get(field.type.reference) if isinstance(field.type, RefTo) else None
    if table is not None and place is not None and len(table.key) > 1:
        message = Bilingual(
            f"{shown(table.id)} 的键由 {len(table.key)} 列合成，字段不能引用它",
            f"The key of {shown(table.id)} has {len(table.key)} columns: no field can refer to it",
        )
        hint = Bilingual(f"用 `reference.{table.id}[…]` 查找行", f"look its rows up with `reference.{table.id}[…]`")
        yield error("SF356", place.span, message, hint)


def check_conversion(calls: frozenset[str], place: Span, library: Library) -> Iterator[Diagnostic]:
    """An expression that converts money has a table of rates to do it by."""
    if library.workspace.rates is None and "convert" in calls:
        message = Bilingual(
            "工作区没有汇率表，`convert(..)` 的结果总是空值",
            "the workspace has no exchange rates: `convert(..)` is always null",
        )
        hint = Bilingual("在 salespm.yaml 写 `rates: <参照表>`", "write `rates: <reference>` in salespm.yaml")
        yield warning("SF358", place, message, hint)
