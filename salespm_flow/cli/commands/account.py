"""`account show`: a customer, or any row of a reference, across projects."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand, group_of
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, option, shared_options
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    from salespm_flow.engine.views.accounts import Account, Deal, RecordTally
    from salespm_flow.model.library import Reference

ACCOUNTS: Final = "accounts"


def show(session: Session, account: str, *, reference: str | None) -> int:
    """The account is told: its row, its deals, revenue, records and last contact."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.engine.views.accounts import account_of

    table = _reference(session, reference)
    found = table.key_of(account)
    if found is None:
        raise _unknown(session, account, table, is_chosen=reference is not None)
    seen = account_of(table.id, found, session.store.projects(), session.runner.definitions.pinned)
    if session.is_json:
        write_json({"status": "ok", **_answer(table, seen)})
    else:
        write_text("\n".join(_lines(session, table, seen)))
    return 0


def _unknown(session: Session, account: str, table: "Reference", *, is_chosen: bool) -> UnknownNameError:
    """The error for a key that the table has not, with the nearest one and where else to look."""
    from salespm_flow.definition.suggest import suggestion, with_more

    hint = suggestion(account, table.rows)
    others = ", ".join(name for name in session.library.references if name != table.id)
    if not is_chosen and others:
        more = Bilingual(f"其他参照表用 --reference：{others}", f"for another reference say --reference: {others}")
        hint = with_more(hint, more)
    zh = f"参照表“{table.title.zh}”（{table.id}）里没有“{account}”"
    return UnknownNameError(Bilingual(zh, f'the reference "{table.title.en}" ({table.id}) has no "{account}"'), hint)


def _reference(session: Session, named: str | None) -> "Reference":
    from salespm_flow.cli.lookup import known

    references = session.library.references
    if named is None and ACCOUNTS not in references and len(references) == 1:
        return next(iter(references.values()))
    if not references:
        raise InputError(
            Bilingual("工作区没有参照表", "the workspace has no reference"),
            Bilingual("先写一份 kind: reference 的客户表", "write a table of accounts, kind: reference"),
        )
    return known(named or ACCOUNTS, references, Bilingual("参照表", "reference"))


def _answer(table: "Reference", account: "Account") -> dict[str, object]:
    from salespm_flow.engine.answers import iso, plain

    return {
        "reference": table.id,
        "key": account.key,
        "row": {name: plain(value) for name, value in table.rows[account.key].items()},
        "revenue": [{"amount": str(amount), "currency": currency} for currency, amount in account.revenue.items()],
        "deals": [
            {
                "project": deal.project.id,
                "workflow": deal.workflow.id,
                "state": deal.project.state,
                "outcome": None if deal.project.outcome is None else deal.project.outcome.value,
                "owner": deal.project.owner,
                "amount": plain(deal.amount),
                "opened_at": iso(deal.project.opened_at),
            }
            for deal in account.deals
        ],
        "records": {
            name: {
                "rows": tally.rows,
                "last_at": None if tally.last_at is None else iso(tally.last_at),
                "means": {column: plain(mean) for column, mean in tally.means.items()},
                "totals": [
                    {"field": column, "amount": str(total), "currency": currency}
                    for (column, currency), total in tally.totals.items()
                ],
                "open": tally.open,
            }
            for name, tally in account.records.items()
        },
        "last_at": None if account.last_at is None else iso(account.last_at),
    }


def _lines(session: Session, table: "Reference", account: "Account") -> Iterator[str]:
    from salespm_flow.cli.render import Ink, pairs
    from salespm_flow.cli.values import NOTHING, moment, shown
    from salespm_flow.expr.values import Money

    palette = session.palette
    yield f"{palette.paint(account.key, Ink.NAME)}  {session.of(table.title)}"
    row = table.rows[account.key]
    facts = [
        (session.of(column.title), shown(session, row.get(name), column.type))
        for name, column in table.fields.items()
        if name not in table.key and row.get(name) is not None
    ]
    won = sum(deal.is_won for deal in account.deals)
    count = len(account.deals)
    facts.append((session.text("项目", "Projects"), session.text(f"{count} 个，赢单 {won} 个", f"{count}, {won} won")))
    revenue = [shown(session, Money(amount=amount, currency=currency)) for currency, amount in account.revenue.items()]
    facts.append((session.text("成交金额", "Revenue"), session.text("、", ", ").join(revenue) or NOTHING))
    last = NOTHING if account.last_at is None else moment(session, account.last_at)
    facts.append((session.text("最近登记", "Last record"), last))
    yield from (f"  {line}" for line in pairs(facts, palette).splitlines())
    if account.deals:
        yield ""
        yield from (f"  {line}" for line in _deals(session, account.deals).splitlines())
    if account.records:
        yield ""
        yield from (f"  {line}" for line in _records(session, account.records.values()).splitlines())


def _deals(session: Session, deals: "list[Deal]") -> str:
    from salespm_flow.cli.changes import outcome_text, state_text
    from salespm_flow.cli.render import table
    from salespm_flow.cli.values import NOTHING, moment, shown

    rows = [
        (
            deal.project.id,
            state_text(session, deal.workflow, deal.project),
            NOTHING if deal.project.outcome is None else outcome_text(session, deal.project.outcome),
            shown(session, deal.amount),
            deal.project.owner,
            moment(session, deal.project.opened_at),
        )
        for deal in deals
    ]
    header = (
        session.text("项目", "Project"),
        session.text("状态", "State"),
        session.text("结果", "Outcome"),
        session.text("金额", "Amount"),
        session.text("负责人", "Owner"),
        session.text("开始", "Opened"),
    )
    return table(header, rows, session.palette, right=frozenset({3}))


def _records(session: Session, tallies: "Iterable[RecordTally]") -> str:
    from salespm_flow.cli.render import table
    from salespm_flow.cli.values import NOTHING, moment

    rows = [
        (
            session.of(tally.record.title),
            str(tally.rows),
            NOTHING if tally.last_at is None else moment(session, tally.last_at),
            session.text("，", ", ").join(_figures(session, tally)),
        )
        for tally in tallies
    ]
    header = (
        session.text("记录", "Record"),
        session.text("条数", "Rows"),
        session.text("最近", "Last"),
        session.text("数字", "Figures"),
    )
    return table(header, rows, session.palette, right=frozenset({1}))


def _figures(session: Session, tally: "RecordTally") -> Iterator[str]:
    from salespm_flow.cli.values import number, shown
    from salespm_flow.expr.values import Money

    for name, mean in tally.means.items():
        title = session.of(tally.record.fields[name].title)
        yield session.text(f"{title}平均 {number(mean)}", f"mean {title} {number(mean)}")
    for (name, currency), total in tally.totals.items():
        title = session.of(tally.record.fields[name].title)
        amount = shown(session, Money(amount=total, currency=currency))
        yield session.text(f"{title}合计 {amount}", f"total {title} {amount}")
    if tally.open is not None:
        yield session.text(f"未解决 {tally.open}", f"{tally.open} open")


COMMAND: Final = group_of(
    "account",
    Bilingual("跨项目查看客户。", "Looks at accounts across projects."),
    {
        "show": BilingualCommand(
            "show",
            Bilingual(
                "查看一个客户：项目、成交金额、调查、反馈和最近登记。",
                "Shows an account: its projects, revenue, surveys, feedback and last record.",
            ),
            (
                argument("account", Bilingual("客户在参照表里的键", "The account's key in its reference")),
                option(
                    "reference",
                    "--reference",
                    Bilingual("哪张参照表，默认 accounts", "Which reference; accounts by default"),
                    metavar="NAME",
                ),
                *shared_options(),
            ),
            show,
        )
    },
)
