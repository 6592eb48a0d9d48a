"""Differences between versions of documents that are no workflows: told by meaning, classed by who reads them."""

from pathlib import Path

import pytest

from salespm_flow.definition.build import DocumentKind
from salespm_flow.definition.workspace import load
from salespm_flow.evolve.documents import DocumentComparison, Versioned, compare_documents

HEAD = "salespm: 1\nkind: {kind}\nid: {id}\nversion: 1\n"
FLOW = """domain: sales
fields: {amount: {type: money, currency: CNY}, product: {type: ref, to: products}}
uses: {risks: [danger], scorecards: [card]}
initial: lead
states: {lead: {}, won: {final: true, outcome: won}}
transitions:
  win: {from: lead, to: won, by: [seller], when: "kpi.rate > 10% and table.discount(amount) > 5%"}
"""
PLAIN = """domain: sales
initial: lead
states: {lead: {}, won: {final: true, outcome: won}}
transitions: {win: {from: lead, to: won}}
"""
KPIS = """workflow: plain
kpis:
  rate:
    title: {zh: 率, en: Rate}
    unit: percent
    better: higher
    of: projects
    basis: outcome
    source: us
    numerator: count(projects)
    denominator: 10
  other:
    title: {zh: 另, en: Other}
    unit: count
    better: higher
    of: projects
    basis: outcome
    source: us
    formula: count(projects)
"""
TABLE = """hit: unique
inputs: {amount: {type: money, currency: CNY}}
outputs: {limit: {type: percent}}
rules:
  small: {amount: "< 100", limit: 5%}
  large: {amount: ">= 100", limit: 10%}
"""
CARD = """for: team
missing: exclude
criteria:
  one: {kpi: rate, weight: 60%, floor: 0%, target: 50%}
  two: {kpi: other, weight: 40%, floor: 0, target: 5}
grades: {A: 90, D: 0}
"""
RISKS = """scales:
  probability: {1: 10%, 2: 50%}
  impact: {1: {title: S, cost: 1%, days: 1wd}, 2: {title: L, cost: 5%, days: 3wd}}
  value: amount
levels: {low: [1, 2], high: [3, 4]}
rules:
  dear: {title: {zh: 贵, en: Dear}, category: cost, when: amount > 100, who: owner, probability: 2, impact: 2}
"""
PEOPLE = """roles: {seller: {title: {zh: 销售, en: Seller}}, clerk: {title: {zh: 文员, en: Clerk}}}
people: {wang: {roles: [seller]}}
"""
PRODUCTS = "key: id\nfields: {id: {type: text}, name: {type: text}}\nsource: products.csv\n"
TEXTS = {
    "workflow/deals": FLOW,
    "workflow/plain": PLAIN,
    "kpi_set/figures": KPIS,
    "decision_table/discount": TABLE,
    "scorecard/card": CARD,
    "risk_model/danger": RISKS,
    "organisation/firm": PEOPLE,
    "reference/products": PRODUCTS,
}
GROUPS = {
    "kpi_set": "kpi_sets",
    "decision_table": "decision_tables",
    "scorecard": "scorecards",
    "risk_model": "risk_models",
    "organisation": "organisations",
    "reference": "references",
}


def version(folder: Path, place: str, text: str, rows: str = "id,name\na,A\nb,B\n") -> Versioned:
    kind, _, name = place.partition("/")
    folder.mkdir()
    (folder / "salespm.yaml").write_text("salespm: 1\nkind: workspace\ndefinitions: [flows]\n", "utf-8")
    (folder / "flows").mkdir()
    (folder / "flows/products.csv").write_text(rows, "utf-8")
    for other, body in {**TEXTS, place: text}.items():
        of_kind, _, id_ = other.partition("/")
        whole = HEAD.format(kind=of_kind, id=id_) + body
        (folder / f"flows/{of_kind}_{id_}.yaml").write_text(whole, "utf-8")
    loaded = load(folder)
    document = getattr(loaded.library, GROUPS[kind]).get(name)
    assert document is not None, [(one.span.file, one.span.line, one.message.en) for one in loaded.errors]
    return Versioned(kind=DocumentKind(kind), id=name, version=1, document=document, library=loaded.library)


def compared(tmp_path: Path, place: str, was: str, now: str) -> DocumentComparison:
    text = TEXTS[place]
    assert was in text
    old = version(tmp_path / "old", place, text)
    return compare_documents(old, version(tmp_path / "new", place, text.replace(was, now)))


@pytest.mark.parametrize(
    ("place", "was", "now", "expected"),
    [
        # A KPI that a guard reads, and one that nobody reads.
        ("kpi_set/figures", "", "", []),
        ("kpi_set/figures", "denominator: 10", "denominator: 20", [("kpis.rate.denominator", "changed", "breaking")]),
        ("kpi_set/figures", "en: Rate", "en: Share", [("kpis.rate.title.en", "changed", "safe")]),
        (
            "kpi_set/figures",
            "  rate:",
            "  pace:",
            [("kpis.rate", "removed", "breaking"), ("kpis.pace", "added", "safe")],
        ),
        (
            "kpi_set/figures",
            "formula: count(projects)",
            "formula: count(projects) + 1",
            [("kpis.other.formula", "changed", "breaking")],
        ),
        # A table is what it answers.
        ("decision_table/discount", "  small: {", "  tiny: {", []),
        ("decision_table/discount", '"< 100"', '"not(>= 100)"', []),
        ("decision_table/discount", "limit: 10%", "limit: 12%", [("rules.large", "changed", "breaking")]),
        ("decision_table/discount", '">= 100"', '">= 200"', [("rules.large", "removed", "breaking")]),
        (
            "decision_table/discount",
            '  large: {amount: ">= 100", limit: 10%}',
            '  large: {amount: "> 100", limit: 10%}\n  even: {amount: "100", limit: 10%}',
            [],
        ),
        # Scores that a workflow is judged by.
        (
            "scorecard/card",
            "weight: 60%, floor: 0%",
            "weight: 60%, floor: 5%",
            [("criteria.one.floor", "changed", "breaking")],
        ),
        ("scorecard/card", "A: 90", "A: 95", [("grades.A", "changed", "breaking")]),
        (
            "risk_model/danger",
            "low: [1, 2], high: [3, 4]",
            "low: [1, 3], high: [4, 4]",
            [("levels.low", "changed", "breaking"), ("levels.high", "changed", "breaking")],
        ),
        ("risk_model/danger", "category: cost", "category: schedule", [("rules.dear.category", "changed", "breaking")]),
        # A role that a workflow knows, and one that it does not.
        ("organisation/firm", ", clerk: {title: {zh: 文员, en: Clerk}}", "", [("roles.clerk", "removed", "safe")]),
        ("reference/products", "", "", []),
    ],
)
def test_difference_is_classed_by_who_reads_it(
    tmp_path: Path, place: str, was: str, now: str, expected: list[tuple[str, str, str]]
) -> None:
    comparison = compared(tmp_path, place, was, now)

    assert [(one.path, one.nature, one.impact) for one in comparison.differences] == expected


def test_row_that_projects_may_hold_needs_a_mapping(tmp_path: Path) -> None:
    text = TEXTS["reference/products"]
    old = version(tmp_path / "old", "reference/products", text)
    new = version(tmp_path / "new", "reference/products", text, "id,name\na,AA\nc,C\n")

    assert [(one.nature, one.impact, one.message.en) for one in compare_documents(old, new).differences] == [
        ("removed", "mapping", "1 rows removed: b; read by deals"),
        ("added", "safe", "1 new rows: c"),
        ("changed", "safe", "1 rows changed: a"),
    ]


def test_table_names_a_case_that_is_answered_otherwise(tmp_path: Path) -> None:
    (found,) = compared(tmp_path, "decision_table/discount", "limit: 10%", "limit: 12%").differences

    assert found.message.zh == "amount = 100 CNY：以前答 0.1，现在答 0.12"
    assert (found.before, found.after) == ("0.1", "0.12")
