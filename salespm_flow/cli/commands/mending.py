"""Applies fixes to the files that were validated, or shows them as a diff. What a fix is, `lint/fixing` knows."""

import re
from collections.abc import Callable, Mapping
from difflib import unified_diff
from pathlib import Path

from salespm_flow.cli.files import write_file
from salespm_flow.lint.fixing import Fixed, fix
from salespm_flow.lint.judgement import Judgement
from salespm_flow.nouns import dataclass

_MARK = "\ufeff"
_LINE_END = re.compile("(?<=\n)|(?<=\r)(?!\n)")
# The judgement when files hold other texts, by resolved path.
Judge = Callable[[Mapping[Path, str]], Judgement]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """What fixes make of the files: their new texts by the names that findings show, and what is left to say."""

    fixed: Fixed
    before: Judgement
    after: Judgement


def mend(judgement: Judgement, judge: Judge, *, with_unsafe: bool) -> Mended:
    """The fixes of all findings, applied in memory."""
    paths = judgement.paths
    texts = {file: judgement.texts[file] for file in paths if file in judgement.texts}

    def judged(changed: Mapping[str, str]) -> Judgement:
        return judge({paths[file].resolve(): text for file, text in changed.items() if text != texts[file]})

    fixed = fix(judgement.every, texts, lambda changed: judged(changed).every, with_unsafe=with_unsafe)
    return Mended(fixed=fixed, before=judgement, after=judged({**texts, **fixed.texts}))


def write_mended(mended: Mended) -> None:
    """The files hold their new texts, in the encoding, with the byte order mark and the line ends that they had.

    Raises:
        ConflictError: a file was changed since it was read; it stays as it is, those before it are written.
    """
    for file, text in mended.fixed.texts.items():
        path = mended.before.paths[file]
        was = mended.before.texts[file]
        mark = _MARK if path.read_bytes().startswith(_MARK.encode()) else ""
        write_file(path, (mark + text).encode(), was=(mark + was).encode())


def diff_of(mended: Mended) -> str:
    """What the fixes would change, as a unified diff."""
    lines: list[str] = []
    for file, text in mended.fixed.texts.items():
        before, after = (_LINE_END.split(one) for one in (mended.before.texts[file], text))
        lines += unified_diff([one for one in before if one], [one for one in after if one], file, file)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
