"""Which due times may still move: those in a year whose public holidays are not announced yet. Decides nothing else."""

from datetime import datetime
from typing import TYPE_CHECKING

from salespm_flow.cli.context import Session

if TYPE_CHECKING:
    from salespm_flow.working_time import Calendar


class Foresight:
    """Knows, for the length of a command, the calendar of each project that was asked about."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._calendars: dict[str, Calendar | None] = {}

    def is_provisional(self, project: str, due_at: datetime | None) -> bool:
        """Whether the due time lies ahead in a year that the project's calendar does not know for certain."""
        session = self._session
        if due_at is None or due_at <= session.now:
            return False
        from salespm_flow.working_time import is_provisional

        year = due_at.astimezone(session.zone).year
        # Asked of all calendars first, so that no project is read while every year that matters is announced.
        if not any(is_provisional(calendar, year) for calendar in session.library.calendars.values()):
            return False
        calendar = self._calendar_of(project)
        return calendar is not None and is_provisional(calendar, year)

    def _calendar_of(self, project: str) -> "Calendar | None":
        if project not in self._calendars:
            found = self._session.store.project(project)
            pinned = None if found is None else self._session.runner.definitions.pinned(found.pin)
            self._calendars[project] = None if pinned is None else pinned.calendar
        return self._calendars[project]
