"""DMN files: what becomes tables, what is refused by name, and what never gets as far."""

from textwrap import dedent

import pytest

from salespm_flow.errors import ModelFileError
from salespm_flow.interop.dmn import import_dmn

HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="m" id="m" namespace="x">'


def imported(body: str) -> tuple[dict[str, str], list[str]]:
    """The documents without their headers, and the refusals as code, line and message."""
    found = import_dmn(f"{HEAD}\n{dedent(body)}</definitions>".encode(), "m.dmn")
    texts = {id_: text.partition("version: 1\n")[2] for id_, text in found.documents.items()}
    return texts, [f"{one.code} {one.span.line} {one.message.en}" for one in found.refused]


def data(name: str, type_: str) -> str:
    return f'<inputData id="{name}" name="{name}"><variable name="{name}" typeRef="{type_}"/></inputData>'


def decision(name: str, type_: str, body: str, *needs: str) -> str:
    required = "".join(
        f"<informationRequirement><{'requiredDecision' if one[0] == '@' else 'requiredInput'} "
        f'href="#{one.removeprefix("@")}"/></informationRequirement>'
        for one in needs
    )
    return f'<decision id="{name}" name="{name}"><variable name="{name}" typeRef="{type_}"/>{required}{body}</decision>'


def literal(text: str) -> str:
    return f"<literalExpression><text>{text}</text></literalExpression>"


def test_names_with_spaces_become_ids_and_stay_as_titles() -> None:
    texts, refused = imported(
        data("Monthly Salary", "number")
        + decision(
            "Yearly Salary", "number", literal('12 * Monthly   Salary + count(["Monthly Salary"])'), "Monthly Salary"
        )
    )
    assert refused == []
    assert texts == {
        "Yearly_Salary": dedent(
            """\
            title: Yearly Salary
            hit: unique
            inputs:
              Monthly_Salary: {type: number, title: Monthly Salary}
            outputs:
              Yearly_Salary: {type: number, title: Yearly Salary}
            rules:
              only: {Yearly_Salary: {formula: '12 * Monthly_Salary + count(["Monthly Salary"])'}}
            """
        )
    }


def test_a_required_decision_is_a_computed_input() -> None:
    texts, refused = imported(
        data("a", "number")
        + decision("Sub Total", "number", literal("a + .5"), "a")
        + decision("Total", "number", literal("Sub Total * 2"), "@Sub Total")
    )
    assert refused == []
    assert texts["Total"] == dedent(
        """\
        hit: unique
        inputs:
          a: {type: number}
          Sub_Total: {formula: 'table.Sub_Total(a: a)', title: Sub Total}
        outputs:
          Total: {type: number}
        rules:
          only: {Total: {formula: Sub_Total * 2}}
        """
    )
    assert "formula: a + 0.5" in texts["Sub_Total"]


def test_contexts_invocations_lists_and_conditionals_are_said_in_expressions() -> None:
    knowledge = (
        '<businessKnowledgeModel id="f" name="f"><variable name="f" typeRef="number"/><encapsulatedLogic>'
        '<formalParameter name="rate" typeRef="number"/>' + literal("rate * 2") + "</encapsulatedLogic>"
        "</businessKnowledgeModel>"
    )
    invocation = (
        "<invocation>" + literal("f") + '<binding><parameter name="rate"/>' + literal("x") + "</binding></invocation>"
    )
    context = (
        '<context><contextEntry><variable name="the rate" typeRef="number"/>' + invocation + "</contextEntry>"
        "<contextEntry><conditional><if>"
        + literal("the rate &gt; 3")
        + "</if><then>"
        + literal("the rate")
        + "</then><else>"
        + literal("max([1, x])")
        + "</else></conditional></contextEntry></context>"
    )
    body = context + '<knowledgeRequirement><requiredKnowledge href="#f"/></knowledgeRequirement>'
    texts, refused = imported(data("x", "number") + knowledge + decision("d", "number", body, "x"))
    assert refused == []
    assert texts["d"] == dedent(
        """\
        hit: unique
        inputs:
          x: {type: number}
          the_rate: {type: number, formula: 'table.f(rate: x)', title: the rate}
        outputs:
          d: {type: number}
        rules:
          only: {d: {formula: 'if the_rate > 3 then the_rate else max([1, x])'}}
        """
    )


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (decision("d", "number", literal("1"), "gone"), "SF420 2 d: #gone is not in this file"),
        (decision("d", "number", ""), "SF420 2 d: the decision has no expression"),
        (decision("d", "time", literal("1")), "SF420 2 d: the type time is not supported"),
        (decision("d", "number", "<functionDefinition/>"), "SF420 2 d: functionDefinition is not supported"),
        (
            decision("d", "number", '<literalExpression expressionLanguage="javascript"/>'),
            "SF420 2 d: javascript is not supported",
        ),
        (decision("d", "number", literal("nobody + 1")), "SF421 2 d: there is no name `nobody`"),
        (decision("d", "number", literal('matches("a", "b")')), "SF421 2 d: `matches(…)` is not available: "),
        (
            decision("d", "number", "<decisionTable hitPolicy='SOME'/>"),
            "SF420 2 d: the hit policy SOME is not supported",
        ),
        ('<decisionService id="s" name="s"/>', "SF420 2 s: decisionService is not supported"),
        (decision("d", "number", literal("d"), "@d"), "SF420 2 d: d requires itself"),
        (decision("d", "Any", literal("null")), "SF420 2 d: the type of its answer cannot be told: declare a typeRef"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(body: str, refusal: str) -> None:
    texts, refused = imported(body + decision("sound", "number", literal("1")))
    assert list(texts) == ["sound"]
    assert [one[: len(refusal)] for one in refused] == [refusal]


def test_what_needs_a_refused_decision_is_refused_with_it() -> None:
    texts, refused = imported(
        decision("a", "time", literal("1"))
        + decision("b", "number", literal("a"), "@a")
        + decision("c", "number", literal("1"))
    )
    assert list(texts) == ["c"]
    assert refused == ["SF420 2 a: the type time is not supported", "SF420 2 b: it needs a, which is not imported"]


BOMB = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><definitions>&b;</definitions>'
OUTSIDE = b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><definitions/>'


@pytest.mark.parametrize(
    ("data_", "message"),
    [
        (BOMB, "m.dmn:1: a document type with entities is not accepted"),
        (OUTSIDE, "m.dmn:1: a document type with entities is not accepted"),
        (b"<a>" * 200, "m.dmn:1 goes beyond the limits (100 levels, 200000 elements)"),
        (b"", "m.dmn:1:1 is no XML: no element found"),
        (b"<definitions>", "m.dmn:1:14 is no XML: no element found"),
        (b"<html/>", "m.dmn is no DMN file"),
        (b'<?xml version="1.0" encoding="gbk"?><a/>', "m.dmn declares an encoding that cannot be read"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "m.dmn declares an encoding that cannot be read"),
        (b"\xff\xfe\x00", "m.dmn:1:2 is no XML: "),
        (b" " * 10_000_001, "m.dmn has 10000001 bytes of 10000000"),
    ],
)
def test_hostile_files_are_refused_before_anything_is_read(data_: bytes, message: str) -> None:
    with pytest.raises(ModelFileError) as raised:
        import_dmn(data_, "m.dmn")
    assert raised.value.message.en[: len(message)] == message


def test_decisions_that_wait_for_each_other_are_told_with_their_way_round() -> None:
    texts, refused = imported(
        decision("a", "number", literal("b + 1"), "@b") + decision("b", "number", literal("a + 1"), "@a")
    )
    assert texts == {}
    assert refused == [
        "SF420 2 b: a requires itself (a → b → a)",
        "SF420 2 a: it needs b, which is not imported",
    ]


def test_a_file_in_another_encoding_than_it_says_is_told_to_be_saved_as_utf_8() -> None:
    with pytest.raises(ModelFileError) as raised:
        import_dmn("<a>额度</a>".encode("gbk"), "m.dmn")
    assert raised.value.hint is not None
    assert raised.value.hint.en == "its bytes are not UTF-8: save it as UTF-8"
