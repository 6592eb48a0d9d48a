"""Guesses which known name a mistyped one means. Knows no messages: each room says it in its own words."""

from collections.abc import Iterable
from typing import Final

# Nobody mistypes a name of a hundred letters, and comparing costs the square of the length.
LONGEST: Final = 100
SHORT: Final = 3
# How alike two names are that a program may take for each other without asking.
SURE: Final = 0.7


def nearest_names(name: str, known: Iterable[str], *, count: int = 3) -> tuple[str, ...]:
    """The known names most like `name`, the likest first, at most `count`; letter case does not count."""
    import difflib  # noqa: PLC0415 - only where a name is wrong

    if len(name) > LONGEST:
        return ()
    by_folded = {candidate.casefold(): candidate for candidate in known}
    # Of two Chinese characters, one wrong leaves a ratio of a half.
    cutoff = 0.5 if len(name) <= SHORT and not name.isascii() else 0.6
    close = difflib.get_close_matches(name.casefold(), by_folded, n=count, cutoff=cutoff)
    return tuple(by_folded[folded] for folded in close)


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, None where nothing is like it."""
    return next(iter(nearest_names(name, known, count=1)), None)


def only_near(name: str, known: Iterable[str]) -> str | None:
    """The known name that is so like `name` that a program may write it; None where two are alike."""
    import difflib  # noqa: PLC0415 - only where a name is wrong

    folded = name.casefold()
    by_folded = {candidate.casefold(): candidate for candidate in known}
    if folded in by_folded:
        return by_folded[folded]
    found = difflib.get_close_matches(folded, by_folded, n=2, cutoff=SURE)
    return by_folded[found[0]] if len(found) == 1 else None
