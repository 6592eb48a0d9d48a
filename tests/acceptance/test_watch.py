"""`validate --watch` as a process: it answers at once, again after a change, and ends when told to."""

import io
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path
from typing import IO

import pytest

from salespm_flow.cli.commands.watching import stamps, watch
from salespm_flow.cli.context import open_session
from salespm_flow.cli.main import main
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import InputError
from tests.acceptance.broken_workflow import BROKEN, SOUND

PROGRAM = (sys.executable, "-m", "salespm_flow", "validate", "--watch", "--lang", "en", "--format", "concise")


def until(stream: IO[bytes], word: bytes) -> list[bytes]:
    """The lines up to the one that has the word; all that is left where none has."""
    lines = []
    for line in stream:
        lines.append(line)
        if word in line:
            break
    return lines


def rewrite(path: Path, text: str) -> None:
    """The file has the new text at once: it is never seen empty or half-written."""
    draft = path.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(("text", "code"), [(SOUND, 0), (BROKEN, 1)])
def test_a_change_is_answered_and_the_end_is_clean(
    tmp_path: Path, ending: signal.Signals, text: str, code: int
) -> None:
    (tmp_path / "salespm.yaml").write_text("salespm: 1\nkind: workspace\n", encoding="utf-8")
    (tmp_path / "workflows").mkdir()
    deal = tmp_path / "workflows" / "deal.yaml"
    deal.write_text(BROKEN if text == SOUND else SOUND, encoding="utf-8")
    with subprocess.Popen(PROGRAM, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        first = until(process.stdout, b"watching")
        rewrite(deal, text)
        second = until(process.stdout, b"watching")
        process.send_signal(ending)
        rest = process.stdout.read()
        assert process.wait() == code
    told = b"workflows/deal.yaml:8:29: SF301 Unknown state `opn` (did you mean `open`?)\n"
    assert [told in first, told in second, rest] == [text == SOUND, text == BROKEN, b""]
    assert first[-1] == second[-1] == b"watching 2 file(s); Ctrl-C ends\n"


def test_a_failing_call_is_told_and_may_do_better_after_the_next_change(tmp_path: Path) -> None:
    (tmp_path / "salespm.yaml").write_text("salespm: 1\nkind: workspace\ndefinitions: [.]\n", encoding="utf-8")
    known = tmp_path / "known.json"
    known.write_text("none", encoding="utf-8")
    command = (*PROGRAM, "--baseline", "known.json")
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        first = until(process.stdout, b"watching")
        rewrite(known, '{"salespm_baseline": 1, "findings": []}')
        until(process.stdout, b"watching")
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0
    assert first[0].startswith(b"Error SF503")


def test_rows_outside_of_the_folders_are_watched_too(tmp_path: Path) -> None:
    (tmp_path / "salespm.yaml").write_text("salespm: 1\nkind: workspace\n", encoding="utf-8")
    (tmp_path / "workflows").mkdir()
    rows = tmp_path / "customers.csv"
    rows.write_text("id,tier\na,high\n", encoding="utf-8")
    (tmp_path / "workflows" / "customers.yaml").write_text(
        "salespm: 1\nkind: reference\nid: customers\nversion: 1\nkey: id\nsource: ../customers.csv\n"
        "fields: {id: {type: text}, tier: {type: integer}}\n",
        encoding="utf-8",
    )
    with subprocess.Popen(PROGRAM, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        first = until(process.stdout, b"watching")
        rewrite(rows, "id,tier\na,1\n")
        second = until(process.stdout, b"watching")
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0
    assert [b"SF353" in b"".join(first), len(second)] == [True, 1]


def test_what_changes_while_the_answer_is_worked_out_is_answered_next(tmp_path: Path) -> None:
    file = tmp_path / "deal.yaml"
    file.write_text("first", encoding="utf-8")
    answers: list[str] = []

    def answer() -> int:
        answers.append(file.read_text(encoding="utf-8"))
        if len(answers) == 1:
            rewrite(file, "second and longer")
            return 1
        raise KeyboardInterrupt

    with open_session([], {}) as session:
        assert watch(session, lambda: [tmp_path], answer) == 1
    assert answers == ["first", "second and longer"]


class Reader(io.StringIO):
    """One who does something as soon as the program says that it is watching."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self._act = act

    def write(self, text: str) -> int:
        if "Ctrl-C" in text:
            self._act()
        return super().write(text)


def test_a_place_that_the_answer_finds_is_watched_from_then_on(tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("a", encoding="utf-8")
    places: list[Path] = []
    answers: list[str] = []

    def answer() -> int:
        answers.append(rows.read_text(encoding="utf-8"))
        if len(answers) == 2:
            raise KeyboardInterrupt
        places.append(rows)
        return 0

    with open_session([], {}) as session, redirect_stderr(Reader(lambda: rewrite(rows, "longer"))):
        assert watch(session, lambda: places, answer) == 0
    assert answers == ["a", "longer"]


def test_settings_that_cannot_be_read_do_not_end_the_watch(tmp_path: Path) -> None:
    file = tmp_path / "deal.yaml"
    file.write_text("first", encoding="utf-8")
    answers: list[str] = []

    def places() -> list[Path]:
        if answers:
            raise InputError(Bilingual("写坏了", "cannot be read"))
        return [file]

    def answer() -> int:
        answers.append(file.read_text(encoding="utf-8"))
        if len(answers) == 2:
            raise KeyboardInterrupt
        rewrite(file, "longer")
        return 0

    with open_session([], {}) as session:
        assert watch(session, places, answer) == 0
    assert answers == ["first", "longer"]


def test_stamps_tell_changed_new_and_deleted_files_in_folders_and_by_name(tmp_path: Path) -> None:
    folder, other = tmp_path / "workflows", tmp_path / "known.json"
    (folder / ".git").mkdir(parents=True)
    names = ["a.yaml", "b.csv", "c.txt", ".git/d.yaml"]
    for name in names:
        (folder / name).touch()
    before = stamps([folder, other])
    assert {path.name for path in before} == {"a.yaml", "b.csv"}
    other.touch()
    (folder / "a.yaml").write_text("x", encoding="utf-8")
    (folder / "b.csv").unlink()
    after = stamps([folder, other])
    assert {path.name for path in after} == {"a.yaml", "known.json"}
    assert before[folder / "a.yaml"] != after[folder / "a.yaml"]


def test_watching_does_not_write(capsys: pytest.CaptureFixture[str]) -> None:
    for word in ("--fix", "--diff"):
        assert main(("validate", "--watch", word, "--lang", "en")) == 2
        assert "--watch only looks" in capsys.readouterr().err
