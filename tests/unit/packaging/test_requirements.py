"""The locks: complete, hashed, without addresses, and of one mind about versions."""

import re
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]
LOCKS = ("build", "dev", "runtime")
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", re.MULTILINE)


def text_of(lock: str) -> str:
    return (CHECKOUT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")


def versions_of(lock: str) -> dict[str, str]:
    return dict(PINNED.findall(text_of(lock)))


def declared(requirements: list[str]) -> set[str]:
    """The normalised names in front of the version conditions."""
    names = (re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0] for requirement in requirements)
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_address(lock: str) -> None:
    lines = [line for line in text_of(lock).splitlines() if "://" in line or line.startswith(("-", "--"))]
    assert lines == []


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_hashes_every_requirement(lock: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", text_of(lock))
    unhashed = [entry for entry in entries if PINNED.match(entry) and "--hash=sha256:" not in entry]
    assert unhashed == []


@pytest.mark.parametrize("lock", ["build", "runtime"])
def test_smaller_lock_holds_the_versions_of_the_larger(lock: str) -> None:
    larger = versions_of("dev")
    smaller = versions_of(lock)
    assert smaller == {name: larger.get(name) for name in smaller}


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    developed = [entry for entry in groups["dev"] if isinstance(entry, str)]
    missing = {
        "runtime": declared(project["project"]["dependencies"]) - set(versions_of("runtime")),
        "build": declared(groups["build"]) - set(versions_of("build")),
        "dev": declared(developed) - set(versions_of("dev")),
    }
    assert missing == {"runtime": set(), "build": set(), "dev": set()}
