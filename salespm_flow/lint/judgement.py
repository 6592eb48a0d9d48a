"""What validation has to say: findings of reading and of analyses, weighed, suppressed, and held against a baseline.

The whole story on one page. Knows no forms of output and no clock.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from salespm_flow.definition.workspace import Loaded
from salespm_flow.diagnostics import Diagnostic, Severity, in_source_order
from salespm_flow.lint import RULES
from salespm_flow.lint.baseline import Baseline, is_known, stale_entries
from salespm_flow.lint.outline import Identity, identities, outline_of
from salespm_flow.lint.severities import check_choices, weighed
from salespm_flow.lint.suppressions import suppress
from salespm_flow.rules.table_findings import table_findings

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

    `paths` are all files that were judged, those without a finding too, by the names that findings show. A finding at
    least as bad as `threshold` fails the whole.
    """

    findings: tuple[Diagnostic, ...]
    silenced: tuple[Silenced, ...]
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
    """What findings are held against; `is_whole`: all of a workspace is judged, so that what is missing is gone."""

    today: date
    baseline: Baseline | None = None
    threshold: Severity = Severity.ERROR
    is_whole: bool = True


def judge(loaded: Loaded, standard: Standard) -> Judgement:
    """What there is to say about the definitions."""
    choices = loaded.library.workspace.severities
    raw = (*loaded.diagnostics, *analysed(loaded), *(check_choices(choices) if _has_settings(loaded) else ()))
    suppressed = suppress(tuple(weighed(raw, choices)), loaded.texts, loaded.paths, standard.today)
    silenced = [
        Silenced(found=found, by=Silencer.COMMENT, reason=by.reason, until=by.until)
        for found, by in suppressed.silenced
    ]
    findings = in_source_order(weighed(suppressed.shown, choices))
    baseline = standard.baseline
    if baseline is not None:
        every = identities(findings, loaded.texts)
        allowed = baseline.allowed()
        known = [is_known(one, allowed) for one in every]
        silenced += [
            Silenced(found=found, by=Silencer.BASELINE) for found, old in zip(findings, known, strict=True) if old
        ]
        findings = tuple(found for found, old in zip(findings, known, strict=True) if not old)
        judged = None if standard.is_whole else frozenset(_documents(loaded))
        findings = (*findings, *weighed(stale_entries(baseline, every, judged), choices))
    return Judgement(
        findings=findings,
        silenced=tuple(silenced),
        texts=loaded.texts,
        paths=loaded.paths,
        threshold=standard.threshold,
    )


def analysed(loaded: Loaded) -> Iterator[Diagnostic]:
    """What the analyses find in the workflows and tables that were to be judged; broken ones are not analysed."""
    for table in loaded.library.decision_tables.values():
        if table.source.path in loaded.paths:
            yield from table_findings(table, loaded.library)
    for workflow in loaded.library.workflows.values():
        for rule in RULES.values():
            for found in rule(loaded.library, workflow):
                if found.span.file in loaded.paths:
                    yield found


def identified(judgement: Judgement) -> tuple[Identity, ...]:
    """What each reported finding is about, in the same order."""
    return identities(judgement.findings, judgement.texts)


def _has_settings(loaded: Loaded) -> bool:
    """Whether the settings were among the files to be judged: their findings belong to nobody else's."""
    return any(choice.span.file in loaded.paths for choice in loaded.library.workspace.severities)


def _documents(loaded: Loaded) -> Iterator[str]:
    for file in loaded.paths:
        yield outline_of(loaded.texts.get(file, ""), file).document
