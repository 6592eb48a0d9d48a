"""What every report is written with: the reader's language, figures as words, and the notes that figures hang on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from functools import cached_property

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.engine.running.runner import Runner
from salespm_flow.expr.values import Money
from salespm_flow.model.project import Risk
from salespm_flow.model.risk_levels import level_title
from salespm_flow.model.rules import Kpi
from salespm_flow.model.workflow import Workflow
from salespm_flow.model.zones import zone_named
from salespm_flow.nouns import dataclass
from salespm_flow.report.management.page import Cell, Note, Page, Section, used_notes
from salespm_flow.report.management.words import POPULATIONS
from salespm_flow.report.values import NOTHING, moment, number, party, percent, shown
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

    def cells(
        self, words: Sequence[str], note: str = "", *, tone: str = "", is_dated: bool = False
    ) -> tuple[Cell, ...]:
        """Cells whose figures hang on one note; the first names the row, by a figure of its own if `is_dated`."""
        return tuple(
            Cell(one, note if (place or is_dated) and one != NOTHING else "", tone if place else "")
            for place, one in enumerate(words)
        )

    def count(self, number: int) -> str:
        """How many, with grouped digits."""
        return f"{number:,}"

    def party(self, resolved: str) -> str:
        """A resolved party: a person by name, a role by its title."""
        kind, _, name = resolved.partition(":")
        firms = self.inquiry.runner.library.organisations.values()
        titles = (self.of(firm.roles[name].title) for firm in firms if kind == "role" and name in firm.roles)
        return next(titles, party(self, resolved))

    def level(self, risk: Risk) -> str:
        """The title of the risk's level."""
        return self.of(level_title(risk.level, risk.rule, self.inquiry.runner.library.risk_models))

    def left_out(self, count: int, zh: str, en: str) -> str:
        """That so many more are not listed; empty where there are none."""
        told = self.count(count)
        return self.text(f"另有 {told} {zh}未列出", f"{told} more {en} not listed") if count > 0 else ""

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
        source = self.of(kpi.source)
        told = [source and self.text(f"出处 {source}", f"after {source}"), formulas]
        if kpi.where is not None:
            told.append(self.text(f"只计 {kpi.where.text}", f"only where {kpi.where.text}"))
        if result.numerator is not None and result.denominator is not None:
            told.append(f"{shown(self, result.numerator)} / {shown(self, result.denominator)}")
        whose = self._population(kpi)
        told_rows = self.count(result.population)
        days = self.days_of(self.inquiry.period)
        return self.note(
            f"kpi-{kpi.id}",
            f"{self.of(kpi.title)} ({kpi.id})",
            self.text("；", "; ").join(filter(None, told)),
            self.text(f"{whose}中的 {told_rows} 条，{days}", f"{told_rows} of {whose}, {days}"),
            place=f"{kpi.span.file}:{kpi.span.line}",
        )

    def _population(self, kpi: Kpi) -> str:
        """What the rows of a KPI are called, with their workflow."""
        library = self.inquiry.runner.library
        if kpi.workflow is None or kpi.workflow not in library.workflows:
            table = library.references.get(kpi.of)
            return kpi.of if table is None else self.of(table.title)
        workflow = library.workflows[kpi.workflow]
        record = workflow.records.get(kpi.of)
        rows = POPULATIONS.get(kpi.of, Bilingual(kpi.of, kpi.of)) if record is None else record.title
        return self.text(f"{workflow.title.zh}的{rows.zh}", f"{rows.en} of {workflow.title.en}")

    def page(self, title: str, subtitle: str, sections: Iterable[Section]) -> Page:
        """The whole page, with the notes that its figures hang on."""
        told = _paired(sections)
        return Page(
            title=title,
            subtitle=subtitle,
            language=self.inquiry.language,
            sections=told,
            notes=tuple(self._notes[name] for name in used_notes(told)),
        )


def _paired(sections: Iterable[Section]) -> tuple[Section, ...]:
    """The sections; of narrow ones, which stand in pairs, one that would stand alone takes the whole width."""
    return tuple(_widened(tuple(sections)))


def _widened(sections: tuple[Section, ...]) -> Iterator[Section]:
    has_neighbour = False
    for place, section in enumerate(sections):
        if section.is_wide or has_neighbour:
            has_neighbour = False
            yield section
        elif place + 1 < len(sections) and not sections[place + 1].is_wide:
            has_neighbour = True
            yield section
        else:
            yield replace(section, is_wide=True)
