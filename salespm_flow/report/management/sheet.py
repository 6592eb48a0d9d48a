"""What every report is written with: the reader's language, figures as words, and the notes that figures hang on."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from functools import cached_property

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.engine.running.runner import Runner
from salespm_flow.expr.values import Money
from salespm_flow.model.workflow import Workflow
from salespm_flow.model.zones import zone_named
from salespm_flow.nouns import dataclass
from salespm_flow.report.management.page import Cell, Note, Page, Section, used_notes
from salespm_flow.report.values import NOTHING, moment, number, percent, shown
from salespm_flow.rules.kpi import KpiResult
from salespm_flow.rules.period import Period

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What a report is asked for: of which store, as of when, in which language, of which days and projects."""

    runner: Runner
    at: datetime
    language: Language
    period: Period
    is_past: bool = False
    workflows: tuple[str, ...] = ()


class Sheet:
    """Words and notes of one report; a reader of values."""

    def __init__(self, inquiry: Inquiry) -> None:
        self.inquiry = inquiry
        self._notes: dict[str, Note] = {}

    def text(self, zh: str, en: str) -> str:
        """The one of the two that is in the report's language."""
        return zh if self.inquiry.language is Language.ZH else en

    def of(self, text: Bilingual) -> str:
        """The text in the report's language."""
        return text.of(self.inquiry.language)

    @cached_property
    def zone(self) -> tzinfo:
        """The workspace's time zone."""
        return zone_named(self.inquiry.runner.library.workspace.timezone)

    @property
    def as_of(self) -> str:
        """The moment as of which everything stands."""
        return f"{moment(self, self.inquiry.at)} ({self.inquiry.runner.library.workspace.timezone})"

    # --------------------------------------------------------------------------------------------------- figures

    def money(self, amount: Decimal | None, currency: str) -> str:
        """The amount in its currency."""
        return NOTHING if amount is None else shown(self, Money(amount, currency))

    def whole(self, amount: Decimal | None, currency: str) -> str:
        """The amount without its hundredths: what is expected is not known to the cent."""
        return self.money(None if amount is None else amount.quantize(Decimal(1)), currency)

    def sums(self, sums: Mapping[str, Decimal]) -> str:
        """Sums of several currencies, as `whole`."""
        return " + ".join(self.whole(amount, currency) for currency, amount in sorted(sums.items())) or NOTHING

    def rate(self, value: Decimal | None) -> str:
        """A ratio as percent."""
        return NOTHING if value is None else percent(round(value, 4))

    def days(self, length: timedelta) -> str:
        """A length of time in days."""
        told = number((Decimal(length // timedelta(seconds=1)) / 86_400).quantize(Decimal("0.1")))
        return self.text(f"{told} 天", f"{told} d")

    def day(self, when: datetime | None) -> str:
        """The day of a moment."""
        return NOTHING if when is None else f"{when.astimezone(self.zone):%Y-%m-%d}"

    def days_of(self, period: Period) -> str:
        """The days of a period."""
        return f"{period.start or ''} … {period.end or ''}"

    def state(self, workflow: Workflow, name: str) -> str:
        """The title of a state by its name; the name itself where the definition no longer has it."""
        found = next((one for one in workflow.states.values() if name in {one.name, one.path}), None)
        return name if found is None else self.of(found.title)

    def cells(self, words: Sequence[str], note: str = "", *, tone: str = "") -> tuple[Cell, ...]:
        """Cells whose figures hang on one note; the first names the row and hangs on none."""
        return tuple(
            Cell(one, note if place and one != NOTHING else "", tone if place else "")
            for place, one in enumerate(words)
        )

    # ----------------------------------------------------------------------------------------------------- notes

    def note(self, name: str, title: str, meaning: str, population: str, *, place: str = "") -> str:
        """The note is known to the report; its id, for figures to hang on."""
        # Sections have the plain names.
        anchor = f"about-{name}"
        found = Note(id=anchor, title=title, meaning=meaning, population=population, as_of=self.as_of, place=place)
        self._notes.setdefault(anchor, found)
        return anchor

    def kpi_note(self, result: KpiResult) -> str:
        """The note of a KPI: its formula, its rows and where it is defined."""
        kpi = result.kpi
        formulas = "; ".join(f"{part} = {expression.text}" for part, expression in kpi.formulas.items())
        told = [self.of(kpi.source), formulas]
        if kpi.where is not None:
            told.append(self.text(f"只计 {kpi.where.text}", f"only where {kpi.where.text}"))
        if result.numerator is not None and result.denominator is not None:
            told.append(f"{shown(self, result.numerator)} / {shown(self, result.denominator)}")
        whose = kpi.of if kpi.workflow is None else f"{kpi.workflow}.{kpi.of}"
        days = self.days_of(self.inquiry.period)
        return self.note(
            f"kpi-{kpi.id}",
            f"{self.of(kpi.title)} ({kpi.id})",
            self.text("；", "; ").join(filter(None, told)),
            self.text(f"{whose} 中 {result.population} 条，{days}", f"{result.population} row(s) of {whose}, {days}"),
            place=f"{kpi.span.file}:{kpi.span.line}",
        )

    def page(self, title: str, subtitle: str, sections: Iterable[Section]) -> Page:
        """The whole page, with the notes that its figures hang on."""
        told = tuple(sections)
        return Page(
            title=title,
            subtitle=subtitle,
            language=self.inquiry.language,
            sections=told,
            notes=tuple(self._notes[name] for name in used_notes(told)),
        )
