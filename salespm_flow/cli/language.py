"""Which language and form a person wants, from the arguments and the environment. Reads no files."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from salespm_flow.diagnostics import Language

OPTION: Final = "--lang"
FORM: Final = "--format"
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
    for value in _values(arguments, OPTION):
        found = language_of(value) or found
    return found


def asked_format(arguments: Sequence[str]) -> str | None:
    """The value of the last `--format`, read as `asked_language` is."""
    return next(reversed(tuple(_values(arguments, FORM))), None)


def _values(arguments: Sequence[str], option: str) -> Iterator[str]:
    for position, argument in enumerate(arguments):
        if argument == "--":
            return
        if argument == option and position + 1 < len(arguments):
            yield arguments[position + 1]
        elif argument.startswith(f"{option}="):
            yield argument.removeprefix(f"{option}=")


def locale_language(environment: Mapping[str, str]) -> Language | None:
    """The language of the locale, English for any but a Chinese one; None where none is set, as under `C`."""
    for variable in VARIABLES:
        locale = environment.get(variable)
        if locale:
            if locale.partition(".")[0] in NEUTRAL:
                return None
            return Language.ZH if locale.lower().startswith("zh") else Language.EN
    return None
