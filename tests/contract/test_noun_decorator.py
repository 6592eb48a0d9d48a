"""The nouns of the package are those of `salespm_flow.nouns`, which cost little to define."""

import re
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "salespm_flow"
STANDARD = re.compile(r"^\s*from dataclasses import .*\bdataclass\b|\bdataclasses\.dataclass\(", re.MULTILINE)


def test_no_module_defines_nouns_with_the_standard_library_but_the_one_that_stands_in_for_it() -> None:
    texts = {path.relative_to(PACKAGE).as_posix(): path.read_text("utf-8") for path in PACKAGE.rglob("*.py")}
    using = {name for name, text in texts.items() if STANDARD.search(text)}
    # `outline` has the one noun that is sorted, which ours leaves out.
    assert using == {"nouns.py", "lint/outline.py"}
