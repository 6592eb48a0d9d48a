"""A decision table as Markdown, its columns aligned, for the people who decide by it. Knows no terminal."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Final

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.draw.words import escaped, ratio
from salespm_flow.expr.values import Money, Months, Value, WorkingDays
from salespm_flow.model.expression import Expression
from salespm_flow.model.fields import EnumOf, FieldType, Scalar, SimpleType
from salespm_flow.model.tables import Aggregator, DecisionTable, HitPolicy, TableInput, TableOutput, TableRule

POLICIES: Final = {
    HitPolicy.UNIQUE: Bilingual("至多一条匹配", "at most one rule matches"),
    HitPolicy.ANY: Bilingual("匹配的规则答案相同", "rules that match give the same answer"),
    HitPolicy.FIRST: Bilingual("取第一条匹配的规则", "the first rule that matches"),
    HitPolicy.PRIORITY: Bilingual("取输出最优先的匹配", "the match of the highest priority"),
    HitPolicy.RULE_ORDER: Bilingual("全部匹配，按规则顺序", "all matches, in the order of the rules"),
    HitPolicy.OUTPUT_ORDER: Bilingual("全部匹配，按输出的先后", "all matches, by falling priority"),
    HitPolicy.COLLECT: Bilingual("全部匹配", "all matches"),
}
AGGREGATES: Final = {
    Aggregator.SUM: Bilingual("匹配值之和", "the sum of all matches"),
    Aggregator.MIN: Bilingual("匹配值中最小的", "the smallest of all matches"),
    Aggregator.MAX: Bilingual("匹配值中最大的", "the greatest of all matches"),
    Aggregator.COUNT: Bilingual("匹配的条数", "how many rules match"),
}
_ANY: Final = "–"


def table_page(table: DecisionTable, language: Language) -> str:
    """The table under its title, with its hit policy; ends with a line feed."""
    return "\n".join(_lines(table, language, level=1)) + "\n"


def table_section(table: DecisionTable, language: Language) -> Iterator[str]:
    """The lines of the table as a section of a larger page, closed by an empty one."""
    yield from _lines(table, language, level=3)
    yield ""


def _lines(table: DecisionTable, language: Language, level: int) -> Iterator[str]:
    is_chinese = language is Language.ZH
    yield f"{'#' * level} {escaped(table.title.of(language))}"
    yield ""
    policy = (POLICIES[table.hit] if table.aggregate is None else AGGREGATES[table.aggregate]).of(language)
    named = Bilingual(f"决策表 `{table.id}` · 第 {table.version} 版", f"Table `{table.id}` · version {table.version}")
    yield f"{named.of(language)} · {policy} (`{table.hit}`)"
    yield ""
    yield from aligned(_rows(table, language))
    computed = [one for one in table.inputs.values() if one.formula is not None]
    if computed:
        yield ""
        for one in computed:
            yield f"- {escaped(one.title.of(language))} = `{'' if one.formula is None else one.formula.text}`"
    defaults = [(one, one.default) for one in table.outputs.values() if one.default is not None]
    if defaults:
        listed = ", ".join(f"{escaped(one.title.of(language))} = {_value(value, one.type)}" for one, value in defaults)
        yield ""
        yield f"没有规则匹配时：{listed}" if is_chinese else f"Where no rule matches: {listed}"


def _rows(table: DecisionTable, language: Language) -> Iterator[tuple[str, ...]]:
    has_notes = any(rule.message is not None or rule.annotations for rule in table.rules.values())
    columns: tuple[TableInput | TableOutput, ...] = (*table.inputs.values(), *table.outputs.values())
    titles = [escaped(column.title.of(language)) for column in columns]
    head = [*titles[: len(table.inputs)], *(f"**{title}**" for title in titles[len(table.inputs) :])]
    note = (Bilingual("说明", "Note").of(language),) if has_notes else ()
    yield (Bilingual("规则", "Rule").of(language), *head, *note)
    for rule in table.rules.values():
        tests = (_test(rule, column, language) for column in table.inputs.values())
        answers = (_answer(rule.answers.get(column.id), column, language) for column in table.outputs.values())
        notes = (_note(rule, language),) if has_notes else ()
        yield (f"`{rule.id}`", *tests, *answers, *notes)


def _test(rule: TableRule, column: TableInput, language: Language) -> str:
    test = rule.tests.get(column.id)
    if test is None:
        return _ANY
    if isinstance(column.type, EnumOf) and test.text in column.type.values:
        return escaped(column.type.values[test.text].of(language))
    return f"`{test.text}`"


def _answer(answer: Value | Expression, column: TableOutput, language: Language) -> str:
    if isinstance(answer, Expression):
        return f"`{answer.text}`"
    if isinstance(column.type, EnumOf) and isinstance(answer, str) and answer in column.type.values:
        return escaped(column.type.values[answer].of(language))
    return _value(answer, column.type)


def _value(value: Value, type_: FieldType) -> str:
    match value:
        case bool():
            return str(value).lower()
        case Decimal() if type_ == SimpleType(Scalar.PERCENT):
            return ratio(value)
        case Decimal():
            return f"{value:,f}"
        case Money(amount=amount, currency=currency):
            return f"{amount:,f} {currency}"
        case timedelta() | WorkingDays() | Months():
            return _length(value)
        case tuple():
            return ", ".join(escaped(str(one)) for one in value)
        case _:
            return "null" if value is None else escaped(str(value))


def _length(value: timedelta | WorkingDays | Months) -> str:
    match value:
        case WorkingDays(days=days):
            return f"{days:f}wd"
        case Months(count=count):
            return f"{count}mo"
        case timedelta():
            return f"{value.total_seconds() / 3600:g}h"


def _note(rule: TableRule, language: Language) -> str:
    said = [] if rule.message is None else [rule.message.of(language)]
    return escaped("; ".join((*said, *(f"{name}: {text}" for name, text in rule.annotations.items()))))


def aligned(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """The rows as a Markdown table whose columns stand under each other, the first row being its head."""
    cells = [tuple(_one_cell(cell) for cell in row) for row in rows]
    widths = [max(3, *(width(row[at]) for row in cells)) for at in range(len(cells[0]))]
    for number, row in enumerate(cells):
        padded = (cell + " " * (size - width(cell)) for cell, size in zip(row, widths, strict=True))
        yield f"| {' | '.join(padded)} |"
        if number == 0:
            yield f"|{'|'.join('-' * (size + 2) for size in widths)}|"


def _one_cell(text: str) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(text.split()))


def width(text: str) -> int:
    """How many columns of a terminal the text takes: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else not unicodedata.combining(char) for char in text)
