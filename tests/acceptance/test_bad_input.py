"""What people get wrong in daily work is told with a code and undoes nothing: one test for each kind."""

from pathlib import Path

import pytest

from tests.acceptance.terminal import Scene, Terminal, Told, enter, scene

AT = "--now 2026-03-02T09:00"
SETTINGS = (
    "salespm: 1\nkind: workspace\ncurrency: CNY\ntimezone: Asia/Shanghai\nstore: salespm.db\ndefinitions: [flows]\n"
)
FIRM = """\
salespm: 1
kind: organisation
id: firm
version: 1
roles: {rep: {}, boss: {}, lead: {}}
people:
  wang: {roles: [rep]}
  zhao: {roles: [boss]}
  qian: {roles: [lead]}
"""
DEAL = """\
salespm: 1
kind: workflow
id: deal
version: 1
domain: sales
title: Deal
uses: {organisation: firm}
fields: {price: {type: integer, default: 1}}
links: {delivery: {workflow: build, carry: {size: price}}}
initial: talk
states: {talk: {title: Talk}, sold: {title: Sold}, closed: {final: true}}
transitions:
  agree: {from: talk, to: sold, by: [rep], approve: {price: {when: price > 5, by: [boss], quorum: 1, due: 1d}}}
  sign: {from: sold, to: closed, by: [rep], do: {hand: {action: spawn, link: delivery}}}
"""
BUILD = """\
salespm: 1
kind: workflow
id: build
version: 1
domain: delivery
title: Build
uses: {organisation: firm}
fields: {size: {type: integer, required: true}}
initial: begin
states: {begin: {title: Begin}, built: {final: true, outcome: delivered}}
transitions: {finish: {from: begin, to: built, by: [lead]}}
"""


def _prepare(terminal: Terminal) -> None:
    for path in Path("workflows").rglob("*"):
        if path.is_file():
            path.unlink()
    Path("salespm.yaml").write_text(SETTINGS, "utf-8")
    Path("flows").mkdir()
    for name, text in (("firm", FIRM), ("deal", DEAL), ("build", BUILD)):
        Path(f"flows/{name}.yaml").write_text(text, "utf-8")
    terminal.done(f"new deal --id D1 price=9 --as wang {AT}")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return scene(tmp_path_factory.mktemp("bad"), _prepare)


@pytest.fixture
def terminal(begun: Scene, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    return begun.again(monkeypatch)


def refused(terminal: Terminal, line: str) -> list[str]:
    """The reasons' ids; nothing has been written."""
    before = terminal.data("history D1")["entries"]
    found = terminal.refused(line)
    assert terminal.data("history D1")["entries"] == before
    return found


def test_circular_task_dependencies(terminal: Terminal) -> None:
    terminal.done(f"task add D1 a --as wang {AT}", f"task add D1 b --after task-1 --as wang {AT}")

    assert refused(terminal, f"task edit D1 task-1 --after task-2 --as wang {AT}") == ["after"]


def test_approver_without_the_role_and_double_and_late_approval(terminal: Terminal) -> None:
    terminal.done(f"advance D1 agree --as wang {AT}")

    assert refused(terminal, f"approve D1 price --as qian {AT}") == ["role"]
    terminal.done(f"approve D1 price --as zhao {AT}")
    assert refused(terminal, f"approve D1 price --as zhao {AT}") == ["price"]


def test_approval_of_a_voided_request(terminal: Terminal) -> None:
    terminal.done(f"advance D1 agree --as wang {AT}", f"set D1 price=8 --as wang {AT}")

    told = terminal.type(f"approve D1 price --as zhao {AT}")
    assert (told.code, "is void" in told.err) == (1, True)
    assert refused(terminal, f"approve D1 price --as zhao {AT}") == ["price"]


def test_handoff_contract_broken_by_a_newer_child(terminal: Terminal, begun: Scene) -> None:
    terminal.done(f"set D1 price=1 --as wang {AT}", f"advance D1 agree --as wang {AT}")
    newer = BUILD.replace("version: 1\nd", "version: 2\nd")
    newer = newer.replace("fields: {", "fields: {site: {type: text, required: true}, ")
    path = begun.folder / "flows" / "build.yaml"
    path.write_text(newer, "utf-8")
    try:
        again = Terminal()
        # The definitions say so before anything runs, and a move that is made all the same starts nothing.
        assert "SF342" in again.type("validate").text
        told = again.type(f"advance D1 sign --as wang {AT}")
        assert (told.code, "site" in told.text) == (1, True)
        assert again.data("status D1")["state"] == "sold"
        assert [one["project"] for one in again.data("list")["projects"]] == ["D1"]
    finally:
        path.write_text(BUILD, "utf-8")


def validated(folder: Path, monkeypatch: pytest.MonkeyPatch, **files: str) -> Told:
    """What `validate` says of the firm, the deal and the build with these in their place or beside them."""
    (folder / "flows").mkdir()
    (folder / "salespm.yaml").write_text(SETTINGS, "utf-8")
    for name, text in ({"firm.yaml": FIRM, "deal.yaml": DEAL, "build.yaml": BUILD} | files).items():
        (folder / "flows" / name).write_text(text, "utf-8")
    enter(folder, monkeypatch)
    return Terminal().type("validate --lang en")


def test_quorum_larger_than_the_role(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = validated(tmp_path, monkeypatch, **{"deal.yaml": DEAL.replace("quorum: 1", "quorum: 2")})

    assert (told.code, "SF386" in told.text) == (1, True)


def test_unknown_deputy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    firm = FIRM.replace("{roles: [rep]}", "{roles: [rep], deputy: zhoa}")
    told = validated(tmp_path, monkeypatch, **{"firm.yaml": firm})

    assert told.code == 1
    assert "zhoa" in told.text
    assert "did you mean `zhao`" in told.text


def test_reference_rows_with_one_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = (
        "salespm: 1\nkind: reference\nid: accounts\nversion: 1\nkey: name\n"
        "fields: {name: {type: text}}\nsource: accounts.csv\n"
    )
    told = validated(tmp_path, monkeypatch, **{"accounts.yaml": table, "accounts.csv": "name\nAcme\nBolt\nAcme\n"})

    assert told.code == 1
    assert "Acme" in told.text
    assert "accounts.csv:4" in told.text
