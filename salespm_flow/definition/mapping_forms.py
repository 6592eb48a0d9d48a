"""Checks that the forms a mapping names suit the fields that its columns fill. Reads no cells."""

from collections.abc import Iterator

from salespm_flow.definition.findings import error, shown
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.expr.types import describe
from salespm_flow.model.fields import Field, FieldType, MoneyOf, Scalar, SimpleType
from salespm_flow.model.library import ColumnMapping, ImportMapping, WrittenForm
from salespm_flow.model.names import type_of
from salespm_flow.model.workflow import Workflow

_MOMENTS = frozenset({Scalar.DATE, Scalar.DATETIME})
_NUMBERS = frozenset({Scalar.INTEGER, Scalar.NUMBER, Scalar.PERCENT})


def check_forms(mapping: ImportMapping, workflow: Workflow) -> Iterator[Diagnostic]:
    """An error for each column whose form its field cannot be written in."""
    for column in mapping.fields.values():
        field = workflow.fields.get(column.field)
        if field is not None and column.format is not None and not _suits(column.format, field.type):
            yield _unsuitable(column, column.format, field)


def _suits(form: str, declared: FieldType) -> bool:
    match declared:
        case SimpleType(scalar=scalar) if scalar in _MOMENTS:
            return form != WrittenForm.ZH_NUMBER
        case SimpleType(scalar=scalar) if scalar in _NUMBERS:
            return form == WrittenForm.ZH_NUMBER
        case MoneyOf():
            return form == WrittenForm.ZH_NUMBER
        case _:
            return False


def _unsuitable(column: ColumnMapping, form: str, field: Field) -> Diagnostic:
    kind = describe(type_of(field.type, {}))
    message = Bilingual(
        f"{shown(field.id)} 是{kind.zh}，不能用 `format: {form}`",
        f"{shown(field.id)} is {kind.en}, which has no `format: {form}`",
    )
    hint = Bilingual(
        "数字、百分数和金额用 zh-number，日期用 zh-date、excel-date 或 yyyy-MM-dd 这样的格式",
        "numbers, percents and money take zh-number; dates zh-date, excel-date or a pattern such as yyyy-MM-dd",
    )
    return error("SF312", column.span, message, hint)
