"""Which language a person wants, from the arguments and the environment. Reads no files."""

from collections.abc import Mapping, Sequence
from typing import Final

from salespm_flow.diagnostics import Language

OPTION: Final = "--lang"
# As the C library reads them: the first one that is not empty wins.
VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
# These say nothing about what a person reads, so the workspace's language decides.
NEUTRAL: Final = frozenset({"C", "POSIX"})


def language_of(text: str | None) -> Language | None:
    """The language so named, None for anything else."""
    return Language(text) if text in tuple(Language) else None


def asked_language(arguments: Sequence[str]) -> Language | None:
    """The value of the last `--lang`, read before the arguments are parsed so that errors in them speak it too."""
    found = None
    for position, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == OPTION and position + 1 < len(arguments):
            found = language_of(arguments[position + 1]) or found
        elif argument.startswith(f"{OPTION}="):
            found = language_of(argument.removeprefix(f"{OPTION}=")) or found
    return found


def locale_language(environment: Mapping[str, str]) -> Language | None:
    """The language of the locale, English for any but a Chinese one; None where none is set, as under `C`."""
    for variable in VARIABLES:
        locale = environment.get(variable)
        if locale:
            if locale.partition(".")[0] in NEUTRAL:
                return None
            return Language.ZH if locale.lower().startswith("zh") else Language.EN
    return None
