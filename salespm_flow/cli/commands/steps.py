"""What a story for the terminal is made of: commands with a word about each, in chapters. Runs nothing."""

from collections.abc import Sequence
from enum import StrEnum

from salespm_flow.diagnostics import Bilingual
from salespm_flow.nouns import dataclass

Text = str | Bilingual


class Who(StrEnum):
    """The people of the story, each with the role acted in."""

    WANG = "wang sales_rep"
    ZHAO = "zhao sales_manager"
    LI = "li legal"
    QIAN = "qian project_manager"
    SUN = "sun project_member"
    ZHOU = "zhou director"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command. `say` stands before it; a refusal is expected where `is_refused`; `lines` limits what is shown."""

    words: tuple[Text, ...]
    at: str | None = None
    who: Who | None = None
    say: Bilingual | None = None
    is_refused: bool = False
    lines: int | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """Steps under a heading."""

    title: Bilingual
    steps: tuple[Step, ...]


def do(command: str, *values: Text, at: str | None = None, who: Who | None = None, zh: str = "", en: str = "") -> Step:
    """A command of which one line is shown; the words of `command` are separated by spaces."""
    say = Bilingual(zh, en) if zh else None
    return Step(words=(*command.split(), *values), at=at, who=who, say=say, lines=1)


def show(
    command: str,
    *values: Text,
    at: str | None = None,
    who: Who | None = None,
    zh: str = "",
    en: str = "",
    lines: int | None = None,
) -> Step:
    """As `do`, with all that the command answers, or the first lines of it."""
    say = Bilingual(zh, en) if zh else None
    return Step(words=(*command.split(), *values), at=at, who=who, say=say, lines=lines)


def refused(command: str, *values: Text, at: str, who: Who, zh: str = "", en: str = "") -> Step:
    """A command that is refused."""
    say = Bilingual(zh, en) if zh else None
    return Step(words=(*command.split(), *values), at=at, who=who, say=say, is_refused=True)


def rows(project: str, record: str, values: Sequence[tuple[Text, ...]], *, at: str, who: Who) -> tuple[Step, ...]:
    """A `record add` for each row of values."""
    return tuple(do(f"record add {project} {record}", *row, at=at, who=who) for row in values)
