"""`flow cumulative` and `flow burndown`: how things stood from one moment to the next."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.commands.deal_question import joined, words
from salespm_flow.cli.commands.flow_json import burndown_answer, cumulative_answer
from salespm_flow.cli.commands.flow_question import flow_question, head_answer, head_line, numbers, title_of
from salespm_flow.cli.context import Session
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.engine.measure.flow import Ways
    from salespm_flow.rules.flow.series import Burndown
    from salespm_flow.rules.flow.trips import Window

WEEK: Final = 7
MOST_MOMENTS: Final = 400


def cumulative(session: Session, workflow: str | None, every: int | None, **given: str | None) -> int:
    """How many projects were in each state at the end of each stretch is told."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.cli.render import table
    from salespm_flow.engine.measure.flow import cumulative_of

    ways, window = flow_question(session, workflow, given)
    found = cumulative_of(ways, _moments(window, every or WEEK))
    if session.is_json:
        write_json({**head_answer(ways, window), **cumulative_answer(found)})
        return 0
    header = (session.text("时点", "At"), *(session.of(title_of(ways, name)) for name in found.states))
    header = (*header, session.text("已结束", "Ended"))
    series = (*found.states.values(), found.ended)
    rows = [(_day(session, at), *(str(one[place]) for one in series)) for place, at in enumerate(found.moments)]
    write_text(joined([head_line(session, ways, window), table(header, rows, session.palette, right=numbers(header))]))
    return 0


def burndown(
    session: Session,
    workflow: str | None,
    *,
    every: int | None,
    points: str | None,
    record: str | None,
    done: str | None,
    **given: str | None,
) -> int:
    """What remained to be done, and how much was done in each stretch, is told."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.cli.render import table
    from salespm_flow.cli.values import number

    ways, window = flow_question(session, workflow, given)
    found = _burnt(ways, _moments(window, every or WEEK), points, (record, done))
    if session.is_json:
        write_json({**head_answer(ways, window), **burndown_answer(found)})
        return 0
    header = words(session, ("时点", "At"), ("范围", "Scope"), ("完成", "Done"), ("剩余", "Remaining"))
    header += words(session, ("理想剩余", "Ideal"), ("速率", "Velocity"))
    velocity = ("", *(number(one) for one in found.velocity))
    series = (found.scope, found.done, found.remaining, found.ideal)
    rows = [
        (_day(session, at), *(number(one[place]) for one in series), velocity[place])
        for place, at in enumerate(found.moments)
    ]
    body = table(header, rows, session.palette, right=numbers(header))
    write_text(joined([head_line(session, ways, window), body, _velocity(session, found, every or WEEK)]))
    return 0


def _velocity(session: Session, found: "Burndown", every: int) -> str:
    from salespm_flow.cli.values import number

    mean = found.mean_velocity
    if mean is None:
        return session.text("只有一个时点，没有速率", "one moment only: no velocity")
    told = number(round(mean, 2))
    return session.text(f"平均速率：每 {every} 天 {told}", f"velocity on average: {told} in {every} days")


def _burnt(
    ways: "Ways", moments: "Sequence[datetime]", points: str | None, rows: "tuple[str | None, str | None]"
) -> "Burndown":
    """The burndown of the projects, or of the rows of a record; `rows` are the record and its column `done`."""
    from salespm_flow.cli.lookup import known
    from salespm_flow.engine.measure.flow import Backlog, burndown_of, burndown_of_rows

    record, done = rows
    if record is None or done is None:
        if record is not None or done is not None:
            raise BilingualUsageError(Bilingual("--of 与 --done 须一起给出", "give --of and --done together"))
        if points is not None:
            known(points, ways.workflow.fields, Bilingual("字段", "field"))
        return burndown_of(ways, moments, points=points)
    columns = known(record, ways.workflow.records, Bilingual("记录", "record")).fields
    for name in filter(None, (done, points)):
        known(name, columns, Bilingual(f"记录 {record} 的列", f"column of {record}"))
    return burndown_of_rows(ways, moments, Backlog(record=record, done=done, points=points))


def _moments(window: "Window", every: int) -> Sequence[datetime]:
    """The end of the window and, backwards from it, the ends of stretches of so many days, in order.

    Raises:
        BilingualUsageError: there would be too many.
    """
    step = timedelta(days=every)
    count = window.length // step + 1
    if count > MOST_MOMENTS:
        raise BilingualUsageError(
            Bilingual(f"时点太多：{count} 个，最多 {MOST_MOMENTS} 个", f"{count} moments, at most {MOST_MOMENTS}"),
            Bilingual("加大 --every 或缩短期间", "give a larger --every or a shorter period"),
        )
    return [window.end - step * place for place in reversed(range(count))]


def _day(session: Session, at: datetime) -> str:
    from salespm_flow.cli.values import moment

    return moment(session, at)
