"""Findings as the program's own JSON: stable keys, both languages, fixes as edits, silenced findings apart."""

from salespm_flow.diagnostics import Bilingual, Diagnostic, Fix, Span, Witness
from salespm_flow.lint.judgement import Silenced
from salespm_flow.lint.outline import Identity
from salespm_flow.report.findings import FindingsReport, json_text


def render(report: FindingsReport) -> str:
    """The answer of `validate`: status, findings, and what is silenced by what."""
    judgement = report.judgement
    answer = {
        "status": "invalid" if judgement.fails else "valid",
        "findings": [
            {**finding_answer(found), **_identity(identity)}
            for found, identity in zip(judgement.findings, report.identities(), strict=True)
        ],
        "silenced": [
            {**finding_answer(one.found), **_identity(identity), **_silence(one)}
            for one, identity in zip(judgement.silenced, report.silenced_identities(), strict=True)
        ],
    }
    return json_text(answer)


def finding_answer(found: Diagnostic) -> dict[str, object]:
    """A finding as stable JSON; lines and columns count from 1, the end is exclusive."""
    return {
        "code": found.code,
        "severity": found.severity.value,
        "message": _both(found.message),
        "hint": None if found.hint is None else _both(found.hint),
        "file": found.span.file,
        **_place(found.span),
        "fix": None if found.fix is None else _fix(found.fix),
        "witness": None if found.witness is None else _witness(found.witness),
        "also": [{"file": span.file, **_place(span)} for span in found.also],
    }


def _witness(witness: Witness) -> dict[str, object]:
    return {
        "replayed": witness.is_replayed,
        "deeds": [
            {
                "verb": deed.verb,
                "name": deed.name,
                "values": dict(deed.values),
                "states": list(deed.states),
                "refused": deed.is_refused,
            }
            for deed in witness.deeds
        ],
    }


def _fix(fix: Fix) -> dict[str, object]:
    return {
        "title": _both(fix.title),
        "safe": fix.is_safe,
        "edits": [
            {"file": edit.span.file, **_place(edit.span), "was": edit.was, "text": edit.text} for edit in fix.edits
        ],
    }


def _place(span: Span) -> dict[str, int]:
    return {
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _identity(identity: Identity) -> dict[str, str]:
    return {"document": identity.document, "path": identity.path}


def _silence(one: Silenced) -> dict[str, object]:
    return {"by": one.by.value, "reason": one.reason, "until": None if one.until is None else one.until.isoformat()}


def _both(text: Bilingual) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
