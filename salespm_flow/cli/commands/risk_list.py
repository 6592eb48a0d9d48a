"""`risk list`, `risk show` and `issue list`: the register of one project or of all open ones, with its sums."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, flag, option, project_argument, shared_options
from salespm_flow.diagnostics import Bilingual
from salespm_flow.nouns import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from salespm_flow.model.project import Assessment, Project, Risk
    from salespm_flow.rules.exposure import ExposureSum

STATUSES: Final = {
    "open": Bilingual("未发生", "open"),
    "occurred": Bilingual("已发生", "occurred"),
    "closed": Bilingual("已关闭", "closed"),
}
STRATEGIES: Final = {
    "avoid": Bilingual("规避", "avoid"),
    "transfer": Bilingual("转移", "transfer"),
    "mitigate": Bilingual("减轻", "mitigate"),
    "accept": Bilingual("接受", "accept"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A risk and the project that it belongs to; `rank` is that of its level among `levels`, from 0."""

    project: "Project"
    risk: "Risk"
    rank: int
    levels: int
    currency: str


def run_list(
    session: Session, project: str | None, *, category: str | None, level: str | None, is_mine: bool, is_all: bool
) -> int:
    """The matching risks are told, the worst first, with what they may cost together."""
    from salespm_flow.cli.output import write_json, write_message, write_text

    parties = _parties(session) if is_mine else None
    listed = [
        one
        for one in _found(session, project)
        if (is_all or one.risk.is_standing)
        and (category is None or one.risk.category == category)
        and (level is None or one.risk.level == level)
        and (parties is None or one.risk.owner in parties)
    ]
    listed.sort(key=lambda one: (not one.risk.is_standing, -one.rank, -one.risk.score, one.project.id, one.risk.id))
    sums = _sums(listed)
    if session.is_json:
        from salespm_flow.cli.risk_json import risk_answer

        risks = [{"project": one.project.id, **risk_answer(one.risk)} for one in listed]
        write_json({"status": "ok", "risks": risks, "sums": {name: _sum_answer(one) for name, one in sums.items()}})
    elif listed:
        write_text(_table(session, listed, has_project=project is None))
        for currency, one in sums.items():
            write_text(_sum_line(session, currency, one))
    else:
        write_message(session.text("没有符合的风险", "no risk matches"))
    return 0


def _parties(session: Session) -> frozenset[str]:
    from salespm_flow.engine.views.worklist import parties_of

    return frozenset(parties_of(session.library, session.actor, session.now).parties)


def _found(session: Session, project: str | None) -> Iterator[Listed]:
    from salespm_flow.cli.lookup import find_project

    projects = session.store.projects(is_open=True) if project is None else (find_project(session, project),)
    for found in projects:
        if not found.risks:
            continue
        compiled = session.runner.definitions.pinned(found.pin)
        levels = [level.id for risks in compiled.risks[:1] for level in risks.model.levels]
        ranks = {level: rank for rank, level in enumerate(levels)}
        for risk in found.risks.values():
            yield Listed(found, risk, ranks.get(risk.level, 0), len(levels), compiled.risk_currency)


def _sums(listed: Iterable[Listed]) -> "dict[str, ExposureSum]":
    from salespm_flow.rules.exposure import exposure

    risks: dict[str, list[Risk]] = {}
    for one in listed:
        risks.setdefault(one.currency, []).append(one.risk)
    return {currency: exposure(every) for currency, every in risks.items()}


def _sum_answer(found: "ExposureSum") -> dict[str, object]:
    from salespm_flow.engine.answers import plain

    return {
        "exposure": plain(found.money),
        "emv": plain(found.emv),
        "days": plain(found.days),
        "expected_days": plain(found.expected_days),
        "issues": found.issues,
        "unanswered": found.unanswered,
    }


def _sum_line(session: Session, currency: str, found: "ExposureSum") -> str:
    from salespm_flow.cli.values import number, shown
    from salespm_flow.expr.values import Money

    money, emv = (shown(session, Money(amount, currency)) for amount in (found.money, found.emv))
    days, expected = number(found.days), number(found.expected_days)
    return session.text(
        f"敞口 {money}，期望损失 {emv}；延误 {days} 天，期望 {expected} 天；"
        f"未应对 {found.unanswered} 项，问题 {found.issues} 个",
        f"exposure {money}, expected {emv}; delay {days} days, expected {expected}; "
        f"{found.unanswered} unanswered, {found.issues} issues",
    )


def _table(session: Session, listed: Iterable[Listed], *, has_project: bool) -> str:
    from salespm_flow.cli.changes import level_words
    from salespm_flow.cli.due import due_text
    from salespm_flow.cli.render import table
    from salespm_flow.cli.values import NOTHING, party, shown
    from salespm_flow.rules.exposure import emv

    header = (
        session.text("等级", "Level"),
        session.text("编号", "Id"),
        session.text("风险", "Risk"),
        session.text("状态", "Status"),
        session.text("期望损失", "EMV"),
        session.text("负责人", "Owner"),
        session.text("应对", "Response"),
        session.text("期限", "Due"),
    )
    rows = []
    for one in listed:
        risk = one.risk
        moments = [moment for moment in (None if risk.done_at else risk.due_at, risk.review_at) if moment is not None]
        row = (
            level_text(session, f"{level_words(session, risk)} {risk.probability}×{risk.impact}", one.rank, one.levels),
            risk.id,
            session.of(risk.title),
            session.of(STATUSES[risk.status.value]),
            shown(session, emv(risk)),
            party(session, risk.owner),
            _response(session, risk),
            due_text(session, min(moments), session.now) if moments and risk.status == "open" else NOTHING,
        )
        rows.append((one.project.id, *row) if has_project else row)
    right = frozenset({5 if has_project else 4})
    full = (session.text("项目", "Project"), *header) if has_project else header
    return table(full, rows, session.palette, right=right)


def _response(session: Session, risk: "Risk") -> str:
    from salespm_flow.cli.values import NOTHING, party

    if risk.strategy is None or risk.response is None:
        return NOTHING
    words = f"{session.of(STRATEGIES[risk.strategy])}{session.text('：', ': ')}{session.of(risk.response)}"
    if risk.awaits:
        waiting = session.text("、", ", ").join(party(session, who) for who in risk.awaits)
        return words + session.text(f"（待 {waiting} 批准）", f" (waits for {waiting})")
    return words + session.text("（已完成）", " (done)") if risk.done_at is not None else words


def level_text(session: Session, words: str, rank: int, levels: int) -> str:
    """The words in the colour of a level: the lowest is harmless, the upper half of the levels alarms."""
    from salespm_flow.cli.render import Ink

    if rank == 0:
        return session.palette.paint(words, Ink.GOOD)
    return session.palette.paint(words, Ink.BAD if rank * 2 >= levels else Ink.WARNING)


def run_show(session: Session, project: str, risk: str) -> int:
    """All that is known of the risk is told."""
    from salespm_flow.cli.commands.risk_find import find_risk
    from salespm_flow.cli.lookup import find_project
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.cli.render import pairs

    found = find_project(session, project)
    shown = found.risks[find_risk(found, risk)]
    if session.is_json:
        from salespm_flow.cli.risk_json import risk_answer

        write_json({"status": "ok", "project": found.id, **risk_answer(shown)})
        return 0
    rows = [(session.of(label), words) for label, words in _facts(session, shown) if words]
    write_text(pairs(rows, session.palette))
    return 0


def _facts(session: Session, risk: "Risk") -> Iterator[tuple[Bilingual, str]]:
    from salespm_flow.cli.values import party, shown
    from salespm_flow.rules.exposure import response_value

    at = partial(_at, session)
    yield Bilingual("风险", "Risk"), f"{session.of(risk.title)} ({risk.id})"
    yield Bilingual("状态", "Status"), session.of(STATUSES[risk.status.value])
    yield Bilingual("类别", "Category"), session.of(_category(session, risk.category))
    yield Bilingual("来源", "Source"), risk.rule
    yield Bilingual("原因", "Cause"), risk.cause
    yield Bilingual("后果", "Effect"), risk.effect
    yield Bilingual("负责人", "Owner"), party(session, risk.owner)
    if risk.inherent is not None:
        yield Bilingual("固有风险", "Inherent"), judged_text(session, risk.inherent, risk.rule)
    yield Bilingual("当前", "Now"), judged_text(session, risk, risk.rule)
    if risk.residual is not None and risk.done_at is None:
        yield Bilingual("剩余风险", "Residual"), judged_text(session, risk.residual, risk.rule)
    yield Bilingual("应对", "Response"), _response(session, risk) if risk.strategy else ""
    yield Bilingual("转移给", "Party"), party(session, risk.party) if risk.party else ""
    yield Bilingual("范围变更", "Scope change"), risk.scope_change
    yield Bilingual("代价", "Cost"), "" if risk.cost is None else shown(session, risk.cost)
    value = response_value(risk)
    yield Bilingual("应对价值", "Response value"), "" if value is None else shown(session, value)
    yield Bilingual("批准人", "Approved by"), risk.approved_by
    yield Bilingual("应对期限", "Response due"), at(risk.due_at)
    yield Bilingual("应对完成", "Response done"), at(risk.done_at)
    yield Bilingual("下次复核", "Next review"), at(risk.review_at)
    yield Bilingual("上次复核", "Last review"), at(risk.reviewed_at)
    yield Bilingual("应急措施", "Contingency"), "" if risk.contingency is None else session.of(risk.contingency)
    yield Bilingual("登记", "Opened"), at(risk.opened_at)
    yield Bilingual("关闭", "Closed"), at(risk.closed_at)
    if risk.issue is not None:
        issue = risk.issue
        yield Bilingual("问题", "Issue"), f"{session.of(issue.title)} ({at(issue.opened_at)})"
        yield Bilingual("处理任务", "Task"), issue.task
        yield Bilingual("解决期限", "Resolve by"), at(issue.due_at)
        yield Bilingual("解决", "Resolved"), f"{at(issue.resolved_at)} {issue.resolution}".strip()
        yield Bilingual("实际损失", "Real cost"), "" if issue.money is None else shown(session, issue.money)


def _at(session: Session, time: "datetime | None") -> str:
    from salespm_flow.cli.values import moment

    return "" if time is None else moment(session, time)


def _category(session: Session, name: str) -> Bilingual:
    from salespm_flow.model.rules import CATEGORIES

    return {**CATEGORIES, **session.library.workspace.risk_categories}.get(name, Bilingual(name, name))


def judged_text(session: Session, found: "Risk | Assessment", rule: str) -> str:
    """Steps, score and level of a judgement, and what it comes to."""
    from salespm_flow.cli.values import number, percent, shown
    from salespm_flow.model.risk_levels import level_title
    from salespm_flow.rules.exposure import emv

    chance = Decimal() if found.chance is None else found.chance
    title = level_title(found.level, rule, session.library.risk_models)
    words = f"{session.of(title)} {found.probability}×{found.impact}={found.score}  {percent(chance)}"
    expected = emv(found)
    if found.money is not None and expected is not None:
        words += f" × {shown(session, found.money)} = {shown(session, expected)}"
    if found.days is not None:
        days = number(found.days)
        words += session.text(f"，{days} 天", f", {days} days")
    return words


def run_issues(session: Session, project: str | None, *, is_all: bool) -> int:
    """The issues are told, what is due first first."""
    from salespm_flow.cli.output import write_json, write_message, write_text

    listed = [
        one
        for one in _found(session, project)
        if one.risk.issue is not None and (is_all or one.risk.status.value == "occurred")
    ]
    if session.is_json:
        from salespm_flow.cli.risk_json import risk_answer

        write_json({"status": "ok", "issues": [{"project": one.project.id, **risk_answer(one.risk)} for one in listed]})
    elif listed:
        write_text(_issue_table(session, listed))
    else:
        write_message(session.text("没有未解决的问题", "no issue is open"))
    return 0


def _issue_table(session: Session, listed: Iterable[Listed]) -> str:
    from salespm_flow.cli.changes import level_words
    from salespm_flow.cli.due import due_text
    from salespm_flow.cli.render import table
    from salespm_flow.cli.values import NOTHING, moment, party

    header = (
        session.text("项目", "Project"),
        session.text("编号", "Id"),
        session.text("问题", "Issue"),
        session.text("等级", "Level"),
        session.text("发生", "Since"),
        session.text("期限", "Due"),
        session.text("负责人", "Owner"),
        session.text("任务", "Task"),
        session.text("解决办法", "Resolution"),
    )
    rows = []
    for one in listed:
        issue = one.risk.issue
        if issue is None:
            continue
        rows.append(
            (
                one.project.id,
                one.risk.id,
                session.of(issue.title),
                level_text(session, level_words(session, one.risk), one.rank, one.levels),
                moment(session, issue.opened_at),
                NOTHING if issue.resolved_at else due_text(session, issue.due_at, session.now),
                party(session, one.risk.owner),
                issue.task or NOTHING,
                issue.resolution or NOTHING,
            )
        )
    return table(header, rows, session.palette)


_PROJECT: Final = argument(
    "project",
    Bilingual("项目编号，可只写开头几位", "The project's id; its first characters are enough"),
    is_required=False,
)
LIST: Final = BilingualCommand(
    "list",
    Bilingual(
        "列出风险，最严重的在前，并合计敞口和期望损失；不写项目就列出所有进行中的项目的风险。",
        "Lists risks, the worst first, with their exposure and EMV; without a project those of all open projects.",
    ),
    (
        _PROJECT,
        option("category", "--category", Bilingual("只列这一类", "Only this category"), metavar="CATEGORY"),
        option("level", "--level", Bilingual("只列这一级", "Only this level"), metavar="LEVEL"),
        flag("is_mine", "--mine", Bilingual("只列操作人负责的", "Only those of who acts, by name and by role")),
        flag("is_all", "--all", Bilingual("也列已关闭的", "Closed ones too")),
        *shared_options(),
    ),
    run_list,
)
SHOW: Final = BilingualCommand(
    "show",
    Bilingual("查看一项风险的全部信息。", "Shows all that is known of a risk."),
    (
        project_argument(),
        argument("risk", Bilingual("风险编号或规则名", "The risk's id or rule")),
        *shared_options(),
    ),
    run_show,
)
ISSUES: Final = BilingualCommand(
    "list",
    Bilingual("列出未解决的问题。", "Lists the issues that are not resolved."),
    (
        _PROJECT,
        flag("is_all", "--all", Bilingual("也列已解决的", "Resolved ones too")),
        *shared_options(),
    ),
    run_issues,
)
