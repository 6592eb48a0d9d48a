"""A rule that reads a field of another workflow is told whose it is, in both languages."""

import pytest

from tests.acceptance.terminal import Cli, Scene, scene

SETTINGS = "salespm: 1\nkind: workspace\nid: w\nversion: 1\ncurrency: CNY\ndefinitions: [flows]\n"
FLOW = """salespm: 1
kind: workflow
id: {name}
version: 1
domain: sales
title: {{zh: 流程, en: Flow}}
fields: {{{field}: {{type: number, title: {{zh: 值, en: Value}}}}}}
{uses}initial: open
states:
  open: {{title: {{zh: 进行, en: Open}}}}
  won: {{title: {{zh: 赢单, en: Won}}, final: true, outcome: won}}
transitions:
  win: {{title: {{zh: 赢单, en: Win}}, from: open, to: won, when: "{when}"}}
"""
RISKS = """salespm: 1
kind: risk_model
id: risks
version: 1
title: {zh: 风险, en: Risks}
scales: {probability: {1: 10%, 2: 50%}, impact: {1: {title: {zh: 低, en: Low}}, 2: {title: {zh: 高, en: High}}}}
levels: {low: [1, 2], high: [3, 4]}
rules:
  deep: {title: {zh: 深, en: Deep}, category: market, when: depth > 3, probability: 1, impact: 1, who: owner}
"""
KPIS = """salespm: 1
kind: kpi_set
id: kpis
version: 1
title: {zh: 指标, en: KPIs}
workflow: selling
kpis:
  total:
    {title: {zh: 和, en: Sum}, unit: count, better: higher, of: projects, basis: outcome, source: x,
     formula: sum(projects.depth)}
  deep:
    {title: {zh: 深, en: Deep}, unit: count, better: higher, of: projects, basis: outcome, source: x,
     where: depth > 1, formula: count(projects)}
"""


@pytest.fixture
def cli(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Cli:
    folder = tmp_path_factory.mktemp("elsewhere")
    begun: Scene = scene(folder, lambda _terminal: None)
    (folder / "salespm.yaml").write_text(SETTINGS, encoding="utf-8")
    flows = folder / "flows"
    flows.mkdir()
    texts = {
        "selling": FLOW.format(name="selling", field="width", when="width > 1", uses="uses: {risks: [risks]}\n"),
        "drilling": FLOW.format(name="drilling", field="depth", when="depth > 1", uses=""),
        "risks": RISKS,
        "kpis": KPIS,
    }
    for name, text in texts.items():
        (flows / f"{name}.yaml").write_text(text, encoding="utf-8")
    return begun.again(monkeypatch)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh", "`depth` 是流程 drilling 的字段，这里的表达式看不到它"),
        ("en", "`depth` is a field of the workflow drilling, which this expression does not see"),
    ],
)
def test_a_rule_that_reads_a_field_of_another_workflow_is_told_whose_it_is(cli: Cli, language: str, told: str) -> None:
    for words in (("validate",), ("validate", "flows/risks.yaml", "flows/selling.yaml")):
        found = cli(*words, "--lang", language)
        assert found.code == 1
        assert told in " ".join((found.out + found.err).split())
