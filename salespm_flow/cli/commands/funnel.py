"""`funnel`: how many projects reached each state, went on from there or were lost, and how often it ends well."""

from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.commands.deal_question import (
    chosen_workflow,
    deal_options,
    period_option,
    plain_rate,
    rate,
    source_of,
    words,
)
from salespm_flow.cli.commands.kpi_question import Asked, read_as_of
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import shared_options
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.engine.measure.deals import Books, Source
    from salespm_flow.rules.forecast.funnel import Step

BAR: Final = 24


def run(session: Session, workflow: str | None, **given: str | None) -> int:
    """The funnel is told."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.engine.measure.deals import books

    asked = Asked(person=given["person"], team=given["team"], product=given["product"], period=given["period"])
    source = source_of(session, chosen_workflow(session, workflow), asked, (given["amount"], given["close"]))
    moment = read_as_of(session, given["as_of"])
    found = books(source, moment or session.now, is_past=moment is not None)
    if session.is_json:
        write_json(_answer(source, found))
    else:
        write_text(_text(session, source, found))
    return 0


def _text(session: Session, source: "Source", found: "Books") -> str:
    from salespm_flow.cli.render import Ink, table
    from salespm_flow.cli.values import moment

    steps = [step for step in found.funnel.steps() if step.reached]
    title = session.palette.paint(session.of(source.workflow.title), Ink.STRONG)
    days, at = _days(session, source), moment(session, found.at)
    head = session.text(f"{title}：{days}的漏斗，截至 {at}", f"{title}: funnel of projects opened {days}, as of {at}")
    if not steps:
        return f"{head}\n{session.text('没有项目', 'no project')}"
    header = words(session, ("状态", "State"), ("到达", "Reached"), ("继续", "Went on"), ("流失", "Lost"))
    header += words(session, ("停留", "Waiting"), ("转化率", "Conversion"), ("流失率", "Leak"), ("", ""))
    widest = max(step.reached for step in steps)
    rows = [_row(session, source, step, widest) for step in steps]
    note = session.text(
        "转化率与流失率以不再停留的项目为分母", "conversion and leak are shares of the projects that no longer wait"
    )
    return f"{head}\n{table(header, rows, session.palette, right=frozenset(range(1, 7)))}\n\n{note}"


def _days(session: Session, source: "Source") -> str:
    start, end = source.opened.start, source.opened.end
    if start is None and end is None:
        return session.text("全部项目", "at any time")
    return f"{start or ''}..{end or ''}"


def _row(session: Session, source: "Source", step: "Step", widest: int) -> tuple[str, ...]:
    counts = (step.reached, step.went_on, step.lost, step.waiting)
    bar = "█" * max(1, round(BAR * step.reached / widest))
    title = session.of(source.workflow.states[step.state].title)
    return (title, *map(str, counts), rate(step.conversion), rate(step.leak), bar)


def _answer(source: "Source", found: "Books") -> dict[str, object]:
    from salespm_flow.engine.answers import iso, texts

    start, end = source.opened.start, source.opened.end
    states = source.workflow.states
    return {
        "status": "ok",
        "workflow": source.workflow.id,
        "at": iso(found.at),
        "opened": {
            "start": None if start is None else start.isoformat(),
            "end": None if end is None else end.isoformat(),
        },
        "states": [
            {
                "state": states[step.state].name,
                "title": texts(states[step.state].title),
                "reached": step.reached,
                "went_on": step.went_on,
                "lost": step.lost,
                "waiting": step.waiting,
                "conversion": plain_rate(step.conversion),
                "leak": plain_rate(step.leak),
            }
            for step in found.funnel.steps()
        ],
    }


COMMAND: Final = BilingualCommand(
    "funnel",
    Bilingual(
        "漏斗：到达每个状态、继续前进、从那里流失的项目数与比率。",
        "The funnel: projects that reached each state, went on from it, or were lost from it, with the rates.",
    ),
    (
        *deal_options(),
        period_option(Bilingual("只看在此期间新建的项目", "Projects opened in these days")),
        *shared_options(),
    ),
    run,
)
