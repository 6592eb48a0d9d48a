"""A project as its reports tell it: with its definition, its history and the note that its figures hang on."""

from datetime import timedelta
from functools import cached_property
from itertools import takewhile

from salespm_flow.engine.compiled import Compiled
from salespm_flow.expr.values import Value
from salespm_flow.model.fields import EnumOf, FieldType, ListOf, RefTo, Scalar, SimpleType
from salespm_flow.model.history import Entry
from salespm_flow.model.project import Project
from salespm_flow.model.workflow import Workflow
from salespm_flow.report.management.page import Cell, Column, Section, Table
from salespm_flow.report.management.sheet import Inquiry, Sheet
from salespm_flow.report.management.words import OUTCOMES
from salespm_flow.report.values import NOTHING, shown

# A page tells so many rows of each list.
ROWS = 50
_WORDS = frozenset({Scalar.TEXT, Scalar.BOOLEAN, Scalar.PERSON, Scalar.ROLE, Scalar.FILE})


class ToldProject:
    """A project with all that the sections of its reports are made of."""

    def __init__(self, inquiry: Inquiry, project: Project) -> None:
        self.sheet, self.project = Sheet(inquiry), project
        self.compiled: Compiled = inquiry.runner.definitions.pinned(project.pin)
        history = inquiry.runner.store.history(project.id)
        self.entries: tuple[Entry, ...] = tuple(takewhile(lambda one: one.number <= project.revision, history))

    @property
    def workflow(self) -> Workflow:
        """The definition that the project runs by."""
        return self.compiled.workflow

    @cached_property
    def note(self) -> str:
        """The note that the project's own figures hang on."""
        sheet, workflow, count = self.sheet, self.workflow, len(self.entries)
        return sheet.note(
            "project",
            sheet.text(f"项目 {self.project.id}", f"Project {self.project.id}"),
            sheet.text(
                "字段与记录为项目自己的值；时长自进入至离开状态，未离开的算到截至时间",
                "fields and records are the project's own; times from entering a state to leaving it, to the moment of"
                " the report where it was not left",
            ),
            sheet.text(f"{count:,} 条历史", f"{count:,} entries of its history"),
            place=f"{workflow.span.file}:{workflow.span.line}",
        )

    @property
    def length(self) -> timedelta:
        """How long it took, or has taken so far."""
        return (self.project.closed_at or self.sheet.inquiry.at) - self.project.opened_at

    @property
    def states(self) -> str:
        """The titles of the states that it is in."""
        states = self.workflow.states
        separator = self.sheet.text("、", ", ")
        return separator.join(self.sheet.of(states[leaf].title) for leaf in self.project.leaves) or NOTHING

    @property
    def outcome(self) -> str:
        """How it ended, in words."""
        outcome = self.project.outcome
        return self.sheet.text("进行中", "open") if outcome is None else self.sheet.of(OUTCOMES[outcome.value])

    def cell(self, value: Value, kind: FieldType) -> Cell:
        """The value; words hang on no note, figures on the project's."""
        words = shown(self.sheet, value, kind)
        return Cell(words, "" if value is None or _is_wordy(kind) or words == NOTHING else self.note)

    def listed(self, name: str, title: str, heads: tuple[str, ...], rows: tuple[tuple[Cell, ...], ...]) -> Section:
        """A section of the first rows of a list, with how many more there are."""
        rest = self.sheet.left_out(len(rows) - ROWS, "条", "are")
        columns = tuple(Column(head) for head in heads)
        table = Table(caption=title, columns=columns, rows=rows[:ROWS], rest=rest, rest_note=self.note if rest else "")
        return Section(id=name, title=title, blocks=(table,))


def _is_wordy(kind: FieldType) -> bool:
    """Whether values of the type are words rather than figures."""
    match kind:
        case SimpleType(scalar=scalar):
            return scalar in _WORDS
        case ListOf(item=item):
            return _is_wordy(item)
        case EnumOf() | RefTo():
            return True
        case _:
            return False
