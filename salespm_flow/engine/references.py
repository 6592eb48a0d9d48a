"""Puts the keys of reference rows in place of their other names, before a request is judged. Changes nothing itself."""

from collections.abc import Mapping
from dataclasses import replace

from salespm_flow.engine.compiled import Compiled
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import AddRow, Advance, Open, Request, SetFields
from salespm_flow.model.fields import Field, FieldType, ListOf, RefTo
from salespm_flow.model.library import Reference


def with_keys(request: Request, compiled: Compiled) -> Request:
    """The request with the key of its row wherever it gives an alias; what no row is called stays, to be refused."""
    if not any(table.keys for table in compiled.references.values()):
        return request
    workflow, references = compiled.workflow, compiled.references
    match request:
        case Open() | Advance() | SetFields():
            return replace(request, fields=_with_keys(request.fields, workflow.fields, references))
        case AddRow() if request.record in workflow.records:
            columns = workflow.records[request.record].fields
            return replace(request, values=_with_keys(request.values, columns, references))
        case _:
            return request


def _with_keys(
    values: Mapping[str, Value], fields: Mapping[str, Field], references: Mapping[str, Reference]
) -> Mapping[str, Value]:
    return {
        name: _key_of(value, fields[name].type, references) if name in fields else value
        for name, value in values.items()
    }


def _key_of(value: Value, declared: FieldType, references: Mapping[str, Reference]) -> Value:
    match declared, value:
        case RefTo(reference=name), str() if name in references:
            return references[name].key_of(value) or value
        case ListOf(item=item), tuple():
            return tuple(_key_of(one, item, references) for one in value)
        case _:
            return value
