"""One wrong name is one finding: sections, headers and a sample of all names of the shipped definitions, misspelt."""

import random
from collections.abc import Iterator
from datetime import UTC, date

import pytest

from salespm_flow.definition.build import default_workspace
from salespm_flow.definition.collection import collect
from salespm_flow.definition.drafts import Draft, draft_of
from salespm_flow.definition.nodes import MapNode, ScalarNode
from salespm_flow.definition.source import parse
from salespm_flow.definition.workspace import Loaded
from salespm_flow.lint.judgement import Standard, judge
from tests.mutation import names
from tests.mutation.score import Shipped

# Chosen so that all together take some seconds; `python -m tests.mutation.names` tries any number.
FEW, SEED = 25, 20261124
PLAIN = Standard(today=date(2026, 1, 1))


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    """The shipped definitions, read once."""
    return Shipped()


def told(drafts: list[Draft]) -> list[str]:
    found = collect(drafts, default_workspace(".", ()), UTC)
    composed = {one.file: one.composition for one in found.drafts if one.composition is not None}
    paths = {one.file: one.path for one in found.drafts}
    loaded = Loaded(
        library=found.library, diagnostics=found.diagnostics, texts=found.texts, paths=paths, compositions=composed
    )
    return [f"{one.span.file}:{one.span.line} {one.code} {one.message.en}" for one in judge(loaded, PLAIN).findings]


def misspelt(text: str, file: str) -> Iterator[tuple[str, str]]:
    """The key of each section, a level deep and two, with the text in which it lacks its last letter."""
    root = parse(text, file).root
    assert root is not None
    lines = text.split("\n")
    entries = [entry for entry in root.entries.values() if not isinstance(entry.value, ScalarNode)]
    # Below most sections stand names of one's own; below these, keys.
    nested = [root.entries[section].value for section in ("uses", "title") if section in root.entries]
    entries += [inner for value in nested if isinstance(value, MapNode) for inner in value.entries.values()]
    for entry in entries:
        span = entry.key.span
        line = lines[span.line - 1]
        changed = f"{line[: span.column - 1]}{entry.key.text[:-1]}{line[span.end_column - 1 :]}"
        yield entry.key.text, "\n".join([*lines[: span.line - 1], changed, *lines[span.line :]])


def test_a_misspelt_section_of_a_shipped_definition_is_one_finding(shipped: Shipped) -> None:
    every = [(file, *one) for file, draft in shipped.drafts.items() for one in misspelt(draft.text or "", file)]
    wrong: dict[str, list[str]] = {}
    for file, key, text in random.Random(SEED).sample(every, FEW):  # noqa: S311 - not for secrets
        near = shipped.near(file)
        changed = draft_of(text, (shipped.drafts[file].path, file), UTC, with_shape=True)
        found = told([changed if name == file else shipped.drafts[name] for name in near])
        if len(found) != 1:
            wrong[f"{file} {key}"] = found
    assert wrong == {}


@pytest.mark.parametrize("key", ["kind", "id", "version"])
def test_others_do_not_say_that_a_document_with_a_misspelt_header_is_missing(key: str, shipped: Shipped) -> None:
    file = "company.yaml"
    draft = shipped.drafts[file]
    text = (draft.text or "").replace(f"\n{key}: ", f"\n{key[:-1]}: ", 1)
    changed = draft_of(text, (draft.path, file), UTC, with_shape=True)
    found = told([changed if name == file else one for name, one in shipped.drafts.items()])
    assert [one.partition(":")[0] for one in found] == [file]


SLIPS = names.sampled(names.every_slip(), FEW, SEED)


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: f"{slip.file} {slip.place}")
def test_a_misspelt_key_or_name_is_one_finding(slip: names.Slip) -> None:
    found = names.findings(slip)
    assert [f"{one.span.file}:{one.span.line} {one.code}" for one in found[1:]] == []
