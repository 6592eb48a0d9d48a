"""Findings as SARIF 2.1.0 (OASIS standard, 2020): one run, its rules with their pages, fixes, suppressed results."""

from collections.abc import Sequence
from urllib.parse import quote

from salespm_flow.diagnostics import Diagnostic, Edit, Fix, Severity, Span
from salespm_flow.lint.codes import EVERY_CODE
from salespm_flow.lint.judgement import Silenced, Silencer
from salespm_flow.lint.outline import Identity
from salespm_flow.lint.pages import read_page
from salespm_flow.report.findings import CodeUnits, FindingsReport, fingerprint, json_text

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_KINDS = {Silencer.COMMENT: "inSource", Silencer.BASELINE: "external"}
Json = dict[str, object]


def render(report: FindingsReport) -> str:
    """The SARIF log."""
    return json_text(_Log(report).log())


class _Log:
    """One log; columns are counted over the texts of the report."""

    def __init__(self, report: FindingsReport) -> None:
        self._report = report
        self._units = CodeUnits(report.judgement.texts)
        judged = report.judgement
        codes = dict.fromkeys(found.code for found in (*judged.findings, *(one.found for one in judged.silenced)))
        self._codes: Sequence[str] = sorted(codes)

    def log(self) -> Json:
        report = self._report
        results = [
            self._result(found, identity)
            for found, identity in zip(report.judgement.findings, report.identities(), strict=True)
        ]
        results += [
            {**self._result(one.found, identity), "suppressions": [_suppression(one)]}
            for one, identity in zip(report.judgement.silenced, report.silenced_identities(), strict=True)
        ]
        driver: Json = {"name": "salespm-flow", "rules": [self._rule(code) for code in self._codes]}
        run: Json = {
            "tool": {"driver": driver},
            "columnKind": "utf16CodeUnits",
            "language": "zh-CN" if report.language.value == "zh" else "en",
            "results": results,
        }
        return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}

    def _rule(self, code: str) -> Json:
        known, page = EVERY_CODE[code], read_page(code)
        language = self._report.language
        rule: Json = {"id": code, "shortDescription": {"text": known.title.of(language)}}
        if known.severity is not None:
            rule["defaultConfiguration"] = {"level": _LEVELS[known.severity]}
        if page is not None:
            rule["help"] = {"text": page.meaning.of(language), "markdown": page.meaning.of(language)}
        uri = self._report.help_uri(code)
        if uri is not None:
            rule["helpUri"] = uri
        return rule

    def _result(self, found: Diagnostic, identity: Identity) -> Json:
        place = {"artifactLocation": self._file(found.span), "region": self._region(found.span)}
        result: Json = {
            "ruleId": found.code,
            "ruleIndex": self._codes.index(found.code),
            "level": _LEVELS[found.severity],
            "message": {"text": self._report.message(found)},
            "locations": [
                {
                    "physicalLocation": place,
                    "logicalLocations": [{"fullyQualifiedName": f"{identity.document}:{identity.path}"}],
                }
            ],
            "partialFingerprints": {"salespmFlow/v1": fingerprint(identity)},
        }
        if found.also:
            result["relatedLocations"] = [
                {"physicalLocation": {"artifactLocation": self._file(span), "region": self._region(span)}}
                for span in found.also
            ]
        if found.fix is not None:
            result["fixes"] = [self._fix(found.fix)]
        return result

    def _fix(self, fix: Fix) -> Json:
        by_file: dict[str, list[Edit]] = {}
        for edit in fix.edits:
            by_file.setdefault(edit.span.file, []).append(edit)
        changes = [
            {"artifactLocation": self._file(edits[0].span), "replacements": [self._replacement(one) for one in edits]}
            for edits in by_file.values()
        ]
        return {"description": {"text": fix.title.of(self._report.language)}, "artifactChanges": changes}

    def _replacement(self, edit: Edit) -> Json:
        return {"deletedRegion": self._region(edit.span), "insertedContent": {"text": edit.text}}

    def _file(self, span: Span) -> Json:
        return {"uri": quote(self._report.name(span.file), errors="replace")}

    def _region(self, span: Span) -> Json:
        first, last = self._units.columns(span)
        return {"startLine": span.line, "startColumn": first, "endLine": span.end_line, "endColumn": last}


def _suppression(one: Silenced) -> Json:
    suppression: Json = {"kind": _KINDS[one.by], "status": "accepted"}
    if one.reason:
        suppression["justification"] = one.reason
    return suppression
