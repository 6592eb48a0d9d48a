"""Small workspaces in memory: documents in, what came of their scenarios out."""

from datetime import UTC
from pathlib import Path

from salespm_flow.definition.build import default_workspace
from salespm_flow.definition.collection import collect
from salespm_flow.definition.drafts import draft_of
from salespm_flow.model.library import Library
from salespm_flow.model.scenarios import Scenarios
from salespm_flow.scenario.suites import SuitesRun, run_documents

DEAL = """\
salespm: 1
kind: workflow
id: deal
version: 1
domain: sales
parameters: {limit: 10%, strict: false}
fields:
  amount: {type: money, currency: CNY, min: 0}
  discount: {type: percent, default: 0%}
  reason: {type: text}
  due_on: {type: date}
records:
  calls: {fields: {note: {type: text}}}
initial: open
states:
  open:
    probability: 20%
    sla: {warn: 2d, breach: 4d}
    exit:
      require: [calls]
      check:
        priced: {that: amount > 0}
        certified: {that: not(strict) or reason != null}
  offer: {probability: 60%}
  sold: {final: true, outcome: won}
  lost: {final: true, outcome: lost}
transitions:
  propose: {from: open, to: offer, by: [owner], do: {tell: {action: notify, title: Offered, who: boss}}}
  close:
    from: offer
    to: sold
    by: [owner]
    approve: {discount: {when: discount > limit, by: [boss]}}
  lose: {from: [open, offer], to: lost, require: [reason], comment: required}
timers:
  nudge: {in: offer, after: 3d, do: {call: {action: task, title: Call, who: owner}}}
"""


def library(*texts: str) -> Library:
    """The sound library that the documents make."""
    drafts = [draft_of(text, (Path(f"{number}.yaml"), f"{number}.yaml"), UTC) for number, text in enumerate(texts, 1)]
    collected = collect(drafts, default_workspace(".", ()), UTC)
    assert collected.diagnostics == (), collected.diagnostics
    return collected.library


def scenarios(body: str, given: str = "{now: 2026-03-02T09:00:00Z, owner: wang}") -> str:
    """A file of scenarios of the deal."""
    lines = "\n".join(f"  {line}" for line in body.strip("\n").splitlines())
    head = "salespm: 1\nkind: scenarios\nid: deal_tests\nversion: 1\nworkflow: deal\n"
    return f"{head}given: {given}\nscenarios:\n{lines}\n"


def ran(body: str, workflow: str = DEAL) -> SuitesRun:
    """What comes of the scenarios of the deal."""
    found = library(workflow, scenarios(body))
    return run_documents(found.scenarios.values(), found, lambda _document, _case: True)


def failures(body: str, workflow: str = DEAL) -> list[str]:
    """What did not hold: the case, the line and column, the key, what was wanted and what was got."""
    return [
        f"{one.case.id} {one.span.line}:{one.span.column} {one.key}{one.subject and '.' + one.subject}: "
        f"{one.wanted} / {one.got}"
        for result in ran(body, workflow).results
        for one in result.failures
    ]


def built(text: str) -> Scenarios:
    """The file of scenarios as it is written, whatever is wrong in it."""
    draft = draft_of(text, (Path("2.yaml"), "2.yaml"), UTC)
    assert draft.built is not None
    assert isinstance(draft.built.document, Scenarios)
    return draft.built.document
