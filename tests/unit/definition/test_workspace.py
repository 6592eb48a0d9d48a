"""Loading a workspace: which files count, what is told together, what is left out."""

import sys
from decimal import Decimal
from pathlib import Path
from subprocess import run
from textwrap import dedent

import pytest

from salespm_flow.definition.workspace import (
    Loaded,
    Pinned,
    find_workspace,
    load,
    read_pinned,
    shipped_definitions,
    validate_paths,
)
from salespm_flow.diagnostics import Language
from salespm_flow.errors import PinnedDefinitionError
from salespm_flow.expr.values import Money
from salespm_flow.model.library import Workspace
from tests.unit.definition.texts import SMALL

ACCOUNTS = """\
    salespm: 1
    kind: reference
    id: accounts
    version: 1
    key: name
    fields:
      name: {type: text}
      tier: {type: enum, default: standard, values: {standard: 普通, key: 重点}}
      limit: {type: money, currency: CNY, min: 0}
    source: accounts.csv
"""


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
    return root


def told(loaded: Loaded) -> list[str]:
    return [
        f"{one.span.file}:{one.span.line}:{one.span.column} {one.code} {one.message.en}" for one in loaded.diagnostics
    ]


def test_workspace_is_found_upwards(tmp_path: Path) -> None:
    write(tmp_path, {"salespm.yaml": "", "a/b/c.txt": ""})
    assert find_workspace(tmp_path / "a" / "b") == tmp_path.resolve()


def test_a_workspace_has_risk_categories_of_its_own(tmp_path: Path) -> None:
    rules = "{category: %s, when: true, probability: 1, impact: 1, who: owner}"
    model = f"""\
        salespm: 1
        kind: risk_model
        id: dangers
        version: 1
        scales: {{probability: {{1: 10%}}, impact: {{1: small}}}}
        levels: {{low: [1, 1]}}
        rules:
          a: {rules % "regulatory"}
          b: {rules % "legal"}
          c: {rules % "weather"}
    """
    own = "risk_categories: {regulatory: {zh: 监管, en: Regulatory}, legal: Law}\n"
    settings = f"salespm: 1\nkind: workspace\ndefinitions: [flows]\n{own}"
    loaded = load(write(tmp_path, {"salespm.yaml": settings, "flows/dangers.yaml": model}))
    assert told(loaded) == [
        "flows/dangers.yaml:10:17 SF309 There is no risk category `weather`",
        "salespm.yaml:4:57 SF309 The risk category `legal` is there already",
    ]


def test_shipped_definitions_are_sound_and_hold_against_their_schemas() -> None:
    loaded = load(check_shape=True)
    assert loaded.diagnostics == ()
    assert set(loaded.library.workflows) >= {"sales_pipeline", "pm_lifecycle", "crm_deals"}


def test_without_a_workspace_file_the_shipped_definitions_count(tmp_path: Path) -> None:
    loaded = load(tmp_path)
    assert loaded.library.workspace == Workspace(
        root=str(tmp_path),
        language=None,
        currency="CNY",
        timezone="UTC",
        calendar=None,
        store="salespm.db",
        definitions=(str(shipped_definitions()),),
        rates="exchange_rates",
    )
    assert "sales_pipeline" in loaded.library.workflows


def test_settings_are_read_from_the_workspace_file(tmp_path: Path) -> None:
    settings = """\
        salespm: 1
        kind: workspace
        language: zh
        currency: EUR
        timezone: Asia/Shanghai
        store: data/projects.db
        definitions: [one, two]
    """
    write(tmp_path, {"salespm.yaml": settings, "one/small.yaml": SMALL, "two/readme.txt": "no definition"})
    loaded = load(tmp_path, check_shape=True)
    assert (told(loaded), list(loaded.library.workflows)) == ([], ["small"])
    assert loaded.library.workspace == Workspace(
        root=str(tmp_path),
        language=Language.ZH,
        currency="EUR",
        timezone="Asia/Shanghai",
        calendar=None,
        store="data/projects.db",
        definitions=("one", "two"),
    )


WORKSPACE = "salespm: 1\nkind: workspace\ndefinitions: [workflows]\n"


def test_everything_wrong_is_told_in_one_go_in_source_order(tmp_path: Path) -> None:
    broken = SMALL.replace("id: small", "id: broken")
    write(
        tmp_path,
        {
            "salespm.yaml": "salespm: 1\nkind: workspace\ndefinitions: [workflows, gone]\ncalendar: none_such\n",
            "workflows/a.yaml": broken + "transitions: {go: {from: opn, to: closed, wen: x}}\n",
            "workflows/b.yaml": "salespm: 1\nkind: [\n",
            "workflows/c.yaml": SMALL + "links: {sub: {workflow: broken, carry: {amount: 1 + 1}}}\n",
            "workflows/deep/d.yaml": "hello: world\n",
        },
    )
    loaded = load(tmp_path)
    assert told(loaded) == [
        "salespm.yaml:3:26 SF349 There is no definitions folder `gone`",
        "salespm.yaml:4:11 SF307 There is no calendar `none_such`",
        "workflows/a.yaml:8:26 SF301 Unknown state `opn`",
        "workflows/a.yaml:8:43 SF140 unknown key `wen`",
        "workflows/b.yaml:2:7 SF127 the indentation or structure is wrong",
        "workflows/deep/d.yaml:1:1 SF141 `kind` is missing",
    ]
    assert list(loaded.library.workflows) == ["small"]
    assert {"salespm.yaml", "workflows/a.yaml", "workflows/b.yaml"} <= set(loaded.texts)


def test_newest_version_stands_under_the_id(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "salespm.yaml": WORKSPACE,
        "workflows/a.yaml": SMALL.replace("version: 1", "version: 2"),
        "workflows/b.yaml": SMALL,
    }
    assert load(write(tmp_path, files)).library.workflows["small"].version == 2


def test_workflow_is_left_out_with_the_risk_model_that_it_needs(tmp_path: Path) -> None:
    risks = "salespm: 1\nkind: risk_model\nid: risks\nversion: 1\nscales: 5\nlevels: {}\nrules: {}\n"
    files: dict[str, str | bytes] = {
        "salespm.yaml": WORKSPACE,
        "workflows/risks.yaml": risks,
        "workflows/small.yaml": SMALL + "uses: {risks: [risks]}\n",
        "workflows/other.yaml": SMALL.replace("id: small", "id: other"),
    }
    loaded = load(write(tmp_path, files))
    assert {one.span.file for one in loaded.diagnostics} == {"workflows/risks.yaml"}
    assert list(loaded.library.workflows) == ["other"]


def test_settings_that_cannot_be_read_are_all_that_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"salespm.yaml": "salespm: 1\nkind: workspace\ntimezone: Mars/Base\nlanguage: fr\n"})
    loaded = load(tmp_path)
    assert [one.code for one in loaded.diagnostics] == ["SF349", "SF316", "SF143"]


def test_reference_rows_come_typed_from_the_file_beside_it(tmp_path: Path) -> None:
    rows = "﻿name,tier,limit,more\n华兴,key,5000,x\n远航,,,\n"
    files: dict[str, str | bytes] = {
        "salespm.yaml": WORKSPACE,
        "workflows/accounts.yaml": ACCOUNTS,
        "workflows/accounts.csv": rows,
    }
    loaded = load(write(tmp_path, files))
    assert told(loaded) == []
    assert loaded.library.references["accounts"].rows == {
        "华兴": {"name": "华兴", "tier": "key", "limit": Money(Decimal(5000), "CNY")},
        "远航": {"name": "远航", "tier": "standard", "limit": None},
    }


@pytest.mark.parametrize(
    ("rows", "findings"),
    [
        (None, ["workflows/accounts.yaml:10:9 SF350 The table `workflows/accounts.csv` cannot be read"]),
        (
            "name,tier,limit\nRené,key,1\n".encode("latin-1"),
            ["workflows/accounts.yaml:10:9 SF351 Line 2 of the table `workflows/accounts.csv` is not UTF-8"],
        ),
        (
            "",
            [f"workflows/accounts.csv:1:1 SF352 The column `{name}` is missing" for name in ("name", "tier", "limit")],
        ),
        ("name,teir,limit\n", ["workflows/accounts.csv:1:1 SF352 The column `tier` is missing"]),
        (
            "name,tier,limit\na,kee,1\nb,kay,-1\nc,key,1 USD\n",
            [
                "workflows/accounts.csv:2:3 SF353 Column `tier`: `kee` is none of the values (2 bad cells in all)",
                (
                    "workflows/accounts.csv:3:7 SF353 Column `limit`: The value is outside `min` and `max` "
                    "(2 bad cells in all)"
                ),
            ],
        ),
        (
            "name,tier,limit\na,key\n\na,key,1\na,key,2\n,key,3\n",
            [
                "workflows/accounts.csv:2:1 SF354 This line has 2 cells, the header 3",
                "workflows/accounts.csv:5:1 SF355 The key `a` stands on line 4 already",
                "workflows/accounts.csv:6:1 SF353 Column `name`: A required cell is blank",
            ],
        ),
        (
            'name,tier,limit\n"a,key,1\n',
            ["workflows/accounts.csv:2:1 SF351 This is no valid CSV: a quote is never closed"],
        ),
    ],
    ids=["missing", "latin-1", "empty", "misspelt column", "bad cells", "odd lines", "open quote"],
)
def test_wrong_tables_are_told_by_line(tmp_path: Path, rows: str | bytes | None, findings: list[str]) -> None:
    files: dict[str, str | bytes] = {"salespm.yaml": WORKSPACE, "workflows/accounts.yaml": ACCOUNTS}
    if rows is not None:
        files["workflows/accounts.csv"] = rows
    loaded = load(write(tmp_path, files))
    assert told(loaded) == findings
    assert loaded.library.references == {}


def test_one_file_is_validated_within_its_workspace(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "salespm.yaml": WORKSPACE,
            "workflows/accounts.yaml": ACCOUNTS,
            "workflows/accounts.csv": "name,tier,limit\n",
            "workflows/other.yaml": "salespm: 1\nkind: [\n",
            "workflows/small.yaml": SMALL
            + "fields: {account: {type: ref, to: accounts}, b: {type: ref, to: acounts}}\n",
        },
    )
    path = root / "workflows" / "small.yaml"
    loaded = validate_paths([path])
    assert told(loaded) == [f"{path.as_posix()}:8:65 SF307 There is no reference `acounts`"]


def test_sound_file_outside_any_workspace_is_validated_alone(tmp_path: Path) -> None:
    path = write(tmp_path, {"small.yaml": SMALL}) / "small.yaml"
    loaded = validate_paths([path])
    assert (told(loaded), loaded.library.workflows["small"].id) == ([], "small")


def test_rules_are_validated_with_the_workflows_that_use_them(tmp_path: Path) -> None:
    risks = """\
        salespm: 1
        kind: risk_model
        id: risks
        version: 1
        scales: {probability: {1: 10%}, impact: {1: low}}
        levels: {low: [1, 1]}
        rules: {late: {category: schedule, when: delay > 3, probability: 1, impact: 1, who: owner}}
    """
    files: dict[str, str | bytes] = {
        "salespm.yaml": WORKSPACE,
        "workflows/risks.yaml": risks,
        "workflows/small.yaml": SMALL + "uses: {risks: [risks]}\n",
    }
    path = write(tmp_path, files) / "workflows" / "risks.yaml"
    assert told(validate_paths([path])) == [f"{path.as_posix()}:7:42 SF202 there is no name `delay`"]


def test_missing_file_is_told_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "none.yaml"
    assert [(one.span.file, one.code) for one in validate_paths([path]).diagnostics] == [(path.as_posix(), "SF101")]


def test_country_without_holiday_data_is_told_when_validating(tmp_path: Path) -> None:
    text = "salespm: 1\nkind: calendar\nid: c\nversion: 1\ncountry: XX\n"
    path = write(tmp_path, {"c.yaml": text}) / "c.yaml"
    assert told(validate_paths([path])) == [f"{path.as_posix()}:5:10 SF316 The holidays of `XX` are not known"]


def test_pinned_texts_build_the_same_workflow_again() -> None:
    library = load().library
    workflow = library.workflows["sales_pipeline"]
    models = tuple(library.risk_models[name] for name in workflow.uses.risks)
    sources = (workflow.source, *(model.source for model in models))
    assert read_pinned(sources, library) == Pinned(workflow=workflow, models=models, tables=())


def test_pinned_text_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"salespm.yaml": WORKSPACE, "workflows/small.yaml": SMALL})
    library = load(tmp_path).library
    source = library.workflows["small"].source
    damaged = type(source)(
        kind=source.kind, id=source.id, version=1, path=source.path, text="states: [", digest=source.digest
    )
    with pytest.raises(PinnedDefinitionError, match="version 1 of the workflow `small`"):
        read_pinned([damaged], library)
    with pytest.raises(PinnedDefinitionError, match="no workflow text"):
        read_pinned([], library)


def test_loading_sound_definitions_never_imports_the_schema_library() -> None:
    program = (
        "import sys; from salespm_flow.definition.workspace import load; load(); print('jsonschema' in sys.modules)"
    )
    finished = run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert finished.stdout.strip() == "False"


def test_a_link_that_leads_to_itself_is_told(tmp_path: Path) -> None:
    (tmp_path / "salespm.yaml").write_text("salespm: 1\nkind: workspace\ndefinitions: [flows]\n", encoding="utf-8")
    (tmp_path / "flows").mkdir()
    loop = tmp_path / "flows" / "loop.yaml"
    loop.symlink_to(loop)
    assert [found.code for found in validate_paths((loop,)).diagnostics] == ["SF101"]
