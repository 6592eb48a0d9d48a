"""The cases of the DMN Technology Compatibility Kit: what is given and what is expected, by original names."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from salespm_flow.expr.values import Value
from salespm_flow.interop.dmn.source import Element, read_xml

# As the fixture `salespm_data` looks for it; the cases are needed before any fixture runs.
_DATA = os.environ.get("SALESPM_DATA")
LEVEL_2 = (Path(_DATA) if _DATA else Path(__file__).parents[3] / "shared" / "data") / "dmn-tck" / "level-2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One result of one case: the values given, and what a decision must answer."""

    model: str
    id: str
    decision: str
    given: Mapping[str, Value]
    expected: Value


def models() -> tuple[Path, ...]:
    """The model files of level 2, sorted."""
    return tuple(sorted(LEVEL_2.glob("*/*.dmn")))


def cases(model: Path) -> Iterator[Case]:
    """Every case of a model; a case of several results would be several."""
    for path in sorted(model.parent.glob("*.xml")):
        for case in read_xml(path.read_bytes(), path.name).all("testCase"):
            given = {node.get("name"): _value(node) for node in case.all("inputNode")}
            for result in case.all("resultNode"):
                wanted = result.first("expected")
                yield Case(
                    model=model.stem,
                    id=case.get("id"),
                    decision=result.get("name"),
                    given=given,
                    expected=None if wanted is None else _value(wanted),
                )


def _value(node: Element) -> Value:
    components = list(node.all("component"))
    if components:
        return {one.get("name"): _value(one) for one in components}
    listed = node.first("list")
    if listed is not None:
        return tuple(_value(item) for item in listed.all("item"))
    value = node.first("value")
    if value is None or value.get("nil") == "true":
        return None
    match value.get("type").rpartition(":")[2]:
        case "boolean":
            return value.text.strip() == "true"
        case "decimal" | "double" | "integer" | "int":
            return Decimal(value.text.strip())
        case _:
            return value.text
