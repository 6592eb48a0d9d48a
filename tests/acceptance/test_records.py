"""Every record of the shipped workflows takes a row at the command line, of every type of field, and shows it again."""

import json
from pathlib import Path

import pytest

from salespm_flow.cli.main import main
from salespm_flow.definition.workspace import load
from salespm_flow.model.fields import EnumOf, Field, FieldType, ListOf, MoneyOf, RefTo, Scalar, SimpleType
from salespm_flow.model.workflow import Workflow
from salespm_flow.store import open_store

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


def start(workflow: Workflow) -> None:
    required = [assignment(field) for field in workflow.fields.values() if field.is_required and field.default is None]
    assert main(["new", workflow.id, "--id", "P", *required, "--as", "wang"]) == 0


@pytest.mark.parametrize(("workflow", "record"), RECORDS)
def test_record_takes_a_row_of_all_its_fields_and_shows_it(
    workflow: str, record: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("SALESPM_STORE", str(tmp_path / "projects.db"))
    open_store(str(tmp_path / "projects.db"), create=True).close()
    start(LIBRARY.workflows[workflow])
    declared = LIBRARY.workflows[workflow].records[record]
    given = [field for field in declared.fields.values() if field.formula is None]
    capsys.readouterr()
    code = main(["record", "add", "P", record, *map(assignment, given), "--as", "wang", "--dry-run"])
    said = capsys.readouterr()
    # A bound or the right of another role may refuse it, a value that cannot be read never.
    assert code == 0 or "[role]" in said.err or "must not be" in said.err or "can be changed only in" in said.err, said
    assert main(["record", "list", "P", record, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["records"] == {record: []}
