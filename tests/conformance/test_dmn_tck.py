"""DMN's compatibility kit, level 2, through import, definition text, loader and evaluator: all of it, no exception."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.expr.scope import Body
from salespm_flow.expr.values import Value
from salespm_flow.interop.dmn import import_dmn
from salespm_flow.model.library import Library
from salespm_flow.model.tables import DecisionTable
from salespm_flow.rules.decision_table import compile_tables
from salespm_flow.rules.table_run import some_scope
from tests.conformance.dmn_cases import LEVEL_2, Case, cases, models

pytestmark = pytest.mark.skipif(not LEVEL_2.is_dir(), reason="the kit is not part of the project: set SALESPM_DATA")

EVERY = tuple(case for model in models() for case in cases(model))
PATHS = {model.stem: model for model in models()}
# The kit rounds what it expects.
TOLERANCE = Decimal("1e-8")


@cache
def loaded(model: str, folder: Path) -> tuple[Library, Mapping[str, Body], Mapping[str, str]]:
    """The model's documents, written to a workspace and loaded from there, ready to be called."""
    path = PATHS[model]
    imported = import_dmn(path.read_bytes(), path.name)
    home = folder / model
    (home / "definitions").mkdir(parents=True)
    (home / "salespm.yaml").write_text("salespm: 1\nkind: workspace\ndefinitions: [definitions]\n", encoding="utf-8")
    for id_, text in imported.documents.items():
        (home / "definitions" / f"{id_}.yaml").write_text(text, encoding="utf-8")
    found = load(home, check_shape=True)
    assert [one for one in found.errors if one.span.file.startswith("definitions/")] == []
    return found.library, compile_tables(found.library.decision_tables.values(), found.library), imported.names


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the imported documents are written."""
    return tmp_path_factory.mktemp("dmn")


def given_by_title(table: DecisionTable, given: Mapping[str, Value]) -> tuple[Value, ...]:
    """The values of the table's parameters, found by the original names that stand as titles."""
    return tuple(_at(given, one.title.en) for one in table.arguments)


def _at(given: Mapping[str, Value], path: str) -> Value:
    if path in given:
        return given[path]
    for name, inner in given.items():
        if path.startswith(f"{name}.") and isinstance(inner, Mapping):
            return _at(inner, path[len(name) + 1 :])
    return None


def named_as_before(table: DecisionTable, answer: Value) -> Value:
    """The answer under the original names of its outputs."""
    match answer:
        case Mapping():
            return {table.outputs[id_].title.en: value for id_, value in answer.items()}
        case tuple():
            return tuple(named_as_before(table, one) for one in answer)
        case _:
            return answer


def is_expected(found: Value, expected: Value) -> bool:
    """Whether both are the same, numbers as far as the kit writes them."""
    match found, expected:
        case Decimal(), Decimal():
            return abs(found - expected) <= TOLERANCE * max(Decimal(1), abs(expected))
        case Mapping(), Mapping():
            return found.keys() == expected.keys() and all(is_expected(found[key], expected[key]) for key in found)
        case tuple(), tuple():
            return len(found) == len(expected) and all(map(is_expected, found, expected))
        case _:
            return type(found) is type(expected) and found == expected


def answer(case: Case, folder: Path) -> Value:
    """What the imported model answers to the case."""
    library, functions, names = loaded(case.model, folder)
    table = library.decision_tables[names[case.decision]]
    return named_as_before(table, functions[table.id](some_scope({}), given_by_title(table, case.given)))


@pytest.mark.parametrize("case", EVERY, ids=[f"{case.model}-{case.id}-{case.decision}" for case in EVERY])
def test_a_model_answers_what_the_kit_expects(case: Case, folder: Path) -> None:
    assert is_expected(answer(case, folder), case.expected), answer(case, folder)


def test_the_kit_is_whole() -> None:
    with_tables = {path.stem for path in PATHS.values() if "<decisionTable" in path.read_text(encoding="utf-8")}
    # A case may ask several decisions.
    distinct = {(case.model, case.id) for case in EVERY}
    assert (len(PATHS), len(with_tables), len(distinct), len(EVERY)) == (28, 17, 116, 126)


def test_nothing_of_a_model_is_refused() -> None:
    refused = {path.stem: import_dmn(path.read_bytes(), path.name).refused for path in PATHS.values()}
    assert {model: found for model, found in refused.items() if found} == {}
