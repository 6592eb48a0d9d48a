"""How the smallest change that unblocks a move is told: what to fill in or alter, and what else it takes."""

from collections.abc import Iterator
from typing import Final

from salespm_flow.cli.context import Session
from salespm_flow.cli.render import Ink
from salespm_flow.cli.values import shown
from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.answers import Json, plain, reason_answer, texts
from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.gates import name_party
from salespm_flow.engine.remedies.proof import Proved, proof
from salespm_flow.engine.remedies.remedy import Remedy, remedy
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import Reason, ReasonKind
from salespm_flow.model.fields import EnumOf, FieldType, ListOf, MoneyOf, RefTo, Scalar, SimpleType
from salespm_flow.model.project import Snapshot
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.solve.change import FieldChange, RowChange

ANY: Final = {
    Scalar.TEXT: Bilingual("任意文本", "any text"),
    Scalar.INTEGER: Bilingual("任意整数", "any whole number"),
    Scalar.NUMBER: Bilingual("任意数字", "any number"),
    Scalar.BOOLEAN: Bilingual("是或否", "yes or no"),
    Scalar.PERCENT: Bilingual("任意百分比", "any percentage"),
    Scalar.DATE: Bilingual("任意日期", "any date"),
    Scalar.DATETIME: Bilingual("任意时间", "any date and time"),
    Scalar.DURATION: Bilingual("任意时长", "any duration"),
    Scalar.PERSON: Bilingual("任意人员", "any person"),
    Scalar.ROLE: Bilingual("任意角色", "any role"),
    Scalar.FILE: Bilingual("任意文件", "any file"),
}
TIMES: Final = (SimpleType(Scalar.DATE), SimpleType(Scalar.DATETIME))


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What to change, and what was proved about it if a proof was asked for."""

    workflow: Workflow
    remedy: Remedy | None
    proved: Proved | None = None


def advice_of(session: Session, compiled: Compiled, snapshot: Snapshot, trigger: str, *, is_proved: bool) -> Advice:
    """The smallest change for the refused trigger, with a proof where one is asked for."""
    workflow = compiled.workflow
    found = remedy(compiled, snapshot, trigger, actor=session.actor, now=session.now)
    if not is_proved:
        return Advice(workflow=workflow, remedy=found)
    proved = proof(compiled, snapshot, trigger, actor=session.actor, now=session.now)
    # The search says more about each value, the proof may find what the search did not.
    is_smaller = proved.remedy is not None and (found is None or proved.remedy.size < found.size)
    return Advice(workflow=workflow, remedy=proved.remedy if is_smaller else found, proved=proved.proved)


PROOFS: Final = {
    Proved.SMALLEST: Bilingual("已证明：改动的字段不能更少。", "Proved: no change of fewer fields will do."),
    Proved.IMPOSSIBLE: Bilingual("已证明：只改字段行不通。", "Proved: no change of fields alone will do."),
    Proved.UNDECIDED: Bilingual(
        "无法证明：规则超出求解器的表达范围，或计算时间过长。",
        "Not proved: a rule says what the solver cannot express, or it took too long.",
    ),
}


def advice_lines(session: Session, advice: Advice) -> Iterator[str]:
    """The change, or that none was found; then what was proved."""
    if advice.remedy is not None:
        yield from remedy_lines(session, advice.workflow, advice.remedy)
    elif advice.proved is not Proved.IMPOSSIBLE:
        yield session.text(
            "没有找到改几个字段或记录就能放行的办法。", "No change of fields or records was found that would do."
        )
    if advice.proved is not None:
        yield session.of(PROOFS[advice.proved])


def advice_answer(advice: Advice | None) -> dict[str, Json]:
    """The change and the proof as stable JSON."""
    if advice is None:
        return {"remedy": None, "proof": None}
    return {"remedy": remedy_answer(advice.remedy), "proof": None if advice.proved is None else advice.proved.value}


def remedy_lines(session: Session, workflow: Workflow, found: Remedy) -> Iterator[str]:
    """The change under a heading, one line a field or row; then what no field mends."""
    palette = session.palette
    if found.size:
        yield palette.paint(session.text("最小改动：", "Smallest change:"), Ink.STRONG)
    for change in found.changes:
        yield f"  {_named(session, change.title, change.field)}{session.text('：', ': ')}{_value(session, change)}"
    for row in found.rows:
        yield f"  {_row(session, row)}"
    if found.others:
        heading = session.text("还需要：", "Also needed:") if found.size else session.text("只需要：", "Only needed:")
        yield palette.paint(heading, Ink.STRONG)
    for reason in found.others:
        yield f"  {_need(session, workflow, reason)}"


def _need(session: Session, workflow: Workflow, reason: Reason) -> str:
    if reason.kind is ReasonKind.COMMENT:
        return session.text("填写说明（--comment）", "a comment (--comment)")
    parties = [session.of(name_party(party)) for party in workflow.transitions[reason.transition].by or ()]
    listed = session.text(" 或 ", " or ").join(parties)
    return session.text(f"由 {listed} 操作", f"to be done by {listed}")


def _named(session: Session, title: Bilingual, name: str) -> str:
    return f"{session.of(title)} ({session.palette.paint(name, Ink.NAME)})"


def _row(session: Session, row: RowChange) -> str:
    name = _named(session, row.title, row.record)
    colon = session.colon
    values = session.text("，", ", ").join(
        f"{session.of(change.title)}{colon}{_value(session, change)}" for change in row.values
    )
    if row.is_new:
        return session.text(f"在{name}中登记一条（{values}）", f"a new row in {name} ({values})")
    key = shown(session, row.key)
    return session.text(f"修改{name}中的“{key}”（{values}）", f'the row "{key}" in {name} ({values})')


def _value(session: Session, change: FieldChange) -> str:
    """What the field takes, after what it holds; and what else would do."""
    if change.is_any:
        after = session.of(_any(change.type))
    elif change.after is None:
        after = session.text("清空", "nothing")
    else:
        after = f"{shown(session, change.after, change.type)}{_also(session, change)}"
    return after if change.before is None else f"{shown(session, change.before, change.type)} → {after}"


def _any(declared: FieldType) -> Bilingual:
    match declared:
        case SimpleType(scalar=scalar):
            return ANY[scalar]
        case MoneyOf(currency=currency):
            return Bilingual(f"任意 {currency} 金额", f"any amount in {currency}")
        case EnumOf() | RefTo():
            return Bilingual("任选一项", "any of the choices")
        case ListOf():
            return Bilingual("至少一项", "at least one item")


def _also(session: Session, change: FieldChange) -> str:
    others = [shown(session, one, change.type) for one in change.choices if one != change.after]
    if others:
        listed = session.text("、", ", ").join(others)
        return session.text(f"（或{listed}）", f" (or {listed})")
    if change.low == change.high:
        return ""
    return _range(session, change.type, change.low, change.high)


def _range(session: Session, declared: FieldType, low: Value, high: Value) -> str:
    first, last = shown(session, low, declared), shown(session, high, declared)
    is_time = declared in TIMES
    if low is not None and high is not None:
        return session.text(f"（{first} 至 {last} 均可）", f" (anything from {first} to {last})")
    if low is not None:
        zh, en = (f"不早于 {first}", f"{first} or later") if is_time else (f"不低于 {first}", f"{first} or more")
    else:
        zh, en = (f"不晚于 {last}", f"{last} or earlier") if is_time else (f"不高于 {last}", f"{last} or less")
    return session.text(f"（{zh}）", f" ({en})")


def remedy_answer(found: Remedy | None) -> Json:
    """The change as stable JSON; null where none is known. Where `any`, `after` is null: every value will do."""
    if found is None:
        return None
    return {
        "transition": found.transition,
        "changes": [_change_answer(change) for change in found.changes],
        "rows": [
            {
                "record": row.record,
                "title": texts(row.title),
                "new": row.is_new,
                "key": plain(row.key),
                "values": [_change_answer(change) for change in row.values],
            }
            for row in found.rows
        ],
        "others": [reason_answer(reason) for reason in found.others],
    }


def _change_answer(change: FieldChange) -> Json:
    return {
        "field": change.field,
        "title": texts(change.title),
        "before": plain(change.before),
        "after": None if change.is_any else plain(change.after),
        "any": change.is_any,
        "low": plain(change.low),
        "high": plain(change.high),
        "choices": [plain(choice) for choice in change.choices],
    }
