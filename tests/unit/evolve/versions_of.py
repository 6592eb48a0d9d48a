"""Two versions of one workflow from inline YAML."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from salespm_flow.definition.workspace import load, read_pinned
from salespm_flow.evolve.comparison import Comparison, compare_workflows
from salespm_flow.model.library import Library
from salespm_flow.model.source import Source
from salespm_flow.model.workflow import Workflow

HEAD = "salespm: 1\nkind: workflow\nid: deals\nversion: {version}\ndomain: sales\ntitle: {{zh: 商机, en: Deals}}\n"
FIELDS = """
fields:
  amount: {type: money, currency: CNY, title: {zh: 金额, en: Amount}}
  stage_note: {type: text, title: {zh: 备注, en: Note}}
  score: {type: integer, min: 0, max: 100, title: {zh: 评分, en: Score}}
  tier: {type: enum, values: {key: 重点, plain: 普通}}
"""
STATES = """
initial: lead
states:
  lead: {title: {zh: 线索, en: Lead}, sla: {warn: 5wd}}
  talk: {title: {zh: 谈判, en: Talks}}
  won: {final: true, outcome: won}
"""
MOVES = """
transitions:
  start: {from: lead, to: talk, by: [sales_rep, director], when: amount > 100}
  close: {from: talk, to: won, by: [sales_rep]}
"""
BASE = FIELDS + STATES + MOVES


def read(body: str, version: int) -> Workflow:
    """The workflow that the text writes."""
    text = HEAD.format(version=version) + body
    source = Source(kind="workflow", id="deals", version=version, path=f"v{version}.yaml", text=text, digest=text)
    return read_pinned((source,), no_documents()).workflow


@cache
def no_documents() -> Library:
    """A workspace with nothing in it."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "salespm.yaml").write_text("salespm: 1\nkind: workspace\ndefinitions: []\n", encoding="utf-8")
        return load(folder).library


def compared(old: str, new: str) -> Comparison:
    """How the second text differs from the first."""
    return compare_workflows(read(old, 1), read(new, 2), no_documents())
