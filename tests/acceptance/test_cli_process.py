"""The command line as a process: pipes, locales, signals, a full disk; and the demonstration."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROGRAM = (sys.executable, "-m", "salespm_flow")


def environment(**changes: str) -> dict[str, str]:
    """This process's environment without what chooses a language or a store."""
    foreign = {"LC_ALL", "LC_MESSAGES", "LANG", "PYTHONUTF8", "PYTHONIOENCODING", "SALESPM_STORE"}
    return {name: value for name, value in os.environ.items() if name not in foreign} | changes


def run(*words: str, folder: Path, **changes: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*PROGRAM, *words], cwd=folder, env=environment(**changes), capture_output=True, check=False)


@pytest.mark.parametrize(
    "locale",
    [{"LC_ALL": "C"}, {"LANG": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, {"LC_ALL": "en_US.ISO-8859-1"}],
)
def test_output_is_utf8_in_any_locale(tmp_path: Path, locale: dict[str, str]) -> None:
    done = run("diagram", "sales_pipeline", "--lang", "zh", folder=tmp_path, **locale)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "商务谈判" in done.stdout.decode("utf-8")


@contextmanager
def demonstration(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The demonstration, whose output is read here: it cannot end before, since the pipe holds less than it says."""
    with subprocess.Popen(
        [*PROGRAM, "demo"],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        pipesize=4096,
    ) as process:
        yield process


def test_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    with demonstration(tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141


def test_interrupt_ends_cleanly(tmp_path: Path) -> None:
    with demonstration(tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        assert b"Traceback" not in process.stderr.read()
        assert process.wait() == 130


def test_closed_output_is_no_error(tmp_path: Path) -> None:
    command = f"{sys.executable} -m salespm_flow schema >&-"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, env=environment(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_full_disk_is_told_in_one_line(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*PROGRAM, "schema", "workflow"],
            cwd=tmp_path,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, b"System error SF598: No space left on device\n")


def test_demonstration_comes_out_as_told_in_both_languages(tmp_path: Path) -> None:
    chinese = run("demo", folder=tmp_path, LC_ALL="zh_CN.UTF-8")
    assert (chinese.returncode, chinese.stderr) == (0, b"")
    assert chinese.stdout.decode("utf-8").endswith("演示结束，全部步骤符合预期。\n")
    english = run("demo", "--lang", "en", folder=tmp_path)
    assert english.returncode == 0
    assert english.stdout.decode("utf-8").endswith("The end; every step came out as told.\n")
    assert run("demo", "--lang", "en", folder=tmp_path).stdout == english.stdout
    assert list(tmp_path.iterdir()) == []
