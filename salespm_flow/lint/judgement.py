"""What validation has to say: findings of reading and of analyses, weighed, suppressed, and held against a baseline.

The whole story on one page. Knows no forms of output and no clock. What a sound file does not need is imported late:
most files are sound, and somebody waits for the answer.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from salespm_flow.definition.overlays import COMPOSED
from salespm_flow.definition.workspace import Loaded
from salespm_flow.diagnostics import Diagnostic, Severity, Span, in_source_order
from salespm_flow.lint import ANALYSES
from salespm_flow.lint.analysis_codes import STRICT_CODES
from salespm_flow.model.library import SeverityChoice
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass

if TYPE_CHECKING:
    from salespm_flow.definition.compose import Composition
    from salespm_flow.lint.baseline import Baseline
    from salespm_flow.lint.outline import Identity
    from salespm_flow.lint.surroundings import Surroundings

# What every suppression has and nearly no file.
_MARK = re.compile(r"#\s*salespm:\s*ignore")
_IDLE, _UNTITLED = "SF632", "SF665"
_RANKS: Mapping[Severity, int] = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


class Silencer(StrEnum):
    """What keeps a finding out of the report."""

    COMMENT = "comment"
    BASELINE = "baseline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silenced:
    """A finding that is not reported, and why; `until` is the last day of that."""

    found: Diagnostic
    by: Silencer
    reason: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The findings to report and the silenced ones, each in source order, and the texts that they stand in.

    `every` are the findings of all places, where `findings` tell a mistake made in several of them once.

    `paths` are all files that were judged, those without a finding too, by the names that findings show. A finding at
    least as bad as `threshold` fails the whole.
    """

    findings: tuple[Diagnostic, ...]
    silenced: tuple[Silenced, ...]
    every: tuple[Diagnostic, ...]
    texts: Mapping[str, str]
    paths: Mapping[str, Path]
    threshold: Severity = Severity.ERROR

    def count(self, severity: Severity) -> int:
        """How many findings of the severity are reported."""
        return sum(found.severity is severity for found in self.findings)

    @property
    def fails(self) -> bool:
        """Whether a reported finding is as bad as the threshold."""
        return any(map(self.is_failure, self.findings))

    def is_failure(self, found: Diagnostic) -> bool:
        """Whether the finding is as bad as the threshold."""
        return _RANKS[found.severity] >= _RANKS[self.threshold]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """What findings are held against; `is_whole`: all of a workspace is judged, so that what is missing is gone.

    `is_strict`: what is looked for only on request is looked for too.
    """

    today: date
    baseline: "Baseline | None" = None
    threshold: Severity = Severity.ERROR
    is_whole: bool = True
    is_strict: bool = False


def judge(loaded: Loaded, standard: Standard) -> Judgement:
    """What there is to say about the definitions."""
    choices = loaded.library.workspace.severities
    strict = STRICT_CODES if standard.is_strict else STRICT_CODES.intersection(choice.code for choice in choices)
    strict -= {choice.code for choice in choices if choice.severity is None}
    raw = (*loaded.diagnostics, *analysed(loaded, strict), *_about_settings(loaded, choices))
    findings, silenced = _suppressed(tuple(_weighed(raw, choices)), loaded, standard.today)
    findings = in_source_order(_weighed(findings, choices))
    if standard.baseline is not None:
        findings, known = _compared(findings, loaded, standard, standard.baseline)
        silenced = (*silenced, *known)
    return Judgement(
        findings=_told_once(findings, loaded.texts),
        silenced=silenced,
        every=findings,
        texts=loaded.texts,
        paths=loaded.paths,
        threshold=standard.threshold,
    )


def _told_once(findings: tuple[Diagnostic, ...], texts: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    if len(findings) < 2:  # noqa: PLR2004 - nothing to compare with
        return findings
    from salespm_flow.lint.once import told_once  # noqa: PLC0415 - only where there are several

    return told_once(findings, texts)


def _weighed(findings: Iterable[Diagnostic], choices: Sequence[SeverityChoice]) -> Iterable[Diagnostic]:
    if not choices:
        return findings
    from salespm_flow.lint.severities import weighed  # noqa: PLC0415 - only where a workspace chooses

    return weighed(findings, choices)


def _about_settings(loaded: Loaded, choices: Sequence[SeverityChoice]) -> Iterable[Diagnostic]:
    """What is wrong with the choices, where the settings are among the files to be judged."""
    if not any(choice.span.file in loaded.paths for choice in choices):
        return ()
    from salespm_flow.lint.severities import check_choices  # noqa: PLC0415 - as above

    return check_choices(choices)


def _suppressed(
    findings: tuple[Diagnostic, ...], loaded: Loaded, today: date
) -> tuple[tuple[Diagnostic, ...], tuple[Silenced, ...]]:
    """The findings that no comment silences, with those about comments; and the silenced ones."""
    if not any(_MARK.search(loaded.texts.get(file, "")) for file in loaded.paths):
        return findings, ()
    from salespm_flow.lint.suppressions import suppress  # noqa: PLC0415 - only where there is a comment

    suppressed = suppress(findings, loaded.texts, loaded.paths, today)
    silenced = (
        Silenced(found=found, by=Silencer.COMMENT, reason=comment.reason, until=comment.until)
        for found, comment in suppressed.silenced
    )
    return suppressed.shown, tuple(silenced)


def _compared(
    findings: tuple[Diagnostic, ...], loaded: Loaded, standard: Standard, baseline: "Baseline"
) -> tuple[tuple[Diagnostic, ...], tuple[Silenced, ...]]:
    """The findings that are new, with the baseline's stale entries; and those that it knows."""
    from salespm_flow.lint.baseline import is_known, stale_entries  # noqa: PLC0415 - only where there is one
    from salespm_flow.lint.outline import identities  # noqa: PLC0415 - as above

    every = identities(findings, loaded.texts)
    allowed = baseline.allowed()
    known = [is_known(one, allowed) for one in every]
    fresh = tuple(found for found, old in zip(findings, known, strict=True) if not old)
    silenced = (Silenced(found=found, by=Silencer.BASELINE) for found, old in zip(findings, known, strict=True) if old)
    judged = None if standard.is_whole else frozenset(_documents(loaded))
    stale = _weighed(stale_entries(baseline, every, judged), loaded.library.workspace.severities)
    return (*fresh, *stale), tuple(silenced)


def analysed(loaded: Loaded, strict: Collection[str] = frozenset()) -> Iterator[Diagnostic]:
    """What the analyses find in the workflows and tables that were to be judged; broken ones are not analysed.

    `strict` are the codes that are told beside those that everybody wants to hear.
    """
    tables = [table for table in loaded.library.decision_tables.values() if table.source.path in loaded.paths]
    if tables:
        from salespm_flow.rules.table_findings import table_findings  # noqa: PLC0415 - only where there are tables

        for table in tables:
            yield from table_findings(table, loaded.library)
    goal_sets = [goals for goals in loaded.library.goal_sets.values() if goals.source.path in loaded.paths]
    # What uses a goal may be in a file that is left out for its errors.
    if goal_sets and not any(found.severity is Severity.ERROR for found in loaded.diagnostics):
        from salespm_flow.rules.goal_findings import goal_findings  # noqa: PLC0415 - only where there are goals

        for goals in goal_sets:
            yield from goal_findings(goals, loaded.library)
    if _UNTITLED in strict:
        yield from _titles_of_documents(loaded)
    workflows = [workflow for workflow in loaded.library.workflows.values() if workflow.source.path in loaded.paths]
    overlays = [(file, whole) for file, whole in loaded.compositions.items() if file in loaded.paths]
    if workflows or overlays:
        from salespm_flow.lint.surroundings import Surroundings  # noqa: PLC0415 - only where there are workflows

        surroundings = Surroundings(loaded.library)
        for workflow in workflows:
            found = _of_workflow(surroundings, workflow, strict)
            yield from (one for one in found if one.span.file in loaded.paths)
        for file, composition in overlays:
            yield from _of_overlay(surroundings, file, composition, strict)


def _titles_of_documents(loaded: Loaded) -> Iterator[Diagnostic]:
    from salespm_flow.lint import document_titles  # noqa: PLC0415 - only where it is asked for

    # A title may be missing because its key is misspelt, which is told already.
    broken = {found.span.file for found in loaded.diagnostics if found.severity is Severity.ERROR}
    for file in loaded.paths:
        if file not in broken:
            yield from document_titles.findings(loaded.texts.get(file, ""), file)


def _of_workflow(surroundings: "Surroundings", workflow: Workflow, strict: Collection[str]) -> Iterator[Diagnostic]:
    from salespm_flow.lint.inspection import Inspection  # noqa: PLC0415 - as above

    inspection = Inspection(surroundings, workflow)
    idle: set[Span] = set()
    for analysis in ANALYSES.values():
        if (analysis.is_strict and not strict) or not analysis.concerns(inspection):
            continue
        module = import_module(f"salespm_flow.lint.{analysis.module}")
        for found in module.findings(inspection):
            if found.code in STRICT_CODES and found.code not in strict:
                continue
            if found.code == _IDLE:
                idle.add(found.span)
            # A field that nothing reads wants to go rather than a title.
            if found.code != _UNTITLED or found.span not in idle:
                yield found


def _of_overlay(
    surroundings: "Surroundings", file: str, composition: "Composition", strict: Collection[str]
) -> Iterator[Diagnostic]:
    """What an overlay brings about, at its own lines; what its base has anyway is told there."""
    from salespm_flow.lint.patches import base_of, brought_about, in_vain  # noqa: PLC0415 - only where there are any

    yield from in_vain(composition)
    library = surroundings.library
    whole = next((one for one in library.workflows.values() if one.source.path == f"{file}{COMPOSED}"), None)
    if whole is None:
        return
    found = tuple(_of_workflow(surroundings, whole, strict))
    base = base_of(composition, library) if found else None
    known = frozenset() if base is None else frozenset(map(_claim, _of_workflow(surroundings, base, strict)))
    yield from brought_about(composition, (one for one in found if _claim(one) not in known))


def _claim(found: Diagnostic) -> tuple[str, Span, str]:
    """What is said, whatever way leads there: an overlay may lengthen it."""
    return found.code, found.span, found.message.en


def identified(judgement: Judgement) -> "tuple[Identity, ...]":
    """What each reported finding is about, in the same order."""
    from salespm_flow.lint.outline import identities  # noqa: PLC0415 - as above

    return identities(judgement.findings, judgement.texts)


def identified_everywhere(judgement: Judgement) -> "tuple[Identity, ...]":
    """What each finding at each place is about: what a baseline keeps."""
    from salespm_flow.lint.outline import identities  # noqa: PLC0415 - as above

    return identities(judgement.every, judgement.texts)


def _documents(loaded: Loaded) -> Iterator[str]:
    from salespm_flow.lint.outline import outline_of  # noqa: PLC0415 - as above

    for file in loaded.paths:
        yield outline_of(loaded.texts.get(file, ""), file).document
