"""What the tests of this room share: documents written inline, and what is found in them."""

from datetime import UTC
from pathlib import Path
from textwrap import dedent

from salespm_flow.definition.build import Document, default_workspace
from salespm_flow.definition.collection import Collected, collect
from salespm_flow.definition.drafts import draft_of

# A workflow of the parts that most tests do not speak of; a test's own lines follow.
SMALL = """\
salespm: 1
kind: workflow
id: small
version: 1
domain: sales
initial: open
states: {open: {}, closed: {final: true}}
"""


def collected(*texts: str) -> Collected:
    """The library of documents that stand in files 1.yaml, 2.yaml, ….

    The texts are dedented.
    """
    drafts = [
        draft_of(dedent(text), (Path(f"{number}.yaml"), f"{number}.yaml"), UTC) for number, text in enumerate(texts, 1)
    ]
    return collect(drafts, default_workspace(".", ()), UTC)


def found(*texts: str) -> list[str]:
    """The findings as `file:line:column code message (hint)`, the file left out for the first."""
    return [
        f"{'' if one.span.file == '1.yaml' else one.span.file + ':'}{one.span.line}:{one.span.column} "
        f"{one.code} {one.message.en}{'' if one.hint is None else f' ({one.hint.en})'}"
        for one in collected(*texts).diagnostics
    ]


def document(text: str) -> Document:
    """The document that a sound text builds."""
    draft = draft_of(dedent(text), (Path("1.yaml"), "1.yaml"), UTC)
    assert not draft.diagnostics, draft.diagnostics
    assert draft.built is not None
    return draft.built.document
