"""Due dates and amounts of work as people write and read them: `3wd`, a date, a time; “tomorrow”, “2 days late”."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.context import Session
from salespm_flow.cli.render import Ink
from salespm_flow.cli.values import NOTHING, moment
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import InputError
from salespm_flow.expr.values import Months

if TYPE_CHECKING:
    from salespm_flow.engine.views.lateness import Lateness
    from salespm_flow.model.decision import Due
    from salespm_flow.model.expression import Effort

_DAYS_IN_WORDS: Final = 14
_FORMS: Final = Bilingual(
    "例如 3wd（3 个工作日）、4h、2026-03-09 或 2026-03-09T18:00",
    "such as 3wd (working days), 4h, 2026-03-09 or 2026-03-09T18:00",
)
_EFFORT_FORMS: Final = Bilingual("例如 6h、90min 或 2wd", "such as 6h, 90min or 2wd")


def read_due(session: Session, text: str) -> "Due":
    """What the text writes: a length of time from now, a day, or a moment.

    Raises:
        InputError: it writes none of them, or a time out of range.
    """
    from salespm_flow.definition.literals import parse_duration

    words = text.strip()
    try:
        return parse_duration(words)
    except InputError:
        pass
    try:
        session.written_moment(words)
    except InputError as error:
        raise InputError(Bilingual(f"看不懂期限“{words}”", f'"{words}" is no due date'), _FORMS) from error
    at = session.moment(words)
    return date.fromisoformat(words) if len(words) == len("2026-03-02") else at


def read_effort(text: str) -> "Effort":
    """The amount of work that the text writes: hours or working days.

    Raises:
        InputError: it writes neither.
    """
    from salespm_flow.definition.literals import parse_duration

    words = text.strip()
    wrong = InputError(Bilingual(f"看不懂工作量“{words}”", f'"{words}" is no amount of work'), _EFFORT_FORMS)
    if words.endswith(("d", "w")) and not words.endswith("wd"):
        raise wrong  # a day of 24 hours is not what anybody means by a day's work
    try:
        effort = parse_duration(words)
    except InputError as error:
        raise wrong from error
    if isinstance(effort, Months):
        raise wrong
    return effort


def due_text(session: Session, due_at: datetime | None, now: datetime, *, is_provisional: bool = False) -> str:
    """When it is due, as one says it today; coloured where it is late or near, and said to be so where it may move."""
    if due_at is None:
        return NOTHING
    local, today = due_at.astimezone(session.zone), now.astimezone(session.zone).date()
    days = (local.date() - today).days
    words = _words(session, local, days, is_late=due_at < now)
    if due_at < now:
        return session.palette.paint(words, Ink.BAD)
    if is_provisional:
        words += session.text("（暂定）", " (provisional)")
    return session.palette.paint(words, Ink.WARNING) if due_at - now < timedelta(days=1) else words


def _words(session: Session, local: datetime, days: int, *, is_late: bool) -> str:
    hour = f"{local:%H:%M}"
    if is_late:
        if days == 0:
            return session.text(f"今天 {hour} 已过期", f"late, today {hour}")
        return session.text(f"逾期 {-days} 天", f"{-days} day{'s' if days < -1 else ''} late")
    if days == 0:
        return session.text(f"今天 {hour}", f"today {hour}")
    if days == 1:
        return session.text(f"明天 {hour}", f"tomorrow {hour}")
    if days <= _DAYS_IN_WORDS:
        return session.text(f"{days} 天后 {local:%m-%d}", f"in {days} days, {local:%m-%d}")
    return moment(session, local)


def stay_text(session: Session, since: datetime) -> str:
    """How long something has been where it is, in whole days."""
    days = (session.now - since).days
    if days < 1:
        return session.text("今天进入", "there since today")
    return session.text(f"停留 {days} 天", f"there for {days} day{'s' if days > 1 else ''}")


def lateness_text(session: Session, late: "Lateness") -> str:
    """How long a time limit is past, in days as the limit counts them; in hours within the first."""
    passed = session.now - late.breached_at
    if late.working_days is not None:
        days = int(late.working_days)
        zh, en = f"逾期 {days} 个工作日", f"{days} working day{'s' if days > 1 else ''} late"
        if days < 1:
            zh, en = "逾期不足 1 个工作日", "late, less than a working day"
    elif passed.days < 1:
        hours = passed // timedelta(hours=1)
        zh, en = f"逾期 {hours} 小时", f"{hours} hour{'s' if hours > 1 else ''} late"
        if hours < 1:
            zh, en = "逾期不足 1 小时", "late, less than an hour"
    else:
        zh, en = f"逾期 {passed.days} 天", f"{passed.days} day{'s' if passed.days > 1 else ''} late"
    return session.palette.paint(session.text(zh, en), Ink.BAD)
