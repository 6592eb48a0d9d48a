"""Half titles of workflows are found however they are written, although most files are told sound by a look."""

import pytest

from salespm_flow.lint.document_titles import findings

WORKFLOW = """\
kind: workflow
fields:
  tier: {{type: enum, values: {{gold: {{title: {gold}}}, silver: {{title: {{zh: 银, en: Silver}}}}}}}}
note: &zh en
"""


@pytest.mark.parametrize(
    "title",
    [
        "{zh: 金}",
        "{en: Gold}",
        '{"zh": 金}',
        "{'en': Gold}",
        '{"z\\u0068": 金}',
        "{zh: '金, en: Gold'}",
        "{zh : 金}",
        "{? zh : 金}",
        "{*zh : Gold}",
        "{zh: 金, # en: Gold}\n    }",
    ],
)
def test_a_half_title_of_a_value_is_told_however_it_is_written(title: str) -> None:
    text = WORKFLOW.format(gold=title).replace("note: &zh en\n", "")
    text = text.replace("kind: workflow\n", "kind: workflow\nnote: &zh en\n")
    assert [found.code for found in findings(text, "deal.yaml")] == ["SF665"]


def test_titles_in_both_languages_are_no_finding() -> None:
    assert list(findings(WORKFLOW.format(gold="{zh: 金, en: Gold}"), "deal.yaml")) == []
