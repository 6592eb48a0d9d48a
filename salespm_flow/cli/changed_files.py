"""What git says has changed since a revision, with the texts as they were. The only place that asks git so."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from salespm_flow.cli.context import Session
from salespm_flow.cli.output import write_message
from salespm_flow.definition.dependents import Change, affected, definition_files
from salespm_flow.definition.drafts import find_files
from salespm_flow.definition.findings import shown
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import InputError

_DEFINITIONS = (".yaml", ".yml")


def changed_files(session: Session, revision: str, given: Iterable[str]) -> tuple[Path, ...]:
    """The definition files that changed since the revision or depend on one that did, as seen from here.

    Only those among the files and folders given, where any are; and how many there are is said.

    Raises:
        InputError: as `changes_since`.
    """
    limits = tuple(Path(one).resolve() for one in given)
    files = definition_files(Path.cwd() if session.root is None else session.root)
    beyond = (file for limit in limits for file in (find_files(limit) if limit.is_dir() else (limit,)))
    every = {file.resolve(): file for file in (*beyond, *files)}
    changes = changes_since(revision, Path.cwd() if session.root is None else session.root)
    wanted = tuple(
        Path(os.path.relpath(file))
        for file in affected(changes, every.values())
        if not limits or any(file.resolve().is_relative_to(limit) for limit in limits)
    )
    changed = sum(path in every for path in {change.path for change in changes})
    write_message(
        session.text(
            f"自 {revision} 起改动了 {changed} 个定义文件；检查 {len(wanted)} 个",
            f"{changed} definition file(s) changed since {revision}; checking {len(wanted)}",
        )
    )
    return wanted


def changes_since(revision: str, folder: Path) -> tuple[Change, ...]:
    """The files that differ from the revision, new ones that git does not know yet included, in the order of paths.

    Of a branch that went on meanwhile, what counts is where this one left it.

    Raises:
        InputError: there is no git, no repository around the folder, or no such revision in it.
    """
    top = Path(_answer(folder, "rev-parse", "--show-toplevel", otherwise=_no_repository(folder)).rstrip("\n"))
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    commit = _answer(top, *asked, otherwise=_unknown(revision)).strip()
    # Without a common ancestor, as in a shallow clone, the revision itself is all there is to compare with.
    base = _said(top, "merge-base", commit, "HEAD").strip() or commit
    tracked = _said(top, "diff", "--name-only", "--no-renames", "--no-ext-diff", "-z", base, "--")
    untracked = _said(top, "ls-files", "--others", "--exclude-standard", "-z")
    names = sorted({name for name in (tracked + untracked).split("\0") if name})
    before = _texts(top, base, (name for name in names if name.endswith(_DEFINITIONS)))
    return tuple(Change(path=(top / name).resolve(), before=before.get(name)) for name in names)


def _texts(top: Path, commit: str, names: Iterable[str]) -> Mapping[str, str]:
    """The files as they were in the commit, those that it has; one process reads them all."""
    wanted = [name for name in names if "\n" not in name]
    asked = "".join(f"{commit}:{name}\n" for name in wanted)
    rest = _run(top, ("cat-file", "--batch"), asked).stdout if wanted else b""
    found: dict[str, str] = {}
    for name in wanted:
        head, _, rest = rest.partition(b"\n")
        words = head.rsplit(b" ", 2)
        if words[-1] != b"missing":
            size = int(words[-1])
            found[name] = rest[:size].decode("utf-8", "replace")
            rest = rest[size + 1 :]
    return found


def _answer(folder: Path, *words: str, otherwise: InputError) -> str:
    asked = _run(folder, words)
    if asked.returncode:
        raise otherwise
    return os.fsdecode(asked.stdout)


def _said(folder: Path, *words: str) -> str:
    return os.fsdecode(_run(folder, words).stdout)


def _run(folder: Path, words: Iterable[str], told: str = "") -> subprocess.CompletedProcess[bytes]:
    # Not a program of that name in the current folder.
    git = shutil.which("git")
    if git is None:
        raise InputError(Bilingual("找不到 git", "git cannot be found"), Bilingual("请先安装 git", "install git first"))
    return subprocess.run(  # noqa: S603 -- a revision cannot be read as an option, nothing goes through a shell
        [git, *words], cwd=folder, input=os.fsencode(told), capture_output=True, check=False
    )


def _no_repository(folder: Path) -> InputError:
    return InputError(
        Bilingual(f"{folder} 不在 git 仓库中", f"{folder} is in no git repository"),
        Bilingual(
            "--changed-since 向 git 询问改了哪些文件；不加它则检查全部",
            "--changed-since asks git what has changed; without it everything is checked",
        ),
    )


def _unknown(revision: str) -> InputError:
    return InputError(
        Bilingual(f"git 里没有修订 {shown(revision)}", f"git knows no revision {shown(revision)}"),
        Bilingual(
            "可写提交、标签或分支，如 HEAD、v1、origin/main；CI 里要先取回历史（fetch-depth: 0）",
            "accepted: a commit, tag or branch such as HEAD, v1, origin/main; in CI, fetch it all (fetch-depth: 0)",
        ),
    )
