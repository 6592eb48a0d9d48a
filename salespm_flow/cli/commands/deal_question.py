"""The options of commands that look at all deals of a workflow, and what they mean. Works nothing out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from salespm_flow.cli.commands.kpi_question import (
    PERIOD_FORMS,
    Asked,
    as_of_option,
    population_options,
    read_period_option,
    read_subject,
)
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import Described, argument, count_option, option
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import InputError

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from salespm_flow.engine.measure.deals import Books, Columns, Source
    from salespm_flow.model.workflow import Workflow
    from salespm_flow.rules.period import Period


def deal_options() -> tuple[Described, ...]:
    """The workflow, whose deals, as of when, and which fields are read."""
    return (
        argument("workflow", Bilingual("流程编号", "The workflow's id"), is_required=False),
        as_of_option(),
        *population_options(),
        option("amount", "--amount", Bilingual("金额字段", "The field that holds the amount"), metavar="FIELD"),
        option(
            "close",
            "--close",
            Bilingual("预计成交日期字段", "The field that holds the expected closing date"),
            metavar="FIELD",
        ),
    )


def minimum_option() -> Described:
    """How many closed projects a calibrated probability takes."""
    meaning = Bilingual(
        "至少有几个已结束的项目才采用历史赢率，默认 10",
        "Closed projects that a calibrated probability takes; 10 by default",
    )
    return count_option("minimum", "--minimum", meaning)


def period_option(meaning: Bilingual) -> Described:
    """The days that are asked for."""
    told = Bilingual(f"{meaning.zh}：{PERIOD_FORMS}", f"{meaning.en}: {PERIOD_FORMS}")
    return option("period", "--period", told, metavar="PERIOD")


def chosen_workflow(session: Session, named: str | None) -> "Workflow":
    """The workflow named, else the only one that has projects.

    Raises:
        UnknownNameError: there is none of that name.
        InputError: none is named, and several have projects.
    """
    from salespm_flow.cli.lookup import find_workflow

    if named is not None:
        return find_workflow(session, named)
    workflows = session.library.workflows
    used = [name for name in workflows if next(session.store.projects(workflow=name), None) is not None]
    # Deals are of sales; deliveries that hang on them leave no doubt which workflow is meant.
    sales = [name for name in used or workflows if workflows[name].domain.value == "sales"]
    found = sales or used
    if len(found) == 1:
        return workflows[found[0]]
    listed = ", ".join(found or workflows)
    raise InputError(
        Bilingual("请指明要看哪个流程", "say which workflow to show"), Bilingual(f"可选：{listed}", f"one of: {listed}")
    )


def source_of(
    session: Session, workflow: "Workflow", asked: Asked, fields: "tuple[str | None, str | None]"
) -> "Source":
    """Where the deals come from; `fields` are the options `--amount` and `--close`.

    Raises:
        InputError, UnknownNameError: a name is unknown, or names a field of another type.
    """
    from salespm_flow.engine.measure.deals import Source, columns_of, is_day
    from salespm_flow.model.fields import MoneyOf

    amount, close = fields
    for name in filter(None, fields):
        _known_field(name, workflow)
    if amount is not None and not isinstance(workflow.fields[amount].type, MoneyOf):
        raise InputError(Bilingual(f"字段“{amount}”不是金额", f'the field "{amount}" holds no money'))
    if close is not None and not is_day(workflow, close):
        raise InputError(Bilingual(f"字段“{close}”不是日期", f'the field "{close}" holds no date'))
    return Source(
        store=session.store,
        library=session.library,
        workflow=workflow,
        columns=columns_of(workflow, session.library, amount=amount, close_on=close),
        subject=read_subject(session, asked),
        opened=read_period_option(asked.period),
    )


def _known_field(name: str, workflow: "Workflow") -> None:
    from salespm_flow.cli.lookup import known

    known(name, workflow.fields, Bilingual("字段", "field"))


def quarter_around(session: Session, moment: "datetime") -> "Period":
    """The quarter in which the moment lies."""
    from salespm_flow.engine.measure.forecast import today_of
    from salespm_flow.rules.forecast.deals import quarter_of
    from salespm_flow.rules.period import ALWAYS, read_period

    return read_period(quarter_of(today_of(moment, session.library))) or ALWAYS


def caveats(session: Session, books: "Books", columns: "Columns") -> list[str]:
    """What a reader must know of the figures: amounts without a rate, fields that the workflow lacks."""
    from salespm_flow.cli.values import number

    told = [
        session.text(
            f"没有汇率，单列：{count} 个商机共 {number(amount)} {currency}",
            f"no exchange rate, told apart: {count} deal(s) of {number(amount)} {currency}",
        )
        for currency, (count, amount) in sorted(books.apart.items())
    ]
    if columns.amount is None:
        told.append(
            session.text(
                "这个流程没有金额字段，只计个数", "the workflow has no field of money: deals are counted, not summed"
            )
        )
    return told


def money(session: Session, amount: "Decimal | None", currency: str) -> str:
    """The amount as a person reads it."""
    from salespm_flow.cli.values import shown
    from salespm_flow.expr.values import Money

    return shown(session, None if amount is None else Money(amount, currency))


def plain_money(amount: "Decimal", currency: str) -> dict[str, str]:
    """The amount for programs, to the hundredth."""
    from salespm_flow.expr.unparse import write_number

    return {"amount": write_number(round(amount, 2)), "currency": currency}


def rate(value: "Decimal | None") -> str:
    """A ratio as percent for people."""
    from salespm_flow.cli.values import NOTHING, percent

    return NOTHING if value is None else percent(value)


def plain_rate(value: "Decimal | None") -> str | None:
    """A ratio for programs, to six places."""
    from salespm_flow.expr.unparse import write_number

    return None if value is None else write_number(round(value, 6).normalize() + 0)


def words(session: Session, *pairs: tuple[str, str]) -> tuple[str, ...]:
    """Each pair in the session's language."""
    return tuple(session.text(*pair) for pair in pairs)


def joined(parts: Sequence[str]) -> str:
    """The blocks one below the other, an empty line between."""
    return "\n\n".join(part for part in parts if part)
