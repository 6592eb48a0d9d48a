"""The page of behavioural mutants is of these workflows, says at least 90 %, and a sample of it is still true."""

import random

import pytest

from salespm_flow.scenario.bench import bench_of
from salespm_flow.scenario.mutants import mutants_of
from salespm_flow.scenario.mutating import noticed_by
from tests.mutation.behaviour import LEAST, PAGE, cases_of, library, others, rows_of

ROWS = rows_of(PAGE.read_text("utf-8"))
# Large workflows take seconds to list; the page has them from the full run.
SMALL = ("crm_deals", "kanban", "lesson", "scrum", "hybrid_sales", "road_project")
SEED = 20261124


def test_page_has_every_shipped_workflow_and_none_below_the_line() -> None:
    assert [row.workflow for row in ROWS] == sorted(library().workflows)
    assert [row for row in ROWS if row.percent < LEAST] == []


@pytest.mark.parametrize("workflow", SMALL)
def test_sampled_mutants_are_noticed_as_the_page_says(workflow: str) -> None:
    bench = bench_of(library().workflows[workflow], library())
    elsewhere = others(workflow)
    own = [one for one in mutants_of(bench.workflow, bench) if one.place.file not in elsewhere]
    (row,) = [row for row in ROWS if row.workflow == workflow]
    assert len(own) <= row.total + row.equivalent
    sample = random.Random(SEED).sample(own, min(4, len(own)))  # noqa: S311 -- a sample, no secret
    missed = [one for one in sample if noticed_by(one, bench, cases_of(workflow)) is None and not one.is_equivalent]
    assert len(missed) <= row.total - row.noticed, [(one.place.line, one.change.en) for one in missed]
