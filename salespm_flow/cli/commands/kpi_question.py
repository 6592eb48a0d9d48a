"""The options that say whose figures of which days are asked for, and what they mean. Works nothing out."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.context import EARLIEST, LATEST, Session
from salespm_flow.cli.options import Described, option
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual
from salespm_flow.nouns import dataclass

if TYPE_CHECKING:
    from salespm_flow.engine.measure.subjects import Subject
    from salespm_flow.rules.period import Period

PERIOD_FORMS: Final = "2026, 2026-H1, 2026-Q2, 2026-04, 2026-W15, 2026-04-01..2026-06-30"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options as given."""

    period: str | None = None
    as_of: str | None = None
    project: str | None = None
    person: str | None = None
    team: str | None = None
    product: str | None = None


def as_of_option() -> Described:
    """The moment whose state is asked for."""
    meaning = Bilingual("按当时的样子计算；只写日期表示当天结束", "As things stood then; a date alone is its end")
    return option("as_of", "--as-of", meaning, metavar="TIME")


def population_options() -> tuple[Described, ...]:
    """Whose projects count: a person's, a team's, a product's."""
    return (
        option(
            "person", "--person", Bilingual("只看此人负责的项目", "Projects that this person owns"), metavar="PERSON"
        ),
        option(
            "team",
            "--team",
            Bilingual("只看这个部门及其下级", "Projects of this unit and those under it"),
            metavar="UNIT",
        ),
        option("product", "--product", Bilingual("只看这个产品", "Projects of this product"), metavar="PRODUCT"),
    )


def question_options() -> tuple[Described, ...]:
    """The options of commands that ask for figures."""
    return (
        option("period", "--period", Bilingual(f"期间：{PERIOD_FORMS}", f"The days: {PERIOD_FORMS}"), metavar="PERIOD"),
        as_of_option(),
        option(
            "project",
            "--project",
            Bilingual("只看这个项目及其子项目", "One project and its children"),
            metavar="PROJECT",
        ),
        *population_options(),
    )


def read_period_option(text: str | None) -> "Period":
    """The period that `--period` gives.

    Raises:
        BilingualUsageError: it is none, or beyond what the program counts.
    """
    from salespm_flow.rules.period import ALWAYS, read_period

    if text is None:
        return ALWAYS
    found = read_period(text)
    if found is None:
        raise BilingualUsageError(
            Bilingual(f"“{text}”不是期间", f'"{text}" is no period'),
            Bilingual(f"可用：{PERIOD_FORMS}", f"accepted: {PERIOD_FORMS}"),
        )
    low, high = EARLIEST.date(), LATEST.date()
    if (found.start or low) < low or (found.end or high) > high:
        raise BilingualUsageError(
            Bilingual(f"期间“{text}”超出可用范围", f'the period "{text}" is out of range'),
            Bilingual(f"可用范围：{low} … {high}", f"accepted: {low} … {high}"),
        )
    return found


def read_as_of(session: Session, text: str | None) -> datetime | None:
    """The moment that `--as-of` gives; a date alone is the end of that day.

    Raises:
        InputError: the text is no time.
        BilingualUsageError: it is yet to come.
    """
    if text is None:
        return None
    found = session.moment(text)
    if len(text.strip()) == len("2026-03-02"):
        found = min(found + timedelta(days=1, microseconds=-1), max(session.now, found))
    if found > session.now:
        raise BilingualUsageError(
            Bilingual(f"--as-of（{text}）还没有到", f"--as-of ({text}) is yet to come"),
            Bilingual("给出现在或过去的时间", "give a time that is now or past"),
        )
    return found


def read_subject(session: Session, asked: Asked) -> "Subject":
    """Whose figures the options ask for.

    Raises:
        BilingualUsageError: they name more than one subject.
        UnknownNameError: there is no such project, person or unit.
    """
    from salespm_flow.engine.measure.subjects import EVERYTHING, Subject, SubjectKind

    given = {
        SubjectKind.PROJECT: asked.project,
        SubjectKind.PERSON: asked.person,
        SubjectKind.TEAM: asked.team,
        SubjectKind.PRODUCT: asked.product,
    }
    named = [(kind, name) for kind, name in given.items() if name is not None]
    if len(named) > 1:
        words = " ".join(f"--{kind.value}" for kind, _ in named)
        raise BilingualUsageError(
            Bilingual(f"只能给出一个范围：{words}", f"only one of these can be given: {words}"),
            Bilingual("分几次查看", "ask for each on its own"),
        )
    if not named:
        return EVERYTHING
    kind, name = named[0]
    return Subject(kind=kind, id=_known(session, kind.value, name))


def _known(session: Session, kind: str, name: str) -> str:
    from salespm_flow.cli.lookup import find_project, known

    firms = session.library.organisations.values()
    match kind:
        case "project":
            return find_project(session, name).id
        case "team":
            known(name, {unit: unit for firm in firms for unit in firm.units}, Bilingual("部门", "unit"))
        case "person" if firms:
            known(name, {person: person for firm in firms for person in firm.people}, Bilingual("人员", "person"))
        case _:
            pass
    return name
