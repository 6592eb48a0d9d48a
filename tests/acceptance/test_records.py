"""Every record of the shipped workflows takes a row at the command line, of every type of field, and shows it again."""

from collections.abc import Iterator

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.model.fields import EnumOf, Field, FieldType, ListOf, MoneyOf, RefTo, Scalar, SimpleType
from salespm_flow.model.workflow import Workflow
from salespm_flow.store import open_store
from tests.acceptance.terminal import STORE, Terminal, enter

LIBRARY = load().library
RECORDS = [(workflow.id, record) for workflow in LIBRARY.workflows.values() for record in workflow.records]
SAMPLES = {
    Scalar.TEXT: "对接",
    Scalar.INTEGER: "3",
    Scalar.NUMBER: "3",
    Scalar.BOOLEAN: "true",
    Scalar.PERCENT: "5%",
    Scalar.DATE: "2026-03-09",
    Scalar.DATETIME: "2026-03-09T10:00",
    Scalar.DURATION: "3wd",
    Scalar.PERSON: "wang",
    Scalar.ROLE: "sales_rep",
    Scalar.FILE: "报价.pdf",
}


def sample(kind: FieldType) -> str:
    match kind:
        case SimpleType(scalar=scalar):
            return SAMPLES[scalar]
        case MoneyOf(currency=currency):
            return f"100 {currency}"
        case EnumOf(values=values):
            return next(iter(values))
        case ListOf(item=item):
            return sample(item)
        case RefTo(reference=name):
            return next(iter(LIBRARY.references[name].rows))


def assignment(field: Field) -> str:
    return f"{field.id}={sample(field.type)}"


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """Typed where no definitions are but the shipped ones, with a project of each workflow, called as it is."""
    folder = tmp_path_factory.mktemp("records")
    terminal = Terminal()
    with pytest.MonkeyPatch.context() as patch:
        enter(folder, patch)
        patch.setenv("SALESPM_STORE", str(folder / STORE))
        open_store(str(folder / STORE), create=True).close()
        for workflow in LIBRARY.workflows.values():
            start(terminal, workflow)
        yield terminal


def start(terminal: Terminal, workflow: Workflow) -> None:
    required = [assignment(field) for field in workflow.fields.values() if field.is_required and field.default is None]
    assert terminal("new", workflow.id, "--id", workflow.id, *required, "--as", "wang").code == 0


@pytest.mark.parametrize(("workflow", "record"), RECORDS)
def test_record_takes_a_row_of_all_its_fields_and_shows_it(terminal: Terminal, workflow: str, record: str) -> None:
    declared = LIBRARY.workflows[workflow].records[record]
    given = [field for field in declared.fields.values() if field.formula is None]
    said = terminal("record", "add", workflow, record, *map(assignment, given), "--as", "wang", "--dry-run")
    # A bound or the right of another role may refuse it, a value that cannot be read never.
    allowed = ("[role]", "must not be", "can be changed only in")
    assert said.code == 0 or any(words in said.err for words in allowed), said
    assert terminal.data(f"record list {workflow} {record}")["records"] == {record: []}
