"""`try`: a workflow is stepped through in memory, by a script and on a terminal."""

import io
import os
import pty
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen

import pytest

from salespm_flow.cli.main import main

DEAL = """\
salespm: 1
kind: workflow
id: deal
version: 1
domain: sales
title: {zh: 小单, en: Deal}
fields:
  amount: {type: money, currency: CNY, min: 0, title: {zh: 金额, en: Amount}}
records:
  needs: {title: {zh: 需求, en: Needs}, fields: {need: {type: text, required: true, title: {zh: 需求, en: Need}}}}
links:
  delivery: {workflow: job, title: {zh: 交付, en: Delivery}, carry: {budget: amount}}
initial: talking
states:
  talking:
    title: {zh: 洽谈, en: Talking}
    sla: {warn: 2d, breach: 4d}
    tasks: {call: {title: 致电, accountable: owner}}
  offered: {title: {zh: 报价, en: Offered}}
  won: {title: {zh: 赢单, en: Won}, final: true, outcome: won}
transitions:
  offer: {from: talking, to: offered, by: [rep], require: [amount, needs], title: {zh: 报价, en: Offer}}
  win:
    from: offered
    to: won
    comment: required
    title: {zh: 成交, en: Win}
    do: {start: {action: spawn, link: delivery}}
"""
JOB = """\
salespm: 1
kind: workflow
id: job
version: 1
domain: delivery
fields: {budget: {type: money, currency: CNY}}
initial: open
states: {open: {}, finished: {final: true}}
transitions: {finish: {from: open, to: finished}}
"""
Told = tuple[int, str, str]
Try = Callable[..., Told]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "flows").mkdir()
    (tmp_path / "salespm.yaml").write_text("salespm: 1\nkind: workspace\ndefinitions: [flows]\n", "utf-8")
    (tmp_path / "flows/deal.yaml").write_text(DEAL, "utf-8")
    (tmp_path / "flows/job.yaml").write_text(JOB, "utf-8")
    return tmp_path


@pytest.fixture
def attempt(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Try:
    def run(script: str, *options: str, workflow: str = "deal", actor: str | None = "wang") -> Told:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "stdin", io.StringIO(script))
        words = ["try", workflow, "--lang", "en", "--now", "2026-03-02T09:00", *options]
        words += [] if actor is None else ["--as", actor]
        code = main(words)
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


GREETING = """\
A rehearsal in memory: nothing is written. help lists what can be said.
✓ try: Talking (talking)
  move start → Talking (talking)
  task 致电 (call) → wang
"""


def test_script_moves_a_project_and_shows_what_can_be_done_next(attempt: Try) -> None:
    script = """\
# a comment, and an empty line

add needs need="link to finance"
as wang:rep
offer amount=100
status
"""
    code, out, err = attempt(script)
    assert (code, err) == (0, "")
    assert out.startswith(
        GREETING
        + """\
  ✗ offer Offer
      wang may not do this: it takes rep; no organisation is in use, so the role must be claimed
      Amount (amount) is missing
      Needs (needs) is missing: record at least one row

> add needs need="link to finance"
✓ try: Talking (talking)
  record Needs #1: Need link to finance
  ✗ offer Offer
      wang may not do this: it takes rep; no organisation is in use, so the role must be claimed
      Amount (amount) is missing

> as wang:rep
  ✗ offer Offer
      Amount (amount) is missing

> offer amount=100
✓ try: Offered (offered)
  field Amount (amount) = 100 CNY
  move Offer (offer) → Offered (offered)
  ✓ win Win
"""
    )
    assert "> status\ntry  Deal deal v1\nState     Offered (offered)" in out


def test_refused_step_is_told_and_the_script_goes_on(attempt: Try) -> None:
    code, out, err = attempt("offer\nstatus\n")
    assert code == 1
    assert "3 reason(s)" in err
    assert "> status" in out


def test_commands_of_the_shell_are_understood(attempt: Try) -> None:
    code, out, err = attempt("record add needs need=Invoices\ntask done call\n")
    assert (code, err) == (0, "")
    assert "record Needs #1: Need Invoices" in out


def test_child_that_has_ended_is_told_with_its_outcome_in_words(attempt: Try, folder: Path) -> None:
    job = folder / "flows/job.yaml"
    job.write_text(job.read_text("utf-8").replace("final: true", "final: true, outcome: delivered"), "utf-8")
    script = "as wang:rep\nadd needs need=x\noffer amount=5\nwin -m x\non try.delivery.1\nfinish\non try\nstatus\n"
    code, out, err = attempt(script, "--lang", "zh")
    assert (code, err) == (0, "")
    assert "交付 try.delivery.1：finished [已交付]\n" in out.rpartition("> status")[2]


def test_spawned_child_can_be_turned_to(attempt: Try) -> None:
    script = (
        "as wang:rep\nadd needs need=x\noffer amount=100\nwin -m 'at last'\non try.delivery.1\nfinish\non try\nstatus\n"
    )
    code, out, err = attempt(script)
    assert (code, err) == (0, "")
    assert "✓ try.delivery.1: finished" in out.replace(" (finished)", "")
    assert "Outcome" in out.rpartition("> status")[2]


def test_what_falls_due_fires_when_time_passes_and_undo_brings_the_time_back(attempt: Try) -> None:
    code, out, err = attempt("wait 3d\nundo\nwait 1d\nstatus\n")
    assert (code, err) == (0, "")
    assert "> wait 3d\nit is 2026-03-05 09:00\n2026-03-04 09:00 try SLA warning talking\n" in out
    assert "> wait 1d\nit is 2026-03-03 09:00\nnothing is due\n" in out
    assert "SLA warning" in out.rpartition("> status")[2]


def test_undo_takes_back_one_step_after_the_other(attempt: Try) -> None:
    code, out, _ = attempt("set amount=1\nset amount=2\nundo\nstatus\nundo\nstatus\nundo\n")
    first, second = out.split("> status")[1:]
    assert "Amount (amount)  1 CNY" in first
    assert "Amount" not in second.partition("Moves")[0]
    assert code == 2


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ofer", 'Error SF502: there is no transition "ofer"\n  → did you mean `offer`?'),
        ("set amout=1", 'Error SF502: deal has no field "amout"\n  → did you mean `amount`?'),
        ("set", "Usage error: no field=value is given"),
        ("set amount=-", "Error SF503"),
        ("add need need=1", 'Error SF502: there is no record "need"\n  → did you mean `needs`?'),
        ("add", "Usage error: write: add RECORD field=value …"),
        ("as wang:reb", 'Error SF502: there is no role "reb"\n  → did you mean `rep`?'),
        ("as system", 'Error SF503: "system" is the engine itself and cannot act here'),
        ("done cal", 'Error SF502: there is no task "cal"\n  → did you mean'),
        ("wait 3", "Error SF503"),
        ("wait -3d", "Error SF503"),
        ("on tri", 'Error SF502: there is no project "tri"\n  → did you mean `try`?'),
        ("undo", "Error SF503: there is no step to take back"),
        ('offer "amount', "Error SF503: a quote is not closed"),
        ("win -m", "Usage error: write: TRANSITION -m TEXT"),
        ("status now", "Usage error: write: status"),
    ],
)
def test_line_that_cannot_be_understood_stops_a_script(attempt: Try, line: str, said: str) -> None:
    code, out, err = attempt(f"help\n{line}\nset amount=7\n")
    assert (code, "7 CNY" in out) == (2, False)
    assert err.startswith(f"line 2, stopped here:\n{said}"), err


def test_definition_with_errors_is_refused_with_its_findings(attempt: Try, folder: Path) -> None:
    (folder / "flows/deal.yaml").write_text(DEAL.replace("from: talking", "from: talkin"), "utf-8")
    code, out, err = attempt("help\n")
    assert (code, out) == (1, "")
    assert "SF301" in err
    assert 'no workflow "deal" can be used; the definition files have 1 error(s)' in err


def test_refused_opening_ends_it(attempt: Try) -> None:
    code, out, err = attempt("help\n", workflow="gone")
    assert (code, out) == (1, "")
    assert 'there is no workflow "gone"' in err


def test_nothing_is_written(attempt: Try, folder: Path) -> None:
    before = sorted(path for path in folder.rglob("*"))
    attempt("set amount=1\nwait 30d\nundo\n")
    assert sorted(path for path in folder.rglob("*")) == before


def test_same_script_speaks_chinese(attempt: Try) -> None:
    code, out, _ = attempt("help\nas 王芳：rep\noffer\n", "--lang", "zh")
    assert code == 1
    assert out.startswith("试走流程：只在内存中进行，什么也不写入。")
    assert "让时间过去，到期的计时会触发" in out


def test_json_answers_are_those_of_the_commands(attempt: Try) -> None:
    import json

    code, out, _ = attempt("set amount=1\n", "--format", "json")
    decoder, answers = json.JSONDecoder(), []
    while out := out.lstrip():
        answer, end = decoder.raw_decode(out)
        answers.append(answer["status"])
        out = out[end:]
    assert (code, answers) == (0, ["accepted", "accepted"])


def test_terminal_is_asked_and_a_mistake_does_not_end_it(folder: Path) -> None:
    own, theirs = pty.openpty()
    words = [sys.executable, "-m", "salespm_flow", "try", "deal", "--lang", "en", "--as", "wang"]
    environment = {**os.environ, "NO_COLOR": "1", "TERM": "dumb", "PYTHONPATH": str(Path.cwd())}
    with Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env=environment) as process:
        os.close(theirs)
        os.write(own, b"ofer\nset amount=5\nquit\n")
        told = _read_all(own)
        assert process.wait() == 0
    os.close(own)
    assert "wang try [Talking] > " in told
    assert "did you mean `offer`?" in told
    assert "Amount (amount) = 5 CNY" in told


def _read_all(descriptor: int) -> str:
    found = b""
    while True:
        try:
            read = os.read(descriptor, 65_536)
        except OSError:  # the other end is closed
            break
        if not read:
            break
        found += read
    return found.decode()


def test_what_waits_for_approval_can_be_approved_and_rejected(
    folder: Path, attempt: Try, capsys: pytest.CaptureFixture[str]
) -> None:
    flow = DEAL.replace("comment: required", "approve: {price: {by: [lead], except: [requester]}}")
    (folder / "flows/deal.yaml").write_text(flow, "utf-8")
    capsys.readouterr()
    script = """\
add needs need=x
as wang:rep
offer amount=100
win
as zhao:lead
reject -m dear
as wang:rep
win
as zhao:lead
approve price-2 -m fine
"""
    code, out, err = attempt(script)

    assert (code, err) == (0, "")
    assert "rejected price (price)" in out
    assert "verdict price (price-2): zhao (lead) approves “fine”" in out
    assert "✓ try: Won (won)" in out


COMPANY = """\
salespm: 1
kind: organisation
id: company
version: 1
roles: {rep: {}, boss: {}}
people: {gone: {roles: [rep], left_on: 2026-01-01}, zhou: {roles: [boss]}, li: {roles: [rep]}}
"""


@pytest.mark.parametrize(
    ("state", "told"),
    [("talking: {owner_role: rep}", "li:rep"), ("talking: {}", "zhou")],
    ids=["owner_role", "nobody named"],
)
def test_where_nobody_is_named_somebody_of_the_organisation_acts(
    attempt: Try, folder: Path, monkeypatch: pytest.MonkeyPatch, state: str, told: str
) -> None:
    (folder / "flows/company.yaml").write_text(COMPANY, "utf-8")
    flow = f"""\
salespm: 1
kind: workflow
id: short
version: 1
domain: sales
uses: {{organisation: company}}
initial: talking
states: {{{state}, won: {{final: true, outcome: won}}}}
transitions: {{win: {{from: talking, to: won, by: [owner]}}}}
"""
    (folder / "flows/short.yaml").write_text(flow, "utf-8")
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(variable, "nobody")
    code, out, err = attempt("win\n", workflow="short", actor=None)
    assert (code, err) == (0, "")
    assert f"Without --as, {told} acts; to change: as NAME[:ROLE]." in out
    assert "outcome won" in out
