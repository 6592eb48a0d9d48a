"""`risk`: puts risks on the list, answers, reviews and closes them; `issue`: what became of those that occurred."""

from typing import TYPE_CHECKING, Final

from salespm_flow.cli.asking import ask
from salespm_flow.cli.command import BilingualCommand, group_of
from salespm_flow.cli.commands.risk_list import LIST, SHOW
from salespm_flow.cli.commands.risk_matrix import COMMAND as MATRIX
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import (
    Described,
    argument,
    count_option,
    flag,
    option,
    project_argument,
    shared_options,
    writing_options,
)
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from collections.abc import Callable

    from salespm_flow.model.project import Project

STRATEGIES: Final = ("avoid", "transfer", "mitigate", "accept")


def add(
    session: Session,
    project: str,
    title: str,
    *,
    category: str | None,
    probability: int | None,
    impact: int | None,
    who: str | None,
    cause: str | None,
    effect: str | None,
    exposure: str | None,
    days: str | None,
    review: str | None,
    contingency: str | None,
) -> int:
    """The risk is on the list, or every reason why not is told."""
    from salespm_flow.cli.commands.risk_find import read_days, read_money
    from salespm_flow.cli.due import read_due
    from salespm_flow.model.risk_requests import AddRisk

    if category is None or probability is None or impact is None:
        raise _not_judged()

    def request(found: "Project") -> AddRisk:
        return AddRisk(
            title=_text(title),
            category=category,
            probability=probability,
            impact=impact,
            actor=session.actor,
            who=who or "",
            cause=cause or "",
            effect=effect or "",
            money=read_money(session, found, exposure),
            days=read_days(days),
            review=None if review is None else read_due(session, review),
            contingency=None if contingency is None else _text(contingency),
            comment=session.choices.comment or "",
        )

    return ask(session, project, request)


def _not_judged() -> BilingualUsageError:
    message = Bilingual("请给出 --category、--probability 和 --impact", "give --category, --probability and --impact")
    words = "--category market --probability 3 --impact 4"
    return BilingualUsageError(message, Bilingual(f"例如 {words}", f"such as {words}"))


def respond(
    session: Session,
    project: str,
    risk: str,
    strategy: str,
    *,
    title: str,
    due: str | None,
    party: str | None,
    cost: str | None,
    residual: str | None,
    exposure: str | None,
    days: str | None,
    scope_change: str | None,
) -> int:
    """The risk is answered, or every reason why not is told."""
    from salespm_flow.cli.commands.risk_find import find_risk, read_days, read_money, read_residual
    from salespm_flow.cli.due import read_due
    from salespm_flow.model.risk_requests import Answering, RespondToRisk
    from salespm_flow.model.rules import Strategy

    if strategy not in STRATEGIES:
        raise _no_strategy(strategy)

    def request(found: "Project") -> RespondToRisk:
        answering = Answering(
            strategy=Strategy(strategy),
            title=_text(title),
            due=None if due is None else read_due(session, due),
            party=party or "",
            cost=read_money(session, found, cost),
            residual=read_residual(residual),
            money=read_money(session, found, exposure),
            days=read_days(days),
            scope_change=scope_change or "",
        )
        return RespondToRisk(
            risk=find_risk(found, risk),
            answering=answering,
            actor=session.actor,
            comment=session.choices.comment or "",
        )

    return ask(session, project, request)


def _no_strategy(named: str) -> BilingualUsageError:
    listed = ", ".join(STRATEGIES)
    message = Bilingual(f"没有应对策略“{named}”", f'there is no strategy "{named}"')
    return BilingualUsageError(message, Bilingual(f"可用：{listed}", f"known: {listed}"))


def review(
    session: Session,
    project: str,
    risk: str,
    *,
    probability: int | None,
    impact: int | None,
    exposure: str | None,
    days: str | None,
    who: str | None,
    is_done: bool,
    review: str | None,
) -> int:
    """The review is kept, or every reason why not is told."""
    from salespm_flow.cli.commands.risk_find import find_risk, read_days, read_money
    from salespm_flow.cli.due import read_due
    from salespm_flow.model.risk_requests import ReviewRisk

    def request(found: "Project") -> ReviewRisk:
        return ReviewRisk(
            risk=find_risk(found, risk),
            actor=session.actor,
            probability=probability,
            impact=impact,
            money=read_money(session, found, exposure),
            days=read_days(days),
            who=who,
            is_done=is_done,
            review=None if review is None else read_due(session, review),
            comment=session.choices.comment or "",
        )

    return ask(session, project, request)


def occur(
    session: Session,
    project: str,
    risk: str,
    *,
    title: str | None,
    action: str | None,
    who: str | None,
    due: str | None,
) -> int:
    """The risk is an issue, or every reason why not is told."""
    from salespm_flow.cli.commands.risk_find import find_risk
    from salespm_flow.cli.due import read_due
    from salespm_flow.model.risk_requests import RiskOccurred

    def request(found: "Project") -> RiskOccurred:
        return RiskOccurred(
            risk=find_risk(found, risk),
            actor=session.actor,
            title=None if title is None else _text(title),
            action=None if action is None else _text(action),
            who=who or "",
            due=None if due is None else read_due(session, due),
            comment=session.choices.comment or "",
        )

    return ask(session, project, request)


def close(session: Session, project: str, risk: str, reason: str) -> int:
    """The risk is closed, or every reason why not is told."""
    from salespm_flow.cli.commands.risk_find import find_risk
    from salespm_flow.model.risk_requests import CloseRisk

    return ask(
        session,
        project,
        lambda found: CloseRisk(risk=find_risk(found, risk), actor=session.actor, comment=reason),
    )


def _text(words: str) -> Bilingual:
    return Bilingual(words, words)


def category_option() -> Described:
    """What a risk is about; a workspace may have categories of its own, so the engine judges the word."""
    known = "market|customer|competitor|resource|schedule|cost|quality|technical|legal"
    return option("category", "--category", Bilingual("类别", "What it is about"), metavar=f"[{known}|…]")


def risk_argument() -> Described:
    """The risk that a command is about."""
    return argument("risk", Bilingual("风险编号或规则名，见 risk list", "The risk's id or rule, as risk list shows it"))


def command(
    name: str, about: Bilingual, parameters: tuple[Described, ...], run: "Callable[..., int]"
) -> BilingualCommand:
    """A command that writes to a risk of a project."""
    return BilingualCommand(name, about, (project_argument(), *parameters, *writing_options(), *shared_options()), run)


WHO: Final = Bilingual(
    "谁负责：owner、manager、角色，或 person:姓名", "Who owns it: owner, manager, a role, or person:NAME"
)
_STEPS: Final = (
    count_option("probability", "--probability", Bilingual("概率等级", "The step of probability")),
    count_option("impact", "--impact", Bilingual("影响等级", "The step of impact")),
)
_LOSS: Final = (
    option("exposure", "--exposure", Bilingual("一旦发生损失多少", "What is lost if it occurs"), metavar="MONEY"),
    option("days", "--days", Bilingual("一旦发生延误几个工作日", "Working days lost if it occurs"), metavar="DAYS"),
)
_DUE: Final = option(
    "due", "--due", Bilingual("期限：3wd、日期或时间", "By when: 3wd, a date or a time"), metavar="DUE"
)
_REVIEW: Final = option(
    "review", "--review", Bilingual("下次复核：10wd 或日期", "The next review: 10wd or a date"), metavar="DUE"
)

COMMAND: Final = group_of(
    "risk",
    Bilingual("管理风险：识别、评估、应对、监控。", "Manages risks: identify, assess, respond, monitor."),
    {
        "list": LIST,
        "show": SHOW,
        "matrix": MATRIX,
        "add": command(
            "add",
            Bilingual(
                "登记风险。\n"
                "例：salespm-flow risk add D1 客户预算可能削减 --category customer --probability 3 --impact 4",
                "Puts a risk on the list.\n"
                'Example: salespm-flow risk add D1 "budget may be cut" --category customer --probability 3 --impact 4',
            ),
            (
                argument("title", Bilingual("可能发生什么", "What may happen")),
                category_option(),
                *_STEPS,
                option("who", "--who", WHO, metavar="WHO"),
                option("cause", "--cause", Bilingual("原因", "Its cause"), metavar="TEXT"),
                option("effect", "--effect", Bilingual("后果", "Its effect"), metavar="TEXT"),
                *_LOSS,
                _REVIEW,
                option(
                    "contingency",
                    "--contingency",
                    Bilingual("发生后怎么办", "What is done if it occurs"),
                    metavar="TEXT",
                ),
            ),
            add,
        ),
        "respond": command(
            "respond",
            Bilingual(
                "应对风险：avoid 规避、transfer 转移、mitigate 减轻、accept 接受；每种都要能自证。\n"
                "例：salespm-flow risk respond D1 price_war mitigate 增加价值 --due 3wd --residual 2x3",
                "Answers a risk: avoid, transfer, mitigate or accept; each must prove itself.\n"
                'Example: salespm-flow risk respond D1 price_war mitigate "add value" --due 3wd --residual 2x3',
            ),
            (
                risk_argument(),
                argument(
                    "strategy", Bilingual("avoid、transfer、mitigate 或 accept", "avoid, transfer, mitigate, accept")
                ),
                argument("title", Bilingual("做什么", "What is done")),
                _DUE,
                option("party", "--party", Bilingual("转移给谁", "Who takes it over"), metavar="WHO"),
                option("cost", "--cost", Bilingual("应对的代价", "What the response costs"), metavar="MONEY"),
                option(
                    "residual",
                    "--residual",
                    Bilingual("剩余的概率x影响等级", "The steps that remain, as 2x3"),
                    metavar="PxI",
                ),
                option(
                    "exposure",
                    "--exposure",
                    Bilingual("剩余的损失金额", "The money that remains at stake"),
                    metavar="MONEY",
                ),
                option(
                    "days",
                    "--days",
                    Bilingual("剩余的延误工作日", "The working days that remain at stake"),
                    metavar="DAYS",
                ),
                option(
                    "scope_change",
                    "--scope-change",
                    Bilingual("规避时：从范围中去掉了什么", "To avoid: what was left out of the scope"),
                    metavar="TEXT",
                ),
            ),
            respond,
        ),
        "review": command(
            "review",
            Bilingual(
                "复核风险：可重新评估、换负责人、标记应对已完成。\n例：salespm-flow risk review D1 price_war --done",
                "Keeps a review: judge anew, hand over, or say that the response is done.\n"
                "Example: salespm-flow risk review D1 price_war --done",
            ),
            (
                risk_argument(),
                *_STEPS,
                *_LOSS,
                option("who", "--who", WHO, metavar="WHO"),
                flag("is_done", "--done", Bilingual("应对已完成", "The response is done")),
                _REVIEW,
            ),
            review,
        ),
        "occur": command(
            "occur",
            Bilingual(
                "风险已发生：转为问题，开始执行应急措施。",
                "Says that a risk has occurred: it is an issue, and what was planned for it begins.",
            ),
            (
                risk_argument(),
                option("title", "--title", Bilingual("问题的标题", "What the issue is called"), metavar="TEXT"),
                option("action", "--action", Bilingual("应急措施", "What is done about it"), metavar="TEXT"),
                option("who", "--who", Bilingual("谁来做", "Who does it"), metavar="WHO"),
                _DUE,
            ),
            occur,
        ),
        "close": command(
            "close",
            Bilingual("关闭没有发生的风险，说明原因。", "Closes a risk that did not occur, and says why."),
            (risk_argument(), argument("reason", Bilingual("原因", "Why"))),
            close,
        ),
    },
)
