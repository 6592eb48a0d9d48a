"""`issue`: lists, raises and resolves what has gone wrong: risks that occurred, and what nobody had foreseen."""

from typing import TYPE_CHECKING, Final

from salespm_flow.cli.asking import ask
from salespm_flow.cli.command import group_of
from salespm_flow.cli.commands.risk import category_option, command, risk_argument
from salespm_flow.cli.commands.risk_list import ISSUES
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, count_option, option
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.model.project import Project
    from salespm_flow.model.risk_requests import RaiseIssue, ResolveIssue


def add(
    session: Session,
    project: str,
    title: str,
    *,
    category: str | None,
    impact: int | None,
    who: str | None,
    action: str | None,
    due: str | None,
) -> int:
    """The issue is in the register, or every reason why not is told."""
    from salespm_flow.cli.due import read_due
    from salespm_flow.model.risk_requests import RaiseIssue

    if category is None or impact is None:
        raise BilingualUsageError(Bilingual("请给出 --category 和 --impact", "give --category and --impact"))

    def request(_: "Project") -> "RaiseIssue":
        return RaiseIssue(
            title=Bilingual(title, title),
            category=category,
            impact=impact,
            actor=session.actor,
            who=who or "",
            action=None if action is None else Bilingual(action, action),
            due=None if due is None else read_due(session, due),
            comment=session.choices.comment or "",
        )

    return ask(session, project, request)


def resolve(session: Session, project: str, risk: str, how: str, *, cost: str | None, days: str | None) -> int:
    """The issue is resolved, or every reason why not is told."""
    from salespm_flow.cli.commands.risk_find import find_risk, read_days, read_money
    from salespm_flow.model.risk_requests import ResolveIssue

    def request(found: "Project") -> "ResolveIssue":
        return ResolveIssue(
            risk=find_risk(found, risk),
            actor=session.actor,
            comment=how,
            money=read_money(session, found, cost),
            days=read_days(days),
        )

    return ask(session, project, request)


COMMAND: Final = group_of(
    "issue",
    Bilingual("处理问题：已发生的风险，和没有预见到的事。", "Handles issues: risks that occurred, and the unforeseen."),
    {
        "list": ISSUES,
        "add": command(
            "add",
            Bilingual(
                "登记没有预见到的问题。\n"
                "例：salespm-flow issue add P1 服务器故障 --category technical --impact 4 --action 切换备机",
                "Raises an issue that nobody had foreseen.\n"
                'Example: salespm-flow issue add P1 "server down" --category technical --impact 4 --action "use spare"',
            ),
            (
                argument("title", Bilingual("出了什么问题", "What has gone wrong")),
                category_option(),
                count_option("impact", "--impact", Bilingual("影响等级", "The step of impact")),
                option("who", "--who", Bilingual("谁负责", "Who owns it"), metavar="WHO"),
                option(
                    "action",
                    "--action",
                    Bilingual("怎么处理，会成为任务", "What is done; it becomes a task"),
                    metavar="TEXT",
                ),
                option(
                    "due", "--due", Bilingual("期限：3wd、日期或时间", "By when: 3wd, a date or a time"), metavar="DUE"
                ),
            ),
            add,
        ),
        "resolve": command(
            "resolve",
            Bilingual(
                "解决问题，说明办法，可记下实际代价。\n"
                "例：salespm-flow issue resolve D1 price_war 已匹配报价 --cost 8000",
                "Resolves an issue, says how, and may keep what it cost.\n"
                'Example: salespm-flow issue resolve D1 price_war "matched the offer" --cost 8000',
            ),
            (
                risk_argument(),
                argument("how", Bilingual("如何解决", "How it was resolved")),
                option("cost", "--cost", Bilingual("实际损失", "What it really cost"), metavar="MONEY"),
                option(
                    "days", "--days", Bilingual("实际延误的工作日", "The working days it really took"), metavar="DAYS"
                ),
            ),
            resolve,
        ),
    },
)
