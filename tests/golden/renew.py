"""Writes what is found in the corpus of broken files now: `python -m tests.golden.renew [CASE…]`, a case as SF301/name.

Read what it changed, line by line, before it is committed: the place, the words and the excerpt have to make sense.
"""

import os
import sys
from collections.abc import Sequence

from tests.golden.corpus import FOLDER, cases, judged, told


def main(wanted: Sequence[str]) -> int:
    """Renews the cases named, or all; tells those that have changed."""
    os.chdir(FOLDER)
    for case in cases():
        if wanted and case.name not in wanted and case.code not in wanted:
            continue
        now = told(judged(case))
        before = case.expectation.read_text(encoding="utf-8") if case.expectation.exists() else None
        if now != before:
            case.expectation.write_text(now, encoding="utf-8")
            sys.stdout.write(f"{'added' if before is None else 'changed'} {case.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
